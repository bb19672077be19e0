"""Bringing in slips that were rung up elsewhere: by another program, or at a till without network.

Many sales and returns are one action and one posting. Each is checked as at the till; only when it
was, who stood there and what was asked for the goods are facts that come along. A slip that is
known already, by its id, is left as it is, so a broken batch is simply brought in again.
"""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.utils.translation import gettext_lazy as _
from django.utils.translation import gettext_noop as noop

from tongpan.base.refusals import Refusal
from tongpan.business.membership.queries import standing_call, standing_read
from tongpan.business.membership.rules import Standing, lessen
from tongpan.business.till.actions import RING_UP, TAKE_BACK
from tongpan.business.till.as_then import take_off_as_then
from tongpan.business.till.baskets import Basket, fill_lines, pay, reading
from tongpan.business.till.costs import shelf_costs
from tongpan.business.till.members import use_in
from tongpan.business.till.queries import as_id
from tongpan.business.till.slips import Back, post_slips
from tongpan.kernel.companies.calls import together
from tongpan.kernel.documents.gate import Doing
from tongpan.kernel.documents.models import Document
from tongpan.kernel.documents.registry import Action, find_action, register_action
from tongpan.kernel.documents.sentences import say
from tongpan.kernel.org.models import OrgUnit, business_date
from tongpan.kernel.org.scope import declare_permission, who

BRING_IN = "till.sale.bring_in"
SLIPS_MAX = 500

say("too_many_slips", noop("At most {most} slips are brought in at once."))
say("slip_in_future", noop("{at} has not come yet."))
say("not_a_till", noop("There is no till with the code {given}."))

Given = Mapping[str, Any]
Bought = Sequence[tuple[Basket, Given]]
Standings = Mapping[tuple[UUID, date], Standing | None]


def bring_in(doing: Doing) -> None:
    """Post slips that were rung up elsewhere.

    Payload: `sales` and `returns`, each a list of {id, till, at, by?, party?, lines, payments} with
    the till's unit, the moment, and ids of a person and a party. A sale that says `is_before` is at
    prices before promotions and rounding: what held then is taken off, and a single payment without
    an amount pays the rest. Lines are {item, quantity, unit?,
    price | amount, barcode?}, payments {method, amount}. A return of this kind has no sale that it
    follows: goods come back at what those on the shelf cost, and it may have a `reason`.

    The result counts {sales, returns, known, lines}.
    """
    sales, returns = doing.payload.get("sales") or (), doing.payload.get("returns") or ()
    if len(sales) + len(returns) > SLIPS_MAX:
        raise Refusal("too_many_slips", most=SLIPS_MAX)
    known = _known([*sales, *returns])
    new_sales = [(n, row) for n, row in enumerate(sales, 1) if row["id"] not in known]
    new_returns = [(n, row) for n, row in enumerate(returns, 1) if row["id"] not in known]
    at = _tills([row for _, row in (*new_sales, *new_returns)])
    for till in {till.pk: till for till in at.values()}.values():
        doing.require(till)
    if not at:
        doing.require(who().at)
    bought = [(_basket(doing, at, row, f"sales.{n}."), row) for n, row in new_sales]
    brought = [(_basket(doing, at, row, f"returns.{n}."), row) for n, row in new_returns]
    baskets = [basket for basket, _ in (*bought, *brought)]
    methods = fill_lines(baskets, together(reading(baskets)))
    standings = _standings(bought)
    before = [basket for basket, row in bought if row.get("is_before")]
    take_off_as_then(before, _of_each(bought, standings), methods)
    pay(baskets, methods)
    _let_members_gain(bought, standings)
    backs = _backs(brought)
    sold = [(_along(doing, RING_UP, basket), basket) for basket, _ in bought]
    back = [(_along(doing, TAKE_BACK, one.basket), one) for one in backs]
    doing.along = [did for did, _ in (*sold, *back)]
    post_slips(doing, sold, back)
    doing.result = {
        "sales": len(bought),
        "returns": len(backs),
        "known": len(known),
        "lines": sum(len(basket.lines) for basket, _ in (*bought, *brought)),
    }


