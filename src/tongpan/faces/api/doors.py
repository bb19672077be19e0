"""The door in front of every address of the API: who calls, in which language, and what goes wrong.

A call comes with a token (`Authorization: Bearer ...`) or with the session of a signed-in person;
a session needs the CSRF token for whatever writes. Behind the door the person acts, `via="api"`,
and a token reaches no further than its scopes. Every refusal and every error leaves as problem
JSON, with a request id that is also in the log.
"""

import logging
import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any
from uuid import NAMESPACE_URL, UUID, uuid5

from django.db import DataError, IntegrityError, OperationalError
from django.http import HttpRequest, HttpResponse
from django.middleware.csrf import CsrfViewMiddleware
from django.utils import translation
from django.utils.cache import patch_vary_headers
from django.views.decorators.csrf import csrf_exempt

from tongpan.base import env
from tongpan.base.refusals import Forbidden, Refusal
from tongpan.faces.api import limits
from tongpan.faces.api.bodies import json_body, refuse_text
from tongpan.faces.api.problems import problem
from tongpan.faces.api.writing import json_bytes
from tongpan.faces.kit.entry import PUBLIC, SIGNED_IN, Entry, FieldPolicy, Scope
from tongpan.kernel.org.models import OrgUnit, Person
from tongpan.kernel.org.scope import acting, may_somewhere
from tongpan.kernel.org.tokens import token_person
from tongpan.kernel.org.visibility import MaskedField, visible

log = logging.getLogger(__name__)
SAFE = frozenset({"GET", "HEAD"})
OVERRIDES = ("X-HTTP-Method-Override", "X-HTTP-Method", "X-Method-Override")
KEY = re.compile(r"[\x21-\x7e]{1,200}")
KEYS = uuid5(NAMESPACE_URL, "tongpan:idempotency-key")


@dataclass(frozen=True)
class Caller:
    """Who calls, and how they showed it. `scopes` is None for a session."""

    person: Person
    name: str
    scopes: tuple[str, ...] | None
    at: OrgUnit | None = None


@dataclass
class Call:
    """One request behind the door: parsed as far as its handler asks for it."""

    request: HttpRequest
    caller: Caller

    def parameters(self, allowed: Iterable[str]) -> dict[str, str]:
        """Every query parameter. One that is not allowed, or stands twice, is refused."""
        known = set(allowed)
        for name, values in self.request.GET.lists():
            if name not in known:
                raise Refusal("filter_not_allowed", name=name[:60])
            if len(values) > 1:
                raise Refusal("parameter_twice", name=name)
            refuse_text(values[0])
        return {name: str(value) for name, value in self.request.GET.items() if value != ""}

    def body(self) -> dict[str, Any]:
        return json_body(self.request)

    @property
    def version(self) -> int | None:
        """The version that the caller saw, as If-Match says; None when it does not say."""
        given = self.request.headers.get("If-Match")
        if given is None or given.strip() == "*":
            return None
        found = re.fullmatch(r'"(\d{1,9})"', given.strip(), re.ASCII)
        if found is None:
            raise Refusal("if_match_format")
        return int(found[1])

    @property
    def key(self) -> UUID | None:
        """The name of this request for ever, from Idempotency-Key; each person has their own."""
        given = self.request.headers.get("Idempotency-Key")
        if given is None:
            return None
        if not KEY.fullmatch(given):
            raise Refusal("idempotency_key_format")
        return uuid5(KEYS, f"{self.caller.person.pk}|{given}")


Handler = Callable[..., "Answer | HttpResponse"]


@dataclass(frozen=True)
class Answer:
    """What a handler says: a value to be written as JSON, and the headers that go with it."""

    value: Any
    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)


def door(
    *, permission: str, scope: Scope, field_policy: FieldPolicy, handlers: dict[str, Handler]
) -> Callable[..., HttpResponse]:
    """A view that answers each of the methods with its handler `(call, **path)`.

    The first three are what every address declares (see `kit.entry`): whoever holds the permission
    nowhere is refused here. The handlers themselves ask the read gate and the action gate, so a row
    that may not be seen is not found.
    """
    entry = Entry(permission, scope, field_policy, tuple(sorted(handlers)))

    @csrf_exempt  # tokens need none, and sessions are checked below
    def view(request: HttpRequest, **path: Any) -> HttpResponse:
        request_id = str(env.new_id())
        with translation.override(_language(request, None)):
            response = _answer(request, request_id, entry, handlers, path)
        response["X-Request-ID"] = request_id
        response["Cache-Control"] = "no-store"
        response["X-Content-Type-Options"] = "nosniff"
        patch_vary_headers(response, ("Authorization", "Cookie", "Accept-Language"))
        return response

    view.entry = entry  # type: ignore[attr-defined]
    return view


