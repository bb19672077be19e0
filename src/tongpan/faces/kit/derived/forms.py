"""The form of a draft: the document page in edit state, and what a POST of it means."""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any
from uuid import NAMESPACE_URL, UUID, uuid5

from django.http import QueryDict
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop as noop

from tongpan.base import env
from tongpan.base.numbers import ZERO
from tongpan.base.refusals import Refusal
from tongpan.faces.kit import formats, pages
from tongpan.faces.kit.derived import addresses, values
from tongpan.faces.kit.derived.documents import deeds, next_steps, position, quantity_sum
from tongpan.faces.kit.derived.listing import hidden_fields
from tongpan.faces.kit.derived.postings import unknown_yet
from tongpan.faces.kit.derived.tabs import Hung, tabs, timeline
from tongpan.kernel.documents.fields import Field, marks_in, plain, read, references
from tongpan.kernel.documents.models import Document, State
from tongpan.kernel.documents.registry import DocumentType
from tongpan.kernel.documents.sentences import say, sentence
from tongpan.kernel.documents.showing import LineFacts, LineWords, Text
from tongpan.kernel.org.models import business_date
from tongpan.kernel.org.scope import may, who

SPINE = ("business_date", "note")
FIELD_KINDS: dict[str, pages.FieldKind] = {
    "text": "text", "note": "note", "choice": "choice", "flag": "choice", "integer": "quantity",
    "date": "date", "quantity": "quantity", "money": "money", "price": "money",
    "decimal": "quantity", "reference": "search",
}  # fmt: skip
LINES_MAX = 2000  # a longer draft is read, posted or put away, but not written on a page
LINES_GIVEN_MAX = 50  # by a page that leads to a new draft

say(
    "too_many_lines",
    noop("A form takes {most} lines at most, and kept none of this: bring it in by a sheet."),
)

# A form that a type has of its own: it is made of the usual one, and what it sends is read as that.
Dress = Callable[[Any, pages.FormPage], pages.FormPage]
Undress = Callable[[UUID, QueryDict], QueryDict]


def form_page(
    declared: DocumentType,
    body: Any,
    *,
    problems: Iterable[Mapping[str, Any]] = (),
    problem: pages.ErrorPanel | None = None,
) -> pages.FormPage:
    """A draft that is being written. A new one has an empty tab, which its first save fills."""
    document = body.document
    is_saved = document.version > 0
    hung = Hung.of(declared, body) if is_saved else None
    primary, actions, more = deeds(declared, body, (), is_form=True)
    note = _("Saved at %(time)s") % {"time": formats.clock(document.changed_at)}
    dress: Dress = declared.screens.get("dress_form", lambda body, page: page)
    page = pages.FormPage(
        title=str(declared.title),
        save_url=addresses.save_document(declared.code, document.pk),
        proposes_by=declared.screens.get("propose_by", ""),
        has_proposed=any(line._state.adding for line in body.lines),
        are_owned=declared.screens.get("are_owned", False),
        fields=tuple(header(declared, body)),
        number=document.number or "",
        state=values.state(document),
        version=document.version,
        saved_note=note if is_saved else _("Saves itself as you write"),
        grid=edit_grid(declared, body),
        back_url=addresses.documents(declared),
        help=pages.Help(str(declared.help)) if declared.help else None,
        position=position(declared, hung.around) if hung else None,
        timeline=timeline(
            declared,
            document,
            next_steps=next_steps(declared),
            people=hung.noted.people if hung is not None else None,
        ),
        tabs=tabs(declared, body, hung) if hung is not None else pages.Tabs(postings=unknown_yet()),
        primary=primary,
        actions=actions,
        more=more if is_saved else (),
        print_url=addresses.paper(declared.code, document.pk) if is_saved else "",
        problem=problem,
        problems=tuple(shown_problems((*problems, *getattr(body, "doubts", ())))),
    )
    return dress(body, page)


def new_body(declared: DocumentType, document_id: UUID, given: Mapping[str, str]) -> Any:
    """An empty draft where the person is, not yet kept; the type may fill in what is usual, and a
    page that leads here what it knows: `place=…`, `lines.0.item=…`. What cannot be read is left
    out."""
    unit = who().at
    if unit is None or not may(declared.permission("save"), unit):
        raise Refusal("not_found")
    now = env.now()
    document = Document(
        id=document_id,
        type=declared.code,
        org_unit=unit,
        business_date=business_date(unit, now),
        created_at=now,
        created_by=who().person,
        changed_at=now,
        version=0,
    )
    body = declared.body(document=document)
    body.lines = []
    begin = declared.screens.get("begin")
    if begin is not None:
        for name, value in begin(unit).items():
            setattr(body, name, value)
    fields = values.without(declared.header_fields, hidden_fields(declared))
    said = {f.name: given[f.name] for f in fields if f.name in given}
    (row,), _problems = read(fields, [said], paths=[""])
    for name, value in row.items():
        if value is not None:
            setattr(body, name, value)
    body.lines = list(_lines_given(declared, body, given))
    propose_lines(declared, body)
    return body


