"""Pages of master data: list, one row with what belongs to it, and its form."""

import base64
import json
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.db import models
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.http import QueryDict
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from tongpan.base import env
from tongpan.faces.kit import formats, pages
from tongpan.faces.kit.derived import addresses, values
from tongpan.faces.kit.derived.documents import openable
from tongpan.faces.kit.derived.forms import choices, kind_of, rows_in, shown_problems, with_ticked
from tongpan.faces.kit.derived.histories import history_tab
from tongpan.kernel.companies.at_once import read_at_once
from tongpan.kernel.documents.actions.parts import ROWS_MAX, rows_of, version_in
from tongpan.kernel.documents.fields import Field, fields_of, links_of, reference_of
from tongpan.kernel.documents.lists import COUNT_MAX
from tongpan.kernel.documents.models import Document
from tongpan.kernel.documents.registry import MasterType, Part, master_types
from tongpan.kernel.org.models import business_date
from tongpan.kernel.org.scope import MaskedField, masked_fields, may_somewhere, visible, who

PAGE_SIZE = 50
CHILDREN_MAX = 20
Children = list[tuple[MasterType, Field, list[Any]]]
TEXT_MAX = 80
VIEWS = ("", "archived", "all")


@dataclass(frozen=True)
class Sought:
    """What the address of a master list asks for."""

    view: str
    text: str
    fields: tuple[tuple[str, UUID | bool], ...]  # what a reference is, whether a flag is set
    after: str

    @property
    def narrowed(self) -> dict[str, str]:
        """The fields by which it is filtered, as an address writes them."""
        return {n: str(int(v) if isinstance(v, bool) else v) for n, v in self.fields}

    def but(self, **changes: str) -> str:
        parts = {"view": self.view, "q": self.text, "after": ""}
        pairs = [*(parts | changes).items(), *self.narrowed.items()]
        return f"?{urlencode([(n, v) for n, v in pairs if v])}"

    def without(self, name: str) -> str:
        rest = tuple(pair for pair in self.fields if pair[0] != name)
        return Sought(self.view, self.text, rest, "").but()


def read(declared: MasterType, given: QueryDict) -> Sought:
    """What a request asks of a master list."""
    view = given.get("view", "")
    fields: list[tuple[str, UUID | bool]] = []
    for field in _filtered_by(declared):
        if field.kind == "flag" and given.get(field.name) in ("0", "1"):
            fields.append((field.name, given.get(field.name) == "1"))
        elif field.target is not None and given.get(field.name):
            try:
                fields.append((field.name, UUID(given.get(field.name))))
            except ValueError:
                continue
    text = given.get("q", "").strip()[:TEXT_MAX]
    return Sought(view if view in VIEWS else "", text, tuple(fields), given.get("after", ""))


def _filtered_by(declared: MasterType) -> Iterable[Field]:
    """The references and the flags of a kind; flags only where the person may see them."""
    hidden = masked_fields(declared.model, declared.permission("view"))
    for field in declared.form_fields:
        if field.target is not None or (field.kind == "flag" and field.name not in hidden):
            yield field


# -- the list ----------------------------------------------------------------------------------


def master_list(
    declared: MasterType, sought: Sought, *, chosen: Collection[str] = (),
    has_totals: bool = False, problem: pages.ErrorPanel | None = None,
) -> pages.ListPage:  # fmt: skip
    """A page of rows, by code, or the best matches of a search. `chosen` are the columns that the
    person wants to see; how many rows there are follows a longer list, unless it `has_totals`."""
    fields = listed_fields(declared, chosen)
    rows, after = _page(declared, sought, fields)
    pictures = _pictures(declared, rows)
    new = _new(declared)
    is_whole = not (sought.after or after)
    count = len(rows) if is_whole else _count(declared, sought) if has_totals else None
    return pages.ListPage(
        title=str(declared.titles),
        help=pages.Help(str(declared.help)) if declared.help else None,
        columns=_columns(fields),
        rows=tuple(_row(declared, fields, row, pictures.get(row.pk, "")) for row in rows),
        views=tuple(_views(declared, sought)),
        search=pages.Search(_("Code, name, barcode or pinyin"), sought.text),
        chips=tuple(_chips(declared, sought)),
        filters=tuple(_filters(declared, sought)),
        kept={n: v for n, v in {"view": sought.view, **sought.narrowed}.items() if v},
        columns_choice=tuple(_choices(declared, {f.name for f in fields})),
        totals=() if count is None else _totals(count),
        totals_follow=count is None,
        next_url=sought.but(after=after) if after else "",
        batch=tuple(_batch(declared, sought)),
        problem=problem,
        primary=new,
        actions=tuple(_sheets(declared, sought)),
        empty=pages.Empty(
            str(declared.titles), str(declared.help), (*_quiet(new), *_import(declared))
        ),
    )


