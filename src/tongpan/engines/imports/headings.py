"""Which row of a sheet holds the headings, and which heading means which column.

Files of real shops have an instruction above the headings, stars behind what is required, units in
brackets, and words of their own. A guess is shown to the person, who may change it.
"""

import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from tongpan.engines.imports.files import Cell

LOOKED_THROUGH = 15  # rows in which headings are looked for
_BRACKETS = re.compile(r"[(（【\[].*?[)）】\]]")
_NOISE = re.compile(r"[\s*＊:：_\-/·.]+")


@dataclass(frozen=True, slots=True)
class Column:
    """A column that a sheet may have: its name, what it is called, whether it must be there."""

    name: str
    labels: tuple[str, ...]
    is_required: bool = False


@dataclass(frozen=True, slots=True)
class Headings:
    """Where the headings stand and what they were taken for.

    `meant` maps a position in the row to a column's name; `unknown` are headings that mean
    nothing here; `doubled` are columns that two headings claim; `missing` required ones that none
    does.
    """

    row: int
    texts: tuple[str, ...]
    meant: Mapping[int, str]
    unknown: tuple[str, ...]
    doubled: tuple[str, ...]
    missing: tuple[str, ...]


def find_headings(rows: Sequence[Sequence[Cell]], columns: Sequence[Column]) -> Headings:
    """The row that names the most columns; the first of equals."""
    candidates = [read_headings(rows, n, columns) for n in range(min(len(rows), LOOKED_THROUGH))]
    assert candidates, "A table has rows."
    return max(candidates, key=lambda found: (len(found.meant), -found.row))


def read_headings(
    rows: Sequence[Sequence[Cell]],
    row: int,
    columns: Sequence[Column],
    chosen: Mapping[int, str] | None = None,
) -> Headings:
    """What the headings of one row mean. `chosen` is what a person said, and wins."""
    texts = tuple("" if cell is None else str(cell) for cell in rows[row])
    words = {n: bare(text) for n, text in enumerate(texts)}
    meant: dict[int, str] = dict(chosen or {})
    doubled: list[str] = []
    for column in columns:
        if column.name in meant.values():
            continue
        free = [n for n, word in words.items() if word and n not in meant]
        fitting = _fitting(column, {n: words[n] for n in free})
        if fitting:
            meant[fitting[0]] = column.name
        if len(fitting) > 1:
            doubled.append(column.name)
    known = set(meant.values())
    return Headings(
        row=row,
        texts=texts,
        meant=dict(sorted(meant.items())),
        unknown=tuple(text for n, text in enumerate(texts) if text and n not in meant),
        doubled=tuple(doubled),
        missing=tuple(c.name for c in columns if c.is_required and c.name not in known),
    )


def _fitting(column: Column, words: Mapping[int, str]) -> list[int]:
    """The positions that fit best: by its own words, else by a synonym, the commonest first."""
    own = {bare(word) for word in (column.name, *column.labels)}
    exact = [n for n, word in words.items() if word in own]
    if exact:
        return exact
    for synonym in synonyms().get(column.name, ()):
        found = [n for n, word in words.items() if word == synonym]
        if found:
            return found
    return []


def bare(text: str) -> str:
    """A heading without stars, brackets, spaces and case.

    >>> bare("税率（%） *"), bare("Item Code")
    ('税率', 'itemcode')
    """
    folded = unicodedata.normalize("NFKC", text).casefold()
    return _NOISE.sub("", _BRACKETS.sub("", folded))


@cache
def synonyms() -> Mapping[str, tuple[str, ...]]:
    """Other words for a column, by its name, from the list beside this file."""
    text = (files(__package__) / "synonyms.txt").read_text(encoding="utf-8")
    return dict(_spelt(line) for line in text.splitlines() if "=" in line and line[0] != "#")


def _spelt(line: str) -> tuple[str, tuple[str, ...]]:
    name, words = line.split("=", 1)
    return name.strip(), tuple(bare(word) for word in _commas(words))


def _commas(words: str) -> Iterable[str]:
    return (word.strip() for word in words.split(","))
