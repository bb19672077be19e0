"""The dashboards: what their figures are made of, to the cent, for whom, and for how much."""

import re
from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal

from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from tests.chain import Chain
from tests.faces.backoffice.conftest import text_of
from tests.faces.backoffice.test_sales import SALES, totals
from tongpan.base import env
from tongpan.business.stock.board import not_moving, running_low
from tongpan.business.stock.overview import figures_of
from tongpan.kernel.documents.gate import run
from tongpan.kernel.org.models import OrgUnit, RoleAction, business_date
from tongpan.kernel.org.scope import system

Browse = Callable[[str, str], Client]
STATEMENTS_MAX = 12


def card(page: str, code: str) -> str:
    """The part of a page that has this code."""
    return page[page.index(f'id="{code}"') :].split("</section>")[0]


def column(part: str, place: int) -> list[Decimal]:
    """The figures of a column of a card's table."""
    body = part.split("<tbody>")[1].split("</tbody>")[0]
    rows = [re.findall(r"<td.*?</td>", row, re.DOTALL) for row in body.split("<tr")[1:]]
    texts = [re.sub(r"<[^>]+>|[,\s]", "", row[place]).replace("−", "-") for row in rows]
    return [Decimal(text) for text in texts]


def statements(client: Client, url: str) -> list[str]:
    """What a page asks the database, but for whose host it is."""
    text_of(client, url)
    with CaptureQueriesContext(connection) as asked:
        text_of(client, url)
    found = [query["sql"] for query in asked]
    return [sql for sql in found if "search_path" not in sql and "domain" not in sql]


def test_the_sales_of_a_day_are_the_same_by_whatever_they_are_told(
    chain: Chain, browse: Browse
) -> None:
    client = browse("zhou", "hq")
    page = text_of(client, "/sales/board/")

    assert "¥158.40" in page  # as home says
    assert "实时销售" in page
    for code in ("by-store", "by-category", "by-item", "by-payment"):
        assert sum(column(card(page, code), 1)) == Decimal("158.40"), code
        assert "data-plot" in card(page, code)
    assert len(statements(client, "/sales/board/")) <= STATEMENTS_MAX


def test_several_days_open_to_their_slips(chain: Chain, browse: Browse) -> None:
    client = browse("zhou", "hq")
    ago = re.search(r'href="([^"]+)"[^>]*>近 28 天<', text_of(client, "/sales/board/"))
    assert ago is not None
    url = ago[1].replace("&amp;", "&")
    page = text_of(client, url)
    days = column(card(page, "by-day"), 1)
    assert len(days) == 28
    assert sum(days) > days[-1] == Decimal("158.40")
    item = re.search(r'href="(/sales/day/[^"]*item=[^"]*)">([\d.,]+)<', card(page, "by-item"))
    assert item is not None

    assert totals(text_of(client, item[1].replace("&amp;", "&")))[SALES] == f"¥{item[2]}"
    category = re.search(r'href="([^"]*category=[^"]*)"', card(page, "by-category"))
    if category is not None:
        narrowed = text_of(client, category[1].replace("&amp;", "&"))
        assert sum(column(card(narrowed, "by-item"), 1)) < sum(days)
    assert len(statements(client, url)) <= STATEMENTS_MAX


def test_what_was_sold_then_opens_to_those_days(chain: Chain, browse: Browse) -> None:
    client = browse("zhou", "hq")
    today = business_date(chain.units["north"], env.now())
    page = text_of(client, "/sales/board/")
    stores = card(page, "by-store")
    north = re.search(r'href="([^"]*on_from=[^"]*)">([\d.,]+)<', stores)
    assert north is not None
    then = text_of(client, north[1].replace("&amp;", "&"))

    assert f"on_from={(today - timedelta(days=7)).isoformat()}" in north[1]
    assert sum(column(card(then, "by-store"), 1)) >= Decimal(north[2].replace(",", "")) > 0
    for code in ("by-category", "by-item", "by-payment"):
        assert f"on_from={(today - timedelta(days=7)).isoformat()}" in card(page, code), code


