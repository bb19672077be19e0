"""Finding an item or a party by code, name, pinyin or initials, a hundred thousand rows fast.

A row keeps one column, `search_text`: every word under which it can be found, each after a space,
the code first. One trigram index serves it all. Terms of three characters and more match anywhere
in a word. A trigram needs three, so shorter terms match the start of a word, which the index can
serve because a space counts (`% 可乐%`); and every pair of neighbouring Chinese characters and
initials is a word of its own, so that 可乐 and `kl` find 可口可乐. Written to suit pg_trgm, read
with plain LIKE: on a database whose locale knows no Chinese the answer is the same, only slower.
"""

import re
import unicodedata
from collections.abc import Callable, Iterable, Iterator
from functools import cache, lru_cache
from importlib import import_module
from threading import Thread
from typing import Any

from django.contrib.postgres.indexes import GinIndex
from django.db.models import Case, IntegerField, Q, QuerySet, Value, When
from django.db.models.functions import Length

from tongpan.base.refusals import Refusal

TEXT_MAX = 60  # a longer text is a paste, not a search
CANDIDATES_MAX = 2000  # a term that fits more rows is too broad to be ranked whole
_HAN_SIGNS = r"\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff"
_HAN = re.compile(f"[{_HAN_SIGNS}]+")
_HAN_OR_NOT = re.compile(f"[{_HAN_SIGNS}]+|[^{_HAN_SIGNS}]+")


def trigram_index(name: str) -> GinIndex:
    """The index that serves `search_text`."""
    return GinIndex(name=name, fields=["search_text"], opclasses=["gin_trgm_ops"])


def search_text(codes: Iterable[str], names: Iterable[str]) -> str:
    """The words under which a row is found: its codes as they are, its names also in pinyin.

    >>> search_text(["A1"], ["可乐"])
    ' a1 可乐 kele kl 乐 l '
    """
    words = [folded(code) for code in codes]
    for name in names:
        words += _words_of(folded(name))
    return " ".join(["", *filter(None, dict.fromkeys(words)), ""])


def matching(rows: QuerySet[Any], text: str, *, limit: int) -> list[Any]:
    """The rows found by `text`, best first: exact code or barcode, then beginnings, then the rest.

    Every word of `text` must be found. No text finds nothing.

    Errors: Refusal search_too_long.
    """
    words = folded(text).split()
    if not words:
        return []
    if sum(map(len, words)) > TEXT_MAX:
        raise Refusal("search_too_long", max_length=TEXT_MAX)
    exact = list(_ranked(rows.filter(_is_exact(words)), words)[:limit])
    if len(exact) == limit:
        return exact
    fitting = rows.filter(_is_found(words)).exclude(pk__in=[row.pk for row in exact])
    begins_code = list(_ranked(fitting.filter(_begins_code(words)), words)[: limit - len(exact)])
    found = exact + begins_code
    candidates = fitting.exclude(pk__in=[row.pk for row in begins_code]).order_by()
    some = rows.filter(pk__in=candidates.values("pk")[:CANDIDATES_MAX])
    return found + list(_ranked(some, words)[: limit - len(found)]) if len(found) < limit else found


def _is_found(words: list[str]) -> Q:
    # A space before a short word lets the index see three characters.
    condition = Q()
    for word in words:
        condition &= Q(search_text__contains=word if len(word) > 2 else f" {word}")
    return condition


def _is_exact(words: list[str]) -> Q:
    # Shorter words than four are also pairs of characters, which say nothing.
    whole = " ".join(words)
    condition = Q(search_text__startswith=f" {whole} ")
    return condition | Q(search_text__contains=f" {whole} ") if len(whole) > 3 else condition


def _begins_code(words: list[str]) -> Q:
    return Q(search_text__startswith=f" {words[0]}")


def _ranked(rows: QuerySet[Any], words: list[str]) -> QuerySet[Any]:
    whole = " ".join(words)
    rank = Case(
        When(search_text__startswith=f" {whole} ", then=Value(0)),
        When(_is_exact(words), then=Value(1)),
        When(search_text__startswith=f" {whole}", then=Value(2)),
        When(search_text__contains=f" {whole}", then=Value(3)),
        default=Value(4),
        output_field=IntegerField(),
    )
    ranked: QuerySet[Any] = rows.annotate(search_rank=rank)
    return ranked.order_by("search_rank", Length("search_text"), "code")


def _no_code(row: Any) -> str:
    return ""


def spelt_like(
    rows: Iterable[Any], text: str, *, limit: int, code: Callable[[Any], str] = _no_code
) -> list[Any]:
    """Those of `rows` whose name or `code` is found by `text`, also by pinyin and initials.

    For tables of at most a few hundred rows, which keep no `search_text`.
    """
    words = folded(text).split()
    found: list[Any] = []
    for row in rows:
        spelling = search_text([code(row)], [str(row), str(getattr(row, "name", ""))])
        if words and all((w if len(w) > 2 else f" {w}") in spelling for w in words):
            found.append(row)
            if len(found) == limit:
                break
    return found


def folded(text: str) -> str:
    """`text` as it is compared: half-width, lower case, spaces single, nothing unprintable.

    >>> folded("　ＡＢ　１２ ")
    'ab 12'
    """
    if text.isascii() and text.isprintable():
        return " ".join(text.casefold().split())
    plain = unicodedata.normalize("NFKC", text).casefold()
    if not plain.isprintable():
        plain = "".join([c if c.isprintable() else " " for c in plain])
    return " ".join(plain.split())


@lru_cache(maxsize=4096)
def _words_of(name: str) -> tuple[str, ...]:
    runs = _HAN.findall(name)
    if not runs:
        return (name,)
    # Phrases are read whole, so that 重庆 is chongqing; the rest is typed sign by sign.
    syllables = [
        syllable
        for part in _HAN_OR_NOT.findall(name)
        for syllable in (_syllables_of(part) if _HAN.match(part) else part.replace(" ", ""))
    ]
    initials = "".join(syllable[0] for syllable in syllables)
    pairs = [pair for run in [*runs, initials] for pair in _pairs(run)]
    return (name, "".join(syllables), initials, *pairs)


def _syllables_of(run: str) -> Iterator[str]:
    cut, _spelt = _pinyin()
    for phrase in cut(run):
        yield from _spelt(phrase)


@cache
def _pinyin() -> tuple[Callable[[str], Iterable[str]], Callable[[str], tuple[str, ...]]]:
    """What cuts a run of signs into known phrases, and what spells one of them.

    Read when the first Chinese name is spelt: the lists of phrases take half a second to load, and
    most processes spell none. A phrase is spelt once, because names share most of theirs.
    """
    spell, phrases = import_module("pypinyin"), import_module("pypinyin.seg.mmseg")
    return phrases.seg.cut, lru_cache(maxsize=65536)(
        lambda phrase: tuple(spell.lazy_pinyin(phrase))
    )


@cache
def learn_to_spell() -> None:
    """Begin to read the lists of phrases, once, so that the first search does not wait for them."""
    Thread(target=_pinyin, name="learn to spell", daemon=True).start()


def _pairs(run: str) -> list[str]:
    # The last character stands alone, so that a term of one character finds it too.
    return [run[n : n + 2] for n in range(len(run))]
