"""The document types of sales on account: order, delivery, return, and closing an order early."""

from collections.abc import Iterable, Iterator
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext_lazy as _
from django.utils.translation import gettext_noop as noop

from tongpan.base.numbers import ZERO, in_yuan
from tongpan.business.finance import accounts as money
from tongpan.business.finance.documents import CUSTOMER_RECEIPT, explain_used, received_for
from tongpan.business.finance.models import CustomerReceipt
from tongpan.business.finance.queries import left_open, settled_with, usual_account
from tongpan.business.sales import queries
from tongpan.business.sales.models import (
    SAID_MAX,
    SalesClosing,
    SalesClosingLine,
    SalesDelivery,
    SalesDeliveryLine,
    SalesOrder,
    SalesOrderLine,
    SalesReturn,
    SalesReturnLine,
)
from tongpan.business.sales.postings import (
    sales_closing_moves,
    sales_delivery_moves,
    sales_order_moves,
    sales_return_moves,
)
from tongpan.business.sales.screens import (
    SOLD,
    delivered,
    deposit_of,
    offset,
    open_of_return,
    paid,
)
from tongpan.business.stock import screens
from tongpan.business.stock.documents import check_goods, complete_goods, explain_short
from tongpan.business.stock.documents.following import (
    at_nothing,
    check_links,
    complete_links,
    documents_of,
    left_lines,
)
from tongpan.business.trade.documents import (
    AMOUNTS,
    PRICED,
    REACH,
    check_at_unit,
    check_following,
    check_priced,
    complete_due,
    complete_priced,
    complete_spine,
    freeze_shares,
    header_of,
)
from tongpan.business.trade.queries import costs_of
from tongpan.business.trade.screens import open_of, overdue, still_open
from tongpan.kernel.documents.declare import register
from tongpan.kernel.documents.fields import Problem
from tongpan.kernel.documents.registry import DocumentType
from tongpan.kernel.documents.sentences import say
from tongpan.kernel.org.scope import declare_permission
from tongpan.masters.parties.models import Party

declare_permission(queries.EXCEED, _("Let customers owe more than their limit"))

say("not_sold_here", noop("{item} is not sold at {unit} (see its item at a unit)."))
say("over_delivered", noop("{item}: {has} {unit} are still to be delivered, not {needs}."))
say("over_brought_back", noop("{item}: {has} {unit} of it can still come back, not {needs}."))
say("owes_too_much", noop("This customer would owe more than agreed. Go on?"))
say("over_credit", noop("{customer} would owe {needs}; the limit is {has}."))
say("other_place", noop("{item} is held at {place}: deliver it from there."))


def explain(body: Any, short: dict[str, Any]) -> Problem:
    """Which line asks for more than is left, by the account that would leave its bounds."""
    if short["ledger"] == "money":  # it is being reversed
        return explain_used(short)
    problem, role = explain_short(body, short), short["role"]
    if role in ("undelivered", "held"):  # both say the same of a line
        return {**problem, "code": "over_delivered", "place": ""}
    return {**problem, "code": "over_brought_back"} if role == "returnable" else problem


def propose_prices(body: Any, lines: Iterable[Any]) -> None:
    """Prices of these lines are those of the customer's lists where nobody wrote one, by how much
    of the item the lines ask for in the same unit.

    A price that the lists have for another unit of the item, or for another quantity, was proposed
    before that was changed: then it follows.
    """
    loose = [line for line in lines if line.item is not None]
    prices = queries.proposed_prices(body, list({n.item_id: n.item for n in loose}.values()))
    many: dict[tuple[Any, Any], Decimal] = {}
    for line in loose:
        many[_goods(line)] = many.get(_goods(line), ZERO) + (line.quantity or ZERO)
    for line in loose:
        offered, others = prices.get(_goods(line)), set[Decimal]()
        for (item, _unit), one in prices.items():
            if item == line.item_id:
                others |= one.prices
        quote = offered.at(many[_goods(line)]) if offered is not None else None
        if quote is not None and (line.price is None or line.price in others):
            line.price = quote.price
        if isinstance(line, SalesOrderLine):
            is_listed = quote is not None and line.price == quote.price
            line.price_said = quote.said[:SAID_MAX] if quote is not None and is_listed else ""


def _goods(line: Any) -> tuple[Any, Any]:
    return line.item_id, line.unit_id or line.item.base_unit_id


def _complete_lots(body: Any) -> None:
    """What is held is held by its lot."""
    for line in body.lines:
        if line.order_line is not None:
            line.lot = line.order_line.lot


def check_ordered(body: Any) -> Iterator[Problem]:
    """What a line of an order holds stands where the order says."""
    yield from check_following(body, "order_line")
    for line in body.lines:
        place = line.order_line.document.salesorder.place if line.order_line else body.place
        if place != body.place:
            path = f"lines.{line.position}.item"
            facts = {"item": line.item.name, "place": str(place)}
            yield {"path": path, "code": "other_place", **facts}


