"""What a process keeps of prices is what it would read: whatever changes, and at every minute."""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest
from django.db import transaction

from tests.business.till.test_ringing_up import a_shop, sell
from tests.chain import NOON, Chain, a_chain, on_shelf
from tests.conftest import OwnDatabase
from tongpan.base import env
from tongpan.base.refusals import Refusal
from tongpan.business.pricing.models import PriceLevel
from tongpan.business.promotions.queries import VERSION, changed
from tongpan.business.till import kept, queries, sorts
from tongpan.kernel.companies.calls import together
from tongpan.kernel.org.models import OrgUnit
from tongpan.kernel.org.scope import system
from tongpan.masters.items.models import (
    Item,
    ItemAtUnit,
    ItemCategory,
    ItemUnit,
    UnitOfMeasure,
)
from tongpan.masters.prices.models import Price, PriceList
from tongpan.masters.taxes.models import TaxCategory, TaxRate

pytestmark = pytest.mark.races
DAY = date(2026, 11, 21)
DAYS = [DAY + timedelta(days=n) for n in (0, 1, 2, 3)]
MINUTES = ("09:00", "13:59", "14:00", "23:59")


@pytest.fixture
def chain(own_database: OwnDatabase) -> Chain:
    chain = a_chain()
    with system(reason="the cast of the tests"), env.frozen(NOON):
        a_shop(chain)
    kept._kept.clear()
    kept._last.clear()
    return chain


def wanted(chain: Chain, day: date, clock: str) -> list[queries.AskedAt]:
    milk, path = chain.items["milk"], chain.units["north"].path
    return [(milk.pk, None, path, day, clock), (chain.items["cola"].pk, None, path, day, clock)]


def asked(asked_for: list[queries.AskedAt]) -> tuple[dict[queries.AskedAt, Any], int]:
    """The offers by what is kept, and how many of them were known without being read."""
    prices = kept.prices_of(asked_for)
    (said,) = together([prices.call])
    found = prices.offers(said)
    return {one: found.get(one) for one in asked_for}, len(prices.known)


def read(asked_for: list[queries.AskedAt]) -> dict[queries.AskedAt, Any]:
    """The offers as the database says them now."""
    (rows,) = together([queries.offers_call(asked_for)])
    found = queries.offers_read(rows)
    return {one: found.get(one) for one in asked_for}


def changes(chain: Chain) -> list[Callable[[], object]]:
    """Everything that may be done to a price, each a transaction of its own."""
    milk, listed = chain.items["milk"], PriceList.objects.get()
    north, hq = chain.units["north"], chain.units["hq"]
    usual = Price.objects.get(item=milk)
    goods = TaxCategory.objects.get()
    second = PriceList(code="NORTH", name="北门店", org_unit=north, valid_from=DAYS[2])
    low = Price(
        price_list=listed, item=milk, unit=milk.base_unit, price=Decimal("9.90"),
        valid_from=DAYS[0], from_clock="14:00",
    )  # fmt: skip
    level = PriceLevel(
        price_list=listed, item=milk, unit=milk.base_unit, from_quantity=Decimal(3),
        price=Decimal("8.80"), valid_from=DAYS[1], from_clock="14:00", valid_until=DAYS[2],
    )  # fmt: skip
    shut = ItemAtUnit(item=milk, org_unit=hq, valid_from=DAYS[3], is_sellable=False)
    return [
        low.save,
        second.save,
        lambda: Price.objects.create(
            price_list=second, item=milk, unit=milk.base_unit, price=Decimal("7.70"),
            valid_from=DAYS[0],
        ),
        level.save,
        shut.save,
        lambda: TaxRate.objects.create(category=goods, rate=Decimal("0.09"), valid_from=DAYS[3]),
        lambda: PriceList.objects.filter(pk=second.pk).update(valid_until=DAYS[2]),
        lambda: Price.objects.filter(pk=usual.pk).update(price=Decimal("12.00")),
        lambda: Item.objects.filter(pk=milk.pk).update(name="纯牛奶"),
        lambda: UnitOfMeasure.objects.filter(pk=milk.base_unit_id).update(name="袋子"),
        lambda: ItemUnit.objects.filter(item=milk).update(state="archived"),
        lambda: TaxCategory.objects.filter(pk=goods.pk).update(treatment="exempt"),
        lambda: PriceLevel.objects.filter(pk=level.pk).delete(),
        lambda: ItemAtUnit.unscoped.filter(pk=shut.pk).delete(),
        lambda: Price.objects.filter(pk=low.pk).delete(),
        lambda: OrgUnit.objects.filter(pk=north.pk).update(name="北门"),
        lambda: Item.objects.filter(pk=milk.pk).update(state="archived"),
    ]  # fmt: skip


