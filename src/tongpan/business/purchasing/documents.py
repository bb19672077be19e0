"""The document types of purchasing: order, goods receipt, supplier bill, return, credit note."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.utils.translation import gettext_lazy as _
from django.utils.translation import gettext_noop as noop

from tongpan.base.numbers import MONEY_STEP, ZERO, round_to
from tongpan.business.finance import accounts as money
from tongpan.business.finance.documents import SUPPLIER_PAYMENT, explain_used, payment_of
from tongpan.business.finance.queries import left_open
from tongpan.business.purchasing import queries
from tongpan.business.purchasing.models import (
    GoodsReceipt,
    GoodsReceiptLine,
    InvoiceKind,
    PurchaseOrder,
    PurchaseOrderLine,
    PurchaseReturn,
    PurchaseReturnLine,
    SupplierBill,
    SupplierBillLine,
    SupplierCredit,
    SupplierCreditLine,
)
from tongpan.business.purchasing.postings import (
    goods_receipt_moves,
    purchase_order_moves,
    purchase_return_moves,
    supplier_bill_moves,
    supplier_credit_moves,
)
from tongpan.business.purchasing.rules import priced, share_of_cost
from tongpan.business.purchasing.screens import (
    ORDERED,
    billed,
    credited,
    offset,
    open_of_bill,
    open_of_credit,
    overdue,
    paid,
    received,
    still_open,
)
from tongpan.business.stock import screens
from tongpan.business.stock.documents import check_goods, complete_goods, explain_short
from tongpan.business.stock.queries import pools_of
from tongpan.kernel.documents.declare import register
from tongpan.kernel.documents.fields import Problem
from tongpan.kernel.documents.loading import load
from tongpan.kernel.documents.models import Document, State
from tongpan.kernel.documents.registry import DocumentType, document_type
from tongpan.kernel.documents.sentences import say
from tongpan.masters.items.queries import items_at

say("tax_missing", noop("{item} has no tax category with a rate on that day."))
say("over_ordered", noop("{item}: {has} {unit} are still to come, {needs} {unit} came in."))
say("over_billed", noop("{item}: {has} {unit} are not billed yet, {needs} {unit} are on the bill."))
say(
    "over_returned",
    noop(
        "{item}: {has} {unit} of this line can still go back, {needs} {unit} are on the return."
        " What was billed goes back from its bill."
    ),
)
say(
    "over_credited",
    noop("{item}: {has} {unit} are not credited yet, {needs} {unit} are on the credit note."),
)
say("over_allowed", noop("{item}: {has} of its line is not credited yet, {needs} is on this note."))
say("other_bill", noop("This line stands on another bill: write a credit note for that one."))
say("not_orderable", noop("{item} is not ordered for {unit} (see its item at a unit)."))
say("not_returnable", noop("{item} does not go back from {unit} (see its item at a unit)."))
say("not_on_earlier", noop("{item} is not on {number}, or nothing of it is left."))
say("not_billed", noop("{item} went back before it was billed: there is nothing to credit."))
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
        if None not in (line.times, line.price, line.tax_rate):
            included = body.is_tax_included
            taxed = priced(line.times, line.price, line.tax_rate, is_tax_included=included)
            line.net, line.tax, line.gross = taxed.net, taxed.tax, taxed.gross
    body.document.total = sum((n.gross for n in body.lines if n.gross is not None), ZERO)


def check_priced(body: Any) -> Iterator[Problem]:
    if not body.supplier.is_supplier:
        yield {"path": "supplier", "code": "not_a_supplier", "name": str(body.supplier)}
    yield from check_goods(body)
    for line in body.lines:
        if line.tax_rate is None:
            yield {
                "path": f"lines.{line.position}.item",
                "code": "tax_missing",
                "item": line.item.name,
            }


def check_at_unit(body: Any, right: str, code: str) -> Iterator[Problem]:
    """What the record of the item at this unit, or the nearest above it, says not to do."""
    unit, day = body.place.unit, body.document.business_date
    found = items_at([line.item for line in body.lines], unit, day)
    for line in body.lines:
        here = found.get(line.item)
        if here is not None and not getattr(here, right):
            path = f"lines.{line.position}.item"
            yield {"path": path, "code": code, "item": line.item.name, "unit": unit.name}


def complete_links(body: Any, *links: str) -> None:
    """A line that somebody added, by hand or with a scanner, is of the item's line in the document
    that this one follows, as far as something of that is left."""
    loose = [n for n in body.lines if n.item and all(getattr(n, link) is None for link in links)]
    earlier = body.document.follows
    if not loose or earlier is None:
        return
    found = document_type(body.document.type).follows[earlier.type]
    rows = found(load(document_type(earlier.type), earlier.pk))["lines"]
    by_item = {row["item"].pk: row for row in reversed(rows)}
    for line in loose:
        row = by_item.get(line.item_id, {})
        for link in links:
            setattr(line, link, row.get(link))
        if "price" in row and line.price is None and line.unit in (None, row["unit"]):
            line.price, line.unit = row["price"], row["unit"]


def check_links(body: Any, *links: str) -> Iterator[Problem]:
    """Each line must name a line of an earlier document in one of these ways."""
    for line in body.lines:
        if all(getattr(line, link) is None for link in links):
            earlier = body.document.follows
            path = f"lines.{line.position}.item"
            number = earlier.number if earlier else "—"
            yield {
                "path": path, "code": "not_on_earlier", "item": line.item.name, "number": number,
            }  # fmt: skip


def check_following(body: Any, link: str) -> Iterator[Problem]:
    """What a line names must be a line of the same supplier and unit, for the same item."""
    for line in body.lines:
        named = getattr(line, link)
        if named is not None and not _is_fellow(named, line, body):
            yield {"path": f"lines.{line.position}.item", "code": "other_supplier"}


def _is_fellow(named: Any, line: Any, body: Any) -> bool:
    earlier = named.document
    ours = (State.POSTED, body.supplier_id, body.place.unit_id, line.item_id)
    return ours == (earlier.state, earlier.party, earlier.org_unit_id, named.item_id)


def explain(body: Any, short: dict[str, Any]) -> Problem:
    """Which line asks for more than is left, by the account that would leave its bounds."""
    if short["ledger"] == "money":  # it is being reversed
        return explain_used(short)
    code = SHORT.get(short["role"])
    if isinstance(body, PurchaseReturn) and short["ledger"] == "promise":
        code = "over_returned"
    problem = explain_short(body, short)
    return {**problem, "code": code} if code else problem


SHORT = {
    "expected": "over_ordered", "unbilled": "over_billed", "billed": "over_returned",
    "uncredited": "over_credited",
}  # fmt: skip


def _copied(line: Any, **more: Any) -> dict[str, Any]:
    names = ("item", "lot", "unit", "quantity")
    return {name: getattr(line, name) for name in names} | more


def _left_lines(role: str, lines: Sequence[Any], link: str, *names: str) -> list[dict[str, Any]]:
    """A line for each of these lines of earlier documents that has something left."""
    left = queries.left_of(role, [line.pk for line in lines])
    rows = []
    for line in lines:
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


def check_order(body: PurchaseOrder) -> Iterator[Problem]:
    yield from check_priced(body)
    yield from check_at_unit(body, "is_orderable", "not_orderable")


PURCHASE_ORDER = register(
    DocumentType(
        code="purchasing.order",
        title=_("Purchase order"),
        plural=_("Purchase orders"),
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
        check=check_order,
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
    lines = _left_lines("expected", order.lines, "order_line", "price")
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
        plural=_("Goods receipts"),
        help=_("Goods that came from a supplier, with or without an order."),
        job="buying",
        body=GoodsReceipt,
        line=GoodsReceiptLine,
        numbering="RK-{unit}-{year:02}-{serial:05}",
        header=("supplier", "place", "is_tax_included", "delivery_note"),
        columns=("order_line", *PRICED),
        listed=("number", "business_date", "supplier", "place", "total", "state", "delivery_note"),
        reach=(*REACH, "order_line__document"),
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
    lines = _left_lines("unbilled", receipt.lines, "receipt_line", "price")
    return {"unit": receipt.document.org_unit, "header": _header(receipt), "lines": lines}


def return_of(receipt: GoodsReceipt) -> dict[str, Any]:
    """A return of all that came: of each line what is not billed yet, else what its bills had."""
    header = {"supplier": receipt.supplier, "place": receipt.place}
    lines = _left_lines("unbilled", receipt.lines, "receipt_line")
    unbilled = {row["receipt_line"].pk for row in lines}
    received = [line.pk for line in receipt.lines if line.pk not in unbilled]
    bills = queries.bill_lines(received_lines=received) if received else []
    return {
        "unit": receipt.document.org_unit,
        "header": header,
        "lines": lines + _billed_lines(bills),
    }


def return_of_bill(bill: SupplierBill) -> dict[str, Any]:
    """A return of all of a bill that is still here."""
    header = {"supplier": bill.supplier, "place": bill.place}
    return {
        "unit": bill.document.org_unit,
        "header": header,
        "lines": _billed_lines(bill.lines),
    }


def _billed_lines(lines: Sequence[Any]) -> list[dict[str, Any]]:
    rows = _left_lines("billed", lines, "bill_line")
    return [{**row, "receipt_line": row["bill_line"].receipt_line} for row in rows]


def documents_of(*links: str) -> Callable[[Any], set[UUID]]:
    """The earlier documents whose lines the lines of a document name."""

    def found(body: Any) -> set[UUID]:
        named = (getattr(line, link) for line in body.lines for link in links)
        return {line.document_id for line in named if line is not None}

    return found


def freeze_shares(lines: Iterable[Any], column: str, role: str, link: str, cost: str) -> None:
    """Write into `column` the share that each line takes of the `cost` of the line it names."""
    mine = [n for n in lines if getattr(n, link) is not None and n.base_quantity is not None]
    taken = queries.left_of(role, {getattr(n, link).pk for n in mine})
    for line in mine:
        whole = getattr(line, link)
        left = taken[whole.pk]
        part = min(line.base_quantity, left)  # more than is left will be refused by its account
        before = whole.base_quantity - left
        share = share_of_cost(getattr(whole, cost), whole.base_quantity, before, part)
        setattr(line, column, share)
        taken[whole.pk] = left - part


def freeze_revaluations(body: Any, differences: Mapping[UUID, Decimal]) -> None:
    """Of what each line says its goods cost more or less, the part for those still on the shelf.

    The rest is of goods that were sold meanwhile. A shelf is read without a lock: what leaves it
    before the posting leaves its share of the value behind, which the ledger then takes out.
    """
    changed = [n for n in body.lines if differences.get(n.pk) and n.base_quantity]
    pools = pools_of(body.place, [(n.item_id, n.lot) for n in changed]) if changed else {}
    there = {pair: pool.quantity for pair, pool in pools.items()}
    for line in body.lines:
        line.revalued = ZERO
    for line in changed:
        pair, whole = (line.item_id, line.lot), line.base_quantity
        if there[pair] > 0:
            here = min(whole, there[pair])
            there[pair] -= here
            line.revalued = round_to(differences[line.pk] * here / whole, MONEY_STEP)


def freeze_bill(body: SupplierBill) -> None:
    """What the goods came at, and what the bill makes of those that are still here."""
    freeze_shares(body.lines, "estimated", "unbilled", "receipt_line", "cost")
    ready = [n for n in body.lines if n.gross is not None and n.estimated is not None]
    freeze_revaluations(body, {n.pk: n.gross - n.deducted - n.estimated for n in ready})


def complete_bill(body: SupplierBill) -> None:
    """The tax of a special invoice is deducted, by whoever deducts input tax."""
    complete_links(body, "receipt_line")
    complete_priced(body)
    complete_due(body)
    is_deducted = _is_deducted(body)
    for line in body.lines:
        line.deducted = line.tax if is_deducted else ZERO


def _is_deducted(body: Any) -> bool:
    """Whether the tax of this invoice is deducted by its unit's taxpayer."""
    document = body.document
    return body.invoice_kind == InvoiceKind.SPECIAL and queries.is_tax_deducted(
        document.org_unit.entity, document.business_date
    )


