"""The trial balance (科目余额表): every account of a legal entity in some days, and its sums."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.http import HttpRequest, HttpResponse, QueryDict
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from tongpan.base import env
from tongpan.base.numbers import ZERO
from tongpan.business.finance.models import MoneyPlace
from tongpan.business.finance.periods import month_end
from tongpan.business.finance.queries import SEE
from tongpan.business.till.models import PaymentMethod
from tongpan.business.treasury.models import Purpose
from tongpan.business.treasury.trial import CLASSES, Held, entities, together, trial
from tongpan.faces.backoffice import cards
from tongpan.faces.backoffice.asked import day_of, id_of
from tongpan.faces.backoffice.sales import span_of
from tongpan.faces.backoffice.stock import XLSX
from tongpan.faces.kit import formats, pages, show
from tongpan.faces.kit.derived import values
from tongpan.faces.kit.derived.prints import printed
from tongpan.faces.kit.derived.sheets import write
from tongpan.faces.kit.entry import entry
from tongpan.kernel.documents.showing import words_of_account
from tongpan.kernel.org.models import LegalEntity, OrgUnit, business_date
from tongpan.kernel.org.scope import who
from tongpan.masters.parties.models import Party

FIRST = date(2000, 1, 1)  # no books are older
MONTHS_OFFERED = 3
# Whose accounts are listed one by one; members are not, for nobody looks for a person here.
UNFOLDED = (Party, MoneyPlace, PaymentMethod, Purpose, LegalEntity, OrgUnit)
TITLES = {
    "assets": gettext_lazy("Assets"), "liabilities": gettext_lazy("Liabilities"),
    "equity": gettext_lazy("Equity"), "income": gettext_lazy("Income"),
    "costs": gettext_lazy("Costs and expenses"),
}  # fmt: skip
Accounts = Mapping[tuple[str, UUID], Held]


@dataclass(frozen=True)
class Asked:
    """Which entity, days and account the address asks for; what cannot be read is left out."""

    entity: LegalEntity
    offered: tuple[LegalEntity, ...]
    since: date
    until: date
    role: str  # the account whose holders are listed one by one; "" is all accounts
    today: date

    @classmethod
    def of(cls, request: HttpRequest) -> "Asked | None":
        """None for who sees the whole books of no legal entity."""
        given, here, offered = request.GET, who().at, tuple(entities())
        if here is None or not offered:
            return None
        by_id = {one.pk: one for one in offered}
        chosen = id_of(given.get("entity", ""))
        entity = by_id.get(chosen or here.entity_id) or by_id.get(here.entity_id) or offered[0]
        today = business_date(here, env.now())
        since, until = _days(given, today)
        role = given.get("account", "")
        return cls(entity, offered, since, until, role if is_unfolded(role) else "", today)

    def address(self, **changes: Any) -> str:
        parts: dict[str, Any] = {
            "entity": self.entity.pk,
            "on_from": self.since.isoformat(),
            "on_to": self.until.isoformat(),
            "account": self.role,
        }
        kept = {name: value for name, value in (parts | changes).items() if value}
        return f"{reverse('money-trial')}?{urlencode(kept)}"

    def statement(self, line: "Line") -> str:
        """The entries of a line's accounts in these days."""
        of: dict[str, Any] = {"account": line.role, "entity": self.entity.pk}
        if line.holder is not None:
            of["holder"] = line.holder
        return cards.statement_address(
            **of, on_from=self.since.isoformat(), on_to=self.until.isoformat()
        )

    @property
    def kept(self) -> dict[str, str]:
        """What the filters send along: they choose days or an entity, and leave the other."""
        days = {"on_from": self.since.isoformat(), "on_to": self.until.isoformat()}
        of = {"account": self.role, "entity": str(self.entity.pk)}
        return days | of if self.role or len(self.offered) < 2 else days

    @property
    def span(self) -> str:
        return span_of(self.since, self.until)


def _days(given: QueryDict, today: date) -> tuple[date, date]:
    """The days that were just chosen, else those that the page had; at first those of this month.
    A first or a last day alone is of the month that it begins or ends."""
    first, last = given.getlist("on_from") or [""], given.getlist("on_to") or [""]
    which = -1 if first[-1] or last[-1] else 0
    until = day_of(last[which])
    since = day_of(first[which]) or (until or today).replace(day=1)
    since = max(since, FIRST)
    return since, max(since, until or month_end(since))


def is_unfolded(role: str) -> bool:
    """Whether the accounts of a role are told one by one, by whose they are."""
    return words_of_account("money", role).holder in UNFOLDED


