"""Bringing a file of sales in: its stores, items and parties first, then what the sales need on
the shelves, then slip after slip in batches, each batch one action and one transaction.

The shelves are filled by an opening document in each store, the day before its first new sale, with
what will be sold and written off as far as it is not there; a piece is put down at `COST_SHARE` of
what it fetched on the average, because sales files do not say what goods had cost.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any
from uuid import UUID

import duckdb
from django.db import transaction

from tongpan.base import env
from tongpan.business.sales_import.figures import posted_of
from tongpan.business.sales_import.presets import PRESETS, Preset, open_source
from tongpan.business.stock.queries import pools_of
from tongpan.kernel.documents.gate import run
from tongpan.kernel.documents.models import Document, State
from tongpan.kernel.org.models import LegalEntity, OrgUnit
from tongpan.kernel.org.scope import system
from tongpan.kernel.org.units import create_unit
from tongpan.masters.items.models import UnitOfMeasure
from tongpan.masters.places.queries import default_place
from tongpan.masters.taxes.models import TaxCategory

COST_SHARE = Decimal("0.7")
SLIPS_AT_ONCE, MASTERS_AT_ONCE, OPENING_LINES, ASKED_AT_ONCE = 100, 3000, 2000, 10_000
MADE_AT = datetime.fromisoformat("2000-01-01T00:00:00+00:00")  # masters have no time of their own
Tell = Callable[[str], None]
Name = Callable[[Any], str]


@dataclass(slots=True)
class Report:
    """What became of a file's rows."""

    rows_read: int = 0
    rows_posted: int = 0
    skipped: dict[str, int] = field(default_factory=dict)
    documents: int = 0
    already: int = 0
    totals: dict[str, Any] = field(default_factory=dict)
    posted: dict[str, Any] = field(default_factory=dict)  # as the company's own tables say
    left_out: dict[str, Decimal] = field(default_factory=dict)  # amounts, by reason

    @property
    def holds(self) -> bool:
        """Whether every row is accounted for, in the tables as in the file."""
        return self.rows_read == self.rows_posted + sum(self.skipped.values())


def import_sales(
    given: Path,
    preset: str,
    *,
    tell: Tell = lambda text: None,
    name_of: Name = lambda row: str(row.name or row.code),
) -> Report:
    """Bring in a file, or a folder of the program's files. Everything is the company's own work.

    `name_of` says what an item is called, given its row {code, name, brand, maker, size}.

    Errors: Refusal sales_file_unknown, and whatever the actions refuse.
    """
    declared = PRESETS[preset]
    with duckdb.connect(config={"threads": 2, "memory_limit": "1GB"}) as base:
        open_source(base, declared, given)
        base.execute("set preserve_insertion_order = false")
        with system(reason="import of sales"):
            return _Import(base, declared, tell, name_of).carry_out()