def test_takings_of_chosen_stores_open_to_the_statement_of_those(
    chain: Chain, browse: Browse
) -> None:
    """Neither choosing other days nor opening a figure brings the others back."""
    client = browse("zhou", "hq")
    with system(reason="a store that is not chosen"):
        OrgUnit(
            parent=chain.units["hq"], kind="store", code="S09", name="新店",
            entity=chain.units["hq"].entity,
        ).save()  # fmt: skip
    north, south = chain.units["north"].pk, chain.units["south"].pk
    both = text_of(client, f"/sales/board/?store={north}&store={south}")
    opened = re.search(r'href="(/money/statement/[^"]+)"', card(both, "by-payment"))
    assert opened is not None

    page = text_of(client, opened[1].replace("&amp;", "&"))
    region = text_of(browse("zhou", "north"), "/sales/board/")

    assert f'name="store" value="{north},{south}"' in both
    assert sum(column(card(both, "by-payment"), 1)) == Decimal("158.40")
    assert "北门店、南站店" in page
    assert f"below={north}" in card(region, "by-payment")


def test_margins_are_for_who_may_see_costs(chain: Chain, browse: Browse) -> None:
    with system(reason="Lin may see slips, and no costs"):
        role = chain.people["lin"].grants.get().role
        RoleAction.objects.create(role=role, code="till.sale.view")
    seen = text_of(browse("zhou", "hq"), "/sales/board/")
    page = text_of(browse("lin", "north"), "/sales/board/?on_from=never&store=x&category=y")

    assert "毛利率" in card(seen, "by-item")
    assert "毛利" not in page.split("<main")[1]
    assert sum(column(card(page, "by-item"), 1)) == Decimal("158.40")
    assert browse("zhao", "south").get("/sales/board/").status_code in (403, 404)
    assert "这里没有门店销售" in text_of(browse("zhou", "warehouse"), "/sales/board/")


def test_stock_is_worth_the_same_by_place_and_by_category(chain: Chain, browse: Browse) -> None:
    client = browse("zhou", "hq")
    page = text_of(client, "/stock-board/")
    value = re.search(r"库存金额</dt>.*?>¥([\d.,]+)<", page, re.DOTALL)
    assert value is not None

    worth = Decimal(value[1].replace(",", ""))
    assert sum(column(card(page, "by-place"), 1)) == worth > 0
    assert sum(column(card(page, "by-category"), 1)) == worth
    opened = card(page, "by-place") + card(page, "low")
    for url in set(re.findall(r'href="(/stock/[^"]*)"', opened)):
        assert client.get(url.replace("&amp;", "&")).status_code == 200, url
    assert len(statements(client, "/stock-board/")) <= STATEMENTS_MAX
    north = chain.units["north"].pk
    narrowed = text_of(client, f"/stock-board/?unit={north}")
    assert 0 < sum(column(card(narrowed, "by-place"), 1)) < worth


def test_what_runs_low_and_what_does_not_move_is_named(chain: Chain, browse: Browse) -> None:
    north, cola = chain.units["north"], chain.items["cola"]
    today = business_date(north, env.now())
    ids = [unit.pk for unit in chain.units.values()]
    left = figures_of([cola.pk], [north.pk])[cola.pk, north.pk].shelf
    assert cola.pk not in {cell.item for cell in running_low([north.pk], today)}
    with chain.as_("zhou", "north"):
        lines = [{"item": cola.code, "quantity": str(left - 5)}]
        header = {"place": str(chain.places["north"].pk)}
        lost = run("stock.loss.save", payload={"header": header, "lines": lines}).subject
        run("stock.loss.post", lost)

    (low,) = [cell for cell in running_low([north.pk], today) if cell.item == cola.pk]
    assert (low.quantity, low.sold) == (5, 12)  # five days of it would be 8.6
    assert "可乐" in card(text_of(browse("zhou", "hq"), "/stock-board/"), "low")
    assert not not_moving(ids, today, by_value=True)  # all of it came these days
    later = not_moving(ids, today + timedelta(days=60), by_value=True)
    assert [one.value for one in later] == sorted((one.value for one in later), reverse=True)
    most = not_moving(ids, today + timedelta(days=60), by_value=False)
    assert [one.quantity for one in most] == sorted((one.quantity for one in most), reverse=True)
    assert (
        {(one.item, one.unit) for one in most} == {(one.item, one.unit) for one in later} != set()
    )


def test_who_may_not_see_costs_sees_no_worth_and_no_order_by_it(
    chain: Chain, browse: Browse
) -> None:
    page = text_of(browse("zhao", "south"), "/stock-board/")

    assert "库存金额" not in page
    assert "¥" not in page.split("<main")[1]
    assert column(card(page, "by-place"), 1)[0] > 0
