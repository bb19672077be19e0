"""What the figures of home are made of: the slips of a day, to the cent, whatever is asked."""

import re
from collections.abc import Callable
from decimal import Decimal
from typing import Any

from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from tests.chain import Chain
from tests.faces.backoffice.conftest import text_of
from tongpan.faces.backoffice import sales
from tongpan.faces.backoffice.today import _stretch
from tongpan.kernel.org.models import RoleAction
from tongpan.kernel.org.scope import system

Browse = Callable[[str, str], Client]
STATEMENTS_MAX = 12
SALES = "销售额（含税）"


def opened(client: Client, page: str, figure: str) -> str:
    """The page that a figure opens."""
    found = re.search(rf'href="([^"]+)">(?:<[^>]+>)*{re.escape(figure)}<', page)
    assert found, f"{figure} opens something."
    return text_of(client, found[1].replace("&amp;", "&"))


def totals(page: str) -> dict[str, str]:
    """The figures under the list, by their titles."""
    text = page[page.index('class="totals"') :].split('class="caps"')[0]
    pairs = re.findall(r"<span>([^<]*)\s*(?:<a[^>]*>)?<b[^>]*>([^<]*)</b>", text)
    return {title.strip(): value for title, value in pairs}


def test_the_sales_of_home_open_to_slips_that_come_to_the_same(
    chain: Chain, browse: Browse
) -> None:
    client = browse("zhou", "hq")
    home = text_of(client, "/")
    page = opened(client, home, "¥158.40")

    found = totals(page)
    assert found[SALES] == "¥158.40"  # what came back is taken off
    assert found["零售单"] == "9 张"
    assert found["零售退货单"] == "1 张"
    assert "LT-S01-1-26-" in page
    assert page.count("LS-S01-1-26-") >= 9


def test_the_profit_of_home_opens_to_what_each_slip_earned(chain: Chain, browse: Browse) -> None:
    client = browse("zhou", "hq")
    home = text_of(client, "/")
    profit = re.search(r"毛利</dt>.*?>(¥[\d.,]+)<", home, re.DOTALL)
    assert profit is not None

    assert totals(opened(client, home, profit[1]))["毛利"] == profit[1]


def test_a_chart_by_the_hour_begins_with_the_day_or_shortly_before_the_first_sale() -> None:
    assert _stretch([2, 22]) == (0, 24)  # the day begins at four, the first sale was at six
    assert _stretch([8, 10]) == (7, 19)
    assert _stretch([23]) == (12, 25)
    assert _stretch([]) == (0, 0)


def test_an_hour_a_store_and_an_item_open_to_their_part(chain: Chain, browse: Browse) -> None:
    client = browse("zhou", "hq")
    home = text_of(client, "/")
    hours = {url.replace("&amp;", "&") for url in re.findall(r'href="([^"]+hour=\d+[^"]*)"', home)}
    assert hours
    sums = [totals(text_of(client, url))[SALES] for url in hours]
    assert sum(Decimal(s.replace("¥", "").replace("−", "-")) for s in sums) == Decimal("158.40")

    milk = chain.items["milk"].pk
    best = re.search(rf'href="(/sales/day/[^"]*item={milk}[^"]*)">([\d.]+)<', home)
    assert best is not None
    page = text_of(client, best[1].replace("&amp;", "&"))
    assert totals(page)[SALES] == f"¥{best[2]}"  # only the lines of this item
    assert totals(page)["数量"] == "8 盒"  # nine were sold, one came back


def test_every_total_of_the_stores_opens(chain: Chain, browse: Browse) -> None:
    page = text_of(browse("zhou", "hq"), "/")
    foot = page[page.index('id="by-store"') :].split("<tfoot>")[1].split("</tfoot>")[0]

    assert foot.count("<a ") >= 3  # sales, slips, and what ran out


def test_a_day_costs_few_statements_and_goes_on_page_by_page(
    chain: Chain, browse: Browse, monkeypatch: Any
) -> None:
    monkeypatch.setattr(sales, "PAGE_SIZE", 4)
    client = browse("zhou", "hq")
    seen: list[str] = []
    url = "/sales/day/"
    with CaptureQueriesContext(connection) as asked:
        text_of(client, url)
    assert len(asked) <= STATEMENTS_MAX, [q["sql"][:100] for q in asked]
    while url:
        page = text_of(client, url)
        assert totals(page)[SALES] == "¥158.40"
        seen += re.findall(r"L[ST]-S01-1-26-\d+", page)
        more = re.search(r'href="(\?[^"]*before=[^"]+)"', page)
        url = f"/sales/day/{more[1].replace('&amp;', '&')}" if more else ""
    assert len(seen) == len(set(seen)) == 10


def test_without_the_sight_of_costs_a_day_has_no_profit(chain: Chain, browse: Browse) -> None:
    with system(reason="Lin may see slips, and no costs"):
        role = chain.people["lin"].grants.get().role
        RoleAction.objects.create(role=role, code="till.sale.view")
    page = text_of(browse("lin", "north"), "/sales/day/")

    assert "毛利" not in page.split("<main")[1]
    assert "成本" not in page.split("<main")[1]


def test_who_may_not_see_sales_has_no_such_day(chain: Chain, browse: Browse) -> None:
    assert browse("zhao", "south").get("/sales/day/").status_code in (403, 404)


def test_nonsense_in_the_address_of_a_day_is_left_out(chain: Chain, browse: Browse) -> None:
    url = "/sales/day/?on=never&hour=99&store=x&item=y&before=z"

    assert totals(text_of(browse("zhou", "hq"), url))[SALES] == "¥158.40"


def test_where_no_store_sells_there_are_no_slips_rather_than_no_page(browse: Browse) -> None:
    """The rail leads here from the first day on, before there is any store."""
    page = text_of(browse("zhou", "warehouse"), "/sales/day/")

    assert "这天没有小票" in page
    assert "成本" not in page.split("<main")[1]
