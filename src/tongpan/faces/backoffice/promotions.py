"""The form of a promotion in a merchandiser's words: chosen by a picture, filled in by parts, with
a sentence beside it that says what it does, a basket to try it, and what became of it."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, fields, replace
from datetime import timedelta
from decimal import Decimal, InvalidOperation
from typing import Any
from uuid import NAMESPACE_URL, UUID, uuid5

from django.http import HttpRequest, HttpResponse, QueryDict
from django.urls import reverse
from django.utils.translation import gettext as _

from tongpan.base import env
from tongpan.base.refusals import Refusal
from tongpan.business.campaigns.actions import BASKETS_MAX, REHEARSE
from tongpan.business.campaigns.models import Rehearsal
from tongpan.business.campaigns.queries import tracked
from tongpan.business.promotions import accounts, plain, trying, words
from tongpan.business.promotions.documents import PROMOTION
from tongpan.business.promotions.known import KNOWN
from tongpan.business.promotions.models import Kind, Part, PromotionLine
from tongpan.business.promotions.rules.values import Member, lies_in
from tongpan.business.stock.queries import SEE as SEE_STOCK
from tongpan.business.till.queries import stock_left
from tongpan.business.till.slips import place_of
from tongpan.business.till.sold import SEE as SEE_SALES
from tongpan.faces.kit import formats, pages, show
from tongpan.faces.kit.derived import addresses, document_views, forms, values
from tongpan.faces.kit.derived.listing import reason_field
from tongpan.faces.kit.entry import entry
from tongpan.kernel.documents.fields import as_id
from tongpan.kernel.documents.gate import run
from tongpan.kernel.documents.models import State
from tongpan.kernel.documents.sentences import explain
from tongpan.kernel.ledger.queries import balance_of
from tongpan.kernel.org.models import OrgUnit, business_date
from tongpan.kernel.org.scope import may, units_where, visible
from tongpan.kernel.org.visibility import masked_fields
from tongpan.masters.items.models import Item

VIEW, SAVE = PROMOTION.permission("view"), PROMOTION.permission("save")
END, CHANGE = PROMOTION.permission("end"), PROMOTION.permission("change")
STORES_ASKED = 3  # of those that may be chosen, at first
TRIED_MAX = 4  # goods of a basket that is tried

# What stands where on the form. A figure is shown where the kind has use for it.
WHEN = ("begins_on", "begins_clock", "ends_on", "ends_clock", "weekdays", "hours")
WHOM = ("members_only", "member_tags", "channels", "payments", "coupon")
NEEDS = ("quantity_min", "amount_min", "basket_min", "measured")
LIMITS = ("per_sale", "per_member", "per_day", "amount_max", "budget")
BESIDE = ("group", "place", "is_exclusive")
GRIDS: tuple[tuple[str, Part, tuple[str, ...]], ...] = (
    ("goods", Part.GOODS, ("item", "category", "brand")),
    ("except", Part.EXCEPT, ("item", "category", "brand")),
    ("reward", Part.REWARD, ("item", "category", "brand")),
    ("slot", Part.SLOT, ("slot", "item", "category", "brand", "pieces")),
    ("step", Part.STEP, ("least", "off")),
    ("store", Part.STORE, ("store",)),
    ("tier", Part.TIER, ("tier",)),
)
GRID_SIZE = 1000  # lines of one grid; more than so many are none


@dataclass(frozen=True, slots=True)
class Section:
    """A part of the form: some fields, and lines below them."""

    title: str
    fields: tuple[pages.Field, ...]
    grids: tuple[pages.EditGrid, ...] = ()


@dataclass(frozen=True, slots=True)
class PromotionForm(pages.FormPage):
    """A draft of a promotion; a basket can be tried with it as soon as it saved itself."""

    sections: tuple[Section, ...] = ()
    hidden: tuple[tuple[str, str], ...] = ()
    trying: "Trying | None" = None
    rehearsal: "Asked | None" = None

    template = "backoffice/promotion_form.html"


@dataclass(frozen=True, slots=True)
class PromotionPage(pages.DocumentPage):
    """A promotion that was handed on or approved."""

    rehearsal: "Asked | None" = None

    template = "backoffice/promotion_page.html"


@dataclass(frozen=True, slots=True)
class Asked:
    """Which past sales a promotion is run over, and what came of the last run."""

    url: str
    days: tuple[pages.Field, ...]
    stores: tuple[pages.Choice, ...]
    most: int
    run: "Run | None" = None


@dataclass(frozen=True, slots=True)
class Run:
    """A run over past sales: how far it is, or what came of it."""

    url: str
    is_done: bool
    done: int
    of: int
    about: str = ""
    columns: tuple[pages.Column, ...] = ()
    rows: tuple[pages.Row, ...] = ()
    totals: Mapping[str, pages.Cell] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Trying:
    """The basket with which a promotion is tried."""

    url: str
    rows: tuple[tuple[pages.Field, pages.Field], ...]
    store: pages.Field
    is_member: pages.Field


@dataclass(frozen=True, slots=True)
class KindsPage:
    """Which kind of promotion it is to be."""

    title: str
    kinds: tuple[tuple[str, str, str, str], ...]
    back_url: str
    help: pages.Help | None = None

    template = "backoffice/promotion_kinds.html"


# -- the form ------------------------------------------------------------------------------------


def dress_form(body: Any, page: pages.FormPage) -> pages.FormPage:
    """The form of a promotion out of the usual one: what its kind needs, in sections."""
    by_name = {field.name: field for field in page.fields}

    def some(*names: str) -> tuple[pages.Field, ...]:
        return tuple(by_name[name] for name in names if name in by_name)

    grids = {name: _grid(page, body, name, part, columns) for name, part, columns in GRIDS}
    kind = body.kind
    figures = tuple(replace(f, is_required=True) if f.name in _needed(kind) else f
                    for f in some(*plain.TERMS.get(kind, {}).values()))  # fmt: skip
    of_goods = ["slot"] if kind == Kind.SET_PRICE else ["goods"]
    of_goods += ["step"] if kind in plain.STEPPED else []
    of_goods += ["reward"] if kind in plain.REWARDED else []
    sections = (
        Section(_kind_title(kind), (*some("title"), *figures), _those(grids, *of_goods, "except")),
        Section(_("When"), _by_name(some(*WHEN))),
        Section(_("Where and for whom"), _by_name(some(*WHOM)), _those(grids, "store", "tier")),
        Section(_("From what on"), some(*NEEDS)),
        Section(_("How often and for how much"), some(*LIMITS)),
        Section(_("Beside other promotions"), some(*BESIDE, "business_date", "note")),
    )
    shown = {field.name for section in sections for field in section.fields}
    problems = tuple(replace(p, path=_on_grid(p.path, body)) for p in page.problems)
    panel = page.problem
    if panel is not None:
        panel = replace(panel, problems=tuple(
            replace(p, path=_on_grid(p.path, body)) for p in panel.problems))  # fmt: skip
    kept = {f.name: getattr(page, f.name) for f in fields(pages.FormPage)}
    kept |= {"grid": None, "problems": problems, "problem": panel, "notices": _said(body)}
    return PromotionForm(
        **kept,
        sections=sections,
        hidden=tuple((f.name, f.value) for f in page.fields if f.name == "kind"),
        trying=_trying(body) if "kind" not in shown else None,
        rehearsal=_asked(body),
    )


def _by_name(columns: Iterable[pages.Field]) -> tuple[pages.Field, ...]:
    """The fields, where what others know by a code is chosen by its name."""
    return tuple(_chosen(one) for one in columns)


def _chosen(column: pages.Field) -> pages.Field:
    if column.kind == "several" or column.name not in KNOWN:
        return column
    offered = dict(KNOWN[column.name]())
    gone = [column.value] if column.value not in {"", *offered} else []
    codes = {"": "—", **offered, **{code: code for code in gone}}
    choices = tuple(pages.Choice(code, title) for code, title in codes.items())
    hint = _("Then it holds only for who has such a coupon.")
    return replace(column, kind="choice", choices=choices, hint=hint)


def _kind_title(kind: str) -> str:
    return str(dict(Kind.choices).get(kind, _("Promotion"))).capitalize()


def _needed(kind: str) -> set[str]:
    """The figures without which a kind is nothing."""
    optional = {"spread", "for_each"} | ({"get", "percent"} if kind in plain.REWARDED else set())
    return set(plain.TERMS.get(kind, {}).values()) - optional


def _those(grids: Mapping[str, pages.EditGrid], *names: str) -> tuple[pages.EditGrid, ...]:
    return tuple(grids[name] for name in names)


def _grid(
    page: pages.FormPage, body: Any, name: str, part: Part, columns: tuple[str, ...]
) -> pages.EditGrid:
    """The lines of one part, out of the one grid that a document usually has."""
    assert page.grid is not None, "A promotion has lines."
    titles = {
        "goods": (_("Goods it is for"), _("None: all goods. Category and brand: both must fit.")),
        "except": (_("But not these"), ""),
        "reward": (_("Goods that it gives"), ""),
        "slot": (_("Parts of the set"), _("The same number: one may stand for the other.")),
        "step": (_("Steps"), ""),
        "store": (_("Stores and regions"), _("None: all that belong to the unit.")),
        "tier": (_("Tiers of members"), _("None: all.")),
    }  # fmt: skip
    shown = tuple(
        replace(column, title=_column_title(body.kind, column), hint="")
        for wanted in columns for column in page.grid.columns if column.name == wanted
    )  # fmt: skip
    here = [line for line in body.lines if line.part == part]
    ids = {str(line.pk) for line in here}
    rows = tuple(row for row in page.grid.rows if row.id in ids)
    title, note = titles[name]
    return replace(
        page.grid, name=name, columns=shown, rows=rows, title=title, note=note, totals={},
        scan_url="", item_column=columns[0], paste=columns, tag=None,
    )  # fmt: skip


def _column_title(kind: str, column: pages.Field) -> str:
    if column.name == "least":
        counts = kind in (Kind.COUNT_SAVE, Kind.COUNT_PERCENT)
        return _("From so many pieces") if counts else _("From so much")
    if column.name == "off":
        percents = kind in (Kind.SPEND_PERCENT, Kind.COUNT_PERCENT)
        return _("Percent off") if percents else _("Amount off")
    return column.title


def _said(body: Any) -> tuple[pages.Notice, ...]:
    """What it does, in plain words, beside the form while it is filled in."""
    first, *rest = words.sentences(body)
    return (pages.Notice(first, " ".join(rest)),)


def undress_form(document_id: UUID, sent: QueryDict) -> QueryDict:
    """What the form sends, as the usual one would: the lines of all parts one after the other."""
    if "of_promotion" not in sent:
        return sent
    found = sent.copy()
    taken = {str(text) for name, text in sent.items() if name.endswith(".id") and text}
    has_goods = False
    for number, (grid, part, _columns) in enumerate(GRIDS, start=1):
        for index, row in forms.rows_in(sent, grid)[:GRID_SIZE]:
            cells = {name: text for name, text in row.items() if name != "id"}
            if not any(cells.values()):
                continue
            has_goods = has_goods or part in (Part.GOODS, Part.SLOT)
            line = f"lines.{number * GRID_SIZE + int(index) % GRID_SIZE}"
            key = str(row.get("id") or "") or _new_id(f"{document_id}/{grid}/{index}", taken)
            taken.add(key)
            for name, text in {**cells, "id": key, "part": part.value}.items():
                found[f"{line}.{name}"] = str(text)
    if not has_goods and sent.get("kind") != Kind.SET_PRICE:
        found["lines.0.id"] = _new_id(f"{document_id}/all", set())
        found["lines.0.part"] = Part.ALL.value
    return found


def _new_id(name: str, taken: set[str]) -> str:
    """The same id for the same place of a form, however often it is sent."""
    found = str(uuid5(NAMESPACE_URL, name))
    return _new_id(f"{name}/again", taken) if found in taken else found


def _on_grid(path: str, body: Any) -> str:
    """Where a problem of a line stands on this form."""
    first, _dot, rest = path.partition(".")
    index, _dot, name = rest.partition(".")
    if first != "lines" or not index.isdigit():
        return "title" if path == "lines" else path
    number, place = divmod(int(index), GRID_SIZE)
    if number:
        return f"{GRIDS[number - 1][0]}.{place}.{name}"
    if int(index) >= len(body.lines):
        return path
    line = body.lines[int(index)]
    alike = [one for one in body.lines if one.part == line.part]
    grid = next((grid for grid, part, _columns in GRIDS if part == line.part), "goods")
    return f"{grid}.{alike.index(line)}.{name}"


# -- trying it -------------------------------------------------------------------------------------


def _trying(body: Any) -> Trying:
    pick = addresses.pick(Item)
    rows = tuple(
        (
            pages.Field(f"item{n}", _("Item"), "search", search_url=pick, is_wide=True),
            pages.Field(f"quantity{n}", _("Quantity"), "quantity", value="1"),
        )
        for n in range(1, TRIED_MAX + 1)
    )
    choices = tuple(pages.Choice(str(unit.pk), unit.name) for unit in _stores(body)[:200])
    return Trying(
        url=reverse("promotion-try", args=[body.document_id]),
        rows=rows,
        store=pages.Field(
            "at", _("Store"), "choice", choices=choices, value=choices[0].value if choices else ""
        ),
        is_member=pages.Field(
            "member", _("A member buys"), "choice",
            choices=(pages.Choice("0", _("no")), pages.Choice("1", _("yes"))), value="0",
        ),
    )  # fmt: skip


def _stores(body: Any) -> list[OrgUnit]:
    """The stores in which it may hold, as far as the person may look at promotions there."""
    above = body.document.org_unit.path
    rows = units_where(VIEW).filter(kind=OrgUnit.Kind.STORE, is_active=True, path__startswith=above)
    return list(rows.order_by("path"))


@entry(permission=VIEW, scope="units", field_policy="masked")
def promotion_try(request: HttpRequest, document_id: UUID) -> HttpResponse:
    """A basket priced with this promotion among those that hold, and why each does or does not."""
    body = document_views._load(PROMOTION, document_id)
    said: dict[str, Any] = {"tried": None, "problems": ()}
    store = next((s for s in _stores(body) if str(s.pk) == request.GET.get("at")), None)
    rows = list(_basket(request))
    if store is not None and rows:
        member = Member("tried", _any_tier(body)) if request.GET.get("member") == "1" else None
        try:
            said["tried"] = trying.try_out(body, store, rows, member=member)
        except Refusal as refusal:
            said["problems"] = [p["message"] for p in explain(refusal)["problems"]]
    return show.part(request, "backoffice/promotion_tried.html", said)


def _any_tier(body: Any) -> str:
    """A member who is tried is of a tier for which it is."""
    return next((str(line.tier_id) for line in body.lines if line.part == Part.TIER), "")


def _basket(request: HttpRequest) -> Iterable[tuple[Item, Decimal]]:
    for n in range(1, TRIED_MAX + 1):
        pk = as_id(request.GET.get(f"item{n}") or "-")
        item = visible(Item).select_related("category").filter(pk=pk).first() if pk else None
        try:
            quantity = Decimal(request.GET.get(f"quantity{n}") or "1")
        except InvalidOperation:
            continue
        if item is not None and quantity.is_finite() and 0 < quantity <= 1_000_000:
            yield item, quantity


# -- the page of one that was approved -------------------------------------------------------------


def dress_page(body: Any, page: pages.DocumentPage) -> pages.DocumentPage:
    """The page of a promotion: what it does, what is left of it, ending and changing it."""
    document = body.document
    facts = [pages.Fact(_("What it does"), pages.Cell(" ".join(words.sentences(body))))]
    if document.state == State.POSTED:
        facts += [*_left(body), *_came_of_it(body)]
    said_by_default = {
        values.title_of(field)
        for field in PROMOTION.header_fields
        if getattr(body, field.attribute) in (False, 0) or field.name == "measured"
    }
    kept_facts = [_named(fact) for fact in page.facts if fact.title not in said_by_default]
    actions = list(page.actions)
    today = business_date(document.org_unit, env.now())
    is_over = body.ends_on is not None and body.ends_on < today
    if document.state == State.POSTED and body.ended_at is None and not is_over:
        if may(END, document.org_unit):
            actions.insert(0, pages.Action(
                _("End now"), reverse("promotion-end", args=[document.pk]), method="post",
                asks=reason_field(), tone="danger",
            ))  # fmt: skip
        if may(SAVE, document.org_unit):
            url = reverse("promotion-change", args=[document.pk])
            actions.insert(0, pages.Action(_("Change it"), url, method="post"))
    kept = {f.name: getattr(page, f.name) for f in fields(pages.DocumentPage)}
    kept |= {"facts": (*facts, *kept_facts), "actions": tuple(actions)}
    return PromotionPage(**kept, rehearsal=_asked(body))


def _named(fact: pages.Fact) -> pages.Fact:
    """The fact, where what others know by a code is told by its name."""
    for column in PROMOTION.header_fields:
        if column.name in KNOWN and values.title_of(column) == fact.title:
            name = KNOWN[column.name]().get(str(fact.cell.value))
            return replace(fact, cell=pages.Cell(name)) if name else fact
    return fact


def _came_of_it(body: Any) -> Iterable[pages.Fact]:
    """What became of it since it began, at those of its stores where the person may see sales, or
    sums of them as a rehearsal shows."""
    named = frozenset(line.store.path for line in body.lines if line.store is not None)
    stores = [
        unit.pk for unit in _stores(body)
        if (not named or lies_in(unit.path, named))
        and (may(SEE_SALES, unit) or may(REHEARSE, unit))
    ]  # fmt: skip
    today = business_date(body.document.org_unit, env.now())
    if not stores or body.begins_on is None or body.begins_on > today:
        return
    found = tracked(body, stores, today - timedelta(days=1))
    if found.sales:
        said = _("sales: %(sales)s · times: %(times)s · taken off: %(amount)s") % {
            "times": formats.number(found.times), "sales": formats.number(found.sales),
            "amount": formats.money(found.amount, "CNY"),
        }  # fmt: skip
        yield pages.Fact(_("Used"), pages.Cell(said))
    if not found.days:
        return
    yield pages.Fact(
        _("Turnover of its goods, days %(n)s") % {"n": found.days},
        pages.Cell(formats.money(found.turnover, "CNY")),
    )
    yield pages.Fact(
        _("Same weekdays of the week before"),
        pages.Cell(formats.money(found.turnover_before, "CNY")),
    )
    if found.uplift is not None:
        yield pages.Fact(_("Uplift"), pages.Cell(found.uplift), pages.Kind.CHANGE)


def _left(body: Any) -> Iterable[pages.Fact]:
    if body.ended_at is not None:
        yield pages.Fact(_("ended"), pages.Cell(body.ended_at), pages.Kind.TIME)
    if body.budget:
        key = accounts.left(body.document.org_unit_id, body.document_id)
        left = balance_of([key])[key].amount
        yield pages.Fact(_("Budget left"), pages.Cell(formats.money(left, "CNY")))
    if body.instead_of_id is not None and body.instead_of is not None:
        url = addresses.document(PROMOTION.code, body.instead_of_id)
        yield pages.Fact(_("changes"), pages.Cell(body.instead_of.document.number, url=url))


def _deed(request: HttpRequest, document_id: UUID, act: Callable[[], HttpResponse]) -> HttpResponse:
    try:
        return act()
    except Refusal as refusal:
        return document_views._refused(request, PROMOTION, document_id, refusal)


@entry(permission=END, scope="units", field_policy="masked", methods=("POST",))
def promotion_end(request: HttpRequest, document_id: UUID) -> HttpResponse:
    """End it at this moment, with the reason."""

    def act() -> HttpResponse:
        run(END, document_id, {"reason": request.POST.get("reason", "")})
        return show.go(
            request, addresses.document(PROMOTION.code, document_id), toast=pages.Toast(_("Ended"))
        )

    document_views._load(PROMOTION, document_id)
    return _deed(request, document_id, act)


@entry(permission=SAVE, scope="units", field_policy="masked", methods=("POST",))
def promotion_change(request: HttpRequest, document_id: UUID) -> HttpResponse:
    """Draft one like it that takes its place when it is approved."""

    def act() -> HttpResponse:
        draft = run(CHANGE, document_id).result
        return show.go(request, addresses.document(PROMOTION.code, draft))

    document_views._load(PROMOTION, document_id)
    return _deed(request, document_id, act)


# -- over past sales -------------------------------------------------------------------------------


def _asked(body: Any) -> Asked | None:
    """The question and its last answer, for who may ask it."""
    unit = body.document.org_unit
    stores = [one for one in _stores(body) if may(REHEARSE, one)]
    if not stores or not may(REHEARSE, unit):
        return None
    today = business_date(unit, env.now())
    run = visible(Rehearsal, VIEW).filter(promotion=body.document_id).first()
    chosen = set(run.stores) if run is not None else {str(one.pk) for one in stores[:STORES_ASKED]}
    since = run.since if run is not None else today - timedelta(days=14)
    until = run.until if run is not None else today - timedelta(days=1)
    return Asked(
        url=reverse("promotion-rehearse", args=[body.document_id]),
        days=(
            pages.Field("since", _("from day"), "date", value=since.isoformat()),
            pages.Field("until", _("until day"), "date", value=until.isoformat()),
        ),
        stores=tuple(pages.Choice(str(one.pk), one.name, str(one.pk) in chosen) for one in stores),
        most=BASKETS_MAX,
        run=_run(run) if run is not None else None,
    )


def _run(run: Rehearsal) -> Run:
    url = reverse("promotion-rehearsed", args=[run.promotion_id])
    if run.state != Rehearsal.State.DONE:
        return Run(url, False, run.done, run.baskets)
    has_cost = "margins" not in masked_fields(Rehearsal, VIEW)
    names = dict(OrgUnit.objects.filter(pk__in=run.stores).values_list("pk", "name"))
    given = PromotionLine.unscoped.filter(document=run.promotion_id, part=Part.REWARD)
    gifts = list(given.exclude(item=None).values_list("item", flat=True))
    rows = []
    sums: dict[str, Decimal] = {}
    for store, found in sorted(run.found.items(), key=lambda row: names.get(UUID(row[0]), "")):
        figures = {name: Decimal(value) for name, value in found.items()}
        if has_cost:
            margin = run.margins.get(store, {})
            figures["margin_before"] = Decimal(margin.get("before", 0))
            figures["margin_after"] = Decimal(margin.get("after", 0))
        if gifts and (left := _gifts_left(UUID(store), gifts)) is not None:
            figures["gifts"] = left
        for name, value in figures.items():
            sums[name] = sums.get(name, Decimal(0)) + value
        cells = {name: pages.Cell(value) for name, value in figures.items()}
        cells["store"] = pages.Cell(names.get(UUID(store), ""))
        rows.append(pages.Row(store, cells))
    return Run(
        url, True, run.done, run.baskets,
        about=" ".join((
            _("%(n)s sales from %(since)s to %(until)s, with the promotions that hold now.")
            % {"n": formats.number(run.done), "since": run.since, "until": run.until},
            *([_("As if every customer had brought its coupon.")] if run.has_coupon else ()),
        )),
        columns=tuple(_run_columns(has_cost, has_gifts="gifts" in sums)), rows=tuple(rows),
        totals={name: pages.Cell(value) for name, value in sums.items()},
    )  # fmt: skip


def _gifts_left(store_id: UUID, gifts: list[UUID]) -> Decimal | None:
    """How many of what it gives stand at a store now; None for who may not see its stock."""
    store = OrgUnit.objects.get(pk=store_id)
    if not may(SEE_STOCK, store):
        return None
    return sum(stock_left(store.pk, place_of(store), gifts).values(), Decimal(0))


def _run_columns(has_cost: bool, *, has_gifts: bool) -> Iterable[pages.Column]:
    yield pages.Column("store", _("Store"), keep=1, at="title")
    yield pages.Column("baskets", _("Sales"), pages.Kind.NUMBER, 3)
    yield pages.Column("touched", _("Sales touched"), pages.Kind.NUMBER, 1, "detail")
    yield pages.Column("discount", _("Taken off"), pages.Kind.MONEY, 1, "amount")
    yield pages.Column("before", _("Turnover without it"), pages.Kind.MONEY, 2, "date")
    yield pages.Column("after", _("Turnover with it"), pages.Kind.MONEY, 2, "state")
    yield pages.Column("given", _("Times, with gifts not taken"), pages.Kind.NUMBER, 3, "tag")
    if has_gifts:
        yield pages.Column("gifts", _("Gifts in stock now"), pages.Kind.NUMBER, 3)
    if has_cost:
        yield pages.Column("margin_before", _("Margin without it"), pages.Kind.MONEY, 3)
        yield pages.Column("margin_after", _("Margin with it"), pages.Kind.MONEY, 3)


@entry(permission=REHEARSE, scope="units", field_policy="masked", methods=("POST",))
def promotion_rehearse(request: HttpRequest, document_id: UUID) -> HttpResponse:
    """Have it run over the sales of these stores and days."""

    def act() -> HttpResponse:
        asked = {
            "promotion": str(document_id), "stores": request.POST.getlist("stores"),
            "since": request.POST.get("since", ""), "until": request.POST.get("until", ""),
        }  # fmt: skip
        run(REHEARSE, env.new_id(), asked)
        url = addresses.document(PROMOTION.code, document_id)
        return show.go(request, f"{url}#rehearsal")

    document_views._load(PROMOTION, document_id)
    return _deed(request, document_id, act)


@entry(permission=VIEW, scope="units", field_policy="masked")
def promotion_rehearsed(request: HttpRequest, document_id: UUID) -> HttpResponse:
    """How far the last run is, or what came of it."""
    document_views._load(PROMOTION, document_id)
    found = visible(Rehearsal, VIEW).filter(promotion=document_id).first()
    shown = {"run": _run(found) if found is not None else None}
    return show.part(request, "backoffice/promotion_rehearsed.html", shown)


# -- a new one -----------------------------------------------------------------------------------


@entry(permission=SAVE, scope="units", field_policy="masked")
def promotion_new(request: HttpRequest) -> HttpResponse:
    """Choose the kind by its picture; then the form of that kind."""
    kind = request.GET.get("kind", "")
    if kind in dict(Kind.choices):
        return document_views.document_new(request, PROMOTION)
    return show.page(
        request,
        KindsPage(
            _("What kind of promotion?"),
            tuple(words.kinds()),
            addresses.documents(PROMOTION),
            pages.Help(str(PROMOTION.help)),
        ),
    )


PROMOTION.screens.update(
    dress_form=dress_form, undress_form=undress_form, dress_page=dress_page,
)  # fmt: skip
