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
at one sum (`Top`). There the least total is solved first. If not even the most favourable amount
could pay, that is the answer; else it is asked which sums the parts beneath could come to
(`reach`), and where that does not show what the least is, in parts that are not large, the totals
that could pay are listed for each part beneath, and summed up.

At the bound (`effort` steps of work) it goes on without trying other ways: the answer is one of the
compositions, the same each time, and `bound_hit` says so.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from enum import IntEnum
from itertools import islice, product
from operator import add
from typing import NamedTuple

from tongpan.business.promotions.rules.kinds import (
    ALL,
    WHOLE,
    Offer,
    Part,
    Spot,
    after,
    spots_of,
    take_off,
)
from tongpan.business.promotions.rules.lots import LOCKED, Lot, State
from tongpan.business.promotions.rules.reach import (
    CENTS_MAX,
    Beside,
    Listed,
    Reach,
    Topped,
    is_whole_sum,
    lowest,
    summed,
)
from tongpan.business.promotions.rules.sums import Sum, is_sensitive
from tongpan.business.promotions.rules.values import CountPercent, CountSave, Measured, Rule
from tongpan.business.promotions.rules.ways import (
    Applied,
    Both,
    Leaf,
    Node,
    Scopes,
    Top,
    Totals,
    Trail,
)

# Steps of work for a basket of no lines, and for each line less: each of them costs more there.
EFFORT, EFFORT_A_LINE, EFFORT_MIN = 2600, 20, 850
NEAR, SMALL, LARGE = 16, 40, 400  # lines times steps of a part
STATES_MAX = 8  # of a large part
EXPLORE_MIN = 100  # at least so much for each part, so that one does not use up all
CHOICES_MAX = 64
PAIRS_PER_STEP = 16  # adding two totals is so much cheaper than pricing
SUMS_MAX = 256
PIECES_PER_STEP = 50  # of many pieces each is looked at


@dataclass(frozen=True, slots=True)
class Found:
    applied: tuple[Applied, ...]
    left: int  # cents to pay
    bound_hit: bool
    idle: frozenset[int]  # offers that bring nothing even if they are alone


def best(
    offers: Sequence[Offer],
    lots: Sequence[tuple[Lot, ...]],
    effort: int | None = None,
    small: int = SMALL,
) -> Found:
    """The composition of these offers that leaves the customer least to pay for these lots."""
    if effort is None:
        effort = max(EFFORT_MIN, EFFORT - EFFORT_A_LINE * len(lots))
    idle = frozenset([offer.number for offer in offers if not _can_pay(offer, lots)])
    able = [offer for offer in offers if offer.number not in idle]
    search = _Search(able, lots, effort, small)
    solved = [search.solved(part) for part in search.parts_of_basket()]
    applied = _merged(one for part in solved for one in part)
    applied.sort(key=lambda one: one.number)
    left = sum(lot.left for row in lots for lot in row)
    left -= sum(cut for one in applied for _line, cut in one.shares)
    return Found(tuple(applied), left, search.bound_hit, idle)


# -- steps ---------------------------------------------------------------------------------------


class How(IntEnum):  # numbers, and named tuples below, because parts are looked up by them
    WHOLE = 1  # as a whole
    BY_LINE = 2
    BEST = 3  # each lot takes the best
    CHOOSES = 4  # leaves pieces to others

    __hash__ = int.__hash__


class Step(NamedTuple):
    """One promotion, or those of a group of which each lot takes the best."""

    how: How
    numbers: tuple[int, ...]
    contested: frozenset[int] = frozenset()  # lines of which later steps want the same pieces


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
        choosing = [offer for offer in members if not offer.is_free]
        free = [offer for offer in members if offer.is_free]
        for n, offer in enumerate(choosing):
            steps.append(_choosing(offer, [o.lines for o in choosing[n + 1 :] + free]))
        if free:
            steps.append(Step(How.BEST, tuple(offer.number for offer in free)))
    return tuple(steps)


