"""Home: what waits for this person, and today so far. On the first day: what to do first."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from django.db.models import Q, QuerySet, Value
from django.http import HttpRequest, HttpResponse
from django.urls import NoReverseMatch, reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy
from django.utils.translation import ngettext

from tongpan.base import env
from tongpan.base.numbers import ZERO
from tongpan.business.finance.queries import where_money_is_seen, with_what_is_open
from tongpan.business.purchasing.models import SupplierBill
from tongpan.business.sales.models import SalesDelivery
from tongpan.business.selfservice.actions import CLOSE
from tongpan.business.stock import overview as stock
from tongpan.business.till.models import Sale
from tongpan.business.treasury.models import Expense
from tongpan.business.treasury.years import YEAR_CLOSE, not_carried, posted_since
from tongpan.faces.backoffice.customer_requests import waiting_here
from tongpan.faces.backoffice.in_force import SEE as SEE_IN_FORCE
from tongpan.faces.backoffice.in_force import TITLE as IN_FORCE
from tongpan.faces.backoffice.money import takings_due
from tongpan.faces.backoffice.payments import to_clear_up
from tongpan.faces.backoffice.sales import LISTENS
from tongpan.faces.backoffice.settings import audit, people
from tongpan.faces.backoffice.stock import short_address
from tongpan.faces.backoffice.today import Sales, today_of
from tongpan.faces.kit import formats, pages, show
from tongpan.faces.kit.derived import addresses, values
from tongpan.faces.kit.derived.standings import awaited, seen_alike, standings_of_many
from tongpan.faces.kit.entry import SIGNED_IN, entry
from tongpan.faces.kit.frame import units_here
from tongpan.kernel.companies.at_once import read_at_once
from tongpan.kernel.documents.audit import SEE as SEE_LOG
from tongpan.kernel.documents.models import Document, State
from tongpan.kernel.documents.registry import DocumentType, document_types
from tongpan.kernel.documents.showing import Standing
from tongpan.kernel.org.models import LegalEntity, OrgUnit, Person, business_date
from tongpan.kernel.org.people import EDIT_PERSON
from tongpan.kernel.org.scope import may_somewhere, system, units_where, visible, who
from tongpan.masters.items.models import Item
from tongpan.masters.parties.models import Party

SHOWN_MAX = 30
COUNTED_MAX = 1000
DONE = (State.POSTED, State.REVERSED)
DUE_DAYS = 7
NEW_DAYS = 31  # how long a company is new
OPENINGS = ("stock.opening", "finance.opening")  # what was there before any business
Found = dict[str, dict[str, list[Any]]]  # documents, by why they are shown and by type
SLIPS = ("till.sale", "till.return")  # the ticker shows those


@entry(permission=SIGNED_IN, scope="units", field_policy="masked")
def home(request: HttpRequest) -> HttpResponse:
    """First steps until the company does business, else what waits and what happened."""
    wanted = request.headers.get("X-Parts", "").split()
    asked = Asked(units_below(request), frozenset(wanted))
    return show.page(request, _page(asked) or _first_steps())


@dataclass(frozen=True)
class Asked:
    """The units where the person works, and the parts that a page which heard of a change asks
    for again; none is the whole page."""

    units: list[OrgUnit]
    parts: frozenset[str]

    def wants(self, *parts: str) -> bool:
        return not self.parts or any(part in self.parts for part in parts)


def units_below(request: HttpRequest) -> list[OrgUnit]:
    """The units at which the person may do anything, from the one where they work on down."""
    at = who().at
    return [unit for unit in units_here(request) if at and unit.path.startswith(at.path)]


def _page(asked: Asked) -> pages.HomePage | None:
    """The page; None as long as the company does no business, for who may do everything."""
    on = _today()
    types = {t.code: t for t in document_types() if may_somewhere(t.permission("view"))}
    found = _found(types, on, asked)
    is_counted = asked.wants("waiting", "by-store")
    ran_out = RanOut.at(asked.units) if is_counted else RanOut([], {})
    sales = today_of(who().at, on, asked.units, ran_out.items, asked.wants)
    if not asked.parts and may_somewhere("*"):
        rows = (d for code, rows in found["today"].items() if code not in OPENINGS for d in rows)
        is_busy = any(document.state in DONE for document in rows)
        if not is_busy and (sales is None or not sales.hours) and _is_first_day():
            return None
    left = tuple(_steps_left(sales)) if asked.wants("waiting") else ()
    cards: list[pages.Card] = []
    aside: list[pages.Card] = []
    if sales is not None:
        offered = (("by-hour", sales.by_hour), ("by-store", sales.by_stores), ("best", sales.best))
        made = [make() for part, make in offered if asked.wants(part)]
        cards += [card for card in made if card is not None]
        aside += [sales.ticker()] if asked.wants("ticker") else []
    if asked.wants("documents"):
        written = {c: t for c, t in types.items() if c not in SLIPS}
        if written:
            cards.append(_documents_of(on, written, found["today"]))
        elif may_somewhere(SEE_LOG):
            cards.append(audit.latest())
    return pages.HomePage(
        title=_("Today"),
        note=_today_note(on),
        help=pages.Help(
            _("What waits for you, and the business day so far where you work. Work from the top.")
        ),
        figures=tuple(sales.figures()) if sales is not None and asked.wants("figures") else (),
        waiting=(*waiting(types, ran_out, found, asked), *left) if asked.wants("waiting") else (),
        cards=tuple(cards),
        aside=tuple(aside),
        actions=tuple(_actions()),
        calm=_("Nothing waits for you."),
        listens=LISTENS,
        waiting_listens=" ".join([*(code for code in types if code not in SLIPS), *_asked_for()]),
    )


def _actions() -> Iterable[pages.Action]:
    """A cashier's way to the till; in a store, the way to what it sells at."""
    url = _address("till")
    if url and may_somewhere("till.sale.ring_up"):
        yield pages.Action(_("To the till"), url, icon="till", tone="primary", key="I")
    here = who().at
    if here is not None and here.kind == OrgUnit.Kind.STORE and may_somewhere(SEE_IN_FORCE):
        yield pages.Action(str(IN_FORCE), _address("in-force"), icon="items")


