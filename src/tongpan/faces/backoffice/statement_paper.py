"""A statement of a party on paper (对账单): opening, movements, closing, for both to confirm."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from typing import Any

from django.http import HttpRequest
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from tongpan.base import env
from tongpan.base.numbers import ZERO
from tongpan.business.finance.queries import OWED, OWED_BY, SEE, money_units, money_where
from tongpan.engines.prints.kinds import Kind, declare_kind
from tongpan.engines.prints.models import PrintTemplate
from tongpan.faces.backoffice import moves
from tongpan.faces.kit import formats, pages
from tongpan.faces.kit.derived.dressing import dressed, published, rows_in_words
from tongpan.faces.kit.derived.previews import LINES_SHOWN, declare_preview, drawn
from tongpan.faces.kit.derived.print_views import choose, with_choices
from tongpan.faces.kit.derived.prints import Paper, amount_in_words, printed
from tongpan.kernel.ledger.queries import Statement, statement
from tongpan.kernel.org.models import OrgUnit, business_date
from tongpan.kernel.org.scope import visible, who
from tongpan.masters.parties.models import Party

LINES_MOST = 2_000
COLUMNS = {
    "on": gettext_lazy("Business date"), "document": gettext_lazy("Document"),
    "unit": gettext_lazy("Org unit"), "other": gettext_lazy("From or to"),
    "in": gettext_lazy("In"), "out": gettext_lazy("Out"), "balance": gettext_lazy("Balance"),
}  # fmt: skip
USUAL = ("on", "document", "in", "out", "balance")
KIND = declare_kind(
    Kind(
        code="money.statement",
        title=gettext_lazy("Statement of account"),
        permission=SEE,
        facts={
            "title": gettext_lazy("Title"), "number": gettext_lazy("code"),
            "since": gettext_lazy("From day"), "until": gettext_lazy("To day"),
            "opening": gettext_lazy("Opening balance"), "closing": gettext_lazy("Closing balance"),
            "in_words": gettext_lazy("Total in words"),
        },
        columns=COLUMNS,
        has_party=True,
    )
)  # fmt: skip


@dataclass(frozen=True)
class Told:
    """What a statement says: whose it is, of which days, and every movement in them."""

    holder: Any
    units: Sequence[OrgUnit]
    since: date
    until: date
    found: Statement
    sign: int
    of: str = ""  # which of its accounts, where it is one alone
    is_elsewhere: bool = False  # whether other legal entities deal with them too

    @property
    def unit(self) -> OrgUnit:
        """At whose paper it is printed: where the person works, if it is of there."""
        here = who().at
        return next((unit for unit in self.units if unit == here), self.units[0])

    @property
    def closing(self) -> Decimal:
        last = self.found.movements[-1].balance if self.found.movements else self.found.opening
        return last * self.sign


def statement_page(request: HttpRequest, told: Told, *, back_url: str) -> pages.PrintPage:
    """The page that is printed, with the templates and papers that there are for it."""
    paper, template, found = choose(request.GET, KIND.code, told.unit)
    asked = {n: str(v) for n, v in request.GET.items() if n not in ("paper", "template") and v}
    page = paper_of(told, paper=paper, template=template, back_url=back_url)
    return with_choices(page, found, template, **asked)


def paper_of(
    told: Told, *, paper: Paper, template: PrintTemplate | None, back_url: str = ""
) -> pages.PrintPage:
    """A statement on paper, as a template wants it."""
    every = moves.columns(unit="¥", has_value=False, is_money=True, has_unit=True)
    by_name = {column.name: column for column in every}
    names = [n for n in (template.columns if template else ()) if n in COLUMNS] or list(USUAL)
    known = moves.Told.of(told.found.movements)
    opening = told.found.opening * told.sign
    rows = [
        moves.opening_row(opening, ZERO),
        *moves.rows(told.found.movements, known, sign=told.sign, may_see_value=False),
    ]
    page = pages.PrintPage(
        company=told.unit.entity.name,
        title=str(KIND.title),
        number=getattr(told.holder, "code", told.unit.code),
        facts=tuple(_facts(told, opening)),
        columns=tuple(by_name[name] for name in names),
        rows=tuple(rows),
        totals=_totals(told, names),
        in_words=amount_in_words(told.closing),
        signatures=((_("Made by"), _me()), (_("Checked and confirmed by"), ""), (_("Day"), "")),
        foot=printed(0),
        paper=paper,
        back_url=back_url,
        warnings=_warnings(told),
    )
    if template is None:
        return page
    return dressed(page, template, lambda: _published(told, page, every))


def _me() -> str:
    person = who().person
    return person.name if person else ""


def _facts(told: Told, opening: Decimal) -> list[pages.Fact]:
    facts = [
        pages.Fact(_("Party"), pages.Cell(getattr(told.holder, "name", str(told.holder)))),
        pages.Fact(_("From day"), pages.Cell(formats.full_day(told.since))),
        pages.Fact(_("To day"), pages.Cell(formats.full_day(told.until))),
        pages.Fact(_("Opening balance"), pages.Cell(formats.money(opening, "CNY"))),
        pages.Fact(_("Closing balance"), pages.Cell(formats.money(told.closing, "CNY"))),
    ]
    if told.of:
        facts.insert(1, pages.Fact(_("Account"), pages.Cell(told.of)))
    return facts


def _totals(told: Told, names: Sequence[str]) -> dict[str, pages.Cell]:
    amounts = [move.amount * told.sign for move in told.found.movements]
    totals = {
        names[0]: pages.Cell(_("Total")),
        "in": pages.Cell(sum((a for a in amounts if a > 0), ZERO), is_strong=True),
        "out": pages.Cell(sum((-a for a in amounts if a < 0), ZERO), is_strong=True),
        "balance": pages.Cell(told.closing, is_strong=True),
    }
    if names[0] == "on":  # a day takes no word
        totals.pop("on")
    return totals


def _warnings(told: Told) -> tuple[str, ...]:
    warnings = []
    if told.is_elsewhere:
        said = _("This is %(name)s alone. For another company choose its legal entity first.")
        warnings.append(said % {"name": told.unit.entity.name})
    if told.found.more:
        said = _("Only the first %(n)s movements are printed. Choose fewer days.")
        warnings.append(said % {"n": LINES_MOST})
    return tuple(warnings)


def _published(told: Told, page: pages.PrintPage, every: Sequence[pages.Column]) -> dict[str, Any]:
    columns = [column for column in every if column.name in COLUMNS]
    document = {
        "title": page.title, "number": page.number, "since": formats.full_day(told.since),
        "until": formats.full_day(told.until),
        "opening": formats.money(told.found.opening * told.sign, "CNY"),
        "closing": formats.money(told.closing, "CNY"), "in_words": page.in_words,
    }  # fmt: skip
    party = told.holder.pk if isinstance(told.holder, Party) else None
    lines = rows_in_words(columns, page.rows[1:])
    return published(told.unit, document, lines, party=party)


def _example(template: PrintTemplate) -> SafeString | None:
    """The first movements of the first supplier, or customer, as an example."""
    for side, roles, sign in (("supplier", OWED, -1), ("customer", OWED_BY, 1)):
        units = money_units(side)
        rows = visible(Party).filter(**{f"is_{side}": True}).order_by("code")
        party = rows.first() if units else None
        if party is not None:
            found = statement(money_where(party.pk, roles, units), limit=LINES_SHOWN)
            days = [move.place.business_date for move in found.movements]
            days = days or [business_date(units[0], env.now())]
            told = Told(party, units, days[0], days[-1], replace(found, more=None), sign)
            paper: Any = template.paper
            return drawn(paper_of(told, paper=paper, template=template))
    return None


declare_preview(KIND.code, _example)
