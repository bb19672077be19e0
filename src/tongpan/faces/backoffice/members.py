"""The page of a member, their statements, what would become of tiers, and what stores owe."""

from calendar import monthrange
from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal, InvalidOperation
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy
from django.utils.translation import ngettext

from tongpan.base import env
from tongpan.base.numbers import ZERO
from tongpan.business.coupons import queries as coupons
from tongpan.business.finance.queries import SEE as SEE_MONEY
from tongpan.business.finance.queries import money_units
from tongpan.business.membership import queries as membership
from tongpan.business.membership.actions import RENEW
from tongpan.business.membership.models import Member
from tongpan.business.membership.rules import Standing
from tongpan.business.punchcards import queries as cards
from tongpan.business.selfservice import queries as selfservice
from tongpan.faces.backoffice import moves
from tongpan.faces.backoffice.asked import day_of, id_of
from tongpan.faces.backoffice.cards import statement_address
from tongpan.faces.backoffice.coupons import SEE as SEE_COUPONS
from tongpan.faces.backoffice.coupons import of_member
from tongpan.faces.backoffice.revealing import Somebody
from tongpan.faces.backoffice.settings import parts
from tongpan.faces.backoffice.stock import XLSX
from tongpan.faces.kit import formats, pages, show
from tongpan.faces.kit.derived import addresses
from tongpan.faces.kit.derived.sheets import write
from tongpan.faces.kit.entry import entry
from tongpan.kernel.companies.calls import together
from tongpan.kernel.documents.gate import run
from tongpan.kernel.documents.models import Document
from tongpan.kernel.documents.registry import document_type
from tongpan.kernel.ledger.queries import Where, latest, statement
from tongpan.kernel.org.models import OrgUnit, business_date
from tongpan.kernel.org.scope import masked_fields, may, visible, who

CODE = "membership.member"
MEMBER = Somebody(CODE, "member-reveal", ("tier", "joined_at", "merged_into"))
SALES_SHOWN, MOVES_SHOWN, LINES_MOST, DAYS = 8, 8, 500, 90
SLIPS = ("till.sale", "till.return")
MONTHS_OFFERED, MONTHS_MOST = 3, 60
# The accounts of a statement: ledger, role, and whether what we owe is shown as positive.
OF: dict[str, tuple[Any, tuple[str, ...], int, Any]] = {
    "points": ("points", ("points", "points_debt"), 1, lazy("Points")),
    "wallet": ("money", ("wallet",), -1, lazy("Stored value, principal")),
    "bonus": ("money", ("wallet_bonus",), -1, lazy("Stored value, bonus")),
}


# -- one member ------------------------------------------------------------------------------------


@entry(permission=membership.SEE, scope="company", field_policy="masked")
def member(request: HttpRequest, row_id: UUID) -> HttpResponse:
    """One member: who they are, what they have, what they buy."""
    return show.page(request, _page(MEMBER.load(row_id)))


@entry(permission=MEMBER.reveal, scope="company", field_policy="masked", methods=("POST",))
def reveal(request: HttpRequest, row_id: UUID) -> HttpResponse:
    """The same with the phone whole, this once: that and why is written down."""
    return MEMBER.shown_whole(request, row_id, _page)


@entry(permission=RENEW, scope="company", field_policy="masked", methods=("POST",))
def renew(request: HttpRequest, row_id: UUID) -> HttpResponse:
    """Make the stored value of a member valid again, whose time was over."""
    row = MEMBER.load(row_id)

    def valid_again() -> HttpResponse:
        until = run(RENEW, row.pk).result
        said = _("Valid until %(day)s") % {"day": _day(until)} if until else _("It never expires")
        url = addresses.master_of(Member, row.pk)
        return show.go(request, url, toast=pages.Toast(said))

    return parts.deed(request, valid_again, lambda: _page(row))


def _page(row: Any, *, is_whole: bool = False) -> pages.MasterPage:
    derived = MEMBER.page(row, is_whole=is_whole)
    standing = membership.standing_of(row.pk, _today())
    if standing.is_stored_over(_today()) and may(RENEW, who().at):
        url = reverse("member-renew", args=[row.pk])
        again = pages.Action(_("Make stored value valid again"), url, method="post", icon="return")
        derived = replace(derived, actions=(*derived.actions, again))
    shown = (*_has(row, standing), *_buys(row), *_sales(row), *_moves(row))
    hidden = masked_fields(Member, membership.SEE)
    title = derived.title if "name" in hidden or not row.name else row.name
    codes = tuple(code for code in derived.codes if code != title)
    return replace(derived, title=title, codes=codes, main=(*shown, *derived.main))


