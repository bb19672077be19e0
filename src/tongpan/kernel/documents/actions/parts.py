"""Rows that are written with the row they belong to: an item's barcodes and units on its own form.

A payload has the whole list of a part. A row is known by its `id`, else by what is unique about it;
what is left out is archived, and what was archived before is taken back by the same name.
"""

import copy
import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from django.db.models import Q, prefetch_related_objects
from django.utils.translation import gettext_noop as noop

from tongpan.base import env
from tongpan.base.refusals import Refusal
from tongpan.kernel.documents.actions.bringing import many_at_once
from tongpan.kernel.documents.actions.rows import (
    Row,
    changed_columns,
    history_of_row,
    picture,
    set_values,
    taken_values,
    unique_columns,
    write_rows,
)
from tongpan.kernel.documents.fields import (
    Field,
    Problem,
    as_id,
    missing,
    plain,
    read,
    reference_of,
    without_questions,
)
from tongpan.kernel.documents.gate import Doing
from tongpan.kernel.documents.history import without_private
from tongpan.kernel.documents.models import History
from tongpan.kernel.documents.registry import MasterType, Part, find_action
from tongpan.kernel.documents.sentences import say
from tongpan.kernel.org.models import OrgUnit
from tongpan.kernel.org.scope import require

ROWS_MAX = 200
ENTRIES = re.compile(r"[;；\n]")
SIGNS = re.compile(r"[=＝]")

say("part_row_unknown", noop("This row does not belong here."))
say("part_row_twice", noop("The same stands in row {row} already."))
say("too_many_part_rows", noop("There is room for {rows_max} rows here."))


@dataclass(slots=True)
class _Piece:
    """One row of a part on its way: at which place of the whole, and where in the part's list."""

    place: int
    part: Part
    number: int  # counts from 1; 0 for one that is left out
    row: Row
    said: Mapping[str, Any] = field(default_factory=dict)

    def path(self, name: str) -> str:
        return ".".join(str(bit) for bit in (self.part.name, self.number, name) if bit)


