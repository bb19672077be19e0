"""What happens at the counter on the day: who buys what, how they pay, and what comes back.

The baskets are the demonstration's: real ones, with their order and quantities. What is made up is
how each is scanned and paid. Nothing here asks the program what anything costs: see `reckoning`.
"""

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from decimal import ROUND_HALF_UP, Decimal
from typing import TypeVar

from tongpan.business.demo.source import Bought, Goods, parts

CENT, GRAM = Decimal("0.01"), Decimal("0.001")
CHEAPEST, LIGHTEST, HEAVIEST = Decimal(1), Decimal("0.05"), Decimal("9.999")
LINES_MAX, STORE = 25, 0
BRAND_EVERY = 6  # of so many kinds of goods one has the brand that is on offer
MEMBERS = 4  # who are members before the day begins
PAYS = ("cash", "note", "code", "note", "mixed", "member", "code", "cash", "points", "unknown")
ODDS = ("parked", "line_off", "reload", "lost", "receipt_off", "cut", "undone", "declined")
WEIGHED = ("weight", "price", "both")  # what the label of the scales says


def to_cents(amount: Decimal) -> Decimal:
    return amount.quantize(CENT, ROUND_HALF_UP)


@dataclass(frozen=True, slots=True)
class Ware:
    """A kind of goods on the shelf: `number` names it, `code` is on its wrapping or its label."""

    number: int
    name: str
    price: Decimal
    is_weighed: bool
    is_branded: bool

    @property
    def item_code(self) -> str:
        return f"P{self.number}"

    @property
    def barcode(self) -> str:
        if self.is_weighed:
            return f"{self.number:05d}"
        return with_check(f"690{self.number:09d}")


def with_check(digits: str) -> str:
    """A number with its check digit, as GS1 says: from the right, three times each second."""
    total = sum(int(d) * (3 if n % 2 == 0 else 1) for n, d in enumerate(reversed(digits)))
    return digits + str(-total % 10)


@dataclass(slots=True)
class Piece:
    """A line of a basket: how it comes onto the screen, and what it costs before anything is taken
    off it. `by` is scan, times, key, code, or what a label of the scales says."""

    ware: Ware
    quantity: Decimal
    by: str
    percent_off: int = 0  # by hand, with a manager's PIN

    @property
    def amount(self) -> Decimal:
        return to_cents(self.quantity * self.ware.price)

    @property
    def label(self) -> str:
        grams, cents = int(self.quantity / GRAM), int(self.amount / CENT)
        what = {
            "weight": f"20{self.ware.barcode}{grams:05d}",
            "price": f"21{self.ware.barcode}{cents:05d}",
            "both": f"22{self.ware.barcode}{cents:05d}{grams:05d}",
        }
        return with_check(what[self.by])


@dataclass(slots=True)
class Sale:
    """A customer: what they buy, how they pay, and what odd thing happens meanwhile."""

    nth: int
    shift: int
    pieces: list[Piece]
    pays: str
    member: int | None = None
    odd: str = ""
    percent_off: int = 0  # of the whole receipt, by a manager's PIN
    number: str = ""  # as the screen says it
    shown: Decimal | None = None

    @property
    def is_cash(self) -> bool:
        return self.pays in ("cash", "note")


@dataclass(slots=True)
class Return:
    """Goods that come back. None of `of`: nobody has the slip, and `pieces` are scanned."""

    shift: int
    of: Sale | None
    pieces: list[Piece]  # as they come back: how many
    is_all: bool = False
    number: str = ""
    shown: Decimal | None = None


@dataclass(slots=True)
class Exchange:
    shift: int
    of: Sale
    back: Piece
    pieces: list[Piece]
    number: str = ""
    shown: Decimal | None = None


@dataclass(slots=True)
class Joining:
    """Somebody becomes a member at the till and tops up, in cash."""

    shift: int
    phone: str
    amount: Decimal


Turn = Sale | Return | Exchange | Joining
Kind = TypeVar("Kind", Sale, Return, Exchange, Joining)


@dataclass(slots=True)
class Day:
    """Everything that happens, in its order; `wares` are on the shelf."""

    wares: list[Ware]  # the last of them is sold to nobody
    turns: list[Turn] = field(default_factory=list)
    floats: tuple[Decimal, Decimal] = (Decimal(300), Decimal(200))
    short: tuple[Decimal, Decimal] = (Decimal(0), Decimal(-1))  # what is missed in the drawer

    @property
    def unsold(self) -> Ware:
        """Without a slip the lowest price of late is paid back; of this one that is the list's."""
        return self.wares[-1]

    def all_of(self, kind: type[Kind]) -> list[Kind]:
        return [turn for turn in self.turns if isinstance(turn, kind)]


