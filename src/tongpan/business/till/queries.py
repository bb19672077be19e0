"""Reads of the till, written for its speed: one statement each.

What a slip is and what a till took is shown to whoever may ring up at that till, and nobody else.
"""

from collections.abc import Iterable, Sequence
from datetime import date
from decimal import Decimal
from functools import cache
from typing import Any, NamedTuple
from uuid import UUID

from django.db import connection
from django.db.models import Count, QuerySet, Sum

from tongpan.base.numbers import ZERO
from tongpan.base.refusals import Refusal
from tongpan.business.stock import accounts as stock
from tongpan.business.till.models import (
    ParkedSale,
    PaymentMethod,
    Return,
    ReturnLine,
    Sale,
    SaleLine,
    SlipPayment,
)
from tongpan.kernel.documents.history import history_of
from tongpan.kernel.documents.models import Document, State
from tongpan.kernel.ledger.queries import balance_of
from tongpan.kernel.org.models import OrgUnit
from tongpan.kernel.org.scope import units_where, visible
from tongpan.masters.items.models import Item, ItemUnit, UnitOfMeasure
from tongpan.masters.prices.models import Price, PriceList
from tongpan.masters.taxes.models import TaxCategory, TaxRate

SEE = "till.sale.ring_up"
SLIP_TYPES = ("till.sale", "till.return")
PRINTED = ("till.sale.print", "till.return.print")

# The same choices as `prices.queries.price_of` and `taxes.queries.rate_of`, for many items at once:
# the nearest list wins, then the one that began last, then the price that began last.
OFFERS = """
select i.id, u.unit_id, i.code, i.name, i.kind, i.state, i.base_unit_id, m.step, b.step,
       case when u.unit_id = i.base_unit_id then 1
            else coalesce(f.factor, m.size / b.size) end,
       coalesce(p.price, q.price * coalesce(f.factor, m.size / b.size)), c.id,
       case when c.treatment = 'taxable' then r.rate else 0 end, m.name, asked.path, asked.on_day
from unnest(%s::uuid[], %s::uuid[], %s::text[], %s::date[]) as asked(item, unit, path, on_day)
join {item} i on i.id = asked.item
cross join lateral (select coalesce(asked.unit, i.base_unit_id) as unit_id) u
join {measure} m on m.id = u.unit_id
join {measure} b on b.id = i.base_unit_id
left join {item_unit} f on f.item_id = i.id and f.unit_id = u.unit_id
left join {category} c on c.id = i.tax_category_id
left join lateral (select rate from {rate} where category_id = c.id and valid_from <= asked.on_day
                   and state = 'active' order by valid_from desc limit 1) r on true
left join lateral ({price}) p on true
left join lateral ({base_price}) q on true
"""
PRICE = """
select p.price from {price_table} p join {list} l on l.id = p.price_list_id
join org_unit o on o.id = l.org_unit_id
where p.item_id = i.id and p.unit_id = {unit} and p.barcode_id is null and p.state = 'active'
  and p.valid_from <= asked.on_day and l.state = 'active' and l.valid_from <= asked.on_day
  and (l.valid_until is null or l.valid_until >= asked.on_day)
  and starts_with(asked.path, o.path) {and_only}
order by length(o.path) desc, l.valid_from desc, p.valid_from desc limit 1
"""


class Offer(NamedTuple):
    """An item as the till sells it in one unit: price with tax, or None where it has no price."""

    item: UUID
    unit: UUID
    code: str
    name: str
    kind: str
    state: str
    base_unit: UUID
    step: Decimal
    base_step: Decimal
    factor: Decimal | None
    price: Decimal | None
    tax_category: UUID | None
    tax_rate: Decimal | None
    unit_name: str


Asked = tuple[UUID, UUID | None]


def offers(asked: Sequence[Asked], store: OrgUnit, on: date) -> dict[Asked, Offer]:
    """What each of these items costs at a store on a day, by item and the unit asked for."""
    found = offers_at([(item, unit, store.path, on) for item, unit in asked])
    return {(item, unit): offer for (item, unit, _path, _on), offer in found.items()}


