"""Members at the till: points and stored value in the posting of the sale, and back again."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests.business.membership.stage import TODAY, Club, a_club, sold, standing, topped_up
from tests.chain import NOON
from tongpan.base import env
from tongpan.base.refusals import Refusal
from tongpan.business.finance import accounts as money
from tongpan.business.finance.queries import debt_of
from tongpan.business.membership import accounts as at
from tongpan.business.shifts.queries import cash_of, figures
from tongpan.business.till.models import PaymentMethod, Sale, SaleLine
from tongpan.business.till.queries import takings
from tongpan.kernel.documents.gate import Outcome, run
from tongpan.kernel.ledger.keys import AccountKey
from tongpan.kernel.ledger.queries import balance_of
from tongpan.kernel.org.scope import system
from tongpan.masters.parties.models import Party


@pytest.fixture
def club(staged: object) -> Club:
    return staged(a_club)  # type: ignore[operator, no-any-return]


def held(key: AccountKey) -> Decimal:
    with system(reason="looking"):
        return balance_of([key])[key].amount


def brought_back(club: Club, sale: Outcome, quantities: list[str], paid: dict[str, str]) -> None:
    with club.as_("zhou", "north till"):
        lines = SaleLine.unscoped.filter(document=sale.subject).order_by("position")
        run("till.return.take_back", payload={
            "sale": str(sale.subject),
            "lines": [
                {"sold": str(line.pk), "quantity": q}
                for line, q in zip(lines, quantities, strict=True) if q != "0"
            ],
            "payments": [{"method": m, "amount": a} for m, a in paid.items()],
        })  # fmt: skip


def test_a_member_earns_by_the_best_rule_for_each_line(club: Club) -> None:
    sold(club, {"milk": "1", "cola": "3"}, {"CASH": "19.99"}, member="ming")

    # 10.00 at one point and 9.99 at two make 29.98, rounded down
    assert standing(club, "ming").lots == {"2028-11": Decimal(29)}


def test_points_pay_and_earn_none_for_what_they_paid(club: Club) -> None:
    sold(club, {"milk": "20"}, {"CASH": "200.00"}, member="ming")
    sold(club, {"milk": "1"}, {"CASH": "9.00", "POINTS": "1.00"}, member="ming")

    assert standing(club, "ming").points(TODAY) == 200 - 100 + 9
    assert held(at.points_spent(club.units["north"].pk)) == 1


def test_a_member_earns_by_what_goes_on_account_and_gives_it_back_with_the_goods(
    club: Club,
) -> None:
    PaymentMethod.objects.create(code="ACCOUNT", name="挂账", kind="account")
    school = Party.objects.create(code="K01", name="第一中学食堂", is_customer=True)
    on_account = {"member": "ming", "customer": str(school.pk)}

    sale = sold(club, {"milk": "3"}, {"ACCOUNT": "20.00", "CASH": "10.00"}, **on_account)
    with pytest.raises(Refusal) as own:
        sold(club, {"milk": "3"}, {"ACCOUNT": "20.00", "POINTS": "10.00"}, **on_account)
    earned = standing(club, "ming").points(TODAY)
    brought_back(club, sale, ["1"], {"ACCOUNT": "10.00"})
    with club.as_("zhou", "hq"):
        header = {"customer": "K01", "paid_into": "B01"}
        lines = [{"settles": str(sale.subject), "amount": "10.00"}]
        draft = run("finance.customer_receipt.save", payload={"header": header, "lines": lines})
        run("finance.customer_receipt.post", draft.subject)

    assert own.value.problems[0]["code"] == "own_money_on_account"
    assert (earned, standing(club, "ming").points(TODAY)) == (30, 20)
    assert Sale.unscoped.get(pk=sale.subject).document.party == club.members["ming"]
    assert debt_of(school.pk) == 0


def test_stored_value_pays_in_another_branch_and_is_owed_to_it(club: Club) -> None:
    topped_up(club, "ming", "100.00", at="north till")
    sold(club, {"milk": "3"}, {"STORED": "30.00"}, member="ming", at="south till")
    sold(club, {"milk": "5"}, {"STORED": "50.00"}, member="ming", at="west till")

    hq, north = club.units["hq"].pk, club.units["north"].pk
    ming = standing(club, "ming")
    assert (ming.principal, ming.bonus) == (Decimal("27.27"), Decimal("2.73"))
    for store, owed in (("north", "-100"), ("south", "30"), ("west", "50")):
        unit = club.units[store].pk
        assert held(at.between(unit, hq)) == Decimal(owed)
        assert held(at.between(hq, unit)) == -Decimal(owed)
    assert held(at.bonus_given(hq)) == 10
    assert held(money.output_tax(north)) == 0  # no tax at the top-up


def test_what_bonus_paid_earns_nothing_and_is_not_invoiced(club: Club) -> None:
    topped_up(club, "ming", "100.00")
    sale = sold(club, {"milk": "11"}, {"STORED": "110.00"}, member="ming")

    assert standing(club, "ming").points(TODAY) == 100
    assert Sale.unscoped.get(pk=sale.subject).invoiceable == 0


def test_nobody_spends_what_they_do_not_have(club: Club) -> None:
    topped_up(club, "ming", "50.00")
    for paid, code in (
        ({"STORED": "60.00"}, "stored_value_short"),
        ({"POINTS": "1.00", "CASH": "59.00"}, "points_short"),
        ({"POINTS": "0.50", "CASH": "59.50"}, "points_short"),
    ):
        with pytest.raises(Refusal) as no:
            sold(club, {"milk": "6"}, paid, member="ming")
        assert no.value.problems[0]["code"] == code
    with pytest.raises(Refusal) as no:
        sold(club, {"milk": "1"}, {"STORED": "10.00"})
    assert no.value.problems[0]["code"] == "member_needed"


def test_cash_for_a_top_up_is_expected_in_the_drawer_of_the_shift(club: Club) -> None:
    since, until = NOON - timedelta(hours=1), NOON + timedelta(hours=2)
    till = club.units["north till"]
    sold(club, {"milk": "1"}, {"CASH": "10.00"})
    topped_up(club, "ming", "50.00")
    wrong = topped_up(club, "ming", "20.00")

    told = figures(till, since, until)
    assert (told.cash, cash_of(till, since, until)) == (80, 80)
    assert (told.sales, told.sold) == (1, 10)

    with club.as_("zhou", "hq"), env.frozen(NOON + timedelta(hours=1)):
        run("stored_value.top_up.reverse", wrong, {"reason": "counted twice"})
    assert (figures(till, since, until).cash, cash_of(till, since, until)) == (60, 60)


@pytest.mark.parametrize(
    ("way", "why"), [("STORED", "wallet_pays_itself"), ("CASH", "by_code_at_the_till")]
)
def test_neither_a_wallet_nor_a_code_that_nobody_charged_buys_a_top_up(
    club: Club, way: str, why: str
) -> None:
    topped_up(club, "ming", "50.00")
    PaymentMethod.objects.filter(code="CASH").update(is_by_provider=True)
    with club.as_("zhou", "north till"):
        lines = [{"member": str(club.members["ming"]), "amount": "10.00"}]
        payload = {"header": {"method": way}, "lines": lines}
        draft = run("stored_value.top_up.save", payload=payload).subject
        with pytest.raises(Refusal) as no:
            run("stored_value.top_up.post", draft)

    assert [p["code"] for p in no.value.problems] == [why]


def test_everything_comes_back_and_nothing_is_left(club: Club) -> None:
    sold(club, {"milk": "20"}, {"CASH": "200.00"}, member="ming")
    topped_up(club, "ming", "100.00")
    before = standing(club, "ming")
    paid = {"STORED": "30.00", "POINTS": "1.99", "CASH": "8.00"}
    sale = sold(club, {"milk": "3", "cola": "3"}, paid, member="ming")
    brought_back(club, sale, ["1", "2"], {"POINTS": "1.50", "STORED": "15.16"})
    brought_back(club, sale, ["2", "1"], {"POINTS": "0.49", "STORED": "14.84", "CASH": "8.00"})
    after = standing(club, "ming")

    assert (after.lots, after.debt) == (before.lots, before.debt)
    assert (after.principal, after.bonus) == (before.principal, before.bonus)


def test_points_that_were_spent_already_are_owed_and_made_up_first(club: Club) -> None:
    sale = sold(club, {"milk": "20"}, {"CASH": "200.00"}, member="ming")
    sold(club, {"milk": "1"}, {"CASH": "8.00", "POINTS": "2.00"}, member="ming")
    brought_back(club, sale, ["20"], {"CASH": "200.00"})
    owing = standing(club, "ming")
    sold(club, {"milk": "20"}, {"CASH": "200.00"}, member="ming")
    later = standing(club, "ming")

    assert (owing.points(TODAY), owing.debt) == (0, 192)
    assert (later.points(TODAY), later.debt) == (8, 0)


def test_members_money_is_not_paid_out_in_cash(club: Club) -> None:
    topped_up(club, "ming", "100.00")
    sale = sold(club, {"milk": "1"}, {"STORED": "10.00"}, member="ming")
    with pytest.raises(Refusal) as no:
        brought_back(club, sale, ["1"], {"CASH": "10.00"})

    assert no.value.problems[0]["code"] == "member_money_back"


def test_a_plain_sale_asks_nothing_more_and_a_members_sale_neither(club: Club) -> None:
    sold(club, {"milk": "1"}, {"CASH": "10.00"}, member="ming")
    sold(club, {"milk": "1"}, {"CASH": "10.00"})
    with CaptureQueriesContext(connection) as plain:
        sold(club, {"milk": "1"}, {"CASH": "10.00"})
    with CaptureQueriesContext(connection) as named:
        sold(club, {"milk": "1"}, {"CASH": "10.00"}, member="ming")

    assert len(named) == len(plain)


def test_a_top_up_counts_among_the_takings_of_its_till(club: Club) -> None:
    topped_up(club, "ming", "100.00")
    with club.as_("zhou", "north till"):
        told = takings(club.units["north till"], TODAY)

    assert [(row.method.code, row.taken) for row in told.by_method] == [("CASH", Decimal(100))]
    assert told.sold == 0


def test_a_reversed_sale_leaves_nothing(club: Club) -> None:
    topped_up(club, "ming", "100.00")
    before = standing(club, "ming")
    sale = sold(club, {"milk": "3"}, {"STORED": "20.00", "CASH": "10.00"}, member="ming")
    with club.as_("zhou", "north till"):
        run("till.sale.reverse", sale.subject, {"reason": "wrong member"})
    after = standing(club, "ming")

    assert (after.lots.get("2028-11", 0), after.principal) == (0, before.principal)
