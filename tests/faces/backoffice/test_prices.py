"""The price page of an item, and labels for what changes."""

import re
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from django.http import HttpResponse
from django.test import Client

from tests.chain import NOON
from tests.engines.prints.test_labels import from_pdf, from_zpl, read
from tests.faces.backoffice.conftest import text_of
from tongpan.base import env
from tongpan.base.refusals import Refusal
from tongpan.engines.printers.models import Printer, PrintJob
from tongpan.engines.prints.labels import Label
from tongpan.faces.backoffice import labels as page
from tongpan.kernel.documents.gate import run
from tongpan.kernel.org.models import OrgUnit, RoleAction
from tongpan.kernel.org.scope import system
from tongpan.masters.items.models import Barcode
from tongpan.masters.prices.models import Price, PriceList

CODE = "6901234567892"


@pytest.fixture
def change(chain: Any) -> str:
    """From tomorrow, 22 November, milk costs 9.90; for members it is 9.50 already."""
    milk = chain.items["milk"]
    with chain.as_("zhou", "hq"):
        listed = PriceList.objects.get(holds_for="everybody", org_unit=chain.units["hq"])
        if not Price.objects.filter(item=milk, price_list=listed).exists():
            Price.objects.create(price_list=listed, item=milk, unit=milk.base_unit,
                                 price=Decimal("12.90"), valid_from=date(2026, 1, 1))  # fmt: skip
        Barcode.objects.create(item=milk, unit=milk.base_unit, code=CODE, kind="gtin")
        run("prices.level.save", payload={
            "price_list": listed, "item": milk, "buyer": "members", "price": "9.50",
            "valid_from": "2026-11-01",
        })  # fmt: skip
        draft = run("prices.change.save", payload={
            "header": {"price_list": listed, "begins_on": "2026-11-22"},
            "lines": [{"item": milk, "new_price": "9.90"}],
        }).subject  # fmt: skip
        run("prices.change.post", draft)
    return str(draft)


def ticked(client: Client, url: str) -> str:
    """The key of the only row."""
    html = text_of(client, url)
    (key,) = set(re.findall(r'data-id="([^"]+)"', html))
    return key


def test_every_store_s_price_and_the_next_open_to_what_made_them(
    chain: Any, browse: Any, change: str
) -> None:
    html = text_of(browse("zhou", "hq"), f"/m/items.item/{chain.items['milk'].pk}/prices/")

    assert f'href="/d/prices.change/{change}/"' in html
    assert all(text in html for text in ("12.90", "9.90", "9.50", "2026-11-22"))
    assert chain.units["north"].name in html


def test_a_change_that_begins_at_an_item_has_it_on_its_first_line(
    chain: Any, browse: Any, change: str
) -> None:
    milk, zhou = chain.items["milk"], browse("zhou", "hq")
    url = f"/d/prices.change/new?lines.0.item={milk.pk}"

    assert url in zhou.get(f"/m/items.item/{milk.pk}/prices/").content.decode()
    assert f'name="lines.0.item" value="{milk.pk}"' in zhou.get(url).content.decode()
    posted = zhou.get(f"/d/prices.change/{change}/").content.decode()
    assert "这种单据不动库存，也不动资金。" in posted


def test_who_may_not_see_costs_sees_no_margin(chain: Any, browse: Any, change: str) -> None:
    role = chain.people["lin"].grants.get().role
    with system(reason="the cast of the tests"):
        for code in ("prices.price.view", "items.item.view"):
            RoleAction.objects.get_or_create(role=role, code=code)
    url = f"/m/items.item/{chain.items['milk'].pk}/prices/"

    assert "毛利" in text_of(browse("zhou", "hq"), url)
    assert "毛利" not in text_of(browse("lin", "north"), url)
    sheet = browse("lin", "north").get(f"{url}export")
    assert sheet["Content-Type"].endswith("spreadsheetml.sheet")


