"""The language of print templates does what is published, and nothing else (P41)."""

import tracemalloc

import pytest

from tests.engines.prints import proof
from tests.engines.prints.payloads import literal, refused, too_much
from tests.engines.prints.proof import NAMES, SAID, evaluated, ours
from tongpan.base.refusals import Refusal
from tongpan.engines.prints import language

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
    asks = "{% if document.note %}a{% else %}b{% endif %}{{ document.note | default: 'c' }}"
    assert language.write(asks, {"document": {"note": ""}}) == "bc"


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

    assert evaluated(ours) == []


def test_the_same_payloads_catch_an_engine_that_trusts_its_authors() -> None:
    """Twins: Django's own engine, and the library as it comes, with objects to walk through."""
    assert len(evaluated(proof.django_s)) >= 20
    assert len(evaluated(proof.whole_library)) >= 20


def test_what_would_cost_too_much_is_refused_in_little_memory() -> None:
    many = SAID | {"lines": [dict(SAID["lines"][0]) for _n in range(1_000)]}
    twice = "{% for a in lines %}{% for b in lines %}{% endfor %}{% endfor %}"
    after = "{% for a in lines %}{% endfor %}" * 6
    long = "{% for a in lines %}" + "{{ a.item }}" * 50 + "{% endfor %}"
    tracemalloc.start()
    try:
        for text in too_much():
            with pytest.raises(Refusal):
                ours(text)
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
