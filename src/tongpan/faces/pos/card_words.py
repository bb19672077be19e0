"""What the till and its paper say of punch cards."""

from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from tongpan.business.punchcards import queries
from tongpan.business.till.baskets import Basket
from tongpan.faces.kit import formats
from tongpan.faces.pos.reading import amount_of
from tongpan.kernel.documents.fields import plain
from tongpan.masters.taxes.rules import line_amount

Pairs = list[tuple[str, str]]


def tell(
    lines: Sequence[dict[str, Any]], rows: Sequence[Mapping[str, Any]], basket: Basket
) -> None:
    """Let the lines that cards pay for say so: nothing is left to pay of what the screen shows."""
    for n, use in basket.cards.items():
        shown = rows[n].get("price") or rows[n].get("listed")
        amount = line_amount(use.uses, Decimal(amount_of(shown))) if shown else use.amount
        paid = {"title": use.card.name, "amount": plain(amount), "is_paid": True}
        lines[n] |= {"price": None, "left": "0", "shares": [paid], "is_new": False}


def on_paper(slip: UUID, *, is_return: bool) -> tuple[Pairs, Pairs]:
    """What cards paid of a slip, and what is left on them, as its paper says it."""
    used = queries.on_slip(slip)
    paid = [(f"{one.name} {one.code}", formats.money(one.amount)) for one in used]
    left = [(_("Uses left: %(card)s") % {"card": one.name}, uses(int(one.left))) for one in used]
    return paid, ([] if is_return else left)


def uses(count: int) -> str:
    return ngettext("%(n)s time", "%(n)s times", count) % {"n": count}


def of_member(member: UUID, on: date) -> list[dict[str, Any]]:
    """The cards of a member that can still be used, as the screen shows them."""
    return [
        {
            "id": str(one.id),
            "code": one.code,
            "name": one.name,
            "left": uses(int(one.left)),
            "until": formats.day(one.valid_until) if one.valid_until else "",
        }
        for one in queries.look(member).values()
        if one.valid_until is None or one.valid_until >= on
    ]
