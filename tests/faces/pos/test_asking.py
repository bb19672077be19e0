"""What the till's screen asks and is told: scans, sales, parked baskets, slips, returns."""

from collections.abc import Callable
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests.chain import Chain
from tests.faces.pos.conftest import PIN, Machine
from tongpan.base import env
from tongpan.business.till.models import PaymentMethod, Sale
from tongpan.engines.prints.models import PrintTemplate
from tongpan.kernel.documents.gate import run
from tongpan.kernel.documents.models import Document, History
from tongpan.kernel.org.models import OrgUnit, RoleAction
from tongpan.masters.items.rules.barcodes import check_digit

AtTill = Callable[..., Machine]
STATEMENTS_MAX = 16


def line(found: dict[str, Any], quantity: str = "1", **more: Any) -> dict[str, Any]:
    names = ("item", "unit", "price", "barcode")
    return {n: found.get(n, "") for n in names} | {"quantity": quantity} | more


def sell(machine: Machine, lines: list[dict[str, Any]], amount: str, **more: Any) -> Any:
    paid = [{"method": "CASH", "amount": amount, "tendered": more.pop("tendered", amount)}]
    body = {"id": env.new_id(), "lines": lines, "payments": paid} | more
    return machine.tell("sell", **body)


# -- which till ----------------------------------------------------------------------------------


def test_a_machine_is_asked_once_which_till_it_is(chain: Chain, at_the_till: AtTill) -> None:
    machine = at_the_till("lin", None)

    before = machine.client.get("/till/")
    page = machine.client.get("/till/choose/").content.decode()
    machine.client.post("/till/choose/", {"till": str(chain.units["till"].pk)})
    after = machine.client.get("/till/")

    assert before.headers["Location"] == "/till/choose/"
    assert "1 号机" in page
    assert after.status_code == 200


def test_the_till_offers_the_commonest_way_of_paying_first(
    chain: Chain, at_the_till: AtTill
) -> None:
    PaymentMethod.objects.filter(code="WECHAT").update(position=1)

    page = at_the_till("lin").client.get("/till/").content.decode()

    assert page.index('"WECHAT"') < page.index('"CASH"') < page.index('"WALLET"')


def test_who_may_not_sell_there_is_at_no_till(chain: Chain, at_the_till: AtTill) -> None:
    stranger = at_the_till("wang")
    of_south = at_the_till("zhao")

    assert stranger.client.get("/till/").status_code == 404
    assert of_south.client.get("/till/").headers["Location"] == "/till/choose/"
    assert of_south.ask("scan", q="10001")["refused"]["code"] == "not_at_a_till"


def test_a_cookie_made_up_by_somebody_is_no_till(chain: Chain, at_the_till: AtTill) -> None:
    machine = at_the_till("lin", None)
    machine.client.cookies["till"] = str(chain.units["till"].pk)

    assert machine.ask("scan", q="10001")["refused"]["code"] == "not_at_a_till"


def test_another_clerk_takes_over_with_a_pin(chain: Chain, at_the_till: AtTill) -> None:
    machine = at_the_till("lin")

    wrong = machine.tell("clerk", code="chen", pin="000000")
    right = machine.tell("clerk", code="chen", pin=PIN)
    page = machine.client.get("/till/").content.decode()

    assert wrong["refused"]["code"] == "sign_in_refused"
    assert right["name"] == "陈店长"
    assert "陈店长" in page


# -- scanning ------------------------------------------------------------------------------------


def test_a_barcode_answers_with_all_that_a_line_needs(at_the_till: AtTill) -> None:
    found = at_the_till("lin").ask("scan", q="6901234510016")["line"]

    assert found["name"] == "可口可乐 500 mL"
    assert (found["unit_name"], found["price"], found["rate"]) == ("瓶", "3.5", "0.13")
    assert found["stock"] == "48"
    assert [(u["unit_name"], u["price"]) for u in found["units"]] == [("瓶", "3.5"), ("箱", "84")]