def _lines_given(declared: DocumentType, body: Any, given: Mapping[str, str]) -> Iterable[Any]:
    if declared.line is None:
        return
    fields = values.without(declared.line_fields, hidden_fields(declared))
    names = {field.name for field in fields}
    rows = [{n: text for n, text in row.items() if n in names} for _at, row in rows_in(given)][
        :LINES_GIVEN_MAX
    ]
    read_rows, _problems = read(fields, rows, paths=[""] * len(rows))
    for place, row in enumerate((row for row in read_rows if row), start=1):
        yield declared.line(document=body.document, position=place, **row)


def propose_lines(declared: DocumentType, body: Any) -> None:
    """Put the lines that the type proposes onto a draft that has none. They are not kept yet."""
    propose = declared.screens.get("propose")
    if propose is not None and not body.lines:
        body.lines = list(propose(body))
        for position, line in enumerate(body.lines, start=1):
            line.position = position
        if body.lines:
            declared.complete(body)  # what posting would move is worked out from them


# -- fields ------------------------------------------------------------------------------------


def header(declared: DocumentType, body: Any) -> Iterable[pages.Field]:
    """The fields of the header that the person may see, then day and note. A type that
    `dates_itself` works the day out of its fields, and nobody writes it."""
    if declared.screens.get("names_unit"):
        yield pages.Field("org_unit", _("Org unit"), "output", value=body.document.org_unit.name)
    for field in values.without(declared.header_fields, hidden_fields(declared)):
        yield _field(field, body)
    document = body.document
    if not declared.screens.get("dates_itself"):  # what else is said says the day
        day = document.business_date.isoformat()
        yield pages.Field("business_date", _("Business date"), "date", value=day, is_required=True)
    yield pages.Field("note", _("Note"), "note", value=document.note)


def kind_of(field: Field) -> pages.FieldKind:
    """How a field is written in a form."""
    return "several" if field.among is not None else FIELD_KINDS[field.kind]


def _field(field: Field, row: Any, **more: Any) -> pages.Field:
    value = values.raw(field, row)
    shown = ""
    if field.target is not None and value:
        shown = values.label(getattr(row, field.name))
    return pages.Field(
        name=field.name,
        title=values.title_of(field),
        kind=kind_of(field),
        value=value,
        shown=shown,
        choices=choices(field, value),
        search_url=addresses.pick(field.target, field.name) if field.target is not None else "",
        places=values.places_of(field.step),
        hint=str(field.help),
        is_required=field.is_required,
        is_figure=field.kind in ("quantity", "money", "price", "decimal", "integer"),
        **more,
    )


def choices(field: Field, value: str = "") -> tuple[pages.Choice, ...]:
    """What may be chosen, with nothing first where nothing may be chosen too. Of several, with
    those of the `value` ticked, also what there was when it was chosen and is no more."""
    if field.kind == "flag":
        return (pages.Choice("0", _("no")), pages.Choice("1", _("yes")))
    if field.among is not None:
        held, offered = marks_in(field, value), dict(field.among())
        names = offered | {mark: mark for mark in held if mark not in offered}
        return tuple(pages.Choice(m, str(name), is_chosen=m in held) for m, name in names.items())
    if field.kind != "choice":
        return ()
    found = tuple(pages.Choice(str(v), str(words)) for v, words in field.choices if v != "")
    return found if field.is_required else (pages.Choice("", "—"), *found)


# -- lines -------------------------------------------------------------------------------------


def line_facts(declared: DocumentType) -> LineFacts | None:
    found: LineFacts | None = declared.screens.get("line_facts")
    return found


def _line_words(declared: DocumentType, body: Any) -> LineWords | None:
    """The words about each line that a form tells while it is written."""
    words: LineWords | None = declared.screens.get("line_words")
    return words if words is not None and words.is_asked and words.is_asked(body) else None


def fixed_columns(declared: DocumentType) -> tuple[str, ...]:
    """Columns that come from the document this one follows, and are not written here."""
    return tuple(declared.screens.get("fixed", ()))


