"""Writes the typed half of the Python client from the description of the API: `./tongpan dev docs`.

python tools/client.py            write it
python tools/client.py --check    say whether it differs from what the description says now
"""

import os
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT), str(ROOT / "src")]
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tongpan.config.settings")

import django  # noqa: E402
from django.utils import translation  # noqa: E402

FILE = ROOT / "clients" / "python" / "tongpan_client" / "resources.py"
HEAD = '''"""What there is to ask for, type by type.

Made by `./tongpan dev docs` from the description of the API. Do not edit it by hand.
"""

from collections.abc import Sequence
from typing import Any, Literal, TypedDict

from tongpan_client.base import Connection, Documents, Masters, Version
'''
Schema = Mapping[str, Any]
PLAIN = {"string": "str", "integer": "int", "boolean": "bool", "number": "float", "null": "None"}


def main(words: Sequence[str]) -> int:
    translation.deactivate_all()
    django.setup()
    text = _formatted(_text())
    is_different = not FILE.exists() or FILE.read_text() != text
    if is_different:
        print(FILE.relative_to(ROOT))
        if "--check" not in words:
            FILE.write_text(text)
    return int("--check" in words and is_different)


def _text() -> str:
    from tongpan.faces.api.description import openapi
    from tongpan.kernel.documents.registry import document_types, master_types
    from tongpan.kernel.org.scope import system

    with system(reason="the client of the API"):
        described = openapi()
    parts = [HEAD]
    for name, schema in described["components"]["schemas"].items():
        if "next_cursor" not in schema.get("properties", {}):  # pages are walked through
            parts += _typed(name, schema)
    kinds = [(d.code, True) for d in document_types()] + [(m.code, False) for m in master_types()]
    for code, is_document in kinds:
        parts.append("\n".join(_resource(code, described["paths"], is_document=is_document)))
    parts.append("\n".join(_api([code for code, _ in kinds])))
    return "\n\n".join(parts) + "\n"


def _typed(name: str, schema: Schema) -> Iterator[str]:
    """The dictionaries that a schema is made of, the inner ones first."""
    if schema.get("type") != "object" or not schema.get("properties"):
        yield f"{name} = {_kind(schema)}"
        return
    needed = set(schema.get("required", ()))
    rows = []
    for key, value in schema["properties"].items():
        inner = value["items"] if value.get("type") == "array" else value
        if inner.get("type") == "object" and inner.get("properties"):
            part = name + "".join(bit.capitalize() for bit in key.split("_"))
            yield from _typed(part, inner)
            kind = f"list[{part}]" if inner is not value else part
        else:
            kind = _kind(value)
        rows.append((key, kind, key in needed))
    always = [f"    {key}: {kind}" for key, kind, is_needed in rows if is_needed]
    perhaps = [f"    {key}: {kind}" for key, kind, is_needed in rows if not is_needed]
    if always and perhaps:
        yield "\n".join([f"class _{name}(TypedDict):", *always])
        yield "\n".join([f"class {name}(_{name}, total=False):", *perhaps])
    elif always:
        yield "\n".join([f"class {name}(TypedDict):", *always])
    else:
        yield "\n".join([f"class {name}(TypedDict, total=False):", *perhaps])


def _kind(schema: Schema) -> str:
    """How a value is written in Python."""
    if "$ref" in schema:
        return f'"{schema["$ref"].rpartition("/")[2]}"'.strip('"')
    if "oneOf" in schema:
        return " | ".join(_kind(one) for one in schema["oneOf"])
    if "enum" in schema:
        return f"Literal[{', '.join(repr(value) for value in schema['enum'])}]"
    kinds = schema.get("type", [])
    names = [kinds] if isinstance(kinds, str) else list(kinds)
    return " | ".join(_plain(name, schema) for name in names) or "Any"


def _plain(name: str, schema: Schema) -> str:
    if name == "array":
        return f"list[{_kind(schema.get('items', {}))}]"
    return PLAIN.get(name, "dict[str, Any]")


def _resource(code: str, paths: Mapping[str, Any], *, is_document: bool) -> Iterator[str]:
    name = _name(code)
    if not is_document:
        yield f"class {name}Resource(Masters[{name}, {name}Draft]):"
        yield f'    """All of `{code}`."""'
        return
    yield f"class {name}Resource(Documents[{name}Row, {name}, {name}Draft]):"
    yield f'    """All of `{code}`."""'
    start = f"/api/v1/{code}/{{id}}/"
    for path, item in paths.items():
        verb = path.removeprefix(start)
        operation = item.get("post")
        if not path.startswith(start) or operation is None or "/" in verb:
            continue
        if verb in ("comments", "attachments"):
            continue
        body = operation.get("requestBody", {}).get("content", {}).get("application/json", {})
        reason = ", reason: str" if "reason" in body.get("schema", {}).get("required", ()) else ""
        passed = ", reason=reason" if reason else ""
        method = f"{verb}_" if verb in ("return",) else verb
        yield ""
        yield (
            f"    def {method}(self, pk: str{reason}, *, answers: Sequence[str] = (),"
            f" version: Version = None) -> {name}:"
        )
        yield f'        return self._act("{verb}", pk{passed}, answers=answers, version=version)'


def _api(codes: Sequence[str]) -> Iterator[str]:
    yield "class Api:"
    yield '    """Everything that a token may reach on one server."""'
    yield ""
    yield "    def __init__("
    yield '        self, address: str, token: str, *, unit: str = "", language: str = "en",'
    yield "        tries: int = 4, timeout_s: float = 30.0,"
    yield "    ) -> None:"
    yield "        self.connection = Connection("
    yield "            address, token, unit=unit, language=language, tries=tries,"
    yield "            timeout_s=timeout_s,"
    yield "        )"
    for code in codes:
        name = code.replace(".", "_")
        yield f'        self.{name} = {_name(code)}Resource(self.connection, "{code}")'


def _name(code: str) -> str:
    return "".join(part.capitalize() for part in code.replace(".", "_").split("_"))


def _formatted(text: str) -> str:
    command = [sys.executable, "-m", "ruff", "format", "--stdin-filename", str(FILE), "-"]
    done = subprocess.run(command, input=text, capture_output=True, text=True, check=True, cwd=ROOT)
    return done.stdout


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
