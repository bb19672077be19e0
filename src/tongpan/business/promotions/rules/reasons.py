"""Why a promotion was not used, and what is missing for it, or for more of it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from tongpan.business.promotions.rules.conditions import Unmet, short
from tongpan.business.promotions.rules.kinds import (
    EACH,
    Offer,
    Part,
    amount_off,
    amount_towards,
    earned,
    measured,
    quantity_of,
)
from tongpan.business.promotions.rules.lots import Lot
from tongpan.business.promotions.rules.sums import is_sensitive
from tongpan.business.promotions.rules.values import (
    AddOn,
    BundlePrice,
    BuyGet,
    BuyGetOther,
    CountPercent,
    CountSave,
    Gift,
    NthPercent,
    NthPrice,
    Rule,
    SetPrice,
    SpendPercent,
    SpendSave,
    SpendSaveEach,
)
from tongpan.business.promotions.rules.ways import Applied

Lots = Sequence[tuple[Lot, ...]]


@dataclass(frozen=True, slots=True)
class Hint:
    """ "Add 1 more": a code with its facts, of which `missing` is the quantity or the amount."""

    code: str
    facts: dict[str, Any]


def blocked(
    offer: Offer, lots: Lots, used: Sequence[Offer], idle: frozenset[int]
) -> tuple[Unmet, Hint | None]:
    """Why an offer whose conditions hold was not used: something is missing, or others are.
    `idle` are those that bring nothing even if they are alone."""
    if _lacks(offer, lots, idle):
        return _missing(offer, _parts(offer, lots))
    group = offer.promotion.group
    if group.rule is Rule.ONE:
        same = [o for o in used if o.promotion.group.code == group.code]
        if same:
            return Unmet("promotion_excluded_by", _by(same)), None
    near = [other for other in used if not other.lines.isdisjoint(offer.lines)]
    rivals = [other for other in near if _are_rivals(offer, other)]
    if rivals:
        return Unmet("promotion_goods_used_by", _by(rivals)), None
    before = [other for other in near if other.number < offer.number]
    if is_sensitive(offer) and before:
        return Unmet("promotion_too_little_left", _by(before)), None
    return Unmet("promotion_dearer_with_it", _by(near)), None


def hint_of_missing(offer: Offer, lots: Lots, idle: frozenset[int]) -> Hint | None:
    """The hint of `blocked` alone."""
    return _missing(offer, _parts(offer, lots))[1] if _lacks(offer, lots, idle) else None


def _lacks(offer: Offer, lots: Lots, idle: frozenset[int]) -> bool:
    """Whether it would bring nothing even if it were alone."""
    return offer.number in idle or (offer.is_free and not amount_off(offer, _parts(offer, lots)))


def _are_rivals(offer: Offer, other: Offer) -> bool:
    one, two = offer.promotion, other.promotion
    shares_group = bool(offer.group_mark) and offer.group_mark == other.group_mark
    return one.is_exclusive or two.is_exclusive or shares_group


def _by(others: Sequence[Offer]) -> dict[str, Any]:
    names = (other.promotion.title or other.promotion.code for other in others)
    return {"by": ", ".join(names), "codes": tuple(other.promotion.code for other in others)}


def _parts(offer: Offer, lots: Lots) -> list[Part]:
    return [Part(line, lot) for line in sorted(offer.lines) for lot in lots[line]]


def _missing(offer: Offer, parts: Sequence[Part]) -> tuple[Unmet, Hint | None]:
    """What a basket lacks for a promotion, if it were the only one."""
    terms, held = offer.promotion.terms, offer.promotion.conditions
    if isinstance(terms, EACH):
        found = _short_of_conditions(offer, parts)
        return found or Unmet("promotion_brings_nothing", {}), _hint(found)
    counting = [part for part in parts if part.line in offer.goods]
    if isinstance(terms, Gift | AddOn | BuyGetOther):
        if earned(offer, counting) > 0 and not offer.reward:
            goods = _named(offer)
            hint = Hint("hint_take_reward", {"missing": earned(offer, counting), **goods})
            return Unmet("promotion_reward_not_taken", goods), hint
        if isinstance(terms, BuyGetOther):
            found = _few(offer, counting, terms.buy)
        else:
            found = _short_of_conditions(offer, counting)
        if found is None:  # what counts would be the very goods that are got
            found = Unmet("promotion_needs_quantity", short(Decimal(2), Decimal(1)))
        return found, _hint(found)
    found = _short_of_conditions(offer, counting) or _short_of_terms(offer, counting)
    assert held is not None, "Every promotion has conditions."
    return found or Unmet("promotion_brings_nothing", {}), _hint(found)


def _short_of_conditions(offer: Offer, parts: Sequence[Part]) -> Unmet | None:
    held = offer.promotion.conditions
    quantity, amount = quantity_of(offer, parts), _money(measured(offer, parts))
    if held.quantity_min is not None and quantity < held.quantity_min:
        return Unmet("promotion_needs_quantity", short(held.quantity_min, quantity))
    if held.amount_min is not None and amount < held.amount_min:
        return Unmet("promotion_needs_amount", short(held.amount_min, amount))
    if not parts:
        return Unmet("promotion_no_goods", {})
    return None


def _short_of_terms(offer: Offer, parts: Sequence[Part]) -> Unmet | None:
    terms = offer.promotion.terms
    if isinstance(terms, SpendSave | SpendPercent | CountSave | CountPercent | SpendSaveEach):
        return _short_of_step(offer, parts)
    if isinstance(terms, NthPercent):
        first = next((n for n, percent in enumerate(terms.percents, 1) if percent), 0)
        return _few(offer, parts, first)
    if isinstance(terms, NthPrice):
        return _few(offer, parts, terms.nth)
    if isinstance(terms, BuyGet):
        return _few(offer, parts, terms.buy + terms.get)
    if isinstance(terms, BundlePrice):
        return _few(offer, parts, terms.count)
    if isinstance(terms, SetPrice):
        for slot in terms.slots:
            there = [part for part in parts if slot.goods.has(offer.basket[part.line])]
            if (found := _few(offer, there, slot.count)) is not None:
                return found
        return _few(offer, parts, sum(slot.count for slot in terms.slots))
    return None


def _few(offer: Offer, parts: Sequence[Part], needs: int) -> Unmet | None:
    has = sum(part.lot.pieces for part in parts if offer.basket[part.line].is_counted)
    if has < needs:
        return Unmet("promotion_needs_quantity", short(Decimal(needs), Decimal(has)))
    return None


def _short_of_step(offer: Offer, parts: Sequence[Part]) -> Unmet | None:
    """What is missing for the next step of what is spent, or of how many there are."""
    terms = offer.promotion.terms
    counts = isinstance(terms, CountSave | CountPercent)
    towards = amount_towards(offer, parts)
    has = Decimal(towards) if counts else _money(int(towards))
    if isinstance(terms, SpendSaveEach):
        times = int(has // terms.spend)
        if times >= offer.times:
            return None
        steps = [terms.spend * (times + 1)]
    else:
        assert isinstance(terms, SpendSave | SpendPercent | CountSave | CountPercent)
        steps = sorted(tier.least for tier in terms.tiers if tier.least > has)
    if not steps:
        return None
    code = "promotion_needs_quantity" if counts else "promotion_needs_amount"
    return Unmet(code, short(steps[0], has))


def cuts_by_line(applied: Sequence[Applied]) -> dict[int, list[tuple[int, int]]]:
    """What was taken off each line, with the number of the promotion that took it."""
    cuts: dict[int, list[tuple[int, int]]] = {}
    for one in applied:
        for line, cut in one.shares:
            cuts.setdefault(line, []).append((one.number, cut))
    return cuts


def next_step(
    offer: Offer, lots: Lots, times: int, cuts: Mapping[int, Sequence[tuple[int, int]]]
) -> Hint | None:
    """What is missing for more of a promotion that is used: its next step, or its next set.

    Amounts are those that it saw: less what the promotions before it took off.
    """
    is_step = isinstance(
        offer.promotion.terms, SpendSave | SpendPercent | CountSave | CountPercent | SpendSaveEach
    )
    size = _size_of_set(offer)
    if not is_step and not size:
        return None
    parts = [part for part in _parts(offer, lots) if part.line in offer.goods]
    if is_step:
        seen = []
        for line, lot in parts:
            cut = sum(cut for number, cut in cuts.get(line, ()) if number < offer.number)
            seen.append(Part(line, lot._replace(left=lot.left - cut)))
        return _hint(_short_of_step(offer, seen))
    if times < offer.times:
        counted = [part for part in parts if offer.basket[part.line].is_counted]
        odd = sum(part.lot.pieces for part in counted) % size
        if odd:
            facts = short(Decimal(size), Decimal(odd))
            return Hint("hint_add_pieces", facts)
    return None


def _size_of_set(offer: Offer) -> int:
    terms = offer.promotion.terms
    if isinstance(terms, NthPercent):
        return len(terms.percents)
    if isinstance(terms, NthPrice):
        return terms.nth
    if isinstance(terms, BuyGet):
        return terms.buy + terms.get
    return terms.count if isinstance(terms, BundlePrice) else 0


def _hint(found: Unmet | None) -> Hint | None:
    codes = {
        "promotion_needs_quantity": "hint_add_pieces",
        "promotion_needs_amount": "hint_spend_more",
    }
    return Hint(codes[found.code], found.facts) if found and found.code in codes else None


def _named(offer: Offer) -> dict[str, Any]:
    reward = offer.promotion.reward
    return {"items": tuple(sorted(reward.items)) if reward is not None else ()}


def _money(amount: int) -> Decimal:
    return Decimal(amount).scaleb(-2)
