"""What a customer's page, statement and ageing say; and what is held, wherever stock is shown."""

from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal
from io import BytesIO
from typing import Any
from uuid import UUID

import pytest
import python_calamine
from django.test import Client

from tests.business.sales.cast import (
    COLA,
    MILK,
    a_wholesaler,
    delivered,
    made,
    ordered,
    received,
)
from tests.chain import NOON, Chain
from tests.faces.backoffice.conftest import text_of
from tongpan.base import env
from tongpan.business.finance.ageing import BANDS, Aged, aged_by_party
from tongpan.business.finance.queries import left_open, money_units
from tongpan.business.sales.models import SalesDelivery
from tongpan.business.treasury.models import Purpose
from tongpan.kernel.documents.gate import run
from tongpan.kernel.org.models import Grant, LegalEntity, OrgUnit, Role, RoleAction
from tongpan.kernel.org.scope import system
from tongpan.masters.parties.models import Party

Browse = Callable[[str, str], Client]
TODAY = NOON.date()


@pytest.fixture
def chain(company: str) -> Chain:
    """A wholesaler whose canteen owes for two deliveries, one of them late, and paid a deposit."""
    chain = a_wholesaler()
    Party.objects.filter(code="K01").update(credit_limit=Decimal("5000"))
    chain.__dict__["late"] = late = delivered(chain)
    chain.__dict__["next"] = delivered(chain, COLA)
    received(chain, {"amount": "200"})
    received(chain, {"settles": late, "amount": "130"})
    SalesDelivery.unscoped.filter(pk=late).update(due_on=TODAY - timedelta(days=40))
    return chain


@pytest.fixture(autouse=True)
def today() -> Any:
    with env.frozen(NOON):
        yield


def canteen() -> UUID:
    return Party.objects.get(code="K01").pk


def test_a_customer_page_says_what_is_owed_how_old_it_is_and_what_is_free(
    chain: Chain, browse: Browse
) -> None:
    page = text_of(browse("zhou", "hq"), f"/m/parties.party/{canteen()}/")

    for figure in ("1,144.00", "200.00", "944.00", "1,000.00", "4,056.00"):
        assert figure in page
    assert "收款 ¥944.00" in page
    assert "逾期 31–60 天" in page
    assert "XC-W01-26-00001" in page.split('id="open-deliveries"')[-1]


def test_somebody_who_owes_and_is_owed_is_offered_a_set_off_with_its_lines(
    chain: Chain, browse: Browse
) -> None:
    client = browse("zhou", "hq")
    alone = text_of(client, f"/m/parties.party/{canteen()}/")
    Party.objects.filter(pk=canteen()).update(is_supplier=True)
    Purpose.objects.create(code="FEAST", name="年会用餐")
    with chain.as_("zhou", "hq"):
        owed = made("treasury.expense", {
            "header": {"supplier": "K01"}, "lines": [{"purpose": "FEAST", "amount": "1050"}],
        })  # fmt: skip

    page = text_of(client, f"/m/parties.party/{canteen()}/")
    form = text_of(client, "/d/finance.set_off/new?party=K01")
    lines = [
        {"settles": owed, "amount": "1000"}, {"settles": chain.__dict__["late"], "amount": "1000"},
    ]  # fmt: skip
    with chain.as_("zhou", "hq"):
        done = made("finance.set_off", {"header": {"party": "K01"}, "lines": lines})
    shown = text_of(client, f"/d/finance.set_off/{done}/")
    both = [text_of(client, f"/money/statement/?party={canteen()}&of={side}")
            for side in ("supplier", "customer")]  # fmt: skip

    assert "对冲 ¥" not in alone
    assert "2,000.00" not in shown  # the two sides are no sum of anything
    assert "对冲 ¥1,050.00" in page
    assert all(
        n in form for n in ("我们欠", "对方欠", 'value="1050"', 'value="1000"', 'value="50"')
    )
    assert all("DX-HQ-26-00001" in statement for statement in both)


