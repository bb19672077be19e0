"""The supplier credit note: goods that went back after their bill, or a lower price."""

from collections.abc import Iterator, Sequence
from typing import Any
from uuid import UUID

from django.utils.translation import gettext_lazy as _
from django.utils.translation import gettext_noop as noop

from tongpan.base.numbers import ZERO, in_yuan
from tongpan.business.finance import accounts as money
from tongpan.business.finance.documents import SUPPLIER_PAYMENT, payment_of
from tongpan.business.finance.queries import left_open
from tongpan.business.purchasing import queries
from tongpan.business.purchasing.documents.shared import (
    deducts_tax,
    explain,
    freeze_revaluations,
)
from tongpan.business.purchasing.models import (
    PurchaseReturn,
    SupplierBill,
    SupplierCredit,
    SupplierCreditLine,
)
from tongpan.business.purchasing.postings import (
    supplier_credit_moves,
)
from tongpan.business.purchasing.screens import (
    offset,
    open_of_credit,
)
from tongpan.business.stock import screens
from tongpan.business.stock.documents.following import complete_links, left_lines
from tongpan.business.trade.documents import (
    AMOUNTS,
    PRICED,
    REACH,
    check_following,
    check_priced,
    complete_priced,
    freeze_shares,
    header_of,
)
from tongpan.kernel.documents.declare import register
from tongpan.kernel.documents.fields import Problem
from tongpan.kernel.documents.models import Document, State
from tongpan.kernel.documents.registry import DocumentType
from tongpan.kernel.documents.sentences import say

say("over_allowed", noop("{item}: {has} of its line is not credited yet, {needs} is on this note."))
say("other_bill", noop("This line stands on another bill: write a credit note for that one."))
say("not_billed", noop("{item} went back before it was billed: there is nothing to credit."))


def credit_of(returned: PurchaseReturn) -> dict[str, Any]:
    """A credit note for all that went back and was billed, at the prices of its bill."""
    lines = left_lines("uncredited", returned.lines, "return_line")
    billed_at = {row["return_line"].bill_line_id: row["return_line"].bill_line for row in lines}
    for row in lines:
        bill_line = row["return_line"].bill_line
        base = row["item"].base_unit  # meant where a line of a program or a sheet names none
        if (row["unit"] or base) == (bill_line.unit or base):
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
    rows = left_lines("billed", bill.lines, "bill_line")
    header = {**header_of(bill), "invoice_kind": bill.invoice_kind}
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
    freeze_shares(body.lines, "uncredited", "return_line", estimated="cost")
    left = left_open({line.credits.document_id for line in body.lines if line.credits is not None})
    is_deducted = any(line.credits is None for line in body.lines) and deducts_tax(body)
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
            facts = {"has": in_yuan(left), "needs": in_yuan(line.gross)}
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
        is_left_out=lambda line: line.bill_line_id is not None and line.price is None,
    )
)
money.opens(SUPPLIER_CREDIT.code, money.advance)
SUPPLIER_PAYMENT.follows[SUPPLIER_CREDIT.code] = payment_of
