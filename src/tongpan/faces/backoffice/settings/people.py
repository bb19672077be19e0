"""People: who signs in, what they hold where, and how they get in."""

from collections.abc import Iterator
from contextlib import nullcontext
from dataclasses import replace
from uuid import UUID

from django.contrib.auth.hashers import UNUSABLE_PASSWORD_PREFIX
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _

from tongpan.base import env
from tongpan.base.refusals import Forbidden
from tongpan.faces.backoffice.settings import histories, parts
from tongpan.faces.kit import pages, show
from tongpan.faces.kit.entry import entry
from tongpan.kernel.documents.gate import run
from tongpan.kernel.documents.personal_actions import REVEAL
from tongpan.kernel.documents.sentences import listed
from tongpan.kernel.org import second_factor
from tongpan.kernel.org.access import SEE as SEE_ACCESS
from tongpan.kernel.org.models import ApiToken, Grant, OrgUnit, Person, PersonContact, Role
from tongpan.kernel.org.passkeys import passkeys_of
from tongpan.kernel.org.people import (
    EDIT_GRANT,
    EDIT_PERSON,
    LOOK_AS,
    require_over,
    roles_to_give,
)
from tongpan.kernel.org.scope import (
    masked_fields,
    may_somewhere,
    units_where,
    visible,
    who,
    whole,
)

VIEWS = ("", "new", "off", "all")
DEEDS = (
    "remove_second_factor",
    "switch_off",
    "switch_on",
    "end_sessions",
    "set_password",
    "set_pin",
)
PAGE_SIZE = 200


@entry(permission=EDIT_PERSON, scope="company", field_policy="open")
def people(request: HttpRequest) -> HttpResponse:
    """Everybody who signs in, with what they hold."""
    view, text = request.GET.get("view", ""), request.GET.get("q", "").strip()[:60]
    rows = Person.objects.order_by("username")
    if view in ("", "off"):
        rows = rows.filter(is_active=view == "")
    elif view == "new":
        rows = not_ready().order_by("username")
    if text:
        rows = rows.filter(name__icontains=text) | rows.filter(username__icontains=text)
    found = list(rows[: PAGE_SIZE + 1])
    held: dict[UUID, list[str]] = {}
    grants = Grant.objects.filter(person__in=found).select_related("role", "unit")
    for grant in grants.order_by("unit__path"):
        held.setdefault(grant.person_id, []).append(f"{grant.role.name} · {grant.unit.name}")
    new = pages.Action(
        _("New person"), reverse("settings-person-new"), key="N", icon="plus", tone="primary"
    )
    return show.page(
        request,
        pages.ListPage(
            title=_("People"),
            help=pages.Help(_("Who signs in here, with which roles at which units.")),
            tour="people",
            columns=(
                pages.Column("name", _("full name"), pages.Kind.LINK, 1, "title"),
                pages.Column("username", _("sign-in name"), pages.Kind.CODE, 1, "code"),
                pages.Column("held", _("Roles"), keep=2, at="detail"),
                pages.Column("state", _("State"), pages.Kind.STATE, 1, "state"),
            ),
            rows=tuple(_row(one, held.get(one.pk, [])) for one in found[:PAGE_SIZE]),
            views=tuple(
                pages.View(title, f"?view={code}", is_current=view == code)
                for code, title in zip(
                    VIEWS,
                    (_("May sign in"), _("Not ready"), _("Switched off"), _("All")),
                    strict=True,
                )
            ),
            kept={"view": view} if view else {},
            search=pages.Search(_("Name or sign-in name"), text),
            note=_("The first %(n)s are shown: search for the others.") % {"n": PAGE_SIZE}
            if len(found) > PAGE_SIZE
            else "",
            primary=new,
            empty=pages.Empty(_("Nobody yet"), _("People who sign in stand here."), (new,)),
        ),
    )


def not_ready() -> QuerySet[Person]:
    """Who has no role yet, or no password."""
    has_role = Exists(Grant.objects.filter(person=OuterRef("pk")))
    unready = Q(~has_role) | Q(password__startswith=UNUSABLE_PASSWORD_PREFIX)
    return Person.objects.filter(unready, is_active=True)


