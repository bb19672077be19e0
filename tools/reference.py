"""Writes the pages of `docs/reference/` that are made from the registers: `./tongpan dev docs`.

    python tools/reference.py            write them
    python tools/reference.py --check    say which differ from what the registers say now

Chinese comes from the same texts as the screens'. `terms.md` is written by hand and stays.
"""

import inspect
import os
import re
import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from importlib import import_module
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT), str(ROOT / "src")]
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tongpan.config.settings")

import django  # noqa: E402
from django.utils import translation  # noqa: E402

from tools.translations import catalog, compile_catalog  # noqa: E402

FOLDER = ROOT / "docs" / "reference"
BY_HAND = "Made by `./tongpan dev docs` from the registers of the program. Do not edit it by hand."


def main(words: Sequence[str]) -> int:
    compile_catalog()
    translation.deactivate_all()  # texts that are put together at import stay English
    django.setup()
    differing = []
    for name, page in PAGES.items():
        file, text = FOLDER / f"{name}.md", page()
        if not file.exists() or file.read_text() != text:
            differing.append(str(file.relative_to(ROOT)))
            if "--check" not in words:
                file.parent.mkdir(parents=True, exist_ok=True)
                file.write_text(text)
    print(*differing, sep="\n", end="\n" if differing else "")
    return int("--check" in words and bool(differing))


# -- the pages -------------------------------------------------------------------------------------


def document_types() -> str:
    """What is on each document, and where it may follow another."""
    from tongpan.kernel.documents import registry

    parts = ["## Documents"]
    for each in registry.document_types():
        follows = ", ".join(f"`{code}`" for code in each.follows)
        facts = [
            f"`{each.code}`",
            f"number `{each.numbering}`",
            *([f"follows {follows}"] if follows else []),
            *(["fixed at posting: " + _codes(each.frozen)] if each.frozen else []),
        ]
        parts.append(f"### {_both(each.title)}\n\n{_english(each.help)} {', '.join(facts)}.")
        fields = [("header", f) for f in each.header_fields]
        fields += [("line", f) for f in each.line_fields]
        parts.append(_table(("Where", "Field", "English", "中文", "Kind", "To post"),
                            (_field_row(where, field) for where, field in fields)))  # fmt: skip
    parts.append("## Master data")
    for master in registry.master_types():
        text = f"{_english(master.help)} `{master.code}`, known by `{master.key}`."
        parts.append(f"### {_both(master.title)}\n\n{text}")
        rows = (_field_row("", field)[1:5] for field in master.form_fields)
        parts.append(_table(("Field", "English", "中文", "Kind"), rows))
    return _page(
        "Document types",
        "For whoever fills in, imports or programs against documents: what is on each type.",
        parts,
    )


def _field_row(where: str, field: Any) -> tuple[str, ...]:
    target = f" to {field.target._meta.label_lower}" if field.target else ""
    choices = f" ({', '.join(str(code) for code, _ in field.choices)})" if field.choices else ""
    needed = "needed" if field.is_required else ""
    return (
        where, f"`{field.name}`", _english(field.label), _chinese(field.label),
        f"{field.kind}{target}{choices}", needed,
    )  # fmt: skip


def postings() -> str:
    """The design of the whole system on one page, from the posting rules' docstrings."""
    from tongpan.kernel.documents import registry

    rows = []
    for each in registry.document_types():
        said = inspect.getdoc(posting_rule(each.code)) or ""
        for number, row in enumerate(_rows_of_docstring(said)):
            title = f"{_both(each.title)}: {_first_sentence(said)}" if number == 0 else ""
            rows.append((title, *row))
    table = _table(("Document", "Ledger", "Source", "Target"), rows)
    undone = (
        "Whatever is reversed posts the same rows with source and target exchanged. In money, the "
        "target is debited and the source is credited."
    )
    return _page(
        "Postings",
        "For accountants and developers: what every document moves, in which ledger, from where "
        "to where.",
        [table, undone],
    )


def posting_rule(code: str) -> Callable[..., Any]:
    """The posting rule of a document type: `<noun>_moves` in its area, or the one it declares."""
    from tongpan.kernel.documents import registry

    declared = registry.document_type(code).moves
    if declared.__name__.endswith("_moves"):
        return declared
    area, _, noun = code.partition(".")
    found: Callable[..., Any] = getattr(
        import_module(f"tongpan.business.{area}.postings"), f"{noun}_moves"
    )
    return found


def _rows_of_docstring(said: str) -> Iterator[tuple[str, ...]]:
    for line in said.splitlines():
        if line.strip().startswith("|"):
            cells = tuple(cell.strip() for cell in line.strip().strip("|").split("|"))
            if cells[0] != "Ledger":
                yield cells


def permissions() -> str:
    from tongpan.kernel.org.permissions import permissions as declared

    rows = ((f"`{p.code}`", _english(p.title), _chinese(p.title)) for p in declared())
    return _page(
        "Permissions",
        "For administrators who put roles together: every permission code. A role may also hold "
        "`<area>.*`, `<type>.*` or `*`, and an amount limit with each code.",
        [_table(("Code", "English", "中文"), rows)],
    )