def _title(role: str) -> str:
    title = str(words_of_account("money", role).title)
    return title[:1].upper() + title[1:]


@entry(permission=SEE, scope="units", field_policy="masked")
def money_trial(request: HttpRequest) -> HttpResponse:
    """Opening balance, what moved and closing balance of every account, with equal sums."""
    asked = Asked.of(request)
    if asked is None:
        return show.page(request, _nothing())
    found = trial(asked.entity.pk, asked.since, asked.until)
    lines = list(_holders(asked, found) if asked.role else _accounts(found))
    if request.GET.get("as") == "sheet":
        return _sheet(asked, lines)
    if request.GET.get("as") == "paper":
        return show.page(request, _paper(asked, lines))
    page = pages.ListPage(
        title=_title(asked.role) if asked.role else _("Trial balance"),
        note=f"{asked.entity.name} · {asked.span}",
        columns=(*_columns(), *_on_phones()),
        rows=tuple(_rows(asked, lines)),
        views=tuple(_months(asked)),
        filters=(pages.Filter("on", _("Days"), "dates"), *_entities(asked)),
        kept=asked.kept,
        actions=(
            pages.Action(_("Print"), asked.address(**{"as": "paper"}), key="P", icon="print"),
            pages.Action(_("Export"), asked.address(**{"as": "sheet"}), icon="export"),
        ),
        back_url=asked.address(account="") if asked.role else reverse("money"),
        help=_help(),
        empty=pages.Empty(
            _("Nothing in these days"),
            _("Accounts appear here with the first document that moves them."),
        ),
        listens="*",
    )
    return show.page(request, page)


def _help() -> pages.Help:
    return pages.Help(
        _(
            "Every account of a legal entity: what it held before these days, what moved, and what"
            " it held after them. A name opens its single accounts, a figure its entries. Income"
            " and costs go on until a year's close carries them over to equity."
        )
    )


def _nothing() -> pages.ListPage:
    return pages.ListPage(
        title=_("Trial balance"), columns=_columns(), rows=(), help=_help(),
        empty=pages.Empty(
            _("No whole books to show"),
            _("It is for who sees the money and the costs of all units of a legal entity."),
        ),
    )  # fmt: skip


# -- lines -----------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Line:
    """An account, those of a role together, or the sums of some: then `held` are several."""

    name: str
    held: tuple[Held, ...]
    role: str = ""  # "" are sums, which no statement shows
    holder: UUID | None = None

    @property
    def figures(self) -> dict[str, Decimal]:
        """The six figures; the two sides of balances are added up apart."""
        opening, closing = [h.opening for h in self.held], [h.closing for h in self.held]
        return {
            "opening_debit": _above(opening), "opening_credit": _above(-n for n in opening),
            "debit": sum((h.debit for h in self.held), ZERO),
            "credit": sum((h.credit for h in self.held), ZERO),
            "closing_debit": _above(closing), "closing_credit": _above(-n for n in closing),
        }  # fmt: skip


def _above(balances: Iterable[Decimal]) -> Decimal:
    return sum((n for n in balances if n > 0), ZERO)


def _accounts(found: Accounts) -> Iterable[Line]:
    """Each account, under the sums of its class, and the sums of all."""
    every: list[Held] = []
    for code, roles in CLASSES.items():
        by_role = {r: together(h for key, h in found.items() if key[0] == r) for r in roles}
        there = {role: held for role, held in by_role.items() if held}
        if there:
            yield Line(str(TITLES[code]), tuple(there.values()))
        for role, held in there.items():
            yield Line(_title(role), (held,), role)
        every += there.values()
    if every:
        yield Line(_("Total"), tuple(every))


def _holders(asked: Asked, found: Accounts) -> Iterable[Line]:
    """The accounts of one role, by whose they are, and their sums."""
    held = {holder: of for (role, holder), of in found.items() if role == asked.role}
    model: Any = words_of_account("money", asked.role).holder
    rows = model._base_manager.filter(pk__in=held)
    lines = [Line(values.label(row), (held[row.pk],), asked.role, row.pk) for row in rows]
    yield from sorted(lines, key=lambda line: line.name)
    if held:
        yield Line(_("Total"), tuple(held.values()))


