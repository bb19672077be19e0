"""Exchanging goods: what comes back and what goes out, written in one statement or not at all.

An exchange is a return and a sale with their own numbers, as each of them is in every report; what
the goods that came back pay for the others is no money, and stands in no drawer.
"""

from collections.abc import Mapping, Sequence
from decimal import Decimal
from uuid import UUID

from django.utils.translation import gettext_lazy as _
from django.utils.translation import gettext_noop as noop

from tongpan.base import env
from tongpan.base.numbers import MONEY_STEP, ZERO, round_to
from tongpan.base.refusals import Refusal
from tongpan.business.membership.rules import Standing
from tongpan.business.till import queries
from tongpan.business.till.actions import (
    RING_UP,
    TAKE_BACK,
    basket_of,
    brought_back,
    pay_back,
    refuse_another_total,
    refuse_other_entity,
    till_and_store,
)
from tongpan.business.till.allowed import may_for_prices
from tongpan.business.till.baskets import CHANGE_PRICE, REMARK_MAX, Basket, Given, pay
from tongpan.business.till.cards import refuse_cards, refuse_paid_by_cards
from tongpan.business.till.coupons import coupons_back, coupons_used
from tongpan.business.till.documents import RETURN, SALE
from tongpan.business.till.least import refuse_below
from tongpan.business.till.members import use_in
from tongpan.business.till.models import Exchange, Sale
from tongpan.business.till.on_account import (
    account_in_exchange,
    name_customer,
    off_account,
    put_on_account,
)
from tongpan.business.till.preview import price_whole
from tongpan.business.till.pricing import spent_in
from tongpan.business.till.returned import give_back_of, shares_back
from tongpan.business.till.slips import Back, post_slips
from tongpan.kernel.documents.actions.along import do_to_document
from tongpan.kernel.documents.gate import Doing
from tongpan.kernel.documents.loading import load_locked
from tongpan.kernel.documents.models import State
from tongpan.kernel.documents.registry import Action, find_action, register_action
from tongpan.kernel.documents.sentences import say
from tongpan.kernel.org.models import OrgUnit
from tongpan.kernel.org.scope import require

MAKE, REVERSE = "till.sale.exchange", "till.exchange.reverse"
REASON_MAX = 120

say("by_code_in_exchange", noop("{name}: pay the difference in another way; a code pays for a sale"
                                " alone."))  # fmt: skip
say("exchange_reversed", noop("This exchange was reversed already."))


def make(doing: Doing) -> None:
    """Take goods of a sale back and sell others for them, at the till where the person stands.

    Payload: `sale` and `lines` as for taking back, `goods` as the lines of a sale, `member` as
    there, as are `off`, `coupons`, `remark` and `total`, `reason`; and `payments` [{method, amount,
    tendered?}] of the difference, by the customer where the goods cost more, else by us. Goods that
    were put on account go off it, and the others onto it, without payments. The result is the
    change.

    Errors: those of taking back and of ringing up; Refusal by_code_in_exchange, and those of
    `account_in_exchange`.
    """
    till, store = till_and_store()
    doing.require(till)
    require(RING_UP, till)
    sale: Sale = load_locked(SALE, UUID(str(doing.payload.get("sale"))))
    if sale.document.state != State.POSTED:
        raise Refusal("wrong_state", state=sale.document.get_state_display())
    refuse_other_entity(sale.document.org_unit, till)
    back, out = basket_of(doing, till, store), basket_of(doing, till, store)
    back.pk, out.pk = env.new_id(), env.new_id()
    back.party = sale.document.party
    back.has_member = back.party is not None
    back.lines, costs = brought_back(doing.payload.get("lines") or (), sale)
    refuse_paid_by_cards(back, sale)
    paid = doing.payload.get("payments") or ()
    account = account_in_exchange(sale, back.gross, paid)
    if account is not None:
        name_customer(out, sale.customer_id)
        back.customer, paid = sale.customer, ({"method": account},)
    shares_back(back, sale)
    back.spent = [*give_back_of(back, sale), *coupons_back(back, sale)]
    out.against = back.gross
    methods, standing = _fill(doing, out, paid)
    refuse_another_total(out, doing.payload.get("total"))
    worth = min(back.gross, out.gross)
    if worth <= 0:
        raise Refusal("invalid", problems=[{"path": "goods", "code": "empty_basket"}])
    if account is None:
        _set_off(back, out, sale, worth)
    else:
        for slip in (back, out):
            slip.paid = ({"method": account, "amount": slip.gross},)
    pay([back, out], methods)
    back.off_account = off_account(back, sale) if account is not None else None
    _refuse_codes(out)
    pay_back(doing, back, sale)
    if out.has_member:
        out.use = use_in(out, standing)
        out.party = out.use.standing.member
    reason = str(doing.payload.get("reason") or "")[:REASON_MAX]
    of_sale, of_return = (
        _along(doing, RING_UP, out.pk, till),
        _along(doing, TAKE_BACK, back.pk, till),
    )
    came = Back(back, costs, reason, sale.document.pk, sold_at=sale.store_id)
    post_slips(doing, [(of_sale, out)], [(of_return, came)])
    if account is not None:
        put_on_account(doing, out, back.gross)
    doing.along, doing.body = [of_sale, of_return], of_sale.body
    Exchange.unscoped.create(
        id=doing.subject, returned_id=back.pk, sold_id=out.pk, till=till, amount=worth
    )
    doing.note, doing.result = reason, out.change