def complete_due(body: SupplierBill) -> None:
    """It is due by the supplier's terms, unless somebody wrote another day.

    A day that was worked out before follows when the date or the supplier is changed.
    """
    drafts = SupplierBill.unscoped.select_related("document", "supplier")
    before = drafts.filter(pk=body.document.pk).first()
    if before is not None and body.due_on == before.due_on == _due_by_terms(before):
        body.due_on = None
    if body.due_on is None:
        body.due_on = _due_by_terms(body)


def _due_by_terms(bill: SupplierBill) -> date | None:
    supplier = bill.supplier
    return None if supplier is None else supplier.due_on(bill.document.business_date)


def check_bill(body: SupplierBill) -> Iterator[Problem]:
    yield from check_priced(body)
    yield from check_links(body, "receipt_line")
    yield from check_following(body, "receipt_line")


SUPPLIER_BILL = register(
    DocumentType(
        code="purchasing.bill",
        title=_("Supplier bill"),
        plural=_("Supplier bills"),
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
        reach=(*REACH, "receipt_line__document"),
        complete=complete_bill,
        check=check_bill,
        screens={
            "line_facts": screens.UNITS,
            "told": AMOUNTS,
            "standings": paid,
            "views": {
                "open": (_("Not paid yet"), still_open),
                "overdue": (_("Overdue"), overdue),
            },
            "figures": open_of_bill,
            "beside": queries.beside_bill,
        },
        leans_on=documents_of("receipt_line"),
        freeze=freeze_bill,
        frozen=("estimated", "revalued"),
        moves=supplier_bill_moves,
        explain_short=explain,
        follows={"purchasing.receipt": bill_of},
    )
)


