"""The second step of signing in: at the door after the password, and on one's own page."""

from collections.abc import Callable
from dataclasses import dataclass, replace

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from tongpan.base.refusals import Refusal
from tongpan.faces.backoffice.door import WAITS, enter, speaking, who_waits
from tongpan.faces.backoffice.settings import histories, parts
from tongpan.faces.kit import pages, show
from tongpan.faces.kit.entry import PUBLIC, SIGNED_IN, entry
from tongpan.faces.kit.frame import company_name, frame_context
from tongpan.kernel.documents.gate import run
from tongpan.kernel.documents.second_factor_actions import BEGIN, RENEW_CODES, TURN_OFF, TURN_ON
from tongpan.kernel.documents.sentences import explain
from tongpan.kernel.org import second_factor
from tongpan.kernel.org.models import Person, SecondFactor
from tongpan.kernel.org.scope import acting, who
from tongpan.kernel.org.sign_in import check_second_step, check_sign_in

CODE = "one_time_code"


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
        return _answer(request, _set_up(run(BEGIN).result, url, asked.back_url))
    try:
        codes = run(TURN_ON, None, {CODE: request.POST[CODE]}).result
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


# -- one's own page ------------------------------------------------------------------------------


@entry(permission=SIGNED_IN, scope="own", field_policy="open")
def own(request: HttpRequest) -> HttpResponse:
    """How one signs in oneself."""
    return show.page(request, _page(_me()))


@entry(permission=SIGNED_IN, scope="own", field_policy="open", methods=("POST",))
def own_act(request: HttpRequest, verb: str) -> HttpResponse:
    """Set up an app, take it into use, make new recovery codes, or end it: with the password."""
    me, acts = _me(), {"begin": _begin, "confirm": _confirm, "renew": _renew, "off": _off}
    act: Callable[[HttpRequest, Person], HttpResponse] | None = acts.get(verb)
    if act is None:
        raise Http404
    return parts.deed(request, lambda: act(request, me), lambda: _page(me))


def _begin(request: HttpRequest, me: Person) -> HttpResponse:
    _show_password(request, me)
    url = reverse("my-sign-in-act", args=["confirm"])
    return _answer(request, _set_up(run(BEGIN).result, url, reverse("my-sign-in")))


def _confirm(request: HttpRequest, me: Person) -> HttpResponse:
    try:
        codes = run(TURN_ON, None, {CODE: request.POST.get(CODE, "")}).result
    except Refusal as refusal:
        if second_factor.begun(me) is None:
            raise
        asked = StepPage("", reverse("my-sign-in-act", args=["confirm"]), reverse("my-sign-in"))
        return _answer(request, _once_more(me, asked, refusal))
    return _answer(request, _codes(codes, reverse("my-sign-in")))


def _renew(request: HttpRequest, me: Person) -> HttpResponse:
    _show_password(request, me)
    return _answer(request, _codes(run(RENEW_CODES).result, reverse("my-sign-in")))


def _off(request: HttpRequest, me: Person) -> HttpResponse:
    _show_password(request, me)
    run(TURN_OFF)
    toast = pages.Toast(_("Two-step sign-in is off"))
    return show.go(request, reverse("my-sign-in"), toast=toast)


def _me() -> Person:
    person = who().person
    assert person is not None, "Who is signed in is somebody."
    return person


def _show_password(request: HttpRequest, me: Person) -> None:
    """Errors: Refusal as of `check_sign_in`: an open screen is not the person."""
    check_sign_in(me.username, request.POST.get("password", ""), address=_address(request))


def _page(me: Person) -> pages.MasterPage:
    is_on, is_required = second_factor.is_on(me), second_factor.is_required(me)
    left = second_factor.codes_left(me)
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
        main=(histories.history_card(me.pk),),
        actions=(
            *((_deed("renew", _("New recovery codes")),) if is_on else ()),
            _deed("begin", _("Move to another app") if is_on else _("Turn on"), "primary"),
        ),
        more=(_deed("off", _("Turn off"), "danger"),) if is_on and not is_required else (),
    )  # fmt: skip


def _deed(verb: str, title: str, tone: str = "") -> pages.Action:
    password = pages.Field("password", _("Your password"), "secret", is_required=True)
    url = reverse("my-sign-in-act", args=[verb])
    return pages.Action(title, url, method="post", tone=tone, asks=(password,))  # type: ignore[arg-type]
