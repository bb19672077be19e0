"""What the document types of purchasing have in common: prices, links, shares of cost."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.utils.translation import gettext_noop as noop

from tongpan.base.numbers import MONEY_STEP, ZERO, round_to
from tongpan.business.finance.documents import explain_used
from tongpan.business.purchasing import queries
from tongpan.business.purchasing.models import (
    InvoiceKind,
    PurchaseReturn,
)
from tongpan.business.purchasing.rules import priced, share_of_cost
from tongpan.business.stock.documents import check_goods, complete_goods, explain_short
from tongpan.business.stock.queries import pools_of
from tongpan.kernel.documents.fields import Problem
from tongpan.kernel.documents.loading import load
from tongpan.kernel.documents.models import State
from tongpan.kernel.documents.registry import document_type
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
say("not_on_earlier", noop("{item} is not on {number}, or nothing of it is left."))
say("other_supplier", noop("This line belongs to another supplier or place."))

PRICED = ("item", "lot", "quantity", "unit", "price")
AMOUNTS = ("net", "tax", "gross")
REACH = ("item__base_unit", "item__tax_category")


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


def copied(line: Any, **more: Any) -> dict[str, Any]:
    names = ("item", "lot", "unit", "quantity")
    return {name: getattr(line, name) for name in names} | more


def left_lines(role: str, lines: Sequence[Any], link: str, *names: str) -> list[dict[str, Any]]:
    """A line for each of these lines of earlier documents that has something left."""
    left = queries.left_of(role, [line.pk for line in lines])
    rows = []
    for line in lines:
        if left[line.pk] <= 0:
            continue
        row = copied(line, **{link: line}, **{name: getattr(line, name) for name in names})
        if left[line.pk] != line.base_quantity:
            factor = line.base_quantity / line.quantity
            row |= {"quantity": left[line.pk] / factor}
        rows.append(row)
    return rows


def header_of(body: Any) -> dict[str, Any]:
    return {
        "supplier": body.supplier,
        "place": body.place,
        "is_tax_included": body.is_tax_included,
    }


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


def deducts_tax(body: Any) -> bool:
    """Whether the tax of this invoice is deducted by its unit's taxpayer."""
    document = body.document
    return body.invoice_kind == InvoiceKind.SPECIAL and queries.is_tax_deducted(
        document.org_unit.entity, document.business_date
    )
