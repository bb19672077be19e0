"""Pages of master data, and the search over everything."""

import json
import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any
from urllib.parse import unquote
from uuid import UUID

import pytest

from tests.chain import NOON, Chain
from tests.faces.derived.conftest import Browser
from tests.masters.making import saved
from tongpan.base import env
from tongpan.business.till.models import PaymentMethod
from tongpan.faces.kit.derived import masters
from tongpan.faces.kit.derived.masters import _encode
from tongpan.kernel.documents.gate import run
from tongpan.kernel.org.models import Grant, OrgUnit, business_date
from tongpan.kernel.org.people import make_role
from tongpan.kernel.org.scope import acting, system
from tongpan.masters.items.models import FamilyOption, Item
from tongpan.masters.prices.models import Price

Browse = Callable[[str, str], Browser]


def test_an_item_is_found_by_pinyin(chain: Chain, browse: Browse) -> None:
    html = browse("zhou", "hq").get("/m/items.item/", q="kele").content.decode()

    assert "可口可乐 500 mL" in html
    assert "红富士苹果" not in html


def test_a_list_is_filtered_by_a_flag(chain: Chain, browse: Browse) -> None:
    Item.objects.filter(pk=chain.items["cola"].pk).update(is_price_open=True)
    zhou = browse("zhou", "hq")
    every = zhou.get("/m/items.item/").content.decode()
    yes = zhou.get("/m/items.item/", is_price_open="1").content.decode()
    no = zhou.get("/m/items.item/", is_price_open="0").content.decode()

    assert '<input class="tick" type="radio" name="is_price_open" value="1">' in every
    assert "可口可乐 500 mL" in yes
    assert "红富士苹果" not in yes
    assert "可口可乐 500 mL" not in no
    assert "红富士苹果" in no
    assert 'name="is_price_open" value="1"' in yes  # kept by the other filters


def test_an_item_shows_what_belongs_to_it(chain: Chain, browse: Browse) -> None:
    html = browse("zhou", "hq").get(f"/m/items.item/{chain.items['cola'].pk}/").content.decode()

    assert "24" in html  # bottles in a case
    assert f"/m/items.barcode/new?item={chain.items['cola'].pk}" in html


def test_a_new_item_is_kept_when_the_person_says_so_and_only_once(
    chain: Chain, browse: Browse
) -> None:
    zhou = browse("zhou", "hq")
    form = zhou.get("/m/items.item/new").content.decode()
    address = form.split('formaction="')[1].split('"')[0]
    fields = {
        "code": "20001", "name": "绿茶", "kind": "stocked",
        "base_unit": str(chain.measures["bottle"].pk),
    }  # fmt: skip

    first = zhou.post(address, **fields)
    second = zhou.post(address, **fields)

    assert (first.status_code, second.status_code) == (302, 302)
    assert Item.objects.filter(code="20001").count() == 1


def test_what_is_wrong_is_said_beside_the_field_and_what_was_typed_stays(
    chain: Chain, browse: Browse
) -> None:
    answer = browse("zhou", "hq").post("/m/items.item/new", code="=1+1", name="绿茶")

    html = answer.content.decode()
    assert answer.status_code == 422
    assert 'value="绿茶"' in html
    assert 'id="base_unit-wrong"' in html


def test_an_archived_item_can_be_taken_back(chain: Chain, browse: Browse) -> None:
    zhou, milk = browse("zhou", "hq"), chain.items["milk"]

    zhou.post(f"/m/items.item/{milk.pk}/do/archive")
    assert "鲜牛奶" not in zhou.get("/m/items.item/").content.decode()
    assert "鲜牛奶" in zhou.get("/m/items.item/", view="archived").content.decode()
    zhou.post(f"/m/items.item/{milk.pk}/do/restore")

    assert "鲜牛奶" in zhou.get("/m/items.item/").content.decode()


