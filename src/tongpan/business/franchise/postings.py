"""The posting rules of franchise supply: each document writes the books of two legal entities.

What comes here is complete: columns are nullable for drafts, and posting refused what is missing.
"""

from collections.abc import Iterator
from decimal import Decimal
from typing import Annotated, Any

from tongpan.base.numbers import ZERO
from tongpan.business.finance import accounts as money
from tongpan.business.finance.postings import Flow, between
from tongpan.business.franchise.models import Condition, Supply, SupplyReceipt, SupplyReturn
from tongpan.business.purchasing.accounts import at_supplier
from tongpan.business.sales.accounts import handed_over, returnable
from tongpan.business.stock import accounts as stock
from tongpan.business.stock.postings import answered
from tongpan.kernel.ledger.posting import Move


def supply_moves(supply: Annotated[Any, Supply]) -> Iterator[Move]:
    """Goods are sold by the one entity and bought by the other, at the supply price.

    | Ledger  | Source                         | Target                           |
    | promise | line wanted                    | what is asked (if asked for)     |
    | promise | handed over                    | line returnable                  |
    | stock   | shelf of the sender            | customer                         |
    | money   | inventory                      | cost of sales                    |
    | money   | revenue, output tax            | receivable (this supply)         |
    | stock   | supplier                       | in transit of the store          |
    | money   | payable of the store (supply)  | goods in transit, input tax      |
    """
    here, there = supply.from_place.unit_id, supply.to_place.unit_id
    customer, supplier = supply.customer_id, supply.supplier_id
    owed = money.payable(there, supplier, supply.document_id)
    net = tax = deducted = ZERO
    for line in supply.lines:
        item, lot, quantity = line.item_id, line.lot, line.base_quantity
        yield from answered(there, line)
        yield Move(
            source=handed_over(here, customer, item),
            target=returnable(here, customer, item, line.pk),
            amount=quantity,
            line=line.pk,
        )
        yield Move(
            source=stock.shelf(here, supply.from_place_id, item, lot),
            target=stock.at_customer(here, item, customer),
            amount=quantity,
            feeds=(stock.inventory(here), money.cost_of_sales(here)),
            line=line.pk,
        )
        yield Move(
            source=at_supplier(there, supplier, item),
            target=stock.in_transit(there, there, item, lot, line.pk),
            amount=quantity,
            value=line.cost,
            feeds=(owed, stock.goods_in_transit(there)),
            line=line.pk,
        )
        net += line.net
        tax += line.tax
        deducted += line.gross - line.cost
    yield from between(
        [
            (money.revenue(here), net, None),
            (money.output_tax(here), tax, None),
            (money.receivable(here, customer, supply.document_id), -net - tax, None),
        ]
    )
    if deducted:
        yield Move(owed, money.input_tax(there), deducted)


def supply_receipt_moves(receipt: Annotated[Any, SupplyReceipt]) -> Iterator[Move]:
    """What arrived in order is put away; what did not waits for the sender to take it back.

    | Ledger | Source           | Target                       |
    | stock  | in transit       | shelf, for the sender to take back |
    | money  | goods in transit | inventory                    |
    """
    place, here = receipt.place, receipt.place.unit_id
    sender = receipt.document.follows.org_unit_id
    arrived = (stock.goods_in_transit(here), stock.inventory(here))
    for line in receipt.lines:
        item, lot = line.item_id, line.lot
        source = stock.in_transit(here, here, item, lot, line.sent_line_id)
        if line.received:
            shelf = stock.shelf(here, place.pk, item, lot)
            yield Move(source, shelf, line.received, feeds=arrived, line=line.pk)
        if not_accepted := (line.damaged or ZERO) + (line.missing or ZERO):
            refused = stock.refused(here, sender, item, lot, line.pk)
            yield Move(source, refused, not_accepted, line=line.pk)


def supply_return_moves(returned: Annotated[Any, SupplyReturn]) -> Iterator[Move]:
    """Goods come back at what they had cost at either end; their price is taken off the supply as
    far as that is open, the rest can be used by the store.

    | Ledger  | Source                                | Target                        |
    | promise | line returnable                       | handed over                   |
    | stock   | shelf of the store, or refused there  | supplier                      |
    | money   | inventory or goods in transit there   | payable (the supply), advance |
    | money   | input tax of the store                | payable (the supply), advance |
    | stock   | customer                              | shelf, damaged, lost          |
    | money   | cost of sales                         | inventory, loss on the way    |
    | money   | receivable (the supply), deposit      | revenue, output tax           |
    """
    here, there = returned.from_place.unit_id, returned.to_place.unit_id
    customer, supplier = returned.customer_id, returned.supplier_id
    waits = money.returned_not_credited(there, supplier)
    net = tax = cost_there = ZERO
    off: dict[Any, Decimal] = {}
    off_there: dict[Any, Decimal] = {}
    for line in returned.lines:
        item, lot, quantity = line.item_id, line.lot, line.base_quantity
        yield Move(
            source=returnable(here, customer, item, line.supply_line_id),
            target=handed_over(here, customer, item),
            amount=quantity,
            line=line.pk,
        )
        source, held = stock.shelf(there, returned.to_place_id, item, lot), stock.inventory(there)
        if line.receipt_line_id is not None:
            source = stock.refused(there, here, item, lot, line.receipt_line_id)
            held = stock.goods_in_transit(there)
        yield Move(
            source=source,
            target=at_supplier(there, supplier, item),
            amount=quantity,
            value=line.cost_there,
            feeds=(held, waits),
            line=line.pk,
        )
        target, kept = stock.shelf(here, returned.from_place_id, item, lot), stock.inventory(here)
        if line.condition == Condition.DAMAGED:
            target = stock.damaged(here, returned.from_place_id, item, lot)
        if line.condition == Condition.MISSING:
            target, kept = stock.lost(here, item), stock.transit_loss(here)
        yield Move(
            source=stock.at_customer(here, item, customer),
            target=target,
            amount=quantity,
            value=line.cost,
            feeds=(money.cost_of_sales(here), kept),
            line=line.pk,
        )
        net, tax, cost_there = net + line.net, tax + line.tax, cost_there + line.cost_there
        supply = line.supply_line.document_id
        off[supply] = off.get(supply, ZERO) + line.offset
        off_there[supply] = off_there.get(supply, ZERO) + line.offset_there
    gross, document = net + tax, returned.document_id
    theirs, ours = gross - sum(off.values(), ZERO), gross - sum(off_there.values(), ZERO)
    seller: list[Flow] = [
        *((money.receivable(here, customer, pk), amount, None) for pk, amount in off.items()),
        (money.deposit(here, customer, document), theirs, None),
        (money.revenue(here), -net, None),
        (money.output_tax(here), -tax, None),
    ]
    buyer: list[Flow] = [
        (waits, cost_there, None),
        (money.input_tax(there), gross - cost_there, None),
        *((money.payable(there, supplier, pk), -part, None) for pk, part in off_there.items()),
        (money.advance(there, supplier, document), -ours, None),
    ]
    yield from between(seller)
    yield from between(buyer)
