"""Putting together and taking apart: parts become a whole, or a whole its parts, at one place."""

from collections.abc import Iterator
from decimal import Decimal
from types import SimpleNamespace
from typing import Any

from django.utils.translation import gettext_lazy as _
from django.utils.translation import gettext_noop as noop

from tongpan.base.numbers import MONEY_STEP, ZERO, share
from tongpan.business.stock import queries, screens
from tongpan.business.stock.documents.adjustments import complete_adjustment
from tongpan.business.stock.documents.goods import (
    check_goods,
    check_quantity,
    complete_goods,
    explain_short,
)
from tongpan.business.stock.models import Assembly, AssemblyLine, Disassembly, DisassemblyLine
from tongpan.business.stock.postings import assembly_moves, disassembly_moves
from tongpan.kernel.documents.declare import register
from tongpan.kernel.documents.fields import Problem
from tongpan.kernel.documents.registry import DocumentType
from tongpan.kernel.documents.sentences import say

say("part_of_itself", noop("{item} is the whole: it is none of its parts."))
say("ratios_of_all", noop("Write a share of the cost, above zero, on every line or on none."))
say("ratio_needed", noop("{item} has no cost anywhere yet: write shares of the cost."))


def complete_making(body: Any) -> None:
    """The whole is counted in its base unit too, like its parts."""
    complete_goods(body)
    complete_goods(SimpleNamespace(lines=[body]))
    complete_adjustment(body)


def check_making(body: Any) -> Iterator[Problem]:
    yield from check_quantity(body, "")
    yield from check_goods(body)
    for line in body.lines:
        if line.item_id == body.item_id:
            path = f"lines.{line.position}.item"
            yield {"path": path, "code": "part_of_itself", "item": line.item.name}


def worth(body: Any) -> Decimal:
    """What a person's limit is compared with: the parts, with the work."""
    return sum((n.value for n in body.lines if n.value), body.fee or ZERO)


# -- putting together ----------------------------------------------------------------------------


def freeze_assembly(body: Assembly) -> None:
    """Parts leave at the average of their pools; what takes the last of one takes all its value."""
    assert body.place is not None, "Checked before posting."
    ready = [n for n in body.lines if n.item_id and n.base_quantity is not None]
    pools = queries.pools_of(body.place, [(n.item_id, n.lot) for n in ready])
    for line in ready:
        pool = pools[line.item_id, line.lot]
        line.value = queries.taken_of(pool, line.base_quantity)
        pools[line.item_id, line.lot] = queries.Pool(
            pool.quantity - line.base_quantity, pool.value - line.value
        )


ASSEMBLY = register(
    DocumentType(
        code="stock.assembly",
        title=_("Assembly"),
        plural=_("Assemblies"),
        help=_(
            "Parts that are put together to one item: a gift basket, a set. The whole costs what"
            " its parts and the work cost. The parts of the last time are proposed."
        ),
        job="stock",
        body=Assembly,
        line=AssemblyLine,
        numbering="ZU-{unit}-{year:02}-{serial:05}",
        header=("place", "item", "lot", "quantity", "unit", "fee"),
        columns=("item", "lot", "quantity", "unit"),
        listed=("number", "business_date", "place", "item", "quantity", "state", "created_by"),
        reach=("item__base_unit",),
        complete=complete_making,
        check=check_making,
        freeze=freeze_assembly,
        frozen=("value",),
        amount=worth,
        moves=assembly_moves,
        explain_short=explain_short,
        screens={
            "line_facts": screens.STOCK,
            "begin": screens.at_place_here,
            "propose": screens.parts_of_last_time,
            "propose_by": "item",
            "told": ("value",),
        },
    )
)


# -- taking apart --------------------------------------------------------------------------------


def freeze_disassembly(body: Disassembly) -> None:
    """What the whole and the work cost is shared out to the parts, to the cent."""
    assert body.place is not None, "Checked before posting."
    for line in body.lines:
        line.value = None
    if body.item_id is None or body.base_quantity is None:
        return
    pool = queries.pools_of(body.place, [(body.item_id, body.lot)])[body.item_id, body.lot]
    whole = queries.taken_of(pool, body.base_quantity) + (body.fee or ZERO)
    weights = _weights(body)
    if weights and sum(weights) > 0:
        for line, value in zip(body.lines, share(whole, weights, step=MONEY_STEP), strict=True):
            line.value = value


def _weights(body: Any) -> list[Decimal]:
    """How much of the cost each part carries: as somebody wrote, else by what it costs elsewhere.
    None of them if that is not known of each."""
    ratios = [line.ratio for line in body.lines]
    if any(ratio is not None for ratio in ratios):
        return [ratio for ratio in ratios if ratio] if all(ratios) else []
    costs = queries.costs_in_entity(
        body.place.unit.entity_id, [line.item_id for line in body.lines if line.item_id]
    )
    if any(line.item_id not in costs or line.base_quantity is None for line in body.lines):
        return []
    return [costs[line.item_id] * line.base_quantity for line in body.lines]


def check_disassembly(body: Disassembly) -> Iterator[Problem]:
    yield from check_making(body)
    has_ratio = any(line.ratio is not None for line in body.lines)
    for line in body.lines:
        path = f"lines.{line.position}.ratio"
        if has_ratio and not line.ratio:
            yield {"path": path, "code": "ratios_of_all"}
        elif line.value is None and not has_ratio:
            yield {"path": path, "code": "ratio_needed", "item": line.item.name}


DISASSEMBLY = register(
    DocumentType(
        code="stock.disassembly",
        title=_("Disassembly"),
        plural=_("Disassemblies"),
        help=_(
            "One item that is taken apart: half a pig, a set that did not sell. Its parts share"
            " what it and the work cost, by the shares that you write or by what they cost"
            " elsewhere."
        ),
        job="stock",
        body=Disassembly,
        line=DisassemblyLine,
        numbering="CX-{unit}-{year:02}-{serial:05}",
        header=("place", "item", "lot", "quantity", "unit", "fee"),
        columns=("item", "lot", "quantity", "unit", "ratio"),
        listed=("number", "business_date", "place", "item", "quantity", "state", "created_by"),
        reach=("item__base_unit",),
        complete=complete_making,
        check=check_disassembly,
        freeze=freeze_disassembly,
        frozen=("value",),
        amount=worth,
        moves=disassembly_moves,
        explain_short=explain_short,
        screens={
            "line_facts": screens.UNITS,
            "begin": screens.at_place_here,
            "propose": screens.parts_of_last_time,
            "propose_by": "item",
            "told": ("value",),
        },
    )
)
