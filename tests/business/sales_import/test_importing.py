"""Files of other programs come in whole, odd rows and all, and coming again changes nothing.

The rows are made up in the shape of the two programs' files.
"""

from datetime import datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import duckdb
import pytest

from tongpan.base.refusals import Refusal
from tongpan.business.sales_import import import_sales
from tongpan.business.sales_import.figures import sums_by
from tongpan.kernel.documents.models import Document
from tongpan.kernel.ledger import checks
from tongpan.kernel.org.scope import system

pytestmark = pytest.mark.usefixtures("company")
MORNING = datetime.fromisoformat("2011-03-01T09:30:00")


@pytest.fixture
def baskets(tmp_path: Path) -> Path:
    """Three baskets in two stores: a coupon, a basket of nothing, fuel, an unknown product."""
    file = tmp_path / "transactions.parquet"
    amounts = ("sales_value", "retail_disc", "coupon_disc", "coupon_match_disc")
    keys = ("household_id", "store_id", "basket_id", "product_id", "quantity")
    names = (*keys, *amounts, "week", "transaction_timestamp")
    night = datetime.fromisoformat("2017-01-01T23:59:50")
    return _written(file, names, [
        (1, 367, 10, 100, 2, 7.38, 0.5, 1.0, 0.0, 1, night),
        (1, 367, 10, 101, 0, 0.0, 0.0, 0.5, 0.0, 1, night),
        (1, 367, 10, 102, 17544, 26.31, 0.0, 0.0, 0.0, 1, night),
        (2, 367, 11, 101, 0, 0.0, 0.0, 0.0, 0.0, 1, night + timedelta(minutes=1)),
        (3, 9, 12, 999, 3, 0.1, 0.0, 0.0, 0.2, 2, night + timedelta(days=7)),
    ])  # fmt: skip


@pytest.fixture
def invoices(tmp_path: Path) -> Path:
    """A sale with a double row and postage, its cancellation, fees, damage, a find, a bad debt."""
    names = ("InvoiceNo", "StockCode", "Description", "Quantity", "InvoiceDate", "UnitPrice",
             "CustomerID", "Country")  # fmt: skip
    rows: list[tuple[Any, ...]] = [
        ("536365", "85123A", "T-LIGHT HOLDER", 6, MORNING, 2.55, 17850, "United Kingdom"),
        ("536365", "71053", "LANTERN", 2, MORNING, 3.39, 17850, "United Kingdom"),
        ("536365", "71053", "LANTERN", 2, MORNING, 3.39, 17850, "United Kingdom"),
        ("536365", "POST", "POSTAGE", 1, MORNING + timedelta(minutes=1), 18.0, 17850, "France"),
        ("536366", "71053", "LANTERN", 1, MORNING, 3.40, None, "United Kingdom"),
        ("C536370", "71053", "LANTERN", -1, MORNING, 3.39, 17850, "United Kingdom"),
        ("C536371", "AMAZONFEE", "AMAZON FEE", -1, MORNING, 900.0, None, "United Kingdom"),
        ("C536372", "D", "Discount", -1, MORNING, 5.0, 17850, "United Kingdom"),
        ("536380", "85123A", "damages", -4, MORNING, 0.0, None, "United Kingdom"),
        ("536381", "22139", None, 56, MORNING, 0.0, None, "United Kingdom"),
        ("536382", "22139", "SPOON", 1, MORNING, 0.0, 17850, "United Kingdom"),
        ("A563186", "B", "Adjust bad debt", 1, MORNING, -11062.06, None, "United Kingdom"),
    ]
    return _written(tmp_path / "online_retail.parquet", names, rows)


def _written(file: Path, names: tuple[str, ...], rows: list[tuple[Any, ...]]) -> Path:
    kinds = {int: "bigint", float: "double", str: "text", datetime: "timestamp"}
    first = [next(row[n] for row in rows if row[n] is not None) for n in range(len(names))]
    columns = ", ".join(f"{name} {kinds[type(v)]}" for name, v in zip(names, first, strict=True))
    with duckdb.connect() as base:
        base.execute(f"create table made ({columns})")
        base.executemany(f"insert into made values ({', '.join('?' * len(names))})", rows)
        base.execute(f"copy made to '{file}'")
    return file


