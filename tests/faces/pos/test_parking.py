"""Baskets that wait, are taken up elsewhere, let go or made smaller before they are paid."""

from collections.abc import Callable
from decimal import Decimal
from io import BytesIO
from zipfile import ZipFile

import pytest

from tests.chain import NOON, Chain
from tests.faces.pos.conftest import Machine
from tests.faces.pos.test_asking import line
from tongpan.base import env
from tongpan.business.till.models import ParkedSale, TakenOff
from tongpan.kernel.documents.models import History
from tongpan.kernel.org.models import OrgUnit
from tongpan.kernel.org.scope import system
from tongpan.masters.items.rules.barcodes import check_digit
from tongpan.masters.prices.models import Price

AtTill = Callable[..., Machine]


@pytest.fixture
def second(chain: Chain) -> None:
    """A second till in North, and one in South."""
    with system(reason="the cast of the tests"), env.frozen(NOON):
        for name, store, code in (("till 2", "north", "S01-2"), ("far", "south", "S02-1")):
            there = chain.units[store]
            till = OrgUnit(parent=there, kind="till", code=code, name=f"{code} 号机",
                           entity=there.entity)  # fmt: skip
            till.save()
            chain.units[name] = till


def parked_at(machine: Machine, **more: object) -> str:
    milk = machine.ask("scan", q="10001")["line"]
    basket = [line(milk, "2", name=milk["name"])]
    pk = str(env.new_id())
    machine.tell("park", id=pk, label="红衣服", basket=basket, **more)
    return pk


@pytest.mark.usefixtures("second")
def test_a_basket_is_taken_up_once_at_any_till_of_the_store_with_its_member(
    chain: Chain, at_the_till: AtTill
) -> None:
    here, there = at_the_till("lin"), at_the_till("chen", "till 2")
    member = str(env.new_id())
    parked = parked_at(here, member=member)

    row = there.ask("parked")["parked"][0]
    taken = there.tell("recall", id=parked, request=env.new_id())
    late = here.tell("recall", id=parked, request=env.new_id())["refused"]

    assert (row["member"], row["till"], row["by"]) == (member, "1 号机", "林小雨")
    assert taken["parked"] == []
    assert late["code"] == "taken_up_already"
    assert "陈店长" in late["detail"]
    assert "S01-2 号机" in late["detail"]


@pytest.mark.usefixtures("second")
def test_another_store_neither_sees_nor_takes_a_parked_basket(
    chain: Chain, at_the_till: AtTill
) -> None:
    parked = parked_at(at_the_till("lin"))
    far = at_the_till("zhou", "far")

    assert far.ask("parked")["parked"] == []
    no = far.tell("recall", id=parked, request=env.new_id())["refused"]
    assert no["code"] == "not_found"
    assert ParkedSale.unscoped.count() == 1


def test_a_basket_looked_at_again_is_priced_as_of_now(chain: Chain, at_the_till: AtTill) -> None:
    machine = at_the_till("lin")
    milk = machine.ask("scan", q="10001")["line"]
    label = machine.ask("scan", q="200003100368" + check_digit("200003100368"))["line"]
    Price.objects.filter(item=chain.items["milk"]).update(price=Decimal("9.90"))
    cola = machine.ask("scan", q="6901234510016")["line"]
    Price.objects.filter(item=chain.items["cola"]).update(state="archived")

    again = machine.tell("look-again", lines=[line(milk), line(label, is_label=True), line(cola)])[
        "lines"
    ]

    assert again[0]["line"]["price"] == "9.9"
    assert (again[1]["line"]["quantity"], again[1]["line"]["is_label"]) == ("0.368", True)
    assert again[2]["stopped"]["message"]
    assert machine.tell("look-again", lines=[]) == {"lines": []}
    nobody = {"item": env.new_id(), "unit": env.new_id()}
    assert machine.tell("look-again", lines=[nobody])["refused"]["code"] == "not_found"


def test_what_leaves_a_basket_is_written_down_once_and_a_manager_reads_it(
    chain: Chain, at_the_till: AtTill
) -> None:
    machine = at_the_till("lin")
    milk = machine.ask("scan", q="10001")["line"]
    said = {
        "id": env.new_id(), "basket": env.new_id(), "kind": "basket", "reason": "钱不够",
        "lines": [line(milk, "2", unit_name="盒")],
    }  # fmt: skip
    first, again = machine.tell("taken-off", **said), machine.tell("taken-off", **said)
    empty = machine.tell("taken-off", **said | {"id": env.new_id(), "lines": []})["refused"]
    parked_at(machine)

    manager = at_the_till("zhou").client
    page = manager.get("/sales/taken-off/?all=1").content.decode()
    old = manager.get("/sales/taken-off/?on_to=2020-01-01").content.decode()
    sheet = manager.get("/sales/taken-off/?all=1&as=sheet")
    waiting = manager.get("/sales/parked/").content.decode()

    kept = TakenOff.unscoped.get()
    assert (first["kept"], again["kept"]) == (True, False)
    assert empty["problems"][0]["code"] == "nothing_taken_off"
    assert (kept.amount, kept.reason, kept.kind) == (Decimal("25.80"), "钱不够", "basket")
    assert History.objects.get(action="till.sale.take_off").note == "钱不够"
    assert "鲜牛奶 950 mL × 2 盒" in page
    assert "25.80" in page
    assert "林小雨" in page
    assert "林小雨" not in old
    assert "钱不够" in ZipFile(BytesIO(sheet.content)).read("xl/worksheets/sheet1.xml").decode()
    assert "红衣服" in waiting
    assert at_the_till("lin").client.get("/sales/taken-off/").status_code == 404


def test_what_was_taken_off_the_whole_and_the_coupons_are_kept_as_they_were_chosen(
    at_the_till: AtTill,
) -> None:
    machine = at_the_till("lin")
    off = {"how": "percent", "value": "20", "reason": "老顾客", "by": "陈店长"}
    coupons = [{"code": "Q0000000000000", "name": "满减券"}]
    parked_at(machine, off=off, coupons=coupons, total="20.64")

    (row,) = machine.ask("parked")["parked"]

    assert row["off"] == {"how": "percent", "value": "20", "reason": "老顾客"}
    assert row["coupons"] == coupons
    assert row["total"] == "¥20.64"  # as the customer was told


def test_the_till_learns_which_discounts_somebody_must_give_before_it_is_paid(
    at_the_till: AtTill,
) -> None:
    machine = at_the_till("lin")
    milk = line(machine.ask("scan", q="10001")["line"])
    off = {"how": "percent", "value": "20", "reason": "老顾客"}

    told = machine.tell("price", lines=[milk | {"off": off}], off=off, needs=True)
    plain = machine.tell("price", lines=[milk], needs=True)

    assert [n["path"] for n in told["needs"]] == ["lines.1.off", "off"]
    assert plain["needs"] == []
