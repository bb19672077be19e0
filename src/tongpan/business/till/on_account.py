"""Selling on account (挂账) to customers whom we know: what is put there, and what comes back.

A sale that names no customer does not come here.
"""

from collections.abc import Sequence
from decimal import Decimal

from django.utils.translation import gettext_lazy as _
from django.utils.translation import gettext_noop as noop

from tongpan.base.numbers import ZERO
from tongpan.base.refusals import Refusal
from tongpan.business.books import CNY
from tongpan.business.finance.queries import debt_of, left_open
from tongpan.business.sales.documents import beyond_limit
from tongpan.business.till import queries
from tongpan.business.till.baskets import Basket, Given, OffAccount
from tongpan.business.till.models import PaymentMethod, Sale
from tongpan.kernel.companies.calls import Call
from tongpan.kernel.documents.gate import Doing
from tongpan.kernel.documents.sentences import say
from tongpan.kernel.org.rules import phone_of
from tongpan.kernel.org.scope import declare_permission, require, visible
from tongpan.kernel.org.visibility import GuardedQuerySet
from tongpan.masters.fields import State
from tongpan.masters.parties.models import Party, PartyContact
from tongpan.masters.search import matching

ON_ACCOUNT = "till.sale.on_account"
ACCOUNT = PaymentMethod.Kind.ACCOUNT.value
OWE = "till_owe(%s, %s, %s, %s, %s)"

declare_permission(ON_ACCOUNT, _("Sale: Put on a customer's account"))
say("customer_unknown", noop("No customer who is in use is known by this."))
say("own_money_on_account", noop("Beside an account, neither stored value nor points pay."))
say("on_account_back", noop("What was put on account goes back there, and what was paid does not."))
say("account_no_exchange", noop("Only part of this was put on account. Take it back, then sell"
                                " anew."))  # fmt: skip
say("account_not_in_exchange", noop("These goods were paid for, so the difference is paid. To put"
                                    " it on account, take them back, then sell anew."))  # fmt: skip
say("account_takes_all", noop("The customer's account takes all of this exchange; nothing else"
                              " pays."))  # fmt: skip


def name_customer(basket: Basket, customer: object) -> None:
    """Let the basket be on account of the customer with this id; the slip is the member's all the
    same, where one is named.

    Errors: Refusal customer_unknown; Forbidden where the person may not sell on account at this
    till.
    """
    require(ON_ACCOUNT, basket.till)
    basket.customer = customers_here().filter(pk=queries.as_id(str(customer))).first()
    if basket.customer is None:
        problem = {"path": "customer", "code": "customer_unknown"}
        raise Refusal("invalid", problems=[problem])
    basket.party = basket.customer.pk


def customers_here() -> GuardedQuerySet[Party]:
    """Those on whose account something may be put, for who may do that."""
    return visible(Party, ON_ACCOUNT).filter(is_customer=True, state=State.ACTIVE)


def customers_called(text: str, limit: int) -> list[Party]:
    """Those with this code, name or its initials; else those whose contact has this whole phone."""
    found = matching(customers_here(), text, limit=limit)
    if found:
        return found
    try:
        phone = phone_of(text)
    except Refusal:
        return []
    named = PartyContact.objects.filter(phone=phone, state=State.ACTIVE) if phone else None
    return list(customers_here().filter(pk__in=named.values("party"))[:limit]) if named else []


def put_on_account(doing: Doing, basket: Basket, back: Decimal = ZERO) -> None:
    """Ask whether the customer may owe so much, and let the statement that posts the sale write
    down whose it is; it is tried again where they came to owe more meanwhile. `back` is what comes
    off their account at the same moment: who owes no more than before is not asked about.

    Errors: Question owes_too_much beyond their limit; Forbidden where the person may not answer it.
    """
    customer, amount = basket.customer, on_account(basket)
    assert customer is not None, "Named before."
    assert doing.writing is not None, "A sale is written."
    most = None
    if customer.credit_limit is not None and amount > back:
        asked = list(beyond_limit(customer, debt_of(customer.pk) + amount - back))
        doing.refuse_or_ask(asked)
        most = None if asked else customer.credit_limit - amount + back
    due = customer.due_on(basket.on) if amount else None
    owe = Call(OWE, (basket.pk, customer.pk, due, CNY, most))
    written = doing.writing
    doing.writing = Call(f"{written.text} || {owe.text}", (*written.parameters, *owe.parameters))


def on_account(basket: Basket) -> Decimal:
    """What of a basket goes on account, or comes back from there."""
    return sum((p.amount for p in basket.payments if p.method.kind == ACCOUNT), ZERO)


def off_account(basket: Basket, sale: Sale) -> OffAccount | None:
    """What a return gives back on account of its sale, which is locked: nobody pays for it now.

    Errors: Refusal on_account_back.
    """
    if sale.customer is None:
        return None
    paid, now = queries.payments_by_kind(sale.document.pk), on_account(basket)
    others = sum((p.amount for p in basket.payments), ZERO) - now
    was, before = paid.get(ACCOUNT, (ZERO, ZERO))
    was_money, before_money = paid.get(PaymentMethod.Kind.MONEY.value, (ZERO, ZERO))
    if before + now > was or before_money + others > was_money:
        raise Refusal("invalid", problems=[{"path": "payments", "code": "on_account_back"}])
    left = left_open([sale.document.pk])[sale.document.pk]
    still_open = min(now, left)
    return OffAccount(sale.customer, still_open, now - still_open)


def account_in_exchange(sale: Sale, back: Decimal, given: Sequence[Given]) -> str | None:
    """The way of paying by which an exchange of goods that were put on account is put there as
    well; None where they were paid for, and the difference is paid too. `back` is what the goods
    that come back are worth, `given` are the payments of the difference.

    Errors: Refusal account_no_exchange where only a part of them was put on account;
    account_takes_all or account_not_in_exchange for a payment that has no place here.
    """
    codes = {code for code, way in queries.methods_in_use().items() if way.kind == ACCOUNT}
    way = queries.account_of(sale.document.pk) if sale.customer_id is not None else None
    wrong = [n for n, row in enumerate(given, 1) if way or str(row.get("method")) in codes]
    if wrong:
        code = "account_takes_all" if way else "account_not_in_exchange"
        raise Refusal("invalid", problems=[{"path": f"payments.{wrong[0]}", "code": code}])
    if way is not None:
        was, before = queries.payments_by_kind(sale.document.pk)[ACCOUNT]
        if back > was - before:
            raise Refusal("invalid", problems=[{"path": "sale", "code": "account_no_exchange"}])
    return way
