"""What screens show of sales besides its fields: prices and stock beside a line, and progress."""

from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db import connection
from django.utils.translation import gettext_lazy as _

from tongpan.base.numbers import ZERO
from tongpan.business.finance.queries import left_open
from tongpan.business.finance.screens import settled_standings
from tongpan.business.sales import queries
from tongpan.business.stock.screens import STOCK, stock_beside
from tongpan.kernel.documents.showing import LineFacts, Standing, Text
from tongpan.masters.items.models import Item

# Of the lines of some orders: whether nothing is left, what share went out, and what was closed.
DELIVERED = """
select l.document_id, bool_and(a.inflow = a.outflow), avg(a.outflow / a.inflow),
       coalesce(sum(c.quantity), 0)
  from sales_order_line l
  join account a on a.line = l.id and a.ledger = 'promise' and a.role = 'undelivered'
  left join lateral (
    select sum(n.base_quantity) as quantity from sales_closing_line n
      join document d on d.id = n.document_id and d.state = 'posted'
      where n.order_line_id = l.id
  ) c on true
  where l.document_id = any(%s) and a.inflow > 0
  group by l.document_id
"""


def sold_beside(body: Any, items: Sequence[Item]) -> Mapping[UUID, Mapping[str, Any]]:
    """The units of each item, what may be sold of it, and what the customer pays for one."""
    told = {pk: dict(facts) for pk, facts in stock_beside(body, items).items()}
    prices = queries.proposed_prices(body, items)
    for item in items:
        if (price := prices.get((item.pk, item.base_unit_id))) is not None:
            told[item.pk]["price"] = f"{price.normalize():f}"
    return told


SOLD = LineFacts(
    by="item", of=sold_beside, choices=("unit",), columns=STOCK.columns, scan=STOCK.scan
)


def delivered(bodies: Sequence[Any]) -> Mapping[UUID, Standing]:
    """How far posted orders have come; what was closed early is said so."""
    with connection.cursor() as cursor:
        cursor.execute(DELIVERED, [[body.document_id for body in bodies]])
        rows: list[tuple[UUID, bool, Decimal, Decimal]] = cursor.fetchall()
    return {document: _standing(done, share, shut) for document, done, share, shut in rows}


def _standing(is_done: bool, share: Decimal, closed: Decimal) -> Standing:
    if is_done:
        return Standing("done", _("Closed early") if closed else _("Delivered"))
    if share:
        return Standing("partly", _("Partly delivered"), share)
    return Standing("transit", _("To be delivered"))


paid = settled_standings(
    _("To be collected"), _("Partly collected"), _("Collected"), then=("sales.return",)
)
offset = settled_standings(_("To be used"), _("Partly used"), _("Used"))


def deposit_of(order: Any) -> Iterable[tuple[Text, Decimal]]:
    """What was paid ahead for an order."""
    if (amount := queries.deposits_on(order)) != 0:
        yield _("Deposit received"), amount


def open_of_return(body: Any) -> Iterable[tuple[Text, Decimal]]:
    """What of a return was taken off its delivery at once, and what is still the customer's."""
    yield _("Taken off the delivery"), sum((line.offset for line in body.lines), ZERO)
    yield _("Still to be used"), -left_open([body.document_id])[body.document_id]