def _row(person: Person, held: list[str]) -> pages.Row:
    url = reverse("settings-person", args=[person.pk])
    cells = {
        "name": pages.Cell(person.name, url=url),
        "username": pages.Cell(person.username),
        "held": pages.Cell(listed(held)),
        "state": pages.Cell(_state(person)),
    }
    return pages.Row(str(person.pk), cells, url=url)


def _state(person: Person) -> pages.State:
    if not person.is_active:
        return pages.State("void", _("switched off"))
    if not person.has_usable_password():
        return pages.State("draft", _("no password yet"))
    return pages.State("posted", _("may sign in"))


@entry(permission=EDIT_PERSON, scope="company", field_policy="masked")
def person(request: HttpRequest, person_id: UUID) -> HttpResponse:
    """One person."""
    return show.page(request, _page(parts.found(Person.objects.all(), person_id)))


def _page(person: Person, *, is_shown: bool = False) -> pages.MasterPage:
    facts = [
        pages.Fact(_("sign-in name"), pages.Cell(person.username), pages.Kind.CODE),
        pages.Fact(_("State"), pages.Cell(_state(person)), pages.Kind.STATE),
        pages.Fact(_("language"), pages.Cell(person.get_language_display())),
        pages.Fact(_("PIN"), pages.Cell(_("set") if person.pin else _("none"))),
        pages.Fact(
            _("Two-step sign-in"),
            pages.Cell(_("on") if second_factor.is_on(person) else _("off")),
        ),
        pages.Fact(_("Passkeys"), pages.Cell(passkeys_of(person).count() or None)),
        pages.Fact(
            _("password"), pages.Cell(_("set") if person.has_usable_password() else _("none"))
        ),
    ]
    grants = Grant.objects.filter(person=person).values_list("pk", flat=True)
    is_over = _is_over(person)
    primary, *others = _steps(person, has_role=bool(grants), is_over=is_over)
    about = pages.Card(
        _("Person"),
        facts=(*facts, *_reach(person, is_shown=is_shown)),
        foot="" if is_over else _("Holds more than you: only who holds it too can change this."),
    )
    return pages.MasterPage(
        title=person.name,
        side=(about,),
        main=(_grants(person), _tokens(person), histories.history_card(person.pk, *grants)),
        tag=None if person.is_active else pages.Tag(_("switched off")),
        back_url=reverse("settings-people"),
        primary=replace(primary, tone="primary" if is_over else ""),
        actions=tuple(others),
        more=_more(person, is_over=is_over),
    )


def _is_over(person: Person) -> bool:
    """Whether one may do all that they may, and so may change how they get in."""
    try:
        require_over(person)
    except Forbidden:
        return False
    return True


def _steps(person: Person, *, has_role: bool, is_over: bool) -> list[pages.Action]:
    """What is done about a person; what somebody new needs before they can work comes first."""
    access = reverse("settings-person-access", args=[person.pk])
    sessions = pages.Action(_("Sessions"), _sessions(person))
    looks = [pages.Action(_("What they may do"), access)] if may_somewhere(SEE_ACCESS) else []
    if not is_over:
        return [*looks, sessions]
    edit = pages.Action(_("Edit"), reverse("settings-person-edit", args=[person.pk]), key="E")
    give = pages.Action(_("Give a role"), _give(person))
    password, pin = _secrets(person)
    if not has_role and may_somewhere(EDIT_GRANT):
        return [give, *looks, password, pin, edit]
    if not person.has_usable_password():
        return [password, *looks, pin, edit]
    return [edit, *looks, password, pin]


def _secrets(person: Person) -> tuple[pages.Action, pages.Action]:
    password = pages.Field("password", _("New password"), "secret", is_required=True)
    pin = pages.Field("pin", _("New PIN, 4 to 8 digits"), "pin", is_required=True)
    return (
        pages.Action(
            _("Set a password"), _deed(person, "set_password"), method="post", asks=(password,)
        ),
        pages.Action(_("Set a PIN"), _deed(person, "set_pin"), method="post", asks=(pin,)),
    )


