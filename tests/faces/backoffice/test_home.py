"""Home: today's figures as the books have them, for those who may see them."""

import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any

from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from tests.chain import NOON, Chain, a_chain, a_transfer, on_shelf
from tests.faces.backoffice.conftest import text_of
from tongpan.base import env
from tongpan.business.finance.models import MoneyPlace
from tongpan.config.first_person import make_first_person
from tongpan.faces.backoffice import home
from tongpan.kernel.documents.gate import run
from tongpan.kernel.org.models import Grant, Person, Role, RoleAction
from tongpan.kernel.org.scope import acting, system

Browse = Callable[[str, str], Client]
STATEMENTS_MAX = 12  # of a whole home; what an event asks for again costs a part of it


def test_an_owner_sees_what_all_stores_sold_today(chain: Chain, browse: Browse) -> None:
    page = text_of(browse("zhou", "hq"), "/")

    # Nine slips, three each of 25.80, 14.90 and 16.40; one milk of 12.90 came back.
    assert "¥158.40" in page
    assert "¥114.20" in page  # a week ago by this time
    assert "北门店" in page
    assert "南站店" in page
    assert "毛利" in page


def test_who_may_not_see_sales_sees_none(chain: Chain, browse: Browse) -> None:
    page = text_of(browse("zhao", "south"), "/")

    assert "158.40" not in page
    assert "毛利" not in page
    assert "实时销售" not in page


def test_who_looks_after_people_alone_sees_who_cannot_work_and_what_changed(
    chain: Chain, browse: Browse
) -> None:
    with system(reason="test"):
        role = Role.objects.create(code="people", name="人事")
        RoleAction.objects.create(role=role, code="org.*")
        Grant.objects.filter(person=chain.people["lin"]).update(role=role, unit=chain.units["hq"])
    with acting(chain.people["zhou"], at=chain.units["hq"]):
        run("org.person.save", env.new_id(), {"username": "mei", "name": "梅朵"})
    client = browse("lin", "hq")

    page = text_of(client, "/")
    listed = text_of(client, "/settings/people/?view=new")

    assert "今天的单据" not in page
    assert "/settings/people/?view=new" in page
    assert "梅朵" in page  # that she was entered
    assert "梅朵" in listed
    assert "陈" not in listed


def test_every_figure_of_a_store_opens_its_slips(chain: Chain, browse: Browse) -> None:
    client = browse("zhou", "hq")
    page = text_of(client, "/")
    north = chain.units["north"].pk
    found = re.search(rf'"(/sales/day/[^"]*store={north})"', page)
    assert found is not None

    slips = text_of(client, found[1].replace("&amp;", "&"))
    assert slips.count("LS-S01-1-26-") >= 9


def told(asked: CaptureQueriesContext) -> list[str]:
    """What was asked but for whose host it is, which is asked again when some seconds went by."""
    found = [query["sql"] for query in asked.captured_queries]
    return [sql for sql in found if "search_path" not in sql and "domain" not in sql]


def test_an_event_fetches_only_the_parts_that_it_changed(chain: Chain, browse: Browse) -> None:
    client = browse("zhou", "hq")
    text_of(client, "/")
    with CaptureQueriesContext(
        connection,
    ) as whole:
        text_of(client, "/")
    with CaptureQueriesContext(connection) as part:
        page = text_of(client, "/", **{"X-Parts": "figures ticker"})

    assert "¥158.40" in page
    assert 'id="by-store"' not in page
    assert len(told(part)) < len(told(whole)) / 2


def test_a_cashier_is_shown_the_way_to_the_till(chain: Chain, browse: Browse) -> None:
    assert "/till/" in text_of(browse("lin", "till"), "/")


def test_a_new_company_is_led_through_every_step_from_its_home(
    company: str, settings: Any, client: Client
) -> None:
    settings.DEFAULT_COMPANY = company
    make_first_person()
    with system(reason="the owner of the new company"):
        client.force_login(Person.objects.get())

    page = text_of(client, "/")

    for path in (
        "/settings/entities/",
        "/settings/units/",
        "/m/items.item/",
        "/d/stock.opening/",
        "/settings/people/",
        "/d/purchasing.order/new",
    ):
        assert f'href="{path}"' in page, path
        assert client.get(path).status_code == 200, path


