"""Customers at the till: found, and on whose account something is put beyond what was agreed."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.http import HttpRequest

from tongpan.base.numbers import ZERO
from tongpan.base.refusals import Refusal
from tongpan.business.finance.queries import SEE as SEE_MONEY
from tongpan.business.finance.queries import debt_of
from tongpan.business.sales.queries import EXCEED
from tongpan.business.till.models import PaymentMethod
from tongpan.business.till.on_account import ACCOUNT, ON_ACCOUNT, customers_called, customers_here
from tongpan.faces.kit import formats
from tongpan.faces.kit.entry import entry
from tongpan.faces.pos.machine import answers
from tongpan.faces.pos.reading import amount_of, body_of, id_of
from tongpan.kernel.documents.fields import plain
from tongpan.kernel.documents.sentences import say
from tongpan.kernel.org.models import OrgUnit, Person
from tongpan.kernel.org.scope import may
from tongpan.kernel.org.sign_in import authorise
from tongpan.masters.parties.models import Party

FOUND_MAX, LEAVES, LEAVES_MAX = 12, "credit_leaves", 10

say("customer_not_found", "No customer in use is called {given}.")


@entry(permission=ON_ACCOUNT, scope="units", field_policy="masked")
@answers
def find(request: HttpRequest, till: OrgUnit) -> dict[str, Any]:
    """Customers by code, name or its initials, or phone; `id` for one.

    Errors: Refusal customer_not_found.
    """
    given = request.GET.get("q", "")
    if asked := request.GET.get("id"):
        found = list(customers_here().filter(pk=id_of(asked)))
    else:
        found = customers_called(given, FOUND_MAX)
    if not found:
        raise Refusal("customer_not_found", given=given[:40])
    return {"customers": [_told(one, till) for one in found]}


def _told(one: Party, till: OrgUnit) -> dict[str, Any]:
    """What the screen shows of a customer: what they owe, only to who may see that."""
    told = {"id": str(one.pk), "code": one.code, "name": str(one)}
    if not may(SEE_MONEY, till):
        return told
    limit = one.credit_limit
    return told | {
        "owes": formats.money(debt_of(one.pk), "CNY"),
        "limit": formats.money(limit, "CNY") if limit is not None else "",
    }


@entry(permission=ON_ACCOUNT, scope="units", field_policy="none", methods=("POST",))
@answers
def allow(request: HttpRequest, till: OrgUnit) -> dict[str, Any]:
    """Somebody who may gives their PIN for so much on the account of a customer in one sale."""
    body = body_of(request)
    person = authorise(
        str(body.get("code") or ""), str(body.get("pin") or ""), permission=EXCEED, unit=till
    )
    amount = plain(Decimal(amount_of(body.get("amount"))))
    leave = [str(id_of(body.get("sale"))), str(id_of(body.get("customer"))), amount, str(person.pk)]
    kept = request.session.get(LEAVES, [])[-LEAVES_MAX:]
    request.session[LEAVES] = [*kept, leave]
    return {"by": person.name}


def allowed_by(request: HttpRequest, sale: UUID, payload: Mapping[str, Any]) -> Person | None:
    """Who gave their PIN for what this sale puts on account, where somebody did."""
    leaves = [leave for leave in request.session.get(LEAVES, []) if leave[0] == str(sale)]
    if not leaves or "customer" not in payload:
        return None
    ways = PaymentMethod.objects.filter(kind=ACCOUNT).values_list("code", flat=True)
    codes = set(ways)
    put = sum((Decimal(n["amount"]) for n in payload["payments"] if n["method"] in codes), ZERO)
    for _sale, customer, amount, by in reversed(leaves):
        if customer == payload["customer"] and put <= Decimal(amount):
            return Person.objects.filter(pk=by, is_active=True).first()
    return None
