"""The form of a promotion, what stands beside it, and the page of one that holds."""

from collections.abc import Callable
from datetime import datetime
from typing import Any
from uuid import UUID

import pytest
from django.test import Client

from tests.business.promotions.stage import P, approved, draft, live, titles
from tests.business.promotions.test_rehearsing import sell
from tests.chain import NOON
from tests.contracts.examples import Stage, a_stage
from tests.faces.backoffice.conftest import text_of
from tongpan.base import env
from tongpan.business.campaigns.actions import rehearse
from tongpan.business.campaigns.models import Rehearsal
from tongpan.business.coupons.models import CouponKind
from tongpan.business.promotions.models import PromotionDocument
from tongpan.business.promotions.rules.values import SpendSave
from tongpan.kernel.documents.loading import load
from tongpan.kernel.documents.models import Document
from tongpan.kernel.documents.registry import document_type
from tongpan.kernel.org.scope import system

Browse = Callable[[str, str], Client]
DRAFT = UUID(int=7)


@pytest.fixture
def chain(staged: Any) -> Stage:
    return staged(a_stage)  # type: ignore[no-any-return]


@pytest.fixture(autouse=True)
def today() -> Any:
    with env.frozen(NOON):
        yield


def save(client: Client, version: int = 0, **fields: Any) -> dict[str, Any]:
    sent = {"version": str(version), "of_promotion": "1", "kind": "spend_save", **fields}
    answer = client.post(f"/d/{P}/{DRAFT}/save", sent)
    assert answer.status_code == 200, answer.content
    return answer.json()  # type: ignore[no-any-return]


FILLED = {
    "title": "满减", "begins_on": "2026-11-20", "step.0.least": "100", "step.0.off": "30",
    "step.1.least": "200", "step.1.off": "70", "store.0.store": "S01",
}  # fmt: skip


def test_a_kind_is_chosen_by_its_picture_and_its_form_asks_what_it_needs(
    chain: Stage, browse: Browse
) -> None:
    client = browse("zhou", "hq")
    kinds = client.get(f"/d/{P}/new").content.decode()
    assert kinds.count("?kind=") == 17
    form = client.get(f"/d/{P}/new?kind=spend_save").content.decode()
    assert 'data-grid="step"' in form
    assert 'data-grid="reward"' not in form
    assert "data-once-saved hidden" in form  # it is tried as soon as it saved itself
    assert 'name="percent"' not in form


def test_what_is_filled_in_is_kept_by_parts_and_said_in_a_sentence(
    chain: Stage, browse: Browse
) -> None:
    client = browse("zhou", "hq")
    told = save(client, **FILLED)
    assert "全部商品：满 100 元 减 ¥30、满 200 元 减 ¥70。" in told["parts"]["aside"]
    save(client, 1, **FILLED)  # the same again makes no second line
    with chain.as_("zhou", "hq"):
        body = load(document_type(P), DRAFT)
    assert [line.part for line in body.lines] == ["all", "step", "step", "store"]
    page = client.get(f"/d/{P}/{DRAFT}/").content.decode()
    assert page.count('name="step.0.least" value="100') == 1
    assert page.count('name="step.1.least" value="200') == 1
    assert "data-once-saved hidden" not in page


def test_ways_of_paying_channels_coupons_and_weekdays_are_chosen_by_name(
    chain: Stage, browse: Browse
) -> None:
    client = browse("zhou", "hq")
    CouponKind.objects.create(code="TEN", name="十元券", amount="10.00")
    marks = {"weekdays:": "", "channels:": "", "payments:": ""}
    boxes = {"weekdays:6": "6", "weekdays:7": "7", "channels:till": "till", "payments:CASH": "CASH"}

    save(client, **FILLED, **marks, **boxes, coupon="TEN")
    with chain.as_("zhou", "hq"):
        body = load(document_type(P), DRAFT)
    page = text_of(client, f"/d/{P}/{DRAFT}/")
    save(client, 1, **FILLED, **marks, coupon="")
    with chain.as_("zhou", "hq"):
        without = load(document_type(P), DRAFT)

    kept = (body.weekdays, body.channels, body.payments, body.coupon)
    assert kept == ("67", "till", "CASH", "TEN")
    assert 'name="payments:CASH" value="CASH" checked> 现金' in page
    assert 'name="weekdays:6" value="6" checked> 周六' in page
    assert '<option value="TEN" selected>十元券' in page
    assert (without.weekdays, without.channels, without.payments, without.coupon) == ("",) * 4

    save(client, 2, **FILLED, coupon="TEN")
    client.post(f"/d/{P}/{DRAFT}/do/post?request={env.new_id()}")
    approved_page = text_of(client, f"/d/{P}/{DRAFT}/")
    assert "<dd>十元券</dd>" in "".join(approved_page.split())