def test_a_customers_statement_runs_with_its_balance(chain: Chain, browse: Browse) -> None:
    client = browse("zhou", "hq")

    every = text_of(client, f"/money/statement/?party={canteen()}")
    deposits = text_of(client, f"/money/statement/?party={canteen()}&role=deposit")

    for balance in ("1,130.00", "1,274.00", "1,074.00", "944.00"):
        assert balance in every
    assert "全部应收" in every
    assert "销项税额" not in every  # a row for each document, not for each of its entries
    assert "XC-W01-26-00001" in every
    assert "XC-W01-26-00001" not in deposits
    assert "SK-HQ-26-00001" in deposits
    sheet = client.get(f"/money/statement/?party={canteen()}&as=sheet")
    assert sheet.content[:2] == b"PK"


def test_a_printed_statement_is_of_the_company_that_it_names(chain: Chain, browse: Browse) -> None:
    """The warehouse is a company of its own: what it delivered is on a paper of its own."""
    client, url = browse("zhou", "hq"), f"/money/statement/?party={canteen()}"
    with system(reason="the cast of the tests"):
        other = LegalEntity.objects.create(name="仓储公司")
        OrgUnit.objects.filter(code="W01").update(entity=other)

    page = text_of(client, url)
    paper = text_of(client, f"{url}&as=paper")
    theirs = text_of(client, f"{url}&as=paper&entity={other.pk}")

    assert "纳税主体" in page
    assert "944.00" in page
    assert "XC-W01-26-00001" not in paper
    assert "要打印其他公司的，请先选纳税主体" in paper
    assert "XC-W01-26-00001" in theirs
    assert "仓储公司" in theirs
    assert "请先选纳税主体" not in theirs


def test_a_statement_is_printed_with_opening_closing_and_words(
    chain: Chain, browse: Browse
) -> None:
    client, url = browse("zhou", "hq"), f"/money/statement/?party={canteen()}"

    paper = text_of(client, f"{url}&as=paper")
    strip = text_of(client, f"{url}&as=paper&paper=80")
    with chain.as_("zhou", "hq"):
        hq = str(chain.units["hq"].pk)
        made = {"kind": "money.statement", "unit": hq, "name": "对账", "title": "往来对账单",
                "head": "期初 {{ document.opening }} 户名 {{ party.name }}",
                "foot": "{% for one in lines %}[{{ one.document }}]{% endfor %}",
                "columns": ["document", "balance"]}  # fmt: skip
        run("prints.template.save", None, made)
    dressed = text_of(client, f"{url}&as=paper")

    assert "&amp;as=paper" in text_of(client, url)
    assert "<h1>对账单</h1>" in paper
    assert "第一中学食堂" in paper
    assert "玖佰肆拾肆元整" in paper
    assert paper.index("1,130.00") < paper.index("1,274.00") < paper.index("1,074.00")
    assert "期初余额" in paper
    assert "944.00" in strip
    assert "<h1>往来对账单</h1>" in dressed
    assert "期初 ¥0.00 户名 第一中学食堂" in dressed
    assert "[XC-W01-26-00001" in dressed
    seen = client.post("/settings/prints/preview", {"kind": "money.statement", "paper": "a4"})
    assert 'class="paper a4"' in seen.content.decode()


def test_the_ageing_of_all_has_the_longest_overdue_first(chain: Chain, browse: Browse) -> None:
    delivered(chain, MILK | {"quantity": "1"}, customer="K02")
    client = browse("zhou", "hq")

    page = text_of(client, "/money/ageing/")

    assert page.index("第一中学食堂") < page.index("江畔酒店")
    assert "¥1,000.00" in page
    assert client.get("/money/ageing/?of=customer&as=sheet").content[:2] == b"PK"
    assert "第一中学食堂" not in text_of(client, "/money/ageing/?of=supplier")
    with chain.as_("zhou", "hq"):
        found = aged_by_party("customer", money_units("customer"), TODAY)[canteen()]
    assert (found.bands, found.credit, found.total) == ([144, 0, 1000, 0, 0], -200, 944)


@pytest.mark.parametrize(
    ("days", "band"), [(0, 0), (1, 1), (30, 1), (31, 2), (60, 2), (61, 3), (90, 3), (91, 4)]
)
def test_a_day_is_in_one_band(days: int, band: int) -> None:
    told = Aged()
    told.add(Decimal(5), days)

    assert [n for n, amount in enumerate(told.bands) if amount] == [band]
    assert len(told.bands) == len(BANDS) + 1


