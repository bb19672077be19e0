"""The second step of signing in: at the door after the password, and on one's own page."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop as noop
from django.utils.translation import ngettext

from tongpan.base.refusals import Refusal
from tongpan.faces.backoffice.door import (
    WAITS,
    enter,
    safe_next,
    site_of,
    speaking,
    who_waits,
)
from tongpan.faces.backoffice.settings import histories, parts
from tongpan.faces.kit import pages, show
from tongpan.faces.kit.entry import PUBLIC, SIGNED_IN, entry
from tongpan.faces.kit.frame import company_name, frame_context
from tongpan.kernel.documents.gate import run
from tongpan.kernel.documents.second_factor_actions import (
    ADD_PASSKEY,
    BEGIN,
    REMOVE_PASSKEY,
    RENEW_CODES,
    TURN_OFF,
    TURN_ON,
)
from tongpan.kernel.documents.sentences import explain, say
from tongpan.kernel.org import passkeys, second_factor
from tongpan.kernel.org.models import Passkey, Person, SecondFactor
from tongpan.kernel.org.scope import acting, who
from tongpan.kernel.org.sign_in import check_second_step, check_sign_in

CODE, CHALLENGE = "one_time_code", "passkey_challenge"  # the second in the session

say("passkeys_need_a_name", noop("Open the program by a name, not by a number, to use passkeys."))


@dataclass(frozen=True)
class StepPage:
    """One sheet: a code is asked for, an app is set up, or recovery codes are shown this once."""

    title: str
    send_url: str
    back_url: str
    said: str = ""
    key: str = ""  # of the app that is set up, in groups of four
    address: str = ""  # what its picture says
    is_new: bool = False  # nothing is set up yet, though a role asks for it
    codes: tuple[str, ...] = ()
    next_url: str = ""
    person: str = ""
    company: str = ""
    deed: str = ""  # what a device is asked to do with a passkey: make, or show
    options: Any = None
    name: str = ""

    template = "backoffice/second_step.html"


def _answer(request: HttpRequest, page: StepPage) -> HttpResponse:
    shown = replace(page, company=company_name())
    context = {**frame_context(request), "page": shown}
    said = render_to_string(page.template, context, request)
    return HttpResponse(
        said, status=422 if page.said else 200, headers={"Cache-Control": "no-store"}
    )


# -- at the door ---------------------------------------------------------------------------------


@entry(permission=PUBLIC, scope="own", field_policy="none", methods=("GET", "POST"))
def at_the_door(request: HttpRequest) -> HttpResponse:
    """After the password: a code of the app. Who must have one and has none sets it up first."""
    person = who_waits(request)
    if person is None:
        return HttpResponseRedirect(reverse("sign-in"))
    with translation.override(person.language), acting(person):
        return _step(request, person)


def _step(request: HttpRequest, person: Person) -> HttpResponse:
    url, is_on = reverse("sign-in-second"), second_factor.is_on(person)
    asked = StepPage(_("Two-step sign-in"), url, reverse("sign-in"), is_new=not is_on)
    if request.method == "GET":
        return _answer(request, asked)
    if is_on:
        try:
            check_second_step(person, request.POST.get(CODE, ""), address=_address(request))
        except Refusal as refusal:
            return _answer(request, replace(asked, said=explain(refusal)["detail"]))
        next_url = _come_in(request, person)
        return speaking(HttpResponseRedirect(next_url), person.language)
    if CODE not in request.POST:
        return _answer(request, _set_up(run(BEGIN, person.pk).result, url, asked.back_url))
    try:
        codes = run(TURN_ON, person.pk, {CODE: request.POST[CODE]}).result
    except Refusal as refusal:
        return _answer(request, _once_more(person, asked, refusal))
    next_url = _come_in(request, person)
    return speaking(_answer(request, _codes(codes, next_url)), person.language)


def _come_in(request: HttpRequest, person: Person) -> str:
    waits = request.session.pop(WAITS)
    enter(request, person, is_kept=waits["is_kept"])
    return str(waits["next"])


def _address(request: HttpRequest) -> str:
    return str(request.META.get("REMOTE_ADDR", ""))


def _set_up(app: SecondFactor, url: str, back: str) -> StepPage:
    key = second_factor.key_of(app)
    return StepPage(
        _("Set up two-step sign-in"), url, back,
        key=" ".join(key[at : at + 4] for at in range(0, len(key), 4)),
        address=second_factor.address_of(app, company_name()),
    )  # fmt: skip


def _once_more(person: Person, asked: StepPage, refusal: Refusal) -> StepPage:
    """The picture again, beside why the code was refused; from the start if nothing was begun."""
    app = second_factor.begun(person)
    page = _set_up(app, asked.send_url, asked.back_url) if app else asked
    return replace(page, said=explain(refusal)["detail"])


def _codes(codes: list[str], next_url: str) -> StepPage:
    person = who().person
    return StepPage(
        _("Recovery codes"), "", "", codes=tuple(codes), next_url=next_url,
        person=f"{person.name} · {person.username}" if person else "",
    )  # fmt: skip


# -- passkeys ------------------------------------------------------------------------------------


@entry(permission=PUBLIC, scope="own", field_policy="none", methods=("GET", "POST"))
def by_passkey(request: HttpRequest) -> HttpResponse:
    """Sign in by a passkey alone: the device asks the person to unlock it, so it is two steps."""
    site, next_url = site_of(request), safe_next(request)
    if not passkeys.may_be_used(site):
        return HttpResponseRedirect(reverse("sign-in"))
    said = ""
    if request.method == "POST":
        try:
            person = passkeys.person_by(
                request.POST.get("answer", ""),
                challenge=request.session.pop(CHALLENGE, ""), site=site, origin=_origin(request),
            )  # fmt: skip
        except Refusal as refusal:
            said = explain(refusal)["detail"]
        else:
            enter(request, person, is_kept="keep" in request.POST)
            return speaking(HttpResponseRedirect(next_url), person.language)
    options, request.session[CHALLENGE] = passkeys.ask(site=site)
    url = f"{reverse('sign-in-passkey')}?{urlencode({'next': next_url})}"
    page = StepPage(
        _("Sign in with a passkey"), url, reverse("sign-in"), said=said, deed="show",
        options=options,
    )  # fmt: skip
    return _answer(request, page)


def _origin(request: HttpRequest) -> str:
    return f"{request.scheme}://{request.get_host()}"


def _offer_passkey(request: HttpRequest, me: Person) -> HttpResponse:
    _show_password(request, me)
    site = site_of(request)
    if not passkeys.may_be_used(site):
        raise Refusal("passkeys_need_a_name")
    options, request.session[CHALLENGE] = passkeys.offer(me, site=site, company=company_name())
    page = StepPage(
        _("Make a passkey"), reverse("my-sign-in-act", args=["add-passkey"]),
        reverse("my-sign-in"), deed="make", options=options,
        name=request.POST.get("name", "")[: passkeys.NAME_MOST],
    )  # fmt: skip
    return _answer(request, page)


def _add_passkey(request: HttpRequest, me: Person) -> HttpResponse:
    given = {
        "answer": request.POST.get("answer"), "name": request.POST.get("name"),
        "challenge": request.session.pop(CHALLENGE, ""), "site": site_of(request),
        "origin": _origin(request),
    }  # fmt: skip
    run(ADD_PASSKEY, me.pk, given)
    return show.go(request, reverse("my-sign-in"), toast=pages.Toast(_("The passkey is made")))


@entry(permission=SIGNED_IN, scope="own", field_policy="open")
def passkey(request: HttpRequest, passkey_id: UUID) -> HttpResponse:
    """One of one's own passkeys."""
    one: Passkey = parts.found(passkeys.passkeys_of(_me()), passkey_id)
    return show.page(request, _passkey_page(one))