def check_credit(body: Any, *, orders: bool = False) -> Iterator[Problem]:
    """A question about what the customer would owe, for whoever may let them."""
    if body.customer.credit_limit is not None and body.document.total:
        yield from beyond_limit(body.customer, queries.owed_with(body, orders=orders))


def beyond_limit(customer: Party, owed: Decimal) -> Iterator[Problem]:
    """The question whether a customer may owe so much, where that is more than was agreed."""
    limit = customer.credit_limit
    if limit is not None and owed > limit:
        yield {
            "path": "customer", "code": "over_credit", "customer": str(customer),
            "has": in_yuan(limit), "needs": in_yuan(owed), "question": "owes_too_much",
            "permission": queries.EXCEED,
        }  # fmt: skip


# -- order ---------------------------------------------------------------------------------------


def complete_order(body: SalesOrder) -> None:
    propose_prices(body, body.lines)
    complete_priced(body)


def check_order(body: SalesOrder) -> Iterator[Problem]:
    yield from check_priced(body)
    yield from check_at_unit(body, "is_sellable", "not_sold_here")
    yield from check_credit(body, orders=True)


SALES_ORDER = register(
    DocumentType(
        code="sales.order",
        title=_("Sales order"),
        plural=_("Sales orders"),
        help=_("What a customer ordered. The goods are held for them until they are delivered."),
        job="sales",
        body=SalesOrder,
        line=SalesOrderLine,
        numbering="XD-{unit}-{year:02}-{serial:05}",
        header=("customer", "place", "is_tax_included", "wanted_on", "customer_order"),
        columns=PRICED,
        listed=("number", "business_date", "customer", "place", "total", "state", "wanted_on"),
        reach=REACH,
        complete=complete_order,
        check=check_order,
        screens={
            "line_facts": SOLD,
            "begin": screens.at_place_here,
            "standings": delivered,
            "told": ("price_said", *AMOUNTS),
            "figures": deposit_of,
            "usually_then": "sales.delivery",
            "awaited": _("To deliver"),
            "waits": _("%(what)s to deliver"),
        },
        moves=sales_order_moves,
        explain_short=explain,
    )
)


def deposit_for(order: SalesOrder) -> dict[str, Any]:
    """Money in advance for an order; how much of it, somebody writes."""
    unit = order.document.org_unit
    account = usual_account(unit.entity_id, CustomerReceipt)
    header = {"customer": order.customer, "paid_into": account}
    return {"unit": unit, "header": header, "lines": [{"amount": order.document.total}]}


CUSTOMER_RECEIPT.follows[SALES_ORDER.code] = deposit_for


# -- delivery ------------------------------------------------------------------------------------


def delivery_of(order: SalesOrder) -> dict[str, Any]:
    """A delivery of all that is still to go, at the prices of the order."""
    lines = left_lines("undelivered", order.lines, "order_line", "price")
    return {"unit": order.document.org_unit, "header": header_of(order), "lines": lines}


def complete_delivery(body: SalesDelivery) -> None:
    """Prices come from the order, else from the customer's lists."""
    prices = queries.ordered_prices(body.lines)
    for line in body.lines:
        if line.price is None:
            line.price = prices.get((line.order_line_id, line.unit_id))
    propose_prices(body, [line for line in body.lines if line.order_line_id is None])
    _complete_lots(body)
    complete_priced(body)
    complete_due(body)


def check_delivery(body: SalesDelivery) -> Iterator[Problem]:
    yield from check_priced(body)
    yield from check_ordered(body)
    yield from check_credit(body)


SALES_DELIVERY = register(
    DocumentType(
        code="sales.delivery",
        title=_("Sales delivery"),
        plural=_("Sales deliveries"),
        help=_("Goods that go to a customer on account, with or without an order."),
        job="sales",
        body=SalesDelivery,
        line=SalesDeliveryLine,
        numbering="XC-{unit}-{year:02}-{serial:05}",
        header=("customer", "place", "is_tax_included", "due_on"),
        columns=("order_line", *PRICED),
        listed=("number", "business_date", "customer", "place", "total", "state", "due_on"),
        reach=(*REACH, "order_line__document__salesorder__place"),
        complete=complete_delivery,
        check=check_delivery,
        is_left_out=at_nothing("order_line"),
        screens={
            "line_facts": SOLD,
            "begin": screens.at_place_here,
            "verb": _("Deliver"),
            "alone": True,  # goods may go without an order
            "standings": paid,
            "told": AMOUNTS,
            "views": {
                "open": (_("Not collected yet"), still_open("sales.delivery", "receivable")),
                "overdue": (_("Overdue"), overdue("sales.delivery", "receivable")),
            },
            "figures": open_of,
            "left": left_open,
            "beside": queries.beside_delivery,
            "signed_by": (_("Delivered by"), _("Received by")),
        },
        leans_on=documents_of("order_line"),
        moves=sales_delivery_moves,
        explain_short=explain,
        follows={"sales.order": delivery_of},
    )
)
money.opens(SALES_DELIVERY.code, money.receivable)
CUSTOMER_RECEIPT.follows[SALES_DELIVERY.code] = received_for


