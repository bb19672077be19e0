"""Reads of franchise supply: who stands for a legal entity, what goods had cost where they left."""

from collections.abc import Iterable
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db import connection
from django.db.models import Q

from tongpan.base.numbers import LEDGER_STEP, ZERO, round_to
from tongpan.business.finance.accounts import SIDES
from tongpan.business.finance.queries import left_of_account
from tongpan.business.franchise.models import Supply, SupplyReceiptLine
from tongpan.business.stock.queries import factors_of, pools_of
from tongpan.kernel.documents.models import Document
from tongpan.kernel.ledger.models import Account
from tongpan.kernel.org.models import TaxpayerKind
from tongpan.masters.parties.models import Party

# What left a shelf of a unit with each of some lines: the entries of their own postings.
LEFT_AT = """
select e.line, sum(e.value) from entry e
  join posting p on p.id = e.posting and p.business_date = e.business_date
  join account a on a.id = e.source and a.role = 'shelf'
  where p.id = any(%s) and e.line = any(%s) group by e.line
"""


def party_of(entity: UUID) -> Party | None:
    """The party that stands for one of our own legal entities."""
    return Party.objects.filter(entity=entity, state="active").first()


def fetch_parties(body: Any) -> None:
    """Read whom a loaded body is between, both in one statement."""
    found = Party.objects.in_bulk([pk for pk in (body.customer_id, body.supplier_id) if pk])
    body.customer, body.supplier = found.get(body.customer_id), found.get(body.supplier_id)


def known_taxpayers(entities: Iterable[UUID], on: date) -> set[UUID]:
    """Those of these legal entities of which it is known what kind of taxpayer they are."""
    rows = TaxpayerKind.objects.filter(entity__in=list(entities), valid_from__lte=on)
    return set(rows.values_list("entity_id", flat=True))


def supply_of(document: UUID | None) -> Supply | None:
    """The supply that a return follows, at once or by its receipt, with whom it is between."""
    rows = Supply.unscoped.select_related("customer", "supplier", "from_place", "to_place")
    known = Document.unscoped.filter(pk__in=[document] if document else [])
    return rows.filter(Q(pk__in=known.values("pk")) | Q(pk__in=known.values("follows"))).first()


def refused_of(lines: Iterable[UUID]) -> dict[UUID, Decimal]:
    """What of each of these lines of receipts is still to be taken back."""
    rows = Account.unscoped.filter(ledger="stock", role="refused", line__in=list(lines))
    return {row.line: row.inflow - row.outflow for row in rows if row.line is not None}


def not_put_away(lines: Iterable[UUID]) -> dict[UUID, Decimal]:
    """What of each of these lines of supplies is on its way, or was not accepted."""
    wanted = list(lines)
    rows = SupplyReceiptLine.unscoped.filter(sent_line__in=wanted)
    of: dict[UUID, UUID] = dict(rows.values_list("pk", "sent_line"))
    named = Q(role="in_transit", line__in=wanted) | Q(role="refused", line__in=of)
    found = dict.fromkeys(wanted, ZERO)
    for row in Account.unscoped.filter(named, ledger="stock"):
        assert row.line is not None, "It was asked for by its line."
        found[of.get(row.line, row.line)] += row.inflow - row.outflow
    return found


def open_at_ends(supplies: Iterable[UUID]) -> dict[str, dict[UUID, Decimal]]:
    """What each of these supplies leaves open: with customers at the sender, with suppliers at the
    store."""
    wanted = list(supplies)
    found = {side: dict.fromkeys(wanted, ZERO) for side in SIDES}
    sides = {role: side for side, known in SIDES.items() for role in known.roles}
    for row in Account.unscoped.filter(ledger="money", role__in=sides, line__in=wanted):
        assert row.line is not None, "It was asked for by its line."
        found[sides[row.role]][row.line] += left_of_account(row)
    return found


def percent_of(customer: Party) -> Decimal | None:
    """What was agreed to be paid on top of the cost; also for those who may not see it."""
    rows = Party.objects.filter(pk=customer.pk)
    found: Decimal | None = rows.values_list("supply_percent", flat=True).first()
    return found


def costs_here(body: Any) -> dict[tuple[UUID, UUID | None], Decimal]:
    """What one unit of each line costs on average where it is sent from, by item and unit."""
    ready = [line for line in body.lines if line.item is not None]
    pools = pools_of(body.from_place, [(line.item_id, line.lot) for line in ready])
    factors = factors_of(ready)
    return {
        (line.item_id, line.unit_id): round_to(
            pools[line.item_id, line.lot].cost
            * (factors.get((line.item_id, line.unit_id)) or ZERO),
            LEDGER_STEP,
        )
        for line in ready
    }


def costs_of_supplied(lines: Iterable[Any]) -> dict[UUID, Decimal]:
    """What the goods of each of these posted lines had cost at the one who sent them."""
    named = {line.pk: line.document_id for line in lines}
    with connection.cursor() as cursor:
        cursor.execute(LEFT_AT, [list(set(named.values())), list(named)])
        return dict(cursor.fetchall())
