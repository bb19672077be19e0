"""What the desk sees of sales on account, of a set-off, and of statements longer than a page."""

import re
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest
from django.test import Client
from django.utils.html import strip_tags

from tests.business.treasury.stage import posted, posted_by, sold, with_money
from tests.chain import NOON
from tests.contracts.examples import Stage
from tests.faces.backoffice.conftest import text_of
from tests.faces.backoffice.test_rich_pages import STATEMENTS_MAX, statements
from tongpan.base import env
from tongpan.business.till.models import PaymentMethod
from tongpan.faces.backoffice import cards
from tongpan.faces.backoffice.moves import by_document, uncut
from tongpan.kernel.documents.gate import run
from tongpan.kernel.ledger.keys import AccountKey
from tongpan.kernel.ledger.queries import Movement, Place
from tongpan.kernel.ledger.upkeep import close_period
from tongpan.kernel.org.scope import acting, system
from tongpan.masters.parties.models import Party

Browse = Callable[[str, str], Client]


@pytest.fixture
def chain(staged: Any) -> Stage:
    return staged(with_desk)


@pytest.fixture(autouse=True)
def at_noon() -> Any:
    with env.frozen(NOON):
        yield


def with_desk() -> Stage:
    """Somebody who buys from us and to whom we owe, and pays in 30 days. 40 days ago they bought
    twice at North's till, once wholly on account and once half; today once more."""
    stage = with_money()
    with system(reason="the cast of the tests"):
        account = PaymentMethod.objects.create(code="ACCOUNT", name="挂账", kind="account")
        both = Party.objects.create(
            code="P01", name="城南商贸", is_supplier=True, is_customer=True, due_days=30
        )
    stage.parties["both"], stage.methods["ACCOUNT"] = both, account
    stage.__dict__["sales"] = [
        on_account(stage, both, days_ago, Decimal(rest))
        for days_ago, rest in ((40, "0"), (40, "6.90"), (0, "0"))
    ]
    return stage


def on_account(stage: Stage, customer: Party, days_ago: int, cash: Decimal) -> UUID:
    with (
        env.frozen(NOON - timedelta(days=days_ago)),
        acting(stage.people["zhou"], stage.units["till"]),
    ):
        paid = [{"method": "ACCOUNT", "amount": str(Decimal("12.90") - cash)}]
        paid += [{"method": "CASH", "amount": str(cash)}] if cash else []
        lines = [{"item": stage.items["cola"].pk, "quantity": "1"}]
        return run(
            "till.sale.ring_up",
            payload={"lines": lines, "payments": paid, "customer": str(customer.pk)},
        ).subject


def link(page: str, like: str) -> str:
    found = next(url for url in re.findall(r'href="([^"]+)"', page) if like in url)
    return str(found).replace("&amp;", "&")


def test_home_says_which_till_sales_should_have_been_paid(chain: Stage, browse: Browse) -> None:
    client = browse("zhou", "hq")

    page = text_of(client, "/")
    late = text_of(client, link(page, "/d/till.sale/?view=overdue"))

    assert "挂账逾期未收" in page
    assert "¥18.90" in page  # 12.90 and 6.00; the third is not due yet
    assert late.count("LS-S01-1-26-00000") >= 2
    assert "LS-S01-1-26-000003" not in late

    sale, half, _new = chain.__dict__["sales"]
    posted(chain, "finance.customer_receipt", {"customer": "P01", "paid_into": "B01"},
           {"settles": sale, "amount": "12.90"}, {"settles": half, "amount": "6"})  # fmt: skip
    assert "挂账逾期未收" not in text_of(client, "/")


def test_a_party_with_money_on_both_sides_takes_few_statements(
    chain: Stage, browse: Browse
) -> None:
    posted(chain, "treasury.expense", {"supplier": "P01"}, {"purpose": "RENT", "amount": "5"})
    client = browse("zhou", "hq")

    asked = statements(client, f"/m/parties.party/{chain.parties['both'].pk}/")

    assert len(asked) <= STATEMENTS_MAX, [q[:90] for q in asked]


def test_what_was_put_on_account_opens_to_its_slips(chain: Stage, browse: Browse) -> None:
    client = browse("zhou", "hq")
    on = (NOON - timedelta(days=40)).date()
    sold(chain, "CASH", 1, days_ago=40)

    board = text_of(client, f"/sales/board/?on_from={on}&on_to={on}")
    url = link(board, f"method={chain.methods['ACCOUNT'].pk}")
    page = text_of(client, url)

    assert "18.90" in strip_tags(board)
    totals = strip_tags(page[page.index('id="totals"') :])
    assert "挂账 ¥18.90" in totals
    assert "¥25.80" in totals  # the slips whole
    assert "LS-S01-1-26-000004" not in page  # paid in cash