def actions() -> str:
    from tongpan.kernel.documents import registry

    rows = (
        (
            f"`{a.code}`", _both(a.title), f"`{a.permission}`", ", ".join(sorted(a.states)),
            f"`{a.event}`" if a.event else "", "yes" if a.needs_reason else "",
        )
        for a in sorted(registry.actions(), key=lambda action: action.code)
    )  # fmt: skip
    return _page(
        "Actions",
        "For developers and writers of clients: everything that can be done, and through which "
        "permission. Screens, API, import and command line all do these.",
        [_table(("Action", "Called", "Permission", "In states", "Event", "Reason"), rows)],
    )


def events() -> str:
    from tongpan.kernel.documents import registry
    from tongpan.kernel.events.registry import events as declared

    by_event = {a.event: a for a in registry.actions() if a.event}
    rows = (
        (f"`{name}`", f"`{by_event[name].code}`" if name in by_event else "")
        for name in sorted(declared())
    )
    return _page(
        "Events",
        "For developers: what is recorded in the feed, by name, and the action after which it is.",
        [_table(("Event", "Recorded by"), rows)],
    )


def refusals() -> str:
    from tongpan.kernel.documents.sentences import sentences

    chinese = catalog()
    rows = (
        (f"`{code}`", sentence, chinese.get(sentence, ""))
        for code, sentence in sorted(sentences().items())
    )
    return _page(
        "Refusals",
        "For writers of clients and for whoever answers questions: every code with which the "
        "program says no, and its sentence. Words in braces are facts of the case.",
        [_table(("Code", "English", "中文"), rows)],
    )


def api() -> str:
    """The addresses of the API; each resource's fields are in its own description."""
    from tongpan.faces.api.limits import BURST, RATE_PER_S
    from tongpan.faces.kit.entry import entry_points

    prefix = "/api/v1/"
    rows = []
    for point in entry_points():
        if point.entry is None or not point.route.startswith(prefix):
            continue
        route = re.sub(r"<\w+:(\w+)>", r"{\1}", point.route.removeprefix("/api"))
        rows.append((f"`{route}`", ", ".join(point.entry.methods), f"`{point.entry.permission}`"))
    intro = f"""\
- A request comes with `Authorization: Bearer tp_...`, or with the session of a signed-in person;
  with a session, whatever writes also needs the CSRF token.
- Numbers are JSON strings (`"12.50"`). Dates are `2026-11-21`. Ids are made by the caller.
- `Idempotency-Key` names a request for ever: sent again it is done once, with other content it is
  refused with 409. `If-Match` holds the version the caller saw; another one there now is 412.
- Lists come in pages: `size` rows, and `cursor` is the `next_cursor` of the page before.
- `fields` names what a list or a single resource shall hold: `number,header.place,lines.item`.
- Every refusal is `application/problem+json` with `code`, `detail`, `problems` and a
  `request_id`; the codes are in [refusals](refusals.md).
- `Tongpan-Unit` names the org unit, by its code, at which the caller acts.
- A caller may send {RATE_PER_S:g} requests a second, and {BURST:g} at once.
- `/api/v1/openapi.json` is the whole description (OpenAPI 3.1); `/api/v1/docs` shows it to people.

All addresses below begin with `/api`."""
    return _page(
        "API",
        "For writers of clients: how to call, and every address with the permission it asks for.",
        [intro, _table(("Address", "Methods", "Permission"), rows)],
    )


PAGES: dict[str, Callable[[], str]] = {
    "document-types": document_types,
    "postings": postings,
    "permissions": permissions,
    "actions": actions,
    "events": events,
    "refusals": refusals,
    "api": api,
}


# -- words and tables ------------------------------------------------------------------------------


def _english(text: object) -> str:
    with translation.override("en"):
        return str(text)


def _chinese(text: object) -> str:
    """In Chinese, or nothing where nobody has said it yet."""
    with translation.override("zh-hans"):
        said = str(text)
    return said if said != _english(text) else ""


def _both(text: object) -> str:
    chinese = _chinese(text)
    return f"{_english(text)} {chinese}" if chinese else _english(text)


def _codes(names: Iterable[str]) -> str:
    return ", ".join(f"`{name}`" for name in names)


def _first_sentence(said: str) -> str:
    return said.split("\n\n", maxsplit=1)[0].replace("\n", " ")


def _table(heads: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    lines = [f"| {' | '.join(heads)} |", f"|{'---|' * len(heads)}"]
    lines += [f"| {' | '.join(cell.replace('|', '/') for cell in row)} |" for row in rows]
    return "\n".join(lines)


def _page(title: str, for_whom: str, parts: Iterable[str]) -> str:
    return "\n\n".join([f"# {title}", for_whom, BY_HAND, *parts]) + "\n"


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