def _today() -> date:
    here = who().at
    return business_date(here, env.now()) if here is not None else env.now().date()


def _has(row: Any, standing: Standing) -> Iterable[pages.Card]:
    facts = [
        pages.Fact(_("Tier"), pages.Cell(row.tier.name if row.tier else _("none"))),
        pages.Fact(
            _("Points"),
            pages.Cell(standing.points(_today()), url=_statement_url(row.pk, "points")),
            pages.Kind.NUMBER,
        ),
        pages.Fact(
            _("Stored value, principal"),
            pages.Cell(standing.principal, url=_statement_url(row.pk, "wallet"), is_strong=True),
            pages.Kind.MONEY,
        ),
        pages.Fact(
            _("Stored value, bonus"),
            pages.Cell(standing.bonus, url=_statement_url(row.pk, "bonus")),
            pages.Kind.MONEY,
        ),
    ]
    if standing.stored and standing.stored_until is not None:
        day = _day(standing.stored_until)
        over = (
            pages.Cell(day, tone="wait") if standing.is_stored_over(_today()) else pages.Cell(day)
        )
        facts.append(pages.Fact(_("Stored value can be used until"), over))
    if standing.debt:
        owed = pages.Cell(standing.debt, tone="wait")
        facts.append(pages.Fact(_("Points owed"), owed, pages.Kind.NUMBER))
    first = next(iter(standing.live(_today()).items()), None)
    if first is not None:
        told = _("%(n)s by the end of %(month)s") % {
            "n": formats.quantity(first[1]), "month": first[0],
        }  # fmt: skip
        facts.append(pages.Fact(_("Points that expire next"), pages.Cell(told)))
    said = together([coupons.look_call((), row.pk, _today()), cards.look_call((), row.pk, ())])
    held = coupons.look_read(said[0])
    if held and may(SEE_COUPONS, None):
        url = of_member(row.pk)
        count = pages.Cell(Decimal(len(held)), url=url)
        facts.append(pages.Fact(_("Coupons"), count, pages.Kind.NUMBER))
    for card in cards.look_read(said[1]).values():
        told = ngettext("%(n)s use left", "%(n)s uses left", int(card.left)) % {"n": int(card.left)}
        until = _("until %(day)s") % {"day": _day(card.valid_until)} if card.valid_until else ""
        text = " · ".join(filter(None, [card.name, told, until]))
        facts.append(pages.Fact(_("Punch card"), pages.Cell(text)))
    joined = " · ".join(
        filter(None, [row.joined_at.name if row.joined_at else "", _day(row.joined_on)])
    )
    facts.append(pages.Fact(_("Joined"), pages.Cell(joined)))
    consent = _("no consent is on record")
    if row.consented_at is not None:
        consent = f"{formats.moment(row.consented_at)} · {row.get_consented_via_display()}"
    facts.append(pages.Fact(_("Consent"), pages.Cell(consent)))
    for one in selfservice.consents(row.pk).values():
        given = f"{formats.moment(one.given_at)} · {one.version}"
        facts.append(pages.Fact(one.get_about_display(), pages.Cell(given)))
    if row.merged_into is not None:
        url = addresses.master_of(Member, row.merged_into_id)
        facts.append(pages.Fact(_("Goes on as"), pages.Cell(row.merged_into.code, url=url)))
    yield pages.Card(_("What they have"), facts=tuple(facts), code="member-has", listens="*")


def _day(day: date | None) -> str:
    return formats.day(day) if day is not None else ""


def _buys(row: Any) -> Iterable[pages.Card]:
    ids = membership.one_and_merged(row.pk)
    told = membership.visits(ids)
    facts = (
        pages.Fact(_("Visits"), pages.Cell(Decimal(told.sales)), pages.Kind.NUMBER),
        pages.Fact(_("Spent, ¥"), pages.Cell(told.amount, is_strong=True), pages.Kind.MONEY),
        pages.Fact(
            _("Each visit, ¥"),
            pages.Cell(told.amount / told.sales if told.sales else None),
            pages.Kind.MONEY,
        ),
        pages.Fact(_("Last visit"), pages.Cell(_day(told.last) or _("none"))),
    )
    rows = tuple(
        pages.Row(
            str(one.item),
            {
                "item": pages.Cell(one.name),
                "quantity": pages.Cell(one.quantity),
                "sales": pages.Cell(Decimal(one.sales)),
            },
        )
        for one in membership.favourites(ids)
    )
    yield pages.Card(
        _("What they buy"),
        facts=facts,
        columns=(
            pages.Column("item", _("Item"), keep=1, at="title"),
            pages.Column("quantity", _("Quantity"), pages.Kind.NUMBER, 2, at="detail"),
            pages.Column("sales", _("Visits"), pages.Kind.NUMBER, 1, at="amount"),
        ),
        rows=rows,
        empty=_("Nothing was bought yet."),
        is_compact=True,
        code="member-buys",
        listens="*",
    )


