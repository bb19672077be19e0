"""The first day of a new company: its owner brings goods in from a sheet and rings up a slip."""

import json
import re
from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from tests.chain import NOON
from tests.faces.files.conftest import Browser, a_book
from tongpan.base import env
from tongpan.business.till.models import Sale
from tongpan.config.first_person import make_first_person
from tongpan.kernel.documents.gate import run
from tongpan.kernel.documents.models import Document
from tongpan.kernel.ledger.checks import verify
from tongpan.kernel.org.models import LegalEntity, OrgUnit, Person
from tongpan.kernel.org.scope import acting, system

GOODS = a_book(
    ["商品编码", "商品名称", "条码", "单位", "税率", "分类", "零售价"],
    ["A001", "茉莉花茶 250g", "6901234500011", "袋", "13%", "茶叶", 38.8],
    ["A002", "保温杯 500mL", "6901234510010", "个", "13%", "日用百货", 59],
)
STOCK = a_book(
    ["门店", "商品编码", "数量", "成本价"],
    ["人民路店", "A001", 20, 22.5],
    ["S01", "A002", 6, 31],
)


@pytest.fixture
def owner(company: str, settings: Any, tmp_path: Any) -> Iterator[Browser]:
    settings.DEFAULT_COMPANY, settings.DATA = company, tmp_path
    with env.frozen(NOON):
        make_first_person()
        browser = Browser()
        browser.force_login(the_owner(), backend="tongpan.kernel.org.backend.PersonBackend")
        yield browser


def the_owner() -> Person:
    with system(reason="the test looks"):
        return Person.objects.get()


def test_from_nothing_to_the_first_slip(owner: Browser) -> None:
    page = owner.get("/").content.decode()
    assert "欢迎来到通盘" in page
    with acting(the_owner()):
        top = OrgUnit.objects.get()
        kind = {"kind": "small_scale", "valid_from": date(2026, 1, 1).isoformat()}
        run("org.entity.set_taxpayer_kind", LegalEntity.objects.get().pk, kind)
        store = a_unit(top, "store", "S01", "人民路店")
        till = a_unit(store, "till", "S01-1", "1 号机")

    seen = owner.upload("goods", GOODS)
    here = seen.request["PATH_INFO"]
    named = re.findall(r'name="make" value="([^"]+)" checked', seen.content.decode())
    owner.post(f"{here}/make", {"make": named}, follow=True)  # the categories of the sheet
    owner.post(f"{here}/apply", follow=True)
    stocked = owner.bring_in("stock.opening", STOCK)
    assert stocked.status_code == 200, stocked.content.decode()[:2000]
    with acting(the_owner()):
        opening = Document.objects.get(type="stock.opening")
    assert opening.state == "posted"

    owner.post("/till/choose/", {"till": str(till.pk)})
    tea = asked(owner, "scan", q="6901234500011")["line"]
    sale = {
        "id": str(env.new_id()),
        "lines": [{**{k: tea[k] for k in ("item", "unit", "price")}, "quantity": "2"}],
        "payments": [{"method": "CASH", "amount": "77.60", "tendered": "100"}],
    }
    slip = told(owner, "sell", sale)["slip"]

    assert slip["number"] == "LS-S01-1-26-000001"
    assert Decimal(slip["change"]) == Decimal("22.40")
    assert "欢迎来到通盘" not in owner.get("/").content.decode()
    with system(reason="the test looks"):
        assert Sale.objects.get().tax == Decimal("8.93")
        assert [found.violations for found in verify() if found.violations] == []


def a_unit(parent: OrgUnit, kind: str, code: str, name: str) -> OrgUnit:
    payload = {"parent": str(parent.pk), "kind": kind, "code": code, "name": name}
    made: OrgUnit = run("org.unit.save", payload=payload).result
    return made


def asked(browser: Browser, url: str, **query: str) -> Any:
    return browser.get(f"/till/{url}", query).json()


def told(browser: Browser, url: str, body: dict[str, Any]) -> Any:
    answer = browser.post(f"/till/{url}", json.dumps(body), content_type="application/json")
    return answer.json()