@entry(permission=SIGNED_IN, scope="own", field_policy="open", methods=("POST",))
def passkey_remove(request: HttpRequest, passkey_id: UUID) -> HttpResponse:
    """Take away one of one's own, with the password."""
    me = _me()
    one: Passkey = parts.found(passkeys.passkeys_of(me), passkey_id)

    def act() -> HttpResponse:
        _show_password(request, me)
        run(REMOVE_PASSKEY, one.pk)
        toast = pages.Toast(_("The passkey is removed"))
        return show.go(request, reverse("my-sign-in"), toast=toast)

    return parts.deed(request, act, lambda: _passkey_page(one))


def _passkey_page(one: Passkey) -> pages.MasterPage:
    password = pages.Field("password", _("Your password"), "secret", is_required=True)
    url = reverse("passkey-remove", args=[one.pk])
    return pages.MasterPage(
        title=one.name,
        side=(
            pages.Card(
                _("Passkey"),
                facts=(
                    pages.Fact(_("added at"), pages.Cell(one.made_at), pages.Kind.TIME),
                    pages.Fact(_("last used at"), pages.Cell(one.used_at), pages.Kind.TIME),
                ),
            ),
        ),
        main=(),
        back_url=reverse("my-sign-in"),
        actions=(pages.Action(_("Remove"), url, method="post", tone="danger", asks=(password,)),),
    )


def _passkeys(me: Person) -> pages.Card:
    return pages.Card(
        _("Passkeys"),
        columns=(
            pages.Column("name", _("name"), pages.Kind.LINK, 1, "title"),
            pages.Column("made", _("added at"), pages.Kind.TIME, 2, "code"),
            pages.Column("used", _("last used at"), pages.Kind.TIME, 1, "date"),
        ),
        rows=tuple(
            pages.Row(
                str(one.pk),
                {
                    "name": pages.Cell(one.name, url=reverse("my-passkey", args=[one.pk])),
                    "made": pages.Cell(one.made_at),
                    "used": pages.Cell(one.used_at),
                },
                url=reverse("my-passkey", args=[one.pk]),
            )
            for one in passkeys.passkeys_of(me)
        ),
        empty=_("None yet. With one you sign in by fingerprint, face or the PIN of your device."),
        is_compact=True,
    )