def _columns() -> tuple[pages.Column, ...]:
    titles = {
        "opening_debit": (_("Opening debit"), 3), "opening_credit": (_("Opening credit"), 3),
        "debit": (_("Debit"), 2), "credit": (_("Credit"), 2),
        "closing_debit": (_("Closing debit"), 1), "closing_credit": (_("Closing credit"), 1),
    }  # fmt: skip
    figures = (
        pages.Column(name, title, pages.Kind.MONEY, keep, unit="¥")
        for name, (title, keep) in titles.items()
    )
    return (pages.Column("name", _("Account"), keep=1, at="title"), *figures)


def _on_phones() -> Iterable[pages.Column]:
    yield pages.Column("closing", _("Closing balance"), keep=9, at="amount")
    yield pages.Column("moved", _("In these days"), keep=9, at="detail")


def _rows(asked: Asked, lines: Iterable[Line]) -> Iterable[pages.Row]:
    for n, line in enumerate(lines):
        url = own = asked.statement(line) if line.role else ""
        if line.role and not asked.role and is_unfolded(line.role):
            own = asked.address(account=line.role)
        figures, is_sum = line.figures, not line.role
        cells = {
            name: pages.Cell(amount or None, url=url, is_strong=is_sum)
            for name, amount in figures.items()
        }
        cells["name"] = pages.Cell(
            line.name, url=own, is_strong=is_sum, depth=0 if is_sum or asked.role else 1
        )
        cells["closing"] = pages.Cell(_sides(figures["closing_debit"], figures["closing_credit"]))
        cells["moved"] = pages.Cell(_sides(figures["debit"], figures["credit"]))
        yield pages.Row(f"{line.role}-{line.holder or n}", cells, own)


def _sides(debit: Decimal, credit: Decimal) -> str:
    """Both sides in words, without one that is nothing: 借 ¥120.00 · 贷 ¥80.00."""
    said = [
        text % {"amount": formats.money(amount, "CNY")}
        for text, amount in ((_("debit %(amount)s"), debit), (_("credit %(amount)s"), credit))
        if amount
    ]
    return " · ".join(said) or formats.money(ZERO, "CNY")


# -- the head, the sheet and the paper -------------------------------------------------------------


def _months(asked: Asked) -> Iterable[pages.View]:
    """This month, those before it, and the year so far."""
    first = asked.today.replace(day=1)
    spans = [(asked.today.replace(month=1, day=1), month_end(asked.today), str(asked.today.year))]
    for _number in range(MONTHS_OFFERED):
        spans.insert(-1, (first, month_end(first), f"{first:%Y-%m}"))
        first = (first - timedelta(days=1)).replace(day=1)
    for since, until, title in spans:
        url = asked.address(on_from=since.isoformat(), on_to=until.isoformat())
        yield pages.View(title, url, is_current=(asked.since, asked.until) == (since, until))


def _entities(asked: Asked) -> Iterable[pages.Filter]:
    """The other legal entities; inside one account there is no way to another's."""
    if len(asked.offered) > 1 and not asked.role:
        choices = tuple(
            pages.Choice(str(one.pk), one.name, is_chosen=one == asked.entity)
            for one in asked.offered
        )
        yield pages.Filter("entity", _("Legal entity"), "one", choices)


def _heading(asked: Asked) -> str:
    title = _("Trial balance")
    return f"{title} · {_title(asked.role)}" if asked.role else title


def _sheet(asked: Asked, lines: Iterable[Line]) -> HttpResponse:
    heads = [column.title for column in _columns()]
    content = write(heads, ([n.name, *n.figures.values()] for n in lines), _heading(asked))
    answer = HttpResponse(content, content_type=XLSX)
    answer["Content-Disposition"] = 'attachment; filename="trial-balance.xlsx"'
    return answer


def _paper(asked: Asked, lines: Sequence[Line]) -> pages.PrintPage:
    def cells(line: Line) -> dict[str, pages.Cell]:
        figures = {name: pages.Cell(amount or None) for name, amount in line.figures.items()}
        return figures | {"name": pages.Cell(line.name, is_strong=not line.role)}

    person = who().person
    return pages.PrintPage(
        company=asked.entity.name,
        title=_heading(asked),
        number=f"{asked.since}/{asked.until}",
        facts=(
            pages.Fact(_("From day"), pages.Cell(formats.full_day(asked.since))),
            pages.Fact(_("To day"), pages.Cell(formats.full_day(asked.until))),
        ),
        columns=_columns(),
        rows=tuple(pages.Row(f"{n}", cells(line)) for n, line in enumerate(lines[:-1])),
        totals=cells(lines[-1]) if lines else {},
        signatures=((_("Made by"), person.name if person else ""), (_("Checked by"), "")),
        foot=printed(0),
        spacing="narrow",
        back_url=asked.address(),
    )
