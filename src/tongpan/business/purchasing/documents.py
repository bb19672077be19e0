"""The document types of purchasing: order, goods receipt, supplier bill, purchase return."""

from collections.abc import Iterator
from typing import Any
from uuid import UUID

from django.utils.translation import gettext_lazy as _
from django.utils.translation import gettext_noop as noop

from tongpan.base.numbers import ZERO
from tongpan.business.purchasing import queries
from tongpan.business.purchasing.models import (
    GoodsReceipt,
    GoodsReceiptLine,
    PurchaseOrder,
    PurchaseOrderLine,
    PurchaseReturn,
    PurchaseReturnLine,
    SupplierBill,
    SupplierBillLine,
)
from tongpan.business.purchasing.postings import (
    goods_receipt_moves,
    purchase_order_moves,
    purchase_return_moves,
    supplier_bill_moves,
)
from tongpan.business.purchasing.rules import priced, share_of_cost
from tongpan.business.purchasing.screens import ORDERED, billed, received
from tongpan.business.stock import screens
from tongpan.business.stock.documents import check_goods, complete_goods, explain_short
from tongpan.kernel.documents.declare import register
from tongpan.kernel.documents.fields import Problem
from tongpan.kernel.documents.registry import DocumentType
from tongpan.kernel.documents.sentences import say

say("tax_missing", noop("{item} has no tax category with a rate on that day."))
say("over_ordered", noop("{item}: {has} {unit} are still to come, {needs} {unit} came in."))
say("over_billed", noop("{item}: {has} {unit} are not billed yet, {needs} {unit} are on the bill."))
say(
    "taxpayer_kind_missing",
    noop(
        "Say first, in Settings under Legal entities, what kind of taxpayer {entity} is: it decides"
        " whether input tax is part of the cost."
    ),
)
say("other_supplier", noop("This line belongs to another supplier or place."))
PRICED = ("item", "lot", "quantity", "unit", "price")
AMOUNTS = ("net", "tax", "gross")
REACH = ("item__base_unit", "item__tax_category")


# -- what all of them share ----------------------------------------------------------------------


def complete_spine(body: Any) -> None:
    """The place says whose document it is, the supplier with whom."""
    body.document.party = body.supplier_id
    if body.place is not None:
        body.document.org_unit = body.place.unit


def complete_priced(body: Any) -> None:
    """Freeze what each line comes to, as far as it is filled in."""
    complete_spine(body)
    complete_goods(body)
    rates = queries.rates_for(body.lines, body.document.business_date)
    for line in body.lines:
        line.tax_category = line.item.tax_category if line.item else None
        line.tax_rate = rates.get(line.tax_category_id)
        line.net = line.tax = line.gross = None
        if None not in (line.quantity, line.price, line.tax_rate):
            included = body.is_tax_included
            taxed = priced(line.quantity, line.price, line.tax_rate, is_tax_included=included)
            line.net, line.tax, line.gross = taxed.net, taxed.tax, taxed.gross
    body.document.total = sum((n.gross for n in body.lines if n.gross is not None), ZERO)


def check_priced(body: Any) -> Iterator[Problem]:
    if not body.supplier.is_supplier:
        yield {"path": "supplier", "code": "not_a_supplier", "name": str(body.supplier)}
    yield from check_goods(body)
    for line in body.lines:
        if line.gross is None:
            yield {
                "path": f"lines.{line.position}.item",
                "code": "tax_missing",
                "item": line.item.name,
            }


def check_following(body: Any, link: str) -> Iterator[Problem]:
    """Each line must name a line of the same supplier and place, for the same item."""
    yield from check_goods(body)
    documents = {n.document_id for n in (getattr(line, link) for line in body.lines) if n}
    mine = _same_trade(body, documents)
    for line in body.lines:
        named = getattr(line, link)
        if named is not None and (named.document_id not in mine or named.item_id != line.item_id):
            yield {"path": f"lines.{line.position}.item", "code": "other_supplier"}


def _same_trade(body: Any, documents: set[UUID]) -> set[UUID]:
    rows = PurchaseOrder.unscoped if isinstance(body, GoodsReceipt) else GoodsReceipt.unscoped
    same = rows.filter(pk__in=documents, supplier=body.supplier, place__unit=body.place.unit)
    return set(same.filter(document__state="posted").values_list("pk", flat=True))