def test_ticked_items_are_archived_together_and_taken_back_by_one_undo(
    chain: Chain, browse: Browse
) -> None:
    zhou = browse("zhou", "hq")
    milk, cola = (str(chain.items[name].pk) for name in ("milk", "cola"))

    page = zhou.get("/m/items.item/").content.decode()
    assert "/m/items.item/batch/archive" in page
    assert "/m/items.item/batch/restore" not in page
    zhou.post("/m/items.item/batch/archive", ids=[milk, cola, "nonsense"])
    after = zhou.get("/m/items.item/").content.decode()
    assert "可口可乐 500 mL" not in after
    assert "已归档 2 条" in after
    assert f'name="ids" value="{milk},{cola}"' in after or f"{cola},{milk}" in after
    zhou.post("/m/items.item/batch/restore", ids=[f"{milk},{cola}"])

    assert "可口可乐 500 mL" in zhou.get("/m/items.item/").content.decode()
    lin = browse("lin", "north")
    assert "batch/archive" not in lin.get("/m/items.item/").content.decode()
    assert lin.post("/m/items.item/batch/archive", ids=[milk]).status_code == 404
    assert Item.objects.get(pk=milk).state == "active"
    assert zhou.post("/m/items.item/batch/burn", ids=[milk]).status_code == 404


def test_what_is_refused_of_a_batch_is_named_and_the_rest_is_done(
    chain: Chain, browse: Browse
) -> None:
    with chain.as_("zhou", "hq"):
        for code in ("T1", "T2"):
            options = [{"name": "颜色", "values": "红, 蓝"}]
            saved("items.family", code=code, name="短袖", options=options)
        saved("items.item", code="T1-1", name="短袖 红", base_unit="盒", family="T1", variant="红")
    used, free = FamilyOption.objects.order_by("family__code").values_list("pk", flat=True)

    answer = browse("zhou", "hq").post(
        "/m/items.family_option/batch/archive", ids=[str(used), str(free)]
    )

    assert answer.status_code == 422
    assert "成功 1，未成功 1" in answer.content.decode()
    assert "短袖 红" in answer.content.decode()
    assert FamilyOption.objects.get(pk=used).state == "active"
    assert FamilyOption.objects.get(pk=free).state == "archived"


def test_a_list_of_items_says_how_many_there_are_also_of_a_filter(
    chain: Chain, browse: Browse, monkeypatch: pytest.MonkeyPatch
) -> None:
    zhou = browse("zhou", "hq")
    count = Item.objects.filter(state="active").count()

    def told(**asked: str) -> str:
        page = zhou.get("/m/items.item/", **asked).content.decode()
        return page.split('id="totals"')[1].split('<span class="caps')[0]

    assert f"{count} 条" in told()
    assert "1 条" in told(q="kele")
    monkeypatch.setattr(masters, "PAGE_SIZE", 2)
    assert "data-follows" in told()
    part = zhou.client.get("/m/items.item/", headers={"X-Parts": "totals"}).content.decode()
    assert f"{count} 条" in part


def test_columns_of_items_are_chosen_and_kept_less_what_is_masked(
    chain: Chain, browse: Browse
) -> None:
    zhou = browse("zhou", "hq")

    def heads(**asked: Any) -> str:
        return zhou.get("/m/items.item/", **asked).content.decode().split("<tbody")[0]

    assert 'data-column="tax_category"' not in heads()
    assert 'data-column="tax_category"' in heads(columns=["name", "tax_category"])
    assert 'data-column="brand"' not in heads()  # as it was chosen
    assert 'data-column="tax_category"' in heads()
    zhou.get("/m/items.item/", columns=["nonsense"])
    assert 'data-column="name"' in heads()


def test_who_may_only_look_cannot_change(chain: Chain, browse: Browse) -> None:
    lin, milk = browse("lin", "north"), chain.items["milk"]

    assert lin.get(f"/m/items.item/{milk.pk}/").status_code == 200
    assert lin.get(f"/m/items.item/{milk.pk}/edit").status_code == 404
    assert lin.post(f"/m/items.item/{milk.pk}/do/archive").status_code == 404


def test_a_place_of_another_unit_is_not_there(chain: Chain, browse: Browse) -> None:
    place: Any = chain.places["south"]

    assert browse("wang", "warehouse").get(f"/m/places.place/{place.pk}/").status_code == 404


def found(browser: Browser, text: str) -> list[dict[str, str]]:
    results: list[dict[str, str]] = json.loads(browser.get("/search", q=text).content)["results"]
    return results


