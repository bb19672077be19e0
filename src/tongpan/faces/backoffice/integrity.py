"""The integrity page (账目核对): every check of the books in words, and what it found last."""

from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from tongpan.faces.kit import formats, pages, show
from tongpan.faces.kit.entry import entry
from tongpan.kernel.documents import integrity as books
from tongpan.kernel.documents.incarnations import lives
from tongpan.kernel.org.scope import may, who

CHECKS: dict[str, Any] = {
    "ledger.each_unit_sums_to_zero": gettext_lazy("Every item and every currency sums to zero"),
    "ledger.money_sums_to_zero_in_each_entity": gettext_lazy(
        "Debits equal credits in each legal entity"
    ),
    "ledger.totals_are_the_sums_of_entries": gettext_lazy(
        "Every balance is the sum of its entries"
    ),
    "ledger.balances_are_within_bounds": gettext_lazy("No balance has left its bounds"),
    "ledger.stock_equals_money": gettext_lazy("Stock value equals its money account, to the cent"),
    "ledger.value_needs_goods": gettext_lazy("No value without goods"),
    "ledger.ends_belong_together": gettext_lazy(
        "Both ends of every entry are of one ledger, item and entity"
    ),
    "ledger.entries_have_accounts_and_a_posting": gettext_lazy(
        "Every entry has its accounts and its posting"
    ),
    "ledger.postings_have_entries": gettext_lazy("Every posting has entries"),
    "ledger.reversed_at_most_once": gettext_lazy("Nothing was reversed twice"),
    "ledger.tables_refuse_changes": gettext_lazy("The books refuse changes and deletions"),
    "ledger.only_functions_write": gettext_lazy("Only the posting functions may write the books"),
    "ledger.functions_are_at_home": gettext_lazy("The posting functions are the right ones"),
    "history.chain_holds": gettext_lazy(
        "No line of history was removed, changed or put in afterwards"
    ),
    "events.chain_holds": gettext_lazy("The chain of events has no gap and no break"),
}


@dataclass(frozen=True)
class Line:
    """One check: what must hold, how often it was looked at, where it does not."""

    title: str
    code: str
    checked: str
    violations: str
    is_sound: bool
    examples: tuple[str, ...]


@dataclass(frozen=True)
class IntegrityPage:
    title: str
    note: str
    figures: tuple[pages.Figure, ...] = ()
    lines: tuple[Line, ...] = ()
    help: pages.Help | None = None
    primary: pages.Action | None = None
    waits: str = ""
    verdict: str = ""
    awaited: tuple[str, ...] = ()  # what will be checked, as long as nothing was
    is_sound: bool = True

    template = "backoffice/integrity.html"


@entry(permission=books.SEE, scope="company", field_policy="open")
def integrity(request: HttpRequest) -> HttpResponse:
    """What the last check found."""
    found = books.last_check()
    is_waiting = request.GET.get("asked") == "1"
    return show.page(request, _page(found, is_waiting=is_waiting))


@entry(permission=books.SEE, scope="company", field_policy="none", methods=("POST",))
def integrity_check(request: HttpRequest) -> HttpResponse:
    """Have the books checked now, in the background; the page hears when it is done."""
    person = who().person
    books.ask(person.pk if person else None)
    return show.go(request, f"{reverse('integrity')}?asked=1")


def _page(found: Any, *, is_waiting: bool) -> IntegrityPage:
    help_text = _(
        "The program reads every entry again and checks what must always hold. It runs every "
        "night, and whenever you ask."
    )
    primary = pages.Action(
        _("Check now"), reverse("integrity-check"), method="post", tone="primary", icon="refresh",
        key="R",
    )  # fmt: skip
    waits = _("Checking in the background. This page shows the result when it is there.")
    title = _("Integrity of the books")
    if found is None:
        return IntegrityPage(
            title, _("never checked yet"), help=pages.Help(help_text), primary=primary,
            waits=waits if is_waiting else "", awaited=tuple(str(one) for one in CHECKS.values()),
        )  # fmt: skip
    findings = found.findings
    is_sound = books.is_sound(findings)
    return IntegrityPage(
        title=title,
        note=_("last checked %(when)s") % {"when": formats.moment(found.at)},
        figures=tuple(_figures(findings)),
        lines=tuple(_line(one) for one in findings["invariants"]),
        help=pages.Help(help_text),
        primary=primary,
        waits=waits if is_waiting else "",
        verdict=_("Everything holds.") if is_sound else _("Something does not hold."),
        is_sound=is_sound,
    )


def _figures(findings: dict[str, Any]) -> list[pages.Figure]:
    looked = pages.Figure(_("Entries read"), formats.number(findings["entries"]))
    took = pages.Figure(
        _("Took"), formats.number(Decimal(findings["ms"]) / 1000, 1), unit=_("seconds")
    )
    always = [looked, took, *_letters()]
    if not may("see.cost", None):
        return always
    stock, money = Decimal(findings["stock_value"]), Decimal(findings["inventory_account"])
    return [
        pages.Figure(
            _("Stock value"), formats.money(stock, "CNY"), url=f"{reverse('stock')}?mode=value"
        ),
        pages.Figure(
            _("Inventory accounts"),
            formats.money(money, "CNY"),
            against=_("equal to the cent")
            if stock == money
            else _("differ by %(much)s") % {"much": formats.money(stock - money, "CNY")},
        ),
        *always,
    ]  # fmt: skip


def _letters() -> list[pages.Figure]:
    """Why numbers have a letter, where they have one."""
    there = lives()
    if len(there) < 2:
        return []
    letters, began_at = there[-1]
    since = _("since the data was restored on %(day)s") % {"day": formats.full_moment(began_at)}
    return [pages.Figure(_("Letter in the numbers"), letters, against=since)]


def _line(one: dict[str, Any]) -> Line:
    title = CHECKS.get(one["code"])
    return Line(
        title=str(title) if title else one["code"],
        code=one["code"],
        checked=formats.number(one["checked"]),
        violations=formats.number(one["violations"]),
        is_sound=not one["violations"],
        examples=tuple(one["examples"]),
    )
