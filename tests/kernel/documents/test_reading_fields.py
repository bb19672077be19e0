"""Raw values: what people type, paste and send, and what becomes of it at every door."""

from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest
from django.utils.translation import override
from hypothesis import example, given
from hypothesis import strategies as st

from tests.chain import Chain
from tongpan.base import env
from tongpan.base.numbers import is_on_step
from tongpan.business.purchasing.models import SupplierBill
from tongpan.business.stock.models import TransferLine
from tongpan.kernel.documents.columns import SeveralField
from tongpan.kernel.documents.fields import (
    Field,
    as_id,
    fields_of,
    links_of,
    marks_in,
    missing,
    plain,
    read,
    reference_of,
    references,
)
from tongpan.kernel.documents.sentences import listed
from tongpan.kernel.org.models import LegalEntity, OrgUnit, Person, TaxpayerKind
from tongpan.kernel.org.scope import system
from tongpan.masters.items.models import BarcodeLayout, Item, SupplierItem, UnitOfMeasure
from tongpan.masters.taxes.models import TaxRate


def a_field(kind: str, **more: Any) -> Field:
    return Field(name="it", kind=kind, label="It", help="", is_required=True, **more)


def value_of(field: Field, raw: Any) -> Any:
    """What a raw value becomes: the value, or the code of what is wrong with it."""
    values, problems = read([field], [{field.name: raw}], paths=[""])
    return problems[0]["code"] if problems else values[0][field.name]


MONEY = a_field("money", step=Decimal("0.01"))
QUANTITY = a_field("quantity", step=Decimal("0.000001"), may_be_negative=False)
WHOLE = a_field("integer", limit=Decimal(2**31))


@pytest.mark.parametrize(
    ("raw", "value"),
    [
        ("12.50", "12.5"), ("12", "12"), (12, "12"), (Decimal("12.5"), "12.5"), (12.5, "12.5"),
        (" 12.5 ", "12.5"), ("+12.5", "12.5"), ("-12.5", "-12.5"), ("−12.5", "-12.5"),
        ("１２．５", "12.5"), ("－１２", "-12"), ("1,234.56", "1234.56"), ("１，２３４", "1234"),
        ("1,234,567.89", "1234567.89"), (".5", "0.5"), ("5.", "5"), ("007", "7"), ("-0", "0"),
        ("", None), ("   ", None), (None, None), ("　", None),
    ],
)  # fmt: skip
def test_numbers_are_read_as_people_write_them(raw: Any, value: str | None) -> None:
    assert value_of(MONEY, raw) == (None if value is None else Decimal(value))


@pytest.mark.parametrize(
    "raw",
    [
        "1e3", "1E3", "NaN", "nan", "Infinity", "-inf", "1,5", "1,00", "12,34,567", ",5", "1,,000",
        "1.2.3", "--5", "+-5", "-+5", "-", "+", ".", ",", "0x10", "1_000", "1 000", "12元", "¥12",
        "10²", "½", "٣", "१२", "三", "1\0", "\0", "1\n2", True, [], {}, "=1+1", float("nan"), 1e22,
    ],
)  # fmt: skip
def test_what_is_not_a_number_is_refused(raw: Any) -> None:
    assert value_of(MONEY, raw) == "not_a_number"


@pytest.mark.parametrize(
    ("field", "raw", "code"),
    [
        (MONEY, "0.001", "off_step"),
        (MONEY, 0.1 + 0.2, "off_step"),
        (MONEY, "9" * 18, Decimal("9" * 18)),
        (MONEY, "1" + "0" * 18, "too_many_digits"),
        (MONEY, "-1" + "0" * 18, "too_many_digits"),
        (MONEY, "9" * 1000, "too_many_digits"),
        (MONEY, "0." + "0" * 30, "too_many_digits"),
        (QUANTITY, "0.0000001", "off_step"),
        (QUANTITY, "-1", "negative"),
        (QUANTITY, "0", Decimal(0)),
        (WHOLE, "2147483647", 2147483647),
        (WHOLE, "2147483648", "too_many_digits"),
        (WHOLE, "1.5", "off_step"),
        (WHOLE, "1.0", 1),
    ],
)
def test_numbers_keep_to_their_column(field: Field, raw: Any, code: Any) -> None:
    assert value_of(field, raw) == code


def test_a_whole_number_is_one(chain: Chain) -> None:
    assert type(value_of(WHOLE, "7")) is int


