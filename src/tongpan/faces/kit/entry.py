"""Every address says who may come in, which rows they see, and what happens to masked fields.

@entry(permission="stock.transfer.view", scope="units", field_policy="masked")
def transfers(request): ...

`permission` is "public", "signed-in", or a permission code that must be held somewhere; what is
held where is the gate's to decide, row by row. A view without an entry is refused by a test, so
nobody opens a door by forgetting one.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import wraps
from typing import Concatenate, Literal, ParamSpec, cast
from urllib.parse import urlencode, urlsplit

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import Resolver404, URLPattern, URLResolver, get_resolver, resolve

from tongpan.base.refusals import Forbidden
from tongpan.kernel.org.scope import may_somewhere

PUBLIC, SIGNED_IN = "public", "signed-in"
SIGN_IN_URL = "/sign-in/"
STANDS_ITSELF = "stands_itself"  # a mark on a view

Scope = Literal["none", "own", "units", "company"]
FieldPolicy = Literal["none", "masked", "open"]
Rest = ParamSpec("Rest")
View = Callable[Concatenate[HttpRequest, Rest], HttpResponse]


@dataclass(frozen=True, slots=True)
class Entry:
    """What a view declares about itself.

    `scope`: none (no rows), own (the person's own), units (rows of the units where they hold the
    permission), company (the whole company's, such as settings). `field_policy`: none (no fields
    of records), masked (the read gate leaves out what the person may not see), open (only fields
    that are public to everybody signed in).
    """

    permission: str
    scope: Scope
    field_policy: FieldPolicy
    methods: tuple[str, ...] = ("GET",)


@dataclass(frozen=True, slots=True)
class EntryPoint:
    """An address with what its view declared; None when it declared nothing."""

    route: str
    view: str
    entry: Entry | None


def entry(
    *,
    permission: str,
    scope: Scope,
    field_policy: FieldPolicy,
    methods: tuple[str, ...] = ("GET",),
) -> Callable[[View[Rest]], View[Rest]]:
    """Declare and guard a view. HEAD comes with GET; other methods are answered with 405."""
    declared = Entry(permission, scope, field_policy, methods)

    def decorate(view: View[Rest]) -> View[Rest]:
        @wraps(view)
        def guarded(request: HttpRequest, *args: Rest.args, **kwargs: Rest.kwargs) -> HttpResponse:
            allowed = {*methods, "HEAD"} if "GET" in methods else set(methods)
            if request.method not in allowed:
                return HttpResponse(status=405, headers={"Allow": ", ".join(sorted(allowed))})
            if permission != PUBLIC:
                if not request.user.is_authenticated:
                    return _to_sign_in(request)
                if permission != SIGNED_IN and not may_somewhere(permission):
                    raise Forbidden("forbidden", permission=permission, unit=None)
            return view(request, *args, **kwargs)

        guarded.entry = declared  # type: ignore[attr-defined]
        return cast("View[Rest]", guarded)

    return decorate


def stands_itself(path: str) -> bool:
    """Whether the view of an address says itself at which unit the person stands, as a till does.

    Such a view is marked: it draws no frame, so nobody needs the person's units.
    """
    try:
        return hasattr(resolve(path).func, STANDS_ITSELF)
    except Resolver404:
        return False


def entry_points() -> list[EntryPoint]:
    """Every address of the program, in order; for `./tongpan what` and for the tests."""
    return sorted(_walk(get_resolver().url_patterns, ""), key=lambda point: point.route)


def _walk(patterns: list[URLPattern | URLResolver], prefix: str) -> Iterator[EntryPoint]:
    for pattern in patterns:
        route = f"{prefix}{pattern.pattern}"
        if isinstance(pattern, URLResolver):
            yield from _walk(pattern.url_patterns, route)
        else:
            view = pattern.callback
            name = f"{view.__module__}.{getattr(view, '__qualname__', type(view).__name__)}"
            yield EntryPoint(f"/{route}", name, getattr(view, "entry", None))


def _to_sign_in(request: HttpRequest) -> HttpResponse:
    """To the sign-in page and back to the page where they were; a script is told where to go."""
    is_part = bool(request.headers.get("HX-Request"))
    accepted = request.headers.get("Accept", "")
    is_form = request.method != "GET" and "text/html" in accepted  # sent by the browser itself
    is_script = "application/json" in accepted or (request.method != "GET" and not is_form)
    is_page = not (is_part or is_form or is_script)
    back = request.get_full_path() if is_page else _came_from(request)
    url = f"{SIGN_IN_URL}?{urlencode({'next': back})}"
    if is_part or is_script:
        name = "HX-Redirect" if is_part else "X-Sign-In"
        return HttpResponse(status=401, headers={name: url})
    return HttpResponseRedirect(url)


def _came_from(request: HttpRequest) -> str:
    """The page from which something was sent, if it is one of ours."""
    page = urlsplit(request.headers.get("Referer", ""))
    if page.netloc != request.get_host():
        return "/"
    return f"{page.path}?{page.query}" if page.query else page.path
