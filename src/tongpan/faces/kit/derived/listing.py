"""The list of a document type: views, chips, columns, rows and totals, all from its declaration.

A page costs a fixed number of statements, whatever it shows: one for the rows with all that they
name, one each for the first line of each row, for how far the posted ones have come, for the
counts of the views, and for the names on chips when there are any. A list that is all on one page
is added up from it; the totals of a longer one follow when the page is there.
"""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import replace
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db.models import Count, OuterRef, Subquery
from django.http import QueryDict
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from tongpan.base.numbers import ZERO
from tongpan.faces.kit import formats, pages
from tongpan.faces.kit.derived import addresses, values
from tongpan.faces.kit.derived.asked import VIEWS, Asked, Words, fields_in_force, own_views
from tongpan.faces.kit.derived.standings import standings_of
from tongpan.kernel.documents import lists
from tongpan.kernel.documents.fields import Field, fields_of, links_of, reference_of
from tongpan.kernel.documents.models import State
from tongpan.kernel.documents.registry import DocumentType, find_action
from tongpan.kernel.documents.sentences import listed
from tongpan.kernel.documents.showing import Standing
from tongpan.kernel.org.models import OrgUnit, Person
from tongpan.kernel.org.scope import masked_fields, may_somewhere, units_where

SUMMARY = "summary"  # the first line's item, and how many lines there are
LEFT = "left"  # what of its total is still to be settled
OFFERED = ("org_unit", "note", "created_at", "posted_at")
BATCH = (("post", "Shift A", "tick"), ("return", "", "return"), ("void", "", "trash"))


def list_page(
    declared: DocumentType, asked: Asked, *, chosen: Collection[str] = (),
    has_totals: bool = False, **more: Any,
) -> pages.ListPage:  # fmt: skip
    """The page of a list. `chosen` are the columns that the person wants to see. The totals of a
    list that is longer than the page follow it, unless it `has_totals`."""
    wanted = asked.wanted()
    order = "oldest" if asked.is_oldest_first else "latest"
    page = lists.page_of(declared, wanted, cursor=asked.after or None, order=order)  # type: ignore[arg-type]
    fields = listed_fields(declared, chosen)
    firsts = first_lines(declared, page.rows)
    standings = standings_of(declared, page.rows)
    left = left_of(declared, fields, page.rows)
    sums = None
    if not asked.after and page.next_cursor is None:
        sums = _sums_of(page)
    elif has_totals:
        sums = lists.totals_of(declared, wanted)
    return pages.ListPage(
        title=str(declared.titles),
        help=pages.Help(str(declared.help)) if declared.help else None,
        columns=tuple(_columns(declared, fields, asked)),
        rows=tuple(_row(declared, fields, body, firsts, standings, left) for body in page.rows),
        views=tuple(_views(declared, asked)),
        search=pages.Search(_("Number or note"), asked.text),
        chips=tuple(_chips(declared, asked)),
        filters=tuple(_filters(declared, asked)),
        kept=_kept(asked),
        columns_choice=tuple(_choices(declared, {f.name for f in fields})),
        totals=_totals(sums, fields) if sums else (),
        totals_follow=sums is None,
        next_url=asked.but(after=page.next_cursor) if page.next_cursor else "",
        batch=tuple(_batch(declared)),
        batch_sum="total" if any(f.name == "total" for f in fields) else "",
        primary=_new(declared),
        actions=(
            *_import(declared),
            pages.Action(_("Export"), addresses.export(declared, asked.query()), icon="export"),
        ),
        empty=_empty(declared, asked),
        **more,
    )


# -- columns -----------------------------------------------------------------------------------


def listed_fields(declared: DocumentType, chosen: Collection[str] = ()) -> tuple[Field, ...]:
    """The fields to show: those chosen, else those declared, and never one that is masked."""
    offered = offered_fields(declared)
    if chosen:
        kept = [f for f in offered if f.name in chosen]
        if kept:
            return tuple(kept)
    return tuple(f for f in offered if f.name in (*declared.listed, SUMMARY, LEFT))


