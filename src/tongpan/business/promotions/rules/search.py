"""The best composition for the customer: found exactly, within a bounded amount of work.

A composition is made in steps:

1. Exclusive promotions, in their order, take pieces that then nobody else uses.
2. Then the groups, in their order. In a group that stacks, each promotion takes from what the one
   before it left. In one where the best counts, a piece is used by one promotion at most: those
   that look at several pieces choose first, and each piece that is left takes the best of the rest.
   Of a group of which one counts, one is used in the whole sale.

Free to choose is, in each composition: whether a promotion is used at all (what is taken off each
piece, line by line; all others, as a whole); and where a later promotion competes for the same
pieces, how many of each lot it leaves to that. Everything else it uses whole. The least total wins;
among equals the first in the order of the steps, used before left out, many pieces before few.

How it is found: lines that no promotion looks at together are parts of their own. Lower prices
never make later steps dearer, except where an amount must be reached, or where a discount that was
shared meets others (`_leaves_out`). So nothing is ever left out but in two cases: in front of
such a step in the same part, where both ways are tried; and in front of a last step that only looks
at one sum (`_Top`). There the least total is solved first. If not even the most favourable amount
could pay, that is the answer; else the totals that could pay are listed for each part beneath, and
summed up.

At the bound (`effort` steps of work) it goes on without trying other ways: the answer is one of the
compositions, the same each time, and `bound_hit` says so.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from enum import IntEnum
from itertools import islice, product
from typing import NamedTuple

from tongpan.business.promotions.rules.kinds import (
    ALL,
    EACH,
    WHOLE,
    Offer,
    Part,
    Spot,
    after,
    amount_towards,
    cents,
    quantity_of,
    spots_of,
    take_off,
    whole_off,
)
from tongpan.business.promotions.rules.lots import LOCKED, Lot, State
from tongpan.business.promotions.rules.values import (
    CountPercent,
    CountSave,
    Measured,
    Rule,
    SpendPercent,
    SpendSave,
    SpendSaveEach,
)

# Steps of work for a basket of no lines, and for each line less: each of them costs more there.
EFFORT, EFFORT_A_LINE, EFFORT_MIN = 8000, 74, 400
SMALL, LARGE = 40, 400  # lines times steps of a part
STATES_MAX = 8  # of a large part
EXPLORE_MIN = 100  # at least so much for each part, so that one does not use up all
CHOICES_MAX = 64
PAIRS_PER_STEP = 16  # adding two totals is so much cheaper than pricing
SUMS_MAX = 256
PIECES_PER_STEP = 50  # of many pieces each is looked at


class Applied(NamedTuple):
    """What one promotion took off, by line, in cents."""

    number: int
    shares: tuple[tuple[int, int], ...]
    times: int


@dataclass(frozen=True, slots=True)
class Found:
    applied: tuple[Applied, ...]
    left: int  # cents to pay
    bound_hit: bool


def best(
    offers: Sequence[Offer],
    lots: Sequence[tuple[Lot, ...]],
    effort: int | None = None,
    small: int = SMALL,
) -> Found:
    """The composition of these offers that leaves the customer least to pay for these lots."""
    if effort is None:
        effort = max(EFFORT_MIN, EFFORT - EFFORT_A_LINE * len(lots))
    search = _Search([offer for offer in offers if _can_pay(offer, lots)], lots, effort, small)
    solved = [search.solved(part) for part in search.parts_of_basket()]
    applied = _merged(one for part in solved for one in part)
    applied.sort(key=lambda one: one.number)
    left = sum(lot.left for row in lots for lot in row)
    left -= sum(cut for one in applied for _line, cut in one.shares)
    return Found(tuple(applied), left, search.bound_hit)


# -- steps ---------------------------------------------------------------------------------------


class How(IntEnum):  # numbers, and named tuples below, because parts are looked up by them
    WHOLE = 1  # as a whole
    BY_LINE = 2
    BEST = 3  # each lot takes the best
    CHOOSES = 4  # leaves pieces to others


class Step(NamedTuple):
    """One promotion, or those of a group of which each lot takes the best."""

    how: How
    numbers: tuple[int, ...]
    contested: frozenset[int] = frozenset()  # lines of which later steps want the same pieces


def is_free(offer: Offer) -> bool:
    """Whether it takes off each piece without looking at any other."""
    held = offer.promotion.conditions
    return (
        isinstance(offer.promotion.terms, EACH)
        and held.quantity_min is None
        and held.amount_min is None
        and offer.times == ALL
        and offer.cents == ALL
        and offer.promotion.group.rule is not Rule.ONE
    )


def is_sensitive(offer: Offer) -> bool:
    """Whether lower prices can make it take off less than they are lower."""
    held = offer.promotion.conditions
    return held.measured is Measured.LEFT and (
        held.amount_min is not None
        or isinstance(offer.promotion.terms, SpendSave | SpendSaveEach | SpendPercent)
    )


def steps_of(offers: Sequence[Offer]) -> tuple[Step, ...]:
    """The steps of a composition of offers, which stand in their order."""
    first = [offer for offer in offers if offer.promotion.is_exclusive]
    rest = [offer for offer in offers if not offer.promotion.is_exclusive]
    steps = []
    for n, offer in enumerate(first):
        later = [other.lines for other in first[n + 1 :] + rest]
        steps.append(_choosing(offer, later))
    groups: dict[str, list[Offer]] = {}
    for offer in rest:
        groups.setdefault(offer.promotion.group.code, []).append(offer)
    for members in groups.values():
        if members[0].promotion.group.rule is not Rule.BEST:
            steps += [_plain(offer) for offer in members]
            continue
        choosing = [offer for offer in members if not is_free(offer)]
        free = [offer for offer in members if is_free(offer)]
        for n, offer in enumerate(choosing):
            steps.append(_choosing(offer, [o.lines for o in choosing[n + 1 :] + free]))
        if free:
            steps.append(Step(How.BEST, tuple(offer.number for offer in free)))
    return tuple(steps)


def _choosing(offer: Offer, later: Iterable[frozenset[int]]) -> Step:
    contested = offer.lines & frozenset().union(*later)
    return Step(How.CHOOSES, (offer.number,), contested) if contested else _plain(offer)


def _plain(offer: Offer) -> Step:
    return Step(How.BY_LINE if is_free(offer) else How.WHOLE, (offer.number,))


# -- totals --------------------------------------------------------------------------------------


class _Leaf(NamedTuple):
    """A way of pricing some lines: their lots at its end, and what was applied."""

    lines: tuple[int, ...]
    state: State
    trail: "_Trail | None"


class _Trail(NamedTuple):
    before: "_Trail | None"
    applied: Applied


class _Top(NamedTuple):
    """Ways of pricing the parts beneath, and the last step upon them (None: left out)."""

    number: int | None
    beneath: "_Node"


class _Both(NamedTuple):
    """Two ways side by side."""

    one: "_Node"
    other: "_Node"


_Node = _Leaf | _Top | _Both
# What is left to pay, then the sums that later steps look at; and how to come to it.
_Totals = dict[tuple[int, ...], _Node]
_Scopes = tuple[frozenset[int], ...]


class _Part(NamedTuple):
    lines: tuple[int, ...]
    steps: tuple[Step, ...]


@dataclass(slots=True)
class _Search:
    offers: Sequence[Offer]
    lots: Sequence[tuple[Lot, ...]]
    effort: int
    small: int = SMALL
    bound_hit: bool = False
    by_number: Mapping[int, Offer] = field(init=False)
    known: dict[tuple[_Part, int, _Scopes], _Totals] = field(default_factory=dict)
    lines_of: dict[Step, frozenset[int]] = field(default_factory=dict)
    free: frozenset[int] = field(init=False)

    def __post_init__(self) -> None:
        self.by_number = {offer.number: offer for offer in self.offers}
        self.free = frozenset(offer.number for offer in self.offers if is_free(offer))

    def is_spent(self, work: int = 0) -> bool:
        """Whether the bound is reached, after so much more work."""
        self.effort -= work
        if self.effort <= 0:
            self.bound_hit = True
        return self.effort <= 0

    # -- parts

    def parts_of_basket(self) -> Iterator[list[Offer]]:
        """Offers that have anything to do with one another."""
        links = [list(offer.lines) for offer in self.offers if not is_free(offer)]
        ones: dict[str, list[int]] = {}
        for offer in self.offers:
            if offer.promotion.group.rule is Rule.ONE:
                ones.setdefault(offer.promotion.group.code, []).extend(offer.lines)
        every = sorted(frozenset().union(*(offer.lines for offer in self.offers)))
        for lines in _joined(every, [*links, *ones.values()]):
            there = frozenset(lines)
            yield [_within(offer, there) for offer in self.offers if offer.lines & there]

    def solved(self, offers: Sequence[Offer]) -> list[Applied]:
        """What is applied in the best composition of one part of the basket."""
        lines = tuple(sorted(frozenset().union(*(offer.lines for offer in offers))))
        found: tuple[int, _Node] | None = None
        for chosen in self._choices(offers):
            totals = self.solve(_Part(lines, steps_of(chosen)), 0, ())
            key = min(totals)
            if found is None or key[0] < found[0]:
                found = key[0], totals[key]
        assert found is not None, "There is always a choice."
        return self._unfold(found[1])[1]

    def _choices(self, offers: Sequence[Offer]) -> Iterator[list[Offer]]:
        """The offers with one of each group of which only one counts."""
        ones: dict[str, list[int]] = {}
        for offer in offers:
            if offer.promotion.group.rule is Rule.ONE:
                ones.setdefault(offer.promotion.group.code, []).append(offer.number)
        several = [numbers for numbers in ones.values() if len(numbers) > 1]
        together = frozenset().union(*several)
        choices = product(*several)
        for chosen in islice(choices, CHOICES_MAX):
            left_out = together.difference(chosen)
            yield [offer for offer in offers if offer.number not in left_out]
            if self.is_spent():
                return
        if next(choices, None) is not None:
            self.bound_hit = True

    def solve(self, part: _Part, window: int, scopes: _Scopes) -> _Totals:
        """The least total of some lines, and those that are at most `window` more."""
        there = frozenset(part.lines)
        key = (part, window, tuple(scope & there for scope in scopes))
        if key not in self.known:
            self.known[key] = self._solve(part, window, key[2])
        return self.known[key]

    def _solve(self, part: _Part, window: int, scopes: _Scopes) -> _Totals:
        parts = self._split(part)
        if len(parts) > 1:
            return self._together(parts, window, scopes)
        if part.steps and self._is_top(part, scopes):
            return self._solve_top(part, window, scopes)
        if window == 0 and self._is_last_word(part):
            return self._solve_beneath(part, scopes)
        return self._explore(part, window, scopes)

    def _split(self, part: _Part) -> list[_Part]:
        links = []
        for step in part.steps:
            offer = self.by_number[step.numbers[0]]
            if step.how is not How.BEST and offer.number not in self.free:
                links.append([line for line in part.lines if line in offer.lines])
        parts = []
        for lines in _joined(part.lines, links):
            there = frozenset(lines)
            steps = tuple(step for step in part.steps if there & self._lines(step))
            parts.append(_Part(lines, steps))
        return parts

    def _lines(self, step: Step) -> frozenset[int]:
        if step not in self.lines_of:
            lines = (self.by_number[number].lines for number in step.numbers)
            self.lines_of[step] = frozenset().union(*lines)
        return self.lines_of[step]

    def _together(self, parts: Sequence[_Part], window: int, scopes: _Scopes) -> _Totals:
        """The totals of several parts side by side: every sum within the window."""
        found: _Totals = {}
        least = 0
        for part in parts:
            totals = self.solve(part, window, scopes)
            least += min(totals)[0]
            if not found:
                found = totals
                continue
            sums: _Totals = {}
            for key, node in found.items():
                for other, beside in totals.items():
                    if key[0] + other[0] <= least + window:
                        total = tuple(a + b for a, b in zip(key, other, strict=True))
                        if total not in sums:
                            sums[total] = _Both(node, beside)
            if len(totals) > 1 or len(found) > 1:
                self.is_spent(1 + len(found) * len(totals) // PAIRS_PER_STEP)
            found = self._cut(sums)
        return found

    def _cut(self, totals: _Totals) -> _Totals:
        """Not more totals than the bound allows: the least ones."""
        most = 1 if self.effort <= 0 else SUMS_MAX
        if len(totals) <= most:
            return totals
        self.bound_hit = True
        return {key: totals[key] for key in sorted(totals)[:most]}

    # -- a last step that looks at one sum

    def _is_top(self, part: _Part, scopes: _Scopes) -> bool:
        """Whether the last step hangs on one sum alone, and later steps see all or none of it."""
        step = part.steps[-1]
        offer = self.by_number[step.numbers[0]]
        if step.how is not How.WHOLE or not isinstance(offer.promotion.terms, WHOLE):
            return False
        others = [self.by_number[n] for other in part.steps[:-1] for n in other.numbers]
        if offer.group_mark and any(o.group_mark == offer.group_mark for o in others):
            return False
        locks = any(other.promotion.is_exclusive for other in (*others, offer))
        held = offer.promotion.conditions
        counts = isinstance(offer.promotion.terms, CountSave | CountPercent)
        hangs_on_pieces = (
            counts or held.quantity_min is not None or held.measured is Measured.LISTED
        )
        own = offer.lines.intersection(part.lines)
        return not (locks and hangs_on_pieces) and all(
            own <= scope or not own & scope for scope in scopes
        )

    def _solve_top(self, part: _Part, window: int, scopes: _Scopes) -> _Totals:
        offer = self.by_number[part.steps[-1].numbers[0]]
        own = offer.lines.intersection(part.lines)
        top = _Sum(offer, self._parts_at_first(part, own))
        inner = (*scopes, own)
        beneath = self._split(_Part(part.lines, part.steps[:-1]))
        totals = self._together(beneath, 0, inner)
        found = self._topped(top, totals, own, scopes, window)
        locks = any(self.by_number[step.numbers[0]].promotion.is_exclusive for step in part.steps)
        if top.is_flat and not locks and window == 0:
            return found
        if window > 0:
            wider = min(found)[0] + window - min(totals)[0] + top.off(top.most)
        else:
            least = min(totals)[0]
            sees = max(key[-1] for key in totals if key[0] == least)
            hidden = self._hidden(beneath, own)
            wider = top.window(least, sees, hidden, min(found)[0])
        if wider <= 0 or self.is_spent():
            return found
        if len(part.lines) * len(part.steps) > LARGE:
            self.bound_hit = True
            return found
        return self._topped(top, self._together(beneath, wider, inner), own, scopes, window)

    def _hidden(self, beneath: Sequence[_Part], own: frozenset[int]) -> int:
        """How much more a sum could be without more being left to pay: what stands in other lines
        of its parts, or what exclusive promotions keep from it."""
        amount = 0
        for part in beneath:
            if own.isdisjoint(part.lines):
                continue
            locked: frozenset[int] = frozenset().union(*(
                self._lines(step) for step in part.steps
                if self.by_number[step.numbers[0]].promotion.is_exclusive
            ))  # fmt: skip
            lines = [line for line in part.lines if line not in own or line in locked]
            amount += sum(lot.left for line in lines for lot in self.lots[line])
        return amount

    def _parts_at_first(self, part: _Part, own: frozenset[int]) -> list[Part]:
        return [Part(line, lot) for line in part.lines if line in own for lot in self.lots[line]]

    def _topped(
        self, top: "_Sum", totals: _Totals, own: frozenset[int], scopes: _Scopes, window: int
    ) -> _Totals:
        found: _Totals = {}
        for key in sorted(totals):
            cut = top.off(key[-1])
            for off in (cut, 0) if window > 0 and cut else (cut,):
                sums = (
                    amount - off if own <= scope else amount
                    for amount, scope in zip(key[1:-1], scopes, strict=True)
                )
                node = _Top(top.offer.number if off else None, totals[key])
                found.setdefault((key[0] - off, *sums), node)
        least = min(found)[0]
        return self._cut({key: node for key, node in found.items() if key[0] <= least + window})

    # -- a last step of a large part that takes what it finds

    def _is_last_word(self, part: _Part) -> bool:
        """Whether the last step of a large part is used in any case, at prices as low as can be."""
        if len(part.lines) * len(part.steps) <= self.small:
            return False
        step = part.steps[-1]
        offer = self.by_number[step.numbers[0]]
        if step.how is not How.WHOLE:
            return False
        if any(other.contested & offer.lines for other in part.steps):
            if len(part.lines) * len(part.steps) <= LARGE:
                return False
            self.bound_hit = True  # what competes for the same pieces is decided without it
        return not is_sensitive(offer) or self._is_settled(part, len(part.steps) - 1, offer)

    def _solve_beneath(self, part: _Part, scopes: _Scopes) -> _Totals:
        """The least total beneath, and the last step upon it."""
        totals = self._together(self._split(_Part(part.lines, part.steps[:-1])), 0, scopes)
        lots, applied = self._unfold(totals[min(totals)])
        offer = self.by_number[part.steps[-1].numbers[0]]
        state: State = tuple(lots[line] for line in part.lines)
        places = [(line, at) for at, line in enumerate(part.lines) if line in offer.lines]
        spots = spots_of(offer, state, places)
        new, taken = self._taken(offer, spots, [spot.lot.pieces for spot in spots], state)
        trail: _Trail | None = None
        for one in (*applied, *taken):
            trail = _Trail(trail, one)
        left = sum(lot.left for row in new for lot in row)
        return {(left, *self._sums(part, new, scopes)): _Leaf(part.lines, new, trail)}

    # -- everything else, state by state

    def _explore(self, part: _Part, window: int, scopes: _Scopes) -> _Totals:
        begin: State = tuple(self.lots[line] for line in part.lines)
        both = [window > 0 or self._leaves_out(part, n, scopes) for n in range(len(part.steps))]
        states = self._run(part, begin, [False] * len(both), None)
        if any(both) and len(part.lines) * len(part.steps) > LARGE:
            self.bound_hit = True
        elif any(both) and not self.is_spent():
            least = min(left for left, _trail in states.values())
            wider = self._run(part, begin, both, least + window)
            states = {**wider, **states} if self.bound_hit else wider
        found: _Totals = {}
        for state, (left, trail) in states.items():
            sums = self._sums(part, state, scopes)
            found.setdefault((left, *sums), _Leaf(part.lines, state, trail))
        least = min(found)[0]
        return self._cut({key: node for key, node in found.items() if key[0] <= least + window})

    def _sums(self, part: _Part, state: State, scopes: _Scopes) -> tuple[int, ...]:
        """What is left of the lines that each later step looks at, and may use."""
        return tuple(
            sum(
                lot.left
                for line, lots in zip(part.lines, state, strict=True) if line in scope
                for lot in lots if not lot.marks & LOCKED
            )
            for scope in scopes
        )  # fmt: skip

    def _leaves_out(self, part: _Part, n: int, scopes: _Scopes) -> bool:
        """Whether it is tried to leave a step out, so that a later one reaches its minimum.

        In a small part it is also tried where it only moves shares from pieces on which later steps
        can take off less; in a large one not where the minimum is reached, or missed, in any case.
        """
        own = self._lines(part.steps[n]).intersection(part.lines)
        is_small = len(part.lines) * len(part.steps) <= self.small
        sees = is_small and any(own & scope for scope in scopes)
        for m, step in enumerate(part.steps[n + 1 :], n + 1):
            offer = self.by_number[step.numbers[0]]
            if step.how is How.BEST or offer.number in self.free or not own & offer.lines:
                continue
            if is_sensitive(offer) and (is_small or not self._is_settled(part, m, offer)):
                return True
            if sees and any(self._lines(other) & offer.lines for other in part.steps[m + 1 :]):
                return True
        return False

    def _is_settled(self, part: _Part, m: int, offer: Offer) -> bool:
        """Whether an offer sees the same minimums reached, whatever the steps before it do."""
        lots = [Part(line, lot) for line in part.lines if line in offer.goods
                for lot in self.lots[line]]  # fmt: skip
        most = least = sum(one.lot.left for one in lots)
        for step in part.steps[:m]:
            first = self.by_number[step.numbers[0]]
            if first.promotion.is_exclusive or (offer.group_mark == first.group_mark != 0):
                lines = self._lines(step)
                least -= sum(one.lot.left for one in lots if one.line in lines)
            else:
                least -= self._most_off(part, step, offer.goods)
        top = _Sum(offer, lots)
        return not any(max(0, least) < bound <= most for bound in top.steps(0) if bound)

    def _most_off(self, part: _Part, step: Step, lines: frozenset[int]) -> int:
        """The most that a step takes off some lines, at prices before promotions."""
        begin: State = tuple(self.lots[line] for line in part.lines)
        off = 0
        for small in self._small(part, step):
            if any(line in lines for line, _at in small.places):
                spots = spots_of(small.offers[0], begin, small.places)
                parts = [Part(spot.line, spot.lot) for spot in spots]
                off += max(take_off(one, parts).cents for one in small.offers)
        return off

    def _run(
        self, part: _Part, begin: State, both: Sequence[bool], at_most: int | None
    ) -> dict[State, tuple[int, _Trail | None]]:
        """All states after all steps, each with what is left to pay and how it came about.

        `both` says of which steps it is also tried to leave them out, `at_most` which totals are
        of any use.
        """
        left = sum(lot.left for row in begin for lot in row)
        states: dict[State, tuple[int, _Trail | None]] = {begin: (left, None)}
        to_come = self._to_come(part) if at_most is not None else []
        is_small = len(part.lines) * len(part.steps) <= self.small
        stop = 0 if is_small else self.effort - max(EXPLORE_MIN, self.effort // 2)
        is_large = len(part.lines) * len(part.steps) > LARGE
        for n, step in enumerate(part.steps):
            for small in self._small(part, step):
                counts_later = is_small or self._counts_later(part, n, small)
                following: dict[State, tuple[int, _Trail | None]] = {}
                for state, (before, trail) in states.items():
                    ways = self._ways(small, state, is_both=both[n], counts_later=counts_later)
                    for new, applied in ways:
                        if new not in following:
                            cut = sum(c for one in applied for _line, c in one.shares)
                            way = trail
                            for one in applied:
                                way = _Trail(way, one)
                            following[new] = (before - cut, way)
                states = following
                if at_most is not None and len(states) > 1:
                    most = at_most + to_come[n]
                    states = {s: row for s, row in states.items() if row[0] <= most} or states
                most_states = 1 if self.is_spent() or self.effort < stop else STATES_MAX
                if len(states) > most_states and (is_large or most_states == 1):
                    self.bound_hit = True
                    kept = sorted(states, key=lambda s: states[s][0])[:most_states]
                    states = {state: states[state] for state in kept}
        return states

    def _counts_later(self, part: _Part, n: int, small: "_Small") -> bool:
        """Whether a later step looks at the pieces of these lines together."""
        lines = {line for line, _at in small.places}
        return any(
            step.numbers[0] not in self.free and lines & self._lines(step)
            for step in part.steps[n + 1 :]
        )

    def _to_come(self, part: _Part) -> list[int]:
        """The most that a step and all after it can take off: each at prices before promotions."""
        every = frozenset(part.lines)
        most = [self._most_off(part, step, every) for step in part.steps]
        return [sum(most[n:]) for n in range(len(most))]

    def _small(self, part: _Part, step: Step) -> list["_Small"]:
        """A step as it is taken: as a whole, or for each line by itself."""
        offers = [self.by_number[number] for number in step.numbers]
        places = [(line, at) for at, line in enumerate(part.lines)]
        if step.how in (How.BEST, How.BY_LINE) or offers[0].number in self.free:
            found = []
            for place in places:
                own = tuple(offer for offer in offers if place[0] in offer.lines)
                if own:
                    found.append(_Small(step, (place,), own))
            return found
        lines = offers[0].lines
        return [_Small(step, tuple(place for place in places if place[0] in lines), tuple(offers))]

    def _ways(
        self, small: "_Small", state: State, *, is_both: bool, counts_later: bool = True
    ) -> Iterator[tuple[State, tuple[Applied, ...]]]:
        """The ways in which a step can be taken from a state. There is always one."""
        offer = small.offers[0]
        spots = spots_of(offer, state, small.places)
        if not spots:
            yield state, ()
        elif small.step.how is How.BEST:
            yield from self._best_of(small.offers, spots, state, is_both=is_both)
        elif small.step.how is How.CHOOSES:
            contested = small.step.contested
            if offer.number in self.free and not counts_later:
                contested = frozenset()  # all of a lot, or nothing
            yield from self._chosen(offer, spots, contested, state)
        else:
            new, applied = self._taken(offer, spots, [spot.lot.pieces for spot in spots], state)
            yield new, applied
            if is_both and applied:
                yield state, ()

    def _best_of(
        self, offers: Sequence[Offer], spots: Sequence[Spot], state: State, *, is_both: bool
    ) -> Iterator[tuple[State, tuple[Applied, ...]]]:
        """Each lot of one line takes one of the offers of its group, or none."""
        takers: list[Offer | None] = list(offers)
        if is_both:
            takers.append(None)
        ways = [
            self._shared_out(choice, spots, state) for choice in product(takers, repeat=len(spots))
        ]
        ways.sort(key=lambda way: -sum(cut for one in way[1] for _line, cut in one.shares))
        yield from ways if is_both else ways[:1]

    def _shared_out(
        self, choice: Sequence[Offer | None], spots: Sequence[Spot], state: State
    ) -> tuple[State, tuple[Applied, ...]]:
        applied: list[Applied] = []
        numbers = [offer.number if offer is not None else None for offer in choice]
        for number in dict.fromkeys(numbers):
            if number is None:
                continue
            own = [spot for n, spot in zip(numbers, spots, strict=True) if n == number]
            counts = [spot.lot.pieces for spot in own]
            state, taken = self._taken(self.by_number[number], own, counts, state)
            applied += taken
        return state, tuple(applied)

    def _chosen(
        self, offer: Offer, spots: Sequence[Spot], contested: frozenset[int], state: State
    ) -> Iterator[tuple[State, tuple[Applied, ...]]]:
        """An offer leaves some of the contested pieces to others: all numbers of them, the fewest
        first; at the bound none, or all."""
        ranges = [
            range(spot.lot.pieces, -1, -1) if spot.line in contested else (spot.lot.pieces,)
            for spot in spots
        ]
        for counts in product(*ranges):
            yield self._taken(offer, spots, counts, state)
            if self.effort <= 0:
                self.bound_hit = True
                break
        yield state, ()

    def _taken(
        self, offer: Offer, spots: Sequence[Spot], counts: Sequence[int], state: State
    ) -> tuple[State, tuple[Applied, ...]]:
        self.is_spent(1 + sum(counts) // PIECES_PER_STEP)
        used = [(spot, count) for spot, count in zip(spots, counts, strict=True) if count]
        parts = [Part(spot.line, spot.lot.first(count)[0] if count < spot.lot.pieces else spot.lot)
                 for spot, count in used]  # fmt: skip
        taken = take_off(offer, parts)
        if not taken.times:
            return state, ()
        new, shares = after(offer, state, [spot for spot, _count in used], taken)
        return new, (Applied(offer.number, tuple(shares.items()), taken.times),)

    # -- the answer

    def _unfold(self, node: _Node) -> tuple[dict[int, tuple[Lot, ...]], list[Applied]]:
        """The lots of each line in the end, and all that was applied."""
        if isinstance(node, _Leaf):
            trail, applied = node.trail, []
            while trail is not None:
                applied.append(trail.applied)
                trail = trail.before
            return dict(zip(node.lines, node.state, strict=True)), _merged(reversed(applied))
        if isinstance(node, _Both):
            lots, applied = self._unfold(node.one)
            more, others = self._unfold(node.other)
            return lots | more, _merged([*applied, *others])
        lots, applied = self._unfold(node.beneath)
        if node.number is None:
            return lots, applied
        offer = self.by_number[node.number]
        lines = sorted(lots)
        state: State = tuple(lots[line] for line in lines)
        places = [(line, at) for at, line in enumerate(lines) if line in offer.lines]
        spots = spots_of(offer, state, places)
        new, taken = self._taken(offer, spots, [spot.lot.pieces for spot in spots], state)
        return dict(zip(lines, new, strict=True)), _merged([*applied, *taken])


class _Small(NamedTuple):
    """A step for some lines, each with its place in the state, and who wants them."""

    step: Step
    places: tuple[tuple[int, int], ...]
    offers: tuple[Offer, ...]


class _Sum:
    """A promotion that hangs on one sum alone, as a function of it."""

    def __init__(self, offer: Offer, parts: Sequence[Part]) -> None:
        held = offer.promotion.conditions
        terms = offer.promotion.terms
        self.offer = offer
        self.most = sum(part.lot.left for part in parts)
        is_left = held.measured is Measured.LEFT
        counts = isinstance(terms, CountSave | CountPercent)
        self.towards = None if is_left and not counts else amount_towards(offer, parts)
        if isinstance(terms, SpendSave | SpendSaveEach | SpendPercent) and is_left:
            self.towards = None
        self.least = cents(held.amount_min) if held.amount_min is not None and is_left else 0
        listed = sum(part.lot.listed for part in parts)
        is_short = held.quantity_min is not None and quantity_of(offer, parts) < held.quantity_min
        if held.amount_min is not None and not is_left:
            is_short = is_short or listed < cents(held.amount_min)
        self.is_never = is_short
        self.is_flat = not is_sensitive(offer)

    def off(self, left: int) -> int:
        """What comes off, if so many cents are left of its goods. Never falls as they rise."""
        if self.is_never or left < self.least:
            return 0
        towards = left if self.towards is None else self.towards
        return min(self.offer.cents, whole_off(self.offer, left, towards)[0])

    def window(self, least: int, sees: int, hidden: int, found: int) -> int:
        """How much more than `least` may be left beneath for a total below `found` to come of it.

        Where `least` is left, the sum is `sees`. It may be `hidden` more for nothing, and then a
        cent more for each cent that is left.
        """
        reach = min(self.most, sees + hidden)
        bounds = [bound for bound in self.steps(0) if bound <= self.most]
        widest = 0
        for n, begin in enumerate(bounds):
            end = bounds[n + 1] - 1 if n + 1 < len(bounds) else self.most
            # Between two bounds the total only rises: by all of each cent, or a part of it.
            off = self.off(min(end, max(begin, reach)))
            if least + max(0, begin - reach) - off < found:
                most = found - least + self.off(end)
                widest = max(widest, most if hidden else min(most, end - sees + 1))
        return widest

    def steps(self, lowest: int) -> list[int]:
        """The amounts from which on it takes off by another measure, from the lowest one up."""
        terms = self.offer.promotion.terms
        found = {lowest, max(lowest, self.least)}
        if isinstance(terms, SpendSaveEach):
            spend = cents(terms.spend)
            found.update(range((lowest // spend + 1) * spend, self.most + 1, spend))
        elif isinstance(terms, SpendSave | SpendPercent):
            found.update(cents(tier.least) for tier in terms.tiers if cents(tier.least) > lowest)
        return sorted(found)


def _can_pay(offer: Offer, lots: Sequence[tuple[Lot, ...]]) -> bool:
    """Whether it takes anything off when it is alone: if not, others do not help it."""
    if is_free(offer):
        return True
    parts = [Part(line, lot) for line in sorted(offer.lines) for lot in lots[line]]
    return take_off(offer, parts).cents > 0


def _within(offer: Offer, lines: frozenset[int]) -> Offer:
    """An offer that only looks at some lines."""
    if offer.lines <= lines:
        return offer
    return Offer(
        offer.number, offer.promotion, offer.goods & lines, offer.reward & lines, offer.basket,
        offer.lines & lines, offer.group_mark, offer.times, offer.cents,
    )  # fmt: skip


def _merged(applied: Iterable[Applied]) -> list[Applied]:
    """One row for each promotion: what is taken off line by line is one promotion all the same."""
    found: dict[int, Applied] = {}
    for one in applied:
        before = found.get(one.number)
        if before is None:
            found[one.number] = one
            continue
        shares = dict(before.shares)
        for line, cut in one.shares:
            shares[line] = shares.get(line, 0) + cut
        times = before.times + one.times
        found[one.number] = Applied(one.number, tuple(shares.items()), times)
    return list(found.values())


def _joined(lines: Iterable[int], links: Iterable[Sequence[int]]) -> list[tuple[int, ...]]:
    """Lines in parts, so that those of one link are in one part."""
    root = {line: line for line in lines}

    def find(line: int) -> int:
        while root[line] != line:
            root[line] = root[root[line]]
            line = root[line]
        return line

    for link in links:
        for line in link[1:]:
            root[find(line)] = find(link[0])
    parts: dict[int, list[int]] = {}
    for line in root:
        parts.setdefault(find(line), []).append(line)
    return [tuple(part) for part in parts.values()]