def _reach(person: Person, *, is_shown: bool) -> list[pages.Fact]:
    """How to reach somebody; left out for whoever may not see personal data. Others see enough to
    tell it apart, and all of it once they ask: that is written down."""
    hidden = masked_fields(PersonContact)
    with whole() if is_shown else nullcontext():
        contact = visible(PersonContact).filter(person=person.pk).first()
    if contact is None:
        return []
    titles = (("phone", _("phone")), ("email", _("e-mail")))
    return [
        pages.Fact(
            title,
            pages.Cell(value),
            tag=None if is_shown else pages.Tag(_("in part")),
        )
        for name, title in titles
        if name not in hidden and (value := getattr(contact, name))
    ]


def _more(person: Person, *, is_over: bool) -> tuple[pages.Action, ...]:
    looks = is_over and may_somewhere(LOOK_AS) and person.is_active and person != who().person
    look = reverse("settings-person-look", args=[person.pk])
    reveal = reverse("settings-person-reveal", args=[person.pk])
    first = (
        *(
            [pages.Action(_("Show personal data"), reveal, method="post")]
            if _reach(person, is_shown=False)
            else []
        ),
        *([pages.Action(_("Sessions"), _sessions(person))] if is_over else []),
        *([pages.Action(_("See what they see"), look, method="post")] if looks else []),
    )
    if not is_over:
        return first
    out = pages.Action(_("Sign out everywhere"), _deed(person, "end_sessions"), method="post")
    if not person.is_active:
        on = pages.Action(_("Let in again"), _deed(person, "switch_on"), method="post")
        return (*first, on)
    off = pages.Action(
        _("Switch off"), _deed(person, "switch_off"), method="post", tone="danger",
        confirm=pages.Confirm(
            _("Switch %(who)s off?") % {"who": person.name},
            _("Their sessions and API tokens end at once. Old tokens do not come back."),
            _("Switch off"),
        ),
    )  # fmt: skip
    return (*first, *_second_factor(person), out, off)


def _second_factor(person: Person) -> Iterator[pages.Action]:
    has_any = second_factor.is_on(person) or passkeys_of(person).exists()
    if has_any and person != who().person:
        yield pages.Action(
            _("Remove two-step sign-in"), _deed(person, "remove_second_factor"), method="post",
            confirm=pages.Confirm(
                _("Remove the two-step sign-in of %(who)s?") % {"who": person.name},
                _("For somebody who has lost their phone: be sure that it is they who ask. "
                  "Their password alone lets them in then."),
                _("Remove"),
            ),
        )  # fmt: skip


def _sessions(person: Person) -> str:
    return f"{reverse('settings-sessions')}?person={person.pk}"


def _deed(person: Person, verb: str) -> str:
    return reverse("settings-person-act", args=[person.pk, verb])


def _give(person: Person) -> str:
    return reverse("settings-grant-new", args=[person.pk])


def _grants(person: Person) -> pages.Card:
    grants = Grant.objects.filter(person=person).select_related("role", "unit")
    return pages.Card(
        _("Roles"),
        link=pages.Action(_("Give a role"), _give(person)) if may_somewhere(EDIT_GRANT) else None,
        columns=(
            pages.Column("role", _("Role"), pages.Kind.LINK, 1, "title"),
            pages.Column("unit", _("At the unit and below"), keep=1, at="detail"),
            pages.Column("since", _("since"), pages.Kind.DATE, 2, "date"),
            pages.Column("until", _("until"), pages.Kind.DATE, 2, "code"),
        ),
        rows=tuple(
            pages.Row(
                str(grant.pk),
                {
                    "role": pages.Cell(grant.role.name),
                    "unit": pages.Cell(str(grant.unit)),
                    "since": pages.Cell(grant.valid_from),
                    "until": pages.Cell(grant.valid_until),
                },
                url=reverse("settings-grant-end", args=[grant.pk]),
            )
            for grant in grants.order_by("unit__path", "role__name")
        ),
        empty=_("Holds nothing yet: nobody can do anything without a role."),
        is_compact=True,
    )


def _tokens(person: Person) -> pages.Card:
    tokens = ApiToken.objects.filter(person=person, revoked_at=None, expires_at__gt=env.now())
    return pages.Card(
        _("API tokens"),
        columns=(
            pages.Column("name", _("name"), pages.Kind.LINK, 1, "title"),
            pages.Column("until", _("expires at"), pages.Kind.TIME, 1, "date"),
        ),
        rows=tuple(
            pages.Row(
                str(token.pk),
                {"name": pages.Cell(token.name), "until": pages.Cell(token.expires_at)},
                url=reverse("settings-token", args=[token.pk]),
            )
            for token in tokens.order_by("name")
        ),
        empty=_("None yet."),
        is_compact=True,
    )


