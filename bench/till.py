"""A till among as many items as a large shop has: scans, and the call that prices a basket.

`scan_*` and `glued_*` are those of `bench till_scan`: in a real browser, from the scanner's last
key to the line. `promo_*` is the till's own call with 100 lines under 200 live promotions, measured
through the view as a till asks it.

Promotions are documents of many kinds: for single goods, of which the best counts; for brands; sets
of a brand; a 满减 for each category; some exclusive; for the whole basket several, of which one
counts. `promo_p99_ms` is the whole answer, from the request to its text.
"""

import argparse
import random
import statistics
from datetime import UTC
from decimal import Decimal
from time import process_time
from typing import Any

from django.conf import settings
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from bench import till_scan
from tongpan.base import env
from tongpan.business.promotions.models import PromotionGroup
from tongpan.config.collector import spare_the_program
from tongpan.config.laboratory import laboratory, named
from tongpan.config.proofs.shop import furnish, price_of
from tongpan.faces.cli import Result
from tongpan.kernel.documents.gate import run as act
from tongpan.kernel.org.models import Grant, OrgUnit, Person, Role, RoleAction
from tongpan.kernel.org.scope import acting, system
from tongpan.masters.items.models import Item, ItemCategory

HELP = "收银台：扫码、算促销 · the till: scans, and 100 lines under 200 promotions (--items)"
ITEMS, NEAR, LINES, PROMOTIONS = 100_000, 1000, 100, 200
CATEGORIES, BRANDS = 12, 60
WARM_UP, MEASURED, P99_MAX_MS = 10, 200, 50.0
Row = dict[str, Any]


def run(given: argparse.Namespace) -> Result:
    items = given.items or ITEMS
    scanned = till_scan.run(given)
    settings.ALLOWED_HOSTS = ["testserver"]
    with laboratory(stores=1) as lab:
        settings.DEFAULT_COMPANY = connection.schema_name  # type: ignore[attr-defined]
        furnish(1, items)
        _sort_goods()
        _promote(random.Random(1))
        with lab.connect() as owner:
            owner.execute("analyze")
        client = Client()
        client.force_login(Person.objects.get(username="lin"))
        client.post("/till/choose/", {"till": str(named("till 0"))})
        spare_the_program()  # as a server does, which has not made the stage itself
        priced = {"lines": LINES, "promotions": PROMOTIONS, **_figures(client)}
    facts = {**scanned.facts, **priced}
    text = "\n".join(f"{name}: {value}" for name, value in facts.items())
    is_priced = priced["promo_p99_ms"] < P99_MAX_MS and priced["share_mismatch"] == 0
    return Result(holds=scanned.holds and is_priced, facts=facts, text=text)


def _figures(client: Client) -> Row:
    taken_ms: list[float] = []
    worked_ms: list[float] = []
    wrong = applied = 0
    for seed in range(WARM_UP + MEASURED):
        body = {"lines": _basket(random.Random(seed)), "payments": []}
        began_s, began_work_s = env.monotonic_s(), process_time()
        answer = client.post("/till/price", body, content_type="application/json")
        took_ms = (env.monotonic_s() - began_s) * 1000
        worked_s = process_time()
        told = answer.json()
        assert "refused" not in told, told
        if seed >= WARM_UP:
            taken_ms.append(took_ms)
            worked_ms.append((worked_s - began_work_s) * 1000)
            wrong += not _adds_up(told)
            applied += sum(bool(line["shares"]) for line in told["lines"])
    with CaptureQueriesContext(connection) as asked:
        client.post("/till/price", body, content_type="application/json")
    cuts = statistics.quantiles(taken_ms, n=100)
    work = statistics.quantiles(worked_ms, n=100)
    return {
        "baskets": MEASURED,
        "promo_p50_ms": round(cuts[49], 1),
        "promo_p99_ms": round(cuts[98], 1),
        "promo_max_ms": round(max(taken_ms), 1),
        "processor_p50_ms": round(work[49], 1),
        "processor_p99_ms": round(work[98], 1),
        "statements": len(asked),
        "lines_with_shares_on_average": round(applied / MEASURED, 1),
        "share_mismatch": wrong,
    }


def _adds_up(told: Row) -> bool:
    lines = told["lines"]
    return Decimal(told["total"]) == sum(Decimal(n["left"]) for n in lines) and all(
        Decimal(n["left"]) + sum(Decimal(s["amount"]) for s in n["shares"]) == Decimal(n["amount"])
        for n in lines
    )


def _basket(chance: random.Random) -> list[Row]:
    piece = str(named("piece"))
    return [
        {
            "item": str(named(f"item {n}")), "unit": piece, "price": None,
            "quantity": str(chance.choice((1, 1, 1, 2, 2, 3, 4))), "listed": str(price_of(n)),
        }
        for n in chance.sample(range(NEAR), LINES)
    ]  # fmt: skip


