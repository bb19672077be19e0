"""The address `/live`: server-sent events for the signed-in person's open pages.

Each message has the feed's position as its id, so a browser that reconnects says where it was
(`Last-Event-ID`) and is told what it missed.
"""

import asyncio
import contextlib
import json
from collections.abc import Awaitable, Callable, MutableMapping
from concurrent.futures import ThreadPoolExecutor
from http.cookies import CookieError, SimpleCookie
from typing import Any
from urllib.parse import parse_qs

import psycopg
from django.conf import settings

from tongpan.faces.live.hub import Hub, Stream
from tongpan.faces.live.seeing import Change, Viewer, identify

Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]

PING_S = 15.0
LOOK_AGAIN_S = 60.0  # at who the viewer is and what they hold
STREAMS_MOST = 2_000  # in one process
HEADERS = [
    (b"content-type", b"text/event-stream; charset=utf-8"),
    (b"cache-control", b"no-store"),
    (b"x-accel-buffering", b"no"),
]

_hubs: dict[asyncio.AbstractEventLoop, Hub] = {}
_threads = ThreadPoolExecutor(max_workers=2, thread_name_prefix="live")


async def application(scope: Scope, receive: Receive, send: Send) -> None:
    """Answer one request for a stream, for as long as the page stays open."""
    if scope["type"] != "http" or scope["path"] not in ("/live", "/live/"):
        await _answer(send, 404)
    elif scope["method"] != "GET":
        await _answer(send, 405)
    else:
        await _open(scope, receive, send)


async def _open(scope: Scope, receive: Receive, send: Send) -> None:
    headers = {name.decode("latin-1"): value.decode("latin-1") for name, value in scope["headers"]}
    host, session_key = headers.get("host", ""), _session_key(headers.get("cookie", ""))
    viewer = await _identify(host, session_key)
    if viewer is None:
        await _answer(send, 401)
        return
    hub = _hub()
    if hub.size >= STREAMS_MOST:
        await _answer(send, 503)
        return
    try:
        stream = await hub.join(viewer, _after(headers, scope["query_string"]))
    except psycopg.Error:
        await _answer(send, 503)
        return
    try:
        await send({"type": "http.response.start", "status": 200, "headers": HEADERS})
        await _until_first(
            _write(stream, send),
            _wait_for_disconnect(receive),
            _look_again(stream, host, session_key),
        )
        with contextlib.suppress(OSError):
            await send({"type": "http.response.body", "body": b"", "more_body": False})
    finally:
        hub.leave(stream)


async def _identify(host: str, session_key: str) -> Viewer | None:
    if not session_key:
        return None
    loop = asyncio.get_running_loop()
    return await loop.run_in_executor(_threads, identify, host, session_key)


def _session_key(cookie: str) -> str:
    try:
        found = SimpleCookie(cookie).get(settings.SESSION_COOKIE_NAME)
    except CookieError:
        return ""
    return found.value if found else ""


def _after(headers: dict[str, str], query: bytes) -> int | None:
    """Where the page was: from the browser's own header, else from the address."""
    asked = parse_qs(query.decode("latin-1")).get("after", [""])[0]
    text = headers.get("last-event-id") or asked
    return int(text) if text.isascii() and text.isdigit() and len(text) < 19 else None


def _hub() -> Hub:
    """The hub of this event loop, started by the first stream."""
    loop = asyncio.get_running_loop()
    if loop not in _hubs:
        _hubs[loop] = Hub()
    return _hubs[loop]


async def _write(stream: Stream, send: Send) -> None:
    """Send what comes until the stream is over.

    The greeting and every ping say where the feed stands, so that a page on which nothing happens
    has not much to be told after a reconnect. While a replay is not sent yet, nothing says so.
    """
    place = "" if stream.is_replay else f"id: {stream.position}\n"
    await send(_chunk(f"retry: 2000\n{place}event: hello\ndata: {{}}\n\n"))
    while not stream.is_over:
        try:
            await asyncio.wait_for(stream.wake.wait(), PING_S)
        except TimeoutError:
            await send(_chunk(f"id: {stream.position}\n: ping\n\n"))
            continue
        is_reset, changes, position = stream.take()
        text = "".join(_message(change) for change in changes)
        if is_reset:
            text = f"id: {position}\nevent: reset\ndata: {{}}\n\n{text}"
        if text:
            await send(_chunk(text))


def _message(change: Change) -> str:
    told = {"name": change.name, "subject": str(change.subject), "unit": str(change.unit)}
    return f"id: {change.position}\nevent: change\ndata: {json.dumps(told)}\n\n"


def _chunk(text: str) -> dict[str, Any]:
    return {"type": "http.response.body", "body": text.encode(), "more_body": True}


async def _wait_for_disconnect(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass


async def _look_again(stream: Stream, host: str, session_key: str) -> None:
    """From time to time see whether the person is still signed in, and what they now hold."""
    while True:
        await asyncio.sleep(LOOK_AGAIN_S)
        viewer = await _identify(host, session_key)
        if viewer is None:
            return
        stream.viewer = viewer


async def _until_first(*works: Awaitable[None]) -> None:
    """Until one of them ends; then the others are called off."""
    tasks = [asyncio.ensure_future(work) for work in works]
    try:
        await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


async def _answer(send: Send, status: int) -> None:
    await send(
        {"type": "http.response.start", "status": status, "headers": [(b"content-length", b"0")]}
    )
    await send({"type": "http.response.body", "body": b""})
