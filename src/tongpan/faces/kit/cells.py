"""Writes a cell of a table: a page of a hundred rows asks for a thousand of them.

Plain functions instead of template includes, because an include costs more than the query.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime
from decimal import Decimal
from html import escape
from typing import Any, NamedTuple

from django.utils.html import conditional_escape, format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe

from tongpan.faces.kit import formats
from tongpan.faces.kit.pages import Cell, Column, Fact, Kind, Quantity, Row, State, Tag
from tongpan.faces.kit.shapes import icon, state_shape

EMPTY = Cell()
INDENT = "\u3000"
NEVER_MISSING = frozenset({Kind.TEXT, Kind.TAG, Kind.LINK, Kind.CODE})  # nothing is just empty


def list_rows(rows: Sequence[Row], columns: Sequence[Column], tick: str = "") -> SafeString:
    """The `<tr>` elements of a list. `tick` names the box of a row, where rows have one."""
    openings = [_opening(column) for column in columns]
    box = f'<input class="tick" type="checkbox" aria-label="{_html(tick)}" value="'
    return mark_safe(
        "".join(
            f'<tr data-id="{_html(row.id)}"{_address(row)}>'
            + (f'<td class="pick">{box}{_html(row.id)}"></td>' if tick else "")
            + _cells_of(row, openings)
            + "</tr>"
            for row in rows
        )
    )


def table_rows(rows: Sequence[Row], columns: Sequence[Column], first: int | None) -> SafeString:
    """The `<tr>` elements of a table inside a page, numbered from `first` on, if there is one."""
    openings = [_opening(column) for column in columns]
    return mark_safe(
        "".join(
            f"<tr{_address(row)}"
            + (' class="marked">' if row.is_marked else ">")
            + ("" if first is None else f'<td class="row-number num">{first + n}</td>')
            + _cells_of(row, openings)
            + "</tr>"
            for n, row in enumerate(rows)
        )
    )


def _address(row: Row) -> str:
    return f' data-url="{_html(row.url)}"' if row.url else ""


def _cells_of(row: Row, openings: "Sequence[_Opening]") -> str:
    """The `<td>` elements of a row, in the order of the columns."""
    cells = row.cells
    return "".join(
        f"{one.empty if cell.value is None else one.filled}{written(cell, one.column.kind)}</td>"
        for one in openings
        for cell in (cells.get(one.column.name, EMPTY),)
    )


class _Opening(NamedTuple):
    """How the `<td>` of a column begins, with what CSS needs to place it on a narrow screen."""

    column: Column
    filled: str
    empty: str  # of a cell without a value


BESIDE = ("state", "date", "tag")  # places on a phone that are left out when they say nothing


def _opening(column: Column) -> _Opening:
    classes = f"k-{column.kind.value}"
    classes += " num" if column.is_figure else ""
    classes += " is-quiet" if column.is_quiet else ""
    classes += " is-long" if column.is_long else ""
    place = f' data-keep="{column.keep}"' + (f' data-at="{column.at}"' if column.at else "")
    filled = f'<td class="{classes}"{place}'
    empty = f'<td class="{classes} is-none"{place}' if column.at in BESIDE else filled
    # A phone has no heads, so the sign comes along, and with it what a small figure is.
    filled += f' data-unit="{_html(column.unit)}"' if column.unit else ""
    title = ""
    is_small = column.is_figure and column.at in ("state", "date", "tag", "detail", "code")
    if (is_small or column.is_told) and column.title:
        title = f' data-title="{_html(column.title)}"'
    return _Opening(column, f"{filled}{title}>", f"{empty}{title}>")


def _html(text: object) -> str:
    """Escaped, unless it is HTML already. Cells are many, and this is quicker than `escape`."""
    is_html = getattr(text, "__html__", None)
    return str(is_html()) if is_html is not None else escape(str(text))


def total_cells(totals: Mapping[str, Cell], columns: Sequence[Column]) -> SafeString:
    """The `<td>` elements of the totals row; a column without a total stays empty."""
    return format_html_join(
        "",
        '<td class="{}" data-keep="{}"{}>{}</td>',
        (
            (
                "num" if column.is_figure else "",
                column.keep,
                # A phone has no heads, so each sum says of what it is.
                format_html(' data-title="{}"', column.title) if column.is_figure else "",
                written(totals[column.name], column.kind) if column.name in totals else "",
            )
            for column in columns
        ),
    )


def written(cell: Cell, kind: Kind) -> SafeString:
    """A cell's value in words, linked, toned, with its second text."""
    text: str = _WRITERS[kind](cell.value)
    if cell.value is None and kind in NEVER_MISSING:
        text = ""
    if cell.picture_url:
        text = f'<img class="thumb" src="{_html(cell.picture_url)}" alt="" loading="lazy">{text}'
    if cell.is_strong:
        text = f"<b>{text}</b>"
    if cell.is_struck:
        text = f'<span class="struck">{text}</span>'
    if cell.tone:
        text = f'<span class="tone-{cell.tone}">{text}</span>'
    if cell.url:
        classes = "name" if kind is Kind.CODE else "opens"
        text = f'<a class="{classes}" href="{_html(cell.url)}">{text}</a>'
    if cell.becomes is not None:
        text = f'{text} <span class="becomes">→ {_WRITERS[kind](cell.becomes)}</span>'
    if cell.depth:  # outside of the link, which would underline it
        text = f'<span class="indent">{INDENT * cell.depth}</span>{text}'
    if cell.after:
        text = f'{text} <span class="after">{_html(cell.after)}</span>'
    return SafeString(text)


