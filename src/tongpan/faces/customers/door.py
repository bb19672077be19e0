"""Who stands at the members' own door: a phone that showed its code, and what limits everybody."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date
from functools import wraps
from typing import Any, Concatenate, ParamSpec, cast
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.template.loader import render_to_string
from django.utils import translation

from tongpan.base import env
from tongpan.base.refusals import Refusal
from tongpan.business.membership.models import Member
from tongpan.business.membership.queries import home, member_by_id
from tongpan.business.selfservice import queries
from tongpan.business.selfservice.models import MembersPage
from tongpan.faces.api.limits import spend
from tongpan.faces.kit.frame import company_name, theme_of
from tongpan.faces.kit.words import words
from tongpan.kernel.documents.sentences import explain, sentence
from tongpan.kernel.org.models import business_date
from tongpan.kernel.org.scope import system

KEY, LASTS_S = "own", 12 * 3600
Rest = ParamSpec("Rest")
View = Callable[Concatenate[HttpRequest, Rest], HttpResponse]


@contextmanager
def as_customer() -> Iterator[None]:
    """Inside, the program acts by itself for a customer; each read names whose it is."""
    with system(reason="a customer by themselves"):
        yield


def limited(view: View[Rest]) -> View[Rest]:
    """Let nobody ask without end from one address, and act as the program for who asks."""

    @wraps(view)
    def asked(request: HttpRequest, *args: Rest.args, **kwargs: Rest.kwargs) -> HttpResponse:
        try:
            spend(f"own {address_of(request)}")
        except Refusal as wait:
            answer = HttpResponse(explain(wait)["detail"], status=429, content_type="text/plain")
            answer["Retry-After"] = "1"
            return answer
        with as_customer():
            return view(request, *args, **kwargs)

    return cast("View[Rest]", asked)


def address_of(request: HttpRequest) -> str:
    return str(request.META.get("REMOTE_ADDR", ""))


def today() -> date:
    return business_date(home(), env.now())


def page_here() -> MembersPage:
    """The page that holds today. Errors: Http404, where the company has none."""
    found = queries.page_on(today())
    if found is None:
        raise Http404
    return found


def member_of(request: HttpRequest) -> Member | None:
    """The member whose phone showed its code in this browser, while that holds."""
    kept = request.session.get(KEY)
    if not kept or kept["until"] < env.now().timestamp():
        return None
    return member_by_id(UUID(kept["member"]))


def let_in(request: HttpRequest, member: Member) -> None:
    """From now on this browser is the member's. The session gets another key."""
    request.session.cycle_key()
    until = int(env.now().timestamp()) + LASTS_S
    request.session[KEY] = {"member": str(member.pk), "until": until}


def let_go(request: HttpRequest) -> None:
    request.session.pop(KEY, None)


def shown(
    request: HttpRequest, template: str, context: dict[str, Any], *, status: int = 200
) -> HttpResponse:
    """A page for a phone; kept by nobody's cache."""
    language = translation.get_language() or "zh-hans"
    facts = {
        "company": company_name(),
        "theme": theme_of(request),
        "language": language,
        "is_chinese": language.startswith("zh"),
        "csp_nonce": getattr(request, "csp_nonce", ""),
        "words": words(),
        **context,
    }
    answer = HttpResponse(render_to_string(template, facts, request), status=status)
    answer["Cache-Control"] = "no-store"
    answer["Referrer-Policy"] = "same-origin"  # a token in an address goes nowhere else
    return answer


def said_by(refusal: Refusal) -> list[str]:
    """What a refusal says, each thing once."""
    problems = [sentence(str(p["code"]), p) for p in refusal.problems]
    return list(dict.fromkeys(problems)) or [str(explain(refusal)["detail"])]