@dataclass
class Parts:
    """The parts of one or several rows of a type: read and checked at once, written when told.

    `wanted` has the row and its lists for each place. `problems` are by place; their paths begin
    with the name of the part and the number of the row. With `is_readable_only` the rows they
    belong to are not right themselves, and only the values are looked at.
    """

    declared: MasterType
    wanted: Mapping[int, tuple[Any, Mapping[str, Any]]]
    is_readable_only: bool = False
    problems: dict[int, list[Problem]] = field(default_factory=lambda: defaultdict(list))
    _pieces: list[_Piece] = field(default_factory=list)
    _before: dict[tuple[int, str], list[dict[str, Any]]] = field(default_factory=dict)
    _given_up: list[tuple[int, Part, Any]] = field(default_factory=list)

    def __post_init__(self) -> None:
        with many_at_once():
            for part in self.declared.parts:
                given = {n: lists[part.name] for n, (_, lists) in self.wanted.items()
                         if part.name in lists}  # fmt: skip
                if given:
                    self._plan(part, given)
        for found in self.problems.values():
            found.sort(key=self._order)

    def _order(self, problem: Problem) -> tuple[int, int, int]:
        """As the page has them: part by part, row by row, field by field."""
        name, number, path = [*str(problem["path"]).split("."), "0", ""][:3]
        n, part = next((n, p) for n, p in enumerate(self.declared.parts) if p.name == name)
        fields = [f.name for f in part.fields(self.declared)]
        return n, int(number), fields.index(path) if path in fields else len(fields)

    # -- reading --------------------------------------------------------------------------------

    def _plan(self, part: Part, given: Mapping[int, Any]) -> None:
        child, link = part.master, part.link(self.declared)
        fields = part.fields(self.declared)
        said = [(place, n, row) for place, raw in given.items()
                for n, row in enumerate(self._rows(place, part, raw), start=1)]  # fmt: skip
        bare = [{k: v for k, v in row.items() if k != "id"} for _, _, row in said]
        values, wrong = read(fields, bare, paths=[f"{p}.{part.name}.{n}" for p, n, _ in said])
        for problem in wrong:
            at, _dot, path = str(problem["path"]).partition(".")
            self.problems[int(at)].append({**problem, "path": path})
        if self.is_readable_only:
            return
        there = self._there(child, link, given)
        for place, rows in there.items():
            active = [row for row in rows if row.state == "active"]
            self._before[place, part.name] = [_told(part, self.declared, row) for row in active]
        pieces = self._known(part, said, values, there)
        kept = {piece.row.now.pk for piece in pieces}
        gone = {row.pk: row for rows in there.values() for row in rows
                if row.state == "active" and row.pk not in kept}  # fmt: skip
        self._find_elsewhere(part, pieces, gone)
        self._settle(part, link, pieces)
        self._leave_out(part, there, gone)

    def _rows(self, place: int, part: Part, raw: Any) -> list[Mapping[str, Any]]:
        rows = unspelled(part, raw) if isinstance(raw, str) and part.cell else raw
        if not isinstance(rows, Sequence) or isinstance(rows, str | bytes):
            self.problems[place].append({"path": part.name, "code": "list_format"})
            return []
        if len(rows) > ROWS_MAX:
            facts = {"path": part.name, "rows_max": ROWS_MAX}
            self.problems[place].append({"code": "too_many_part_rows", **facts})
            return []
        wrong = [n for n, row in enumerate(rows, start=1) if not isinstance(row, Mapping)]
        for n in wrong:
            self.problems[place].append({"path": f"{part.name}.{n}", "code": "object_format"})
        return [] if wrong else list(rows)

    def _there(self, child: MasterType, link: Field, given: Iterable[int]) -> dict[int, list[Any]]:
        """Every row of the part that belongs to one of the places, locked, also archived ones."""
        place_of = {self.wanted[place][0].pk: place for place in given}
        manager: Any = child.model._base_manager
        rows = manager.select_for_update(of=("self",)).filter(
            **{f"{link.attribute}__in": list(place_of)}
        )
        found = list(rows.order_by("pk"))
        links = [f.name for f in child.form_fields if f.target is not None and f is not link]
        prefetch_related_objects(found, *links)
        there: dict[int, list[Any]] = {place: [] for place in given}
        for row in found:
            place = place_of[getattr(row, link.attribute)]
            setattr(row, link.name, self.wanted[place][0])
            there[place].append(row)
        return there

    # -- what each row means --------------------------------------------------------------------

    def _known(
        self,
        part: Part,
        said: Sequence[tuple[int, int, Mapping[str, Any]]],
        values: Sequence[Mapping[str, Any]],
        there: Mapping[int, Sequence[Any]],
    ) -> list[_Piece]:
        """The rows as they shall be: those there by id or by what is unique, the rest as new."""
        child, link = part.master, part.link(self.declared)
        made = []
        for (place, _n, _row), value in zip(said, values, strict=True):
            new = child.model(pk=env.new_id())
            setattr(new, link.name, self.wanted[place][0])
            set_values(new, value)
            made.append(new)
        broken = self._broken_rows(part)
        sound = [new for (p, n, _), new in zip(said, made, strict=True) if (p, n) not in broken]
        child.complete_rows(sound)
        by_id = {(place, row.pk): row for place, rows in there.items() for row in rows}
        by_name = {(place, name): row for place, rows in there.items() for row in rows
                   for name in _names(child, row)}  # fmt: skip
        taken: dict[UUID, int] = {}
        pieces: list[_Piece] = []
        for (place, number, raw), new, value in zip(said, made, values, strict=True):
            if (place, number) in broken:
                continue
            path = f"{part.name}.{number}"
            if raw.get("id"):
                now = by_id.get((place, as_id(raw["id"])))
                if now is None:
                    self.problems[place].append({"path": path, "code": "part_row_unknown"})
                    continue
            else:
                found = (by_name.get((place, name)) for name in _names(child, new))
                now = next((row for row in found if row is not None), None)
            if now is not None and now.pk in taken:
                facts = {"path": path, "row": taken[now.pk]}
                self.problems[place].append({"code": "part_row_twice", **facts})
                continue
            row = Row(len(pieces), tuple(value), new)
            if now is not None:
                taken[now.pk] = number
                row.before, row.now = copy.copy(now), now
            pieces.append(_Piece(place, part, number, row, value))
        return pieces

    def _broken_rows(self, part: Part) -> set[tuple[int, int]]:
        paths = ((place, str(problem["path"]).split(".")) for place, found in self.problems.items()
                 for problem in found)  # fmt: skip
        return {(place, int(bits[1])) for place, bits in paths
                if bits[0] == part.name and len(bits) > 1}  # fmt: skip

    def _find_elsewhere(self, part: Part, pieces: Sequence[_Piece], gone: dict[UUID, Any]) -> None:
        """What is new here may be archived somewhere, or be given up by another in the same
        moment: then it is that row, which moves."""
        child, link = part.master, part.link(self.declared)
        place_of = {row.pk: place for place, (row, _lists) in self.wanted.items()}
        new = {name: piece for piece in pieces if piece.row.is_new
               for name in _names(child, piece.row.now)}  # fmt: skip
        if not new:
            return
        free = {name: row for row in gone.values() for name in _names(child, row)}
        for name, row in _unused(child, link, [p.row.now for p in new.values()]).items():
            free.setdefault(name, row)
        for name, piece in new.items():
            found = free.get(name)
            if found is not None and piece.row.is_new:
                if gone.pop(found.pk, None) is not None:
                    place = place_of[getattr(found, link.attribute)]
                    self._given_up.append((place, part, copy.copy(found)))
                piece.row.before, piece.row.now = copy.copy(found), found

    def _settle(self, part: Part, link: Field, pieces: Sequence[_Piece]) -> None:
        """Give every row its values, and find what is wrong with it alone and among the others."""
        child = part.master
        for piece in pieces:
            if piece.row.before is not None:
                now = piece.row.now
                setattr(now, link.name, self.wanted[piece.place][0])
                set_values(now, piece.said)
                now.state = "active"
        child.complete_rows([p.row.now for p in pieces if p.row.before is not None])
        for piece in pieces:
            if lacks := missing(part.fields(self.declared), piece.row.now, path=""):
                self._note(piece, lacks)
        broken = self._broken_rows(part)
        sound = [p for p in pieces if (p.place, p.number) not in broken]
        if not broken:
            for place in dict.fromkeys(p.place for p in sound):
                mine = [p for p in sound if p.place == place]
                for problem in part.together([p.row for p in mine]):
                    piece = mine[int(problem.pop("place"))]
                    self._note(piece, [problem])
        for piece in sound:
            piece.row.changed = _changed(child, piece.row)
        sound = [p for p in sound if p.row.changed]
        for piece in sound:
            self._note(piece, child.check(piece.row.now, piece.row.before))
        by_place = {p.row.place: p for p in sound}
        for place, problem in taken_values(child, [p.row for p in sound]):
            self._note(by_place[place], [problem])
        self._pieces += sound

    def _note(self, piece: _Piece, problems: Iterable[Problem]) -> None:
        for problem in problems:
            path = piece.path(str(problem["path"]))
            self.problems[piece.place].append({**problem, "path": path})

    def _leave_out(
        self, part: Part, there: Mapping[int, Sequence[Any]], gone: Mapping[UUID, Any]
    ) -> None:
        """Rows that the list does not name any more are put away, before others take their name."""
        left = []
        for place, rows in there.items():
            for row in rows:
                if row.pk in gone:
                    before = copy.copy(row)
                    row.state = "archived"
                    one = Row(-1, (), row, before, frozenset({"state"}))
                    left.append(_Piece(place, part, 0, one))
                    for problem in part.master.leaving(before):
                        self.problems[place].append({**problem, "path": part.name})
        self._pieces += left

    # -- writing --------------------------------------------------------------------------------

    def changes(self, place: int) -> dict[str, list[Any]]:
        """What the history of the whole says about its parts: each value before and after."""
        found: dict[str, list[Any]] = {}
        for part, row, changed in self._changes_at(place):
            paths = {f"{part.name}.{row.pk}.{name}": pair for name, pair in changed.items()}
            found |= without_private(part.master.model, paths)
        return found

    def _changes_at(self, place: int) -> Iterator[tuple[Part, Any, dict[str, list[Any]]]]:
        """A row that came is told as new, one that went by what it was."""
        for piece in self._pieces:
            if piece.place == place:
                part, before, now = piece.part, piece.row.before, piece.row.now
                link = part.link(self.declared).attribute
                is_here = before is not None and before.state == "active"
                if piece.number == 0:
                    told = {n: [v, None] for n, v in self._told_of(part, now).items()}
                elif not is_here or getattr(before, link) != getattr(now, link):
                    told = {n: [None, v] for n, v in self._told_of(part, now).items()}
                else:
                    told = history_of_row(part.master, piece.row)
                yield part, now, told
        for at, part, row in self._given_up:
            if at == place:
                yield part, row, {n: [v, None] for n, v in self._told_of(part, row).items()}

    def _told_of(self, part: Part, row: Any) -> dict[str, Any]:
        link = part.link(self.declared).name
        said = picture(part.master, row).items()
        return {n: v for n, v in said if n != link and v not in (None, "")}

    def write(self, doing: Doing, places: Iterable[int]) -> None:
        """Write the parts of these places, each as itself: with permission, history and event.

        Errors: Forbidden; Refusal invalid where somebody took a value meanwhile.
        """
        wanted = set(places)
        for part in self.declared.parts:
            child = part.master
            pieces = [p for p in self._pieces if p.part is part and p.place in wanted]
            if not pieces:
                continue
            action = find_action(child.permission("save"))
            assert action is not None, "Every master type has it."
            for piece in pieces:
                rows = [row for row in (piece.row.before, piece.row.now) if row is not None]
                units = [_unit(child.unit_of(row)) for row in rows]
                for unit in units:
                    require(action.permission, unit)
                done = Doing(action, piece.row.now.pk, {}, frozenset(), None, doing.at)
                done.org_unit, done.told = units[-1], {"is_new": piece.row.is_new}
                done.changes = history_of_row(child, piece.row)
                if piece.number == 0:
                    done.changes = {"state": ["active", "archived"]}
                doing.along.append(done)
            self._write(child, pieces)

    def _write(self, child: MasterType, pieces: Sequence[_Piece]) -> None:
        gone = [p for p in pieces if p.number == 0]
        for stretch in (gone, [p for p in pieces if p.number]):
            found: dict[int, list[Problem]] = defaultdict(list)
            for n, piece in enumerate(stretch):
                piece.row.place = n
            write_rows(child, [p.row for p in stretch], found)
            for n, problems in found.items():
                self._note(stretch[n], problems)
        problems = [p for place in sorted(self.problems) for p in self.problems[place]]
        if wrong := without_questions(problems):  # what only asks was answered before writing
            raise Refusal("invalid", problems=wrong)

    def pictures(self, place: int) -> tuple[dict[str, Any], dict[str, Any]]:
        """The lists of a place before and after, as an undone import gives them back."""
        before: dict[str, Any] = {}
        after: dict[str, Any] = {}
        row, lists = self.wanted[place]
        for part in self.declared.parts:
            if part.name in lists and any(part is p for p, _, _ in self._changes_at(place)):
                before[part.name] = self._before[place, part.name]
                after[part.name] = rows_told(part, self.declared, row)
        return before, after


