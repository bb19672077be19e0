"""Payments for which a provider must have charged the customer, whoever asked it to.

The till knows no provider: what looks charges up, and lets each pay for one sale once, is given to
it when the program starts (`provide`). A sale that nobody pays so costs nothing more.
"""

import json
from collections.abc import Iterable, Sequence
from datetime import datetime
from decimal import Decimal
from typing import NamedTuple, Protocol
from uuid import UUID

from django.utils.translation import gettext_noop as noop

from tongpan.base.numbers import ZERO
from tongpan.base.refusals import Refusal
from tongpan.business.till import queries
from tongpan.business.till.baskets import Basket, Given, Paid
from tongpan.business.till.models import PaymentMethod
from tongpan.kernel.companies.calls import Call
from tongpan.kernel.documents.fields import Problem
from tongpan.kernel.documents.gate import Doing
from tongpan.kernel.documents.sentences import say

say("not_charged", noop("{name}: no provider has charged this. Scan the customer's code."))
say("charged_otherwise", noop("{name}: what was charged does not pay for this sale."))
say("nothing_to_give_back", noop("{name}: the sale was not charged in this way, or it went back."))


class Taken(NamedTuple):
    """A charge that shall pay for a sale; `amount` in the company's currency."""

    attempt: UUID
    sale: UUID
    store: UUID
    method: UUID
    amount: Decimal


class Charges(Protocol):
    """What the till must be given: calls of the database, and one action's work."""

    def look(self, attempts: Sequence[UUID]) -> Call:
        """A call that says of attempts [attempt, sale, store, method, amount, is_free]."""
        ...

    def take(self, taken: Iterable[Taken], at: datetime) -> Call:
        """A call that uses all of them, or none: then the whole action is tried again. It says
        an empty list of texts."""
        ...

    def charged(self, document: UUID, store: UUID, method: UUID) -> Decimal:
        """What was charged for a document in this way at a store, and can pay for it."""
        ...

    def use(self, document: UUID, store: UUID, method: UUID, amount: Decimal, at: datetime) -> bool:
        """Let that pay for it; False, and nothing is used, where it is another amount."""
        ...

    def give_back(self, doing: Doing, sale: UUID, method: UUID, amount: Decimal) -> bool:
        """Ask for so much back of what was charged for a sale; False if it is more than is left."""
        ...


_given: list[Charges] = []


def provide(charges: Charges) -> None:
    """Say who knows what providers charged."""
    _given[:] = [charges]


def charged_for(document: UUID, store: UUID, method: UUID) -> Decimal:
    """What was charged for a document that is posted by itself, such as a top-up, and can pay for
    it: in the company's currency, zero where nobody charges."""
    return _given[0].charged(document, store, method) if _given else ZERO


def pay_for(
    document: UUID, store: UUID, method: queries.Method | PaymentMethod, amount: Decimal,
    at: datetime,
) -> None:  # fmt: skip
    """Let what was charged for such a document pay for it, as it is posted, once.

    Errors: Refusal not_charged.
    """
    if not _given or not _given[0].use(document, store, method.pk, amount, at):
        problem = {"path": "method", "code": "not_charged", "name": method.name}
        raise Refusal("invalid", problems=[problem])


def looking(basket: Basket) -> tuple[Call, ...]:
    """The call that looks up the charges that a basket names; none for most baskets."""
    named = [row["attempt"] for row in basket.paid if row.get("attempt")]
    return (_given[0].look([_id(one) for one in named]),) if named and _given else ()


def prove(doing: Doing, basket: Basket, said: Sequence[str]) -> None:
    """Let the charges that a basket names pay for it, in the statement that posts it.

    Errors: Refusal naming every payment that nobody was charged for.
    """
    by_provider = [p for p in basket.payments if p.method.is_by_provider]
    if not by_provider:
        return
    known = {
        UUID(row[0]): row[1:] for text in said for row in json.loads(text, parse_float=Decimal)
    }
    problems: list[Problem] = []
    taken: list[Taken] = []
    for number, paid in enumerate(basket.payments, start=1):
        if not paid.method.is_by_provider:
            continue
        one = _taken(basket, paid)
        code = _wrong(one, known)
        if code is None and one is not None and one.attempt not in {t.attempt for t in taken}:
            taken.append(one)
            continue
        path, name = f"payments.{number}", paid.method.name
        problems.append({"path": path, "code": code or "charged_otherwise", "name": name})
    if problems:
        raise Refusal("invalid", problems=problems)
    assert doing.writing is not None, "A sale is written."
    take, write = _given[0].take(taken, doing.at), doing.writing
    doing.writing = Call(f"{take.text} || {write.text}", (*take.parameters, *write.parameters))


def _taken(basket: Basket, paid: Paid) -> Taken | None:
    try:
        attempt = UUID(paid.reference)
    except ValueError:
        return None
    return Taken(attempt, basket.pk, basket.store.pk, paid.method.pk, paid.amount)


def _wrong(one: Taken | None, known: dict[UUID, list[object]]) -> str | None:
    """Why a charge does not pay, or None."""
    if one is None or one.attempt not in known:
        return "not_charged"
    sale, store, method, amount, is_free = known[one.attempt]
    facts = (str(one.sale), str(one.store), str(one.method), one.amount, True)
    is_right = (sale, store, method, Decimal(str(amount)), is_free) == facts
    return None if is_right else "charged_otherwise"


def give_back(doing: Doing, basket: Basket, sale: UUID) -> None:
    """What a provider charged for the sale goes back through the provider.

    Errors: Refusal naming a payment that was not charged so, or gave everything back.
    """
    for number, paid in enumerate(basket.payments, start=1):
        if not paid.method.is_by_provider:
            continue
        if not _given or not _given[0].give_back(doing, sale, paid.method.pk, paid.amount):
            code, name = "nothing_to_give_back", paid.method.name
            problem = {"path": f"payments.{number}", "code": code, "name": name}
            raise Refusal("invalid", problems=[problem])


def _id(raw: Given | object) -> UUID:
    try:
        return UUID(str(raw))
    except ValueError:
        raise Refusal("id_format", given=str(raw)[:60]) from None
