"""A basket priced with a promotion that is still a draft, among those that hold."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import NamedTuple

from tongpan.base import env
from tongpan.base.numbers import ZERO
from tongpan.business.promotions import plain, queries, words
from tongpan.business.promotions.models import PromotionDocument
from tongpan.business.promotions.rules.pricing import Outcome, price
from tongpan.business.promotions.rules.values import Basket, Line, Member, Promotion
from tongpan.kernel.documents.sentences import sentence
from tongpan.kernel.org.models import OrgUnit
from tongpan.masters.items.models import Item
from tongpan.masters.prices.queries import base_prices_of


class TriedLine(NamedTuple):
    """What one line comes to, and which promotions took what off it."""

    item: Item
    quantity: Decimal
    amount: Decimal
    net: Decimal
    shares: Sequence[tuple[str, Decimal]]


class TriedPromotion(NamedTuple):
    """What became of one promotion: how often, for how much, or why not; what more would do."""

    code: str
    title: str
    is_this: bool
    times: int
    amount: Decimal
    why_not: str
    hint: str


@dataclass(frozen=True, slots=True)
class Tried:
    lines: Sequence[TriedLine]
    promotions: Sequence[TriedPromotion]
    total: Decimal
    total_before: Decimal  # without any promotion
    moment: datetime
    without_price: Sequence[Item]  # they have none at this store, and are left out
    supposed: Sequence[str]  # the coupon and the way of paying that it waits for


def line_of(key: str, item: Item, one: Decimal, quantity: Decimal) -> Line:
    """A line of a basket as promotions name things: items by id, categories by path."""
    return Line(
        id=key, item=str(item.pk), price=one, quantity=quantity,
        category=item.category.path if item.category is not None else "", brand=item.brand,
    )  # fmt: skip


def try_out(
    body: PromotionDocument, store: OrgUnit, rows: Iterable[tuple[Item, Decimal]], *,
    member: Member | None = None,
) -> Tried:  # fmt: skip
    """Price these goods at a store with this promotion: now, or when it begins if that is later,
    with the coupon and the way of paying that it waits for.

    Errors: Refusal naming the fields that keep it from being a promotion.
    """
    this = plain.read(body)
    version = queries.version()
    others = tuple(
        one for one in queries.live(store, version) if one.code not in _not_beside(body, this)
    )
    now = env.now().astimezone(store.zone).replace(tzinfo=None)
    moment = max(now, body.begins) if body.begins is not None else now
    goods = list(rows)
    prices = base_prices_of([item for item, _quantity in goods], store, moment.date())
    priced_goods = [(item, quantity) for item, quantity in goods if item.pk in prices]
    lines = tuple(
        line_of(str(n), item, prices[item.pk].price, quantity)
        for n, (item, quantity) in enumerate(priced_goods)
    )
    used = queries.used(queries.bounded(store, version), others, None, moment.date())
    basket = Basket(
        lines, moment, store.path, member=member, used=used, coupons=this.conditions.coupons,
        payment=min(this.conditions.payments, default=None),
    )  # fmt: skip
    promotions = (this, *others)
    done = price(basket, promotions)
    titles = {one.code: one.title or one.code for one in promotions}
    return Tried(
        lines=[
            TriedLine(item, quantity, line.amount, line.net,
                      [(titles[share.promotion], share.amount) for share in line.shares])
            for (item, quantity), line in zip(priced_goods, done.lines, strict=True)
        ],
        promotions=sorted(
            (_told(one, titles, this.code) for one in done.outcomes),
            key=lambda one: not one.is_this,
        ),
        total=done.total,
        total_before=sum((line.amount for line in done.lines), ZERO),
        moment=moment,
        without_price=[item for item, _quantity in goods if item.pk not in prices],
        supposed=list(words.waits_for(body)),
    )  # fmt: skip


def _not_beside(body: PromotionDocument, this: Promotion) -> set[str]:
    """What does not hold beside it: itself, and the one whose place it takes."""
    found = {this.code}
    if body.instead_of is not None and body.instead_of.document.number:
        found.add(body.instead_of.document.number)
    return found


def _told(one: Outcome, titles: dict[str, str], this: str) -> TriedPromotion:
    why = one.why_not
    return TriedPromotion(
        code=one.promotion, title=titles[one.promotion], is_this=one.promotion == this,
        times=one.times, amount=one.amount,
        why_not=sentence(why.code, words.facts_named(why.facts, titles)) if why is not None else "",
        hint=sentence(one.hint.code, one.hint.facts) if one.hint is not None else "",
    )  # fmt: skip
