"""History in words: who did what when, with every value before and after."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import timedelta
from typing import Any
from uuid import UUID

from django.db import models
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from tongpan.faces.kit import pages
from tongpan.faces.kit.derived import values
from tongpan.kernel.documents.fields import Field, references
from tongpan.kernel.documents.models import History, State
from tongpan.kernel.documents.noted import Happened, Noted, noted
from tongpan.kernel.documents.registry import DocumentType, MasterType, find_action
from tongpan.kernel.org.models import Person
from tongpan.kernel.org.scope import masked_fields, may_somewhere

DETAILS_MAX = 8
TOGETHER = timedelta(minutes=15)  # a draft saves itself every few seconds: one sitting is one line
DONE = {
    "save": gettext_lazy("saved"),
    "submit": gettext_lazy("submitted"),
    "return": gettext_lazy("returned"),
    "post": gettext_lazy("posted"),
    "reverse": gettext_lazy("reversed"),
    "amend": gettext_lazy("reversed, and drafted a copy"),
    "void": gettext_lazy("made void"),
    "comment": gettext_lazy("commented"),
    "attach": gettext_lazy("added a file"),
    "print": gettext_lazy("printed"),
    "archive": gettext_lazy("archived"),
    "restore": gettext_lazy("took back into use"),
}
VIA = {
    "api": gettext_lazy("through the API"),
    "import": gettext_lazy("from a file"),
    "job": gettext_lazy("by itself"),
    "cli": gettext_lazy("on the command line"),
}


Told = tuple[str, Field, tuple[Any, Any]]  # where, of what, and what was there before and after


def history_tab(
    declared: DocumentType | MasterType,
    subject: UUID,
    *,
    hidden: Collection[str] = (),
    lines: Sequence[Any] = (),
    known: Mapping[UUID, Any] | None = None,
    read: Noted | None = None,
) -> tuple[pages.Change, ...]:
    """The history of a document or a master row, the latest first, less what is masked.

    `known` are rows by id, and `read` is what was noted, where the page has read them already.
    """
    read = noted(subject) if read is None else read
    happened = _taken_together(read.history)
    fields = _fields(declared)
    titles = _part_titles(declared)
    positions = {str(line.pk): line.position for line in lines}
    told = [_told(row, fields, hidden, positions) for row in happened]
    named = _names(fields, happened, told, known or {}) | _part_rows(declared, happened)
    return tuple(
        _change(row, changes, fields, named, read.people, positions, titles)
        for row, changes in zip(happened, told, strict=True)
    )


def told_lines(
    declared: DocumentType | MasterType, rows: Sequence[History], *, hidden: Collection[str],
    most: int = DETAILS_MAX,
) -> dict[UUID, pages.Change]:  # fmt: skip
    """Lines of history about several documents or rows of one type, each by itself, with `most`
    details."""
    happened = [
        Happened(r.at, r.action, r.actor, r.authorised_by, r.via, r.note, r.changes) for r in rows
    ]
    fields, positions = _fields(declared), _positions(declared, rows)
    told = [_told(row, fields, hidden, positions) for row in happened]
    named = _names(fields, happened, told, {}, most) | _part_rows(declared, happened)
    people = {who for r in rows for who in (r.actor, r.authorised_by) if who is not None}
    names = dict(Person.objects.filter(pk__in=people).values_list("pk", "name"))
    titles = _part_titles(declared)
    return {
        line.pk: _change(row, changes, fields, named, names, positions, titles, most)
        for line, row, changes in zip(rows, happened, told, strict=True)
    }


def _positions(declared: DocumentType | MasterType, rows: Iterable[History]) -> dict[str, int]:
    """The number of each line of a document that these changes speak of, as far as it is there."""
    ids = {path.split(".")[1] for row in rows for path in row.changes if path.startswith("lines.")}
    line: Any = declared.line if isinstance(declared, DocumentType) else None
    if not ids or line is None:
        return {}
    found = line._base_manager.filter(pk__in=ids).values_list("pk", "position")
    return {str(pk): position for pk, position in found}


def _part_titles(declared: DocumentType | MasterType) -> dict[str, str]:
    parts = declared.parts if isinstance(declared, MasterType) else ()
    return {part.name: str(part.master.title) for part in parts}


def _part_rows(
    declared: DocumentType | MasterType, happened: Collection[Happened]
) -> dict[str, str]:
    """What the rows of parts are called of which a change speaks: by the first of their fields."""
    named: dict[str, str] = {}
    if isinstance(declared, DocumentType):
        return named
    for part in declared.parts:
        paths = (path.split(".") for row in happened for path in row.changes)
        ids = {bits[1] for bits in paths if bits[0] == part.name and len(bits) == 3}
        first = part.fields(declared)[0]
        rows = part.master.model._base_manager.filter(pk__in=ids)
        for row in rows.select_related(*([first.name] if first.target else [])):
            value = getattr(row, first.name)
            named[str(row.pk)] = values.label(value) if first.target else str(value)
    return named


def _fields(declared: DocumentType | MasterType) -> dict[str, tuple[Field, ...]]:
    if isinstance(declared, DocumentType):
        spine = tuple(values.spine_field(n) for n in ("business_date", "note", "state", "number"))
        return {"": (*declared.header_fields, *spine), "lines": declared.line_fields}
    found = {"": declared.form_fields}
    for part in declared.parts:  # as far as the person may see that kind of row
        child = part.master
        if may_somewhere(child.permission("view")):
            hidden = masked_fields(child.model, child.permission("view"))
            found[part.name] = values.without(part.fields(declared), hidden)
    return found


def _taken_together(rows: Iterable[Happened]) -> list[Happened]:
    """Saves that follow each other by one person, the latest first, as one."""
    together: list[Happened] = []
    for row in rows:
        last = together[-1] if together else None
        if (
            last is not None
            and last.action == row.action
            and row.action.endswith(".save")
            and (last.actor, last.via) == (row.actor, row.via)
            and last.at - row.at < TOGETHER
        ):
            together[-1] = replace(last, changes=_joined(row.changes, last.changes))
        else:
            together.append(row)
    return together


def _joined(
    earlier: Mapping[str, list[Any]], later: Mapping[str, list[Any]]
) -> dict[str, list[Any]]:
    joined = {path: list(change) for path, change in earlier.items()}
    for path, (before, after) in later.items():
        joined[path] = [joined[path][0] if path in joined else before, after]
    return {path: change for path, change in joined.items() if change[0] != change[1]}


def _names(
    fields: Mapping[str, tuple[Field, ...]],
    happened: Iterable[Happened],
    told: Iterable[Sequence[Told]],
    known: Mapping[UUID, Any],
    most: int = DETAILS_MAX,
) -> dict[str, str]:
    """The names of all that is shown of the changes: one statement for each kind of thing of
    which not all rows are known."""
    wanted: dict[type[models.Model], set[str]] = defaultdict(set)
    for changes in told:  # a long document has thousands, and shows the first
        for _path, of, change in changes[:most]:
            if of.target is not None:
                wanted[of.target] |= {str(v) for v in change if v}
    for row in happened:
        for path, values_of_part in row.changes.items():
            field = _field(fields, path) if _is_of_part(path) else None
            if field is not None and field.target is not None:
                wanted[field.target] |= {str(v) for v in values_of_part if v}
    named: dict[str, str] = {}
    there = {str(pk): row for pk, row in known.items()}
    for model, ids in wanted.items():
        near = [one for pk in ids if isinstance(one := there.get(pk), model)]
        named |= {str(one.pk): values.label(one) for one in near}
        if len(near) == len(ids):
            continue
        told_by = references().get(model)
        rows = model._base_manager.filter(pk__in=ids)
        rows = rows.select_related(*told_by.reach) if told_by and told_by.reach else rows
        named |= {str(row.pk): values.label(row) for row in rows}
    return named


def _field(fields: Mapping[str, tuple[Field, ...]], path: str) -> Field | None:
    group = path.partition(".")[0] if "." in path else ""
    name = path.rpartition(".")[2]
    return next((f for f in fields.get(group, ()) if f.name == name), None)


def _change(
    row: Happened,
    told: Sequence[Told],
    fields: Mapping[str, tuple[Field, ...]],
    named: Mapping[str, str],
    names: Mapping[UUID, str],
    positions: Mapping[str, int],
    titles: Mapping[str, str],
    most: int = DETAILS_MAX,
) -> pages.Change:
    verb = row.action.rpartition(".")[2]
    action = find_action(row.action)
    text = str(DONE.get(verb) or (action.title if action is not None else verb))
    if row.note:
        text = f"{text}: {row.note}"
    if row.authorised_by:
        by = names.get(row.authorised_by, "…")
        text = _("%(text)s (authorised by %(who)s)") % {"text": text, "who": by}
    person = names.get(row.actor, "…") if row.actor else _("the program")
    details = [_in_words(one, fields, named, positions) for one in told[:most]]
    of_parts = list(_part_details(row, fields, named, titles))
    details += of_parts
    count = len(told) + len(of_parts)
    if count > most:
        left = count - most + 1
        details = [*details[: most - 1], _("and %(n)s more changes") % {"n": left}]
    return pages.Change(row.at, person, text, tuple(details), str(VIA.get(row.via, "")))


def _is_of_part(path: str) -> bool:
    """Whether a change is of a row of a master's part, and not of a document's line."""
    return "." in path and not path.startswith("lines.")


def _told(
    row: Happened,
    fields: Mapping[str, tuple[Field, ...]],
    hidden: Collection[str],
    positions: Mapping[str, int],
) -> list[Told]:
    """The changes of header and lines that there is something to say of, in their order."""
    told: list[Told] = []
    for path, (before, after) in _in_order(row.changes, fields, positions):
        if _is_of_part(path):
            continue  # see `_part_details`
        field = _field(fields, path)
        if field is None or field.name in hidden or field.name == "number":
            continue
        if field.target is not None and field.target not in references():
            continue  # a link that people have no name for
        if before in (None, "") and after in (None, ""):
            continue  # nothing was there, and nothing is
        if field.name == "state" and row.action.rpartition(".")[2] in DONE:
            continue  # the verb says it
        told.append((path, field, (before, after)))
    return told


def _in_words(
    told: Told,
    fields: Mapping[str, tuple[Field, ...]],
    named: Mapping[str, str],
    positions: Mapping[str, int],
) -> str:
    path, field, (before, after) = told
    group = fields["lines"] if path.startswith("lines.") else fields[""]
    title = values.title_of(field)
    if path.startswith("lines."):
        number = positions.get(path.split(".")[1])
        title = _("line %(n)s %(field)s") % {"n": number or "…", "field": title}
    if before == after:  # personal: that it changed is kept, not what it was
        return _("%(field)s changed") % {"field": title}
    new = _word(group, field, after, named)
    if before in (None, ""):
        return f"{title} {new}"
    return f"{title} {_word(group, field, before, named)} → {new}"


def _part_details(
    row: Happened,
    fields: Mapping[str, tuple[Field, ...]],
    named: Mapping[str, str],
    titles: Mapping[str, str],
) -> Iterable[str]:
    """One text for each row of a part that came or went, and one for each change of the others."""
    rows: dict[tuple[str, str], dict[str, list[Any]]] = defaultdict(dict)
    for path, change in row.changes.items():
        group, _dot, rest = path.partition(".")
        if group in titles and group in fields:
            row_id, _dot, name = rest.partition(".")
            rows[group, row_id][name] = change
    for (group, row_id), changes in rows.items():
        known = [f for f in fields[group] if f.name in changes]
        if not known:
            continue
        words = {
            f.name: [_word(fields[group], f, value, named) for value in changes[f.name]]
            for f in known
        }
        if all(before in (None, "") for before, _after in changes.values()):
            said = [words[f.name][1] for f in known if f.kind != "flag" or changes[f.name][1]]
            yield _("%(what)s added: %(said)s") % {"what": titles[group], "said": ", ".join(said)}
        elif all(after in (None, "") for _before, after in changes.values()):
            said = [words[f.name][0] for f in known if f.kind != "flag" or changes[f.name][0]]
            told = {"what": titles[group], "said": ", ".join(said)}
            yield _("%(what)s taken away: %(said)s") % told
        else:
            what = f"{titles[group]} {named.get(row_id, '…')}"
            for f in known:
                old, new = words[f.name]
                yield f"{what}: {values.title_of(f)} {old} → {new}"


def _in_order(
    changes: Mapping[str, list[Any]],
    fields: Mapping[str, tuple[Field, ...]],
    positions: Mapping[str, int],
) -> list[tuple[str, list[Any]]]:
    """The header first, then line by line, each in the order of its fields."""
    if len(changes) < 2:
        return list(changes.items())
    order = {
        group: {field.name: place for place, field in enumerate(of)} for group, of in fields.items()
    }

    def place(change: tuple[str, list[Any]]) -> tuple[int, int, str]:
        path = change[0]
        is_line = path.startswith("lines.")
        names = order.get("lines" if is_line else "", {})
        name = path.rpartition(".")[2]
        line = positions.get(path.split(".")[1], len(positions) + 1) if is_line else 0
        return line, names.get(name, len(names)), path

    return sorted(changes.items(), key=place)


def _word(group: tuple[Field, ...], field: Field, value: Any, named: Mapping[str, str]) -> str:
    if field.kind == "state":
        return str(dict(State.choices).get(value, value))
    return values.in_words(group, field.name, value, named)
