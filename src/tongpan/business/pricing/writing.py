"""What a price change writes: prices and levels of its list, or of lists of the units it names."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from tongpan.base import env
from tongpan.business.pricing import queries
from tongpan.business.pricing.models import Moment, PriceChange, PriceLevel
from tongpan.business.pricing.types import LEVEL, LEVEL_KEY
from tongpan.kernel.documents.actions.along import do_along
from tongpan.kernel.documents.fields import Problem
from tongpan.kernel.documents.gate import Doing
from tongpan.kernel.documents.registry import MasterType
from tongpan.kernel.org.models import OrgUnit
from tongpan.masters.fields import State
from tongpan.masters.prices.models import Price, PriceList
from tongpan.masters.prices.types import PRICE, PRICE_LIST

KEY = ("price_list", "item", "unit", "barcode", "valid_from", "from_clock")


@dataclass(frozen=True, slots=True)
class Kind:
    """Usual prices, or levels: how their rows are told apart and saved."""

    master: MasterType
    key: tuple[str, ...]
    is_level: bool

    def lines(self, body: PriceChange) -> list[Any]:
        return [line for line in body.lines if line.is_level == self.is_level]

    def listed(self, price_list: PriceList, lines: Iterable[Any]) -> dict[Any, queries.Listed]:
        look_up: Any = queries.listed_levels if self.is_level else queries.listed_prices
        found: dict[Any, queries.Listed] = look_up(price_list, {line.item_id for line in lines})
        return found

    def of(self, line: Any) -> Any:
        """What a line is listed under."""
        return line.level if self.is_level else (line.item_id, line.unit_id)

    def row(
        self, body: PriceChange, price_list: PriceList, line: Any, at: Moment
    ) -> dict[str, Any]:
        """What begins at a moment: the new price, or the one to which it returns."""
        price = line.new_price if at == body.begins else line.returns_to
        row = {"price_list": price_list, "item": line.item, "unit": line.unit, "price": price,
               "valid_from": at[0], "from_clock": at[1]}  # fmt: skip
        if self.is_level:
            row |= {"buyer": line.buyer, "tier": line.tier, "from_quantity": line.quantity_min,
                    "valid_until": body.ends_on}  # fmt: skip
        return row


KINDS = (Kind(PRICE, KEY, is_level=False), Kind(LEVEL, LEVEL_KEY, is_level=True))


def write_prices(doing: Doing) -> None:
    """Put the prices into the lists, by their own rules and rights; and those of its end."""
    body: PriceChange = doing.body
    assert body.price_list is not None, "A document without it is not posted."
    places = queries.places_of(body)
    lists = [_list_at(doing, body, body.price_list, unit) for unit in places]
    for price_list in lists or [body.price_list]:
        for kind in KINDS:
            _write(doing, kind, price_list)


def _write(doing: Doing, kind: Kind, price_list: PriceList) -> None:
    body: PriceChange = doing.body
    lines = kind.lines(body)
    if body.only_at:
        listed = kind.listed(price_list, lines)
    else:  # they were looked up while it was checked
        listed = body.levels if kind.is_level else body.listed
    rows = []
    for line in lines:
        away = listed.get(kind.of(line), queries.Listed()).put_away
        for moment in moments_of(body, kind, line):
            if moment in away:
                do_along(doing, kind.master.permission("restore"), away[moment], {})
            rows.append(kind.row(body, price_list, line, moment))
    if rows:
        payload = {"rows": rows, "key": list(kind.key)}
        do_along(doing, kind.master.permission("save_many"), env.new_id(), payload)


def moments_of(body: PriceChange, kind: Kind, line: Any) -> Iterator[Moment]:
    """When a line writes a row: at the beginning, and at the end, where nothing else ends it. A
    level, and a list that was made for the change, end by themselves with their last day."""
    yield body.begins
    ends_itself = (kind.is_level or body.only_at) and not body.ends_clock
    if body.returns is not None and line.returns_to is not None and not ends_itself:
        yield body.returns


def _list_at(doing: Doing, body: PriceChange, base: PriceList, unit: OrgUnit) -> PriceList:
    """The list into which prices for one unit go: one that ends with the change, else the one that
    the unit has, or gets."""
    if body.ends_on is None and (standing := queries.standing_list(base, unit)) is not None:
        return standing
    code = f"{body.document.number}-{unit.code}" if body.ends_on else f"{base.code}-{unit.code}"
    said = {
        "code": code, "name": f"{base.name} · {unit.name}"[:80], "org_unit": unit,
        "holds_for": base.holds_for, "currency": base.currency,
        "is_tax_included": base.is_tax_included,
        "valid_from": body.begins_on if body.ends_on else base.valid_from,
        "valid_until": body.ends_on,
    }  # fmt: skip
    made = do_along(doing, PRICE_LIST.permission("save"), env.new_id(), said)
    return PriceList.objects.get(pk=made.subject)


# -- taking back -----------------------------------------------------------------------------------


def take_prices_back(doing: Doing) -> None:
    """Put back what stood in the lists before, but for what somebody changed since."""
    body: PriceChange = doing.body
    problems: list[Problem] = []
    back: list[dict[str, Any]] = []
    gone: dict[str, list[UUID]] = {}
    for price_list in _written(body):
        if price_list.valid_until is not None and body.only_at:
            gone.setdefault(PRICE_LIST.code, []).append(price_list.pk)
            continue
        for kind in KINDS:
            found = _take_back(body, kind, price_list, problems)
            back += found[0]
            gone.setdefault(kind.master.code, []).extend(found[1])
    doing.refuse_or_ask(problems)
    if back:
        payload = {"rows": back, "key": list(KEY)}
        do_along(doing, PRICE.permission("save_many"), env.new_id(), payload)
    for code, ids in gone.items():
        if ids:
            do_along(doing, f"{code}.archive_many", env.new_id(), {"ids": ids})


def _written(body: PriceChange) -> list[PriceList]:
    """The lists into which a change wrote."""
    base, places = body.price_list, queries.places_of(body)
    assert base is not None, "A document without it was not posted."
    if not body.only_at:
        return [base]
    if body.ends_on is not None:
        codes = [f"{body.document.number}-{unit.code}" for unit in places]
        return list(PriceList.objects.filter(code__in=codes, state=State.ACTIVE))
    found = [queries.standing_list(base, unit) for unit in places]
    return [one for one in found if one is not None]


def _take_back(
    body: PriceChange, kind: Kind, price_list: PriceList, problems: list[Problem]
) -> tuple[list[dict[str, Any]], list[UUID]]:
    """The rows of a list that come back, and the ids of those that go."""
    lines = kind.lines(body)
    there = {(kind.of(row), queries.begin_of(row)): row for row in _rows(body, kind, price_list)}
    back, gone = [], []
    for line in lines:
        first, *later = moments_of(body, kind, line)
        row = there.get((kind.of(line), first))
        if row is None or row.price != line.new_price:
            path = f"lines.{line.position}.item"
            facts = {"item": line.item.name, "question": "leave_what_was_changed"}
            problems.append({"path": path, "code": "price_changed_since", **facts})
        elif line.replaced is not None:
            back.append(kind.row(body, price_list, line, first) | {"price": line.replaced})
        else:
            gone.append(row.pk)
        for moment in later:
            row = there.get((kind.of(line), moment))
            if row is not None and row.price == line.returns_to:
                gone.append(row.pk)
    return back, gone


def _rows(body: PriceChange, kind: Kind, price_list: PriceList) -> Iterable[Any]:
    """The rows of the list for the items on the lines, in all their units, on these days."""
    days = [moment[0] for moment in (body.begins, body.returns) if moment is not None]
    model: Any = PriceLevel if kind.is_level else Price
    rows = model.objects.filter(price_list=price_list, state=State.ACTIVE, valid_from__in=days)
    rows = rows.filter(item__in={line.item_id for line in body.lines})
    return list(rows if kind.is_level else rows.filter(barcode=None))