class _Import:
    """One import on its way."""

    def __init__(
        self, base: duckdb.DuckDBPyConnection, preset: Preset, tell: Tell, name_of: Name
    ) -> None:
        self.base, self.preset, self.tell, self.name_of = base, preset, tell, name_of
        self.report = Report()
        self.tills: dict[str, OrgUnit] = {}
        self.items: dict[str, UUID] = {}
        self.documents: list[UUID] = []  # what the file's rows become

    def carry_out(self) -> Report:
        report = self.report
        relation = self._ask(self.preset.totals)
        names = [column[0] for column in relation.description]
        report.totals = dict(zip(names, relation.fetchone() or (), strict=True))
        report.rows_read = self._one("select count(*) from row")
        reasons = self._ask(
            "select skipped, count(*), sum(amount) from row where skipped is not null group by 1"
        ).fetchall()
        report.skipped = {reason: count for reason, count, _ in reasons}
        report.left_out = {reason: amount for reason, _, amount in reasons}
        self._stores()
        self._masters()
        self._what_is_known()
        self._openings()
        self._slips()
        self._adjustments("stock.overage", "overage")
        self._adjustments("stock.loss", "loss")
        self.tell("proof")
        self._count_posted()
        return report

    def _ask(self, query: str, given: Sequence[Any] = ()) -> duckdb.DuckDBPyConnection:
        """A query with a result of its own, so that several can be read side by side."""
        return self.base.cursor().execute(query, list(given))

    def _one(self, query: str) -> Any:
        row = self._ask(query).fetchone()
        return row[0] if row else None

    def _id(self, *names: object) -> UUID:
        return env.id_of(MADE_AT, self.preset.code, *names)

    # -- where and what ----------------------------------------------------------------------------

    def _stores(self) -> None:
        """A store and a till for each store of the file, below the top of the tree."""
        self.tell("stores")
        top = OrgUnit.objects.filter(parent=None).first() or self._top()
        units = {unit.code: unit for unit in OrgUnit.objects.select_related("parent")}
        names = self._ask("select distinct store from row order by 1").fetchall()
        with transaction.atomic():
            for (name,) in names:
                code = f"{self.preset.prefix}{name}"
                if code not in units:
                    store = create_unit(
                        parent=top, kind="store", code=code, name=f"来源门店 {name}"
                    )
                    default_place(store)
                    units[f"{code}-1"] = create_unit(
                        parent=store, kind="till", code=f"{code}-1", name="1 号机"
                    )
                self.tills[name] = units[f"{code}-1"]

    def _top(self) -> OrgUnit:
        entity = LegalEntity.objects.create(id=env.new_id(), name="导入的公司")
        return create_unit(parent=None, kind="company", code="HQ", name="总部", entity=entity)

    def _masters(self) -> None:
        """What the file names: items, and parties where it knows its customers."""
        self.tell("items and parties")
        untaxed = {"code": "UNSTATED", "name": "税务未载明", "treatment": "not_taxable"}
        self._bring_in("taxes.category", [{"id": self._id("tax"), **untaxed}], TaxCategory)
        piece = {"code": "PIECE", "name": "件（导入）"}
        self._bring_in("items.unit", [{"id": self._id("unit"), **piece}], UnitOfMeasure)
        methods = (("UNSTATED", "未载明"), ("COUPON", "厂家券"))
        self._bring_in("till.payment_method", [
            {"id": env.id_of(MADE_AT, "method", code), "code": code, "name": name}
            for code, name in methods
        ])  # fmt: skip
        relation = self._ask("select code, name, kind, brand, maker, size from item order by 1")
        names = [column[0] for column in relation.description]
        while rows := relation.fetchmany(MASTERS_AT_ONCE):
            self._bring_in(
                "items.item", [self._item(dict(zip(names, row, strict=True))) for row in rows]
            )
        relation = self._ask(
            "select distinct party from row where party is not null and kind in ('sale', 'return')"
            " order by 1"
        )
        while rows := relation.fetchmany(MASTERS_AT_ONCE):
            self._bring_in("parties.party", [self._party(name) for (name,) in rows])

    def _item(self, row: dict[str, Any]) -> dict[str, Any]:
        self.items[row["code"]] = self._id("item", row["code"])
        name = self.name_of(_Row(**row))
        return {
            "id": self.items[row["code"]], "code": row["code"], "name": name[:120],
            "kind": row["kind"], "base_unit": "PIECE", "tax_category": "UNSTATED",
        }  # fmt: skip

    def _party(self, name: str) -> dict[str, Any]:
        code = f"{self.preset.prefix}{name}"
        return {"id": self._id("party", name), "code": code, "name": code, "is_customer": True}

    def _bring_in(self, kind: str, rows: Sequence[dict[str, Any]], model: Any = None) -> None:
        if model is not None:  # shared by all imports: another preset may have made it
            known = set(model.objects.values_list("code", flat=True))
            rows = [row for row in rows if row["code"] not in known]
        run("masters.bring_in", payload={"type": kind, "rows": rows})

    # -- what must stand on the shelves ------------------------------------------------------------

    def _what_is_known(self) -> None:
        """Which documents the file's rows become, and which of them an earlier file brought."""
        slips = self._ask(
            "select kind, slip, store, min(moment) from row where kind in ('sale', 'return')"
            " group by all"
        ).fetchall()
        days = self._ask(
            "select kind, store, moment::date from row where kind in ('loss', 'overage')"
            " group by all"
        ).fetchall()
        of_slips = [self._slip_id(*row) for row in slips]
        of_days = [self._adjustment_id(*row) for row in days]
        self.documents = [*of_slips, *of_days]
        known: set[UUID] = set()
        for start in range(0, len(self.documents), ASKED_AT_ONCE):
            some = self.documents[start : start + ASKED_AT_ONCE]
            known |= set(Document.unscoped.filter(pk__in=some).values_list("pk", flat=True))
        self.base.execute("create table known_slip (kind text, slip text)")
        self.base.execute("create table known_day (kind text, store text, day date)")
        for table, ids, rows in (
            ("known_slip", of_slips, [row[:2] for row in slips]),
            ("known_day", of_days, days),
        ):
            there = [row for pk, row in zip(ids, rows, strict=True) if pk in known]
            if there:
                columns = [list(column) for column in zip(*there, strict=True)]
                unnested = ", ".join("unnest(?)" for _ in columns)
                self.base.execute(f"insert into {table} select {unnested}", columns)

    def _openings(self) -> None:
        query = """
            select item, sum(quantity) filter (r.kind in ('sale', 'loss'))::decimal(18, 0),
                   round(sum(amount) filter (r.kind = 'sale')
                         / nullif(sum(quantity) filter (r.kind = 'sale'), 0) * ?, 4),
                   min(moment)
            from row r join item i on i.code = r.item and i.kind = 'stocked'
            where r.store = ? and r.kind in ('sale', 'loss')
              and not exists (from known_slip k where k.kind = r.kind and k.slip = r.slip)
              and not exists (from known_day k where k.kind = r.kind and k.store = r.store
                                                 and k.day = r.moment::date)
            group by item order by item
        """
        for n, (name, till) in enumerate(self.tills.items(), start=1):
            self.tell(f"opening stock {n}/{len(self.tills)}")
            rows = self._ask(query, [COST_SHARE, name]).fetchall()
            first = min((row[3] for row in rows), default=None)
            for start in range(0, len(rows), OPENING_LINES):
                assert first is not None, "Rows have moments."
                self._opening(name, till, first, rows[start : start + OPENING_LINES])

    def _opening(self, name: str, till: OrgUnit, first: datetime, rows: Sequence[Any]) -> None:
        store = till.parent
        assert store is not None, "A till stands in a store."
        place = default_place(store)
        there = pools_of(place, [(self.items[item], "") for item, *_ in rows])
        short = [
            (item, quantity - there[self.items[item], ""].quantity, cost)
            for item, quantity, cost, _ in rows
            if quantity > there[self.items[item], ""].quantity
        ]
        if not short:
            return
        lines = [
            {"item": self.items[item], "quantity": quantity,
             "unit_cost": max(Decimal(str(cost or 0)), Decimal("0.0001"))}
            for item, quantity, cost in short
        ]  # fmt: skip
        day = (first - timedelta(days=1)).date()
        payload = {"header": {"place": place.pk}, "lines": lines, "unit": store,
                   "business_date": day}  # fmt: skip
        self._post("stock.opening", self._id("opening", name, day, short), payload)

    def _post(self, kind: str, document_id: UUID, payload: dict[str, Any]) -> None:
        """Draft and post a document, as far as that was not done before."""
        there = Document.unscoped.filter(pk=document_id).first()
        if there is None:
            run(f"{kind}.save", document_id, payload)
        if there is None or there.state == State.DRAFT:
            run(f"{kind}.post", document_id)
            self.report.documents += 1
        else:
            self.report.already += 1

    # -- the slips ---------------------------------------------------------------------------------

    def _slips(self) -> None:
        self.tell("slips")
        relation = self._ask("""
            select slip, kind, store, any_value(party), min(moment), sum(amount), sum(coupon),
                   list(struct_pack(i := item, q := quantity, a := amount) order by n)
            from row where kind in ('sale', 'return')
            group by slip, kind, store order by store, min(moment), slip
        """)
        slips = self._one(
            "select count(distinct (slip, kind)) from row where kind in ('sale', 'return')"
        )
        done = 0
        while rows := relation.fetchmany(SLIPS_AT_ONCE):
            sales = [self._slip(row) for row in rows if row[1] == "sale"]
            returns = [self._slip(row) for row in rows if row[1] == "return"]
            payload = {"sales": sales, "returns": returns}
            result = run("till.sale.bring_in", payload=payload).result
            self.report.documents += result["sales"] + result["returns"]
            self.report.already += result["known"]
            done += len(rows)
            self.tell(f"slips {done}/{slips}")

    def _slip_id(self, kind: str, slip: str, store: str, moment: datetime) -> UUID:
        at = moment.replace(tzinfo=self.tills[store].zone)
        return env.id_of(at, self.preset.code, kind, slip)

    def _slip(self, row: Any) -> dict[str, Any]:
        slip, kind, store, party, moment, amount, coupon, lines = row
        till = self.tills[store]
        at = moment.replace(tzinfo=till.zone)
        by_coupon = min(coupon, amount)
        payments = [("COUPON", by_coupon), ("UNSTATED", amount - by_coupon)]
        return {
            "id": self._slip_id(kind, slip, store, moment),
            "till": till,
            "at": at,
            "party": self._id("party", party) if party else None,
            "reason": "取消" if kind == "return" else "",
            "lines": [
                {"item": self.items[n["i"]], "quantity": n["q"], "amount": n["a"]} for n in lines
            ],
            "payments": [{"method": m, "amount": paid} for m, paid in payments if paid],
        }

    # -- what left or came without a customer ------------------------------------------------------

    def _adjustments(self, kind: str, row_kind: str) -> None:
        """One document for each day and store; what the file says of them is too short for more."""
        relation = self._ask(
            "select store, moment::date,"
            " list(struct_pack(i := item, q := quantity) order by slip, n)"
            " from row where kind = ? group by 1, 2 order by 1, 2", [row_kind],
        )  # fmt: skip
        for store, day, lines in relation.fetchall():
            self.tell(f"{kind} {day}")
            unit = self.tills[store].parent
            assert unit is not None, "A till stands in a store."
            more = {"unit_cost": Decimal("0.01")} if kind == "stock.overage" else {}
            header: dict[str, Any] = {"place": default_place(unit).pk}
            header |= {"reason": "broken"} if kind == "stock.loss" else {}
            payload = {
                "header": header, "unit": unit, "business_date": day,
                "lines": [{"item": self.items[n["i"]], "quantity": n["q"], **more} for n in lines],
            }  # fmt: skip
            self._post(kind, self._adjustment_id(row_kind, store, day), payload)

    def _adjustment_id(self, kind: str, store: str, day: date) -> UUID:
        return self._id(f"stock.{kind}", store, day)

    # -- the proof ---------------------------------------------------------------------------------

    def _count_posted(self) -> None:
        self.report.posted = posted = posted_of(self.documents)
        kinds = ("sale_lines", "return_lines", "loss_lines", "overage_lines")
        self.report.rows_posted = sum(posted[name] for name in kinds)


@dataclass(frozen=True, slots=True)
class _Row:
    """An item as the file knows it."""

    code: str
    name: str
    kind: str
    brand: str
    maker: int | None
    size: str | None
