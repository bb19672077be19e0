"""Goods that come back without a slip: by right, within limits, at a price that tempts nobody."""

from collections.abc import Sequence
from datetime import timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.utils.translation import gettext_lazy as _
from django.utils.translation import gettext_noop as noop

from tongpan.base.numbers import in_yuan
from tongpan.base.refusals import Refusal
from tongpan.business.till import queries
from tongpan.business.till.baskets import Basket, decimal, fill
from tongpan.business.till.costs import shelf_costs
from tongpan.business.till.documents import RETURN
from tongpan.business.till.slips import Back, post_slips
from tongpan.kernel.documents.gate import Doing
from tongpan.kernel.documents.registry import Action, register_action
from tongpan.kernel.documents.sentences import say
from tongpan.kernel.org.models import OrgUnit, Person, business_date
from tongpan.kernel.org.scope import declare_permission, require, who
from tongpan.kernel.org.settings import STORE, Setting, declare_setting, value_of

TAKE, WITHOUT_SLIP = "till.return.take_without_slip", "till.return.without_slip"
REASON_MAX = 120

DAYS = declare_setting(
    Setting(
        code="till.without_slip_days", kind="integer", default=90, most=3650, per=STORE,
        title=_("Without a slip, the lowest price of so many days counts"),
        help=_("Goods are paid back at the least that one was sold for in this time, or at today's"
               " price where that is less. 0: at today's price."),
        unit=_("days"),
    )
)  # fmt: skip
RETURN_MOST = declare_setting(
    Setting(
        code="till.without_slip_most", kind="integer", default=500, most=1_000_000, per=STORE,
        title=_("Without a slip, at most so much is paid back at once"),
        help=_("Including tax. 0: nothing comes back without its slip."), unit=_("yuan"),
    )
)  # fmt: skip
DAY_MOST = declare_setting(
    Setting(
        code="till.without_slip_day_most", kind="integer", default=1000, most=1_000_000, per=STORE,
        title=_("Without a slip, at most so much is paid back by one person on a day"),
        help=_("Including tax, by whoever stands at the till."), unit=_("yuan"),
    )
)  # fmt: skip
declare_permission(WITHOUT_SLIP, _("Return: Allow it without a slip"))
say("no_slip", noop("There is no slip for these goods. Pay {amount} back all the same?"))
say("without_slip_most", noop("Without a slip at most {most} is paid back at once, not {given}."))
say("without_slip_day", noop("{clerk} paid {before} back without slips today; at most {most} a"
                             " day."))  # fmt: skip


def prices_back(
    asked: Sequence[tuple[UUID, UUID | None]], store: OrgUnit, doing_at: Any
) -> dict[tuple[UUID, UUID | None], Decimal | None]:
    """What is paid back for one of each [item, unit] without a slip; None if it has no price."""
    offers = queries.offers(asked, store, doing_at)
    days = value_of(DAYS, store)
    assert store.entity_id is not None, "A store belongs to a legal entity."
    on = business_date(store, doing_at)
    items = {item for item, _unit in asked}
    lowest = queries.lowest_prices(items, store.entity_id, on - timedelta(days)) if days else {}
    found: dict[tuple[UUID, UUID | None], Decimal | None] = {}
    for key in asked:
        offer = offers.get(key)
        least = lowest.get((offer.item, offer.unit)) if offer else None
        known = [price for price in (offer and offer.price, least) if price is not None]
        found[key] = min(known, default=None)
    return found


def take_without_slip(doing: Doing) -> None:
    """Take goods back that nobody shows a slip for, and pay for them.

    Payload: `lines` [{item, unit?, quantity, barcode?}], `payments` [{method, amount}], `reason`.
    The price is `prices_back`'s; nobody says another.

    Errors: Question no_slip, which takes a permission of its own to answer; Refusal
    without_slip_most or without_slip_day beyond the limits of the store.
    """
    till, person = who().at, who().person
    if till is None or till.kind != OrgUnit.Kind.TILL or till.parent is None:
        raise Refusal("not_at_a_till")
    doing.require(till)
    assert person is not None, "Somebody stands at the till."
    reason = str(doing.payload.get("reason") or "").strip()[:REASON_MAX]
    if not reason:
        raise Refusal("invalid", problems=[{"path": "reason", "code": "reason_needed"}])
    basket = _basket(doing, till, till.parent, person)
    _refuse_ways(basket)
    _refuse_beyond(basket, person)
    doing.ask("no_slip", amount=in_yuan(basket.gross))
    require(WITHOUT_SLIP, till)
    (costs,) = shelf_costs([basket])
    post_slips(doing, returns=[(doing, Back(basket, costs, reason))])


def _basket(doing: Doing, till: OrgUnit, store: OrgUnit, person: Person) -> Basket:
    given = list(doing.payload.get("lines") or ())
    asked = [
        (queries.as_id(str(n["item"])), queries.as_id(str(n["unit"])) if n.get("unit") else None)
        for n in given
    ]
    prices = prices_back(list(dict.fromkeys(asked)), store, doing.at)
    basket = Basket(
        pk=doing.subject, till=till, store=store, at=doing.at, on=business_date(store, doing.at),
        person_id=person.pk, may_change_price=True,
        given=[
            {"item": item, "unit": unit, "quantity": decimal(row.get("quantity", 1)),
             "price": prices[item, unit], "barcode": row.get("barcode") or ""}
            for (item, unit), row in zip(asked, given, strict=True)
        ],
        paid=doing.payload.get("payments") or (),
    )  # fmt: skip
    fill([basket])
    return basket


def _refuse_ways(basket: Basket) -> None:
    """Money goes out of the till; no provider knows a charge that it could give back."""
    for number, paid in enumerate(basket.payments, start=1):
        way = paid.method
        if way.kind != "money" or way.is_by_provider or not way.is_refundable:
            problem = {"path": f"payments.{number}", "code": "not_refundable", "name": way.name}
            raise Refusal("invalid", problems=[problem])


def _refuse_beyond(basket: Basket, person: Person) -> None:
    most, day_most = value_of(RETURN_MOST, basket.store), value_of(DAY_MOST, basket.store)
    if basket.gross > most:
        raise Refusal("without_slip_most", most=in_yuan(Decimal(most)), given=in_yuan(basket.gross))
    Person.objects.select_for_update().get(
        pk=person.pk
    )  # at two tills at once, one after the other
    before = queries.given_without_slip(person.pk, basket.on)
    if before + basket.gross > day_most:
        paid, at_most = in_yuan(before), in_yuan(Decimal(day_most))
        raise Refusal("without_slip_day", clerk=person.name, before=paid, most=at_most)


register_action(
    Action(
        code=TAKE, title=_("Take back without a slip"), run=take_without_slip,
        permission="till.return.take_back", type=RETURN, event="till.return.posted",
    )
)  # fmt: skip
