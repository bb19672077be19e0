"""Drafts: half-filled ones are welcome, what is left out stays, and nobody's lines get mixed."""

from datetime import timedelta
from itertools import count
from typing import Any
from uuid import UUID

import pytest

from tests.chain import NOON, Chain, a_transfer
from tongpan.base import env
from tongpan.base.refusals import Forbidden, Refusal
from tongpan.business.stock.models import TransferLine
from tongpan.kernel.documents.gate import run
from tongpan.kernel.documents.history import history_of
from tongpan.kernel.documents.loading import load, load_any
from tongpan.kernel.documents.models import Document
from tongpan.kernel.documents.registry import document_type
from tongpan.kernel.org.models import Grant
from tongpan.kernel.org.scope import system

moments = (NOON + timedelta(milliseconds=n) for n in count(1))


@pytest.fixture
def draft(chain: Chain) -> UUID:
    with chain.as_("wang", "warehouse"):
        return a_transfer(chain, "warehouse", "north", {"milk": "4", "cola": "6"}).subject


def body_of(draft: UUID) -> Any:
    with system(reason="looking at it"):
        return load(document_type("stock.transfer"), draft)


def save(chain: Chain, draft: UUID | None, payload: dict[str, Any], **more: Any) -> UUID:
    with chain.as_("wang", "warehouse"), env.frozen(next(moments)):
        return run("stock.transfer.save", draft, payload, **more).subject


def refused(chain: Chain, payload: dict[str, Any], draft: UUID | None = None) -> list[Any]:
    with pytest.raises(Refusal) as no:
        save(chain, draft, payload)
    assert no.value.code == "invalid"
    return [(p["path"], p["code"]) for p in no.value.problems]


# -- what a draft may be -------------------------------------------------------------------------


def test_a_draft_may_be_empty(chain: Chain) -> None:
    body = body_of(save(chain, None, {}))

    assert (body.document.state, body.document.number, body.document.version) == ("draft", None, 1)
    assert body.document.org_unit == chain.units["warehouse"]
    assert body.document.created_by == chain.people["wang"]
    assert str(body.document.business_date) == "2026-11-21"
    assert (body.from_place, body.lines) == (None, [])


def test_what_is_left_out_stays_as_it_was(chain: Chain, draft: UUID) -> None:
    save(chain, draft, {"note": "by noon"})
    save(chain, draft, {"header": {"wanted_on": "2026-11-23"}, "business_date": "2026-11-20"})
    save(chain, draft, {"header": None, "business_date": "", "lines": None})

    body = body_of(draft)
    assert (body.document.note, body.document.version) == ("by noon", 4)
    assert str(body.wanted_on) == "2026-11-23"
    assert str(body.document.business_date) == "2026-11-20"
    assert body.from_place == chain.places["warehouse"]
    assert [line.quantity for line in body.lines] == [4, 6]


def test_what_is_sent_empty_becomes_empty(chain: Chain, draft: UUID) -> None:
    save(chain, draft, {"note": "by noon", "header": {"wanted_on": "2026-11-23"}})
    save(chain, draft, {"note": None, "header": {"wanted_on": "", "to_place": None}})

    body = body_of(draft)
    assert (body.document.note, body.wanted_on, body.to_place_id) == ("", None, None)


def test_an_emptied_flag_falls_back_to_what_it_is_by_itself(chain: Chain) -> None:
    with chain.as_("zhou", "warehouse"):
        header = {"is_tax_included": ""}
        order = run("purchasing.order.save", payload={"header": header}).subject
        declared, body = load_any(order)

    assert declared.code == "purchasing.order"
    assert body.is_tax_included is True


# -- lines ---------------------------------------------------------------------------------------


def test_a_line_keeps_its_id_wherever_it_stands(chain: Chain, draft: UUID) -> None:
    milk, cola = body_of(draft).lines

    save(chain, draft, {"lines": [{"id": str(cola.pk), "quantity": "7"}, {"id": milk.pk}]})

    lines = body_of(draft).lines
    assert [line.pk for line in lines] == [cola.pk, milk.pk]
    assert [(line.position, line.item.name, line.quantity) for line in lines] == [
        (1, chain.items["cola"].name, 7),
        (2, chain.items["milk"].name, 4),
    ]


def test_a_new_line_may_bring_its_own_id(chain: Chain, draft: UUID) -> None:
    mine = env.new_id()
    kept = [{"id": line.pk} for line in body_of(draft).lines]

    save(chain, draft, {"lines": [*kept, {"id": mine, "item": "10007", "quantity": "1.5"}]})

    assert body_of(draft).lines[-1].pk == mine