AskedAt = tuple[UUID, UUID | None, str, date]


def offers_at(asked: Sequence[AskedAt]) -> dict[AskedAt, Offer]:
    """The same for many stores, by their paths, and many days at once."""
    with connection.cursor() as cursor:
        cursor.execute(_statement(), [list(column) for column in zip(*asked, strict=True)])
        rows = cursor.fetchall()
    found: dict[AskedAt, Offer] = {}
    for row in rows:
        offer, where = Offer(*row[:-2]), row[-2:]
        found[offer.item, offer.unit, *where] = offer
        if offer.unit == offer.base_unit:
            found[offer.item, None, *where] = offer
    return found


@cache
def _statement() -> str:
    tables = {"price_table": Price._meta.db_table, "list": PriceList._meta.db_table}
    return OFFERS.format(
        item=Item._meta.db_table,
        measure=UnitOfMeasure._meta.db_table,
        item_unit=ItemUnit._meta.db_table,
        category=TaxCategory._meta.db_table,
        rate=TaxRate._meta.db_table,
        price=PRICE.format(unit="u.unit_id", and_only="", **tables),
        base_price=PRICE.format(
            unit="i.base_unit_id", and_only="and u.unit_id <> i.base_unit_id", **tables
        ),
    )


def returned_before(lines: Iterable[UUID]) -> dict[UUID, Decimal]:
    """How much of each sold line came back already, in the unit it was sold in."""
    with connection.cursor() as cursor:
        cursor.execute(
            "select l.sold, sum(l.quantity) from till_return_line l"
            " join document d on d.id = l.document and d.state = 'posted'"
            " where l.sold = any(%s) group by l.sold",
            [list(lines)],
        )
        return dict(cursor.fetchall())


def costs_of(document: UUID) -> dict[UUID, Decimal]:
    """What the goods of each line of a slip had cost: the value that left with them."""
    with connection.cursor() as cursor:
        cursor.execute(
            "select e.line, sum(e.value) from entry e join posting p on p.id = e.posting"
            " and p.business_date = e.business_date"
            " where p.id = %s and e.line is not null group by e.line",
            [document],
        )
        return dict(cursor.fetchall())


# -- at the counter ------------------------------------------------------------------------------


def tills() -> QuerySet[OrgUnit]:
    """The tills at which the acting person may ring up, with their stores."""
    mine = units_where(SEE).filter(kind=OrgUnit.Kind.TILL, is_active=True)
    return mine.select_related("parent").order_by("path")


def units_of(items: Iterable[UUID]) -> dict[UUID, list[UUID]]:
    """The other units in which each item is counted, the smallest first."""
    found: dict[UUID, list[UUID]] = {}
    rows = ItemUnit.objects.filter(item__in=list(items), state="active").order_by("factor")
    for item, unit in rows.values_list("item_id", "unit_id"):
        found.setdefault(item, []).append(unit)
    return found


def stock_left(store: UUID, place: UUID, items: Iterable[UUID]) -> dict[UUID, Decimal]:
    """What stands on the shelf from which a store sells, in base units."""
    keys = {stock.shelf(store, place, item): item for item in items}
    found = balance_of(list(keys))
    return {item: found[key].amount for key, item in keys.items()}


def methods() -> QuerySet[PaymentMethod]:
    """The ways of paying that a till offers: what gives change comes first."""
    return PaymentMethod.objects.filter(state="active").order_by("-gives_change", "code")


def parked(till: OrgUnit) -> QuerySet[ParkedSale]:
    """The baskets that wait at a till, the longest waiting first."""
    return visible(ParkedSale, SEE).filter(till=till).select_related("parked_by")


# -- slips ---------------------------------------------------------------------------------------