def offered_fields(declared: DocumentType) -> list[Field]:
    """Every column that the list of this type may show to this person, in order."""
    hidden = hidden_fields(declared)
    names = list(declared.listed)
    names += [n for n in (*declared.header, *OFFERED) if n not in names]
    fields = [_field(declared, name) for name in names if name not in hidden]
    found = list(values.without(fields, ()))
    if (summary := _summary_field(declared)) is not None:
        after = [
            n for n, f in enumerate(found) if f.target is not None and f.name in declared.header
        ]
        found.insert(after[-1] + 1 if after else len(found), summary)
    total = next((n for n, f in enumerate(found) if f.name == "total"), None)
    if "left" in declared.screens and total is not None:
        label = _("Still open")
        left = Field(name=LEFT, kind="money", label=label, help="", is_required=False)
        found.insert(total + 1, left)
    return found


def hidden_fields(declared: DocumentType) -> frozenset[str]:
    """Fields of spine, body and lines that the person may not see. A total that is worked out
    from a masked column of the lines is as secret as the column."""
    code = declared.permission("view")
    hidden = masked_fields(declared.body, code)
    if declared.line is not None:
        of_lines = masked_fields(declared.line, code)
        hidden |= of_lines
        if of_lines & {f.name for f in declared.line_fields}:
            hidden |= {"total"}
    return hidden


def _field(declared: DocumentType, name: str) -> Field:
    if values.of_spine(declared, name):
        return values.spine_field(name)
    (field,) = fields_of(declared.body, (name,))
    return field


def _summary_field(declared: DocumentType) -> Field | None:
    link = _summary_link(declared)
    if link is None:
        return None
    return Field(name=SUMMARY, kind="text", label=link.label, help="", is_required=False)


def _summary_link(declared: DocumentType) -> Field | None:
    """The reference of a line that says what the document is about: its item."""
    links = [f for f in declared.line_fields if f.target is not None]
    return next((f for f in links if f.name == "item"), None)


def _columns(
    declared: DocumentType, fields: Iterable[Field], asked: Asked
) -> Iterable[pages.Column]:
    at = _phone_places(fields)
    for field in fields:
        is_day = field.name == "business_date"
        yield pages.Column(
            name=field.name,
            title=values.title_of(field),
            kind=values.kind_of(field),
            keep=_keep(field),
            at=at.get(field.name, ""),  # type: ignore[arg-type]
            unit="¥" if field.kind == "money" else "",
            sort_url=asked.but(order="" if asked.is_oldest_first else "oldest") if is_day else "",
            sorted=("asc" if asked.is_oldest_first else "desc") if is_day else "",
            is_quiet=field.name in (SUMMARY, "created_by", "note"),
        )


def _keep(field: Field) -> int:
    """Who leaves first when the window is narrow."""
    order = {"number": 1, "state": 1, "total": 1, "business_date": 2, SUMMARY: 3, "created_by": 4}
    return order.get(field.name, 2 if field.target is not None else 5)


def _phone_places(fields: Iterable[Field]) -> dict[str, str]:
    """Where each column stands in the three lines of a phone row."""
    fixed = {
        "number": "code",
        "title": "title",  # what people call it, where it has a name
        "state": "state",
        "business_date": "date",
        "total": "amount",
        SUMMARY: "detail",
    }
    places = {f.name: fixed[f.name] for f in fields if f.name in fixed}
    links = [f.name for f in fields if f.target is not None and f.name not in ("created_by",)]
    for name, at in zip(links, ("title", "amount", "detail"), strict=False):
        if at not in places.values():
            places[name] = at
    if "title" not in places.values():
        places["number"] = "title"
    return places


# -- rows --------------------------------------------------------------------------------------


def _row(
    declared: DocumentType,
    fields: Iterable[Field],
    body: Any,
    firsts: Mapping[UUID, str],
    standings: Mapping[UUID, Standing],
    left: Mapping[UUID, Decimal],
) -> pages.Row:
    document = body.document
    url = addresses.document(declared.code, document.pk)
    is_void = document.state == State.VOID
    cells: dict[str, pages.Cell] = {}
    for field in fields:
        if field.name == SUMMARY:
            cells[SUMMARY] = pages.Cell(firsts.get(document.pk, ""))
        elif field.name == LEFT:
            cells[LEFT] = pages.Cell(left.get(document.pk))
        elif field.name == "number":
            cells["number"] = pages.Cell(document.number or _("no number yet"), url=url)
        elif field.name == "state":
            standing = standings.get(document.pk)
            cells["state"] = pages.Cell(values.state(document, standing))
        elif field.name == "business_date":
            cells["business_date"] = values.day_of(declared, document)
        elif field.name == "total":
            cells["total"] = pages.Cell(document.total, is_struck=is_void)
        else:
            source = document if values.of_spine(declared, field.name) else body
            cells[field.name] = values.cell(field, source)
    return pages.Row(str(document.pk), cells, url=url)


