"""Reads of the till, written for its speed: one statement each.

What a slip is and what a till took is shown to whoever may ring up at that till, and nobody else.
"""

import json
import re
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from functools import lru_cache
from typing import Any, NamedTuple
from uuid import UUID

import orjson
from django.db import connection
from django.db.models import Count, Q, QuerySet, Sum

from tongpan.base.numbers import ZERO
from tongpan.base.refusals import Refusal
from tongpan.business.pricing.rules import Level
from tongpan.business.stock import accounts as stock
from tongpan.business.till.models import (
    Exchange,
    ParkedSale,
    PaymentMethod,
    Return,
    ReturnLine,
    ReturnShare,
    Sale,
    SaleLine,
    SaleShare,
    SlipPayment,
)
from tongpan.kernel.companies.at_once import read_at_once
from tongpan.kernel.companies.calls import Call, together
from tongpan.kernel.companies.rows import rows_where
from tongpan.kernel.documents.history import history_of
from tongpan.kernel.documents.models import Document, State
from tongpan.kernel.ledger.queries import balance_of
from tongpan.kernel.org.models import OrgUnit, business_date
from tongpan.kernel.org.scope import may, units_where, visible
from tongpan.masters.items.models import ItemUnit
from tongpan.masters.prices.rules import clock_at

SEE = "till.sale.ring_up"
TILL_AND_STORE = "id = %s or id = (select parent_id from org_unit where id = %s)"
TOKEN = re.compile("[0-9a-f]{32}")
SLIP_TYPES = ("till.sale", "till.return")
PRINTED = ("till.sale.print", "till.return.print")


as_id = lru_cache(maxsize=16384)(UUID)
"""The id that a text stands for: the same goods and units come all day."""


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
    price_from: UUID | None  # the row that says what it costs
    is_price_open: bool = False  # whether the cashier says what it costs
    levels: tuple[Level, ...] = ()  # lower prices for members, or from a quantity on
    level: UUID | None = None  # the one that holds in a basket


class Method(NamedTuple):
    """A way of paying, as the till needs it."""

    pk: UUID
    code: str
    name: str
    gives_change: bool
    is_refundable: bool
    is_invoiceable: bool
    is_by_provider: bool
    kind: str


Asked = tuple[UUID, UUID | None]
AskedAt = tuple[UUID, UUID | None, str, date, str]
OFFERS, METHODS = "till_offers(%s)", Call("till_methods()", ())


def offers(asked: Sequence[Asked], store: OrgUnit, at: datetime) -> dict[Asked, Offer]:
    """What each of these items costs at a store at a moment, by item and the unit asked for."""
    if not asked:
        return {}
    where = asked_at(store, at, business_date(store, at))
    (rows,) = together([offers_call((item, unit, *where) for item, unit in asked)])
    return {(item, unit): offer for (item, unit, *_where), offer in offers_read(rows).items()}


def asked_at(store: OrgUnit, at: datetime, on: date) -> tuple[str, date, str]:
    """Where and when prices are asked for: at a moment of this business day of a store."""
    return store.path, on, clock_at(at, store.zone, on)


def methods_in_use() -> Mapping[str, Method]:
    """The ways of paying that are in use, by code."""
    (rows,) = together([METHODS])
    return methods_read(rows)


def offers_call(asked: Iterable[AskedAt]) -> Call:
    """The call that reads what items cost at stores, by their paths, at minutes of days."""
    return Call(OFFERS, (orjson.dumps([*asked]).decode(),))


def offers_read(text: str) -> dict[AskedAt, Offer]:
    """What that call says."""
    return offers_of(exactly(text))


def exactly(text: str) -> Any:
    """JSON in which every number is exact."""
    return json.loads(text, parse_float=Decimal, parse_int=Decimal)


def offers_of(rows: Iterable[list[Any]]) -> dict[AskedAt, Offer]:
    """The same of what was read as JSON already."""
    found: dict[AskedAt, Offer] = {}
    for row in rows:
        for place in (0, 1, 6, 11, 14):
            row[place] = row[place] and as_id(row[place])
        *facts, told, path, on, clock = row
        facts.append((told and tuple(_level(n) for n in told if n[4] is not None)) or ())
        offer, day = Offer(*facts), date.fromisoformat(on)
        found[offer.item, offer.unit, path, day, clock] = offer
        if offer.unit == offer.base_unit:
            found[offer.item, None, path, day, clock] = offer
    return found


def _level(told: Sequence[Any]) -> Level:
    pk, for_members, tier, *rest = told
    return Level(as_id(pk), for_members, tier and as_id(tier), *rest)


@lru_cache(maxsize=256)
def methods_read(text: str) -> Mapping[str, Method]:
    """What `METHODS` says. Kept: it says the same all day."""
    return {code: Method(as_id(pk), code, *rest) for pk, code, *rest in json.loads(text)}


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