def _sheets(declared: MasterType, sought: Sought) -> Iterable[pages.Action]:
    """The ways in and out by sheet: what is shown goes out, all its pages."""
    yield from _import(declared)
    url = addresses.sheet(declared, "export", sought.but(view=sought.view or "active"))
    if url:
        yield pages.Action(_("Export"), url, icon="export")


def _import(declared: MasterType) -> Iterable[pages.Action]:
    url = addresses.sheet(declared, "import")
    if url and may_somewhere(declared.permission("save")):
        yield pages.Action(_("Import a sheet"), url, icon="import")


def _quiet(action: pages.Action | None) -> tuple[pages.Action, ...]:
    """The same action where the accent is on another button already."""
    return (replace(action, tone="", key=""),) if action else ()


def totals_page(declared: MasterType, sought: Sought) -> pages.ListPage:
    """Only how many rows there are, for a page that is there already."""
    return pages.ListPage(
        title="", columns=(), rows=(), totals=_totals(_count(declared, sought)),
        batch=tuple(_batch(declared, sought)),
    )  # fmt: skip


def _count(declared: MasterType, sought: Sought) -> int:
    """How many rows there are, up to one more than is told."""
    return sought_rows(declared, sought).order_by()[: COUNT_MAX + 1].count()


def _totals(count: int) -> tuple[pages.Total, ...]:
    told = formats.number(min(count, COUNT_MAX)) + ("+" if count > COUNT_MAX else "")
    return (pages.Total("", ngettext("%(n)s record", "%(n)s records", count) % {"n": told}),)


def _batch(declared: MasterType, sought: Sought) -> Iterable[pages.Action]:
    """What is done with ticked rows: those in use are archived, others taken back into use."""
    if not has_state(declared) or not may_somewhere(declared.permission("archive")):
        return
    if sought.view != "archived":
        url = addresses.batch_of_masters(declared, "archive")
        yield pages.Action(_("Archive"), url, method="post", icon="package")
    if sought.view:
        url = addresses.batch_of_masters(declared, "restore")
        yield pages.Action(_("Take back into use"), url, method="post", icon="return")


def listed_fields(declared: MasterType, chosen: Collection[str] = ()) -> tuple[Field, ...]:
    """The columns of the list, those chosen or those declared, less those that are masked."""
    offered = _offered(declared)
    kept = tuple(f for f in offered if f.name in chosen)
    return kept or tuple(f for f in offered if f.name in declared.listed)


def _offered(declared: MasterType) -> tuple[Field, ...]:
    """Every column that the list may show to this person, in order."""
    hidden = masked_fields(declared.model, declared.permission("view"))
    usual = fields_of(declared.model, declared.listed)
    names = {field.name for field in usual}
    more = (f for f in declared.form_fields if f.name not in names and f.kind != "note")
    return values.without((*usual, *more), hidden)


def _choices(declared: MasterType, shown: Collection[str]) -> Iterable[pages.Choice]:
    for field in _offered(declared):
        yield pages.Choice(field.name, values.title_of(field), is_chosen=field.name in shown)


def sought_rows(declared: MasterType, sought: Sought) -> QuerySet[Any]:
    """The rows of a list, all its pages."""
    rows = visible_rows(declared)
    if has_state(declared) and sought.view != "all":
        rows = rows.filter(state="archived" if sought.view == "archived" else "active")
    rows = rows.filter(**dict(sought.fields))
    return rows.filter(pk__in=_search(declared, sought.text)) if sought.text else rows