@entry(permission=SIGNED_IN, scope="company", field_policy="none")
def first_steps(request: HttpRequest) -> HttpResponse:
    """The way to opening, whenever somebody wants to see it again."""
    return show.page(request, _first_steps())


@dataclass(frozen=True)
class RanOut:
    """The units where the person works, and how many items each of them has run out of."""

    units: list[OrgUnit]
    items: dict[UUID, int]

    @classmethod
    def at(cls, below: list[OrgUnit]) -> "RanOut":
        units = stock.stock_units(among=below)
        return cls(units, stock.out_of_stock([unit.pk for unit in units]) if units else {})


# -- what waits ----------------------------------------------------------------------------------


def waiting(
    types: dict[str, DocumentType], ran_out: RanOut, found: Found, asked: Asked
) -> list[pages.Waiting]:
    """By kind of work: to approve first, then what ran out, then to receive, then own drafts."""
    return [
        *_to_post(types, found["to post"]),
        *_ran_out(ran_out),
        *_to_follow(types, found["to follow"]),
        *_of_money(types, asked),
        *filter(None, [takings_due(asked.units), to_clear_up(asked.units)]),
        *_drafts(types, found["drafts"]),
        *([] if types else _to_admit()),
    ]


def _asked_for() -> Iterable[str]:
    """Who answers requests of customers hears of a new one."""
    if may_somewhere(CLOSE):
        yield "selfservice.request"


def _to_admit() -> Iterable[pages.Waiting]:
    """People who cannot work yet, for who looks after them and does no business of their own."""
    count = people.not_ready().count() if may_somewhere(EDIT_PERSON) else 0
    if count:
        yield pages.Waiting(
            count,
            ngettext("person without a role or password", "people without a role or password",
                     count),
            f"{reverse('settings-people')}?view=new",
        )  # fmt: skip


def _ran_out(found: RanOut) -> Iterable[pages.Waiting]:
    """Items that are kept at a unit where the person works, and of which nothing is left."""
    units, out = found.units, found.items
    if out:
        worst = max(units, key=lambda unit: out.get(unit.pk, 0))
        yield pages.Waiting(
            sum(out.values()),
            _("Items out of stock"),
            short_address(units[0].pk if len(units) == 1 else None),
            note=_("most of them: %(unit)s") % {"unit": worst.name},
            tone="act",
        )


