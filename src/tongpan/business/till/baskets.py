"""Baskets: what customers buy or bring back, priced and paid, many at a time.

One query prices them all. Every basket is checked as if it came alone, and
everything that is wrong with any of them is said at once.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.utils.translation import gettext_lazy as _
from django.utils.translation import gettext_noop as noop

from tongpan.base import env
from tongpan.base.numbers import ZERO, is_on_step, round_to
from tongpan.base.refusals import Refusal
from tongpan.business.coupons.rules import Held
from tongpan.business.membership.postings import Undone
from tongpan.business.membership.rules import Use
from tongpan.business.pricing.rules import best_level
from tongpan.business.punchcards.postings import Use as CardUse
from tongpan.business.till import queries
from tongpan.business.till.kept import Prices, prices_of
from tongpan.business.till.queries import AskedAt, Method, Offer
from tongpan.business.till.rules import Tender, change_of, sold
from tongpan.business.till.shares import Share
from tongpan.business.till.sorts import Sorts
from tongpan.kernel.companies.calls import Call, together
from tongpan.kernel.documents.fields import Problem, plain
from tongpan.kernel.documents.sentences import say
from tongpan.kernel.ledger.posting import Move
from tongpan.kernel.org.models import OrgUnit
from tongpan.kernel.org.scope import may
from tongpan.masters.items.models import WITHOUT_GOODS, ItemKind
from tongpan.masters.items.queries import find_scanned
from tongpan.masters.parties.models import Party
from tongpan.masters.taxes.rules import Taxed, line_amount, tax_in

say("empty_basket", noop("There is nothing in the basket."))
say("topped_up_instead", noop("{item} is stored value: top it up for a member instead."))
say("not_for_sale", noop("{item} is not for sale here."))
say("no_price", noop("{item} has no price at this store."))
say("price_differs", noop("{item} costs {price}, not {given}."))
say("price_not_said", noop("Say what {item} costs: more than nothing."))
say("no_tax_rate", noop("{item} has no tax rate on this day. It needs a tax category first."))
say("amount_below_zero", noop("{item} cannot cost less than nothing."))
say("not_paid", noop("What was paid ({given}) is not what is due ({due})."))
say("member_needed", noop("Name the member first: it is their points or stored value."))
say("customer_needed", noop("Name the customer first: it goes on their account."))
say("method_unknown", noop("There is no way of paying called {given}."))

CHANGE_PRICE = "till.sale.change_price"
PRICE_STEP, REMARK_MAX = Decimal("0.000001"), 60
FROM_ANYBODY = frozenset({"money"})
FROM_MEMBERS = frozenset({"money", "stored_value", "points"})
FROM_CUSTOMERS = frozenset({"money", "account"})
DEPOSIT, WALLET = ItemKind.DEPOSIT.value, ItemKind.WALLET.value


@dataclass(slots=True)
class Rung:
    """A line of a slip with all its figures."""

    pk: UUID
    item_id: UUID
    unit_id: UUID
    name: str
    quantity: Decimal
    base_quantity: Decimal
    price: Decimal
    tax_category: UUID | None
    tax_rate: Decimal
    taxed: Taxed
    barcode: str = ""
    sold: UUID | None = None
    price_from: UUID | None = None  # none where the price was said, and is another
    price_level: UUID | None = None  # the level instead, where one was lower
    has_goods: bool = True  # False for a service: nothing leaves a shelf
    is_deposit: bool = False  # it is left for something that is lent, and paid back
    shares: Sequence[Share] = ()  # what was taken off; `taxed` is of what is left to pay
    remark: str = ""


@dataclass(slots=True)
class Paid:
    """A payment: `amount` stays with us, `tendered` was handed over."""

    method: Method
    amount: Decimal
    tendered: Decimal
    reference: str


@dataclass(frozen=True, slots=True)
class OffAccount:
    """What a return takes off what a sale left on account, and what of it was collected."""

    customer: Party
    still_open: Decimal
    collected: Decimal


Given = Mapping[str, Any]


@dataclass(slots=True)
class Asked:
    """What prices of a basket hang on besides its goods: the calls that read it."""

    member: UUID | None
    calls: tuple[Call, ...]
    sorts: Sorts | None  # what is known of goods where the calls ask for the sorts of the others


@dataclass(slots=True)
class Basket:
    """What one customer buys at a till, or brings back to it.

    A `given` line is {item, quantity, unit?, price?, amount?, barcode?, off?, remark?}. `amount` is
    what the whole line came to, where that is known instead of the price of one. `off` is a
    discount by hand, {how, value, reason}: of a line, or of the basket. What was `paid` is {method,
    amount, tendered?, attempt | reference?} with the code of the method. `path` is where the
    basket stands in a payload of many, such as `sales.3.`; empty for one alone.
    """

    pk: UUID
    till: OrgUnit
    store: OrgUnit
    at: datetime
    on: date
    person_id: UUID | None
    may_change_price: bool | None = None  # None: asked of who acts, once a price is said
    path: str = ""
    party: UUID | None = None
    presented: Sequence[str] = ()  # codes of coupons
    coupons: Sequence[Held] = ()
    cards: dict[int, CardUse] = field(default_factory=dict)  # by line, what punch cards pay
    spent: list[Move] = field(
        default_factory=list
    )  # what it uses of promotions' budgets, or gives back
    use: Use | None = None  # what it gives the member whom it names, and takes from them
    undone: Undone | None = None  # and what a return takes back
    off_account: OffAccount | None = None  # and takes off the account of the customer
    customer: Party | None = None  # on whose account some of it is put
    has_member: bool = False
    has_cards: bool = False
    tier: UUID | None = None  # the member's
    given: Sequence[Given] = ()
    paid: Sequence[Given] = ()
    off: Given | None = None
    against: Decimal = ZERO  # what the goods of an exchange that come back are worth
    remark: str = ""  # of the whole receipt
    asks: Asked | None = None  # what else to read before it is priced
    asked: list[AskedAt] = field(default_factory=list)  # of each given line
    prices: Prices | None = None  # what that asks for, for all baskets that are read together
    lines: list[Rung] = field(default_factory=list)
    payments: list[Paid] = field(default_factory=list)
    change: Decimal = ZERO
    set_off: Decimal = ZERO  # what goods of an exchange, or punch cards, pay of it
    set_off_invoiceable: Decimal = ZERO

    @property
    def gross(self) -> Decimal:
        return sum((line.taxed.gross for line in self.lines), ZERO)

    @property
    def deposits(self) -> Taxed:
        """What of it is left for something that is lent: nobody's revenue."""
        left = [line.taxed for line in self.lines if line.is_deposit]
        return Taxed(sum((n.net for n in left), ZERO), sum((n.tax for n in left), ZERO))

    @property
    def invoiceable(self) -> Decimal:
        paid = sum((p.amount for p in self.payments if p.method.is_invoiceable), ZERO)
        return min(paid + self.set_off_invoiceable, self.gross - self.deposits.gross)


