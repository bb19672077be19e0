"""Every page of the kit is drawn, in every language, without a text that was never wrapped."""

import re

import pytest
from django.template.loader import render_to_string
from django.test import RequestFactory
from django.utils import translation

from tongpan.faces.kit import sample
from tongpan.faces.kit.gallery import PAGES
from tongpan.faces.kit.pages import FormPage
from tongpan.faces.kit.show import by_path
from tongpan.faces.kit.words import words

TAGS = re.compile(r"<(script|style|svg|title|kbd)\b.*?</\1>|<[^>]*>", re.DOTALL)
WRAPPED = re.compile(r"⟦[^⟧]*⟧")
DATES = re.compile(r"(Mon|Tue|Wed|Thu|Fri|Sat|Sun) \d+ \w+( \d{4})?")
LABELS = re.compile(r'(?:aria-label|placeholder|title)="([^"]*)"')


def drawn(name: str, language: str) -> str:
    make, job, tab = PAGES[name]
    with translation.override(language):
        page = make()
        problems = by_path(page.problems) if isinstance(page, FormPage) else {}
        context = {
            "page": page, "problems": problems, "shell": sample.shell(job, tab, toast=True),
            "words": words(), "csp_nonce": "n",
        }  # fmt: skip
        request = RequestFactory().get("/kit/")
        return render_to_string(page.template, context, request)


@pytest.mark.parametrize("language", ["zh-hans", "en"])
@pytest.mark.parametrize("name", sorted(PAGES))
def test_every_page_is_drawn_without_scripts_or_styles_inside(name, language):
    html = drawn(name, language)

    assert not re.search(r"\son\w+=|\sstyle=|javascript:", html)
    for script in re.findall(r"<script\b[^>]*>", html):
        assert 'nonce="n"' in script or 'type="application/json"' in script


@pytest.mark.parametrize("name", sorted(PAGES))
def test_every_text_of_the_kit_is_translated(name):
    """In the pseudo-language each wrapped text stands in brackets; the sample's own do not."""
    shown = texts(drawn(name, "xx"))

    assert any("⟦" in text for text in shown), "tools/translations.py makes the pseudo-language."
    assert [text for text in shown if is_bare(text, sample_texts(name))] == []


def is_bare(text: str, of_sample: list[str]) -> bool:
    """Whether words are left when brackets and the sample's own texts are taken away."""
    left = WRAPPED.sub("", text)
    for known in of_sample:
        left = left.replace(known, "")
    return bool(re.search("[A-Za-z]{3}", DATES.sub("", left)))


def texts(html: str) -> list[str]:
    body = html[html.index("<body") :]
    found = [*LABELS.findall(body), *TAGS.sub("\n", body).split("\n")]
    return [text.strip() for text in found if text.strip()]


def sample_texts(name: str) -> list[str]:
    """What the sample page itself says, which stands for data and is not wrapped."""
    with translation.override("en"):
        make, job, tab = PAGES[name]
        found = {*_strings(make()), *_strings(sample.shell(job, tab, toast=True))}
    return sorted((text for text in found if len(text) > 2), key=len, reverse=True)


def _strings(value: object) -> list[str]:
    if isinstance(value, str):
        return [value.strip()]
    if isinstance(value, dict):
        return [text for one in value.values() for text in _strings(one)]
    if isinstance(value, tuple | list):
        return [text for one in value for text in _strings(one)]
    names = getattr(value, "__dataclass_fields__", {})
    return [text for name in names for text in _strings(getattr(value, name))]
