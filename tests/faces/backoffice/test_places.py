"""The page of a place says what stands on it, and each figure opens to what made it."""

import re
from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest
from django.test import Client

from tests.chain import Chain, a_chain, on_shelf
from tests.faces.backoffice.conftest import text_of
from tongpan.business.stock.queries import SEE
from tongpan.faces.backoffice import places
from tongpan.kernel.documents.gate import run
from tongpan.kernel.org.models import Grant, Role, RoleAction
from tongpan.kernel.org.scope import system
from tongpan.masters.places.models import Place

Browse = Callable[[str, str], Client]


@pytest.fixture
def chain(company: str) -> Chain:
    """North keeps milk and cola on its main place, and five boxes of that milk in a cold room."""
    chain = a_chain()
    on_shelf(chain, "north", milk=("10", "8.50"), cola=("24", "2.00"))
    with system(reason="the cast of the tests"):
        cold = Place.unscoped.create(unit=chain.units["north"], code="COLD", name="冷库")
    chain.__dict__["cold"] = cold
    with chain.as_("zhou", "hq"):
        header = {"from_place": chain.places["north"], "to_place": cold}
        lines = [{"item": chain.items["milk"], "quantity": "5"}]
        sent = run("stock.transfer.save", payload={"header": header, "lines": lines}).subject
        run("stock.transfer.post", sent)
        chain.__dict__["sent"] = sent
    return chain


def page_of(client: Client, place: Any) -> str:
    page = text_of(client, f"/m/places.place/{place.pk}/")
    return page.split('id="stands"')[1].split("</section>")[0]


def test_a_place_shows_what_stands_on_it(chain: Chain, browse: Browse) -> None:
    page = page_of(browse("zhou", "hq"), chain.places["north"])

    assert "鲜牛奶 950 mL" in page
    assert "5 盒" in page  # the others left for the cold room
    assert "24 瓶" in page
    assert "90.50" in page  # 5 × 8.50 + 24 × 2.00


def test_a_figure_of_a_place_opens_to_the_movements_of_that_place(
    chain: Chain, browse: Browse
) -> None:
    zhou, place, milk = browse("zhou", "hq"), chain.places["north"], chain.items["milk"]
    (url,) = set(re.findall(rf'href="(/stock/card/\?item={milk.pk}[^"]*)"', page_of(zhou, place)))

    card = text_of(zhou, url.replace("&amp;", "&"))
    elsewhere = zhou.get("/stock/card/", {
        "item": milk.pk, "unit": chain.units["south"].pk, "place": place.pk,
    })  # fmt: skip

    assert f"place={place.pk}" in url
    assert f'value="{place.pk}"' in card
    assert elsewhere.status_code == 404


def test_what_goods_are_worth_is_for_those_who_may_see_it(chain: Chain, browse: Browse) -> None:
    with system(reason="the cast of the tests"):
        role = Role.objects.create(code="shelf", name="理货员")
        for code in ("places.place.view", SEE):
            RoleAction.objects.create(role=role, code=code)
        Grant.objects.create(person=chain.people["chen"], role=role, unit=chain.units["north"])

    page = page_of(browse("chen", "north"), chain.places["north"])

    assert "5 盒" in page
    assert "90.50" not in page
    assert "42.50" not in page


def test_of_very_much_the_first_is_shown_and_all_of_it_counted(
    chain: Chain, browse: Browse, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(places, "SHOWN", 1)

    page = page_of(browse("zhou", "hq"), chain.places["north"])

    assert len(re.findall("<tr data-url=", page)) == 1
    assert "2 种" in page
    assert "按名称显示前 1 种" in page
    assert str(Decimal("90.50")) in page
