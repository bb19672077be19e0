"""Coming in and going out: sign-in, sign-out, and the clerk who takes over a shared till."""

from urllib.parse import urlencode

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import translation
from django.utils.crypto import constant_time_compare
from django.utils.functional import Promise
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext_lazy as _

from tongpan.base import env
from tongpan.base.refusals import Refusal
from tongpan.faces.kit.coming_in import come_in, go_out
from tongpan.faces.kit.entry import PUBLIC, SIGNED_IN, entry
from tongpan.faces.kit.frame import UNIT_KEY, company_name, frame_context
from tongpan.kernel.documents.sentences import explain
from tongpan.kernel.org import second_factor
from tongpan.kernel.org.models import Person
from tongpan.kernel.org.passkeys import may_be_used, passkeys_of
from tongpan.kernel.org.scope import system, who
from tongpan.kernel.org.settings import Setting, declare_setting, value_of
from tongpan.kernel.org.sign_in import check_pin, check_sign_in

DAY_S = 24 * 3600
WAITS, WAITS_S = "waits_at_the_door", 600  # in the session, and for how long
NEEDS_PASSKEY = _("A password alone does not let you in: sign in with your passkey.")
KEPT_DAYS = declare_setting(
    Setting(
        code="org.session_days",
        kind="integer",
        default=7,
        least=1,
        most=90,
        unit=_("days"),
        title=_("Stay signed in"),
        help=_("For people who ask for it when they sign in; others when the browser closes."),
    )
)


@entry(permission=PUBLIC, scope="none", field_policy="none", methods=("GET", "POST"))
def sign_in(request: HttpRequest) -> HttpResponse:
    """The door. What it says about a wrong name and a wrong password is the same."""
    next_url = safe_next(request)
    if request.method == "GET" and request.user.is_authenticated:
        return HttpResponseRedirect(next_url)
    said = ""
    if request.method == "POST":
        try:
            person = check_sign_in(
                request.POST.get("username", ""),
                request.POST.get("password", ""),
                address=request.META.get("REMOTE_ADDR", ""),
            )
        except Refusal as refusal:
            said = explain(refusal)["detail"]
        else:
            is_kept = "keep" in request.POST
            if second_factor.is_on(person) or second_factor.is_required(person):
                if not second_factor.is_on(person) and passkeys_of(person).exists():
                    # Else whoever has the password alone would set up an app of their own.
                    return _page(request, "backoffice/sign_in.html", NEEDS_PASSKEY, next_url)
                wait_at_the_door(request, person, is_kept=is_kept, next_url=next_url)
                return speaking(HttpResponseRedirect(reverse("sign-in-second")), person.language)
            enter(request, person, is_kept=is_kept)
            return speaking(HttpResponseRedirect(next_url), person.language)
    return _page(request, "backoffice/sign_in.html", said, next_url)


@entry(permission=SIGNED_IN, scope="own", field_policy="none", methods=("POST",))
def sign_out(request: HttpRequest) -> HttpResponse:
    go_out(request)
    return HttpResponseRedirect("/sign-in/")


@entry(permission=SIGNED_IN, scope="own", field_policy="none", methods=("GET", "POST"))
def switch(request: HttpRequest) -> HttpResponse:
    """Another clerk takes over here with their sign-in name and PIN; the unit stays."""
    next_url = safe_next(request)
    unit = who().at
    said = ""
    if request.method == "POST" and unit is not None:
        try:
            person = check_pin(
                request.POST.get("username", ""), request.POST.get("pin", ""), unit=unit
            )
        except Refusal as refusal:
            said = explain(refusal)["detail"]
        else:
            enter(request, person, is_kept=False)
            request.session[UNIT_KEY] = str(unit.pk)
            return speaking(HttpResponseRedirect(next_url), person.language)
    return _page(request, "backoffice/switch.html", said, next_url)


def site_of(request: HttpRequest) -> str:
    """The name of the site as the browser knows it, without the port."""
    host = request.get_host()
    return host if host.endswith("]") else host.rpartition(":")[0] or host


def safe_next(request: HttpRequest) -> str:
    """Where to go on: an address of this host that was asked for, else home."""
    asked = request.POST.get("next") or request.GET.get("next") or "/"
    is_ours = url_has_allowed_host_and_scheme(
        asked, allowed_hosts={request.get_host()}, require_https=request.is_secure()
    )
    return asked if is_ours else "/"


def wait_at_the_door(request: HttpRequest, person: Person, *, is_kept: bool, next_url: str) -> None:
    """Remember, for a while, that somebody has shown their password and nothing else yet."""
    request.session[WAITS] = {
        "person": str(person.pk),
        "mark": person.get_session_auth_hash(),
        "until": int(env.now().timestamp()) + WAITS_S,
        "is_kept": is_kept,
        "next": next_url,
    }


def who_waits(request: HttpRequest) -> Person | None:
    """Who has shown their password here and may still go on; a new password ends that."""
    waits = request.session.get(WAITS)
    if waits is None or waits["until"] < env.now().timestamp():
        return None
    person = Person.objects.filter(pk=waits["person"], is_active=True).first()
    if person is None or not constant_time_compare(waits["mark"], person.get_session_auth_hash()):
        return None
    return person


def enter(request: HttpRequest, person: Person, *, is_kept: bool) -> None:
    come_in(request, person, lasts_s=_kept_days() * DAY_S if is_kept else 0)


def _kept_days() -> int:
    with system(reason="how long a sign-in is kept"):
        return int(value_of(KEPT_DAYS))


def speaking(answer: HttpResponse, language: str) -> HttpResponse:
    """The machine remembers the last person's language for the sign-in page."""
    if language in dict(settings.LANGUAGES):
        answer.set_cookie(
            settings.LANGUAGE_COOKIE_NAME, language, max_age=365 * 24 * 3600, samesite="Lax"
        )
    return answer


def _page(request: HttpRequest, template: str, said: str | Promise, next_url: str) -> HttpResponse:
    context = {
        **frame_context(request),
        "said": said,
        "next": next_url,
        "company": company_name(),
        "kept_days": _kept_days(),
        "name": request.POST.get("username", ""),
        "has_passkeys": may_be_used(site_of(request)),
        "next_query": urlencode({"next": next_url}),
        "languages": settings.LANGUAGES[:2],
        "language": translation.get_language(),
    }
    return HttpResponse(render_to_string(template, context, request), status=403 if said else 200)
