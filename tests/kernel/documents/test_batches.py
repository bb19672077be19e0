"""Many rows of master data at once: made, changed, refused by the row, and put away."""

from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests.chain import Chain
from tests.conftest import OwnDatabase
from tests.kernel.documents.test_gate import events_of
from tongpan.base import env
from tongpan.base.refusals import Forbidden, Refusal
from tongpan.kernel.documents.actions.batches import Batch
from tongpan.kernel.documents.gate import run
from tongpan.kernel.documents.history import history_of
from tongpan.kernel.org.models import Grant, Role, RoleAction
from tongpan.kernel.org.scope import system
from tongpan.masters.items.models import Item, ItemCategory, ItemFamily, ItemUnit
from tongpan.masters.parties.models import Party
from tongpan.masters.places.models import Place
from tongpan.masters.prices.models import Price


def save(chain: Chain, kind: str, *rows: Any, **more: Any) -> Batch:
    with chain.as_("zhou", "hq"):
        batch: Batch = run(f"{kind}.save_many", payload={"rows": list(rows), **more}).result
    return batch


def problems(act: Any) -> list[tuple[str, str]]:
    with pytest.raises(Refusal) as no:
        act()
    return [(p["path"], p["code"]) for p in no.value.problems]


def tea(number: int, **more: Any) -> dict[str, Any]:
    return {"code": f"T{number}", "name": f"绿茶 {number}", "base_unit": "盒", **more}


def test_rows_are_made_changed_and_left_alone_by_their_code(chain: Chain) -> None:
    save(chain, "items.item", tea(1), tea(2))

    batch = save(chain, "items.item", tea(1), tea(2, name="红茶"), tea(3))

    assert {n: (s.is_new, s.before.get("name")) for n, s in batch.saved.items()} == {
        1: (False, "绿茶 2"), 2: (True, None),
    }  # fmt: skip
    rows = Item.objects.filter(code__startswith="T").order_by("code")
    assert [row.name for row in rows] == ["绿茶 1", "红茶", "绿茶 3"]
    assert rows[1].search_text == " t2 红茶 hongcha hc 茶 c "


def test_each_row_has_its_history_and_the_batch_one_event(chain: Chain) -> None:
    with chain.as_("zhou", "hq"):
        outcome = run("items.item.save_many", payload={"rows": [tea(1), tea(2)]})
    save(chain, "items.item", tea(1, name="红茶"))

    first = Item.objects.get(code="T1")
    assert [(h.action, h.changes.get("name")) for h in history_of(first.pk)] == [
        ("items.item.save", ["绿茶 1", "红茶"]), ("items.item.save", [None, "绿茶 1"]),
    ]  # fmt: skip
    assert events_of(first.pk) == []
    [event] = events_of(outcome.subject)
    assert event[0] == "items.item.saved_many"


def test_personal_values_are_not_in_the_history_of_a_batch(chain: Chain) -> None:
    row = {"code": "V1", "name": "銮江", "is_supplier": True, "bank_account": "622848"}
    save(chain, "parties.party", row)

    [made] = history_of(Party.objects.get(code="V1").pk)
    assert made.changes["bank_account"] == ["•", "•"]


def test_a_row_is_known_by_its_id_or_by_any_fields(chain: Chain) -> None:
    milk = chain.items["milk"]
    fresh = env.new_id()

    save(chain, "items.item", {"id": str(milk.pk), "name": "鲜奶"}, tea(9, id=str(fresh)))
    key = ["item", "unit"]
    save(chain, "items.item_unit", {"item": "10003", "unit": "箱", "factor": "12"}, key=key)

    assert Item.objects.get(pk=milk.pk).name == "鲜奶"
    assert Item.objects.get(code="T9").pk == fresh
    assert ItemUnit.objects.get(item__code="10003").factor == 12


