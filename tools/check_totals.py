"""Compare exported sums of imported sales with the file they came from.

`check_totals.py completejourney|uci FILE EXPORT.csv`: reads the file with pyarrow, adds up sales
less returns by store, item and ISO week, and compares every line with the export. It shares no code
with the importer: what counts as a sale is written down here a second time.
"""

import csv
import sys
from collections import defaultdict
from decimal import ROUND_HALF_UP, Decimal
from pathlib import Path
from typing import Any

import pyarrow.csv
import pyarrow.parquet

Key = tuple[str, str, str]
Sums = dict[Key, list[Decimal]]
CENT = Decimal("0.01")
FEES = {"AMAZONFEE", "BANK CHARGES", "CRUK"}


def main(preset: str, file: Path, export: Path) -> int:
    expected = {"completejourney": completejourney, "uci": uci}[preset](table(file))
    found = exported(export)
    wrong = [key for key in sorted({*expected, *found}) if expected.get(key) != found.get(key)]
    for key in wrong[:20]:
        print(key, "file:", expected.get(key), "export:", found.get(key))
    amount = sum((sums[2] for sums in expected.values()), Decimal(0))
    print(f"groups={len(expected)} amount={amount} differences={len(wrong)}")
    return 1 if wrong else 0


def table(file: Path) -> Any:
    read = pyarrow.csv.read_csv if file.suffix == ".csv" else pyarrow.parquet.read_table
    return read(file)


def rows(read: Any, *names: str) -> Any:
    """The named columns, row by row, a batch at a time."""
    for batch in read.select(names).to_batches(max_chunksize=50_000):
        yield from zip(*(column.to_pylist() for column in batch.columns), strict=True)


def week(moment: Any) -> str:
    year, number, _ = moment.isocalendar()
    return f"{year}-W{number:02}"


def cents(value: float) -> Decimal:
    return Decimal(repr(value)).quantize(CENT, ROUND_HALF_UP)


def add(sums: Sums, key: Key, quantity: int, amount: Decimal) -> None:
    line = sums.setdefault(key, [Decimal(0), Decimal(0), Decimal(0)])
    line[0] += 1
    line[1] += quantity
    line[2] += amount


def completejourney(read: Any) -> Sums:
    """Every row with a quantity is a sale, for what the retailer received."""
    sums: Sums = {}
    names = ("store_id", "product_id", "transaction_timestamp", "quantity", "sales_value")
    for store, product, moment, quantity, value in rows(read, *names):
        if quantity:
            add(sums, (f"CJ{store}", str(product), week(moment)), quantity, cents(value))
    return sums


def uci(read: Any) -> Sums:
    """Sales, less what invoices beginning with C cancel; no fees, bad debts, found or lost goods.

    An invoice stands on the day on which its first row was written.
    """
    names = ("InvoiceNo", "StockCode", "InvoiceDate", "Quantity", "UnitPrice", "CustomerID")
    day: dict[str, Any] = {}
    kept = defaultdict(list)
    for invoice, code, moment, quantity, price, customer in rows(read, *names):
        day[invoice] = min(day.get(invoice, moment), moment)
        is_adjustment = price == 0 and customer is None and not invoice.startswith("C")
        if not (invoice.startswith("A") or code in FEES or is_adjustment):
            kept[invoice].append((code, quantity, Decimal(repr(price))))
    sums: Sums = {}
    for invoice, lines in kept.items():
        for code, quantity, price in lines:
            amount = (abs(quantity) * price).quantize(CENT, ROUND_HALF_UP)
            key = ("UCIONLINE", code, week(day[invoice]))
            add(sums, key, quantity, amount if quantity > 0 else -amount)
    return sums


def exported(file: Path) -> Sums:
    with file.open(encoding="utf-8", newline="") as opened:
        return {
            (row["store"], row["item"], row["week"]): [
                Decimal(row[name]) for name in ("lines", "quantity", "amount")
            ]
            for row in csv.DictReader(opened)
        }


if __name__ == "__main__":
    sys.exit(main(sys.argv[1], Path(sys.argv[2]), Path(sys.argv[3])))
