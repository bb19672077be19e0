"""Numbers of goods, and the labels of a shop's own scales."""

import csv
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tongpan.base.refusals import Refusal
from tongpan.masters.items.rules.barcodes import (
    canonical_gtin,
    check_digit,
    price_check_digit,
    upc_a_of,
)
from tongpan.masters.items.rules.labels import Label, Layout, problem_of_layout, read_label
from tongpan.masters.items.rules.scans import read_scan

VECTORS = Path(__file__).parent / "vectors"
digits = st.text("0123456789", min_size=1, max_size=17)

# What the scales of each country print, written down as a shop would.
LAYOUTS_BY_REGION = {
    "ESTONIA": "23IIIIIIWWWWC/3 24IIIIIIWWWWC/2 25IIIIIIWWWWC/1",
    "DENMARK": "21IIIIIPPPPPC 22IIIIIPPPPPC 23IIIIIPPPPPC 24IIIIIPPPPPC "
    "26IIIIIWWWWWC/3 27IIIIIWWWWWC/3 28IIIIIWWWWWC/3",
    "GERMANY": "22IIIIvPPPPPC 23IIIIvPPPPPC 25IIIIvQQQQQC 26IIIIvQQQQQC "
    "28IIIIvWWWWWC/3 29IIIIvWWWWWC/3",
    "GREAT_BRITAIN": "20IIIIIvPPPPC",
    "NORWAY": "20IIIIIIPPPPC 23IIIIIIWWWWC/3",
    "SWEDEN": "20IIIIIIPPPPC/2 21IIIIIIPPPPC/1 22IIIIIIPPPPC/0 "
    "23IIIIIIWWWWC/3 24IIIIIIWWWWC/2 25IIIIIIWWWWC/1",
}
for _alike in ("LATVIA", "LITHUANIA", "FINLAND"):
    LAYOUTS_BY_REGION[_alike] = LAYOUTS_BY_REGION["ESTONIA"]


def layouts_of(region: str) -> list[Layout]:
    spelt = [[*text.split("/"), ""][:2] for text in LAYOUTS_BY_REGION[region].split()]
    return [
        Layout(pattern, int(places or 3), int(places or 2) if "P" in pattern else 2)
        for pattern, places in spelt
    ]


def rows_of(name: str) -> list[dict[str, str]]:
    with (VECTORS / name).open(encoding="utf-8") as file:
        return list(csv.DictReader(file))


@pytest.mark.parametrize(
    "row", rows_of("rcn_variable_measure.csv"), ids=lambda r: f"{r['region']}-{r['barcode']}"
)
def test_labels_of_many_countries_are_read_from_their_layouts(row: dict[str, str]) -> None:
    # Germany keeps 29 for shops, too: there the vector has an amount and the layout names it.
    def amount(column: str) -> Decimal | None:
        text = row[column].removeprefix("Decimal(").removesuffix(")")
        return Decimal(text) if text else None

    label = read_scan(row["barcode"], layouts_of(row["region"])).label

    if not any(row[c] for c in ("weight_kg", "price", "count")):
        assert label is None
    else:
        assert label is not None
        assert (label.weight, label.price, label.quantity) == (
            amount("weight_kg"), amount("price"), amount("count"),
        )  # fmt: skip


@pytest.mark.parametrize("row", rows_of("gtins.csv"), ids=lambda r: r["barcode"])
def test_real_product_numbers_are_told_from_misprinted_ones(row: dict[str, str]) -> None:
    if row["is_right"] == "1":
        assert canonical_gtin(row["barcode"]).endswith(row["barcode"].lstrip("0"))
    else:
        with pytest.raises(Refusal) as caught:
            canonical_gtin(row["barcode"])
        assert caught.value.code in ("barcode_check_digit", "barcode_length")


@given(digits=digits, position=st.integers(0, 16), other=st.integers(1, 9))
def test_one_misread_digit_never_passes(digits: str, position: int, other: int) -> None:
    code = digits + check_digit(digits)
    at = position % len(code)
    misread = code[:at] + str((int(code[at]) + other) % 10) + code[at + 1 :]

    assert check_digit(misread[:-1]) != misread[-1]


