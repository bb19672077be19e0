"""Lists: filtered, paged by key, counted up to a cap, and of what one may see."""

import base64
from datetime import date, timedelta
from typing import Any
from uuid import UUID

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.chain import NOON, Chain, a_transfer, on_shelf
from tongpan.base import env
from tongpan.base.refusals import Refusal
from tongpan.business.stock.models import Transfer
from tongpan.kernel.documents import lists
from tongpan.kernel.documents.gate import run
from tongpan.kernel.documents.lists import (
    Wanted,
    around,
    page_of,
    totals_of,
    waiting_counts,
)
from tongpan.kernel.documents.models import Document
from tongpan.kernel.documents.registry import document_type

TRANSFER = document_type("stock.transfer")


def a_draft(chain: Chain, day: str, to: str = "north", by: str = "wang", **more: Any) -> UUID:
    with chain.as_(by, "warehouse"):
        more = {"business_date": day} | more
        return a_transfer(chain, "warehouse", to, {"milk": "1"}, **more).subject


@pytest.fixture
def drafts(chain: Chain) -> list[UUID]:
    """Twelve of them over five days, several on the same day."""
    return [a_draft(chain, f"2026-11-{1 + n % 5:02}", note=f"note {n}") for n in range(12)]


def ids(page: Any) -> list[UUID]:
    return [row.document_id for row in page.rows]


def all_pages(size: int, order: Any = "latest", wanted: Wanted | None = None) -> list[list[UUID]]:
    pages, cursor = [], None
    while True:
        page = page_of(TRANSFER, wanted or Wanted(), cursor=cursor, size=size, order=order)
        pages.append(ids(page))
        cursor = page.next_cursor
        if cursor is None:
            return pages


# -- pages ---------------------------------------------------------------------------------------


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(size=st.integers(1, 15), order=st.sampled_from(["latest", "oldest"]))
def test_pages_by_key_are_the_pages_by_offset(
    chain: Chain, drafts: list[UUID], size: int, order: str
) -> None:
    sign = "-" if order == "latest" else ""
    keys = (f"{sign}business_date", f"{sign}id")
    whole = list(Document.unscoped.filter(type="stock.transfer").order_by(*keys))
    whole_ids = [row.pk for row in whole]

    with chain.as_("wang", "warehouse"):
        pages = all_pages(size, order)

    assert pages == [whole_ids[n : n + size] for n in range(0, len(whole_ids), size)]


def test_a_row_that_comes_between_shifts_no_page(chain: Chain, drafts: list[UUID]) -> None:
    with chain.as_("wang", "warehouse"):
        first = page_of(TRANSFER, Wanted(), size=5)
        before = ids(page_of(TRANSFER, Wanted(), cursor=first.next_cursor, size=20))
    a_draft(chain, "2026-11-20")

    with chain.as_("wang", "warehouse"):
        after = ids(page_of(TRANSFER, Wanted(), cursor=first.next_cursor, size=20))

    assert after == before


