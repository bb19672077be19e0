"""Puts the Chinese of every area into the catalog that gettext reads.

Sources: `src/tongpan/**/zh.txt`, one `English text = 中文` a line (`\\n` for a line break, `#` for
a comment), and the hand-kept `locale/zh_Hans/LC_MESSAGES/django.po` where it exists, which wins.
Result: `django.mo` beside it, made here because not every machine has msgfmt.

`--missing` lists the texts that have no Chinese yet; `--po` prints everything as a .po file, for
whoever translates with a tool of their own.
"""

import ast
import struct
import sys
from collections.abc import Iterator
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from tools.messages import collect, missing, pseudo, with_plurals, write_po  # noqa: E402

SOURCE = ROOT / "src" / "tongpan"
LOCALE = SOURCE / "locale"
HEADER = "Content-Type: text/plain; charset=UTF-8\nPlural-Forms: nplurals=1; plural=0;\n"


@cache
def catalog() -> dict[str, str]:
    """Every English text with its Chinese; where two areas differ, the first one stands.

    A difference, or a line that cannot be read, is for the tidy tests: it must not stop a start.
    """
    merged: dict[str, str] = {}
    for english, chinese, _ in entries():
        if chinese:
            merged.setdefault(english, chinese)
    hand_kept = LOCALE / "zh_Hans" / "LC_MESSAGES" / "django.po"
    return merged | (_of_po(hand_kept) if hand_kept.exists() else {})


def entries() -> Iterator[tuple[str, str, str]]:
    """Every line of every area: English, Chinese (empty if the line has none), and its place."""
    for file in sorted(SOURCE.glob("**/zh.txt")):
        for number, line in enumerate(file.read_text(encoding="utf-8").splitlines(), 1):
            if line.strip() and not line.startswith("#"):
                english, _, chinese = line.partition(" = ")
                place = f"{file.relative_to(SOURCE)}:{number}"
                yield _unescaped(english), _unescaped(chinese.strip()), place


def compile_catalog() -> None:
    """Write `django.mo`, if the texts have changed."""
    messages = collect()
    said = {
        language: with_plurals(texts, messages.values())
        for language, texts in (
            ("zh_Hans", catalog()),
            (
                "xx",
                pseudo(messages.values()),
            ),  # every text in brackets, to find what is not wrapped
        )
    }
    for language, texts in said.items():
        _write(LOCALE / language / "LC_MESSAGES" / "django.mo", _mo({"": HEADER, **texts}))


def _write(target: Path, made: bytes) -> None:
    if not target.exists() or target.read_bytes() != made:
        target.parent.mkdir(parents=True, exist_ok=True)
        half = target.with_suffix(".half")
        half.write_bytes(made)
        half.replace(target)


def _unescaped(text: str) -> str:
    return text.replace("\\n", "\n")


def _of_po(file: Path) -> dict[str, str]:
    """The translated entries of a .po file, with their contexts and plurals."""
    found: dict[str, str] = {}
    for block in file.read_text(encoding="utf-8").split("\n\n"):
        fields: dict[str, str] = {}
        name = ""
        for line in block.splitlines():
            if line.startswith("#"):
                continue
            word, quote, rest = line.partition('"')
            name = word.strip() or name
            if quote:
                fields[name] = fields.get(name, "") + ast.literal_eval(quote + rest)
        key = fields.get("msgid", "")
        if plural := fields.get("msgid_plural"):
            key += "\0" + plural
        if context := fields.get("msgctxt"):
            key = context + "\4" + key
        chinese = fields.get("msgstr") or fields.get("msgstr[0]")
        if key and chinese:
            found[key] = chinese
    return found


def _mo(texts: dict[str, str]) -> bytes:
    """GNU's binary catalog: two tables of length and offset, sorted by the originals."""
    pairs = sorted((key.encode(), value.encode()) for key, value in texts.items())
    count, tables = len(pairs), 28
    start = tables + count * 16
    body, originals, translations = b"", b"", b""
    for index, table in ((0, "originals"), (1, "translations")):
        rows = b""
        for pair in pairs:
            rows += struct.pack("<II", len(pair[index]), start + len(body))
            body += pair[index] + b"\0"
        if table == "originals":
            originals = rows
        else:
            translations = rows
    head = struct.pack("<7I", 0x950412DE, 0, count, tables, tables + count * 8, 0, start)
    return head + originals + translations + body


if __name__ == "__main__":
    if "--missing" in sys.argv:
        print(*missing(collect(), catalog()), sep="\n")
    elif "--po" in sys.argv:
        print(write_po(collect().values(), catalog()))
    else:
        compile_catalog()