# -- reading a payload --------------------------------------------------------------------------


def split(
    declared: MasterType, payload: Mapping[str, Any]
) -> tuple[dict[str, Any], dict[str, Any]]:
    """A payload as its own fields and the lists of its parts."""
    names = {part.name for part in declared.parts}
    own = {name: value for name, value in payload.items() if name not in names}
    return own, {n: v for n, v in payload.items() if n in names and v is not None}


def unspelled(part: Part, text: str) -> list[dict[str, Any]]:
    """The rows that a cell of a sheet spells: 箱=24；提=6. What follows no sign is left empty."""
    rows = []
    for entry in ENTRIES.split(text):
        if entry.strip():
            bits = [bit.strip() for bit in SIGNS.split(entry, maxsplit=len(part.cell) - 1)]
            bits += [""] * (len(part.cell) - len(bits))
            rows.append({name: bit or None for name, bit in zip(part.cell, bits, strict=True)})
    return rows


def spelled(part: Part, rows: Iterable[Any]) -> str:
    """Rows of a part as a cell of a sheet, which is read as the same rows again."""
    fields = {f.name: f for f in part.master.form_fields}

    def word(row: Any, name: str) -> str:
        linked = fields[name].target
        value = getattr(row, name)
        if linked is not None:
            return reference_of(linked).code(value) if value is not None else ""
        return "" if value is None else str(plain(value))

    return "；".join("=".join(word(row, name) for name in part.cell) for row in rows)