def the_day(sales: int, returns: int, exchanges: int) -> Day:
    """A day of so many sales, half of them in each of two shifts; the same one each time.

    Errors: Refusal demo_source_missing; ValueError where the source has not so many baskets.
    """
    goods, baskets = _baskets(sales)
    wares = {g.product: ware for g, ware in zip(goods, _wares(goods), strict=True)}
    unsold = Ware(len(wares) + 1, "保温杯", Decimal("12.50"), is_weighed=False, is_branded=False)
    day = Day([*wares.values(), unsold])
    chance = random.Random(2026)
    made = [_sale(n, 2 * n // sales, basket, wares, chance) for n, basket in enumerate(baskets)]
    after = _afterwards(made, returns, exchanges, day, chance)
    day.turns.append(Joining(0, "13900000001", Decimal(100)))
    for sale in made:
        if sale.nth == (sales + 1) // 2:
            day.turns.append(Joining(1, "13900000002", Decimal(200)))
        day.turns.append(sale)
        day.turns += after.get(sale.nth, [])
    return day


def _baskets(count: int) -> tuple[list[Goods], list[Bought]]:
    both = list(parts("first", "quick"))
    known = {g.product: g for part in both for g in part.items if g.price >= CHEAPEST}
    found = []
    baskets = [basket for part in both for basket in part.baskets if basket.store == STORE]
    for basket in sorted(baskets, key=lambda one: (one.source_at, one.basket)):
        lines = tuple(line for line in basket.lines if line[0] in known)
        if 0 < len(lines) <= LINES_MAX:
            found.append(replace(basket, lines=lines))
    if len(found) < count:
        raise ValueError(f"The source has {len(found)} baskets, not {count}.")
    chosen = found[-count:]
    used = sorted({product for basket in chosen for product, _, _ in basket.lines})
    return [known[product] for product in used], chosen


def _wares(goods: Sequence[Goods]) -> Iterator[Ware]:
    for number, one in enumerate(goods, start=1):
        name = f"{one.name} {one.size}".strip()
        yield Ware(number, name[:100], one.price, one.type.is_weighed, number % BRAND_EVERY == 0)


def _sale(
    nth: int, shift: int, basket: Bought, wares: dict[int, Ware], chance: random.Random
) -> Sale:
    pieces: list[Piece] = []
    for product, quantity, amount in basket.lines:
        ware = wares[product]
        if ware.is_weighed:
            kg = (amount / ware.price).quantize(GRAM, ROUND_HALF_UP)
            by = WEIGHED[(nth + len(pieces)) % 3]
            pieces.append(Piece(ware, max(LIGHTEST, min(kg, HEAVIEST)), by))
        else:
            by = chance.choice(("times", "key")) if quantity > 1 else "scan"
            by = "code" if by == "scan" and chance.random() < 0.04 else by
            pieces.append(Piece(ware, Decimal(quantity), by))
    made = Sale(nth, shift, pieces, PAYS[nth % len(PAYS)])
    if made.pays in ("member", "points") or nth % 9 == 4:
        made.member = nth % MEMBERS
    if nth % 4 == 2:
        made.odd = ODDS[nth // 4 % len(ODDS)]
    if made.odd == "declined":
        made.pays = "code"
    if made.odd == "cut":  # what a label costs is asked of the server
        for piece in pieces:
            piece.by = "weight" if piece.ware.is_weighed else piece.by
    if made.odd == "line_off":
        chance.choice(pieces).percent_off = 10
    if made.odd == "receipt_off":
        made.percent_off = 5
    return made


def _afterwards(
    made: Sequence[Sale], returns: int, exchanges: int, day: Day, chance: random.Random
) -> dict[int, list[Turn]]:
    """What comes back, by the customer after whom it does. One return has no slip, some bring back
    everything, the others a part. Who bought with 满减 comes back with everything or not at all:
    how its discount was shared out is for other proofs."""
    from_slips = [s for s in made if s.pays != "unknown" and not s.percent_off and not s.odd]
    whole = [s for s in from_slips if s.pays in ("member", "points", "code", "mixed")]
    part = [s for s in from_slips if s.is_cash and s.member is None and not _saves(s)]
    used: set[int] = set()
    found: dict[int, list[Turn]] = {}

    def take(rows: Sequence[Sale]) -> Sale:
        sale = chance.choice([s for s in rows if s.nth not in used])
        used.add(sale.nth)
        return sale

    def later(sale: Sale, turn: Turn) -> None:
        after = min(len(made) - 1, sale.nth + chance.randint(1, 5))
        turn.shift = made[after].shift
        found.setdefault(after, []).append(turn)

    for n in range(returns):
        if n == 0:
            later(made[len(made) // 2], Return(0, None, [Piece(day.unsold, Decimal(1), "scan")]))
        elif n % 4 == 1 and any(s.nth not in used for s in whole):
            sale = take(whole)
            later(sale, Return(0, sale, list(sale.pieces), is_all=True))
        else:
            sale = take(part)
            later(sale, Return(0, sale, [_one_of(sale, chance)]))
    for _ in range(exchanges):
        sale = take(part)
        fresh = made[(sale.nth + 1) % len(made)].pieces[:2]
        goods = [Piece(p.ware, p.quantity, p.by) for p in fresh]
        later(sale, Exchange(0, sale, _one_of(sale, chance), goods))
    return found


def _saves(sale: Sale) -> bool:
    return sum(p.amount for p in sale.pieces) >= 100


def _one_of(sale: Sale, chance: random.Random) -> Piece:
    """One piece of a line, or the whole line of something weighed."""
    line = chance.choice(sale.pieces)
    return Piece(line.ware, line.quantity if line.ware.is_weighed else Decimal(1), line.by)
