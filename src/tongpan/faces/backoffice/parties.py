"""The page of a party with what is owed to it, and of a money account with what it holds."""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.utils.translation import gettext as _

from tongpan.base.numbers import ZERO
from tongpan.business.finance.models import MoneyPlace
from tongpan.business.finance.queries import held_at, money_units, money_where, owed_to
from tongpan.faces.backoffice import cards, moves
from tongpan.faces.kit import formats, pages, show
from tongpan.faces.kit.derived import addresses, masters, values
from tongpan.faces.kit.derived.listing import standings_of
from tongpan.faces.kit.entry import entry
from tongpan.kernel.documents.fields import links_of
from tongpan.kernel.documents.models import Document, State
from tongpan.kernel.documents.registry import MasterType, document_type, document_types, master_type
from tongpan.kernel.ledger.queries import Balance, latest
from tongpan.kernel.org.models import OrgUnit
from tongpan.kernel.org.scope import masked_fields, may, may_somewhere, visible
from tongpan.masters.parties.models import Party

MOVES_SHOWN = 8
DOCUMENTS_SHOWN = 10


@entry(permission="parties.party.view", scope="company", field_policy="masked")
def party(request: HttpRequest, row_id: UUID) -> HttpResponse:
    """One party: who they are, what is owed, what is open, what moved."""
    declared = master_type("parties.party")
    row = _load(declared, row_id)
    derived = masters.master_page(declared, row, may_save=may(declared.permission("save"), None))
    mine = [*_owed(row), *_documents(row)]
    actions = (*derived.actions, *_pay(row))
    return show.page(request, replace(derived, main=(*mine, *derived.main), actions=actions))


def _pay(row: Party) -> Iterable[pages.Action]:
    """A payment of all that is billed and owed, for those who may draft one."""
    declared = document_type("finance.supplier_payment")
    if not row.is_supplier or not may_somewhere(declared.permission("save")):
        return
    owed = -sum((b.amount for b in owed_to(row.pk, money_units()) if b.role == "payable"), ZERO)
    if owed > 0:
        query = urlencode({"supplier": row.code, "amount": f"{owed.normalize():f}"})
        url = f"{addresses.new_document(declared)}?{query}"
        title = _("Pay %(sum)s") % {"sum": formats.money(owed, "CNY")}
        yield pages.Action(title, url, icon="money")


@entry(permission="finance.money_place.view", scope="units", field_policy="masked")
def money_place(request: HttpRequest, row_id: UUID) -> HttpResponse:
    """One cash box or bank account: what it holds, and what moved."""
    declared = master_type("finance.money_place")
    row: MoneyPlace = _load(declared, row_id)
    may_save = may(declared.permission("save"), row.unit)
    derived = masters.master_page(declared, row, may_save=may_save)
    return show.page(request, replace(derived, main=(*_held(row), *derived.main)))


def _load(declared: MasterType, row_id: UUID) -> Any:
    links = links_of(declared.form_fields)
    row = masters.visible_rows(declared).select_related(*links).filter(pk=row_id).first()
    if row is None:
        raise Http404
    return row


# -- what is owed --------------------------------------------------------------------------------


def _owed(row: Party) -> Iterable[pages.Card]:
    units = money_units()
    if not units or not row.is_supplier:
        return
    found = [b for b in owed_to(row.pk, units) if b.inflow or b.outflow]
    by_unit: dict[UUID, dict[str, Balance]] = {}
    for balance in found:
        by_unit.setdefault(balance.org_unit, {})[balance.role] = balance
    yield pages.Card(
        _("What we owe"),
        note=_("¥, tax included where it is deducted"),
        link=pages.Action(_("Statement"), cards.statement_address(party=row.pk)),
        columns=(
            pages.Column("at", _("Org unit"), keep=1, at="title"),
            _owed_column("received", _("Received, not invoiced"), keep=2, at="state"),
            _owed_column("payable", _("Payable"), keep=2, at="date"),
            _owed_column("sum", _("Total"), keep=1, at="amount"),
        ),
        rows=tuple(_owed_row(row, unit, by_unit[unit.pk]) for unit in units if unit.pk in by_unit),
        totals=_owed_totals(found) if len(by_unit) > 1 else {},
        empty=_("Nothing was ever bought here."),
        code="owed",
        listens="*",
    )  # fmt: skip
    yield from _moves(
        latest(money_where(row.pk, ("payable", "received_not_invoiced"), units), limit=MOVES_SHOWN),
        cards.statement_address(party=row.pk), sign=-1,
    )  # fmt: skip


def _owed_column(name: str, title: str, *, keep: int, at: Any) -> pages.Column:
    return pages.Column(name, title, pages.Kind.MONEY, keep, at=at, unit="¥")


