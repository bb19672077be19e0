"""Price changes of levels, and of single stores: approved, from a minute, back again."""

from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest

from tests.business.membership.stage import Club, a_club
from tongpan.base.refusals import Refusal
from tongpan.business.membership.models import Tier
from tongpan.business.pricing.models import PriceLevel
from tongpan.business.pricing.queries import changes_over, set_by
from tongpan.business.pricing.rules import best_level
from tongpan.business.till import queries as till
from tongpan.kernel.companies.calls import together
from tongpan.kernel.documents.gate import run
from tongpan.kernel.documents.models import Document
from tongpan.masters.prices.models import Price, PriceList


@pytest.fixture
def club(staged: Any) -> Club:
    return staged(a_club)  # type: ignore[no-any-return]


def draft(club: Club, lines: list[dict[str, Any]], **header: Any) -> UUID:
    said = {"price_list": "RETAIL", "begins_on": "2026-11-23", **header}
    rows = [{"item": club.items["milk"], **line} for line in lines]
    return run("prices.change.save", payload={"header": said, "lines": rows}).subject


def posted(club: Club, lines: list[dict[str, Any]], **header: Any) -> UUID:
    change = draft(club, lines, **header)
    run("prices.change.post", change, answers=["sell_below_cost"])
    return change


def asked(
    club: Club, store: str, day: int, clock: str = "12:00", *, many: int = 1, **buyer: Any
) -> str:
    """What one costs at a store's till in November."""
    item, path = club.items["milk"], club.units[store].path
    key = (item.pk, None, path, date(2026, 11, day), clock)
    (said,) = together([till.offers_call([key])])
    offer = till.offers_read(said)[key]
    assert offer.price is not None
    best = best_level(offer.levels, Decimal(many), offer.price, **buyer)
    return f"{best.price if best else offer.price:.2f}"


def test_levels_change_from_a_minute_and_return_by_themselves(club: Club) -> None:
    gold = Tier.objects.get(code="gold")
    with club.as_("zhou", "hq"):
        run("prices.level.save", payload={
            "price_list": "RETAIL", "item": club.items["milk"], "buyer": "members",
            "price": "9.80", "valid_from": "2026-11-01",
        })  # fmt: skip
        change = posted(
            club,
            [{"new_price": "9.90"}, {"buyer": "members", "new_price": "9.70"},
             {"from_quantity": "3", "new_price": "9.60"},
             {"buyer": "members", "tier": gold, "new_price": "9.65"}],
            begins_clock="14:00", ends_on="2026-11-25", ends_clock="18:00",
        )  # fmt: skip
    member: dict[str, Any] = {"is_member": True}
    moments = ((23, "13:59"), (23, "14:00"), (25, "17:59"), (25, "18:00"), (26, "12:00"))

    assert [asked(club, "north", *at) for at in moments] == [
        "10.00", "9.90", "9.90", "10.00", "10.00"
    ]  # fmt: skip
    assert [asked(club, "north", *at, **member) for at in moments] == [
        "9.80", "9.70", "9.70", "9.80", "9.80"
    ]  # fmt: skip
    assert [asked(club, "north", *at, many=3) for at in moments] == [
        "10.00", "9.60", "9.60", "10.00", "10.00"
    ]  # fmt: skip
    assert asked(club, "north", 24, **member, tier=gold.pk) == "9.65"
    with club.as_("zhou", "hq"):
        run("prices.change.reverse", change, {"reason": "wrong week"})
    assert {asked(club, "north", *at, **member) for at in moments} == {"9.80"}
    assert {asked(club, "north", *at, many=3) for at in moments} == {"10.00"}
    with club.as_("zhou", "hq"):  # and at the same minutes once more: what was put away returns
        posted(club, [{"from_quantity": "3", "new_price": "9.50"}], begins_clock="14:00")
    assert asked(club, "north", 30, many=3) == "9.50"


def test_a_level_without_a_price_before_it_ends_with_the_last_day(club: Club) -> None:
    with club.as_("zhou", "hq"):
        posted(club, [{"from_quantity": "2", "new_price": "9.00"}], ends_on="2026-11-24")

    (level,) = PriceLevel.objects.all()
    assert (level.valid_from, level.valid_until) == (date(2026, 11, 23), date(2026, 11, 24))
    assert [asked(club, "north", day, many=2) for day in (23, 24, 25)] == ["9.00", "9.00", "10.00"]