money.opens(SUPPLIER_BILL.code, money.payable)
SUPPLIER_PAYMENT.follows[SUPPLIER_BILL.code] = payment_of


def complete_return(body: PurchaseReturn) -> None:
    complete_links(body, "receipt_line", "bill_line")
    complete_spine(body)
    complete_goods(body)
    for line in body.lines:
        if line.bill_line is not None:
            line.receipt_line = line.bill_line.receipt_line


def freeze_return(body: PurchaseReturn) -> None:
    """The cost at which the goods came: of their receipt, or what of it their bill had taken."""
    unbilled = [line for line in body.lines if line.bill_line is None]
    billed_lines = [line for line in body.lines if line.bill_line is not None]
    freeze_shares(unbilled, "cost", "unbilled", "receipt_line", "cost")
    freeze_shares(billed_lines, "cost", "billed", "bill_line", "cost")


def check_return(body: PurchaseReturn) -> Iterator[Problem]:
    yield from check_goods(body)
    yield from check_links(body, "receipt_line")
    yield from check_following(body, "receipt_line")
    yield from check_following(body, "bill_line")
    yield from check_at_unit(body, "is_returnable", "not_returnable")


PURCHASE_RETURN = register(
    DocumentType(
        code="purchasing.return",
        title=_("Purchase return"),
        plural=_("Purchase returns"),
        help=_("Goods that go back to their supplier, at the cost at which they came."),
        job="buying",
        body=PurchaseReturn,
        line=PurchaseReturnLine,
        numbering="CT-{unit}-{year:02}-{serial:05}",
        header=("supplier", "place", "reason"),
        columns=("receipt_line", "bill_line", "item", "lot", "quantity", "unit"),
        listed=("number", "business_date", "supplier", "place", "state", "reason"),
        reach=(
            "item__base_unit",
            "receipt_line__document",
            "bill_line__receipt_line",
            "bill_line__unit",
            "bill_line__document",
        ),
        complete=complete_return,
        screens={"line_facts": screens.STOCK, "told": ("cost",), "standings": credited},
        check=check_return,
        leans_on=documents_of("receipt_line", "bill_line"),
        freeze=freeze_return,
        frozen=("cost",),
        moves=purchase_return_moves,
        explain_short=explain,
        follows={"purchasing.receipt": return_of, "purchasing.bill": return_of_bill},
    )
)