@pytest.mark.parametrize("text", ["10001", "xnn", "鲜牛奶", "6901234500017\r"])
def test_an_item_is_found_by_code_initials_name_and_barcode(at_the_till: AtTill, text: str) -> None:
    assert at_the_till("lin").ask("scan", q=text)["line"]["code"] == "10001"


def test_several_items_are_offered_to_choose_from(at_the_till: AtTill) -> None:
    found = at_the_till("lin").ask("scan", q="1000")["found"]

    assert len(found) > 1


def test_a_label_of_the_scales_says_how_much(at_the_till: AtTill) -> None:
    digits = "200003100368"
    found = at_the_till("lin").ask("scan", q=digits + check_digit(digits))["line"]

    assert (found["quantity"], found["unit_name"], found["is_label"]) == ("0.368", "kg", True)


def test_a_label_with_a_price_is_sold_at_that_price(at_the_till: AtTill) -> None:
    machine = at_the_till("lin")
    digits = "210003100437"  # 4.37 for apples at 11.96
    found = machine.ask("scan", q=digits + check_digit(digits))["line"]

    sold = sell(machine, [line(found, found["quantity"])], "4.37")

    assert Decimal(sold["slip"]["total"]) == Decimal("4.37")


def test_an_unknown_code_is_told_with_the_code(at_the_till: AtTill) -> None:
    told = at_the_till("lin").ask("scan", q="6909999999993")

    assert told["unknown"]["code"] == "6909999999993"


def test_a_name_that_nothing_has_is_not_called_a_barcode(at_the_till: AtTill) -> None:
    told = at_the_till("lin").ask("scan", q="绿茶饼")["unknown"]

    assert (told["code"], told["is_searched"]) == ("绿茶饼", True)
    assert "编码、品名或拼音首字母" in told["message"]


def test_what_has_no_price_is_known_and_not_sold(at_the_till: AtTill) -> None:
    assert at_the_till("lin").ask("scan", q="10005")["stopped"]["code"] == "10005"


def test_what_the_store_does_not_sell_is_known_and_not_taken_up(
    chain: Chain, at_the_till: AtTill
) -> None:
    with chain.as_("zhou", "hq"):
        payload = {
            "item": chain.items["milk"], "org_unit": chain.units["north"],
            "valid_from": "2026-11-01", "is_sellable": False,
        }  # fmt: skip
        run("items.item_at_unit.save", payload=payload)

    told = at_the_till("lin").ask("scan", q="10001")

    assert told["stopped"]["code"] == "10001"
    assert "鲜牛奶" in told["stopped"]["message"]


def test_a_scan_costs_few_statements(at_the_till: AtTill) -> None:
    machine = at_the_till("lin")
    machine.ask("scan", q="6901234500017")

    with CaptureQueriesContext(connection) as asked:
        machine.ask("scan", q="6901234500017")

    assert len(asked) <= STATEMENTS_MAX


# -- selling -------------------------------------------------------------------------------------


def test_a_sale_answers_with_number_and_change(at_the_till: AtTill) -> None:
    machine = at_the_till("lin")
    milk = machine.ask("scan", q="10001")["line"]

    sold = sell(machine, [line(milk, "2")], "25.80", tendered="50")

    assert sold["slip"]["number"].startswith("LS-S01-1-")
    assert Decimal(sold["slip"]["change"]) == Decimal("24.20")


def test_a_sale_costs_few_statements_on_its_way_through_the_door(at_the_till: AtTill) -> None:
    machine = at_the_till("lin")
    milk = machine.ask("scan", q="10001")["line"]
    sell(machine, [line(milk, "1")], "12.90")

    with CaptureQueriesContext(connection) as asked:
        sell(machine, [line(milk, "2")], "25.80")

    # session, person, what they hold, till; begin, read, write, post; and the test's transaction
    assert len(asked) <= 10


