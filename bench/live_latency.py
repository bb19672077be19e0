"""`bench live_latency`: from the commit of a sale to the word of it on a hundred open pages.

The real web server and the real relay run in processes of their own; this process sells through
the action path, and reads the event streams of all pages.
"""

import argparse
import asyncio
import json
import threading
from contextlib import suppress
from statistics import quantiles
from uuid import UUID

from django.db import connection

from bench.ring_up import ITEMS, STORES, _open_everything
from bench.sales import baskets
from tongpan.base import env
from tongpan.config.laboratory import laboratory, named
from tongpan.config.proofs.serving import served, wait
from tongpan.config.proofs.shop import furnish, payload_of, session_of_cashier
from tongpan.faces.cli import Result
from tongpan.kernel.documents.gate import run as run_action
from tongpan.kernel.org.models import OrgUnit, Person
from tongpan.kernel.org.scope import acting

HELP = "实时更新的延迟 · from a sale's commit to a hundred open pages"
PAGES, PER_S = 100, 10
P50_MAX_MS, P99_MAX_MS = 300.0, 1000.0


class Pages:
    """Open event streams, read by an event loop in a thread of its own."""

    def __init__(self, port: int, session: str) -> None:
        self.port, self.session = port, session
        self.heard: dict[str, list[float]] = {}
        self.open = 0
        self.loop = asyncio.new_event_loop()
        self.thread = threading.Thread(target=self.loop.run_forever, daemon=True)
        self.thread.start()
        self.reading = [
            asyncio.run_coroutine_threadsafe(self._read(), self.loop) for _ in range(PAGES)
        ]

    async def _read(self) -> None:
        reader, writer = await asyncio.open_connection("127.0.0.1", self.port)
        writer.write(
            f"GET /live HTTP/1.1\r\nHost: 127.0.0.1\r\nCookie: sessionid={self.session}\r\n"
            "Accept: text/event-stream\r\n\r\n".encode()
        )
        with suppress(OSError, asyncio.IncompleteReadError):
            while line := await reader.readline():
                if line.startswith(b"event: hello"):
                    self.open += 1
                elif line.startswith(b'data: {"name"'):
                    subject = json.loads(line[6:])["subject"]
                    self.heard.setdefault(subject, []).append(env.monotonic_s())

    def close(self) -> None:
        for page in self.reading:
            page.cancel()
        asyncio.run_coroutine_threadsafe(asyncio.sleep(0.1), self.loop).result(5)
        self.loop.call_soon_threadsafe(self.loop.stop)
        self.thread.join(5)


def run(given: argparse.Namespace) -> Result:
    with laboratory(stores=STORES) as lab:
        furnish(STORES, ITEMS)
        _open_everything()
        session = session_of_cashier()
        with served(lab) as port:
            pages = Pages(port, session)
            wait(lambda: pages.open == PAGES)
            sold = _sell(int(given.seconds * given.repeats * PER_S))
            with suppress(TimeoutError):
                wait(lambda: all(len(pages.heard.get(str(pk), ())) >= PAGES for pk in sold), 5)
            pages.close()
        connection.close()
    times_ms = [
        max(0.0, heard_s - at_s) * 1000
        for pk, at_s in sold.items() for heard_s in pages.heard.get(str(pk), ())
    ]  # fmt: skip
    cuts = quantiles(times_ms, n=100)
    facts = {
        "pages": PAGES, "sales": len(sold), "told": len(times_ms),
        "lost": len(sold) * PAGES - len(times_ms),
        "p50_ms": round(cuts[49], 1), "p95_ms": round(cuts[94], 1), "p99_ms": round(cuts[98], 1),
    }  # fmt: skip
    holds = facts["p50_ms"] <= P50_MAX_MS and facts["p99_ms"] <= P99_MAX_MS and facts["lost"] == 0
    text = "\n".join(f"{name}: {value}" for name, value in facts.items())
    return Result(holds=holds, facts=facts, text=text)


def _sell(count: int) -> dict[UUID, float]:
    """Sell evenly; of each sale the moment after its commit."""
    person = Person.objects.get(pk=named("cashier"))
    tills = {t.parent_id: t for t in OrgUnit.objects.filter(kind="till").select_related("parent")}
    drawn = baskets(7, stores=STORES, items=ITEMS, is_hot=False)
    sold: dict[UUID, float] = {}
    for _ in range(count):
        next_s = env.monotonic_s() + 1 / PER_S
        store, lines = next(drawn)
        sale = env.new_id()
        with acting(person, tills[store], via="bench"):
            run_action("till.sale.ring_up", payload=payload_of(lines), request_id=sale)
        sold[sale] = env.monotonic_s()
        env.sleep(max(0.0, next_s - env.monotonic_s()))
    return sold
