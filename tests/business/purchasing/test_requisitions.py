"""A store asks for goods: the warehouse sends what it has, the buyer orders the rest."""

from contextlib import nullcontext
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.contracts.examples import Stage, a_stage
from tongpan.base import env
from tongpan.base.refusals import Forbidden, Refusal
from tongpan.business.purchasing.models import PurchaseOrderLine
from tongpan.business.stock.documents import REQUISITION
from tongpan.business.stock.documents.beyond import room_above
from tongpan.business.stock.models import RequisitionLine
from tongpan.business.stock.queries import left_of
from tongpan.business.stock.screens import wanted_beside
from tongpan.faces.kit.derived.documents import document_page, follow_actions
from tongpan.faces.kit.derived.forms import edit_grid, form_page, new_body
from tongpan.faces.kit.derived.standings import awaited, standings_of
from tongpan.kernel.documents.following import prefill
from tongpan.kernel.documents.gate import run
from tongpan.kernel.documents.loading import load
from tongpan.kernel.documents.models import Document
from tongpan.kernel.documents.registry import document_type
from tongpan.masters.items.models import ItemAtUnit, ItemUnit, SupplierItem, SupplierPrice

pytestmark = pytest.mark.usefixtures("company")


@pytest.fixture
def stage() -> Stage:
    return a_stage()


def asked(stage: Stage, *rows: tuple[str, str, str | None], of: str | None = "W01") -> UUID:
    """What the manager of North asks for, and the owner approves."""
    lines = [{"item": stage.items[i], "quantity": q, "unit": unit} for i, q, unit in rows]
    header = {"place": "S01", "from_place": of, "wanted_on": "2026-11-24"}
    with stage.as_("chen", "north"):
        draft = run("stock.requisition.save", payload={"header": header, "lines": lines})
        run("stock.requisition.submit", draft.subject)
    with stage.as_("zhou", "north"):
        run("stock.requisition.post", draft.subject)
    return draft.subject


def waiting() -> list[UUID]:
    """The requisitions that wait for who acts."""
    found = awaited(document_type("stock.requisition"))
    return [document.pk for document in found or ()]


def posted(code: str, payload: dict[str, Any]) -> UUID:
    subject = run(f"{code}.save", payload=payload).subject
    run(f"{code}.post", subject)
    return subject


def left(requisition: UUID) -> list[Decimal]:
    rows = RequisitionLine.unscoped.filter(document=requisition).order_by("position")
    return list(left_of("wanted", rows.values_list("pk", flat=True)).values())


def word(requisition: UUID) -> str:
    told = standings_of(REQUISITION, [load(REQUISITION, requisition)])
    return str(told[requisition].word)


def offered(requisition: UUID) -> set[str]:
    return {a.code for a in follow_actions(REQUISITION, Document.objects.get(pk=requisition))}


