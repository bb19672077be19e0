"""A thousand items at twenty units: the overview costs little more than the bare statement."""

from collections.abc import Callable
from statistics import median

import pytest
from django.db import connection

from tests.chain import Chain, a_chain
from tongpan.base import env
from tongpan.business.stock import accounts as at
from tongpan.business.stock import overview as reading
from tongpan.kernel.ledger.posting import open_accounts
from tongpan.kernel.org.models import OrgUnit
from tongpan.kernel.org.scope import system
from tongpan.masters.items.models import Item

pytestmark = pytest.mark.usefixtures("company")
ITEMS, UNITS, TIMES = 1000, 20, 5
BARE = """
select a.unit, a.org_unit, a.role, a.inflow - a.outflow from account a
  where a.unit = any(%s) and a.org_unit = any(%s) and a.role = any('{shelf,damaged,in_transit}')
"""


@pytest.fixture
def chain() -> Chain:
    chain = a_chain()
    with system(reason="a wide chain"):
        stores = [
            OrgUnit(
                parent=chain.units["hq"], kind="store", code=f"X{n:02}", name=f"第 {n} 店",
                entity=chain.units["hq"].entity,
            )
            for n in range(UNITS)
        ]  # fmt: skip
        for store in stores:
            store.save()
        base = chain.measures["box"]
        items = [Item(code=f"Z{n:05}", name=f"商品 {n}", base_unit=base) for n in range(ITEMS)]
        Item.objects.bulk_create(items)
        for store in stores:
            open_accounts([at.shelf(store.pk, store.pk, item.pk) for item in items])
    with connection.cursor() as cursor:
        cursor.execute("analyze account")
    chain.__dict__["wide"] = [store.pk for store in stores]
    return chain


def seconds(act: Callable[[], object]) -> float:
    times = []
    for _ in range(TIMES):
        began = env.monotonic_s()
        act()
        times.append(env.monotonic_s() - began)
    return median(times)


def test_the_overview_of_a_thousand_items_costs_at_most_thrice_the_bare_statement(
    chain: Chain,
) -> None:
    units = chain.__dict__["wide"]
    wanted = reading.Wanted(after="Z", size=ITEMS)

    def bare() -> None:
        with connection.cursor() as cursor:
            cursor.execute(
                "select id from items_item where code > 'Z' order by code limit %s", [ITEMS]
            )
            items = [pk for (pk,) in cursor.fetchall()]
            cursor.execute(BARE, [items, units])
            assert len(cursor.fetchall()) == ITEMS * UNITS

    with system(reason="measure"):
        page = reading.overview(wanted, units)
        assert len(page.figures) == ITEMS * UNITS
        ratio = seconds(lambda: reading.overview(wanted, units)) / seconds(bare)

    print(f"overview / bare: {ratio:.2f}")
    assert ratio <= 3