def left_of_ways(sale: UUID) -> dict[UUID, Decimal]:
    """By way of paying, what of it was paid for a sale and not paid back yet."""
    with connection.cursor() as cursor:
        cursor.execute(
            "select p.method, sum(case when p.document = %(sale)s then p.amount else -p.amount end)"
            " from till_payment p where p.document = %(sale)s or p.document in ("
            " select id from document where follows_id = %(sale)s and type = 'till.return'"
            " and state = 'posted') group by p.method",
            {"sale": sale},
        )
        found = dict(cursor.fetchall())
    # Goods that went out in an exchange were paid for by what the others had been paid with.
    on_account = Sale.unscoped.filter(pk=sale).exclude(customer=None).values("pk")
    exchanges = Exchange.unscoped.filter(sold=sale).exclude(sold__in=on_account)
    before = exchanges.values_list("returned__follows", flat=True).first()
    for way, amount in left_of_ways(before).items() if before is not None else ():
        found[way] = found.get(way, ZERO) + amount
    return found


def account_of(sale: UUID) -> str | None:
    """The way of paying by which some of a sale was put on an account, if any was."""
    rows = SlipPayment.unscoped.filter(document=sale, method__kind=PaymentMethod.Kind.ACCOUNT)
    return rows.values_list("method__code", flat=True).first()


def payments_by_kind(sale: UUID) -> dict[str, tuple[Decimal, Decimal]]:
    """By kind of payment, what was paid for a sale, and what of it was paid back already."""
    with connection.cursor() as cursor:
        cursor.execute(
            "select m.kind, sum(p.amount) filter (where p.document = %(sale)s),"
            " coalesce(sum(p.amount) filter (where p.document <> %(sale)s), 0)"
            " from till_payment p join payment_method m on m.id = p.method"
            " where p.document = %(sale)s or p.document in ("
            " select id from document where follows_id = %(sale)s and type = 'till.return'"
            " and state = 'posted') group by m.kind",
            {"sale": sale},
        )
        return {kind: (paid or ZERO, back) for kind, paid, back in cursor.fetchall()}


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


def till(pk: UUID) -> OrgUnit | None:
    """One of them, by its id."""
    found = rows_where(OrgUnit, TILL_AND_STORE, [pk, pk])
    if len(found) != 2:
        return None
    here, store = sorted(found, key=lambda unit: unit.pk != pk)
    here.parent = store
    is_till = here.kind == OrgUnit.Kind.TILL and here.is_active
    return here if is_till and may(SEE, here) else None


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
    """The ways of paying that a till offers, the commonest first."""
    return PaymentMethod.objects.filter(state="active").order_by("position", "code")


def parked(till: OrgUnit) -> QuerySet[ParkedSale]:
    """The baskets that wait at the tills of a till's store, the longest waiting first."""
    rows = visible(ParkedSale, SEE).filter(till__parent=till.parent)
    return rows.select_related("parked_by", "till")


# -- slips ---------------------------------------------------------------------------------------


def slips_of(till: OrgUnit, on: date) -> QuerySet[Document]:
    """The sales and returns of a till on a business day, the latest first."""
    rows = visible(Document, SEE).filter(type__in=SLIP_TYPES, org_unit=till, business_date=on)
    return rows.select_related("created_by").order_by("-id")


def sale_on_slip(text: str) -> Document | None:
    """The sale whose slip a customer brings, by its number or the code in its QR, at whichever
    store it was rung up. Who holds the slip shows it, so it is not asked who may see the store."""
    wanted = text.strip()
    rows = Document.unscoped.filter(type=SLIP_TYPES[0])
    found = rows.select_related("org_unit__entity", "org_unit__parent")
    code = wanted.rstrip("/").rsplit("/", 1)[-1].lower()
    if TOKEN.fullmatch(code):
        return found.filter(pk__in=Sale.unscoped.filter(invoice_token=code).values("pk")).first()
    return found.filter(number__in=[wanted, wanted.upper()]).first()


def sold_on(sale: Document) -> tuple[list[SaleLine], list[SlipPayment]]:
    """What a sale sold and how it was paid, for who takes goods of it back."""
    lines = SaleLine.unscoped.filter(document=sale.pk).select_related("item", "unit")
    paid = SlipPayment.unscoped.filter(document=sale.pk).select_related("method")
    return list(lines.order_by("position")), list(paid.order_by("id"))


def lowest_prices(items: Iterable[UUID], entity: UUID, since: date) -> dict[Asked, Decimal]:
    """The least that one of each item in a unit was sold for since a day at the stores of a legal
    entity, to the cent below. What was given away does not count."""
    with connection.cursor() as cursor:
        cursor.execute(
            "select l.item, l.unit, trunc(min(l.gross / l.quantity), 2) from till_sale_line l"
            " join document d on d.id = l.document and d.state = 'posted'"
            " join org_unit u on u.id = d.org_unit_id and u.entity_id = %s"
            " where l.item = any(%s) and l.business_date >= %s and l.gross > 0"
            " group by l.item, l.unit",
            [entity, list(items), since],
        )
        return {(item, unit): price for item, unit, price in cursor.fetchall()}


def given_without_slip(person: UUID, on: date) -> Decimal:
    """What a person paid back on a day for goods without a slip, in money."""
    rows = Return.unscoped.filter(
        document__business_date=on, document__created_by=person, document__follows=None,
        document__state=State.POSTED,
    )  # fmt: skip
    return rows.aggregate(sum=Sum("gross"))["sum"] or ZERO