def test_what_is_kept_is_what_would_be_read_whatever_changes_and_at_every_minute(
    chain: Chain,
) -> None:
    known = 0
    with system(reason="look"), env.frozen(NOON):
        for change in [lambda: None, *changes(chain)]:
            change()
            for day in DAYS:
                for clock in MINUTES:
                    found, of_them = asked(wanted(chain, day, clock))
                    assert found == read(wanted(chain, day, clock)), (change, day, clock)
                    known += of_them
            back, _known = asked(wanted(chain, DAYS[0], MINUTES[0]))  # a clock that went back
            assert back == read(wanted(chain, DAYS[0], MINUTES[0]))

    assert known > 18 * 16  # half of all questions and more: they needed no reading


def test_a_price_changes_under_the_next_sale_and_not_before_it_is_decided(
    chain: Chain, own_database: OwnDatabase
) -> None:
    on_shelf(chain, "north", milk=("10", "8.50"))
    sell(chain, {"milk": "1"}, {"CASH": "12.90"})

    with own_database.connect() as office, own_database.connect() as other, office.transaction():
        office.execute("update prices_price set price = 20 where price = 12.9")
        other.execute("set lock_timeout = '2s'")
        other.execute("update items_item set name = 'x' where code = '10003'")  # waits for nobody
        sell(chain, {"milk": "1"}, {"CASH": "12.90"})

    with pytest.raises(Refusal):
        sell(chain, {"milk": "1"}, {"CASH": "12.90"})
    sell(chain, {"milk": "1"}, {"CASH": "20"})


def test_inside_a_transaction_its_own_changes_are_seen_and_nothing_is_kept(chain: Chain) -> None:
    noon = datetime(2026, 11, 21, 4, 0, tzinfo=UTC)
    milk, store = chain.items["milk"], chain.units["north"]
    asked_for = wanted(chain, DAY, "12:00")
    with system(reason="look"), env.frozen(noon):
        asked(asked_for)
        with transaction.atomic():
            Price.objects.filter(item=milk).update(price=Decimal("1.00"))
            found, known = asked(asked_for)
            assert known == 0
            assert found[asked_for[0]].price == Decimal("1.00")
            transaction.set_rollback(True)
        found, known = asked(asked_for)
        assert known == 2
        assert found[asked_for[0]].price == Decimal("12.90")
        alone = queries.offers([(milk.pk, None)], store, noon)
        assert alone[milk.pk, None].price == Decimal("12.90")


def sorts_asked(items: list[UUID]) -> tuple[dict[UUID, sorts.Sort], int]:
    """Categories and brands by what is kept, and how many of them were known without being read."""
    before = sorts.known()
    of_them = len(before.of.keys() & {*items})
    said, word, version = together([*sorts.reading(items, before), VERSION])
    found = sorts.read(said, (word, version), before)
    if found is None:
        return sorts_asked(items)[0], 0
    return {item: found[item] for item in items}, of_them


def test_categories_and_brands_that_are_kept_are_those_that_would_be_read(chain: Chain) -> None:
    milk, cola = chain.items["milk"], chain.items["cola"]
    items = [milk.pk, cola.pk]
    drinks = ItemCategory.objects.create(code="D", name="饮料", path="/D/")
    sorts._kept.clear()
    changed()
    changes = [
        lambda: None,
        lambda: Item.objects.filter(pk=milk.pk).update(category=drinks),
        lambda: Item.objects.filter(pk=cola.pk).update(brand="可乐"),
        lambda: ItemCategory.objects.filter(pk=drinks.pk).update(path="/F/D/"),
        changed,
    ]
    for change in changes:
        change()
        for wanted_now in ([milk.pk], items, items):
            found, known = sorts_asked(wanted_now)
            (said,) = together(sorts.reading(wanted_now, sorts.NOTHING)[:1])
            assert found == sorts.sorts_of(said)
        assert known == 2  # the third time nothing had to be read
    assert found == {milk.pk: ("/F/D/", ""), cola.pk: ("", "可乐")}

    with transaction.atomic():  # sees its own changes, and keeps none
        Item.objects.filter(pk=milk.pk).update(brand="光明")
        assert sorts_asked(items)[0][milk.pk] == ("/F/D/", "光明")
        transaction.set_rollback(True)
    assert sorts_asked(items) == (found, 2)
