"""The requisition: goods that a unit asks a warehouse for, or asks the buyers to order."""

from collections.abc import Iterator
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext_lazy as _
from django.utils.translation import gettext_noop as noop

from tongpan.base.numbers import MONEY_STEP, ZERO, round_to
from tongpan.business.stock import queries, screens
from tongpan.business.stock.documents.following import (
    at_nothing,
    check_links,
    complete_links,
    documents_of,
    left_lines,
)
from tongpan.business.stock.documents.goods import check_goods, complete_goods, explain_short
from tongpan.business.stock.models import (
    Requisition,
    RequisitionClosing,
    RequisitionClosingLine,
    RequisitionLine,
)
from tongpan.business.stock.postings import requisition_closing_moves, requisition_moves
from tongpan.kernel.documents.declare import register
from tongpan.kernel.documents.fields import Problem
from tongpan.kernel.documents.models import State
from tongpan.kernel.documents.registry import DocumentType
from tongpan.kernel.documents.sentences import say
from tongpan.kernel.org.scope import may, who

say(
    "asks_itself",
    noop("{unit} cannot ask itself: choose a warehouse, or nobody."),
)
say("not_of_requisition", noop("{item}: its requisition is of another unit or about another item."))


def complete_requisition(body: Requisition) -> None:
    """Whoever wants the goods asks; who is asked sees the document too."""
    complete_goods(body)
    if body.place is not None:
        body.document.org_unit = body.place.unit
    body.document.other_unit = body.from_place.unit if body.from_place else None


def check_requisition(body: Requisition) -> Iterator[Problem]:
    assert body.place is not None, "A document without it is not checked."
    yield from check_goods(body)
    if body.from_place is None:
        return
    if body.place.unit == body.from_place.unit:
        yield {"path": "from_place", "code": "asks_itself", "unit": body.place.unit.name}


def requisition_amount(body: Requisition) -> Decimal:
    """What a person's limit is compared with: the goods at what they cost on average."""
    if body.place is None:
        return ZERO
    costs = queries.costs_in_entity(body.place.unit.entity_id, {n.item_id for n in body.lines})
    worth = (costs.get(n.item_id, ZERO) * (n.base_quantity or ZERO) for n in body.lines)
    return round_to(sum(worth, ZERO), MONEY_STEP)


REQUISITION = register(
    DocumentType(
        code="stock.requisition",
        title=_("Requisition"),
        plural=_("Requisitions"),
        help=_(
            "What a store needs: it asks a warehouse to send it, or the buyers to order it. Nothing"
            " moves yet; what was asked for stays open until it is sent, ordered or closed."
        ),
        job="stock",
        body=Requisition,
        line=RequisitionLine,
        numbering="YH-{unit}-{year:02}-{serial:05}",
        header=("place", "from_place", "wanted_on"),
        columns=("item", "quantity", "unit"),
        listed=(
            "number",
            "business_date",
            "place",
            "from_place",
            "wanted_on",
            "state",
            "created_by",
        ),
        reach=("item__base_unit",),
        complete=complete_requisition,
        check=check_requisition,
        amount=requisition_amount,
        screens={
            "line_facts": screens.WANTED,
            "begin": screens.asking_here,
            "propose": screens.below_minimum,
            "propose_by": "place",
            "standings": screens.answered,
            "awaited": _("To supply"),
            "waits": _("%(what)s to supply"),
            "signed_by": (_("Asked by"), _("Approved by")),
        },
        moves=requisition_moves,
        explain_short=explain_short,
    )
)


def check_answers(body: Any, unit: Any) -> Iterator[Problem]:
    """What a line answers must be asked for by that unit, for the same item."""
    for line in body.lines:
        asked = line.requisition_line
        if asked is None:
            continue
        ours = (State.POSTED, unit.pk, line.item_id)
        if ours != (asked.document.state, asked.document.org_unit_id, asked.item_id):
            path = f"lines.{line.position}.item"
            yield {"path": path, "code": "not_of_requisition", "item": line.item.name}


# -- closing -------------------------------------------------------------------------------------


def closing_of(requisition: Requisition) -> dict[str, Any]:
    """The end of all that nobody sent or ordered yet, for either end to say."""
    document = requisition.document
    ends = [document.org_unit, *filter(None, [document.other_unit])]
    mine = [unit for unit in ends if may("stock.requisition_closing.save", unit)]
    unit = next((unit for unit in mine if unit == who().at), mine[0] if mine else ends[0])
    lines = left_lines("wanted", requisition.lines, "requisition_line")
    for row in lines:
        del row["lot"]  # whoever asks for goods does not choose among them
    return {"unit": unit, "lines": lines}


def complete_closing(body: RequisitionClosing) -> None:
    """It is of the end that says so; the other end sees it too."""
    complete_links(body, "requisition_line")
    complete_goods(body)
    document, earlier = body.document, body.document.follows
    if earlier is None:
        return
    body.place = queries.wanted_at(earlier.pk)
    if document.org_unit_id != earlier.other_unit_id:
        document.org_unit, document.other_unit = earlier.org_unit, earlier.other_unit
    else:
        document.other_unit = earlier.org_unit


def check_closing(body: RequisitionClosing) -> Iterator[Problem]:
    yield from check_goods(body)
    yield from check_links(body, "requisition_line")
    if body.document.follows is not None:
        yield from check_answers(body, body.document.follows.org_unit)


REQUISITION_CLOSING = register(
    DocumentType(
        code="stock.requisition_closing",
        title=_("Closing of a requisition"),
        plural=_("Closings of requisitions"),
        help=_("What of a requisition nobody will send or order any more."),
        job="stock",
        body=RequisitionClosing,
        line=RequisitionClosingLine,
        numbering="YG-{unit}-{year:02}-{serial:05}",
        header=("reason",),
        columns=("requisition_line", "item", "quantity", "unit"),
        listed=("number", "business_date", "place", "state", "reason", "created_by"),
        reach=("item__base_unit", "requisition_line__document"),
        complete=complete_closing,
        check=check_closing,
        is_left_out=at_nothing("requisition_line"),
        amount=lambda body: None,
        screens={
            "line_facts": screens.UNITS,
            "verbs": {"stock.requisition": _("Close early")},
            "ends": {"stock.requisition": "either"},
        },
        leans_on=documents_of("requisition_line"),
        moves=requisition_closing_moves,
        explain_short=explain_short,
        follows={"stock.requisition": closing_of},
    )
)
