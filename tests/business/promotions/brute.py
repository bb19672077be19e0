"""The least that a small basket can cost, by trying every composition. Slow, and stupid on purpose.

It shares the declarations with the engine (`values`) and nothing else: rounding, apportioning, what
each kind takes off and which compositions there are, are written here once more, from what
docs/internals/promotions.md says, with fractions in place of whole numbers. It leaves nothing out
because it could not matter: no parts, no bounds, no order of merit.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from fractions import Fraction
from itertools import product
from math import floor

from tongpan.business.promotions.rules.values import (
    AddOn,
    AmountOff,
    Basket,
    BundlePrice,
    BuyGet,
    BuyGetOther,
    CountPercent,
    CountSave,
    FixedPrice,
    Gift,
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
)

FOR_EACH_PIECE = (PercentOff, AmountOff, FixedPrice)


@dataclass(frozen=True)
class Some:
    """Pieces of one line that were treated alike: what each still costs, and cost at first."""

    line: int
    now: tuple[int, ...]
    first: tuple[int, ...]
    users: frozenset[str] = frozenset()
    groups: frozenset[str] = frozenset()
    is_locked: bool = False


Table = tuple[Some, ...]


def half_up(amount: Fraction) -> int:
    return floor(amount + Fraction(1, 2))


def evenly(total: int, count: int) -> tuple[int, ...]:
    return tuple(total // count + (n < total % count) for n in range(count))


def proportionally(total: int, weights: list[int]) -> list[int]:
    if total == 0:
        return [0 for _ in weights]
    exact = [Fraction(total * w, sum(weights)) for w in weights]
    parts = [floor(e) for e in exact]
    by_remainder = sorted(range(len(parts)), key=lambda n: (parts[n] - exact[n], n))
    for n in by_remainder[: total - sum(parts)]:
        parts[n] += 1
    return parts


def least_total(basket: Basket, promotions: list[Promotion]) -> int:
    """The least total of all compositions, in cents. All conditions but minimums must hold."""
    return _Brute(basket, promotions).least()


class _Brute:
    def __init__(self, basket: Basket, promotions: list[Promotion]) -> None:
        self.lines = basket.lines
        ranked = sorted(promotions, key=lambda p: (p.group.order, p.group.code, p.order, p.code))
        self.ranked = [p for p in ranked if any(self.wants(p, n) for n in range(len(self.lines)))]
        self.known: dict[tuple[int, Table], int] = {}

    def wants(self, promotion: Promotion, line: int) -> bool:
        row, reward = self.lines[line], promotion.reward
        return promotion.goods.has(row) or (reward is not None and reward.has(row))

    def least(self) -> int:
        begin = []
        for n, line in enumerate(self.lines):
            cents = half_up(Fraction(line.price) * Fraction(line.quantity) * 100)
            pieces = evenly(cents, int(line.quantity)) if self.counted(n) else (cents,)
            begin.append(Some(n, pieces, pieces))
        # What takes nothing off even if it is alone is in no composition.
        every = [len(some.now) for some in begin]
        self.ranked = [
            p for p in self.ranked
            if self.is_free(p) or self.apply(p, tuple(begin), [
                count if self.wants(p, n) else 0 for n, count in enumerate(every)
            ]) != tuple(begin)
        ]  # fmt: skip
        ones: dict[str, list[Promotion]] = {}
        for promotion in self.ranked:
            if promotion.group.rule is Rule.ONE:
                ones.setdefault(promotion.group.code, []).append(promotion)
        found = []
        for chosen in product(*ones.values()):
            self.known.clear()
            here = [p for p in self.ranked if p.group.rule is not Rule.ONE or p in chosen]
            self.steps = self.in_order(here)
            found.append(self.from_step(0, tuple(begin)))
        return min(found)

    def counted(self, line: int) -> bool:
        return self.lines[line].quantity % 1 == 0

    def in_order(self, promotions: list[Promotion]) -> list[list[Promotion]]:
        """Exclusive ones, then group by group; a list of several is what lots take the best of."""
        rest = [p for p in promotions if not p.is_exclusive]
        steps = [[p] for p in promotions if p.is_exclusive]
        for code in dict.fromkeys(p.group.code for p in rest):
            members = [p for p in rest if p.group.code == code]
            if members[0].group.rule is Rule.BEST:
                steps += [[p] for p in members if not self.is_free(p)]
                free = [p for p in members if self.is_free(p)]
                steps += [free] if free else []
            else:
                steps += [[p] for p in members]
        return steps

    def is_free(self, promotion: Promotion) -> bool:
        held, limits = promotion.conditions, promotion.limits
        bounds = (held.quantity_min, held.amount_min, limits.per_sale, limits.amount_max,
                  limits.budget, limits.per_day, limits.per_member)  # fmt: skip
        return (
            isinstance(promotion.terms, FOR_EACH_PIECE)
            and all(bound is None for bound in bounds)
            and promotion.group.rule is not Rule.ONE
        )

    def from_step(self, step: int, table: Table) -> int:
        if step == len(self.steps):
            return sum(sum(some.now) for some in table)
        if (step, table) not in self.known:
            ways = set(self.ways(step, table))
            self.known[step, table] = min(self.from_step(step + 1, way) for way in ways)
        return self.known[step, table]

    # -- the ways of a step

    def ways(self, step: int, table: Table) -> Iterator[Table]:
        members = self.steps[step]
        if not self.is_free(members[0]) or members[0].is_exclusive:
            yield from self.with_some(members[0], step, table)
        else:
            yield from self.line_by_line(members, step, table)

    def may_leave_out(self, members: list[Promotion], step: int) -> bool:
        """Whether a later promotion asks for an amount of what is left of the same goods."""
        return any(
            self.asks_for_an_amount(later)
            and any(self.wants(later, n) and any(self.wants(p, n) for p in members)
                    for n in range(len(self.lines)))
            for others in self.steps[step + 1 :] for later in others
        )  # fmt: skip

    def asks_for_an_amount(self, promotion: Promotion) -> bool:
        held = promotion.conditions
        return held.measured is Measured.LEFT and (
            held.amount_min is not None
            or isinstance(promotion.terms, SpendSave | SpendSaveEach | SpendPercent)
        )

    def line_by_line(self, members: list[Promotion], step: int, table: Table) -> Iterator[Table]:
        """Each line as it is without the others: its ways, combined."""
        changes = []
        for line in range(len(self.lines)):
            at = [n for n, some in enumerate(table) if some.line == line]
            changes.append([(at, way) for way in self.of_line(members, step, table, at)])
        for choice in product(*changes):
            rows = list(table)
            for at, way in choice:
                for n in at:
                    rows[n] = way[n]
            yield tuple(rows)

    def of_line(
        self, members: list[Promotion], step: int, table: Table, at: list[int]
    ) -> list[Table]:
        """Whole lots only, so lots keep their places. Each takes the best, or in a group that
        stacks, all take the one; where leaving out may pay, any, or none."""
        choices = []
        for n in at:
            fit = [p for p in members if self.wants(p, table[n].line) and self.may(p, table[n])]
            choices.append([*fit, None])
        ways = []
        for choice in product(*choices):
            stacks = members[0].group.rule is not Rule.BEST
            if stacks and len({p for p, fit in zip(choice, choices, strict=True)
                               if len(fit) > 1}) > 1:  # fmt: skip
                continue
            changed = table
            for promotion in members:
                counts = [0] * len(table)
                for n, p in zip(at, choice, strict=True):
                    counts[n] = len(table[n].now) if p is promotion else 0
                if any(counts):
                    changed = self.carried_out(promotion, table, changed, counts)
            ways.append(changed)
        if self.may_leave_out(members, step):
            return ways
        return [min(ways, key=lambda way: sum(sum(way[n].now) for n in at))]

    def carried_out(
        self, promotion: Promotion, table: Table, changed: Table, counts: list[int]
    ) -> Table:
        """Whole lots only, so lots keep their places."""
        new = self.apply(promotion, table, counts)
        rows = list(changed)
        for n, count in enumerate(counts):
            if count:
                rows[n] = new[n]
        return tuple(rows)

    def with_some(self, promotion: Promotion, step: int, table: Table) -> Iterator[Table]:
        later = [p for others in self.steps[step + 1 :] for p in others]
        if self.may_leave_out([promotion], step):
            yield table
        if not promotion.is_exclusive:
            is_best = promotion.group.rule is Rule.BEST
            later = [p for p in later if is_best and p.group.code == promotion.group.code]
        ranges = []
        for some in table:
            if not self.wants(promotion, some.line) or not self.may(promotion, some):
                ranges.append([0])
            elif any(self.wants(p, some.line) for p in later):
                ranges.append(list(range(len(some.now) + 1)))
            else:
                ranges.append([len(some.now)])
        for counts in product(*ranges):
            if not self.is_free(promotion):
                yield self.apply(promotion, table, list(counts))
                continue
            for lines in product((False, True), repeat=len(self.lines)):
                kept = [c if lines[s.line] else 0 for c, s in zip(counts, table, strict=True)]
                yield self.apply(promotion, table, kept)

    def may(self, promotion: Promotion, some: Some) -> bool:
        if some.is_locked or (promotion.is_exclusive and some.users):
            return False
        is_best = promotion.group.rule is Rule.BEST
        return not (is_best and promotion.group.code in some.groups)

    def apply(self, promotion: Promotion, table: Table, counts: list[int]) -> Table:
        """The table after a promotion that may use the first so many pieces of each lot."""
        given = [replace(s, now=s.now[:c], first=s.first[:c])
                 for s, c in zip(table, counts, strict=True)]  # fmt: skip
        used, off = self.taken(promotion, given)
        cap = self.cap(promotion)
        if cap is not None and sum(off) > cap:
            off = proportionally(cap, off)
        if sum(off) <= 0:
            return table
        rows: list[Some] = []
        for some, count, cut in zip(table, used, off, strict=True):
            if count:
                left = evenly(sum(some.now[:count]) - cut, count)
                is_best = promotion.group.rule is Rule.BEST
                rows.append(Some(
                    some.line, left, some.first[:count], some.users | {promotion.code},
                    some.groups | ({promotion.group.code} if is_best else set()),
                    promotion.is_exclusive,
                ))  # fmt: skip
            if count < len(some.now):
                rows.append(replace(some, now=some.now[count:], first=some.first[count:]))
        return tuple(rows)

    def cap(self, promotion: Promotion) -> int | None:
        bounds = (promotion.limits.amount_max, promotion.limits.budget)
        return min((int(b * 100) for b in bounds if b is not None), default=None)

    def times(self, promotion: Promotion) -> int:
        limits = promotion.limits
        bounds = (limits.per_sale, limits.per_member, limits.per_day)
        return min((b for b in bounds if b is not None), default=10**9)

    # -- what a promotion takes off, by lot: pieces used and cents

    def taken(self, promotion: Promotion, given: list[Some]) -> tuple[list[int], list[int]]:
        terms, nothing = promotion.terms, ([0] * len(given), [0] * len(given))
        if not any(some.now for some in given):
            return nothing
        if isinstance(terms, Gift | AddOn | BuyGetOther):
            return self.of_rewards(promotion, given)
        if not self.reaches(promotion, given):
            return nothing
        if isinstance(terms, FOR_EACH_PIECE):
            return self.of_each(promotion, given)
        if isinstance(terms, NthPercent | NthPrice | BuyGet | BundlePrice | SetPrice):
            return self.of_sets(promotion, given)
        total = self.of_all(promotion, given)
        lefts = [sum(some.now) for some in given]
        return [len(some.now) for some in given], proportionally(total, lefts)

    def reaches(self, promotion: Promotion, given: list[Some]) -> bool:
        held = promotion.conditions
        return (held.quantity_min is None or self.quantity(given) >= held.quantity_min) and (
            held.amount_min is None or self.amount(promotion, given) >= held.amount_min * 100
        )

    def quantity(self, given: list[Some]) -> Fraction:
        return sum(
            (Fraction(len(s.now)) if self.counted(s.line) else Fraction(self.lines[s.line].quantity)
             for s in given if s.now),
            Fraction(0),
        )  # fmt: skip

    def amount(self, promotion: Promotion, given: list[Some]) -> int:
        is_listed = promotion.conditions.measured is Measured.LISTED
        return sum(sum(some.first if is_listed else some.now) for some in given)

    def of_each(self, promotion: Promotion, given: list[Some]) -> tuple[list[int], list[int]]:
        terms = promotion.terms
        pieces = sorted(
            ((value, n) for n, some in enumerate(given) for value in some.now),
            key=lambda row: -row[0],
        )
        saves = sorted(pieces, key=lambda row: -self.saved(terms, given[row[1]].line, row[0]))
        saves = saves[: self.times(promotion)]
        used = [sum(1 for _, m in saves if m == n) for n in range(len(given))]
        off = [0] * len(given)
        for line in range(len(self.lines)):
            own = [n for n, some in enumerate(given) if some.line == line and used[n]]
            lefts = [sum(given[n].now[: used[n]]) for n in own]
            if isinstance(terms, PercentOff):
                total = half_up(Fraction(terms.percent) * sum(lefts) / 100)
                cuts = proportionally(total, lefts)
            else:
                assert isinstance(terms, AmountOff | FixedPrice)
                cuts = []
                for n, left in zip(own, lefts, strict=True):
                    many = Fraction(used[n] if self.counted(line) else self.lines[line].quantity)
                    if isinstance(terms, AmountOff):
                        cuts.append(min(left, half_up(Fraction(terms.amount) * many * 100)))
                    else:
                        cuts.append(max(0, left - half_up(Fraction(terms.price) * many * 100)))
            for n, cut in zip(own, cuts, strict=True):
                off[n] = cut
        return [u if cut else 0 for u, cut in zip(used, off, strict=True)], off

    def saved(self, terms: object, line: int, value: int) -> int:
        """What comes off one piece by itself."""
        many = Fraction(1 if self.counted(line) else self.lines[line].quantity)
        match terms:
            case PercentOff(percent):
                return half_up(Fraction(percent) * value / 100)
            case AmountOff(amount):
                return min(value, half_up(Fraction(amount) * many * 100))
            case FixedPrice(price):
                return max(0, value - half_up(Fraction(price) * many * 100))
        raise AssertionError(terms)

    def of_all(self, promotion: Promotion, given: list[Some]) -> int:
        terms, left = promotion.terms, sum(sum(some.now) for some in given)
        amount = self.amount(promotion, given)
        match terms:
            case OrderAmountOff(off):
                return min(left, int(off * 100))
            case SpendSaveEach(spend, save):
                times = min(self.times(promotion), amount // int(spend * 100))
                return min(left, times * int(save * 100))
            case SpendSave(tiers):
                offs = [min(left, int(t.off * 100)) for t in tiers if amount >= t.least * 100]
            case SpendPercent(tiers):
                offs = [half_up(Fraction(t.off) * left / 100)
                        for t in tiers if amount >= t.least * 100]  # fmt: skip
            case CountSave(tiers):
                offs = [min(left, int(t.off * 100))
                        for t in tiers if self.quantity(given) >= t.least]  # fmt: skip
            case CountPercent(tiers):
                offs = [half_up(Fraction(t.off) * left / 100)
                        for t in tiers if self.quantity(given) >= t.least]  # fmt: skip
            case _:
                raise AssertionError(terms)
        return max(offs, default=0)

    def of_sets(self, promotion: Promotion, given: list[Some]) -> tuple[list[int], list[int]]:
        terms = promotion.terms
        pieces = sorted(
            ((value, n) for n, some in enumerate(given) if self.counted(some.line)
             for value in some.now),
            key=lambda row: -row[0],
        )  # fmt: skip
        chosen: list[tuple[int, int, int]]  # a piece's value, its lot, and what comes off it
        if isinstance(terms, SetPrice):
            filling, total = self.named_set(promotion, given, pieces)
            chosen = [(v, n, 0) for v, n in filling]
        else:
            chosen = self.alike(promotion, pieces)
            total = sum(cut for *_, cut in chosen)
        used = [sum(1 for _, m, _ in chosen if m == n) for n in range(len(given))]
        if getattr(terms, "spread", "set") == "got":
            return used, [sum(cut for _, m, cut in chosen if m == n) for n in range(len(given))]
        values = [sum(v for v, m, _ in chosen if m == n) for n in range(len(given))]
        return used, proportionally(total, values)

    def alike(
        self, promotion: Promotion, pieces: list[tuple[int, int]]
    ) -> list[tuple[int, int, int]]:
        """Sets of so many pieces, the dearest together, until one brings nothing."""
        terms = promotion.terms
        chosen: list[tuple[int, int, int]] = []
        size = {
            NthPercent: lambda: len(terms.percents), NthPrice: lambda: terms.nth,
            BuyGet: lambda: terms.buy + terms.get, BundlePrice: lambda: terms.count,
        }[type(terms)]()  # fmt: skip
        for times in range(self.times(promotion)):
            one = pieces[times * size : (times + 1) * size]
            cuts = [0] * len(one)
            if isinstance(terms, NthPercent):
                cuts = [half_up(Fraction(terms.percents[k]) * v / 100)
                        for k, (v, _) in enumerate(one)]  # fmt: skip
            elif len(one) < size:
                pass
            elif isinstance(terms, NthPrice):
                cuts[-1] = max(0, one[-1][0] - int(terms.price * 100))
            elif isinstance(terms, BuyGet):
                cuts[terms.buy :] = [v for v, _ in one[terms.buy :]]
            else:
                off = sum(v for v, _ in one) - int(terms.price * 100)
                cuts[0] = off  # the set bears it together anyway
            if sum(cuts) <= 0:
                break
            chosen += [(v, n, cut) for (v, n), cut in zip(one, cuts, strict=True)]
        return chosen

    def named_set(
        self, promotion: Promotion, given: list[Some], pieces: list[tuple[int, int]]
    ) -> tuple[list[tuple[int, int]], int]:
        """Every way of filling every number of sets; the dearest filling of each number."""
        terms = promotion.terms
        assert isinstance(terms, SetPrice)
        best: tuple[list[tuple[int, int]], int] = ([], 0)
        size = sum(slot.count for slot in terms.slots)
        for times in range(1, min(self.times(promotion), len(pieces) // size) + 1):
            wanted = [slot.goods for slot in terms.slots for _ in range(slot.count * times)]
            fillings = [
                [pieces[n] for n in order]
                for order in self.fillings(wanted, given, pieces, frozenset())
            ]
            if not fillings:
                break
            chosen = max(fillings, key=lambda one: sum(v for v, _ in one))
            off = sum(v for v, _ in chosen) - times * int(terms.price * 100)
            if off <= best[1]:
                break
            best = (chosen, off)
        return best

    def fillings(
        self, wanted: list, given: list[Some], pieces: list[tuple[int, int]], taken: frozenset[int]
    ) -> Iterator[tuple[int, ...]]:
        if not wanted:
            yield ()
            return
        for n, (_, lot) in enumerate(pieces):
            if n not in taken and wanted[0].has(self.lines[given[lot].line]):
                for rest in self.fillings(wanted[1:], given, pieces, taken | {n}):
                    yield (n, *rest)

    def of_rewards(self, promotion: Promotion, given: list[Some]) -> tuple[list[int], list[int]]:
        terms, reward = promotion.terms, promotion.reward
        assert reward is not None
        savings = []
        for n, some in enumerate(given):
            line = self.lines[some.line]
            if not reward.has(line) or not self.counted(some.line):
                continue
            for value in some.now:
                match terms:
                    case BuyGetOther(percent=percent):
                        saved = half_up(Fraction(percent) * value / 100)
                    case AddOn(price=price):
                        saved = value - int(price * 100)
                    case _:
                        saved = value
                if saved > 0:
                    savings.append((-saved, promotion.goods.has(line), -value, n))
        savings.sort(key=lambda row: row[:3])
        times = self.times(promotion)
        most = times * terms.get if isinstance(terms, BuyGetOther) else times
        for number in range(min(most, len(savings)), 0, -1):
            got, offs = [], [0] * len(given)
            for saved, _, _, n in savings:
                if (
                    len(got) < number
                    and self.earned(promotion, self.counting(promotion, given, [*got, n])) >= number
                ):
                    got.append(n)
                    offs[n] -= saved
            if len(got) < number:
                continue
            rest = [len(some.now) - got.count(n) for n, some in enumerate(given)]
            if not isinstance(terms, BuyGetOther):
                used = [
                    len(some.now) if promotion.goods.has(self.lines[some.line]) else got.count(n)
                    for n, some in enumerate(given)
                ]
                return used, offs
            needed = -(-number // terms.get) * terms.buy
            used = [got.count(n) for n in range(len(given))]
            for n in reversed(range(len(given))):
                line = given[n].line
                if promotion.goods.has(self.lines[line]) and self.counted(line):
                    more = min(needed, rest[n])
                    used[n] += more
                    needed -= more
            if terms.spread == "set":
                values = [sum(some.now[:u]) for some, u in zip(given, used, strict=True)]
                offs = proportionally(sum(offs), values)
            return used, offs
        return [0] * len(given), [0] * len(given)

    def counting(self, promotion: Promotion, given: list[Some], got: list[int]) -> list[Some]:
        """What is left to count when the first pieces of some lots are got."""
        rest = []
        for n, some in enumerate(given):
            gone = got.count(n)
            if len(some.now) > gone and promotion.goods.has(self.lines[some.line]):
                rest.append(replace(some, now=some.now[gone:], first=some.first[gone:]))
        return rest

    def earned(self, promotion: Promotion, counting: list[Some]) -> int:
        terms, held = promotion.terms, promotion.conditions
        if not counting or not self.reaches(promotion, counting):
            return 0
        if isinstance(terms, BuyGetOther):
            there = sum(len(s.now) for s in counting if self.counted(s.line))
            return there // terms.buy * terms.get
        assert isinstance(terms, Gift | AddOn)
        full = []
        if held.quantity_min:
            full.append(floor(self.quantity(counting) / Fraction(held.quantity_min)))
        if held.amount_min:
            full.append(self.amount(promotion, counting) // int(held.amount_min * 100))
        return terms.count * (min(full, default=1) if terms.for_each else 1)