def left_of(
    declared: DocumentType, fields: Iterable[Field], bodies: Iterable[Any]
) -> Mapping[UUID, Decimal]:
    """What each posted document leaves to settle, if that is shown."""
    posted = [body.document_id for body in bodies if body.document.state == State.POSTED]
    if not posted or all(field.name != LEFT for field in fields):
        return {}
    left: Mapping[UUID, Decimal] = declared.screens["left"](posted)
    return left


def first_lines(declared: DocumentType, bodies: Iterable[Any]) -> dict[UUID, str]:
    """What each document is about in a few words: its first item, and how many more there are."""
    link = _summary_link(declared)
    ids = [body.document_id for body in bodies]
    if declared.line is None or link is None or not ids:
        return {}
    lines = declared.line.unscoped
    counted = (
        lines.filter(document_id=OuterRef("document_id"))
        .order_by()
        .values("document_id")
        .annotate(n=Count("pk"))
        .values("n")
    )
    rows = (
        lines.filter(document_id__in=ids, position=1)
        .select_related(*links_of([link]))
        .annotate(how_many=Subquery(counted))
    )
    return {row.document_id: _about(getattr(row, link.name), row.how_many) for row in rows}


def _about(named: Any, how_many: int) -> str:
    if named is None:
        return ""
    if how_many == 1:
        return values.label(named)
    return _("%(first)s · %(n)s lines") % {"first": values.label(named), "n": how_many}


# -- around the rows ---------------------------------------------------------------------------


def _views(declared: DocumentType, asked: Asked) -> Iterable[pages.View]:
    waiting = lists.waiting_counts(declared)
    counts = {"waiting": waiting.submitted, "drafts": waiting.my_drafts}
    own = {code: title for code, (title, _within) in own_views(declared).items()}
    for code, title in (VIEWS | own).items():
        if code == "waiting" and not may_somewhere(declared.permission("post")):
            continue
        if code in ("waiting", "drafts") and not values.is_drafted(declared):
            continue
        yield pages.View(
            str(title),
            addresses.documents(declared, **({"view": code} if code else {})),
            count=counts.get(code),
            is_current=asked.view == code,
        )


def _chips(declared: DocumentType, asked: Asked) -> Iterable[pages.Chip]:
    words = Words(_names_in_force(declared, asked))
    if asked.states:
        named = listed(str(values.STATES[s]) for s in asked.states)
        yield pages.Chip(_("State: %(states)s") % {"states": named}, asked.but(states=()))
    if asked.since or asked.until:
        yield pages.Chip(words.dates(asked), asked.but(since=None, until=None))
    if asked.units:
        yield pages.Chip(words.named(_("Unit"), asked.units), asked.but(units=()))
    if asked.by:
        yield pages.Chip(words.named(_("Made by"), [asked.by]), asked.but(by=None))
    for field, value in fields_in_force(declared, asked):
        rest = tuple(pair for pair in asked.fields if pair[0] != field.name)
        title = values.title_of(field)
        yield pages.Chip(words.named(title, [value]), asked.but(fields=rest))


def _names_in_force(declared: DocumentType, asked: Asked) -> dict[UUID, str]:
    """The names of what the chips stand for, as far as the person may see them."""
    names: dict[UUID, str] = {}
    if asked.units:
        rows = units_where(declared.permission("view")).filter(pk__in=asked.units)
        names |= dict(rows.values_list("pk", "name"))
    if asked.by:
        names |= dict(Person.objects.filter(pk=asked.by).values_list("pk", "name"))
    for field, value in fields_in_force(declared, asked):
        assert field.target is not None
        found = reference_of(field.target).find([str(value)])
        if (row := found.get(str(value))) is not None:
            names[value] = values.label(row)
    return names


