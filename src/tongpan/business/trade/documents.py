"""What the document types of buying and selling have in common: prices, links, shares, days."""

from collections.abc import Iterable, Iterator
from datetime import date
from typing import Any

from django.utils.translation import gettext_noop as noop

from tongpan.base.numbers import ZERO
from tongpan.business.stock.documents import check_goods, complete_goods
from tongpan.business.stock.queries import left_of
from tongpan.business.trade import queries
from tongpan.business.trade.rules import priced, share_of_cost
from tongpan.kernel.documents.fields import Problem
from tongpan.kernel.documents.models import State
from tongpan.kernel.documents.sentences import say
from tongpan.masters.items.queries import items_at

say("tax_missing", noop("{item} has no tax category with a rate on that day."))
say("other_supplier", noop("This line belongs to another supplier or place."))
say("other_customer", noop("This line belongs to another customer or place."))

PRICED = ("item", "lot", "quantity", "unit", "price")
AMOUNTS = ("net", "tax", "gross")
REACH = ("item__base_unit", "item__tax_category")


# -- completing ----------------------------------------------------------------------------------


def complete_spine(body: Any) -> None:
    """The place says whose document it is, the supplier or customer with whom."""
    body.document.party = body.party_id
    if body.place is not None:
        body.document.org_unit = body.place.unit


def complete_priced(body: Any) -> None:
    """Freeze what each line comes to, as far as it is filled in."""
    complete_spine(body)
    complete_goods(body)
    rates = queries.rates_for(body.lines, body.document.business_date)
    for line in body.lines:
        line.tax_category = line.item.tax_category if line.item else None
        line.tax_rate = rates.get(line.tax_category_id)
        line.net = line.tax = line.gross = None
        if None not in (line.times, line.price, line.tax_rate):
            included = body.is_tax_included
            taxed = priced(line.times, line.price, line.tax_rate, is_tax_included=included)
            line.net, line.tax, line.gross = taxed.net, taxed.tax, taxed.gross
    body.document.total = sum((n.gross for n in body.lines if n.gross is not None), ZERO)


def complete_due(body: Any) -> None:
    """It is due by the terms agreed with the party, unless somebody wrote another day.

    A day that was worked out before follows when the date or the party is changed.
    """
    drafts = type(body).unscoped.select_related("document", body.party_field)
    before = drafts.filter(pk=body.document.pk).first()
    if before is not None and body.due_on == before.due_on == _due_by_terms(before):
        body.due_on = None
    if body.due_on is None:
        body.due_on = _due_by_terms(body)


def _due_by_terms(body: Any) -> date | None:
    found: date | None = None
    if body.party is not None:
        found = body.party.due_on(body.document.business_date)
    return found


# -- checking ------------------------------------------------------------------------------------


def check_priced(body: Any) -> Iterator[Problem]:
    of = body.party_field
    if not getattr(body.party, f"is_{of}"):
        yield {"path": of, "code": f"not_a_{of}", "name": str(body.party)}
    yield from check_goods(body)
    for line in body.lines:
        if line.tax_rate is None:
            yield {
                "path": f"lines.{line.position}.item",
                "code": "tax_missing",
                "item": line.item.name,
            }


def check_at_unit(body: Any, right: str, code: str) -> Iterator[Problem]:
    """What the record of the item at this unit, or the nearest above it, says not to do."""
    unit, day = body.place.unit, body.document.business_date
    found = items_at([line.item for line in body.lines], unit, day)
    for line in body.lines:
        here = found.get(line.item)
        if here is not None and not getattr(here, right):
            path = f"lines.{line.position}.item"
            yield {"path": path, "code": code, "item": line.item.name, "unit": unit.name}


def check_following(body: Any, link: str) -> Iterator[Problem]:
    """What a line names must be a line of the same party and unit, for the same item."""
    for line in body.lines:
        named = getattr(line, link)
        if named is not None and not _is_fellow(named, line, body):
            code = f"other_{body.party_field}"
            yield {"path": f"lines.{line.position}.item", "code": code}


def _is_fellow(named: Any, line: Any, body: Any) -> bool:
    earlier = named.document
    ours = (State.POSTED, body.party_id, body.place.unit_id, line.item_id)
    return ours == (earlier.state, earlier.party, earlier.org_unit_id, named.item_id)


# -- following -----------------------------------------------------------------------------------


def header_of(body: Any) -> dict[str, Any]:
    return {
        body.party_field: body.party,
        "place": body.place,
        "is_tax_included": body.is_tax_included,
    }


def freeze_shares(lines: Iterable[Any], role: str, link: str, **columns: str) -> None:
    """Write into each of `columns` the share that a line takes of that of the line it names."""
    mine = [n for n in lines if getattr(n, link) is not None and n.base_quantity is not None]
    taken = left_of(role, {getattr(n, link).pk for n in mine})
    for line in mine:
        whole = getattr(line, link)
        left = taken[whole.pk]
        part = min(line.base_quantity, left)  # more than is left will be refused by its account
        before = whole.base_quantity - left
        for column, cost in columns.items():
            share = share_of_cost(getattr(whole, cost), whole.base_quantity, before, part)
            setattr(line, column, share)
        taken[whole.pk] = left - part