def test_search_finds_documents_items_pages_and_deeds(
    chain: Chain, browse: Browse, sent: UUID
) -> None:
    wang = browse("wang", "warehouse")

    by_number = found(wang, "db-w01-26")
    by_pinyin = found(wang, "xnn")
    by_title = found(wang, "调拨")

    assert [one["url"] for one in by_number] == [f"/d/stock.transfer/{sent}/"]
    assert f"/m/items.item/{chain.items['milk'].pk}/" in [one["url"] for one in by_pinyin]
    assert {"/d/stock.transfer/", "/d/stock.transfer/new"} <= {one["url"] for one in by_title}


def test_search_does_not_find_what_may_not_be_seen(
    chain: Chain, browse: Browse, sent: UUID
) -> None:
    assert found(browse("zhao", "south"), "db-w01-26") == []
    assert found(browse("lin", "north"), "期初") == []
    lin = f"/settings/people/{chain.people['lin'].pk}/"
    assert lin in [one["url"] for one in found(browse("zhou", "hq"), "lxy")]  # 林小雨
    assert lin not in [one["url"] for one in found(browse("zhao", "south"), "lxy")]


def test_what_somebody_else_changed_meanwhile_is_not_overwritten_unseen(
    chain: Chain, browse: Browse
) -> None:
    cola = chain.items["cola"]
    url = f"/m/items.item/{cola.pk}/edit"
    hers, his = browse("zhou", "hq"), browse("zhou", "hq")
    seen = version_in(hers.get(url).content.decode())
    fields = {"code": cola.code, "kind": "stocked", "base_unit": str(cola.base_unit_id)}
    his.post(url, version=seen, name="可乐（他的）", **fields)

    refused = hers.post(url, version=seen, name="可乐（她的）", **fields)

    html = refused.content.decode()
    assert refused.status_code == 422
    assert "可乐（她的）" in html  # what she typed is still there
    assert Item.objects.get(pk=cola.pk).name == "可乐（他的）"
    hers.post(url, version=version_in(html), name="可乐（她的）", **fields)  # now she knows
    assert Item.objects.get(pk=cola.pk).name == "可乐（她的）"


def version_in(html: str) -> str:
    return html.split('name="version" value="')[1].split('"')[0]


def phone_places(html: str) -> dict[str, str]:
    """Where the cells of the first row stand on a phone, with what is in them."""
    row = html[html.index("<tbody") : html.index("</tr>", html.index("<tbody"))]
    cells = re.findall(r'<td class="[^"]*" data-keep="\d"( data-at="(\w+)")?[^>]*>(.*?)</td>', row)
    return {at: re.sub(r"<[^>]+>", "", text) for _said, at, text in cells if at}


def test_no_two_columns_stand_in_one_place_of_a_phone_row(chain: Chain, browse: Browse) -> None:
    html = browse("zhou", "hq").get("/m/places.place/").content.decode()

    row = html[html.index("<tbody") : html.index("</tr>", html.index("<tbody"))]
    places = re.findall(r'data-at="(\w+)"', row)
    assert len(places) == len(set(places))
    assert phone_places(html)["title"] == chain.places["warehouse"].name


def test_a_bare_yes_or_no_is_not_on_a_phone(chain: Chain, browse: Browse) -> None:
    with chain.as_("zhou", "hq"):
        saved("till.payment_method", code="CASH", name="现金", gives_change=True)
    html = browse("zhou", "hq").get("/m/till.payment_method/").content.decode()

    shown = phone_places(html)
    assert not {"yes", "no", "是", "否"} & set(shown.values())
    assert "title" in shown


def test_a_price_without_a_day_holds_from_today(chain: Chain, browse: Browse) -> None:
    zhou, milk = browse("zhou", "hq"), chain.items["milk"]
    with chain.as_("zhou", "hq"):
        made = saved("prices.list", code="R", name="零售价", org_unit="HQ", valid_from="2026-01-01")
    form = zhou.get(f"/m/items.item/{milk.pk}/edit").content.decode()
    version = form.split('name="version" value="')[1].split('"')[0]

    answer = zhou.post(
        f"/m/items.item/{milk.pk}/edit", code=milk.code, name=milk.name, kind="stocked",
        base_unit=str(milk.base_unit_id), version=version, parts="prices",
        **{"prices.0.price_list": str(made.pk), "prices.0.price": "6.5", "prices.0.valid_from": ""},
    )  # fmt: skip

    assert answer.status_code == 302, answer.content.decode()
    row = Price.objects.get(item=milk)
    assert row.valid_from == business_date(chain.units["hq"], env.now())


