"""Franchise supply (加盟配货) and its return: one paper, two legal entities' books."""

from collections.abc import Iterator
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext_lazy as _
from django.utils.translation import gettext_noop as noop

from tongpan.base.numbers import MONEY_STEP, ZERO, round_to
from tongpan.business.finance import accounts as money
from tongpan.business.finance.documents import (
    CUSTOMER_RECEIPT,
    SUPPLIER_PAYMENT,
    payment_of,
    received_for,
)
from tongpan.business.finance.queries import credit_of, left_open, settled_with
from tongpan.business.franchise import queries, standings
from tongpan.business.franchise.models import (
    BetweenEntities,
    Condition,
    Supply,
    SupplyLine,
    SupplyReceipt,
    SupplyReceiptLine,
    SupplyReturn,
    SupplyReturnLine,
)
from tongpan.business.franchise.postings import (
    supply_moves,
    supply_receipt_moves,
    supply_return_moves,
)
from tongpan.business.purchasing.queries import is_tax_deducted
from tongpan.business.sales.documents import check_credit, explain, propose_prices
from tongpan.business.stock import screens
from tongpan.business.stock.documents import check_goods, complete_goods, explain_short
from tongpan.business.stock.documents.beyond import BEYOND, count_beyond
from tongpan.business.stock.documents.following import (
    at_nothing,
    check_links,
    complete_links,
    documents_of,
    left_lines,
)
from tongpan.business.stock.documents.requisitions import check_answers
from tongpan.business.stock.documents.transfers import (
    ARRIVED,
    check_receipt,
    complete_receipt,
    receipt_of,
    transfer_of,
)
from tongpan.business.trade.documents import (
    AMOUNTS,
    PRICED,
    REACH,
    check_priced,
    complete_due,
    complete_priced,
    freeze_shares,
)
from tongpan.business.trade.queries import rates_for
from tongpan.kernel.documents.declare import register
from tongpan.kernel.documents.fields import Problem
from tongpan.kernel.documents.models import State
from tongpan.kernel.documents.registry import DocumentType
from tongpan.kernel.documents.sentences import say

HUNDRED = Decimal(100)
ENDS = ("from_place_id", "to_place_id", "customer_id", "supplier_id")

say("same_entity", noop("{from_unit} and {to_unit} belong to one legal entity: make a transfer."))
say("entity_without_party", noop("Make a party first that stands for {entity}: see its form."))
say("over_refused", noop("{item}: {has} {unit} are to be taken back, not {needs}."))
say("not_of_supply", noop("This line belongs to a supply between others, or to another item."))


def complete_ends(body: BetweenEntities) -> None:
    """The sender's unit is that of the paper, the store sees it too; parties stand for both."""
    if body.from_place is not None:
        body.document.org_unit = body.from_place.unit
        body.supplier = queries.party_of(body.from_place.unit.entity_id)
    body.customer = None
    body.document.other_unit = None
    if body.to_place is not None:
        body.document.other_unit = body.to_place.unit
        body.customer = queries.party_of(body.to_place.unit.entity_id)
    body.document.party = body.customer.pk if body.customer else None


def check_ends(body: Any) -> Iterator[Problem]:
    """The ends are of two legal entities, and a party stands for each."""
    sender, receiver = body.from_place.unit, body.to_place.unit
    if sender.entity_id == receiver.entity_id:
        facts = {"from_unit": sender.name, "to_unit": receiver.name}
        yield {"path": "to_place", "code": "same_entity", **facts}
    day = body.document.business_date
    known = queries.known_taxpayers((sender.entity_id, receiver.entity_id), day)
    queries.fetch_parties(body)
    for path, unit, party in (("from_place", sender, body.supplier),
                              ("to_place", receiver, body.customer)):  # fmt: skip
        if party is None:
            yield {"path": path, "code": "entity_without_party", "entity": unit.entity.name}
        if unit.entity_id not in known:
            yield {"path": path, "code": "taxpayer_kind_missing", "entity": unit.entity.name}


# -- supply --------------------------------------------------------------------------------------