# -- credit note ---------------------------------------------------------------------------------


def credit_of(returned: PurchaseReturn) -> dict[str, Any]:
    """A credit note for all that went back and was billed, at the prices of its bill."""
    lines = _left_lines("uncredited", returned.lines, "return_line")
    billed_at = {row["return_line"].bill_line_id: row["return_line"].bill_line for row in lines}
    for row in lines:
        bill_line = row["return_line"].bill_line
        if row["unit"] == bill_line.unit:
            row["price"] = bill_line.price
    header = {
        "supplier": returned.supplier,
        "place": returned.place,
        "invoice_kind": queries.invoice_kind_of(list(billed_at)),
        "is_tax_included": queries.is_billed_with_tax(list(billed_at)),
    }
    return {"unit": returned.document.org_unit, "header": header, "lines": lines}


def allowance_of(bill: SupplierBill) -> dict[str, Any]:
    """A credit note for a lower price of what is still here of a bill; how much, somebody writes.

    What went back altogether has its credit note from its return.
    """
    rows = _left_lines("billed", bill.lines, "bill_line")
    header = {**_header(bill), "invoice_kind": bill.invoice_kind}
    return {"unit": bill.document.org_unit, "header": header, "lines": rows}


def complete_credit(body: SupplierCredit) -> None:
    """It follows the bill whose lines it names, as a red invoice is of one blue one."""
    complete_links(body, "return_line", "bill_line")
    document = body.document
    named = [line.bill_line.document for line in body.lines if line.bill_line is not None]
    if document.follows is None and named:
        document.follows = named[0]
    complete_priced(body)


