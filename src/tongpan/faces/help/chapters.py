"""The chapters of the manual: `docs/guide/<language>/<chapter>.md`, shown as they stand there.

A chapter's name is in links on other pages and in people's bookmarks: it stays.
"""

import re
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from django.conf import settings
from markdown_it import MarkdownIt

GUIDE: Path = settings.ROOT / "docs" / "guide"
CHAPTERS = (
    "basics", "cashier", "warehouse", "store-manager", "buyer", "seller", "merchandiser",
    "accountant", "owner", "administrator", "operator",
)  # fmt: skip
# Which chapter says more about the pages of a job in the rail.
OF_JOBS = {
    "till": "cashier",
    "items": "merchandiser",
    "buying": "buyer",
    "stock": "warehouse",
    "sales": "seller",
    "money": "accountant",
    "settings": "administrator",
}
_LINK = re.compile(r"\]\(([\w-]+)\.md(#[\w-]+)?\)")
_markdown = MarkdownIt("commonmark", {"html": False}).enable("table")


@dataclass(frozen=True, slots=True)
class Chapter:
    """One chapter in one language. `html` is its text without the title."""

    name: str
    title: str
    about: str
    html: str


def chapter(name: str, language: str) -> Chapter | None:
    """The chapter in this language; None where there is none of that name."""
    file = GUIDE / ("zh" if language.startswith("zh") else "en") / f"{name}.md"
    return _read(file, file.stat().st_mtime_ns) if name in CHAPTERS and file.exists() else None


def chapters(language: str) -> list[Chapter]:
    """All of them, in the order in which people meet the program."""
    found = (chapter(name, language) for name in CHAPTERS)
    return [one for one in found if one is not None]


@cache
def _read(file: Path, _changed: int) -> Chapter:
    title, _, text = file.read_text(encoding="utf-8").removeprefix("# ").partition("\n")
    about = " ".join(text.strip().partition("\n\n")[0].split())
    html = _markdown.render(_LINK.sub(r"](/help/\1/\2)", text))
    return Chapter(
        file.stem, title.strip(), about, html.replace("<table>", '<table class="table">')
    )
