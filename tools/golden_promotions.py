"""Writes the golden set of promotions, worked out without the engine.

For each kind there is one small function that makes a basket and works out by itself, as a cashier
with a pocket calculator would, what each line costs. It knows nothing of the engine but the names
of the fields. What tries every composition (tests/business/promotions/brute.py) must come to the
same totals, or nothing is written.
"""

import json
import sys
from collections.abc import Callable
from decimal import ROUND_HALF_UP, Decimal
from pathlib import Path
from random import Random
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
for folder in (ROOT, ROOT / "src"):
    sys.path.insert(0, str(folder))

from tests.business.promotions.brute import least_total  # noqa: E402

from tongpan.business.promotions.rules.reading import (  # noqa: E402
    basket_from,
    promotions_from,
)

TARGET = ROOT / "src" / "tongpan" / "business" / "promotions" / "golden" / "by_kind.json"
OF_EACH = 18
PRICES = ("2.50", "3.90", "4.99", "5.00", "6.80", "9.90", "12.80", "15.00", "19.90", "33.33")
CENT = Decimal("0.01")

Made = tuple[list[dict[str, Any]], dict[str, Any], list[Decimal]]


def cent(amount: Decimal) -> Decimal:
    return amount.quantize(CENT, ROUND_HALF_UP)


def spread(total: Decimal, weights: list[Decimal]) -> list[Decimal]:
    """By largest remainders, to the cent."""
    if not total:
        return [Decimal(0)] * len(weights)
    exact = [total * 100 * w / sum(weights) for w in weights]
    parts = [int(e) for e in exact]
    order = sorted(range(len(parts)), key=lambda n: (parts[n] - exact[n], n))
    for n in order[: int(total * 100) - sum(parts)]:
        parts[n] += 1
    return [Decimal(p) / 100 for p in parts]


def line(item: str, price: str, quantity: str = "1", **more: Any) -> dict[str, Any]:
    return {"item": item, "price": price, "quantity": quantity, **more}


def amount(row: dict[str, Any]) -> Decimal:
    return cent(Decimal(row["price"]) * Decimal(row["quantity"]))


def some_lines(chance: Random, count: int) -> list[dict[str, Any]]:
    quantities = ("1", "1", "2", "3")
    return [line(f"a{n}", chance.choice(PRICES), chance.choice(quantities)) for n in range(count)]


def singles(chance: Random, count: int) -> list[dict[str, Any]]:
    """One piece of each, no two at one price: so it is plain which is the dearest."""
    return [line(f"a{n}", price) for n, price in enumerate(chance.sample(PRICES, count))]


