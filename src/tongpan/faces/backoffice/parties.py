"""The page of a party with what is owed to it, and of a money account with what it holds."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy
from django.utils.translation import ngettext

from tongpan.base import env
from tongpan.base.numbers import ZERO
from tongpan.business.finance.ageing import aged, days_over, due_rows
from tongpan.business.finance.models import MoneyPlace
from tongpan.business.finance.queries import (
    OWED,
    OWED_BY,
    Left,
    held_at,
    money_units,
    money_units_of,
    money_where,
    open_with,
    owed_with,
    usual_accounts,
    usual_of,
)
from tongpan.faces.backoffice import ageing, cards, moves
from tongpan.faces.kit import formats, pages, show
from tongpan.faces.kit.derived import addresses, masters, values
from tongpan.faces.kit.derived.standings import seen_alike, standings_of_many
from tongpan.faces.kit.entry import entry
from tongpan.kernel.companies.at_once import read_at_once
from tongpan.kernel.documents.fields import links_of
from tongpan.kernel.documents.models import Document, State
from tongpan.kernel.documents.registry import (
    DocumentType,
    MasterType,
    document_type,
    document_types,
    master_type,
)
from tongpan.kernel.ledger.queries import Balance, Movement, latest, latest_of
from tongpan.kernel.org.models import LegalEntity, OrgUnit, business_date
from tongpan.kernel.org.scope import masked_fields, may, may_somewhere, visible, who
from tongpan.masters.parties.models import Party

MOVES_SHOWN = 8
DOCUMENTS_SHOWN = 10
OPEN_SHOWN = 50


@entry(permission="parties.party.view", scope="company", field_policy="masked")
def party(request: HttpRequest, row_id: UUID) -> HttpResponse:
    """One party: who they are, what is owed, what is open, what moved."""
    declared = master_type("parties.party")
    row = _load(declared, row_id)
    sides = [side for side in SIDES if getattr(row, f"is_{side.code}")]
    children, (newest, *seen) = masters.children_of(
        declared, row, _newest(row), *(money_units_of(side.code) for side in sides)
    )
    may_save = may(declared.permission("save"), None)
    derived = masters.master_page(declared, row, may_save=may_save, children=children)
    read = Read.of(row, dict(zip((side.code for side in sides), seen, strict=True)))
    mine = [*_money_cards(row, read), *_documents(newest)]
    actions = (*derived.actions, *_pay(row, read), *_set_off(row, read))
    return show.page(request, replace(derived, main=(*mine, *derived.main), actions=actions))


@dataclass(frozen=True)
class Payable:
    """What a legal entity owes or is owed in all, with the account it usually settles that with."""

    side: "Side"
    entity: LegalEntity
    left: Decimal
    account: MoneyPlace | None


@dataclass(frozen=True)
class Read:
    """What was read of a party's money, for each side that it has: where the person sees it, what
    is open there, by legal entity, and what is owed; of all of them, which days they are due on."""

    units: dict[str, list[OrgUnit]]
    open: dict[str, dict[UUID, list[Left]]]
    owed: dict[str, list[Balance]]
    due: dict[UUID, date]
    payable: list[Payable]

    @classmethod
    def of(cls, row: Party, units: dict[str, list[OrgUnit]]) -> "Read":
        opened = open_with(row.pk, units)
        every = (one.item for of in opened.values() for several in of.values() for one in several)
        due = due_rows((item.pk, item.type) for item in every)
        wanted = list(_payable(units, opened))
        bodies: list[Any] = [document_type(side.payment).body for side, *_rest in wanted]
        accounts = (
            usual_accounts(entity.pk, body)
            for (_side, entity, _left), body in zip(wanted, bodies, strict=True)
        )
        found = read_at_once(*due, *accounts)
        usual = map(usual_of, found[len(due) :])
        return cls(
            units, opened, owed_with(row.pk, units),
            due=dict(one for rows in found[: len(due)] for one in rows),
            payable=[Payable(*of, account) for of, account in zip(wanted, usual, strict=True)],
        )  # fmt: skip


def _payable(
    units: Mapping[str, list[OrgUnit]], opened: Mapping[str, Mapping[UUID, list[Left]]]
) -> Iterable[tuple["Side", LegalEntity, Decimal]]:
    """What is left in all, of which the person may draft a payment."""
    here = who().at
    for side in SIDES:
        if side.code in units and here and may(f"{side.payment}.save", here):
            for entity in {unit.entity_id: unit.entity for unit in units[side.code]}.values():
                left = sum((one.amount for one in opened[side.code].get(entity.pk, ())), ZERO)
                if left > 0:
                    yield side, entity, left


def _pay(row: Party, read: Read) -> Iterable[pages.Action]:
    """A payment of all that a legal entity owes or is owed, for those who may draft one."""
    here = who().at
    for of in read.payable:
        side, declared = of.side, document_type(of.side.payment)
        if of.account is None and (here is None or of.entity.pk != here.entity_id):
            continue
        settlement: Any = declared.body
        query = {side.code: row.code}
        query |= {settlement.money_field: of.account.code} if of.account else {}
        title = side.pay % {"sum": formats.money(of.left, "CNY")}
        if len({unit.entity_id for unit in read.units[side.code]}) > 1:
            title = f"{title} · {of.entity.name}"
        url = f"{addresses.new_document(declared)}?{urlencode(query)}"
        yield pages.Action(title, url, icon="money")


def _set_off(row: Party, read: Read) -> Iterable[pages.Action]:
    """What both sides owe at the legal entity where the person works, for who may draft that."""
    here, declared = who().at, document_type("finance.set_off")
    if here is None or len(read.units) < len(SIDES):
        return
    if may(declared.permission("save"), here):
        sides = [opened.get(here.entity_id, []) for opened in read.open.values()]
        common = min(sum((n.amount for n in of if n.amount > 0), ZERO) for of in sides)
        if common:
            title = _("Set off %(sum)s") % {"sum": formats.money(common, "CNY")}
            url = f"{addresses.new_document(declared)}?{urlencode({'party': row.code})}"
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


@dataclass(frozen=True)
class Side:
    """What the page says of a supplier, or of a customer. Each figure is a title, the roles that
    make it, and how many columns leave before it."""

    code: str
    payment: str
    pay: Any
    title: Any
    empty: Any
    note: Any
    roles: tuple[str, ...]
    sign: int
    figures: tuple[tuple[str, Any, tuple[str, ...], int, str], ...]


TAKEN_OFF = ("ours", "theirs")  # figures that are taken off the total
SIDES = (
    Side(
        "supplier",
        "finance.supplier_payment",
        lazy("Pay %(sum)s"),
        lazy("What we owe"),
        lazy("Nothing was ever bought here."),
        lazy("¥, tax included where it is deducted"),
        OWED,
        -1,
        (
            ("received", lazy("Received, not invoiced"), ("received_not_invoiced",), 3, ""),
            ("payable", lazy("Payable"), ("payable",), 2, "date"),
            ("ours", lazy("Owed to us"), ("returned_not_credited", "advance"), 2, "state"),
        ),
    ),
    Side(
        "customer",
        "finance.customer_receipt",
        lazy("Receive %(sum)s"),
        lazy("What they owe"),
        lazy("Nothing was ever delivered on account."),
        lazy("¥, tax included"),
        OWED_BY,
        1,
        (
            ("receivable", lazy("Receivable"), ("receivable",), 2, "date"),
            ("theirs", lazy("Deposits and credits"), ("deposit",), 2, "state"),
        ),
    ),
)


def _money_cards(row: Party, read: Read) -> Iterable[pages.Card]:
    sides = [side for side in SIDES if read.units.get(side.code)]
    wanted = [money_where(row.pk, side.roles, read.units[side.code]) for side in sides]
    last = latest_of(wanted, limit=MOVES_SHOWN)
    units = {unit.pk: unit for several in read.units.values() for unit in several}
    told = moves.Told.of([move for found in last for move in found], {row.pk: row, **units})
    for side, found in zip(sides, last, strict=True):
        yield from _owed(row, side, read)
        yield from _open(side, read)
        url = cards.statement_address(party=row.pk, of=side.code)
        if side.code == "customer":
            has_all = len(found) < MOVES_SHOWN
            found = moves.by_document(found if has_all else moves.uncut(found))
        yield _moves(found, url, told, sign=side.sign, code=f"moves-{side.code}")


def _owed(row: Party, side: Side, read: Read) -> Iterable[pages.Card]:
    units = read.units[side.code]
    found = [b for b in read.owed[side.code] if b.inflow or b.outflow]
    limit = row.credit_limit if side.code == "customer" else None
    facts: tuple[pages.Fact, ...] = ()
    if limit is not None:
        owed = sum((b.amount for b in found), ZERO)
        facts = (
            pages.Fact(_("Credit limit"), pages.Cell(limit), pages.Kind.MONEY),
            pages.Fact(
                _("Still free"),
                pages.Cell(limit - owed, tone="act" if owed > limit else ""),
                pages.Kind.MONEY,
            ),
        )
    yield pages.Card(
        str(side.title),
        note=str(side.note),
        link=pages.Action(_("Statement"), cards.statement_address(party=row.pk, of=side.code)),
        facts=facts,
        columns=(
            pages.Column("at", _("Org unit"), keep=1, at="title"),
            *(
                _owed_column(name, str(title), keep=keep, at=at)
                for name, title, _roles, keep, at in side.figures
            ),
            _owed_column("sum", _("Total"), keep=1, at="amount"),
        ),
        rows=tuple(_owed_rows(row, side, units, found)),
        empty=str(side.empty),
        code="owed" if side.code == "supplier" else "owing",
        listens="*",
    )


def _owed_column(name: str, title: str, *, keep: int, at: Any) -> pages.Column:
    return pages.Column(name, title, pages.Kind.MONEY, keep, at=at, unit="¥")


def _owed_rows(
    row: Party, side: Side, units: Sequence[OrgUnit], found: Sequence[Balance]
) -> Iterable[pages.Row]:
    """A row for each legal entity, and below it one for each of its units, where there are more."""
    at = {balance.org_unit for balance in found}
    about = {"party": row.pk, "of": side.code}
    entities = {unit.entity_id: unit.entity for unit in units if unit.pk in at}
    for entity in entities.values():
        mine = [unit for unit in units if unit.pk in at and unit.entity_id == entity.pk]
        if len(mine) > 1 or len(entities) > 1:
            of_entity = [b for b in found if b.org_unit in {unit.pk for unit in mine}]
            whole = about | {"entity": entity.pk}
            yield _owed_row(entity.pk, entity.name, side, of_entity, whole, is_strong=True)
        if len(mine) > 1 or len(entities) == 1:
            for unit in mine:
                of_unit = [b for b in found if b.org_unit == unit.pk]
                yield _owed_row(unit.pk, unit.name, side, of_unit, about | {"unit": unit.pk})


def _owed_row(
    key: UUID, name: str, side: Side, found: Sequence[Balance], about: dict[str, Any], *,
    is_strong: bool = False,
) -> pages.Row:  # fmt: skip
    sums: dict[str, Decimal] = {}
    for balance in found:
        sums[balance.role] = sums.get(balance.role, ZERO) + balance.amount * side.sign
    url = cards.statement_address(**about)
    cells = {"at": pages.Cell(name, is_strong=is_strong)}
    for figure, _title, roles, _keep, _at in side.figures:
        amount = sum((sums.get(role, ZERO) for role in roles), ZERO)
        opens = cards.statement_address(**about, role=roles[0]) if len(roles) == 1 else ""
        cells[figure] = pages.Cell(-amount if figure in TAKEN_OFF else amount, url=opens)
    cells["sum"] = pages.Cell(sum(sums.values(), ZERO), url=url, is_strong=True)
    return pages.Row(str(key), cells, url=url)


def _open(side: Side, read: Read) -> Iterable[pages.Card]:
    """How old it is, and every bill and credit that is not settled, with the day it is due."""
    found = [left for several in read.open[side.code].values() for left in several]
    if not found:
        return
    today, due = business_date(read.units[side.code][0], env.now()), read.due
    found.sort(key=lambda left: due.get(left.item.pk, left.item.business_date))
    whole = aged(found, due, today)
    late = (
        _("%(sum)s overdue") % {"sum": formats.money(whole.overdue, "CNY")} if whole.overdue else ""
    )
    yield pages.Card(
        _("Ageing"),
        note="¥",
        facts=tuple(ageing.facts(whole)),
        code=f"ageing-{side.code}",
        listens="*",
    )
    yield pages.Card(
        _("Open bills and credits")
        if side.code == "supplier"
        else _("Open deliveries and credits"),
        note=" · ".join(filter(None, ["¥", late])),
        columns=(
            pages.Column("number", _("Number"), pages.Kind.CODE, 1, at="code"),
            pages.Column("type", _("Type"), keep=2, at="title"),
            pages.Column("unit", _("Org unit"), keep=3, at="detail", is_quiet=True),
            pages.Column("due", _("Due on"), pages.Kind.TEXT, 1, at="date"),
            pages.Column("total", _("Total"), pages.Kind.MONEY, 3, at="state", unit="¥"),
            pages.Column("open", _("Still open"), pages.Kind.MONEY, 1, at="amount", unit="¥"),
        ),
        rows=tuple(_open_row(left, due.get(left.item.pk), today) for left in found[:OPEN_SHOWN]),
        totals={
            "number": pages.Cell(
                ngettext("%(n)s document", "%(n)s documents", len(found)) % {"n": len(found)},
                is_strong=True,
            ),
            "open": pages.Cell(whole.total, is_strong=True),
        },
        is_compact=True,
        code="open-items" if side.code == "supplier" else "open-deliveries",
        listens="*",
    )


def _open_row(left: Left, due: date | None, today: date) -> pages.Row:
    item = left.item
    declared = document_type(item.type)
    may_open = may(declared.permission("view"), item.org_unit)
    url = addresses.document(item.type, item.pk) if may_open else ""
    total = -(item.total or ZERO) if left.amount < 0 else item.total
    days = days_over(due, today) if left.amount > 0 else 0
    when = formats.day(due) if due else None
    if days:
        text = ngettext("%(day)s, %(n)s day over", "%(day)s, %(n)s days over", days)
        when = text % {"day": when, "n": days}
    return pages.Row(
        str(item.pk),
        {
            "number": pages.Cell(item.number, url=url),
            "type": pages.Cell(str(declared.title)),
            "unit": pages.Cell(item.org_unit.name),
            "due": pages.Cell(when),
            "total": pages.Cell(total),
            "open": pages.Cell(left.amount, is_strong=True),
        },
        url,
    )


def _newest(row: Party) -> QuerySet[Any]:
    """The newest documents with this party, whatever their type."""
    types = [t for t in document_types() if may_somewhere(t.permission("view"))]
    parts = [
        visible(Document, alike[0].permission("view"))
        .filter(type__in=[t.code for t in alike], party=row.pk)
        .exclude(state=State.VOID)
        .select_related("org_unit")
        .order_by("-business_date", "-pk")[:DOCUMENTS_SHOWN]
        for alike in seen_alike(types, "view")
    ]
    return parts[0].union(*parts[1:], all=True) if parts else Document.unscoped.none()


def _documents(found: Iterable[Document]) -> Iterable[pages.Card]:
    """The newest of these, and which are still open."""
    rows = sorted(found, key=lambda d: (d.business_date, d.changed_at), reverse=True)
    rows = rows[:DOCUMENTS_SHOWN]
    if not rows:
        return
    told = standings_of_many(rows)
    has_total = all(_may_total(document_type(document.type)) for document in rows)
    yield pages.Card(
        _("Documents"),
        columns=tuple(_document_columns(has_total=has_total)),
        rows=tuple(_document_row(document, told.get(document.pk)) for document in rows),
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


def _may_total(declared: DocumentType) -> bool:
    line: Any = declared.line
    return line is None or not masked_fields(line, declared.permission("view"))


def _document_row(document: Document, standing: Any) -> pages.Row:
    declared = document_type(document.type)
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
    found = latest(money_where(row.pk, ("money",), units), limit=MOVES_SHOWN)
    yield _moves(found, url, moves.Told.of(found), sign=1)


def _moves(
    found: Sequence[Movement], url: str, told: moves.Told, *, sign: int, code: str = "money-moves"
) -> pages.Card:
    return pages.Card(
        _("Last entries"),
        note="¥",
        link=pages.Action(_("Statement"), url),
        columns=moves.columns(unit="", has_value=False, is_money=True),
        rows=tuple(moves.rows(found, told, sign=sign, may_see_value=False)),
        empty=_("Nothing has moved yet."),
        is_compact=True,
        code=code,
        listens="*",
    )