def _known(rows: Sequence[Given]) -> set[UUID]:
    ids = [row["id"] for row in rows]
    return set(Document.unscoped.filter(pk__in=ids).values_list("pk", flat=True))


def _tills(rows: Sequence[Given]) -> dict[Any, OrgUnit]:
    """The till of each row; a unit that comes along is taken as it is."""
    found: dict[Any, OrgUnit] = {}
    for row in rows:
        till = row["till"]
        key = till.pk if isinstance(till, OrgUnit) else str(till)
        if key not in found:
            unit = till if isinstance(till, OrgUnit) else _till_called(str(till))
            if unit is None or unit.kind != OrgUnit.Kind.TILL or unit.parent is None:
                raise Refusal("not_a_till", given=str(till))
            found[key] = unit
    return found


def _till_called(code: str) -> OrgUnit | None:
    return OrgUnit.objects.select_related("parent").filter(code=code).first()


def _basket(doing: Doing, tills: Mapping[Any, OrgUnit], row: Given, path: str) -> Basket:
    till = tills[row["till"].pk if isinstance(row["till"], OrgUnit) else str(row["till"])]
    store = till.parent
    assert store is not None, "A till stands in a store."
    at: datetime = row["at"]
    if at > doing.at:
        problem = {"path": f"{path}at", "code": "slip_in_future", "at": str(at)}
        raise Refusal("invalid", problems=[problem])
    person = who().person
    return Basket(
        pk=row["id"],
        till=till,
        store=store,
        at=at,
        on=business_date(store, at),
        person_id=row.get("by") or (person.pk if person else None),
        may_change_price=True,  # what was asked for the goods is a fact by now
        path=path,
        party=row.get("party"),
        has_member=row.get("member") is not None,
        given=row["lines"],
        paid=row.get("payments") or (),
    )


def _named(bought: Bought) -> list[tuple[Basket, UUID]]:
    return [(basket, as_id(str(row["member"]))) for basket, row in bought if basket.has_member]


def _standings(bought: Bought) -> Standings:
    """How each `member` whom a sale names stands on its day."""
    items: dict[tuple[UUID, date], dict[UUID, None]] = {}
    for basket, member in _named(bought):
        items.setdefault((member, basket.on), {}).update(dict.fromkeys(n[0] for n in basket.asked))
    if not items:
        return {}
    said = together([standing_call(pk, those, on) for (pk, on), those in items.items()])
    return dict(zip(items, map(standing_read, said), strict=True))


def _of_each(bought: Bought, standings: Standings) -> dict[UUID, Standing]:
    """The same by the basket."""
    found = {basket.pk: standings[member, basket.on] for basket, member in _named(bought)}
    return {pk: standing for pk, standing in found.items() if standing is not None}


def _let_members_gain(bought: Bought, standings: Standings) -> None:
    """What each sale that names a `member` gives them, and takes from them, one after the other.

    Errors: as at the till.
    """
    for basket, member in _named(bought):
        basket.use = use_in(basket, standings[member, basket.on])
        basket.party = basket.use.standing.member
        for other in standings.values():
            if other is not None and other.member == basket.party:
                lessen(other, basket.use)


def _along(doing: Doing, code: str, basket: Basket) -> Doing:
    """The same as if somebody had done it at the till, for its history and its event."""
    action = find_action(code)
    assert action is not None, "The till declares it."
    return Doing(
        action=action,
        subject=basket.pk,
        payload={},
        answers=frozenset(),
        version=None,
        at=doing.at,
        org_unit=basket.till,
    )


def _backs(brought: Sequence[tuple[Basket, Given]]) -> list[Back]:
    costs = shelf_costs([basket for basket, _ in brought])
    return [
        Back(basket, cost, str(row.get("reason") or ""))
        for (basket, row), cost in zip(brought, costs, strict=True)
    ]


declare_permission(BRING_IN, _("Sale: Bring in"))
register_action(Action(code=BRING_IN, title=_("Bring in"), run=bring_in, permission=BRING_IN))
