"""Which till this machine is. It remembers; whoever is signed in must be allowed to sell there."""

from collections.abc import Callable
from functools import wraps
from typing import Any, Concatenate, ParamSpec, cast
from uuid import UUID

import orjson
from django.core.serializers.json import DjangoJSONEncoder
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone

from tongpan.base.refusals import Forbidden, Question, Refusal
from tongpan.business.till import queries
from tongpan.faces.kit.entry import STANDS_ITSELF
from tongpan.kernel.documents.fields import plain
from tongpan.kernel.documents.sentences import explain
from tongpan.kernel.org.models import OrgUnit, Person
from tongpan.kernel.org.scope import acting, who

# Days, moments and the like as Django writes them.
_ENCODER, _AS_DJANGO = (
    DjangoJSONEncoder(),
    (orjson.OPT_PASSTHROUGH_DATETIME | orjson.OPT_PASSTHROUGH_DATACLASS | orjson.OPT_NON_STR_KEYS),
)
COOKIE, KEPT_S = "till", 400 * 24 * 3600
Rest = ParamSpec("Rest")
AtTill = Callable[Concatenate[HttpRequest, OrgUnit, Rest], HttpResponse]
Asked = Callable[Concatenate[HttpRequest, OrgUnit, Rest], dict[str, Any]]
View = Callable[Concatenate[HttpRequest, Rest], HttpResponse]


def till_of(request: HttpRequest) -> OrgUnit | None:
    """The till that this machine was told to be, if the person may ring up there."""
    kept = request.get_signed_cookie(COOKIE, default=None, salt=COOKIE)
    return queries.till(UUID(kept)) if kept else None


def remember(answer: HttpResponse, till: OrgUnit, *, is_secure: bool) -> None:
    """Let this machine be that till from now on, whoever signs in."""
    answer.set_signed_cookie(
        COOKIE, str(till.pk), salt=COOKIE, max_age=KEPT_S, httponly=True, samesite="Lax",
        secure=is_secure,
    )  # fmt: skip


def at_till(view: AtTill[Rest]) -> View[Rest]:
    """A page of the till; a machine that is none yet is asked which."""

    @wraps(view)
    def opened(request: HttpRequest, *args: Rest.args, **kwargs: Rest.kwargs) -> HttpResponse:
        till = till_of(request)
        if till is None:
            return HttpResponseRedirect(reverse("till-choose"))
        with standing_at(request, till):
            return view(request, till, *args, **kwargs)

    return cast("View[Rest]", opened)


def answers(asked: Asked[Rest]) -> View[Rest]:
    """What the screen asks for, as JSON. A no is an answer too: `refused`, with its sentences."""

    @wraps(asked)
    def answer(request: HttpRequest, *args: Rest.args, **kwargs: Rest.kwargs) -> HttpResponse:
        try:
            till = till_of(request)
            if till is None:
                raise Refusal("not_at_a_till")
            with standing_at(request, till):
                said = asked(request, till, *args, **kwargs)
        except Forbidden:
            said = {"refused": _said(Refusal("not_yours"))}
        except Refusal as refusal:
            said = {"refused": _said(refusal)}
        text = orjson.dumps(said, default=_ENCODER.default, option=_AS_DJANGO)
        return HttpResponse(text, content_type="application/json")

    setattr(answer, STANDS_ITSELF, True)
    return cast("View[Rest]", answer)


def standing_at(request: HttpRequest, till: OrgUnit, authorised_by: Person | None = None) -> Any:
    """Inside, the signed-in person acts at the till, in the store's time zone."""
    assert isinstance(request.user, Person)
    timezone.activate(till.zone)
    return acting(request.user, till, authorised_by=authorised_by, via="screen", held=who().held)


def _said(refusal: Refusal) -> dict[str, Any]:
    told = explain(refusal) | {"is_question": isinstance(refusal, Question)}
    told["problems"] = [
        {name: plain(value) for name, value in problem.items() if _is_sayable(value)}
        for problem in told["problems"]
    ]
    return told


def _is_sayable(value: Any) -> bool:
    return not isinstance(value, list | tuple | dict)
