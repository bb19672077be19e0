"""What the day must come to, worked out by itself from what was done at the counter.

Nothing of the program is used here but its rounding rule in words: prices times quantities, one
brand at ten percent off, ten off from a hundred on, discounts by hand, and what is left for cash
rounded down to 0.1. What the program says of the same day is read by `found`, and compared line by
line.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import ROUND_DOWN, ROUND_FLOOR, ROUND_HALF_UP, Decimal
from itertools import product
from typing import NamedTuple

from tongpan.config.proofs.day.script import (
    CENT,
    Day,
    Exchange,
    Joining,
    Piece,
    Return,
    Sale,
    to_cents,
)

BRAND_OFF, SAVE_FROM, SAVED = Decimal("0.10"), Decimal(100), Decimal(10)
TENTH, CASH_FIRST, POINTS_PAY = Decimal("0.1"), Decimal(20), Decimal(2)
POINTS_PER_YUAN = 100
ZERO = Decimal(0)


@dataclass(frozen=True, slots=True)
class Bill:
    """What is left to pay of each line, in the order of the lines."""

    lefts: tuple[Decimal, ...]

    @property
    def total(self) -> Decimal:
        return sum(self.lefts, ZERO)


def bill_of(sale: Sale) -> Bill:
    """What a customer pays."""
    beside = {"cash": ZERO, "note": ZERO, "points": POINTS_PAY}.get(sale.pays)
    return _bill(sale.pieces, beside=beside, percent_off=sale.percent_off)


def _bill(pieces: Sequence[Piece], *, beside: Decimal | None, percent_off: int = 0) -> Bill:
    """Cash takes what is left `beside` another way; None where it comes first, or not at all."""
    lefts = list(_promoted([p.amount for p in pieces], [p.ware.is_branded for p in pieces]))
    for n, piece in enumerate(pieces):
        lefts[n] -= to_cents(lefts[n] * piece.percent_off / 100)
    lefts = _borne(lefts, to_cents(sum(lefts, ZERO) * percent_off / 100))
    if beside is not None:
        due = sum(lefts, ZERO)
        cash = due - beside if due > beside else due
        whole = cash.quantize(TENTH, ROUND_DOWN)
        lefts = _borne(lefts, cash - whole if whole else ZERO)
    return Bill(tuple(lefts))


def _promoted(amounts: Sequence[Decimal], branded: Sequence[bool]) -> Sequence[Decimal]:
    """The best of all ways to use the two promotions: the brand's may be left out line by line."""
    best: Sequence[Decimal] | None = None
    for used in product(*((True, False) if is_it else (False,) for is_it in branded)):
        lefts = [
            a - to_cents(a * BRAND_OFF) if u else a for a, u in zip(amounts, used, strict=True)
        ]
        if sum(lefts, ZERO) >= SAVE_FROM:
            lefts = _borne(lefts, SAVED)
        if best is None or sum(lefts, ZERO) < sum(best, ZERO):
            best = lefts
    assert best is not None, "There is always one way."
    return best