# -- return --------------------------------------------------------------------------------------


def return_of(delivery: SalesDelivery) -> dict[str, Any]:
    """A return of all of a delivery that has not come back."""
    lines = left_lines("returnable", delivery.lines, "delivery_line")
    header = {"customer": delivery.customer, "place": delivery.place}
    return {"unit": delivery.document.org_unit, "header": header, "lines": lines}


def complete_return(body: SalesReturn) -> None:
    """What the lines come to is known before it is posted, and worked out again then."""
    complete_links(body, "delivery_line")
    complete_spine(body)
    complete_goods(body)
    _share_amounts(body)


def _share_amounts(body: SalesReturn) -> None:
    for line in body.lines:
        line.net = line.tax = line.gross = None
    freeze_shares(body.lines, "returnable", "delivery_line", net="net", gross="gross")
    for line in body.lines:
        line.tax = line.gross - line.net if line.gross is not None else None
    body.document.total = sum((n.gross for n in body.lines if n.gross is not None), ZERO)


def freeze_return(body: SalesReturn) -> None:
    """What the goods had cost, what the customer had paid for them, and what their delivery still
    leaves open: that is taken off first, and what was paid already is the customer's."""
    _share_amounts(body)
    named = [line.delivery_line for line in body.lines if line.delivery_line is not None]
    costs = costs_of(named)
    for whole in named:
        whole.cost = costs.get(whole.pk, ZERO)  # that of the whole line
    freeze_shares(body.lines, "returnable", "delivery_line", cost="cost")
    left = left_open({whole.document_id for whole in named})
    for line in body.lines:
        if line.gross is not None:
            line.offset = min(line.gross, left[line.delivery_line.document_id])
            left[line.delivery_line.document_id] -= line.offset


def check_return(body: SalesReturn) -> Iterator[Problem]:
    yield from check_goods(body)
    yield from check_links(body, "delivery_line")
    yield from check_following(body, "delivery_line")


SALES_RETURN = register(
    DocumentType(
        code="sales.return",
        title=_("Sales return"),
        plural=_("Sales returns"),
        help=_(
            "Goods that a customer brings back. What they come to is taken off their delivery; what"
            " was paid already can be used for other deliveries or paid back."
        ),
        job="sales",
        body=SalesReturn,
        line=SalesReturnLine,
        numbering="XT-{unit}-{year:02}-{serial:05}",
        header=("customer", "place", "reason"),
        columns=("delivery_line", "item", "lot", "quantity", "unit"),
        listed=("number", "business_date", "customer", "place", "total", "state", "reason"),
        reach=("item__base_unit", "delivery_line__document"),
        complete=complete_return,
        check=check_return,
        is_left_out=at_nothing("delivery_line"),
        screens={
            "line_facts": screens.UNITS,
            "verbs": {"sales.delivery": _("Take back")},
            "told": (*AMOUNTS, "cost"),
            "standings": offset,
            "figures": open_of_return,
            "beside": settled_with,
        },
        leans_on=documents_of("delivery_line"),
        freeze=freeze_return,
        frozen=("net", "tax", "gross", "cost", "offset"),
        moves=sales_return_moves,
        explain_short=explain,
        follows={"sales.delivery": return_of},
    )
)
money.opens(SALES_RETURN.code, money.deposit)
CUSTOMER_RECEIPT.follows[SALES_RETURN.code] = received_for


# -- closing an order early ----------------------------------------------------------------------


def closing_of(order: SalesOrder) -> dict[str, Any]:
    """The end of all that is still to be delivered."""
    lines = left_lines("undelivered", order.lines, "order_line")
    header = {"customer": order.customer, "place": order.place}
    return {"unit": order.document.org_unit, "header": header, "lines": lines}


def complete_closing(body: SalesClosing) -> None:
    complete_links(body, "order_line")
    _complete_lots(body)
    complete_spine(body)
    complete_goods(body)


def check_closing(body: SalesClosing) -> Iterator[Problem]:
    yield from check_goods(body)
    yield from check_links(body, "order_line")
    yield from check_ordered(body)


SALES_CLOSING = register(
    DocumentType(
        code="sales.closing",
        title=_("Closing of a sales order"),
        plural=_("Closings of sales orders"),
        help=_("What of an order will not be delivered: the goods are free for others again."),
        job="sales",
        body=SalesClosing,
        line=SalesClosingLine,
        numbering="XG-{unit}-{year:02}-{serial:05}",
        header=("customer", "place", "reason"),
        columns=("order_line", "item", "lot", "quantity", "unit"),
        listed=("number", "business_date", "customer", "place", "state", "reason"),
        reach=("item__base_unit", "order_line__document__salesorder__place"),
        complete=complete_closing,
        check=check_closing,
        is_left_out=at_nothing("order_line"),
        screens={"line_facts": screens.UNITS, "verbs": {"sales.order": _("Close early")}},
        moves=sales_closing_moves,
        explain_short=explain,
        follows={"sales.order": closing_of},
    )
)