def reading(baskets: Sequence[Basket]) -> tuple[Call, ...]:
    """The calls that read what is needed to fill baskets, for all of them at once."""
    for basket in baskets:
        where = queries.asked_at(basket.store, basket.at, basket.on)
        basket.asked = [(_id(n["item"]), _id(n.get("unit")), *where) for n in basket.given]
    prices = prices_of(dict.fromkeys(key for basket in baskets for key in basket.asked))
    for basket in baskets:
        basket.prices = prices
    return prices.call, queries.METHODS


def fill(baskets: Sequence[Basket]) -> None:
    """Fill lines and payments of each basket from what was given for it.

    Errors: as `fill_lines`, or else every payment that does not pay.
    """
    pay(baskets, fill_lines(baskets, together(reading(baskets))))


def fill_lines(baskets: Sequence[Basket], read: tuple[Any, ...]) -> Mapping[str, Method]:
    """Fill the lines of each basket from what was given for it, and say the ways of paying.

    `read` is what the calls of `reading` said.

    Errors: Refusal naming every line of every basket that cannot be sold.
    """
    rows, ways = read
    put_in(baskets, rows)
    return queries.methods_read(ways)


def put_in(baskets: Sequence[Basket], said: str) -> None:
    """Fill the lines of each basket alone, from what the first call of `reading` said.

    Errors: Refusal naming every line of every basket that cannot be sold.
    """
    problems: list[Problem] = []
    prices = baskets[0].prices if baskets else None
    offers = prices.offers(said) if prices else {}
    for basket in baskets:
        if not basket.given:
            problems.append({"path": f"{basket.path}lines", "code": "empty_basket"})
        problems += _fill(basket, offers)
    if problems:
        raise Refusal("invalid", problems=problems)


