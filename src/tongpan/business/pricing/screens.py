"""What screens show of price changes besides their fields: today's prices, cost and margin."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from tongpan.base.numbers import MONEY_STEP, ZERO, round_to
from tongpan.business.pricing import queries
from tongpan.business.pricing.models import Moment, PriceChangeLine
from tongpan.business.pricing.rules import changed_price, margin_of
from tongpan.business.stock.screens import UNITS, units_of
from tongpan.kernel.documents.showing import LineFacts
from tongpan.kernel.org.models import OrgUnit
from tongpan.kernel.org.rules import paths_up_from
from tongpan.kernel.org.scope import may
from tongpan.kernel.org.visibility import masked_fields
from tongpan.masters.items.models import Item
from tongpan.masters.prices.models import HoldsFor, PriceList
from tongpan.masters.prices.rules import DAY_BEGINS

SAVE = "prices.change.save"


def sees_cost() -> bool:
    return "cost" not in masked_fields(PriceChangeLine, SAVE)


def hidden_facts() -> Collection[str]:
    return () if sees_cost() else ("costs", "margin_now")


def prices_beside(body: Any, items: Sequence[Item]) -> Mapping[UUID, Mapping[str, Any]]:
    """The units of each item and what each costs now; for who may see it, cost and margin too."""
    told: dict[UUID, dict[str, Any]] = {pk: {"unit": u} for pk, u in units_of(items).items()}
    if body.price_list is None:
        return told
    begins = begin_of(body)
    listed = queries.listed_prices(body.price_list, items)
    worth = queries.worth_of(body.price_list.org_unit, items, begins[0]) if sees_cost() else {}
    for item in items:
        names = {UUID(choice["value"]): choice["title"] for choice in told[item.pk]["unit"]}
        now = {unit: p for unit in names if (p := _at(listed, item.pk, unit, begins)) is not None}
        told[item.pk]["price_now"] = " · ".join(f"{p:,.2f}/{names[u]}" for u, p in now.items())
        if (found := worth.get(item.pk)) is not None:
            told[item.pk]["costs"] = f"{round_to(found.cost, MONEY_STEP):,.2f}"
            if (price := now.get(item.base_unit_id)) is not None:
                margin = margin_of(
                    price, found.cost, found.tax_rate,
                    is_tax_included=body.price_list.is_tax_included,
                )  # fmt: skip
                told[item.pk]["margin_now"] = f"{margin}%"
    return told


def begin_of(body: Any) -> Moment:
    """When a change begins, also while nobody wrote it yet."""
    if body.begins_on is None:
        return body.document.business_date, DAY_BEGINS
    begins: Moment = body.begins
    return begins


def _at(listed: Any, item: UUID, unit: UUID, moment: Moment) -> Any:
    found = listed.get((item, unit))
    return found.at(moment) if found is not None else None


CHANGED = LineFacts(
    by="item",
    of=prices_beside,
    choices=("unit",),
    columns=(
        ("price_now", _("Price now")),
        ("costs", _("Average cost")),
        ("margin_now", _("Margin now")),
    ),
    scan=UNITS.scan,
    hides=hidden_facts,
)


def usual_list(unit: OrgUnit) -> dict[str, Any]:
    """A new change is of the widest list for everybody that holds where the person is, if there is
    one such; who may not change it there changes it for their own unit."""
    if unit.kind == OrgUnit.Kind.TILL and unit.parent is not None:
        unit = unit.parent
    lists = PriceList.objects.filter(
        org_unit__path__in=paths_up_from(unit.path), holds_for=HoldsFor.EVERYBODY,
        state="active", valid_until=None,
    )  # fmt: skip
    found = sorted(lists.select_related("org_unit"), key=lambda n: len(n.org_unit.path))
    if not found or any(n.org_unit_id == found[0].org_unit_id for n in found[1:]):
        return {"price_list": None}
    only_at = "" if may(SAVE, found[0].org_unit) else unit.code
    return {"price_list": found[0], "only_at": only_at}


def proposed(body: Any) -> Iterable[Any]:
    """The lines of a new change: all goods of the category or brand, or of the whole list, at what
    they become. Where they are more than a document takes, none of them and a word about it."""
    if body.price_list is None or not (body.category or body.brand or body.is_all):
        return
    pairs = queries.in_category(body)
    if pairs is None:
        body.doubts = [{"path": "category", "code": "goods_too_many", "most": queries.PROPOSED_MAX}]
        return
    listed = queries.listed_prices(body.price_list, [item for item, _unit in pairs])
    begins = begin_of(body)
    for item, unit in pairs:
        old = listed[item.pk, unit.pk].at(begins)
        if old is not None:
            line = PriceChangeLine(document=body.document, item=item, unit=unit, old_price=old)
            line.new_price = worked_out(body, old)
            yield line


def worked_out(body: Any, old: Any) -> Any:
    """What an old price becomes by the header; None where it says nothing."""
    if old is None or (body.percent is None and body.amount is None):
        return None
    return changed_price(
        old, percent=body.percent or ZERO, amount=body.amount or ZERO, ending=body.ending
    )