def _to_post(
    by_code: dict[str, DocumentType], found: dict[str, list[Document]]
) -> Iterable[pages.Waiting]:
    """Submitted documents at units where the person may post that type."""
    for code, rows in found.items():
        yield pages.Waiting(
            len(rows),
            _("%(what)s to post") % {"what": by_code[code].titles},
            addresses.documents(by_code[code], state=State.SUBMITTED.value),
            since=formats.moment(rows[0].submitted_at),
            tone="act",
        )


def _found(types: dict[str, DocumentType], on: date, asked: Asked) -> Found:
    """What the page shows of documents, by why and by type, in one statement: a part for each
    reason, for all types that the person sees at the same units."""
    parts: list[QuerySet[Any]] = []
    for alike in seen_alike(types.values(), "view"):
        codes = [declared.code for declared in alike]
        rows = visible(Document, alike[0].permission("view")).filter(type__in=codes)
        rows = rows.select_related("org_unit", "created_by")
        if asked.wants("waiting"):
            drafts = rows.filter(state=State.DRAFT, created_by=who().person)
            parts.append(_for("drafts", drafts).order_by("-changed_at")[:COUNTED_MAX])
            for posted in seen_alike(alike, "post"):
                if may_somewhere(posted[0].permission("post")):
                    where = units_where(posted[0].permission("post"))
                    mine = rows.filter(type__in=[t.code for t in posted], org_unit__in=where)
                    mine = mine.filter(state=State.SUBMITTED)
                    parts.append(_for("to post", mine).order_by("submitted_at")[:COUNTED_MAX])
        if asked.wants("documents"):
            today = _for("today", rows.filter(business_date=on).exclude(type__in=SLIPS))
            parts.append(today.order_by("-changed_at", "-pk")[:SHOWN_MAX])
    if asked.wants("waiting"):
        for declared in types.values():
            sent = awaited(declared)
            if sent is not None:
                parts.append(_for("to follow", sent.select_related("org_unit", "created_by")))
    found: Found = {why: {} for why in ("to post", "drafts", "today", "to follow")}
    if parts:
        for document in parts[0].union(*parts[1:], all=True):
            found[document.why].setdefault(document.type, []).append(document)
    return found


def _for(why: str, rows: QuerySet[Document]) -> QuerySet[Any]:
    return rows.annotate(why=Value(why))


def _to_follow(
    types: dict[str, DocumentType], found: dict[str, list[Document]]
) -> Iterable[pages.Waiting]:
    """What others sent here and nobody received yet, by the type that sent it."""
    for code, rows in found.items():
        earlier = types[code]
        first = min(rows, key=lambda document: document.posted_at or document.created_at)
        yield pages.Waiting(
            len(rows),
            str(earlier.screens.get("waits", _("%(what)s to receive"))) % {"what": earlier.titles},
            addresses.document(code, first.pk)
            if len(rows) == 1
            else addresses.documents(earlier, view="awaited"),
            note=" · ".join(filter(None, [first.number, first.org_unit.name])),
            since=formats.moment(first.posted_at),
        )


@dataclass(frozen=True)
class Due:
    """Documents that are to be paid, by us or to us: what home calls those that should be by now,
    and the day up to which they count."""

    code: str
    body: Any
    side: str
    title: Any

    def rows(self, declared: DocumentType) -> QuerySet[Any]:
        """Those of which something is open; what we owe a week ahead, and without a day too."""
        rows = visible(self.body, declared.permission("view"))
        if self.side == "supplier":
            soon = _today() + timedelta(days=DUE_DAYS)
            rows = rows.filter(Q(due_on=None) | Q(due_on__lte=soon))
        else:
            rows = rows.filter(due_on__lt=_today())
        role = "payable" if self.side == "supplier" else "receivable"
        found = with_what_is_open(rows, role, where_money_is_seen(self.side))
        return found.select_related("document", self.side).order_by(
            "due_on", "document__business_date"
        )


