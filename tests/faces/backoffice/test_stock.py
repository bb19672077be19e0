"""Stock overview, cells and stock card: figures as the ledger has them, and what reading costs."""

import re
from collections.abc import Callable
from decimal import Decimal
from io import BytesIO
from typing import Any

from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from python_calamine import CalamineWorkbook

from tests.chain import Chain, on_shelf
from tests.faces.backoffice.conftest import text_of
from tests.masters.making import saved
from tongpan.business.stock import overview as reading
from tongpan.kernel.documents.models import Document
from tongpan.kernel.org.scope import system
from tongpan.masters.items.models import Item

Browse = Callable[[str, str], Client]


def sheet_of(content: bytes) -> list[list[Any]]:
    return CalamineWorkbook.from_filelike(BytesIO(content)).get_sheet_by_index(0).to_python()


def cell(page: str, item: Item, unit: object) -> str:
    """What stands in the cell of an item at a unit, without its markup."""
    found = re.search(
        rf'item={item.pk}&amp;unit={unit}" data-peek.*?>(.*?)</a></td>', page, re.DOTALL
    )
    assert found, "There is such a cell."
    return re.sub(r"<[^>]+>", " ", found[1]).strip()


def test_a_cell_says_what_is_there_and_what_comes(chain: Chain, browse: Browse) -> None:
    page = text_of(browse("zhou", "hq"), "/stock/")
    milk = chain.items["milk"]

    # 80 at the opening, 60 received, 2 sent back, 6 and 4 sent on.
    assert cell(page, milk, chain.units["warehouse"].pk) == "123"
    assert cell(page, milk, chain.units["south"].pk).split() == ["+4", "0"]
    assert cell(page, chain.items["tea"], chain.units["north"].pk) == "·"
    assert '<span class="tone-accent">40</span>' in page  # still to come from the dairy


def test_a_manager_sees_their_own_units_and_no_values(chain: Chain, browse: Browse) -> None:
    page = text_of(browse("zhao", "south"), "/stock/?mode=value")

    assert "南站店" in page
    assert "中心仓" not in page.split("<table")[1]
    assert "金额" not in page.split("<main")[1]


def test_values_are_to_the_cent_those_of_the_ledger(chain: Chain, browse: Browse) -> None:
    answer = browse("zhou", "hq").get("/stock/export?mode=value")
    heads, *rows = sheet_of(answer.content)
    at = heads.index("中心仓")
    milk = next(row for row in rows if row[1] == "鲜牛奶 950 mL")

    with system(reason="look at the books"):
        figures = reading.peek(
            chain.items["milk"].pk,
            chain.units["warehouse"].pk,
            Document.unscoped.earliest("business_date").business_date,
        ).figures
    assert Decimal(str(milk[at])) == figures.value > 0


def test_the_overview_begins_with_what_is_kept_here(chain: Chain, browse: Browse) -> None:
    with system(reason="an item that nobody ever stocked"):
        never = chain.items["milk"]
        never.pk, never.code, never.name = None, "NEVER", "从未进货的果酱"
        never.save(force_insert=True)
    client = browse("zhou", "hq")

    first = text_of(client, "/stock/")
    assert ("鲜牛奶" in first, never.name in first) == (True, False)
    assert never.name in text_of(client, "/stock/?view=all")
    assert never.name in text_of(client, "/stock/?view=none")
    assert never.name in text_of(client, "/stock/?q=鲜牛奶")


def test_what_is_only_on_its_way_is_kept_here_too(chain: Chain) -> None:
    milk, south = chain.items["milk"], chain.units["south"]
    with system(reason="look at a store to which milk was sent"):
        for view in ("kept", "coming"):
            page = reading.overview(reading.Wanted(view=view), [south.pk])
            assert milk.pk in {item.pk for item in page.items}


def test_short_stock_is_a_view_of_its_own(chain: Chain, browse: Browse) -> None:
    page = text_of(browse("zhou", "hq"), "/stock/?view=short")

    assert "鲜牛奶" in page
    assert "可口可乐" not in page


def test_a_page_of_the_matrix_costs_the_same_however_many_items_it_has(
    chain: Chain, browse: Browse
) -> None:
    units = [unit.pk for unit in chain.units.values() if unit.holds_stock]
    with system(reason="count"), CaptureQueriesContext(connection) as two:
        reading.overview(reading.Wanted(size=2), units)
    with system(reason="count"), CaptureQueriesContext(connection) as all_:
        reading.overview(reading.Wanted(), units)
    assert len(two) == len(all_) == 2

    client = browse("zhou", "hq")
    text_of(client, "/stock/")
    with CaptureQueriesContext(connection) as page:
        text_of(client, "/stock/")
    assert len(page) <= 12, [q["sql"][:120] for q in page]


def test_paging_goes_through_every_item_once(chain: Chain) -> None:
    units = [chain.units["warehouse"].pk]
    seen, after = [], ""
    with system(reason="page through"):
        for _ in range(10):
            page = reading.overview(reading.Wanted(after=after, size=3), units)
            seen += [item.code for item in page.items]
            after = page.next_after
            if not after:
                break
        assert seen == sorted(Item.objects.values_list("code", flat=True))


def test_one_cell_costs_two_statements(chain: Chain, browse: Browse) -> None:
    client = browse("zhou", "hq")
    url = f"/stock/peek?item={chain.items['milk'].pk}&unit={chain.units['north'].pk}"
    text_of(client, url)
    with CaptureQueriesContext(connection) as asked:
        page = text_of(client, url)

    of_figures = [q["sql"] for q in asked if re.search(r"\b(account|entry)\b", q["sql"])]
    assert len(of_figures) == 2
    assert "32 盒" in page  # 40 and 6 came, 15 were sold, one came back
    assert "调货到这里" in page