@given(body=st.text("0123456789", min_size=7, max_size=13).filter(lambda b: len(b) in (7, 11, 12)))
def test_a_number_has_one_form_however_many_zeros_lead(body: str) -> None:
    code = body + check_digit(body)

    assert canonical_gtin(code) == canonical_gtin(code.zfill(14))
    assert int(canonical_gtin(code)) == int(code)


def test_the_refusal_of_a_misprint_names_the_digit_it_expected() -> None:
    with pytest.raises(Refusal) as caught:
        canonical_gtin("6900350006024")

    assert caught.value.facts["expected"] == "5"


@pytest.mark.parametrize(
    ("short", "long"),
    [
        ("04252614", "042100005264"),
        ("01234505", "012000003455"),
        ("01234531", "012300000451"),
        ("01234543", "012340000053"),
        ("01234565", "012345000065"),
    ],
)
def test_short_american_codes_stand_for_long_ones(short: str, long: str) -> None:
    assert upc_a_of(short) == long
    assert canonical_gtin(long) in read_scan(short, []).codes


@given(amount=st.text("0123456789", min_size=4, max_size=5), at=st.integers(0, 4))
def test_the_inner_digit_notices_one_misread_digit_of_a_price(amount: str, at: int) -> None:
    at %= len(amount)

    guards = {price_check_digit(amount[:at] + d + amount[at + 1 :]) for d in "0123456789"}

    assert len(guards) == 10


SCALE_18 = Layout("21IIIIIPPPPPWWWWWC")


@given(item=st.integers(0, 99999), price=st.integers(1, 99999), weight=st.integers(1, 99999))
def test_an_eighteen_digit_label_carries_item_price_and_weight(
    item: int, price: int, weight: int
) -> None:
    body = f"21{item:05}{price:05}{weight:05}"

    label = read_label(body + check_digit(body), [SCALE_18])

    assert label == Label(
        item=f"{item:05}", weight=Decimal(weight) / 1000, price=Decimal(price) / 100
    )


def test_a_misread_label_is_refused_rather_than_sold() -> None:
    body = "210123401999"
    with pytest.raises(Refusal, match="barcode_check_digit"):
        read_label(f"{body}{(int(check_digit(body)) + 1) % 10}", [Layout("21IIIIIWWWWWC")])
    with pytest.raises(Refusal, match="label_amount_check"):
        read_label("2011122812349", [Layout("20IIIIIvPPPPC")])
    with pytest.raises(Refusal, match="label_amount_zero"):
        read_label("2112345000008", [Layout("21IIIIIWWWWWC")])


def test_a_label_without_its_layout_is_an_ordinary_code() -> None:
    assert read_label("2112345012346", [Layout("20IIIIIWWWWWC"), SCALE_18]) is None


@pytest.mark.parametrize(
    ("pattern", "problem"),
    [
        ("20IIIIIWWWWWC", None),
        ("21IIIIIPPPPPWWWWWC", None),
        ("22IIIIvPPPPPC", None),
        ("2xIIIIIQQQQQx", None),
        ("2IIIIIvPPPPC", None),  # an American label
        ("02IIIIIWWWWWC", None),
        ("210IIIIIWWWWW", "layout_without_check"),
        ("20IIIIIWWWWWW", "layout_without_check"),
        ("20IIIIIWWWWWPPPPP", None),  # without a check digit a label has any length
        ("IIIIIWWWWW", "layout_without_prefix"),
        ("20WWWWWC", "layout_without_item"),
        ("20IIIIIC", "layout_without_amount"),
        ("20IIWWIIC", "layout_scattered"),
        ("20IIIICWWWW", "layout_check_not_last"),
        ("20IIIIvPPPC", "layout_guard_misplaced"),
        ("20IIIIZWWW", "layout_letters"),
        ("2IW" + "W" * 30, "layout_letters"),
        ("21IIWWWWW", "layout_item_digits"),
        ("2IIIIIIIIIWWWWWPPPC", "layout_item_digits"),
        ("21IIIIIWWWWWWWWWC", "layout_amount_digits"),
        ("21IIIIIWWWWC", "layout_length"),
        ("21IIIIIWWWWWWC", "layout_length"),
        ("21IIIIIPPPPPWWWWC", "layout_length"),
        ("69IIIIIWWWWWC", "layout_prefix_of_goods"),
        ("0IIIIIvPPPPC", "layout_prefix_of_goods"),
    ],
)
def test_a_layout_that_cannot_be_read_is_told_what_is_wrong(
    pattern: str, problem: str | None
) -> None:
    told = problem_of_layout(Layout(pattern))

    assert (told and told["code"]) == problem
    assert told is None or told["path"] == "pattern"


