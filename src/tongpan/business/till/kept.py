"""What items cost at a store, kept by each process as long as it holds.

A till asks the same again and again: with each scan for the whole basket, and all day for what
sells. What was read is kept under the word that the database makes anew whenever anything changes
that prices hang on (`word_schema`), and until the next minute at which another price may hold. The
statement that asks says the word, too, so an offer is only ever used that this statement would
have read itself.
"""

from bisect import bisect_right
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from uuid import UUID

import orjson
from django.db import DEFAULT_DB_ALIAS, connection, connections

from tongpan.business.till.queries import AskedAt, Offer, exactly, offers_of
from tongpan.kernel.companies.calls import Call

WORDS, OFFERS = 8, 20_000  # kept at most: one word for each company, and offers for each word
# What is wanted is read where the word is another one, with the minutes at which prices change;
# else what is missing of it.
READ = (
    "(select jsonb_build_array(w.word, case when w.word <> %s then jsonb_build_array("
    "till_offers(%s::text::jsonb), price_minutes(%s)){else_missing} end) from price_word w)"
)
READ_ALL = READ.format(else_missing="")
READ_SOME = READ.format(else_missing=" else jsonb_build_array(till_offers(%s::text::jsonb), null)")

Key = tuple[UUID, UUID | None, str]  # item, unit, path of the store


@dataclass(slots=True)
class Kept:
    """What is known under one word: offers, each from a minute on, until the next of `minutes`.

    Minutes are days with a clock, "2026-11-23 14:00", and known from the day `since` on.
    """

    since: str
    minutes: list[str]
    offers: dict[Key, tuple[str, Offer]] = field(default_factory=dict)

    def offer(self, asked: AskedAt) -> Offer | None:
        """What is known of this, if it holds at the minute that is asked about."""
        item, unit, path, day, clock = asked
        kept = self.offers.get((item, unit, path))
        if kept is None:
            return None
        then, now = kept[0], f"{day} {clock}"
        if then != now and (
            now < then or bisect_right(self.minutes, now) != bisect_right(self.minutes, then)
        ):
            return None
        return kept[1]

    def keep(self, read: Mapping[AskedAt, Offer]) -> None:
        if len(self.offers) > OFFERS:
            self.offers.clear()
        for (item, unit, path, day, clock), offer in read.items():
            if (minute := f"{day} {clock}") >= self.since:
                self.offers[item, unit, path] = (minute, offer)


_kept: dict[str, Kept] = {}  # by word
_last: dict[str, str] = {}  # by company: the word that was heard last


@dataclass(slots=True)
class Prices:
    """Offers that are wanted, and those of them that were known when they were asked for."""

    wanted: tuple[AskedAt, ...]
    word: str  # under which they are known; empty where nothing may be kept
    known: Mapping[AskedAt, Offer]

    @property
    def since(self) -> str:
        return min((str(asked[3]) for asked in self.wanted), default="0001-01-01")

    @property
    def call(self) -> Call:
        """The call that says the word, and the offers that are not known under it."""
        everything = (self.word, orjson.dumps(self.wanted).decode(), self.since)
        missing = [asked for asked in self.wanted if asked not in self.known]
        if not missing:
            return Call(READ_ALL, everything)
        return Call(READ_SOME, (*everything, orjson.dumps(missing).decode()))

    def offers(self, said: str) -> Mapping[AskedAt, Offer]:
        """All that are wanted, from what the call said."""
        if said.endswith(" null]"):
            return self.known
        word, (rows, minutes) = exactly(said)
        read = offers_of(rows)
        if not connection.in_atomic_block:
            self._keep(word, read, minutes)
        return read if word != self.word else {**self.known, **read}

    def _keep(self, word: str, read: Mapping[AskedAt, Offer], minutes: list[str] | None) -> None:
        company: str = connection.schema_name  # type: ignore[attr-defined]
        before, _last[company] = _last.get(company, word), word
        if word not in _kept and minutes is not None:
            for old in {before, *[*_kept][: len(_kept) - WORDS + 1]}:
                _kept.pop(old, None)
            _kept[word] = Kept(self.since, minutes)
        if (kept := _kept.get(word)) is not None:
            kept.keep(read)


def prices_of(wanted: Iterable[AskedAt]) -> Prices:
    """Ask what items cost at stores, by their paths, at minutes of days.

    Inside a transaction nothing is kept: it may see changes of its own that have no word yet.
    """
    asked = tuple(wanted)
    here = connections[DEFAULT_DB_ALIAS]
    company: str = here.schema_name  # type: ignore[attr-defined]
    word = "" if here.in_atomic_block else _last.get(company, "")
    found = _kept.get(word)
    if found is None:
        return Prices(asked, "", {})
    return Prices(asked, word, {one: offer for one in asked if (offer := found.offer(one))})
