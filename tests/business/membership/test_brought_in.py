"""Slips that were rung up elsewhere bring members what they would have had at the till."""

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest

from tests.business.membership.stage import Club, a_club, sold, standing, topped_up
from tests.chain import NOON
from tongpan.base import env
from tongpan.base.refusals import Refusal
from tongpan.kernel.documents.gate import run
from tongpan.kernel.documents.models import Document
from tongpan.kernel.ledger.checks import verify


@pytest.fixture
def club(staged: Any) -> Club:
    found: Club = staged(a_club)
    return found


def a_slip(club: Club, name: str, days: int, amount: Decimal, method: str) -> dict[str, Any]:
    at = NOON - timedelta(days=days)
    return {
        "id": env.id_of(at, name), "till": "S01-1", "at": at, "member": club.members["ming"],
        "lines": [{"item": club.items["milk"].pk, "quantity": "2", "amount": amount}],
        "payments": [{"method": method, "amount": amount}],
    }  # fmt: skip


def bring(club: Club, *sales: dict[str, Any]) -> None:
    with club.as_("zhou", "hq"):
        run("till.sale.bring_in", payload={"sales": sales})


def test_a_brought_in_sale_gives_its_member_the_points_of_one_at_the_till(club: Club) -> None:
    sold(club, {"milk": "2"}, {"CASH": "20.00"}, member="ming")
    each = standing(club, "ming").points(NOON.date())

    bring(
        club, *(a_slip(club, str(n), days, Decimal(20), "CASH") for n, days in enumerate((1, 2, 2)))
    )

    assert standing(club, "ming").points(NOON.date()) == 4 * each > 0
    parties = Document.unscoped.filter(type="till.sale").values_list("party", flat=True)
    assert list(parties) == [club.members["ming"]] * 4
    assert all(not found.violations for found in verify())


def test_stored_value_pays_for_brought_in_sales_one_after_the_other(club: Club) -> None:
    topped_up(club, "ming", "100.00")
    has = standing(club, "ming").stored
    first = a_slip(club, "a", 2, has - 1, "STORED")

    with pytest.raises(Refusal) as why:
        bring(club, first, a_slip(club, "b", 1, Decimal("1.01"), "STORED"))
    bring(club, first, a_slip(club, "c", 1, Decimal("1.00"), "STORED"))

    assert why.value.problems[0]["code"] == "stored_value_short"
    assert standing(club, "ming").stored == 0
    assert all(not found.violations for found in verify())