@pytest.mark.parametrize(
    ("raw", "day"),
    [
        ("2026-11-21", "2026-11-21"), ("2026/11/21", "2026-11-21"), ("2026.1.2", "2026-01-02"),
        ("20261121", "2026-11-21"), ("2026年11月21日", "2026-11-21"), ("2026年1月2", "2026-01-02"),
        (" 2026-11-21 ", "2026-11-21"), ("２０２６－１１－２１", "2026-11-21"),
        (date(2026, 11, 21), "2026-11-21"), ("2024-02-29", "2024-02-29"),
        (datetime(2026, 11, 21, 9, tzinfo=UTC), "2026-11-21"), ("", None), (None, None),
    ],
)  # fmt: skip
def test_dates_are_read_as_people_write_them(raw: Any, day: str | None) -> None:
    assert value_of(a_field("date"), raw) == (date.fromisoformat(day) if day else None)


@pytest.mark.parametrize(
    "raw",
    [
        "2026-02-29", "2026-13-01", "2026-00-10", "21-11-2026", "11/21", "2026-W47", "2026-W47-6",
        "2026-11-21T10:00", "tomorrow", "46347", "1899-12-31", "2200-01-01", "0001-01-01", "2026",
        "2026-11", "2026-11-2100", "２０２６", "\0", "٢٠٢٦-١١-٢١", 5, 20261121.5, [],
    ],
)  # fmt: skip
def test_what_is_not_a_date_is_refused(raw: Any) -> None:
    assert value_of(a_field("date"), raw) == "not_a_date"


@pytest.mark.parametrize(
    ("raw", "flag"),
    [
        (True, True), (False, False), (1, True), (0, False), ("1", True), ("０", False),
        ("TRUE", True), ("off", False), ("是", True), ("否", False), (" yes ", True), ("", None),
        ("maybe", "not_a_choice"), (2, "not_a_choice"), ("是的", "not_a_choice"),
    ],
)  # fmt: skip
def test_flags(raw: Any, flag: Any) -> None:
    assert value_of(a_field("flag"), raw) == flag


@pytest.mark.parametrize(
    ("raw", "value"),
    [
        ("special", "special"), ("专用", "special"), (" ordinary ", "ordinary"), ("", ""),
        (None, ""), ("other", "not_a_choice"), ("SPECIAL", "not_a_choice"), (1, "not_text"),
    ],
)  # fmt: skip
def test_choices_are_named_by_value_or_label(raw: Any, value: Any) -> None:
    choices = (("special", "专用"), ("ordinary", "普通"))

    assert value_of(a_field("choice", choices=choices), raw) == value


@pytest.mark.parametrize(
    ("kind", "raw", "value"),
    [
        ("text", "  milk ", "milk"), ("text", "", ""), ("text", None, ""), ("text", 7, "not_text"),
        ("text", "鲜牛奶", "鲜牛奶"), ("text", "a\nb", "control_character"),
        ("text", "a\tb", "control_character"), ("text", "a\0b", "control_character"),
        ("text", "a\ud800b", "control_character"), ("text", "a\x7fb", "control_character"),
        ("note", "a\nb\tc", "a\nb\tc"), ("note", "a\r\nb", "a\nb"),
        ("note", "a\0b", "control_character"),
        ("text", "12345", "12345"), ("text", "123456", "too_long"), ("text", "  12345  ", "12345"),
        ("text", ["a"], "not_text"),
    ],
)  # fmt: skip
def test_texts(kind: str, raw: Any, value: str) -> None:
    assert value_of(a_field(kind, max_length=5), raw) == value


# -- what holds for every number -----------------------------------------------------------------


@given(st.decimals(-(10**15), 10**15, places=2), st.booleans(), st.booleans())
def test_a_number_is_read_back_whatever_its_dress(
    number: Decimal, has_commas: bool, is_wide: bool
) -> None:
    text = f"{number:,}" if has_commas else str(number)
    if is_wide:
        text = "".join(chr(ord(c) + 0xFEE0) for c in text)

    assert value_of(MONEY, text) == number


@given(st.text())
@example("1,5")
@example("１２")
@example("1e5")
def test_a_text_is_read_as_an_exact_number_or_refused_and_never_crashes(text: str) -> None:
    value = value_of(MONEY, text)

    if isinstance(value, Decimal):
        assert value.is_finite()
        assert is_on_step(value, MONEY.step)
        assert abs(value) < MONEY.limit
    else:
        assert value in (None, "not_a_number", "too_many_digits", "off_step")


@given(st.one_of(st.none(), st.booleans(), st.integers(), st.floats(), st.text(), st.binary()))
@pytest.mark.parametrize("kind", ["text", "note", "date", "flag", "integer", "money"])
def test_whatever_is_sent_is_read_or_refused_by_a_code_with_a_sentence(kind: str, raw: Any) -> None:
    from tongpan.kernel.documents.sentences import sentence, sentences

    _, problems = read([a_field(kind)], [{"it": raw}], paths=["lines.1"])

    for problem in problems:
        assert problem["path"] == "lines.1.it"
        assert problem["code"] in sentences()
        assert "…" not in sentence(problem["code"], problem).replace(str(raw)[:60], "")