def written_columns(declared: DocumentType) -> tuple[Field, ...]:
    """The columns that a person writes, less those that are masked for them."""
    fixed = fixed_columns(declared)
    shown = values.without(declared.line_fields, hidden_fields(declared))
    return tuple(f for f in shown if f.name not in fixed)


def edit_grid(declared: DocumentType, body: Any) -> pages.EditGrid | None:
    """The lines of the draft, for keyboard and scanner."""
    if declared.line is None:
        return None
    facts = line_facts(declared)
    words = _line_words(declared, body)
    columns = tuple(_grid_columns(declared, body, facts, words))
    told = facts_of_lines(declared, body)
    rows = tuple(
        pages.EditRow(
            str(line.pk),
            _row_fields(declared, columns, line, told, words.of(body, line) if words else ""),
        )
        for line in body.lines
    )
    on_page = {column.name for column in columns}
    written = [f.name for f in written_columns(declared) if f.name in on_page]
    by = facts.by if facts else ""
    counted = [f.name for f in written_columns(declared) if f.kind == "quantity"]
    can_scan = by in written
    pick = addresses.pick_for_line(declared.code, body.document.pk, by) if can_scan else ""
    return pages.EditGrid(
        name="lines",
        columns=columns,
        rows=rows,
        scan_url=pick,
        item_column=by or (written[0] if written else "item"),
        count_column=counted[0] if counted else "",
        paste=tuple(written),
        totals=_totals(declared, body),
        is_fixed=bool(fixed_columns(declared)),
        note=str(declared.screens.get("lines_note", lambda body: "")(body)),
    )


def _grid_columns(
    declared: DocumentType, body: Any, facts: LineFacts | None, words: LineWords | None
) -> Iterable[pages.Field]:
    written = {f.name for f in written_columns(declared)}
    shown = values.without(declared.line_fields, hidden_fields(declared))
    for field in shown:
        if field.target is not None and field.target not in references():
            continue  # a link that people have no name for
        if field.name not in written and all(not values.raw(field, n) for n in body.lines):
            continue  # nothing came with the document that this one follows
        if not field.is_in_use() and all(not values.raw(field, n) for n in body.lines):
            continue  # nobody here needs it
        title = values.title_of(field)
        if field.name not in written:
            is_figure = field.kind == "quantity"
            yield pages.Field(
                field.name, title, "output", is_figure=is_figure, is_wide=not is_figure
            )
        elif facts is not None and field.name in facts.choices:
            yield pages.Field(field.name, title, "unit")
        else:
            yield _column(declared, body, field, facts)
    if facts is not None:
        hidden = facts.hides()
        for name, heading in facts.columns:
            if name in hidden:
                continue
            yield pages.Field(name, str(heading), "output", is_figure=name not in facts.words)
    if words is not None:
        yield pages.Field("words", str(words.title), "output", is_wide=True)
    for field in _summed_fields(declared):
        yield pages.Field(field.name, values.title_of(field), "output", is_figure=True)


def _summed_fields(declared: DocumentType) -> tuple[Field, ...]:
    """What each line comes to: the last of the amounts that are told and known before posting."""
    told = (f for f in declared.told_fields if f.kind == "money")
    money = [f for f in told if f.name not in declared.frozen]
    return values.without(money[-1:], hidden_fields(declared))


def _column(
    declared: DocumentType, body: Any, field: Field, facts: LineFacts | None
) -> pages.Field:
    assert declared.line is not None
    empty = declared.line(document=body.document)
    column = _field(field, empty, is_wide=field.target is not None)
    if facts is not None and field.name == facts.by:
        address = addresses.pick_for_line(declared.code, body.document.pk, field.name)
        return replace(column, search_url=address)
    return column


def _row_fields(
    declared: DocumentType,
    columns: Sequence[pages.Field],
    line: Any,
    told: Mapping[UUID, Mapping[str, Any]],
    said: Text,
) -> dict[str, pages.Field]:
    known = {f.name: f for f in (*declared.line_fields, *declared.told_fields)}
    facts = line_facts(declared)
    beside = told.get(getattr(line, f"{facts.by}_id"), {}) if facts else {}
    fields: dict[str, pages.Field] = {}
    for column in columns:
        field = known.get(column.name)
        if column.kind == "unit" and field is not None:
            options = tuple(
                pages.Choice(o["value"], o["title"]) for o in beside.get(column.name, ())
            )
            value = values.raw(field, line) or _base_unit(line, options)
            fields[column.name] = replace(column, value=value, choices=options)
        elif column.kind == "output" and field is not None:
            fields[column.name] = replace(column, value=_output(field, line))
        elif column.kind == "output":
            text = said if column.name == "words" else beside.get(column.name, "")
            fields[column.name] = replace(column, value=str(text))
        elif field is not None:
            named = getattr(line, field.name) if field.target is not None else None
            shown = values.label(named) if named is not None else ""
            fields[column.name] = replace(column, value=values.raw(field, line), shown=shown)
    return fields


