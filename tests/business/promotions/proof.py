"""`prove promo`: small baskets by chance, priced by the engine and by trying everything."""

from dataclasses import dataclass
from decimal import Decimal

from tests.business.promotions.brute import least_total
from tests.business.promotions.chance import chance_of
from tongpan.business.promotions.rules.pricing import Priced, price
from tongpan.faces.cli import Result


@dataclass
class Tally:
    baskets: int = 0
    optimal: int = 0
    bound_hit: int = 0
    share_mismatch: int = 0
    applied: int = 0
    with_shortcuts: int = 0  # how many are optimal with the shortcuts for large baskets as well


def run(seeds: range) -> Result:
    tally, missed = Tally(), []
    for seed in seeds:
        basket, promotions = chance_of(seed)
        priced = price(basket, promotions)
        least = Decimal(least_total(basket, promotions)).scaleb(-2)
        tally.baskets += 1
        tally.optimal += priced.total == least
        tally.bound_hit += priced.bound_hit
        tally.share_mismatch += not adds_up(priced)
        tally.applied += len(priced.applied)
        tally.with_shortcuts += price(basket, promotions, small=0).total == least
        if priced.total != least:
            missed.append({"seed": seed, "total": priced.total, "least": least})
    facts = {
        "baskets": tally.baskets,
        "optimal": tally.optimal,
        "bound_hit": tally.bound_hit,
        "share_mismatch": tally.share_mismatch,
        "promotions_applied": tally.applied,
        "optimal_with_shortcuts": tally.with_shortcuts,
        "missed": missed[:20],
    }
    holds = tally.baskets > 0 and tally.optimal == tally.baskets and tally.share_mismatch == 0
    text = "\n".join(f"{name}: {value}" for name, value in facts.items())
    return Result(holds=holds, facts=facts, text=text)


def adds_up(priced: Priced) -> bool:
    """Whether nets and shares are the amounts, per line and per promotion, and none below zero."""
    by_code: dict[str, Decimal] = {}
    for line in priced.lines:
        if line.net < 0 or line.net + sum(s.amount for s in line.shares) != line.amount:
            return False
        for share in line.shares:
            by_code[share.promotion] = by_code.get(share.promotion, Decimal(0)) + share.amount
            if share.amount <= 0:
                return False
    said = {outcome.promotion: outcome.amount for outcome in priced.applied}
    return by_code == said and priced.total == sum(line.net for line in priced.lines)
