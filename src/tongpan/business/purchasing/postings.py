"""The posting rules of purchasing: what each document moves, and nothing else.

What comes here is complete: columns are nullable for drafts, and posting refused what is missing.
"""

from collections.abc import Iterator
from decimal import Decimal
from typing import Annotated, Any

from tongpan.base.numbers import ZERO
from tongpan.business.finance import accounts as money
from tongpan.business.purchasing import accounts as at
from tongpan.business.purchasing.models import (
    GoodsReceipt,
    InvoiceKind,
    PurchaseOrder,
    PurchaseReturn,
    SupplierBill,
)
from tongpan.business.stock import accounts as stock
from tongpan.kernel.ledger.keys import AccountKey
from tongpan.kernel.ledger.posting import Move


def purchase_order_moves(order: Annotated[Any, PurchaseOrder]) -> Iterator[Move]:
    """The supplier promises goods, line by line.

    | Ledger  | Source              | Target        |
    | promise | supplier's promise  | line expected |
    """
    unit, supplier = order.place.unit_id, order.supplier_id
    for line in order.lines:
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
    """What came is now owed; what the bill says more or less than the receipt is a variance.

    | Ledger  | Source             | Target                                              |
    | promise | line unbilled      | bills to come                                       |
    | money   | payable            | received not invoiced, input tax, price variance    |
    """
    unit, supplier = bill.place.unit_id, bill.supplier_id
    owed = money.payable(unit, supplier)
    estimated = tax = billed = ZERO
    for line in bill.lines:
        item = line.item_id
        yield Move(
            source=at.unbilled(unit, supplier, item, line.receipt_line_id),
            target=at.billable(unit, supplier, item),
            amount=line.base_quantity,
            line=line.pk,
        )
        estimated += line.estimated
        tax += line.tax
        billed += line.gross
    deducted = tax if bill.invoice_kind == InvoiceKind.SPECIAL else ZERO
    yield from _owe(owed, money.received_not_invoiced(unit, supplier), estimated)
    yield from _owe(owed, money.input_tax(unit), deducted)
    yield from _owe(owed, money.price_variance(unit), billed - deducted - estimated)


def _owe(owed: AccountKey, for_what: AccountKey, amount: Decimal) -> Iterator[Move]:
    if amount > 0:
        yield Move(source=owed, target=for_what, amount=amount)
    if amount < 0:
        yield Move(source=for_what, target=owed, amount=-amount)


def purchase_return_moves(returned: Annotated[Any, PurchaseReturn]) -> Iterator[Move]:
    """Goods go back at the cost at which they came, and will not be billed.

    | Ledger  | Source        | Target                 |
    | promise | line unbilled | bills to come          |
    | stock   | shelf         | supplier               |
    | money   | inventory     | received, not invoiced |
    """
    unit, supplier, place = returned.place.unit_id, returned.supplier_id, returned.place_id
    for line in returned.lines:
        item = line.item_id
        yield Move(
            source=at.unbilled(unit, supplier, item, line.receipt_line_id),
            target=at.billable(unit, supplier, item),
            amount=line.base_quantity,
            line=line.pk,
        )
        yield Move(
            source=stock.shelf(unit, place, item, line.lot),
            target=at.at_supplier(unit, supplier, item),
            amount=line.base_quantity,
            value=line.cost,
            feeds=(stock.inventory(unit), money.received_not_invoiced(unit, supplier)),
            line=line.pk,
        )
