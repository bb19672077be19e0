"""What screens show of sales besides its fields: prices and stock beside a line, and progress."""

from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from tongpan.base.numbers import ZERO
from tongpan.business.finance.screens import settled_standings
from tongpan.business.sales import queries
from tongpan.business.stock.screens import STOCK, stock_beside
from tongpan.business.trade.screens import left_of
from tongpan.kernel.documents.showing import Come, LineFacts, Standing, Text, lines_come
from tongpan.masters.items.models import Item

# How much of an order was closed early, over its lines.
CLOSED = """
coalesce(sum((
    select sum(n.base_quantity) from sales_closing_line n
      join document d on d.id = n.document_id and d.state = 'posted'
      where n.order_line_id = l.id
)), 0)::text
"""


def sold_beside(body: Any, items: Sequence[Item]) -> Mapping[UUID, Mapping[str, Any]]:
    """The units of each item, what may be sold of it, and what the customer pays for one."""
    told = {pk: dict(facts) for pk, facts in stock_beside(body, items).items()}
    prices = queries.proposed_prices(body, items)
    for item in items:
        if (offered := prices.get((item.pk, item.base_unit_id))) is not None:
            told[item.pk]["price"] = f"{offered.at(Decimal(1)).price.normalize():f}"
    return told


SOLD = LineFacts(
    by="item", of=sold_beside, choices=("unit",), columns=STOCK.columns, scan=STOCK.scan
)


def _delivered(come: Come) -> Standing:
    """What was closed early is said so."""
    if come.is_done:
        return Standing("done", _("Closed early") if Decimal(come.said) else _("Delivered"))
    if come.share:
        return Standing("partly", _("Partly delivered"), come.share)
    return Standing("transit", _("To be delivered"))


delivered = lines_come("sales_order_line", "promise", "undelivered", _delivered, CLOSED)
# What came back of a delivery and was taken off it at once.
BROUGHT_BACK = """coalesce((
    select sum(n."offset") from sales_delivery_line l
      join sales_return_line n on n.delivery_line_id = l.id
      join document d on d.id = n.document_id and d.state = 'posted'
      where l.document_id = a.line
), 0)"""
paid = settled_standings(
    _("To be collected"),
    _("Partly collected"),
    _("Collected"),
    then=("sales.return",),
    taken_off=BROUGHT_BACK,
)
offset = settled_standings(_("To be used"), _("Partly used"), _("Used"))


def deposit_of(order: Any, _standing: Standing | None = None) -> Iterable[tuple[Text, Decimal]]:
    """What was paid ahead for an order."""
    if (amount := queries.deposits_on(order)) != 0:
        yield _("Deposit received"), amount


def open_of_return(body: Any, standing: Standing | None = None) -> Iterable[tuple[Text, Decimal]]:
    """What of a return was taken off its delivery at once, and what is still the customer's."""
    yield _("Taken off the delivery"), sum((line.offset for line in body.lines), ZERO)
    yield _("Still to be used"), left_of(body, standing)
