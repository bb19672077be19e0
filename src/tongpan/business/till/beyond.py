"""Goods that a customer holds and the books do not have: they are put on the books, then sold.

No shelf ever goes below zero. What the customer holds was there, so it turned up: an overage says
how many, by whose right, and at which cost; it waits until somebody counts, or reverses it because
the goods were received since. The sale itself is any other sale.
"""

from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy
from django.utils.translation import gettext_noop as noop

from tongpan.base.numbers import ZERO
from tongpan.base.refusals import Refusal
from tongpan.business.stock.documents import OVERAGE
from tongpan.business.stock.models import CameAs
from tongpan.business.stock.queries import held_at, pools_of
from tongpan.business.till.actions import RING_UP, till_and_store
from tongpan.business.till.baskets import decimal
from tongpan.kernel.documents.actions.along import do_along, do_to_document
from tongpan.kernel.documents.fields import Problem, plain
from tongpan.kernel.documents.gate import Doing
from tongpan.kernel.documents.registry import Action, register_action
from tongpan.kernel.documents.sentences import say
from tongpan.kernel.org.models import OrgUnit
from tongpan.masters.items.models import WITHOUT_GOODS, Item, UnitOfMeasure
from tongpan.masters.items.queries import base_quantity_of
from tongpan.masters.places.models import Place
from tongpan.masters.places.queries import default_place

PUT_ON_BOOKS = "till.sale.put_on_books"
MAY_PUT = OVERAGE.permission("post")
REASON_MAX = 120

say("set_aside", noop("{item}: {has} {unit} here are set aside for orders. Are these others?"))


def put_on_books(doing: Doing) -> None:
    """Put on the books what a basket has and the store's shelf does not, as an overage of its own.

    Payload: `lines` [{item, unit, quantity}] of the basket, with ids. The result is what was
    missing, [{item, name, quantity, unit}] in base units; nothing was done where it is empty. Who
    does it may make and post overages at the store, up to what they may.

    Errors: Question set_aside where some of the goods are kept for orders; those of posting an
    overage, such as goods that never had a cost.
    """
    till, store = till_and_store()
    doing.require(till)
    place = default_place(store)
    missing = _missing(_wanted(doing.payload.get("lines") or ()), place)
    doing.result = [
        {"item": item.pk, "name": item.name, "quantity": n, "unit": item.base_unit.name}
        for item, n in missing.items()
    ]
    if not missing:
        return
    if asked := list(_set_aside(missing, place)):
        doing.ask("set_aside", problems=asked)
    header = {"place": place.pk, "came_as": CameAs.SOLD, "reason": _reason(till)}
    lines = [{"item": item.pk, "quantity": n} for item, n in missing.items()]
    draft = do_along(doing, OVERAGE.permission("save"), doing.subject,
                     {"header": header, "lines": lines})  # fmt: skip
    do_to_document(doing, OVERAGE, "post", draft.subject)


def _wanted(lines: Iterable[Mapping[str, Any]]) -> dict[Item, Decimal]:
    """How much of each item that is goods a basket asks for, in base units."""
    rows = list(lines)
    items = Item.objects.select_related("base_unit").in_bulk({UUID(str(n["item"])) for n in rows})
    units = UnitOfMeasure.objects.in_bulk({UUID(str(n["unit"])) for n in rows})
    wanted: dict[Item, Decimal] = {}
    for row in rows:
        item, unit = items.get(UUID(str(row["item"]))), units.get(UUID(str(row["unit"])))
        quantity = base_quantity_of(item, unit, decimal(row.get("quantity", 1)))
        if item is None or quantity is None or quantity <= 0:
            raise Refusal("not_found")
        if item.kind not in WITHOUT_GOODS:
            wanted[item] = wanted.get(item, ZERO) + quantity
    return wanted


def _missing(wanted: Mapping[Item, Decimal], place: Place) -> dict[Item, Decimal]:
    there = pools_of(place, [(item.pk, "") for item in wanted])
    left = {item: n - there[item.pk, ""].quantity for item, n in wanted.items()}
    return {item: n for item, n in left.items() if n > 0}


def _set_aside(missing: Mapping[Item, Decimal], place: Place) -> Iterable[Problem]:
    """What of the missing items stands on the same shelf for orders: it may be what is sold."""
    held = held_at(place, [(item.pk, "") for item in missing])
    for item in missing:
        if held[item.pk, ""] > 0:
            yield {
                "path": "lines", "code": "set_aside", "item": item.name,
                "has": plain(held[item.pk, ""]), "unit": item.base_unit.name,
            }  # fmt: skip


def _reason(till: OrgUnit) -> str:
    return (_("Sold at %(till)s before it was on the books") % {"till": till.name})[:REASON_MAX]


register_action(
    Action(
        code=PUT_ON_BOOKS, title=lazy("Put on the books what is sold"), run=put_on_books,
        permission=RING_UP,
    )
)  # fmt: skip
