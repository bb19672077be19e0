"""The price change (调价单): new prices of a list from a minute on, and back again."""

from collections.abc import Iterator
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext_lazy as _
from django.utils.translation import gettext_noop as noop

from tongpan.base.numbers import LEDGER_STEP, round_to
from tongpan.business.pricing import limits, queries, screens, writing
from tongpan.business.pricing.models import Buyer, Moment, PriceChange, PriceChangeLine
from tongpan.business.pricing.postings import price_change_moves
from tongpan.business.pricing.rules import margin_of
from tongpan.business.stock.queries import factors_of
from tongpan.kernel.documents.declare import register
from tongpan.kernel.documents.fields import Problem
from tongpan.kernel.documents.registry import DocumentType
from tongpan.kernel.documents.sentences import say
from tongpan.kernel.org.models import OrgUnit
from tongpan.kernel.org.permissions import declare_permission
from tongpan.masters.prices.rules import clock_read
from tongpan.masters.prices.types import PRICE
from tongpan.masters.validity import fill_defaults, invalid_columns

SELL_BELOW = "prices.change.sell_below"  # the permission to answer that question

declare_permission(SELL_BELOW, _("Price change: Let goods sell below cost"))
say("begins_in_past", noop("Prices change today at the earliest: {given} is over."))
say("change_ends_first", noop("The prices would end before they begin."))
say("list_has_ended", noop("{name} holds until {until} only."))
say(
    "goods_too_many",
    noop("These are more than {most} prices: take one category after the other, or a sheet."),
)
say("priced_twice", noop("{item} is on two lines with this unit."))
say("no_place", noop("{given} is no store or region below {unit}."))
say("begins_there_too", noop("{item}: another price begins at this very minute at {unit}."))
say("level_begins_too", noop("{item}: another price for the same begins at this very minute."))
say("nothing_to_return_to", noop("{item} has no price to go back to: leave the last day empty."))
say("sell_below_cost", noop("Some prices are below what the goods may be sold for. Sell at them?"))
say("below_cost", noop("{item}: without tax {price} is less than its cost of {cost}."))
say("change_anyhow", noop("Other prices begin meanwhile. Change these all the same?"))
say("other_price_comes", noop("{item}: another price begins on {on}."))
say("leave_what_was_changed", noop("Some prices were changed since and stay. Reverse the rest?"))
say("price_changed_since", noop("{item}: somebody changed the price since."))


def complete_change(body: PriceChange) -> None:
    """It is of the unit of the list, or of the only unit that it names. Prices that nobody wrote
    are worked out by the header, and those that were worked out before follow it."""
    body.begins_clock = clock_read(body.begins_clock or "")
    body.ends_clock = clock_read(body.ends_clock or "")
    fill_defaults(body)
    if body.price_list is None:
        return
    body.only_at = " ".join(dict.fromkeys(body.only_at.split()))
    places = queries.places_of(body)
    body.document.org_unit = places[0] if len(places) == 1 else body.price_list.org_unit
    before = PriceChange.unscoped.filter(pk=body.document.pk).first()
    for line in body.lines:
        if line.item is not None and line.unit is None:
            line.unit = line.item.base_unit
    _look_up(body)
    for line in body.lines:
        was = screens.worked_out(before, line.old_price) if before else None
        now = screens.worked_out(body, line.old_price)
        if now is not None and (line.new_price is None or line.new_price == was):
            line.new_price = now
    _work_out_margins(body)


def freeze_change(body: PriceChange) -> None:
    _look_up(body)
    _work_out_margins(body)


def _look_up(body: PriceChange) -> None:
    """What held before, what began on the same day, and what holds after the last day: in the list
    whose prices these are, also where units are named, whose own lists take them."""
    assert body.price_list is not None, "Without a list nothing is looked up."
    ready = [line for line in body.lines if line.item is not None]
    items = {line.item_id for line in ready}
    body.listed = listed = queries.listed_prices(body.price_list, items)
    body.levels = {}
    if any(line.is_level for line in ready):
        body.levels = queries.listed_levels(body.price_list, items)
    factors = factors_of(ready)
    begins, after = screens.begin_of(body), body.returns
    for line in ready:
        own = listed.get((line.item_id, line.unit_id), queries.Listed())
        base = listed.get((line.item_id, line.item.base_unit_id), queries.Listed())
        factor = factors.get((line.item_id, line.unit_id))
        line.old_price, line.replaced = _held(own, base, factor, begins), own.beginning(begins)
        returns = after is not None and (body.only_at or own.beginning(after) is None)
        line.returns_to = _held(own, base, factor, after) if after is not None and returns else None
        if line.is_level:
            level = body.levels.get(line.level, queries.Listed())
            line.old_price = level.at(begins) or line.old_price
            line.replaced = None
            if after is not None:
                line.returns_to = level.at(after) or line.returns_to
        elif body.only_at:
            line.replaced = None