def test_a_sale_sent_twice_is_one_sale(at_the_till: AtTill) -> None:
    machine = at_the_till("lin")
    milk = machine.ask("scan", q="10001")["line"]
    sale = env.new_id()

    first = sell(machine, [line(milk)], "12.90", id=sale)
    again = sell(machine, [line(milk)], "12.90", id=sale)

    assert (first["is_repeat"], again["is_repeat"]) == (False, True)
    assert first["slip"] == again["slip"]
    assert Sale.unscoped.count() == 1


def test_a_short_line_is_named_with_what_is_there(at_the_till: AtTill) -> None:
    machine = at_the_till("lin")
    milk = machine.ask("scan", q="10001")["line"]

    no = sell(machine, [line(milk, "11")], "141.90")["refused"]

    short = no["problems"][0]
    assert (short["path"], short["code"], short["has"]) == ("lines.1.quantity", "short", "10")
    assert "鲜牛奶 950 mL" in short["message"]


def test_a_changed_price_is_refused_with_the_new_one(at_the_till: AtTill) -> None:
    machine = at_the_till("lin")
    milk = machine.ask("scan", q="10001")["line"]

    no = sell(machine, [line(milk, price="11.90")], "11.90")["refused"]

    assert (no["problems"][0]["code"], no["problems"][0]["price"]) == ("price_differs", "12.9")


def test_a_manager_lets_one_price_pass_and_no_other(chain: Chain, at_the_till: AtTill) -> None:
    machine = at_the_till("lin")
    milk, cola = (machine.ask("scan", q=code)["line"] for code in ("10001", "10003"))
    sale = env.new_id()
    leave = {"sale": sale, "item": milk["item"], "unit": milk["unit"], "price": "9.90"}
    let = machine.tell("authorise", code="chen", pin=PIN, **leave)

    sneaky = [line(milk, price="9.90"), line(cola, price="0.10")]
    no = sell(machine, sneaky, "10.00", id=sale)
    yes = sell(machine, [line(milk, price="9.90"), line(cola)], "13.40", id=sale)

    assert let["by"] == "陈店长"
    assert no["refused"]["problems"][0]["code"] == "price_differs"
    assert Decimal(yes["slip"]["total"]) == Decimal("13.40")
    row = History.objects.get(subject=sale, action="till.sale.ring_up")
    assert row.authorised_by == chain.people["chen"].pk


def test_nobody_authorises_themselves(at_the_till: AtTill) -> None:
    machine = at_the_till("lin")
    milk = machine.ask("scan", q="10001")["line"]
    leave = {"sale": env.new_id(), "item": milk["item"], "unit": milk["unit"], "price": "1"}

    assert "refused" in machine.tell("authorise", code="lin", pin=PIN, **leave)


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"id": "x"},
        {"id": "0192f0c0-0000-7000-8000-000000000001", "lines": 7},
        {"id": "0192f0c0-0000-7000-8000-000000000001", "lines": [{"item": 1}], "payments": []},
        {
            "id": "0192f0c0-0000-7000-8000-000000000001",
            "lines": [],
            "payments": [{"amount": "NaN"}],
        },
    ],
)
def test_what_is_no_sale_is_refused_in_words(at_the_till: AtTill, body: dict[str, Any]) -> None:
    assert at_the_till("lin").tell("sell", **body)["refused"]["detail"]


# -- parked, slips, returns ----------------------------------------------------------------------


def test_a_parked_basket_is_listed_with_its_sum_and_taken_up(at_the_till: AtTill) -> None:
    machine = at_the_till("lin")
    milk = machine.ask("scan", q="10001")["line"]
    parked = machine.tell("park", id=env.new_id(), label="红衣服", basket=[line(milk, "2")])

    row = parked["parked"][0]
    left = machine.tell("recall", id=row["id"], request=env.new_id())

    assert (row["label"], row["total"]) == ("红衣服", "¥25.80")
    assert left["parked"] == []