@entry(permission=EDIT_PERSON, scope="company", field_policy="masked", methods=("GET", "POST"))
def person_new(request: HttpRequest) -> HttpResponse:
    """Somebody new: they hold nothing and cannot sign in until that is given to them."""
    pk = parts.new_id(request)
    url = f"{reverse('settings-person-new')}?id={pk}"

    def build(typed: parts.Typed) -> pages.FormPage:
        name = pages.Field(
            "username", _("sign-in name"), value=typed.get("username", ""), is_required=True,
            hint=_("without spaces"),
        )  # fmt: skip
        fields = (name, *_fields(Person(pk=pk), typed))
        said = _("Give a role and a password on the next page: a person needs both to work.")
        return parts.form_page(
            _("New person"), url, fields, back_url=reverse("settings-people"), said=said
        )

    return parts.form(request, build, lambda typed: _save(request, pk, typed))


@entry(permission=EDIT_PERSON, scope="company", field_policy="masked", methods=("GET", "POST"))
def person_edit(request: HttpRequest, person_id: UUID) -> HttpResponse:
    """The form of a person, with how they are reached: that it was looked at is written down."""
    one: Person = parts.found(Person.objects.all(), person_id)
    if request.method == "GET" and _reach(one, is_shown=False):
        run(REVEAL, one.pk)

    def build(typed: parts.Typed) -> pages.FormPage:
        back = reverse("settings-person", args=[one.pk])
        url = reverse("settings-person-edit", args=[one.pk])
        return parts.form_page(
            _("Person"), url, _fields(one, typed), back_url=back, number=one.username
        )

    return parts.form(request, build, lambda typed: _save(request, one.pk, typed))


def _fields(person: Person, typed: parts.Typed) -> tuple[pages.Field, ...]:
    hidden = masked_fields(PersonContact)
    with whole():
        contact = visible(PersonContact).filter(person=person.pk).first()
    titles = (("phone", _("phone")), ("email", _("e-mail")))
    own = who().person  # colleagues speak what whoever takes them on speaks, until it is said
    language = own.language if person._state.adding and own else person.language
    return (
        pages.Field("name", _("full name"), value=typed.get("name", person.name), is_required=True),
        parts.choice(
            "language",
            _("language"),
            Person.Language.choices,
            typed.get("language", language),
        ),
        *(
            pages.Field(n, t, value=typed.get(n, getattr(contact, n) if contact else ""))
            for n, t in titles
            if n not in hidden
        ),
    )


def _save(request: HttpRequest, pk: UUID, typed: parts.Typed) -> HttpResponse:
    names = ("username", "name", "language", "phone", "email")
    run("org.person.save", pk, {name: typed[name] for name in names if name in typed})
    return show.go(request, reverse("settings-person", args=[pk]), toast=pages.Toast(_("Saved")))


@entry(permission=EDIT_PERSON, scope="company", field_policy="masked", methods=("POST",))
def person_reveal(request: HttpRequest, person_id: UUID) -> HttpResponse:
    """The page of a person with how to reach them in full, this once."""
    one: Person = parts.found(Person.objects.all(), person_id)

    def act() -> HttpResponse:
        run(REVEAL, one.pk)
        answer = show.page(request, _page(one, is_shown=True))
        answer["Cache-Control"] = "no-store"
        return answer

    return parts.deed(request, act, lambda: _page(one))


@entry(permission=EDIT_PERSON, scope="company", field_policy="masked", methods=("POST",))
def person_act(request: HttpRequest, person_id: UUID, verb: str) -> HttpResponse:
    """Switch a person off or on, sign them out, or give them a password or a PIN."""
    if verb not in DEEDS:
        raise Http404
    one: Person = parts.found(Person.objects.all(), person_id)

    def act() -> HttpResponse:
        typed = {n: request.POST[n] for n in ("password", "pin") if n in request.POST}
        run(f"org.person.{verb}", one.pk, typed)
        url = reverse("settings-person", args=[one.pk])
        return show.go(request, url, toast=pages.Toast(_done(verb)))

    return parts.deed(request, act, lambda: _page(one))