def _held(
    own: queries.Listed, base: queries.Listed, factor: Decimal | None, at: Moment
) -> Decimal | None:
    """The price of a unit at a moment: its own, else by the base unit."""
    price, by_base = own.at(at), base.at(at)
    if price is None and by_base is not None and factor is not None:
        price = round_to(by_base * factor, LEDGER_STEP)
    return price


def _work_out_margins(body: PriceChange) -> None:
    assert body.price_list is not None, "Without a list nothing is looked up."
    ready = [line for line in body.lines if line.item is not None]
    day = body.begins_on or body.document.business_date
    worth = queries.worth_of(body.document.org_unit, [line.item for line in ready], day)
    factors = factors_of(ready)
    for line in ready:
        line.cost = line.margin = None
        found, factor = worth.get(line.item_id), factors.get((line.item_id, line.unit_id))
        if found is None or factor is None:
            continue
        line.cost = round_to(found.cost * factor, LEDGER_STEP)
        if line.new_price is not None:
            included = body.price_list.is_tax_included
            line.margin = margin_of(
                line.new_price, found.cost * factor, found.tax_rate, is_tax_included=included
            )


def check_change(body: PriceChange) -> Iterator[Problem]:
    assert body.price_list is not None, "A document without it is not checked."
    assert body.begins_on is not None, "A document without it is not checked."
    until = body.price_list.valid_until
    if body.begins_on < body.document.business_date:
        yield {"path": "begins_on", "code": "begins_in_past", "given": body.begins_on}
    if body.returns is not None and body.returns <= body.begins:
        path = "ends_clock" if body.ends_on == body.begins_on else "ends_on"
        yield {"path": path, "code": "change_ends_first"}
    if body.ends_clock and body.ends_on is None:
        yield {"path": "ends_on", "code": "required", "label": _("until day")}
    if until is not None and until < body.begins_on:
        facts = {"name": body.price_list.name, "until": until}
        yield {"path": "price_list", "code": "list_has_ended", **facts}
    yield from invalid_columns(body, ("begins_clock", "ends_clock"))
    yield from _check_places(body)
    yield from _check_lines(body)
    yield from _refuse_outside(body)
    yield from _ask_of_other_prices(body)
    yield from _ask_of_cost(body)


def _check_places(body: PriceChange) -> Iterator[Problem]:
    """Units that there are not, and prices that begin in their own lists at the same minute."""
    assert body.price_list is not None, "A document without it is not checked."
    places = queries.places_of(body)
    for given in set(body.only_at.split()) - {unit.code for unit in places}:
        facts = {"given": given, "unit": body.price_list.org_unit.name}
        yield {"path": "only_at", "code": "no_place", **facts}
    if body.ends_on is not None:
        return  # a list of its own, which is new
    for unit in places:
        own = queries.standing_list(body.price_list, unit)
        if own is None:
            continue
        for kind in writing.KINDS:
            lines = kind.lines(body)
            listed = kind.listed(own, lines)
            for line in lines:
                there = listed.get(kind.of(line), queries.Listed())
                if there.beginning(body.begins) is not None:
                    facts = {"item": line.item.name, "unit": unit.name}
                    path = f"lines.{line.position}.item"
                    yield {"path": path, "code": "begins_there_too", **facts}


def _check_lines(body: PriceChange) -> Iterator[Problem]:
    factors = factors_of(body.lines)
    seen = set()
    for line in body.lines:
        path, item = f"lines.{line.position}", line.item.name
        if line.new_price <= 0:
            yield {"path": f"{path}.new_price", "code": "not_positive", "label": _("new price")}
        if factors.get((line.item_id, line.unit_id)) is None:
            facts = {"item": item, "unit": line.unit.name}
            yield {"path": f"{path}.unit", "code": "not_convertible", **facts}
        if line.level in seen:
            yield {"path": f"{path}.item", "code": "priced_twice", "item": item}
        seen.add(line.level)
        has_own_end = not body.ends_clock and (line.is_level or body.only_at)
        if body.ends_on is not None and line.old_price is None and not has_own_end:
            yield {"path": f"{path}.item", "code": "nothing_to_return_to", "item": item}
        yield from _check_level(body, line)


def _check_level(body: PriceChange, line: Any) -> Iterator[Problem]:
    path = f"lines.{line.position}"
    if line.quantity_min <= 0:
        facts = {"code": "not_positive", "label": _("from quantity")}
        yield {"path": f"{path}.from_quantity", **facts}
    if line.tier_id is not None and line.buyer != Buyer.MEMBERS:
        yield {"path": f"{path}.tier", "code": "tier_of_members"}
    level = body.levels.get(line.level) if line.is_level and not body.only_at else None
    if level is not None and level.beginning(body.begins) is not None:
        facts = {"code": "level_begins_too", "item": line.item.name}
        yield {"path": f"{path}.item", **facts}