def test_the_slips_and_takings_of_today(at_the_till: AtTill) -> None:
    machine = at_the_till("lin")
    milk = machine.ask("scan", q="10001")["line"]
    sold = sell(machine, [line(milk, "2")], "25.80")["slip"]
    sale = machine.ask("slip", number=sold["number"])["sale"]
    machine.tell(
        "return", id=env.new_id(), sale=sale["id"],
        lines=[{"sold": sale["lines"][0]["sold"], "quantity": "1"}],
        payments=[{"method": "CASH", "amount": "12.90"}], reason="变质",
    )  # fmt: skip

    slips = machine.ask("today")["slips"]
    takings = machine.ask("takings")

    assert [(s["is_return"], s["total"]) for s in slips] == [(True, "−12.90"), (False, "25.80")]
    assert [(r["method"], r["left"]) for r in takings["rows"]] == [
        ("现金", "12.90"),
    ]
    assert (takings["sales"], takings["returns"], takings["left"]) == (1, 1, "¥12.90")


def test_somebody_who_may_lets_money_go_back_in_another_way(
    chain: Chain, at_the_till: AtTill
) -> None:
    role = chain.people["chen"].grants.get().role
    RoleAction.objects.create(role=role, code="till.return.pay_back_otherwise")
    machine = at_the_till("lin")
    milk = machine.ask("scan", q="10001")["line"]
    sold = sell(machine, [line(milk, "2")], "25.80")["slip"]
    sale = machine.ask("slip", number=sold["number"])["sale"]
    back = {
        "id": env.new_id(), "sale": sale["id"],
        "lines": [{"sold": sale["lines"][0]["sold"], "quantity": "1"}],
        "payments": [{"method": "WECHAT", "amount": "12.90"}],
    }  # fmt: skip

    asked = machine.tell("return", **back)["refused"]
    back["answers"] = ["paid_another_way"]
    alone = machine.tell("return", **back)["refused"]
    wrong = machine.tell("return", **back, by={"code": "chen", "pin": "000000"})["refused"]
    done = machine.tell("return", **back, by={"code": "chen", "pin": PIN})

    assert (asked["code"], asked["is_question"]) == ("paid_another_way", True)
    assert asked["problems"][0]["code"] == "way_not_used"
    assert "微信支付" in asked["problems"][0]["message"]
    assert (alone["code"], alone["is_question"]) == ("not_yours", False)
    assert wrong["code"] == "sign_in_refused"
    assert done["slip"]["total"] == "12.9"
    kept = History.objects.get(subject=done["slip"]["id"], action="till.return.take_back")
    assert kept.authorised_by == chain.people["chen"].pk


def test_what_came_back_cannot_come_back_again(at_the_till: AtTill) -> None:
    machine = at_the_till("lin")
    milk = machine.ask("scan", q="10001")["line"]
    sold = sell(machine, [line(milk, "2")], "25.80")["slip"]
    sale = machine.ask("slip", number=f" {sold['number'].lower()} ")["sale"]
    back = {
        "sale": sale["id"],
        "lines": [{"sold": sale["lines"][0]["sold"], "quantity": "2"}],
        "payments": [{"method": "CASH", "amount": "25.80"}],
    }
    machine.tell("return", id=env.new_id(), **back)

    again = machine.tell("return", id=env.new_id(), **back)

    assert machine.ask("slip", number=sold["number"])["sale"]["lines"][0]["before"] == "2"
    assert again["refused"]["problems"][0]["code"] == "too_much_back"


