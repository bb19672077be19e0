"""The payloads against the language, and against two engines that trust their authors."""

from collections.abc import Callable, Mapping
from types import SimpleNamespace
from typing import Any

from django.template import Context, Engine
from liquid import Environment

from tests.engines.prints.payloads import literal, refused, too_much
from tongpan.base.refusals import Refusal
from tongpan.engines.prints import language
from tongpan.faces.cli import Result

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
TWINS_LEAST = 20


def run() -> Result:
    payloads = {*refused(), *literal()}
    beyond = evaluated(ours)
    twins = {"django": len(evaluated(django_s)), "whole_library": len(evaluated(whole_library))}
    facts = {"payloads": len(payloads), "evaluated": len(beyond), "caught_of_twins": twins}
    holds = len(payloads) >= 300 and not beyond and min(twins.values()) >= TWINS_LEAST
    lines = [f"{name}: {value}" for name, value in facts.items()]
    return Result(holds=holds, facts=facts, text="\n".join([*lines, *beyond]))


def evaluated(engine: Callable[[str], str]) -> list[str]:
    """The payloads that an engine neither refused nor left as they were written.

    What would cost too much is asked of ours alone: the others would not come back.
    """
    endless = set() if engine is ours else set(too_much())
    found = []
    for text in [*refused(), *literal()]:
        if text in endless:
            continue
        try:
            written = engine(text)
        except Exception as no:
            if isinstance(no, Refusal) or engine is not ours:
                continue
            raise
        if written != text:
            found.append(text)
    return found


def ours(text: str) -> str:
    language.check(text, NAMES)
    return language.write(text, SAID)


def django_s(text: str) -> str:
    return Engine(debug=False).from_string(text).render(Context(_things()))


def whole_library(text: str) -> str:
    return Environment().from_string(text).render(**_things())


def _things() -> dict[str, Any]:
    """What an engine that trusts is given: objects, with what hangs on them."""
    return dict(SAID) | {"settings": SimpleNamespace(SECRET_KEY="canary"), "request": object()}
