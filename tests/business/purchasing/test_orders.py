"""What is known of a supplier and a unit is said while goods are ordered, and can be overruled."""

from datetime import date
from typing import Any
from uuid import UUID

import pytest

from tests.business.purchasing.test_buying import MILK, ordered
from tests.business.purchasing.test_settling import two_dairies
from tests.chain import Chain, a_chain
from tongpan.base.refusals import Question, Refusal
from tongpan.business.purchasing.models import PurchaseOrder, PurchaseOrderLine
from tongpan.kernel.documents.gate import run
from tongpan.kernel.documents.models import Document
from tongpan.kernel.org.scope import system
from tongpan.masters.items.models import SupplierItem
from tongpan.masters.parties.models import Party

pytestmark = pytest.mark.usefixtures("company")
COLA = {"item": "10003", "quantity": "48", "price": "2.00"}


@pytest.fixture
def chain() -> Chain:
    chain = a_chain()
    two_dairies(chain)
    return chain


def supplied(chain: Chain, item: str, **terms: Any) -> None:
    terms = {"order_unit": chain.items[item].base_unit} | terms
    with system(reason="the cast of the tests"):
        SupplierItem.objects.create(
            supplier=Party.objects.get(code="V01"), item=chain.items[item], **terms
        )


def drafted(chain: Chain, *lines: dict[str, Any], place: str = "warehouse", **more: Any) -> UUID:
    header = {"supplier": "V01", "place": chain.places[place], **more}
    with chain.as_("zhou", "hq"):
        draft = run("purchasing.order.save", payload={"header": header, "lines": list(lines)})
    return draft.subject


def posted(chain: Chain, order: UUID, *answers: str) -> Document | None:
    with chain.as_("zhou", "hq"):
        return run("purchasing.order.post", order, answers=answers).document


def expected(order: UUID) -> date | None:
    with system(reason="look at the order"):
        return PurchaseOrder.objects.get(document=order).expected_on


def test_what_the_supplier_does_not_deliver_so_is_asked_line_by_line(chain: Chain) -> None:
    case = chain.measures["case"]  # 24 of them
    supplied(chain, "cola", order_unit=case, order_min=2, pack=1)
    supplied(chain, "milk", pack=12)
    lines = [COLA | {"quantity": "47"}, MILK, MILK | {"quantity": "7"}]
    order = drafted(chain, *lines)

    with pytest.raises(Question) as asked:
        posted(chain, order)
    document = posted(chain, order, "order_as_it_is")

    assert asked.value.code == "order_as_it_is"
    assert [(p["path"], p["code"]) for p in asked.value.problems] == [
        ("lines.1.quantity", "below_least"),  # a case and 23
        ("lines.2.quantity", "broken_pack"),  # 107 on two lines
    ]
    assert document is not None
    assert document.state == "posted"


def test_whole_packs_above_the_least_are_ordered_without_a_word(chain: Chain) -> None:
    supplied(chain, "cola", order_unit=chain.measures["case"], order_min=2, pack=2)

    document = posted(chain, drafted(chain, COLA, COLA))

    assert document is not None
    assert document.state == "posted"


def test_goods_that_stay_the_suppliers_are_asked_about(chain: Chain) -> None:
    supplied(chain, "cola", trade_mode="consignment")

    with pytest.raises(Question) as asked:
        posted(chain, drafted(chain, COLA))

    assert (asked.value.code, asked.value.problems[0]["code"]) == ("order_as_bought", "not_bought")


@pytest.mark.parametrize(
    ("place", "record", "code"),
    [
        ("north", {"delivery_mode": "direct", "main_supplier": "V02"}, "other_main_supplier"),
        ("north", {"delivery_mode": "warehouse"}, "comes_from_warehouse"),
        ("north", {"delivery_mode": "direct", "main_supplier": "V01"}, None),
        ("warehouse", {"delivery_mode": "warehouse"}, None),
    ],
)
def test_goods_that_a_unit_gets_from_elsewhere_are_asked_about(
    chain: Chain, place: str, record: dict[str, str], code: str | None
) -> None:
    with chain.as_("zhou", "hq"):
        run("items.item_at_unit.save", payload={
            "item": chain.items["cola"], "org_unit": chain.units["hq"],
            "valid_from": "2026-11-01", **record,
        })  # fmt: skip
    order = drafted(chain, COLA, place=place)

    if code is None:
        posted(chain, order)
    else:
        with pytest.raises(Question) as asked:
            posted(chain, order)
        assert (asked.value.code, asked.value.problems[0]["code"]) == ("order_here", code)
        posted(chain, order, "order_here")


def test_a_hard_no_comes_before_any_question(chain: Chain) -> None:
    supplied(chain, "cola", order_min=1000)
    with chain.as_("zhou", "hq"):
        run("items.item_at_unit.save", payload={
            "item": chain.items["milk"], "org_unit": chain.units["hq"],
            "valid_from": "2026-11-01", "is_orderable": False, "delivery_mode": "direct",
        })  # fmt: skip

    with pytest.raises(Refusal) as no:
        posted(chain, drafted(chain, COLA, MILK), "order_as_it_is")

    assert [p["code"] for p in no.value.problems] == ["not_orderable"]


def test_each_kind_of_question_takes_an_answer_of_its_own(chain: Chain) -> None:
    supplied(chain, "cola", order_min=1000, trade_mode="concession")
    order = drafted(chain, COLA)

    with pytest.raises(Question) as first:
        posted(chain, order)
    with pytest.raises(Question) as second:
        posted(chain, order, first.value.code)

    assert [first.value.code, second.value.code] == ["order_as_it_is", "order_as_bought"]
    assert posted(chain, order, first.value.code, second.value.code) is not None


def test_an_order_is_expected_when_the_slowest_of_its_goods_come(chain: Chain) -> None:
    supplied(chain, "cola", lead_days=3, supplier_code="KL-330")
    supplied(chain, "milk", lead_days=7)

    order = drafted(chain, COLA)
    after_cola = expected(order)
    with chain.as_("zhou", "hq"):
        header = {"supplier": "V01", "place": chain.places["warehouse"], "expected_on": after_cola}
        run("purchasing.order.save", order, {"header": header, "lines": [COLA, MILK]})
        after_milk = expected(order)
        header |= {"expected_on": "2026-11-23"}
        run("purchasing.order.save", order, {"header": header, "lines": [COLA, MILK]})
        run("purchasing.order.save", order, {"header": header, "lines": [COLA]})

    assert (after_cola, after_milk) == (date(2026, 11, 24), date(2026, 11, 28))
    assert expected(order) == date(2026, 11, 23)  # somebody chose it


def test_the_supplier_reads_their_own_code_on_the_order(chain: Chain) -> None:
    supplied(chain, "cola", supplier_code="KL-330")

    order = ordered(chain, [COLA, MILK])

    rows = PurchaseOrderLine.unscoped.filter(document=order).order_by("position")
    assert list(rows.values_list("supplier_code", flat=True)) == ["KL-330", ""]
