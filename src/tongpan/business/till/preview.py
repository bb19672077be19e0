"""What a basket comes to now, before anybody pays: the same prices, promotions and rounding by
which it would be sold. It writes nothing, and is asked at each change of the basket."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from uuid import UUID

from tongpan.base import env
from tongpan.base.numbers import ZERO
from tongpan.business.membership.queries import standing_call, standing_read
from tongpan.business.membership.rules import Standing
from tongpan.business.promotions.queries import all_live, live_call
from tongpan.business.promotions.rules.values import Promotion
from tongpan.business.till.baskets import Basket, Given, fill_lines, reading
from tongpan.business.till.cards import apart, at, pay_with_cards, presenting_cards
from tongpan.business.till.coupons import present, presenting
from tongpan.business.till.pricing import (
    ROUNDING,
    RULE,
    Known,
    Result,
    asking,
    take_off,
    told,
)
from tongpan.business.till.queries import Method
from tongpan.kernel.companies.calls import Call, together
from tongpan.kernel.org.models import OrgUnit, business_date
from tongpan.kernel.org.scope import who


@dataclass(frozen=True, slots=True)
class Preview:
    """A basket with its shares; `is_plain` where only hands can take something off."""

    basket: Basket
    result: Result
    promotions: Sequence[Promotion]
    is_plain: bool


def priced_now(
    till: OrgUnit, lines: Sequence[Given], *, paid: Sequence[Given] = (), off: Given | None = None,
    member: UUID | None = None, coupons: Sequence[str] = (), against: Decimal = ZERO,
) -> Preview:  # fmt: skip
    """What these lines would come to, `paid` in these ways by this member; one statement mostly.
    The last way may come without an amount: it takes the rest. In an exchange they go `against`
    what the goods that come back are worth.

    Whatever price a line names is taken as it is: the sale asks who may.

    Errors: Refusal naming every line, discount or coupon that cannot be sold so.
    """
    store, at, person = till.parent, env.now(), who().person
    assert store is not None, "A till stands in a store."
    basket = Basket(
        pk=env.new_id(), till=till, store=store, at=at, on=business_date(store, at),
        person_id=person.pk if person else None, may_change_price=True, given=lines, off=off,
        paid=paid, has_member=member is not None, against=against,
    )  # fmt: skip
    _ways, known, result, _standing = price_whole(basket, member, coupons, is_asked=True)
    return Preview(basket, result, known.live.promotions, known.is_plain)


def is_plain_at(store: OrgUnit) -> bool:
    """Whether at this store nothing but a hand can take something off, as it is now."""
    rule, version = together([Call(RULE, (store.path,)), live_call(store)])
    return Known(rule or ROUNDING.default, all_live(store, str(version or ""))).is_plain


def price_whole(
    basket: Basket, member: UUID | None, coupons: Sequence[str], *, is_asked: bool = False
) -> tuple[Mapping[str, Method], Known, Result, Standing | None]:
    """Read all that a basket needs and price it: the ways of paying, what was known of promotions,
    what came of it, and how the member stands.

    Errors: Refusal naming every line, discount or coupon that cannot be sold so; Forbidden where a
    discount is not allowed and it `is_asked` for more than to look.
    """
    calls = reading([basket])
    if member is not None:
        items = dict.fromkeys(item for item, *_rest in basket.asked)
        calls = (*calls, standing_call(member, items, basket.on))
    asks = asking(basket, member)
    presented = presenting(basket, coupons, member)
    carded = presenting_cards(basket, member)
    said = together((*calls, *asks.calls, *presented, *carded))
    rest, standing = said[2:], None
    if member is not None:
        standing, rest = standing_read(rest[0]), rest[1:]
        basket.tier = standing.tier if standing is not None else None
    known = told(basket, asks, rest[: len(asks.calls)], standing)
    if presented:
        present(basket, rest[len(asks.calls)], standing)
    ways = fill_lines([basket], said[:2])
    if carded:
        pay_with_cards(basket, rest[-1], standing)
    with apart(basket):
        result = take_off(basket, known, ways, is_asked=is_asked)
    if basket.cards:
        free = [n for n in range(len(basket.lines)) if n not in basket.cards]
        result.needs = [(at(path, free), right, n) for path, right, n in result.needs]
    return ways, known, result, standing
