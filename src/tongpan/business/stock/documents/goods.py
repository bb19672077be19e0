"""What all documents of goods share: base quantities, checks, and how a short line is told."""

from collections.abc import Iterator
from typing import Any

from django.utils.translation import gettext_lazy as _
from django.utils.translation import gettext_noop as noop

from tongpan.base.numbers import is_on_step
from tongpan.business.stock import queries
from tongpan.business.stock.models import Arrival, Count
from tongpan.kernel.documents.fields import Problem
from tongpan.kernel.documents.sentences import say
from tongpan.kernel.org.scope import declare_permission
from tongpan.masters.items.models import WITHOUT_GOODS

declare_permission(queries.SEE, _("See stock"))

say("short", noop("{item}: {place} has {has} {unit}, {needs} {unit} are to leave."))
say("over_received", noop("{item}: only {has} {unit} are on their way, {needs} {unit} came in."))
say(
    "counted_below_held",
    noop(
        "{item}: fewer were counted than are held for orders. Close orders for {missing} {unit}"
        " first."
    ),
)
say("over_wanted", noop("{item}: {has} {unit} are still asked for, not {needs}."))
say("out_of_bounds", noop("Nothing was posted: some lines go beyond what there is."))
say("no_goods", noop("{item} is no goods but {kind}: nothing of it stands on a shelf."))
say("not_convertible", noop("{item} is not counted in {unit}."))


def complete_goods(body: Any) -> None:
    """Work out each line's quantity in the item's base unit; an odd one stays empty."""
    factors = queries.factors_of(body.lines)
    for line in body.lines:
        factor = factors.get((line.item_id, line.unit_id))
        is_ready = line.quantity is not None and factor is not None
        line.base_quantity = line.quantity * factor if is_ready else None


def check_goods(body: Any) -> Iterator[Problem]:
    for line in body.lines:
        yield from check_quantity(line, f"lines.{line.position}.")


def check_kind(row: Any, path: str) -> Iterator[Problem]:
    """Whether what a line or a header names can stand on a shelf."""
    if row.item.kind in WITHOUT_GOODS:
        kind = row.item.get_kind_display()
        yield {"path": path, "code": "no_goods", "item": row.item.name, "kind": kind}


def check_quantity(row: Any, path: str) -> Iterator[Problem]:
    """Whether what a line or a header counts is above zero, and a whole number of steps."""
    yield from check_kind(row, f"{path}item")
    if row.quantity is None:
        return  # what must have one is refused without it
    if row.quantity <= 0:
        yield {"path": f"{path}quantity", "code": "not_positive", "label": _("quantity")}
    elif row.base_quantity is None:
        facts = {"item": row.item.name, "unit": row.unit.name}
        yield {"path": f"{path}unit", "code": "not_convertible", **facts}
    elif not is_on_step(row.base_quantity, row.item.base_unit.step):
        facts = {"given": row.quantity, "step": row.item.base_unit.step}
        yield {"path": f"{path}quantity", "code": "off_step", **facts}


def explain_short(body: Any, short: dict[str, Any]) -> Problem:
    """Which line asks for more than is there, in the words of the person who keeps the shelf."""
    line = next((n for n in body.lines if str(n.pk) == str(short["line"])), None)
    if isinstance(body, Count):
        assert line is not None, "What is counted stands on a line."
        missing = -short["change"] - short["balance"]
        return {
            "path": f"lines.{line.position}.counted",
            "code": "counted_below_held",
            "item": line.item.name,
            "unit": line.item.base_unit.name,
            "missing": f"{missing.normalize():f}",
        }
    code = "over_received" if isinstance(body, Arrival) else "short"
    code = "over_wanted" if short["role"] == "wanted" else code
    row = body if line is None else line  # the whole that is taken apart stands in the header
    return {
        "path": "quantity" if line is None else f"lines.{line.position}.quantity",
        "code": code,
        "item": row.item.name,
        "place": queries.place_name(short["holder"]),
        "unit": row.item.base_unit.name,
        "has": f"{short['balance'].normalize():f}",
        "needs": f"{-short['change'].normalize():f}",
    }
