"""Months are closed one after the other, by who may, and opened again with a reason."""

from datetime import date
from typing import Any
from uuid import UUID

import pytest

from tests.chain import Chain, a_chain, a_transfer, on_shelf
from tongpan.base.refusals import Forbidden, Question, Refusal
from tongpan.business.finance import periods
from tongpan.kernel.documents.gate import run
from tongpan.kernel.documents.history import history_of
from tongpan.kernel.ledger.posting import PeriodClosed
from tongpan.kernel.org.models import Role, RoleAction

OCTOBER = {"through": "2026-10-31"}


def a_stocked_chain() -> Chain:
    chain = a_chain()
    on_shelf(chain, "warehouse", milk=("100", "8.50"))
    return chain


@pytest.fixture
def chain(staged: Any) -> Chain:
    return staged(a_stocked_chain)


def ours(chain: Chain) -> UUID:
    entity: UUID = chain.units["hq"].entity_id
    return entity


def post_on(chain: Chain, day: str) -> None:
    draft = a_transfer(chain, "warehouse", "north", {"milk": "1"}, business_date=day)
    run("stock.transfer.post", draft.subject)


def test_nothing_is_posted_into_a_month_that_was_closed(chain: Chain) -> None:
    with chain.as_("zhou", "hq"):
        post_on(chain, "2026-10-31")
        run("finance.period.close", ours(chain), OCTOBER)

        with pytest.raises(PeriodClosed):
            post_on(chain, "2026-10-31")
        post_on(chain, "2026-11-01")


def test_a_month_is_closed_whole_once_and_when_it_is_over(chain: Chain) -> None:
    with chain.as_("zhou", "hq"):
        run("finance.period.close", ours(chain), OCTOBER)

        for through, code in (
            ("2026-10-30", "not_a_month_end"),
            ("2026-10-31", "period_is_closed"),
            ("2026-09-30", "period_is_closed"),
            ("2026-11-30", "period_not_over"),
            ("soon", "not_a_date"),
            (None, "not_a_date"),
        ):
            with pytest.raises(Refusal) as caught:
                run("finance.period.close", ours(chain), {"through": through})
            assert [p["code"] for p in caught.value.problems] == [code], through


def test_documents_that_are_not_posted_are_asked_about(chain: Chain) -> None:
    with chain.as_("zhou", "hq"):
        a_transfer(chain, "warehouse", "north", {"milk": "1"}, business_date="2026-10-05")
        found = periods.books(periods.entities_where(periods.SEE)[0])
        assert (found.next, found.is_over) == (date(2026, 10, 31), True)
        assert found.left == [("stock.transfer", "draft", 1)]

        with pytest.raises(Question) as caught:
            run("finance.period.close", ours(chain), OCTOBER)
        run("finance.period.close", ours(chain), OCTOBER, answers=["open_documents"])

        assert (caught.value.code, caught.value.facts) == ("open_documents", {"count": 1})
        found = periods.books(periods.entities_where(periods.SEE)[0])
        assert (found.through, found.next) == (date(2026, 10, 31), date(2026, 11, 30))
        assert (found.is_over, found.left) == (False, [])


def test_the_last_month_is_opened_again_with_a_reason(chain: Chain) -> None:
    with chain.as_("zhou", "hq"):
        with pytest.raises(Refusal, match="period_is_open"):
            run("finance.period.reopen", ours(chain), {"reason": "an invoice came late"})
        run("finance.period.close", ours(chain), OCTOBER)
        with pytest.raises(Refusal) as caught:
            run("finance.period.reopen", ours(chain), {"reason": " "})

        run("finance.period.reopen", ours(chain), {"reason": "an invoice came late"})

        assert [p["code"] for p in caught.value.problems] == ["reason_needed"]
        post_on(chain, "2026-10-01")
        last = history_of(ours(chain)).first()
        assert (last.action, last.note) == ("finance.period.reopen", "an invoice came late")
        assert last.changes == {"through": ["2026-10-31", "2026-09-30"]}


def test_who_may_not_close_at_every_unit_of_an_entity_closes_none(chain: Chain) -> None:
    role = Role.objects.get(code="manager")
    for code in (periods.SEE, periods.CLOSE, periods.REOPEN):
        RoleAction.objects.create(role=role, code=code)

    with chain.as_("zhao", "south"):
        assert periods.entities_where(periods.SEE) == []
        for deed, payload in (("close", OCTOBER), ("reopen", {"reason": "x"})):
            with pytest.raises(Forbidden):
                run(f"finance.period.{deed}", ours(chain), payload)
