"""Who is signed in where, ended from here; and looking at the program as somebody else."""

from typing import Any
from uuid import UUID

from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from tongpan.base.refusals import Forbidden
from tongpan.faces.backoffice.asked import id_of, text_of
from tongpan.faces.backoffice.settings import parts
from tongpan.faces.kit import looking, pages, show
from tongpan.faces.kit.coming_in import OPENED
from tongpan.faces.kit.entry import SIGNED_IN, entry
from tongpan.kernel.documents.gate import run
from tongpan.kernel.documents.session_actions import END, LOOK, LOOK_NO_MORE
from tongpan.kernel.org.models import OpenSession, OrgUnit, Person, Role
from tongpan.kernel.org.people import EDIT_PERSON, LOOK_AS
from tongpan.kernel.org.scope import units_where, who
from tongpan.kernel.org.sessions import open_sessions

SHOWN = 200


# -- sessions ------------------------------------------------------------------------------------


@entry(permission=SIGNED_IN, scope="own", field_policy="open")
def own_sessions(request: HttpRequest) -> HttpResponse:
    """Where one is signed in oneself."""
    return _list(request, _mine(), _("Where I am signed in"), reverse("my-sessions-end"))


@entry(permission=SIGNED_IN, scope="own", field_policy="open", methods=("POST",))
def own_sessions_end(request: HttpRequest) -> HttpResponse:
    """End some of one's own sessions."""
    return _end(request, _mine(), reverse("my-sessions"))


@entry(permission=EDIT_PERSON, scope="company", field_policy="open")
def sessions(request: HttpRequest) -> HttpResponse:
    """Who is signed in where."""
    return _list(request, open_sessions(), _("Sessions"), reverse("settings-sessions-end"))


@entry(permission=EDIT_PERSON, scope="company", field_policy="open", methods=("POST",))
def sessions_end(request: HttpRequest) -> HttpResponse:
    """End sessions of others; nobody ends those of who holds more."""
    return _end(request, open_sessions(), reverse("settings-sessions"))


def _mine() -> QuerySet[OpenSession]:
    return open_sessions().filter(person=who().person)


def _list(
    request: HttpRequest, rows: QuerySet[OpenSession], title: str, end_url: str
) -> HttpResponse:
    is_own, text = end_url == reverse("my-sessions-end"), text_of(request.GET.get("q", ""))
    asked = id_of(request.GET.get("person", ""))
    person = Person.objects.filter(pk=asked).first() if asked else None
    if person is not None:
        rows = rows.filter(person=person)
    if text:
        rows = rows.filter(person__name__icontains=text) | rows.filter(
            person__username__icontains=text
        )
    here = request.session.get(OPENED)
    people = () if is_own else (pages.Column("who", _("Person"), keep=1, at="title"),)
    return show.page(
        request,
        pages.ListPage(
            title=title,
            help=pages.Help(
                _("Each browser in which somebody is signed in. Ended, it must sign in again.")
            ),
            columns=(
                *people,
                pages.Column("device", _("device"), keep=1, at="title" if is_own else "detail"),
                pages.Column("begun", _("signed in at"), pages.Kind.TIME, 2, "code", is_told=True),
                pages.Column("seen", _("last used at"), pages.Kind.TIME, 1, "state", is_told=True),
            ),
            rows=tuple(
                pages.Row(
                    str(one.pk),
                    {
                        "who": pages.Cell(one.person.name, after=one.person.username),
                        "device": pages.Cell(
                            one.device or _("unknown"),
                            after=_("this one") if str(one.pk) == here else "",
                        ),
                        "begun": pages.Cell(one.begun_at),
                        "seen": pages.Cell(one.seen_at),
                    },
                )
                for one in rows.select_related("person")[:SHOWN]
            ),
            search=None if is_own else pages.Search(_("Name or sign-in name"), text),
            chips=() if person is None else (pages.Chip(person.name, "?"),),
            batch=(
                pages.Action(_("End the ticked sessions"), end_url, method="post", tone="danger"),
            ),
            empty=pages.Empty(_("Nobody is signed in"), _("Sessions end by themselves too.")),
        ),
    )


def _end(request: HttpRequest, rows: QuerySet[OpenSession], back: str) -> HttpResponse:
    wanted = [pk for text in request.POST.getlist("ids")[:SHOWN] if (pk := id_of(text))]
    ended = 0
    for one in rows.filter(pk__in=wanted):
        try:
            run(END, one.pk)
            ended += 1
        except Forbidden:
            continue  # of somebody who holds more
    said = ngettext("%(n)s session ended", "%(n)s sessions ended", ended) % {"n": ended}
    return show.go(request, back, toast=pages.Toast(said))


# -- looking as somebody else --------------------------------------------------------------------


@entry(permission=LOOK_AS, scope="units", field_policy="none", methods=("POST",))
def look_as_person(request: HttpRequest, person_id: UUID) -> HttpResponse:
    """See what a colleague sees."""
    one: Person = parts.found(Person.objects.all(), person_id)
    run(LOOK, one.pk)
    return _begin(request, {"person": str(one.pk)})


@entry(permission=LOOK_AS, scope="units", field_policy="open", methods=("GET", "POST"))
def look_as_role(request: HttpRequest, role_id: UUID) -> HttpResponse:
    """See what somebody sees who has a role at a unit."""
    one: Role = parts.found(Role.objects.all(), role_id)
    back = reverse("home")

    def build(typed: parts.Typed) -> pages.FormPage:
        here = who().at
        unit = typed.get("unit", str(here.pk) if here else "")
        return parts.form_page(
            _("See what %(who)s sees") % {"who": one.name},
            reverse("settings-role-look", args=[one.pk]),
            (parts.choice("unit", _("At the unit and below"), parts.unit_choices(LOOK_AS), unit),),
            back_url=back,
            deed=_("Begin to look"),
            said=_("For half an hour, or until you end it. Nothing can be written meanwhile."),
        )

    def act(typed: parts.Typed) -> HttpResponse:
        unit: OrgUnit = parts.found(units_where(LOOK_AS), id_of(typed.get("unit", "")) or one.pk)
        run(LOOK, one.pk, {"role": str(one.pk), "unit": str(unit.pk)})
        return _begin(request, {"role": str(one.pk), "unit": str(unit.pk)})

    return parts.form(request, build, act)


def _begin(request: HttpRequest, seen: dict[str, Any]) -> HttpResponse:
    looking.begin(request, seen)
    return show.go(request, reverse("home"))


@entry(permission=SIGNED_IN, scope="own", field_policy="none", methods=("POST",))
def look_end(request: HttpRequest) -> HttpResponse:
    """Be oneself again."""
    if looking.LOOK not in request.session:
        raise Http404
    del request.session[looking.LOOK]
    run(LOOK_NO_MORE)
    return show.go(request, reverse("home"))