def freeze_credit(body: SupplierCredit) -> None:
    """What the goods cost, the tax we had deducted on them, and what their bills still leave open.

    A credit is taken off its bill first; what was paid already stays with the supplier as ours.
    """
    freeze_shares(body.lines, "estimated", "uncredited", "return_line", "cost")
    left = left_open({line.credits.document_id for line in body.lines if line.credits is not None})
    is_deducted = any(line.credits is None for line in body.lines) and _is_deducted(body)
    differences = {}
    for line in body.lines:
        if line.gross is None or (line.estimated is None and not line.is_allowance):
            continue  # it will be refused
        bill = line.credits
        was_deducted = is_deducted if bill is None else bool(bill.deducted)
        line.deducted = line.tax if was_deducted else ZERO
        line.offset = ZERO
        if bill is not None:
            line.offset = min(line.gross, left[bill.document_id])
            left[bill.document_id] -= line.offset
        if line.is_allowance:
            line.estimated = ZERO
        differences[line.pk] = line.estimated + line.deducted - line.gross
    freeze_revaluations(body, differences)


def check_credit(body: SupplierCredit) -> Iterator[Problem]:
    yield from check_priced(body)
    yield from check_following(body, "return_line")
    yield from check_following(body, "bill_line")
    for line in body.lines:
        path = f"lines.{line.position}"
        if line.return_line is not None and line.return_line.bill_line_id is None:
            yield {"path": f"{path}.item", "code": "not_billed", "item": line.item.name}
        if line.quantity is None and not line.is_allowance:
            yield {"path": f"{path}.quantity", "code": "required", "label": _("quantity")}
        if line.gross == 0:
            yield {"path": f"{path}.price", "code": "not_positive", "label": _("price")}
        if line.bill_line is not None and line.bill_line.document_id != body.document.follows_id:
            yield {"path": f"{path}.item", "code": "other_bill"}
    yield from _check_allowances([n for n in body.lines if n.is_allowance and n.bill_line])


def _check_allowances(lines: Sequence[Any]) -> Iterator[Problem]:
    """The bills are locked, so what became of them and of their lines is known."""
    taken = queries.credited_on({line.bill_line_id for line in lines})
    bills = {line.bill_line.document_id for line in lines}
    there = Document.unscoped.filter(pk__in=bills, state=State.POSTED).count()
    if there != len(bills):  # it was reversed since this was loaded
        yield {"path": "lines", "code": "other_bill"}
    for line in lines:
        left = line.bill_line.gross - taken[line.bill_line_id]
        if line.gross is not None and line.gross > left:
            facts = {"has": f"¥{left:,.2f}", "needs": f"¥{line.gross:,.2f}"}
            path = f"lines.{line.position}.price"
            yield {"path": path, "code": "over_allowed", "item": line.item.name, **facts}
        taken[line.bill_line_id] += line.gross or ZERO


def returns_and_bills_of(body: SupplierCredit) -> set[UUID]:
    returns = {line.return_line.document_id for line in body.lines if line.return_line}
    return returns | {line.credits.document_id for line in body.lines if line.credits is not None}


SUPPLIER_CREDIT = register(
    DocumentType(
        code="purchasing.credit",
        title=_("Supplier credit note"),
        plural=_("Supplier credit notes"),
        help=_(
            "What a supplier credits for billed goods that went back, or for a lower price: it is"
            " taken off their bill, and what was paid already can be used for other bills or paid"
            " back."
        ),
        job="buying",
        body=SupplierCredit,
        line=SupplierCreditLine,
        numbering="HZ-{unit}-{year:02}-{serial:05}",
        header=("supplier", "place", "invoice_kind", "invoice_number", "is_tax_included"),
        columns=("return_line", "bill_line", *PRICED),
        listed=("number", "business_date", "supplier", "invoice_number", "total", "state"),
        reach=(
            *REACH,
            "return_line__bill_line",
            "return_line__document",
            "bill_line__document",
        ),
        complete=complete_credit,
        check=check_credit,
        screens={
            "line_facts": screens.UNITS,
            "begin": screens.at_place_here,
            "alone": True,  # a rebate may name no bill
            "verbs": {"purchasing.bill": _("Allowance")},
            "told": AMOUNTS,
            "standings": offset,
            "figures": open_of_credit,
            "beside": queries.beside_credit,
        },
        leans_on=returns_and_bills_of,
        freeze=freeze_credit,
        frozen=("estimated", "deducted", "offset", "revalued"),
        moves=supplier_credit_moves,
        explain_short=explain,
        follows={"purchasing.return": credit_of, "purchasing.bill": allowance_of},
    )
)
money.opens(SUPPLIER_CREDIT.code, money.advance)
SUPPLIER_PAYMENT.follows[SUPPLIER_CREDIT.code] = payment_of
