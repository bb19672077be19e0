"""Collects what the program says, from Python and from templates.

They show what has no Chinese yet, give texts that count their keys, and make the pseudo-language
`xx`, where every text stands in brackets: what has none on a page was never wrapped.
"""

import ast
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
SOURCE = ROOT / "src" / "tongpan"

CALLS = {"_", "gettext", "gettext_lazy", "gettext_noop", "pgettext", "pgettext_lazy"}
PLURALS = {"ngettext", "ngettext_lazy", "npgettext", "npgettext_lazy"}
SAY = {"say"}  # say("code", "sentence")

QUOTED = r"""(?:"([^"]*)"|'([^']*)')"""
TRANSLATE = re.compile(r"{%\s*(?:translate|trans)\s+" + QUOTED + r"[^%]*%}")
WRAPPED = re.compile(r"_\(" + QUOTED + r"\)")
BLOCK = re.compile(
    r"{%\s*(?:blocktranslate|blocktrans)\b([^%]*)%}(.*?){%\s*end(?:blocktranslate|blocktrans)\s*%}",
    re.DOTALL,
)
PLURAL = re.compile(r"{%\s*plural\s*%}")
VARIABLE = re.compile(r"{{\s*(\w+)\s*}}")


@dataclass
class Message:
    """A text that is said somewhere; `plural` for the ones that count."""

    text: str
    plural: str = ""
    places: list[str] = field(default_factory=list)


def collect(source: Path = SOURCE) -> dict[str, Message]:
    """Every text that the program may say, in the order of its files."""
    found: dict[str, Message] = {}
    for path in sorted([*source.rglob("*.py"), *source.rglob("templates/**/*.html")]):
        read = _of_python if path.suffix == ".py" else _of_template
        for line, text, plural in read(path.read_text(encoding="utf-8")):
            message = found.setdefault(text, Message(text))
            message.plural = message.plural or plural
            message.places.append(f"{path.relative_to(source.parents[1])}:{line}")
    return found


def _of_python(text: str) -> Iterator[tuple[int, str, str]]:
    for node in ast.walk(ast.parse(text)):
        if not isinstance(node, ast.Call):
            continue
        name = getattr(node.func, "id", getattr(node.func, "attr", ""))
        texts = [_constant(argument) for argument in node.args]
        if name in CALLS and texts and texts[-1 if name.startswith("p") else 0]:
            yield node.lineno, texts[-1 if name.startswith("p") else 0], ""
        elif name in PLURALS and len(texts) > 1 and texts[0] and texts[1]:
            yield node.lineno, texts[0], texts[1]
        elif name in SAY and len(texts) > 1 and texts[1]:
            yield node.lineno, texts[1], ""


def _constant(node: ast.expr) -> str:
    return node.value if isinstance(node, ast.Constant) and isinstance(node.value, str) else ""


def _of_template(text: str) -> Iterator[tuple[int, str, str]]:
    for pattern in (TRANSLATE, WRAPPED):
        for match in pattern.finditer(text):
            yield _line(text, match), match[1] or match[2] or "", ""
    for match in BLOCK.finditer(text):
        parts = [VARIABLE.sub(r"%(\1)s", part) for part in PLURAL.split(match[2])]
        if "trimmed" in match[1]:
            parts = [" ".join(part.split()) for part in parts]
        yield _line(text, match), parts[0], parts[1] if len(parts) > 1 else ""


def _line(text: str, match: re.Match[str]) -> int:
    return text.count("\n", 0, match.start()) + 1


def write_po(messages: Iterable[Message], known: dict[str, str]) -> str:
    """The .po file: one source of truth for whoever translates with a tool."""
    head = (
        'msgid ""\nmsgstr ""\n"Project-Id-Version: tongpan\\n"\n"Language: zh_Hans\\n"\n'
        '"MIME-Version: 1.0\\n"\n"Content-Type: text/plain; charset=UTF-8\\n"\n'
        '"Content-Transfer-Encoding: 8bit\\n"\n"Plural-Forms: nplurals=1; plural=0;\\n"\n'
    )
    parts = [head]
    for message in sorted(messages, key=lambda m: m.text):
        file = message.places[0].rpartition(":")[0]  # lines move; files hardly do
        lines = [f"#: {file}", f"msgid {_po(message.text)}"]
        said = _po(known.get(message.text, ""))
        if message.plural:
            lines += [f"msgid_plural {_po(message.plural)}", f"msgstr[0] {said}"]
        else:
            lines.append(f"msgstr {said}")
        parts.append("\n".join(lines) + "\n")
    return "\n".join(parts)


def _po(text: str) -> str:
    escaped = text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
    return f'"{escaped}"'


def with_plurals(known: dict[str, str], messages: Iterable[Message]) -> dict[str, str]:
    """The same catalog with the keys that gettext uses for texts that count."""
    keys = {m.text: f"{m.text}\0{m.plural}" for m in messages if m.plural}
    return {keys.get(text, text): said for text, said in known.items()}


def pseudo(messages: Iterable[Message]) -> dict[str, str]:
    """Every text in brackets, so that on a page what has none was never wrapped."""
    return {message.text: f"⟦{message.text}⟧" for message in messages}


def missing(messages: dict[str, Message], known: dict[str, str]) -> list[str]:
    """The texts without Chinese."""
    return [
        f"{message.places[0]}: no Chinese for {message.text!r}"
        for message in messages.values()
        if message.text not in known
    ]
