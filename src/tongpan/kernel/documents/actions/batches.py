"""Saving and archiving many rows of master data at once: a few statements for all of them.

What a row may be is decided as when it is saved alone; only what would be asked once for each row
is asked once for all: what its references mean, which row is known, whether a value is taken.
"""

import copy
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from django.db import models
from django.db.models import prefetch_related_objects
from django.utils.translation import gettext_noop as noop

from tongpan.base import env
from tongpan.base.refusals import Forbidden, Refusal
from tongpan.kernel.companies.rows import new_row
from tongpan.kernel.documents.actions.bringing import many_at_once
from tongpan.kernel.documents.actions.parts import Parts, split
from tongpan.kernel.documents.actions.rows import (
    Row,
    changed_columns,
    history_of_row,
    quiet,
    set_values,
    taken_values,
    type_of,
    write_rows,
)
from tongpan.kernel.documents.fields import (
    Problem,
    as_id,
    missing,
    plain,
    read,
    without_questions,
)
from tongpan.kernel.documents.gate import Doing
from tongpan.kernel.documents.registry import MasterType
from tongpan.kernel.documents.sentences import say
from tongpan.kernel.documents.writing import update_all
from tongpan.kernel.org.models import OrgUnit
from tongpan.kernel.org.scope import may_somewhere

ROWS_MAX = 5000

say("row_repeated", noop("{given} stands in row {row} already."))
say("too_many_rows", noop("At most {rows_max} rows are saved at once."))


@dataclass(frozen=True, slots=True)
class Saved:
    """What became of one row: `before` and `after` hold the fields that the payload set."""

    subject: UUID
    is_new: bool
    before: Mapping[str, Any]
    after: Mapping[str, Any]


@dataclass(slots=True)
class Batch:
    """The result of `save_many`, by the place of each row in the payload.

    A place in neither was the same before. `problems` is filled only where bad rows are skipped.
    """

    saved: dict[int, Saved] = field(default_factory=dict)
    problems: dict[int, list[Problem]] = field(default_factory=dict)


def save_many(doing: Doing) -> None:
    """Make or change many rows of one type: all of them, or none.

    Payload: `rows`, each with the fields that are set, by name. A row is known by its `id`, else
    by the fields in `key`, else by its type's own key; a row that nobody knows is made. With
    `skipping`, rows with problems are left out and named in the result, which is a `Batch`. What
    would only be asked of a row by itself passes; with `asking` it is a problem of that row, unless
    it was answered for all of them.

    Errors: Refusal invalid, with every problem of every bad row; `row` counts from 1.
    """
    declared, batch = type_of(doing), Batch()
    if not may_somewhere(doing.action.permission):
        raise Forbidden("forbidden", permission=doing.action.permission)
    doing.is_permitted = True  # somewhere; `_require` asks at the unit of every row
    given = _rows_of(doing.payload)
    key = tuple(doing.payload.get("key") or (declared.key,))
    with many_at_once():
        for places in _waves(declared, given):
            _save(doing, declared, {n: given[n] for n in places}, key, batch)
    if batch.problems and not doing.payload.get("skipping"):
        raise Refusal("invalid", problems=list(_flat(batch.problems)))
    doing.result = batch
    doing.told = {
        "count": len(batch.saved),
        "new": sum(saved.is_new for saved in batch.saved.values()),
    }


def archive_many(doing: Doing) -> None:
    """Put many rows away. Payload: `ids`. Those that are archived already stay as they are."""
    declared = type_of(doing)
    ids = [found for raw in _list(doing.payload, "ids") if (found := as_id(raw))]
    rows: Any = declared.model._default_manager
    locked = rows.select_for_update(of=("self",)).filter(pk__in=ids).order_by("pk")
    active = list(locked.exclude(state="archived"))
    units = _require(doing, (declared.unit_of(row) for row in active))
    if problems := [problem for row in active for problem in declared.leaving(row)]:
        raise Refusal("invalid", problems=problems)
    action = quiet(declared, "archive")
    for row in active:
        done = Doing(action, row.pk, {}, frozenset(), None, doing.at)
        done.org_unit = units[declared.unit_of(row)]
        done.changes = {"state": [row.state, "archived"]}
        doing.along.append(done)
        row.state = "archived"
    update_all(active, ["state"])
    doing.is_permitted = True  # nothing was there to be refused
    doing.told = {"count": len(active)}
    doing.result = active