def test_money_that_was_there_is_no_business_yet(company: str) -> None:
    chain = a_chain()
    with system(reason="the cast of the tests"):
        MoneyPlace.unscoped.create(unit=chain.units["hq"], code="B01", name="工行基本户")
    with chain.as_("zhou", "hq"):
        lines = [{"place": "B01", "amount": "100"}]
        draft = run("finance.opening.save", payload={"lines": lines}).subject
        run("finance.opening.post", draft)

        assert not home._had().has_moved


def test_business_may_begin_before_colleagues_are_invited() -> None:
    had = home.Had(1, 1, 1, (), has_items=True, has_stock=True, has_moved=False)
    before = home.Had(1, 1, 1, (), has_items=True, has_stock=False, has_moved=False)

    *_done, invite, start = home._in_turn(tuple(home._steps(had)))
    *_others, opening, later, last = home._in_turn(tuple(home._steps(before)))

    assert (invite.stage, bool(invite.actions)) == ("now", True)
    assert (start.stage, bool(start.actions)) == ("ahead", True)
    assert (opening.stage, bool(opening.actions)) == ("now", True)
    assert not later.actions
    assert not last.actions


def test_the_first_steps_stay_until_business_begins_and_what_is_left_of_them_for_a_month(
    company: str, settings: Any, client: Client
) -> None:
    settings.DEFAULT_COMPANY = company
    chain = a_chain()  # with stores, people and items
    client.force_login(chain.people["zhou"])
    on_shelf(chain, "north", milk=("10", "8.50"))  # opening stock is no business yet
    assert "欢迎来到通盘" in text_of(client, "/")
    with chain.as_("zhou", "hq"):
        run("stock.transfer.post", a_transfer(chain, "north", "south", {"milk": "1"}).subject)

    page = text_of(client, "/")
    assert "欢迎来到通盘" not in page
    assert re.search(r'href="/first-steps/"><span class="count[^>]*>1</span>', page)
    assert "纳税主体" in page  # the one that is left
    client.force_login(chain.people["zhao"])
    assert "/first-steps/" not in text_of(client, "/")
    client.force_login(chain.people["zhou"])
    with env.frozen(NOON - timedelta(days=40)), acting(chain.people["zhou"], chain.units["hq"]):
        run("stock.transfer.post", a_transfer(chain, "north", "south", {"milk": "1"}).subject)
    assert "/first-steps/" not in text_of(client, "/")


def test_home_costs_as_many_statements_with_many_types_as_with_few(
    chain: Chain, browse: Browse
) -> None:
    client = browse("zhou", "hq")
    text_of(client, "/")
    with CaptureQueriesContext(connection) as asked:
        text_of(client, "/")

    assert len(told(asked)) <= STATEMENTS_MAX, [sql[:100] for sql in told(asked)]


def test_what_waits_to_be_received_opens_to_just_that(chain: Chain, browse: Browse) -> None:
    with chain.as_("zhou", "hq"):
        for _twice in range(2):
            sent = a_transfer(chain, "warehouse", "south", {"cola": "1"}).subject
            run("stock.transfer.post", sent)
    client = browse("zhou", "hq")
    found = re.search(
        r'href="([^"]+)"><span class="count[^>]*>(\d+)</span><span>调拨单待收货',
        text_of(client, "/"),
    )
    assert found is not None

    page = text_of(client, found[1].replace("&amp;", "&"))
    rows = page.split('id="rows"')[1].split("</tbody>")[0]
    assert rows.count("<tr") == int(found[2]) == 3  # and not the one that was received


def test_my_drafts_open_to_my_drafts(chain: Chain, browse: Browse) -> None:
    with chain.as_("zhou", "hq"):
        a_transfer(chain, "warehouse", "south", {"cola": "1"})
    client = browse("zhou", "hq")
    found = re.search(
        r'href="([^"]+)"><span class="count[^>]*>2</span><span>调拨单草稿', text_of(client, "/")
    )
    assert found is not None

    page = text_of(client, found[1].replace("&amp;", "&"))
    assert page.split('id="rows"')[1].split("</tbody>")[0].count("<tr") == 2