def _filters(declared: DocumentType, asked: Asked) -> Iterable[pages.Filter]:
    if not asked.states and asked.view not in ("waiting", "drafts"):
        choices = tuple(pages.Choice(code, capfirst(word)) for code, word in values.STATES.items())
        yield pages.Filter("state", _("State"), "choices", choices)
    if not (asked.since or asked.until):
        yield pages.Filter("date", _("Date"), "dates")
    in_force = {name for name, _value in asked.fields}
    for field in declared.header_fields:
        if field.target is not None and field.name not in in_force:
            address = addresses.pick(field.target, field.name)
            if address:
                title = values.title_of(field)
                yield pages.Filter(field.name, title, "search", search_url=address)
    if not asked.units:
        yield pages.Filter("unit", _("Unit"), "search", search_url=addresses.pick(OrgUnit))
    if not asked.by and asked.view != "drafts":
        yield pages.Filter("by", _("Made by"), "search", search_url=addresses.pick(Person))


def _kept(asked: Asked) -> dict[str, str]:
    """What a filter form sends along, so that one filter does not undo another."""
    query = QueryDict(asked.but(text="")[1:])
    return {name: query.get(name, "") for name in query}


def _choices(declared: DocumentType, shown: Collection[str]) -> Iterable[pages.Choice]:
    for field in offered_fields(declared):
        yield pages.Choice(field.name, values.title_of(field), is_chosen=field.name in shown)


def totals_page(
    declared: DocumentType, asked: Asked, *, chosen: Collection[str] = ()
) -> pages.ListPage:
    """Only what the whole list comes to, for a page that is there already."""
    found = lists.totals_of(declared, asked.wanted())
    totals = _totals(found, listed_fields(declared, chosen))
    batch = tuple(_batch(declared))
    return pages.ListPage(title="", columns=(), rows=(), totals=totals, batch=batch)


def _sums_of(page: lists.Page) -> lists.Totals:
    """What a list comes to that is all on one page."""
    amounts = [body.document.total for body in page.rows if body.document.total is not None]
    return lists.Totals(len(page.rows), sum(amounts, ZERO) if amounts else None, is_capped=False)


def _totals(found: lists.Totals, fields: Iterable[Field]) -> tuple[pages.Total, ...]:
    count = formats.number(found.count) + ("+" if found.is_capped else "")
    said = ngettext("%(n)s document", "%(n)s documents", found.count) % {"n": count}
    totals = [pages.Total("", said)]
    if any(f.name == "total" for f in fields) and found.total is not None:
        total = formats.money(found.total, "CNY")
        totals.append(pages.Total(_("total"), f"{total}+" if found.is_capped else total))
    return tuple(totals)


def _batch(declared: DocumentType) -> Iterable[pages.Action]:
    for verb, key, icon in BATCH:
        action = find_action(declared.permission(verb))
        if action is not None and may_somewhere(action.permission):
            yield pages.Action(
                str(action.title),
                addresses.batch(declared, verb),
                method="post",
                key=key,
                icon=icon,
                code=action.code,
                asks=reason_field() if action.needs_reason else (),
            )
    yield pages.Action(_("Print"), addresses.batch(declared, "print"), method="post", icon="print")
    yield pages.Action(
        _("Export"), addresses.batch(declared, "export"), method="post", icon="export"
    )


def reason_field() -> tuple[pages.Field, ...]:
    """The field that asks why."""
    return (pages.Field("reason", _("Why?"), "text", is_required=True),)


def _import(declared: DocumentType) -> Iterable[pages.Action]:
    """Where a sheet of them comes in, if they may begin alone."""
    url = addresses.sheet(declared, "import")
    if url and values.begins_alone(declared) and may_somewhere(declared.permission("save")):
        yield pages.Action(_("Import a sheet"), url, icon="import")


def _new(declared: DocumentType) -> pages.Action | None:
    if not values.begins_alone(declared) or not may_somewhere(declared.permission("save")):
        return None
    url = addresses.new_document(declared)
    return pages.Action(values.new_of(declared), url, key="N", icon="plus", tone="primary")


def _empty(declared: DocumentType, asked: Asked) -> pages.Empty:
    """What the list is for and how to begin; or, of a view, that only it has nothing."""
    if asked.view:
        every = pages.Action(_("All"), addresses.documents(declared))
        text = _("Others of this kind may be under “All”.")
        return pages.Empty(_("Nothing in this view"), text, (every,))
    first = _new(declared)
    actions = (replace(first, tone="", key=""),) if first else ()  # one accent button a page
    return pages.Empty(str(declared.titles), str(declared.help), actions)