def test_a_page_is_neither_empty_nor_endless(
    chain: Chain, drafts: list[UUID], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(lists, "PAGE_MAX", 7)
    with chain.as_("wang", "warehouse"):
        assert len(page_of(TRANSFER, Wanted(), size=10**9).rows) == 7
        assert len(page_of(TRANSFER, Wanted(), size=0).rows) == 1
        assert len(page_of(TRANSFER, Wanted(), size=-5).rows) == 1


@pytest.mark.parametrize("size", [1, 12])
def test_a_page_costs_two_statements(
    chain: Chain, drafts: list[UUID], size: int, django_assert_num_queries: Any
) -> None:
    with chain.as_("wang", "warehouse"):
        page_of(TRANSFER, Wanted(), size=1)  # what Wang holds is read by now
        with django_assert_num_queries(2):
            for row in page_of(TRANSFER, Wanted(), size=size).rows:
                assert row.document.org_unit.name
                assert row.document.created_by.name
                assert str(row.from_place)


def test_a_document_of_one_unit_alone_is_listed_with_it(
    chain: Chain, django_assert_num_queries: Any
) -> None:
    on_shelf(chain, "warehouse", milk=("100", "8.50"))
    opening = document_type("stock.opening")
    with chain.as_("zhou", "hq"):
        page_of(opening, Wanted(), size=1)
        with django_assert_num_queries(2):
            for row in page_of(opening, Wanted()).rows:
                assert row.document.org_unit == row.place.unit == chain.units["warehouse"]
                assert row.document.other_unit is None


TAMPERED = [
    "x", "....", "MjAyNi0xMS0yMQ==", "é", "\0", "\ud800", "AAAA" * 2000,
    base64.urlsafe_b64encode(b"2026-11-21").decode(),
    base64.urlsafe_b64encode(b"2026-11-21 5").decode(),
    base64.urlsafe_b64encode(b"2026-99-99 00000000-0000-0000-0000-000000000000").decode(),
    base64.urlsafe_b64encode(b"[" * 5000).decode(),
    base64.urlsafe_b64encode(b'["2026-11-21", 5]').decode(),
    base64.urlsafe_b64encode(b"\xff\xfe \x00").decode(),
    base64.urlsafe_b64encode(b"a b c").decode(),
]  # fmt: skip


@pytest.mark.parametrize("cursor", TAMPERED)
def test_a_cursor_that_was_tampered_with_is_refused(chain: Chain, cursor: str) -> None:
    with chain.as_("wang", "warehouse"), pytest.raises(Refusal) as no:
        page_of(TRANSFER, Wanted(), cursor=cursor)

    assert no.value.code == "cursor_invalid"


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(st.text(min_size=1))
def test_no_cursor_ever_crashes(chain: Chain, cursor: str) -> None:
    with chain.as_("wang", "warehouse"), pytest.raises(Refusal, match="cursor_invalid"):
        page_of(TRANSFER, Wanted(), cursor=cursor)


def test_a_cursor_made_by_hand_shows_no_more_than_one_may_see(chain: Chain) -> None:
    hidden = a_draft(chain, "2026-11-02", to="south")
    cursor = base64.urlsafe_b64encode(f"2200-01-01 {env.new_id()}".encode()).decode()

    with chain.as_("lin", "north"):
        assert hidden not in ids(page_of(TRANSFER, Wanted(), cursor=cursor))


# -- what is wanted ------------------------------------------------------------------------------


def test_every_filter_narrows(chain: Chain) -> None:
    early = a_draft(chain, "2026-11-02", note="fragile goods")
    south = a_draft(chain, "2026-11-03", to="south")
    zhou = a_draft(chain, "2026-11-04", by="zhou")
    with chain.as_("zhou", "warehouse"):
        run("stock.transfer.post", south)
        units, people = chain.units, chain.people

        def wanted(**more: Any) -> set[UUID]:
            return set(ids(page_of(TRANSFER, Wanted(**more))))

        assert wanted() == {early, south, zhou}
        assert wanted(text="Fragile") == {early}
        assert wanted(text="db-w01") == {south}
        assert wanted(text="00001") == set()  # a number is found by its beginning
        assert wanted(text="a\0b") == set()
        assert wanted(text="\0") == {early, south, zhou}
        assert wanted(text="100%") == wanted(text="_") == set()
        assert wanted(states=["posted"]) == {south}
        assert wanted(states=["draft", "posted"]) == {early, south, zhou}
        assert wanted(units=[units["south"].pk]) == {south}
        assert wanted(units=[units["warehouse"].pk]) == {early, south, zhou}
        assert wanted(since=date(2026, 11, 3)) == {south, zhou}
        assert wanted(until=date(2026, 11, 3)) == {early, south}
        assert wanted(by=people["zhou"].pk) == {zhou}
        assert wanted(fields={"to_place": chain.places["south"].pk}) == {south}
        assert wanted(fields={"to_place": chain.places["south"].pk}, states=["draft"]) == set()


@pytest.mark.parametrize(
    "name", ["wanted_on", "document", "to_place__unit", "document__created_by__password", "x"]
)
def test_only_references_of_the_header_are_filters(chain: Chain, name: str) -> None:
    with chain.as_("zhou", "warehouse"), pytest.raises(Refusal) as no:
        page_of(TRANSFER, Wanted(fields={name: "1"}))

    assert (no.value.code, no.value.facts) == ("filter_not_allowed", {"name": name})


def test_one_sees_the_documents_of_ones_units_at_either_end(chain: Chain) -> None:
    north = a_draft(chain, "2026-11-02", to="north")
    south = a_draft(chain, "2026-11-03", to="south")

    def seen(who: str, at: str) -> set[UUID]:
        with chain.as_(who, at):
            return set(ids(page_of(TRANSFER, Wanted())))

    assert seen("zhou", "hq") == seen("wang", "warehouse") == {north, south}
    assert seen("lin", "north") == {north}
    assert seen("zhao", "south") == {south}


# -- totals, neighbours, what waits ---------------------------------------------------------------


def test_totals_are_of_everything_that_is_wanted_up_to_a_cap(
    chain: Chain, monkeypatch: pytest.MonkeyPatch
) -> None:
    opening = document_type("stock.opening")
    with chain.as_("zhou", "warehouse"):
        for cost in ("1.00", "2.00", "4.00"):
            run("stock.opening.save", payload={
                "header": {"place": "W01"}, "business_date": "2026-11-01",
                "lines": [{"item": "10002", "quantity": "1", "unit_cost": cost}],
            })  # fmt: skip
        november = Wanted(until=date(2026, 11, 1))
        exact = totals_of(opening, november)
        monkeypatch.setattr(lists, "COUNT_MAX", 2)
        capped = totals_of(opening, november)

    assert (exact.count, exact.total, exact.is_capped) == (3, 7, False)
    assert (capped.count, capped.is_capped) == (2, True)


def test_the_neighbours_of_a_document_are_those_beside_it_in_the_list(
    chain: Chain, drafts: list[UUID]
) -> None:
    with chain.as_("wang", "warehouse"):
        whole = ids(page_of(TRANSFER, Wanted()))
        near = {pk: around(TRANSFER, Document.unscoped.get(pk=pk)) for pk in whole}

    padded = [None, *whole, None]
    assert {pk: (one.later, one.earlier) for pk, one in near.items()} == {
        pk: (padded[n], padded[n + 2]) for n, pk in enumerate(whole)
    }


def test_what_waits_is_counted_by_who_must_do_it(chain: Chain) -> None:
    mine, theirs = a_draft(chain, "2026-11-02"), a_draft(chain, "2026-11-02", by="zhou")
    with chain.as_("wang", "warehouse"):
        run("stock.transfer.submit", a_draft(chain, "2026-11-03"))
        run("stock.transfer.post", a_draft(chain, "2026-11-03"))
        waiting = waiting_counts(TRANSFER)

    assert (waiting.submitted, waiting.my_drafts) == (1, 1)
    assert mine != theirs


def test_a_family_is_all_that_a_document_came_from_and_that_came_of_it(chain: Chain) -> None:
    from tongpan.kernel.documents.following import prefill

    def kin(pk: UUID) -> set[UUID]:
        document = Document.unscoped.get(pk=pk)
        return {d.pk for d in around(document_type(document.type), document).kin}

    with chain.as_("zhou", "warehouse"):
        wrong = a_draft(chain, "2026-11-02", by="zhou")
        run("stock.transfer.post", wrong)
        right = run("stock.transfer.amend", wrong, {"reason": "wrong"}).result
        run("stock.transfer.post", right)
        code = "stock.transfer_receipt"
        first, second = (
            run(f"{code}.save", payload=prefill(code, right)).subject for _ in range(2)
        )
        stranger = a_draft(chain, "2026-11-02", by="zhou")

        every = {wrong, right, first, second}
        assert all(kin(one) == every - {one} for one in every)
        assert kin(stranger) == set()
    with chain.as_("zhao", "south"):
        assert kin(first) == set()


def test_a_list_of_many_days_is_in_the_order_of_the_shop_s_days(chain: Chain) -> None:
    days = [NOON.date() - timedelta(days=n) for n in (3, 0, 2, 1)]
    for day in days:
        a_draft(chain, str(day))

    with chain.as_("wang", "warehouse"):
        rows = Transfer.objects.filter(document__in=ids(page_of(TRANSFER, Wanted())))
        listed = [r.document.business_date for r in page_of(TRANSFER, Wanted()).rows]

    assert listed == sorted(days, reverse=True)
    assert rows.count() == 4
