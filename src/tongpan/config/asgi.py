"""The root of the web server: live events to ASGI, everything else to Django in threads.

Django's pages cost a quarter of the processor under WSGI, and only the event streams need to stay
open; so this root sends `/live` to an ASGI program and the rest through a small pool of threads,
each of which holds one database connection.
"""

import os
from collections.abc import Awaitable, Callable, MutableMapping
from importlib import import_module
from importlib.util import find_spec
from typing import Any, cast

from a2wsgi import WSGIMiddleware
from django.conf import settings
from django.core.wsgi import get_wsgi_application

from tongpan.config.collector import spare_the_program
from tongpan.masters.search import learn_to_spell

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tongpan.config.settings")

Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]
Program = Callable[[Scope, Receive, Send], Awaitable[None]]

THREADS = 4

pages: Any = WSGIMiddleware(cast(Any, get_wsgi_application()), workers=THREADS)
_LIVE = "tongpan.faces.live.asgi"
live: Program | None = import_module(_LIVE).application if find_spec(_LIVE) else None

import_module(settings.ROOT_URLCONF)  # every page, before the first one is asked for
spare_the_program()


async def application(scope: Scope, receive: Receive, send: Send) -> None:
    if scope["type"] == "lifespan":
        await _answer_lifespan(receive, send)
    elif live is not None and scope["path"].split("/")[1:2] == ["live"]:
        await live(scope, receive, send)
    elif scope["type"] == "http":
        await pages(scope, _as_coroutine(receive), send)
        learn_to_spell()  # the page has gone: nobody waits for it


def _as_coroutine(receive: Receive) -> Receive:
    """Granian hands out a future of its own; a2wsgi sends only coroutines to another thread."""

    async def received() -> MutableMapping[str, Any]:
        return await receive()

    return received


async def _answer_lifespan(receive: Receive, send: Send) -> None:
    while True:
        told = await receive()
        await send({"type": f"{told['type']}.complete"})
        if told["type"] == "lifespan.shutdown":
            return
