"""Around every request: headers, who acts, in which language, and how a no is answered."""

import base64
import os
from collections.abc import Callable

from django.conf import settings
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.utils import timezone, translation

from tongpan.base.refusals import Forbidden, Refusal
from tongpan.faces.kit.coming_in import note_use
from tongpan.faces.kit.entry import stands_itself
from tongpan.faces.kit.errors import not_here, refused, unreadable
from tongpan.faces.kit.frame import UNIT_KEY, units_of_person
from tongpan.faces.kit.looking import (
    READING,
    STILL_DONE,
    Look,
    look_of,
    only_reads,
    would_write,
)
from tongpan.kernel.org.context import LOOKING
from tongpan.kernel.org.models import OrgUnit, Person
from tongpan.kernel.org.scope import acting

Answer = Callable[[HttpRequest], HttpResponse]
NOTHING = "%00"  # a sign that no text of ours has, and that the database does not take


class Headers:
    """A content security policy with a nonce for this answer, and the other headers of a door.

    Scripts and styles come from here alone, no page may frame another, and a page with somebody's
    figures on it is not kept by a shared computer's cache.
    """

    def __init__(self, answer: Answer) -> None:
        self.answer = answer

    def __call__(self, request: HttpRequest) -> HttpResponse:
        nonce = base64.b64encode(os.urandom(16)).decode()
        request.csp_nonce = nonce  # type: ignore[attr-defined]
        response = self.answer(request)
        response.headers.setdefault("Content-Security-Policy", _policy(nonce))
        response.headers.setdefault("Cross-Origin-Opener-Policy", "same-origin")
        response.headers.setdefault("Permissions-Policy", "geolocation=(), microphone=()")
        if response.headers.get("Content-Type", "").startswith("text/html"):
            response.headers.setdefault("Cache-Control", "private, no-cache")
        return response


def _policy(nonce: str) -> str:
    return (
        f"default-src 'self'; script-src 'self' 'nonce-{nonce}'; style-src 'self' 'nonce-{nonce}'; "
        "img-src 'self' data: blob:; connect-src 'self'; object-src 'none'; base-uri 'none'; "
        "form-action 'self'; frame-ancestors 'none'"
    )


class ActingPerson:
    """Behind the session: the signed-in person acts at the unit they chose, in their language.

    The first time, that is the topmost unit where they hold anything.
    """

    def __init__(self, answer: Answer) -> None:
        self.answer = answer

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if not request.user.is_authenticated:
            return self.answer(request)
        person = request.user
        assert isinstance(person, Person)
        note_use(request)
        look = look_of(request, person)
        if look is None:
            return self._answer_to(request, person, None)
        if request.method not in READING and request.path not in STILL_DONE:
            return refused(request, Refusal("only_looking"))
        if request.path in STILL_DONE:
            return self._answer_to(request, person, None)
        request.user, request.look = look.person, look  # type: ignore[attr-defined]
        with transaction.atomic():
            only_reads()
            answer = self._answer_to(request, look.person, look)
            if not answer.streaming:
                transaction.set_rollback(True)  # there is nothing to keep, even if it failed
        return answer

    def _answer_to(self, request: HttpRequest, person: Person, look: Look | None) -> HttpResponse:
        via, held = (LOOKING, look.held) if look else ("screen", person.held_on_arrival)
        with acting(person, via=via, held=held) as first:
            at = None if stands_itself(request.path_info) else _chosen_unit(request)
        language = person.language if person.language in dict(settings.LANGUAGES) else None
        with (
            translation.override(language or translation.get_language()),
            timezone.override(at.zone if at else None),
            acting(person, at, via=via, held=first.held),
        ):
            request.LANGUAGE_CODE = translation.get_language() or ""
            return self.answer(request)


def _chosen_unit(request: HttpRequest) -> OrgUnit | None:
    """The unit of the session while the person still holds something there, else their topmost."""
    units = units_of_person()
    request.units = units  # type: ignore[attr-defined]
    chosen = request.session.get(UNIT_KEY)
    return next((u for u in units if str(u.pk) == chosen), units[0] if units else None)


class Noes:
    """Inside everything: turns a refusal into a page, in one place.

    What a person may not do or see is answered as if it were not there.
    """

    def __init__(self, answer: Answer) -> None:
        self.answer = answer

    def __call__(self, request: HttpRequest) -> HttpResponse:
        is_unreadable = NOTHING in request.META.get("QUERY_STRING", "") or "\0" in request.path
        if is_unreadable and not request.path.startswith("/api/"):  # which has its own words
            return unreadable(request)
        return self.answer(request)

    def process_exception(self, request: HttpRequest, failure: Exception) -> HttpResponse | None:
        if request.path.startswith("/api/"):
            return None
        if would_write(failure):
            return refused(request, Refusal("only_looking"))
        if isinstance(failure, Refusal) and failure.code == "not_found":
            return not_here(request)
        if isinstance(failure, Forbidden):
            return not_here(request)
        if isinstance(failure, Refusal):
            return refused(request, failure)
        return None