def _fill(
    doing: Doing, out: Basket, paid: Sequence[Given]
) -> tuple[Mapping[str, queries.Method], Standing | None]:
    """Price the goods that go out, as a sale does; says the ways of paying, and how the member
    stands."""
    out.given, out.paid = doing.payload.get("goods") or (), paid
    refuse_cards(out.given)
    out.off = doing.payload.get("off")
    out.remark = str(doing.payload.get("remark") or "")[:REMARK_MAX]
    out.may_change_price = may_for_prices(CHANGE_PRICE, out.till)
    given = doing.payload.get("member")
    member = queries.as_id(str(given)) if given else None
    out.has_member = member is not None
    try:
        coupons = doing.payload.get("coupons") or ()
        methods, known, result, standing = price_whole(out, member, coupons)
        refuse_below(out)
    except Refusal as wrong:  # the goods are another list of the payload
        told = [p | {"path": str(p["path"]).replace("lines", "goods", 1)} for p in wrong.problems]
        raise Refusal("invalid", problems=told) from None
    out.spent = [*spent_in(out, known, result), *coupons_used(out)]
    return methods, standing


def _set_off(back: Basket, out: Basket, sale: Sale, worth: Decimal) -> None:
    """What of the goods that come back pays for the others, and as much of it is invoiced; one side
    pays the rest."""
    back.set_off = out.set_off = worth
    share = sale.invoiceable / sale.gross if sale.gross else ZERO
    out.set_off_invoiceable = round_to(worth * share, MONEY_STEP)
    payer, other = (out, back) if out.gross > back.gross else (back, out)
    payer.paid, other.paid = out.paid, ()


def _refuse_codes(out: Basket) -> None:
    for number, paid in enumerate(out.payments, start=1):
        if paid.method.is_by_provider:
            problem = {"path": f"payments.{number}", "code": "by_code_in_exchange"}
            raise Refusal("invalid", problems=[problem | {"name": paid.method.name}])


def _along(doing: Doing, code: str, slip: UUID, till: OrgUnit) -> Doing:
    """The same as if it had been done alone, for its history and its event."""
    action = find_action(code)
    assert action is not None, "The till declares it."
    return Doing(action, slip, {}, frozenset(), None, doing.at, None, till)


def reverse(doing: Doing) -> None:
    """Reverse both slips of an exchange, at once. Payload: `reason`.

    Errors: Refusal exchange_reversed; those of reversing a slip, each by its permission.
    """
    rows = Exchange.unscoped.select_for_update(of=("self",)).select_related("till")
    exchange = rows.filter(pk=doing.subject).first()
    if exchange is None:
        raise Refusal("not_found")
    doing.require(exchange.till)
    if exchange.reversed_at is not None:
        raise Refusal("exchange_reversed")
    exchange.reversed_at = doing.at
    exchange.save(update_fields=["reversed_at"])
    for declared, slip in ((SALE, exchange.sold_id), (RETURN, exchange.returned_id)):
        do_to_document(doing, declared, "reverse", slip)
    doing.note = doing.along[0].note


register_action(Action(code=MAKE, title=_("Exchange"), run=make, permission=TAKE_BACK, type=SALE))
register_action(
    Action(
        code=REVERSE, title=_("Reverse an exchange"), run=reverse,
        permission=RETURN.permission("reverse"),
    )
)  # fmt: skip
