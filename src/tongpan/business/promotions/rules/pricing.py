"""The door of the engine: a basket and promotions in; what each line costs, and why, out."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from functools import lru_cache, partial
from typing import NamedTuple

from tongpan.base.collector import uncollected
from tongpan.base.numbers import MONEY_STEP, ZERO, round_to
from tongpan.business.promotions.rules.conditions import (
    Check,
    Unmet,
    cents_left,
    checks_of,
    times_left,
    unmet,
)
from tongpan.business.promotions.rules.kinds import (
    ALL,
    Figures,
    Offer,
    figures_of,
    looks_at_each_piece,
)
from tongpan.business.promotions.rules.lots import FIRST_GROUP_BIT, Lot, lots_of, made
from tongpan.business.promotions.rules.reasons import (
    Hint,
    blocked,
    cuts_by_line,
    hint_of_missing,
    next_step,
)
from tongpan.business.promotions.rules.search import SMALL, Found, best
from tongpan.business.promotions.rules.values import (
    Basket,
    Goods,
    Limits,
    Line,
    Promotion,
    Rule,
    lies_in,
)
from tongpan.business.promotions.rules.ways import Applied

NO_GOODS = Unmet("promotion_no_goods", {})
NO_LINES: frozenset[int] = frozenset()
KEPT_MAX = 64  # tuples of promotions: a process has one for each store


class Share(NamedTuple):
    """What one promotion takes off one line."""

    promotion: str
    amount: Decimal


class PricedLine(NamedTuple):
    """`net` is what is left to pay: `amount` less all shares, never below zero."""

    id: str
    amount: Decimal
    net: Decimal
    shares: tuple[Share, ...]


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one promotion: how often it was used and for how much, or why not."""

    promotion: str
    times: int = 0
    amount: Decimal = ZERO
    why_not: Unmet | None = None
    hint: Hint | None = None  # what is missing for it, or for more of it

    @property
    def is_applied(self) -> bool:
        return self.times > 0


@dataclass(frozen=True, slots=True)
class Priced:
    lines: tuple[PricedLine, ...]
    applied: tuple[Outcome, ...]  # in the order in which promotions are applied, without hints
    total: Decimal
    bound_hit: bool
    told: Callable[[], Iterator[Outcome]] = field(repr=False, compare=False)
    hinted: Callable[[], Iterator[tuple[str, Hint]]] = field(repr=False, compare=False)

    @property
    def outcomes(self) -> Iterator[Outcome]:
        """What became of each promotion, in their order; worked out while they are looked at."""
        return self.told()

    @property
    def hints(self) -> Iterator[tuple[str, Hint]]:
        """What is missing for promotions, or for more of them, by their codes, in their order:
        the hints of `outcomes` without the reasons."""
        return self.hinted()


@uncollected()
def price(
    basket: Basket,
    promotions: Iterable[Promotion],
    *,
    effort: int | None = None,
    small: int = SMALL,
) -> Priced:
    """The least that a basket can cost under its promotions, and what each of them did.

    Units:   prices include tax; all results are whole cents, and lines add up to the total.
    Errors:  ValueError if two promotions have one code, or a group two rules.
    Source:  the steps and the free choices of a composition stand in `search`. `effort` bounds the
             work, `small` says which parts are searched without shortcuts; both are for proofs.
    """
    rows = _ranked(promotions)
    ranked = [row.promotion for row in rows]
    lots = [lots_of(line) for line in basket.lines]
    shelf = _Shelf(basket.lines)
    unmets: dict[int, Unmet] = {}
    offers: list[Offer] = []
    marks: dict[str, int] = {}
    for number, row in enumerate(rows):
        missing = unmet(row.promotion, basket, row.checks) if row.checks else None
        if missing is None:
            offer = _offer(number, row, basket, shelf, marks)
            if offer is not None:
                offers.append(offer)
                continue
            missing = NO_GOODS
        unmets[number] = missing
    found = best(offers, lots, effort, small)
    lines = _priced_lines(basket.lines, ranked, found.applied)
    total = sum((line.net for line in lines), ZERO)
    applied = [
        Outcome(ranked[one.number].code, one.times, _money(sum(cut for _line, cut in one.shares)))
        for one in found.applied
    ]
    told = partial(_outcomes, ranked, offers, unmets, lots, found)
    hinted = partial(_hints, ranked, offers, lots, found)
    return Priced(tuple(lines), tuple(applied), total, found.bound_hit, told, hinted)


