"""What screens show of money besides its fields: what is open, and what a payment would settle."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from tongpan.base.numbers import ZERO
from tongpan.business.finance import queries
from tongpan.business.finance.accounts import SIDES
from tongpan.business.finance.models import MoneyOpeningLine, MoneyPlace, OpenItem, SetOffLine
from tongpan.business.finance.postings import side_of
from tongpan.business.finance.queries import SETTLED
from tongpan.kernel.documents.models import Document
from tongpan.kernel.documents.registry import document_type
from tongpan.kernel.documents.sentences import listed
from tongpan.kernel.documents.showing import Come, HowFar, LineFacts, LineWords, Standing, Text
from tongpan.kernel.org.scope import visible
from tongpan.masters.fields import State as Use

WHO_OWES = {"supplier": _("we owe"), "customer": _("they owe")}

# What a document leaves to settle; its account is bounded, so that is exact. What was taken off
# it without a payment is said beside it.
OPEN = """
select a.line, a.inflow = a.outflow, abs(a.inflow - a.outflow), {taken_off}::text
  from account a where a.ledger = 'money' and a.role in ({roles}) and a.line = any(%s)
"""
# Which payments were made in advance, and how much of that has been used since.
ADVANCES = """
select a.line, a.inflow = a.outflow,
       least(a.inflow, a.outflow) / greatest(a.inflow, a.outflow), a.role from account a
  where a.ledger = 'money' and a.role in ('advance', 'deposit') and a.line = any(%s)
    and a.inflow + a.outflow > 0