def rows_of(part: Part, whole: MasterType, ids: Iterable[UUID]) -> dict[UUID, list[Any]]:
    """The rows of a part that are in use, by the row they belong to, in their order."""
    link = part.link(whole)
    links = [f.name for f in part.fields(whole) if f.target is not None]
    found: dict[UUID, list[Any]] = defaultdict(list)
    rows: Any = part.master.model._base_manager
    wanted = {f"{link.attribute}__in": list(ids), "state": "active"}
    for row in rows.filter(**wanted).select_related(*links).order_by(*part.order):
        found[getattr(row, link.attribute)].append(row)
    return found


def rows_told(part: Part, whole: MasterType, row: Any) -> list[dict[str, Any]]:
    """The rows of a part as plain values, by which a change is recognised and taken back."""
    found = rows_of(part, whole, [row.pk]).get(row.pk, [])
    return [_told(part, whole, one) for one in sorted(found, key=lambda one: one.pk)]


def values_now(declared: MasterType, row: Any, names: Iterable[str]) -> dict[str, Any]:
    """What a row holds now, its parts too, as plain values by the names of fields and parts."""
    attributes = {f.name: f.attribute for f in declared.form_fields}
    parts = {part.name: part for part in declared.parts}
    return {
        n: rows_told(parts[n], declared, row) if n in parts else plain(getattr(row, attributes[n]))
        for n in names
    }