def _page(declared: MasterType, sought: Sought, fields: Iterable[Field]) -> tuple[list[Any], str]:
    rows = sought_rows(declared, sought).select_related(*links_of(fields))
    if sought.text:
        return list(rows[: PAGE_SIZE * 2]), ""
    order = _order(declared)
    if sought.after:
        rows = rows.filter(_beyond(declared, order, sought.after))
    page = list(rows.order_by(*order)[: PAGE_SIZE + 1])
    if len(page) <= PAGE_SIZE:
        return page, ""
    last = page[PAGE_SIZE - 1]
    return page[:PAGE_SIZE], _encode([str(getattr(last, name)) for name in order])


def _order(declared: MasterType) -> tuple[str, ...]:
    """By what a list is sorted: what its type says, then the code."""
    names = (*declared.screens.get("order", ()), "code")
    return (*(name for name in names if _has(declared.model, name)), "pk")


def visible_rows(declared: MasterType) -> QuerySet[Any]:
    return visible(declared.model, declared.permission("view"))


def has_state(declared: MasterType) -> bool:
    return _has(declared.model, "state")


def _has(model: type[models.Model], name: str) -> bool:
    return any(f.name == name for f in model._meta.concrete_fields)


def _search(declared: MasterType, text: str) -> list[Any]:
    """The ids of what the text finds: by the table's own search, else in its text columns."""
    try:
        found = reference_of(declared.model).search(text, PAGE_SIZE * 2)
        if found:
            return [row.pk for row in found]
    except KeyError:
        pass
    hidden = masked_fields(declared.model, declared.permission("view"))
    texts = [f for f in declared.model._meta.concrete_fields if isinstance(f, models.CharField)]
    condition = Q(pk__in=[])
    for column in texts:
        if column.name not in hidden and not column.choices:
            condition |= Q(**{f"{column.name}__icontains": text})
    for field in declared.form_fields:
        if field.target is not None and _has(field.target, "name") and field.name not in hidden:
            condition |= Q(**{f"{field.name}__name__icontains": text})
    rows = visible_rows(declared).filter(condition)
    return list(rows.values_list("pk", flat=True)[: PAGE_SIZE * 2])


def _beyond(declared: MasterType, order: Sequence[str], after: str) -> Q:
    """What comes after the row with these values in the order; everything if they mean nothing."""
    columns = [f for n in order[:-1] for f in fields_of(declared.model, (n,))]
    try:
        *texts, last = json.loads(base64.urlsafe_b64decode(after.encode()))
        is_number = {c.name: c.kind == "integer" for c in columns}
        values = [int(t) if is_number[n] else t for n, t in zip(order[:-1], texts, strict=True)]
        values.append(UUID(last))
    except (ValueError, TypeError):
        return Q()
    beyond, same = Q(), Q()
    for name, value in zip(order, values, strict=True):
        beyond |= same & Q(**{f"{name}__gt": value})
        same &= Q(**{name: value})
    return beyond


def _encode(values: list[str]) -> str:
    return base64.urlsafe_b64encode(json.dumps(values).encode()).decode()


def _phone_places(fields: Sequence[Field]) -> dict[str, str]:
    """Where each column stands in the lines of a phone row: its name is the title, and the code
    that a list begins with stands aside. A list of prices without names shows the price. What says
    no more than yes or no is left out."""
    fixed = {"state": "state", "code": "code", "name": "title"}
    at = {f.name: fixed[f.name] for f in fields if f.name in fixed}
    price = next((f.name for f in fields if f.name == "price"), None)
    if price is not None and "name" not in at:
        at[price] = "amount"
    free = ("date",) if "name" in at else ("title", "detail", "date", "tag")
    rest = [f.name for f in fields if f.name not in at and f.kind != "flag"]
    return at | dict(zip(rest, free, strict=False))


def _columns(fields: Sequence[Field]) -> tuple[pages.Column, ...]:
    at = _phone_places(fields)
    return tuple(_column(f, n, at.get(f.name, "")) for n, f in enumerate(fields))


def _column(field: Field, place: int, at: str) -> pages.Column:
    kind = pages.Kind.STATE if field.name == "state" else values.kind_of(field)
    keep = 1 if place < 2 or field.name == "state" else min(place, 5)
    return pages.Column(field.name, values.title_of(field), kind, keep, at)  # type: ignore[arg-type]


def _pictures(declared: MasterType, rows: Sequence[Any]) -> dict[Any, str]:
    """Where the picture is that stands for a row, of those that have one."""
    find = declared.screens.get("pictures")
    found = find([row.pk for row in rows]) if find else {}
    return {pk: addresses.picture(declared, pk, picture) for pk, picture in found.items()}


