"""The prices of an item: at every store now and next, by level, with history, and its margin."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _

from tongpan.base import env
from tongpan.business.pricing.models import PriceBand, PriceChange, PriceLevel
from tongpan.business.pricing.queries import Worth, set_by, worth_of
from tongpan.business.pricing.rules import Level, margin_of, member_level
from tongpan.business.pricing.types import BAND, LABELS, LEVEL
from tongpan.business.till import queries as till
from tongpan.faces.backoffice.stock import XLSX
from tongpan.faces.kit import pages, show
from tongpan.faces.kit.derived import addresses
from tongpan.faces.kit.derived.sheets import write
from tongpan.faces.kit.entry import entry
from tongpan.faces.kit.frame import units_here
from tongpan.kernel.companies.calls import together
from tongpan.kernel.documents.models import Document
from tongpan.kernel.documents.registry import document_type, master_type
from tongpan.kernel.org.models import OrgUnit, business_date
from tongpan.kernel.org.scope import may, may_somewhere, visible, who
from tongpan.masters.items.models import Item
from tongpan.masters.prices.models import Price
from tongpan.masters.prices.rules import clock_on
from tongpan.masters.prices.types import PRICE

VIEW = PRICE.permission("view")
HISTORY_SHOWN, PLANNED_MOST = 100, 12
Moment = tuple[date, str]


@dataclass(frozen=True, slots=True)
class AtStore:
    """What an item costs at a store now, and what it will cost next."""

    store: OrgUnit
    now: till.Offer
    comes: till.Offer | None
    comes_at: Moment | None
    worth: Worth | None  # only for who may see costs there

    @property
    def margin(self) -> Decimal | None:
        """A share of the price without tax."""
        if self.worth is None or self.now.price is None:
            return None
        rate = self.now.tax_rate or Decimal(0)
        return margin_of(self.now.price, self.worth.cost, rate, is_tax_included=True) / 100


@entry(permission=VIEW, scope="units", field_policy="masked")
def prices(request: HttpRequest, row_id: UUID) -> HttpResponse:
    """Every price of an item: at each store, planned, by level, and what it was before."""
    item = _found(row_id)
    return show.page(request, _page(item, units_here(request)))


def _found(row_id: UUID) -> Item:
    rows = visible(Item, "items.item.view").select_related("base_unit")
    item: Item | None = rows.filter(pk=row_id).first()
    if item is None:
        raise Http404
    return item


def _page(item: Item, among: Sequence[OrgUnit]) -> pages.MasterPage:
    rows = list(
        visible(Price, VIEW).filter(item=item, barcode=None)
        .select_related("price_list__org_unit", "unit")
        .order_by("-valid_from", "-from_clock", "price_list__code")[: HISTORY_SHOWN + 1]
    )  # fmt: skip
    made = set_by(rows) if may_somewhere(document_type("prices.change").permission("view")) else {}
    stores = at_stores(item, among)
    actions = [
        pages.Action(_("Export"), reverse("item-prices-export", args=[item.pk]), icon="export")
    ]
    if may_somewhere(LABELS):
        labels = f"{reverse('labels')}?item={item.pk}"
        actions.append(pages.Action(_("Labels"), labels, icon="print"))
    change = document_type("prices.change")
    here, primary = who().at, None
    if here is not None and may(change.permission("save"), here):
        url = f"{addresses.new_document(change)}?lines.0.item={item.pk}"
        primary = pages.Action(
            _("New: %(what)s") % {"what": change.title}, url, key="N", tone="primary"
        )
    now = {one.now.price_from: one for one in stores}
    return pages.MasterPage(
        title=_("Prices: %(item)s") % {"item": item.name},
        codes=(item.code,),
        side=tuple(_bands(item)),
        main=(
            _stores(item, stores, made),
            *_levels(item),
            _history(rows, made, held=set(now)),
        ),
        back_url=addresses.master(master_type("items.item"), item.pk),
        primary=primary,
        actions=tuple(actions),
        help=pages.Help(
            _(
                "What the item costs at each store, what it will cost, and every price before."
                " Each figure opens to the document or the row that made it."
            )
        ),
    )


def at_stores(item: Item, among: Sequence[OrgUnit]) -> list[AtStore]:
    """The item at each of these stores where the person may see prices."""
    stores = [u for u in among if u.kind == OrgUnit.Kind.STORE and may(VIEW, u)]
    if not stores:
        return []
    at = env.now()
    today = {store.pk: business_date(store, at) for store in stores}
    moments = {
        store.pk: (today[store.pk], clock_on(today[store.pk], at, store.zone, today[store.pk]))
        for store in stores
    }
    rows = Price.objects.filter(item=item, barcode=None, state="active")
    rows = rows.filter(valid_from__gte=min(today.values()))
    begin = sorted(set(rows.values_list("valid_from", "from_clock")))
    planned = [moment for moment in begin if moment > min(moments.values())][:PLANNED_MOST]
    asked = [
        (item.pk, None, store.path, *moment)
        for store in stores
        for moment in dict.fromkeys((moments[store.pk], *planned))
    ]
    (said,) = together([till.offers_call(asked)])
    offers = till.offers_read(said)
    worths = _worths(item, stores, today)
    found = []
    for store in stores:
        now = offers[item.pk, None, store.path, *moments[store.pk]]
        later = [
            (moment, offers[item.pk, None, store.path, *moment])
            for moment in planned if moment > moments[store.pk]
        ]  # fmt: skip
        moment, comes = next(
            ((m, offer) for m, offer in later if offer.price_from != now.price_from), (None, None)
        )
        found.append(AtStore(store, now, comes, moment, worths.get(store.pk)))
    return found


def _worths(item: Item, stores: Sequence[OrgUnit], today: dict[UUID, date]) -> dict[UUID, Worth]:
    """What the item costs us, by store; of the stores where the person may see that."""
    found: dict[UUID, Worth] = {}
    of_entity: dict[Any, Worth | None] = {}
    for store in stores:
        if not may("see.cost", store):
            continue
        if store.entity_id not in of_entity:
            worth = worth_of(store, [item], today[store.pk])
            of_entity[store.entity_id] = worth.get(item.pk)
        if (known := of_entity[store.entity_id]) is not None:
            found[store.pk] = known
    return found


# -- the cards -----------------------------------------------------------------------------------


def _stores(item: Item, stores: Sequence[AtStore], made: dict[UUID, Document]) -> pages.Card:
    has_worth = any(one.worth is not None for one in stores)
    columns = [
        pages.Column("store", _("Store"), keep=1, at="title"),
        pages.Column("price", _("Price"), pages.Kind.PRICE, 1, "amount", unit="¥"),
        pages.Column("member", _("Member price"), pages.Kind.PRICE, 2, unit="¥"),
        pages.Column("many", _("By quantity"), keep=3),
        pages.Column("comes", _("Next price"), pages.Kind.PRICE, 2, unit="¥"),
        pages.Column("on", _("valid from"), keep=3),
        pages.Column("rest", _("Price"), keep=9, at="detail", is_long=True),
    ]
    if has_worth:
        columns.insert(4, pages.Column("cost", _("Cost"), pages.Kind.PRICE, 3, unit="¥"))
        columns.insert(5, pages.Column("margin", _("Margin"), pages.Kind.PERCENT, 3))
    return pages.Card(
        _("At the stores"),
        note=_("a %(unit)s, tax included") % {"unit": item.base_unit.name},
        columns=tuple(columns),
        rows=tuple(_store(one, made) for one in stores),
        empty=_("No store of yours sells it."),
        code="item-prices",
        listens="prices.price prices.level prices.change",
    )


def _store(one: AtStore, made: dict[UUID, Document]) -> pages.Row:
    member = member_level(one.now.levels)
    many = [n for n in one.now.levels if not n.for_members]
    said = ", ".join(f"{n.from_quantity.normalize():f}+: ¥{n.price.normalize():f}" for n in many)
    cells = {
        "store": pages.Cell(one.store.name),
        "price": pages.Cell(one.now.price, url=_opens(one.now.price_from, made), is_strong=True),
        "member": pages.Cell(member.price, url=addresses.master(LEVEL, member.id))
        if member else pages.Cell(),
        "many": pages.Cell(said or None, url=addresses.master(LEVEL, many[0].id) if many else ""),
        "comes": pages.Cell(one.comes.price, url=_opens(one.comes.price_from, made))
        if one.comes else pages.Cell(),
        "on": pages.Cell(_when(one.comes_at) if one.comes_at else None),
        "cost": pages.Cell(one.worth.cost.quantize(Decimal("0.0001")) if one.worth else None),
        "margin": pages.Cell(one.margin, tone="act" if (one.margin or 0) < 0 else ""),
        "rest": pages.Cell(" · ".join(_in_words(one, member, said)) or None),
    }  # fmt: skip
    return pages.Row(str(one.store.pk), cells)


def _in_words(one: AtStore, member: Level | None, by_quantity: str) -> Iterable[str]:
    """What a phone tells below a store and its price; nothing of what is not there."""
    if one.margin is not None:
        yield f"{_('Margin')} {one.margin:.1%}"
    if member is not None:
        yield f"{_('Member price')} ¥{member.price:,.2f}"
    if by_quantity:
        yield by_quantity
    if one.comes is not None and one.comes.price is not None and one.comes_at is not None:
        yield f"{_('Next price')} ¥{one.comes.price:,.2f}, {_when(one.comes_at)}"


def _opens(price: UUID | None, made: dict[UUID, Document]) -> str:
    """The document that wrote a price, else the row of the list."""
    if price is None:
        return ""
    if (document := made.get(price)) is not None:
        return addresses.document(document.type, document.pk)
    return addresses.master(PRICE, price)


def _when(moment: Moment) -> str:
    day, clock = moment
    return f"{day:%Y-%m-%d}" if clock == "00:00" else f"{day:%Y-%m-%d} {clock}"


def _levels(item: Item) -> Iterable[pages.Card]:
    if not may_somewhere(LEVEL.permission("view")):
        return
    rows = visible(PriceLevel, LEVEL.permission("view")).filter(item=item, state="active")
    rows = rows.select_related("price_list", "unit", "tier").order_by("price", "-valid_from")
    may_save = may_somewhere(LEVEL.permission("save"))
    yield pages.Card(
        str(LEVEL.plural),
        link=pages.Action(_("Add"), addresses.new_master(LEVEL)) if may_save else None,
        columns=(
            pages.Column("whom", _("for whom"), keep=1, at="title"),
            pages.Column("many", _("from quantity"), pages.Kind.NUMBER, 1, "detail"),
            pages.Column("price", _("Price"), pages.Kind.PRICE, 1, "amount", unit="¥"),
            pages.Column("unit", _("Unit of measure"), keep=4),
            pages.Column("list", _("price list"), keep=3, at="state"),
            pages.Column("since", _("valid from"), keep=3, at="date"),
            pages.Column("until", _("until day"), pages.Kind.DATE, 4),
        ),
        rows=tuple(_level(row) for row in rows[:HISTORY_SHOWN]),
        empty=_("None yet."),
        is_compact=True,
    )


def _level(row: PriceLevel) -> pages.Row:
    url = addresses.master(LEVEL, row.pk)
    whom = row.tier.name if row.tier else row.get_buyer_display()
    cells = {
        "whom": pages.Cell(whom),
        "many": pages.Cell(row.from_quantity),
        "price": pages.Cell(row.price, url=url),
        "unit": pages.Cell(row.unit.name),
        "list": pages.Cell(row.price_list.name),
        "since": pages.Cell(_when((row.valid_from, row.from_clock))),
        "until": pages.Cell(row.valid_until),
    }
    return pages.Row(str(row.pk), cells, url=url)


def _history(
    rows: Sequence[Price], made: dict[UUID, Document], *, held: set[UUID | None]
) -> pages.Card:
    return pages.Card(
        _("Planned and past"),
        note=_("The latest %(n)s.") % {"n": HISTORY_SHOWN} if len(rows) > HISTORY_SHOWN else "",
        columns=(
            pages.Column("since", _("valid from"), keep=1, at="title"),
            pages.Column("price", _("Price"), pages.Kind.PRICE, 1, "amount", unit="¥"),
            pages.Column("unit", _("Unit of measure"), keep=3),
            pages.Column("list", _("price list"), keep=2, at="detail"),
            pages.Column("at", _("Unit"), keep=3, at="state"),
            pages.Column("by", _("Set by"), pages.Kind.CODE, 2, "code"),
            pages.Column("state", _("state"), keep=4),
        ),
        rows=tuple(_past(row, made, row.pk in held) for row in rows[:HISTORY_SHOWN]),
        empty=_("It has no price yet."),
        is_compact=True,
    )


def _past(row: Price, made: dict[UUID, Document], is_held: bool) -> pages.Row:
    url, document = _opens(row.pk, made), made.get(row.pk)
    state = _("holds") if is_held else row.get_state_display() if row.state != "active" else ""
    cells = {
        "since": pages.Cell(_when((row.valid_from, row.from_clock))),
        "price": pages.Cell(row.price, url=url, is_strong=is_held),
        "unit": pages.Cell(row.unit.name),
        "list": pages.Cell(row.price_list.name),
        "at": pages.Cell(row.price_list.org_unit.name),
        "by": pages.Cell(document.number if document else None, url=url if document else ""),
        "state": pages.Cell(state or None),
    }
    return pages.Row(str(row.pk), cells, url=url)


def _bands(item: Item) -> Iterable[pages.Card]:
    """The item's own bands."""
    if not may_somewhere(BAND.permission("view")):
        return
    rows = visible(PriceBand, BAND.permission("view")).filter(item=item, state="active")
    for row in rows.select_related("org_unit")[:6]:
        bounds = ((_("lowest price"), row.floor), (_("highest price"), row.ceiling))
        facts = [
            pages.Fact(title, pages.Cell(bound), pages.Kind.PRICE)
            for title, bound in bounds if bound is not None
        ]  # fmt: skip
        if row.margin_min is not None:
            least = pages.Cell(row.margin_min / 100)
            facts.append(pages.Fact(_("least margin"), least, pages.Kind.PERCENT))
        yield pages.Card(
            str(BAND.title), note=row.org_unit.name, facts=tuple(facts),
            link=pages.Action(row.code, addresses.master(BAND, row.pk)),
        )  # fmt: skip