@given(st.dates(date(1900, 1, 1), date(2199, 12, 31)))
def test_a_date_is_read_back_whatever_its_dress(day: date) -> None:
    for dress in ("%Y-%m-%d", "%Y/%m/%d", "%Y.%m.%d", "%Y%m%d", "%Y年%m月%d日"):
        assert value_of(a_field("date"), day.strftime(dress)) == day


# -- many rows at once ---------------------------------------------------------------------------


def test_only_the_named_fields_are_read_and_each_problem_has_its_path() -> None:
    fields = [MONEY, a_field("date")]
    rows = [{"it": "x"}, {}, {"it": "2026-11-21", "colour": "red"}]

    values, problems = read(fields[1:], rows, paths=["", "lines.1", "lines.2"])

    assert values == [{}, {}, {"it": date(2026, 11, 21)}]
    assert [(p["path"], p["code"]) for p in problems] == [
        ("it", "not_a_date"),
        ("lines.2.colour", "unknown_field"),
    ]


# -- fields of models ----------------------------------------------------------------------------


def test_a_field_is_described_by_its_column() -> None:
    def described(model: Any, name: str) -> Field:
        return fields_of(model, (name,))[0]

    assert described(TransferLine, "quantity").kind == "quantity"
    assert described(TransferLine, "item").kind == "reference"
    assert described(TransferLine, "item").attribute == "item_id"
    assert described(TransferLine, "lot").max_length == 40
    assert described(SupplierBill, "invoice_kind").kind == "choice"
    assert described(SupplierBill, "is_tax_included").kind == "flag"
    assert described(SupplierBill, "due_on").kind == "date"
    assert described(TaxpayerKind, "valid_from").is_required
    days = described(SupplierItem, "lead_days")
    assert (days.kind, days.may_be_negative, days.limit) == ("integer", False, 32768)
    rate = described(TaxRate, "rate")
    assert (rate.kind, rate.step) == ("decimal", Decimal("0.000001"))
    assert described(Person, "created_at").kind == "text"  # a moment is nobody's form field


def test_a_number_of_a_plain_column_keeps_to_its_size() -> None:
    from django.db import models

    column = models.DecimalField(max_digits=5, decimal_places=2, name="it")
    column.set_attributes_from_name("it")
    from tongpan.kernel.documents.fields import _describe

    field = _describe(column)

    assert value_of(field, "999.99") == Decimal("999.99")
    assert value_of(field, "1000") == "too_many_digits"


def test_a_note_is_a_text_of_many_lines() -> None:
    from tongpan.kernel.documents.models import Document

    assert fields_of(Document, ("note",))[0].kind == "note"


def test_what_posting_needs_and_is_not_there_is_named() -> None:
    fields = fields_of(TransferLine, ("item", "lot", "quantity"))
    line = TransferLine(quantity=None, lot=" ")

    assert [(p["path"], p["code"]) for p in missing(fields, line, path="lines.3")] == [
        ("lines.3.item", "required"),
        ("lines.3.quantity", "required"),
    ]
    assert [p["path"] for p in missing(fields, line, path="")] == ["item", "quantity"]


# -- references ----------------------------------------------------------------------------------


def test_an_item_is_named_by_code_id_or_the_row_itself(chain: Chain) -> None:
    field = fields_of(TransferLine, ("item",))[0]
    milk = chain.items["milk"]
    with chain.as_("wang", "warehouse"):
        for raw in (milk, milk.pk, str(milk.pk), "10001", " 10001 "):
            assert value_of(field, raw) == milk
        for raw in ("99999", env.new_id(), "x" * 5000, "a\0b", {"id": 1}, "'; drop table --"):
            assert value_of(field, raw) == "not_found_reference"
        assert value_of(field, "") is None
        assert value_of(field, None) is None


def test_all_references_of_all_rows_are_looked_up_at_once(
    chain: Chain, django_assert_num_queries: Any
) -> None:
    fields = fields_of(TransferLine, ("item", "unit", "quantity"))
    rows = [{"item": "10001", "unit": "box"}, {"item": "10002"}, {"item": "10003"}] * 30
    with chain.as_("zhou", "warehouse"):
        read(fields, rows, paths=[""] * 90)  # what Zhou holds is read by now

        with django_assert_num_queries(2):
            read(fields, rows, paths=[""] * 90)


