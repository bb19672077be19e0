"""What a till keeps of goods and prices is what the server says, and hears what changed."""

import json
import random
import shutil
import subprocess
from collections.abc import Callable, Iterator
from dataclasses import asdict
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from tests.chain import Chain
from tests.faces.pos.conftest import Machine
from tongpan.base.refusals import Refusal
from tongpan.business.pricing.models import PriceLevel
from tongpan.kernel.documents.fields import plain
from tongpan.kernel.org.scope import system
from tongpan.masters.items.models import Barcode, BarcodeLayout, Item, UnitOfMeasure
from tongpan.masters.items.rules.barcodes import check_digit, price_check_digit
from tongpan.masters.items.rules.labels import Layout
from tongpan.masters.items.rules.scans import read_scan
from tongpan.masters.prices.models import Price, PriceList

AtTill = Callable[..., Machine]
SCANS = Path(__file__).resolve().parents[3] / "src/tongpan/faces/pos/frontend/scans.js"
LAYOUTS = [
    Layout("20IIIIIWWWWWC"), Layout("21IIIIIPPPPPC"), Layout("22IIIIvPPPPPC"),
    Layout("23IIIIIQQQQQC"), Layout("24IIIIIPPPPPWWWWWC"), Layout("28IIIIvWWWWxC", 2, 1),
]  # fmt: skip
RUN = """
import { readScan, Refused } from %s;
const { codes, layouts } = JSON.parse(process.argv[1]);
console.log(JSON.stringify(codes.map((code) => {
  try { return readScan(code, layouts); }
  catch (no) { if (no instanceof Refused) return no.message; throw no; }
})));
"""


def codes() -> Iterator[str]:
    """Codes of every kind that scanners send, right ones and misread ones."""
    chance = random.Random(20261123)
    yield from ("", " ", "690", "]E0６９０\r\n", "a" * 61, "012345678905", "01234565", "11234531",
                "01234531", "01234541", "00000096385074")  # fmt: skip
    yield from ("可乐", "20\u200b00031", "２０")
    for layout in LAYOUTS * 30:
        code = "".join(
            str(chance.randrange(10)) if letter in "IWPQxvC" else letter
            for letter in layout.pattern
        )
        if "v" in layout.pattern and chance.random() < 0.7:
            letter = next(one for one in "WPQ" if one in layout.pattern)
            amount = "".join(d for d, p in zip(code, layout.pattern, strict=True) if p == letter)
            place = layout.pattern.index("v")
            code = code[:place] + price_check_digit(amount) + code[place + 1 :]
        if chance.random() < 0.1:
            code = code[:7] + "00000" + code[12:]
        yield code[:-1] + check_digit(code[:-1]) if chance.random() < 0.8 else code
    for length in (8, 12, 13, 14) * 40:
        code = "".join(str(chance.randrange(10)) for _ in range(length - 1))
        code = "0" * chance.choice([0, 0, 1, 6]) + code
        yield (code[-(length - 1) :] + check_digit(code[-(length - 1) :]))[:length]


def said_here(code: str) -> Any:
    try:
        scan = read_scan(code, LAYOUTS)
    except Refusal as no:
        return no.code
    label = scan.label and {
        name: plain(value) if isinstance(value, Decimal) else value
        for name, value in asdict(scan.label).items()
    }
    return {"codes": list(scan.codes), "label": label}


def test_the_browser_reads_each_scan_as_the_server_does() -> None:
    asked = list(codes())
    given = {"codes": asked, "layouts": [list(asdict(one).values()) for one in LAYOUTS]}
    script = RUN % json.dumps(SCANS.as_uri())
    node = shutil.which("node") or "node"
    ran = subprocess.run(
        [node, "--input-type=module", "-e", script, json.dumps(given)],
        capture_output=True, check=True, text=True, timeout=60,
    )  # fmt: skip

    there = json.loads(ran.stdout)
    here = [said_here(code) for code in asked]
    assert dict(zip(asked, there, strict=True)) == dict(zip(asked, here, strict=True))
    kinds = {one if isinstance(one, str) else bool(one["label"]) for one in here}
    assert kinds == {"barcode_length", "barcode_check_digit", "label_amount_check",
                     "label_amount_zero", True, False}  # fmt: skip


