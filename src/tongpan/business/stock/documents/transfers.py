"""The document types of stock: opening stock, transfer, transfer receipt."""

from collections.abc import Iterator, Sequence
from decimal import Decimal
from types import SimpleNamespace
from typing import Any
from uuid import UUID

from django.utils.translation import gettext_lazy as _
from django.utils.translation import gettext_noop as noop

from tongpan.base.numbers import MONEY_STEP, ZERO, round_to
from tongpan.business.stock import queries, screens
from tongpan.business.stock.documents.beyond import BEYOND, count_beyond
from tongpan.business.stock.documents.following import (
    at_nothing,
    complete_links,
    documents_of,
    left_lines,
)
from tongpan.business.stock.documents.goods import check_goods, complete_goods, explain_short
from tongpan.business.stock.documents.requisitions import check_answers
from tongpan.business.stock.models import (
    Arrival,
    Opening,
    OpeningLine,
    Requisition,
    Transfer,
    TransferLine,
    TransferReceipt,
    TransferReceiptLine,
)
from tongpan.business.stock.postings import opening_moves, transfer_moves, transfer_receipt_moves
from tongpan.kernel.documents.declare import register
from tongpan.kernel.documents.fields import Problem
from tongpan.kernel.documents.registry import DocumentType
from tongpan.kernel.documents.sentences import say

ARRIVED = ("sent_line", "item", "lot", "sent", "received", "damaged", "missing")

say("same_place", noop("Goods cannot be sent to the place where they are."))
say(
    "other_entity",
    noop("{from_unit} and {to_unit} belong to different legal entities: supply it."),
)
say("nothing_arrived", noop("Say what was received, damaged or missing."))
say("not_sent", noop("This line is none of those that were sent."))


def complete_transfer(body: Transfer) -> None:
    """The sender is the unit of the goods; the receiver sees the document too."""
    complete_links(body, "requisition_line")
    complete_goods(body)
    count_beyond(body)
    if body.from_place is not None:
        body.document.org_unit = body.from_place.unit
    body.document.other_unit = body.to_place.unit if body.to_place else None


def check_transfer(body: Transfer) -> Iterator[Problem]:
    assert body.from_place is not None, "A document without it is not checked."
    assert body.to_place is not None, "A document without it is not checked."
    if body.from_place == body.to_place:
        yield {"path": "to_place", "code": "same_place"}
    sender, receiver = body.from_place.unit, body.to_place.unit
    if sender.entity_id != receiver.entity_id:
        facts = {"from_unit": sender.name, "to_unit": receiver.name}
        yield {"path": "to_place", "code": "other_entity", **facts}
    yield from check_goods(body)
    yield from check_answers(body, receiver)


def transfer_amount(body: Transfer) -> Decimal:
    """What a person's limit is compared with: the goods at their present average cost."""
    return queries.value_at_cost(body.from_place, body.lines)


def transfer_of(requisition: Requisition) -> dict[str, Any]:
    """A transfer of what is still asked for, as far as it stands where it is asked of."""
    lines = left_lines("wanted", requisition.lines, "requisition_line")
    header = {
        "from_place": requisition.from_place,
        "to_place": requisition.place,
        "wanted_on": requisition.wanted_on,
    }
    if requisition.from_place is not None:
        there = queries.stock_of(requisition.from_place, [row["item"] for row in lines])
        has = {item: figures.on_hand for item, figures in there.items()}
        lines = list(_as_far_as_there(lines, has)) or lines
    return {"unit": requisition.document.other_unit, "header": header, "lines": lines}


def _as_far_as_there(
    lines: Sequence[dict[str, Any]], has: dict[UUID, Decimal]
) -> Iterator[dict[str, Any]]:
    factors = queries.factors_of([SimpleNamespace(**row_of(row)) for row in lines])
    for row in lines:
        item = row["item"]
        wanted = row["quantity"] * factors[item.pk, row_of(row)["unit_id"]]
        sent = min(wanted, has[item.pk])
        has[item.pk] -= sent
        if sent == wanted:
            yield row
        elif sent > 0:
            yield row | {"quantity": sent, "unit": item.base_unit}


def row_of(row: dict[str, Any]) -> dict[str, Any]:
    unit = row["unit"]
    return {"item": row["item"], "item_id": row["item"].pk, "unit": unit,
            "unit_id": unit.pk if unit else None}  # fmt: skip


