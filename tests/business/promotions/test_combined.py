"""Lines that are priced by themselves, beneath a step that looks at the pieces of all of them."""

import random
from typing import Any

import pytest

from tests.business.promotions.brute import least_total
from tests.business.promotions.shop import basket, promo
from tongpan.business.promotions.rules.pricing import price
from tongpan.business.promotions.rules.search import _Part, _Search
from tongpan.business.promotions.rules.values import Basket, Promotion
from tongpan.business.promotions.rules.ways import Scopes, Totals, height

SETS: list[tuple[str, dict[str, Any]]] = [
    ("nth_percent", {"percents": ["0", "50"]}),
    ("nth_price", {"nth": 2, "price": "1.00"}),
    ("buy_get", {"buy": 2, "get": 1}),
    ("bundle_price", {"count": 3, "price": "25.00"}),
    ("set_price", {"slots": [{"goods": {"items": ["a"]}, "count": 2}], "price": "9.00"}),
]
CASES = range(60)


def a_case(seed: int) -> tuple[Basket, list[Promotion]]:
    """A sum that 满减 might reach, through the items' own prices and a set of them."""
    chance = random.Random(seed)
    kind, terms = SETS[seed % len(SETS)]
    items = ["a", "b", "c"]
    prices = [chance.randrange(300, 2500) for _item in items]
    least = sum(prices) * chance.randint(90, 99) // 100
    lines = [f"{one} {price / 100:.2f}" for one, price in zip(items, prices, strict=True)]
    promotions = [
        promo("five", "percent_off", "item best 1", percent="5", items=["a", "b"]),
        promo("nine", "amount_off", "item best 1", amount="0.90", items=["b", "c"]),
        promo("set", kind, "sets stack 2", items=items, **terms),
        promo("save", "spend_save", "all stack 3", tiers=[
            {"least": f"{least / 100:.2f}", "off": "9"}
        ]),
    ]  # fmt: skip
    if seed % 3 == 0:
        out = promo("out", "percent_off", "out stack 0", percent="30", items=["c"],
                    is_exclusive=True)  # fmt: skip
        promotions.append(out)
    return basket(*(f"{line} x {chance.randint(1, 2)}" for line in lines)), promotions


@pytest.fixture
def compared(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """How many totals were found by each combining; each time they are those of state by state."""
    found: list[int] = []
    real = _Search._all_ways

    def both_ways(search: _Search, part: _Part, at_most: int, scopes: Scopes) -> Totals:
        totals = real(search, part, at_most, scopes)
        effort, ends = search.effort, search._ends(part)
        if ends is not None and part.sees_all(scopes):
            states = search._run(part, [True] * len(part.steps), at_most)
            by_state = search._ended(part, states, scopes)
            within = {key for key in by_state if key >> height(scopes) <= at_most}
            assert totals.keys() == within
            found.append(len(totals))
        search.effort = effort
        return totals

    monkeypatch.setattr(_Search, "_all_ways", both_ways)
    return found


def test_every_total_of_lines_beneath_a_set_is_found_and_no_other(
    compared: list[int],
) -> None:
    for seed in CASES:
        given, promotions = a_case(seed)
        assert int(price(given, promotions).total * 100) == least_total(given, promotions), seed

    assert len(compared) > 15
    assert max(compared) > 8