def whole(machine: Machine) -> tuple[str, dict[str, list[Any]]]:
    said = machine.ask("catalogue")
    assert said["next"] is None
    return said["version"], {row[1]: row for row in said["items"]}


def test_the_catalogue_has_what_a_scan_says_and_compressed(
    chain: Chain, at_the_till: AtTill
) -> None:
    machine = at_the_till("lin")
    answer = machine.client.get("/till/catalogue", headers={"accept-encoding": "gzip"})
    _version, rows = whole(machine)
    scan = machine.ask("scan", q="6901234510016")["line"]

    cola = rows[scan["code"]]
    units = {unit[0]: unit for unit in cola[8]}
    assert answer.headers["Content-Encoding"] == "gzip"
    assert cola[2:5] == [scan["name"], "active", True]
    assert cola[6] == scan["unit"]
    assert cola[7] == [["6901234510016", scan["unit"], "gtin"]]
    assert set(units) == {one["unit"] for one in scan["units"]}
    assert [Decimal(units[one["unit"]][5]) for one in scan["units"]] == [1, 24]
    assert [Decimal(offer[1]) for offer in cola[9]] == [Decimal(scan["price"])]
    assert "kele" in cola[5]


def test_only_what_changed_is_told_and_planned_prices_come_with_their_minute(
    chain: Chain, at_the_till: AtTill
) -> None:
    machine = at_the_till("lin")
    version, _rows = whole(machine)
    quiet = machine.ask("catalogue", since=version)
    milk = chain.items["milk"]
    with system(reason="a planned price"):
        retail = PriceList.objects.get()
        for day, clock, price in (
            (date(2099, 1, 1), "14:00", "9"),
            (date(2026, 2, 1), "00:00", "8"),
        ):
            Price.objects.create(price_list=retail, item=milk, unit=milk.base_unit, price=price,
                                 valid_from=day, from_clock=clock)  # fmt: skip
    told = machine.ask("catalogue", since=version)

    assert quiet["is_anew"] is False
    (changed,) = [row for row in told["items"] if row[1] == "10001"]  # beside what others began
    offers = sorted((offer[5], offer[6], Decimal(offer[1])) for offer in changed[9])
    assert offers == [("2026-02-01", "00:00", Decimal(8)), ("2099-01-01", "14:00", Decimal(9))]


def test_what_concerns_every_item_is_read_anew(chain: Chain, at_the_till: AtTill) -> None:
    machine = at_the_till("lin")
    version, _rows = whole(machine)
    BarcodeLayout.objects.filter(code="W").update(pattern="29IIIIIWWWWWC")
    by_layout = machine.ask("catalogue", since=version)
    version, _rows = whole(machine)
    UnitOfMeasure.objects.filter(name="kg").update(step=Decimal("0.01"))
    by_unit = machine.ask("catalogue", since=version)
    before = machine.ask("catalogue")["count"]
    Barcode.objects.filter(item=chain.items["milk"]).delete()

    assert (by_layout["is_anew"], by_unit["is_anew"]) == (True, True)
    assert machine.ask("catalogue")["count"] == before - 1
    assert machine.ask("catalogue", since="nonsense")["items"]


