"""What screens show of purchasing besides its fields: agreed prices, and how far things came."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db import connection
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from tongpan.base import env
from tongpan.base.numbers import ZERO
from tongpan.business.finance.queries import left_open, open_bills
from tongpan.business.finance.screens import settled_standings
from tongpan.business.purchasing import queries
from tongpan.business.purchasing.models import PurchaseOrderLine
from tongpan.business.stock.screens import UNITS, units_of
from tongpan.kernel.documents.showing import LineFacts, Standing, Text
from tongpan.kernel.org.scope import units_where
from tongpan.kernel.org.visibility import masked_fields
from tongpan.masters.items.models import Item

# The accounts of the lines of some documents: what came in is what was promised, what went out is
# what became of it.
COME = """
select l.document_id, bool_and(a.inflow = a.outflow), avg(a.outflow / a.inflow)
  from {table} l
  join account a on a.line = l.id and a.ledger = 'promise' and a.role = %s
  where l.document_id = any(%s) and a.inflow > 0
  group by l.document_id
"""


def order_beside(body: Any, items: Sequence[Item]) -> Mapping[UUID, Mapping[str, Any]]:
    """The units of each item, the one it is ordered in first, and the price agreed for that one."""
    told: dict[UUID, dict[str, Any]] = {pk: {"unit": u} for pk, u in units_of(items).items()}
    for (item, unit), agreed in queries.agreed_prices(body, items).items():
        if all(choice["value"] != str(unit) for choice in told[item]["unit"]):
            continue  # agreed for a unit in which the item is not counted any more
        told[item]["unit"].sort(key=lambda choice: choice["value"] != str(unit))
        if "price" not in masked_fields(PurchaseOrderLine, "purchasing.order.save"):
            told[item]["price"] = f"{agreed.normalize():f}"
    return told


ORDERED = LineFacts(by="item", of=order_beside, choices=("unit",), scan=UNITS.scan)


def _standings(
    table: str,
    role: str,
    none: Text,
    some: Text,
    done: Text,
    *,
    then: tuple[str, ...] = (),
    at_first: str = "waiting",
) -> Callable[[Sequence[Any]], Mapping[UUID, Standing]]:
    """How far posted documents have come, as the accounts of their lines tell."""

    def tell(bodies: Sequence[Any]) -> Mapping[UUID, Standing]:
        with connection.cursor() as cursor:
            cursor.execute(COME.format(table=table), [role, [b.document_id for b in bodies]])
            rows: list[tuple[UUID, bool, Decimal]] = cursor.fetchall()
        return {document: standing(is_done, share) for document, is_done, share in rows}

    def standing(is_done: bool, share: Decimal) -> Standing:
        if is_done:
            return Standing("done", done, then=then)
        return Standing("partly", some, share) if share else Standing(at_first, none)

    return tell


received = _standings(
    "purchase_order_line", "expected",
    _("To be received"), _("Partly received"), _("Received"), at_first="transit",
)  # fmt: skip
billed = _standings(
    "goods_receipt_line", "unbilled", _("To be billed"), _("Partly billed"), _("Billed"),
    then=("purchasing.return",),
)  # fmt: skip
credited = _standings(
    "purchase_return_line", "uncredited",
    _("To be credited"), _("Partly credited"), _("Credited"),
)  # fmt: skip
paid = settled_standings(
    _("To be paid"), _("Partly paid"), _("Paid in full"),
    then=("purchasing.return", "purchasing.credit"),
)  # fmt: skip
offset = settled_standings(_("To be used"), _("Partly used"), _("Used"))


def open_of_bill(body: Any) -> Iterable[tuple[Text, Decimal]]:
    """What of a bill was paid or taken off, and what is open."""
    left = left_open([body.document_id])[body.document_id]
    yield _("Settled"), body.document.total - left
    yield _("Still open"), left


def open_of_credit(body: Any) -> Iterable[tuple[Text, Decimal]]:
    """What of a credit note was taken off its bill at once, and what is still to be used."""
    yield _("Taken off the bill"), sum((line.offset for line in body.lines), ZERO)
    yield _("Still to be used"), -left_open([body.document_id])[body.document_id]


def still_open() -> Q:
    """The bills of which something is still to be paid."""
    return Q(pk__in=open_bills(list(units_where("purchasing.bill.view"))))


def overdue() -> Q:
    """Those that should have been paid by yesterday."""
    return still_open() & Q(due_on__lt=timezone.localtime(env.now()).date())
