"""Reads of sales: what goods cost this customer, and how far they may still owe."""

from collections.abc import Iterable, Sequence
from decimal import Decimal
from types import SimpleNamespace
from typing import Any
from uuid import UUID

from django.db import connection
from django.db.models import Q, QuerySet, Sum

from tongpan.base.numbers import ZERO
from tongpan.business.finance.models import CustomerReceiptLine
from tongpan.business.finance.queries import debt_of, settled_with
from tongpan.business.pricing.breaks import Offered, offered_to
from tongpan.business.sales.models import SalesDeliveryLine, SalesOrderLine, SalesReturnLine
from tongpan.business.stock.queries import factors_of
from tongpan.kernel.documents.models import Document, State
from tongpan.masters.items.models import ItemUnit

EXCEED = "sales.credit.exceed"  # the permission to let customers owe more than their limit

# What the lines of a customer's orders come to that are still to be delivered.
TO_DELIVER = """
select coalesce(sum(l.gross * (a.inflow - a.outflow) / l.base_quantity), 0)
  from account a join sales_order_line l on l.id = a.line
  where a.ledger = 'promise' and a.role = 'undelivered' and a.holder = %s and a.inflow > a.outflow
"""
# Two documents of one customer take turns here, so that both cannot find the same room.
TAKE_TURNS = "select pg_advisory_xact_lock(hashtextextended('credit ' || %s, 0))"


def proposed_prices(body: Any, items: Sequence[Any]) -> dict[tuple[UUID, UUID], Offered]:
    """What the customer of a document pays for these items, by item and each of its units: the
    usual price, and those from a quantity on."""
    if body.customer is None or body.place is None or not items:
        return {}
    asked = [SimpleNamespace(item=i, item_id=i.pk, unit=i.base_unit, unit_id=i.base_unit_id)
             for i in items]  # fmt: skip
    rows = ItemUnit.objects.filter(item__in=items, state="active").select_related("unit", "item")
    asked += [SimpleNamespace(item=r.item, item_id=r.item_id, unit=r.unit, unit_id=r.unit_id)
              for r in rows]  # fmt: skip
    wanted = {(item, unit): factor for (item, unit), factor in factors_of(asked).items() if unit}
    return offered_to(
        body.customer, wanted, body.place.unit, body.document.business_date,
        is_tax_included=body.is_tax_included,
    )  # fmt: skip


def ordered_prices(lines: Iterable[Any]) -> dict[tuple[UUID, UUID | None], Decimal | None]:
    """The price of each order line that these lines name, by the line and its unit."""
    named = {n.order_line_id for n in lines if n.order_line_id}
    rows = SalesOrderLine.unscoped.filter(pk__in=named).values_list("pk", "unit_id", "price")
    return {(pk, unit): price for pk, unit, price in rows} if named else {}


def owed_with(body: Any, *, orders: bool) -> Decimal:
    """What the customer of a document will owe with it; what they ordered before counts as well
    when they order more. Whoever asks is alone with this customer until the posting is over."""
    with connection.cursor() as cursor:
        cursor.execute(TAKE_TURNS, [str(body.customer_id)])
        owed = debt_of(body.customer_id) + (body.document.total or ZERO)
        if orders:
            cursor.execute(TO_DELIVER, [body.customer_id])
            owed += cursor.fetchone()[0]
    return owed


def deposits_on(order: Any) -> Decimal:
    """What was received in advance with this order in mind."""
    lines = CustomerReceiptLine.unscoped.filter(
        document__follows=order.document_id, document__state=State.POSTED, settles=None
    )
    return lines.aggregate(sum=Sum("amount"))["sum"] or ZERO


def beside_delivery(delivery: Any) -> QuerySet[Document]:
    """What settles a delivery, and the orders it is of where it names several."""
    returns = SalesReturnLine.unscoped.filter(
        delivery_line__document=delivery.document, document__state=State.POSTED
    )
    orders = SalesDeliveryLine.unscoped.filter(document=delivery.document, order_line__isnull=False)
    named = Q(pk__in=returns.values("document")) | Q(pk__in=orders.values("order_line__document"))
    return settled_with(delivery, named)
