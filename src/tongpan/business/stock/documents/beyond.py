"""What is sent or ordered beyond what was asked for, because goods come in packs."""

from collections.abc import Collection, Iterable
from decimal import Decimal
from types import SimpleNamespace
from typing import Any
from uuid import UUID

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from tongpan.base.numbers import ZERO
from tongpan.business.stock import queries
from tongpan.kernel.documents.showing import LineWords
from tongpan.masters.fields import State
from tongpan.masters.items.models import Item, ItemUnit, SupplierItem


def room_above(left: Decimal, packs: Iterable[Decimal], least: Decimal = ZERO) -> Decimal:
    """How much more than what is `left` may go, all in the item's base unit: up to the next full
    pack, or up to the `least` that is delivered. Nothing where nothing is left.

    >>> room_above(Decimal(50), [Decimal(24)]), room_above(Decimal(5), [], Decimal(12))
    (Decimal('22'), Decimal('7'))
    """
    if left <= 0:
        return ZERO
    return max([ZERO, least - left, *((pack - left % pack) % pack for pack in packs)])


def count_beyond(body: Any, supplier: UUID | None = None) -> None:
    """Work out what of each line was not asked for: on a draft, and for good when it is posted. It
    may fill the last pack: one of the line's own unit, of the smallest unit that the item is packed
    in, or of a supplier; of an order, of its `supplier`, or make up the least that one delivers.
    What is more than that stays asked for, and the line's account refuses it.
    """
    lines = []
    for line in body.lines:
        line.beyond = None
        if line.requisition_line_id is not None and line.base_quantity:
            lines.append(line)
    if not lines:
        return
    left = queries.left_of("wanted", {line.requisition_line_id for line in lines})
    over = {n.item for n in lines if n.base_quantity > left[n.requisition_line_id]}
    packs, least = _packs(over, supplier)
    room: dict[UUID, Decimal] = {}
    for line in lines:
        asked, own = line.requisition_line_id, []
        if line.unit_id not in (None, line.item.base_unit_id):
            own = [line.base_quantity / line.quantity]
        may_go = room_above(
            left[asked], [*own, *packs.get(line.item_id, ())], least.get(line.item_id, ZERO)
        )
        room.setdefault(asked, may_go)
        surplus = max(line.base_quantity - max(left[asked], ZERO), ZERO)
        line.beyond = surplus if 0 < surplus <= room[asked] else None
        room[asked] -= line.beyond or ZERO
        left[asked] -= line.base_quantity - (line.beyond or ZERO)


def _packs(
    items: Collection[Item], supplier: UUID | None
) -> tuple[dict[UUID, list[Decimal]], dict[UUID, Decimal]]:
    """How many base units the packs of these items hold, and the least that `supplier` delivers."""
    if not items:
        return {}, {}
    found: dict[UUID, list[Decimal]] = {item.pk: [] for item in items}
    units = ItemUnit.objects.filter(item__in=items, state=State.ACTIVE, factor__gt=1)
    for unit in units.order_by("factor"):
        found[unit.item_id] = found[unit.item_id] or [unit.factor]
    rows = SupplierItem.objects.filter(item__in=items, state=State.ACTIVE).select_related("item")
    if supplier is not None:
        rows = rows.filter(supplier=supplier)
    known = [
        SimpleNamespace(item=row.item, item_id=row.item_id, unit_id=row.order_unit_id, row=row)
        for row in rows
    ]
    factors = queries.factors_of(known)
    least: dict[UUID, Decimal] = {}
    for one in known:
        factor = factors.get((one.item_id, one.unit_id))
        if factor is not None:
            found[one.item_id].append(one.row.pack * factor)
            least[one.item_id] = one.row.order_min * factor if supplier is not None else ZERO
    return found, least


def _in_words(_body: Any, line: Any) -> str:
    if not line.beyond:
        return ""
    facts = {"more": f"{line.beyond.normalize():f}", "unit": line.item.base_unit.name}
    return gettext("%(more)s %(unit)s more than asked for") % facts


def _answers(body: Any) -> bool:
    return any(line.requisition_line_id is not None for line in body.lines)


BEYOND = LineWords(_("Full packs"), _in_words, _answers)