def complete_supply(body: Supply) -> None:
    """Prices are the cost and what was agreed on top, else those of the customer's lists, where
    nobody wrote one; what they cost the store depends on what kind of taxpayer it is."""
    complete_links(body, "requisition_line")
    complete_ends(body)
    if body.from_place is not None and body.customer is not None:
        percent = queries.percent_of(body.customer)
        if percent is None:
            propose_prices(body, body.lines)
        else:
            _price_by_cost(body, percent)
    complete_priced(body)
    count_beyond(body)
    if body.customer is not None:
        complete_due(body)
    store = body.to_place.unit.entity if body.to_place else None
    is_deducted = store is not None and is_tax_deducted(store, body.document.business_date)
    for line in body.lines:
        line.cost = line.net if is_deducted else line.gross


def _price_by_cost(body: Supply, percent: Decimal) -> None:
    costs = queries.costs_here(body)
    rates = rates_for(body.lines, body.document.business_date)
    for line in body.lines:
        cost = costs.get((line.item_id, line.unit_id)) if line.item else None
        if not cost or line.price is not None:
            continue
        price = cost * (HUNDRED + percent) / HUNDRED
        if body.is_tax_included:
            price *= 1 + (rates.get(line.item.tax_category_id) or ZERO)
        line.price = round_to(price, MONEY_STEP)


def check_supply(body: Any) -> Iterator[Problem]:
    yield from check_ends(body)
    if body.customer is None or body.supplier is None:
        return
    if not body.supplier.is_supplier:
        yield {"path": "from_place", "code": "not_a_supplier", "name": str(body.supplier)}
    yield from check_priced(body)
    yield from check_answers(body, body.to_place.unit)
    yield from check_credit(body)


def supply_of(requisition: Any) -> dict[str, Any]:
    """A supply of what is still asked for, as far as it stands where it is asked of."""
    payload = transfer_of(requisition)
    del payload["header"]["wanted_on"]
    return payload


def seller_left(documents: Any) -> dict[Any, Decimal]:
    """What is still to be collected for these supplies, or to be used of what came back."""
    return left_open(documents, "customer")


def open_of_supply(body: Any, _standing: Any = None) -> Iterator[tuple[Any, Decimal]]:
    """What the sender has still to collect, and what the store has still to pay."""
    yield _("Still to be collected"), left_open([body.document_id], "customer")[body.document_id]
    yield _("Still to be paid"), left_open([body.document_id], "supplier")[body.document_id]


SUPPLY = register(
    DocumentType(
        code="franchise.supply",
        title=_("Franchise supply"),
        plural=_("Franchise supplies"),
        help=_(
            "Goods that go to a store of another legal entity: sold by the one and bought by the"
            " other, in the books of both at once. They are on their way until the store receives"
            " them."
        ),
        job="sales",
        body=Supply,
        line=SupplyLine,
        numbering="PH-{unit}-{year:02}-{serial:05}",
        header=("from_place", "to_place", "is_tax_included", "due_on"),
        columns=("requisition_line", *PRICED),
        listed=("number", "business_date", "from_place", "to_place", "total", "state", "due_on"),
        reach=(*REACH, "requisition_line__document"),
        complete=complete_supply,
        check=check_supply,
        freeze=count_beyond,
        frozen=("beyond",),
        is_left_out=at_nothing("requisition_line"),
        screens={
            "line_words": BEYOND,
            "line_facts": screens.STOCK,
            "begin": screens.from_here,
            "verb": _("Supply goods"),
            "alone": True,  # goods may go that nobody asked for
            "waits_at": screens.WAITS_FOR_OTHER_ENTITY,
            "standings": standings.supplied,
            "told": AMOUNTS,
            "figures": open_of_supply,
            "left": seller_left,
            "beside": settled_with,
            "signed_by": (_("Handed over"), _("Received by")),
        },
        leans_on=documents_of("requisition_line"),
        moves=supply_moves,
        explain_short=explain,
        follows={"stock.requisition": supply_of},
    )
)  # fmt: skip
money.opens(SUPPLY.code, money.receivable)
money.opens(SUPPLY.code, money.payable, at_other_unit=True)
CUSTOMER_RECEIPT.follows[SUPPLY.code] = received_for
SUPPLIER_PAYMENT.follows[SUPPLY.code] = payment_of


