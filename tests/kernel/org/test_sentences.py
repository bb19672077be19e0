"""Every refusal of this package has its sentence, in both languages."""

import re
from pathlib import Path

from django.utils.translation import override

import tongpan.kernel.companies
import tongpan.kernel.org
from tongpan.kernel.org.permissions import permissions
from tongpan.kernel.org.sentences import SENTENCES

ORG = Path(tongpan.kernel.org.__path__[0])
COMPANIES = Path(tongpan.kernel.companies.__path__[0])


def translated() -> dict[str, str]:
    lines = (ORG / "zh.txt").read_text().splitlines()
    return dict(line.split(" = ", 1) for line in lines if line)


def source() -> str:
    text = "\n".join(file.read_text() for place in (ORG, COMPANIES) for file in place.glob("*.py"))
    return re.sub(r'"\n\s*"', "", text)  # a sentence that goes on in the next line is one


def test_every_code_that_is_raised_has_a_sentence_and_every_sentence_is_used() -> None:
    raised = set(re.findall(r'(?:Refusal|Forbidden)\(\s*"(\w+)"', source()))
    raised |= set(re.findall(r'"code": "(\w+)"', source()))

    assert raised == set(SENTENCES)


def test_every_text_is_translated_with_the_same_facts() -> None:
    chinese = translated()
    marked = set(re.findall(r'\b_\(\s*"([^"]+)"', source()))

    assert marked == set(chinese)
    assert set(SENTENCES.values()) <= marked
    with override("en"):
        ours = [p for p in permissions() if p.code.startswith(("see.", "org."))]
        assert {str(permission.title) for permission in ours} <= marked
    for english, text in chinese.items():
        assert set(re.findall(r"{\w+}", english)) == set(re.findall(r"{\w+}", text)), english
