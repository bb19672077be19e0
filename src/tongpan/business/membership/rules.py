"""What a sale brings a member, what it takes from them, and what goes back when goods do.

Pure calculation. All shares are rounded on running totals, so whatever the order in which goods
come back, in the end exactly what was given is taken, and what was taken is given.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import NamedTuple
from uuid import UUID

from tongpan.base.numbers import MONEY_STEP, ZERO, round_to, share

POINT = Decimal(1)
"""Points are whole."""


@dataclass(frozen=True, slots=True)
class EarnRate:
    """An earning rule that holds on the day: `rate` points for each yuan. None or empty is all."""

    rate: Decimal
    tier: UUID | None = None
    category: UUID | None = None
    weekdays: str = ""
    on_birthday: bool = False

    def fits(self, tier: UUID | None, categories: Iterable[UUID], on: date, birthday: str) -> bool:
        """Whether it holds for a line of these categories, bought by a member of that tier."""
        return (
            self.tier in (None, tier)
            and (self.category is None or self.category in categories)
            and (not self.weekdays or str(on.isoweekday()) in self.weekdays)
            and (not self.on_birthday or birthday[:2] == f"{on.month:02}")
        )


@dataclass(slots=True)
class Standing:
    """A member as they stand at the till: their tier, what they may spend, and what holds.

    Units:   `lots` and `debt` in points; `principal` and `bonus` in CNY, all at least zero.
    """

    member: UUID
    code: str
    home: UUID
    is_active: bool
    tier: UUID | None = None
    birthday: str = ""
    programme: UUID | None = None
    points_per_yuan: Decimal = Decimal(100)
    expiry_months: int = 24
    rules: Sequence[EarnRate] = ()
    uses: str = "proportion"
    lots: dict[str, Decimal] = field(default_factory=dict)
    debt: Decimal = ZERO
    principal: Decimal = ZERO
    bonus: Decimal = ZERO
    stored_until: date | None = None
    categories: Mapping[UUID, Sequence[UUID]] = field(default_factory=dict)

    def live(self, on: date) -> dict[str, Decimal]:
        """The points that have not expired by a day, the first to expire first."""
        return {lot: n for lot, n in sorted(self.lots.items()) if n > 0 and lot >= month_of(on)}

    def points(self, on: date) -> Decimal:
        """How many points they may spend on a day."""
        return sum(self.live(on).values(), ZERO)

    @property
    def stored(self) -> Decimal:
        return self.principal + self.bonus

    def is_stored_over(self, on: date) -> bool:
        """Whether there is stored value whose time is over: it waits to be made valid again."""
        return self.stored > 0 and self.stored_until is not None and self.stored_until < on


def month_of(day: date) -> str:
    """The month of a day, as lots name it.

    >>> month_of(date(2026, 3, 9))
    '2026-03'
    """
    return f"{day.year:04}-{day.month:02}"


def month_after(day: date, months: int) -> str:
    """The month so many months after that of a day, or before it.

    >>> month_after(date(2026, 11, 21), 2), month_after(date(2026, 1, 31), -11)
    ('2027-01', '2025-02')
    """
    count = day.year * 12 + day.month - 1 + months
    return f"{count // 12:04}-{count % 12 + 1:02}"


# -- earning -------------------------------------------------------------------------------------


class Line(NamedTuple):
    """A line of a sale as earning sees it: its amount with tax, and the item."""

    pk: UUID
    gross: Decimal
    item: UUID


def rate_of(standing: Standing, item: UUID, on: date) -> Decimal:
    """How many points a yuan of this item brings the member on a day: the best rule counts."""
    categories = standing.categories.get(item, ())
    fitting = (
        rule.rate
        for rule in standing.rules
        if rule.fits(standing.tier, categories, on, standing.birthday)
    )
    return max(fitting, default=ZERO)


def earned(
    lines: Sequence[Line], standing: Standing, eligible: Decimal, on: date
) -> dict[UUID, Decimal]:
    """The points of each line that brings any.

    The basis is what was paid after discounts, without bonus and points: the same part of every
    line. The sum is rounded down to whole points and then shared out to the lines.

    Units:   `eligible` in CNY, the part of the lines' sum that earns.

    >>> member = Standing(UUID(int=1), "", UUID(int=2), True, rules=[EarnRate(Decimal(1))])
    >>> lines = [Line(UUID(int=n), Decimal("9.99"), UUID(int=9)) for n in (3, 4)]
    >>> sum(earned(lines, member, Decimal("10.00"), date(2026, 1, 1)).values())
    Decimal('10')
    """
    gross = sum((line.gross for line in lines), ZERO)
    weights = [max(line.gross, ZERO) * rate_of(standing, line.item, on) for line in lines]
    weighed = sum(weights, ZERO)
    if gross <= 0 or eligible <= 0 or weighed <= 0:
        return {}
    whole = (weighed * eligible) // gross  # a quotient of decimals would round
    shares = share(whole, weights, step=POINT)
    return {line.pk: n for line, n in zip(lines, shares, strict=True) if n}


# -- spending ------------------------------------------------------------------------------------


def first_out(lots: Mapping[str, Decimal], wanted: Decimal) -> list[tuple[str, Decimal]]:
    """Which lots points are taken from: those that expire first. All there is, if it is not enough.

    >>> first_out({"2027-02": Decimal(5), "2027-01": Decimal(3)}, Decimal(4))
    [('2027-01', Decimal('3')), ('2027-02', Decimal('1'))]
    """
    taken = []
    for lot in sorted(lots):
        part = min(lots[lot], wanted)
        if part > 0:
            taken.append((lot, part))
            wanted -= part
    return taken


def parts_of(
    amount: Decimal, principal: Decimal, bonus: Decimal, uses: str
) -> tuple[Decimal, Decimal]:
    """What of an amount paid with stored value is principal, and what is bonus.

    Units:   CNY.
    Errors:  ValueError if there is not so much.

    >>> parts_of(Decimal("55.00"), Decimal("100"), Decimal("10"), "proportion")
    (Decimal('50.00'), Decimal('5.00'))
    """
    if amount > principal + bonus:
        raise ValueError("There is not so much.")
    if uses == "principal":
        first = min(amount, principal)
    elif uses == "bonus":
        first = amount - min(amount, bonus)
    else:
        first = round_to(amount * principal / (principal + bonus), MONEY_STEP) if amount else ZERO
    first = min(max(first, amount - bonus), principal)  # what rounding must not overdraw
    return first, amount - first


# -- a sale --------------------------------------------------------------------------------------


@dataclass(slots=True)
class Use:
    """What a sale gives its member and takes from them.

    `eligible` is the basis of points and tiers in CNY; `earned` and `to_debt` are points by line;
    `spent` points by lot; `points_amount` what they paid for, in CNY.
    """

    standing: Standing
    month: str
    lot: str = ""
    eligible: Decimal = ZERO
    earned: dict[UUID, Decimal] = field(default_factory=dict)
    to_debt: dict[UUID, Decimal] = field(default_factory=dict)
    spent: list[tuple[str, Decimal]] = field(default_factory=list)
    points_amount: Decimal = ZERO
    principal: Decimal = ZERO
    bonus: Decimal = ZERO


def use_of(
    lines: Sequence[Line], standing: Standing, on: date, *, stored: Decimal, by_points: Decimal
) -> Use:
    """What a sale that was paid with so much stored value and points comes to for its member.

    Debts of points are made up before anything new can be spent.

    Units:   `stored` and `by_points` in CNY, what these ways paid.
    Errors:  ValueError if there is not so much.
    """
    gross = sum((line.gross for line in lines), ZERO)
    principal, bonus = parts_of(stored, standing.principal, standing.bonus, standing.uses)
    points = by_points * standing.points_per_yuan
    spent = first_out(standing.live(on), points)
    if sum((n for _, n in spent), ZERO) != points:
        raise ValueError("There is not so much.")
    use = Use(
        standing, month_of(on), month_after(on, standing.expiry_months),
        eligible=gross - bonus - by_points, spent=spent, points_amount=by_points,
        principal=principal, bonus=bonus,
    )  # fmt: skip
    if standing.programme is not None:
        owed = standing.debt
        for line, n in earned(lines, standing, use.eligible, on).items():
            back = min(n, owed)
            owed -= back
            if back:
                use.to_debt[line] = back
            if n > back:
                use.earned[line] = n - back
    return use


def lessen(standing: Standing, use: Use) -> None:
    """Take off a standing what a sale used, for another one that is looked at beside it."""
    for lot, n in use.spent:
        standing.lots[lot] -= n
    standing.debt -= sum(use.to_debt.values(), ZERO)
    standing.principal -= use.principal
    standing.bonus -= use.bonus


# -- and back ------------------------------------------------------------------------------------


class Part(NamedTuple):
    """How much of a sold line came back before, and comes back now."""

    pk: UUID
    gross: Decimal
    quantity: Decimal
    before: Decimal
    now: Decimal


class Way(NamedTuple):
    """What was paid in one way, what of it went back before, and what goes back now; CNY."""

    paid: Decimal
    before: Decimal
    now: Decimal


def step_of(whole: Decimal, way: Way, step: Decimal) -> Decimal:
    """The share of `whole` that goes back now, rounded on the running total.

    >>> [step_of(Decimal(10), Way(Decimal(3), Decimal(n), Decimal(1)), POINT) for n in range(3)]
    [Decimal('3'), Decimal('4'), Decimal('3')]
    """
    if not way.paid:
        return ZERO
    upto = round_to(whole * (way.before + way.now) / way.paid, step)
    return upto - round_to(whole * way.before / way.paid, step)


def points_back(earned_by: Mapping[UUID, Decimal], parts: Iterable[Part]) -> Decimal:
    """The points that goods which come back had brought.

    Units:   `earned_by` is points by line of the sale.
    """
    return sum(
        (step_of(earned_by.get(p.pk, ZERO), Way(p.quantity, p.before, p.now), POINT)
         for p in parts),
        ZERO,
    )  # fmt: skip


def gross_back(parts: Iterable[Part]) -> Way:
    """What all lines came to, what of it came back before, and what comes back now."""
    rows = list(parts)

    def upto(part: Part, quantity: Decimal) -> Decimal:
        return round_to(part.gross * quantity / part.quantity, MONEY_STEP)

    before = sum((upto(p, p.before) for p in rows), ZERO)
    after = sum((upto(p, p.before + p.now) for p in rows), ZERO)
    return Way(sum((p.gross for p in rows), ZERO), before, after - before)


def lots_back(
    spent: Sequence[tuple[str, Decimal]], before: Decimal, now: Decimal
) -> list[tuple[str, Decimal]]:
    """Into which lots spent points go back: the last to expire first.

    Units:   `before` and `now` are points that went back and go back.

    >>> lots_back([("2027-01", Decimal(3)), ("2027-02", Decimal(4))], Decimal(1), Decimal(5))
    [('2027-02', Decimal('3')), ('2027-01', Decimal('2'))]
    """
    back = []
    for lot, n in sorted(spent, reverse=True):
        passed = min(n, before)
        part = min(n - passed, now)
        before, now = before - passed, now - part
        if part > 0:
            back.append((lot, part))
    return back


def bonus_of(amount: Decimal, offers: Iterable[tuple[Decimal, Decimal]]) -> Decimal:
    """What is given on top of a top-up: by the offer with the highest amount that was reached.

    Units:   CNY; `offers` are (from which amount, how much).

    >>> bonus_of(Decimal(250), [(Decimal(100), Decimal(10)), (Decimal(200), Decimal(25))])
    Decimal('25')
    """
    reached = [offer for offer in offers if offer[0] <= amount]
    return max(reached, default=(ZERO, ZERO))[1]


def tier_for(amount: Decimal, tiers: Iterable[tuple[UUID, Decimal]]) -> UUID | None:
    """The tier of who spent so much: the highest that it reaches; None below the lowest.

    Units:   CNY; `tiers` are (id, spent at least).
    """
    reached = [(least, pk) for pk, least in tiers if least <= amount]
    return max(reached)[1] if reached else None
