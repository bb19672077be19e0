"""What the cashier says of goods: what they cost, where nobody else does, and a remark."""

from decimal import Decimal
from typing import Any

import pytest

from tests.business.till.test_ringing_up import sell
from tests.chain import Chain
from tests.faces.pos.conftest import a_chain_with_a_till
from tongpan.base.refusals import Refusal
from tongpan.business.till.models import SaleLine
from tongpan.kernel.documents.gate import Outcome
from tongpan.kernel.documents.models import Document
from tongpan.kernel.org.models import RoleAction
from tongpan.kernel.org.scope import system
from tongpan.masters.items.models import Item
from tongpan.masters.prices.models import Price

pytestmark = pytest.mark.usefixtures("company")


@pytest.fixture
def chain(staged: Any) -> Chain:
    return staged(a_chain_with_a_till)


def open_price(chain: Chain, item: str, *, is_listed: bool = False) -> None:
    with system(reason="the cast of the tests"):
        Item.objects.filter(pk=chain.items[item].pk).update(is_price_open=True)
        if not is_listed:
            Price.objects.filter(item=chain.items[item]).delete()


def one(chain: Chain, item: str, due: str, **said: Any) -> Outcome:
    lines = [{"item": chain.items[item].pk, "quantity": "1", **said}]
    return sell(chain, {}, {"CASH": due}, lines=lines)


def test_a_cashier_says_what_an_open_item_costs_and_needs_no_right_for_it(chain: Chain) -> None:
    open_price(chain, "milk")

    sold = one(chain, "milk", "9.80", price="9.80")

    line = SaleLine.unscoped.get(document=sold.subject)
    assert (line.price, line.gross, line.price_from) == (Decimal("9.80"), Decimal("9.80"), None)


@pytest.mark.parametrize(
    ("said", "is_listed"),
    [({}, False), ({"price": "0"}, False), ({"price": "0"}, True), ({"amount": "5"}, False)],
)
def test_its_price_must_be_said_and_is_above_nothing(
    chain: Chain, said: dict[str, str], is_listed: bool
) -> None:
    open_price(chain, "milk", is_listed=is_listed)

    with pytest.raises(Refusal) as no:
        one(chain, "milk", "5", **said)

    assert [p["code"] for p in no.value.problems] == ["price_not_said"]


def test_who_may_change_prices_may_give_it_away(chain: Chain) -> None:
    open_price(chain, "milk")
    with system(reason="the cast of the tests"):
        role = chain.people["lin"].grants.get().role
        for code in ("till.sale.change_price", "till.sale.sell_below"):
            RoleAction.objects.create(role=role, code=code)

    sold = one(chain, "milk", "0", price="0")

    assert SaleLine.unscoped.get(document=sold.subject).gross == 0


def test_a_listed_price_is_its_own_until_another_is_said(chain: Chain) -> None:
    open_price(chain, "milk", is_listed=True)

    listed, said = one(chain, "milk", "12.90"), one(chain, "milk", "15", price="15")

    lines = {n.document_id: n for n in SaleLine.unscoped.all()}
    assert lines[listed.subject].price_from is not None
    assert (lines[said.subject].price, lines[said.subject].price_from) == (15, None)


def test_it_is_not_sold_below_what_goods_may_be_sold_for(chain: Chain) -> None:
    open_price(chain, "milk")

    with pytest.raises(Refusal) as no:
        one(chain, "milk", "8.40", price="8.40")  # it cost 8.50

    assert [p["code"] for p in no.value.problems] == ["below_allowed"]


def test_any_other_item_keeps_its_price(chain: Chain) -> None:
    open_price(chain, "milk")

    with pytest.raises(Refusal) as no:
        one(chain, "cola", "1", price="1")

    assert [p["code"] for p in no.value.problems] == ["price_differs"]


def test_remarks_are_kept_with_the_line_and_with_the_receipt(chain: Chain) -> None:
    lines = [{"item": chain.items[n].pk, "quantity": "1"} for n in ("milk", "cola")]
    lines[0]["remark"] = "少冰"

    sold = sell(chain, {}, {"CASH": "16.40"}, lines=lines, remark="刻字：小明")
    plain = one(chain, "cola", "3.50")

    kept = SaleLine.unscoped.order_by("position").values_list("remark", flat=True)
    notes = dict(Document.unscoped.values_list("pk", "note"))
    assert list(kept.filter(document=sold.subject)) == ["少冰", None]
    assert [notes[sold.subject], notes[plain.subject]] == ["刻字：小明", ""]
