"""Movements of accounts as rows: when, by which document, from or to where, and what it left."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from itertools import groupby
from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _

from tongpan.faces.kit import pages
from tongpan.faces.kit.derived import addresses
from tongpan.faces.kit.derived.postings import Names, account_title, names_of
from tongpan.kernel.documents.models import Document
from tongpan.kernel.documents.registry import document_type, document_types
from tongpan.kernel.documents.showing import words_of_account
from tongpan.kernel.ledger.posting import Move
from tongpan.kernel.ledger.queries import Movement
from tongpan.kernel.org.models import OrgUnit
from tongpan.kernel.org.scope import may


def reason_of(move: Movement) -> str:
    """Why it moved, as far as the account at the other end tells."""
    if move.other.role == "in_transit":
        return _("In transit")
    title = str(words_of_account(move.other.ledger, move.other.role).title)
    return title or _("another place")


@dataclass(frozen=True)
class Told:
    """What the movements of a page name: documents, and the accounts at both ends."""

    documents: Mapping[UUID, Document]
    names: Names
    units: Mapping[UUID, str]

    @classmethod
    def of(cls, movements: Sequence[Movement], known: Mapping[UUID, Any] | None = None) -> "Told":
        """What they name; `known` are rows by id that the page has read already."""
        ids = {m.document for m in movements}
        found = Document.unscoped.filter(pk__in=ids).select_related("org_unit", "other_unit")
        moves = [Move(m.account, m.other, Decimal(1)) for m in movements]
        at = {m.account.org_unit for m in movements} | {m.account.holder for m in movements}
        units = OrgUnit.objects.filter(pk__in=at if len(at) > 2 else ()).values_list("pk", "name")
        names, (documents, here) = names_of(moves, found, units, known=known)
        return cls({document.pk: document for document in documents}, names, dict(here))

    def document(self, movement: Movement) -> pages.Cell:
        """Type and number; it opens for those who may see such documents there."""
        document = self.documents.get(movement.document)
        if document is None:
            return pages.Cell("—")
        declared = document_type(document.type)
        title = str(declared.title)
        if movement.kind == "reverse":
            title = _("%(what)s reversed") % {"what": title}
        ends = [u for u in (document.org_unit, document.other_unit) if u is not None]
        may_open = any(may(declared.permission("view"), unit) for unit in ends)
        url = addresses.document(document.type, document.pk) if may_open else ""
        return pages.Cell(document.number or title, url=url, after=title)

    def unit(self, movement: Movement) -> str:
        """Whose stock it is: what is on its way is already the receiver's."""
        account = movement.account
        at = account.holder if account.role == "in_transit" else account.org_unit
        return self.units.get(at, "")

    def other(self, movement: Movement) -> str:
        return account_title(movement.other, self.names)


def columns(
    *, unit: str, has_value: bool, is_money: bool = False, has_unit: bool = False
) -> tuple[pages.Column, ...]:
    """The columns of a card or a statement; `unit` stands in the heads."""
    kind = pages.Kind.MONEY if is_money else pages.Kind.NUMBER
    shown = [
        pages.Column("on", _("Business date"), pages.Kind.DATE, 2, at="date"),
        pages.Column("at", _("Recorded"), pages.Kind.TIME, 4, is_quiet=True),
        pages.Column("document", _("Document"), pages.Kind.CODE, 1, at="title"),
        *([pages.Column("unit", _("Org unit"), keep=2, at="state")] if has_unit else []),
        pages.Column("other", _("From or to"), keep=3, at="detail", is_quiet=True),
        pages.Column("in", _("In"), kind, 2, at="", unit=unit),
        pages.Column("out", _("Out"), kind, 2, at="", unit=unit),
        pages.Column("change", _("Up or down"), kind, 9, at="amount"),
        pages.Column("balance", _("Balance"), kind, 1, at="code", unit=unit),
    ]
    if has_value:
        shown += [
            pages.Column("value", _("Value"), pages.Kind.MONEY, 5, unit="¥"),
            pages.Column("worth", _("Value left"), pages.Kind.MONEY, 4, unit="¥"),
        ]
    return tuple(shown)


def opening_row(balance: Decimal, worth: Decimal) -> pages.Row:
    """What was there before the first movement that is shown."""
    cells = {
        "on": pages.Cell(""),
        "at": pages.Cell(""),
        "unit": pages.Cell(""),
        "in": pages.Cell(""),
        "out": pages.Cell(""),
        "change": pages.Cell(""),
        "value": pages.Cell(""),
        "document": pages.Cell(_("Balance brought forward")),
        "balance": pages.Cell(balance, is_strong=True),
        "worth": pages.Cell(worth, is_strong=True),
    }
    return pages.Row("opening", cells)


def rows(
    movements: Iterable[Movement], told: Told, *, sign: int = 1, may_see_value: bool = True
) -> list[pages.Row]:
    """A row for each movement. With `sign` -1 what leaves counts up: a debt is positive."""
    made = []
    for move in movements:
        amount, balance = move.amount * sign, move.balance * sign
        cells: dict[str, Any] = {
            "on": pages.Cell(move.place.business_date),
            "at": pages.Cell(move.place.posted_at),
            "document": told.document(move),
            "unit": pages.Cell(told.unit(move)),
            "other": pages.Cell(told.other(move)),
            "in": pages.Cell(amount if amount > 0 else ""),
            "out": pages.Cell(-amount if amount < 0 else ""),
            "change": pages.Cell(amount),
            "balance": pages.Cell(balance, is_strong=True),
        }
        if may_see_value:
            cells |= {"value": pages.Cell(move.value), "worth": pages.Cell(move.value_balance)}
        url = cells["document"].url
        made.append(pages.Row(f"{move.place.posting}-{move.place.n}", cells, url=url))
    return made


def uncut(movements: Sequence[Movement]) -> Sequence[Movement]:
    """Those of whole postings: where others follow, the last posting may go on among them. One
    that fills all by itself stays."""
    last = movements[-1].place.posting if movements else None
    return [m for m in movements if m.place.posting != last] or movements


def by_document(movements: Sequence[Movement]) -> list[Movement]:
    """One movement for each posting, in their order: what a customer is to read of it. It is with
    the account of others that had most of it, and has the balance that all of it left."""
    made: list[Movement] = []
    for _posting, group in groupby(movements, key=lambda move: move.place.posting):
        of_posting = list(group)
        most = max(of_posting, key=lambda m: (m.other.holder != m.account.holder, abs(m.amount)))
        last = max(of_posting, key=lambda move: (move.place.n, move.place.account))
        amount = sum((move.amount for move in of_posting), Decimal(0))
        made.append(most._replace(place=last.place, amount=amount, balance=last.balance))
    return made


def type_titles() -> dict[str, str]:
    return {declared.code: str(declared.title) for declared in document_types()}
