"""What items cost at a store, kept by each process as long as it holds.

A till asks the same again and again: with each scan for the whole basket, and all day for what
sells. What was read is kept under the word that the database makes anew whenever anything changes
that prices hang on (`word_schema`), and until the minute from which another price may hold. The
statement that asks says the word, too, so an offer is only ever used that this statement would
have read itself.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from uuid import UUID

import orjson
from django.db import DEFAULT_DB_ALIAS, connection, connections

from tongpan.business.till.queries import AskedAt, Offer, offers_read
from tongpan.kernel.companies.calls import Call

WORDS, OFFERS = 4, 50_000  # kept at most: one word for each company, and offers for each word
READ = (
    "(select jsonb_build_array(w.word, case when w.word <> %s then till_offers(%s::text::jsonb)"
    "{else_missing} end) from price_word w)"
)
READ_ALL = READ.format(else_missing="")
READ_SOME = READ.format(else_missing=" else till_offers(%s::text::jsonb)")

Key = tuple[UUID, UUID | None, str]  # item, unit, path of the store
_kept: dict[str, dict[Key, tuple[str, Offer]]] = {}  # by word: from when on the offer is known
_last: dict[str, str] = {}  # by company: the word that was heard last


@dataclass(slots=True)
class Prices:
    """Offers that are wanted, and those of them that were known when they were asked for."""

    wanted: tuple[AskedAt, ...]
    word: str  # under which they are known; empty where nothing may be kept
    known: Mapping[AskedAt, Offer]

    @property
    def call(self) -> Call:
        """The call that says the word, and the offers that are not known under it."""
        everything = orjson.dumps(self.wanted).decode()
        missing = [asked for asked in self.wanted if asked not in self.known]
        if not missing:
            return Call(READ_ALL, (self.word, everything))
        return Call(READ_SOME, (self.word, everything, orjson.dumps(missing).decode()))

    def offers(self, said: str) -> Mapping[AskedAt, Offer]:
        """All that are wanted, from what the call said."""
        if said.endswith(" null]"):
            return self.known
        word, _, rows = said[1:-1].partition(", ")
        word, read = word.strip('"'), offers_read(rows)
        if not connection.in_atomic_block:
            _last[connection.schema_name] = word  # type: ignore[attr-defined]
            _keep(word, read)
        return read if word != self.word else {**self.known, **read}


def prices_of(wanted: Iterable[AskedAt]) -> Prices:
    """Ask what items cost at stores, by their paths, at minutes of days.

    Inside a transaction nothing is kept: it may see changes of its own that have no word yet.
    """
    asked = tuple(wanted)
    here = connections[DEFAULT_DB_ALIAS]
    company: str = here.schema_name  # type: ignore[attr-defined]
    word = "" if here.in_atomic_block else _last.get(company, "")
    found = _kept.get(word)
    if not found:
        return Prices(asked, "", {})
    known = {}
    for one in asked:
        item, unit, path, day, clock = one
        kept = found.get((item, unit, path))
        if kept is not None and kept[0] <= f"{day} {clock}" < (kept[1].until or "~"):
            known[one] = kept[1]
    return Prices(asked, word, known)


def _keep(word: str, read: Mapping[AskedAt, Offer]) -> None:
    if word not in _kept:
        for old in [*_kept][: len(_kept) - WORDS + 1]:
            _kept.pop(old, None)
    found = _kept.setdefault(word, {})
    if len(found) > OFFERS:
        found.clear()
    for (item, unit, path, day, clock), offer in read.items():
        found[item, unit, path] = (f"{day} {clock}", offer)
