"""Shifts: the float, what belongs to a shift, the blind count, and what is odd about it."""

from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.chain import NOON, Chain
from tests.faces.pos.conftest import a_chain_with_a_till
from tongpan.base import env
from tongpan.base.refusals import Forbidden, Refusal
from tongpan.business.shifts import queries
from tongpan.business.shifts.models import DayClose, OpenShift, Shift
from tongpan.business.shifts.rules import DENOMINATIONS, Count, counted, read_count
from tongpan.business.till.accounts import taken
from tongpan.business.till.models import PaymentMethod, Sale
from tongpan.business.treasury.accounts import cash_difference
from tongpan.business.treasury.queries import waiting_takings
from tongpan.kernel.documents.gate import run
from tongpan.kernel.documents.models import Document
from tongpan.kernel.ledger.queries import balance_of
from tongpan.kernel.org.models import RoleAction
from tongpan.kernel.org.scope import system

FACES = [one for kind, one in DENOMINATIONS["CNY"]]
MORNING = NOON.replace(hour=1)


@pytest.fixture
def chain(staged: Any) -> Chain:
    chain: Chain = staged(a_chain_with_a_till)
    for name, codes in (
        ("lin", ("till.shift.keep", "till.drawer.open")),
        ("chen", ("till.shift.keep", "till.shift.look", "till.day.close", "till.shift.view")),
    ):
        role = chain.people[name].grants.get().role
        for code in codes:
            RoleAction.objects.get_or_create(role=role, code=code)
    return chain


def at(hour: float, chain: Chain, name: str, deed: Callable[[], Any], where: str = "till") -> Any:
    with chain.as_(name, where), env.frozen(MORNING + timedelta(hours=hour)):
        return deed()


def opened(chain: Chain, hour: float, amount: str, name: str = "lin") -> Any:
    return at(hour, chain, name, lambda: run("till.shift.open", payload={"float": amount}).result)


def closed(
    chain: Chain, hour: float, *notes: tuple[str, str], kept: str = "0", name: str = "lin"
) -> Shift:
    counts = [{"kind": "note", "face": face, "pieces": many} for face, many in notes]
    payload = {"counts": counts, "kept": kept}
    shift: Shift = at(hour, chain, name, lambda: run("till.shift.close", payload=payload).result)
    return shift


def sold(chain: Chain, hour: float, many: str, way: str = "CASH") -> UUID:
    """So many bottles of cola at 3.50."""
    amount = str(Decimal(many) * Decimal("3.50"))
    payload = {
        "lines": [{"item": str(chain.items["cola"].pk), "quantity": many}],
        "payments": [{"method": way, "amount": amount}],
    }
    done: UUID = at(hour, chain, "lin", lambda: run("till.sale.ring_up", payload=payload).subject)
    return done


def cash(chain: Chain) -> Decimal:
    """What the books say the store's tills took in cash and nobody brought in."""
    method = PaymentMethod.objects.get(code="CASH")
    key = taken(chain.units["north"].pk, method.pk)
    return balance_of([key])[key].amount


def lost(chain: Chain) -> Decimal:
    key = cash_difference(chain.units["north"].pk)
    return balance_of([key])[key].amount


def odd(shift: Shift) -> list[str]:
    told = queries.figures(shift.document.org_unit, shift.opened_at, shift.closed_at)
    return [one.code for one in queries.oddities(shift, told)]


def test_a_shift_that_agrees_posts_nothing_and_has_its_number(chain: Chain) -> None:
    opened(chain, 1, "100")
    sold(chain, 2, "20")

    shift = closed(chain, 3, ("100", "1"), ("50", "1"), ("20", "1"), kept="100")

    assert (shift.expected, shift.counted, shift.difference) == (170, 170, 0)
    assert shift.document.number == "JB-S01-1-26-00001"
    assert shift.document.total == 70  # what is handed over
    assert (cash(chain), lost(chain)) == (70, 0)
    assert odd(shift) == []
    assert not OpenShift.unscoped.exists()


@pytest.mark.parametrize(("tens", "short"), [("15", 20), ("19", -20)])
def test_what_is_short_or_over_is_posted_so_the_books_have_what_the_drawer_had(
    chain: Chain, tens: str, short: int
) -> None:
    opened(chain, 1, "100")
    sold(chain, 2, "20")

    shift = closed(chain, 3, ("10", tens), kept="100")

    assert shift.difference == -short
    assert lost(chain) == short
    assert cash(chain) == 70 - short
    with system(reason="tests"):
        waiting = waiting_takings([chain.units["north"]])
    assert [(one.method.code, one.due) for one in waiting] == [("CASH", 70 - short)]
    assert odd(shift) == ["shift_short" if short > 0 else "shift_over"]