def test_who_sells_sees_what_customers_owe_and_not_what_goods_cost(
    chain: Chain, browse: Browse
) -> None:
    with system(reason="the cast of the tests"):
        role = Role.objects.create(code="seller", name="销售")
        for code in ("finance.statement.view", "parties.party.view", "sales.delivery.view"):
            RoleAction.objects.create(role=role, code=code)
        Grant.objects.create(person=chain.people["zhao"], role=role, unit=chain.units["hq"])
    client = browse("zhao", "hq")

    assert "944.00" in text_of(client, f"/m/parties.party/{canteen()}/")
    assert "944.00" in text_of(client, f"/money/statement/?party={canteen()}")
    assert client.get(f"/money/statement/?party={canteen()}&role=payable").status_code == 404
    assert "供应商应付" not in text_of(client, "/money/ageing/")


def test_the_list_of_deliveries_is_narrowed_to_what_is_open_and_overdue(
    chain: Chain, browse: Browse
) -> None:
    client = browse("zhou", "hq")

    still_open = text_of(client, "/d/sales.delivery/?view=open")
    overdue = text_of(client, "/d/sales.delivery/?view=overdue")

    assert "XC-W01-26-00002" in still_open
    assert "XC-W01-26-00001" in overdue
    assert "XC-W01-26-00002" not in overdue


def test_the_list_of_deliveries_says_what_of_each_is_open(chain: Chain, browse: Browse) -> None:
    client, late = browse("zhou", "hq"), chain.__dict__["late"]
    with system(reason="look at the account"):
        left = left_open([late])[late]

    shown = text_of(client, "/d/sales.delivery/?view=overdue")
    sheet = client.get("/d/sales.delivery/export?view=overdue")

    assert "未结金额" in shown
    assert f"{left:,.2f}" in shown
    book = python_calamine.load_workbook(BytesIO(sheet.content))
    heads, values = book.get_sheet_by_index(0).to_python()
    assert values[heads.index("未结金额")] == float(left)


def test_what_is_held_is_told_beside_what_is_available(chain: Chain, browse: Browse) -> None:
    ordered(chain, MILK | {"quantity": "70"})
    client, milk = browse("zhou", "hq"), chain.items["milk"].pk
    warehouse = chain.units["warehouse"].pk

    peek = text_of(client, f"/stock/peek?item={milk}&unit={warehouse}")
    item = text_of(client, f"/m/items.item/{milk}/")
    card = text_of(client, f"/stock/card/?item={milk}&at=held")

    for page in (peek, item):
        assert "订单占用" in page
        for figure in ("200", "130", "70"):
            assert figure in page
    assert "XD-W01-26-00001" in card
    assert "订单占用" in text_of(client, "/stock/")


def test_a_form_shows_what_saving_filled_in_and_leaves_what_was_refused(
    chain: Chain, browse: Browse
) -> None:
    client, draft = browse("zhou", "hq"), env.new_id()
    warehouse = chain.places["warehouse"].pk
    sent = {
        "version": "0", "customer": str(canteen()), "place": str(warehouse), "due_on": "",
        "is_tax_included": "1", "business_date": f"{TODAY}",
        "lines.0.item": str(chain.items["cola"].pk), "lines.0.quantity": "2", "lines.0.price": "",
        "lines.1.item": str(chain.items["cola"].pk), "lines.1.quantity": "2,5",
        "lines.1.price": "3.000",
    }  # fmt: skip

    told = client.post(
        f"/d/sales.delivery/{draft}/save", sent, headers={"Accept": "application/json"}
    ).json()

    assert told["filled"] == {
        "due_on": ["", f"{TODAY + timedelta(days=30)}"],
        "lines.0.price": ["", "3"],
    }  # fmt: skip
    assert "lines.1.quantity" in told["problems"]


def test_home_leads_whoever_collects_to_what_is_overdue_and_who_delivers_to_orders(
    chain: Chain, browse: Browse
) -> None:
    ordered(chain, MILK)

    page = text_of(browse("zhou", "hq"), "/")

    assert "逾期未收" in page
    assert "¥1,000.00" in page
    assert "销售订单待出库" in page
    assert "销售出库单待收货" not in page
    assert "待出库" in text_of(browse("zhou", "hq"), "/d/sales.order/")
    assert "逾期未收" not in text_of(browse("zhao", "south"), "/")