def _answer(
    request: HttpRequest,
    request_id: str,
    entry: Entry,
    handlers: dict[str, Handler],
    path: dict[str, Any],
) -> HttpResponse:
    try:
        handler = _handler(request, handlers)
        caller = _caller(request)
        limits.spend(caller.name)
        with (
            translation.override(_language(request, caller.person)),
            acting(caller.person, caller.at, via="api", scopes=caller.scopes),
        ):
            try:
                _refuse_unless_held(entry)
                answer = handler(Call(request, caller), **path)
                response = answer if isinstance(answer, HttpResponse) else _written(answer)
            except Refusal as refusal:
                response = problem(refusal, request_id)
            response["Content-Language"] = translation.get_language()
            return response
    except Refusal as refusal:
        response = problem(refusal, request_id)
        if refusal.code == "method_not_allowed":
            response["Allow"] = ", ".join(sorted(handlers))
        return response
    except Exception as error:  # noqa: BLE001 - the edge: whatever it is, the caller gets an answer
        return problem(_said_of(error, request_id), request_id)


def _said_of(error: Exception, request_id: str) -> Refusal:
    """What is said of an error that nobody turned into a refusal."""
    if isinstance(error, MaskedField):
        return Refusal("forbidden")
    log.exception("request %s failed", request_id, exc_info=error)
    if isinstance(error, OperationalError):
        return Refusal("busy")
    if isinstance(error, IntegrityError):
        return Refusal("request_conflict")
    if isinstance(error, DataError):
        return Refusal("invalid")
    return Refusal("internal")


def _written(answer: Answer) -> HttpResponse:
    response = HttpResponse(
        json_bytes(answer.value), status=answer.status, content_type="application/json"
    )
    for name, value in answer.headers.items():
        response[name] = value
    return response


def _handler(request: HttpRequest, handlers: dict[str, Handler]) -> Handler:
    method = request.method or ""
    if any(name in request.headers for name in OVERRIDES):
        raise Refusal("method_not_allowed", method="override")
    if method == "HEAD" and "GET" in handlers:
        method = "GET"
    if not handlers:
        raise Refusal("not_found")
    if method not in handlers:
        raise Refusal("method_not_allowed", method=method[:20])
    return handlers[method]


def _refuse_unless_held(entry: Entry) -> None:
    if entry.permission not in (PUBLIC, SIGNED_IN) and not may_somewhere(entry.permission):
        raise Forbidden("forbidden", permission=entry.permission, unit=None)


def _caller(request: HttpRequest) -> Caller:
    given = request.headers.get("Authorization", "")
    if given:
        scheme, _, raw = given.partition(" ")
        token = token_person(raw.strip()) if scheme.lower() == "bearer" else None
        if token is None:
            raise Refusal("token_invalid")
        at = _unit(request, token.person)
        return Caller(token.person, f"token {token.pk}", tuple(token.scopes), at)
    user: Any = getattr(request, "user", None)
    if user is None or not user.is_authenticated:
        raise Refusal("token_missing")
    if request.method not in SAFE:
        _refuse_foreign_page(request)
    return Caller(user, f"person {user.pk}", None, _unit(request, user))


def _refuse_foreign_page(request: HttpRequest) -> None:
    check = CsrfViewMiddleware(lambda _: HttpResponse())
    request.csrf_processing_done = False  # type: ignore[attr-defined]
    check.process_request(request)
    if check.process_view(request, lambda _: HttpResponse(), (), {}) is not None:
        raise Refusal("csrf")


def _unit(request: HttpRequest, person: Person) -> OrgUnit | None:
    """Where the person acts: the unit that Tongpan-Unit names, else the only one they hold."""
    named = request.headers.get("Tongpan-Unit", "")
    if named:
        refuse_text(named)
        with acting(person, via="api"):
            unit = visible(OrgUnit).filter(code=named).first()
        if unit is None:
            raise Refusal("not_found")
        return unit
    units = list(OrgUnit.objects.filter(grants__person=person).distinct()[:2])
    return units[0] if len(units) == 1 else None


def _language(request: HttpRequest, person: Person | None) -> str:
    """The language of the answer: as Accept-Language asks, else the person's own."""
    if "Accept-Language" in request.headers or person is None:
        return translation.get_language_from_request(request)
    return person.language