def test_a_reversal_takes_the_difference_back_and_is_listed(chain: Chain) -> None:
    opened(chain, 1, "100")
    sold(chain, 2, "20")
    shift = closed(chain, 3, ("10", "15"))

    with chain.as_("zhou", "hq"), env.frozen(MORNING + timedelta(hours=4)):
        run("till.shift.reverse", shift.pk, {"reason": "点错了"})

    assert (cash(chain), lost(chain)) == (70, 0)
    shift.document.refresh_from_db()
    assert "shift_reversed" in odd(shift)


def test_slips_belong_to_a_shift_by_their_moment(chain: Chain) -> None:
    sold(chain, 0.5, "1")  # before anybody opened
    opened(chain, 1, "0")
    sold(chain, 2, "20")
    sold(chain, 2.5, "2", "WECHAT")
    first = closed(chain, 3, ("50", "1"), ("20", "1"))
    opened(chain, 3, "0")
    sold(chain, 4, "10")
    second = closed(chain, 5, ("5", "7"))

    assert (first.expected, second.expected) == (70, 35)
    with env.frozen(MORNING + timedelta(hours=6)):
        days = queries.till_days(chain.units["north"], second.document.business_date)
    (day,) = [one for one in days if one.shifts]
    assert [told.sales for _shift, told, _odd in day.shifts] == [2, 1]
    assert [(one.code, one.facts) for one in day.odd] == [("till_outside", {"n": "1"})]


def test_what_comes_back_and_what_is_reversed_leaves_the_drawer(chain: Chain) -> None:
    early = sold(chain, 0.5, "4")  # 14 before the shift, taken back within it
    opened(chain, 1, "100")
    sale = sold(chain, 2, "20")
    line = at(2, chain, "chen", lambda: _line_of(sale))
    payload = {
        "sale": str(sale), "lines": [{"sold": str(line), "quantity": "2"}],
        "payments": [{"method": "CASH", "amount": "7.00"}],
    }  # fmt: skip
    at(2.2, chain, "chen", lambda: run("till.return.take_back", payload=payload))
    at(2.4, chain, "zhou", lambda: run("till.sale.reverse", early, {"reason": "x"}), "hq")

    shift = closed(chain, 3, ("100", "1"))

    assert shift.expected == 100 + 70 - 7 - 14


def _line_of(sale: UUID) -> UUID:
    found = queries.visible(Sale, "till.sale.ring_up").get(pk=sale)
    slip = _slip(found.document)
    pk: UUID = slip.lines[0].pk
    return pk


def _slip(document: Document) -> Any:
    from tongpan.business.till.queries import slip_of

    return slip_of(document)


def test_a_slip_that_comes_late_is_listed(chain: Chain) -> None:
    opened(chain, 1, "0")
    shift = closed(chain, 3)
    sold(chain, 2, "20")  # written later, with its own moment

    assert odd(shift) == ["shift_late"]


def test_a_float_that_is_not_what_was_left_is_listed(chain: Chain) -> None:
    opened(chain, 1, "100")
    closed(chain, 2, ("100", "1"), kept="100")

    running = opened(chain, 3, "80", "chen")
    shift = closed(chain, 4, ("20", "4"), name="chen")

    assert running.left_before == 100
    assert shift.difference == 0
    assert odd(shift) == ["shift_float"]


def test_one_shift_runs_at_a_till_at_a_time(chain: Chain) -> None:
    opened(chain, 1, "100")

    with pytest.raises(Refusal) as refused:
        opened(chain, 2, "100", "chen")

    assert refused.value.code == "shift_is_open"
    assert OpenShift.unscoped.get().clerk == chain.people["lin"]


@pytest.mark.parametrize(
    ("payload", "code"),
    [
        ({"counts": [{"kind": "note", "face": "3", "pieces": "1"}]}, "count_format"),
        ({"counts": [{"kind": "note", "face": "100", "pieces": "-1"}]}, "count_format"),
        ({"counts": [], "kept": "1"}, "kept_more"),
        ({"counts": [], "kept": "1.005"}, "float_format"),
        ({"counts": [], "kept": "１"}, "float_format"),
    ],
)
def test_a_count_that_cannot_be_is_refused_and_the_shift_runs_on(
    chain: Chain, payload: dict[str, Any], code: str
) -> None:
    opened(chain, 1, "100")

    with pytest.raises(Refusal) as refused:
        at(2, chain, "lin", lambda: run("till.shift.close", payload=payload))

    assert [problem["code"] for problem in refused.value.problems] == [code]
    assert OpenShift.unscoped.exists()