def _told(part: Part, whole: MasterType, row: Any) -> dict[str, Any]:
    fields = part.fields(whole)
    return {"id": str(row.pk)} | {f.name: plain(getattr(row, f.attribute)) for f in fields}


def version_in(declared: MasterType, row_id: UUID) -> int:
    """How often a row or one of its parts was changed: whoever saw another version saw less."""
    about = Q(subject=row_id)
    for part in declared.parts:
        rows: Any = part.master.model._base_manager
        of_row = rows.filter(**{part.link(declared).attribute: row_id})
        about |= Q(subject__in=list(of_row.values_list("pk", flat=True)))
    return int(History.objects.filter(about).count())


# -- what is unique -----------------------------------------------------------------------------


def _names(child: MasterType, row: Any) -> Iterator[tuple[Any, ...]]:
    """What a row is called by: the values of each set of columns that is unique."""
    for columns, nulls_are_alike in unique_columns(child.model._meta):
        values = tuple(getattr(row, column) for column in columns)
        if nulls_are_alike or not any(value in (None, "") for value in values):
            yield columns, values


def _unused(child: MasterType, link: Field, rows: Sequence[Any]) -> dict[tuple[Any, ...], Any]:
    """Rows in no use, by the names that these rows would have: archived, or of what is."""
    same = Q(pk__in=[])
    for row in rows:
        for columns, values in _names(child, row):
            same |= Q(**dict(zip(columns, values, strict=True)))
    manager: Any = child.model._base_manager
    unused = Q(state="archived") | Q(**{f"{link.name}__state": "archived"})
    found = manager.select_for_update(of=("self",)).filter(same & unused).order_by("pk")
    return {name: row for row in found for name in _names(child, row)}


def _changed(child: MasterType, row: Row) -> frozenset[str]:
    changed = changed_columns(child, row)
    if row.before is not None and row.before.state != row.now.state:
        changed |= {"state"}
    return changed


def _unit(unit_id: UUID | None) -> OrgUnit | None:
    return OrgUnit.objects.get(pk=unit_id) if unit_id else None