def test_parts_follow_each_other_and_stock_comes_by_itself(
    chain: Chain, at_the_till: AtTill, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tongpan.faces.pos.catalogue.PART", 2)
    machine = at_the_till("lin")
    found: list[str] = []
    after = ""
    for _part in range(Item.objects.count()):
        said = machine.ask("catalogue", **({"after": after} if after else {}))
        found += [row[0] for row in said["items"]]
        after = said["next"]
        if not after:
            break

    milk = str(chain.items["milk"].pk)
    assert sorted(found) == sorted(str(pk) for pk in Item.objects.values_list("pk", flat=True))
    assert machine.ask("stock", items=milk) == {"stock": {milk: "10"}}
    assert machine.ask("stock") == {"stock": {}}


def test_prices_for_members_and_by_quantity_come_with_their_minutes(
    chain: Chain, at_the_till: AtTill
) -> None:
    machine = at_the_till("lin")
    version, before = whole(machine)
    milk = chain.items["milk"]
    with system(reason="prices for members"):
        for day, price, until, state in (
            (date(2026, 2, 1), "7", None, "active"),
            (date(2026, 3, 1), "6", None, "active"),  # since then it holds in the first one's place
            (date(2026, 4, 1), "5", date(2026, 4, 2), "active"),  # is over
            (date(2026, 5, 1), "4", date(2099, 1, 1), "active"),
            (date(2099, 1, 1), "3", None, "active"),  # is planned
            (date(2026, 6, 1), "2", None, "archived"),
        ):
            PriceLevel.objects.create(
                price_list=PriceList.objects.get(), item=milk, unit=milk.base_unit, buyer="members",
                from_quantity=1, price=price, valid_from=day, valid_until=until, state=state,
            )  # fmt: skip
    told = {row[1]: row for row in machine.ask("catalogue", since=version)["items"]}

    levels = told[milk.code][12]
    assert before[milk.code][12] == []
    assert told[milk.code][4] is True
    assert sorted(Decimal(row[5]) for row in levels) == [3, 4, 6]
    assert {tuple(row[1:4]) for row in levels} == {(str(milk.base_unit_id), True, None)}


SEARCH = SCANS.with_name("search.js")
FIND = """
const { ranked, shelfFirst } = await import(%s);
const letters = "abcdefghij", rows = [];
for (let n = 0; n < 100000; n++) {
  const word = String(n).padStart(5, "0").replace(/\\d/g, (digit) => letters[digit]);
  const code = String(100000 + n), state = n %% 7 ? "active" : "archived";
  rows.push([n, code, "", state, true, ` 货${word} ${word} ${code} `]);
}
const spent = [], begin = ranked(rows, "bcd", 40).map((one) => one.row[5].trim().split(" ")[1]);
for (const text of ["bc", "cd", "货", "10", "jjjj", "abcde"])
  for (let n = 0; n < 3; n++) {
    const from = process.cpuUsage();
    ranked(rows, text, 40);
    spent.push(process.cpuUsage(from).user / 1000);
  }
const exact = ranked(rows, "bcdef", 40).map((one) => [one.row[1], one.isExact]);
const hit = (item, stock, is_exact = false) => ({ item, stock, is_exact });
const left = [hit("a", null), hit("b", "0"), hit("c", "3"), hit("d", "-2"), hit("e", "0.5")];
const shelf = shelfFirst([...left, hit("f", "0", true)]).map((one) => one.item).join("");
console.log(JSON.stringify({ begin, exact, shelf, spent: spent.sort((a, b) => a - b) }));
"""


def test_letters_find_words_then_beginnings_in_100_000_items_and_the_shelf_is_first() -> None:
    node = shutil.which("node") or "node"
    ran = subprocess.run(
        [node, "--input-type=module", "-e", FIND % json.dumps(SEARCH.as_uri())],
        capture_output=True, check=True, text=True, timeout=60,
    )  # fmt: skip
    found = json.loads(ran.stdout)

    assert all(word.startswith("bcd") for word in found["begin"])
    assert len(found["begin"]) == 40
    assert found["exact"] == [["112345", True]]
    assert found["shelf"] == "fceabd"
    assert found["spent"][len(found["spent"]) // 2] < 50  # ms of processor for one key