def _row(declared: MasterType, fields: tuple[Field, ...], row: Any, picture: str = "") -> pages.Row:
    url = addresses.master(declared, row.pk)
    cells = {f.name: cell(f, row) for f in fields}
    if fields:
        first = fields[0].name
        cells[first] = replace(cells[first], url=url)
        named = "name" if "name" in cells else first
        cells[named] = replace(cells[named], picture_url=picture)
    return pages.Row(str(row.pk), cells, url=url)


def cell(field: Field, row: Any, *, may_open: Iterable[Any] = ()) -> pages.Cell:
    """A value of a master row; its state has a shape."""
    if field.name != "state":
        return values.cell(field, row, may_open=frozenset(may_open))
    word = next((str(w) for v, w in field.choices if v == row.state), row.state)
    return pages.Cell(pages.State("posted" if row.state == "active" else "void", word))


def _views(declared: MasterType, sought: Sought) -> Iterable[pages.View]:
    if not has_state(declared):
        return
    for view, title in (("", _("In use")), ("archived", _("Archived")), ("all", _("All"))):
        yield pages.View(title, sought.but(view=view) or "?", is_current=sought.view == view)


def _chips(declared: MasterType, sought: Sought) -> Iterable[pages.Chip]:
    known = {f.name: f for f in declared.form_fields}
    for name, value in sought.fields:
        if (target := known[name].target) is None:
            named = _("yes") if value else _("no")
        else:
            found = reference_of(target).find([str(value)]).get(str(value))
            named = values.label(found) if found is not None else "…"
        yield pages.Chip(f"{values.title_of(known[name])}: {named}", sought.without(name))


def _filters(declared: MasterType, sought: Sought) -> Iterable[pages.Filter]:
    taken = {name for name, _value in sought.fields}
    for field in _filtered_by(declared):
        title = values.title_of(field)
        if field.name in taken:
            continue
        if field.kind == "flag":
            yield pages.Filter(field.name, title, "one", choices(field))
        elif field.target is not None and (address := addresses.pick(field.target)):
            yield pages.Filter(field.name, title, "search", search_url=address)


def _new(declared: MasterType, **given: str) -> pages.Action | None:
    if not may_somewhere(declared.permission("save")):
        return None
    title = values.new_of(declared)
    url = addresses.new_master(declared)
    url = f"{url}?{urlencode(given)}" if given else url
    return pages.Action(title, url, key="N", icon="plus", tone="primary")


# -- one row -----------------------------------------------------------------------------------


def master_page(
    declared: MasterType,
    row: Any,
    *,
    may_save: bool,
    problem: pages.ErrorPanel | None = None,
    children: Children | None = None,
) -> pages.MasterPage:
    """One row, what belongs to it, and its history. `children` are there if a page has read more
    with them."""
    if children is None:
        children, _beside = children_of(declared, row)
    edit, more = None, []
    if may_save:
        edit = pages.Action(
            _("Edit"), addresses.edit_master(declared, row.pk), key="E", tone="primary"
        )
        if has_state(declared):
            verb = "archive" if row.state == "active" else "restore"
            title = _("Archive") if verb == "archive" else _("Take back into use")
            url = addresses.act_on_master(declared, row.pk, verb)
            more.append(pages.Action(title, url, method="post", icon="package"))
    is_archived = has_state(declared) and row.state != "active"
    return pages.MasterPage(
        title=values.label(row) if declared.key != "id" else _titled(declared, row),
        side=(pages.Card(str(declared.title), facts=tuple(_facts(declared, row))),),
        main=(*_children(children, row), _history(declared, row)),
        tag=pages.Tag(_("archived")) if is_archived else None,
        codes=(str(row.code),) if _has(declared.model, "code") else (),
        back_url=addresses.masters(declared),
        help=pages.Help(str(declared.help)) if declared.help else None,
        primary=edit,
        more=tuple(more),
        problem=problem,
    )