def test_a_new_price_list_begins_today_and_says_what_it_needs(browse: Browse) -> None:
    form = browse("zhou", "hq").get("/m/prices.list/new").content.decode()

    assert re.search(r'name="valid_from" value="20\d\d-\d\d-\d\d"', form)
    assert 'class="label is-needed" for="name"' in form
    assert 'class="label" for="valid_until"' in form


def test_ways_of_paying_stand_in_the_order_that_people_gave_them(
    chain: Chain, browse: Browse, monkeypatch: pytest.MonkeyPatch
) -> None:
    for code, name, sort_order in (("A", "支付宝", 3), ("B", "微信", 1), ("C", "现金", 2)):
        PaymentMethod.objects.create(code=code, name=name, position=sort_order)
    owner = browse("zhou", "hq")

    whole = owner.get("/m/till.payment_method/").content.decode()
    monkeypatch.setattr(masters, "PAGE_SIZE", 2)
    first = owner.get("/m/till.payment_method/").content.decode()
    after = re.search(r"after=([^\"&]+)", first)
    assert after is not None
    second = owner.get("/m/till.payment_method/", after=unquote(after[1])).content.decode()
    forged = _encode(["no number", "A", str(chain.items["milk"].pk)])
    beginning = owner.get("/m/till.payment_method/", after=forged).content.decode()

    assert whole.index("微信") < whole.index("现金") < whole.index("支付宝")
    assert [name in first for name in ("微信", "现金", "支付宝")] == [True, True, False]
    assert [name in second for name in ("微信", "现金", "支付宝")] == [False, False, True]
    assert "微信" in beginning


def test_what_stands_between_two_things_is_called_by_both(chain: Chain, browse: Browse) -> None:
    with chain.as_("zhou", "hq"):
        row = saved(
            "items.item_at_unit", item=str(chain.items["cola"].pk), org_unit="S01",
            valid_from="2026-11-21",
        )  # fmt: skip
    html = browse("zhou", "hq").get(f"/m/items.item_at_unit/{row.pk}/").content.decode()

    assert re.search(r"<h1[^>]*>\s*可口可乐 500 mL · 北门店", html)
    assert 'href="/m/items.item_at_unit/"' in html  # its tab
    assert 'href="/m/items.supplier_item/"' in html


def test_a_rate_is_read_and_written_in_percent(chain: Chain, browse: Browse) -> None:
    with chain.as_("zhou", "hq"):
        saved("taxes.category", code="G", name="一般货物")
        row = saved("taxes.rate", category="G", rate="0.0038", valid_from="2019-04-01")
    hq = chain.units["hq"]
    with env.frozen(NOON + timedelta(hours=1)), acting(chain.people["zhou"], hq):
        run("taxes.rate.save", row.pk, {"rate": "13%"})
    zhou = browse("zhou", "hq")

    assert "13%" in zhou.get("/m/taxes.rate/").content.decode()
    assert 'value="13%"' in zhou.get(f"/m/taxes.rate/{row.pk}/edit").content.decode()
    assert "0.38% → 13%" in zhou.get(f"/m/taxes.rate/{row.pk}/").content.decode()


def test_who_types_a_whole_code_is_offered_its_row_first(chain: Chain, browse: Browse) -> None:
    with system(reason="the cast of the tests"):
        for n in range(3):
            unit = OrgUnit(
                parent=chain.units["north"], kind="till", code=f"S01-{n}", name=f"{n} 号机"
            )
            unit.entity = chain.units["north"].entity
            unit.save()
    found = browse("zhou", "hq").get("/pick/org.orgunit", q="s01").json()["results"]

    assert [one["code"] for one in found] == ["S01", "S01-0", "S01-1", "S01-2"]


# -- who may write, and may not see ----------------------------------------------------------------


@pytest.fixture
def blind(chain: Chain, browse: Browse) -> Browser:
    """Wang, who keeps parties and items, and sees neither personal data nor costs."""
    with system(reason="set the stage"):
        Grant.objects.filter(person=chain.people["wang"]).delete()
        keeps = {"parties.*": None, "items.*": None}
        Grant.objects.create(
            person=chain.people["wang"], role=make_role("keeper", "商品资料", keeps),
            unit=chain.units["hq"],
        )  # fmt: skip
    return browse("wang", "hq")