# -- one's own page ------------------------------------------------------------------------------


@entry(permission=SIGNED_IN, scope="own", field_policy="open")
def own(request: HttpRequest) -> HttpResponse:
    """How one signs in oneself."""
    return show.page(request, _page(_me(), site_of(request)))


@entry(permission=SIGNED_IN, scope="own", field_policy="open", methods=("POST",))
def own_act(request: HttpRequest, verb: str) -> HttpResponse:
    """Set up an app, take it into use, make new recovery codes, or end it: with the password."""
    me = _me()
    acts = {
        "begin": _begin, "confirm": _confirm, "renew": _renew, "off": _off,
        "passkey": _offer_passkey, "add-passkey": _add_passkey,
    }  # fmt: skip
    act: Callable[[HttpRequest, Person], HttpResponse] | None = acts.get(verb)
    if act is None:
        raise Http404
    return parts.deed(request, lambda: act(request, me), lambda: _page(me, site_of(request)))


def _begin(request: HttpRequest, me: Person) -> HttpResponse:
    _show_password(request, me)
    url = reverse("my-sign-in-act", args=["confirm"])
    return _answer(request, _set_up(run(BEGIN, me.pk).result, url, reverse("my-sign-in")))


def _confirm(request: HttpRequest, me: Person) -> HttpResponse:
    try:
        codes = run(TURN_ON, me.pk, {CODE: request.POST.get(CODE, "")}).result
    except Refusal as refusal:
        if second_factor.begun(me) is None:
            raise
        asked = StepPage("", reverse("my-sign-in-act", args=["confirm"]), reverse("my-sign-in"))
        return _answer(request, _once_more(me, asked, refusal))
    return _answer(request, _codes(codes, reverse("my-sign-in")))


def _renew(request: HttpRequest, me: Person) -> HttpResponse:
    _show_password(request, me)
    return _answer(request, _codes(run(RENEW_CODES, me.pk).result, reverse("my-sign-in")))


def _off(request: HttpRequest, me: Person) -> HttpResponse:
    _show_password(request, me)
    run(TURN_OFF, me.pk)
    toast = pages.Toast(_("Two-step sign-in is off"))
    return show.go(request, reverse("my-sign-in"), toast=toast)


def _me() -> Person:
    person = who().person
    assert person is not None, "Who is signed in is somebody."
    return person


def _show_password(request: HttpRequest, me: Person) -> None:
    """Errors: Refusal as of `check_sign_in`: an open screen is not the person."""
    check_sign_in(me.username, request.POST.get("password", ""), address=_address(request))


def _page(me: Person, site: str) -> pages.MasterPage:
    is_on, is_required = second_factor.is_on(me), second_factor.is_required(me)
    left = second_factor.codes_left(me)
    begin = _("Move to another app") if is_on else _("Turn on two-step sign-in")
    state = pages.State("posted", _("on")) if is_on else pages.State("draft", _("off"))
    facts = [pages.Fact(_("State"), pages.Cell(state), pages.Kind.STATE)]
    if is_required:
        facts.append(pages.Fact(_("Asked for by"), pages.Cell(_("a role that you have"))))
    if is_on:
        said = ngettext("%(n)s left", "%(n)s left", left) % {"n": left}
        facts.append(pages.Fact(_("Recovery codes"), pages.Cell(said)))
    return pages.MasterPage(
        title=_("How I sign in"),
        help=pages.Help(
            _("After your password you type a code that an app on your phone shows: a stolen "
              "password alone then opens nothing. Tills and programs are not affected.")
        ),
        side=(pages.Card(_("Two-step sign-in"), facts=tuple(facts)),),
        main=(_passkeys(me), histories.history_card(me.pk)),
        actions=(
            *((_new_passkey(),) if passkeys.may_be_used(site) else ()),
            *((_deed("renew", _("New recovery codes")),) if is_on else ()),
            _deed("begin", begin, "primary"),
        ),
        more=(_deed("off", _("Turn off"), "danger"),) if is_on and not is_required else (),
    )  # fmt: skip


def _new_passkey() -> pages.Action:
    asks = (
        pages.Field("name", _("What the device is called"), is_required=True),
        pages.Field("password", _("Your password"), "secret", is_required=True),
    )
    url = reverse("my-sign-in-act", args=["passkey"])
    return pages.Action(_("New passkey"), url, method="post", asks=asks)


def _deed(verb: str, title: str, tone: str = "") -> pages.Action:
    password = pages.Field("password", _("Your password"), "secret", is_required=True)
    url = reverse("my-sign-in-act", args=[verb])
    return pages.Action(title, url, method="post", tone=tone, asks=(password,))  # type: ignore[arg-type]
