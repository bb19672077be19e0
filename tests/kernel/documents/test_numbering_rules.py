"""How a company has its numbers written: by its own letters, digits and beginnings."""

from collections.abc import Iterator
from datetime import date
from typing import Any

import pytest
from django.db import connection, transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.chain import Chain, a_transfer
from tests.conftest import OwnDatabase
from tongpan.base.refusals import Forbidden, Refusal
from tongpan.kernel.documents import numbering
from tongpan.kernel.documents.gate import run
from tongpan.kernel.documents.history import history_of
from tongpan.kernel.documents.models import Document, NumberingRule
from tongpan.kernel.documents.numbering import Rule, declared_rule, next_number, rule_of
from tongpan.kernel.documents.numbering_actions import CHOOSE, subject_of
from tongpan.kernel.documents.registry import document_type

TRANSFER = "stock.transfer"


@pytest.fixture(autouse=True)
def nothing_stays_known() -> Iterator[None]:
    """What a test chose is rolled back behind the program's back."""
    yield
    numbering.forget()


def choose(chain: Chain, code: str = TRANSFER, who: str = "zhou", **rule: Any) -> None:
    wanted = {"letters": "DB", "begins": "year", "digits": "5", **rule}
    with chain.as_(who, "hq"):
        run(CHOOSE, payload={"type": code, **wanted})


def posted(chain: Chain) -> str:
    with chain.as_("wang", "warehouse"):
        draft = a_transfer(chain, "warehouse", "north", {"milk": "1"})
        document = run("stock.transfer.post", draft.subject).document
    assert document is not None
    return str(document.number)


def test_a_company_has_its_own_letters_digits_and_months(chain: Chain) -> None:
    before = posted(chain)
    choose(chain, letters=" dbo ", begins="month", digits="4")
    after = [posted(chain), posted(chain)]
    choose(chain)  # as it was at first

    assert before == "DB-W01-26-00001"
    assert after == ["DBO-W01-2611-0001", "DBO-W01-2611-0002"]
    assert posted(chain) == "DB-W01-26-00002"  # each series goes on where it was
    assert not NumberingRule.objects.exists()
    first, second = history_of(subject_of(document_type(TRANSFER)))
    assert first.changes == {"letters": ["DBO", "DB"], "begins": ["month", "year"],
                             "digits": [4, 5]}  # fmt: skip
    assert second.changes["letters"] == ["DB", "DBO"]


@settings(max_examples=30, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.sampled_from(["year", "month", "day"]),
    st.integers(3, 8),
    st.lists(st.dates(date(2026, 1, 1), date(2027, 12, 31)), min_size=1, max_size=12),
)
def test_numbers_of_any_rule_are_never_alike_and_count_on(
    chain: Chain, begins: str, digits: int, days: list[date]
) -> None:
    transfer, unit = document_type(TRANSFER), chain.units["warehouse"]
    length = {"year": 2, "month": 4, "day": 6}[begins]
    with transaction.atomic():
        choose(chain, letters="ZY", begins=begins, digits=str(digits))
        numbers = [next_number(transfer, unit, day) for day in days]
        transaction.set_rollback(True)
    numbering.forget()

    assert len(set(numbers)) == len(days)
    counted: dict[str, int] = {}
    for number, day in zip(numbers, days, strict=True):
        letters, code, when, serial = number.split("-")
        assert (letters, code, when) == ("ZY", "W01", f"{day:%y%m%d}"[:length])
        counted[when] = counted.get(when, 0) + 1
        assert (len(serial), int(serial)) == (digits, counted[when])


@pytest.mark.parametrize(
    ("wrong", "code", "path"),
    [
        ({"letters": "D1"}, "number_letters", "letters"),
        ({"letters": ""}, "number_letters", "letters"),
        ({"letters": "ABCDE"}, "number_letters", "letters"),
        ({"begins": "week"}, "setting_not_valid", "begins"),
        ({"digits": "2"}, "setting_out_of_bounds", "digits"),
        ({"digits": "9"}, "setting_out_of_bounds", "digits"),
        ({"digits": "９"}, "setting_out_of_bounds", "digits"),
        ({"digits": ""}, "setting_out_of_bounds", "digits"),
        ({"letters": "QC"}, "number_letters_taken", "letters"),
    ],
)
def test_what_cannot_be_a_rule_is_refused(
    chain: Chain, wrong: dict[str, str], code: str, path: str
) -> None:
    with pytest.raises(Refusal) as refused:
        choose(chain, **wrong)

    assert (refused.value.code, refused.value.facts["path"]) == (code, path)
    assert rule_of(document_type(TRANSFER)) == Rule("DB", "year", 5)


def test_letters_that_another_type_has_or_had_are_refused(chain: Chain) -> None:
    choose(chain, letters="ZY")
    posted(chain)
    for letters in ("ZY", "DB"):  # that of the transfers now, and their own, to which they may go
        with pytest.raises(Refusal, match="number_letters_taken"):
            choose(chain, "stock.count", letters=letters)
    choose(chain)
    with pytest.raises(Refusal, match="number_letters_taken"):  # there are papers that begin so
        choose(chain, "stock.count", letters="ZY")


def test_only_who_may_choose_for_the_company_does(chain: Chain) -> None:
    with pytest.raises(Forbidden):
        choose(chain, who="wang", letters="ZY")
    for payload in ({"code": "stock.nothing"}, {"code": ""}):
        with pytest.raises(Refusal, match="not_found"):
            choose(chain, **payload)


def test_a_rule_holds_for_every_connection_of_the_process(
    own_chain: Chain, own_database: OwnDatabase
) -> None:
    choose(own_chain, letters="ZY")

    assert own_database.at_once(lambda: posted(own_chain)) == ["ZY-W01-26-00001"]
    assert Document.unscoped.filter(number="ZY-W01-26-00001").exists()
    with connection.cursor() as cursor:
        cursor.execute("delete from numbering_rule")
    connection.close()  # another connection asks for itself
    assert posted(own_chain) == "DB-W01-26-00002"  # of the year, which counts on


def test_every_type_declares_letters_of_its_own() -> None:
    with pytest.raises(AssertionError):
        declared_rule("DB-{unit}-{serial:05}")
