"""Ringing up and taking back: what a cashier does all day.

A sale is one action and two statements: one recognises the request and reads prices and ways of
paying, the other writes the slip with its number and posts it, with history and event.
"""

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.utils.translation import gettext_lazy as _
from django.utils.translation import gettext_noop as noop

from tongpan.base import env
from tongpan.base.numbers import ZERO
from tongpan.base.refusals import Refusal
from tongpan.business.membership.queries import standing_call, standing_read
from tongpan.business.till import queries
from tongpan.business.till.baskets import (
    CHANGE_PRICE,
    DEPOSIT,
    REMARK_MAX,
    Basket,
    Rung,
    decimal,
    fill_lines,
    pay,
    reading,
)
from tongpan.business.till.cards import (
    apart,
    cards_back,
    cards_used,
    pay_with_cards,
    presenting_cards,
)
from tongpan.business.till.charges import give_back, looking, prove
from tongpan.business.till.coupons import coupons_back, coupons_used, present, presenting
from tongpan.business.till.documents import RETURN, SALE
from tongpan.business.till.least import SELL_BELOW, refuse_below
from tongpan.business.till.members import undone_by, use_in
from tongpan.business.till.models import PaymentMethod, Sale, SaleLine
from tongpan.business.till.on_account import name_customer, off_account, put_on_account
from tongpan.business.till.pricing import asking, spent_in, take_off, told
from tongpan.business.till.returned import give_back_of, shares_back
from tongpan.business.till.rules import part_of
from tongpan.business.till.slips import Back, post_slips
from tongpan.kernel.companies.calls import Call
from tongpan.kernel.documents.fields import plain
from tongpan.kernel.documents.gate import Doing
from tongpan.kernel.documents.loading import load_locked
from tongpan.kernel.documents.models import Document, State
from tongpan.kernel.documents.registry import Action, register_action
from tongpan.kernel.documents.sentences import say
from tongpan.kernel.events.registry import declare_event
from tongpan.kernel.org.models import OrgUnit, business_date
from tongpan.kernel.org.scope import declare_permission, require, who
from tongpan.masters.items.models import WITHOUT_GOODS
from tongpan.masters.taxes.rules import Taxed

RING_UP, TAKE_BACK = "till.sale.ring_up", "till.return.take_back"
PAY_BACK_OTHERWISE = "till.return.pay_back_otherwise"

say("not_at_a_till", noop("Open a till first."))
say("too_much_back", noop("{item}: {has} were bought and not yet brought back."))
say("paid_another_way", noop("The sale was not paid like this. Pay it back so all the same?"))
say("other_entity_sold", noop("{entity} sold this. Only its own stores can take it back."))
say("way_not_used", noop("{name}: nothing was paid in this way."))
say("way_used_up", noop("{name}: {has} of the sale can go back in this way, not {needs}."))
say("not_refundable", noop("{name} cannot be paid back. Choose another way."))


def ring_up(doing: Doing) -> None:
    """Sell a basket at the till where the person stands.

    Payload: `lines` [{item, quantity, unit?, price?, barcode?, off?, remark?}] with ids, and
    `payments` [{method, amount, tendered?, reference?, attempt?}] with the codes of payment
    methods. The price is the store's; another one needs its own permission, but where the item's
    is said at the till. `off` of a line, or of all, is a discount
    {how: percent | amount | price, value, reason}. `member` is the id of the member who buys.
    `coupons` are the codes of coupons that are used; `card` of a line is the id of the punch card
    that pays for it. `customer` is the id of a customer, named instead of a member, on whose
    account payments of that kind are put. `total` is what the cashier was shown, and `remark` is
    about the whole receipt. The result is the change.
    """
    basket: Basket = doing.prepared
    doing.require(basket.till)
    if doing.payload.get("customer"):
        name_customer(basket, doing.payload["customer"])
    assert basket.asks is not None, "Asked when it was read ahead."
    rest, standing = doing.read[2:], None
    if basket.has_member:
        standing, rest = standing_read(rest[0]), rest[1:]
        basket.tier = standing.tier if standing is not None else None
    count = len(basket.asks.calls)
    known, rest = told(basket, basket.asks, rest[:count], standing), rest[count:]
    if basket.presented:
        present(basket, rest[0], standing)
        rest = rest[1:]

    methods = fill_lines([basket], doing.read[:2])
    if basket.has_cards:
        pay_with_cards(basket, rest[0], standing)
        rest = rest[1:]
    with apart(basket):
        basket.spent = spent_in(basket, known, take_off(basket, known, methods))
        refuse_below(basket)
    basket.spent += [*coupons_used(basket), *cards_used(basket)]
    refuse_another_total(basket, doing.payload.get("total"))
    pay([basket], methods)
    if basket.has_member:
        basket.use = use_in(basket, standing)
        basket.party = basket.use.standing.member
    post_slips(doing, sales=[(doing, basket)])
    if basket.customer is not None:
        put_on_account(doing, basket)
    prove(doing, basket, rest)
    doing.result = basket.change