def _sales(row: Any) -> Iterable[pages.Card]:
    """The last slips that name them, as far as the reader may see slips of those stores."""
    ids = membership.one_and_merged(row.pk)
    found = visible(Document, "till.sale.view").filter(type__in=SLIPS, party__in=ids)
    latest_first = found.select_related("org_unit__parent").order_by("-business_date", "-pk")
    yield pages.Card(
        _("Last purchases"),
        columns=(
            pages.Column("number", _("Number"), pages.Kind.CODE, 1, at="code"),
            pages.Column("type", _("Type"), keep=3, at="detail"),
            pages.Column("on", _("Business date"), pages.Kind.DATE, 1, at="date"),
            pages.Column("unit", _("Org unit"), keep=2, at="title"),
            pages.Column("total", _("Total"), pages.Kind.MONEY, 1, at="amount", unit="¥"),
        ),
        rows=tuple(_sale(document) for document in latest_first[:SALES_SHOWN]),
        empty=_("Nothing was bought yet."),
        is_compact=True,
        code="member-sales",
        listens="*",
    )


def _sale(document: Document) -> pages.Row:
    declared = document_type(document.type)
    url = addresses.document(document.type, document.pk)
    total = document.total or ZERO
    store = document.org_unit.parent or document.org_unit
    return pages.Row(
        str(document.pk),
        {
            "number": pages.Cell(document.number, url=url),
            "type": pages.Cell(str(declared.title)),
            "on": pages.Cell(document.business_date),
            "unit": pages.Cell(store.name),
            "total": pages.Cell(total if document.type == SLIPS[0] else -total),
        },
        url,
    )


def _moves(row: Any) -> Iterable[pages.Card]:
    for of, (_ledger, _roles, sign, title) in OF.items():
        found = latest(_where(row.pk, of), limit=MOVES_SHOWN)
        if found:
            told = moves.Told.of(found)
            is_money = of != "points"
            yield pages.Card(
                str(title),
                link=pages.Action(_("Statement"), _statement_url(row.pk, of)),
                columns=moves.columns(
                    unit="¥" if is_money else "", has_value=False, is_money=is_money
                ),
                rows=tuple(moves.rows(found, told, sign=sign, may_see_value=False)),
                is_compact=True,
                code=f"member-{of}",
                listens="*",
            )


# -- statements ------------------------------------------------------------------------------------


def _statement_url(member_id: UUID, of: str) -> str:
    return f"{reverse('member-statement')}?{urlencode({'member': member_id, 'of': of})}"


def _where(member_id: UUID, of: str) -> Where:
    ledger, roles, _sign, _title = OF[of]
    return Where(ledger=ledger, roles=roles, holders=[member_id])


@entry(permission=membership.SEE, scope="company", field_policy="masked")
def member_statement(request: HttpRequest) -> HttpResponse:
    """Every movement of a member's points or stored value, with the balance after each."""
    pk = id_of(request.GET.get("member", ""))
    row = visible(Member).filter(pk=pk).first() if pk is not None else None
    if row is None:
        raise Http404
    of = request.GET.get("of", "")
    of = of if of in OF else "points"
    until = day_of(request.GET.get("on_to", ""))
    since = day_of(request.GET.get("on_from", "")) or (until or _today()) - timedelta(days=DAYS)
    found = statement(_where(row.pk, of), since=since, until=until, limit=LINES_MOST)
    sign, title = OF[of][2], str(OF[of][3])
    told = moves.Told.of(found.movements)
    rows = [moves.opening_row(found.opening * sign, ZERO)]
    rows += moves.rows(found.movements, told, sign=sign, may_see_value=False)
    is_money = of != "points"
    page = pages.ListPage(
        title=_("Statement"),
        note=f"{row.code} · {title}",
        columns=moves.columns(unit="¥" if is_money else "", has_value=False, is_money=is_money),
        rows=tuple(rows),
        help=pages.Help(_("Every movement, the oldest first, with the balance after each.")),
        views=tuple(
            pages.View(str(OF[one][3]), _statement_url(row.pk, one), is_current=one == of)
            for one in OF
        ),
        filters=(pages.Filter("on", _("Business date"), kind="dates"),),
        chips=(
            pages.Chip(
                f"{_('Business date')}: {formats.day(since)} – {_day(until)}".rstrip(" –"),
                _statement_url(row.pk, of),
            ),
        ),
        kept={"member": str(row.pk), "of": of},
        empty=pages.Empty(_("Nothing moved"), _("Choose other days.")),
        back_url=addresses.master_of(Member, row.pk),
        listens="*",
    )
    return show.page(request, page)


