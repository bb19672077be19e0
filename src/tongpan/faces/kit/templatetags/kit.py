"""The words templates use: {% load kit %}."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any

import zxingcpp
from django import template
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _

from tongpan.faces.kit import cells, charts, formats, shapes, tours
from tongpan.faces.kit.pages import (
    Action,
    Cell,
    Chart,
    Column,
    EditGrid,
    EditRow,
    Fact,
    Field,
    FormPage,
    PrintPage,
    Problem,
    Row,
    State,
    Tag,
)

register = template.Library()


@register.simple_tag
def icon(name: str, size: str = "") -> SafeString:
    return shapes.icon(name, size)


@register.simple_tag(takes_context=True)
def problem_text(context: Mapping[str, Any], problem: Problem) -> str:
    """A problem as the top of the page tells it: in which line, with which field, and what."""
    page = context.get("page")
    title = page.title_at(problem.path) if isinstance(page, FormPage) else ""
    text = problem.text
    if title and title.casefold() not in text.casefold():
        text = _("%(field)s: %(text)s") % {"field": title[:1].upper() + title[1:], "text": text}
    return _("Line %(n)s: %(text)s") % {"n": problem.line, "text": text} if problem.line else text


@register.simple_tag
def chart(drawn: Chart) -> SafeString:
    return charts.bars(drawn)


@register.simple_tag
def mark(is_plain: bool = False) -> SafeString:
    return shapes.mark(is_plain=is_plain)


@register.simple_tag
def state(value: State) -> SafeString:
    return cells.state(value)


@register.simple_tag
def tag(value: Tag) -> SafeString:
    return cells.tag(value)


@register.simple_tag
def list_rows(rows: Sequence[Row], columns: Sequence[Column], tick: str) -> SafeString:
    return cells.list_rows(rows, columns, tick)


@register.simple_tag
def table_rows(
    rows: Sequence[Row], columns: Sequence[Column], is_numbered: bool, before: int
) -> SafeString:
    return cells.table_rows(rows, columns, (before or 0) + 1 if is_numbered else None)


@register.simple_tag
def total_cells(totals: Mapping[str, Cell], columns: Sequence[Column]) -> SafeString:
    return cells.total_cells(totals, columns)


@register.simple_tag
def paper_cells(values: Mapping[str, Cell], columns: Sequence[Column]) -> SafeString:
    return cells.paper_cells(values, columns)


@register.simple_tag
def strip_cells(values: Mapping[str, Cell], columns: Sequence[Column]) -> SafeString:
    return cells.strip_cells(values, columns)


@register.simple_tag
def strip_totals(values: Mapping[str, Cell], columns: Sequence[Column]) -> SafeString:
    return cells.strip_totals(values, columns)


@register.filter
def paper_value(fact: Fact) -> SafeString:
    return cells.on_paper(fact.cell, fact.kind)


@register.filter
def fact_value(fact: Fact) -> SafeString:
    return cells.fact_value(fact)


@register.inclusion_tag("kit/parts/around.html")
def around(code: str) -> dict[str, str]:
    """The way into a tour of this page."""
    return {"code": code, "told": tours.told(code)}


@register.simple_tag
def caps(key: str) -> SafeString:
    """A key as a cap: Ctrl Enter."""
    return format_html("<kbd>{}</kbd>", key) if key else SafeString("")


@register.simple_tag
def line_fields(columns: Sequence[Field], row: EditRow | None = None) -> list[tuple[Field, Field]]:
    """Each column of a line grid with the line's own field, or the column itself when new."""
    return [(column, row.fields.get(column.name, column) if row else column) for column in columns]


@register.simple_tag
def total_of(grid: EditGrid, column: Field) -> str:
    return grid.totals.get(column.name, "")


@register.simple_tag
def problem_at(problems: Mapping[str, str], *parts: object) -> str:
    """The problem of the field whose path is `parts` joined by dots, or nothing."""
    return problems.get(".".join(str(part) for part in parts), "")