def _done(verb: str) -> str:
    return {
        "remove_second_factor": _("Two-step sign-in is removed"),
        "switch_off": _("Switched off"),
        "switch_on": _("May sign in again"),
        "end_sessions": _("Signed out everywhere"),
        "set_password": _("The new password holds now"),
        "set_pin": _("The new PIN holds now"),
    }[verb]


# -- what they hold -----------------------------------------------------------------------------


@entry(permission=EDIT_GRANT, scope="units", field_policy="open", methods=("GET", "POST"))
def grant_new(request: HttpRequest, person_id: UUID) -> HttpResponse:
    """Give a person a role at a unit and below."""
    one: Person = parts.found(Person.objects.all(), person_id)
    pk, back = parts.new_id(request), reverse("settings-person", args=[one.pk])
    url = f"{reverse('settings-grant-new', args=[one.pk])}?id={pk}"

    def build(typed: parts.Typed) -> pages.FormPage:
        # None is chosen before the person has chosen: a role is quickly given and long held.
        offered = roles_to_give(units_where(EDIT_GRANT))
        left_out = Role.objects.exclude(pk__in=[role.pk for role in offered])
        names = " · ".join(left_out.order_by("name").values_list("name", flat=True))
        hint = _("Not offered, for they hold more than you: %(roles)s") % {"roles": names}
        roles = [("", "—"), *((str(role.pk), role.name) for role in offered)]
        units = parts.unit_choices(EDIT_GRANT)
        units = units if len(units) == 1 else [("", "—"), *units]
        fields = (
            parts.choice(
                "role",
                _("Role"),
                roles,
                typed.get("role", ""),
                is_required=True,
                hint=hint if names else "",
            ),
            parts.choice(
                "unit",
                _("At the unit and below"),
                units,
                typed.get("unit", units[0][0]),
                is_required=True,
            ),
            pages.Field("valid_from", _("since"), "date", typed.get("valid_from", "")),
            pages.Field("valid_until", _("until"), "date", typed.get("valid_until", "")),
        )
        said = _("Without days it holds from now on.")
        title = _("Give a role to %(who)s") % {"who": one.name}
        return parts.form_page(title, url, fields, back_url=back, said=said, deed=_("Give"))

    def act(typed: parts.Typed) -> HttpResponse:
        payload = {n: typed.get(n) or None for n in ("role", "unit", "valid_from", "valid_until")}
        run("org.grant.give", pk, {"person": str(one.pk), **payload})
        return show.go(request, back, toast=pages.Toast(_("Given")))

    return parts.form(request, build, act)


@entry(permission=EDIT_GRANT, scope="units", field_policy="open", methods=("GET", "POST"))
def grant_end(request: HttpRequest, grant_id: UUID) -> HttpResponse:
    """Let a grant hold through a day."""
    mine = OrgUnit.objects.filter(pk__in=[pk for pk, _t in parts.unit_choices(EDIT_GRANT)])
    rows = Grant.objects.select_related("person", "role", "unit").filter(unit__in=mine)
    grant: Grant = parts.found(rows, grant_id)
    back = reverse("settings-person", args=[grant.person_id])

    def build(typed: parts.Typed) -> pages.FormPage:
        last_day = typed.get("last_day", (grant.valid_until or env.now().date()).isoformat())
        facts = {"who": grant.person.name, "role": grant.role.name, "unit": grant.unit.name}
        return parts.form_page(
            _("%(role)s of %(who)s at %(unit)s") % facts,
            reverse("settings-grant-end", args=[grant.pk]),
            (pages.Field("last_day", _("Holds through"), "date", last_day, is_required=True),),
            back_url=back,
            deed=_("End"),
            said=_("The day counts. A day before its first one takes it away altogether."),
        )

    def act(typed: parts.Typed) -> HttpResponse:
        run("org.grant.end", grant.pk, {"last_day": typed.get("last_day", "")})
        return show.go(request, back, toast=pages.Toast(_("Saved")))

    return parts.form(request, build, act)