def test_labels_for_what_changes_tomorrow_are_a_pdf_that_reads_again(
    chain: Any, browse: Any, change: str
) -> None:
    zhou = browse("zhou", "north")
    with env.frozen(NOON):
        key = ticked(zhou, "/labels/")
    by_change = ticked(zhou, f"/labels/?change={change}")

    answer = zhou.post("/labels/print?size=70x38", {"ids": [key], "copies": ["", "2"]})

    assert key == by_change
    assert key.endswith(".2026-11-22.00:00")
    assert answer["Content-Type"] == "application/pdf"
    assert answer.content.count(b"/Type /Page /Parent") == 2
    assert read(from_pdf(answer.content)) == [("EAN13", CODE)]


def test_a_company_writes_down_its_own_label_formats_and_labels_say_where_goods_come_from(
    chain: Any, browse: Any, change: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    size = {"code": "R45", "name": "小卷", "width": 45, "height": 32, "shows_code": False}
    with chain.as_("zhou", "hq"):
        with pytest.raises(Refusal) as why:
            run("prints.label_format.save", payload=size | {"width": 500})
        run("prints.label_format.save", payload=size)
        run("items.item.save", chain.items["milk"].pk, {"origin": "内蒙古"})
    zhou = browse("zhou", "north")
    key = ticked(zhou, "/labels/?day=2026-11-22")

    answer = zhou.post("/labels/print?size=R45", {"ids": [key]})

    assert why.value.problems[0]["code"] == "label_measure"
    assert "小卷 45 × 32 mm" in text_of(zhou, "/labels/?size=R45")
    assert b"/MediaBox [0 0 127.56 90.71]" in answer.content
    assert read(from_pdf(answer.content)) == [("EAN13", CODE)]
    made: list[Label] = []
    monkeypatch.setattr(
        page,
        "as_pdf",
        lambda these, size, *, is_sheet: HttpResponse(made.extend(n for n, _copies in these)),
    )
    zhou.post("/labels/print", {"ids": [key]})
    assert [one.origin for one in made] == ["产地：内蒙古"]


def test_labels_go_to_the_label_printer_and_not_to_that_of_slips(
    chain: Any, browse: Any, change: str
) -> None:
    with system(reason="the cast of the tests"):
        unit = chain.units["north"]
        till = OrgUnit.objects.filter(kind="till", parent=unit).first()
        if till is None:
            till = OrgUnit(parent=unit, kind="till", code="N9", name="N9", entity=unit.entity)
            till.save()
        slips, label = (
            Printer.unscoped.create(till=till, way="folder", speaks=speaks)
            for speaks in ("escpos", "zpl")
        )
    zhou = browse("zhou", "north")
    key = ticked(zhou, "/labels/?day=2026-11-22")

    sent = zhou.post(f"/labels/print?printer={label.pk}", {"ids": [key]})
    refused = zhou.post(f"/labels/print?printer={slips.pk}", {"ids": [key]})

    job = PrintJob.unscoped.get()
    assert (sent.status_code, refused.status_code) == (302, 302)
    assert job.printer == label
    assert read(from_zpl(bytes(job.content))) == [("EAN13", CODE)]


def test_nothing_ticked_prints_nothing_and_says_so(browse: Any, change: str) -> None:
    answer = browse("zhou", "north").post("/labels/print", {"ids": ["x.y"]}, follow=True)

    assert "请先勾选" in answer.content.decode()


def test_the_stores_of_a_change_are_ticked_and_told_by_name(chain: Any, browse: Any) -> None:
    draft, zhou, north = env.new_id(), browse("zhou", "hq"), chain.units["north"]
    url = f"/d/prices.change/{draft}/"
    with chain.as_("zhou", "hq"):
        listed = PriceList.objects.get(holds_for="everybody", org_unit=chain.units["hq"])
        run("prices.change.save", draft, {"header": {"price_list": listed, "only_at": "GONE"}})

    before = zhou.get(url).content.decode()
    sent = {"version": "1", "only_at:": "", f"only_at:{north.code}": north.code}
    zhou.post(f"/d/prices.change/{draft}/save?request={env.new_id()}", sent)
    after = zhou.get(url).content.decode()
    told = text_of(zhou, "/d/prices.change/?columns=number,only_at")

    assert 'value="GONE" checked> GONE' in before  # what is no more goes when somebody unticks it
    box = f'name="only_at:{north.code}" value="{north.code}"'
    assert f"{box}> {north.name}" in before
    assert f"{box} checked> {north.name}" in after
    assert 'value="GONE"' not in after
    assert north.name in told