def test_a_slip_says_what_was_sold_and_which_print_it_is(at_the_till: AtTill) -> None:
    machine = at_the_till("lin")
    milk = machine.ask("scan", q="10001")["line"]
    sold = sell(machine, [line(milk, "2")], "25.80", tendered="50")["slip"]
    token = Sale.unscoped.values_list("invoice_token", flat=True).get()

    first = machine.tell(f"slip/{sold['id']}/print")["html"]
    again = machine.tell(f"slip/{sold['id']}/print")["html"]
    look = machine.client.get(f"/till/slip/{sold['id']}/").content.decode()

    top = OrgUnit.objects.get(parent=None)
    PrintTemplate.objects.create(
        kind="till.sale", unit=top, name="小票", paper="80", head="电话 0755-1",
        foot="谢谢惠顾 {{ document.total }}{% for one in lines %} {{ one.item }}{% endfor %}",
    )  # fmt: skip
    wanted = machine.tell(f"slip/{sold['id']}/print?look")["html"]

    assert "电话 0755-1" in wanted
    assert "谢谢惠顾 ¥25.80 鲜牛奶 950 mL" in wanted
    assert "谢谢惠顾" not in first
    assert "鲜牛奶 950 mL" in first
    assert "24.20" in first
    assert token in first
    assert "重印" not in first
    assert "重印 2" in again
    assert "重印" not in look


def test_the_page_of_a_sale_says_how_it_was_paid_and_its_amount_once(
    at_the_till: AtTill,
) -> None:
    milk = at_the_till("lin").ask("scan", q="10001")["line"]
    both = [{"method": "CASH", "amount": "2.90", "tendered": "2.90"},
            {"method": "WECHAT", "amount": "10.00", "tendered": "10.00"}]  # fmt: skip
    sold = at_the_till("lin").tell("sell", id=env.new_id(), lines=[line(milk)], payments=both)

    address = f"/d/till.sale/{sold['slip']['id']}/"
    page = at_the_till("zhou").client.get(address).content.decode()

    facts = page[page.index('class="facts') : page.index("<table")]
    assert ("现金" in facts, "¥2.90" in facts) == (True, True)
    assert ("微信支付" in facts, "¥10.00" in facts) == (True, True)
    assert "<dt>金额</dt>" not in facts  # the total says it


def test_the_list_of_sales_says_when_each_was_rung_up_on_the_clock_of_the_company(
    chain: Chain, at_the_till: AtTill
) -> None:
    milk = at_the_till("lin").ask("scan", q="10001")["line"]
    sold = sell(at_the_till("lin"), [line(milk)], "12.90")["slip"]
    at = Document.unscoped.get(pk=sold["id"]).posted_at
    assert at is not None

    def listed() -> str:
        page = at_the_till("zhou").client.get("/d/till.sale/").content.decode()
        return page[page.index("<tbody") : page.index("</tbody>")]

    in_shanghai = listed()
    chain.units["hq"].__class__.objects.update(time_zone="Asia/Urumqi")
    in_urumqi = listed()

    assert f'<span class="after">{at.astimezone(ZoneInfo("Asia/Shanghai")):%H:%M}<' in in_shanghai
    assert f'<span class="after">{at.astimezone(ZoneInfo("Asia/Urumqi")):%H:%M}<' in in_urumqi


def test_another_store_takes_goods_of_a_slip_back_but_does_not_print_it(
    chain: Chain, at_the_till: AtTill
) -> None:
    machine = at_the_till("lin")
    milk = machine.ask("scan", q="10001")["line"]
    sold = sell(machine, [line(milk)], "12.90")["slip"]
    chain.units["till"].parent = None  # only in this test's hand
    other = type(chain.units["till"])(
        parent=chain.units["south"], kind="till", code="S02-1", name="1 号机",
        entity=chain.units["south"].entity,
    )  # fmt: skip
    other.save()
    chain.units["other"] = other

    elsewhere = at_the_till("zhou", "other")

    assert elsewhere.ask("slip", number=sold["number"])["sale"]["store"] == "北门店"
    assert elsewhere.tell(f"slip/{sold['id']}/print")["refused"]["code"] == "not_found"