def _choosing(offer: Offer, later: Iterable[frozenset[int]]) -> Step:
    contested = offer.lines & frozenset().union(*later)
    return Step(How.CHOOSES, (offer.number,), contested) if contested else _plain(offer)


def _plain(offer: Offer) -> Step:
    return Step(How.BY_LINE if offer.is_free else How.WHOLE, (offer.number,))


# -- totals --------------------------------------------------------------------------------------


@dataclass(slots=True, eq=False)  # one object for each (`_part`), so that it is looked up by itself
class _Part:
    """Some lines, and the steps that look at any of them."""

    lines: tuple[int, ...]
    steps: tuple[Step, ...]
    there: frozenset[int] = field(init=False)
    split: "list[_Part] | None" = None  # into parts that have nothing to do with one another
    top: Sum | None = None  # its last step, where that looks at one sum

    def __post_init__(self) -> None:
        self.there = frozenset(self.lines)

    @property
    def size(self) -> int:
        return len(self.lines) * len(self.steps)


@dataclass(slots=True)
class _Search:
    offers: Sequence[Offer]
    lots: Sequence[tuple[Lot, ...]]
    effort: int
    small: int = SMALL
    bound_hit: bool = False
    by_number: Mapping[int, Offer] = field(init=False)
    known: dict[tuple[_Part, int, Scopes], Totals] = field(default_factory=dict)
    whole: tuple[int, ...] = ()  # lines of which one choice after the other is looked at
    is_rough: bool = False  # at first sight
    beaten: int = ALL  # what another choice comes to
    reached: dict[tuple[_Part, Scopes], Reach] = field(default_factory=dict)
    parts: dict[tuple[tuple[int, ...], tuple[Step, ...]], _Part] = field(default_factory=dict)
    takers: dict[Step, dict[int, tuple[Offer, ...]]] = field(default_factory=dict)
    lines_of: dict[Step, frozenset[int]] = field(default_factory=dict)
    free: frozenset[int] = field(init=False)

    def __post_init__(self) -> None:
        self.by_number = {offer.number: offer for offer in self.offers}
        self.free = frozenset(offer.number for offer in self.offers if offer.is_free)

    def is_spent(self, work: int = 0) -> bool:
        """Whether the bound is reached, after so much more work."""
        self.effort -= work
        if self.effort <= 0:
            self.bound_hit = True
        return self.effort <= 0

    # -- parts

    def parts_of_basket(self) -> Iterator[list[Offer]]:
        """Offers that have anything to do with one another."""
        links = [offer.lines for offer in self.offers if offer.number not in self.free]
        ones: dict[str, frozenset[int]] = {}
        for offer in self.offers:
            if offer.promotion.group.rule is Rule.ONE:
                code = offer.promotion.group.code
                ones[code] = ones.get(code, frozenset()) | offer.lines
        every: frozenset[int] = frozenset().union(*(offer.lines for offer in self.offers))
        for lines in _joined(every, [*links, *ones.values()]):
            there = frozenset(lines)
            yield [_within(offer, there) for offer in self.offers if offer.lines & there]

    def solved(self, offers: Sequence[Offer]) -> list[Applied]:
        """What is applied in the best composition of one part of the basket."""
        lines = tuple(sorted(frozenset().union(*(offer.lines for offer in offers))))
        choices = [self._part(lines, steps_of(chosen)) for chosen in self._choices(offers)]
        if len(choices) > 1:  # what looks best at first sight is looked at first
            self.whole, self.is_rough = lines, True
            rough = [min(self._solve(part, 0, ()))[0] for part in choices]
            choices = [choices[n] for n in sorted(range(len(rough)), key=lambda n: rough[n])]
            self.is_rough, self.beaten = False, min(rough)
        found: tuple[int, Node] | None = None
        for part in choices:
            totals = self._solve(part, 0, ())
            key = min(totals)
            if found is None or key[0] < found[0]:
                found = key[0], totals[key]
                self.beaten = min(self.beaten, key[0])
        self.whole, self.beaten = (), ALL
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

    def solve(self, part: _Part, window: int, scopes: Scopes) -> Totals:
        """The least total of some lines, and those that are at most `window` more."""
        key = (part, window, _seen(part, scopes))
        found = self.known.get(key)
        if found is None:
            found = self.known[key] = self._solve(part, window, key[2])
        return found

    def _part(self, lines: tuple[int, ...], steps: tuple[Step, ...]) -> _Part:
        found = self.parts.get((lines, steps))
        if found is None:
            found = self.parts[lines, steps] = _Part(lines, steps)
        return found

    def _beneath(self, part: _Part) -> list[_Part]:
        """The parts that are left of one without its last step."""
        return self._split(self._part(part.lines, part.steps[:-1]))

    def _solve(self, part: _Part, window: int, scopes: Scopes) -> Totals:
        parts = self._split(part)
        if len(parts) > 1:
            return self._together(parts, window, scopes)
        if (
            len(part.lines) == 1
            and window == 0
            and all(step.how in (How.BEST, How.BY_LINE) for step in part.steps)
        ):
            return self._solve_line(part, scopes)
        if part.steps and self._is_top(part, scopes):
            return self._solve_top(part, window, scopes)
        if window == 0 and self._is_last_word(part):
            return self._solve_beneath(part, scopes)
        return self._explore(part, window, scopes)

    def _solve_line(self, part: _Part, scopes: Scopes) -> Totals:
        """The least total of a line by itself: nothing is to be won by leaving anything out."""
        state: State = (self.lots[part.lines[0]],)
        trail: Trail | None = None
        for step in part.steps:
            for small in self._small(part, step):
                state, applied = next(self._ways(small, state, is_both=False))
                for one in applied:
                    trail = Trail(trail, one)
        left = sum([lot.left for lot in state[0]])
        return {(left, *self._sums(part, state, scopes)): Leaf(part.lines, state, trail)}

    def _split(self, part: _Part) -> list[_Part]:
        if part.split is None and len(part.lines) == 1:
            part.split = [part]
        if part.split is None:
            steps = [(step, self._lines(step)) for step in part.steps]
            links = [
                lines & part.there for step, lines in steps
                if step.how is not How.BEST and step.numbers[0] not in self.free
            ]  # fmt: skip
            part.split = [
                self._part(lines, tuple([step for step, own in steps if not own.isdisjoint(lines)]))
                for lines in _joined(part.lines, links)
            ]
        return part.split

    def _lines(self, step: Step) -> frozenset[int]:
        if step not in self.lines_of:
            lines = (self.by_number[number].lines for number in step.numbers)
            self.lines_of[step] = frozenset().union(*lines)
        return self.lines_of[step]

    def _together(self, parts: Sequence[_Part], window: int, scopes: Scopes) -> Totals:
        """The totals of several parts side by side: every sum within the window."""
        found: Totals = {}
        least = 0
        for part in parts:
            totals = self.solve(part, window, scopes)
            least += min(totals)[0]
            if not found:
                found = totals
                continue
            sums: Totals = {}
            if len(totals) == len(found) == 1:
                ((key, node),), ((other, beside),) = found.items(), totals.items()
                found = {tuple(map(add, key, other)): Both(node, beside)}
                continue
            for key, node in found.items():
                for other, beside in totals.items():
                    if key[0] + other[0] <= least + window:
                        total = tuple(map(add, key, other))
                        if total not in sums:
                            sums[total] = Both(node, beside)
            self.is_spent(1 + len(found) * len(totals) // PAIRS_PER_STEP)
            found = self._cut(sums)
        return found

    def _cut(self, totals: Totals) -> Totals:
        """Not more totals than the bound allows: the least ones."""
        most = 1 if self.effort <= 0 else SUMS_MAX
        if len(totals) <= most:
            return totals
        self.bound_hit = True
        return {key: totals[key] for key in sorted(totals)[:most]}

    # -- a last step that looks at one sum

    def _is_top(self, part: _Part, scopes: Scopes) -> bool:
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

    def _solve_top(self, part: _Part, window: int, scopes: Scopes) -> Totals:
        offer = self.by_number[part.steps[-1].numbers[0]]
        own = offer.lines.intersection(part.lines)
        top = self._top(part, own)
        inner = (*scopes, own)
        beneath = self._beneath(part)
        totals = self._together(beneath, 0, inner)
        found = self._topped(top, totals, own, scopes, window)
        locks = any(self.by_number[step.numbers[0]].promotion.is_exclusive for step in part.steps)
        if top.is_flat and not locks and window == 0:
            return found
        is_whole = not scopes and part.lines == self.whole
        below = self.beaten if is_whole else ALL
        if window > 0:
            wider = min(found)[0] + window - min(totals)[0] + top.off(top.most)
        else:
            least = min(totals)[0]
            sees = max(key[-1] for key in totals if key[0] == least)
            # No sum is more than all that is left to pay.
            hidden = min(self._hidden(beneath, own), least - sees)
            wider = top.window(least, sees, hidden, min(below, min(found)[0]))
        if wider <= 0 or self.is_spent() or (is_whole and self.is_rough):
            return found
        if window == 0:
            found, is_least = self._raised(top, beneath, own, scopes, hidden, found, below)
            wider = top.window(least, sees, hidden, min(below, min(found)[0]))
            if wider <= 0 or (is_least and wider <= CENTS_MAX):
                return found
        if part.size > LARGE:
            self.bound_hit = True
            return found
        wide = self._topped(top, self._together(beneath, wider, inner), own, scopes, window)
        return wide if window > 0 or min(wide)[0] < min(found)[0] else found

    def _raised(
        self, top: Sum, beneath: Sequence[_Part], own: frozenset[int], scopes: Scopes,
        hidden: int, found: Totals, below: int,
    ) -> tuple[Totals, bool]:  # fmt: skip
        """A lower total than was found, by more that is left beneath: part by part, until nothing
        could be lower still; and whether all was tried that there is."""
        inner = (*scopes, own)
        if not _moves_alike(beneath, scopes, own):
            return found, False
        parts: list[Reach] = [self._least_of(part, inner) for part in beneath]
        least = tuple(sum(column) for column in zip(*(one.least for one in parts), strict=True))
        bits, best, more, is_all = 1, min(below, min(found)[0]), 0, True
        for n, part in enumerate(beneath):
            parts[n] = self._reach(part, inner)
            is_all = is_all and parts[n].is_all and is_whole_sum(bits, parts[n].bits)
            bits = summed(bits, parts[n].bits)
            total, at = lowest(top, least, bits)
            if total < best:
                best, more = total, at
            if top.window(least[0], least[-1], hidden, best) <= 0 or self.is_spent():
                break
        if more == 0:
            return found, is_all
        off = least[0] + more - best
        sums = (
            amount + more - off if own <= scope else amount
            for amount, scope in zip(least[1:-1], scopes, strict=True)
        )
        return {(best, *sums): Top(top.offer.number, Beside(parts).way(more))}, is_all

    def _least_of(self, part: _Part, scopes: Scopes) -> Listed:
        totals = self.solve(part, 0, scopes)
        left = min(totals)[0]
        key = max(key for key in totals if key[0] == left)
        return Listed(key, {0: totals[key]}, is_all=False)

    def _reach(self, part: _Part, scopes: Scopes) -> Reach:
        key = part, _seen(part, scopes)
        if key not in self.reached:
            hit = self.bound_hit
            self.reached[key] = self._reach_of(part, key[1])
            self.bound_hit = hit
        return self.reached[key]

    def _reach_of(self, part: _Part, scopes: Scopes) -> Reach:
        """What a part could come to, where each sum grows as what is left to pay does."""
        least = self._least_of(part, scopes)
        if not part.steps:
            return Listed(least.least, least.ways, is_all=True)
        if self._is_top(part, scopes):
            own = self.by_number[part.steps[-1].numbers[0]].lines & part.there
            top = self._top(part, own)
            split = self._beneath(part)
            if not _moves_alike(split, scopes, own):
                return least
            beneath = Beside([self._reach(one, (*scopes, own)) for one in split])
            rise = beneath.least[0] - least.least[0]
            inner = zip(beneath.least[1:-1], least.least[1:], scopes, strict=True)
            if any(scope and one - other != rise for one, other, scope in inner):
                return least
            return Topped(top, beneath, least.least, least.way(0))
        if part.size > NEAR:
            return least
        ways: dict[int, Node] = {0: least.way(0)}
        self.bound_hit, is_all = False, True
        for total, node in self._explore(part, CENTS_MAX, scopes).items():
            more = total[0] - least.least[0]
            is_alike = all(
                amount - first == (more if scope else 0)
                for amount, first, scope in zip(total[1:], least.least[1:], scopes, strict=True)
            )
            is_all = is_all and is_alike
            if is_alike and more > 0:
                ways.setdefault(more, node)
        return Listed(least.least, ways, is_all=is_all and not self.bound_hit)

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

    def _top(self, part: _Part, own: frozenset[int]) -> Sum:
        if part.top is None:
            lots = [Part(line, lot) for line in part.lines if line in own
                    for lot in self.lots[line]]  # fmt: skip
            part.top = Sum(self.by_number[part.steps[-1].numbers[0]], lots)
        return part.top

    def _topped(
        self, top: Sum, totals: Totals, own: frozenset[int], scopes: Scopes, window: int
    ) -> Totals:
        found: Totals = {}
        for key in sorted(totals):
            cut = top.off(key[-1])
            for off in (cut, 0) if window > 0 and cut else (cut,):
                sums = (
                    amount - off if own <= scope else amount
                    for amount, scope in zip(key[1:-1], scopes, strict=True)
                )
                node = Top(top.offer.number if off else None, totals[key])
                found.setdefault((key[0] - off, *sums), node)
        least = min(found)[0]
        return self._cut({key: node for key, node in found.items() if key[0] <= least + window})

    # -- a last step of a large part that takes what it finds

    def _is_last_word(self, part: _Part) -> bool:
        """Whether the last step of a large part is used in any case, at prices as low as can be."""
        if part.size <= self.small:
            return False
        step = part.steps[-1]
        offer = self.by_number[step.numbers[0]]
        if step.how is not How.WHOLE:
            return False
        if any(other.contested & offer.lines for other in part.steps):
            if part.size <= LARGE:
                return False
            self.bound_hit = True  # what competes for the same pieces is decided without it
        return not is_sensitive(offer) or self._is_settled(part, len(part.steps) - 1, offer)

    def _solve_beneath(self, part: _Part, scopes: Scopes) -> Totals:
        """The least total beneath, and the last step upon it."""
        totals = self._together(self._beneath(part), 0, scopes)
        lots, applied = self._unfold(totals[min(totals)])
        offer = self.by_number[part.steps[-1].numbers[0]]
        state: State = tuple(lots[line] for line in part.lines)
        places = [(line, at) for at, line in enumerate(part.lines) if line in offer.lines]
        spots = spots_of(offer, state, places)
        new, taken = self._taken(offer, spots, [spot.lot.pieces for spot in spots], state)
        trail: Trail | None = None
        for one in (*applied, *taken):
            trail = Trail(trail, one)
        left = sum(lot.left for row in new for lot in row)
        return {(left, *self._sums(part, new, scopes)): Leaf(part.lines, new, trail)}

    # -- everything else, state by state

    def _explore(self, part: _Part, window: int, scopes: Scopes) -> Totals:
        begin: State = tuple(self.lots[line] for line in part.lines)
        both = [window > 0 or self._leaves_out(part, n, scopes) for n in range(len(part.steps))]
        states = self._run(part, begin, [False] * len(both), None)
        if any(both) and part.size > LARGE:
            self.bound_hit = True
        elif any(both) and not self.is_spent():
            least = min(left for left, _trail in states.values())
            wider = self._run(part, begin, both, least + window)
            states = {**wider, **states} if self.bound_hit else wider
        found: Totals = {}
        for state, (left, trail) in states.items():
            sums = self._sums(part, state, scopes)
            found.setdefault((left, *sums), Leaf(part.lines, state, trail))
        least = min(found)[0]
        return self._cut({key: node for key, node in found.items() if key[0] <= least + window})

    def _sums(self, part: _Part, state: State, scopes: Scopes) -> tuple[int, ...]:
        """What is left of the lines that each later step looks at, and may use."""
        return tuple(
            sum(
                lot.left
                for line, lots in zip(part.lines, state, strict=True) if line in scope
                for lot in lots if not lot.marks & LOCKED
            )
            for scope in scopes
        )  # fmt: skip

    def _leaves_out(self, part: _Part, n: int, scopes: Scopes) -> bool:
        """Whether it is tried to leave a step out, so that a later one reaches its minimum.

        In a small part it is also tried where it only moves shares from pieces on which later steps
        can take off less; in a large one not where the minimum is reached, or missed, in any case.
        """
        own = self._lines(part.steps[n]).intersection(part.lines)
        is_small = part.size <= self.small
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
        top = Sum(offer, lots)
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
    ) -> dict[State, tuple[int, Trail | None]]:
        """All states after all steps, each with what is left to pay and how it came about.

        `both` says of which steps it is also tried to leave them out, `at_most` which totals are
        of any use.
        """
        left = sum(lot.left for row in begin for lot in row)
        states: dict[State, tuple[int, Trail | None]] = {begin: (left, None)}
        to_come = self._to_come(part) if at_most is not None else []
        is_small = part.size <= self.small
        stop = 0 if is_small else self.effort - max(EXPLORE_MIN, self.effort // 2)
        is_large = part.size > LARGE
        for n, step in enumerate(part.steps):
            for small in self._small(part, step):
                counts_later = is_small or self._counts_later(part, n, small)
                following: dict[State, tuple[int, Trail | None]] = {}
                for state, (before, trail) in states.items():
                    ways = self._ways(small, state, is_both=both[n], counts_later=counts_later)
                    for new, applied in ways:
                        if new not in following:
                            cut = sum(c for one in applied for _line, c in one.shares)
                            way = trail
                            for one in applied:
                                way = Trail(way, one)
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
        if step.how in (How.BEST, How.BY_LINE) or step.numbers[0] in self.free:
            takers = self._takers(step)
            return [
                _Small(step, ((line, at),), takers[line])
                for at, line in enumerate(part.lines) if line in takers
            ]  # fmt: skip
        offer = self.by_number[step.numbers[0]]
        places = [(line, at) for at, line in enumerate(part.lines) if line in offer.lines]
        return [_Small(step, tuple(places), (offer,))]

    def _takers(self, step: Step) -> dict[int, tuple[Offer, ...]]:
        """The offers of a step that want each line, as they stand."""
        found = self.takers.get(step)
        if found is None:
            rows: dict[int, list[Offer]] = {}
            for number in step.numbers:
                for line in self.by_number[number].lines:
                    rows.setdefault(line, []).append(self.by_number[number])
            found = self.takers[step] = {line: tuple(row) for line, row in rows.items()}
        return found

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
        if len(spots) == 1 and not is_both:
            yield self._taken_by_best(offers, spots, state)
            return
        takers: list[Offer | None] = list(offers)
        if is_both:
            takers.append(None)
        ways = [
            self._shared_out(choice, spots, state) for choice in product(takers, repeat=len(spots))
        ]
        ways.sort(key=lambda way: -sum(cut for one in way[1] for _line, cut in one.shares))
        yield from ways if is_both else ways[:1]

    def _taken_by_best(
        self, offers: Sequence[Offer], spots: Sequence[Spot], state: State
    ) -> tuple[State, tuple[Applied, ...]]:
        """The offer that takes most off one lot."""
        self.is_spent(len(offers))
        parts = [Part(spots[0].line, spots[0].lot)]
        taken, offer = max(
            ((take_off(offer, parts), offer) for offer in offers), key=lambda row: row[0].cents
        )
        if not taken.times:
            return state, ()
        new, shares = after(offer, state, spots, taken)
        return new, (Applied(offer.number, tuple(shares.items()), taken.times),)

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

    def _unfold(self, node: Node) -> tuple[dict[int, tuple[Lot, ...]], list[Applied]]:
        """The lots of each line in the end, and all that was applied."""
        lots: dict[int, tuple[Lot, ...]] = {}
        applied: list[Applied] = []
        self._unfold_into(node, lots, applied)
        return lots, _merged(applied)

    def _unfold_into(
        self, node: Node, lots: dict[int, tuple[Lot, ...]], applied: list[Applied]
    ) -> None:
        while isinstance(node, Both):
            self._unfold_into(node.other, lots, applied)
            node = node.one
        if isinstance(node, Leaf):
            lots.update(zip(node.lines, node.state, strict=True))
            trail = node.trail
            while trail is not None:
                applied.append(trail.applied)
                trail = trail.before
            return
        self._unfold_into(node.beneath, lots, applied)
        if node.number is None:
            return
        offer = self.by_number[node.number]
        lines = sorted(offer.lines)  # all of them stand beneath it
        state: State = tuple([lots[line] for line in lines])
        spots = spots_of(offer, state, [(line, at) for at, line in enumerate(lines)])
        new, taken = self._taken(offer, spots, [spot.lot.pieces for spot in spots], state)
        lots.update(zip(lines, new, strict=True))
        applied += taken


class _Small(NamedTuple):
    """A step for some lines, each with its place in the state, and who wants them."""

    step: Step
    places: tuple[tuple[int, int], ...]
    offers: tuple[Offer, ...]


def _moves_alike(beneath: Sequence[_Part], scopes: Scopes, own: frozenset[int]) -> bool:
    """Whether what more is left of any of the parts is more of each sum that one of them has."""
    return all(
        own <= scope or all(scope.isdisjoint(part.lines) for part in beneath) for scope in scopes
    )


def _seen(part: _Part, scopes: Scopes) -> Scopes:
    """What later sums see of a part."""
    return tuple([part.there if part.there <= scope else scope & part.there for scope in scopes])


def _can_pay(offer: Offer, lots: Sequence[tuple[Lot, ...]]) -> bool:
    """Whether it takes anything off when it is alone: if not, others do not help it."""
    if offer.is_free:
        return True
    parts = [Part(line, lot) for line in sorted(offer.lines) for lot in lots[line]]
    return take_off(offer, parts).cents > 0


def _within(offer: Offer, lines: frozenset[int]) -> Offer:
    """An offer that only looks at some lines."""
    if offer.lines <= lines:
        return offer
    return Offer(
        offer.number, offer.promotion, offer.goods & lines, offer.reward & lines, offer.basket,
        offer.lines & lines, offer.figures, offer.is_free, offer.group_mark, offer.times,
        offer.cents,
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


def _joined(lines: Iterable[int], links: Iterable[frozenset[int]]) -> list[tuple[int, ...]]:
    """Lines in parts, so that those of one link are in one part; as their first lines stand."""
    parts: list[frozenset[int]] = []
    for link in links:
        if len(link) > 1:
            touched = [part for part in parts if not part.isdisjoint(link)]
            if touched:
                parts = [part for part in parts if part.isdisjoint(link)]
            parts.append(link.union(*touched))
    alone = frozenset(lines).difference(*parts)
    return sorted([*(tuple(sorted(part)) for part in parts), *((line,) for line in alone)])