def test_home_tells_of_expenses_that_are_due_and_of_a_year_that_is_not_carried_over(
    chain: Stage, browse: Browse
) -> None:
    client, last_year = browse("zhou", "hq"), NOON.date().replace(year=NOON.year - 1)
    for amount, on in (("5", last_year), ("7", NOON.date())):
        line = {"purpose": "RENT", "amount": amount}
        posted_by(chain, "zhou", "hq", "treasury.expense", {"supplier": "P01"}, line,
                  business_date=str(on))  # fmt: skip

    page = text_of(client, "/")
    year = strip_tags(page[page.index("2025 年未结转") - 400 :][:800])
    client.get("/")
    asked = statements(client, "/")

    assert "待付费用" in page
    assert "¥5.00 · 城南商贸" in page  # the other is due in thirty days
    assert link(page, "/d/treasury.year_close/new")
    assert "北方超市有限公司" in year
    assert len(asked) <= STATEMENTS_MAX, [q[:90] for q in asked]
    assert "未结转" not in text_of(browse("lin", "till"), "/")

    close = posted_by(chain, "zhou", "hq", "treasury.year_close", {"year": 2025})
    page = text_of(client, "/")
    assert "未结转" not in page
    assert "结转后又有记账" not in page
    again = {"header": {"supplier": "P01"}, "business_date": str(last_year),
             "lines": [{"purpose": "RENT", "amount": "9"}]}  # fmt: skip
    with chain.as_("zhou", "hq"), env.frozen(NOON + timedelta(minutes=1)):
        run("treasury.expense.post", run("treasury.expense.save", payload=again).subject)
    page = text_of(client, "/")
    asked = statements(client, "/")
    assert "2025 年结转后又有记账" in page
    shown = strip_tags(text_of(client, f"/d/treasury.year_close/{close}/"))
    assert "−¥9.00" in shown[shown.index("结转后又记账") :][:60]
    assert len(asked) <= STATEMENTS_MAX, [q[:90] for q in asked]
    assert "结转后又有记账" not in text_of(browse("lin", "till"), "/")
    close_period(chain.units["hq"].entity_id, date(2025, 12, 31))
    assert "结转后又有记账" not in text_of(client, "/")  # nothing can be changed any more


def test_a_board_of_chosen_stores_opens_to_those_stores(chain: Stage, browse: Browse) -> None:
    client, north = browse("zhou", "hq"), chain.units["north"].pk

    board = text_of(client, f"/sales/board/?store={north}")

    assert f"store={north}" in link(board, "/sales/day/?on")
    assert "store=" not in link(text_of(client, "/sales/board/"), "/sales/day/?on")


def test_a_posted_set_off_says_which_side_each_line_is_on(chain: Stage, browse: Browse) -> None:
    owed = posted(chain, "treasury.expense", {"supplier": "P01"},
                  {"purpose": "RENT", "amount": "5"})  # fmt: skip
    rows = [{"settles": pk, "amount": "5"} for pk in (owed, chain.__dict__["sales"][0])]
    made = posted_by(chain, "zhou", "hq", "finance.set_off", {"party": "P01"}, *rows)

    page = strip_tags(text_of(browse("zhou", "hq"), f"/d/finance.set_off/{made}/"))

    assert page.index("我们欠") < page.index("对方欠")
    paper = strip_tags(text_of(browse("zhou", "hq"), f"/d/finance.set_off/{made}/print"))
    assert "对方欠" in paper


def test_the_sums_of_a_statement_are_those_of_all_its_days(
    chain: Stage, browse: Browse, monkeypatch: pytest.MonkeyPatch
) -> None:
    client, party = browse("zhou", "hq"), chain.parties["both"].pk
    url = f"/money/statement/?party={party}&of=customer&on_from=2026-01-01"
    whole = totals(text_of(client, url))
    read = cards.Span.read
    monkeypatch.setattr(cards.Span, "read", lambda self, where, limit=1: read(self, where, limit))

    first = text_of(client, url)
    second = text_of(client, f"/money/statement/{link(first, 'after=')}")

    assert whole == totals(first) == totals(second) == "¥31.80 ¥0.00 ¥31.80"
    assert totals(text_of(client, f"{url}&known=2026-11-21T18:20")) == "  ¥31.80"


def totals(page: str) -> str:
    """In, out and balance, as the foot of the page says them."""
    text = strip_tags(page[page.index('id="totals"') :])
    found = re.search(r"(?:进 ([−¥\d,.]+))?\s*(?:出 ([−¥\d,.]+))?\s*结存 ([−¥\d,.]+)", text)
    assert found is not None
    return " ".join(part or "" for part in found.groups())


def test_a_posting_is_told_whole_or_not_at_all() -> None:
    first, second = UUID(int=1), UUID(int=2)
    found = [moved(first, 0), moved(first, 1), moved(second, 0)]

    assert [m.amount for m in by_document(uncut(found))] == [Decimal(20)]
    assert uncut(found[:2]) == found[:2]  # one that fills all of it
    assert not uncut([])


def moved(posting: UUID, n: int) -> Movement:
    key = AccountKey("money", UUID(int=9), "receivable", UUID(int=8), UUID(int=7))
    at = Place(NOON.date(), datetime(2026, 11, 21, tzinfo=UTC), posting, n, 1)
    ten = Decimal(10)
    return Movement(at, posting, "post", None, key, key, ten, Decimal(0), ten, Decimal(0))