@pytest.mark.parametrize(
    ("line", "path", "code"),
    [
        ({"tier": "gold"}, "lines.1.tier", "tier_of_members"),
        ({"from_quantity": "0"}, "lines.1.from_quantity", "not_positive"),
        ({"buyer": "members"}, "lines.1.item", "level_begins_too"),
    ],
)
def test_a_level_that_cannot_be_is_refused(
    club: Club, line: dict[str, str], path: str, code: str
) -> None:
    with club.as_("zhou", "hq"):
        run("prices.level.save", payload={
            "price_list": "RETAIL", "item": club.items["milk"], "buyer": "members",
            "price": "9.80", "valid_from": "2026-11-23",
        })  # fmt: skip
        with pytest.raises(Refusal) as no:
            posted(club, [line | {"new_price": "9.00"}])

    assert (path, code) in [(p["path"], p["code"]) for p in no.value.problems]


def test_prices_of_some_stores_hold_there_for_some_days_and_nowhere_else(club: Club) -> None:
    north, south = club.units["north"], club.units["south"]
    with club.as_("zhou", "hq"):
        change = posted(
            club, [{"new_price": "9.50"}, {"from_quantity": "3", "new_price": "9.20"}],
            only_at=f"{north.code} {south.code}", ends_on="2026-11-25", ends_clock="18:00",
        )  # fmt: skip
    document = Document.unscoped.get(pk=change)

    for store in ("north", "south"):
        assert [asked(club, store, day) for day in (22, 23, 25, 26)] == [
            "10.00", "9.50", "9.50", "10.00"
        ]  # fmt: skip
        assert [asked(club, store, 25, clock) for clock in ("17:59", "18:00")] == ["9.50", "10.00"]
        assert [asked(club, store, day, many=3) for day in (23, 26)] == ["9.20", "10.00"]
    assert asked(club, "west", 23) == "10.00"
    assert document.org_unit == club.units["hq"]
    row = Price.objects.get(price_list__org_unit=north, valid_from=date(2026, 11, 23))
    with club.as_("zhou", "hq"):
        assert set_by([row])[row.pk].pk == change
    now, since = (date(2026, 11, 24), "12:00"), date(2026, 11, 1)
    holds = [bool(changes_over(club.units[s], now, since=since)) for s in ("north", "west")]
    assert holds == [True, False]
    with club.as_("zhou", "hq"):
        run("prices.change.reverse", change, {"reason": "wrong store"})
    assert asked(club, "north", 23) == "10.00"


def test_a_price_that_stays_at_one_store_goes_into_its_own_list_which_is_made_once(
    club: Club,
) -> None:
    north = club.units["north"]
    with club.as_("zhou", "hq"):
        first = posted(club, [{"new_price": "9.50"}], only_at=north.code)
        posted(club, [{"new_price": "9.60"}], only_at=north.code, begins_on="2026-11-24")
        with pytest.raises(Refusal) as no:
            posted(club, [{"new_price": "9.70"}], only_at=north.code, begins_on="2026-11-24")
        with pytest.raises(Refusal) as nowhere:
            posted(club, [{"new_price": "9.70"}], only_at="S99")

    own = PriceList.objects.get(org_unit=north)
    assert own.code == f"RETAIL-{north.code}"
    assert Document.unscoped.get(pk=first).org_unit == north
    assert [asked(club, "north", day) for day in (22, 23, 24)] == ["10.00", "9.50", "9.60"]
    assert [p["code"] for p in no.value.problems] == ["begins_there_too"]
    assert [(p["path"], p["code"]) for p in nowhere.value.problems] == [("only_at", "no_place")]
    with club.as_("zhou", "hq"):
        run("prices.change.reverse", first, {"reason": "too low"})
    assert [asked(club, "north", day) for day in (23, 24)] == ["10.00", "9.60"]


def test_prices_of_a_store_keep_to_its_band_whoever_sets_them(club: Club) -> None:
    north = club.units["north"]
    with club.as_("zhou", "hq"):
        run("prices.band.save", payload={
            "code": "MILK", "org_unit": club.units["hq"], "item": club.items["milk"],
            "floor": "9.00", "valid_from": "2026-11-01",
        })  # fmt: skip
        with pytest.raises(Refusal) as no:
            posted(club, [{"buyer": "members", "new_price": "8.99"}], only_at=north.code)

    (problem,) = [p for p in no.value.problems if p["code"] == "below_band"]
    assert problem["path"] == "lines.1.new_price"