def test_what_a_store_asks_for_is_sent_in_parts_and_the_rest_is_ordered(stage: Stage) -> None:
    wanted = asked(stage, ("milk", "1500", None), ("cola", "2", "箱"), ("apple", "5", None))
    assert left(wanted) == [1500, 48, 5]
    with stage.as_("chen", "north"):
        assert waiting() == []
        assert offered(wanted) == {"stock.requisition_closing"}
        assert word(wanted) == "待发货"
        beside = wanted_beside(load(REQUISITION, wanted), [stage.items["milk"]])
        assert beside[stage.items["milk"].pk]["here"] == "1,000 盒"
        assert beside[stage.items["milk"].pk]["there"] == ""  # he sees stock of his store alone
    with stage.as_("zhao", "south"), pytest.raises(Document.DoesNotExist):
        Document.objects.get(pk=wanted)

    with stage.as_("wang", "warehouse"):
        assert waiting() == [wanted]
        assert offered(wanted) == {"stock.transfer", "stock.requisition_closing"}
        first = prefill("stock.transfer", wanted)
        assert [row["quantity"] for row in first["lines"]] == [1000, 2, 5]  # as far as it is there
        first["lines"] = [first["lines"][0] | {"quantity": "600"}]
        sent = posted("stock.transfer", first | {"follows": wanted})
        assert left(wanted) == [900, 48, 5]
        assert word(wanted) == "部分供货"

        # What somebody scans is of the requisition as well; more than was asked is refused.
        scanned = {"header": first["header"], "follows": wanted, "unit": first["unit"]}
        scanned["lines"] = [{"item": stage.items["cola"], "quantity": "49"}]
        draft = run("stock.transfer.save", payload=scanned).subject
        with pytest.raises(Refusal) as no:
            run("stock.transfer.post", draft)
        assert [p["code"] for p in no.value.problems] == ["over_wanted"]

    with stage.as_("zhou", "hq"):
        order = prefill("purchasing.order", wanted)
        assert [row["quantity"] for row in order["lines"]] == [900, 2, 5]
        rest = order["lines"][0] | {"price": "9.00"}
        order |= {"lines": [rest], "header": {**order["header"], "supplier": "V01"}}
        elsewhere = order | {"header": {**order["header"], "place": "S02"}, "follows": wanted}
        draft = run("purchasing.order.save", payload=elsewhere).subject
        with pytest.raises(Refusal) as no:
            run("purchasing.order.post", draft)
        assert [p["code"] for p in no.value.problems] == ["not_of_requisition"]
        ordered = posted("purchasing.order", order | {"follows": wanted})
    assert left(wanted) == [0, 48, 5]

    with stage.as_("chen", "north"):
        posted("stock.requisition_closing", prefill("stock.requisition_closing", wanted)
               | {"follows": wanted})  # fmt: skip
        assert word(wanted) == "提前关闭"
        with pytest.raises(Refusal, match="followed"):
            run("stock.requisition.reverse", wanted, {"reason": "not needed"})
    with stage.as_("wang", "warehouse"):
        assert waiting() == []
        run("stock.transfer.reverse", sent, {"reason": "the van broke down"})
        assert left(wanted) == [600, 0, 0]
    with stage.as_("zhou", "hq"):
        run("purchasing.order.reverse", ordered, {"reason": "cannot deliver"})
        assert left(wanted) == [1500, 0, 0]
        assert word(wanted) == "部分供货"


def test_the_warehouse_may_decline_and_nobody_asks_themselves(stage: Stage) -> None:
    wanted = asked(stage, ("milk", "10", None))
    with stage.as_("wang", "warehouse"):
        closing = prefill("stock.requisition_closing", wanted)
        closing["header"] = {"reason": "discontinued"}
        subject = posted("stock.requisition_closing", closing | {"follows": wanted})
        document = Document.objects.get(pk=subject)
        assert document.org_unit == stage.units["warehouse"]
        assert document.other_unit == stage.units["north"]
    assert left(wanted) == [0]

    with stage.as_("zhou", "north"):
        lines = [{"item": stage.items["milk"], "quantity": "1"}]
        header = {"place": "S01", "from_place": "S01"}
        draft = run("stock.requisition.save", payload={"header": header, "lines": lines})
        with pytest.raises(Refusal) as no:
            run("stock.requisition.post", draft.subject)
        assert [p["code"] for p in no.value.problems] == ["asks_itself"]
    big = [
        {"item": stage.items["milk"], "quantity": "590"}
    ]  # worth 5,015.00; chen's limit is 5,000
    with stage.as_("chen", "north"):
        header = {"place": "S01", "from_place": "W01"}
        draft = run("stock.requisition.save", payload={"header": header, "lines": big})
        with pytest.raises(Forbidden):
            run("stock.requisition.post", draft.subject)
        run("stock.requisition.submit", draft.subject)