DUE = (
    Due("purchasing.bill", SupplierBill, "supplier", lazy("Bills to pay")),
    Due("treasury.expense", Expense, "supplier", lazy("Expenses to pay")),
    Due("sales.delivery", SalesDelivery, "customer", lazy("Deliveries overdue")),
    Due("till.sale", Sale, "customer", lazy("Till sales on account overdue")),
)
MAY_SETTLE = {
    "supplier": "finance.supplier_payment.save",
    "customer": "finance.customer_receipt.save",
}


def _of_money(types: dict[str, DocumentType], asked: Asked) -> Iterable[pages.Waiting]:
    """What is to be paid and to be collected, years that are over and not carried over, or into
    which something was posted since, and invoices that customers ask for: for who may do that."""
    mine = [one for one in DUE if one.code in types and may_somewhere(MAY_SETTLE[one.side])]
    ended = _today().year - 1
    missing, again, requests, *owed = read_at_once(
        not_carried(ended, asked.units),
        posted_since(asked.units),
        waiting_here()[:COUNTED_MAX],
        *(one.rows(types[one.code]) for one in mine),
    )
    for due, rows in zip(mine, owed, strict=True):
        if rows:
            yield _due(due, types[due.code], rows)
    if requests:
        yield pages.Waiting(
            len(requests),
            _("Requests of customers"),
            reverse("members-requests"),
            since=formats.moment(requests[0].asked_at),
        )
    if missing:
        yield _not_carried(ended, missing)
    for close in again:
        yield pages.Waiting(
            1,
            _("Posted into %(year)s after it was carried over")
            % {"year": close.business_date.year},
            addresses.document(YEAR_CLOSE.code, close.pk),
            note=" · ".join((close.number or "", close.org_unit.name)),
        )


def _due(due: Due, declared: DocumentType, rows: list[Any]) -> pages.Waiting:
    first, party = rows[0], f"{due.side}_id"
    address = addresses.documents(declared, view="open")
    if due.side == "customer":
        address = addresses.documents(declared, view="overdue")
    elif len(rows) == 1:
        address = addresses.document(declared.code, first.pk)
    elif len({getattr(row, party) for row in rows}) == 1:
        address = addresses.master_of(Party, getattr(first, party))
    owed = formats.money(sum((row.left for row in rows), ZERO), "CNY")
    when = formats.day(first.due_on) if first.due_on else ""
    return pages.Waiting(
        len(rows),
        str(due.title),
        address,
        note=" · ".join(filter(None, [owed, str(getattr(first, due.side)), when])),
        tone="act" if first.due_on and first.due_on < _today() else "",
    )


def _not_carried(year: int, entities: list[LegalEntity]) -> pages.Waiting:
    here, declared = who().at, YEAR_CLOSE
    is_here = here is not None and [one.pk for one in entities] == [here.entity_id]
    return pages.Waiting(
        len(entities),
        _("%(year)s not carried over") % {"year": year},
        addresses.new_document(declared) if is_here else addresses.documents(declared),
        note=" · ".join(one.name for one in entities[:2]),
    )


def _drafts(
    by_code: dict[str, DocumentType], found: dict[str, list[Document]]
) -> Iterable[pages.Waiting]:
    """The person's own drafts."""
    for code, rows in found.items():
        only = addresses.document(code, rows[0].pk)
        yield pages.Waiting(
            len(rows),
            _("%(what)s: my drafts") % {"what": by_code[code].titles},
            only if len(rows) == 1 else addresses.documents(by_code[code], view="drafts"),
            since=formats.moment(rows[0].changed_at),
        )


# -- today ---------------------------------------------------------------------------------------


def _documents_of(
    on: date, types: dict[str, DocumentType], found: dict[str, list[Document]]
) -> pages.Card:
    """The latest documents of the business day, whatever their type."""
    every = (document for rows in found.values() for document in rows)
    latest = sorted(every, key=lambda document: (document.changed_at, document.pk))
    shown = latest[-SHOWN_MAX:][::-1]
    told = standings_of_many(shown)
    return pages.Card(
        _("Today's documents"),
        note=formats.day(on),
        code="documents",
        listens=" ".join(types),
        empty=_("No document has this date yet."),
        columns=(
            pages.Column("number", _("Number"), pages.Kind.CODE, 1, at="code"),
            pages.Column("type", _("Type"), keep=1, at="title"),
            pages.Column("unit", _("Org unit"), keep=2, at="detail", is_quiet=True),
            pages.Column("state", _("State"), pages.Kind.STATE, 1, at="state"),
            pages.Column("person", _("Made by"), keep=4, is_quiet=True),
            pages.Column("at", _("Changed"), pages.Kind.TIME, 3, at="date", is_quiet=True),
        ),
        rows=tuple(_row(types[d.type], d, told.get(d.pk)) for d in shown),
    )


