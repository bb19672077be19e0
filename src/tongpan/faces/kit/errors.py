"""Pages for when something went wrong: what happened, what was kept, what to do.

They stand outside the frame, because the frame may be what failed.
"""

import errno
import sys
from collections.abc import Iterator
from dataclasses import dataclass

from django.conf import settings
from django.core.exceptions import RequestDataTooBig, TooManyFieldsSent
from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.template.loader import render_to_string
from django.utils.translation import gettext as _

from tongpan.base.refusals import Refusal
from tongpan.faces.kit.pages import Action, ErrorPanel
from tongpan.faces.kit.words import words
from tongpan.kernel.documents.sentences import explain


@dataclass(frozen=True, slots=True)
class Trouble:
    """What an error page says. `status` stands in small print."""

    title: str
    happened: str
    kept: str
    todo: str
    actions: tuple[Action, ...]
    status: int


def not_here(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """404: there is nothing at this address, or not for this person; both look the same."""
    return _answer(
        request,
        Trouble(
            title=_("There is nothing here"),
            happened=_("The page does not exist, was moved, or is not among those you may open."),
            kept=_("Nothing was changed. Drafts on other pages are kept."),
            todo=_("Check the address, search with Ctrl K, or ask whoever runs the system."),
            actions=(Action(_("Home"), "/", tone="primary"),),
            status=404,
        ),
    )


def not_allowed(request: HttpRequest, reason: str = "") -> HttpResponse:
    """403: the form was older than the session, or came from elsewhere."""
    return _answer(
        request,
        Trouble(
            title=_("This was not accepted"),
            happened=_("The page was open for too long, or was sent from somewhere else."),
            kept=_("Nothing was changed. What you typed is kept on this machine."),
            todo=_("Go back, load the page again, and send it once more."),
            actions=(Action(_("Home"), "/", tone="primary"),),
            status=403,
        ),
    )


def unreadable(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """400: what was sent cannot be read; 413 where it is too much."""
    is_too_much = isinstance(exception, RequestDataTooBig | TooManyFieldsSent)
    if is_too_much:
        max_mb = settings.DATA_UPLOAD_MAX_MEMORY_SIZE // 2**20
        happened = _("What was sent is larger than a page takes: %(n)s MB.") % {"n": max_mb}
        todo = _("Go back and shorten it; a long list comes in as a sheet, a long text as a file.")
    else:
        happened = _("The address or the form holds signs that nothing here can mean.")
        todo = _("Go back, load the page again, and send it once more.")
    return _answer(
        request,
        Trouble(
            title=_("This could not be read"),
            happened=happened,
            kept=_("Nothing was changed. What you typed is kept on this machine."),
            todo=todo,
            actions=(Action(_("Home"), "/", tone="primary"),),
            status=413 if is_too_much else 400,
        ),
    )


def went_wrong(request: HttpRequest) -> HttpResponse:
    """500: our fault, unless the disk is full or the database away. All of it was taken back."""
    causes = list(_causes(sys.exception()))
    if any(map(_is_full_disk, causes)):
        return _answer(request, _disk_full())
    if any(map(_is_database_away, causes)):
        return _answer(request, _database_away())
    return _answer(
        request,
        Trouble(
            title=_("Something went wrong on our side"),
            happened=_("The program met a mistake of its own and stopped at once."),
            kept=_("Nothing was changed halfway. Saved drafts are kept."),
            todo=_("Try once more. If it comes again, tell whoever runs the system the time."),
            actions=(Action(_("Home"), "/", tone="primary"),),
            status=500,
        ),
    )


def _disk_full() -> Trouble:
    return Trouble(
        title=_("The disk is full"),
        happened=_("The computer that Tongpan runs on has no room left to write this down."),
        kept=_("Nothing was changed halfway. What was saved before is safe."),
        todo=_("Tell whoever runs the system to make room there, then do it once more."),
        actions=(Action(_("Home"), "/", tone="primary"),),
        status=507,
    )


def _database_away() -> Trouble:
    return Trouble(
        title=_("The database is just starting"),
        happened=_("Tongpan is running, but its database does not answer at this moment."),
        kept=_("Nothing was changed halfway. What was saved before is safe."),
        todo=_("Wait a few seconds and try again. If it lasts, tell whoever runs the system."),
        actions=(Action(_("Home"), "/", tone="primary"),),
        status=503,
    )


def _causes(error: BaseException | None) -> Iterator[BaseException]:
    while error is not None:
        yield error
        error = error.__cause__ or error.__context__


def _is_full_disk(error: BaseException) -> bool:
    is_ours = isinstance(error, OSError) and error.errno in (errno.ENOSPC, errno.EDQUOT)
    return is_ours or getattr(error, "sqlstate", None) == "53100"


def _is_database_away(error: BaseException) -> bool:
    """The connection was lost or could not be made; SQL that it refused has a state of its own."""
    if not isinstance(error, OperationalError | InterfaceError):
        return False
    state = getattr(error.__cause__, "sqlstate", None)
    return state is None or state.startswith(("08", "57P"))


def refused(request: HttpRequest, refusal: Refusal) -> HttpResponse:
    """422: a rule said no and no page of its own caught it."""
    said = explain(refusal)
    return _answer(
        request,
        Trouble(
            title=said["detail"],
            happened=" ".join(problem["message"] for problem in said["problems"]),
            kept=_("Nothing was changed."),
            todo=_("Go back, mend it, and try again."),
            actions=(Action(_("Home"), "/", tone="primary"),),
            status=422,
        ),
    )


def panel_of(refusal: Refusal, *, title: str = "", kept: str = "") -> ErrorPanel:
    """A refusal as the panel at the top of a document: every problem at once."""
    said = explain(refusal)
    details = tuple(problem["message"] for problem in said["problems"])
    return ErrorPanel(title or said["detail"], kept, details, code=refusal.code)


def _answer(request: HttpRequest, trouble: Trouble) -> HttpResponse:
    wants_data = "application/json" in request.headers.get("Accept", "")
    if wants_data or request.path.startswith("/api/"):
        body = {"title": trouble.title, "detail": trouble.happened, "status": trouble.status}
        return JsonResponse(body, status=trouble.status, content_type="application/problem+json")
    context = {
        "page": trouble,
        "words": words(),
        "csp_nonce": getattr(request, "csp_nonce", ""),
        "shell": {"theme": request.COOKIES.get("theme", "")},
    }
    html = render_to_string("kit/trouble.html", context, request)
    return HttpResponse(html, status=trouble.status)