def test_one_order_gathers_what_several_requisitions_ask_the_buyers_for(stage: Stage) -> None:
    dairy = stage.parties["dairy"]
    SupplierItem.objects.create(
        supplier=dairy, item=stage.items["milk"], order_unit=stage.measures["box"]
    )
    first = asked(stage, ("milk", "40", None), ("cola", "24", None), of=None)
    second = asked(stage, ("milk", "60", None), of=None)
    with stage.as_("chen", "north"):
        assert word(first) == "待订货"
        told = standings_of(REQUISITION, [load(REQUISITION, first)])
        assert told[first].never == (
            "stock.transfer",
            "franchise.supply",
        )  # nobody is asked to send it
    with stage.as_("wang", "warehouse"):
        assert waiting() == []

    with stage.as_("zhou", "north"):
        assert set(waiting()) == {first, second}
        order_type = document_type("purchasing.order")
        body = new_body(order_type, env.new_id(), {"supplier": "V01", "place": "S01"})
        told = [(n.item.name, n.quantity) for n in body.lines]
        assert told == [("鲜牛奶 950 mL", 40), ("鲜牛奶 950 mL", 60)]
        lines = [
            {"requisition_line": n.requisition_line, "item": n.item, "quantity": n.quantity,
             "price": "9.00"} for n in body.lines
        ]  # fmt: skip
        header = {"supplier": "V01", "place": "S01"}
        posted("purchasing.order", {"header": header, "lines": lines})
        assert left(first) == [0, 24]
        assert left(second) == [0]
        assert waiting() == [first]


def test_an_order_is_drafted_for_the_supplier_of_most_of_it_at_the_price_of_a_case(
    stage: Stage,
) -> None:
    dairy, case = stage.parties["dairy"], stage.measures["case"]
    cola = SupplierItem.objects.create(supplier=dairy, item=stage.items["cola"], order_unit=case)
    SupplierPrice.objects.create(
        supplier_item=cola, price=Decimal(100), is_tax_included=True, valid_from=date(2026, 1, 1)
    )
    wanted = asked(stage, ("milk", "40", None), ("cola", "24", None), of=None)

    with stage.as_("zhou", "hq"):
        told = follow_actions(REQUISITION, Document.objects.get(pk=wanted))
        page = document_page(REQUISITION, load(REQUISITION, wanted))
        order = prefill("purchasing.order", wanted)
        draft = run("purchasing.order.save", payload=order | {"follows": wanted}).subject
        body = load(document_type("purchasing.order"), draft)
        (line,), grid = body.lines, form_page(document_type("purchasing.order"), body).grid

    assert "purchasing.order" in [action.code for action in told]
    assert page.primary is not None
    assert page.primary.code == "purchasing.order"  # nobody is asked to send it
    assert [step.title for step in page.timeline if step.stage == "ahead"] == ["订货"]
    factor = ItemUnit.objects.get(item=stage.items["cola"], unit=case).factor
    assert (line.item, line.quantity) == (stage.items["cola"], 24)
    assert line.price == round(100 / factor, 4)
    assert grid is not None
    unit = grid.rows[0].fields["unit"]  # cases are offered first, and it is counted in pieces
    assert next(choice.value for choice in unit.choices) == str(case.pk)
    assert unit.value == str(stage.items["cola"].base_unit_id)


def test_what_is_missing_to_the_minimum_is_proposed(stage: Stage) -> None:
    for name, least in (("milk", "1200"), ("cola", "10"), ("tea", "6")):
        ItemAtUnit.unscoped.create(
            item=stage.items[name], org_unit=stage.units["hq"], valid_from=date(2026, 1, 1),
            stock_min=Decimal(least),
        )  # fmt: skip
    asked(stage, ("tea", "4", None))

    with stage.as_("chen", "north"):
        body = new_body(REQUISITION, env.new_id(), {})
        assert body.from_place == stage.places["warehouse"]
        told = {n.item.name: n.quantity for n in body.lines}
        assert told == {"鲜牛奶 950 mL": 200, "无糖乌龙茶 500 mL": 2}