def _fill(basket: Basket, offers: Mapping[AskedAt, Offer]) -> list[Problem]:
    problems = []
    offers = levelled(basket, offers)
    rows = zip(basket.given, basket.asked, strict=True)
    for number, (given, asked) in enumerate(rows, start=1):
        offer, quantity = offers.get(asked), decimal(given.get("quantity", 1))
        problem = _problem(basket, offer, quantity, given)
        if problem is not None:
            problems.append({"path": f"{basket.path}lines.{number}", **problem})
            continue
        assert offer is not None, "A line without an offer is a problem."
        basket.lines.append(_rung(offer, quantity, given))
    return problems


def levelled(basket: Basket, offers: Mapping[AskedAt, Offer]) -> Mapping[AskedAt, Offer]:
    """The offers with the prices at which this basket gets them: the member's, and by quantity."""
    if not any(offer.levels for offer in offers.values()):
        return offers
    many: dict[tuple[UUID, UUID], Decimal] = {}
    for given, asked in zip(basket.given, basket.asked, strict=True):
        if (offer := offers.get(asked)) is not None:
            key = (offer.item, offer.unit)
            many[key] = many.get(key, ZERO) + decimal(given.get("quantity", 1))
    return {
        asked: at_level(
            offer, many.get((offer.item, offer.unit), ZERO), is_member=basket.has_member,
            tier=basket.tier,
        )
        for asked, offer in offers.items()
    }  # fmt: skip


def at_level(offer: Offer, quantity: Decimal, *, is_member: bool, tier: UUID | None) -> Offer:
    """The offer at the price at which so much of it is sold to this buyer."""
    best = best_level(offer.levels, quantity, offer.price, is_member=is_member, tier=tier)
    return offer if best is None else offer._replace(price=best.price, level=best.id)


def _rung(offer: Offer, quantity: Decimal, given: Given) -> Rung:
    assert offer.factor is not None, "Checked before."
    assert offer.tax_rate is not None, "Checked before."
    if given.get("amount") is not None:
        amount = decimal(given["amount"])
        one = round_to(amount / quantity, PRICE_STEP)
        taxed = tax_in(amount, offer.tax_rate)
    else:
        one = decimal(given["price"] if given.get("price") is not None else offer.price)
        taxed = sold(quantity, one, offer.tax_rate)
    return Rung(
        pk=env.new_id(),
        item_id=offer.item,
        unit_id=offer.unit,
        name=offer.name,
        quantity=quantity,
        base_quantity=quantity * offer.factor,
        price=one,
        tax_category=offer.tax_category,
        tax_rate=offer.tax_rate,
        taxed=taxed,
        barcode=str(given.get("barcode") or "")[:60],
        price_from=offer.price_from if one == offer.price and offer.level is None else None,
        price_level=offer.level if one == offer.price else None,
        has_goods=offer.kind not in WITHOUT_GOODS,
        is_deposit=offer.kind == DEPOSIT,
        remark=str(given.get("remark") or "")[:REMARK_MAX],
    )


def _problem(
    basket: Basket, offer: Offer | None, quantity: Decimal, given: Given
) -> Problem | None:
    """Why a line cannot be sold, or None."""
    if offer is None:
        return {"code": "not_found_reference", "label": _("item"), "given": str(given["item"])}
    item = {"item": offer.name}
    if offer.state != "active":
        return {"code": "not_for_sale", **item}
    if offer.kind == WALLET:
        return {"code": "topped_up_instead", **item}
    says_itself = given.get("price") is not None or given.get("amount") is not None
    if offer.is_price_open and offer.price is None and not says_itself:
        return {"code": "price_not_said", **item}
    if offer.factor is None:
        return {"code": "no_price", **item}
    if offer.price is None and not (says_itself and (offer.is_price_open or _may(basket))):
        return {"code": "no_price", **item}
    if offer.tax_rate is None or offer.tax_category is None:
        return {"code": "no_tax_rate", **item}
    if quantity <= 0:
        return {"code": "not_positive", "label": _("quantity")}
    if not is_on_step(quantity, offer.step):
        return {"code": "off_step", "given": str(quantity), "step": str(offer.step)}
    return _problem_of_price(basket, offer, quantity, given) if says_itself else None