def _row(declared: DocumentType, document: Document, standing: Standing | None) -> pages.Row:
    url = addresses.document(declared.code, document.pk)
    return pages.Row(
        str(document.pk),
        {
            "number": pages.Cell(document.number or _("no number yet"), url),
            "type": pages.Cell(str(declared.title)),
            "unit": pages.Cell(document.org_unit.name),
            "state": pages.Cell(values.state(document, standing)),
            "person": pages.Cell(document.created_by.name if document.created_by else None),
            "at": pages.Cell(document.changed_at),
        },
        url,
    )


def _today() -> date:
    here = who().at
    return business_date(here, env.now()) if here else env.now().date()


def _today_note(on: date) -> str:
    here = who().at
    if here is None:
        return formats.day(on)
    begins = _("day from %(time)s") % {"time": f"{here.day_cut:%H:%M}"}
    return " · ".join([here.name, formats.day(on), begins])


# -- the first day -------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Had:
    """What a company has of what it needs before it can do business."""

    stores: int
    tills: int
    people: int
    kindless: tuple[UUID, ...]  # legal entities that did not say what kind of taxpayer they are
    has_items: bool
    has_stock: bool
    has_moved: bool

    @property
    def left(self) -> int:
        """How many steps are left to opening."""
        done = (self.stores, self.has_items, self.has_stock, self.people > 1, self.has_moved)
        return sum(not is_done for is_done in (not self.kindless, *done))


def _had() -> Had:
    with system(reason="count what a new company has"):
        kinds = [u.kind for u in OrgUnit.objects.filter(is_active=True)]
        posted = Document.objects.filter(state=State.POSTED)
        return Had(
            stores=sum(kind in ("store", "warehouse") for kind in kinds),
            tills=kinds.count("till"),
            people=Person.objects.filter(is_active=True).count(),
            kindless=tuple(
                LegalEntity.objects.filter(taxpayer_kinds=None).values_list("pk", flat=True)
            ),
            has_items=bool(Item.objects.exists()),
            has_stock=posted.filter(type="stock.opening").exists(),
            has_moved=posted.exclude(type__in=OPENINGS).exists(),
        )


def _is_first_day() -> bool:
    """Whether nothing but openings was posted yet: until then a home has nothing to show."""
    with system(reason="whether a company is new"):
        return not Document.objects.filter(state__in=DONE).exclude(type__in=OPENINGS).exists()


def _steps_left(sales: Sales | None) -> Iterable[pages.Waiting]:
    """The steps that were left open when business began, for who may do everything, in a company's
    first month. Where something was sold a week ago nobody asks."""
    if not may_somewhere("*") or (sales and any(not hour.is_now for hour in sales.hours)):
        return
    with system(reason="whether a company is new"):
        month_ago = _today() - timedelta(days=NEW_DAYS)
        before = Document.objects.filter(state__in=DONE, business_date__lt=month_ago)
        if before.exclude(type__in=OPENINGS).exists():
            return
    had = _had()
    if had.left:
        yield pages.Waiting(
            had.left,
            ngettext("step to opening", "steps to opening", had.left),
            _address("first-steps"),
            note=next(str(step.title) for step in _steps(had) if step.stage != "done"),
        )


def _first_steps() -> pages.StepsPage:
    """What a company still needs before it can do business, and where that is done."""
    had = _had()
    person = who().person
    return pages.StepsPage(
        title=_("Welcome to Tongpan, %(name)s") % {"name": person.name if person else ""},
        note=ngettext(
            "%(n)s step to opening. Leave whenever you like; what is done stays done.",
            "%(n)s steps to opening. Leave whenever you like; what is done stays done.",
            had.left,
        )
        % {"n": had.left}
        if had.left
        else _("Everything is ready."),
        steps=_in_turn(tuple(_steps(had))),
        hint=_("The question mark beside a title says what the page is for."),
    )