@pytest.mark.parametrize(
    ("layout", "path"),
    [
        (Layout("23IIIIIIWWWWC", weight_places=4), "weight_places"),
        (Layout("21IIIIIPPPPPC", price_places=5), "price_places"),
        (Layout("21IIIIIPPPPPWWWWWC", price_places=6, weight_places=3), "price_places"),
        (Layout("21IIIIIPPPPPC", weight_places=9), None),  # it prints no weight
        (Layout("20IIIIIIPPPPC", price_places=0), None),
    ],
)
def test_a_point_leaves_a_digit_before_it(layout: Layout, path: str | None) -> None:
    told = problem_of_layout(layout)

    assert (told and (told["path"], told["code"])) == (path and (path, "layout_places"))


@st.composite
def layouts(draw: st.DrawFn) -> Layout:
    """Layouts of 13 or 18 digits whose parts fill them exactly."""
    length = draw(st.sampled_from([13, 18]))
    prefix = draw(st.sampled_from([f"{n}" for n in range(20, 30)]))
    item = draw(st.integers(3, 8))
    left = length - len(prefix) - item - 1
    if left > 8 or (length == 18 and left > 3 and draw(st.booleans())):
        first = draw(st.integers(max(1, left - 8), min(8, left - 1)))
        first_letter, second_letter = draw(st.permutations("WPQ"))[:2]
        amounts = first_letter * first + second_letter * (left - first)
    else:
        amounts = draw(st.sampled_from("WPQ")) * left
    counts = {letter: amounts.count(letter) for letter in "WP"}
    return Layout(
        f"{prefix}{'I' * item}{amounts}C",
        weight_places=draw(st.integers(0, max(0, counts["W"] - 1))),
        price_places=draw(st.integers(0, max(0, counts["P"] - 1))),
    )


@given(layout=layouts(), numbers=st.lists(st.integers(1, 9), min_size=18, max_size=18))
def test_a_layout_whose_digits_add_up_is_taken_and_its_labels_are_read(
    layout: Layout, numbers: list[int]
) -> None:
    body = "".join(
        sign if sign.isdigit() else str(n)
        for sign, n in zip(layout.pattern[:-1], numbers, strict=False)
    )
    said = {
        letter: "".join(d for d, sign in zip(body, layout.pattern, strict=False) if sign == letter)
        for letter in "IWPQ"
    }

    label = read_label(body + check_digit(body), [layout])

    assert problem_of_layout(layout) is None
    assert label is not None
    assert label.item == said["I"]
    assert label.weight == (Decimal(said["W"]).scaleb(-layout.weight_places) if said["W"] else None)
    assert label.price == (Decimal(said["P"]).scaleb(-layout.price_places) if said["P"] else None)
    assert label.quantity == (Decimal(said["Q"]) if said["Q"] else None)


@given(layout=layouts(), at=st.integers(2, 16), is_longer=st.booleans())
def test_a_layout_with_a_digit_too_few_or_too_many_is_refused(
    layout: Layout, at: int, is_longer: bool
) -> None:
    pattern = layout.pattern
    at = min(at, len(pattern) - 2)
    changed = pattern[:at] + (pattern[at] if is_longer else "") + pattern[at + (not is_longer) :]

    told = problem_of_layout(Layout(changed, layout.weight_places, layout.price_places))

    assert told is not None
    assert told["path"] in ("pattern", "weight_places", "price_places")


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("6900350006025\r\n", "6900350006025"),
        ("]E06900350006025", "6900350006025"),
        ("６９００３５０００６０２５", "6900350006025"),
        ("=1+1", "=1+1"),
        ("https://example.com/x", "https://example.com/x"),
        ("abc-1", "abc-1"),
    ],
)
def test_a_scan_is_data_whatever_it_says(text: str, code: str) -> None:
    assert read_scan(text, []).codes[0] == code


@pytest.mark.parametrize("text", ["", "   ", "\t\n", "6" * 61])
def test_nothing_and_two_codes_glued_together_are_refused(text: str) -> None:
    with pytest.raises(Refusal, match="barcode_length"):
        read_scan(text, [])
