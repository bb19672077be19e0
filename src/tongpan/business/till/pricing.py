"""What a basket comes to: promotions first, then discounts by hand, then rounding off.

A sale asks in the statement that it reads by anyway; whoever has no promotions, gives no discount
and rounds nothing off pays two short words of that statement, and nothing else.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation
from typing import Any
from uuid import UUID

from django.db import connection
from django.utils.translation import gettext_lazy as _
from django.utils.translation import gettext_noop as noop

from tongpan.base.numbers import MONEY_STEP, ZERO, is_on_step
from tongpan.base.refusals import Forbidden, Refusal
from tongpan.business.membership.rules import Standing
from tongpan.business.promotions import queries as promotions
from tongpan.business.promotions.postings import use_moves
from tongpan.business.promotions.rules.pricing import Outcome, Priced, price
from tongpan.business.promotions.rules.reasons import Hint
from tongpan.business.promotions.rules.values import Basket as Priceable
from tongpan.business.promotions.rules.values import Line, Member, Used
from tongpan.business.till import sorts
from tongpan.business.till.allowed import giver_may, giver_of_off
from tongpan.business.till.baskets import Asked, Basket, Given, Rung, decimal
from tongpan.business.till.coupons import coupons_off
from tongpan.business.till.queries import Method
from tongpan.business.till.shares import How, Kind, Off, Share, rounding_of, spread
from tongpan.kernel.companies.calls import Call, together
from tongpan.kernel.documents.fields import Problem
from tongpan.kernel.documents.sentences import say
from tongpan.kernel.ledger.posting import Move
from tongpan.kernel.org.models import OrgUnit
from tongpan.kernel.org.scope import declare_permission, person_may, require, who
from tongpan.kernel.org.settings import STORE, Setting, declare_setting
from tongpan.masters.taxes.rules import tax_in

DISCOUNT_LINE, DISCOUNT_RECEIPT = "till.sale.discount_line", "till.sale.discount_receipt"
REASON_MAX, PERCENT_MAX, VALUE_MAX = 120, Decimal(100), Decimal(10**9)

declare_permission(DISCOUNT_LINE, _("Sale: Discount a line (limit: percent)"))
declare_permission(DISCOUNT_RECEIPT, _("Sale: Discount a receipt (limit: percent)"))
ROUNDING = declare_setting(
    Setting(
        code="till.rounding",
        kind="choice",
        default="none",
        per=STORE,
        choices=(
            ("none", _("not at all")),
            ("cash_0.1", _("to 0.1, in cash")),
            ("cash_0.5", _("to 0.5, in cash")),
            ("cash_1", _("to whole yuan, in cash")),
            ("always_0.1", _("to 0.1, however it is paid")),
            ("always_0.5", _("to 0.5, however it is paid")),
            ("always_1", _("to whole yuan, however it is paid")),
        ),
        title=_("The till rounds off"),
        help=_(
            "The rest is taken off the receipt. In cash means what is left to pay in cash, after"
            " other ways of paying."
        ),
    )
)
say("discount_unknown", noop("A discount is a percent, an amount or a price."))
say("discount_needs_reason", noop("Say why something is taken off."))
say("discount_too_much", noop("{item}: no more than {left} can be taken off."))
say("discount_no_less", noop("{item}: this is not less than it costs now."))
say(
    "discount_by_somebody",
    noop("{percent} % needs somebody who may: their sign-in name and PIN."),
)
say("total_differs", noop("The sale now comes to {due}, not {given}. Look at what changed."))

RULE = """(select v.value #>> '{}' from setting_value v join org_unit o on o.id = v.unit_id
    where v.code = 'till.rounding' and starts_with(%s, o.path)
    order by length(o.path) desc limit 1)"""
WHOLE = _("The whole receipt")


@dataclass(slots=True)
class Known:
    """What was said: the rule of rounding, the promotions, and the facts that they ask for."""

    rounding: str = "none"
    live: promotions.Live = promotions.NONE
    goods: Mapping[UUID, tuple[str, str]] = field(default_factory=dict)  # category, brand
    member: Member | None = None
    used: Mapping[str, Used] = field(default_factory=dict)

    @property
    def is_plain(self) -> bool:
        """Whether nothing can be taken off but by hand."""
        return self.rounding == "none" and not self.live.promotions


@dataclass(slots=True)
class Result:
    """What came of pricing, for who looks on: what promotions did, and what needs somebody."""

    priced: Priced | None = None
    needs: list[tuple[str, str, Decimal]] = field(default_factory=list)  # path, right, percent

    @property
    def outcomes(self) -> Iterable[Outcome]:
        return self.priced.outcomes if self.priced else ()

    @property
    def hints(self) -> Iterable[tuple[str, Hint]]:
        return self.priced.hints if self.priced else ()


_has_live: dict[tuple[str, str], bool] = {}  # by company and store, as it was said last


def asking(basket: Basket, member: UUID | None) -> Asked:
    """What to read before a basket is priced; its lines are asked for already."""
    store = basket.store
    calls = [Call(RULE, (store.path,)), promotions.live_call(store)]
    known = sorts.known() if _has_live.get(_key(store)) else None
    if known is not None:
        calls += _facts(basket, member, known)
    return Asked(member, tuple(calls), known)


def told(
    basket: Basket, asked: Asked, said: Sequence[Any], standing: Standing | None = None
) -> Known:
    """What those calls said, and how the member stands. Where there are promotions and nobody had
    known of them, or where goods changed, or some have budgets or limits, one statement more is
    made."""
    rule, version, *rest = said
    live = promotions.all_live(basket.store, str(version or ""))
    _has_live[_key(basket.store)] = bool(live.promotions)
    known = Known(rounding=rule or ROUNDING.default, live=live)
    if not live.promotions:
        return known
    member = standing.member if standing else None
    goods = None
    if asked.sorts is not None:
        goods = sorts.read(rest[0], (str(rest[1]), str(version)), asked.sorts)
    more = [] if goods is not None else _facts(basket, asked.member, sorts.NOTHING)
    if live.bounded:
        more.append(promotions.used_call(live.bounded, member, basket.on))
    read = list(together(more)) if more else []
    if goods is None:
        rest, read = read[:3], read[3:]
    known.goods = sorts.sorts_of(rest[0]) if goods is None else goods
    if standing is not None:
        tags = frozenset((rest[2] or "").split())
        known.member = Member(str(standing.member), str(standing.tier or ""), tags)
    if live.bounded:
        budgets = {one.code: one.limits.budget for one in live.promotions}
        known.used = promotions.used_read(read[0], live.bounded, budgets, member, basket.on)
    return known


def _facts(basket: Basket, member: UUID | None, known: sorts.Sorts) -> list[Call]:
    calls = sorts.reading((item for item, *_rest in basket.asked), known)
    return [*calls, Call("till_member_tags(%s)", (member,))]


def _key(store: OrgUnit) -> tuple[str, str]:
    return str(connection.schema_name), store.path  # type: ignore[attr-defined]


# -- pricing ---------------------------------------------------------------------------------------


def take_off(
    basket: Basket, known: Known, methods: Mapping[str, Method], *, is_asked: bool = False
) -> Result:
    """Take off the lines of a basket what promotions, discounts and rounding take; each line's
    `taxed` is of what is left to pay then.

    How it is paid decides about promotions of one way of paying, where all of it must be paid so,
    and about rounding in cash, which rounds what is left for cash.

    Errors: Refusal naming every discount that cannot be; Forbidden where one is not allowed. Where
    it `is_asked` only, what is not allowed is told instead.
    """
    found = Result()
    offs = {n: off for n, row in enumerate(basket.given) if (off := row.get("off"))}
    if known.is_plain and not offs and not basket.off and not basket.coupons:
        return found
    shares: list[list[Share]] = [[] for _line in basket.lines]
    lefts = [line.taxed.gross for line in basket.lines]
    paid = {str(row.get("method")) for row in basket.paid if decimal(row.get("amount", 1)) > 0}
    if basket.against:
        paid = set()  # goods pay some of an exchange
    if known.live.promotions:
        found.priced = _promote(basket, known, paid, shares, lefts)
    if basket.coupons:
        coupons_off(basket, _opened(known, found), shares, lefts)
    problems = list(_discount(basket, offs, shares, lefts, found))
    if problems:
        raise Refusal("invalid", problems=problems)
    if not is_asked:
        for _path, permission, percent in found.needs:
            require(permission, basket.till, percent)  # and if somebody may, they did not give it
            raise Forbidden("forbidden", permission=permission, unit=basket.till.code)
    if known.rounding != "none":
        rest = rounded_off(
            known.rounding, sum(lefts, ZERO), basket.paid, methods, against=basket.against
        )
        _bear(Share(Kind.ROUNDING, rest), shares, lefts)
    for line, own, left in zip(basket.lines, shares, lefts, strict=True):
        if own:
            line.shares, line.taxed = own, tax_in(left, line.tax_rate)
    return found


def _promote(
    basket: Basket, known: Known, paid: set[str], shares: list[list[Share]], lefts: list[Decimal]
) -> Priced:
    lines = tuple(
        Line(str(n), str(line.item_id), line.price, line.quantity, *_goods(known, line))
        for n, line in enumerate(basket.lines)
    )
    asked = Priceable(
        lines=lines, moment=basket.at.astimezone(basket.store.zone), store=basket.store.path,
        member=known.member, payment=next(iter(paid)) if len(paid) == 1 else None,
        used=known.used, coupons=frozenset(one.kind_code for one in basket.coupons),
    )  # fmt: skip
    priced = price(asked, known.live.promotions)
    titles = {one.code: one.title for one in known.live.promotions}
    times = {one.promotion: one.times for one in priced.applied}
    for n, line in enumerate(priced.lines):
        for share in line.shares:
            code = share.promotion
            reason = (titles[code] or code)[:REASON_MAX]
            document = known.live.ids.get(code)
            one = Share(Kind.PROMOTION, share.amount, reason, document, times.pop(code, None))
            if one.amount:
                shares[n].append(one)
        lefts[n] = line.net
    return priced


def _opened(known: Known, found: Result) -> set[str]:
    """The kinds of coupon to which promotions are bound that did something."""
    applied = {one.promotion for one in found.priced.applied} if found.priced else set()
    return {one.conditions.coupon for one in known.live.promotions if one.code in applied}


def _goods(known: Known, line: Rung) -> tuple[str, str]:
    return known.goods.get(line.item_id, ("", ""))


def rounded_off(
    rule: str, due: Decimal, paid: Sequence[Given], methods: Mapping[str, Method],
    *, against: Decimal = ZERO,
) -> Decimal:  # fmt: skip
    """What a rule takes off `due`, by how it is paid: in order, each row with its amount, or the
    last without one where it takes the rest.

    In cash, what other ways leave for cash is rounded. Cash that was handed over first, before
    another way took the rest, was counted as it is: it is not rounded. Of an exchange the
    difference is rounded, whoever pays it: `against` is what the goods that come back are worth.
    """
    when, _sign, step = rule.partition("_")
    owed = due - against
    if when == "always":
        return rounding_of(owed, Decimal(step), of=due)
    rows = [(str(row.get("method")), decimal(row.get("amount", 1))) for row in paid]
    rows = [row for row in rows if row[1] > 0]
    others = sum((amount for code, amount in rows if not _is_cash(code, methods)), ZERO)
    if not rows or not _is_cash(rows[-1][0], methods) or others >= abs(owed):
        return ZERO
    return rounding_of(owed - others if owed > 0 else owed + others, Decimal(step), of=due)


def _is_cash(code: str, methods: Mapping[str, Method]) -> bool:
    return code in methods and methods[code].gives_change


# -- by hand ---------------------------------------------------------------------------------------


def _discount(
    basket: Basket, offs: Mapping[int, Given], shares: list[list[Share]], lefts: list[Decimal],
    found: Result,
) -> Sequence[Problem]:  # fmt: skip
    problems: list[Problem] = []
    for n, given in offs.items():
        line, path = basket.lines[n], f"{basket.path}lines.{n + 1}.off"
        cut, off = _cut(given, lefts[n], line.quantity, line.name, path, problems)
        if off is not None:
            by_whom = _by_whom(basket, DISCOUNT_LINE, path, off.percent(lefts[n], cut), found)
            shares[n].append(Share(Kind.LINE, cut, off.reason, by_whom=by_whom))
            lefts[n] -= cut
    if basket.off:
        path, due = f"{basket.path}off", sum(lefts, ZERO)
        cut, off = _cut(basket.off, due, Decimal(1), str(WHOLE), path, problems)
        if off is not None:
            by_whom = _by_whom(basket, DISCOUNT_RECEIPT, path, off.percent(due, cut), found)
            _bear(Share(Kind.RECEIPT, cut, off.reason, by_whom=by_whom), shares, lefts)
    return problems


def _cut(
    given: Given, left: Decimal, quantity: Decimal, item: str, path: str, problems: list[Problem]
) -> tuple[Decimal, Off | None]:
    """What a discount takes off, or why it cannot."""
    off = _off_of(given)
    if off is None:
        problems.append({"path": path, "code": "discount_unknown"})
        return ZERO, None
    cut = off.cut(left, quantity)
    if not off.reason:
        problems.append({"path": f"{path}.reason", "code": "discount_needs_reason"})
    elif cut > left or off.value < 0 or (off.how == How.PERCENT and off.value > PERCENT_MAX):
        problems.append({"path": path, "code": "discount_too_much", "item": item, "left": left})
    elif cut <= 0:
        problems.append({"path": path, "code": "discount_no_less", "item": item})
    else:
        return cut, off
    return ZERO, None


def _off_of(given: Given) -> Off | None:
    try:
        how, value = How(str(given.get("how"))), Decimal(str(given.get("value")))
    except (ValueError, InvalidOperation):
        return None
    if not value.is_finite() or abs(value) > VALUE_MAX:
        return None
    if how == How.AMOUNT and not is_on_step(value, MONEY_STEP):
        return None
    return Off(how, value, str(given.get("reason") or "").strip()[:REASON_MAX])


def _by_whom(
    basket: Basket, permission: str, path: str, percent: Decimal, found: Result
) -> UUID | None:
    """Who gives a discount: the person themselves, else who gave their PIN for it, else who stands
    in for them. What they may not is put by."""
    acting = who()
    till = basket.till
    if acting.is_system or person_may(acting.held, permission, till, percent):
        return basket.person_id
    giver = giver_of_off(path)
    if not giver_may(giver, permission, till, percent):
        found.needs.append((path, permission, percent))
    giver = giver or acting.authorised_by
    return giver.pk if giver else basket.person_id


def _bear(whole: Share, shares: list[list[Share]], lefts: list[Decimal]) -> None:
    """Let all lines bear what a receipt is reduced by."""
    for n, part in enumerate(spread(whole.amount, lefts)):
        if part:
            shares[n].append(Share(whole.kind, part, whole.reason, by_whom=whole.by_whom))
            lefts[n] -= part


# -- budgets ---------------------------------------------------------------------------------------


def spent_in(basket: Basket, known: Known, result: Result) -> list[Move]:
    """What of budgets and limits the promotions of a basket use."""
    member = UUID(known.member.id) if known.member else None
    return [
        move
        for one in (result.priced.applied if result.priced else ())
        if one.promotion in known.live.bounded
        for move in use_moves(
            known.live.bounded[one.promotion], one.times, one.amount, member, basket.on
        )
    ]
