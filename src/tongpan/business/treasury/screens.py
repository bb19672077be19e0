"""What screens show of the housekeeping besides its fields: which accounts, what waits."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from tongpan.business.finance.models import MoneyPlace
from tongpan.business.finance.screens import settled_standings
from tongpan.business.treasury import queries
from tongpan.business.treasury.models import Purpose, TakingsLine
from tongpan.kernel.documents.showing import LineFacts
from tongpan.kernel.org.models import OrgUnit
from tongpan.masters.search import spelt_like


def account_beside(_body: Any, places: Sequence[MoneyPlace]) -> Mapping[UUID, Mapping[str, Any]]:
    """What kind of account each is, and whose."""
    return {p.pk: {"kind": p.get_kind_display(), "at": p.unit.name} for p in places}


TO_ACCOUNTS = LineFacts(
    by="to_place",
    of=account_beside,
    columns=(("kind", _("kind")), ("at", _("Org unit"))),
    words=("kind", "at"),
)


def purposes_of(kind: Purpose.Kind) -> LineFacts:
    """The purposes of one kind, to choose from by code, name or initials."""

    def search(_body: Any, text: str, limit: int) -> Sequence[Purpose]:
        wanted = text.strip().casefold()
        rows = Purpose.objects.filter(kind=kind, state="active")
        found = [row for row in rows if wanted in f"{row.code} {row.name}".casefold()]
        return found[:limit] or spelt_like(rows, wanted, limit=limit)

    return LineFacts(by="purpose", of=lambda _body, rows: {r.pk: {} for r in rows}, search=search)


def where_takings_go(unit: OrgUnit) -> dict[str, Any]:
    """New takings are paid into the account of the unit where the person works."""
    return {"paid_into": queries.usual_account(unit)}


def due(body: Any) -> Iterable[TakingsLine]:
    """The lines of new takings: what is due. Into a cash box comes the cash of its own unit, into
    an account whatever providers owe to the stores of its legal entity."""
    place = body.paid_into
    if place is None:
        return
    is_cash = place.kind == MoneyPlace.Kind.CASH
    stores = queries.stores_where(queries.SAVE, entity=place.unit.entity_id)
    mine = [store for store in stores if store.pk == place.unit_id]
    for one in queries.waiting_takings(mine if is_cash else stores):
        if one.due and one.method.gives_change == is_cash:
            yield TakingsLine(
                document=body.document, store=one.store, method=one.method, amount=one.due,
                fee=one.fee or None,
            )  # fmt: skip


paid = settled_standings(_("To be paid"), _("Partly paid"), _("Paid in full"))