def _rows_of(payload: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    given = _list(payload, "rows")
    if len(given) > ROWS_MAX:
        raise Refusal("too_many_rows", rows_max=ROWS_MAX)
    wrong = [n for n, row in enumerate(given) if not isinstance(row, Mapping)]
    if wrong:
        problems = [{"path": f"rows.{n}", "row": n + 1, "code": "object_format"} for n in wrong]
        raise Refusal("invalid", problems=problems)
    return given


def _list(payload: Mapping[str, Any], name: str) -> list[Any]:
    given = payload.get(name)
    if not isinstance(given, list):
        raise Refusal("invalid", problems=[{"path": name, "code": "list_format"}])
    return given


def _flat(problems: Mapping[int, Sequence[Problem]]) -> Iterator[Problem]:
    for place in sorted(problems):
        for problem in problems[place]:
            yield {**problem, "path": f"rows.{place}.{problem['path']}", "row": place + 1}


def _waves(declared: MasterType, given: Sequence[Mapping[str, Any]]) -> Iterator[list[int]]:
    """The rows in their order, cut before each that names an earlier one of them, as a category
    names its parent: that one has to be there first."""
    links = [f.name for f in declared.form_fields if f.target is declared.model]
    if not links:
        yield list(range(len(given)))
        return
    wave: list[int] = []
    names: set[str] = set()
    for place, row in enumerate(given):
        if any(str(row.get(link)).strip() in names for link in links):
            yield wave
            wave, names = [], set()
        wave.append(place)
        names |= {str(row[n]).strip() for n in ("id", declared.key, "name") if row.get(n)}
    yield wave


# -- one wave -----------------------------------------------------------------------------------


def _save(
    doing: Doing,
    declared: MasterType,
    given: Mapping[int, Mapping[str, Any]],
    key: Sequence[str],
    batch: Batch,
) -> None:
    problems: dict[int, list[Problem]] = defaultdict(list)
    halves = {place: split(declared, row) for place, row in given.items()}
    rows = _read(declared, {place: own for place, (own, _) in halves.items()}, key, problems)
    for row in rows:
        if lacks := missing(declared.form_fields, row.now, path=""):
            problems[row.place] = lacks
    rows = [row for row in rows if row.place not in problems]
    parts = Parts(declared, {row.place: (row.now, halves[row.place][1]) for row in rows})
    for place, found in parts.problems.items():
        if wrong := _what_forbids(doing, found):
            problems[place] += wrong
    rows = [row for row in rows if row.place not in problems]
    for row in rows:
        row.changed = changed_columns(declared, row)
    units = _require(
        doing, (declared.unit_of(r) for row in rows for r in (row.before, row.now) if r)
    )
    rows = [row for row in rows if row.changed or parts.changes(row.place)]
    for row in rows:
        if wrong := _what_forbids(doing, declared.check(row.now, row.before)):
            problems[row.place] = wrong
    for place, problem in taken_values(declared, rows):
        problems[place].append(problem)
    rows = [row for row in rows if row.place not in problems]
    if not problems or doing.payload.get("skipping"):  # else nothing is written in the end
        write_rows(declared, [row for row in rows if row.changed], problems)
        parts.write(doing, [row.place for row in rows if row.place not in problems])
    fields = {f.name: f.attribute for f in declared.form_fields}
    action = quiet(declared, "save")
    for row in rows:
        if row.place not in problems:
            batch.saved[row.place] = _saved(row, fields, parts)
            done = Doing(action, row.now.pk, {}, frozenset(), None, doing.at)
            done.org_unit = units[declared.unit_of(row.now)]
            done.changes = history_of_row(declared, row) | parts.changes(row.place)
            doing.along.append(done)
    batch.problems.update(problems)


def _what_forbids(doing: Doing, problems: Iterable[Problem]) -> list[Problem]:
    """What stands in the way of a row: where nobody can be asked about each, only what is wrong."""
    if doing.payload.get("asking"):
        return [p for p in problems if p.get("question") not in doing.answers]
    return without_questions(problems)


def _read(
    declared: MasterType,
    given: Mapping[int, Mapping[str, Any]],
    key: Sequence[str],
    problems: dict[int, list[Problem]],
) -> list[Row]:
    """The rows with what the payload says, completed; the known ones locked."""
    payloads = [{k: v for k, v in row.items() if k != "id"} for row in given.values()]
    values, wrong = read(declared.form_fields, payloads, paths=[str(n) for n in given])
    for problem in wrong:
        place, _dot, path = problem["path"].partition(".")
        problems[int(place)].append({**problem, "path": path})
    good = [n for n in given if n not in problems]
    by_place = dict(zip(given, values, strict=True))
    ids = {n: as_id(given[n]["id"]) for n in good if given[n].get("id")}
    key_column = declared.model._meta.pk.attname
    made = {
        n: new_row(declared.model, {}, **{key_column: ids.get(n) or env.new_id()}) for n in good
    }
    for place, new in made.items():
        set_values(new, by_place[place])
    declared.complete_rows(list(made.values()))
    known = _known(declared, made, ids, key)
    rows, first = [], dict[UUID, int]()
    for place, candidate in made.items():
        now = known.get(place)
        row = Row(place, tuple(by_place[place]), candidate)
        if now is not None:
            if now.pk in first:
                facts = {"given": str(now), "row": first[now.pk] + 1}
                path = key[-1] if place not in ids else ""
                problems[place].append({"path": path, "code": "row_repeated", **facts})
                continue
            first[now.pk] = place
            row.before, row.now = copy.copy(now), now
            set_values(now, by_place[place])
        rows.append(row)
    declared.complete_rows([row.now for row in rows if not row.is_new])
    return rows


def _known(
    declared: MasterType, made: Mapping[int, Any], ids: Mapping[int, Any], key: Sequence[str]
) -> dict[int, Any]:
    """The row that each place means, by its id or by its key; those that are new are not there."""
    meta: Any = declared.model._meta
    names = [meta.get_field(name).attname for name in key]
    keys = {n: tuple(getattr(row, a) for a in names) for n, row in made.items() if n not in ids}
    condition = models.Q(pk__in=list(ids.values()))
    if keys:
        same = models.Q()
        for position, name in enumerate(names):
            wanted = {one[position] for one in keys.values()}
            if None not in wanted:  # an empty column is compared below
                same &= models.Q(**{f"{name}__in": wanted})
        condition |= same
    manager: Any = declared.model._default_manager
    found = list(manager.select_for_update(of=("self",)).filter(condition).order_by("pk"))
    links = [f.name for f in declared.form_fields if f.target is not None]
    prefetch_related_objects(found, *links)
    by_id = {row.pk: row for row in found}
    by_key = {tuple(getattr(row, a) for a in names): row for row in found}
    meant = {n: by_id.get(ids[n]) if n in ids else by_key.get(keys[n]) for n in made}
    return {n: row for n, row in meant.items() if row is not None}


def _require(doing: Doing, ids: Iterable[UUID | None]) -> dict[UUID | None, OrgUnit | None]:
    """Refuse unless the person may do this at every unit that has a row among these."""
    wanted = set(ids)
    here = doing.org_unit  # known where this is done along with something else
    units: dict[UUID | None, OrgUnit | None] = {None: None, here.pk if here else None: here}
    units |= OrgUnit.objects.in_bulk(wanted - set(units))
    for unit_id in wanted:
        doing.require(units[unit_id])
    if len(wanted) != 1:
        doing.org_unit = None
    return units


def _saved(row: Row, fields: Mapping[str, str], parts: Parts) -> Saved:
    after = {name: plain(getattr(row.now, fields[name])) for name in row.named}
    before = {n: plain(getattr(row.before, fields[n])) for n in row.named} if row.before else {}
    parts_before, parts_after = parts.pictures(row.place)
    before |= parts_before if row.before else {}
    return Saved(row.now.pk, row.is_new, before, after | parts_after)