def _read_for_ring_up(doing: Doing) -> Sequence[Call]:
    till, store = till_and_store()
    basket = doing.prepared = basket_of(doing, till, store)
    basket.given = doing.payload.get("lines") or ()
    basket.paid = doing.payload.get("payments") or ()
    basket.off = doing.payload.get("off")
    basket.remark = str(doing.payload.get("remark") or "")[:REMARK_MAX]
    calls, member = reading([basket]), doing.payload.get("member")
    if member:
        basket.has_member = True
        items = dict.fromkeys(item for item, *_ in basket.asked)
        calls = (*calls, standing_call(queries.as_id(str(member)), items, basket.on))
    basket.asks = asking(basket, queries.as_id(str(member)) if member else None)
    presented = presenting(basket, doing.payload.get("coupons") or (), member)
    cards = presenting_cards(basket, queries.as_id(str(member)) if member else None)
    basket.has_cards = bool(cards)
    return (*calls, *basket.asks.calls, *presented, *cards, *looking(basket))


def refuse_another_total(basket: Basket, shown: object) -> None:
    """Nothing is charged where the cashier was shown another total."""
    due = basket.gross - basket.set_off
    if shown is not None and decimal(shown) != due:
        facts = {"given": decimal(shown), "due": due}
        problem = {"path": "total", "code": "total_differs", **facts}
        raise Refusal("invalid", problems=[problem])


def take_back(doing: Doing) -> None:
    """Take goods of one sale back and pay for them, at any store of the legal entity that sold
    them: they go onto the shelf of the store where the customer stands, and what the sale brought
    is taken off there.

    Payload: `sale` (its id), `lines` [{sold, quantity}] naming lines of the sale, `payments`
    [{method, amount}], `reason`.

    Errors: Question paid_another_way, which takes a permission of its own to answer, where money
    goes back in a way in which the sale was not paid, or not as much.
    """
    till, store = till_and_store()
    doing.require(till)
    sale = load_locked(SALE, UUID(str(doing.payload.get("sale"))))
    if sale.document.state != State.POSTED:
        raise Refusal("wrong_state", state=sale.document.get_state_display())
    refuse_other_entity(sale.document.org_unit, till)
    basket = basket_of(doing, till, store)
    basket.lines, costs = brought_back(doing.payload.get("lines") or (), sale)
    shares_back(basket, sale)
    basket.spent = [*give_back_of(basket, sale), *coupons_back(basket, sale)]
    basket.spent += cards_back(basket, sale)
    basket.paid = doing.payload.get("payments") or ()
    basket.party = sale.document.party
    basket.has_member = basket.party is not None
    basket.customer = sale.customer
    pay([basket], queries.methods_in_use())
    basket.off_account = off_account(basket, sale)
    pay_back(doing, basket, sale)
    reason = str(doing.payload.get("reason") or "")[:120]
    back = Back(basket, costs, reason, sale.document.pk, sold_at=sale.store_id)
    post_slips(doing, returns=[(doing, back)])


def print_slip(doing: Doing) -> None:
    """Put a slip on paper: the result is which copy it is. The history tells who printed it."""
    found = Document.objects.filter(pk=doing.subject, type__in=queries.SLIP_TYPES).first()
    if found is None:
        raise Refusal("not_found")
    doing.require(found.org_unit)
    doing.result = queries.times_printed(doing.subject) + 1


# -- the basket ----------------------------------------------------------------------------------


def till_and_store() -> tuple[OrgUnit, OrgUnit]:
    till = who().at
    if till is None or till.kind != OrgUnit.Kind.TILL or till.parent is None:
        raise Refusal("not_at_a_till")
    return till, till.parent


def basket_of(doing: Doing, till: OrgUnit, store: OrgUnit) -> Basket:
    person = who().person
    return Basket(
        pk=doing.subject, till=till, store=store, at=doing.at, on=business_date(store, doing.at),
        person_id=person.pk if person else None,
    )  # fmt: skip


