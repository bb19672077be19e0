"""Everything a person may read in English can be read in Chinese."""

import re

from tools import messages, translations


def _facts(text: str) -> set[str]:
    """The names in braces or after a percent sign."""
    return set(re.findall(r"{(\w+)", text)) | set(re.findall(r"%\((\w+)\)", text))


def test_every_text_has_its_chinese() -> None:
    missing = messages.missing(messages.collect(), translations.catalog())

    assert not missing, "\n" + "\n".join(missing)


def test_a_text_has_one_chinese_in_all_areas() -> None:
    places: dict[str, dict[str, str]] = {}
    for english, chinese, where in translations.entries():
        places.setdefault(english, {}).setdefault(chinese, where)

    assert {english: found for english, found in places.items() if len(found) > 1} == {}


def test_every_line_of_a_translation_has_both_sides() -> None:
    assert [where for _, chinese, where in translations.entries() if not chinese] == []


def test_the_chinese_names_no_fact_that_the_english_does_not() -> None:
    strange = {
        english
        for english, chinese in translations.catalog().items()
        if not _facts(chinese) <= _facts(english)
    }

    assert strange == set()
