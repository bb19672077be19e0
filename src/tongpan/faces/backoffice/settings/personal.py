"""Personal data: whose is kept, and what they may ask for: a copy, restriction, erasure."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _

from tongpan.base.refusals import Forbidden
from tongpan.faces.backoffice.asked import text_of
from tongpan.faces.backoffice.settings import histories, parts, traces
from tongpan.faces.kit import pages, show
from tongpan.faces.kit.entry import entry
from tongpan.kernel.documents.gate import run
from tongpan.kernel.documents.models import PersonalState
from tongpan.kernel.documents.personal import Subject, find_subject, state_of, subjects
from tongpan.kernel.documents.personal_actions import HANDLE, SEE_PERSONAL
from tongpan.kernel.documents.registry import find_action
from tongpan.kernel.org.scope import forms_in_part, may, who

SHOWN = 50
VERBS = ("copy", "set_aside", "put_back", "erase")
RESTRICTED, ERASED = PersonalState.State.RESTRICTED, PersonalState.State.ERASED


@entry(permission=HANDLE, scope="company", field_policy="masked")
def personal(request: HttpRequest) -> HttpResponse:
    """Everybody whose personal data is kept, found by name or by a whole phone number."""
    _refuse_strangers()
    text = text_of(request.GET.get("q", ""))
    found = [(s, row) for s in subjects() for row in _rows(s, text)[: SHOWN + 1]]
    states = dict(
        PersonalState.objects.filter(subject__in={row.pk for _s, row in found}).values_list(
            "subject", "state"
        )
    )
    return show.page(
        request,
        pages.ListPage(
            title=_("Personal data"),
            help=pages.Help(
                _("What people may ask for: a copy of what is kept about them, that it is set "
                  "aside, or that it is erased. Papers and books stay, without the person.")
            ),
            columns=(
                pages.Column("name", _("Who"), pages.Kind.LINK, 1, "title"),
                pages.Column("beside", _("Sign-in name, or party"), pages.Kind.CODE, 2, "code"),
                pages.Column("kind", _("Kind"), keep=1, at="detail"),
                pages.Column("state", _("State"), keep=1, at="state"),
            ),
            rows=tuple(_row(s, row, states.get(row.pk, "")) for s, row in found[:SHOWN]),
            search=pages.Search(_("Name, or the whole phone number"), text),
            note=_("The first %(n)s are shown: search for the others.") % {"n": SHOWN}
            if len(found) > SHOWN
            else "",
            empty=pages.Empty(_("Nobody found"), _("A phone number is found by all its digits.")),
        ),
    )  # fmt: skip


def _rows(subject: Subject, text: str) -> Any:
    rows = subject.model._base_manager.order_by("-pk")
    return rows.filter(subject.sought(text)) if text else rows


def _row(subject: Subject, row: Any, state: str) -> pages.Row:
    url = reverse("settings-personal-whose", args=[subject.code, row.pk])
    name, beside = subject.named(row)
    cells = {
        "name": pages.Cell(name, url=url),
        "beside": pages.Cell(beside),
        "kind": pages.Cell(str(subject.title)),
        "state": pages.Cell(_in_words(state)),
    }
    return pages.Row(str(row.pk), cells, url=url)


def _in_words(state: str) -> str:
    return str(PersonalState.State(state).label) if state else _("in use")


def _refuse_strangers() -> None:
    """Who may answer requests and not see personal data has nothing to answer with."""
    if not (may(HANDLE, None) and may(SEE_PERSONAL, None)):
        raise Forbidden("forbidden", permission=SEE_PERSONAL)


# -- one person ----------------------------------------------------------------------------------


@dataclass(frozen=True)
class Whose:
    """Somebody whose data is kept."""

    subject: Subject
    row: Any
    state: str

    def url(self, verb: str) -> str:
        return reverse("settings-personal-act", args=[self.subject.code, self.row.pk, verb])


def _found(kind: str, pk: UUID) -> Whose:
    _refuse_strangers()
    subject = find_subject(kind)
    if subject is None:
        raise Http404
    row = parts.found(subject.model._base_manager.all(), pk)
    state = state_of(row.pk)
    return Whose(subject, row, state.state if state else "")


@entry(permission=HANDLE, scope="company", field_policy="masked")
def whose(request: HttpRequest, kind: str, subject_id: UUID) -> HttpResponse:
    """What is kept about one person, in part, and what can be done."""
    is_asked = "elsewhere" in request.GET
    return show.page(request, _page(_found(kind, subject_id), is_asked=is_asked))


@entry(permission=HANDLE, scope="company", field_policy="masked", methods=("POST",))
def act(request: HttpRequest, kind: str, subject_id: UUID, verb: str) -> HttpResponse:
    """Copy, set aside, use again or erase, with a reason."""
    if verb not in VERBS:
        raise Http404
    one = _found(kind, subject_id)

    def do() -> HttpResponse:
        reason = request.POST.get("reason", "")
        result = run(f"org.personal.{verb}", one.row.pk, {"kind": kind, "reason": reason}).result
        if verb == "copy":
            places = traces.places_of(one.subject, one.row)
            result |= {"named_in": [{"what": p.what, "field": p.column} for p in places]}
            return _file(one, result, is_readable=request.POST.get("as") == "text")
        url = reverse("settings-personal-whose", args=[kind, one.row.pk])
        return show.go(request, url, toast=pages.Toast(_said(verb)))

    return parts.deed(request, do, lambda: _page(one))


def _said(verb: str) -> str:
    return {
        "set_aside": _("Set aside: nobody sees or uses it"),
        "put_back": _("In use again"),
        "erase": _("Erased"),
    }[verb]


def _page(one: Whose, *, is_asked: bool = False) -> pages.MasterPage:
    (name, beside), state = one.subject.named(one.row), pages.Cell(_in_words(one.state))
    url = reverse("settings-personal-whose", args=[one.subject.code, one.row.pk])
    elsewhere = traces.card(one.subject, one.row, f"{url}?elsewhere=1", is_asked=is_asked)
    return pages.MasterPage(
        title=name,
        side=(
            pages.Card(
                _("Personal data"),
                facts=(
                    pages.Fact(_("Kind"), pages.Cell(str(one.subject.title))),
                    pages.Fact(_("Sign-in name, or party"), pages.Cell(beside), pages.Kind.CODE),
                    pages.Fact(_("State"), state),
                    *_kept(one),
                ),
            ),
        ),
        main=(
            *((elsewhere,) if one.state != ERASED else ()),
            histories.history_card(one.row.pk),
        ),
        tag=pages.Tag(_in_words(one.state)) if one.state else None,
        back_url=reverse("settings-personal"),
        help=pages.Help(
            _("Be sure that it is the person who asks. Set aside, the data is kept where nobody "
              "sees or uses it; erased, it is gone. What was posted stays: look before you erase "
              "where else they are named, for it cannot be found by their name after.")
        ),
        actions=tuple(_actions(one)),
        more=(_action(one, "erase", _("Erase for good"), tone="danger"),)
        if one.state != ERASED
        else (),
    )  # fmt: skip


def _kept(one: Whose) -> Iterator[pages.Fact]:
    """Each personal column that has something in it, in part where that is how it is shown."""
    forms = forms_in_part(one.subject.table)
    names = [field.name for field in one.subject.fields]
    kept = one.subject.rows(one.row.pk).values(*names).first() or {}
    for field in one.subject.fields:
        if value := kept.get(field.name):
            shown = forms[field.name](value) if field.name in forms else value
            yield pages.Fact(str(field.verbose_name), pages.Cell(shown))


def _actions(one: Whose) -> Iterator[pages.Action]:
    yield _action(one, "copy", _("Copy to read"), fields={"as": "text"}, icon="export")
    yield _action(one, "copy", _("Copy for programs"), fields={"as": "json"}, icon="export")
    if one.state == RESTRICTED:
        yield _action(one, "put_back", _("Use again"))
    elif one.state != ERASED:
        yield _action(one, "set_aside", _("Set aside"))


def _action(one: Whose, verb: str, title: str, **more: Any) -> pages.Action:
    reason = pages.Field("reason", _("Reason, such as who asked and how"), is_required=True)
    return pages.Action(title, one.url(verb), method="post", asks=(reason,), **more)


# -- a copy --------------------------------------------------------------------------------------


def _file(one: Whose, copied: Mapping[str, Any], *, is_readable: bool) -> HttpResponse:
    if is_readable:
        content, kind, ending = "\n".join(_lines(one.subject, copied)), "text/plain", "txt"
    else:
        content = json.dumps(copied, ensure_ascii=False, indent=2)
        kind, ending = "application/json", "json"
    answer = HttpResponse(content, content_type=f"{kind}; charset=utf-8")
    name = f"personal-{str(one.row.pk)[-12:]}.{ending}"
    answer["Content-Disposition"] = f'attachment; filename="{name}"'
    answer["Cache-Control"] = "no-store"
    return answer


def _lines(subject: Subject, copied: Mapping[str, Any]) -> Iterator[str]:
    """A copy as people read it: one thing a line, lists under their title."""
    person = who().person
    yield _("What is kept about %(who)s") % {"who": copied.get("name") or copied["id"]}
    yield _("Copied by %(who)s, %(at)s") % {
        "who": person.name if person else "", "at": copied["made_at"],
    }  # fmt: skip
    yield ""
    yield f"{_('State')}: {_in_words('' if copied['state'] == 'in_use' else copied['state'])}"
    titles = _titles() | {f.name: str(f.verbose_name) for f in subject.fields}
    plain = {n: v for n, v in copied.items() if not isinstance(v, Mapping | list)}
    for name, value in (plain | copied["personal"]).items():
        if name in titles and value not in (None, ""):
            yield f"{titles[name]}: {_value(value)}"
    for name, rows in copied.items():
        if isinstance(rows, list) and rows:
            yield ""
            yield titles[name]
            yield from (f"- {' · '.join(_of_row(row))}" for row in rows)


def _of_row(row: Mapping[str, Any]) -> Iterator[str]:
    for name, value in row.items():
        action = find_action(value) if name == "action" else None
        if value:
            yield str(action.title) if action else _value(value)


def _value(value: Any) -> str:
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    return str(value)


def _titles() -> dict[str, str]:
    return {
        "name": _("full name"), "sign_in_name": _("sign-in name"), "language": _("language"),
        "may_sign_in": _("may sign in"), "made": _("made at"), "roles": _("Roles"),
        "sessions": _("Sessions"), "tokens": _("API tokens"), "did": _("Actions in the log"),
        "party": _("Party"), "main_contact": _("main contact"), "history": _("History"),
        "named_in": _("Named elsewhere"),
    }  # fmt: skip