def _owed_row(row: Party, unit: OrgUnit, found: dict[str, Balance]) -> pages.Row:
    received = -found["received_not_invoiced"].amount if "received_not_invoiced" in found else ZERO
    payable = -found["payable"].amount if "payable" in found else ZERO

    def url(**more: str) -> str:
        return cards.statement_address(party=row.pk, unit=unit.pk, **more)

    return pages.Row(
        str(unit.pk),
        {
            "at": pages.Cell(unit.name),
            "received": pages.Cell(received, url=url(role="received_not_invoiced")),
            "payable": pages.Cell(payable, url=url(role="payable")),
            "sum": pages.Cell(received + payable, url=url(), is_strong=True),
        },
        url=url(),
    )


def _owed_totals(found: Sequence[Balance]) -> dict[str, pages.Cell]:
    received = -sum((b.amount for b in found if b.role != "payable"), ZERO)
    payable = -sum((b.amount for b in found if b.role == "payable"), ZERO)
    return {
        "at": pages.Cell(_("All"), is_strong=True),
        "received": pages.Cell(received),
        "payable": pages.Cell(payable),
        "sum": pages.Cell(received + payable),
    }


def _documents(row: Party) -> Iterable[pages.Card]:
    """The newest documents with this party, whatever their type, and which are still open."""
    rows = []
    for declared in document_types():
        if not may_somewhere(declared.permission("view")):
            continue
        of_type = visible(declared.body, declared.permission("view")).filter(
            document__type=declared.code, document__party=row.pk
        )
        bodies = list(
            of_type.select_related("document", "document__org_unit")
            .exclude(document__state=State.VOID)
            .order_by("-document__business_date", "-document_id")[:DOCUMENTS_SHOWN]
        )
        told = standings_of(declared, bodies)
        may_total = (
            not masked_fields(declared.line, declared.permission("view")) if declared.line else True
        )
        rows += [
            (b.document, declared, told.get(b.pk), may_total)
            for b in bodies
        ]  # fmt: skip
    rows.sort(key=lambda one: (one[0].business_date, one[0].changed_at), reverse=True)
    if not rows:
        return
    has_total = all(may_total for *_rest, may_total in rows)
    yield pages.Card(
        _("Documents"),
        columns=tuple(_document_columns(has_total=has_total)),
        rows=tuple(_document_row(*one[:3]) for one in rows[:DOCUMENTS_SHOWN]),
        is_compact=True,
        code="party-documents",
        listens="*",
    )


def _document_columns(*, has_total: bool) -> Iterable[pages.Column]:
    yield pages.Column("number", _("Number"), pages.Kind.CODE, 1, at="code")
    yield pages.Column("type", _("Type"), keep=1, at="title")
    yield pages.Column("on", _("Business date"), pages.Kind.DATE, 2, at="date")
    yield pages.Column("unit", _("Org unit"), keep=3, at="detail", is_quiet=True)
    yield pages.Column("state", _("State"), pages.Kind.STATE, 1, at="state")
    if has_total:
        yield pages.Column("total", _("Total"), pages.Kind.MONEY, 2, at="amount", unit="¥")


def _document_row(document: Document, declared: Any, standing: Any) -> pages.Row:
    url = addresses.document(declared.code, document.pk)
    return pages.Row(
        str(document.pk),
        {
            "number": pages.Cell(document.number or _("no number yet"), url=url),
            "type": pages.Cell(str(declared.title)),
            "on": pages.Cell(document.business_date),
            "unit": pages.Cell(document.org_unit.name),
            "state": pages.Cell(values.state(document, standing)),
            "total": pages.Cell(document.total),
        },
        url,
    )


# -- what an account holds -----------------------------------------------------------------------


def _held(row: MoneyPlace) -> Iterable[pages.Card]:
    units = money_units()
    if row.unit_id not in {unit.pk for unit in units}:
        return
    amount = sum((b.amount for b in held_at(row.pk, units)), ZERO)
    url = cards.statement_address(place=row.pk)
    yield pages.Card(
        _("Balance"),
        facts=(
            pages.Fact(
                _("Balance now, ¥"), pages.Cell(amount, url=url, is_strong=True), pages.Kind.MONEY
            ),
        ),
        link=pages.Action(_("Statement"), url),
        code="held",
        listens="*",
    )
    yield from _moves(
        latest(money_where(row.pk, ("money",), units), limit=MOVES_SHOWN), url, sign=1
    )


def _moves(found: Sequence[Any], url: str, *, sign: int) -> Iterable[pages.Card]:
    told = moves.Told.of(found)
    yield pages.Card(
        _("Last entries"),
        note="¥",
        link=pages.Action(_("Statement"), url),
        columns=moves.columns(unit="", has_value=False, is_money=True),
        rows=tuple(moves.rows(found, told, sign=sign, may_see_value=False)),
        empty=_("Nothing has moved yet."),
        is_compact=True,
        code="money-moves",
        listens="*",
    )
