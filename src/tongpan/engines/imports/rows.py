"""The rows of a sheet as values for a template's columns, each problem with its cell."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import islice
from typing import Any

from tongpan.engines.imports.cells import Unclear, value_of
from tongpan.engines.imports.files import Cell
from tongpan.engines.imports.headings import Headings
from tongpan.engines.imports.templates import Template
from tongpan.kernel.documents.fields import Problem


@dataclass(slots=True)
class Row:
    """A row of the sheet: `number` as the person counts, its values, and what is wrong with it.

    The path of a problem is the name of a column; `""` is the whole row.
    """

    number: int
    values: dict[str, Any]
    problems: list[Problem] = field(default_factory=list)


def rows_of(
    table: Sequence[Sequence[Cell]], headings: Headings, template: Template
) -> Iterator[Row]:
    """The rows below the headings; empty ones are left out."""
    fields = template.fields()
    below = islice(table, headings.row + 1, None)
    for number, cells in enumerate(below, start=headings.row + 2):
        if all(cell is None for cell in cells):
            continue
        row = Row(number, {})
        for position, name in headings.meant.items():
            cell = cells[position] if position < len(cells) else None
            try:
                row.values[name] = value_of(cell, fields[name])
            except Unclear as wrong:
                label = template.label(name)
                problem = {"path": name, "label": label, "code": wrong.code, **wrong.facts}
                row.problems.append(problem)
        for name, instead in template.instead.items():
            if row.values.get(name) is None:
                row.values[name] = row.values.get(instead)
        yield row


@dataclass(frozen=True, slots=True)
class SheetRows:
    """The rows of a sheet of masters, read anew on every walk through them, never all at once.

    A row that repeats the key of an earlier one has a problem: which is meant is not ours to say.
    """

    table: Sequence[Sequence[Cell]]
    headings: Headings
    template: Template

    def __bool__(self) -> bool:
        return next(iter(self), None) is not None

    def __iter__(self) -> Iterator[Row]:
        first = self.template.parts[0]
        columns = [first.take[name] for name in first.key if name in first.take]
        seen: dict[tuple[str, ...], int] = {}
        for row in rows_of(self.table, self.headings, self.template):
            key = tuple(str(row.values.get(column) or "") for column in columns)
            if all(key) and seen.setdefault(key, row.number) != row.number:
                facts = {"given": " ".join(key), "row": seen[key]}
                row.problems.append({"path": columns[0], "code": "row_repeated", **facts})
            yield row


def payload_of(row: Row, take: Mapping[str, str], given: Mapping[str, Any]) -> dict[str, Any]:
    """The values of one part of a row. An empty cell, or no column, leaves a thing as it is."""
    said = {name: row.values.get(column) for name, column in take.items()}
    return {n: v for n, v in said.items() if v is not None and str(v).strip()} | dict(given)
