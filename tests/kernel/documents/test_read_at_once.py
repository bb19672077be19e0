"""Rows of several kinds come in one statement, as each would have come by itself."""

from typing import Any

import pytest
from django.db.models import Exists, OuterRef, QuerySet

from tests.chain import Chain, a_transfer
from tongpan.base import env
from tongpan.kernel.companies.at_once import read_at_once
from tongpan.kernel.documents.gate import run
from tongpan.kernel.documents.models import Document, Request
from tongpan.kernel.ledger.models import Account
from tongpan.kernel.org.models import OrgUnit, Person, SettingValue
from tongpan.kernel.org.scope import MaskedField, visible
from tongpan.masters.items.models import Item, ItemUnit


def columns(row: Any) -> Any:
    """All that is kept of a row, and of the rows beside it."""
    if not hasattr(row, "_state"):
        return row
    known = {name: value for name, value in row.__dict__.items() if name[0] != "_"}
    return known | {name: columns(one) for name, one in row._state.fields_cache.items() if one}


def each_by_itself(*wanted: QuerySet[Any]) -> Any:
    return [[columns(row) for row in rows.all()] for rows in wanted]


def at_once(*wanted: QuerySet[Any]) -> Any:
    return [[columns(row) for row in rows] for rows in read_at_once(*wanted)]


def test_rows_of_several_kinds_are_as_if_each_were_asked_for(
    chain: Chain, django_assert_num_queries: Any
) -> None:
    with chain.as_("wang", "warehouse"):
        sent = a_transfer(chain, "warehouse", "north", {"milk": "4"}).subject
        run("stock.transfer.post", sent, request_id=env.new_id())
        north, south = (OrgUnit.objects.filter(code=code)[:1] for code in ("S01", "S02"))
        wanted = (
            visible(Document, "stock.transfer.view").select_related("org_unit", "other_unit"),
            visible(Item).select_related("base_unit", "family").order_by("-code")[:3]
            .annotate(packed=Exists(ItemUnit.objects.filter(item=OuterRef("pk")))),
            Account.unscoped.order_by("inflow"),
            visible(Item).filter(name__contains="100%").values_list("code", "pk"),
            Request.objects.all(),
            Person.objects.filter(username="wang"),
            north.union(south, all=True),
            visible(Item).values_list("code", "category__pk"),
        )  # fmt: skip
        told = each_by_itself(*wanted)
        assert [len(rows) for rows in told][:5] == [2, 3, Account.unscoped.count(), 0, 1]

        with django_assert_num_queries(1):
            assert at_once(*wanted) == told


def test_what_nothing_can_be_is_not_asked_for(chain: Chain, django_assert_num_queries: Any) -> None:
    with chain.as_("zhou", "hq"), django_assert_num_queries(1):
        nothing, (north,) = read_at_once(Item.objects.none(), OrgUnit.objects.filter(code="S01"))

    assert (nothing, north) == ([], chain.units["north"])
    with django_assert_num_queries(0):
        assert read_at_once(Item.objects.filter(pk__in=[])) == [[]]


def test_rows_stay_scoped_and_masked(chain: Chain) -> None:
    with chain.as_("wang", "warehouse"):
        a_transfer(chain, "warehouse", "north", {"milk": "4"})
    with chain.as_("zhao", "south"):
        found, people = read_at_once(visible(Document, "stock.transfer.view"), visible(Person))

        assert found == []
        with pytest.raises(MaskedField):
            people[0].password  # noqa: B018


def test_what_would_come_as_something_else_is_refused(chain: Chain) -> None:
    SettingValue.objects.create(code="x", unit=chain.units["hq"], value=[1])

    with pytest.raises(AssertionError, match="value"):
        read_at_once(SettingValue.objects.all())