def brought_back(
    given: Sequence[Mapping[str, Any]], sale: Sale
) -> tuple[list[Rung], list[Decimal]]:
    if not given:
        raise Refusal("invalid", problems=[{"path": "lines", "code": "empty_basket"}])
    there: dict[UUID, SaleLine] = {line.pk: line for line in sale.lines}
    before = queries.returned_before(there)
    cost_of = queries.costs_of(sale.document.pk)
    lines, costs, problems = [], [], []
    for number, row in enumerate(given, start=1):
        line = there.get(UUID(str(row["sold"])))
        quantity = decimal(row.get("quantity", 1))
        gone = before.get(line.pk, ZERO) if line else ZERO
        if line is None or quantity <= 0 or gone + quantity > line.quantity:
            name, has = (line.item.name, line.quantity - gone) if line else ("", ZERO)
            facts = {"item": name, "has": plain(has)}
            problems.append({"path": f"lines.{number}", "code": "too_much_back", **facts})
            continue
        before[line.pk] = gone + quantity
        whole = Taxed(line.net, line.tax)
        lines.append(_line_back(line, quantity, part_of(whole, line.quantity, gone, quantity)))
        cost = Taxed(cost_of.get(line.pk, ZERO), ZERO)
        costs.append(part_of(cost, line.quantity, gone, quantity).gross)
    if problems:
        raise Refusal("invalid", problems=problems)
    return lines, costs


def refuse_other_entity(sold_at: OrgUnit, till: OrgUnit) -> None:
    if sold_at.entity_id != till.entity_id:
        assert sold_at.entity is not None, "A till belongs to a legal entity."
        raise Refusal("other_entity_sold", entity=sold_at.entity.name)


def pay_back(doing: Doing, basket: Basket, sale: Sale) -> None:
    """Check how goods of a sale are paid back, and undo what the sale meant for its member.

    Errors: as for `take_back`.
    """
    stuck = next((p.method for p in basket.payments if not is_refundable(p.method)), None)
    if stuck is not None:
        problem = {"path": "payments", "code": "not_refundable", "name": stuck.name}
        raise Refusal("invalid", problems=[problem])
    basket.undone = undone_by(basket, sale)
    ask_about_other_ways(doing, basket, sale)
    give_back(doing, basket, sale.document.pk)


def is_refundable(method: queries.Method) -> bool:
    """What members paid with of their own always goes back to them."""
    return method.is_refundable or method.kind != PaymentMethod.Kind.MONEY


def ask_about_other_ways(doing: Doing, basket: Basket, sale: Sale) -> None:
    """Ask whether money may go back in other ways than the sale was paid in, if it does."""
    left = queries.left_of_ways(sale.document.pk)
    back: dict[UUID, Decimal] = {}
    problems = []
    for number, paid in enumerate(basket.payments, start=1):
        way = paid.method.pk
        back[way] = back.get(way, ZERO) + paid.amount
        if back[way] > left.get(way, ZERO):
            code = "way_used_up" if way in left else "way_not_used"
            facts = {"name": paid.method.name, "has": left.get(way, ZERO), "needs": back[way]}
            problems.append({"path": f"payments.{number}.amount", "code": code, **facts})
    if problems:
        doing.ask("paid_another_way", problems=problems)
        require(PAY_BACK_OTHERWISE, basket.till)


def _line_back(line: SaleLine, quantity: Decimal, taxed: Taxed) -> Rung:
    return Rung(
        pk=env.new_id(),
        item_id=line.item_id,
        unit_id=line.unit_id,
        name=line.item.name,
        quantity=quantity,
        base_quantity=line.base_quantity * quantity / line.quantity,
        price=line.price,
        tax_category=line.tax_category,
        tax_rate=line.tax_rate,
        taxed=taxed,
        sold=line.pk,
        has_goods=line.item.kind not in WITHOUT_GOODS,
        is_deposit=line.item.kind == DEPOSIT,
    )


# -- the register --------------------------------------------------------------------------------

for _code, _title in (
    (RING_UP, _("Sale: Ring up")),
    (TAKE_BACK, _("Return: Take back")),
    (CHANGE_PRICE, _("Sale: Change a price")),
    (SELL_BELOW, _("Sale: Sell below what goods may be sold for")),
    (PAY_BACK_OTHERWISE, _("Return: Pay back in another way")),
):
    declare_permission(_code, _title)
for _name in ("till.sale.posted", "till.return.posted"):
    declare_event(_name, _name)

register_action(
    Action(
        code=RING_UP, title=_("Ring up"), run=ring_up, permission=RING_UP, type=SALE,
        event="till.sale.posted", ahead=_read_for_ring_up, is_one_statement=True,
    )
)  # fmt: skip
register_action(
    Action(
        code=TAKE_BACK, title=_("Take back"), run=take_back, permission=TAKE_BACK, type=RETURN,
        event="till.return.posted",
    )
)  # fmt: skip
for _type in (SALE, RETURN):
    register_action(
        Action(
            code=_type.permission("print"), title=_("Print"), run=print_slip, permission=RING_UP,
            type=_type,
        )
    )  # fmt: skip