def explain(body: Any, short: dict[str, Any]) -> Problem:
    """Which line asks for more than is left, by the account that would go below zero."""
    code = {"expected": "over_ordered", "unbilled": "over_billed"}.get(short["role"])
    problem = explain_short(body, short)
    return {**problem, "code": code} if code else problem


def _copied(line: Any, **more: Any) -> dict[str, Any]:
    names = ("item", "lot", "unit", "quantity")
    return {name: getattr(line, name) for name in names} | more


def _left_lines(role: str, body: Any, link: str, *names: str) -> list[dict[str, Any]]:
    """A line for each of an earlier document's lines that has something left, in base units."""
    left = queries.left_of(role, [line.pk for line in body.lines])
    rows = []
    for line in body.lines:
        if left[line.pk] <= 0:
            continue
        row = _copied(line, **{link: line}, **{name: getattr(line, name) for name in names})
        if left[line.pk] != line.base_quantity:
            factor = line.base_quantity / line.quantity
            row |= {"quantity": left[line.pk] / factor}
        rows.append(row)
    return rows


def _header(body: Any) -> dict[str, Any]:
    return {
        "supplier": body.supplier,
        "place": body.place,
        "is_tax_included": body.is_tax_included,
    }


# -- order ---------------------------------------------------------------------------------------


def complete_order(body: PurchaseOrder) -> None:
    """Prices are those agreed with the supplier where nobody wrote one."""
    open_lines = [n for n in body.lines if n.price is None and n.item is not None]
    agreed = queries.agreed_prices(body, [n.item for n in open_lines])
    for line in open_lines:
        line.price = agreed.get((line.item_id, line.unit_id or line.item.base_unit_id))
    complete_priced(body)


PURCHASE_ORDER = register(
    DocumentType(
        code="purchasing.order",
        title=_("Purchase order"),
        many=_("Purchase orders"),
        help=_("What is ordered from a supplier, to be delivered to one place."),
        job="buying",
        body=PurchaseOrder,
        line=PurchaseOrderLine,
        numbering="CG-{unit}-{year:02}-{serial:05}",
        header=("supplier", "place", "is_tax_included", "expected_on"),
        columns=PRICED,
        listed=("number", "business_date", "supplier", "place", "total", "state", "expected_on"),
        reach=REACH,
        complete=complete_order,
        check=check_priced,
        screens={
            "line_facts": ORDERED,
            "begin": screens.at_place_here,
            "standings": received,
            "told": AMOUNTS,
        },
        moves=purchase_order_moves,
    )
)


# -- goods receipt -------------------------------------------------------------------------------


def receipt_of(order: PurchaseOrder) -> dict[str, Any]:
    """A receipt of all that is still to come, at the prices of the order."""
    lines = _left_lines("expected", order, "order_line", "price")
    return {"unit": order.document.org_unit, "header": _header(order), "lines": lines}


def complete_receipt(body: GoodsReceipt) -> None:
    """Prices come from the order where nobody wrote one; cost is what tax rules make of them."""
    prices = queries.ordered_prices(body.lines)
    for line in body.lines:
        if line.price is None:
            line.price = prices.get((line.order_line_id, line.unit_id))
    complete_priced(body)
    document = body.document
    deducted = queries.is_tax_deducted(document.org_unit.entity, document.business_date)
    for line in body.lines:
        line.cost = line.net if deducted else line.gross


def check_receipt(body: GoodsReceipt) -> Iterator[Problem]:
    entity = body.document.org_unit.entity
    if entity.taxpayer_kind(body.document.business_date) is None:
        yield {"path": "place", "code": "taxpayer_kind_missing", "entity": entity.name}
    yield from check_priced(body)
    yield from check_following(body, "order_line")