def on_paper(cell: Cell, kind: Kind) -> SafeString:
    """A value as paper shows it: full dates, no links, no tints."""
    if cell.value == "":  # nothing to be said here
        return SafeString("")
    if kind is Kind.DATE:
        return SafeString(conditional_escape(formats.full_day(cell.value)))
    if kind is Kind.TIME:
        return SafeString(conditional_escape(formats.full_moment(cell.value)))
    if kind is Kind.STATE and isinstance(cell.value, State):
        return SafeString(conditional_escape(cell.value.word))
    return written(replace(cell, url="", tone=""), kind)


def paper_cells(cells: Mapping[str, Cell], columns: Sequence[Column]) -> SafeString:
    """The `<td>` elements of a printed row."""
    return format_html_join(
        "",
        '<td class="{}">{}</td>',
        (
            (
                "num" if column.is_figure else "",
                on_paper(cells[column.name], column.kind) if column.name in cells else "",
            )
            for column in columns
        ),
    )


def strip_cells(cells: Mapping[str, Cell], columns: Sequence[Column]) -> SafeString:
    """A row on a strip, which has no room for columns: what it is about, and below it each of its
    other values behind the name of its column."""
    first, *rest = columns
    told = [column for column in rest if cells.get(column.name, EMPTY).value is not None]
    return format_html(
        '<div class="line"><div>{}</div><div class="told">{}</div></div>',
        on_paper(cells[first.name], first.kind) if first.name in cells else "",
        format_html_join(
            " ",
            "<span>{} {}</span>",
            ((_titled(column), on_paper(cells[column.name], column.kind)) for column in told),
        ),
    )


def strip_totals(totals: Mapping[str, Cell], columns: Sequence[Column]) -> SafeString:
    """The sums on a strip, one below the other."""
    return format_html_join(
        "",
        '<div class="pair"><span>{}</span><span>{}</span></div>',
        (
            (_titled(column) if n else "", on_paper(totals[column.name], column.kind))
            for n, column in enumerate(columns)
            if column.name in totals
        ),
    )


def _titled(column: Column) -> str:
    return f"{column.title} {column.unit}" if column.unit else column.title


def fact_value(fact: Fact) -> SafeString:
    """A fact's value with its tag."""
    text = written(fact.cell, fact.kind) if fact.cell.value is not None else NONE
    return format_html("{} {}", text, tag(fact.tag)) if fact.tag else text


def tag(value: Tag) -> SafeString:
    """A tinted word for an exception."""
    return format_html(
        '<span class="tag tone-{}">{}{}</span>',
        value.tone,
        icon(value.icon, "small") if value.icon else "",
        value.text,
    )


def state(value: State) -> SafeString:
    """A shape, a word and a colour together."""
    return SafeString(
        f'<span class="state state-{value.code}">{state_shape(value.code, value.share)}'
        f'<span class="word">{_html(value.word)}</span></span>'
    )


def progress(share: Decimal | None, *, ends: bool = True) -> SafeString:
    """A bar and its percentage; a share of None does not apply."""
    if share is None:
        return NONE
    width = min(max(share, Decimal(0)), Decimal(1)) * 56
    return format_html(
        '<span class="bar {}"><svg aria-hidden="true"><rect width="56" height="6" rx="3"/>'
        '<rect width="{}" height="6" rx="3"/></svg><span class="num">{}</span></span>',
        "full" if ends and share >= 1 else "",
        f"{width:.1f}",
        formats.percent(share, 0),
    )


def quantity(value: Quantity | str | None) -> SafeString:
    """240 盒, or 20 箱 = 240 盒 where it was counted in another unit; a sum comes written out."""
    if value is None:
        return NONE
    if isinstance(value, str):
        return SafeString(conditional_escape(value))
    text = formats.quantity(value.amount, value.unit, value.places)
    if value.packed:
        return format_html('{} <span class="after">= {}</span>', value.packed, text)
    return SafeString(_html(text))


NONE = SafeString(f'<span class="zero">{formats.NONE}</span>')


def _plain(write: Callable[[Any], str]) -> Callable[[Any], SafeString]:
    def writer(value: Any) -> SafeString:
        if value == "":  # nothing to be said here, not even that it is missing
            return SafeString("")
        return NONE if value is None else SafeString(_html(write(value)))

    return writer


def _number(value: Decimal | int) -> str:
    exponent = Decimal(value).normalize().as_tuple().exponent
    assert isinstance(exponent, int), "A number in a cell is finite."
    return formats.number(value, max(0, -exponent))


def _day(value: date) -> str:
    return formats.day(value.date() if isinstance(value, datetime) else value)


def _money(value: Decimal | None) -> SafeString:
    """An amount; its minus stands apart, for on a phone the sign of the currency follows it."""
    text = _plain(formats.money)(value)
    if not text.startswith(formats.MINUS):
        return text
    return SafeString(f'<span class="minus">{formats.MINUS}</span>{text[1:]}')


_WRITERS: dict[Kind, Callable[[Any], SafeString]] = {
    Kind.TEXT: _plain(str),
    Kind.LINK: _plain(str),
    Kind.CODE: lambda value: (
        NONE if value is None else SafeString(f'<span class="code">{_html(value)}</span>')
    ),
    Kind.MONEY: _money,
    Kind.PRICE: _plain(formats.price),
    Kind.NUMBER: _plain(_number),
    Kind.PERCENT: _plain(lambda value: value if isinstance(value, str) else formats.percent(value)),
    Kind.DATE: _plain(_day),
    Kind.TIME: _plain(formats.moment),
    Kind.QUANTITY: quantity,
    Kind.PROGRESS: progress,
    Kind.SHARE: lambda value: progress(value, ends=False),
    Kind.CHANGE: _plain(formats.change),
    Kind.STATE: lambda value: NONE if value is None else state(value),
    Kind.TAG: lambda value: NONE if value is None else tag(value),
}