def exchange_of(slip: UUID) -> Exchange | None:
    """The exchange that a slip belongs to; whoever may see the slip may know of it."""
    rows = Exchange.unscoped.filter(Q(returned=slip) | Q(sold=slip))
    return rows.select_related("returned", "sold").first()


def exchanged_among(slips: Iterable[UUID]) -> set[UUID]:
    """Those of these slips that are half of an exchange."""
    asked = list(slips)
    rows = Exchange.unscoped.filter(Q(returned__in=asked) | Q(sold__in=asked))
    return {pk for pair in rows.values_list("returned", "sold") for pk in pair}


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


def customer_of(slip: UUID) -> UUID | None:
    """The customer on whose account a sale was, or the sale of which a return brought goods back.

    The party of such a slip is the member, where one was named as well.
    """
    of_sale = Q(pk=slip) | Q(document__followers=slip)
    sales = Sale.unscoped.filter(of_sale).exclude(customer=None)
    return sales.values_list("customer", flat=True).first()


def payments_of(slips: Iterable[UUID]) -> dict[UUID, list[SlipPayment]]:
    """How each slip was paid, or paid back."""
    found: dict[UUID, list[SlipPayment]] = {}
    for row in _payments(slips):
        found.setdefault(row.document_id, []).append(row)
    return found


def _payments(slips: Iterable[UUID]) -> QuerySet[SlipPayment]:
    rows = visible(SlipPayment, SEE).filter(document__in=list(slips)).select_related("method")
    return rows.order_by("id")


def shares_of(slip: UUID) -> QuerySet[SaleShare]:
    """What was taken off the lines of a sale, in their order; it is no secret to who knows it."""
    rows = SaleShare.unscoped.filter(document=slip).select_related("by_whom")
    return rows.order_by("line", "position")


def shares_given_back(slip: UUID) -> QuerySet[ReturnShare]:
    """What a return gave back of what had been taken off."""
    rows = ReturnShare.unscoped.filter(document=slip).select_related("by_whom")
    return rows.order_by("line", "position")


def shares_and_payments(
    slip: UUID, *, is_sale: bool
) -> tuple[list[SaleShare | ReturnShare], list[SlipPayment]]:
    """What was taken off a slip, or given back, and how the rest was paid, in one statement."""
    shares, paid = read_at_once(
        shares_of(slip) if is_sale else shares_given_back(slip), _payments([slip])
    )
    return shares, paid


def shares_returned(sale: UUID) -> dict[UUID, Decimal]:
    """By promotion, what of it returns of a sale gave back already."""
    with connection.cursor() as cursor:
        cursor.execute(
            "select s.promotion, sum(s.amount) from till_return_share s"
            " join document d on d.id = s.document and d.state = 'posted'"
            " where d.follows_id = %s and s.promotion is not null group by s.promotion",
            [sale],
        )
        return dict(cursor.fetchall())


def invoice_code_of(sale: UUID) -> str:
    """What the customer asks for the invoice with; it stands on their slip and nowhere else."""
    here = visible(Document, SEE).filter(pk=sale).values("pk")
    found = Sale.unscoped.filter(document__in=here, invoiceable__gt=0)
    return found.values_list("invoice_token", flat=True).first() or ""


def times_printed(slip: UUID) -> int:
    """How often a slip was put on paper."""
    return int(history_of(slip).filter(action__in=PRINTED).count())


_COUNTED = {SLIP_TYPES[0]: True, SLIP_TYPES[1]: False}


def count_as_takings(document_type: str, *, comes_in: bool) -> None:
    """Let the payments of documents of a type count as taken at their till, or as paid back."""
    _COUNTED[document_type] = comes_in


def counted_types() -> dict[str, bool]:
    """The types of document whose payments count at their till, and whether money comes in."""
    return dict(_COUNTED)


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
    sums: dict[tuple[UUID, bool], tuple[Decimal, int]] = {}
    for method, kind, amount, count in paid.values_list("method", "document__type").annotate(
        Sum("amount"), Count("id")
    ):
        if (comes_in := _COUNTED.get(kind)) is not None:
            before = sums.get((method, comes_in), (ZERO, 0))
            sums[method, comes_in] = before[0] + amount, before[1] + count
    used = PaymentMethod.objects.filter(pk__in={method for method, _ in sums})
    nothing = (ZERO, 0)
    rows = [
        Taking(method, sold[0], back[0], sold[1] + back[1])
        for method in used.order_by("position", "code")
        for sold in [sums.get((method.pk, True), nothing)]
        for back in [sums.get((method.pk, False), nothing)]
    ]
    sales = _counted(visible(Sale, SEE).filter(**posted))
    returns = _counted(visible(Return, SEE).filter(**posted))
    return Takings(rows, sales[0], returns[0], sales[1], returns[1])


def _counted(slips: QuerySet[Sale] | QuerySet[Return]) -> tuple[int, Decimal]:
    found = slips.aggregate(count=Count("pk"), gross=Sum("gross"))
    return found["count"], found["gross"] or ZERO