def test_the_views_of_the_list_go_by_the_day_of_the_stores(chain: Stage, browse: Browse) -> None:
    client = browse("zhou", "hq")
    save(client, **FILLED, ends_on="2026-11-22")
    client.post(f"/d/{P}/{DRAFT}/do/post?request={env.new_id()}")

    def views(day: str) -> list[bool]:
        with env.frozen(datetime.fromisoformat(day)):
            pages = [text_of(client, f"/d/{P}/?view={v}") for v in ("planned", "live", "over")]
        return ["满减" in page for page in pages]

    assert views("2026-11-19T15:59:00+00:00") == [True, False, False]
    assert views("2026-11-19T16:00:00+00:00") == [False, True, False]  # midnight in Shanghai
    assert views("2026-11-22T16:00:00+00:00") == [False, False, True]


def test_errors_stand_beside_the_fields_of_their_part(chain: Stage, browse: Browse) -> None:
    client = browse("zhou", "hq")
    told = save(client, **{**FILLED, "step.1.off": "many", "goods.3.item": "nothing"})
    assert set(told["problems"]) == {"step.1.off", "goods.3.item"}
    answer = client.post(f"/d/{P}/{DRAFT}/do/post?request={env.new_id()}")
    assert answer.status_code == 422
    assert 'id="step.1.off-wrong"' in answer.content.decode()


def test_it_is_tried_approved_changed_and_ended(chain: Stage, browse: Browse) -> None:
    client, milk, north = browse("zhou", "hq"), chain.items["milk"], chain.units["north"]
    save(client, **FILLED)
    tried = text_of(client, f"/d/{P}/{DRAFT}/try?at={north.pk}&item1={milk.pk}&quantity1=10")
    assert "99.00" in tried  # 129.00 less 30
    client.post(f"/d/{P}/{DRAFT}/do/post?request={env.new_id()}")
    with chain.as_("zhou", "hq"):
        (found,) = live(chain)
    assert isinstance(found.terms, SpendSave)
    page = text_of(client, f"/d/{P}/{DRAFT}/")
    assert "满 100 元 减 ¥30" in page
    changed = client.post(f"/d/{P}/{DRAFT}/change")
    draft = UUID(changed.headers["Location"].strip("/").split("/")[-1])
    assert PromotionDocument.unscoped.get(pk=draft).instead_of_id == DRAFT
    client.post(f"/d/{P}/{DRAFT}/end", {"reason": "sold out"})
    with chain.as_("zhou", "hq"):
        assert titles(chain) == []
    again = client.post(f"/d/{P}/{DRAFT}/end", {"reason": "again"})
    assert again.status_code in (409, 422)


def test_a_run_over_past_sales_shows_what_came_of_it(chain: Stage, browse: Browse) -> None:
    client, north = browse("zhou", "hq"), chain.units["north"]
    save(client, **FILLED)
    asked = {"since": "2026-11-20", "until": "2026-11-21", "stores": [str(north.pk)]}
    client.post(f"/d/{P}/{DRAFT}/rehearse", asked)
    assert "hx-trigger" in client.get(f"/d/{P}/{DRAFT}/rehearsed").content.decode()
    with system(reason="the worker"):
        rehearse(str(Rehearsal.unscoped.get().pk))
    assert "预演结果" in client.get(f"/d/{P}/{DRAFT}/rehearsed").content.decode()


def test_a_run_over_past_sales_says_whether_the_gifts_are_there(
    chain: Stage, browse: Browse
) -> None:
    client, north = browse("zhou", "hq"), chain.units["north"]
    sell(chain, milk=1)
    with chain.as_("zhou", "hq"):
        milk, cola = chain.items["milk"], chain.items["cola"]
        gift = draft("gift", {"part": "goods", "item": milk}, {"part": "reward", "item": cola})
    asked = {"since": "2026-11-20", "until": "2026-11-21", "stores": [str(north.pk)]}
    client.post(f"/d/{P}/{gift}/rehearse", asked)
    with system(reason="the worker"):
        rehearse(str(Rehearsal.unscoped.get().pk))

    page = text_of(client, f"/d/{P}/{gift}/rehearsed")
    assert "赠品现有库存" in page


def test_a_budget_shows_what_is_left(chain: Stage, browse: Browse) -> None:
    with chain.as_("zhou", "hq"):
        one = approved("percent_off", percent="10", budget="1000")
    assert "1,000.00" in text_of(browse("zhou", "hq"), f"/d/{P}/{one}/")
    assert Document.unscoped.get(pk=one).number == "HD-HQ-26-00001"