def test_nothing_is_closed_where_nothing_runs(chain: Chain) -> None:
    with pytest.raises(Refusal) as refused:
        closed(chain, 1)
    assert refused.value.code == "no_shift"


def test_a_person_without_the_permission_opens_nothing(chain: Chain) -> None:
    RoleAction.objects.filter(code="till.shift.keep").delete()

    with pytest.raises(Forbidden):
        opened(chain, 1, "0")


def test_closed_twice_by_one_request_it_is_closed_once(chain: Chain) -> None:
    opened(chain, 1, "0")
    request = env.new_id()

    def close() -> bool:
        return run("till.shift.close", payload={"counts": []}, request_id=request).is_repeat

    assert [at(2, chain, "lin", close), at(2.1, chain, "lin", close)] == [False, True]
    assert Shift.unscoped.count() == 1


def test_a_day_closes_whatever_is_odd_and_keeps_what_it_was(chain: Chain) -> None:
    opened(chain, 1, "100")
    shift = closed(chain, 2, ("50", "1"))
    opened(chain, 3, "0")
    payload = {
        "store": str(chain.units["north"].pk), "on": shift.document.business_date.isoformat(),
    }  # fmt: skip

    at(4, chain, "chen", lambda: run("till.day.close", payload=payload), "north")

    listed = DayClose.unscoped.get().listed
    assert [(one["shift"], one["code"]) for one in listed] == [
        (shift.document.number, "shift_short"),
        ("", "till_still_open"),
    ]
    with pytest.raises(Refusal) as refused:
        at(5, chain, "chen", lambda: run("till.day.close", payload=payload), "north")
    assert refused.value.code == "day_is_closed"


@given(st.lists(st.tuples(st.sampled_from(DENOMINATIONS["CNY"]), st.integers(0, 100_000))))
def test_what_was_counted_comes_to_the_sum_of_its_pieces(
    rows: list[tuple[tuple[str, Decimal], int]],
) -> None:
    typed = [
        {"kind": kind, "face": format(face, "f"), "pieces": str(many)}
        for (kind, face), many in rows
    ]

    read = [read_count(row) for row in typed]

    assert None not in read
    cents = sum(int(face * 100) * many for (_kind, face), many in rows)
    assert counted([one for one in read if one]) * 100 == cents


def test_a_count_is_of_known_notes_in_whole_pieces() -> None:
    assert read_count({"kind": "coin", "face": "0.5", "pieces": "3"}) == Count(
        "coin", Decimal("0.5"), 3
    )
    for wrong in ("", "1.5", "-1", "１", "100001", "1e3"):
        assert read_count({"kind": "note", "face": "100", "pieces": wrong}) is None
    assert FACES[0] == 100


def test_payments_that_nobody_knows_the_end_of_are_named_and_keep_no_shift_open(
    chain: Chain, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[tuple[UUID, Any, Any]] = []

    def unknown(till: UUID, since: Any, until: Any) -> tuple[int, Decimal]:
        asked.append((till, since, until))
        return 2, Decimal("37.90")

    monkeypatch.setattr(queries, "_unknown", [unknown])
    run_at = lambda hour, deed: at(hour, chain, "lin", deed)  # noqa: E731
    run_at(1, lambda: run("till.shift.open", payload={"float": "0"}))
    with system(reason="looking"), env.frozen(MORNING + timedelta(hours=2)):
        open_then = queries.till_days(chain.units["north"], MORNING.date())
    run_at(3, lambda: run("till.shift.close", payload={"counts": [], "kept": "0"}))
    with system(reason="looking"):
        shift = Shift.unscoped.get()
        told = queries.figures(chain.units["till"], shift.opened_at, shift.closed_at)
        odd = list(queries.oddities(shift, told))

    wanted = queries.Odd("shift_unknown", {"n": "2", "amount": "¥37.90"})
    assert wanted in odd
    assert any(wanted in day.odd for day in open_then)
    assert asked[-1] == (chain.units["till"].pk, shift.opened_at, shift.closed_at)
