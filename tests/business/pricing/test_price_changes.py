"""Price changes: from a day on, by rule or line by line, back again, and taken back."""

from datetime import date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest

from tests.contracts.examples import Stage, a_stage
from tongpan.base import env
from tongpan.base.refusals import Forbidden, Question, Refusal
from tongpan.business.pricing import queries
from tongpan.business.pricing.queries import set_by
from tongpan.faces.kit.derived.forms import edit_grid, form_page, new_body
from tongpan.kernel.documents.gate import run
from tongpan.kernel.documents.registry import document_type
from tongpan.kernel.org.models import Grant, Role, RoleAction
from tongpan.masters.items.models import Item, ItemCategory
from tongpan.masters.prices.models import Price
from tongpan.masters.prices.queries import base_prices_of

pytestmark = pytest.mark.usefixtures("company")
TYPE = document_type("prices.change")


@pytest.fixture
def stage() -> Stage:
    return a_stage()


def price(stage: Stage, name: str, day: int) -> Decimal:
    """What North's till asks for an item on that day of November."""
    item = stage.items[name]
    return base_prices_of([item], stage.units["north"], date(2026, 11, day))[item.pk].price


def draft(stage: Stage, lines: dict[str, str | None], **header: Any) -> UUID:
    rows = [{"item": stage.items[name], "new_price": new} for name, new in lines.items()]
    said = {"price_list": "RETAIL", "begins_on": "2026-11-23", **header}
    return run("prices.change.save", payload={"header": said, "lines": rows}).subject


def rows_of(stage: Stage, name: str) -> list[tuple[int, str, str]]:
    rows = Price.objects.filter(item=stage.items[name], valid_from__month=11).order_by("valid_from")
    return [(row.valid_from.day, f"{row.price:.2f}", row.state) for row in rows]


def test_prices_change_for_some_days_and_are_taken_back(stage: Stage) -> None:
    with stage.as_("zhou", "hq"):
        change = draft(
            stage, {"milk": None, "cola": "9.99"}, ends_on="2026-11-25", percent="-10", ending=".9"
        )
        run("prices.change.post", change)
        assert [price(stage, "milk", day) for day in (22, 23, 25, 26)] == [
            Decimal(text) for text in ("12.90", "11.90", "11.90", "12.90")
        ]
        assert price(stage, "cola", 24) == Decimal("9.99")
        line = TYPE.line.unscoped.get(document=change, item=stage.items["milk"])  # type: ignore[union-attr]
        assert (line.old_price, line.cost) == (Decimal("12.90"), Decimal("8.50"))
        assert line.margin == Decimal("19.29")  # (11.90 / 1.13 - 8.50) of 11.90 / 1.13
        told = set_by(list(Price.objects.filter(item=stage.items["milk"])))
        assert {d.number for d in told.values()} == {"TJ-HQ-26-00001"}
        assert len(told) == 2

        # Somebody changes one of them on the item; the rest goes back.
        row = Price.objects.get(item=stage.items["cola"], valid_from=date(2026, 11, 23))
        run("prices.price.save", row.pk, {"price": "9.50"})
        assert row.pk not in set_by([Price.objects.get(pk=row.pk)])
        with pytest.raises(Question) as asked:
            run("prices.change.reverse", change, {"reason": "wrong week"})
        assert [p["code"] for p in asked.value.problems] == ["price_changed_since"]
        run("prices.change.reverse", change, {"reason": "wrong week"},
            answers=["leave_what_was_changed"])  # fmt: skip
        assert price(stage, "milk", 23) == Decimal("12.90")
        assert price(stage, "cola", 23) == Decimal("9.50")
        assert rows_of(stage, "milk") == [(23, "11.90", "archived"), (26, "12.90", "archived")]

        # The same day once more: what was put away is taken back into use, and what was there
        # on that very day comes back when it is reversed.
        again = draft(stage, {"milk": "10.00", "cola": "8.00"}, ends_on="2026-11-25")
        run("prices.change.post", again)
        assert rows_of(stage, "milk") == [(23, "10.00", "active"), (26, "12.90", "active")]
        run("prices.change.reverse", again, {"reason": "wrong again"})
        assert price(stage, "cola", 23) == Decimal("9.50")