def test_a_stranger_opens_neither_cell_nor_card(chain: Chain, browse: Browse) -> None:
    client = browse("zhao", "south")
    query = f"item={chain.items['milk'].pk}&unit={chain.units['north'].pk}"

    assert client.get(f"/stock/peek?{query}").status_code == 404
    assert client.get(f"/stock/card/?{query}").status_code == 404
    assert client.post(f"/stock/send?{query}").status_code == 404


def test_from_a_cell_a_transfer_is_drafted_from_where_most_is(chain: Chain, browse: Browse) -> None:
    query = f"item={chain.items['milk'].pk}&unit={chain.units['south'].pk}"
    answer: Any = browse("zhou", "hq").post(f"/stock/send?{query}")

    assert answer.status_code == 302
    with system(reason="look"):
        draft = Document.unscoped.get(pk=answer.url.split("/")[3])
        body = draft.transfer
        assert (body.from_place, body.to_place) == (
            chain.places["warehouse"],
            chain.places["south"],
        )


def test_a_card_carries_the_balance_forward_and_opens_documents(
    chain: Chain, browse: Browse
) -> None:
    client = browse("zhou", "hq")
    base = f"/stock/card/?item={chain.items['milk'].pk}&unit={chain.units['warehouse'].pk}"
    page = text_of(client, base)

    assert "123 盒" in page
    assert "RK-W01-26-00001" in page
    assert "DB-W01-26-00001" in page
    assert "结存金额" in page

    later = text_of(client, f"{base}&on_from=2099-01-01")
    assert "期初结存" in later
    assert "123" in later


def test_a_card_can_be_read_as_the_books_were_at_a_moment(chain: Chain, browse: Browse) -> None:
    client = browse("zhou", "hq")
    base = f"/stock/card/?item={chain.items['milk'].pk}&unit={chain.units['warehouse'].pk}"

    before = text_of(client, f"{base}&known=2020-01-01T00:00&on_from=2019-01-01")
    assert "RK-W01" not in before


def test_a_card_without_the_sight_of_costs_has_no_values(chain: Chain, browse: Browse) -> None:
    query = f"item={chain.items['milk'].pk}&unit={chain.units['south'].pk}"
    page = text_of(browse("zhao", "south"), f"/stock/card/?{query}")

    assert "结存金额" not in page
    assert "8.50" not in page
    assert "51.00" not in page


def test_a_card_goes_out_as_a_sheet(chain: Chain, browse: Browse) -> None:
    query = f"item={chain.items['milk'].pk}&unit={chain.units['warehouse'].pk}&as=sheet"
    answer = browse("zhou", "hq").get(f"/stock/card/?{query}")

    assert len(sheet_of(answer.content)) == 7  # heads, opening, receipt, two returns, two transfers


def test_every_figure_of_a_row_opens_to_a_card_that_ends_in_it(
    chain: Chain, browse: Browse
) -> None:
    client = browse("zhou", "hq")
    page = text_of(client, "/stock/")
    row = next(r for r in page.split("<tr") if chain.items["milk"].name in r)
    opened = re.findall(r'class="opens" href="([^"]+)">(?:<span[^>]*>)?([\d.,]+)<', row)

    assert len(opened) == 3  # all units, in transit, on order
    for url, figure in opened:
        card = text_of(client, url.replace("&amp;", "&"))
        balance = re.search(r"结存\s*<b[^>]*>([^<]+)</b>", card)
        assert balance is not None
        assert balance[1] == f"{figure} 盒", url


def test_a_card_of_all_units_says_whose_stock_moved(chain: Chain, browse: Browse) -> None:
    client = browse("zhou", "hq")
    base = f"/stock/card/?item={chain.items['milk'].pk}"
    page = text_of(client, base)
    assert "全部机构" in page
    rows = page.split("<tbody")[1].split("</tbody>")[0]
    assert "中心仓" in rows
    assert "北门店" in rows

    north, south = chain.units["north"].pk, chain.units["south"].pk
    two = text_of(client, f"{base}&unit={north}&unit={south}").split("<tbody")[1]
    assert "RK-W01" not in two.split("</tbody>")[0]  # the warehouse is not among them


def test_a_card_of_all_units_holds_only_those_that_a_person_may_see(
    chain: Chain, browse: Browse
) -> None:
    page = text_of(browse("zhao", "south"), f"/stock/card/?item={chain.items['milk'].pk}")

    assert "南站店" in page.split("<main")[1]
    assert "RK-W01" not in page


def test_what_ran_out_is_asked_of_one_unit(chain: Chain, browse: Browse) -> None:
    client = browse("zhou", "hq")
    south, north = chain.units["south"].pk, chain.units["north"].pk

    assert "鲜牛奶" in text_of(client, f"/stock/?view=short&unit={south}")
    assert "鲜牛奶" not in text_of(client, f"/stock/?view=short&unit={north}")
    with system(reason="count"):
        counted = reading.out_of_stock([south, north])
    assert counted == {south: 1}


def test_an_item_on_one_of_two_shelves_has_not_run_out(chain: Chain) -> None:
    with chain.as_("zhou", "hq"):
        chain.places["back"] = saved(
            "places.place", code="BACK", name="后仓", unit="S02", kind="shelf"
        )
    chain.units["back"] = chain.units["south"]
    on_shelf(chain, "back", milk=("3", "8.50"))
    with system(reason="look at the second shelf"):
        page = reading.overview(reading.Wanted(view="short"), [chain.units["south"].pk])
    assert chain.items["milk"].pk not in {item.pk for item in page.items}
