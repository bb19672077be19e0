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

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import chain, islice, product
from operator import itemgetter
from typing import NamedTuple, TypeVar

from tongpan.business.promotions.rules.combined import (
    COMBINED_PER_STEP,
    Rows,
    combined,
    ends_of,
)
from tongpan.business.promotions.rules.kinds import (
    ALL,
    WHOLE,
    Offer,
    Part,
    Spot,
    after,
    after_lot,
    amount_off,
    spots_of,
    take_off,
)
from tongpan.business.promotions.rules.lots import Lot, State, made, unlocked
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
from tongpan.business.promotions.rules.steps import NONE, How, Step, Steps
from tongpan.business.promotions.rules.sums import Sum, is_never_second, is_sensitive
from tongpan.business.promotions.rules.values import CountPercent, CountSave, Measured, Rule
from tongpan.business.promotions.rules.ways import (
    BITS,
    LOWEST,
    Applied,
    Both,
    End,
    Ends,
    Leaf,
    Node,
    Scopes,
    States,
    Top,
    Totals,
    Trail,
    height,
    packed,
    unpacked,
)

# Steps of work for a basket of no lines, and for each line less: each of them costs more there.
EFFORT, EFFORT_A_LINE, EFFORT_MIN = 2600, 20, 850
NEAR, SMALL, LARGE = 16, 40, 400  # lines times steps of a part
STATES_MAX = 8  # of a large part
EXPLORE_MIN = 100  # at least so much for each part, so that one does not use up all
CHOICES_MAX = 64
PAIRS_PER_STEP = 16  # adding two totals is so much cheaper than pricing
SUMS_MAX = 256
STRIDE = 512  # cents: so that a part is seldom asked again for a few more
PIECES_PER_STEP = 50  # of many pieces each is looked at
Way = TypeVar("Way")  # to a total


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
    fresh = _fresh(lots)
    idle = frozenset([offer.number for offer in offers if not _can_pay(offer, fresh)])
    able = [offer for offer in offers if offer.number not in idle]
    search = _Search(able, lots, fresh, effort, small)
    solved = [search.solved(part) for part in search.parts_of_basket()]
    applied = _merged(one for part in solved for one in part)
    applied.sort(key=lambda one: one.number)
    left = sum(search.lefts) - sum([cut for one in applied for _line, cut in one.shares])
    return Found(tuple(applied), left, search.bound_hit, idle)


# -- totals --------------------------------------------------------------------------------------


@dataclass(slots=True, eq=False)  # one object for each (`_part`), so that it is looked up by itself
class _Part:
    """Some lines, and the steps that look at any of them."""

    lines: tuple[int, ...]
    steps: tuple[Step, ...]
    there: frozenset[int] = field(init=False)
    all_or_none: set[frozenset[int]] = field(init=False)
    size: int = field(init=False)
    locks: bool = field(init=False)  # whether an exclusive promotion is among its steps
    # Into parts that have nothing to do with one another; empty where it is one.
    split: "list[_Part] | None" = None
    smalls: "list[list[_Small]] | None" = None  # its steps as they are taken
    hangs_on_sum: bool | None = None  # whether its last step does, and on nothing else
    seen: dict[Scopes, Scopes] = field(default_factory=dict)  # what later sums see of it
    is_alone: bool = field(init=False)  # whether it is one line that is priced by itself
    top: Sum | None = None  # that step, then

    def __post_init__(self) -> None:
        self.there = frozenset(self.lines)
        self.all_or_none = {NONE, self.there}
        self.locks = any(step.first.promotion.is_exclusive for step in self.steps)
        self.size = len(self.lines) * len(self.steps)
        self.is_alone = False
        if len(self.lines) == 1:
            self.split = []
            self.is_alone = all(step.how in (How.BEST, How.BY_LINE) for step in self.steps)

    def sees_all(self, scopes: Scopes) -> bool:
        """Whether each sum is of all its lines, or has nothing to do with it."""
        return self.all_or_none.issuperset(scopes)

    def seen_by(self, scopes: Scopes) -> Scopes:
        """What sums see of it."""
        found = self.seen.get(scopes)
        if found is None:
            there = self.there
            found = tuple([there if there <= scope else scope & there for scope in scopes])
            self.seen[scopes] = found
        return found