def _problem_of_price(
    basket: Basket, offer: Offer, quantity: Decimal, given: Given
) -> Problem | None:
    one = given.get("price")
    said = decimal(one) if one is not None else decimal(given["amount"])
    if said < 0:
        return {"code": "amount_below_zero", "item": offer.name}
    is_ours = one is not None and offer.price is not None and said == offer.price
    if is_ours or _may(basket):
        return None
    if offer.is_price_open:
        is_said = one is not None and said > 0
        return None if is_said else {"code": "price_not_said", "item": offer.name}
    if one is not None and _is_on_label(offer, quantity, said, given):
        return None
    price = plain(offer.price)
    return {"code": "price_differs", "price": price, "given": said, "item": offer.name}


def _is_on_label(offer: Offer, quantity: Decimal, one: Decimal, given: Given) -> bool:
    """Whether a label of the store's own scales prints what the line comes to."""
    if not given.get("barcode"):
        return False
    try:
        found = find_scanned(str(given["barcode"]))
    except Refusal:
        return False
    return found.item.pk == offer.item and found.price == line_amount(quantity, one)


def _may(basket: Basket) -> bool:
    if basket.may_change_price is None:
        basket.may_change_price = may(CHANGE_PRICE, basket.till)
    return basket.may_change_price


def pay(baskets: Iterable[Basket], methods: Mapping[str, Method]) -> None:
    """Fill the payments and the change of each basket; its lines are there already.

    Errors: Refusal if a method is unknown, or if the payments are not what is due.
    """
    problems: list[Problem] = []
    for basket in baskets:
        unknown = [n for n, row in enumerate(basket.paid, 1) if _method(row) not in methods]
        for number in unknown:
            path = f"{basket.path}payments.{number}"
            given = _method(basket.paid[number - 1])
            problems.append({"path": path, "code": "method_unknown", "given": given})
        if not unknown:
            problems += _take(basket, methods)
    if problems:
        raise Refusal("invalid", problems=problems)


def _method(row: Given) -> str:
    return str(row.get("method"))


def _take(basket: Basket, methods: Mapping[str, Method]) -> list[Problem]:
    for row in basket.paid:
        amount = decimal(row["amount"])
        tendered = decimal(row.get("tendered") or amount)
        if amount > 0:
            reference = str(row.get("attempt") or row.get("reference") or "")[:64]
            basket.payments.append(Paid(methods[_method(row)], amount, tendered, reference))
    tenders = [Tender(p.amount, p.tendered, p.method.gives_change) for p in basket.payments]
    due = basket.gross - basket.set_off
    change = change_of(tenders, due)
    if change is None:
        handed = sum((p.amount for p in basket.payments), ZERO)
        path = f"{basket.path}payments"
        return [{"path": path, "code": "not_paid", "given": handed, "due": due}]
    if whose := {p.method.kind for p in basket.payments} - _whose(basket):
        code = "customer_needed" if "account" in whose else "member_needed"
        if basket.customer is not None and basket.has_member:
            code = "own_money_on_account"
        return [{"path": f"{basket.path}payments", "code": code}]
    basket.change = change
    return []


def _whose(basket: Basket) -> frozenset[str]:
    """The kinds of payment that a basket can be paid with, by who buys."""
    if basket.customer is not None:
        return FROM_CUSTOMERS
    return FROM_MEMBERS if basket.has_member else FROM_ANYBODY


def decimal(raw: Any) -> Decimal:
    return raw if isinstance(raw, Decimal) else Decimal(str(raw))


def _id(raw: Any) -> Any:
    return raw if raw is None or isinstance(raw, UUID) else queries.as_id(str(raw))