def slips_of(till: OrgUnit, on: date) -> QuerySet[Document]:
    """The sales and returns of a till on a business day, the latest first."""
    rows = visible(Document, SEE).filter(type__in=SLIP_TYPES, org_unit=till, business_date=on)
    return rows.select_related("created_by").order_by("-id")


def find_slip(number: str, store: OrgUnit) -> Document | None:
    """The slip of this number that a till of the store gave out."""
    rows = visible(Document, SEE).filter(type__in=SLIP_TYPES, org_unit__parent=store)
    return rows.filter(number__iexact=number.strip()).first()


def slip_of(document: Document) -> Sale | Return:
    """A slip with its lines. Whoever may ring up at the till may read it, as a customer does.

    Errors: Refusal not_found.
    """
    is_sale = document.type == SLIP_TYPES[0]
    rows: QuerySet[Any] = visible(Sale if is_sale else Return, SEE)
    slip: Sale | Return | None = rows.filter(pk=document.pk).select_related("store").first()
    if slip is None:
        raise Refusal("not_found")
    lines: QuerySet[Any] = visible(SaleLine if is_sale else ReturnLine, SEE)
    found = lines.filter(document=document.pk).select_related("item", "unit")
    slip.lines = list(found.order_by("position"))
    return slip


def payments_of(slips: Iterable[UUID]) -> dict[UUID, list[SlipPayment]]:
    """How each slip was paid, or paid back."""
    rows = visible(SlipPayment, SEE).filter(document__in=list(slips)).select_related("method")
    found: dict[UUID, list[SlipPayment]] = {}
    for row in rows.order_by("id"):
        found.setdefault(row.document_id, []).append(row)
    return found


def invoice_code_of(sale: UUID) -> str:
    """What the customer asks for the invoice with; it stands on their slip and nowhere else."""
    here = visible(Document, SEE).filter(pk=sale).values("pk")
    found = Sale.unscoped.filter(document__in=here, invoiceable__gt=0)
    return found.values_list("invoice_token", flat=True).first() or ""


def times_printed(slip: UUID) -> int:
    """How often a slip was put on paper."""
    return int(history_of(slip).filter(action__in=PRINTED).count())


class Taking(NamedTuple):
    """What a way of paying brought in and paid back on a day."""

    method: PaymentMethod
    taken: Decimal
    paid_back: Decimal
    payments: int

    @property
    def left(self) -> Decimal:
        return self.taken - self.paid_back


class Takings(NamedTuple):
    """What a till did on a business day."""

    by_method: list[Taking]
    sales: int
    returns: int
    sold: Decimal
    brought_back: Decimal


def takings(till: OrgUnit, on: date) -> Takings:
    """What a till took on a business day, by way of paying. What was reversed does not count."""
    slip = {"document__org_unit": till, "document__business_date": on}
    posted = slip | {"document__state": State.POSTED}
    paid = visible(SlipPayment, SEE).filter(**posted, business_date=on)
    sums: dict[tuple[UUID, str], tuple[Decimal, int]] = {
        (method, kind): (amount, count)
        for method, kind, amount, count in paid.values_list("method", "document__type").annotate(
            Sum("amount"), Count("id")
        )
    }
    used = PaymentMethod.objects.filter(pk__in={method for method, _ in sums})
    nothing = (ZERO, 0)
    rows = [
        Taking(method, sold[0], back[0], sold[1] + back[1])
        for method in used.order_by("-gives_change", "code")
        for sold in [sums.get((method.pk, SLIP_TYPES[0]), nothing)]
        for back in [sums.get((method.pk, SLIP_TYPES[1]), nothing)]
    ]
    sales = _counted(visible(Sale, SEE).filter(**posted))
    returns = _counted(visible(Return, SEE).filter(**posted))
    return Takings(rows, sales[0], returns[0], sales[1], returns[1])


def _counted(slips: QuerySet[Sale] | QuerySet[Return]) -> tuple[int, Decimal]:
    found = slips.aggregate(count=Count("pk"), gross=Sum("gross"))
    return found["count"], found["gross"] or ZERO