def _titled(declared: MasterType, row: Any) -> str:
    """A title for a row that has no name of its own: what it stands between, or its kind."""
    try:
        text = str(row)
    except MaskedField:  # its name is not for everybody
        text = ""
    if not text or text.startswith(declared.model.__name__):
        links = [f for f in declared.form_fields if f.target is not None and f.is_required]
        named = [getattr(row, f.name) for f in links[:2]]
        text = " · ".join(values.label(one) for one in named) or str(declared.title)
    return text


def _facts(declared: MasterType, row: Any) -> Iterable[pages.Fact]:
    hidden = masked_fields(declared.model, declared.permission("view"))
    may_open = openable()
    for field in values.without(declared.form_fields, hidden):
        shown = cell(field, row, may_open=may_open)
        if shown.value is not None:
            yield pages.Fact(values.title_of(field), shown, values.kind_of(field))


def _kinds_of_children(declared: MasterType) -> Iterable[tuple[MasterType, Field]]:
    """The kinds of rows that may belong to one of this kind, each with the field that says so."""
    for other in master_types():
        links = [f for f in other.form_fields if f.target is declared.model]
        is_other = other.model is not declared.model
        if links and is_other and may_somewhere(other.permission("view")):
            yield other, links[0]


def with_children_told(declared: MasterType, rows: QuerySet[Any]) -> QuerySet[Any]:
    """The rows, each with whether it has children of a kind, so that others need not be asked."""
    found = {
        _has_some(other): Exists(visible_rows(other).filter(**{link.name: OuterRef("pk")}))
        for other, link in _kinds_of_children(declared)
    }
    told: QuerySet[Any] = rows.annotate(**found)
    return told


def _has_some(other: MasterType) -> str:
    return f"has_{other.code.replace('.', '_')}"


def children_of(
    declared: MasterType, row: Any, *beside: QuerySet[Any]
) -> tuple[Children, list[list[Any]]]:
    """Rows of other kinds that belong to this one, an item's barcodes, a price list's prices, each
    kind with the field that says so; in one statement with the rows of `beside`."""
    kinds = list(_kinds_of_children(declared))
    wanted = []
    for other, link in kinds:
        rows = visible_rows(other).filter(**{link.name: row.pk})
        has_some = getattr(row, _has_some(other), True)
        links = links_of(_fields_beside(other, link))
        wanted.append(rows.select_related(*links)[: CHILDREN_MAX + 1] if has_some else rows.none())
    read = read_at_once(*wanted, *beside)
    children = [(*kind, found) for kind, found in zip(kinds, read, strict=False)]
    return children, read[len(kinds) :]


def _fields_beside(other: MasterType, link: Field) -> tuple[Field, ...]:
    return tuple(field for field in listed_fields(other) if field.name != link.name)


def _children(children: Children, row: Any) -> Iterable[pages.Card]:
    for other, link, found in children:
        fields = _fields_beside(other, link)
        if not found and _is_far(other, link):
            continue
        url = addresses.masters(other, **{link.name: str(row.pk)})
        more = pages.Action(_("All"), url) if len(found) > CHILDREN_MAX else None
        new = _new(other, **{link.name: str(row.pk)})
        link_action = more or (pages.Action(_("Add"), new.url) if new else None)
        shown = found[:CHILDREN_MAX]
        card = pages.Card(
            str(other.titles),
            link=link_action,
            columns=_columns(fields),
            rows=tuple(_row(other, fields, r) for r in shown),
            empty=_("None yet."),
            is_compact=True,
        )
        yield _with_what_set_them(other, shown, card)


def _with_what_set_them(other: MasterType, rows: Sequence[Any], card: pages.Card) -> pages.Card:
    """The card with a column for the documents that wrote some of its rows, if any did."""
    documents: Mapping[Any, Document] = other.screens.get("set_by", lambda rows: {})(rows)
    if not documents:
        return card
    cells = {str(pk): pages.Cell(d.number, addresses.document(d.type, d.pk))
             for pk, d in documents.items()}  # fmt: skip
    nothing = pages.Cell(None)
    return replace(
        card,
        columns=(*card.columns, pages.Column("set_by", _("Set by"), pages.Kind.CODE, keep=3)),
        rows=tuple(
            replace(row, cells={**row.cells, "set_by": cells.get(row.id, nothing)})
            for row in card.rows
        ),
    )


def _is_far(other: MasterType, link: Field) -> bool:
    """Whether rows of the other kind only mention this one, and are not a part of it."""
    return not link.is_required or _has(other.model, "name")


