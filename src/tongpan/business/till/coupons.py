"""Coupons at the till: which ones a basket presents, what they take off, and what comes back.

Promotions come first, then coupons in the order in which they are presented, then discounts by
hand. A basket without coupons does not come here.
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from decimal import Decimal
from typing import Any

from django.db import connection
from django.utils.translation import gettext_noop as noop

from tongpan.base import env
from tongpan.base.numbers import MONEY_STEP, ZERO, round_to
from tongpan.base.refusals import Refusal
from tongpan.business.coupons import queries as coupons
from tongpan.business.coupons.models import CouponKind
from tongpan.business.coupons.postings import back_moves, unearned_moves, use_moves
from tongpan.business.coupons.rules import Bought, Buyer, Held, code_in, worth
from tongpan.business.membership.queries import home
from tongpan.business.membership.rules import Standing
from tongpan.business.till import queries
from tongpan.business.till.baskets import Basket
from tongpan.business.till.models import Sale
from tongpan.business.till.shares import Kind, Share, spread
from tongpan.kernel.companies.calls import Call
from tongpan.kernel.documents.fields import Problem, plain
from tongpan.kernel.documents.sentences import say
from tongpan.kernel.ledger.posting import Move, recorded
from tongpan.kernel.org.scope import who

MOST = 20  # in one sale
TRIES, TRIES_S = 30, 600  # codes that nobody gave out, before a person has to wait

say("coupon_wait", noop("Too many codes that are no coupons. Wait ten minutes."))

say("coupon_unknown", noop("{given} is no coupon of this company."))
say("coupon_minimum", noop("{name} needs a purchase of {minimum}."))
say("coupon_no_item", noop("{name}: what it is for is not in the basket."))
say("coupon_opens_nothing", noop("{name} opens no promotion for this basket."))
say("coupon_most", noop("{name}: at most {most} in one sale."))
say("coupon_moved", noop("A coupon was used elsewhere just now. Take it away and go on."))


def presenting(basket: Basket, codes: Iterable[Any], member: Any) -> tuple[Call, ...]:
    """The call that looks up the coupons that a basket presents; none for most baskets.

    Errors: Refusal coupon_unknown for what cannot be a code.
    """
    texts = [str(code)[:40] for code in codes][: MOST + 1]
    if not texts:
        return ()
    found = [code_in(text) for text in texts]
    for number, (text, code) in enumerate(zip(texts, found, strict=True), start=1):
        if code is None:
            raise Refusal("invalid", problems=[_problem(number, "coupon_unknown", given=text)])
    basket.presented = [code for code in found if code]
    buyer = queries.as_id(str(member)) if member else None
    return (coupons.look_call(basket.presented, buyer, basket.on),)


def present(basket: Basket, said: Any, standing: Standing | None) -> None:
    """Let a basket hold the coupons that it presents.

    Errors: Refusal naming every coupon that cannot be used here and now.
    """
    known = coupons.look_read(said)
    _count_unknown(sum(code not in known for code in basket.presented))
    buyer = Buyer(standing.member, standing.tier) if standing else Buyer()
    problems: list[Problem] = []
    seen: Counter[Any] = Counter()
    for number, code in enumerate(basket.presented, start=1):
        one = known.get(code)
        if one is None:
            problems.append(_problem(number, "coupon_unknown", given=code))
            continue
        seen[one.kind] += 1
        if wrong := one.wrong(basket.on, basket.store.path, buyer):
            day = one.valid_from if wrong == "coupon_early" else one.valid_until
            problems.append(_problem(number, wrong, coupon=f"…{code[-4:]}", day=str(day or "")))
        elif seen[one.kind] > one.most or basket.presented.index(code) < number - 1:
            told = {"name": one.name, "most": str(one.most)}
            problems.append(_problem(number, "coupon_most", **told))
    if problems:
        raise Refusal("invalid", problems=problems)
    basket.coupons = [known[code] for code in basket.presented]


_unknown: dict[object, tuple[float, int]] = {}  # by person: since when, and how many


def _count_unknown(many: int) -> None:
    """Let nobody try codes out: so many that nobody gave out, and the next ones are not looked at.

    Each process of the server counts for itself. Errors: Refusal coupon_wait.
    """
    whose, now_s = (getattr(connection, "schema_name", ""), who().person), env.monotonic_s()
    since_s, count = _unknown.get(whose, (now_s, 0))
    if now_s - since_s > TRIES_S:
        since_s, count = now_s, 0
    if count >= TRIES:
        raise Refusal("coupon_wait")
    if many:
        _unknown[whose] = since_s, count + many


def coupons_off(
    basket: Basket, opened: Iterable[str], shares: list[list[Share]], lefts: list[Decimal]
) -> None:
    """Take off what the coupons of a basket take; `opened` are the codes of the kinds to which
    promotions are bound that did something.

    Errors: Refusal naming every coupon that gives nothing here: it is not used up for that.
    """
    problems: list[Problem] = []
    opening = set(opened)
    for number, one in enumerate(basket.coupons, start=1):
        lines = [
            Bought(line.item_id, left, round_to(left / line.quantity, MONEY_STEP))
            for line, left in zip(basket.lines, lefts, strict=True)
        ]
        off = worth(one, lines)
        if off:
            _bear(one, off, lines, shares, lefts)
        elif one.form != CouponKind.Form.OPENS or one.kind_code not in opening:
            problems.append(_why_nothing(number, one, sum(lefts, ZERO)))
    if problems:
        raise Refusal("invalid", problems=problems)


def _bear(
    one: Held, off: Decimal, lines: Sequence[Bought], shares: list[list[Share]],
    lefts: list[Decimal],
) -> None:  # fmt: skip
    if one.form == CouponKind.Form.GOODS:
        best = max(
            (n for n, line in enumerate(lines) if line.item == one.item),
            key=lambda n: min(lines[n].each, lines[n].left),
        )
        parts = [off if n == best else ZERO for n in range(len(lines))]
    else:
        parts = spread(off, lefts)
    for n, part in enumerate(parts):
        if part:
            shares[n].append(Share(Kind.COUPON, part, one.name))
            lefts[n] -= part


def _why_nothing(number: int, one: Held, left: Decimal) -> Problem:
    if left < one.minimum:
        minimum = plain(one.minimum)
        return _problem(number, "coupon_minimum", name=one.name, minimum=minimum)
    if one.form == CouponKind.Form.OPENS:
        return _problem(number, "coupon_opens_nothing", name=one.name)
    return _problem(number, "coupon_no_item", name=one.name)


def _problem(number: int, code: str, **facts: Any) -> Problem:
    return {"path": f"coupons.{number}", "code": code, **facts}


def coupons_used(basket: Basket) -> list[Move]:
    """What the posting of the sale says of its coupons."""
    return list(use_moves(basket.coupons, basket.store.pk))


def coupons_back(basket: Basket, sale: Sale) -> list[Move]:
    """The coupons that come back, and those that the sale had given and that are taken back."""
    return [*_used_back(basket, sale), *_gifts_back(basket, sale)]


def _gifts_back(basket: Basket, sale: Sale) -> list[Move]:
    """The coupons that the sale had given its member and that nobody used, where what is left of
    the sale would not give them any more."""
    if sale.document.party is None:
        return []
    left = sale.gross - coupons.brought_back(sale.document.pk) - basket.gross
    unearned = coupons.unearned(sale.document.number or "", left)
    return list(unearned_moves(unearned, home().pk)) if unearned else []


def _used_back(basket: Basket, sale: Sale) -> list[Move]:
    """The coupons that come back: when the last of the sale came back, those whose kind says so.

    A part that comes back gives back its money alone: the coupon has taken off its share of it.
    """
    before = queries.returned_before(line.pk for line in sale.lines)
    for rung in basket.lines:
        if rung.sold is not None:
            before[rung.sold] = before.get(rung.sold, ZERO) + rung.quantity
    if any(before.get(line.pk, ZERO) < line.quantity for line in sale.lines):
        return []
    fact = recorded(sale.document.pk)
    used = [m for m in fact.moves if m.source.role == "coupon"] if fact is not None else []
    if not used:
        return []
    kinds = CouponKind.objects.filter(pk__in={m.source.unit for m in used}, comes_back=True)
    return list(back_moves(used, kinds.values_list("pk", flat=True)))