# -- between stores --------------------------------------------------------------------------------


def _months_until(today: date, shown: date) -> Iterable[date]:
    """This month and those before it, as far as one before the one that is shown."""
    month = today.replace(day=1)
    for offered in range(1, MONTHS_MOST + 1):
        yield month
        if offered >= MONTHS_OFFERED and month < shown:
            return
        month = (month - timedelta(days=1)).replace(day=1)


@entry(permission=SEE_MONEY, scope="units", field_policy="masked")
def between(request: HttpRequest) -> HttpResponse:
    """What headquarters and each store owe one another for members' money, month by month."""
    since, until, rows = _between(request)
    month, top = f"{since:%Y-%m}", membership.home()

    def opens(unit: Any) -> str:
        """Every movement between the store and headquarters in this month."""
        return statement_address(
            account="between", holder=top.pk, unit=unit.pk, on_from=since, on_to=until
        )

    page = pages.ListPage(
        title=_("Members' money between stores"),
        note=month,
        columns=(
            pages.Column("store", _("Store"), keep=1, at="title"),
            pages.Column("entity", _("Legal entity"), keep=4, at="detail", is_quiet=True),
            *(
                pages.Column(name, title, pages.Kind.MONEY, keep, at=at, unit="¥")
                for name, title, keep, at in _figures()
            ),
        ),
        rows=tuple(
            pages.Row(
                str(unit.pk),
                {
                    "store": pages.Cell(unit.name),
                    "entity": pages.Cell(unit.entity.name if unit.entity else ""),
                    **{
                        name: pages.Cell(getattr(one, name), url=url, is_strong=name == "after")
                        for name, *_about in _figures()
                    },
                },
                url,
            )
            for unit, one in rows
            for url in (opens(unit),)
        ),
        totals=tuple(
            pages.Total(title, formats.money(sum((getattr(n, name) for _u, n in rows), ZERO)))
            for name, title, _keep, _at in _figures()
        ),
        views=tuple(_months(since)),
        actions=(
            pages.Action(
                _("Export"), f"{reverse('members-between-export')}?month={month}", icon="export"
            ),
        ),
        help=pages.Help(
            _(
                "What headquarters owes a store: what members used there, less what they topped up"
                " there. Below zero the store owes headquarters. Settlements level it."
            )
        ),
        empty=pages.Empty(
            _("No member's money moved yet"), _("Top-ups and what they paid for will stand here.")
        ),
        listens="*",
    )
    return show.page(request, page)


def _month(request: HttpRequest) -> tuple[date, date]:
    """The first and the last day of the month that is asked for, else of this one."""
    today = _today()
    since = min(day_of(f"{request.GET.get('month', '')}-01") or today, today).replace(day=1)
    return since, since.replace(day=monthrange(since.year, since.month)[1])


def _months(since: date) -> Iterable[pages.View]:
    """This month and those before it, as far as the one before the one that is shown."""
    for one in _months_until(_today(), since):
        yield pages.View(f"{one:%Y-%m}", f"?month={one:%Y-%m}", is_current=one == since)


def _between(
    request: HttpRequest,
) -> tuple[date, date, list[tuple[OrgUnit, membership.Between]]]:
    """The first and the last day of a month, and what the stores had to do with members' money."""
    top = membership.home()
    stores = [unit for unit in money_units() if unit.pk != top.pk]
    if not stores:
        raise Http404
    since, until = _month(request)
    told = membership.between_stores(top.pk, [unit.pk for unit in stores], since, until)
    return since, until, [(unit, told[unit.pk]) for unit in stores if unit.pk in told]


@entry(permission=SEE_MONEY, scope="units", field_policy="masked")
def between_export(request: HttpRequest) -> HttpResponse:
    """The same month as a sheet."""
    since, _until, rows = _between(request)
    heads = [
        _("Code"),
        _("Store"),
        _("Legal entity"),
        *(str(title) for _n, title, *_ in _figures()),
    ]
    names = [name for name, *_rest in _figures()]
    values = [
        [unit.code, unit.name, unit.entity.name if unit.entity else "",
         *(getattr(one, name) for name in names)]
        for unit, one in rows
    ]  # fmt: skip
    title = _("Members' money between stores")
    answer = HttpResponse(write(heads, values, title), content_type=XLSX)
    name = f"between-{since:%Y-%m}.xlsx"
    answer["Content-Disposition"] = f'attachment; filename="{name}"'
    return answer