def _history(declared: MasterType, row: Any) -> pages.Card:
    hidden = masked_fields(declared.model, declared.permission("view"))
    changes = history_tab(declared, row.pk, hidden=hidden)
    return pages.Card(
        _("History"),
        columns=(
            pages.Column("at", _("When"), pages.Kind.TIME, 1, "date"),
            pages.Column("who", _("Who"), keep=1, at="title"),
            pages.Column("what", _("What"), keep=1, at="detail", is_long=True),
        ),
        rows=tuple(
            pages.Row(
                str(n),
                {
                    "at": pages.Cell(change.at),
                    "who": pages.Cell(change.person),
                    "what": pages.Cell(" · ".join((change.text, *change.details))),
                },
            )
            for n, change in enumerate(changes)
        ),
        empty=_("Nothing was changed since it was brought in."),
        is_compact=True,
    )


# -- its form ----------------------------------------------------------------------------------


def master_form(
    declared: MasterType,
    row: Any,
    *,
    url: str,
    is_new: bool,
    typed: Mapping[str, str] | None = None,
    typed_parts: Mapping[str, Sequence[Mapping[str, str]]] | None = None,
    problems: Iterable[Mapping[str, Any]] = (),
    problem: pages.ErrorPanel | None = None,
) -> pages.FormPage:
    """The form of a row. `typed` is what was sent before and refused: it stands there again."""
    hidden = masked_fields(declared.model, declared.permission("view"))
    fields = values.without(declared.form_fields, hidden)
    title = values.new_of(declared)
    back = addresses.masters(declared) if is_new else addresses.master(declared, row.pk)
    return pages.FormPage(
        title=title if is_new else str(declared.title),
        save_url=url,
        version=0 if is_new else version_in(declared, row.pk),
        fields=tuple(
            _only(declared, _form_field(f, row, typed or {}, is_new=is_new)) for f in fields
        ),
        parts=tuple(_grids(declared, row, typed_parts or {})),
        number="" if is_new else str(getattr(row, "code", "")),
        back_url=back,
        help=pages.Help(str(declared.help)) if declared.help else None,
        primary=pages.Action(
            _("Save"), url, method="post", key="Ctrl Enter", tone="primary", is_form=True
        ),
        problem=problem,
        problems=tuple(shown_problems(problems)),
        is_draft=False,
    )


def _form_field(field: Field, row: Any, typed: Mapping[str, str], *, is_new: bool) -> pages.Field:
    value = values.raw(field, row)
    if is_new and not value and field.kind == "date" and field.is_required:
        value = today()  # what is begun is mostly good from today on
    return form_field(field, typed.get(field.name, value))


def _only(declared: MasterType, shown: pages.Field) -> pages.Field:
    """The field, with when it is asked, where its kind `asks_only` some of them by another."""
    return replace(shown, only=declared.screens.get("asks_only", {}).get(shown.name, ""))


def today() -> str:
    """The business day where the person works."""
    here = who().at
    return str(business_date(here, env.now())) if here is not None else ""


def form_field(field: Field, value: str) -> pages.Field:
    """A field of a form with its raw value, and what that is called."""
    shown = ""
    if field.target is not None and value:
        shown = _name_of(field, value)
    return _field(field, value, shown)


def _field(field: Field, value: str, shown: str) -> pages.Field:
    return pages.Field(
        name=field.name,
        title=values.title_of(field),
        kind=kind_of(field),
        value=value,
        shown=shown,
        choices=choices(field, value),
        search_url=addresses.pick(field.target, field.name) if field.target is not None else "",
        hint=values.hint_of(field),
        is_required=field.is_required,
    )


# -- the parts of its form ---------------------------------------------------------------------


def written_parts(declared: MasterType) -> Iterable[tuple[Part, tuple[Field, ...]]]:
    """The parts that the person may write, with the fields of theirs that are not masked."""
    for part in declared.parts:
        child = part.master
        if all(may_somewhere(child.permission(verb)) for verb in ("view", "save")):
            hidden = masked_fields(child.model, child.permission("view"))
            yield part, values.without(part.fields(declared), hidden)


