"""Finding an item or a party by code, name, pinyin or initials, a hundred thousand rows fast.

A row keeps one column, `search_text`: every word under which it can be found, each after a space.
One trigram index serves it. Terms of three characters and more match anywhere in a word. A trigram
needs three, so shorter terms match the start of a word, which the index can serve because a space
counts (`% 可乐%`); and every pair of neighbouring Chinese characters and initials is a word of its
own, so that 可乐 and `kl` find 可口可乐. Written to suit pg_trgm, read with plain LIKE: on a
database whose locale knows no Chinese the answer is the same, only slower.
"""

import re
import unicodedata
from collections.abc import Iterable, Iterator
from functools import lru_cache

from django.contrib.postgres.indexes import GinIndex
from pypinyin import Style, lazy_pinyin

TERM_MAX = 60  # a longer text is a paste, not a search
_HAN = re.compile(r"[\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff]+")


def trigram_index(name: str) -> GinIndex:
    """The index that serves `search_text`."""
    return GinIndex(name=name, fields=["search_text"], opclasses=["gin_trgm_ops"])


def search_text(codes: Iterable[str], names: Iterable[str]) -> str:
    """The words under which a row is found: its codes as they are, its names also in pinyin.

    >>> search_text(["A1"], ["可乐"])
    ' a1 可乐 kele kl 乐 l'
    """
    words = [folded(code) for code in codes]
    for name in names:
        words += _words_of(folded(name))
    return "".join(f" {word}" for word in dict.fromkeys(words) if word)


def folded(text: str) -> str:
    """`text` as it is compared: half-width, lower case, spaces single, nothing unprintable.

    >>> folded("　ＡＢ　１２ ")
    'ab 12'
    """
    plain = unicodedata.normalize("NFKC", text).casefold()
    return " ".join("".join(c if c.isprintable() else " " for c in plain).split())


@lru_cache(maxsize=4096)
def _words_of(name: str) -> tuple[str, ...]:
    runs = _HAN.findall(name)
    if not runs:
        return (name,)
    syllables = [s for s in lazy_pinyin(name, style=Style.NORMAL, errors=list) if s.strip()]
    initials = "".join(s[0] for s in syllables)
    pairs = (pair for run in [*runs, initials] for pair in _pairs(run))
    return (name, "".join(syllables), initials, *pairs)


def _pairs(run: str) -> Iterator[str]:
    # The last character stands alone, so that a term of one character finds it too.
    return (run[n : n + 2] for n in range(len(run)))
