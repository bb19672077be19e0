"""Lines that follow lines of earlier documents: what of them is left, and how they are found."""

from collections.abc import Callable, Iterator, Sequence
from typing import Any
from uuid import UUID

from django.utils.translation import gettext_noop as noop

from tongpan.business.stock import queries
from tongpan.kernel.documents.fields import Problem
from tongpan.kernel.documents.loading import load
from tongpan.kernel.documents.registry import document_type
from tongpan.kernel.documents.sentences import say

say("not_on_earlier", noop("{item} is not on {number}, or nothing of it is left."))


def at_nothing(link: str) -> Callable[[Any], bool]:
    """What says of a line that its earlier document proposed and of which nothing is wanted that
    it is left out; a line that somebody added without quantity is not."""
    return lambda line: not line.quantity and getattr(line, f"{link}_id") is not None


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


def documents_of(*links: str) -> Callable[[Any], set[UUID]]:
    """The earlier documents whose lines the lines of a document name."""

    def found(body: Any) -> set[UUID]:
        named = (getattr(line, link) for line in body.lines for link in links)
        return {line.document_id for line in named if line is not None}

    return found