# -- receipt -------------------------------------------------------------------------------------

SUPPLY_RECEIPT = register(
    DocumentType(
        code="franchise.receipt",
        title=_("Receipt of a franchise supply"),
        plural=_("Receipts of franchise supplies"),
        help=_(
            "What arrived of a franchise supply, in parts if need be. What came damaged or not at"
            " all was charged already: the sender takes it back, and both books are corrected."
        ),
        job="stock",
        body=SupplyReceipt,
        line=SupplyReceiptLine,
        numbering="PS-{unit}-{year:02}-{serial:05}",
        header=("place",),
        columns=ARRIVED,
        listed=("number", "business_date", "place", "state", "created_by"),
        reach=("item__base_unit", "sent_line__item"),
        complete=complete_receipt,
        check=check_receipt,
        screens={
            "fixed": ARRIVED[:4],
            "verb": _("Receive"),
            "standings": standings.refused,
            "seldom": (standings.RETURN,),  # most receipts refuse nothing
            "awaited": _("To take back"),
            "waits": _("%(what)s to take back"),
        },
        moves=supply_receipt_moves,
        explain_short=explain_short,
        follows={SUPPLY.code: receipt_of},
    )
)


# -- return --------------------------------------------------------------------------------------


def return_of(supply: Supply) -> dict[str, Any]:
    """A return of all of a supply that was put away and has not come back."""
    lines, away = [], queries.not_put_away(line.pk for line in supply.lines)
    for row in left_lines("returnable", supply.lines, "supply_line"):
        line = row["supply_line"]
        row["quantity"] -= away[line.pk] * line.quantity / line.base_quantity
        if row["quantity"] > 0:
            lines.append(row)
    return _between(supply, supply.document.org_unit, lines)


def return_of_receipt(receipt: SupplyReceipt) -> dict[str, Any]:
    """A return of what a receipt did not accept: what came damaged, and what did not come."""
    supply = queries.supply_of(receipt.document.follows_id)
    assert supply is not None, "What is received was supplied."
    left, lines = queries.refused_of(line.pk for line in receipt.lines), []
    for line in receipt.lines:
        fates = ((Condition.DAMAGED, line.damaged), (Condition.MISSING, line.missing))
        for condition, said in fates:
            part = min(said or ZERO, left.get(line.pk, ZERO))
            if part:
                left[line.pk] -= part
                row = {"supply_line": line.sent_line, "receipt_line": line, "item": line.item}
                more = {"unit": line.item.base_unit, "quantity": part, "condition": condition}
                lines.append(row | {"lot": line.lot} | more)
    return _between(supply, receipt.document.other_unit, lines)


def _between(supply: Supply, sender: Any, lines: list[dict[str, Any]]) -> dict[str, Any]:
    header = {"from_place": supply.from_place, "to_place": supply.to_place}
    return {"unit": sender, "header": header, "lines": lines}


def complete_return(body: SupplyReturn) -> None:
    """Whom it is between is what its supply says, whoever stands for them by now."""
    complete_links(body, "supply_line", "receipt_line")
    complete_ends(body)
    supply = queries.supply_of(body.document.follows_id)
    if supply is not None:
        body.customer, body.supplier = supply.customer, supply.supplier
        body.document.party = supply.customer_id
    complete_goods(body)
    _share_amounts(body)


def _share_amounts(body: SupplyReturn, **more: str) -> None:
    for line in body.lines:
        line.net = line.tax = line.gross = line.cost_there = None
    shares = {"net": "net", "gross": "gross", "cost_there": "cost", **more}
    freeze_shares(body.lines, "returnable", "supply_line", **shares)
    for line in body.lines:
        line.tax = line.gross - line.net if line.gross is not None else None
    body.document.total = sum((n.gross for n in body.lines if n.gross is not None), ZERO)