def _grids(
    declared: MasterType, row: Any, typed: Mapping[str, Sequence[Mapping[str, str]]]
) -> Iterable[pages.EditGrid]:
    """A grid of lines for each part; one with more rows than a form has room for is left out."""
    for part, fields in written_parts(declared):
        there = rows_of(part, declared, [row.pk]).get(row.pk, [])
        if len(there) > ROWS_MAX:
            continue
        raw = [{"id": str(r.pk)} | {f.name: values.raw(f, r) for f in fields} for r in there]
        rows = list(typed.get(part.name, raw))
        columns = tuple(_part_column(f) for f in fields)
        names = _names_in(fields, rows)
        title = str(part.title)
        yield pages.EditGrid(
            name=part.name,
            columns=columns,
            rows=tuple(_edit_row(fields, columns, one, names) for one in rows),
            item_column=fields[0].name,
            count_column="",
            paste=tuple(f.name for f in fields),
            title=title[:1].upper() + title[1:],
            note=str(part.help),
        )


def _part_column(field: Field) -> pages.Field:
    column = _field(field, "0" if field.kind == "flag" else "", "")
    is_figure = field.kind in ("quantity", "money", "price", "decimal", "integer")
    return replace(column, hint="", is_figure=is_figure, is_wide=field.kind == "text")


def _edit_row(
    fields: Sequence[Field],
    columns: Sequence[pages.Field],
    row: Mapping[str, str],
    names: Mapping[tuple[Any, str], str],
) -> pages.EditRow:
    cells = {}
    for field, column in zip(fields, columns, strict=True):
        value = row.get(field.name, column.value)
        shown = names.get((field.target, value), "") if field.target is not None else ""
        cells[field.name] = replace(column, value=value, shown=shown)
    return pages.EditRow(row.get("id", ""), cells)


def _names_in(
    fields: Sequence[Field], rows: Sequence[Mapping[str, str]]
) -> dict[tuple[Any, str], str]:
    """What the ids in the rows are called: one query for each kind of thing."""
    named: dict[tuple[Any, str], str] = {}
    for field in fields:
        ids = sorted({row[field.name] for row in rows if row.get(field.name)})
        if field.target is not None and ids:
            found = reference_of(field.target).find(ids)
            named |= {(field.target, text): values.label(one) for text, one in found.items()}
    return named


def typed_parts(declared: MasterType, sent: QueryDict) -> dict[str, list[dict[str, str]]]:
    """The rows of each grid that was on the page, as they were typed; empty ones are left out.

    What is from a day on is from today on where nobody wrote a day.
    """
    found: dict[str, list[dict[str, str]]] = {}
    shown = set(sent.getlist("parts"))
    for part, fields in written_parts(declared):
        if part.name not in shown:
            continue
        free = [f.name for f in fields if f.kind not in ("choice", "flag")]
        names = [f.name for f in fields]
        found[part.name] = [
            {name: row[name] for name in ("id", *names) if name in row}
            for _index, row in rows_in(sent, part.name)
            if any(row.get(name, "").strip() for name in free)
        ]
        for day in (f.name for f in fields if f.kind == "date" and f.is_required):
            for row in found[part.name]:
                row[day] = row.get(day) or today()
    return found


def placed_problems(
    declared: MasterType, problems: Iterable[Mapping[str, Any]]
) -> Iterable[pages.Problem]:
    """Problems as the top of the page says them: with the part and the line that they are about."""
    titles = {part.name: str(part.title) for part in declared.parts}
    for problem in shown_problems(problems):
        name, _dot, rest = problem.path.partition(".")
        line = rest.partition(".")[0]
        if name not in titles or not line.isdigit():
            yield problem
            continue
        told = {"part": titles[name], "n": int(line) + 1, "text": problem.text}
        text = _("%(part)s, line %(n)s: %(text)s") % told
        yield replace(problem, text=text[:1].upper() + text[1:])


def _name_of(field: Field, value: str) -> str:
    assert field.target is not None
    found = reference_of(field.target).find([value]).get(value)
    return values.label(found) if found is not None else ""


def typed_fields(declared: MasterType, sent: QueryDict) -> dict[str, str]:
    """What was typed, of the fields that the person may see."""
    hidden = masked_fields(declared.model, declared.permission("view"))
    fields = values.without(declared.form_fields, hidden)
    sent = with_ticked(fields, sent)
    return {f.name: str(sent[f.name]) for f in fields if f.name in sent}