def _base_unit(line: Any, options: Sequence[pages.Choice]) -> str:
    """What a line without a unit counts in, whichever unit is offered first."""
    base = str(getattr(getattr(line, "item", None), "base_unit_id", ""))
    return next((o.value for o in options if o.value == base), options[0].value if options else "")


def _output(field: Field, line: Any) -> str:
    value = getattr(line, field.attribute)
    if value is None:
        return ""
    if field.target is not None:
        return values.label(getattr(line, field.name))
    if field.kind == "quantity":
        unit = values.unit_beside(line)
        places = values.places_of(unit.step) if unit else 0
        return formats.quantity(value, unit.name if unit else "", places)
    if field.kind == "money":
        return formats.money(value)
    return str(plain(value))


def facts_of_lines(declared: DocumentType, body: Any) -> Mapping[UUID, Mapping[str, Any]]:
    """What stands beside the lines, for every row that they name."""
    facts = line_facts(declared)
    if facts is None:
        return {}
    rows = {r.pk: r for line in body.lines if (r := getattr(line, facts.by)) is not None}
    return facts.of(body, list(rows.values())) if rows else {}


def _totals(declared: DocumentType, body: Any) -> dict[str, str]:
    totals = {
        f.name: quantity_sum(f, body.lines)
        for f in values.without(declared.line_fields, hidden_fields(declared))
        if f.kind == "quantity"
    }
    unsummed = declared.screens.get("unsummed", ())  # as they stand for both sides of something
    money = (f for f in written_columns(declared) if f.kind == "money")
    written = tuple(f for f in money if f.name not in unsummed)
    for field in (*written, *_summed_fields(declared)):
        amounts = [getattr(line, field.name) for line in body.lines]
        if any(amount is not None for amount in amounts):
            total = sum((a for a in amounts if a is not None), ZERO)
            totals[field.name] = formats.money(total, body.document.currency)
    return {name: text for name, text in totals.items() if text}


# -- what was posted ---------------------------------------------------------------------------


@dataclass(frozen=True)
class Written:
    """A form as it was sent: the payload of the action, and where each line stood on the page."""

    payload: dict[str, Any]
    version: int | None
    indexes: tuple[str, ...]  # of the lines, in the order of the payload
    line_ids: dict[str, str]  # ids given to new lines, by the index that they had on the page


def read_form(declared: DocumentType, document_id: UUID, sent: QueryDict) -> Written:
    """The payload of a save out of a form. Fields that were not on the page are not in it.

    A new line gets an id made from the draft, the version and its place, so that the same form
    sent twice makes the same line.

    Errors: Refusal too_many_lines; to leave some out would take them away.
    """
    undress: Undress = declared.screens.get("undress_form", lambda _id, sent: sent)
    hidden = hidden_fields(declared)
    fields = values.without(declared.header_fields, hidden)
    sent = with_ticked(fields, undress(document_id, sent))
    version = sent.get("version", "")
    payload: dict[str, Any] = {
        "header": {f.name: sent.get(f.name) or None for f in fields if f.name in sent}
    }
    for name in SPINE:
        if name in sent:
            payload[name] = sent[name]
    rows = rows_in(sent, "lines")
    if len(rows) > LINES_MAX:
        raise Refusal("too_many_lines", most=formats.number(LINES_MAX))
    new: dict[str, str] = {}
    lines: list[dict[str, Any]] = []
    indexes: list[str] = []
    names = [f.name for f in written_columns(declared)]
    for index, row in rows:
        cells = {name: row[name] or None for name in names if name in row}
        line_id = row.get("id", "")
        if not line_id:
            if not any(cells.values()):
                continue
            line_id = new[index] = str(uuid5(NAMESPACE_URL, f"{document_id}/{version}/{index}"))
        lines.append({"id": line_id, **cells})
        indexes.append(index)
    if declared.line is not None:
        payload["lines"] = lines
    return Written(payload, int(version) if is_number(version) else None, tuple(indexes), new)


