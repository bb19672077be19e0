"""What the document types of purchasing have in common, beside what all trade has."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.utils.translation import gettext_noop as noop

from tongpan.base.numbers import MONEY_STEP, ZERO, round_to
from tongpan.business.finance.documents import explain_used
from tongpan.business.purchasing import queries
from tongpan.business.purchasing.models import InvoiceKind, PurchaseReturn
from tongpan.business.stock.documents import explain_short
from tongpan.business.stock.queries import pools_of
from tongpan.kernel.documents.fields import Problem
from tongpan.kernel.documents.sentences import say

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


def deducts_tax(body: Any) -> bool:
    """Whether the tax of this invoice is deducted by its unit's taxpayer."""
    document = body.document
    return body.invoice_kind == InvoiceKind.SPECIAL and queries.is_tax_deducted(
        document.org_unit.entity, document.business_date
    )
