"""The posting rules of purchasing: what each document moves, and nothing else.

What comes here is complete: columns are nullable for drafts, and posting refused what is missing.
"""

from collections.abc import Iterator
from decimal import Decimal
from typing import Annotated, Any

from tongpan.base.numbers import ZERO
from tongpan.business.finance import accounts as money
from tongpan.business.finance.postings import Flow, between
from tongpan.business.purchasing import accounts as at
from tongpan.business.purchasing.models import (
    GoodsReceipt,
    PurchaseOrder,
    PurchaseReturn,
    SupplierBill,
    SupplierCredit,
)
from tongpan.business.stock import accounts as stock
from tongpan.business.stock.postings import answered
from tongpan.kernel.ledger.posting import Move


def purchase_order_moves(order: Annotated[Any, PurchaseOrder]) -> Iterator[Move]:
    """The supplier promises goods, line by line.

    | Ledger  | Source              | Target                       |
    | promise | line wanted         | what is asked (if asked for) |
    | promise | supplier's promise  | line expected                |
    """
    unit, supplier = order.place.unit_id, order.supplier_id
    for line in order.lines:
        yield from answered(unit, line)
        yield Move(
            source=at.promised(unit, supplier, line.item_id),
            target=at.expected(unit, supplier, line.item_id, line.pk),
            amount=line.base_quantity,
            line=line.pk,
        )


def goods_receipt_moves(receipt: Annotated[Any, GoodsReceipt]) -> Iterator[Move]:
    """Goods come onto the shelf at what they cost; the supplier will bill them.

    | Ledger  | Source                 | Target                          |
    | promise | line expected          | supplier's promise (if ordered) |
    | promise | bills to come          | line unbilled                   |
    | stock   | supplier               | shelf                           |
    | money   | received, not invoiced | inventory                       |
    """
    unit, supplier, place = receipt.place.unit_id, receipt.supplier_id, receipt.place_id
    for line in receipt.lines:
        item = line.item_id
        if line.order_line_id is not None:
            yield Move(
                source=at.expected(unit, supplier, item, line.order_line_id),
                target=at.promised(unit, supplier, item),
                amount=line.base_quantity,
                line=line.pk,
            )
        yield Move(
            source=at.billable(unit, supplier, item),
            target=at.unbilled(unit, supplier, item, line.pk),
            amount=line.base_quantity,
            line=line.pk,
        )
        yield Move(
            source=at.at_supplier(unit, supplier, item),
            target=stock.shelf(unit, place, item, line.lot),
            amount=line.base_quantity,
            value=line.cost,
            feeds=(money.received_not_invoiced(unit, supplier), stock.inventory(unit)),
            line=line.pk,
        )


def supplier_bill_moves(bill: Annotated[Any, SupplierBill]) -> Iterator[Move]:
    """What came is now owed; what the bill says more or less than the receipt is a variance, and
    goes on to the goods that are still here.

    | Ledger  | Source                      | Target                                           |
    | promise | line unbilled               | bill line                                        |
    | money   | payable (the bill)          | received not invoiced, input tax, price variance |
    | stock   | supplier (value alone)      | shelf                                            |
    | money   | price variance              | inventory                                        |
    """
    unit, supplier = bill.place.unit_id, bill.supplier_id
    owed = money.payable(unit, supplier, bill.document_id)
    estimated = deducted = billed = ZERO
    for line in bill.lines:
        item = line.item_id
        yield Move(
            source=at.unbilled(unit, supplier, item, line.receipt_line_id),
            target=at.billed(unit, supplier, item, line.pk),
            amount=line.base_quantity,
            line=line.pk,
        )
        estimated += line.estimated
        deducted += line.deducted
        billed += line.gross
    yield from between(
        [
            (owed, billed, None),
            (money.received_not_invoiced(unit, supplier), -estimated, None),
            (money.input_tax(unit), -deducted, None),
            (money.price_variance(unit), estimated + deducted - billed, None),
        ]
    )
    yield from _revaluations(bill)


