"""The language of print templates does what is published, and nothing else (P41)."""

import tracemalloc
from collections.abc import Callable, Mapping
from types import SimpleNamespace
from typing import Any

import pytest
from django.template import Context, Engine
from liquid import Environment

from tests.engines.prints.payloads import literal, refused, too_much
from tongpan.base.refusals import Refusal
from tongpan.engines.prints import language

NAMES: Mapping[str, Any] = {
    "company": {"name": "Company"},
    "document": {"number": "Number", "note": "Note"},
    "party": {"name": "Name"},
    "lines": [{"item": "Item", "quantity": "Quantity"}],
    "printed": {"by": "Printed by"},
}
SAID: Mapping[str, Any] = {
    "company": {"name": "通盘"},
    "document": {"number": "DB-1", "note": "{{ 7*7 }}<b>"},
    "party": {"name": "华东"},
    "lines": [{"item": "茶", "quantity": "3 箱"}, {"item": "奶", "quantity": "1 盒"}],
    "printed": {"by": "李航"},
}
MEMORY_MAX = 8 * 2**20  # bytes; 64 MB were promised


@pytest.mark.parametrize(
    ("text", "written"),
    [
        ("{{ company.name }} {{document.number}}", "通盘 DB-1"),
        (
            "{% for one in lines %}{{ forloop.index }}. {{ one.item }}\n{% endfor %}",
            "1. 茶\n2. 奶\n",
        ),
        ("{{ lines.size }} {{ lines.first.item }} {{ lines[0].item }}", "2 茶 茶"),
        ("{% if document.note %}!{% else %}?{% endif %}{{ document.note }}", "!{{ 7*7 }}<b>"),
        ("{% unless party.name == '华东' %}a{% endunless %}b", "b"),
        ("{{ document.number | downcase | truncate: 3 }}", "db…"),
        ("{{ printed.by | default: '…' }}", "李航"),
    ],
)
def test_names_are_replaced_and_values_are_never_read_as_language(text: str, written: str) -> None:
    language.check(text, NAMES)

    assert language.write(text, SAID) == written


def test_what_a_reader_may_not_see_is_written_as_nothing() -> None:
    text = "{{ document.number }}{{ document.note }}{% for a in lines %}{{ a.item }}{% endfor %}"

    assert language.write(text, {"document": {"number": "DB-1"}}) == "DB-1"


@pytest.mark.parametrize(
    ("text", "line", "column", "given"),
    [
        ("a\n b {{ settings }}", 2, 7, "settings"),
        ("{% if document.number %}{{ document.cost }}{% endif %}", 1, 28, "document.cost"),
        ("\n\n{% include 'x' %}", 3, 4, "include"),
        ("{{ document.number | safe }}", 1, 22, "safe"),
    ],
)
def test_a_refusal_says_where_it_stands(text: str, line: int, column: int, given: str) -> None:
    with pytest.raises(Refusal) as no:
        language.check(text, NAMES)

    assert no.value.code == "template_forbidden"
    assert (no.value.facts["line"], no.value.facts["column"]) == (line, column)
    assert no.value.facts["given"] == given


def test_no_payload_is_evaluated_beyond_what_is_published() -> None:
    payloads = [*refused(), *literal()]
    assert len(set(payloads)) >= 300

    assert evaluated(_ours) == []


def test_the_same_payloads_catch_an_engine_that_trusts_its_authors() -> None:
    """Twins: Django's own engine, and the library as it comes, with objects to walk through."""
    things = SAID | {"settings": SimpleNamespace(SECRET_KEY="canary"), "request": object()}

    def django(text: str) -> str:
        return Engine(debug=False).from_string(text).render(Context(dict(things)))

    def whole_library(text: str) -> str:
        return Environment().from_string(text).render(**things)

    bounded = set(too_much())
    assert len(evaluated(django, without=bounded)) >= 20
    assert len(evaluated(whole_library, without=bounded)) >= 20


def evaluated(engine: Callable[[str], str], without: set[str] | None = None) -> list[str]:
    """The payloads that an engine neither refused nor left as they were written."""
    found = []
    for text in [*refused(), *literal()]:
        if text in (without or ()):
            continue
        try:
            written = engine(text)
        except Exception as no:
            if isinstance(no, Refusal) or engine is not _ours:
                continue
            raise
        if written != text:
            found.append(text)
    return found


def _ours(text: str) -> str:
    language.check(text, NAMES)
    return language.write(text, SAID)


def test_what_would_cost_too_much_is_refused_in_little_memory() -> None:
    many = SAID | {"lines": [dict(SAID["lines"][0]) for _n in range(1_000)]}
    twice = "{% for a in lines %}{% for b in lines %}{% endfor %}{% endfor %}"
    after = "{% for a in lines %}{% endfor %}" * 6
    long = "{% for a in lines %}" + "{{ a.item }}" * 50 + "{% endfor %}"
    tracemalloc.start()
    try:
        for text in too_much():
            with pytest.raises(Refusal):
                _ours(text)
        codes = []
        for text in (twice, after, long):
            language.check(text, NAMES)  # of two lines it is little
            with pytest.raises(Refusal) as no:
                language.write(text, many)
            codes.append(no.value.code)
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()

    assert codes == ["template_limit"] * 3
    assert peak < MEMORY_MAX


def test_only_plain_values_are_handed_over() -> None:
    with pytest.raises(TypeError, match="not published"):
        language.write("{{ document.number }}", {"document": {"number": object()}})