def _borne(lefts: Sequence[Decimal], whole: Decimal) -> list[Decimal]:
    """Lines after all of them bore a sum, by what they cost: largest remainders."""
    total = int(sum(lefts, ZERO) / CENT)
    cents = int(whole / CENT)
    if not cents:
        return list(lefts)
    exact = [cents * int(left / CENT) for left in lefts]
    parts = [each // total for each in exact]
    first = sorted(range(len(lefts)), key=lambda n: (-(exact[n] % total), n))
    for n in first[: cents - sum(parts)]:
        parts[n] += 1
    return [left - part * CENT for left, part in zip(lefts, parts, strict=True)]


def paid_for(back: Iterable[Piece], sale: Sale) -> Decimal:
    """What goes back for some pieces of a sale from which nothing came back before."""
    bill, sum_ = bill_of(sale), ZERO
    for piece in back:
        n = next(n for n, p in enumerate(sale.pieces) if p.ware == piece.ware)
        part = bill.lefts[n] * piece.quantity / sale.pieces[n].quantity
        sum_ += part.quantize(CENT, ROUND_HALF_UP)
    return sum_


def ways_of(sale: Sale) -> dict[str, Decimal]:
    """How a customer pays, by way of paying."""
    total = bill_of(sale).total
    if sale.pays == "mixed" and total > CASH_FIRST:
        return {"CASH": CASH_FIRST, "CODE": total - CASH_FIRST}
    if sale.pays == "points" and total > POINTS_PAY:
        return {"POINTS": POINTS_PAY, "CASH": total - POINTS_PAY}
    way = {"member": "STORED", "cash": "CASH", "note": "CASH", "points": "CASH"}
    return {way.get(sale.pays, "CODE"): total}


def out_of(exchange: Exchange, back: Decimal) -> Decimal:
    """What the goods cost that go out against those that come back: the difference is whole tenths,
    down for a customer who pays and up for one who is paid."""
    out = _bill(exchange.pieces, beside=None).total
    whole = (out - back).quantize(TENTH, ROUND_FLOOR)
    rest = out - back - whole
    return out - rest if whole and rest < out else out


class Shift(NamedTuple):
    """What a shift report says."""

    float_: Decimal
    expected: Decimal
    counted: Decimal
    difference: Decimal
    sales: int


@dataclass(slots=True)
class Books:
    """What a day comes to; of the program's side it is what it says, of ours what must be."""

    slips: Counter[tuple[str, str, Decimal]] = field(default_factory=Counter)
    """Kind, number and amount of each slip, with how often there is one."""
    shelf: dict[str, Decimal] = field(default_factory=dict)  # by item, what was there less sold
    ways: dict[str, Decimal] = field(default_factory=dict)  # by way of paying, what came in
    ledger: dict[str, Decimal] = field(default_factory=dict)  # the same, as accounts say it
    points: dict[str, Decimal] = field(default_factory=dict)  # by member's code or phone
    stored: dict[str, Decimal] = field(default_factory=dict)
    shifts: list[Shift] = field(default_factory=list)
    told: list[Decimal] = field(default_factory=list)  # what the last screen of each shift said


def must_be(day: Day, had: "Before") -> Books:
    """What the day must come to."""
    books = Books(shelf=dict(had.shelf), points=dict(had.points), stored=dict(had.stored))
    books.ways = dict.fromkeys(("CASH", "CODE", "STORED", "POINTS"), ZERO)
    cash, sales = [ZERO, ZERO], [0, 0]
    for turn in day.turns:
        before = books.ways["CASH"]
        if isinstance(turn, Sale):
            sales[turn.shift] += 1
            _sold(books, turn, had)
        elif isinstance(turn, Return):
            _came_back(books, turn, had)
        elif isinstance(turn, Exchange):
            sales[turn.shift] += 1
            _swapped(books, turn)
        else:
            books.ways["CASH"] += turn.amount
            books.stored[turn.phone], books.points[turn.phone] = turn.amount, ZERO
        cash[turn.shift] += books.ways["CASH"] - before
    for n, float_ in enumerate(day.floats):
        expected = float_ + cash[n]
        there = expected.quantize(TENTH, ROUND_DOWN) + day.short[n]  # there is no smaller coin
        books.shifts.append(Shift(float_, expected, there, there - expected, sales[n]))
        books.told.append(expected)
    books.ledger = {way: books.ways[way] for way in ("CASH", "CODE")}
    books.ledger["CASH"] += sum((shift.difference for shift in books.shifts), ZERO)
    return books


@dataclass(frozen=True, slots=True)
class Before:
    """What was there when the day began."""

    shelf: Mapping[str, Decimal]
    points: Mapping[str, Decimal]
    stored: Mapping[str, Decimal]
    members: Sequence[str]


def _sold(books: Books, sale: Sale, had: Before) -> None:
    total, ways = bill_of(sale).total, ways_of(sale)
    books.slips["sale", sale.number, total] += 1
    for piece in sale.pieces:
        books.shelf[piece.ware.item_code] -= piece.quantity
    for way, amount in ways.items():
        books.ways[way] += amount
    if sale.member is not None:
        who = had.members[sale.member]
        spent = ways.get("POINTS", ZERO)
        books.points[who] += int(total - spent) - spent * POINTS_PER_YUAN
        books.stored[who] -= ways.get("STORED", ZERO)


def _came_back(books: Books, turn: Return, had: Before) -> None:
    for piece in turn.pieces:
        books.shelf[piece.ware.item_code] += piece.quantity
    if turn.of is None:
        amount = sum((p.amount for p in turn.pieces), ZERO)
        books.slips["return", turn.number, amount] += 1
        books.ways["CASH"] -= amount
        return
    amount = bill_of(turn.of).total if turn.is_all else paid_for(turn.pieces, turn.of)
    books.slips["return", turn.number, amount] += 1
    ways = ways_of(turn.of) if turn.is_all else {"CASH": amount}
    for way, part in ways.items():
        books.ways[way] -= part
    if turn.of.member is not None:
        assert turn.is_all, "Parts are brought back by who is no member."
        who, spent = had.members[turn.of.member], ways.get("POINTS", ZERO)
        books.points[who] -= int(amount - spent) - spent * POINTS_PER_YUAN
        books.stored[who] += ways.get("STORED", ZERO)


def _swapped(books: Books, turn: Exchange) -> None:
    back = paid_for([turn.back], turn.of)
    out = out_of(turn, back)
    books.slips["sale", turn.number, out] += 1
    books.slips["return", "of an exchange", back] += 1
    books.shelf[turn.back.ware.item_code] += turn.back.quantity
    for piece in turn.pieces:
        books.shelf[piece.ware.item_code] -= piece.quantity
    books.ways["CASH"] += out - back


def differences(must: Books, found: Books) -> Iterator[str]:
    """Everything in which two accounts of the day differ, in a line each."""
    for slip in sorted({*must.slips, *found.slips}):
        if must.slips[slip] != found.slips[slip]:
            yield f"slip {slip}: {found.slips[slip]} times, not {must.slips[slip]}"
    for name in ("shelf", "ways", "ledger", "points", "stored"):
        ours, theirs = getattr(must, name), getattr(found, name)
        for key in sorted({*ours, *theirs}):
            if ours.get(key, ZERO) != theirs.get(key, ZERO):
                yield f"{name} {key}: {theirs.get(key, ZERO)}, not {ours.get(key, ZERO)}"
    for name in ("shifts", "told"):
        if getattr(must, name) != getattr(found, name):
            yield f"{name}: {getattr(found, name)}, not {getattr(must, name)}"


def joined(day: Day) -> list[str]:
    return [turn.phone for turn in day.all_of(Joining)]