def sent(payload: dict[str, Any], *rows: tuple[str, str | None]) -> UUID:
    """A transfer of the first thing that is asked for, in so many parts."""
    first = payload["lines"][0]
    lines = [first | {"quantity": q, "unit": unit} for q, unit in rows]
    return posted("stock.transfer", payload | {"lines": lines})


def in_words(draft: UUID) -> list[str]:
    """What the form of a transfer says of its lines."""
    declared = document_type("stock.transfer")
    found = edit_grid(declared, load(declared, draft))
    assert found is not None, "A transfer has lines."
    return [row.fields["words"].value for row in found.rows]


def test_full_cases_are_sent_though_fewer_pieces_were_asked_for(stage: Stage) -> None:
    wanted = asked(stage, ("cola", "30", None))
    with stage.as_("wang", "warehouse"):
        proposed = prefill("stock.transfer", wanted) | {"follows": wanted}
        with pytest.raises(Refusal) as no:
            sent(proposed, ("3", "箱"))
        assert [p["code"] for p in no.value.problems] == ["over_wanted"]
        declared = document_type("stock.transfer")
        draft = run("stock.transfer.save", payload=proposed).subject
        assert in_words(draft) == [""]
        lines = [load(declared, draft).lines[0].pk]
        more = {"lines": [proposed["lines"][0] | {"id": lines[0], "quantity": "36"}]}
        run("stock.transfer.save", draft, more)
        assert in_words(draft) == ["比要货多 6 瓶"]  # while it is written
        run("stock.transfer.void", draft)
        transfer = sent(proposed, ("1", "箱"), ("24", None))
        page = document_page(declared, load(declared, transfer))

        assert left(wanted) == [0]
        assert word(wanted) == "已供货"
        first, second = (row.cells["words"].value for row in page.grid.rows)
        assert (first, second) == ("", "比要货多 18 瓶")

        run("stock.transfer.reverse", transfer, {"reason": "the van broke down"})
        assert left(wanted) == [30]
        plain = sent(proposed, ("30", None))
        page = document_page(declared, load(declared, plain))
        assert "words" not in {column.name for column in page.grid.columns}
        with pytest.raises(Refusal):
            sent(proposed, ("1", "箱"))  # nobody asks for anything any more


def test_an_order_makes_up_what_the_supplier_delivers_at_least(stage: Stage) -> None:
    dairy, box = stage.parties["dairy"], stage.measures["box"]
    SupplierItem.objects.create(
        supplier=dairy, item=stage.items["milk"], order_unit=box, order_min=50, pack=10
    )
    wanted = asked(stage, ("milk", "33", None), of=None)

    with stage.as_("zhou", "north"):
        order = prefill("purchasing.order", wanted)
        for quantity, is_fine in (("51", False), ("50", True)):
            lines = [order["lines"][0] | {"quantity": quantity, "price": "9.00"}]
            payload = order | {"lines": lines, "follows": wanted}
            draft = run("purchasing.order.save", payload=payload).subject
            with nullcontext() if is_fine else pytest.raises(Refusal):
                run("purchasing.order.post", draft, answers=["order_as_it_is"])
        (line,) = PurchaseOrderLine.unscoped.filter(document=draft)

    assert (left(wanted), line.beyond) == ([0], 17)


AMOUNTS = st.integers(0, 500).map(Decimal)


@settings(max_examples=60)
@given(AMOUNTS, st.lists(st.integers(1, 60).map(Decimal), max_size=3), AMOUNTS)
def test_the_room_above_what_is_left_fills_a_pack_or_makes_up_the_least(
    asked_for: Decimal, packs: list[Decimal], least: Decimal
) -> None:
    room = room_above(asked_for, packs, least)

    full = asked_for + room
    assert room >= 0
    assert room == 0 or asked_for > 0
    assert room == 0 or full == least or any(full % pack == 0 and room < pack for pack in packs)
    assert asked_for == 0 or full >= least
    assert asked_for == 0 or all(full // pack * pack >= asked_for for pack in packs)