def with_ticked(fields: Iterable[Field], sent: QueryDict) -> QueryDict:
    """What a form sends, with the text of each field of several, whose boxes come one by one."""
    several = [field for field in fields if field.among is not None and f"{field.name}:" in sent]
    if not several:  # a form with thousands of cells is not copied for nothing
        return sent
    found = sent.copy()
    for field in several:
        ticked = (str(sent[box]) for box in sent if box.startswith(f"{field.name}:"))
        found[field.name] = field.between.join(filter(None, ticked))
    return found


def rows_in(sent: Mapping[str, Any], grid: str = "lines") -> list[tuple[str, dict[str, str]]]:
    """The rows of `<grid>.<index>.<column>`, in the order of the page."""
    rows: dict[str, dict[str, str]] = {}
    for name in sent:
        group, _dot, rest = name.partition(".")
        index, _dot, column = rest.partition(".")
        if group == grid and column and is_number(index):
            rows.setdefault(index, {})[column] = str(sent[name])
    return sorted(rows.items(), key=lambda row: int(row[0]))


def is_number(text: str) -> bool:
    """Whether a text is a whole number of a reasonable size, in plain digits."""
    return text.isascii() and text.isdigit() and len(text) <= 9


def without_unreadable(written: Written, refusal: Refusal) -> dict[str, Any]:
    """The payload less the values that mean nothing, so that all the rest can be kept."""
    payload = {**written.payload, "header": dict(written.payload.get("header", {}))}
    payload["lines"] = [dict(line) for line in written.payload.get("lines", [])]
    for problem in refusal.problems:
        parts = str(problem["path"]).split(".")
        if parts[0] == "lines" and len(parts) == 3:
            payload["lines"][int(parts[1]) - 1].pop(parts[2], None)
        else:
            payload["header"].pop(parts[0], None)
            payload.pop(parts[0], None) if parts[0] in SPINE else None
    return payload


def on_page(problems: Iterable[Mapping[str, Any]], written: Written) -> list[dict[str, Any]]:
    """Problems with the paths that the fields have on the page, which counts lines from nought."""
    found = []
    for problem in problems:
        parts = str(problem["path"]).split(".")
        if parts[0] == "lines" and len(parts) > 1 and parts[1].isdigit():
            place = int(parts[1]) - 1
            if place < len(written.indexes):
                parts[1] = written.indexes[place]
        found.append({**problem, "path": ".".join(parts)})
    return found


def from_nought(
    problems: Iterable[Mapping[str, Any]], grids: Collection[str] = ("lines",)
) -> list[dict[str, Any]]:
    """The same for a page that was drawn from what is saved."""
    found = []
    for problem in problems:
        parts = str(problem["path"]).split(".")
        if parts[0] in grids and len(parts) > 1 and parts[1].isdigit():
            parts[1] = str(int(parts[1]) - 1)
        found.append({**problem, "path": ".".join(parts)})
    return found


def as_typed(page: pages.FormPage, written: Written, sent: QueryDict) -> pages.FormPage:
    """The page with what was typed where it means nothing: it is mended there, not typed anew."""
    wrong = {problem.path for problem in page.problems}

    def typed(field: pages.Field, path: str, name: str) -> pages.Field:
        if path not in wrong or name not in sent:
            return field
        said = str(sent[name])
        return replace(field, value=said, shown=said)

    grid = page.grid
    if grid is not None:
        rows = [
            replace(row, fields={
                name: typed(field, f"lines.{n}.{name}", f"lines.{index}.{name}")
                for name, field in row.fields.items()
            })
            for n, (index, row) in enumerate(zip(written.indexes, grid.rows, strict=False))
        ]  # fmt: skip
        grid = replace(grid, rows=(*rows, *grid.rows[len(rows) :]))
    fields = tuple(typed(field, field.name, field.name) for field in page.fields)
    return replace(page, fields=fields, grid=grid)


def shown_problems(problems: Iterable[Mapping[str, Any]]) -> Iterable[pages.Problem]:
    for problem in problems:
        text = sentence(str(problem["code"]), dict(problem))
        if not text.startswith(str(problem.get("given", ""))) or not problem.get("given"):
            text = text[:1].upper() + text[1:]  # what a person typed stays as it was typed
        yield pages.Problem(str(problem["path"]), text)


def is_editable(declared: DocumentType, body: Any) -> bool:
    """Whether the person may write in it here: a draft, where they may save, and not too long."""
    document = body.document
    if is_too_long(body):
        return False
    is_draft = document.state == State.DRAFT and values.is_drafted(declared)
    return is_draft and may(declared.permission("save"), document.org_unit)


def is_too_long(body: Any) -> bool:
    return len(body.lines) > LINES_MAX
