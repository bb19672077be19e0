"""The page where a month is closed, and opened again."""

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from tests.business.finance.test_periods import a_stocked_chain, ours
from tests.chain import NOON, Chain, a_transfer
from tests.faces.backoffice.conftest import text_of
from tongpan.base import env
from tongpan.kernel.org.models import Grant, Role, RoleAction
from tongpan.kernel.org.scope import system

Browse = Callable[[str, str], Client]


@pytest.fixture
def chain(staged: Any) -> Chain:
    return staged(a_stocked_chain)


def test_a_month_is_closed_with_one_click_and_opened_again_with_a_reason(
    chain: Chain, browse: Browse
) -> None:
    with chain.as_("zhou", "hq"):
        a_transfer(chain, "warehouse", "north", {"milk": "1"}, business_date="2026-10-05")
    page = f"/money/months/{ours(chain)}/"
    owner = browse("zhou", "hq")
    with env.frozen(NOON):
        assert "北方超市有限公司" in text_of(owner, "/money/months/")
        seen = text_of(owner, page)
        assert "结账 2026-10" in seen
        assert 'href="/d/stock.transfer/?state=draft"' in seen

        sent = {"through": "2026-10-31", "answers": "open_documents"}
        refused = owner.post(f"{page}close", {"through": "2026-11-30"})
        closed = owner.post(f"{page}close", sent)
        after = text_of(owner, page)
        without = owner.post(f"{page}reopen", {"reason": ""})
        opened = owner.post(f"{page}reopen", {"reason": "发票晚到"})

        assert (refused.status_code, closed.status_code, opened.status_code) == (422, 302, 302)
        assert "2026-11-30 还没有过完" in refused.content.decode()
        assert "反结账 2026-10" in after
        assert "结账 2026-11" not in after  # it is not over
        assert without.status_code == 422
        assert "发票晚到" in text_of(owner, page)


def test_what_one_does_not_see_is_counted_and_leads_nowhere(chain: Chain, browse: Browse) -> None:
    with chain.as_("zhou", "hq"):
        a_transfer(chain, "warehouse", "north", {"milk": "1"}, business_date="2026-10-05")
    with system(reason="test"):
        role = Role.objects.create(code="books", name="管账")
        RoleAction.objects.create(role=role, code="finance.*")
        Grant.objects.filter(person=chain.people["lin"]).update(role=role, unit=chain.units["hq"])

    with env.frozen(NOON):
        seen = text_of(browse("lin", "hq"), f"/money/months/{ours(chain)}/")

    assert "调拨单" in seen
    assert "/d/stock.transfer/" not in seen


def test_who_sees_no_months_finds_no_page(chain: Chain, browse: Browse) -> None:
    answer = browse("zhao", "south").get(f"/money/months/{ours(chain)}/")

    assert answer.status_code in (403, 404)