def _ask_of_other_prices(body: PriceChange) -> Iterator[Problem]:
    """Questions about prices that begin after this one and before it ends."""
    assert body.begins_on is not None, "A document without it is not checked."
    for line in () if body.only_at else body.lines:
        key = line.level if line.is_level else (line.item_id, line.unit_id)
        own = (body.levels if line.is_level else body.listed).get(key, queries.Listed())
        next_one = own.next_after(body.begins)
        if next_one is not None and (body.returns is None or next_one < body.returns):
            facts = {"item": line.item.name, "on": next_one[0], "question": "change_anyhow"}
            yield {"path": f"lines.{line.position}.item", "code": "other_price_comes", **facts}


def _refuse_outside(body: PriceChange) -> Iterator[Problem]:
    """Prices of a unit's own list that do not keep to what the units above it allow."""
    assert body.price_list is not None, "A document without it is not checked."
    if body.price_list.org_unit_id == body.document.org_unit_id:
        body.price_list.org_unit = body.document.org_unit  # which is at hand
    for unit in queries.places_of(body) or [body.price_list.org_unit]:
        yield from _refuse_outside_at(body, unit)


def _refuse_outside_at(body: PriceChange, unit: OrgUnit) -> Iterator[Problem]:
    assert body.price_list is not None, "A document without it is not checked."
    assert body.begins_on is not None, "A document without it is not checked."
    items_here = {line.item_id for line in body.lines}
    bands = limits.bands_over(items_here, unit, body.begins_on, price_list=body.price_list)
    if not bands:
        return
    factors = factors_of(body.lines)
    items = [line.item for line in body.lines]
    worth = queries.worth_of(unit, items, body.begins_on)
    for line in body.lines:
        factor, mine = factors.get((line.item_id, line.unit_id)), bands.get(line.item_id, ())
        if factor is not None and line.new_price is not None:
            for problem in limits.outside(
                line.item.name,
                line.new_price,
                factor,
                mine,
                worth.get(line.item_id),
                is_tax_included=body.price_list.is_tax_included,
            ):
                yield problem | {"path": f"lines.{line.position}.new_price"}  # fmt: skip


def _ask_of_cost(body: PriceChange) -> Iterator[Problem]:
    """Questions about prices that bring less than the goods cost, for whom may answer. Who may not
    see costs is not told what they are."""
    sees_cost = screens.sees_cost()
    for line in body.lines:
        if line.margin is not None and line.margin < 0:
            told = {"code": "below_allowed", "item": line.item.name,
                    "price": f"{line.new_price:,.2f}"}  # fmt: skip
            if sees_cost:
                told |= {"code": "below_cost", "cost": f"{line.cost:,.2f}"}
            yield told | {
                "path": f"lines.{line.position}.new_price", "question": "sell_below_cost",
                "permission": SELL_BELOW,
            }  # fmt: skip


PRICE.screens["set_by"] = queries.set_by
PRICE.screens["guard"] = limits.of_row
PRICE_CHANGE = register(
    DocumentType(
        code="prices.change",
        title=_("Price change"),
        plural=_("Price changes"),
        help=_(
            "New prices of a list from a day and time on, line by line, for a whole category or"
            " brand, or for everything: the usual ones, for members, or from a quantity on;"
            " everywhere or only at some stores. With a last day, the prices of before hold again"
            " after it."
        ),
        job="items",
        body=PriceChange,
        line=PriceChangeLine,
        numbering="TJ-{unit}-{year:02}-{serial:05}",
        header=(
            "price_list", "begins_on", "begins_clock", "ends_on", "ends_clock",
            "percent", "amount", "ending", "brand", "category", "is_all", "only_at",
        ),
        columns=("item", "unit", "new_price", "buyer", "tier", "from_quantity"),
        listed=(
            "number", "business_date", "price_list", "only_at", "begins_on", "ends_on", "state",
        ),
        reach=("item__base_unit", "item__tax_category"),
        complete=complete_change,
        check=check_change,
        freeze=freeze_change,
        frozen=("old_price", "replaced", "returns_to", "cost", "margin"),
        amount=lambda body: None,
        screens={
            "line_facts": screens.CHANGED,
            "begin": screens.usual_list,
            "propose": screens.proposed,
            "propose_by": "category brand is_all",
            "told": ("old_price", "cost", "margin"),
            "signed_by": (_("Asked by"), _("Approved by")),
        },
        moves=price_change_moves,
        carry_out=writing.write_prices,
        take_back=writing.take_prices_back,
    )
)  # fmt: skip