def test_lines_that_are_left_out_are_gone_and_in_the_history(chain: Chain, draft: UUID) -> None:
    milk, cola = body_of(draft).lines

    save(chain, draft, {"lines": [{"id": cola.pk}]})

    assert [line.pk for line in body_of(draft).lines] == [cola.pk]
    changes = history_of(draft).first().changes
    assert changes[f"lines.{milk.pk}.quantity"] == ["4", None]
    assert not any(path.startswith(f"lines.{cola.pk}") for path in changes)


def test_all_lines_may_go(chain: Chain, draft: UUID) -> None:
    save(chain, draft, {"lines": []})

    assert body_of(draft).lines == []


def test_a_line_of_another_document_is_not_taken_over(chain: Chain, draft: UUID) -> None:
    other = save(chain, None, {"lines": [{"item": "10001", "quantity": "1"}]})
    theirs = body_of(draft).lines[0].pk

    with pytest.raises(Refusal) as no:
        save(chain, other, {"lines": [{"id": theirs, "quantity": "99"}]})

    assert no.value.code == "request_conflict"
    assert TransferLine.unscoped.get(pk=theirs).quantity == 4
    assert TransferLine.unscoped.get(pk=theirs).document_id == draft


@pytest.mark.parametrize("lines_count", [1, 200])
def test_saving_costs_the_same_however_many_lines_there_are(
    chain: Chain, lines_count: int, django_assert_max_num_queries: Any
) -> None:
    lines = [{"item": "10001", "quantity": "1"}] * lines_count
    draft = save(chain, None, {"lines": lines})
    kept = [{"id": line.pk, "quantity": "2"} for line in body_of(draft).lines]
    lines = [*kept[: lines_count // 2], {"item": "10003", "unit": "箱", "quantity": "1"}]

    with django_assert_max_num_queries(21):
        save(chain, draft, {"lines": lines})


# -- what is refused -----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("payload", "problems"),
    [
        ({"colour": "red"}, [("colour", "unknown_field")]),
        ({"state": "posted"}, [("state", "unknown_field")]),
        ({"number": "DB-1"}, [("number", "unknown_field")]),
        ({"header": {"colour": "red"}}, [("colour", "unknown_field")]),
        ({"header": ["place"]}, [("header", "object_format")]),
        ({"header": {"to_place": "nowhere"}}, [("to_place", "not_found_reference")]),
        ({"header": {"to_place": "a\0b"}}, [("to_place", "not_found_reference")]),
        ({"lines": "milk"}, [("lines", "list_format")]),
        ({"lines": {"item": "10001"}}, [("lines", "list_format")]),
        ({"lines": ["milk"]}, [("lines.1", "object_format")]),
        ({"lines": [{"id": "first"}]}, [("lines.1", "id_format")]),
        ({"lines": [{"item": "99"}]}, [("lines.1.item", "not_found_reference")]),
        ({"lines": [{}, {"quantity": "x"}]}, [("lines.2.quantity", "not_a_number")]),
        ({"lines": [{"base_quantity": "9"}]}, [("lines.1.base_quantity", "unknown_field")]),
        ({"note": "a\0b"}, [("note", "control_character")]),
        ({"note": "x" * 2001}, [("note", "too_long")]),
        ({"note": 7}, [("note", "not_text")]),
        ({"business_date": "yesterday"}, [("business_date", "not_a_date")]),
        ({"business_date": "1926-11-21"}, [("business_date", "not_a_date")]),
        ({"unit": "X99"}, [("unit", "not_found_reference")]),
    ],
)
def test_what_means_nothing_is_refused_by_its_path(
    chain: Chain, payload: dict[str, Any], problems: list[Any]
) -> None:
    count = Document.unscoped.count()

    assert refused(chain, payload) == problems
    assert Document.unscoped.count() == count


def test_all_problems_are_named_at_once(chain: Chain, draft: UUID) -> None:
    payload = {
        "business_date": "x",
        "header": {"wanted_on": "y"},
        "lines": [{"quantity": "z"}, {"item": "w", "unit": "v"}],
    }

    assert sorted(refused(chain, payload, draft)) == [
        ("business_date", "not_a_date"),
        ("lines.1.quantity", "not_a_number"),
        ("lines.2.item", "not_found_reference"),
        ("lines.2.unit", "not_found_reference"),
        ("wanted_on", "not_a_date"),
    ]


def test_a_line_may_not_stand_twice(chain: Chain, draft: UUID) -> None:
    milk = body_of(draft).lines[0].pk

    assert refused(chain, {"lines": [{"id": milk}, {"id": str(milk)}]}, draft) == [
        ("lines.2", "line_twice")
    ]


def test_a_type_without_lines_takes_none(chain: Chain, without_lines: str) -> None:
    with chain.as_("zhou", "warehouse"):
        run(f"{without_lines}.save", payload={"lines": []})
        with pytest.raises(Refusal) as no:
            run(f"{without_lines}.save", payload={"lines": [{"amount": "1"}]})

    assert [(p["path"], p["code"]) for p in no.value.problems] == [("lines", "unknown_field")]
    assert document_type(without_lines).told_fields == ()


def test_who_stands_nowhere_must_say_where_a_draft_belongs(chain: Chain) -> None:
    from tongpan.kernel.org.scope import acting

    with env.frozen(NOON), acting(chain.people["wang"]):
        with pytest.raises(Refusal) as no:
            run("stock.transfer.save")
        made = run("stock.transfer.save", payload={"unit": "W01"}).document

    assert [(p["path"], p["code"]) for p in no.value.problems] == [("unit", "required")]
    assert made is not None
    assert made.org_unit == chain.units["warehouse"]


# -- whose draft it is ---------------------------------------------------------------------------


def test_a_draft_is_not_made_for_a_unit_where_one_may_not(chain: Chain) -> None:
    with chain.as_("lin", "north"), pytest.raises(Forbidden):
        run("stock.transfer.save", payload={"unit": "S02"})
    with chain.as_("lin", "north"), pytest.raises(Forbidden):
        a_transfer(chain, "south", "north", {"milk": "1"})


def test_a_draft_of_another_unit_is_not_drawn_over_to_ones_own(chain: Chain, draft: UUID) -> None:
    """North sees the warehouse's draft because it is sent there. It stays the warehouse's."""
    with chain.as_("lin", "north"), pytest.raises(Forbidden):
        run("stock.transfer.save", draft, {"header": {"from_place": chain.places["north"]}})

    assert body_of(draft).document.org_unit == chain.units["warehouse"]


def test_a_draft_is_not_pushed_to_a_unit_where_one_may_not_save(chain: Chain, draft: UUID) -> None:
    with chain.as_("wang", "warehouse"), pytest.raises(Forbidden):
        run("stock.transfer.save", draft, {"header": {"from_place": chain.places["north"]}})


def test_who_saves_at_both_units_may_move_a_draft(chain: Chain, draft: UUID) -> None:
    with system(reason="the cast of the tests"):
        role = Grant.objects.get(person=chain.people["wang"]).role
        Grant.objects.create(person=chain.people["wang"], role=role, unit=chain.units["north"])

    save(chain, draft, {"header": {"from_place": chain.places["north"], "to_place": "S02"}})

    assert body_of(draft).document.org_unit == chain.units["north"]


# -- following and replacing ---------------------------------------------------------------------


@pytest.mark.parametrize("link", ["follows", "replaces"])
@pytest.mark.parametrize("named", ["x", "0" * 32, "draft"])
def test_only_what_may_be_followed_or_replaced_is(
    chain: Chain, draft: UUID, link: str, named: str
) -> None:
    given = draft if named == "draft" else named

    with pytest.raises(Refusal) as no:
        save(chain, None, {link: given})

    assert no.value.code == "not_found"


def test_a_draft_cannot_be_followed(chain: Chain, draft: UUID) -> None:
    with chain.as_("chen", "north"), pytest.raises(Refusal) as no:
        run("stock.transfer_receipt.save", payload={"follows": draft})

    assert no.value.code == "wrong_state"


# -- the history of a draft ----------------------------------------------------------------------


def test_every_save_leaves_what_it_changed_and_nothing_else(chain: Chain, draft: UUID) -> None:
    milk, cola = body_of(draft).lines
    save(
        chain,
        draft,
        {"note": "by noon", "lines": [{"id": milk.pk, "quantity": "5"}, {"id": cola.pk}]},
    )
    save(chain, draft, {"note": "by noon"})

    latest, changed, first = history_of(draft)
    assert latest.changes == {}
    assert changed.changes == {
        "note": ["", "by noon"],
        f"lines.{milk.pk}.quantity": ["4", "5"],
    }
    assert first.changes["from_place"] == [None, str(chain.places["warehouse"].pk)]
    assert first.changes[f"lines.{milk.pk}.quantity"] == [None, "4"]
    assert {row.actor for row in (latest, changed, first)} == {chain.people["wang"].pk}
