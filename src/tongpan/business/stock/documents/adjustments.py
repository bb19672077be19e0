"""Where the shelf and the books part: stock counts, losses and overages."""

from collections.abc import Iterator, Mapping
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import gettext_noop as noop

from tongpan.base.numbers import MONEY_STEP, ZERO, is_on_step, round_to
from tongpan.business.stock import queries, screens
from tongpan.business.stock.documents.goods import (
    check_goods,
    check_kind,
    complete_goods,
    explain_short,
)
from tongpan.business.stock.models import (
    Adjustment,
    Count,
    CountLine,
    Loss,
    LossLine,
    Overage,
    OverageLine,
)
from tongpan.business.stock.postings import count_moves, loss_moves, overage_moves
from tongpan.kernel.documents.declare import register
from tongpan.kernel.documents.fields import Problem
from tongpan.kernel.documents.registry import DocumentType
from tongpan.kernel.documents.sentences import say
from tongpan.kernel.org.visibility import masked_fields

say("counted_twice", noop("{item} is on two lines. Add them up on one."))
say(
    "cost_awaited",
    noop("{item} never had a cost here: submit this, and somebody who sees costs will say one."),
)
say("cost_unknown", noop("{item} never had a cost here. Say what one costs."))


def complete_adjustment(body: Adjustment) -> None:
    """The place says whose document it is; what was worked out is worked out again."""
    if body.place is not None:
        body.document.org_unit = body.place.unit


# -- count ---------------------------------------------------------------------------------------


def freeze_count(body: Count) -> None:
    """Compare what was counted with what the books say at this moment, and value the difference.

    What is held for customers' orders stands there too and is counted with the rest; a difference
    is the shelf's. What is sold between the reading and the posting changes both alike, so the
    shelf ends at what was counted less what was sold since.
    """
    assert body.place is not None, "Checked before posting."
    named = [(n.item_id, n.lot) for n in body.lines if n.item_id]
    there, held = queries.pools_of(body.place, named), queries.held_at(body.place, named)
    for line in body.lines:
        if line.item_id is None or line.counted is None:
            continue
        pool = there[line.item_id, line.lot]
        line.book = pool.quantity + held[line.item_id, line.lot]
        line.difference = line.counted - line.book
        line.value = round_to(line.difference * pool.cost, MONEY_STEP)


def check_count(body: Count) -> Iterator[Problem]:
    seen = set()
    for line in body.lines:
        path = f"lines.{line.position}.counted"
        step = line.item.base_unit.step
        yield from check_kind(line, f"lines.{line.position}.item")
        if line.counted < 0:
            yield {"path": path, "code": "negative", "label": _("counted")}
        elif not is_on_step(line.counted, step):
            yield {"path": path, "code": "off_step", "given": line.counted, "step": step}
        elif (line.item_id, line.lot) in seen:
            path = f"lines.{line.position}.item"
            yield {"path": path, "code": "counted_twice", "item": line.item.name}
        seen.add((line.item_id, line.lot))


def count_of(overage: Overage) -> dict[str, Any]:
    """A count of what was sold before it was on the books, to find out what is there."""
    pairs = dict.fromkeys((line.item, line.lot) for line in overage.lines)
    lines = [{"item": item, "lot": lot} for item, lot in pairs]
    return {"header": {"place": overage.place}, "lines": lines}


COUNT = register(
    DocumentType(
        code="stock.count",
        title=_("Stock count"),
        plural=_("Stock counts"),
        help=_("What was counted on the shelf; the books follow it."),
        job="stock",
        body=Count,
        line=CountLine,
        numbering="PD-{unit}-{year:02}-{serial:05}",
        header=("place",),
        columns=("item", "lot", "counted"),
        listed=("number", "business_date", "place", "state", "created_by"),
        reach=("item__base_unit",),
        complete=complete_adjustment,
        check=check_count,
        freeze=freeze_count,
        frozen=("book", "difference", "value"),
        amount=lambda body: sum((abs(n.value) for n in body.lines if n.value), ZERO),
        screens={
            "line_facts": screens.COUNTED,
            "begin": screens.at_place_here,
            "told": ("book", "difference", "value"),
            "alone": True,  # most counts follow nothing
            "verbs": {"stock.overage": _("Count them")},
            "waits_at": {"stock.overage": lambda units: Q(org_unit__in=units)},
        },
        follows={"stock.overage": count_of},
        moves=count_moves,
        explain_short=explain_short,
    )
)


