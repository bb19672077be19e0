"""Today's sales on the home page: figures, hours, stores, best items, and the live ticker."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from functools import cached_property
from uuid import UUID

from django.utils.translation import gettext as _

from tongpan.base import env
from tongpan.base.numbers import ZERO
from tongpan.business.stock import queries
from tongpan.business.till import sold
from tongpan.faces.backoffice.sales import LISTENS, day_address, days_of, span_of
from tongpan.faces.backoffice.stock import short_address
from tongpan.faces.kit import charts, formats, pages
from tongpan.faces.kit.derived import addresses, values
from tongpan.kernel.org.models import OrgUnit, business_date
from tongpan.kernel.org.scope import may, may_somewhere
from tongpan.masters.items.models import Item

WEEK = timedelta(days=7)
NOTHING = "-"  # no event changes days that are over, or many days by much
NEVER = datetime.min.replace(tzinfo=UTC)
TICKS, BEST, SHOWN = 12, 5, 15
HOURS_LEAST = 12  # in the chart, so that a bar is no barn door
NEAR_CUT = 3  # what begins within so many hours of the day begins with the day


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


def _stretch(used: Sequence[int]) -> tuple[int, int]:
    """From which hour of the day on, and before which, a chart shows it: where something was sold,
    with an hour beside it. What would begin just after the day does begins with it.

    >>> _stretch([2, 9]), _stretch([8, 10]), _stretch([])
    ((0, 12), (7, 19), (0, 0))
    """
    if not used:
        return 0, 0
    first = max(0, min(used[0] - 1, 24 - HOURS_LEAST))
    first = 0 if first < NEAR_CUT else first
    return first, max(used[-1] + 2, first + HOURS_LEAST)


class Sales:
    """What stores sold on some days, and on as many days before them: on the same weekdays, and
    up to the same moment where the days are not over."""

    def __init__(
        self, here: OrgUnit, stores: list[OrgUnit], span: tuple[date, date],
        parts: Iterable[sold.Part], *, out: Mapping[UUID, int] | None = None,
        category: UUID | None = None, only: Sequence[UUID] = (),
    ) -> None:  # fmt: skip
        self.out = out  # how many items each unit has run out of, where that is shown
        self.here, self.stores = here, stores
        self.only = list(only)  # the stores that were chosen: what is opened is of them, too
        self.on, self.until = span
        weeks = ((self.until - self.on).days + WEEK.days) // WEEK.days
        self.back = weeks * WEEK
        self.then = self.on - self.back
        self.ids = [store.pk for store in stores]
        self.may_cost = bool(stores) and all(may("see.cost", s) for s in stores)
        is_over = self.until < business_date(here, env.now())
        now = days_of(self.on, self.until)
        days = sold.Days(
            now=now, then=[day - self.back for day in now], stores=self.ids, zone=here.time_zone,
            until=None if is_over else env.now() - self.back, has_cost=self.may_cost,
            category=category,
        )  # fmt: skip
        self.found = sold.read(days, parts, most=SHOWN)
        self.hours = self.found["hours"]
        self.cost = {(one.is_now, one.id): one.cost or ZERO for one in self.found["cost"]}
        is_today = self.on == self.until == business_date(here, env.now())
        self.listens = LISTENS if is_today else NOTHING
        self.named = _("today") if is_today else span_of(self.on, self.until)
        then = span_of(self.then, self.until - self.back)
        self.against = formats.day(self.then, today=self.on) if self.on == self.until else then
        words = _("%(day)s: %(figure)s") if is_over else _("%(day)s by now: %(figure)s")
        self.by_then = words

    def cost_of(self, stores: Iterable[UUID], *, is_now: bool) -> Decimal:
        return sum((self.cost.get((is_now, store), ZERO) for store in stores), ZERO)

    @cached_property
    def by_store(self) -> dict[UUID, tuple[Sum, Sum]]:
        """Of each store: today so far, and the same day last week by this moment."""
        sums: dict[UUID, tuple[Sum, Sum]] = defaultdict(lambda: (Sum(), Sum()))
        for hour in self.hours:
            assert hour.id is not None, "An hour is of a store."
            now, then = sums[hour.id]
            if hour.is_now:
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
        return day_address(self.on, self.until, **{"store": self.only, **more})

    # -- the figures

    def figures(self) -> Iterable[pages.Figure]:
        now, then = self.both

        def by_then(figure: str) -> str:
            return self.by_then % {"day": self.against, "figure": figure}

        yield pages.Figure(
            _("Sales, tax included"), formats.money(now.gross, "CNY"), url=self.sales_url(),
            change=change_of(now.gross, then.gross),
            against=by_then(formats.money(then.gross, "CNY")),
        )  # fmt: skip
        if self.may_cost:
            profit = now.net - self.cost_of(self.ids, is_now=True)
            before = then.net - self.cost_of(self.ids, is_now=False)
            share = formats.percent(share_of(profit, now.net))
            known = self.cost_of(self.ids, is_now=False) != 0
            against = _("%(share)s of net sales") % {"share": share}
            if known:  # of what several days are held against, nobody asked
                share_then = formats.percent(share_of(before, then.net))
                against = _("%(share)s of net sales; %(then)s then") % {
                    "share": share,
                    "then": share_then,
                }
            yield pages.Figure(
                _("Gross profit"), formats.money(profit, "CNY"),
                url=self.sales_url(),
                against=against,
            )  # fmt: skip
        yield pages.Figure(
            _("Slips"), formats.number(now.slips), url=self.sales_url(),
            change=change_of(Decimal(now.slips), Decimal(then.slips)),
            against=by_then(formats.number(then.slips)),
        )  # fmt: skip
        basket = now.gross / now.slips if now.slips else None
        basket_then = then.gross / then.slips if then.slips else None
        yield pages.Figure(
            _("Average slip"), formats.money(basket, "CNY"), url=self.sales_url(),
            change=change_of(basket, basket_then),
            against=by_then(formats.money(basket_then, "CNY")),
        )  # fmt: skip

    # -- the cards

    def by_hour(self, *, is_wide: bool = False) -> pages.Card:
        sums: dict[tuple[date, int], Decimal] = defaultdict(lambda: ZERO)
        for one in self.hours:  # of several days, each hour of all of them
            sums[self.on if one.is_now else self.then, one.n or 0] += one.gross
        first = self.here.day_cut.hour
        in_order = [(first + n) % 24 for n in range(24)]
        used = [n for n, h in enumerate(in_order) if (self.on, h) in sums or (self.then, h) in sums]
        shown = in_order[slice(*_stretch(used))]
        against = self.against
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
            chart=charts.chart_of(bars, now=self.named, then=against),
            empty=_("Nothing was sold yet today."), code="by-hour", listens=self.listens,
            is_wide=is_wide,
        )  # fmt: skip

    def by_stores(self) -> pages.Card:
        total = self.both[0].gross
        out = {store: n for store, n in (self.out or {}).items() if store in self.ids}
        against = self.against
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
        if self.out is not None and may_somewhere(queries.SEE):
            columns.append(pages.Column("out", _("Out of stock"), pages.Kind.NUMBER, 3, at="code"))
        columns.append(pages.Column("last", _("Last slip"), pages.Kind.TIME, 5, is_quiet=True))
        last: dict[UUID | None, datetime] = {}
        for hour in self.hours:
            if hour.is_now and hour.at is not None:
                last[hour.id] = max(hour.at, last.get(hour.id, hour.at))
        rows = [
            self._store(store, total, out.get(store.pk), last.get(store.pk))
            for store in self.stores
        ]
        now, then = self.both
        totals = {
            "store": pages.Cell(_("Total"), is_strong=True),
            "sales": pages.Cell(now.gross, url=self.sales_url()),
            "change": pages.Cell(change_of(now.gross, then.gross)),
            "slips": pages.Cell(now.slips, url=self.sales_url()),
            "out": pages.Cell(sum(out.values()), url=short_address()),
            "margin": pages.Cell(
                share_of(now.net - self.cost_of(self.ids, is_now=True), now.net)
                if self.may_cost else None, url=self.sales_url()),
        }  # fmt: skip
        return pages.Card(
            _("Stores"), note=_("every figure opens"), columns=tuple(columns), rows=tuple(rows),
            totals=totals if len(rows) > 1 else {}, code="by-store", listens=self.listens,
        )  # fmt: skip

    def _store(
        self, store: OrgUnit, total: Decimal, out: int | None, last: datetime | None
    ) -> pages.Row:
        now, then = self.by_store[store.pk]
        url = self.sales_url(store=store.pk)
        cost = self.cost_of([store.pk], is_now=True)
        return pages.Row(
            str(store.pk),
            {
                "store": pages.Cell(store.name, url=url),
                "sales": pages.Cell(now.gross, url=url),
                "share": pages.Cell(share_of(now.gross, total) or ZERO),
                "change": pages.Cell(change_of(now.gross, then.gross)),
                "slips": pages.Cell(now.slips, url=url),
                "margin": pages.Cell(share_of(now.net - cost, now.net), url=url),
                "out": pages.Cell(out, url=short_address(store.pk), tone="act")
                if out
                else pages.Cell(0),
                "last": pages.Cell(last),
            },
            url=url,
        )

    def best(self) -> pages.Card | None:
        found = self.found["items"][:BEST]
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
                    str(one.id),
                    {
                        "item": pages.Cell(
                            one.name,
                            url=addresses.master_of(Item, one.id) if may_open and one.id else "",
                        ),
                        "quantity": pages.Cell(
                            quantity_of(one),
                            url=self.sales_url(item=one.id),
                        ),
                        "gross": pages.Cell(one.gross, url=self.sales_url(item=one.id)),
                    },
                )
                for one in found
            ),
            code="best",
            listens=self.listens,
        )

    def ticker(self) -> pages.Card:
        return ticker_of(self.found["ticks"], self.stores)


def ticker_of(slips: Iterable[sold.Sold], stores: Iterable[OrgUnit]) -> pages.Card:
    """The last slips of a day, as they are rung up."""
    names = {str(store.pk): store.name for store in stores}
    return pages.Card(
        _("Live sales"),
        ticks=tuple(
            pages.Tick(
                str(slip.id), slip.at, _told(slip), names.get(slip.unit or "", ""),
                formats.money(slip.gross),
                addresses.document("till.return" if slip.n == -1 else "till.sale", slip.id),
            )
            for slip in sorted(slips, key=lambda one: one.at or NEVER, reverse=True)[:TICKS]
            if slip.at is not None and slip.id is not None
        ),
        empty=_("Each slip appears here a moment after it was rung up."),
        code="ticker", listens=LISTENS,
    )  # fmt: skip


def quantity_of(one: sold.Sold) -> pages.Quantity:
    """How much of an item was sold, in its base unit."""
    places = values.places_of(one.step or Decimal(1))
    return pages.Quantity(one.quantity or ZERO, one.unit or "", places)


def _told(slip: sold.Sold) -> str:
    text = slip.name or ""
    if slip.quantity is not None and slip.quantity > 1:
        text = _("%(first)s, %(n)s lines in all") % {"first": text, "n": int(slip.quantity)}
    return _("Return: %(what)s") % {"what": text} if slip.n == -1 else text


def share_of(part: Decimal, whole: Decimal) -> Decimal | None:
    return part / whole if whole else None


def change_of(now: Decimal | None, then: Decimal | None) -> Decimal | None:
    return (now - then) / then if now is not None and then else None


# Which parts of the page are made of which reads.
READS: dict[sold.Part, tuple[str, ...]] = {
    "hours": ("figures", "by-hour", "by-store"),
    "cost": ("figures", "by-store"),
    "items": ("best",),
    "ticks": ("ticker",),
}


def today_of(
    here: OrgUnit | None, on: date, units: Iterable[OrgUnit], out: Mapping[UUID, int],
    wants: Callable[..., bool],
) -> Sales | None:  # fmt: skip
    """Today's sales for this person, as far as the page wants them; None for who may see none."""
    stores = stores_seen(units)
    if here is None or not stores:
        return None
    parts: list[sold.Part] = [part for part, shown in READS.items() if wants(*shown)]
    return Sales(here, stores, (on, on), parts, out=out)


def stores_seen(units: Iterable[OrgUnit]) -> list[OrgUnit]:
    """The stores among these units whose sales the person may see."""
    return [unit for unit in units if unit.kind == OrgUnit.Kind.STORE and may(sold.SEE, unit)]
