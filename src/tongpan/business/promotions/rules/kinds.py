"""What each kind takes off the pieces that it may use. One function for each family of kinds.

A family is given parts: the first pieces of some lots. It answers for each part how many of its
first pieces it used and how many cents came off them. Pieces that a promotion uses together bear
its discount evenly within their line, to the cent.

Rounding: a percent is rounded once, half up: of a line for what is taken off each piece, of one
piece for the n-th of a set, of the whole amount for 满折. Nothing ever costs less than zero.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from operator import itemgetter
from typing import Any, NamedTuple

from tongpan.base.numbers import MONEY_STEP, ZERO, round_to, share_steps
from tongpan.business.promotions.rules.lots import LOCKED, USED, Lot, State, made
from tongpan.business.promotions.rules.values import (
    AddOn,
    AmountOff,
    BundlePrice,
    BuyGet,
    BuyGetOther,
    CountPercent,
    CountSave,
    FixedPrice,
    Gift,
    Line,
    Measured,
    NthPercent,
    NthPrice,
    OrderAmountOff,
    PercentOff,
    Promotion,
    Rule,
    SetPrice,
    SpendPercent,
    SpendSave,
    SpendSaveEach,
    Spread,
)

HUNDRED_PERCENT = 1_000_000
ALL = 1 << 60


def cents(amount: Decimal) -> int:
    return int(amount * 100)


def parts_of(percent: Decimal) -> int:
    """A percent in millionths, so that it multiplies whole cents."""
    return int(percent * 10_000)


def percent_of(amount: int, millionths: int) -> int:
    """So much of an amount, half a cent up.

    >>> percent_of(2997, parts_of(Decimal(20)))
    599
    """
    return (amount * millionths + HUNDRED_PERCENT // 2) // HUNDRED_PERCENT


@dataclass(frozen=True, slots=True)
class Figures:
    """The numbers of a promotion in whole cents and millionths: looked at at every step."""

    take: "Callable[[Offer, Sequence[Part]], Taken]"
    is_reward: bool
    is_listed: bool
    quantity_min: Decimal | None
    amount_min: int | None
    percent: int = 0
    unit: int | None = None  # what comes off each piece, or its price, where that is whole cents
    spend: int = 0
    save: int = 0
    is_share: bool = False  # whether its tiers take off percents
    tiers: tuple[tuple[Decimal | int, int], ...] = ()  # from so many cents or pieces on, so much
    places: "tuple[Callable[[int], int], ...]" = ()  # what comes off each piece of a set
    is_whole: bool = False  # whether the last set must be whole


def figures_of(promotion: Promotion) -> Figures:
    """The numbers of a promotion, worked out once for each basket that it is for."""
    terms, held = promotion.terms, promotion.conditions
    more: dict[str, Any] = {}
    match terms:
        case PercentOff():
            more["percent"] = parts_of(terms.percent)
        case AmountOff(unit) | FixedPrice(unit):
            more["unit"] = cents(unit) if unit == round_to(unit, MONEY_STEP) else None
        case OrderAmountOff():
            more["save"] = cents(terms.amount)
        case SpendSaveEach():
            more |= {"spend": cents(terms.spend), "save": cents(terms.save)}
        case SpendSave() | SpendPercent() | CountSave() | CountPercent():
            counts = isinstance(terms, CountSave | CountPercent)
            read = cents if isinstance(terms, SpendSave | CountSave) else parts_of
            more["is_share"] = read is parts_of
            more["tiers"] = tuple(
                (tier.least if counts else cents(tier.least), read(tier.off))
                for tier in terms.tiers
            )
        case NthPercent() | NthPrice() | BuyGet():
            more["places"] = tuple(_places(terms))
            more["is_whole"] = isinstance(terms, BuyGet)
        case BundlePrice():
            more["save"] = cents(terms.price)
    return Figures(
        take=FAMILIES[type(terms)],
        is_reward=isinstance(terms, Gift | AddOn | BuyGetOther),
        is_listed=held.measured is Measured.LISTED,
        quantity_min=held.quantity_min,
        amount_min=None if held.amount_min is None else cents(held.amount_min),
        **more,
    )


def looks_at_each_piece(promotion: Promotion) -> bool:
    """Whether it takes off each piece without looking at any other, where it has no limits."""
    held = promotion.conditions
    return (
        isinstance(promotion.terms, EACH)
        and held.quantity_min is None
        and held.amount_min is None
        and promotion.group.rule is not Rule.ONE
    )


@dataclass(slots=True, eq=False)
class Offer:
    """A promotion whose conditions hold for this basket, ready to be reckoned with."""

    number: int  # its rank: by group, then in the group
    promotion: Promotion
    goods: frozenset[int]  # lines of the basket that it counts
    reward: frozenset[int]  # lines that it takes off, where those are others
    basket: Sequence[Line]
    lines: frozenset[int]  # both
    figures: Figures
    is_free: bool  # whether it takes off each piece without looking at any other
    group_mark: int = 0  # of a group of which a piece is used by one promotion at most
    times: int = ALL
    cents: int = ALL


class Part(NamedTuple):
    """The first pieces of a lot that a promotion may use."""

    line: int
    lot: Lot


class Use(NamedTuple):
    """So many first pieces of a part are used, and so many cents come off them."""

    pieces: int
    cents: int


@dataclass(frozen=True, slots=True)
class Taken:
    """What a promotion takes off: uses beside the parts, and how often it was used."""

    uses: tuple[Use, ...]
    times: int

    @property
    def cents(self) -> int:
        return sum([use.cents for use in self.uses])


NOTHING_TAKEN = Taken((), 0)


def take_off(offer: Offer, parts: Sequence[Part]) -> Taken:
    """What an offer takes off these parts. Nothing, if a minimum is not reached."""
    figures = offer.figures
    if not parts or (not figures.is_reward and not reaches(offer, parts)):
        return NOTHING_TAKEN
    taken = figures.take(offer, parts)
    total = taken.cents
    if total <= 0:
        return NOTHING_TAKEN
    if total > offer.cents:
        shares = share_steps(offer.cents, [use.cents for use in taken.uses])
        uses = (Use(use.pieces, cut) for use, cut in zip(taken.uses, shares, strict=True))
        return Taken(tuple(uses), taken.times)
    return taken


def amount_off(offer: Offer, parts: Sequence[Part]) -> int:
    """What `take_off` takes off in cents, without who bears it."""
    quick = AMOUNTS.get(type(offer.promotion.terms))
    if quick is None or not parts:
        return take_off(offer, parts).cents
    if not reaches(offer, parts):
        return 0
    off = quick(offer, parts)
    return 0 if off < 0 else off if off < offer.cents else offer.cents


def off_values(offer: Offer, values: Sequence[int]) -> int:
    """The same of pieces that cost so much, the dearest first, where no minimum must be reached."""
    off = OF_VALUES[type(offer.promotion.terms)](offer, values)
    return off if off < offer.cents else offer.cents


def _off_pieces(offer: Offer, parts: Sequence[Part]) -> int:
    return OF_VALUES[type(offer.promotion.terms)](offer, values_of(offer, parts))


def reaches(offer: Offer, parts: Sequence[Part]) -> bool:
    """Whether the goods reach the least quantity and amount of the conditions."""
    figures = offer.figures
    if figures.quantity_min is None and figures.amount_min is None:
        return True
    if figures.quantity_min is not None and quantity_of(offer, parts) < figures.quantity_min:
        return False
    return figures.amount_min is None or measured(offer, parts) >= figures.amount_min


def quantity_of(offer: Offer, parts: Sequence[Part]) -> Decimal:
    """How many there are; of weighed goods, how much."""
    total = 0
    weighed = ZERO
    for line, lot in parts:
        if offer.basket[line].is_counted:
            total += lot.pieces
        else:
            weighed += offer.basket[line].quantity
    return weighed + total


def measured(offer: Offer, parts: Sequence[Part]) -> int:
    """The cents that count towards an amount that must be reached."""
    if offer.figures.is_listed:
        return sum([lot.listed for _line, lot in parts])
    return sum([lot.left for _line, lot in parts])


# -- off each piece ------------------------------------------------------------------------------


def _each(offer: Offer, parts: Sequence[Part]) -> Taken:
    if len(parts) == 1 and parts[0].lot.pieces <= offer.times:
        ((line, lot),) = parts
        cut = _off_lot(offer, line, lot)
        return Taken((Use(lot.pieces, cut),), lot.pieces) if cut else NOTHING_TAKEN
    counts = _where_it_saves(offer, parts)
    by_line: dict[int, list[int]] = {}
    for n, part in enumerate(parts):
        if counts[n]:
            by_line.setdefault(part.line, []).append(n)
    uses = [Use(0, 0)] * len(parts)
    for line, numbers in by_line.items():
        firsts = [parts[n].lot.first(counts[n])[0] for n in numbers]
        if isinstance(offer.promotion.terms, PercentOff):
            off = percent_of(sum(lot.left for lot in firsts), offer.figures.percent)
            shares = share_steps(off, [lot.left for lot in firsts])
        else:
            shares = [_off_lot(offer, line, lot) for lot in firsts]
        for n, cut in zip(numbers, shares, strict=True):
            uses[n] = Use(counts[n], cut) if cut else Use(0, 0)
    return Taken(tuple(uses), sum(use.pieces for use in uses))


def _off_each(offer: Offer, parts: Sequence[Part]) -> int:
    if len(parts) == 1 and parts[0].lot.pieces <= offer.times:
        return _off_lot(offer, *parts[0])
    return _each(offer, parts).cents


def _off_lot(offer: Offer, line: int, lot: Lot) -> int:
    """What comes off pieces of one lot by themselves."""
    terms, row = offer.promotion.terms, offer.basket[line]
    if isinstance(terms, PercentOff):
        return percent_of(lot.left, offer.figures.percent)
    assert isinstance(terms, AmountOff | FixedPrice), "What is left of the family."
    unit = offer.figures.unit
    if unit is not None and row.is_counted:
        whole = unit * lot.pieces
    else:
        each = terms.amount if isinstance(terms, AmountOff) else terms.price
        quantity = Decimal(lot.pieces) if row.is_counted else row.quantity
        whole = cents(round_to(each * quantity, MONEY_STEP))
    return min(lot.left, whole) if isinstance(terms, AmountOff) else max(0, lot.left - whole)


def _where_it_saves(offer: Offer, parts: Sequence[Part]) -> list[int]:
    """How many pieces of each part are among those on which the limit saves most."""
    if offer.times >= sum(part.lot.pieces for part in parts):
        return [part.lot.pieces for part in parts]
    saved = []
    for piece in pieces_of(parts):
        one = Lot(1, piece.cents, piece.cents)
        saved.append((-_off_lot(offer, parts[piece.part].line, one), piece.part))
    saved.sort(key=lambda row: row[0])
    counts = [0] * len(parts)
    for _off, part in saved[: offer.times]:
        counts[part] += 1
    return counts


# -- off all of them together --------------------------------------------------------------------


def _off_whole(offer: Offer, parts: Sequence[Part]) -> int:
    left = sum([lot.left for _line, lot in parts])
    return whole_off(offer, left, amount_towards(offer, parts))[0]


def _whole(offer: Offer, parts: Sequence[Part]) -> Taken:
    lefts = [part.lot.left for part in parts]
    off, times = whole_off(offer, sum(lefts), amount_towards(offer, parts))
    shares = share_steps(off, lefts)
    uses = [made(Use, (lot.pieces, cut)) for (_line, lot), cut in zip(parts, shares, strict=True)]
    return Taken(tuple(uses), times)


def amount_towards(offer: Offer, parts: Sequence[Part]) -> Decimal | int:
    """What is compared with the steps of a promotion: cents, or pieces."""
    if isinstance(offer.promotion.terms, CountSave | CountPercent):
        return quantity_of(offer, parts)
    return measured(offer, parts)


def whole_off(offer: Offer, left: int, towards: Decimal | int) -> tuple[int, int]:
    """What comes off an amount that is left, and how often the promotion is used for it.

    Units: cents; `towards` is cents, or pieces where pieces are counted.
    """
    figures = offer.figures
    if figures.spend:
        times = int(towards // figures.spend)
        if times > offer.times:
            times = offer.times
        off = times * figures.save
        return (off if off < left else left), times
    if not figures.tiers:
        return min(left, figures.save), 1
    most = 0
    for least, off in figures.tiers:
        if off > most and towards >= least:
            most = off
    return percent_of(left, most) if figures.is_share else min(left, most), 1


# -- off sets ------------------------------------------------------------------------------------


class Piece(NamedTuple):
    cents: int
    part: int


def pieces_of(parts: Sequence[Part]) -> list[Piece]:
    """Every piece, the dearest first; among equals, as the lines stand."""
    found = []
    for n, (_line, lot) in enumerate(parts):
        whole, odd = divmod(lot.left, lot.pieces)
        if odd:
            found += [made(Piece, (whole + 1, n))] * odd
        found += [made(Piece, (whole, n))] * (lot.pieces - odd)
    found.sort(key=itemgetter(0), reverse=True)  # equal ones keep their order
    return found


def values_of(offer: Offer, parts: Sequence[Part]) -> list[int]:
    """What each piece that sets count costs, the dearest first."""
    found: list[int] = []
    for line, lot in parts:
        if line in offer.goods and offer.basket[line].is_counted:
            whole, odd = divmod(lot.left, lot.pieces)
            found += [whole + 1] * odd + [whole] * (lot.pieces - odd)
    found.sort(reverse=True)
    return found


def _counted_pieces(offer: Offer, parts: Sequence[Part], lines: frozenset[int]) -> list[Piece]:
    rows = offer.basket
    counts = [line in lines and rows[line].is_counted for line, _lot in parts]
    return [piece for piece in pieces_of(parts) if counts[piece.part]]


def _nth(offer: Offer, parts: Sequence[Part]) -> Taken:
    """Sets of so many pieces, the dearest together, each with its discount by its place."""
    pieces = _counted_pieces(offer, parts, offer.goods)
    cuts = _cuts_of_sets(offer, [piece.cents for piece in pieces])
    size = len(offer.figures.places)
    spread = getattr(offer.promotion.terms, "spread", Spread.SET)
    return _of_sets(parts, list(zip(pieces, cuts, strict=False)), -(-len(cuts) // size), spread)


def _cuts_of_sets(offer: Offer, values: Sequence[int]) -> list[int]:
    """What comes off each of the first pieces, the dearest first, that are in a set."""
    places = offer.figures.places
    size, count = len(places), _count_in_sets(offer, len(values))
    cuts = [0] * count
    for n, off in enumerate(places):
        if off is not _nothing_off:
            cuts[n::size] = map(off, values[n:count:size])
    # Each set brings no more than the one before it: those that bring nothing stand last.
    while cuts and not any(cuts[(len(cuts) - 1) // size * size :]):
        del cuts[(len(cuts) - 1) // size * size :]
    return cuts


def _count_in_sets(offer: Offer, count: int) -> int:
    """How many of so many pieces are in a set: of some kinds the last one need not be whole."""
    size = len(offer.figures.places)
    if offer.figures.is_whole:
        count -= count % size
    most = offer.times * size
    return count if count < most else most


def _off_sets(offer: Offer, values: Sequence[int]) -> int:
    places, count = offer.figures.places, _count_in_sets(offer, len(values))
    total = 0
    for n, off in enumerate(places):
        if off is not _nothing_off:
            total += sum(map(off, values[n : count : len(places)]))
    return total


def _places(terms: NthPercent | NthPrice | BuyGet) -> list[Callable[[int], int]]:
    """What comes off each piece of a set, by its place."""
    if isinstance(terms, NthPercent):
        return [_percent_off(parts_of(percent)) for percent in terms.percents]
    if isinstance(terms, NthPrice):
        return [_nothing_off] * (terms.nth - 1) + [_down_to(cents(terms.price))]
    return [_nothing_off] * terms.buy + [_all_off] * terms.get


def _nothing_off(_value: int) -> int:
    return 0


def _all_off(value: int) -> int:
    return value


def _percent_off(millionths: int) -> Callable[[int], int]:
    if millionths == 0:
        return _nothing_off
    return lambda value: (value * millionths + HUNDRED_PERCENT // 2) // HUNDRED_PERCENT


def _down_to(price: int) -> Callable[[int], int]:
    return lambda value: max(0, value - price)


def _bundle(offer: Offer, parts: Sequence[Part]) -> Taken:
    """Any so many for a price: the dearest together, as long as that is less."""
    pieces = _counted_pieces(offer, parts, offer.goods)
    offs = _offs_of_bundles(offer, [piece.cents for piece in pieces])
    count = _count_of_bundle(offer)
    cuts: list[tuple[Piece, int]] = []
    for n, off in enumerate(offs):
        cuts += _shared_by(pieces[n * count : (n + 1) * count], off)
    return _of_sets(parts, cuts, len(offs), Spread.SET)


def _offs_of_bundles(offer: Offer, values: Sequence[int]) -> list[int]:
    """What comes off each bundle, the dearest pieces first."""
    count, price = _count_of_bundle(offer), offer.figures.save
    offs: list[int] = []
    for begin in range(0, len(values) - count + 1, count):
        off = sum(values[begin : begin + count]) - price
        if len(offs) == offer.times or off <= 0:
            break
        offs.append(off)
    return offs


def _count_of_bundle(offer: Offer) -> int:
    terms = offer.promotion.terms
    assert isinstance(terms, BundlePrice), "The family has one kind."
    return terms.count


def _off_bundles(offer: Offer, values: Sequence[int]) -> int:
    return sum(_offs_of_bundles(offer, values))


def _set(offer: Offer, parts: Sequence[Part]) -> Taken:
    """Sets of named parts for a price: as many as bring most, of the dearest pieces that fit.

    Source: pieces that can fill slots are a transversal matroid, so taking the dearest piece that
    still leaves room for all before it gives the dearest filling.
    """
    terms = offer.promotion.terms
    assert isinstance(terms, SetPrice), "The family has one kind."
    pieces = _counted_pieces(offer, parts, offer.goods)
    fits = [
        [n for n, slot in enumerate(terms.slots) if slot.goods.has(offer.basket[part.line])]
        for part in parts
    ]
    size = sum(slot.count for slot in terms.slots)

    def of(times: int) -> tuple[list[Piece], int] | None:
        """The dearest filling of so many sets, and what comes off it; None if they do not fill."""
        chosen = _filling(pieces, fits, [slot.count * times for slot in terms.slots])
        if len(chosen) < size * times:
            return None
        return chosen, sum(piece.cents for piece in chosen) - times * cents(terms.price)

    # Each further set brings less than the one before it, so the last that brings something is
    # looked for by halves.
    low, high = 0, min(offer.times, len(pieces) // size)
    while low < high:
        middle = (low + high + 1) // 2
        one, other = of(middle), of(middle - 1)
        if one is not None and other is not None and one[1] > other[1]:
            low = middle
        else:
            high = middle - 1
    best = of(low)
    assert best is not None, "No sets at all can always be filled."
    return _of_sets(parts, _shared_by(*best) if best[0] else [], low, Spread.SET)


def _filling(
    pieces: Sequence[Piece], fits: Sequence[Sequence[int]], room: Sequence[int]
) -> list[Piece]:
    """The dearest pieces that together fit into slots with so much room."""
    held: list[dict[int, int]] = [{} for _ in room]  # how many pieces of each part

    def place(part: int, seen: set[int]) -> bool:
        for slot in fits[part]:
            if slot in seen:
                continue
            seen.add(slot)
            there = held[slot]
            if sum(there.values()) < room[slot]:
                there[part] = there.get(part, 0) + 1
                return True
            for other in [one for one, count in there.items() if count and one != part]:
                if place(other, seen):
                    there[other] -= 1
                    there[part] = there.get(part, 0) + 1
                    return True
        return False

    chosen: list[Piece] = []
    full: set[int] = set()
    for piece in pieces:
        if len(chosen) == sum(room):
            break
        if piece.part not in full and place(piece.part, set()):
            chosen.append(piece)
        else:
            full.add(piece.part)  # what has no room now has none later
    return chosen


def _shared_by(pieces: Sequence[Piece], off: int) -> list[tuple[Piece, int]]:
    cuts = share_steps(off, [piece.cents for piece in pieces])
    return list(zip(pieces, cuts, strict=True))


def _of_sets(
    parts: Sequence[Part], cuts_of: Sequence[tuple[Piece, int]], times: int, spread: Spread
) -> Taken:
    counts, values, cuts = ([0] * len(parts) for _ in range(3))
    for piece, cut in cuts_of:
        counts[piece.part] += 1
        values[piece.part] += piece.cents
        cuts[piece.part] += cut
    if spread is Spread.SET and cuts_of:
        cuts = share_steps(sum(cuts), values)
    return Taken(_uses(counts, cuts), times)


# -- goods with goods ----------------------------------------------------------------------------


def _reward(offer: Offer, parts: Sequence[Part]) -> Taken:
    """Other goods for nothing, or at a price: as many as were earned, what saves most first.

    A piece is not counted and got at once: one that is needed to earn the others is passed over.
    The greatest number that works out is got; of pieces that save the same, first those that do
    not count.
    """
    terms = offer.promotion.terms
    off = _off_reward(terms)
    pieces = _counted_pieces(offer, parts, offer.reward)
    savings = sorted(
        ((off(piece.cents), parts[piece.part].line in offer.goods, piece) for piece in pieces),
        key=lambda row: (-row[0], row[1]),
    )
    savings = [row for row in savings if row[0] > 0]
    most = earned(offer, [part for part in parts if part.line in offer.goods])
    for number in range(min(len(savings), most_rewards(offer), most), 0, -1):
        got: list[tuple[Piece, int]] = []
        for saved, _counts, piece in savings:
            rest = _without(parts, [*(one for one, _ in got), piece])
            if earned(offer, _earning(offer, parts, rest)) >= number:
                got.append((piece, saved))
            if len(got) == number:
                rest = _without(parts, [one for one, _saved in got])
                return _of_rewards(offer, parts, got, _used_up(offer, parts, rest, number))
    return NOTHING_TAKEN


def _earning(offer: Offer, parts: Sequence[Part], rest: Sequence[int]) -> list[Part]:
    """What is left to count: the last so many pieces of each part."""
    return [
        Part(part.line, _last(part.lot, count))
        for part, count in zip(parts, rest, strict=True)
        if count and part.line in offer.goods
    ]


def _off_reward(terms: Any) -> Callable[[int], int]:
    if isinstance(terms, BuyGetOther):
        return _percent_off(parts_of(terms.percent))
    return _down_to(cents(terms.price) if isinstance(terms, AddOn) else 0)


def most_rewards(offer: Offer) -> int:
    """How many pieces the limits let a customer get."""
    terms = offer.promotion.terms
    return offer.times * terms.get if isinstance(terms, BuyGetOther) else offer.times


def earned(offer: Offer, parts: Sequence[Part]) -> int:
    """How many pieces of reward these goods earn."""
    terms, held = offer.promotion.terms, offer.promotion.conditions
    if isinstance(terms, BuyGetOther):
        counted = [part for part in parts if offer.basket[part.line].is_counted]
        times = sum(part.lot.pieces for part in counted) // terms.buy
        return times * terms.get if reaches(offer, parts) else 0
    assert isinstance(terms, Gift | AddOn), "What is left of the family."
    if not parts or not reaches(offer, parts):
        return 0
    full = []
    if held.quantity_min:
        full.append(int(quantity_of(offer, parts) // held.quantity_min))
    if held.amount_min:
        full.append(measured(offer, parts) // cents(held.amount_min))
    return terms.count * (min(full, default=1) if terms.for_each else 1)


def _without(parts: Sequence[Part], pieces: Sequence[Piece]) -> list[int]:
    rest = [part.lot.pieces for part in parts]
    for piece in pieces:
        rest[piece.part] -= 1
    return rest


def _last(lot: Lot, count: int) -> Lot:
    return lot.first(lot.pieces - count)[1] if count < lot.pieces else lot


def _used_up(
    offer: Offer, parts: Sequence[Part], rest: Sequence[int], number: int
) -> dict[int, int]:
    """How many pieces of each part were needed: all, or so many to buy, the last lines first."""
    terms = offer.promotion.terms
    counting = [n for n, part in enumerate(parts) if part.line in offer.goods]
    if not isinstance(terms, BuyGetOther):
        return {n: rest[n] for n in counting}
    needed = -(-number // terms.get) * terms.buy
    used = {}
    for n in reversed(counting):
        used[n] = min(rest[n], needed) if offer.basket[parts[n].line].is_counted else 0
        needed -= used[n]
    return used


def _of_rewards(
    offer: Offer, parts: Sequence[Part], got: Sequence[tuple[Piece, int]], used: dict[int, int]
) -> Taken:
    terms = offer.promotion.terms
    counts = [used.get(n, 0) for n in range(len(parts))]
    cuts = [0] * len(parts)
    for piece, saved in got:
        counts[piece.part] += 1
        cuts[piece.part] += saved
    if isinstance(terms, BuyGetOther):
        if terms.spread is Spread.SET:
            firsts = [part.lot.first(n)[0].left for part, n in zip(parts, counts, strict=True)]
            cuts = share_steps(sum(cuts), firsts)
        return Taken(_uses(counts, cuts), -(-len(got) // terms.get))
    return Taken(_uses(counts, cuts), len(got))


def _uses(counts: Sequence[int], cuts: Sequence[int]) -> tuple[Use, ...]:
    return tuple([made(Use, use) for use in zip(counts, cuts, strict=True)])


FAMILIES: dict[type, Callable[[Offer, Sequence[Part]], Taken]] = {
    **dict.fromkeys((PercentOff, AmountOff, FixedPrice), _each),
    **dict.fromkeys(
        (OrderAmountOff, SpendSave, SpendSaveEach, SpendPercent, CountSave, CountPercent), _whole
    ),
    **dict.fromkeys((NthPercent, NthPrice, BuyGet), _nth),
    BundlePrice: _bundle,
    SetPrice: _set,
    **dict.fromkeys((BuyGetOther, Gift, AddOn), _reward),
}
AMOUNTS: dict[type, Callable[[Offer, Sequence[Part]], int]] = {
    **dict.fromkeys((PercentOff, AmountOff, FixedPrice), _off_each),
    **dict.fromkeys(
        (OrderAmountOff, SpendSave, SpendSaveEach, SpendPercent, CountSave, CountPercent),
        _off_whole,
    ),
    **dict.fromkeys((NthPercent, NthPrice, BuyGet, BundlePrice), _off_pieces),
}
# Of those that look at nothing but what each piece costs, the dearest first.
OF_VALUES: dict[type, Callable[[Offer, Sequence[int]], int]] = {
    **dict.fromkeys((NthPercent, NthPrice, BuyGet), _off_sets),
    BundlePrice: _off_bundles,
}
EACH = (PercentOff, AmountOff, FixedPrice)
WHOLE = (OrderAmountOff, SpendSave, SpendSaveEach, SpendPercent, CountSave, CountPercent)


# -- in a state ----------------------------------------------------------------------------------


class Spot(NamedTuple):
    """A lot that an offer may use: where it stands in the state, and of which line it is."""

    at: int
    nth: int
    line: int
    lot: Lot


def spots_of(offer: Offer, state: State, lines: Sequence[tuple[int, int]]) -> list[Spot]:
    """The lots of some lines, given with their places in the state, that an offer may use."""
    barred = LOCKED | offer.group_mark | (USED if offer.promotion.is_exclusive else 0)
    return [
        made(Spot, (at, index, line, lot))
        for line, at in lines
        for index, lot in enumerate(state[at])
        if not lot.marks & barred
    ]


def usable(offer: Offer, state: State, lines: Sequence[tuple[int, int]]) -> list[Part]:
    """The same lots as parts, for who only asks what comes off them."""
    barred = LOCKED | offer.group_mark | (USED if offer.promotion.is_exclusive else 0)
    return [
        made(Part, (line, lot)) for line, at in lines for lot in state[at] if not lot.marks & barred
    ]


def after_lot(offer: Offer, row: tuple[Lot, ...], nth: int, cut: int) -> tuple[Lot, ...]:
    """The lots of a line when an offer has taken so much off one of them."""
    pieces, left, listed, marks = row[nth]
    marks |= USED | offer.group_mark | (LOCKED if offer.promotion.is_exclusive else 0)
    return (*row[:nth], made(Lot, (pieces, left - cut, listed, marks)), *row[nth + 1 :])


def after(
    offer: Offer, state: State, spots: Sequence[Spot], taken: Taken
) -> tuple[State, dict[int, int]]:
    """The state when an offer has taken off what it takes off, and its share by line."""
    marks = USED | offer.group_mark | (LOCKED if offer.promotion.is_exclusive else 0)
    rows = list(state)
    shares: dict[int, int] = {}
    # From the last lot of a line to the first, so that splitting one moves none that is to come.
    for (at, nth, line, lot), use in zip(reversed(spots), reversed(taken.uses), strict=True):
        if use.pieces == 0:
            continue
        first, rest = lot.first(use.pieces) if use.pieces < lot.pieces else (lot, None)
        used = made(Lot, (first.pieces, first.left - use.cents, first.listed, first.marks | marks))
        row = rows[at]
        both = (used,) if rest is None else (used, rest)
        rows[at] = both if len(row) == 1 else (*row[:nth], *both, *row[nth + 1 :])
        if use.cents:
            shares[line] = shares.get(line, 0) + use.cents
    return tuple(rows), shares