# -- loss and overage ----------------------------------------------------------------------------


def complete_goods_at(body: Any) -> None:
    complete_goods(body)
    complete_adjustment(body)


LOSS = register(
    DocumentType(
        code="stock.loss",
        title=_("Loss or other out"),
        plural=_("Losses and other out"),
        help=_(
            "Goods that leave without being sold: broken, spoilt, expired or missing; used up,"
            " given away, taken as a sample. They leave at their average cost."
        ),
        job="stock",
        body=Loss,
        line=LossLine,
        numbering="BS-{unit}-{year:02}-{serial:05}",
        header=("place", "reason"),
        columns=("item", "lot", "quantity", "unit"),
        listed=("number", "business_date", "place", "reason", "state", "created_by"),
        reach=("item__base_unit",),
        complete=complete_goods_at,
        check=check_goods,
        amount=lambda body: queries.value_at_cost(body.place, body.lines),
        screens={"line_facts": screens.STOCK, "begin": screens.at_place_here},
        moves=loss_moves,
        explain_short=explain_short,
    )
)


def freeze_overage(body: Overage) -> None:
    """Goods that turn up are worth what somebody says, else the pool's present average, else what
    the item costs on average elsewhere in the legal entity."""
    assert body.place is not None, "Checked before posting."
    there = queries.pools_of(body.place, [(n.item_id, n.lot) for n in body.lines if n.item_id])
    elsewhere = queries.costs_in_entity(
        body.place.unit.entity_id,
        {n.item_id for n in body.lines if n.unit_cost is None and not _cost(there, n)},
    )
    for line in body.lines:
        if line.item_id is None or line.base_quantity is None:
            continue
        if line.unit_cost is not None:
            worth = line.quantity * line.unit_cost
        else:
            cost = _cost(there, line) or elsewhere.get(line.item_id, ZERO)
            worth = line.base_quantity * cost
        line.value = round_to(worth, MONEY_STEP)


def _cost(there: Mapping[tuple[UUID, str], queries.Pool], line: OverageLine) -> Decimal:
    return there[line.item_id, line.lot].cost if line.item_id else ZERO


def check_overage(body: Overage) -> Iterator[Problem]:
    """Whoever may not see costs cannot say one, but may hand the document to somebody who does."""
    yield from check_goods(body)
    is_hidden = "unit_cost" in masked_fields(OverageLine, "stock.overage.save")
    for line in body.lines:
        if line.value or line.unit_cost is not None:
            continue
        path, item = f"lines.{line.position}", line.item.name
        if is_hidden:
            yield {"path": f"{path}.item", "code": "cost_awaited", "item": item, "may_wait": True}
        else:
            yield {"path": f"{path}.unit_cost", "code": "cost_unknown", "item": item}


OVERAGE = register(
    DocumentType(
        code="stock.overage",
        title=_("Overage or other in"),
        plural=_("Overages and other in"),
        help=_("Goods that come without being bought: they turned up, or were given to us."),
        job="stock",
        body=Overage,
        line=OverageLine,
        numbering="BY-{unit}-{year:02}-{serial:05}",
        header=("place", "came_as", "reason"),
        columns=("item", "lot", "quantity", "unit", "unit_cost"),
        listed=("number", "business_date", "place", "state", "created_by"),
        reach=("item__base_unit",),
        complete=complete_goods_at,
        check=check_overage,
        freeze=freeze_overage,
        frozen=("value",),
        amount=lambda body: sum((n.value for n in body.lines if n.value), ZERO),
        screens={
            "line_facts": screens.UNITS,
            "begin": screens.at_place_here,
            "standings": screens.counted_since,
            "awaited": _("To be counted"),
            "waits": _("%(what)s to be counted"),
        },
        moves=overage_moves,
        explain_short=explain_short,
    )
)
