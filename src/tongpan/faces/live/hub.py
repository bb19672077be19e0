"""The hub: one per process, listening to the database once and telling every open stream.

One connection listens for "the feed of this company has grown"; one reads the feed then, once for
all streams. A stream holds only what it has not sent yet, the newest change of each subject, so a
slow reader costs little and never holds up others.
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

import psycopg
from django.db import connections
from psycopg import sql

from tongpan.faces.live.seeing import Change, Viewer
from tongpan.kernel.events.feed import BYE, LIVE

log = logging.getLogger(__name__)

UNSENT_MOST = 500  # distinct changes; beyond, the page is told to fetch everything again
REPLAYED_MOST = 2_000  # positions; a page that was away longer fetches everything again
READ_AT_ONCE = 2_000
LOOK_EVERY_S = 15.0  # also without a notification, in case one was lost
RETRY_S = 0.5


@dataclass(eq=False)
class Stream:
    """One open page: who watches, and what they have not been sent yet."""

    viewer: Viewer
    position: int = 0
    is_replay: bool = False
    unsent: dict[tuple[str, UUID], Change] = field(default_factory=dict)
    is_reset: bool = False
    is_over: bool = False
    wake: asyncio.Event = field(default_factory=asyncio.Event)

    def tell(self, change: Change) -> None:
        """Keep the change to be sent; the newest of a subject takes the place of an older one."""
        key = (change.name, change.subject)
        self.unsent.pop(key, None)
        self.unsent[key] = change
        if len(self.unsent) > UNSENT_MOST:
            self.reset()
        self.wake.set()

    def reset(self) -> None:
        """Instead of single changes: the page should fetch whatever it shows."""
        self.unsent.clear()
        self.is_reset = True
        self.wake.set()

    def end(self) -> None:
        self.is_over = True
        self.wake.set()

    def take(self) -> tuple[bool, list[Change], int]:
        """What is to be sent now, and the position that this reaches."""
        taken = self.is_reset, list(self.unsent.values()), self.position
        self.is_reset = False
        self.unsent.clear()
        self.wake.clear()
        return taken


@dataclass(eq=False)
class Feed:
    """What the hub knows of one company: how far it has read, the tree of units, the streams."""

    schema: str
    position: int | None = None
    paths: dict[UUID, str] = field(default_factory=dict)
    streams: set[Stream] = field(default_factory=set)
    lock: asyncio.Lock = field(default_factory=asyncio.Lock)


class Hub:
    """All streams of this process. Lives on one event loop."""

    def __init__(self) -> None:
        self.feeds: dict[str, Feed] = {}
        self.reader: psycopg.AsyncConnection[Any] | None = None
        self.reading = asyncio.Lock()
        self.listening = asyncio.create_task(self._listen_for_ever())

    async def join(self, viewer: Viewer, after: int | None) -> Stream:
        """Open a stream, beginning with what came after the position `after`, if it is given."""
        feed = self.feeds.setdefault(viewer.schema, Feed(viewer.schema))
        stream = Stream(viewer)
        async with feed.lock:
            if feed.position is None or not feed.streams:
                feed.position = await self._head(feed)
                await self._read_paths(feed)
            stream.position = feed.position
            if after is not None:
                await self._replay(feed, stream, after)
            feed.streams.add(stream)
        return stream

    def leave(self, stream: Stream) -> None:
        self.feeds[stream.viewer.schema].streams.discard(stream)

    @property
    def size(self) -> int:
        return sum(len(feed.streams) for feed in self.feeds.values())

    async def _replay(self, feed: Feed, stream: Stream, after: int) -> None:
        assert feed.position is not None
        stream.is_replay = True
        if not 0 <= feed.position - after <= REPLAYED_MOST:
            stream.reset()
            return
        for change in await self._changes(feed, after, feed.position):
            if stream.viewer.may_see(change, feed.paths):
                stream.tell(change)

    # -- listening

    async def _listen_for_ever(self) -> None:
        """Keep a listening connection; after every loss, catch up with what was said meanwhile."""
        while True:
            try:
                async with await _connect() as link:
                    await link.execute(f"listen {LIVE}")
                    await self._pump_all()
                    while True:
                        await self._listen(link)
            except psycopg.Error as trouble:
                log.warning("Live events lost the database, trying again: %s", trouble)
            except Exception:
                log.exception("Live events stumbled.")
            await asyncio.sleep(RETRY_S)

    async def _listen(self, link: psycopg.AsyncConnection[Any]) -> None:
        async for note in link.notifies(timeout=LOOK_EVERY_S):
            if note.payload == BYE:
                self._end_all()
            elif feed := self.feeds.get(note.payload):
                await self._pump(feed)
        await self._pump_all()

    def _end_all(self) -> None:
        for feed in self.feeds.values():
            for stream in feed.streams:
                stream.end()

    async def _pump_all(self) -> None:
        for feed in list(self.feeds.values()):
            await self._pump(feed)

    async def _pump(self, feed: Feed) -> None:
        """Tell the streams of a company what is new in its feed."""
        async with feed.lock:
            if not feed.streams or feed.position is None:
                return
            head = await self._head(feed)
            if head < feed.position:  # the database was set back: nothing here is certain any more
                feed.position = head
                for stream in feed.streams:
                    stream.position = head
                    stream.reset()
            while feed.position < head:
                until = min(head, feed.position + READ_AT_ONCE)
                changes = await self._changes(feed, feed.position, until)
                feed.position = until
                for stream in feed.streams:
                    stream.position = until
                    for change in changes:
                        if stream.viewer.may_see(change, feed.paths):
                            stream.tell(change)

    # -- reading

    async def _head(self, feed: Feed) -> int:
        [(head,)] = await self._query(feed, "select position from {schema}.feed_state")
        return int(head)

    async def _changes(self, feed: Feed, after: int, until: int) -> list[Change]:
        rows = await self._query(
            feed,
            "select f.position, e.name, e.subject, e.org_unit, e.payload ->> 'other_unit'"
            " from {schema}.feed f join {schema}.event e"
            " on e.business_date = f.business_date and e.id = f.event"
            " where f.position > %s and f.position <= %s order by f.position",
            after,
            until,
        )
        changes = [Change(*[*row[:4], _unit(row[4])]) for row in rows]
        if any(change.unit not in feed.paths for change in changes):
            await self._read_paths(feed)
        return changes

    async def _read_paths(self, feed: Feed) -> None:
        feed.paths = dict(await self._query(feed, "select id, path from {schema}.org_unit"))

    async def _query(self, feed: Feed, text: str, *values: Any) -> list[tuple[Any, ...]]:
        query = sql.SQL(text).format(schema=sql.Identifier(feed.schema))

        async def ask() -> list[tuple[Any, ...]]:
            if self.reader is None or self.reader.closed:
                self.reader = await _connect()
            cursor = await self.reader.execute(query, values)
            return await cursor.fetchall()

        async with self.reading:
            return await _once_more(ask)


def _unit(text: str | None) -> UUID | None:
    """The unit that a payload names; None if it names none, or something else."""
    try:
        return UUID(text) if text else None
    except ValueError:
        return None


async def _once_more(ask: Callable[[], Awaitable[list[tuple[Any, ...]]]]) -> list[tuple[Any, ...]]:
    """Ask again on a fresh connection when the old one turned out to be dead."""
    try:
        return await ask()
    except psycopg.OperationalError:
        return await ask()


async def _connect() -> psycopg.AsyncConnection[Any]:
    """A connection of its own, outside Django's, that commits each statement."""
    given = connections["default"].get_connection_params()
    given = {key: given[key] for key in given if key not in ("cursor_factory", "context")}
    return await psycopg.AsyncConnection.connect(**given, autocommit=True)
