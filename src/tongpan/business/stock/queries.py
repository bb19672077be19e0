"""Reads of stock. Pools are kept accounts, so their balances are read and never summed up."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any, cast
from uuid import UUID

from django.db import connection
from django.db.models import F, QuerySet, Sum

from tongpan.base.numbers import MONEY_STEP, ZERO, round_to
from tongpan.business.stock.models import Requisition
from tongpan.kernel.ledger.models import Account
from tongpan.kernel.org.scope import visible
from tongpan.masters.items.models import Item, ItemUnit
from tongpan.masters.items.queries import base_quantity_of
from tongpan.masters.places.models import Place

ONE = Decimal(1)
SEE = "stock.overview.view"  # the permission to look at stock
# What went to the customers of a unit since a day, less what came back; by item.
SOLD = """
select a.unit, sum(
    coalesce((select sum(amount) from entry where target = a.id and business_date >= %s), 0)
  - coalesce((select sum(amount) from entry where source = a.id and business_date >= %s), 0))
  from account a where a.unit = any(%s) and a.role = 'customer' and a.org_unit = %s group by 1
"""
BALANCE = Sum(F("inflow") - F("outflow"))
VALUE = Sum(F("value_in") - F("value_out"))


@dataclass(slots=True)
class Figures:
    """How much of an item a place has, in the item's base unit."""

    on_hand: Decimal = ZERO  # may be sold or sent
    damaged: Decimal = ZERO
    coming: Decimal = ZERO  # sent to the place's unit and not yet answered for


def stock_of(place: Place, items: Sequence[Item]) -> dict[UUID, Figures]:
    """The figures of these items at a place, in one query. Whoever may use the place sees them."""
    figures = {item.pk: Figures() for item in items}
    holders = {place.pk: "", place.unit_id: "in_transit"}
    rows = (
        Account.unscoped.filter(ledger="stock", unit__in=figures, holder__in=holders)
        .filter(role__in=("shelf", "damaged", "in_transit"))
        .values_list("unit", "role")
        .annotate(balance=BALANCE)
    )
    names = {"shelf": "on_hand", "damaged": "damaged", "in_transit": "coming"}
    for item, role, balance in rows:
        setattr(figures[item], names[role], balance)
    return figures


def overview(*, items: Sequence[UUID] = (), units: Sequence[UUID] = ()) -> QuerySet[Any]:
    """Rows (unit, org_unit, holder, role, balance) of all stock that the person may see."""
    rows: QuerySet[Any] = visible(Account, SEE).filter(
        ledger="stock", role__in=("shelf", "held", "damaged", "in_transit")
    )
    if items:
        rows = rows.filter(unit__in=items)
    if units:
        rows = rows.filter(org_unit__in=units)
    by_account = rows.values("unit", "org_unit", "holder", "role")
    return cast("QuerySet[Any]", by_account.annotate(balance=BALANCE))


def wanted_at(requisition: UUID) -> Place | None:
    """The place for which a requisition asks."""
    asked = Requisition.unscoped.select_related("place__unit").filter(pk=requisition).first()
    return asked.place if asked is not None else None


def asked_for(unit: UUID, items: Iterable[UUID]) -> dict[UUID, Decimal]:
    """What of each item a unit asked for and nobody sent or ordered yet."""
    rows = Account.unscoped.filter(
        ledger="promise", role="wanted", org_unit=unit, unit__in=list(items)
    ).exclude(inflow=F("outflow"))
    return dict(rows.values_list("unit").annotate(balance=BALANCE))


def sold_since(unit: UUID, items: Sequence[UUID], since: date) -> dict[UUID, Decimal]:
    """How much of each item customers of a unit took since a day, less what they brought back."""
    with connection.cursor() as cursor:
        cursor.execute(SOLD, [since, since, list(items), unit])
        return dict(cursor.fetchall())


def place_name(place_id: UUID) -> str:
    """What people call a place, for a sentence about it: by its unit, if it is the unit's main."""
    place = Place.unscoped.select_related("unit").filter(pk=place_id).first()
    if place is None:
        return ""
    return place.unit.name if place.is_default else f"{place.unit.name} {place.name}"


def factors_of(lines: Sequence[Any]) -> dict[tuple[UUID, UUID | None], Decimal]:
    """How many base units one unit of each line is, in at most one query.

    A line without a unit counts in the base unit. A unit that the item does not have is left out.
    """
    asked = {(n.item_id, n.unit_id): n.item for n in lines if n.item_id}
    factors = {pair: ONE for pair, item in asked.items() if pair[1] in (None, item.base_unit_id)}
    if others := set(asked) - set(factors):
        rows = ItemUnit.objects.filter(item__in={item for item, _ in others})
        known = {(r.item_id, r.unit_id): r.factor for r in rows}
        factors |= {pair: known[pair] for pair in others if pair in known}
        for line in lines:  # 斤 for kg: alike for every item, so no row of the item's own
            if (pair := (line.item_id, line.unit_id)) in others and pair not in known:
                factor = base_quantity_of(line.item, line.unit, ONE)
                factors |= {pair: factor} if factor is not None else {}
    return factors


