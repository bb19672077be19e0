"""`bench scan`: what a scan at a till costs among a hundred thousand items, asked as a till asks.

Barcodes, names in pinyin initials and codes that nobody knows, in turn, through every middleware
of the program, one after another as a cashier scans. Names come from `bench.goods`, so that
letters find many items; the whole answer is timed, with its statements counted.
"""

import argparse
import random
import statistics
from collections.abc import Callable, Iterator
from datetime import date
from decimal import Decimal

from django.conf import settings
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from pypinyin import lazy_pinyin

from bench.goods import BRANDS, KINDS, TASTES, _goods
from tongpan.base import env
from tongpan.config.laboratory import laboratory, named
from tongpan.faces.cli import Result
from tongpan.kernel.org.models import Grant, OrgUnit, Person, Role, RoleAction
from tongpan.kernel.org.scope import system
from tongpan.masters.items.models import Barcode, Item, UnitOfMeasure
from tongpan.masters.items.rules.barcodes import check_digit
from tongpan.masters.places.models import Place
from tongpan.masters.prices.models import Price, PriceList
from tongpan.masters.search import search_text
from tongpan.masters.taxes.models import TaxCategory, TaxRate

HELP = "扫码的反应时间 · how soon a scan is answered (--rows items)"
ITEMS, SCANS, BATCH = 100_000, 250, 5_000
P99_MAX_MS, STATEMENTS_MAX = 100.0, 16
BEGAN = date(2026, 1, 1)


def run(given: argparse.Namespace) -> Result:
    items = given.rows or ITEMS
    settings.ALLOWED_HOSTS = ["testserver"]
    with laboratory(stores=1) as lab:
        settings.DEFAULT_COMPANY = connection.schema_name
        with system(reason="the stage of a measurement"):
            _furnish(items)
        with lab.connect() as owner:
            owner.execute("analyze")
        client = _machine()
        chance = random.Random(20261121)
        kinds: dict[str, Callable[[], str]] = {
            "barcode": lambda: _barcode(chance.randrange(items)),
            "code": lambda: str(10_000_000 + chance.randrange(items)),
            "initials": lambda: _initials(chance),
            "unknown": lambda: _barcode(items + chance.randrange(10**6)),
        }
        figures = {name: _figures(client, make) for name, make in kinds.items()}
    facts = {"items": items, "scans": SCANS * len(kinds), **figures}
    holds = all(
        f["p99_ms"] <= P99_MAX_MS and f["statements"] <= STATEMENTS_MAX for f in figures.values()
    )
    text = "\n".join(f"{name}: {value}" for name, value in facts.items())
    return Result(holds=holds, facts=facts, text=text)


def _figures(client: Client, make: Callable[[], str]) -> dict[str, float]:
    taken_ms = []
    for text in [make() for _ in range(SCANS)]:
        began_s = env.monotonic_s()
        answer = client.get("/till/scan", {"q": text})
        taken_ms.append((env.monotonic_s() - began_s) * 1000)
        assert answer.status_code == 200, answer.content
        assert "refused" not in answer.json(), answer.content
    with CaptureQueriesContext(connection) as asked:
        client.get("/till/scan", {"q": make()})
    cuts = statistics.quantiles(taken_ms, n=100)
    return {
        "p50_ms": round(cuts[49], 1),
        "p95_ms": round(cuts[94], 1),
        "p99_ms": round(cuts[98], 1),
        "statements": len(asked),
    }


def _machine() -> Client:
    client = Client()
    client.force_login(Person.objects.get(username="lin"))
    client.post("/till/choose/", {"till": str(named("till 0"))})
    return client


def _barcode(number: int) -> str:
    digits = f"69{number:010d}"
    return digits + check_digit(digits)


def _initials(chance: random.Random) -> str:
    """Of a taste and a kind, as somebody types them: yswyc for 原味乌龙茶."""
    kind = chance.choice(chance.choice(list(KINDS.values())))
    words = chance.choice([chance.choice(BRANDS) + kind, chance.choice(TASTES) + kind, kind])
    return "".join(syllable[0] for syllable in lazy_pinyin(words)).lower()


def _furnish(items: int) -> None:
    store = OrgUnit.objects.get(pk=named("store 0"))
    Place.unscoped.create(id=store.pk, unit=store, code="MAIN", name="Main", is_default=True)
    OrgUnit.objects.create(
        id=named("till 0"), parent=store, kind="till", code="s0-1", name="1 号机",
        entity=store.entity,
    )  # fmt: skip
    cashier = Person.objects.create(id=named("cashier"), username="lin", name="林小雨")
    role = Role.objects.create(code="cashier", name="收银员")
    RoleAction.objects.create(role=role, code="till.sale.ring_up")
    Grant.objects.create(person=cashier, role=role, unit=store)
    piece = UnitOfMeasure.objects.create(code="piece", name="个")
    goods = TaxCategory.objects.create(code="T13", name="一般货物")
    TaxRate.objects.create(category=goods, rate=Decimal("0.13"), valid_from=BEGAN)
    retail = PriceList.objects.create(
        code="RETAIL", name="零售价", org_unit=store, valid_from=BEGAN
    )
    for rows in _in_batches(items):
        made = [_item(n, piece, goods) for n in rows]
        Item.objects.bulk_create(made)
        Barcode.objects.bulk_create(
            Barcode(item=item, unit=piece, code=_barcode(n), kind="gtin")
            for n, item in zip(rows, made, strict=True)
        )
        Price.objects.bulk_create(
            Price(price_list=retail, item=item, unit=piece, price=Decimal(199 + n % 5000) / 100,
                  valid_from=BEGAN)
            for n, item in zip(rows, made, strict=True)
        )  # fmt: skip


def _item(number: int, unit: UnitOfMeasure, tax: TaxCategory) -> Item:
    code, name, _size, _category, brand, *_rest = _goods(number)
    return Item(
        code=code, name=name, brand=brand, base_unit=unit, tax_category=tax,
        search_text=search_text([code, _barcode(number)], [name, brand]),
    )  # fmt: skip


def _in_batches(count: int) -> Iterator[range]:
    return (range(n, min(n + BATCH, count)) for n in range(0, count, BATCH))