def _outcomes(
    ranked: Sequence[Promotion], offers: Sequence[Offer], unmets: Mapping[int, Unmet],
    lots: Sequence[tuple[Lot, ...]], found: Found,
) -> Iterator[Outcome]:  # fmt: skip
    ready = {offer.number: offer for offer in offers}
    used = {one.number: one for one in found.applied}
    users = [ready[number] for number in used]
    cuts = cuts_by_line(found.applied)
    for number, promotion in enumerate(ranked):
        if number in used:
            one = used[number]
            amount = _money(sum(cut for _line, cut in one.shares))
            hint = next_step(ready[number], lots, one.times, cuts)
            yield Outcome(promotion.code, one.times, amount, None, hint)
        elif number in unmets:
            yield Outcome(promotion.code, why_not=unmets[number])
        else:
            why, hint = blocked(ready[number], lots, users, found.idle)
            yield Outcome(promotion.code, why_not=why, hint=hint)


def _hints(
    ranked: Sequence[Promotion], offers: Sequence[Offer], lots: Sequence[tuple[Lot, ...]],
    found: Found,
) -> Iterator[tuple[str, Hint]]:  # fmt: skip
    used = {one.number: one for one in found.applied}
    cuts = cuts_by_line(found.applied)
    for offer in offers:
        one = used.get(offer.number)
        if one is not None:
            hint = next_step(offer, lots, one.times, cuts)
        else:
            hint = hint_of_missing(offer, lots, found.idle)
        if hint is not None:
            yield ranked[offer.number].code, hint


def returned_share(
    share: Decimal, quantity: Decimal, quantity_back: Decimal, already_back: Decimal
) -> Decimal:
    """What of a line's share (or of its net) goes back with a part of its goods.

    Rounded on the running total, as `part_of` of the till does, so whatever the order and the
    sizes of the parts, all of them together give back exactly the whole.

    Units:   `share` is money; quantities are what the line was sold in.
    Errors:  ValueError if no goods, or more than there are, come back.

    >>> [returned_share(Decimal("1.00"), Decimal(3), Decimal(1), Decimal(n)) for n in range(3)]
    [Decimal('0.33'), Decimal('0.34'), Decimal('0.33')]
    """
    if quantity_back <= 0 or already_back < 0 or already_back + quantity_back > quantity:
        raise ValueError("The parts exceed the whole.")
    upto = round_to(share * (already_back + quantity_back) / quantity, MONEY_STEP)
    return upto - round_to(share * already_back / quantity, MONEY_STEP)


class _Row(NamedTuple):
    promotion: Promotion
    figures: Figures
    checks: tuple[Check, ...]
    reward: Goods | None
    is_limited: bool  # in times or money
    may_be_free: bool  # to take off each piece without looking at any other


_kept: dict[int, tuple[tuple[Promotion, ...], tuple[_Row, ...]]] = {}  # by who they are


def _ranked(promotions: Iterable[Promotion]) -> tuple[_Row, ...]:
    """Promotions in their order, with their numbers. Of the same tuple they are worked out once."""
    known = _kept.get(id(promotions))
    if known is not None and known[0] is promotions:
        return known[1]
    ranked = sorted(promotions, key=lambda promotion: promotion.place)
    _refuse_twice(ranked)
    rows = tuple(
        _Row(
            one,
            figures_of(one),
            checks_of(one),
            one.reward,
            one.limits != Limits(),
            looks_at_each_piece(one),
        )
        for one in ranked
    )
    if isinstance(promotions, tuple):
        if len(_kept) >= KEPT_MAX:
            _kept.clear()
        _kept[id(promotions)] = promotions, rows
    return rows


def _refuse_twice(ranked: Sequence[Promotion]) -> None:
    if len({promotion.code for promotion in ranked}) < len(ranked):
        raise ValueError("Two promotions have one code.")
    groups = {promotion.group.code: promotion.group for promotion in ranked}
    if any(groups[promotion.group.code] != promotion.group for promotion in ranked):
        raise ValueError("A group has one rule and one place.")