"""
PAID_AHEAD = {
    "advance": (_("Paid in advance"), _("Advance partly used"), _("Advance used")),
    "deposit": (_("Received in advance"), _("Deposit partly used"), _("Deposit used")),
}


def open_beside(body: Any, items: Sequence[OpenItem]) -> Mapping[UUID, Mapping[str, Any]]:
    """What each document is, where, and how much of it is open: that is proposed as the amount."""
    sides = {item.pk: side_of(body, item) for item in items}
    left: dict[UUID, Decimal] = {}
    for side in body.sides:
        left |= queries.left_open((pk for pk, of in sides.items() if of == side), side)
    return {
        item.pk: {
            "what": str(document_type(item.type).title),
            "at": item.org_unit.name,
            "side": str(WHO_OWES[sides[item.pk]]),
            "open": f"{left[item.pk]:,.2f}",
            "amount": f"{left[item.pk].normalize():f}",
        }
        for item in items
    }


def open_like(body: Any, text: str, limit: int) -> Sequence[OpenItem]:
    """What is open with whom a payment is with, by words of its number, what it is, its unit, its
    note, and the amount that is open."""
    words = text.casefold().replace(",", "").split()
    found = (left for side in body.sides for left in _open_for(body, side))
    told = ((left.item, _told(left)) for left in found)
    return [item for item, said in told if all(word in said for word in words)][:limit]


def _told(left: queries.Left) -> str:
    item = left.item
    what = document_type(item.type).title
    return f"{item} {what} {item.org_unit.name} {item.note} {left.amount:.2f}".casefold()


def _open_for(body: Any, side: str) -> list[queries.Left]:
    if body.party_id is None:
        return []
    unit = body.money.unit if body.money is not None else body.document.org_unit
    units = queries.money_units(side)
    return queries.open_items(body.party_id, unit.entity_id, units, side)


OPEN_ITEMS = LineFacts(
    by="settles",
    of=open_beside,
    columns=(("what", _("Document")), ("at", _("Org unit")), ("open", _("Still open"))),
    words=("what", "at"),
    search=open_like,
)
SIDE_OF_LINE = LineWords(_("Side"), lambda body, line: WHO_OWES[side_of(body, line.settles)])
OPEN_ON_BOTH_SIDES = replace(
    OPEN_ITEMS, columns=(OPEN_ITEMS.columns[0], ("side", _("Side")), *OPEN_ITEMS.columns[1:])
)


def accounts_beside(_body: Any, places: Sequence[MoneyPlace]) -> Mapping[UUID, Mapping[str, Any]]:
    """What kind of account each is, and whose."""
    return {p.pk: {"kind": p.get_kind_display(), "at": p.unit.name} for p in places}


ACCOUNTS = LineFacts(
    by="place",
    of=accounts_beside,
    columns=(("kind", _("kind")), ("at", _("Org unit"))),
    words=("kind", "at"),
)


def begun(body: Any) -> str:
    """Why there is nothing to propose: every account of the unit has begun, or there is none."""
    unit = body.document.org_unit
    places = visible(MoneyPlace).filter(state=Use.ACTIVE, unit=unit)
    here = list(places.values_list("pk", flat=True))
    before = queries.opened_on(here)
    facts = {"unit": unit.name, "numbers": listed(sorted(set(before.values())))}
    if not here:
        return _("%(unit)s has no money account yet: make one under Money accounts.") % facts
    if set(here) - set(before):
        return ""
    return (
        _(
            "Every money account of %(unit)s has its opening balance, on %(numbers)s: reverse that "
            "to change one. For another unit, choose it at the top of the page."
        )
        % facts
    )


def not_opened(body: Any) -> Iterable[Any]:
    """The lines of new opening balances: the accounts of the unit that have none yet."""
    places = visible(MoneyPlace).select_related("unit").filter(state=Use.ACTIVE)
    here = list(places.filter(unit=body.document.org_unit))
    before = queries.opened_on(place.pk for place in here)
    for place in here:
        if place.pk not in before:
            yield MoneyOpeningLine(document=body.document, place=place)


def proposed(body: Any) -> Iterable[Any]:
    """The lines of a new payment: every open bill, and credits as far as they go."""
    line = document_type(body.document.type).line
    assert line is not None, "What settles has lines."
    if body.money is None:
        usual = queries.usual_account(body.document.org_unit.entity_id, type(body))
        setattr(body, body.money_field, usual)
    found = _open_for(body, body.party_field)
    owed = sum((left.amount for left in found if left.amount > 0), ZERO)
    for left in found:
        amount = left.amount
        if amount < 0:
            amount = -min(-amount, owed)
            owed += amount
        if amount:
            yield line(
                document=body.document, settles=left.item, amount=amount.quantize(Decimal("0.01"))
            )


def proposed_on_both_sides(body: Any) -> Iterable[Any]:
    """The lines of a new set-off: the oldest bills and deliveries, as far as both sides go."""
    found = {s: [n for n in _open_for(body, s) if n.amount > 0] for s in body.sides}
    common = min(sum((left.amount for left in of), ZERO) for of in found.values())
    for of in found.values():
        rest = common
        for left in of:
            amount = min(rest, left.amount)
            rest -= amount
            if amount:
                whole = amount.quantize(Decimal("0.01"))
                yield SetOffLine(document=body.document, settles=left.item, amount=whole)


def settled_standings(
    none: Text, some: Text, done: Text, *, then: tuple[str, ...] = (), side: str = "",
    taken_off: str = "0",
) -> HowFar:  # fmt: skip
    """How far bills or credits are settled; `then` are the types that may follow those that are. Of
    what is between two legal entities, with suppliers or with customers, as `side` says.

    `taken_off` is SQL for what made the document of `a.line` smaller: that is no payment of it.
    """

    def word(document: Document, come: Come | None) -> Standing:
        left = come.share if come is not None else ZERO
        if come is None or not left:
            return Standing("done", done, then=then, left=ZERO)
        whole = (document.total or ZERO) - Decimal(come.said)
        taken = whole - left
        share = taken / whole if taken else None
        return Standing("partly" if taken else "waiting", some if taken else none, share, left=left)

    roles = SIDES[side].roles if side else tuple(SETTLED)
    named = ", ".join(f"'{role}'" for role in roles)
    return HowFar(OPEN.format(roles=named, taken_off=taken_off), word)


def _used(_document: Document, come: Come | None) -> Standing | None:
    """Nothing of payments that were for bills alone."""
    if come is None:
        return None
    none, some, done = PAID_AHEAD[come.said]
    if come.is_done:
        return Standing("done", done)
    return Standing("partly", some, come.share) if come.share else Standing("transit", none)


used = HowFar(ADVANCES, _used)  # how far what was paid in advance is used