def test_what_is_odd_is_refused_or_asked(stage: Stage) -> None:
    with stage.as_("zhou", "hq"):
        Price.objects.create(
            price_list=Price.objects.filter(item=stage.items["milk"]).get().price_list,
            item=stage.items["milk"], unit=stage.measures["box"], price=Decimal("13.50"),
            valid_from=date(2026, 11, 30),
        )  # fmt: skip
        low = draft(stage, {"milk": "9.00"})  # 7.96 without tax, the cost is 8.50
        with pytest.raises(Question) as asked:
            run("prices.change.post", low)
        assert asked.value.code == "change_anyhow"
        with pytest.raises(Question) as asked:
            run("prices.change.post", low, answers=["change_anyhow"])
        assert [p["code"] for p in asked.value.problems] == ["below_cost"]
        run("prices.change.post", low, answers=["change_anyhow", "sell_below_cost"])
        for header, code in (
            ({"begins_on": "2026-11-20"}, "begins_in_past"),
            ({"ends_on": "2026-11-22"}, "change_ends_first"),
        ):
            odd = draft(stage, {"cola": "9.00"}, **header)
            with pytest.raises(Refusal) as no:
                run("prices.change.post", odd)
            assert code in [p["code"] for p in no.value.problems]

    # Who may not see costs is shown none, and learns only that the price is too low.
    role = Role.objects.create(code="pricer", name="调价员")
    for code in ("prices.change.*", "prices.list.view", "items.item.view"):
        RoleAction.objects.create(role=role, code=code)
    Grant.objects.create(person=stage.people["lin"], role=role, unit=stage.units["hq"])
    with stage.as_("lin", "hq"):
        cheap = draft(stage, {"cola": "1.00"})
        grid = edit_grid(TYPE, new_body(TYPE, env.new_id(), {}))
        assert grid is not None
        assert not {"costs", "margin_now"} & {column.name for column in grid.columns}
        with pytest.raises(Question) as asked:
            run("prices.change.post", cheap)
        assert [sorted(p) for p in asked.value.problems] == [
            ["code", "item", "path", "permission", "price", "question"]
        ]
        with pytest.raises(Forbidden):  # prices are written by who may write prices
            run("prices.change.post", cheap, answers=["sell_below_cost"])
        RoleAction.objects.create(role=role, code="prices.price.save")
    with stage.as_("lin", "hq"):
        run("prices.change.post", cheap, answers=["sell_below_cost"])
    assert price(stage, "cola", 23) == Decimal("1.00")


def test_a_category_is_proposed_at_what_its_prices_become(stage: Stage) -> None:
    drinks = ItemCategory.objects.create(code="DRINK", name="饮料", path="/DRINK/")
    Item.objects.filter(code__in=("10003", "10004")).update(category=drinks)
    with stage.as_("zhou", "hq"):
        given = {"price_list": "RETAIL", "category": "DRINK", "percent": "5", "ending": "0.1"}
        body = new_body(TYPE, env.new_id(), given)
        told = [(n.item.code, n.old_price, n.new_price) for n in body.lines]
        assert told == [
            ("10003", Decimal("12.90"), Decimal("13.50")),
            ("10004", Decimal("12.90"), Decimal("13.50")),
        ]

        # What was worked out follows the header; what somebody wrote stays.
        rows = [{"item": "10003"}, {"item": "10004", "new_price": "14.00"}]
        header = {"price_list": "RETAIL", "begins_on": "2026-11-23", "percent": "5"}
        change = run("prices.change.save", payload={"header": header, "lines": rows}).subject
        run("prices.change.save", change, {"header": {"percent": "10"}})
        lines = TYPE.line.unscoped.filter(document=change).order_by("position")  # type: ignore[union-attr]
        assert [n.new_price for n in lines] == [Decimal("14.19"), Decimal("14.00")]


def test_everything_is_proposed_unless_it_is_more_than_a_document_takes(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    with stage.as_("zhou", "hq"):
        given = {"price_list": "RETAIL", "is_all": "1", "percent": "5"}
        every = Price.objects.filter(price_list__code="RETAIL", barcode=None)
        assert len(new_body(TYPE, env.new_id(), given).lines) == every.count() > 2

        monkeypatch.setattr(queries, "PROPOSED_MAX", 2)
        body = new_body(TYPE, env.new_id(), given)
        assert body.lines == []
        (told,) = form_page(TYPE, body).problems
        assert "超过 2 个价格" in str(told)


def test_prices_change_at_a_time_of_day_and_return_at_another(stage: Stage) -> None:
    with stage.as_("zhou", "hq"):
        change = draft(
            stage, {"milk": "9.90"}, begins_clock="14：00", ends_on="2026-11-23", ends_clock="18:00"
        )
        run("prices.change.post", change)
    found = {}
    for clock in ("13:59", "14:00", "17:59", "18:00"):
        with env.frozen(datetime.fromisoformat(f"2026-11-23T{clock}+08:00")):
            found[clock] = f"{price(stage, 'milk', 23):.2f}"

    assert found == {"13:59": "12.90", "14:00": "9.90", "17:59": "9.90", "18:00": "12.90"}


@pytest.mark.parametrize(
    ("header", "path", "code"),
    [
        ({"begins_clock": "25:00"}, "begins_clock", "not_valid"),
        (
            {"begins_clock": "14:00", "ends_on": "2026-11-23", "ends_clock": "14:00"},
            "ends_clock", "change_ends_first",
        ),
        ({"ends_clock": "14:00"}, "ends_on", "required"),
    ],
)  # fmt: skip
def test_times_that_cannot_be_are_refused_where_they_stand(
    stage: Stage, header: dict[str, str], path: str, code: str
) -> None:
    with stage.as_("zhou", "hq"):
        odd = draft(stage, {"cola": "9.00"}, **header)
        with pytest.raises(Refusal) as no:
            run("prices.change.post", odd)

    assert (path, code) in [(p["path"], p["code"]) for p in no.value.problems]
