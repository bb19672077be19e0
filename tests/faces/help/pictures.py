"""The pictures that the chapters of the guide show, as their texts name them."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from tongpan.faces.help.chapters import GUIDE

_PICTURE = re.compile(r"!\[([^\]]*)\]\(\.\./pictures/(\w+)/([\w.-]+)-(\d+)\.webp\)")


@dataclass(frozen=True, slots=True)
class Shown:
    """A screen of the walk, in one language and at one width."""

    language: str
    screen: str
    width: int

    @property
    def path(self) -> str:
        return f"{self.language}/{self.screen}-{self.width}.webp"


@cache
def shown() -> frozenset[Shown]:
    """All of them."""
    pages = GUIDE.glob("*/*.md")
    return frozenset(one for page in pages for _, one in of_page(page))


def of_page(page: Path) -> Iterator[tuple[str, Shown]]:
    """Those of one chapter, each with the words for who cannot see it."""
    for words, language, screen, width in _PICTURE.findall(page.read_text(encoding="utf-8")):
        yield words, Shown(language, screen, int(width))