def test_every_problem_of_every_row_is_said_at_once_and_nothing_is_saved(chain: Chain) -> None:
    save(chain, "items.unit", {"code": "bag", "name": "袋"})
    rows = (
        tea(1),
        tea(2, base_unit="桶"),
        {"name": "没有编码", "base_unit": "盒"},
        tea(3, is_weighed="是", tax_code="12"),
        tea(1, name="again"),
        {"code": "10001", "name": "milk"},
        {"code": "10001", "name": "twice"},
    )

    with pytest.raises(Refusal) as no:
        save(chain, "items.item", *rows)

    assert [(p["row"], p["path"], p["code"]) for p in no.value.problems] == [
        (2, "rows.1.base_unit", "not_found_reference"),
        (3, "rows.2.code", "required"),
        (4, "rows.3.tax_code", "not_valid"),
        (4, "rows.3.is_weighed", "weighed_needs_weight"),
        (5, "rows.4.code", "duplicate"),
        (7, "rows.6.code", "row_repeated"),
    ]
    assert not Item.objects.filter(code="T1").exists()
    taken = lambda: save(chain, "items.unit", {"code": "sack", "name": "袋"})  # noqa: E731
    assert problems(taken) == [("rows.0.name", "duplicate")]


def test_bad_rows_are_skipped_when_that_is_asked_for(chain: Chain) -> None:
    batch = save(chain, "items.item", tea(1), tea(2, base_unit="桶"), skipping=True)

    assert list(batch.saved) == [0]
    assert [(n, [p["path"] for p in found]) for n, found in batch.problems.items()] == [
        (1, ["base_unit"])
    ]
    assert Item.objects.filter(code__startswith="T").count() == 1


def test_what_may_be_there_once_is_looked_up_for_all_rows(chain: Chain) -> None:
    row = {"item": "10003", "unit": "箱", "factor": "12"}
    families = [{"code": "F1", "name": "款", "options": "颜色=红、蓝"}]
    save(chain, "items.family", *families)
    variants = [tea(1, family="F1", variant="红"), tea(2, family="F1", variant="红")]

    assert problems(lambda: save(chain, "items.item_unit", row)) == [("rows.0.unit", "duplicate")]
    assert problems(lambda: save(chain, "items.item", *variants)) == [
        ("rows.1.variant", "duplicate")
    ]
    assert ItemFamily.objects.get().code == "F1"


def test_empty_columns_are_alike_where_their_constraint_says_so(chain: Chain) -> None:
    """A price of an item is one a minute, with a barcode of its own or without any."""
    milk = chain.items["milk"]
    save(chain, "items.barcode", {"code": "OWN-1", "item": milk.code})
    lists = {"code": "L", "name": "L", "org_unit": "HQ", "valid_from": "2026-11-01"}
    save(chain, "prices.list", lists)
    price = {"price_list": "L", "item": milk.code, "price": "9.90", "valid_from": "2026-11-02"}
    own = {**price, "barcode": "OWN-1"}

    save(chain, "prices.price", price, own)

    for one in (price, own):
        assert problems(lambda one=one: save(chain, "prices.price", one)) == [
            ("rows.0.from_clock", "duplicate")
        ]
    key = ["price_list", "item", "unit", "barcode", "valid_from"]
    save(chain, "prices.price", {**price, "price": "8.80"}, key=key)
    found = Price.objects.order_by("price").values_list("barcode__code", "price")
    assert [(code, str(amount)) for code, amount in found] == [
        (None, "8.800000"), ("OWN-1", "9.900000"),
    ]  # fmt: skip


def test_a_batch_takes_no_more_queries_than_a_few_rows(chain: Chain) -> None:
    def queries(count: int, first: int) -> int:
        rows = [tea(n) for n in range(first, first + count)]
        barcodes = [{"code": f"OWN-{n}", "item": f"T{n}"} for n in range(first, first + count)]
        with CaptureQueriesContext(connection) as few:
            save(chain, "items.item", *rows)
            save(chain, "items.barcode", *barcodes)
        return len(few)

    queries(1, 1)

    assert queries(3, 10) == queries(60, 20)


def test_a_parent_may_stand_before_its_children_in_the_same_batch(chain: Chain) -> None:
    save(
        chain, "items.category",
        {"code": "food", "name": "食品"}, {"code": "home", "name": "日用"},
        {"code": "drinks", "name": "饮料", "parent": "food"},
        {"code": "tea", "name": "茶饮", "parent": "饮料"},
    )  # fmt: skip

    paths = ItemCategory.objects.values_list("path", flat=True)
    assert list(paths) == ["/food/", "/food/drinks/", "/food/drinks/tea/", "/home/"]


# -- who may ------------------------------------------------------------------------------------