def _in_turn(told: tuple[pages.FirstStep, ...]) -> tuple[pages.FirstStep, ...]:
    """The steps, with the ways to those that may be taken now; the first of them is marked."""
    open_now = [n for n in range(len(told)) if all(_is_past(one) for one in told[:n])]
    now = next((n for n, step in enumerate(told) if step.stage != "done"), len(told))
    return tuple(
        replace(step, stage="now")
        if n == now
        else step
        if step.stage == "done" or n in open_now
        else replace(step, actions=())
        for n, step in enumerate(told)
    )


def _is_past(step: pages.FirstStep) -> bool:
    """Whether those after a step need not wait for it."""
    return step.stage == "done" or step.is_optional


def _steps(had: Had) -> Iterable[pages.FirstStep]:
    """Each step with the pages where it is done, the nearest way first."""
    units = " · ".join([
        ngettext("%(n)s store or warehouse", "%(n)s stores and warehouses", had.stores)
        % {"n": had.stores},
        ngettext("%(n)s till", "%(n)s tills", had.tills) % {"n": had.tills},
    ])  # fmt: skip
    first, new_unit = had.kindless[:1], ("settings-unit-new", "")
    yield _step(
        not had.kindless,
        _("Legal entity"),
        _("Its name, and whether it is a general or a small-scale taxpayer"),
        ("settings-entities", ""),
        *((_("Set the taxpayer kind"), ("settings-entity-kind", str(one))) for one in first),
        (_("Legal entities"), ("settings-entities", "")),
    )
    yield _step(
        had.stores > 0,
        _("Company and stores"),
        units,
        ("settings-units", ""),
        (_("New org unit"), new_unit),
        hint=_("A till stands below its store."),
    )
    yield _step(
        had.has_items,
        _("Items"),
        _("Codes, barcodes, units; from a sheet or one by one"),
        ("masters-items.item", ""),
        (_("Import a sheet"), ("import-upload", "goods")),
        (_("New item"), ("master-new-items.item", "")),
    )
    yield _step(
        had.has_stock,
        _("Opening stock"),
        _("What stands where, and what it cost. It goes into a draft first."),
        ("documents-stock.opening", ""),
        (_("New opening stock"), ("document-new-stock.opening", "")),
        (_("Import a sheet"), ("import-upload", "stock.opening")),
        (_("New opening money"), ("document-new-finance.opening", "")),
    )
    yield _step(
        had.people > 1,
        _("Invite colleagues"),
        ngettext("%(n)s person", "%(n)s people", had.people) % {"n": had.people},
        ("settings-people", ""),
        (_("New person"), ("settings-person-new", "")),
        (_("Roles"), ("settings-roles", "")),
        is_optional=True,
    )
    yield _step(
        had.has_moved,
        _("Start"),
        _("Order from a supplier, send goods to a store, or ring up the first slip."),
        ("document-new-purchasing.order", ""),
        (_("New purchase order"), ("document-new-purchasing.order", "")),
        (_("New transfer"), ("document-new-stock.transfer", "")),
        (_("To the till"), ("till", "")) if had.tills else (_("New org unit"), new_unit),
        hint="" if had.tills else _("A till stands below its store."),
    )


Target = tuple[str, str]  # the name of a page, and what it is about


def _step(
    is_done: bool,
    title: str,
    text: str,
    target: Target,
    *actions: tuple[str, Target],
    hint: str = "",
    is_optional: bool = False,
) -> pages.FirstStep:
    offered = [(name, _address(*one)) for name, one in actions]
    return pages.FirstStep(
        title,
        text,
        "done" if is_done else "ahead",
        note=_("done") if is_done else "",
        url=_address(*target),
        hint="" if is_done else hint,
        is_optional=is_optional,
        actions=()
        if is_done
        else tuple(
            pages.Action(name, url, tone="" if index else "primary")
            for index, (name, url) in enumerate(offered)
            if url
        ),
    )


def _address(name: str, about: str = "") -> str:
    """The address of a page; empty where its type is not installed."""
    try:
        return reverse(name, args=[about] if about else [])
    except NoReverseMatch:
        return ""
