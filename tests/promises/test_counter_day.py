"""What the proof of a day works out by itself, and that it notices what differs. The day itself is
lived in `./test --long`: tests/promises/test_at_the_counter.py."""

from collections import Counter
from dataclasses import replace
from decimal import Decimal

from hypothesis import given, settings
from hypothesis import strategies as st

from tongpan.config.proofs.day.reckoning import Before, bill_of, differences, must_be, paid_for
from tongpan.config.proofs.day.script import Day, Joining, Piece, Return, Sale, Ware

BREAD = Ware(1, "面包", Decimal("8.88"), is_weighed=False, is_branded=False)
MILK = Ware(6, "牛奶", Decimal("12.50"), is_weighed=False, is_branded=True)
FISH = Ware(7, "鲈鱼", Decimal("39.80"), is_weighed=True, is_branded=False)


def a_sale(*pieces: tuple[Ware, str], pays: str = "code", **more: int) -> Sale:
    return Sale(0, 0, [Piece(w, Decimal(q), "scan") for w, q in pieces], pays, **more)  # type: ignore[arg-type]


def test_a_bill_is_worked_out_by_hand() -> None:
    assert bill_of(a_sale((BREAD, "1"), (MILK, "2"))).total == Decimal("31.38")  # 8.88 + 22.50
    assert bill_of(a_sale((BREAD, "1"), pays="cash")).total == Decimal("8.80")
    assert bill_of(a_sale((BREAD, "1"), pays="points")).total == Decimal("8.80")  # 2 and cash
    assert bill_of(a_sale((BREAD, "1"), percent_off=5)).total == Decimal("8.44")
    assert bill_of(a_sale((BREAD, "11"), (MILK, "1"))).total == Decimal("98.93")  # 108.93 - 10
    # 8 of milk are 100.00; at ten percent off they would miss the ten that a hundred saves
    assert bill_of(a_sale((MILK, "8"))).total == 90
    assert bill_of(a_sale((FISH, "0.368"))).total == Decimal("14.65")


def test_part_of_a_rounded_sale_gives_back_its_part() -> None:
    sale = a_sale((BREAD, "3"), pays="cash")  # 26.64, paid 26.60

    assert paid_for([Piece(BREAD, Decimal(1), "scan")], sale) == Decimal("8.87")


def test_labels_say_weight_price_and_both() -> None:
    labels = [Piece(FISH, Decimal("0.368"), by).label for by in ("weight", "price", "both")]

    assert [label[:-1] for label in labels] == [
        "200000700368", "210000701465", "22000070146500368",
    ]  # fmt: skip


@given(st.lists(st.tuples(st.integers(1, 9), st.booleans()), min_size=1, max_size=4), st.booleans())
@settings(max_examples=25)
def test_no_line_costs_less_than_nothing_and_cash_has_no_cents(
    given_: list[tuple[int, bool]], is_cash: bool
) -> None:
    sale = a_sale(*((MILK if b else BREAD, str(n)) for n, b in given_),
                  pays="cash" if is_cash else "code")  # fmt: skip
    bill = bill_of(sale)

    assert min(bill.lefts) >= 0
    assert not is_cash or bill.total % Decimal("0.1") == 0


def a_day() -> tuple[Day, Before]:
    first = a_sale((BREAD, "2"), (MILK, "1"), pays="cash")
    second = replace(a_sale((MILK, "4"), pays="member"), nth=1, shift=1, member=0, number="2")
    first.number = "1"
    back = Return(1, first, [Piece(BREAD, Decimal(1), "scan")], number="3")
    day = Day([BREAD, MILK], [Joining(0, "139", Decimal(100)), first, second, back])
    shelf = {"P1": Decimal(10), "P6": Decimal(10)}
    had = Before(shelf, {"8": Decimal(0)}, {"8": Decimal(50)}, ["8"])
    return day, had


def test_a_day_comes_to_what_was_done_in_it() -> None:
    books = must_be(*a_day())

    assert books.shelf == {"P1": 9, "P6": 5}
    assert books.ways["STORED"] == 45
    assert (books.points, books.stored) == ({"8": 45, "139": 0}, {"8": 5, "139": 100})
    drawer = [(shift.expected, shift.difference, shift.sales) for shift in books.shifts]
    # 300 + 100 + 29.00; 200 - 8.88 of which no coin is two cents, and one is missed
    assert drawer == [(429, 0, 1), (Decimal("191.12"), Decimal("-1.02"), 1)]


def test_what_differs_is_noticed() -> None:
    day, had = a_day()
    books = must_be(day, had)
    assert list(differences(books, must_be(day, had))) == []

    dropped = Day(day.wares, day.turns[:-1])
    assert list(differences(books, must_be(dropped, had)))
    for name in ("shelf", "ways", "ledger", "points", "stored"):
        other = must_be(day, had)
        kept = getattr(other, name)
        kept[next(iter(kept))] += Decimal("0.01")
        assert len(list(differences(books, other))) == 1, name
    doubled = must_be(day, had)
    doubled.slips = Counter({slip: 2 * n for slip, n in doubled.slips.items()})
    assert len(list(differences(books, doubled))) == len(books.slips)