@pytest.mark.parametrize(
    ("model", "name", "text"),
    [
        (Person, "lin", "cashier"),
        (Person, "林小雨", "林"),
        (LegalEntity, "北方超市有限公司", "北方"),
        (OrgUnit, "S01", "北门"),
        (Item, "10001", "牛奶"),
        (UnitOfMeasure, "kg", "kg"),
    ],
)
def test_whatever_has_a_reference_is_found_shown_and_searched(
    chain: Chain, model: Any, name: str, text: str
) -> None:
    known = references()[model]
    with chain.as_("zhou", "hq"):
        row = known.find([name, "nobody", str(env.new_id())])[name]
        searched = known.search(text if text != "cashier" else "lin", 5)

    assert type(row) is model
    assert known.label(row)
    assert known.code(row)
    assert row in searched


def test_a_name_that_two_rows_have_names_neither(chain: Chain) -> None:
    with system(reason="the cast of the tests"):
        Person.objects.create(username="lin2", name="林小雨")
        Person.objects.create(username="gone", name="Gone", is_active=False)
    known = references()[Person]

    with chain.as_("zhou", "hq"):
        found = known.find(["林小雨", "lin", "lin2", "gone"])

    assert set(found) == {"lin", "lin2"}
    assert known.search("小雨 lin2", 5) == [found["lin2"]]


def test_a_model_without_a_declared_reference_is_named_by_its_id(chain: Chain) -> None:
    known = reference_of(BarcodeLayout)
    with system(reason="the cast of the tests"):
        layout = BarcodeLayout.objects.create(code="L", name="Scale", pattern="2IIIIWWWWWC")
        kind = TaxpayerKind.objects.create(
            entity=chain.units["hq"].entity, kind="general", valid_from=date(2026, 1, 1)
        )
        nameless = reference_of(TaxpayerKind)
        assert known.find([str(layout.pk), "L", str(env.new_id())]) == {str(layout.pk): layout}
        assert (known.label(layout), known.code(layout)) == ("Scale", str(layout.pk))
        assert nameless.label(kind) == str(kind.pk)
        assert list(known.search("Scale", 5)) == []


def test_naming_references_costs_no_query() -> None:
    fields = fields_of(TransferLine, ("item", "quantity", "unit"))

    assert links_of(fields)[0] == "item"
    assert "unit" in links_of(fields)
    assert links_of(fields_of(BarcodeLayout, ("code",))) == []


def test_values_are_plain_exact_and_the_same_for_equal_numbers(chain: Chain) -> None:
    pk = env.new_id()

    assert plain(Decimal("1.500000")) == plain(Decimal("1.5")) == "1.5"
    assert plain(Decimal("1E+3")) == "1000"
    assert plain(pk) == str(pk)
    assert plain(date(2026, 11, 21)) == "2026-11-21"
    assert plain(chain.units["hq"]) == str(chain.units["hq"].pk)
    assert len(plain(b"\0" * 1000)) == 64
    assert (plain("x"), plain(None), plain([1])) == ("x", None, [1])


def test_an_id_is_one_or_none() -> None:
    pk = env.new_id()

    assert as_id(pk) is pk
    assert as_id(str(pk)) == as_id(pk.hex) == pk
    assert [as_id(raw) for raw in ("", "x", 5, None, [], "\0")] == [None] * 6
    assert isinstance(as_id(pk), UUID)


@pytest.mark.parametrize(
    ("name", "given", "kept"),
    [
        ("rate", "13%", "0.13"),
        ("fee_rate", "0.38 ％", "0.0038"),
        ("rate", "0.13", "0.13"),
        ("rate", "13", "share_above_one"),
        ("factor", "13%", "not_a_number"),
        ("factor", "13", "13"),
    ],
)
def test_a_rate_may_be_written_in_percent_and_no_other_number(
    name: str, given: str, kept: str
) -> None:
    field = Field(name, "decimal", name, "", True, step=Decimal("0.000001"))

    (values,), problems = read([field], [{name: given}], paths=[""])

    assert (problems[0]["code"] if problems else str(values[name])) == kept


def test_a_text_of_several_marks_is_plain_text_to_the_database_and_to_files() -> None:
    days = a_field("text", among=lambda: [("6", "Sat"), ("7", "Sun")])
    stores = a_field("text", among=lambda: [("S01", "North")], between=" ")
    column = SeveralField(max_length=9, among=lambda: [("S01", "North")], between=" ")

    assert (marks_in(days, "67"), marks_in(days, "")) == (["6", "7"], [])
    assert (marks_in(stores, "S01 S02"), marks_in(stores, "")) == (["S01", "S02"], [])
    assert value_of(stores, "S01 S09") == "S01 S09"
    assert column.deconstruct()[1:] == ("django.db.models.CharField", [], {"max_length": 9})


def test_names_stand_one_after_the_other_as_the_language_parts_them() -> None:
    with override("zh-hans"):
        assert listed(["周六", "周日"]) == "周六、周日"
    with override("en"):
        assert (listed(["Sat", "Sun"]), listed(["Sat"]), listed([])) == ("Sat, Sun", "Sat", "")