# -- as a sheet ----------------------------------------------------------------------------------


@entry(permission=VIEW, scope="units", field_policy="masked")
def export(request: HttpRequest, row_id: UUID) -> HttpResponse:
    """The prices at the stores as a sheet."""
    item = _found(row_id)
    stores = at_stores(item, units_here(request))
    has_worth = any(one.worth is not None for one in stores)
    heads = [
        _("Code"),
        _("Item"),
        _("Store"),
        _("Price"),
        _("Member price"),
        _("Next price"),
        _("valid from"),
    ]
    if has_worth:
        heads += [_("Cost"), _("Margin")]
    rows = []
    for one in stores:
        member = member_level(one.now.levels)
        row: list[Any] = [
            item.code, item.name, one.store.name, one.now.price, member.price if member else None,
            one.comes.price if one.comes else None, _when(one.comes_at) if one.comes_at else None,
        ]  # fmt: skip
        if has_worth:
            row += [one.worth.cost if one.worth else None, one.margin]
        rows.append(row)
    answer = HttpResponse(write(heads, rows, _("Prices")), content_type=XLSX)
    answer["Content-Disposition"] = 'attachment; filename="prices.xlsx"'
    return answer


def action_of(row: Item) -> Iterable[pages.Action]:
    """The way here from the item's page."""
    if may_somewhere(VIEW):
        url = reverse("item-prices", args=[row.pk])
        yield pages.Action(_("Prices"), url, icon="money")


def links_of(body: Any) -> Iterable[pages.Action]:
    """The way from a document to its labels."""
    if not may_somewhere(LABELS):
        return
    name = "change" if isinstance(body, PriceChange) else "receipt"
    url = f"{reverse('labels')}?{name}={body.document.pk}"
    yield pages.Action(_("Labels"), url, icon="print")