GOODS_RECEIPT = register(
    DocumentType(
        code="purchasing.receipt",
        title=_("Goods receipt"),
        many=_("Goods receipts"),
        help=_("Goods that came from a supplier, with or without an order."),
        job="buying",
        body=GoodsReceipt,
        line=GoodsReceiptLine,
        numbering="RK-{unit}-{year:02}-{serial:05}",
        header=("supplier", "place", "is_tax_included", "delivery_note"),
        columns=("order_line", *PRICED),
        listed=("number", "business_date", "supplier", "place", "total", "state", "delivery_note"),
        reach=(*REACH, "order_line"),
        complete=complete_receipt,
        check=check_receipt,
        screens={
            "line_facts": screens.UNITS,
            "begin": screens.at_place_here,
            "verb": _("Receive"),
            "alone": True,  # goods may come without an order
            "standings": billed,
            "told": AMOUNTS,
        },
        moves=goods_receipt_moves,
        explain_short=explain,
        follows={"purchasing.order": receipt_of},
    )
)


# -- bill and return, which share what a receipt cost ---------------------------------------------


def bill_of(receipt: GoodsReceipt) -> dict[str, Any]:
    """A bill for all of a receipt that is not billed yet."""
    lines = _left_lines("unbilled", receipt, "receipt_line", "price")
    return {"unit": receipt.document.org_unit, "header": _header(receipt), "lines": lines}


def return_of(receipt: GoodsReceipt) -> dict[str, Any]:
    """A return of all that came and is not billed yet."""
    header = {"supplier": receipt.supplier, "place": receipt.place}
    lines = _left_lines("unbilled", receipt, "receipt_line")
    return {"unit": receipt.document.org_unit, "header": header, "lines": lines}


def receipts_of(body: Any) -> set[UUID]:
    return {line.receipt_line.document_id for line in body.lines if line.receipt_line}


def freeze_costs(body: Any, column: str) -> None:
    """Write into `column` the share of each receipt line's cost that this document takes."""
    taken = queries.left_of("unbilled", {n.receipt_line_id for n in body.lines if n.receipt_line})
    for line in body.lines:
        received = line.receipt_line
        if received is None or line.base_quantity is None:
            continue
        left = taken[received.pk]
        part = min(line.base_quantity, left)  # more than is left will be refused by its account
        before = received.base_quantity - left
        share = share_of_cost(received.cost, received.base_quantity, before, part)
        setattr(line, column, share)
        taken[received.pk] = left - part


def check_bill(body: SupplierBill) -> Iterator[Problem]:
    yield from check_priced(body)
    yield from check_following(body, "receipt_line")


SUPPLIER_BILL = register(
    DocumentType(
        code="purchasing.bill",
        title=_("Supplier bill"),
        many=_("Supplier bills"),
        help=_("What a supplier bills for goods that came."),
        job="buying",
        body=SupplierBill,
        line=SupplierBillLine,
        numbering="FP-{unit}-{year:02}-{serial:05}",
        header=(
            "supplier",
            "place",
            "invoice_kind",
            "invoice_number",
            "is_tax_included",
            "due_on",
        ),
        columns=("receipt_line", *PRICED),
        listed=(
            "number",
            "business_date",
            "supplier",
            "invoice_number",
            "total",
            "state",
            "due_on",
        ),
        reach=(*REACH, "receipt_line"),
        complete=complete_priced,
        check=check_bill,
        screens={"told": AMOUNTS},
        leans_on=receipts_of,
        freeze=lambda body: freeze_costs(body, "estimated"),
        frozen=("estimated",),
        moves=supplier_bill_moves,
        explain_short=explain,
        follows={"purchasing.receipt": bill_of},
    )
)


def complete_return(body: PurchaseReturn) -> None:
    complete_spine(body)
    complete_goods(body)


PURCHASE_RETURN = register(
    DocumentType(
        code="purchasing.return",
        title=_("Purchase return"),
        many=_("Purchase returns"),
        help=_("Goods that go back to their supplier, at the cost at which they came."),
        job="buying",
        body=PurchaseReturn,
        line=PurchaseReturnLine,
        numbering="CT-{unit}-{year:02}-{serial:05}",
        header=("supplier", "place", "reason"),
        columns=("receipt_line", "item", "lot", "quantity", "unit"),
        listed=("number", "business_date", "supplier", "place", "state", "reason"),
        reach=("item__base_unit", "receipt_line"),
        complete=complete_return,
        screens={"told": ("cost",)},
        check=lambda body: check_following(body, "receipt_line"),
        leans_on=receipts_of,
        freeze=lambda body: freeze_costs(body, "cost"),
        frozen=("cost",),
        moves=purchase_return_moves,
        explain_short=explain,
        follows={"purchasing.receipt": return_of},
    )
)
