"""A basket of 100 lines under 200 live promotions: how long until the till knows every price, and
the hints that it shows.

Promotions are of all kinds, as a chain of supermarkets has them: most for single goods, of which
the best counts; a set for every other brand; one or two 满减 for each category; gifts and add-ons;
a few exclusive ones; for the whole basket several, of which one counts.
Each basket differs. `promo_p99_ms` is the figure; every result is also checked to add up.
"""

import argparse
import random
from collections import deque
from datetime import UTC, datetime
from decimal import Decimal
from itertools import islice
from time import perf_counter, process_time
from typing import Any

from tongpan.business.promotions.rules.pricing import Priced, price
from tongpan.business.promotions.rules.reading import promotions_from
from tongpan.business.promotions.rules.values import Basket, Line, Promotion
from tongpan.faces.cli import Result

HELP = "promotions: 100 lines, 200 live promotions"
LINES, PROMOTIONS, LIMIT_MS = 100, 200, 50
ITEMS, CATEGORIES, BRANDS = 1000, 12, 60
WARM_UP, MEASURED = 20, 300
HINTS = 2  # so many are shown


def run(given: argparse.Namespace) -> Result:
    promotions = live_promotions(random.Random(1))
    times_ms: list[float] = []
    worked_ms: list[float] = []
    hits = wrong = applied = 0
    for seed in range(WARM_UP + MEASURED):
        basket = a_basket(random.Random(seed))
        began, began_work = perf_counter(), process_time()
        priced = price(basket, promotions)
        hints = (one.hint for one in priced.outcomes if one.hint is not None)
        deque(islice(hints, HINTS), maxlen=0)
        if seed >= WARM_UP:
            times_ms.append((perf_counter() - began) * 1000)
            worked_ms.append((process_time() - began_work) * 1000)
            hits += priced.bound_hit
            wrong += not _adds_up(priced)
            applied += len(priced.applied)
    times_ms.sort()
    worked_ms.sort()
    facts: dict[str, Any] = {
        "lines": LINES,
        "promotions": len(promotions),
        "baskets": MEASURED,
        "promo_p50_ms": round(times_ms[len(times_ms) // 2], 1),
        "promo_p99_ms": round(times_ms[int(len(times_ms) * 0.99)], 1),
        "processor_p50_ms": round(worked_ms[len(worked_ms) // 2], 1),
        "processor_p99_ms": round(worked_ms[int(len(worked_ms) * 0.99)], 1),
        "promo_max_ms": round(times_ms[-1], 1),
        "applied_on_average": round(applied / MEASURED, 1),
        "bound_hit": hits,
        "share_mismatch": wrong,
    }
    text = "\n".join(f"{name}: {value}" for name, value in facts.items())
    holds = facts["promo_p99_ms"] < LIMIT_MS and wrong == 0
    return Result(holds=holds, facts=facts, text=text)


def _adds_up(priced: Priced) -> bool:
    lines = priced.lines
    return priced.total == sum(line.net for line in lines) and all(
        line.net + sum(share.amount for share in line.shares) == line.amount for line in lines
    )


def _category(number: int) -> str:
    return f"/goods/c{number % CATEGORIES}/"


def _brand(number: int) -> str:
    return f"b{number % BRANDS}"


def a_basket(chance: random.Random) -> Basket:
    lines = []
    for number, item in enumerate(chance.sample(range(ITEMS), LINES)):
        weighed = chance.random() < 0.1
        quantity = chance.choice(("0.368", "1.205")) if weighed else chance.choice("111122346")
        cents = 100 + (item * 7919) % 4900
        lines.append(Line(
            f"{number}", f"i{item}", Decimal(cents).scaleb(-2), Decimal(quantity),
            _category(item), _brand(item),
        ))  # fmt: skip
    return Basket(tuple(lines), datetime(2026, 11, 21, 12, tzinfo=UTC))


def live_promotions(chance: random.Random) -> tuple[Promotion, ...]:
    """200 of them; all hold at any time, for everybody."""
    makers = (
        [_of_an_item] * 90 + [_of_a_brand] * 40 + [_set_of_a_brand] * 30 + [_of_a_category] * 20
        + [_of_everything] * 4 + [_exclusive] * 6 + [_with_goods] * 10
    )  # fmt: skip
    raw = [make(chance, n) | {"code": f"p{n:03}"} for n, make in enumerate(makers)]
    return promotions_from(raw)


def _group(code: str, rule: str, order: int) -> dict[str, Any]:
    return {"group": {"code": code, "rule": rule, "order": order}}


def _of_an_item(chance: random.Random, number: int) -> dict[str, Any]:
    items = [f"i{n}" for n in chance.sample(range(ITEMS), 5)]
    kind, terms = chance.choice((
        ("percent_off", {"percent": "15"}), ("amount_off", {"amount": "1.00"}),
        ("fixed_price", {"price": "9.90"}),
    ))  # fmt: skip
    return _group("item", "best", 0) | {"kind": kind, "terms": terms, "goods": {"items": items}}


def _of_a_brand(chance: random.Random, number: int) -> dict[str, Any]:
    goods = {"brands": [_brand(chance.randrange(BRANDS))]}
    terms = {"percent": chance.choice(("5", "10", "20"))}
    return _group("item", "best", 0) | {"kind": "percent_off", "terms": terms, "goods": goods}


def _set_of_a_brand(chance: random.Random, number: int) -> dict[str, Any]:
    kind, terms = chance.choice((
        ("nth_percent", {"percents": ["0", "50"]}), ("buy_get", {"buy": 2, "get": 1}),
        ("bundle_price", {"count": 3, "price": "25.00"}),
        ("count_percent", {"tiers": [{"least": 2, "off": "10"}, {"least": 3, "off": "20"}]}),
    ))  # fmt: skip
    goods = {"brands": [_brand(number)]}
    return _group("sets", "stack", 1) | {"kind": kind, "terms": terms, "goods": goods}


def _of_a_category(chance: random.Random, number: int) -> dict[str, Any]:
    kind, terms = chance.choice((
        ("spend_save", {"tiers": [{"least": "100", "off": "10"}, {"least": "200", "off": "25"}]}),
        ("spend_save_each", {"spend": "100", "save": "10"}),
        ("spend_percent", {"tiers": [{"least": "150", "off": "8"}]}),
    ))  # fmt: skip
    goods = {"categories": [_category(number)]}
    return _group("category", "stack", 2) | {"kind": kind, "terms": terms, "goods": goods}


def _of_everything(chance: random.Random, number: int) -> dict[str, Any]:
    kind, terms = chance.choice((
        ("spend_save", {"tiers": [{"least": "1000", "off": "60"}, {"least": "2000", "off": "99"}]}),
        ("spend_save_each", {"spend": "300", "save": "20"}),
        ("spend_percent", {"tiers": [{"least": "500", "off": "5"}]}),
    ))  # fmt: skip
    return _group("basket", "one", 9) | {"kind": kind, "terms": terms}


def _exclusive(chance: random.Random, number: int) -> dict[str, Any]:
    items = [f"i{n}" for n in chance.sample(range(ITEMS), 3)]
    return _group("clearance", "stack", 0) | {
        "kind": "percent_off", "terms": {"percent": "40"}, "goods": {"items": items},
        "is_exclusive": True,
    }  # fmt: skip


def _with_goods(chance: random.Random, number: int) -> dict[str, Any]:
    reward = {"items": [f"i{n}" for n in chance.sample(range(ITEMS), 2)]}
    kind, terms = chance.choice((
        ("gift", {"reward": reward}), ("add_on", {"reward": reward, "price": "1.00"}),
    ))  # fmt: skip
    goods = {"categories": [_category(chance.randrange(CATEGORIES))]}
    return _group("with goods", "stack", 3) | {
        "kind": kind, "terms": terms, "goods": goods, "conditions": {"amount_min": "80"},
    }  # fmt: skip