def _figures() -> tuple[tuple[str, str, int, Any], ...]:
    return (
        ("before", _("Brought forward"), 3, ""),
        ("topped_up", _("Topped up here"), 2, ""),
        ("used", _("Used here"), 2, ""),
        ("paid_out", _("Paid out here"), 4, ""),
        ("settled", _("Settled"), 3, ""),
        ("after", _("Headquarters owes"), 1, "amount"),
    )


# -- tiers -----------------------------------------------------------------------------------------


@entry(permission="membership.tier.save", scope="company", field_policy="masked")
def tiers(request: HttpRequest) -> HttpResponse:
    """What would change if the tiers began at other amounts, or over more or fewer months."""
    programme = membership.programme()
    if programme is None:
        return show.page(request, _no_programme())
    known = membership.tiers_of(programme)
    months = _whole(request.GET.get("months", ""), programme.tier_months)
    asked = {tier.pk: _amount(request.GET.get(tier.code, ""), tier.spent_min) for tier in known}
    changes = membership.tier_changes(_today(), months, list(asked.items()))
    names = {tier.pk: tier.name for tier in known}
    order: dict[UUID | None, int] = {None: -1}
    order |= {tier.pk: n for n, tier in enumerate(known)}
    ranked = [(order.get(c.before, -1), order.get(c.after, -1), c) for c in changes]
    ranked.sort(key=lambda one: one[:2])
    changes = [c for _before, _after, c in ranked]
    up = sum((c.members for before, after, c in ranked if after > before), 0)
    down = sum((c.members for before, after, c in ranked if after < before), 0)
    none = _("no tier")
    page = pages.ListPage(
        title=_("Tiers: what would change"),
        note=ngettext("window of %(n)s month", "window of %(n)s months", months) % {"n": months},
        columns=(
            pages.Column("before", _("Tier now"), keep=1, at="title"),
            pages.Column("after", _("Tier then"), keep=1, at="detail"),
            pages.Column("members", _("Members"), pages.Kind.NUMBER, 1, at="amount"),
        ),
        rows=tuple(
            pages.Row(
                f"{c.before}-{c.after}",
                {
                    "before": pages.Cell(names.get(c.before, none) if c.before else none),
                    "after": pages.Cell(
                        names.get(c.after, none) if c.after else none,
                        tone="" if c.before == c.after else "accent",
                    ),
                    "members": pages.Cell(Decimal(c.members)),
                },
            )
            for c in changes
        ),
        filters=(
            pages.Filter("months", _("Months that count"), kind="text"),
            *(
                pages.Filter(tier.code, _("%(tier)s from ¥") % {"tier": tier.name}, kind="text")
                for tier in known
            ),
        ),
        chips=_chips(request, known),
        totals=(
            pages.Total(_("Go up"), str(up)),
            pages.Total(_("Go down"), str(down)),
        ),
        help=pages.Help(
            _(
                "Nothing changes here. Members get the tier of their spending each night, by the"
                " amounts in the list of tiers; try others here first."
            )
        ),
        empty=pages.Empty(_("No members yet"), _("Members join at the till, or are written here.")),
        listens="*",
    )
    return show.page(request, page)


def _no_programme() -> pages.ListPage:
    make = pages.Action(_("Points programme"), "/m/membership.programme/new", icon="plus")
    return pages.ListPage(
        title=_("Tiers: what would change"),
        columns=(),
        rows=(),
        empty=pages.Empty(
            _("No points programme yet"),
            _("It says over which months tiers are counted."),
            (make,) if may("membership.programme.save", None) else (),
        ),
        listens="*",
    )


def _chips(request: HttpRequest, known: Sequence[Any]) -> tuple[pages.Chip, ...]:
    titles = {"months": _("Months that count")} | {tier.code: tier.name for tier in known}
    given = {name: request.GET[name] for name in titles if request.GET.get(name)}
    return tuple(
        pages.Chip(
            f"{titles[name]}: {value[:20]}",
            f"?{urlencode({n: v for n, v in given.items() if n != name})}",
        )
        for name, value in given.items()
    )


def _whole(text: str, default: int) -> int:
    return min(int(text), 120) if text.isascii() and text.isdigit() and int(text) else default


def _amount(text: str, default: Decimal) -> Decimal:
    try:
        found = Decimal(text) if text else default
    except InvalidOperation:
        return default
    return found if found.is_finite() and abs(found) < 10**12 else default