@dataclass(slots=True)
class _Search:
    offers: Sequence[Offer]
    lots: Sequence[tuple[Lot, ...]]
    fresh: Sequence[list[Part]]  # each line before promotions
    effort: int
    small: int = SMALL
    bound_hit: bool = False
    by_number: Mapping[int, Offer] = field(init=False)
    lefts: Sequence[int] = field(init=False)  # and the cents to pay for it
    known: dict[tuple[_Part, int, Scopes], Totals] = field(default_factory=dict)
    whole: tuple[int, ...] = ()  # lines of which one choice after the other is looked at
    is_rough: bool = False  # at first sight
    beaten: int = ALL  # what another choice comes to
    wide: "dict[tuple[_Part, Scopes], _Wide]" = field(default_factory=dict)
    reached: dict[tuple[_Part, Scopes], tuple[int, Reach]] = field(default_factory=dict)
    parts: dict[tuple[tuple[int, ...], tuple[Step, ...]], _Part] = field(default_factory=dict)
    most: dict[tuple[Step, int], int] = field(default_factory=dict)
    by_line: dict[tuple[Step, int, tuple[Lot, ...], bool], "tuple[int, list[_Way]]"] = field(
        default_factory=dict
    )

    def __post_init__(self) -> None:
        self.by_number = {offer.number: offer for offer in self.offers}
        self.lefts = [sum([lot.left for lot in row]) for row in self.lots]

    def is_spent(self, work: int = 0) -> bool:
        """Whether the bound is reached, after so much more work."""
        self.effort -= work
        if self.effort <= 0:
            self.bound_hit = True
        return self.effort <= 0

    # -- parts

    def parts_of_basket(self) -> Iterator[list[Offer]]:
        """Offers that have anything to do with one another."""
        links = [offer.lines for offer in self.offers if not offer.is_free]
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
        steps = Steps()
        choices = [self._part(lines, steps.of(chosen)) for chosen in self._choices(offers)]
        if len(choices) > 1:  # what looks best at first sight is looked at first
            self.whole, self.is_rough = lines, True
            rough = [min(self._solve(part, 0, ())) for part in choices]
            choices = [choices[n] for n in sorted(range(len(rough)), key=lambda n: rough[n])]
            self.is_rough, self.beaten = False, min(rough)
        found: tuple[int, Node] | None = None
        for part in choices:
            totals = self._solve(part, 0, ())
            left = min(totals)  # there are no sums beside it
            if found is None or left < found[0]:
                found = left, totals[left]
                self.beaten = min(self.beaten, left)
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
        several = [self._not_beaten(numbers) for numbers in several]
        choices = product(*several)
        for chosen in islice(choices, CHOICES_MAX):
            left_out = together.difference(chosen)
            yield [offer for offer in offers if offer.number not in left_out]
            if self.is_spent():
                return
        if next(choices, None) is not None:
            self.bound_hit = True

    def _not_beaten(self, numbers: Sequence[int]) -> list[int]:
        """The offers of a group of which one counts, less those to which another is never second,
        where nothing comes after them that could make use of what they leave."""
        members = [self.by_number[number] for number in numbers]
        group = members[0].promotion.group.code
        lines = members[0].lines.union(*(one.lines for one in members))
        later = (
            offer for offer in self.offers
            if offer.number > numbers[0] and offer.promotion.group.code != group
        )  # fmt: skip
        if any(not offer.lines.isdisjoint(lines) for offer in later):
            return [*numbers]
        return [
            one.number for one in members
            if not any(is_never_second(other, one) for other in members if other is not one)
        ]  # fmt: skip

    def solve(self, part: _Part, window: int, scopes: Scopes) -> Totals:
        """The least total of some lines, and those that are at most `window` more."""
        key = (part, window, part.seen_by(scopes))
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
        if part.is_alone and window == 0:
            return self._solve_line(part, scopes)
        if part.steps and self._is_top(part, scopes):
            return self._solve_top(part, window, scopes)
        if window == 0 and self._is_last_word(part):
            return self._solve_beneath(part, scopes)
        return self._explore_wide(part, window, scopes) if window else self._explore(part, scopes)

    def _solve_line(self, part: _Part, scopes: Scopes) -> Totals:
        """The least total of a line by itself: nothing is to be won by leaving anything out."""
        (line,) = part.lines
        row = self.lots[line]
        left = self.lefts[line]
        trail: Trail | None = None
        for step in part.steps:
            way = self._ways_of_line(step, line, row, is_both=False)[0]
            row = way.row
            left -= way.cut
            for one in way.applied:
                trail = made(Trail, (trail, one))
        sums = self._sums(part, (row,), left, scopes)
        return {packed(left, sums): made(Leaf, (part.lines, (row,), trail))}

    def _split(self, part: _Part) -> list[_Part]:
        """A part in parts. None holds itself, so that all go when the search does."""
        if part.split is None:
            links = [step.lines & part.there for step in part.steps if not step.is_by_line]
            rows = _joined(part.lines, links)
            part.split = self._parts_of(part, rows) if len(rows) > 1 else []
        return part.split or [part]

    def _parts_of(self, part: _Part, rows: Sequence[tuple[int, ...]]) -> list[_Part]:
        row_of = {line: n for n, row in enumerate(rows) for line in row}
        steps: list[list[Step]] = [[] for _row in rows]
        for step in part.steps:
            for n in {row_of[line] for line in step.lines if line in row_of}:
                steps[n].append(step)
        return [self._part(row, tuple(own)) for row, own in zip(rows, steps, strict=True)]

    def _together(self, parts: Sequence[_Part], window: int, scopes: Scopes) -> Totals:
        """The totals of several parts side by side: every sum within the window."""
        several: list[Totals] = []
        key = 0
        way: Node | None = None  # of the parts with one total
        for part in parts:
            totals = self.solve(part, window, scopes)
            if len(totals) > 1:
                several.append(totals)
                continue
            ((own, node),) = totals.items()
            key += own
            way = node if way is None else made(Both, (way, node))
        above = height(scopes)
        found: Totals = {} if way is None else {key: way}
        least = key >> above
        for totals in several:
            least += min(totals) >> above
            if not found:
                found = totals
                continue
            end = (least + window + 1) << above
            sums: dict[int, int] = {}  # by each sum, what it is made of in `found`
            for one in found:
                for other in totals:
                    if (total := one + other) < end and total not in sums:
                        sums[total] = one
            self.is_spent(1 + len(found) * len(totals) // PAIRS_PER_STEP)
            found = {
                total: made(Both, (found[one], totals[total - one]))
                for total, one in self._cut(sums).items()
            }
        return found

    def _cut(self, totals: dict[int, Way]) -> dict[int, Way]:
        """Not more totals than the bound allows: the least ones."""
        most = 1 if self.effort <= 0 else SUMS_MAX
        if len(totals) <= most:
            return totals
        self.bound_hit = True
        return {key: totals[key] for key in sorted(totals)[:most]}

    # -- a last step that looks at one sum

    def _is_top(self, part: _Part, scopes: Scopes) -> bool:
        """Whether the last step hangs on one sum alone, and later steps see all or none of it."""
        if part.hangs_on_sum is None:
            part.hangs_on_sum = _hangs_on_sum(part)
        if not part.hangs_on_sum:
            return False
        own = part.steps[-1].lines & part.there
        return all(own <= scope or own.isdisjoint(scope) for scope in scopes)

    def _solve_top(self, part: _Part, window: int, scopes: Scopes) -> Totals:
        own = part.steps[-1].lines & part.there
        top = self._top(part, own)
        inner = (*scopes, own)
        beneath = self._beneath(part)
        totals = self._together(beneath, 0, inner)
        found = self._topped(top, totals, own, scopes, window)
        if top.is_flat and not part.locks and window == 0:
            return found
        is_whole = not scopes and part.lines == self.whole
        below = self.beaten if is_whole else ALL
        above = height(scopes)
        least = min(totals) >> above + BITS
        if window > 0:
            wider = (min(found) >> above) + window - least + top.off(top.most)
        else:
            sees = max(key & LOWEST for key in totals if key >> above + BITS == least)
            # No sum is more than all that is left to pay.
            hidden = min(self._hidden(beneath, own), least - sees)
            wider = top.window(least, sees, hidden, min(below, min(found) >> above))
        if wider <= 0 or self.is_spent() or (is_whole and self.is_rough):
            return found
        if window == 0:
            found, is_least = self._raised(top, beneath, own, scopes, hidden, found, below, wider)
            wider = top.window(least, sees, hidden, min(below, min(found) >> above))
            if wider <= 0 or (is_least and wider <= CENTS_MAX):
                return found
        if part.size > LARGE:
            self.bound_hit = True
            return found
        wide = self._topped(top, self._together(beneath, wider, inner), own, scopes, window)
        return wide if window > 0 or min(wide) >> above < min(found) >> above else found

    def _raised(
        self, top: Sum, beneath: Sequence[_Part], own: frozenset[int], scopes: Scopes,
        hidden: int, found: Totals, below: int, within: int,
    ) -> tuple[Totals, bool]:  # fmt: skip
        """A lower total than was found, by up to so much more that is left beneath: part by part,
        until nothing could be lower still; and whether all was tried that there is."""
        inner = (*scopes, own)
        if not _moves_alike(beneath, scopes, own):
            return found, False
        parts: list[Reach] = [self._least_of(part, inner) for part in beneath]
        least = tuple(sum(column) for column in zip(*(one.least for one in parts), strict=True))
        bits, best, more, is_all = 1, min(below, min(found) >> height(scopes)), 0, True
        for n, part in enumerate(beneath):
            parts[n] = self._reach(part, inner, within)
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
        return {packed(best, sums): Top(top.offer.number, Beside(parts).way(more))}, is_all

    def _least_of(self, part: _Part, scopes: Scopes) -> Listed:
        totals = self.solve(part, 0, scopes)
        above = height(scopes)
        left = min(totals) >> above
        key = max(key for key in totals if key >> above == left)
        return Listed(unpacked(key, len(scopes)), {0: totals[key]}, is_all=False)

    def _reach(self, part: _Part, scopes: Scopes, within: int) -> Reach:
        key = part, part.seen_by(scopes)
        known = self.reached.get(key)
        if known is None or known[0] < within:
            within = min(CENTS_MAX, -(-within // STRIDE) * STRIDE)
            hit = self.bound_hit
            known = self.reached[key] = within, self._reach_of(part, key[1], within)
            self.bound_hit = hit
        return known[1]

    def _reach_of(self, part: _Part, scopes: Scopes, within: int) -> Reach:
        """What a part could come to, up to so much more than the least, where each sum grows as
        what is left to pay does."""
        least = self._least_of(part, scopes)
        if not part.steps:
            return Listed(least.least, least.ways, is_all=True)
        if self._is_top(part, scopes):
            own = part.steps[-1].lines & part.there
            top = self._top(part, own)
            split = self._beneath(part)
            if not _moves_alike(split, scopes, own):
                return least
            above = height(scopes) + BITS
            rise = sum([min(self.solve(one, 0, (*scopes, own))) >> above for one in split])
            rise -= least.least[0]
            deeper = max(0, within - rise) + top.off(top.most)
            beneath = Beside([self._reach(one, (*scopes, own), deeper) for one in split])
            inner = zip(beneath.least[1:-1], least.least[1:], scopes, strict=True)
            if any(scope and one - other != rise for one, other, scope in inner):
                return least
            return Topped(top, beneath, least.least, least.way(0))
        if part.size > NEAR:
            return least
        ways: dict[int, Node] = {0: least.way(0)}
        self.bound_hit, is_all = False, True
        first, *others = least.least
        moved = [(n, amount) for n, amount in enumerate(others, 1) if scopes[n - 1]]
        still = [(n, amount) for n, amount in enumerate(others, 1) if not scopes[n - 1]]
        for key, node in self._explore_wide(part, within, scopes).items():
            total = unpacked(key, len(scopes))
            more = total[0] - first
            is_alike = True
            for n, amount in moved:
                is_alike = is_alike and total[n] == amount + more
            for n, amount in still:
                is_alike = is_alike and total[n] == amount
            is_all = is_all and is_alike
            if is_alike and more > 0 and more not in ways:
                ways[more] = node
        return Listed(least.least, ways, is_all=is_all and not self.bound_hit)

    def _hidden(self, beneath: Sequence[_Part], own: frozenset[int]) -> int:
        """How much more a sum could be without more being left to pay: what stands in other lines
        of its parts, or what exclusive promotions keep from it."""
        amount = 0
        for part in beneath:
            if own.isdisjoint(part.lines):
                continue
            locked: frozenset[int] = frozenset().union(*(
                step.lines for step in part.steps if step.first.promotion.is_exclusive
            ))  # fmt: skip
            lines = [line for line in part.lines if line not in own or line in locked]
            amount += sum([self.lefts[line] for line in lines])
        return amount

    def _top(self, part: _Part, own: frozenset[int]) -> Sum:
        if part.top is None:
            lots = [one for line in part.lines if line in own for one in self.fresh[line]]
            part.top = Sum(part.steps[-1].first, lots)
        return part.top

    def _topped(
        self, top: Sum, totals: Totals, own: frozenset[int], scopes: Scopes, window: int
    ) -> Totals:
        found: Totals = {}
        above = height(scopes)
        cuts = [(key, top.off(key & LOWEST)) for key in sorted(totals)]
        most = min([(key >> above + BITS) - cut for key, cut in cuts]) + window
        cent = packed(1, [own <= scope for scope in scopes])  # off each sum that it is taken off
        for key, cut in cuts:
            for off in (cut, 0) if window > 0 and cut else (cut,):
                total = (key >> BITS) - off * cent
                if total >> above <= most and total not in found:
                    found[total] = made(Top, (top.offer.number if off else None, totals[key]))
        return self._cut(found)

    # -- a last step of a large part that takes what it finds

    def _is_last_word(self, part: _Part) -> bool:
        """Whether the last step of a large part is used in any case, at prices as low as can be."""
        if part.size <= self.small:
            return False
        step = part.steps[-1]
        offer = step.first
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
        offer = part.steps[-1].first
        state: State = tuple(lots[line] for line in part.lines)
        places = [(line, at) for at, line in enumerate(part.lines) if line in offer.lines]
        spots = spots_of(offer, state, places)
        new, taken = self._taken(offer, spots, [spot.lot.pieces for spot in spots], state)
        trail: Trail | None = None
        for one in (*applied, *taken):
            trail = made(Trail, (trail, one))
        left = sum(lot.left for row in new for lot in row)
        total = packed(left, self._sums(part, new, left, scopes))
        return {total: Leaf(part.lines, new, trail)}

    # -- everything else, state by state

    def _explore(self, part: _Part, scopes: Scopes) -> Totals:
        """The least total of a part."""
        both = [self._leaves_out(part, n, scopes) for n in range(len(part.steps))]
        states = self._run(part, [False] * len(both), None)
        if any(both) and part.size > LARGE:
            self.bound_hit = True
        elif any(both) and not self.is_spent():
            least = min(left for left, _trail in states.values())
            wider = self._run(part, both, least)
            states = {**wider, **states} if self.bound_hit else wider
        found = self._ended(part, states, scopes)
        end = ((min(found) >> height(scopes)) + 1) << height(scopes)
        return self._cut({key: node for key, node in found.items() if key < end})

    def _explore_wide(self, part: _Part, window: int, scopes: Scopes) -> Totals:
        """The totals of a part that are at most `window` more than the least, by trying all that
        could be left out."""
        narrow = self.solve(part, 0, scopes)
        above = height(scopes)
        least = min(narrow) >> above
        known = self.wide.get((part, scopes))
        # No composition leaves more than there was.
        most = sum([self.lefts[line] for line in part.lines]) - least
        window = min(window, most)
        if known is None or known.window < window:
            if part.size > LARGE or self.is_spent():
                self.bound_hit = True
                return narrow
            if known is not None and part.size <= NEAR:
                window = most  # asked for more and more: all of it at once
            hit, self.bound_hit = self.bound_hit, False
            found = narrow | self._all_ways(part, least + window, scopes)
            known = self.wide[part, scopes] = _Wide(window, found, is_all=not self.bound_hit)
            self.bound_hit = hit
        if not known.is_all:
            self.bound_hit = True
        end = (least + window + 1) << above
        return self._cut({key: node for key, node in known.totals.items() if key < end})

    def _all_ways(self, part: _Part, at_most: int, scopes: Scopes) -> Totals:
        """The totals of a part up to one, each step used or left out."""
        ends = self._ends(part) if part.sees_all(scopes) else None
        if ends is None:
            return self._ended(part, self._run(part, [True] * len(part.steps), at_most), scopes)
        ((small,),) = self._smalls(part)[-1:]
        room = max(1, self.effort) * COMBINED_PER_STEP
        last, most_off = small.step.first, self._most_of(small)
        found = combined(part.lines, ends, last, most_off, at_most, room)
        self.is_spent(1 + found.looked_at // COMBINED_PER_STEP)
        self.bound_hit = self.bound_hit or not found.is_all
        unit = packed(0, [bool(scope) for scope in scopes])
        above = height(scopes)
        return {(left << above) + free * unit: node for (left, free), node in found.ways.items()}

    def _ends(self, part: _Part) -> list[list[End]] | None:
        """How each line of a part could stand before its last step, if each is priced by itself
        until then."""
        *before, last = part.steps or (None,)
        if last is None or last.how is not How.WHOLE or last.first.promotion.is_exclusive:
            return None
        if not all(step.is_by_line for step in before):
            return None
        return [ends_of(last.first, line, self._rows_of(part, line)) for line in part.lines]

    def _rows_of(self, part: _Part, line: int) -> Rows:
        """How a line could stand before the last step, each step for it used or left out."""
        rows: Rows = {self.lots[line]: (self.lefts[line], ())}
        for n, step in enumerate(part.steps[:-1]):
            if line not in step.lines:
                continue
            small = made(_Small, (step, ((line, 0),), step.takers[line]))
            counts_later = part.size <= self.small or self._counts_later(part, n, small)
            following: Rows = {}
            for row, (left, applied) in rows.items():
                ways = self._ways(small, (row,), is_both=True, counts_later=counts_later)
                for (new,), cut, more in ways:
                    if new not in following:
                        following[new] = left - cut, applied + more
            rows = following
        return rows

    def _ended(
        self, part: _Part, states: Mapping[State, tuple[int, Trail | None]], scopes: Scopes
    ) -> Totals:
        """The totals of the states in which a part could end."""
        found: Totals = {}
        for state, (left, trail) in states.items():
            key = packed(left, self._sums(part, state, left, scopes))
            if key not in found:
                found[key] = made(Leaf, (part.lines, state, trail))
        return found

    def _sums(self, part: _Part, state: State, left: int, scopes: Scopes) -> tuple[int, ...]:
        """What is left of the lines that each later step looks at, and may use."""
        if not scopes:
            return ()
        if not part.locks and part.sees_all(scopes):
            return tuple([left if scope else 0 for scope in scopes])
        opens = [unlocked(row) for row in state]
        return tuple([
            sum([n for line, n in zip(part.lines, opens, strict=True) if line in scope])
            for scope in scopes
        ])  # fmt: skip

    def _leaves_out(self, part: _Part, n: int, scopes: Scopes) -> bool:
        """Whether it is tried to leave a step out, so that a later one reaches its minimum.

        In a small part it is also tried where it only moves shares from pieces on which later steps
        can take off less; in a large one not where the minimum is reached, or missed, in any case.
        """
        own = part.steps[n].lines & part.there
        is_small = part.size <= self.small
        sees = is_small and any(own & scope for scope in scopes)
        for m, step in enumerate(part.steps[n + 1 :], n + 1):
            offer = step.first
            if step.is_by_line or own.isdisjoint(offer.lines):
                continue
            if is_sensitive(offer) and (is_small or not self._is_settled(part, m, offer)):
                return True
            if sees and any(other.lines & offer.lines for other in part.steps[m + 1 :]):
                return True
        return False

    def _is_settled(self, part: _Part, m: int, offer: Offer) -> bool:
        """Whether an offer sees the same minimums reached, whatever the steps before it do."""
        lots = [one for line in part.lines if line in offer.goods for one in self.fresh[line]]
        most = least = sum(one.lot.left for one in lots)
        for step in part.steps[:m]:
            first = step.first
            if first.promotion.is_exclusive or (offer.group_mark == first.group_mark != 0):
                least -= sum(one.lot.left for one in lots if one.line in step.lines)
            else:
                least -= self._most_off(part, step, offer.goods)
        top = Sum(offer, lots)
        return not any(max(0, least) < bound <= most for bound in top.bounds if bound)

    def _most_off(self, part: _Part, step: Step, lines: frozenset[int]) -> int:
        """The most that a step takes off some lines, at prices before promotions."""
        return sum(
            self._most_of(small) for small in _smalls_of(step, part.lines)
            if any(line in lines for line, _at in small.places)
        )  # fmt: skip

    def _most_of(self, small: "_Small") -> int:
        """The most that a step takes off its lines: what it does at prices before promotions."""
        key = small.step, small.places[0][0]
        if key not in self.most:
            parts = [part for line, _at in small.places for part in self.fresh[line]]
            self.most[key] = max([amount_off(offer, parts) for offer in small.offers])
        return self.most[key]

    def _run(self, part: _Part, both: Sequence[bool], at_most: int | None) -> States:
        """All states after some steps, each with what is left to pay and how it came about.

        `both` says of each step whether it is also tried to leave it out, `at_most` which totals
        of all steps are of any use.
        """
        begin: State = tuple([self.lots[line] for line in part.lines])
        left = sum([self.lefts[line] for line in part.lines])
        steps = part.steps[: len(both)]
        if not any(both) and not any(step.how is How.CHOOSES for step in steps):
            return self._straight(part, begin, left, len(both))
        states: States = {begin: (left, None)}
        is_small = part.size <= self.small
        stop = 0 if is_small else self.effort - max(EXPLORE_MIN, self.effort // 2)
        is_large = part.size > LARGE
        smalls = self._smalls(part)
        to_come = 0
        if at_most is not None:
            to_come = sum([self._most_of(small) for row in smalls for small in row])
        for n, small in ((n, one) for n, row in enumerate(smalls[: len(both)]) for one in row):
            counts_later = is_small or self._counts_later(part, n, small)
            following: States = {}
            for state, (before, trail) in states.items():
                if following and (self.effort < stop or self.effort <= 0):
                    self.bound_hit = True
                    break
                for new, cut, applied in self._ways(
                    small, state, is_both=both[n], counts_later=counts_later
                ):
                    if new not in following:
                        way = trail
                        for one in applied:
                            way = made(Trail, (way, one))
                        following[new] = (before - cut, way)
            states = following
            if at_most is not None:
                to_come -= self._most_of(small)
                if len(states) > 1:
                    most = at_most + to_come
                    states = {s: row for s, row in states.items() if row[0] <= most} or states
            most_states = 1 if self.is_spent() or self.effort < stop else STATES_MAX
            if len(states) > most_states and (is_large or most_states == 1):
                self.bound_hit = True
                kept = sorted(states, key=lambda s: states[s][0])[:most_states]
                states = {state: states[state] for state in kept}
        return states

    def _straight(self, part: _Part, begin: State, left: int, count: int) -> States:
        """The one state after so many steps, where there is nothing to choose."""
        state, trail = begin, None
        for small in chain(*self._smalls(part)[:count]):
            ((state, cut, applied),) = self._ways(small, state, is_both=False)
            left -= cut
            for one in applied:
                trail = made(Trail, (trail, one))
            self.is_spent()
        return {state: (left, trail)}

    def _counts_later(self, part: _Part, n: int, small: "_Small") -> bool:
        """Whether a later step looks at the pieces of these lines together."""
        lines = {line for line, _at in small.places}
        return any(not step.first.is_free and lines & step.lines for step in part.steps[n + 1 :])

    def _smalls(self, part: _Part) -> "list[list[_Small]]":
        """The steps of a part as they are taken: as a whole, or for each line by itself."""
        if part.smalls is None:
            part.smalls = [_smalls_of(step, part.lines) for step in part.steps]
        return part.smalls

    def _ways(
        self, small: "_Small", state: State, *, is_both: bool, counts_later: bool = True
    ) -> Iterable[tuple[State, int, tuple[Applied, ...]]]:
        """The ways in which a step can be taken from a state, with what each takes off. There is
        always one."""
        step = small.step
        if step.how in (How.BEST, How.BY_LINE):
            ((line, at),) = small.places
            ways = self._ways_of_line(step, line, state[at], is_both=is_both)
            if len(state) == 1:
                return [((row,), cut, applied) for row, cut, applied in ways]
            head, tail = state[:at], state[at + 1 :]
            return [((*head, row, *tail), cut, applied) for row, cut, applied in ways]
        return self._ways_of_spots(small, state, is_both=is_both, counts_later=counts_later)

    def _ways_of_spots(
        self, small: "_Small", state: State, *, is_both: bool, counts_later: bool
    ) -> Iterator[tuple[State, int, tuple[Applied, ...]]]:
        """The same of a step that looks at several pieces."""
        step = small.step
        spots = spots_of(step.first, state, small.places)
        if not spots:
            yield state, 0, ()
        elif step.how is How.CHOOSES:
            contested = step.contested
            if step.first.is_free and not counts_later:
                contested = frozenset()  # all of a lot, or nothing
            for new, applied in self._chosen(step.first, spots, contested, state):
                yield new, _cut_of(applied), applied
        else:
            new, applied = self._taken(step.first, spots, [one.lot.pieces for one in spots], state)
            yield new, _cut_of(applied), applied
            if is_both and applied:
                yield state, 0, ()

    def _ways_of_line(
        self, step: Step, line: int, row: tuple[Lot, ...], *, is_both: bool
    ) -> "list[_Way]":
        """The ways of a step that is taken for each line, from some lots of a line. They cost the
        same work when they are known, so that what is found does not hang on what was asked for."""
        key = step, line, row, is_both
        if key in self.by_line:
            work, ways = self.by_line[key]
            self.is_spent(work)
            return ways
        before = self.effort
        offers = step.takers[line]
        spots = spots_of(step.first, (row,), ((line, 0),))
        if len(spots) == 1:
            ways = self._ways_of_lot(offers, spots[0], row, is_both=is_both)
        elif not spots:
            ways = [_Way(row, 0, ())]
        else:
            ways = [
                _Way(new[0], _cut_of(applied), applied)
                for new, applied in self._ways_of_lots(step, line, spots, row, is_both=is_both)
            ]
        self.by_line[key] = before - self.effort, ways
        return ways

    def _ways_of_lot(
        self, offers: Sequence[Offer], spot: Spot, row: tuple[Lot, ...], *, is_both: bool
    ) -> "list[_Way]":
        """One lot takes the offer of its group that takes most off it; or any, or none."""
        self.is_spent(len(offers))
        parts, pieces = [made(Part, spot[2:])], spot.lot.pieces
        offs = [(amount_off(offer, parts), offer) for offer in offers]
        if not is_both:
            offs = [max(offs, key=itemgetter(0))]
        ways = [
            made(_Way, (
                after_lot(offer, row, spot.nth, cut), cut,
                (made(Applied, (offer.number, ((spot.line, cut),), pieces)),),
            ))
            for cut, offer in sorted(offs, key=itemgetter(0), reverse=True) if cut
        ]  # fmt: skip
        return [*ways, _Way(row, 0, ())] if is_both or not ways else ways

    def _ways_of_lots(
        self, step: Step, line: int, spots: Sequence[Spot], row: tuple[Lot, ...], *, is_both: bool
    ) -> list[tuple[State, tuple[Applied, ...]]]:
        """Each of several lots of one line takes one of the offers of its group, or none; a percent
        is rounded once for all of them."""
        state: State = (row,)
        takers: list[Offer | None] = list(step.takers[line])
        if is_both:
            takers.append(None)
        choices: Iterable[tuple[Offer | None, ...]] = product(takers, repeat=len(spots))
        if step.how is How.BY_LINE:
            choices = [(taker,) * len(spots) for taker in takers]
        ways = [self._shared_out(choice, spots, state) for choice in choices]
        ways.sort(key=lambda way: -_cut_of(way[1]))
        return ways if is_both else ways[:1]

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
        parts = [
            made(Part, (line, lot.first(count)[0] if count < lot.pieces else lot))
            for (_at, _nth, line, lot), count in used
        ]
        taken = take_off(offer, parts)
        if not taken.times:
            return state, ()
        new, shares = after(offer, state, [spot for spot, _count in used], taken)
        return new, (Applied(offer.number, tuple(shares.items()), taken.times),)

    # -- the answer

    def _unfold(self, node: Node) -> tuple[dict[int, tuple[Lot, ...]], list[Applied]]:
        """The lots of each line in the end, and all that was applied, of a promotion in parts."""
        lots: dict[int, tuple[Lot, ...]] = {}
        applied: list[Applied] = []
        self._unfold_into(node, lots, applied)
        return lots, applied

    def _unfold_into(
        self, node: Node, lots: dict[int, tuple[Lot, ...]], applied: list[Applied]
    ) -> None:
        while isinstance(node, Both):
            self._unfold_into(node.other, lots, applied)
            node = node.one
        if isinstance(node, Ends):
            for line, end in zip(node.lines, node.ends, strict=True):
                lots[line] = end.row
                applied += end.applied
            return
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


class _Wide(NamedTuple):
    """The totals of a part up to so much more than the least."""

    window: int
    totals: Totals
    is_all: bool


class _Way(NamedTuple):
    """A way in which a step is taken for one line."""

    row: tuple[Lot, ...]
    cut: int
    applied: tuple[Applied, ...]


def _cut_of(applied: Iterable[Applied]) -> int:
    return sum([cut for one in applied for _line, cut in one.shares])


class _Small(NamedTuple):
    """A step for some lines, each with its place in the state, and who wants them."""

    step: Step
    places: tuple[tuple[int, int], ...]
    offers: tuple[Offer, ...]


def _smalls_of(step: Step, lines: Sequence[int]) -> list[_Small]:
    there = [(line, at) for at, line in enumerate(lines) if line in step.lines]
    if step.is_by_line:
        return [made(_Small, (step, (place,), step.takers[place[0]])) for place in there]
    return [_Small(step, tuple(there), step.offers)]


def _hangs_on_sum(part: _Part) -> bool:
    """Whether the last step of a part hangs on one sum alone."""
    step = part.steps[-1]
    offer = step.first
    if step.how is not How.WHOLE or not isinstance(offer.promotion.terms, WHOLE):
        return False
    if offer.group_mark and any(
        other.group_mark == offer.group_mark for one in part.steps[:-1] for other in one.offers
    ):
        return False
    held = offer.promotion.conditions
    counts = isinstance(offer.promotion.terms, CountSave | CountPercent)
    hangs_on_pieces = counts or held.quantity_min is not None or held.measured is Measured.LISTED
    return not (part.locks and hangs_on_pieces)


def _moves_alike(beneath: Sequence[_Part], scopes: Scopes, own: frozenset[int]) -> bool:
    """Whether what more is left of any of the parts is more of each sum that one of them has."""
    return all(
        own <= scope or all(scope.isdisjoint(part.lines) for part in beneath) for scope in scopes
    )


def _fresh(lots: Sequence[tuple[Lot, ...]]) -> list[list[Part]]:
    return [[made(Part, (line, lot)) for lot in row] for line, row in enumerate(lots)]


def _can_pay(offer: Offer, fresh: Sequence[list[Part]]) -> bool:
    """Whether it takes anything off when it is alone: if not, others do not help it."""
    if offer.is_free:
        return True
    parts = [part for line in sorted(offer.lines) for part in fresh[line]]
    return amount_off(offer, parts) > 0


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
    shares: dict[int, dict[int, int]] = {}
    times: dict[int, int] = {}
    for one in applied:
        own = shares.setdefault(one.number, {})
        for line, cut in one.shares:
            own[line] = own.get(line, 0) + cut
        times[one.number] = times.get(one.number, 0) + one.times
    return [
        made(Applied, (number, tuple(own.items()), times[number])) for number, own in shares.items()
    ]


def _joined(lines: Collection[int], links: Sequence[frozenset[int]]) -> list[tuple[int, ...]]:
    """Lines in parts, so that those of one link are in one part; as their first lines stand."""
    if any(len(link) == len(lines) for link in links):
        return [tuple(sorted(lines))]
    parts: dict[int, list[int]] = {}  # by each of its lines
    for link in links:
        if len(link) < 2:
            continue
        joined: list[int] = []
        for line in link:
            own = parts.get(line)
            if own is None:
                joined.append(line)
                parts[line] = joined
            elif own is not joined:
                joined += own
                parts.update(dict.fromkeys(own, joined))
    several = {id(part): part for part in parts.values()}
    alone = [(line,) for line in lines if line not in parts]
    return sorted([*(tuple(sorted(part)) for part in several.values()), *alone])
