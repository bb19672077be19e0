"""The posting rules of sales: what each document moves, and nothing else.

What comes here is complete: columns are nullable for drafts, and posting refused what is missing.
"""

from collections.abc import Iterator
from decimal import Decimal
from typing import Annotated, Any

from tongpan.base.numbers import ZERO
from tongpan.business.finance import accounts as money
from tongpan.business.finance.postings import Flow, between
from tongpan.business.sales import accounts as at
from tongpan.business.sales.models import SalesClosing, SalesDelivery, SalesOrder, SalesReturn
from tongpan.business.stock import accounts as stock
from tongpan.kernel.ledger.posting import Move


def sales_order_moves(order: Annotated[Any, SalesOrder]) -> Iterator[Move]:
    """We promise goods, line by line, and hold them where they stand.

    | Ledger  | Source      | Target           |
    | promise | our promise | line undelivered |
    | stock   | shelf       | held             |
    """
    unit, customer, place = order.place.unit_id, order.customer_id, order.place_id
    for line in order.lines:
        item, quantity = line.item_id, line.base_quantity
        yield Move(
            source=at.pledged(unit, customer, item),
            target=at.undelivered(unit, customer, item, line.pk),
            amount=quantity,
            line=line.pk,
        )
        yield Move(
            source=stock.shelf(unit, place, item, line.lot),
            target=stock.held(unit, place, item, line.lot, line.pk),
            amount=quantity,
            line=line.pk,
        )


def sales_closing_moves(closing: Annotated[Any, SalesClosing]) -> Iterator[Move]:
    """What will not be delivered is promised no longer, and anybody may have the goods again.

    | Ledger  | Source           | Target      |
    | promise | line undelivered | our promise |
    | stock   | held             | shelf       |
    """
    unit, customer, place = closing.place.unit_id, closing.customer_id, closing.place_id
    for line in closing.lines:
        item, quantity = line.item_id, line.base_quantity
        yield Move(
            source=at.undelivered(unit, customer, item, line.order_line_id),
            target=at.pledged(unit, customer, item),
            amount=quantity,
            line=line.pk,
        )
        yield Move(
            source=stock.held(unit, place, item, line.lot, line.order_line_id),
            target=stock.shelf(unit, place, item, line.lot),
            amount=quantity,
            line=line.pk,
        )


def sales_delivery_moves(delivery: Annotated[Any, SalesDelivery]) -> Iterator[Move]:
    """Goods go to the customer, who owes their price and may bring them back.

    | Ledger  | Source              | Target                         |
    | promise | line undelivered    | our promise (if ordered)       |
    | promise | handed over         | line returnable                |
    | stock   | held, else shelf    | customer                       |
    | money   | inventory           | cost of sales                  |
    | money   | revenue, output tax | receivable (this delivery)     |
    """
    unit, customer, place = delivery.place.unit_id, delivery.customer_id, delivery.place_id
    net = tax = ZERO
    for line in delivery.lines:
        item, quantity = line.item_id, line.base_quantity
        source = stock.shelf(unit, place, item, line.lot)
        if line.order_line_id is not None:
            yield Move(
                source=at.undelivered(unit, customer, item, line.order_line_id),
                target=at.pledged(unit, customer, item),
                amount=quantity,
                line=line.pk,
            )
            source = stock.held(unit, place, item, line.lot, line.order_line_id)
        yield Move(
            source=at.handed_over(unit, customer, item),
            target=at.returnable(unit, customer, item, line.pk),
            amount=quantity,
            line=line.pk,
        )
        yield Move(
            source=source,
            target=stock.at_customer(unit, item, customer),
            amount=quantity,
            feeds=(stock.inventory(unit), money.cost_of_sales(unit)),
            line=line.pk,
        )
        net += line.net
        tax += line.tax
    owed = money.receivable(unit, customer, delivery.document_id)
    yield from between(
        [
            (money.revenue(unit), net, None),
            (money.output_tax(unit), tax, None),
            (owed, -net - tax, None),
        ]
    )


def sales_return_moves(returned: Annotated[Any, SalesReturn]) -> Iterator[Move]:
    """Goods come back at what they had cost; their price is taken off their delivery as far as that
    is open, the rest is the customer's.

    | Ledger  | Source                                   | Target              |
    | promise | line returnable                          | handed over         |
    | stock   | customer                                 | shelf               |
    | money   | cost of sales                            | inventory           |
    | money   | receivable (the delivery), deposit       | revenue, output tax |
    """
    unit, customer, place = returned.place.unit_id, returned.customer_id, returned.place_id
    net = tax = ZERO
    off: dict[Any, Decimal] = {}
    for line in returned.lines:
        item, quantity = line.item_id, line.base_quantity
        yield Move(
            source=at.returnable(unit, customer, item, line.delivery_line_id),
            target=at.handed_over(unit, customer, item),
            amount=quantity,
            line=line.pk,
        )
        yield Move(
            source=stock.at_customer(unit, item, customer),
            target=stock.shelf(unit, place, item, line.lot),
            amount=quantity,
            value=line.cost,
            feeds=(money.cost_of_sales(unit), stock.inventory(unit)),
            line=line.pk,
        )
        net += line.net
        tax += line.tax
        delivery = line.delivery_line.document_id
        off[delivery] = off.get(delivery, ZERO) + line.offset
    theirs = net + tax - sum(off.values(), ZERO)
    flows: list[Flow] = [
        *((money.receivable(unit, customer, pk), amount, None) for pk, amount in off.items()),
        (money.deposit(unit, customer, returned.document_id), theirs, None),
        (money.revenue(unit), -net, None),
        (money.output_tax(unit), -tax, None),
    ]
    yield from between(flows)
