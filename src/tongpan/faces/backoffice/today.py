"""Today's sales on the home page: figures, hours, stores, best items, and the live ticker."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from functools import cached_property
from uuid import UUID

from django.utils.translation import gettext as _

from tongpan.base import env
from tongpan.base.numbers import ZERO
from tongpan.business.stock import queries
from tongpan.business.till import sold
from tongpan.business.till.sold import Hour
from tongpan.faces.backoffice.sales import LISTENS, day_address
from tongpan.faces.backoffice.stock import short_address
from tongpan.faces.kit import charts, formats, pages
from tongpan.faces.kit.derived import addresses, values
from tongpan.kernel.org.models import OrgUnit
from tongpan.kernel.org.scope import may, may_somewhere, units_where
from tongpan.masters.items.models import Item

WEEK = timedelta(days=7)
TICKS, BEST = 12, 5
HOURS_LEAST = 12  # in the chart, so that a bar is no barn door


@dataclass(slots=True)
class Sum:
    """What was sold, and what had been by the same moment."""

    gross: Decimal = ZERO
    net: Decimal = ZERO
    slips: int = 0

    def add(self, gross: Decimal, net: Decimal, slips: int) -> None:
        self.gross += gross
        self.net += net
        self.slips += slips


class Today:
    """A business day's sales at the stores that the person may see, read when it is asked for."""

    def __init__(self, here: OrgUnit, on: date, now: datetime, out: Mapping[UUID, int]) -> None:
        self.out = out  # how many items each unit has run out of
        self.here, self.on, self.then, self.now = here, on, on - WEEK, now
        found = units_where(sold.SEE).filter(path__startswith=here.path, is_active=True)
        self.stores = list(found.filter(kind=OrgUnit.Kind.STORE).order_by("path"))
        self.ids = [store.pk for store in self.stores]
        self.may_cost = bool(self.stores) and all(may("see.cost", s) for s in self.stores)

    @cached_property
    def hours(self) -> list[Hour]:
        zone = self.here.time_zone
        return sold.by_hour([self.on, self.then], self.ids, zone, self.now - WEEK)

    @cached_property
    def cost(self) -> dict[tuple[date, UUID], Decimal]:
        return sold.cost_of_sales([self.on, self.then], self.ids, self.now - WEEK)

    @cached_property
    def by_store(self) -> dict[UUID, tuple[Sum, Sum]]:
        """Of each store: today so far, and the same day last week by this moment."""
        sums: dict[UUID, tuple[Sum, Sum]] = defaultdict(lambda: (Sum(), Sum()))
        for hour in self.hours:
            now, then = sums[hour.store]
            if hour.on == self.on:
                now.add(hour.gross, hour.net, hour.slips)
            else:
                then.add(hour.gross_by_then, hour.net_by_then, hour.slips_by_then)
        return sums

    @cached_property
    def both(self) -> tuple[Sum, Sum]:
        now, then = Sum(), Sum()
        for of_store, of_store_then in self.by_store.values():
            now.add(of_store.gross, of_store.net, of_store.slips)
            then.add(of_store_then.gross, of_store_then.net, of_store_then.slips)
        return now, then

    def sales_url(self, **more: UUID | int | None) -> str:
        """The slips behind a figure: of a store, an hour, an item."""
        return day_address(self.on, **more)

    # -- the figures

    def figures(self) -> Iterable[pages.Figure]:
        now, then = self.both
        against = formats.day(self.then, today=self.on)

        def by_then(figure: str) -> str:
            return _("%(day)s by now: %(figure)s") % {"day": against, "figure": figure}

        yield pages.Figure(
            _("Sales, tax included"), formats.money(now.gross, "CNY"), url=self.sales_url(),
            change=_change(now.gross, then.gross),
            against=by_then(formats.money(then.gross, "CNY")),
        )  # fmt: skip
        if self.may_cost:
            profit = now.net - sum((self.cost.get((self.on, s), ZERO) for s in self.ids), ZERO)
            before = then.net - sum((self.cost.get((self.then, s), ZERO) for s in self.ids), ZERO)
            share = formats.percent(_share(profit, now.net))
            known = any(self.cost.get((self.then, s)) for s in self.ids)
            share_then = formats.percent(_share(before, then.net) if known else None)
            yield pages.Figure(
                _("Gross profit"), formats.money(profit, "CNY"),
                url=self.sales_url(),
                against=_("%(share)s of net sales; %(then)s then")
                % {"share": share, "then": share_then},
            )  # fmt: skip
        yield pages.Figure(
            _("Slips"), formats.number(now.slips), url=self.sales_url(),
            change=_change(Decimal(now.slips), Decimal(then.slips)),
            against=by_then(formats.number(then.slips)),
        )  # fmt: skip
        basket = now.gross / now.slips if now.slips else None
        basket_then = then.gross / then.slips if then.slips else None
        yield pages.Figure(
            _("Average slip"), formats.money(basket, "CNY"), url=self.sales_url(),
            change=_change(basket, basket_then),
            against=by_then(formats.money(basket_then, "CNY")),
        )  # fmt: skip

    # -- the cards

    def by_hour(self) -> pages.Card:
        sums: dict[tuple[date, int], Decimal] = defaultdict(lambda: ZERO)
        for hour in self.hours:
            sums[hour.on, hour.hour] += hour.gross
        first = self.here.day_cut.hour
        in_order = [(first + n) % 24 for n in range(24)]
        used = [n for n, h in enumerate(in_order) if (self.on, h) in sums or (self.then, h) in sums]
        first_used = max(0, min(used[0] - 1, 24 - HOURS_LEAST)) if used else 0
        last_used = max(used[-1] + 2, first_used + HOURS_LEAST) if used else 0
        shown = in_order[first_used:last_used]
        against = formats.day(self.then, today=self.on)
        bars = [
            pages.Bar(
                f"{hour}:00",
                sums.get((self.on, hour)),
                sums.get((self.then, hour), ZERO),
                url=self.sales_url(hour=hour) if (self.on, hour) in sums else "",
                said=_("%(hour)s: %(now)s, %(day)s %(then)s")
                % {
                    "hour": f"{hour}:00",
                    "now": formats.money(sums.get((self.on, hour), ZERO), "CNY"),
                    "day": against,
                    "then": formats.money(sums.get((self.then, hour), ZERO), "CNY"),
                },
            )
            for hour in shown
        ]
        return pages.Card(
            _("By hour"), note=_("sales, ¥"),
            chart=charts.chart_of(bars, now=_("today"), then=against),
            empty=_("Nothing was sold yet today."), code="by-hour", listens=LISTENS,
        )  # fmt: skip

    def by_stores(self) -> pages.Card:
        total = self.both[0].gross
        out = {store: self.out[store] for store in self.ids if store in self.out}
        against = formats.day(self.then, today=self.on)
        columns = [
            pages.Column("store", _("Store"), keep=1, at="title"),
            pages.Column("sales", _("Sales"), pages.Kind.MONEY, 1, at="amount", unit="¥"),
            pages.Column("share", _("Share"), pages.Kind.SHARE, 4),
            pages.Column(
                "change", _("Against %(day)s") % {"day": against}, pages.Kind.CHANGE, 2, at="date"
            ),
            pages.Column("slips", _("Slips"), pages.Kind.NUMBER, 2, at="state"),
        ]
        if self.may_cost:
            columns.append(pages.Column("margin", _("Margin"), pages.Kind.PERCENT, 3))
        if may_somewhere(queries.SEE):
            columns.append(pages.Column("out", _("Out of stock"), pages.Kind.NUMBER, 3, at="code"))
        columns.append(pages.Column("last", _("Last slip"), pages.Kind.TIME, 5, is_quiet=True))
        last = {
            h.store: h.last_at
            for h in sorted(self.hours, key=lambda h: h.last_at)
            if h.on == self.on
        }
        rows = [
            self._store(store, total, out.get(store.pk), last.get(store.pk))
            for store in self.stores
        ]
        now, then = self.both
        totals = {
            "store": pages.Cell(_("Total"), is_strong=True),
            "sales": pages.Cell(now.gross, url=self.sales_url()),
            "change": pages.Cell(_change(now.gross, then.gross)),
            "slips": pages.Cell(now.slips, url=self.sales_url()),
            "out": pages.Cell(sum(out.values()), url=short_address()),
            "margin": pages.Cell(_share(now.net - sum(
                (self.cost.get((self.on, s), ZERO) for s in self.ids), ZERO), now.net)
                if self.may_cost else None, url=self.sales_url()),
        }  # fmt: skip
        return pages.Card(
            _("Stores"), note=_("every figure opens"), columns=tuple(columns), rows=tuple(rows),
            totals=totals if len(rows) > 1 else {}, code="by-store", listens=LISTENS,
        )  # fmt: skip

    def _store(
        self, store: OrgUnit, total: Decimal, out: int | None, last: datetime | None
    ) -> pages.Row:
        now, then = self.by_store[store.pk]
        url = self.sales_url(store=store.pk)
        cost = self.cost.get((self.on, store.pk), ZERO) if self.may_cost else ZERO
        return pages.Row(
            str(store.pk),
            {
                "store": pages.Cell(store.name, url=url),
                "sales": pages.Cell(now.gross, url=url),
                "share": pages.Cell(_share(now.gross, total) or ZERO),
                "change": pages.Cell(_change(now.gross, then.gross)),
                "slips": pages.Cell(now.slips, url=url),
                "margin": pages.Cell(_share(now.net - cost, now.net), url=url),
                "out": pages.Cell(out, url=short_address(store.pk), tone="act")
                if out
                else pages.Cell(0),
                "last": pages.Cell(last),
            },
            url=url,
        )

    def best(self) -> pages.Card | None:
        found = sold.best_items(self.on, self.ids, limit=BEST)
        if not found:
            return None
        may_open = may_somewhere("items.item.view")
        return pages.Card(
            _("Best sellers"),
            note=_("today, by turnover"),
            columns=(
                pages.Column("item", _("Item"), keep=1, at="title"),
                pages.Column("quantity", _("Sold"), pages.Kind.QUANTITY, 1, at="state"),
                pages.Column("gross", _("Sales"), pages.Kind.MONEY, 1, at="amount", unit="¥"),
            ),
            rows=tuple(
                pages.Row(
                    str(one.item),
                    {
                        "item": pages.Cell(
                            one.name, url=addresses.master_of(Item, one.item) if may_open else ""
                        ),
                        "quantity": pages.Cell(
                            pages.Quantity(one.quantity, one.unit, values.places_of(one.step)),
                            url=self.sales_url(item=one.item),
                        ),
                        "gross": pages.Cell(one.gross, url=self.sales_url(item=one.item)),
                    },
                )
                for one in found
            ),
            code="best",
            listens=LISTENS,
        )

    def ticker(self) -> pages.Card:
        names = {store.pk: store.name for store in self.stores}
        return pages.Card(
            _("Live sales"),
            ticks=tuple(
                pages.Tick(
                    str(slip.id), slip.at, _told(slip), names.get(slip.store, ""),
                    formats.money(slip.gross),
                    addresses.document("till.return" if slip.is_return else "till.sale", slip.id),
                )
                for slip in sold.latest_slips(self.on, self.ids, limit=TICKS)
            ),
            empty=_("Each slip appears here a moment after it was rung up."),
            code="ticker", listens=LISTENS,
        )  # fmt: skip


def _told(slip: sold.Slip) -> str:
    text = slip.first
    if slip.pieces > 1:
        text = _("%(first)s, %(n)s lines in all") % {"first": slip.first, "n": slip.pieces}
    return _("Return: %(what)s") % {"what": text} if slip.is_return else text


def _share(part: Decimal, whole: Decimal) -> Decimal | None:
    return part / whole if whole else None


def _change(now: Decimal | None, then: Decimal | None) -> Decimal | None:
    return (now - then) / then if now is not None and then else None


def of_person(here: OrgUnit | None, on: date, out: Mapping[UUID, int]) -> Today | None:
    """Today's sales for this person; None for those who may see none."""
    if here is None or not may_somewhere(sold.SEE):
        return None
    found = Today(here, on, env.now(), out)
    return found if found.stores else None
