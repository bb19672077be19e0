"""What a slip means for the member it names: points, stored value, and what counts for the tier.

A plain sale does not come here.
"""

from collections.abc import Sequence
from decimal import Decimal

from django.utils.translation import gettext_noop as noop

from tongpan.base.numbers import ZERO, is_on_step
from tongpan.base.refusals import Refusal
from tongpan.business.membership import queries as membership
from tongpan.business.membership.postings import Undone, frozen_in
from tongpan.business.membership.rules import (
    POINT,
    Line,
    Part,
    Standing,
    Use,
    Way,
    first_out,
    gross_back,
    lots_back,
    month_of,
    points_back,
    step_of,
    use_of,
)
from tongpan.business.till import queries
from tongpan.business.till.baskets import Basket, Paid
from tongpan.business.till.models import PaymentMethod, Sale
from tongpan.kernel.documents.fields import Problem, plain
from tongpan.kernel.documents.sentences import say
from tongpan.kernel.ledger.posting import recorded

STORED, POINTS = PaymentMethod.Kind.STORED.value, PaymentMethod.Kind.POINTS.value

say("member_unknown", noop("Nobody has this membership any more."))
say("stored_value_short", noop("There is {has} of stored value, not {needs}."))
say(
    "stored_value_over",
    noop("Stored value could be used until {until}. Make it valid again, or write down the name."),
)
say("points_short", noop("There are {has} points, not {needs}."))
say("points_not_whole", noop("This amount is not a whole number of points."))
say("no_programme", noop("There is no points programme."))
say("member_money_back", noop("What was paid with stored value or points goes back there."))
say("balance_moved", noop("The member's balance was used elsewhere just now. Look at it again."))


def use_in(basket: Basket, standing: Standing | None) -> Use:
    """What the sale gives the member and takes from them; its lines and payments are there.

    Errors: Refusal naming what there is not enough of.
    """
    if standing is None or not standing.is_active:
        raise Refusal("invalid", problems=[{"path": "member", "code": "member_unknown"}])
    stored, by_points = _paid_by(basket.payments, STORED), _paid_by(basket.payments, POINTS)
    if problems := list(_short(basket, standing, stored, by_points)):
        raise Refusal("invalid", problems=problems)
    lines = [Line(line.pk, line.taxed.gross, line.item_id) for line in basket.lines]
    return use_of(lines, standing, basket.on, stored=stored, by_points=by_points)


def _short(
    basket: Basket, standing: Standing, stored: Decimal, by_points: Decimal
) -> Sequence[Problem]:
    problems: list[Problem] = []
    if stored > standing.stored:
        facts = {"has": plain(standing.stored), "needs": plain(stored)}
        problems.append({"path": "payments", "code": "stored_value_short", **facts})
    if stored and standing.is_stored_over(basket.on):
        until = standing.stored_until
        problems.append({"path": "payments", "code": "stored_value_over", "until": f"{until}"})
    points, has = by_points * standing.points_per_yuan, standing.points(basket.on)
    if by_points and standing.programme is None:
        problems.append({"path": "payments", "code": "no_programme"})
    elif not is_on_step(points, POINT):
        problems.append({"path": "payments", "code": "points_not_whole"})
    elif points > has:
        facts = {"has": plain(has), "needs": plain(points)}
        problems.append({"path": "payments", "code": "points_short", **facts})
    return problems


def _paid_by(payments: Sequence[Paid], kind: str) -> Decimal:
    return sum((p.amount for p in payments if p.method.kind == kind), ZERO)


def undone_by(basket: Basket, sale: Sale) -> Undone | None:
    """What a return takes back from the member of its sale, and gives back to them.

    The points of what comes back are taken from the month in which they were given, then from
    those that expire first; what is missing is owed, and made up by the next ones earned.

    Errors: Refusal member_money_back.
    """
    party = sale.document.party
    standing = _standing(basket) if party is not None else None
    fact = recorded(sale.document.pk) if standing is not None else None
    if standing is None or fact is None:
        return None
    frozen = frozen_in(fact.moves, standing.home, standing.member)
    paid = queries.payments_by_kind(sale.document.pk)
    back = {kind: _paid_by(basket.payments, kind) for kind in (STORED, POINTS)}
    ways = {kind: Way(*paid.get(kind, (ZERO, ZERO)), now) for kind, now in back.items()}
    _refuse_elsewhere(basket, paid, ways)
    stored, by_points = ways[STORED], ways[POINTS]
    principal = step_of(frozen.principal, stored, Decimal("0.01"))
    spent = sum((n for _, n in frozen.spent), ZERO)
    given_before = step_of(spent, Way(by_points.paid, ZERO, by_points.before), POINT)
    given = step_of(spent, by_points, POINT)
    parts = _parts(basket, sale)
    taken = points_back(frozen.earned, parts)
    lots = dict(standing.live(basket.on))
    first = min(lots.get(frozen.lot, ZERO), taken)
    from_lots = [(frozen.lot, first)] if first else []
    lots.pop(frozen.lot, None)
    from_lots += first_out(lots, taken - first)
    this_month = month_of(basket.on)
    return Undone(
        frozen,
        taken=from_lots,
        owed=taken - sum((n for _, n in from_lots), ZERO),
        given=_joined(
            [(max(lot, this_month), n) for lot, n in lots_back(frozen.spent, given_before, given)]
        ),
        points_amount=by_points.now,
        eligible=step_of(frozen.eligible, gross_back(parts), Decimal("0.01")),
        principal=principal,
        bonus=stored.now - principal,
    )


def _joined(rows: Sequence[tuple[str, Decimal]]) -> list[tuple[str, Decimal]]:
    found: dict[str, Decimal] = {}
    for lot, n in rows:
        found[lot] = found.get(lot, ZERO) + n
    return list(found.items())


def _standing(basket: Basket) -> Standing | None:
    assert basket.party is not None, "Asked before."
    try:
        return membership.standing_of(basket.party, basket.on)
    except Refusal:  # a customer of another kind, who is no member
        return None


def _parts(basket: Basket, sale: Sale) -> list[Part]:
    """All lines of the sale, with what came back before and comes back now."""
    before = queries.returned_before(line.pk for line in sale.lines)
    now: dict[object, Decimal] = {}
    for rung in basket.lines:
        now[rung.sold] = now.get(rung.sold, ZERO) + rung.quantity
    return [
        Part(n.pk, n.gross, n.quantity, before.get(n.pk, ZERO), now.get(n.pk, ZERO))
        for n in sale.lines
    ]


def _refuse_elsewhere(
    basket: Basket, paid: dict[str, tuple[Decimal, Decimal]], ways: dict[str, Way]
) -> None:
    """What was paid with members' money is not paid out in another way, nor the reverse."""
    money = sum((p.amount for p in basket.payments if p.method.kind not in ways), ZERO)
    was, back = paid.get(PaymentMethod.Kind.MONEY.value, (ZERO, ZERO))
    is_over = any(way.before + way.now > way.paid for way in ways.values())
    has_members_money = any(kind in paid for kind in ways)
    if is_over or (has_members_money and back + money > was):
        problem = {"path": "payments", "code": "member_money_back"}
        raise Refusal("invalid", problems=[problem])