class _Shelf:
    """The lines of a basket by what promotions name them by."""

    def __init__(self, lines: Sequence[Line]) -> None:
        there = [(n, line) for n, line in enumerate(lines) if line.quantity > 0]
        self.every = frozenset(n for n, _line in there)
        self.by_item = _indexed((line.item, n) for n, line in there)
        self.by_brand = _indexed((line.brand, n) for n, line in there)
        self.by_category = _indexed((line.category, n) for n, line in there)
        self.by_tag = _indexed((tag, n) for n, line in there for tag in line.tags)
        self.below: dict[frozenset[str], frozenset[int]] = {}

    def of(self, goods: Goods) -> frozenset[int]:
        """The lines that are such goods: `goods.has`, without asking each of them."""
        found = self.every
        if goods.items:
            found &= _named(self.by_item, goods.items)
        if goods.categories:
            found &= self._in(goods.categories)
        if goods.brands:
            found &= _named(self.by_brand, goods.brands)
        if goods.tags:
            found &= _named(self.by_tag, goods.tags)
        if goods.not_items:
            found -= _named(self.by_item, goods.not_items)
        if goods.not_categories:
            found -= self._in(goods.not_categories)
        if goods.not_brands:
            found -= _named(self.by_brand, goods.not_brands)
        if goods.not_tags:
            found -= _named(self.by_tag, goods.not_tags)
        return found

    def _in(self, categories: frozenset[str]) -> frozenset[int]:
        if categories not in self.below:
            near = (path for path in self.by_category if lies_in(path, categories))
            self.below[categories] = _named(self.by_category, near)
        return self.below[categories]


def _indexed(rows: Iterable[tuple[str, int]]) -> dict[str, frozenset[int]]:
    found: dict[str, list[int]] = {}
    for name, n in rows:
        found.setdefault(name, []).append(n)
    return {name: frozenset(numbers) for name, numbers in found.items()}


def _named(index: Mapping[str, frozenset[int]], names: Iterable[str]) -> frozenset[int]:
    return NO_LINES.union(*[index[name] for name in names if name in index])


def _offer(
    number: int, row: _Row, basket: Basket, shelf: _Shelf, marks: dict[str, int]
) -> Offer | None:
    """A promotion ready to be reckoned with; None if nothing is there for it."""
    promotion = row.promotion
    items = promotion.goods.items
    is_missing = bool(items) and items.isdisjoint(shelf.by_item)
    counted = NO_LINES if is_missing else shelf.of(promotion.goods)
    got = shelf.of(row.reward) if row.reward is not None else NO_LINES
    if not counted and not got:
        return None
    mark = 0
    if promotion.group.rule is Rule.BEST:
        mark = marks.setdefault(promotion.group.code, FIRST_GROUP_BIT << len(marks))
    times = times_left(promotion, basket) if row.is_limited else None
    cents = cents_left(promotion, basket) if row.is_limited else None
    return Offer(
        number=number,
        promotion=promotion,
        goods=counted,
        reward=got,
        basket=basket.lines,
        lines=counted | got,
        figures=row.figures,
        is_free=row.may_be_free and times is None and cents is None,
        group_mark=mark,
        times=ALL if times is None else times,
        cents=ALL if cents is None else cents,
    )


def _priced_lines(
    lines: Sequence[Line], ranked: Sequence[Promotion], applied: Sequence[Applied]
) -> list[PricedLine]:
    shares: list[list[Share]] = [[] for _line in lines]
    for one in applied:
        code = ranked[one.number].code
        for n, cut in one.shares:  # each line once
            shares[n].append(made(Share, (code, _money(cut))))
    found = []
    for line, own in zip(lines, shares, strict=True):
        amount = line.amount
        net = amount
        for share in own:
            net -= share.amount
        assert net >= 0, "Nothing costs less than zero."
        found.append(made(PricedLine, (line.id, amount, net, tuple(own))))
    return found


@lru_cache(maxsize=4096)
def _money(cents: int) -> Decimal:
    return Decimal(cents).scaleb(-2)
