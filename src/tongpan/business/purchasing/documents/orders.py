"""The purchase order: what is asked of a supplier, and what it asks back."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from datetime import date, timedelta
from decimal import Decimal
from types import SimpleNamespace
from typing import Any
from uuid import UUID

from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import gettext_noop as noop

from tongpan.base.numbers import ZERO, round_to
from tongpan.business.purchasing import queries
from tongpan.business.purchasing.documents.shared import explain
from tongpan.business.purchasing.models import (
    PurchaseOrder,
    PurchaseOrderLine,
)
from tongpan.business.purchasing.postings import (
    purchase_order_moves,
)
from tongpan.business.purchasing.screens import (
    ORDERED,
    asked_of_supplier,
    received,
)
from tongpan.business.stock import screens
from tongpan.business.stock.documents.beyond import BEYOND, count_beyond
from tongpan.business.stock.documents.following import (
    complete_links,
    documents_of,
    left_lines,
)
from tongpan.business.stock.documents.requisitions import check_answers
from tongpan.business.stock.models import Requisition
from tongpan.business.stock.queries import factors_of
from tongpan.business.trade.documents import (
    AMOUNTS,
    PRICED,
    REACH,
    check_at_unit,
    check_priced,
    complete_priced,
)
from tongpan.kernel.documents.declare import register
from tongpan.kernel.documents.fields import Problem
from tongpan.kernel.documents.registry import DocumentType
from tongpan.kernel.documents.sentences import say
from tongpan.kernel.org.models import OrgUnit
from tongpan.masters.items.models import DeliveryMode, SupplierItem, TradeMode
from tongpan.masters.items.queries import items_at

say("not_orderable", noop("{item} is not ordered for {unit} (see its item at a unit)."))
say("order_as_it_is", noop("The supplier does not deliver such quantities. Order them?"))
say("below_least", noop("{item}: the supplier delivers {least} {unit} or more."))
say("broken_pack", noop("{item}: the supplier delivers packs of {pack} {unit}."))
say("order_as_bought", noop("These goods are not sold to you. Order them as if they were?"))
say("not_bought", noop("{item} comes as {mode}: once received, it is booked as bought."))
say("order_here", noop("These goods usually come from somewhere else. Order them here?"))
say("other_main_supplier", noop("{item}: {unit} gets it from {name}."))
say("comes_from_warehouse", noop("{item}: {unit} gets it from the warehouse."))

PRICE_STEP = Decimal("0.0001")  # of a price that was worked out from that of a case


def complete_order(body: PurchaseOrder) -> None:
    """Prices are those agreed with the supplier where nobody wrote one, and so is the day."""
    complete_links(body, "requisition_line")
    _complete_prices(body, [n for n in body.lines if n.price is None and n.item is not None])
    supplied = queries.supplied(body)
    for line in body.lines:
        known = supplied.get(line.item_id)
        line.supplier_code = known.supplier_code if known else ""
    _complete_expected(body, supplied)
    complete_priced(body)
    count_beyond(body, body.supplier_id)


def _complete_prices(body: PurchaseOrder, lines: Sequence[Any]) -> None:
    """What was agreed for the unit of a line; else, what was agreed for a case, by the piece."""
    agreed = queries.agreed_prices(body, [line.item for line in lines])
    by_item = {item: (unit, price) for (item, unit), price in agreed.items()}
    others = []
    for line in lines:
        line.price = agreed.get((line.item_id, line.unit_id or line.item.base_unit_id))
        if line.price is None and line.item_id in by_item:
            others.append(line)
    cases = [
        SimpleNamespace(item=line.item, item_id=line.item_id, unit_id=by_item[line.item_id][0])
        for line in others
    ]
    factors = factors_of([*others, *cases]) if others else {}
    for line, case in zip(others, cases, strict=True):
        one = factors.get((line.item_id, line.unit_id))
        all_of_it = factors.get((case.item_id, case.unit_id))
        if one is not None and all_of_it is not None:
            line.price = round_to(by_item[line.item_id][1] * one / all_of_it, PRICE_STEP)


def _complete_expected(body: PurchaseOrder, supplied: Mapping[UUID, SupplierItem]) -> None:
    """Goods come when the slowest of them does, unless somebody chose another day.

    A day that was worked out before follows its lines; one that was chosen stays.
    """
    drafts = PurchaseOrder.unscoped.select_related("document")
    before = drafts.filter(pk=body.document.pk).first() if body.expected_on else None
    if before is not None and body.expected_on == before.expected_on:
        before.lines = list(PurchaseOrderLine.unscoped.filter(document=body.document.pk))
        if body.expected_on == slowest(before, queries.supplied(before)):
            body.expected_on = None
    if body.expected_on is None:
        body.expected_on = slowest(body, supplied)


def slowest(body: PurchaseOrder, supplied: Mapping[UUID, SupplierItem]) -> date | None:
    """The day on which the last of the goods should come; None if no lead time is known."""
    days = max((row.lead_days for row in supplied.values()), default=0)
    return body.document.business_date + timedelta(days=days) if days else None


def check_order(body: PurchaseOrder) -> Iterator[Problem]:
    yield from check_priced(body)
    yield from check_at_unit(body, "is_orderable", "not_orderable")
    assert body.place is not None, "A document without it is not checked."
    yield from check_answers(body, body.place.unit)
    yield from ask_supplier_terms(body)
    yield from ask_usual_way(body)


def ask_supplier_terms(body: PurchaseOrder) -> Iterator[Problem]:
    """Questions about what the supplier would not deliver so, or not as bought goods."""
    supplied = queries.supplied(body)
    asked = [SimpleNamespace(item=r.item, item_id=r.item_id, unit_id=r.order_unit_id)
             for r in supplied.values()]  # fmt: skip
    factors = factors_of(asked)
    ordered: dict[UUID, Decimal] = {}
    for line in body.lines:
        ordered[line.item_id] = ordered.get(line.item_id, ZERO) + (line.base_quantity or ZERO)
    for line in body.lines:
        row, base = supplied.get(line.item_id), ordered.pop(line.item_id, None)
        if row is None or base is None:
            continue  # nothing is known of it, or it was asked about at its first line
        path = f"lines.{line.position}"
        facts = {"item": line.item.name, "unit": row.order_unit.name}
        factor = factors.get((row.item_id, row.order_unit_id))
        if factor is not None and base < row.order_min * factor:
            facts |= {"path": f"{path}.quantity", "least": f"{row.order_min.normalize():f}"}
            yield {**facts, "code": "below_least", "question": "order_as_it_is"}
        elif factor is not None and base % (row.pack * factor):
            facts |= {"path": f"{path}.quantity", "pack": f"{row.pack.normalize():f}"}
            yield {**facts, "code": "broken_pack", "question": "order_as_it_is"}
        if row.trade_mode != TradeMode.BOUGHT:
            facts |= {"path": f"{path}.item", "mode": row.get_trade_mode_display()}
            yield {**facts, "code": "not_bought", "question": "order_as_bought"}


def ask_usual_way(body: PurchaseOrder) -> Iterator[Problem]:
    """Questions about goods that this unit usually gets from somebody else."""
    assert body.place is not None, "A place is needed to order."
    unit = body.place.unit
    found = items_at([n.item for n in body.lines], unit, body.document.business_date)
    for line in body.lines:
        here = found.get(line.item)
        if here is None:
            continue
        facts = {
            "path": f"lines.{line.position}.item", "item": line.item.name, "unit": unit.name,
            "question": "order_here",
        }  # fmt: skip
        if here.main_supplier_id not in (None, body.supplier_id):
            yield {**facts, "code": "other_main_supplier", "name": str(here.main_supplier)}
        elif unit.kind == OrgUnit.Kind.STORE and here.delivery_mode != DeliveryMode.DIRECT:
            yield {**facts, "code": "comes_from_warehouse"}


def order_of(requisition: Requisition) -> dict[str, Any]:
    """An order of what is still asked for, of the supplier from whom most of it comes. What others
    bring is left for orders of their own."""
    lines = left_lines("wanted", requisition.lines, "requisition_line")
    assert requisition.place is not None, "What is posted is complete."
    unit = requisition.place.unit
    usual = queries.usual_suppliers([row["item"] for row in lines], unit)
    brings = Counter(usual[row["item"].pk] for row in lines if row["item"].pk in usual)
    supplier = brings.most_common(1)[0][0] if brings else None
    if supplier is not None:
        lines = [row for row in lines if usual.get(row["item"].pk) == supplier]
    return {"unit": unit, "header": {"place": requisition.place, "supplier": supplier},
            "lines": lines}  # fmt: skip


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
        columns=("requisition_line", *PRICED),
        listed=("number", "business_date", "supplier", "place", "total", "state", "expected_on"),
        reach=(*REACH, "requisition_line__document"),
        complete=complete_order,
        check=check_order,
        freeze=lambda body: count_beyond(body, body.supplier_id),
        frozen=("beyond",),
        screens={
            "line_words": BEYOND,
            "line_facts": ORDERED,
            "begin": screens.at_place_here,
            "standings": received,
            "told": ("supplier_code", *AMOUNTS),
            "verb": _("Order goods"),
            "alone": True,  # goods may be ordered that nobody asked for
            "ends": {"stock.requisition": "either"},
            "waits_at": {"stock.requisition": lambda units: Q(other_unit=None, org_unit__in=units)},
            "propose": asked_of_supplier,
            "propose_by": "supplier",
        },
        leans_on=documents_of("requisition_line"),
        moves=purchase_order_moves,
        explain_short=explain,
        follows={"stock.requisition": order_of},
    )
)