def freeze_return(body: SupplyReturn) -> None:
    """What the goods had cost at either end, and what their supply still leaves open there."""
    named = [line.supply_line for line in body.lines if line.supply_line is not None]
    costs = queries.costs_of_supplied(named)
    for whole in named:
        whole.left_at = costs.get(whole.pk, ZERO)  # that of the whole line
    _share_amounts(body, cost="left_at")
    open_at = queries.open_at_ends({whole.document_id for whole in named})
    for column, side in (("offset", "customer"), ("offset_there", "supplier")):
        left = open_at[side]
        for line in body.lines:
            if line.gross is not None:
                taken = min(line.gross, left[line.supply_line.document_id])
                setattr(line, column, taken)
                left[line.supply_line.document_id] -= taken


def check_return(body: Any) -> Iterator[Problem]:
    yield from check_goods(body)
    yield from check_links(body, "supply_line")
    for line in body.lines:
        named = line.supply_line
        if named is None:
            continue
        supply = named.document.supply
        ours = (State.POSTED, line.item_id, *(getattr(body, end) for end in ENDS))
        theirs = (named.document.state, named.item_id, *(getattr(supply, end) for end in ENDS))
        received = line.receipt_line
        if ours != theirs or (received is not None and received.sent_line_id != named.pk):
            yield {"path": f"lines.{line.position}.item", "code": "not_of_supply"}


def explain_return(body: Any, short: dict[str, Any]) -> Problem:
    """Which line takes back more than is there; what was not accepted stands on no shelf."""
    problem = explain(body, short)
    return {**problem, "code": "over_refused"} if short["role"] == "refused" else problem


def used_of_return(body: Any, _standing: Any = None) -> Iterator[tuple[Any, Decimal]]:
    """What of a return was taken off its supply at once, and what the store may still use."""
    given, left = credit_of(body.document_id)
    yield _("Taken off the supply"), body.document.total - given
    yield _("Still to be used"), left


SUPPLY_RETURN = register(
    DocumentType(
        code="franchise.return",
        title=_("Return of a franchise supply"),
        plural=_("Returns of franchise supplies"),
        help=_(
            "Goods that a store of another legal entity gives back, at what it was charged. Both"
            " books are corrected; what was paid already can be used."
        ),
        job="sales",
        body=SupplyReturn,
        line=SupplyReturnLine,
        numbering="PT-{unit}-{year:02}-{serial:05}",
        header=("from_place", "to_place", "reason"),
        columns=("supply_line", "receipt_line", "item", "lot", "quantity", "unit", "condition"),
        listed=("number", "business_date", "from_place", "to_place", "total", "state", "reason"),
        reach=("item__base_unit", "supply_line__document__supply", "receipt_line"),
        complete=complete_return,
        check=check_return,
        is_left_out=at_nothing("supply_line"),
        screens={
            "line_facts": screens.UNITS,
            "verbs": dict.fromkeys((SUPPLY.code, SUPPLY_RECEIPT.code), _("Take goods back")),
            "waits_at": standings.WAITS_AT_SENDER,
            "ends": {"franchise.supply": "near"},
            "told": AMOUNTS,
            "standings": standings.used,
            "figures": used_of_return,
            "beside": settled_with,
        },
        leans_on=documents_of("supply_line", "receipt_line"),
        freeze=freeze_return,
        frozen=("net", "tax", "gross", "cost", "cost_there", "offset", "offset_there"),
        moves=supply_return_moves,
        explain_short=explain_return,
        follows={SUPPLY.code: return_of, SUPPLY_RECEIPT.code: return_of_receipt},
    )
)  # fmt: skip
money.opens(SUPPLY_RETURN.code, money.deposit)
money.opens(SUPPLY_RETURN.code, money.advance, at_other_unit=True)
CUSTOMER_RECEIPT.follows[SUPPLY_RETURN.code] = received_for
SUPPLIER_PAYMENT.follows[SUPPLY_RETURN.code] = payment_of