def receipt_of(transfer: Any) -> dict[str, Any]:
    """A receipt of all that is still on its way, as if everything had arrived in order."""
    return {
        "unit": transfer.document.other_unit,
        "header": {"place": transfer.to_place},
        "lines": [
            {"sent_line": line, "item": line.item, "lot": line.lot, "sent": left, "received": left}
            for line, left in queries.on_its_way(transfer)
            if left > ZERO
        ],
    }


def check_receipt(body: Any) -> Iterator[Problem]:
    for line in body.lines:
        path = f"lines.{line.position}"
        if line.sent_line is None or line.sent_line.document_id != body.document.follows_id:
            yield {"path": f"{path}.item", "code": "not_sent"}
        elif not any((line.received, line.damaged, line.missing)):
            yield {"path": f"{path}.received", "code": "nothing_arrived"}


def complete_receipt(body: Arrival) -> None:
    """The receiver is the unit of the document; the sender sees it too."""
    if body.place is not None:
        body.document.org_unit = body.place.unit
    if body.document.follows is not None:
        body.document.other_unit = body.document.follows.org_unit
    for line in body.lines:
        if line.sent_line is not None:
            line.item, line.lot = line.sent_line.item, line.sent_line.lot


def complete_opening(body: Opening) -> None:
    complete_goods(body)
    if body.place is not None:
        body.document.org_unit = body.place.unit
    for line in body.lines:
        is_ready = line.quantity is not None and line.unit_cost is not None
        line.value = round_to(line.quantity * line.unit_cost, MONEY_STEP) if is_ready else None
    body.document.total = sum((n.value for n in body.lines if n.value), ZERO)


OPENING = register(
    DocumentType(
        code="stock.opening",
        title=_("Opening stock"),
        help=_("What stood on the shelves when the books began, with its cost."),
        job="stock",
        body=Opening,
        line=OpeningLine,
        numbering="QC-{unit}-{year:02}-{serial:05}",
        header=("place",),
        columns=("item", "lot", "quantity", "unit", "unit_cost"),
        listed=("number", "business_date", "place", "total", "state", "created_by"),
        reach=("item__base_unit",),
        complete=complete_opening,
        check=check_goods,
        screens={
            "line_facts": screens.UNITS,
            "begin": screens.at_place_here,
            "posted_from_sheet": True,
        },
        moves=opening_moves,
        explain_short=explain_short,
    )
)

TRANSFER = register(
    DocumentType(
        code="stock.transfer",
        title=_("Transfer"),
        plural=_("Transfers"),
        help=_("Goods go from one place to another, without being bought again."),
        job="stock",
        body=Transfer,
        line=TransferLine,
        numbering="DB-{unit}-{year:02}-{serial:05}",
        header=("from_place", "to_place", "wanted_on"),
        columns=("requisition_line", "item", "lot", "quantity", "unit"),
        listed=("number", "business_date", "from_place", "to_place", "state", "created_by"),
        reach=("item__base_unit", "requisition_line__document"),
        complete=complete_transfer,
        check=check_transfer,
        freeze=count_beyond,
        frozen=("beyond",),
        is_left_out=at_nothing("requisition_line"),
        amount=transfer_amount,
        screens={
            "line_words": BEYOND,
            "line_facts": screens.STOCK,
            "begin": screens.from_here,
            "standings": screens.received,
            "verb": _("Send goods"),
            "alone": True,  # goods may go that nobody asked for
            "waits_at": screens.WAITS_FOR_OURS,
        },
        leans_on=documents_of("requisition_line"),
        moves=transfer_moves,
        explain_short=explain_short,
        follows={"stock.requisition": transfer_of},
    )
)

TRANSFER_RECEIPT = register(
    DocumentType(
        code="stock.transfer_receipt",
        title=_("Transfer receipt"),
        plural=_("Transfer receipts"),
        help=_("What arrived of a transfer: good, damaged or missing."),
        job="stock",
        body=TransferReceipt,
        line=TransferReceiptLine,
        numbering="DR-{unit}-{year:02}-{serial:05}",
        header=("place",),
        columns=ARRIVED,
        listed=("number", "business_date", "place", "state", "created_by"),
        reach=("item__base_unit", "sent_line__item"),
        complete=complete_receipt,
        check=check_receipt,
        screens={"fixed": ARRIVED[:4], "verb": _("Receive")},
        moves=transfer_receipt_moves,
        explain_short=explain_short,
        follows={"stock.transfer": receipt_of},
    )
)
