"""The log of actions (操作日志): who did what when, over any period."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _

from tongpan.base import env
from tongpan.engines.webhooks.models import Endpoint
from tongpan.faces.backoffice.asked import day_of, id_of
from tongpan.faces.backoffice.settings import histories
from tongpan.faces.kit import formats, pages, show
from tongpan.faces.kit.derived import addresses, values
from tongpan.faces.kit.derived.histories import DETAILS_MAX, told_lines
from tongpan.faces.kit.derived.listing import hidden_fields
from tongpan.faces.kit.derived.sheets import write
from tongpan.faces.kit.entry import entry
from tongpan.kernel.documents.audit import SEE, Wanted, head, lines
from tongpan.kernel.documents.integrity import SEE as SEE_BOOKS
from tongpan.kernel.documents.models import Document, History
from tongpan.kernel.documents.numbering_actions import subject_of
from tongpan.kernel.documents.registry import (
    VERBS,
    DocumentType,
    MasterType,
    actions,
    document_types,
    master_types,
)
from tongpan.kernel.org.models import LegalEntity, OrgUnit, Person
from tongpan.kernel.org.scope import masked_fields, may_somewhere, units_where

PAGE_SIZE, PEOPLE_MOST, DAYS, LATEST = 50, 300, 7, 10
SHEET_MOST, AT_ONCE = 50_000, 2_000  # lines of a sheet: about a minute; and of one reading
CHANGES_MOST, TEXT_MOST = 200, 32_000  # of a line, and letters: a cell has room for no more
NOBODY = UUID(int=0)
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@dataclass(frozen=True)
class Asked:
    """What the address asks for."""

    wanted: Wanted
    kept: dict[str, str]

    @classmethod
    def of(cls, request: HttpRequest) -> "Asked":
        given = request.GET
        since, until = day_of(given.get("on_from", "")), day_of(given.get("on_to", ""))
        if since is None and until is None and "all" not in given:
            since = env.now().date() - timedelta(days=DAYS)
        unit = units_where(SEE).filter(pk=id_of(given.get("unit", "")) or NOBODY).first()
        person = id_of(given.get("person", ""))
        kind, verb = given.get("kind", "")[:40], given.get("verb", "")[:40]
        kept = {
            "on_from": since.isoformat() if since else "",
            "on_to": until.isoformat() if until else "",
            "all": "1" if since is None and until is None else "",
            "unit": str(unit.pk) if unit else "", "person": str(person) if person else "",
            "kind": kind, "verb": verb,
        }  # fmt: skip
        before = _before(given.get("before", ""))
        return cls(
            Wanted(since, until, person, unit, kind, verb, before),
            {name: value for name, value in kept.items() if value},
        )

    def but(self, **changes: str) -> str:
        return f"?{urlencode({n: v for n, v in (self.kept | changes).items() if v})}"


def _before(text: str) -> tuple[date, UUID] | None:
    day, _tilde, pk = text.partition("~")
    on, found = day_of(day), id_of(pk)
    return (on, found) if on is not None and found is not None else None


@entry(permission=SEE, scope="units", field_policy="masked")
def audit(request: HttpRequest) -> HttpResponse:
    """Every action that the person may know of, the latest first."""
    asked = Asked.of(request)
    if request.GET.get("as") == "sheet":
        return _sheet(asked)
    found = list(lines(asked.wanted)[: PAGE_SIZE + 1])
    more, found = found[PAGE_SIZE:], found[:PAGE_SIZE]
    last = found[-1] if more else None
    position, _hash = head()
    check = pages.Action(_("Check the chain"), reverse("integrity"), icon="tick")
    return show.page(
        request,
        pages.ListPage(
            title=_("Log of actions"),
            note=_("%(n)s lines are chained") % {"n": formats.number(position)},
            help=pages.Help(
                _("Everything that was done, by whom, when and where, with each value before and "
                  "after as far as you may see it. Nobody can change it: each line is chained to "
                  "the one before, and the check finds what was removed, changed or put in.")
            ),
            columns=(
                pages.Column("at", _("When"), pages.Kind.TIME, 1, at="date"),
                pages.Column("who", _("Who"), keep=1, at="title"),
                pages.Column("what", _("What"), keep=1, at="state"),
                pages.Column("about", _("About"), keep=2, at="code"),
                pages.Column("details", _("Changes"), keep=2, at="detail", is_long=True),
                pages.Column("unit", _("Unit"), keep=4, is_quiet=True),
                pages.Column("via", _("How"), keep=5, is_quiet=True),
            ),
            rows=tuple(_row(line) for line in _told(found)),
            chips=tuple(_chips(asked)),
            filters=tuple(_filters()),
            kept=asked.kept,
            actions=(
                *([check] if may_somewhere(SEE_BOOKS) else []),
                pages.Action(_("Export"), asked.but(**{"as": "sheet"}), icon="export", key="E"),
            ),
            next_url=asked.but(before=f"{last.business_date}~{last.pk}") if last else "",
            empty=pages.Empty(
                _("Nothing in this period"), _("Choose another one, or take a filter away.")
            ),
        ),
    )  # fmt: skip


def latest() -> pages.Card:
    """What was changed of people, roles and units of late, for the home of who looks after them."""
    since = env.now().date() - timedelta(days=DAYS)
    ours = lines(Wanted(since=since)).filter(kind__startswith="org.").exclude(kind="org.session")
    return pages.Card(
        _("Changed of late"),
        note=_("people, roles, units, choices"),
        link=pages.Action(_("Log of actions"), reverse("settings-audit")),
        columns=(
            pages.Column("at", _("When"), pages.Kind.TIME, 1, at="date"),
            pages.Column("who", _("Who"), keep=1, at="title"),
            pages.Column("what", _("What"), keep=1, at="state"),
            pages.Column("about", _("About"), keep=2, at="code"),
            pages.Column("details", _("Changes"), keep=2, at="detail", is_long=True),
        ),
        rows=tuple(_row(line) for line in _told(list(ours[:LATEST]))),
        empty=_("Nothing in a week."),
    )


# -- what is asked for ---------------------------------------------------------------------------


def _filters() -> Iterator[pages.Filter]:
    yield pages.Filter("on", _("Period"), "dates")
    people = Person.objects.order_by("name").values_list("pk", "name")[:PEOPLE_MOST]
    yield pages.Filter(
        "person", _("Person"), "one", tuple(pages.Choice(str(pk), name) for pk, name in people)
    )
    units = units_where(SEE).exclude(kind=OrgUnit.Kind.TILL).order_by("path")
    yield pages.Filter(
        "unit", _("Unit"), "one",
        tuple(pages.Choice(str(u.pk), f"{u.name} {u.code}") for u in units),
    )  # fmt: skip
    kinds = [(code, title) for code, title in _kinds().items() if _may_know(code)]
    yield pages.Filter(
        "kind", _("Kind"), "one", tuple(pages.Choice(code, title) for code, title in kinds)
    )
    yield pages.Filter(
        "verb", _("Action"), "one", tuple(pages.Choice(v, title) for v, title in _verbs().items())
    )


def _chips(asked: Asked) -> Iterator[pages.Chip]:
    wanted = asked.wanted
    if wanted.since is not None or wanted.until is not None:
        ends = [formats.full_day(day) if day else "" for day in (wanted.since, wanted.until)]
        yield pages.Chip(" – ".join(ends).strip(), asked.but(on_from="", on_to="", all="1"))
    if wanted.person is not None:
        name = Person.objects.filter(pk=wanted.person).values_list("name", flat=True).first()
        yield pages.Chip(name or "…", asked.but(person=""))
    if wanted.unit is not None:
        yield pages.Chip(wanted.unit.name, asked.but(unit=""))
    if wanted.kind:
        yield pages.Chip(_kinds().get(wanted.kind, wanted.kind), asked.but(kind=""))
    if wanted.verb:
        yield pages.Chip(_verbs().get(wanted.verb, wanted.verb), asked.but(verb=""))


def _types() -> dict[str, DocumentType | MasterType]:
    found: dict[str, DocumentType | MasterType] = {t.code: t for t in document_types()}
    return found | {t.code: t for t in master_types()}


def _kinds() -> dict[str, str]:
    """What a line can be about: the types, and what people and units are made of."""
    ours = {
        "org.person": _("People"), "org.role": _("Roles"), "org.grant": _("Roles of people"),
        "org.unit": _("Units"), "org.entity": _("Legal entities"), "org.token": _("API tokens"),
        "org.setting": _("Choices"), "org.session": _("Sessions"),
        "org.look": _("Look as somebody else"), "finance.period": _("Closed months"),
        "org.numbering": _("Document numbers"),
        "webhooks.endpoint": _("Webhooks"), "printers.printer": _("Printers"),
        "printers.job": _("Papers"), "till.drawer": _("Drawer"),
        "till.day": _("Tills of the day"),
    }  # fmt: skip
    return ours | {code: str(declared.titles) for code, declared in _types().items()}


def _may_know(kind: str) -> bool:
    return kind not in _types() or may_somewhere(f"{kind}.view")


def _verbs() -> dict[str, str]:
    """The verbs of all actions, by what most of them are called."""
    found = {code: str(title) for code, title in VERBS.items() if code != "view"}
    for action in actions():
        found.setdefault(action.code.rpartition(".")[2], str(action.title))
    return found


# -- lines in words ------------------------------------------------------------------------------


@dataclass(frozen=True)
class Told:
    """A line in words."""

    line: History
    change: pages.Change
    kind: str
    about: str
    url: str
    unit: str


def _told(found: Sequence[History], *, is_sheet: bool = False) -> list[Told]:
    """Lines in words; those of a sheet with all their changes, and without addresses."""
    types = _types()
    changes: dict[UUID, pages.Change] = {}
    by_kind: dict[str, list[History]] = {}
    for line in found:
        by_kind.setdefault(line.kind if line.kind in types else "", []).append(line)
    names: dict[UUID, tuple[str, str]] = {}
    for kind, of_kind in by_kind.items():
        if kind == "":
            changes |= dict(histories.told_lines(of_kind))
            names |= _named_here(of_kind)
        else:
            declared = types[kind]
            most = CHANGES_MOST if is_sheet else DETAILS_MAX
            changes |= told_lines(declared, of_kind, hidden=_hidden(declared), most=most)
            names |= _named(declared, {line.subject for line in of_kind}, opens=not is_sheet)
    at = OrgUnit.objects.filter(pk__in={line.org_unit for line in found}).select_related("parent")
    units = {one.pk: _place(one) for one in at}
    kinds = _kinds()
    return [
        Told(
            line, changes[line.pk], kinds.get(line.kind or _kind_of_action(line), line.kind),
            *names.get(line.subject, ("", "")), units.get(line.org_unit or NOBODY, ""),
        )
        for line in found
    ]  # fmt: skip


def _kind_of_action(line: History) -> str:
    """What an action belongs to that was about many at once, as many slips that were brought in."""
    return line.action.rpartition(".")[0]


def _place(unit: OrgUnit) -> str:
    """A till is told with its store: there are many that are the first."""
    is_till = unit.kind == OrgUnit.Kind.TILL and unit.parent is not None
    return f"{unit.parent.name} {unit.name}" if is_till and unit.parent else unit.name


def _hidden(declared: DocumentType | MasterType) -> frozenset[str]:
    if isinstance(declared, DocumentType):
        return frozenset(hidden_fields(declared))
    return masked_fields(declared.model, declared.permission("view"))


def _named(
    declared: DocumentType | MasterType, subjects: Iterable[UUID], *, opens: bool
) -> dict[UUID, tuple[str, str]]:
    """What documents or rows are called, and where they open; the lines were let through."""
    if isinstance(declared, DocumentType):
        rows = Document.unscoped.filter(pk__in=subjects).values_list("pk", "number")
        return {
            pk: (
                number or _("no number yet"),
                addresses.document(declared.code, pk) if opens else "",
            )
            for pk, number in rows
        }
    hidden = _hidden(declared)
    if {"name", "code"} & hidden:
        return {}
    found = declared.model._base_manager.filter(pk__in=subjects)
    return {
        row.pk: (values.label(row), addresses.master(declared, row.pk) if opens else "")
        for row in found
    }


def _named_here(found: Sequence[History]) -> dict[UUID, tuple[str, str]]:
    """The names of what the settings are about."""
    subjects = {line.subject for line in found}
    numbered = {subject_of(declared): (str(declared.title), "") for declared in document_types()}
    return numbered | {
        pk: (name, "")
        for model in (Person, OrgUnit, LegalEntity, Endpoint)
        for pk, name in model.objects.filter(pk__in=subjects).values_list("pk", "name")
    }


def _row(told: Told) -> pages.Row:
    cells = {
        "at": pages.Cell(told.line.at),
        "who": pages.Cell(told.change.person),
        "what": pages.Cell(told.change.text),
        "about": pages.Cell(told.about or told.kind, url=told.url,
                            after=told.kind if told.about else ""),
        "details": pages.Cell(" · ".join(told.change.details)),
        "unit": pages.Cell(told.unit),
        "via": pages.Cell(told.change.via),
    }  # fmt: skip
    return pages.Row(str(told.line.pk), cells, url=told.url)


def _sheet(asked: Asked) -> HttpResponse:
    """Every line that is asked for, and where the chain stood when they were read; lines that a
    sheet has no room for are told of."""
    heads = [_("When"), _("Who"), _("What"), _("Kind"), _("About"), _("Changes"), _("Unit"),
             _("How"), _("Line of the log")]  # fmt: skip
    answer = HttpResponse(write(heads, _sheet_rows(asked.wanted), _("Log of actions")),
                          content_type=XLSX)  # fmt: skip
    answer["Content-Disposition"] = 'attachment; filename="log.xlsx"'
    return answer


def _sheet_rows(wanted: Wanted) -> Iterator[list[Any]]:
    written, found = 0, list(lines(wanted)[:AT_ONCE])
    while found and written < SHEET_MOST:
        for one in _told(found, is_sheet=True):
            yield [
                one.line.at, one.change.person, one.change.text, one.kind, one.about,
                " · ".join(one.change.details)[:TEXT_MOST], one.unit, one.change.via,
                str(one.line.pk),
            ]  # fmt: skip
        written += len(found)
        last = found[-1]
        found = list(lines(replace(wanted, before=(last.business_date, last.pk)))[:AT_ONCE])
    if found:
        yield [env.now(), _("the program"), _("Older lines are not in this sheet"), "", "",
               _("Choose a shorter period."), "", "", ""]  # fmt: skip
    position, hashed = head()
    yield [env.now(), _("the program"), _("The chain stands here"),
           "", str(position), hashed, "", "", ""]  # fmt: skip
