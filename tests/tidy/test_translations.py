"""Everything a person may read in English can be read in Chinese."""

import ast
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from string import Formatter

from tools import translations

from tests.tidy.source import SOURCE, modules

WRAPS = {"_", "gettext", "gettext_lazy", "gettext_noop", "ngettext", "ngettext_lazy"}
TEMPLATES = sorted([*SOURCE.glob("**/templates/**/*.html"), *SOURCE.glob("**/templates/**/*.txt")])
TAG = re.compile(r"""{%-?\s*(?:translate|trans)\s+(?:"([^"]*)"|'([^']*)')""")
WORD = re.compile(r"""_\((?:"([^"]*)"|'([^']*)')\)""")
BLOCK = re.compile(r"{%\s*blocktrans(?:late)?\b([^%]*)%}(.*?){%\s*endblocktrans", re.S)


def _of_code(module: ast.Module) -> Iterator[str]:
    for node in ast.walk(module):
        if isinstance(node, ast.Call) and _called(node) in WRAPS and node.args:
            first = node.args[0]
            if isinstance(first, ast.Constant) and isinstance(first.value, str):
                yield first.value


def _called(node: ast.Call) -> str:
    return ast.unparse(node.func).split(".")[-1]


def _of_template(file: Path) -> Iterator[str]:
    text = file.read_text()
    for pattern in (TAG, WORD):
        for double, single in pattern.findall(text):
            yield double or single
    for words, body in BLOCK.findall(text):
        body = body.split("{% plural %}")[0]
        if "trimmed" in words:
            body = " ".join(line.strip() for line in body.strip().splitlines())
        yield re.sub(r"{{\s*(\w+)\s*}}", r"%(\1)s", body)


@cache
def _known() -> set[str]:
    return {key.split("\0")[0].split("\4")[-1] for key in translations.catalog()}


def _without_chinese(texts: Iterator[str]) -> set[str]:
    return {text for text in texts if text not in _known() and re.search("[A-Za-z]{2}", text)}


def _facts(text: str) -> list[str]:
    """The names in braces or after a percent sign; one that is lost in translation is an error."""
    try:
        braces = [name for _, name, _, _ in Formatter().parse(text) if name]
    except ValueError:
        braces = []
    return sorted({*braces, *re.findall(r"%\((\w+)\)", text)})


def _missing(texts_of: dict[str, Iterator[str]]) -> str:
    """What has no Chinese, one text a line under its file."""
    found = {path: sorted(_without_chinese(texts)) for path, texts in texts_of.items()}
    return "\n".join(f"{path}\n    " + "\n    ".join(found[path]) for path in found if found[path])


def test_every_text_of_the_code_has_its_chinese() -> None:
    missing = _missing({path: _of_code(module) for path, module in modules().items()})

    assert not missing, missing


def test_every_text_of_the_templates_has_its_chinese() -> None:
    missing = _missing({str(file.relative_to(SOURCE)): _of_template(file) for file in TEMPLATES})

    assert not missing, missing


def test_the_chinese_keeps_every_fact_of_the_english() -> None:
    lost = {
        english
        for english, chinese in translations.catalog().items()
        if not set(_facts(chinese)) <= set(_facts(english))
        or (_facts(english) and not _facts(chinese))
    }

    assert lost == set()