# -- the stage -------------------------------------------------------------------------------------


def _sort_goods() -> None:
    """Categories and brands for the goods that baskets are made of."""
    with system(reason="the stage of a measurement"):
        sorts = [
            ItemCategory.objects.create(
                id=named(f"category {n}"), code=f"c{n}", name=f"分类 {n}", path=f"/c{n}/"
            )
            for n in range(CATEGORIES)
        ]
        near = list(Item.objects.filter(pk__in=[named(f"item {n}") for n in range(NEAR)]))
        for item in near:
            number = int(item.code[1:])
            item.category, item.brand = sorts[number % CATEGORIES], f"b{number % BRANDS}"
        Item.objects.bulk_update(near, ["category", "brand"])


def _promote(chance: random.Random) -> None:
    """200 promotions, approved one by one as a merchandiser would."""
    makers = (
        [_of_an_item] * 90 + [_of_a_brand] * 40 + [_set_of_a_brand] * 30 + [_of_a_category] * 30
        + [_of_everything] * 4 + [_exclusive] * 6
    )  # fmt: skip
    with system(reason="the stage of a measurement"):
        top = OrgUnit.objects.get(code="lab")
        boss = Person.objects.create(username="boss", name="周敏")
        role = Role.objects.create(code="boss", name="老板")
        RoleAction.objects.create(role=role, code="*")
        Grant.objects.create(person=boss, role=role, unit=top)
        rules = (
            ("item", "best", 0),
            ("sets", "stack", 1),
            ("sorts", "stack", 2),
            ("all", "one", 9),
        )
        for code, rule, position in rules:
            PromotionGroup.objects.create(
                id=named(f"group {code}"), code=code, name=code, rule=rule, position=position
            )
    began = env.now().astimezone(UTC).date().replace(day=1).isoformat()
    with acting(boss, top):
        for number, make in enumerate(makers):
            header, lines = make(chance, number)
            header |= {"title": f"活动 {number}", "begins_on": began}
            draft = act("promotions.promotion.save", payload={
                "header": header, "lines": lines or [{"part": "all"}], "unit": "lab",
            })  # fmt: skip
            act("promotions.promotion.post", draft.subject)


def _of_an_item(chance: random.Random, _number: int) -> tuple[Row, list[Row]]:
    terms = chance.choice((
        {"kind": "percent_off", "percent": "15"}, {"kind": "amount_off", "amount": "1.00"},
        {"kind": "fixed_price", "price": "9.90"},
    ))  # fmt: skip
    return terms | {"group": _group("item")}, _goods(*chance.sample(range(NEAR), 5))


def _of_a_brand(chance: random.Random, _number: int) -> tuple[Row, list[Row]]:
    brand = {"part": "goods", "brand": f"b{chance.randrange(BRANDS)}"}
    percent = chance.choice(("5", "10", "20"))
    return {"kind": "percent_off", "percent": percent, "group": _group("item")}, [brand]


def _set_of_a_brand(chance: random.Random, number: int) -> tuple[Row, list[Row]]:
    terms = chance.choice((
        {"kind": "nth_percent", "nth": 2, "percent": "50"}, {"kind": "buy_get", "buy": 2, "get": 1},
    ))  # fmt: skip
    brand = {"part": "goods", "brand": f"b{number % BRANDS}"}
    return terms | {"group": _group("sets")}, [brand]


def _of_a_category(chance: random.Random, number: int) -> tuple[Row, list[Row]]:
    steps = [
        {"part": "step", "least": least, "off": off}
        for least, off in (("100", "10"), ("200", "25"))
    ]
    kind, more = chance.choice((
        ({"kind": "spend_save"}, steps),
        ({"kind": "spend_save_each", "spend": "100", "save_amount": "10"}, []),
    ))  # fmt: skip
    sort = {"part": "goods", "category": str(named(f"category {number % CATEGORIES}"))}
    return kind | {"group": _group("sorts")}, [sort, *more]


def _of_everything(chance: random.Random, _number: int) -> tuple[Row, list[Row]]:
    terms = {"kind": "spend_save_each", "spend": "300", "save_amount": str(chance.randint(10, 20))}
    return terms | {"group": _group("all")}, []


def _exclusive(chance: random.Random, _number: int) -> tuple[Row, list[Row]]:
    terms = {"kind": "percent_off", "percent": "40", "is_exclusive": True}
    return terms, _goods(*chance.sample(range(NEAR), 3))


def _group(code: str) -> str:
    return str(named(f"group {code}"))


def _goods(*numbers: int) -> list[Row]:
    return [{"part": "goods", "item": str(named(f"item {n}"))} for n in numbers]
