"""What screens show of purchasing besides its fields: agreed prices, and how far things came."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from tongpan.base.numbers import ZERO
from tongpan.business.finance.screens import settled_standings
from tongpan.business.purchasing import queries
from tongpan.business.purchasing.models import PurchaseOrderLine
from tongpan.business.stock.screens import UNITS, units_of
from tongpan.business.trade.screens import come_standings, left_of
from tongpan.kernel.documents.showing import LineFacts, Standing, Text
from tongpan.kernel.org.visibility import masked_fields
from tongpan.masters.items.models import Item


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


received = come_standings(
    "purchase_order_line", "expected",
    _("To be received"), _("Partly received"), _("Received"), at_first="transit",
)  # fmt: skip
billed = come_standings(
    "goods_receipt_line", "unbilled", _("To be billed"), _("Partly billed"), _("Billed"),
    then=("purchasing.return",),
)  # fmt: skip
_credited = come_standings(
    "purchase_return_line", "uncredited",
    _("To be credited"), _("Partly credited"), _("Credited"),
)  # fmt: skip
# What went back before it was billed is on no bill: there is nothing to credit.
UNBILLED = Standing("", "", never=("purchasing.credit",))
credited = replace(
    _credited,
    word=lambda document, come: _credited.word(document, come) if come is not None else UNBILLED,
)
# What credit notes took off a bill at once, by its lines and by those of what went back.
CREDITED = """coalesce((
    select sum(c."offset") from supplier_bill_line b
      left join purchase_return_line r on r.bill_line_id = b.id
      join supplier_credit_line c on c.bill_line_id = b.id or c.return_line_id = r.id
      join document d on d.id = c.document_id and d.state = 'posted'
      where b.document_id = a.line
), 0)"""
paid = settled_standings(
    _("To be paid"), _("Partly paid"), _("Paid in full"),
    then=("purchasing.return", "purchasing.credit"), taken_off=CREDITED,
)  # fmt: skip
offset = settled_standings(_("To be used"), _("Partly used"), _("Used"))


def asked_of_supplier(body: Any) -> Iterable[Any]:
    """The lines of a new order: what units asked the buyers for, of whatever requisition, that
    this supplier brings to the place."""
    if body.supplier_id is None or body.place is None:
        return
    for asked, left in queries.open_requisitions(body.place.unit, body.supplier_id):
        factor = asked.base_quantity / asked.quantity
        yield PurchaseOrderLine(
            document=body.document, requisition_line=asked, item=asked.item,
            unit=asked.unit, quantity=left / factor,
        )  # fmt: skip


def open_of_credit(body: Any, standing: Standing | None = None) -> Iterable[tuple[Text, Decimal]]:
    """What of a credit note was taken off its bill at once, and what is still to be used."""
    yield _("Taken off the bill"), sum((line.offset for line in body.lines), ZERO)
    yield _("Still to be used"), left_of(body, standing)
