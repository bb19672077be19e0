"""The chapters of the manual: `docs/guide/<language>/<chapter>.md`, shown as they stand there.

A chapter's name is in links on other pages and in people's bookmarks: it stays.
"""

import re
from dataclasses import dataclass
from functools import cache
from itertools import count
from pathlib import Path

from django.conf import settings
from markdown_it import MarkdownIt

# A picture of a window so many pixels wide is that large: enough to read, about 30 KB.
SIZES = {1440: (1120, 700), 390: (390, 844)}
GUIDE: Path = settings.ROOT / "docs" / "guide"
PICTURES = GUIDE / "pictures"
CHAPTERS = (
    "basics", "ten-jobs", "cashier", "warehouse", "store-manager", "buyer", "seller",
    "merchandiser", "accountant", "owner", "administrator", "operator",
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
_HEAD = re.compile(r"<h2>")
_PICTURE = re.compile(r'src="\.\./pictures/([^"]+)"')
_LINK = re.compile(r"\]\(([\w-]+)\.md(#[\w-]+)?\)")
# Pictures, links' addresses and the signs of the format are not what anybody searches.
_MARKS = re.compile(r"!\[[^\]]*\]\([^)]*\)|\]\([^)]*\)|\*\*|[`|\[]|-{3,}")
AROUND, FOUND_MAX = 120, 20
_markdown = MarkdownIt("commonmark", {"html": False}).enable("table")


@dataclass(frozen=True, slots=True)
class Chapter:
    """One chapter in one language. `html` is its text without the title."""

    name: str
    title: str
    about: str
    html: str


@dataclass(frozen=True, slots=True)
class Found:
    """A part of a chapter in which something stands."""

    name: str
    title: str
    number: int
    head: str
    said: str

    @property
    def url(self) -> str:
        return f"/help/{self.name}/" + (f"#part-{self.number}" if self.number else "")


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
    html = html.replace("<table>", '<table class="table">')
    numbers = count(1)
    html = _HEAD.sub(lambda _: f'<h2 id="part-{next(numbers)}">', html)
    return Chapter(file.stem, title.strip(), about, _PICTURE.sub(_shown, html))


def search(text: str, language: str) -> list[Found]:
    """The parts in which this stands, in either language, as the reader's language names them:
    what somebody calls a thing in one may be all they know."""
    wanted, mine = text.casefold().strip(), "zh" if language.startswith("zh") else "en"
    found = []
    for name in CHAPTERS:
        own, other = (_parts(name, one) for one in (mine, "en" if mine == "zh" else "zh"))
        for number, (head, said) in enumerate(own):
            if wanted in said.casefold():
                found.append(Found(name, own[0][0], number, head, _around(said, wanted)))
            elif number < len(other) and wanted in other[number][1].casefold():
                found.append(Found(name, own[0][0], number, head, said[:AROUND]))
    found.sort(key=lambda one: wanted not in one.head.casefold())
    return found[:FOUND_MAX]


def _parts(name: str, folder: str) -> list[tuple[str, str]]:
    """The heads and words of a chapter, what comes before its first part too."""
    text = (GUIDE / folder / f"{name}.md").read_text(encoding="utf-8").removeprefix("# ")
    parts = (part.partition("\n") for part in text.split("\n## "))
    return [(head.strip(), " ".join(_MARKS.sub("", said).split())) for head, _, said in parts]


def _around(said: str, wanted: str) -> str:
    """The words around the first place where it stands."""
    at = max(0, said.casefold().find(wanted) - AROUND // 3)
    return ("… " if at else "") + said[at : at + AROUND]


def picture(name: str) -> Path | None:
    """The file of a picture that chapters show, such as `zh/home-1440.webp`."""
    file = PICTURES / name
    return file if file.resolve().is_relative_to(PICTURES) and file.is_file() else None


def _shown(found: re.Match[str]) -> str:
    """A picture keeps its room on the page before it is there; how wide it is, its name says."""
    width, height = SIZES[int(found[1].removesuffix(".webp").rpartition("-")[2])]
    shape = f'width="{width}" height="{height}"'
    return f'src="/help/pictures/{found[1]}" loading="lazy" {shape}'
