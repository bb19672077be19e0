"""Ringing up, taking back, parking: what a cashier does all day.

A sale is one action and few statements: what the items cost now, the number, one statement that
writes document, slip, lines and payments, history, event, and the posting.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import lru_cache
from typing import Any
from uuid import UUID

from django.db import connection
from django.utils.translation import gettext_lazy as _
from django.utils.translation import gettext_noop as noop

from tongpan.base import env
from tongpan.base.numbers import ZERO, is_on_step
from tongpan.base.refusals import Refusal
from tongpan.business.till import queries
from tongpan.business.till.documents import RETURN, SALE
from tongpan.business.till.models import ParkedSale, PaymentMethod, Return, Sale, SaleLine
from tongpan.business.till.postings import return_moves, sale_moves
from tongpan.business.till.queries import Offer
from tongpan.business.till.rules import Tender, change_of, part_of, sold
from tongpan.business.till.writing import write_slip
from tongpan.kernel.documents.fields import Problem, plain
from tongpan.kernel.documents.gate import Doing
from tongpan.kernel.documents.loading import load_locked
from tongpan.kernel.documents.models import Document, State
from tongpan.kernel.documents.numbering import next_number
from tongpan.kernel.documents.registry import Action, DocumentType, register_action
from tongpan.kernel.documents.sentences import say
from tongpan.kernel.events.registry import declare_event
from tongpan.kernel.ledger.posting import Fact
from tongpan.kernel.org.models import OrgUnit, business_date
from tongpan.kernel.org.scope import declare_permission, may, who
from tongpan.masters.places.queries import default_place
from tongpan.masters.taxes.rules import Taxed

RING_UP, TAKE_BACK, PARK = "till.sale.ring_up", "till.return.take_back", "till.sale.park"
CHANGE_PRICE = "till.sale.change_price"

say("empty_basket", noop("There is nothing in the basket."))
say("not_for_sale", noop("{item} is not for sale."))
say("no_price", noop("{item} has no price at this store."))
say("price_differs", noop("{item} costs {price}, not {given}."))
say("no_tax_rate", noop("{item} has no tax rate on this day."))
say("not_paid", noop("What was paid ({given}) is not what is due ({due})."))
say("method_unknown", noop("There is no way of paying called {given}."))
say("not_at_a_till", noop("Open a till first."))
say("too_much_back", noop("{item}: {has} were bought and not yet brought back."))
say("not_refundable", noop("{name} cannot be paid back. Choose another way."))


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


def ring_up(doing: Doing) -> None:
    """Sell a basket at the till where the person stands.

    Payload: `lines` [{item, quantity, unit?, price?, barcode?}] with ids, and `payments`
    [{method, amount, tendered?, reference?}] with the codes of payment methods. The price is the
    store's; another one needs its own permission.
    """
    till, store = _till_and_store()
    doing.require(till)
    on = business_date(store, doing.at)
    lines = _priced(doing.payload.get("lines") or (), store, on)
    payments, change = _paid(doing.payload.get("payments") or (), _gross(lines))
    slip = Sale(change=change, invoiceable=_invoiceable(payments), invoice_token=env.token(16))
    _post_slip(doing, SALE, slip, till, store, on, lines, payments)
    taken = [(p.method.pk, p.amount) for p in payments]
    moves = sale_moves(store.pk, _place_of(store), lines, net=slip.net, tax=slip.tax, taken=taken)
    doing.facts = [_fact(doing, moves)]


def take_back(doing: Doing) -> None:
    """Take goods of one sale back and pay for them.

    Payload: `sale` (its id), `lines` [{sold, quantity}] naming lines of the sale, `payments`
    [{method, amount}], `reason`.
    """
    till, store = _till_and_store()
    doing.require(till)
    sale = load_locked(SALE, UUID(str(doing.payload.get("sale"))))
    if sale.document.state != State.POSTED:
        raise Refusal("wrong_state", state=sale.document.get_state_display())
    on = business_date(store, doing.at)
    lines, costs = _brought_back(doing.payload.get("lines") or (), sale)
    payments, _change = _paid(doing.payload.get("payments") or (), _gross(lines))
    stuck = next((p.method for p in payments if not p.method.is_refundable), None)
    if stuck is not None:
        problem = {"path": "payments", "code": "not_refundable", "name": stuck.name}
        raise Refusal("invalid", problems=[problem])
    slip = Return(reason=str(doing.payload.get("reason") or "")[:120])
    _post_slip(doing, RETURN, slip, till, store, on, lines, payments, follows=sale.document.pk)
    given = [(p.method.pk, p.amount) for p in payments]
    moves = return_moves(
        store.pk, _place_of(store), list(zip(lines, costs, strict=True)), net=slip.net,
        tax=slip.tax, given=given,
    )  # fmt: skip
    doing.facts = [_fact(doing, moves)]


def park(doing: Doing) -> None:
    """Put a basket aside: payload `basket` as the till holds it, and a `label`."""
    till, _store = _till_and_store()
    doing.require(till)
    person = who().person
    assert person is not None, "Somebody stands at the till."
    doing.result = ParkedSale.unscoped.create(
        id=doing.subject, till=till, label=str(doing.payload.get("label") or "")[:40],
        basket=doing.payload.get("basket") or [], parked_by=person, parked_at=doing.at,
    )  # fmt: skip


def recall(doing: Doing) -> None:
    """Take a parked basket up again; it is parked no longer."""
    till, _store = _till_and_store()
    doing.require(till)
    found = ParkedSale.unscoped.select_for_update().filter(pk=doing.subject, till=till).first()
    if found is None:
        raise Refusal("not_found")
    doing.result = {"label": found.label, "basket": found.basket}
    found.delete()


# -- the basket ----------------------------------------------------------------------------------


def _till_and_store() -> tuple[OrgUnit, OrgUnit]:
    till = who().at
    if till is None or till.kind != OrgUnit.Kind.TILL or till.parent is None:
        raise Refusal("not_at_a_till")
    return till, till.parent


def _priced(given: Sequence[Mapping[str, Any]], store: OrgUnit, on: date) -> list[Rung]:
    if not given:
        raise Refusal("invalid", problems=[{"path": "lines", "code": "empty_basket"}])
    asked = [(UUID(str(n["item"])), UUID(str(n["unit"])) if n.get("unit") else None) for n in given]
    offers = queries.offers(list(dict.fromkeys(asked)), store, on)
    lines, problems = [], []
    for number, (row, key) in enumerate(zip(given, asked, strict=True), start=1):
        offer = offers.get(key)
        quantity = _decimal(row.get("quantity", 1))
        problem = _problem(offer, quantity, row)
        if problem is not None:
            problems.append({"path": f"lines.{number}", **problem})
            continue
        assert offer is not None and offer.factor is not None  # noqa: PT018
        assert offer.price is not None and offer.tax_rate is not None  # noqa: PT018
        price = _decimal(row["price"]) if row.get("price") is not None else offer.price
        lines.append(
            Rung(
                pk=env.new_id(),
                item_id=offer.item,
                unit_id=offer.unit,
                name=offer.name,
                quantity=quantity,
                base_quantity=quantity * offer.factor,
                price=price,
                tax_category=offer.tax_category,
                tax_rate=offer.tax_rate,
                taxed=sold(quantity, price, offer.tax_rate),
                barcode=str(row.get("barcode") or "")[:60],
            )
        )
    if problems:
        raise Refusal("invalid", problems=problems)
    return lines


def _problem(offer: Offer | None, quantity: Decimal, row: Mapping[str, Any]) -> Problem | None:
    """Why a line cannot be sold, or None."""
    if offer is None:
        return {"code": "not_found_reference", "label": _("item"), "given": str(row["item"])}
    item = {"item": offer.name}
    if offer.state != "active":
        return {"code": "not_for_sale", **item}
    if offer.price is None or offer.factor is None:
        return {"code": "no_price", **item}
    if offer.tax_rate is None or offer.tax_category is None:
        return {"code": "no_tax_rate", **item}
    if quantity <= 0:
        return {"code": "not_positive", "label": _("quantity")}
    if not is_on_step(quantity, offer.step):
        return {"code": "off_step", "given": str(quantity), "step": str(offer.step)}
    given = row.get("price")
    if given is not None and _decimal(given) != offer.price and not may(CHANGE_PRICE, who().at):
        return {"code": "price_differs", "price": plain(offer.price), "given": given, **item}
    return None


def _brought_back(
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
        quantity = _decimal(row.get("quantity", 1))
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
    )


def _gross(lines: Sequence[Rung]) -> Decimal:
    return sum((line.taxed.gross for line in lines), ZERO)


# -- the money -----------------------------------------------------------------------------------


@dataclass(slots=True)
class Paid:
    method: PaymentMethod
    amount: Decimal
    tendered: Decimal
    reference: str


def _paid(given: Sequence[Mapping[str, Any]], due: Decimal) -> tuple[list[Paid], Decimal]:
    methods = _methods()
    paid = []
    for number, row in enumerate(given, start=1):
        method = methods.get(str(row.get("method")))
        if method is None:
            facts = {"path": f"payments.{number}", "given": str(row.get("method"))}
            raise Refusal("invalid", problems=[{"code": "method_unknown", **facts}])
        amount = _decimal(row["amount"])
        tendered = _decimal(row.get("tendered") or amount)
        if amount > 0:
            paid.append(Paid(method, amount, tendered, str(row.get("reference") or "")[:64]))
    tenders = [Tender(p.amount, p.tendered, p.method.gives_change) for p in paid]
    change = change_of(tenders, due)
    if change is None:
        handed = sum((p.amount for p in paid), ZERO)
        problem = {"path": "payments", "code": "not_paid", "given": handed, "due": due}
        raise Refusal("invalid", problems=[problem])
    return paid, change


def _methods() -> dict[str, PaymentMethod]:
    return {m.code: m for m in PaymentMethod.objects.filter(state="active")}


def _invoiceable(payments: Sequence[Paid]) -> Decimal:
    return sum((p.amount for p in payments if p.method.is_invoiceable), ZERO)


def _decimal(raw: Any) -> Decimal:
    return raw if isinstance(raw, Decimal) else Decimal(str(raw))


# -- the slip ------------------------------------------------------------------------------------


def _post_slip(
    doing: Doing, declared: DocumentType, slip: Sale | Return, till: OrgUnit, store: OrgUnit,
    on: date, lines: Sequence[Rung], payments: Sequence[Paid], *, follows: UUID | None = None,
) -> None:  # fmt: skip
    """Write document, slip, lines and payments in one statement."""
    slip.net = sum((line.taxed.net for line in lines), ZERO)
    slip.tax = sum((line.taxed.tax for line in lines), ZERO)
    slip.gross = slip.net + slip.tax
    slip.pieces, slip.store = len(lines), store
    slip.document = Document(
        id=doing.subject, type=declared.code, number=next_number(declared, till, on),
        state=State.POSTED.value, org_unit=till, business_date=on, total=slip.gross,
        created_at=doing.at, created_by=who().person, changed_at=doing.at, posted_at=doing.at,
        posted_by=who().person, follows_id=follows, version=1,
    )  # fmt: skip
    slip.lines = list(lines)
    write_slip(slip, lines, payments)
    doing.body = slip
    doing.told = {
        "number": slip.document.number, "total": slip.gross, "store": store.pk,
        "first": lines[0].name, "lines": len(lines),
    }  # fmt: skip


def _fact(doing: Doing, moves: Any) -> Fact:
    document = doing.document
    return Fact(document.pk, document.pk, document.business_date, tuple(moves))


@lru_cache(maxsize=1024)
def _place_id(schema: str, store: UUID) -> UUID:
    return default_place(OrgUnit.objects.get(pk=store)).pk


def _place_of(store: OrgUnit) -> UUID:
    """The place a store sells from. It never changes while the program runs."""
    return _place_id(connection.schema_name, store.pk)  # type: ignore[attr-defined]


# -- the register --------------------------------------------------------------------------------

for _code, _title in (
    (RING_UP, _("Sale: Ring up")),
    (TAKE_BACK, _("Return: Take back")),
    (CHANGE_PRICE, _("Sale: Change a price")),
):
    declare_permission(_code, _title)
for _name in ("till.sale.posted", "till.return.posted"):
    declare_event(_name, _name)

register_action(
    Action(
        code=RING_UP, title=_("Ring up"), run=ring_up, permission=RING_UP, type=SALE,
        event="till.sale.posted",
    )
)  # fmt: skip
register_action(
    Action(
        code=TAKE_BACK, title=_("Take back"), run=take_back, permission=TAKE_BACK, type=RETURN,
        event="till.return.posted",
    )
)  # fmt: skip
register_action(Action(code=PARK, title=_("Park"), run=park, permission=RING_UP, type=SALE))
register_action(
    Action(code="till.sale.recall", title=_("Recall"), run=recall, permission=RING_UP, type=SALE)
)