def value_at_cost(place: Place | None, lines: Sequence[Any]) -> Decimal:
    """What these lines' goods are worth at the place's present average cost.

    For comparing with a person's limit: it is read without a lock and shown to nobody.
    """
    if place is None:
        return ZERO
    rows = (
        Account.unscoped.filter(ledger="stock", role="shelf", holder=place.pk)
        .filter(unit__in={n.item_id for n in lines})
        .values_list("unit")
        .annotate(balance=BALANCE, value=VALUE)
    )
    cost = {item: value / balance for item, balance, value in rows if balance}
    worth = sum((cost.get(n.item_id, ZERO) * (n.base_quantity or ZERO) for n in lines), ZERO)
    return round_to(worth, MONEY_STEP)


@dataclass(frozen=True, slots=True)
class Pool:
    """What a place holds of an item and lot, and what one of it costs on average; where nothing is
    left, what all that ever came had cost."""

    quantity: Decimal = ZERO
    value: Decimal = ZERO
    came: Decimal = ZERO

    @classmethod
    def of(cls, shelf: Account) -> "Pool":
        quantity = shelf.inflow - shelf.outflow
        came = shelf.value_in / shelf.inflow if shelf.inflow else ZERO
        return cls(quantity, shelf.value_in - shelf.value_out, came)

    @property
    def cost(self) -> Decimal:
        return self.value / self.quantity if self.quantity > 0 else self.came


def pools_of(place: Place, wanted: Sequence[tuple[UUID, str]]) -> dict[tuple[UUID, str], Pool]:
    """The shelf of a place for these items and lots, read without a lock, for posting rules."""
    rows = Account.unscoped.filter(
        ledger="stock", role="shelf", holder=place.pk, unit__in={item for item, _ in wanted}
    )
    found = {(row.unit, row.lot): Pool.of(row) for row in rows}
    return {pair: found.get(pair, Pool()) for pair in wanted}


@dataclass(slots=True)
class Standing:
    """What a place holds of an item, the damaged with the rest, and what it is worth."""

    on_hand: Decimal = ZERO
    damaged: Decimal = ZERO
    value: Decimal = ZERO


def standing_at(place: Place) -> dict[UUID, Standing]:
    """All that stands on a place, by item. Whoever calls it names who may see stock there."""
    rows = (
        Account.unscoped.filter(
            ledger="stock", role__in=("shelf", "held", "damaged"), holder=place.pk
        )
        .values_list("unit", "role")
        .annotate(balance=BALANCE, value=VALUE)
        .exclude(balance=0, value=0)
    )
    found: dict[UUID, Standing] = {}
    for item, role, balance, value in rows:
        there = found.setdefault(item, Standing())
        there.on_hand += balance
        there.value += value
        if role == "damaged":
            there.damaged = balance
    return found


def held_at(place: Place, wanted: Sequence[tuple[UUID, str]]) -> dict[tuple[UUID, str], Decimal]:
    """What of these items and lots stands at a place for customers' orders."""
    rows = (
        Account.unscoped.filter(
            ledger="stock", role="held", holder=place.pk, unit__in={item for item, _ in wanted}
        )
        .exclude(inflow=F("outflow"))
        .values_list("unit", "lot")
        .annotate(balance=BALANCE)
    )
    found = {(item, lot): balance for item, lot, balance in rows}
    return {pair: found.get(pair, ZERO) for pair in wanted}


def taken_of(pool: Pool, quantity: Decimal) -> Decimal:
    """What so much of a pool is worth: its average, and all that is left with the last of it."""
    if quantity == pool.quantity:
        return max(pool.value, ZERO)
    return round_to(quantity * pool.cost, MONEY_STEP)


def costs_in_entity(entity: UUID, items: Iterable[UUID]) -> dict[UUID, Decimal]:
    """What one of each item costs on average over all shelves of a legal entity, where it stands
    on any. For posting rules, which show it to nobody."""
    rows = (
        Account.unscoped.filter(ledger="stock", role="shelf", entity=entity, unit__in=items)
        .values_list("unit")
        .annotate(balance=BALANCE, value=VALUE)
    )
    return {item: value / balance for item, balance, value in rows if balance > 0 and value > 0}


def left_of(role: str, lines: Iterable[UUID]) -> dict[UUID, Decimal]:
    """How much of each of these lines is still `expected`, `undelivered`, ..., in base units.

    The accounts have a floor, so their balances are kept and exact.
    """
    wanted = list(lines)
    rows = Account.unscoped.filter(ledger="promise", role=role, line__in=wanted)
    left = {row.line: row.inflow - row.outflow for row in rows}
    return {line: left.get(line, ZERO) for line in wanted}


def on_its_way(transfer: Any) -> Iterator[tuple[Any, Decimal]]:
    """Each line of a transfer with what has not yet been answered for.

    The accounts are the sender's; whoever may see the transfer may know what is left of it.
    """
    rows = Account.unscoped.filter(
        ledger="stock", role="in_transit", line__in=[n.pk for n in transfer.lines]
    )
    left = {row.line: row.inflow - row.outflow for row in rows}
    for line in transfer.lines:
        yield line, left.get(line.pk, ZERO)