def test_baskets_come_in_whole_and_every_row_is_accounted_for(baskets: Path) -> None:
    report = import_sales(baskets.parent, "completejourney")

    assert report.holds
    assert (report.rows_read, report.rows_posted) == (5, 3)
    assert report.skipped == {"zero_quantity": 2}
    assert report.totals["quantity"] == 17549 == report.posted["quantity"]
    assert report.totals["sales_value"] == report.posted["value"] == Decimal("33.79")
    assert report.totals["coupon_disc"] == Decimal("1.50")
    assert report.posted["slips"] == 2
    assert report.posted["parties"] == 2
    assert not [i.code for i in checks.verify() if i.violations]
    assert checks.worth() == (Decimal(0), Decimal(0))  # what was put on the shelves was sold


def test_invoices_come_in_with_cancellations_damage_and_finds(invoices: Path) -> None:
    report = import_sales(invoices, "uci")

    assert report.holds
    assert report.skipped == {"fee": 1, "bad_debt": 1}
    assert report.left_out == {"fee": Decimal("-900.00"), "bad_debt": Decimal("-11062.06")}
    kinds = ("sale_lines", "return_lines", "loss_lines", "overage_lines")
    assert [report.posted[name] for name in kinds] == [6, 2, 1, 1]
    assert report.totals["exact_duplicates"] == 1
    assert report.posted["value"] + sum(report.left_out.values()) == report.totals["value"]
    assert not [i.code for i in checks.verify() if i.violations]


def test_the_same_file_again_changes_nothing(invoices: Path) -> None:
    first = import_sales(invoices, "uci")
    with system(reason="counting"):
        before = Document.objects.count()
    again = import_sales(invoices, "uci")

    with system(reason="counting"):
        assert Document.objects.count() == before == first.documents
    assert (again.documents, again.already) == (0, first.documents - 1)  # but for the opening
    assert again.posted == first.posted


def test_a_later_file_of_the_same_stores_comes_in_too(baskets: Path, tmp_path: Path) -> None:
    """A program's exports follow one another, and the later one may repeat the earlier."""
    import_sales(baskets, "completejourney")
    later = tmp_path / "later.parquet"
    with duckdb.connect() as base:
        base.execute(
            "copy (with t as (select * from read_parquet($1)) select * from t union all"
            " select * replace (basket_id + 50 as basket_id, quantity * 3 as quantity,"
            " transaction_timestamp + interval 10 day as transaction_timestamp) from t)"
            f" to '{later}'", [str(baskets)],
        )  # fmt: skip
    report = import_sales(later, "completejourney")

    assert report.holds
    assert (report.rows_read, report.rows_posted) == (10, 6)
    assert report.totals["quantity"] == 4 * 17549 == report.posted["quantity"]
    assert report.already == 2  # the slips of the first file
    assert not [i.code for i in checks.verify() if i.violations]
    assert checks.worth() == (Decimal(0), Decimal(0))  # no more was put down than was sold


def test_a_broken_import_goes_on_where_it_was(invoices: Path) -> None:
    def breaks(text: str) -> None:
        if text.startswith("stock.loss"):
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        import_sales(invoices, "uci", tell=breaks)
    report = import_sales(invoices, "uci")

    assert report.holds
    assert report.documents == 1  # the loss; nothing is put on the shelves for it again
    with system(reason="counting"):
        assert Document.objects.filter(type="stock.opening").count() == 1


def test_sales_less_returns_are_exported_by_store_item_and_week(invoices: Path) -> None:
    import_sales(invoices, "uci")

    with system(reason="counting"):
        found = {row[:3]: row[3:] for row in sums_by(("store", "item", "week"))}

    assert found["UCIONLINE", "71053", "2011-W09"] == (4, Decimal(4), Decimal("13.57"))
    assert ("UCIONLINE", "AMAZONFEE", "2011-W09") not in found


def test_a_file_of_another_shape_is_refused(invoices: Path) -> None:
    with pytest.raises(Refusal) as no:
        import_sales(invoices, "completejourney")

    assert no.value.code == "sales_file_unknown"