SHEETS = {"a4": "A4", "needle": "241mm 280mm"}  # papers that have a foot, and their sizes


@register.simple_tag
def page_feet(page: PrintPage) -> SafeString:
    """What the foot of each printed page says, as rules of a style sheet: which page it is of its
    paper. Browsers count through: of several papers each page says whose it is, and which sheet of
    all of them."""
    if not page.next:
        return mark_safe(f"@page {{ {_foot(_('Page {n} of {pages}'))} }}")
    rules = []
    for nth, one in enumerate((page, *page.next)):
        if one.paper in SHEETS:
            said = _("{number} · sheet {n} of {pages} in this batch").replace(
                "{number}", one.number
            )
            rules.append(f"@page batch{nth} {{ size: {SHEETS[one.paper]}; {_foot(said)} }}")
            rules.append(f'@media print {{ .paper[data-nth="{nth}"] {{ page: batch{nth}; }} }}')
    return mark_safe(" ".join(rules))


def _foot(text: str) -> str:
    """The text as what a margin box says, with its numbers counted."""
    said = "".join(letter for letter in text if letter not in '"\\<>\n')
    numbered = said.replace("{n}", '" counter(page) "').replace("{pages}", '" counter(pages) "')
    return f'@bottom-left {{ content: "{numbered}"; font-size: 9pt; }}'


@register.simple_tag
def barcode(text: str) -> SafeString:
    """A Code 128 of `text`, as a drawing that stretches to its box."""
    drawn = zxingcpp.create_barcode(text, zxingcpp.BarcodeFormat.Code128).to_svg()
    path = drawn[drawn.index("<path") : drawn.index("/>", drawn.index("<path")) + 2]
    width = drawn.split('width="', 1)[1].split('"', 1)[0]
    box = f'viewBox="0 0 {int(width)} 50" preserveAspectRatio="none"'
    return mark_safe(f'<svg {box} aria-hidden="true">{path}</svg>')


@register.simple_tag
def square_code(text: str) -> SafeString:
    """A QR code of `text`, with the light edge that readers need, in either theme."""
    drawn = zxingcpp.create_barcode(text, zxingcpp.BarcodeFormat.QRCode).to_svg()
    path = drawn[drawn.index("<path") : drawn.index("/>", drawn.index("<path")) + 2]
    width = int(drawn.split('width="', 1)[1].split('"', 1)[0])
    edge = f'<rect width="{width}" height="{width}" fill="#fff"/>'
    box = f'viewBox="0 0 {width} {width}" shape-rendering="crispEdges"'
    return mark_safe(f'<svg class="square-code" {box} aria-hidden="true">{edge}{path}</svg>')


@register.filter
def button_class(action: Action) -> str:
    return {"primary": "primary", "danger": "danger", "quiet": "bare", "": ""}[action.tone]


@register.filter
def money(amount: Decimal | None, currency: str = "") -> str:
    return formats.money(amount, currency)


@register.filter
def day(on: date | None) -> str:
    return formats.day(on)


@register.filter
def full_day(on: date | None) -> str:
    return formats.full_day(on)


@register.filter
def moment(at: datetime | None) -> str:
    return formats.moment(at)


@register.filter
def clock(at: datetime | None) -> str:
    return formats.clock(at)


@register.filter
def full_moment(at: datetime | None) -> str:
    return formats.full_moment(at)


@register.filter
def change(share: Decimal | None) -> str:
    return formats.change(share)


@register.filter
def attrs(values: Mapping[str, Any]) -> SafeString:
    """Hidden inputs for `values`, so a form sends them along."""
    return mark_safe(
        "".join(
            format_html('<input type="hidden" name="{}" value="{}">', name, value)
            for name, value in values.items()
        )
    )


@register.simple_tag
def path(*parts: object) -> str:
    """The name of a field inside a line: lines.3.quantity."""
    return ".".join(str(part) for part in parts)
