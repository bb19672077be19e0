"""Parts that become a whole, and a whole that becomes its parts."""

from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.chain import Chain, a_chain, on_shelf
from tongpan.base.refusals import Refusal
from tongpan.business.stock import accounts as at
from tongpan.business.stock import queries
from tongpan.business.stock.models import Assembly, AssemblyLine, DisassemblyLine
from tongpan.business.stock.queries import Pool, taken_of
from tongpan.business.stock.screens import parts_of_last_time
from tongpan.kernel.documents.gate import run
from tongpan.kernel.documents.models import Document
from tongpan.kernel.ledger.checks import verify
from tongpan.kernel.ledger.queries import balance_of
from tongpan.kernel.org.scope import system

MILK, COLA, TEA = "10001", "10003", "10005"
ASSEMBLY, DISASSEMBLY = "stock.assembly", "stock.disassembly"


@pytest.fixture
def chain(company: str) -> Chain:
    chain = a_chain()
    on_shelf(chain, "north", milk=("10", "8.50"), cola=("48", "2.00"))
    return chain


def pool(chain: Chain, item: str) -> tuple[Decimal, Decimal]:
    pk = chain.items[item].pk
    found = queries.pools_of(chain.places["north"], [(pk, "")])[pk, ""]
    return found.quantity, found.value


def money(chain: Chain, account: Any) -> Decimal:
    key = account(chain.units["north"].pk)
    with system(reason="looking at the books"):
        return balance_of([key])[key].amount


def made(chain: Chain, code: str, header: dict[str, Any], *lines: dict[str, Any]) -> UUID:
    with chain.as_("zhou", "north"):
        place = {"place": chain.places["north"]}
        payload = {"header": {**place, "item": TEA, **header}, "lines": list(lines)}
        draft = run(f"{code}.save", payload=payload).subject
        run(f"{code}.post", draft)
        return draft


def part(item: str, quantity: str, **more: str) -> dict[str, Any]:
    return {"item": item, "quantity": quantity, **more}


def refused(chain: Chain, code: str, header: dict[str, Any], *lines: dict[str, Any]) -> list[Any]:
    with pytest.raises(Refusal) as no:
        made(chain, code, header, *lines)
    return [(p["path"], p["code"]) for p in no.value.problems]


def test_a_set_costs_what_its_parts_and_the_work_cost(chain: Chain) -> None:
    made(chain, ASSEMBLY, {"quantity": "4", "fee": "6"}, part(MILK, "4"), part(COLA, "8"))

    assert pool(chain, "tea") == (4, 56)  # 34 of milk, 16 of cola, 6 of work
    assert pool(chain, "milk") == (6, 51)
    assert money(chain, at.inventory) == Decimal("187.00")
    assert money(chain, at.work) == -6
    assert money(chain, at.in_work) == 0
    assert [found for found in verify() if found.violations] == []


def test_what_was_put_together_is_taken_back_whole(chain: Chain) -> None:
    document = made(chain, ASSEMBLY, {"quantity": "1", "fee": "6"}, part(MILK, "10"))
    assert pool(chain, "milk") == (0, 0)

    with chain.as_("zhou", "north"):
        run(f"{ASSEMBLY}.reverse", document, {"reason": "the wrong set"})

    assert pool(chain, "milk") == (10, 85)
    assert pool(chain, "tea") == (0, 0)
    assert money(chain, at.work) == 0


def test_a_whole_is_taken_apart_by_the_shares_that_were_written(chain: Chain) -> None:
    on_shelf(chain, "north", tea=("2", "50.00"))

    made(
        chain, DISASSEMBLY, {"quantity": "1", "fee": "5"},
        part(MILK, "2", ratio="1"), part(COLA, "3", ratio="2"),
    )  # fmt: skip

    assert pool(chain, "tea") == (1, 50)
    assert pool(chain, "milk") == (Decimal(12), Decimal("103.33"))
    assert pool(chain, "cola") == (Decimal(51), Decimal("132.67"))
    assert [found for found in verify() if found.violations] == []


def test_without_shares_the_cost_goes_by_what_the_parts_cost_elsewhere(chain: Chain) -> None:
    on_shelf(chain, "north", tea=("1", "21.00"))

    document = made(chain, DISASSEMBLY, {"quantity": "1"}, part(MILK, "1"), part(COLA, "1"))

    values = DisassemblyLine.unscoped.filter(document=document).order_by("position")
    assert [line.value for line in values] == [Decimal("17.00"), Decimal("4.00")]  # 8.50 to 2


def test_a_part_without_any_cost_needs_a_share(chain: Chain) -> None:
    on_shelf(chain, "north", tea=("1", "21.00"))
    water = part("10004", "1")

    assert refused(chain, DISASSEMBLY, {"quantity": "1"}, part(MILK, "1"), water) == [
        ("lines.1.ratio", "ratio_needed"), ("lines.2.ratio", "ratio_needed"),
    ]  # fmt: skip
    assert refused(chain, DISASSEMBLY, {"quantity": "1"}, part(MILK, "1", ratio="3"), water) == [
        ("lines.2.ratio", "ratios_of_all")
    ]


def test_what_is_not_there_is_named(chain: Chain) -> None:
    assert refused(chain, ASSEMBLY, {"quantity": "1"}, part(MILK, "11"), part(COLA, "49")) == [
        ("lines.1.quantity", "short"), ("lines.2.quantity", "short"),
    ]  # fmt: skip
    assert refused(chain, DISASSEMBLY, {"quantity": "1"}, part(MILK, "1", ratio="1")) == [
        ("quantity", "short")
    ]


def test_a_whole_is_no_part_of_itself_and_counted_like_any_goods(chain: Chain) -> None:
    assert refused(chain, ASSEMBLY, {"quantity": "0.5"}, part(TEA, "1"), part(MILK, "0")) == [
        ("quantity", "off_step"), ("lines.2.quantity", "not_positive"),
        ("lines.1.item", "part_of_itself"),
    ]  # fmt: skip


def test_the_parts_of_the_last_time_are_proposed_for_as_many_as_now(chain: Chain) -> None:
    made(chain, ASSEMBLY, {"quantity": "2"}, part(MILK, "3"), part(COLA, "1", unit="case"))

    with chain.as_("zhou", "north"):
        again = Assembly(document=Document(type=ASSEMBLY), item=chain.items["tea"])
        again.base_quantity = Decimal(4)
        lines: list[AssemblyLine] = list(parts_of_last_time(again))
        again.base_quantity = Decimal(1)
        half = list(parts_of_last_time(again))

    told = [(n.item.code, n.quantity, n.unit and n.unit.code) for n in lines if n.item]
    assert told == [(MILK, 6, None), (COLA, 2, "case")]
    assert [n.quantity for n in half] == [None, Decimal("0.5")]  # no half boxes


cents = st.integers(0, 10**7).map(lambda n: Decimal(n) / 100)


@settings(deadline=None)
@given(value=cents, there=st.integers(1, 500), parts=st.lists(st.integers(1, 50), max_size=9))
def test_what_is_taken_piece_by_piece_is_never_more_than_there_was(
    value: Decimal, there: int, parts: list[int]
) -> None:
    left = Pool(Decimal(there), value)
    for quantity in parts:
        if quantity <= left.quantity:
            worth = taken_of(left, Decimal(quantity))
            left = Pool(left.quantity - quantity, left.value - worth)

    assert left.value >= 0
    assert left.quantity or not left.value