@pytest.fixture
def manager(chain: Chain) -> Chain:
    """Chen may save places at North, and see those of the whole chain."""
    with system(reason="the cast of the tests"):
        for name, code, unit in (("a", "places.place.save", "north"), ("b", "see.cost", "hq")):
            role = Role.objects.create(code=name, name=name)
            RoleAction.objects.create(role=role, code=code)
            Grant.objects.create(person=chain.people["chen"], role=role, unit=chain.units[unit])
    return chain


def test_every_unit_of_the_batch_must_be_ones_own(manager: Chain) -> None:
    rows = [{"unit": u, "code": "B", "name": "Back"} for u in ("S01", "S02")]
    key = ["unit", "code"]
    with manager.as_("chen", "north"):
        made = run("places.place.save_many", payload={"rows": rows[:1], "key": key})
        with pytest.raises(Forbidden):
            run("places.place.save_many", payload={"rows": rows, "key": key})

    [place] = made.result.saved.values()
    assert history_of(place.subject).get().org_unit == manager.units["north"].pk
    assert not Place.unscoped.filter(unit=manager.units["south"], code="B").exists()


def test_a_place_of_another_unit_is_not_drawn_over_in_a_batch(manager: Chain) -> None:
    theirs = manager.places["south"]
    row = {"id": str(theirs.pk), "unit": "S01", "code": "Z"}
    with manager.as_("chen", "north"), pytest.raises(Forbidden):
        run("places.place.save_many", payload={"rows": [row]})

    assert Place.unscoped.get(pk=theirs.pk).unit == manager.units["south"]


def test_a_stranger_saves_and_archives_nothing(chain: Chain) -> None:
    with chain.as_("lin", "north"):
        for verb, payload in (
            ("save_many", {"rows": [tea(1)]}), ("save_many", {"rows": []}),
            ("archive_many", {"ids": [chain.items["milk"].pk]}),
        ):  # fmt: skip
            with pytest.raises(Forbidden):
                run(f"items.item.{verb}", payload=payload)

    assert Item.objects.get(code="10001").state == "active"


# -- what no batch is ---------------------------------------------------------------------------


def test_what_is_no_batch_is_said(chain: Chain) -> None:
    def sent(payload: dict[str, Any]) -> Any:
        with chain.as_("zhou", "hq"):
            return run("items.item.save_many", payload=payload)

    assert problems(lambda: sent({})) == [("rows", "list_format")]
    assert problems(lambda: sent({"rows": [tea(1), "x"]})) == [("rows.1", "object_format")]
    with pytest.raises(Refusal, match="too_many_rows"):
        sent({"rows": [{}] * 5001})


def test_rows_are_put_away_together(chain: Chain) -> None:
    ids = [chain.items["milk"].pk, chain.items["cola"].pk]
    with chain.as_("zhou", "hq"):
        run("items.item.archive", ids[0])
        put_away = run("items.item.archive_many", payload={"ids": ids}).result
        again = run("items.item.archive_many", payload={"ids": [*ids, "x"]}).result

    assert [row.pk for row in put_away] == ids[1:]
    assert again == []
    assert set(Item.objects.filter(pk__in=ids).values_list("state", flat=True)) == {"archived"}
    assert [h.changes for h in history_of(ids[1])] == [{"state": ["active", "archived"]}]


def test_of_two_who_bring_the_same_code_the_later_is_told_which(
    own_database: OwnDatabase,
) -> None:
    from tests.chain import a_chain

    chain = a_chain()

    def bring(*numbers: int) -> Any:
        with chain.as_("zhou", "hq"):
            rows = [tea(n) for n in numbers]
            return run("items.item.save_many", payload={"rows": rows, "skipping": True}).result

    for first in range(1, 7):
        pairs = [first * 10, first * 10 + 1], [first * 10 + 1, first * 10 + 2]
        answers = own_database.at_once(*(lambda p=p: bring(*p) for p in pairs))
        batches = [answer for answer in answers if isinstance(answer, Batch)]
        assert len(batches) == 2, answers
        codes = {f"T{n}" for pair in pairs for n in pair}
        assert Item.objects.filter(code__in=codes).count() == 3
        told = [p["code"] for b in batches for found in b.problems.values() for p in found]
        assert set(told) <= {"duplicate"}