def test_a_contact_whose_name_is_masked_is_opened_and_put_away(
    chain: Chain, blind: Browser
) -> None:
    with chain.as_("zhou", "hq"):
        dairy = saved("parties.party", code="V01", name="华东乳业", is_supplier=True)
        contact = saved("parties.contact", party=dairy, name="陈密探", phone="13800001234")
    at = f"/m/parties.contact/{contact.pk}/"

    seen = [
        blind.get(url)
        for url in (
            f"/m/parties.party/{dairy.pk}/",
            at,
            f"{at}edit",
            f"/m/parties.party/{dairy.pk}/edit",
        )
    ]
    put_away = blind.post(f"{at}do/archive")

    assert [answer.status_code for answer in seen] == [200, 200, 200, 200]
    assert "华东乳业" in seen[1].content.decode()
    assert all(b"13800001234" not in a.content and "密探" not in a.content.decode() for a in seen)
    assert put_away.status_code == 302
    contact.refresh_from_db()
    assert contact.state == "archived"


def test_what_suppliers_ask_is_exported_without_the_price(chain: Chain, blind: Browser) -> None:
    with chain.as_("zhou", "hq"):
        dairy = saved("parties.party", code="V01", name="华东乳业", is_supplier=True)
        milk = saved("items.supplier_item", supplier=dairy, item=chain.items["milk"])
        saved("items.supplier_price", supplier_item=milk, price="7193.73", valid_from="2026-11-21")

    sheet = blind.get("/files/export/items.supplier_price", format="csv")

    assert sheet.status_code == 200
    said = b"".join(sheet.streaming_content).decode() if sheet.streaming else sheet.content.decode()
    assert "2026-11-21" in said
    assert "7193" not in said


def test_a_supplier_s_field_offers_suppliers_alone(chain: Chain, browse: Browse) -> None:
    with chain.as_("zhou", "hq"):
        saved("parties.party", code="V01", name="华东乳业", is_supplier=True)
        saved("parties.party", code="K01", name="江畔大酒店", is_customer=True)
    zhou = browse("zhou", "hq")

    def offered(address: str) -> list[str]:
        return [one["title"] for one in zhou.get(address).json()["results"]]

    assert offered("/pick/parties.party?as=supplier") == ["华东乳业"]
    assert offered("/pick/parties.party?as=customer") == ["江畔大酒店"]
    assert len(offered("/pick/parties.party")) == 2
    assert "/pick/parties.party?as=supplier" in zhou.get("/d/purchasing.order/new").content.decode()


def test_days_of_the_week_are_ticked_and_stay_so_where_something_else_is_wrong(
    chain: Chain, browse: Browse
) -> None:
    answer = browse("zhou", "hq").post(
        "/m/membership.earn_rule/new", **{"weekdays:": "", "weekdays:7": "7", "weekdays:6": "6"}
    )

    html = answer.content.decode()
    assert 'name="weekdays:6" value="6" checked> 周六' in html
    assert 'name="weekdays:5" value="5"> 周五' in html


def test_a_category_that_is_missed_is_made_where_it_is_looked_for(
    chain: Chain, browse: Browse
) -> None:
    zhou, lin = browse("zhou", "hq"), browse("lin", "north")
    found = json.loads(zhou.get("/pick/items.itemcategory", q="茶叶").content)
    made = zhou.post(found["make_url"], q="茶叶")
    again = json.loads(zhou.get("/pick/items.itemcategory", q="茶叶").content)
    empty = zhou.post(found["make_url"], q=" ")

    assert found["results"] == []
    assert json.loads(made.content)["title"] == "茶叶"
    assert [one["id"] for one in again["results"]] == [json.loads(made.content)["id"]]
    assert empty.status_code == 422
    assert json.loads(empty.content)["detail"]
    assert "make_url" not in json.loads(zhou.get("/pick/parties.party", q="x").content)
    assert zhou.post("/pick/parties.party/make", q="x").status_code == 404
    assert "make_url" not in lin.get("/pick/items.itemcategory", q="茶叶").content.decode()
    assert lin.post("/pick/items.itemcategory/make", q="红茶").status_code == 404