def _revaluations(body: Any) -> Iterator[Move]:
    """What the goods that are still here are worth more or less now: value without goods."""
    unit, supplier = body.place.unit_id, body.supplier_id
    variance, inventory = money.price_variance(unit), stock.inventory(unit)
    for line in body.lines:
        outside = at.at_supplier(unit, supplier, line.item_id)
        shelf = stock.shelf(unit, body.place_id, line.item_id, line.lot)
        if line.revalued > 0:
            yield Move(outside, shelf, ZERO, line.revalued, (variance, inventory), line.pk)
        if line.revalued < 0:
            yield Move(shelf, outside, ZERO, -line.revalued, (inventory, variance), line.pk)


def purchase_return_moves(returned: Annotated[Any, PurchaseReturn]) -> Iterator[Move]:
    """Goods go back at the cost at which they came. They will not be billed, or must be credited.

    | Ledger  | Source        | Target                                           |
    | promise | line unbilled | bills to come                                    |
    | promise | bill line     | line uncredited (if it was billed)               |
    | stock   | shelf         | supplier                                         |
    | money   | inventory     | received, not invoiced or returned, not credited |
    """
    unit, supplier, place = returned.place.unit_id, returned.supplier_id, returned.place_id
    for line in returned.lines:
        item = line.item_id
        if line.bill_line_id is None:
            source = at.unbilled(unit, supplier, item, line.receipt_line_id)
            target = at.billable(unit, supplier, item)
            owed = money.received_not_invoiced(unit, supplier)
        else:
            source = at.billed(unit, supplier, item, line.bill_line_id)
            target = at.uncredited(unit, supplier, item, line.pk)
            owed = money.returned_not_credited(unit, supplier)
        yield Move(source=source, target=target, amount=line.base_quantity, line=line.pk)
        yield Move(
            source=stock.shelf(unit, place, item, line.lot),
            target=at.at_supplier(unit, supplier, item),
            amount=line.base_quantity,
            value=line.cost,
            feeds=(stock.inventory(unit), owed),
            line=line.pk,
        )


def supplier_credit_moves(credit: Annotated[Any, SupplierCredit]) -> Iterator[Move]:
    """A bill taken back for what went back, or in part for a lower price: off the bill as far as
    it is open, the rest is ours. The goods that are still here become cheaper by a lower price.

    | Ledger  | Source                                           | Target                      |
    | promise | line uncredited (of goods that went back)        | bills to come               |
    | money   | returned not credited, input tax, price variance | payable (the bill), advance |
    | stock   | shelf                                            | supplier (value alone)      |
    | money   | inventory                                        | price variance              |
    """
    unit, supplier = credit.place.unit_id, credit.supplier_id
    estimated = deducted = credited = ZERO
    off_bills: dict[Any, Decimal] = {}
    for line in credit.lines:
        item = line.item_id
        if not line.is_allowance:
            yield Move(
                source=at.uncredited(unit, supplier, item, line.return_line_id),
                target=at.billable(unit, supplier, item),
                amount=line.base_quantity,
                line=line.pk,
            )
        estimated += line.estimated
        deducted += line.deducted
        credited += line.gross
        if line.credits is not None:
            bill = line.credits.document_id
            off_bills[bill] = off_bills.get(bill, ZERO) + line.offset
    ours = credited - sum(off_bills.values(), ZERO)
    flows: list[Flow] = [
        (money.returned_not_credited(unit, supplier), estimated, None),
        (money.input_tax(unit), deducted, None),
        (money.price_variance(unit), credited - estimated - deducted, None),
        *((money.payable(unit, supplier, bill), -off, None) for bill, off in off_bills.items()),
        (money.advance(unit, supplier, credit.document_id), -ours, None),
    ]
    yield from between(flows)
    yield from _revaluations(credit)