def with_a_stranger(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """And something that no promotion is for."""
    return [*rows, line("other", "7.77", "0.5")]


def percent_off(chance: Random) -> Made:
    rows, percent = some_lines(chance, 2), Decimal(chance.choice(("5", "12", "20", "33.5")))
    nets = [amount(row) - cent(amount(row) * percent / 100) for row in rows]
    return rows, {"terms": {"percent": str(percent)}}, nets


def amount_off(chance: Random) -> Made:
    rows, off = some_lines(chance, 2), Decimal(chance.choice(("0.50", "3.00", "8.00")))
    nets = [max(Decimal(0), Decimal(r["price"]) - off) * Decimal(r["quantity"]) for r in rows]
    return rows, {"terms": {"amount": str(off)}}, nets


def fixed_price(chance: Random) -> Made:
    rows, price = some_lines(chance, 2), Decimal(chance.choice(("2.00", "4.50", "9.90")))
    nets = [min(Decimal(r["price"]), price) * Decimal(r["quantity"]) for r in rows]
    return rows, {"terms": {"price": str(price)}}, nets


def less(rows: list[dict[str, Any]], off: Decimal) -> list[Decimal]:
    amounts = [amount(row) for row in rows]
    return [a - s for a, s in zip(amounts, spread(min(off, sum(amounts)), amounts), strict=True)]


def order_amount_off(chance: Random) -> Made:
    rows, off = some_lines(chance, 3), Decimal(chance.choice(("1.00", "5.00", "10.00")))
    return rows, {"terms": {"amount": str(off)}}, less(rows, off)


def spend_save(chance: Random) -> Made:
    rows = some_lines(chance, 3)
    total, least = sum(map(amount, rows)), Decimal(chance.choice(("15.00", "30.00", "60.00")))
    tiers = [{"least": str(least), "off": "4.00"}, {"least": str(least * 2), "off": "11.00"}]
    off = Decimal(11) if total >= least * 2 else Decimal(4) if total >= least else Decimal(0)
    return rows, {"terms": {"tiers": tiers}}, less(rows, off)


def spend_save_each(chance: Random) -> Made:
    rows = some_lines(chance, 3)
    spend, most = Decimal(chance.choice(("10.00", "20.00"))), chance.choice((None, 2))
    times = int(sum(map(amount, rows)) / spend)
    off = 3 * min(times, most or times)
    made: dict[str, Any] = {"terms": {"spend": str(spend), "save": "3.00"}}
    return rows, made | ({"limits": {"per_sale": most}} if most else {}), less(rows, Decimal(off))


def spend_percent(chance: Random) -> Made:
    rows = some_lines(chance, 3)
    total, least = sum(map(amount, rows)), Decimal(chance.choice(("20.00", "50.00")))
    off = cent(total * 12 / 100) if total >= least else Decimal(0)
    return rows, {"terms": {"tiers": [{"least": str(least), "off": "12"}]}}, less(rows, off)


def count_save(chance: Random) -> Made:
    rows = some_lines(chance, 3)
    count = sum(int(row["quantity"]) for row in rows)
    off = 6 if count >= 6 else 2 if count >= 4 else 0
    tiers = [{"least": 4, "off": "2.00"}, {"least": 6, "off": "6.00"}]
    return rows, {"terms": {"tiers": tiers}}, less(rows, Decimal(off))


def count_percent(chance: Random) -> Made:
    rows = some_lines(chance, 3)
    count, total = sum(int(row["quantity"]) for row in rows), sum(map(amount, rows))
    percent = 20 if count >= 6 else 10 if count >= 4 else 0
    tiers = [{"least": 4, "off": "10"}, {"least": 6, "off": "20"}]
    return rows, {"terms": {"tiers": tiers}}, less(rows, cent(total * percent / 100))


def dearest_first(rows: list[dict[str, Any]]) -> list[int]:
    return sorted(range(len(rows)), key=lambda n: -Decimal(rows[n]["price"]))


def of_places(rows: list[dict[str, Any]], offs: list[list[Decimal]]) -> list[Decimal]:
    """Nets where the line at a place among the dearest has so much off: borne where it stands."""
    flat, order = [off for one in offs for off in one], dearest_first(rows)
    nets = [amount(row) for row in rows]
    for place, off in zip(order, flat, strict=False):
        nets[place] -= off
    return nets


def nth_percent(chance: Random) -> Made:
    rows = singles(chance, chance.randint(1, 5))
    prices = [Decimal(rows[n]["price"]) for n in dearest_first(rows)]
    offs = [[cent(p / 2) if n % 2 else Decimal(0) for n, p in enumerate(prices)]]
    return rows, {"terms": {"percents": ["0", "50"], "spread": "got"}}, of_places(rows, offs)


def nth_price(chance: Random) -> Made:
    rows = singles(chance, chance.randint(1, 5))
    prices = [Decimal(rows[n]["price"]) for n in dearest_first(rows)]
    offs = [[p - 1 if n % 2 else Decimal(0) for n, p in enumerate(prices)]]
    return rows, {"terms": {"nth": 2, "price": "1.00", "spread": "got"}}, of_places(rows, offs)


def buy_get(chance: Random) -> Made:
    rows = singles(chance, chance.randint(2, 6))
    prices = [Decimal(rows[n]["price"]) for n in dearest_first(rows)]
    offs = [[p if n % 3 == 2 else Decimal(0) for n, p in enumerate(prices)]]
    return rows, {"terms": {"buy": 2, "get": 1, "spread": "got"}}, of_places(rows, offs)


def buy_get_other(chance: Random) -> Made:
    count, got = chance.randint(1, 4), chance.randint(1, 3)
    rows = [line("a0", chance.choice(PRICES), str(count)), line("b", "6.66", str(got))]
    free = min(count // 2, got)
    terms = {"buy": 2, "get": 1, "reward": {"items": ["b"]}}
    return rows, {"terms": terms}, [amount(rows[0]), amount(rows[1]) - free * Decimal("6.66")]


def bundle_price(chance: Random) -> Made:
    """Three for a price: only one set of these can be had."""
    rows, price = singles(chance, chance.randint(2, 5)), Decimal(chance.choice(("12.00", "20.00")))
    order = dearest_first(rows)[:3]
    values = [Decimal(rows[n]["price"]) for n in order]
    off = max(Decimal(0), sum(values) - price) if len(order) == 3 else Decimal(0)
    nets = [amount(row) for row in rows]
    shares = spread(off, [Decimal(rows[n]["price"]) for n in sorted(order)])
    for n, share in zip(sorted(order), shares, strict=True):
        nets[n] -= share
    return rows, {"terms": {"count": 3, "price": str(price)}}, nets


def set_price(chance: Random) -> Made:
    """A burger, chips and a drink: the dearest of each; what comes twice is not in the set."""
    rows = [line("burger", chance.choice(PRICES)), line("chips", chance.choice(PRICES))]
    cold = chance.sample(PRICES, 2)
    rows += [line("cola", cold[0]), line("tea", cold[1])]
    price = Decimal(chance.choice(("9.90", "14.00", "25.00")))
    drink = 2 if Decimal(cold[0]) > Decimal(cold[1]) else 3
    chosen = [0, 1, drink]
    values = [amount(rows[n]) for n in chosen]
    shares = spread(max(Decimal(0), sum(values) - price), values)
    nets = [amount(row) for row in rows]
    for n, share in zip(chosen, shares, strict=True):
        nets[n] -= share
    slots = [{"goods": {"items": items}} for items in (["burger"], ["chips"], ["cola", "tea"])]
    goods = {"items": ["burger", "chips", "cola", "tea"]}
    return rows, {"goods": goods, "terms": {"slots": slots, "price": str(price)}}, nets


def gift(chance: Random) -> Made:
    rows = [*some_lines(chance, 2), line("cup", "8.00", "2")]
    spent, for_each = sum(map(amount, rows[:2])), chance.random() < 0.5
    earned = int(spent / 20) if for_each else int(spent >= 20)
    nets = [amount(rows[0]), amount(rows[1]), 8 * Decimal(2 - min(2, earned))]
    terms = {"reward": {"items": ["cup"]}, "for_each": for_each}
    return rows, {"terms": terms, "conditions": {"amount_min": "20.00"}}, nets


def add_on(chance: Random) -> Made:
    rows = [*some_lines(chance, 2), line("umbrella", "25.00", "2")]
    count, each = sum(int(row["quantity"]) for row in rows[:2]), chance.choice((1, 2))
    got = min(2, each) if count >= 3 else 0
    nets = [amount(rows[0]), amount(rows[1]), 25 * Decimal(2 - got) + Decimal("9.90") * got]
    terms = {"reward": {"items": ["umbrella"]}, "price": "9.90", "count": each}
    return rows, {"terms": terms, "conditions": {"quantity_min": 3}}, nets


MAKERS: tuple[Callable[[Random], Made], ...] = (
    percent_off, amount_off, fixed_price, order_amount_off, spend_save, spend_save_each,
    spend_percent, count_save, count_percent, nth_percent, nth_price, buy_get, buy_get_other,
    bundle_price, set_price, gift, add_on,
)  # fmt: skip


def cases() -> list[dict[str, Any]]:
    found = []
    for make in MAKERS:
        for seed in range(OF_EACH):
            rows, promotion, nets = make(Random(seed * 31 + len(make.__name__)))
            goods = {"goods": {"items": [f"a{n}" for n in range(6)]}}
            basket = {"moment": "2026-11-21T12:00", "lines": with_a_stranger(rows)}
            nets = [*nets, amount(basket["lines"][-1])]
            promotions = [{"code": "it", "kind": make.__name__} | goods | promotion]
            told = [str(net.quantize(CENT)) for net in nets]
            found.append({
                "id": f"{make.__name__}_{seed:02}", "about": make.__name__, "basket": basket,
                "promotions": promotions,
                "expected": {"total": str(sum(nets).quantize(CENT)), "nets": told},
            })  # fmt: skip
    return found


def differing(found: list[dict[str, Any]]) -> list[str]:
    """Cases in which trying everything comes to another total."""
    wrong = []
    for case in found:
        promotions = list(promotions_from(case["promotions"]))
        least = Decimal(least_total(basket_from(case["basket"]), promotions)) / 100
        if least != Decimal(case["expected"]["total"]):
            wrong.append(f"{case['id']}: {case['expected']['total']} here, {least} by trying all")
    return wrong


if __name__ == "__main__":
    made = cases()
    if wrong := differing(made):
        sys.exit("\n".join(wrong))
    rows = ",\n".join(json.dumps(case, ensure_ascii=False) for case in made)
    TARGET.write_text('{"cases": [\n' + rows + "\n]}\n", encoding="utf-8")
    print(f"{len(made)} cases in {TARGET.relative_to(ROOT)}")
