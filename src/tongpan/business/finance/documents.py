"""The document and master types of finance."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import gettext_noop as noop

from tongpan.base.numbers import ZERO, in_yuan
from tongpan.business.finance import accounts, queries
from tongpan.business.finance.models import (
    CustomerReceipt,
    CustomerReceiptLine,
    MoneyOpening,
    MoneyOpeningLine,
    MoneyPlace,
    OpenItem,
    SetOff,
    SetOffLine,
    Settlement,
    SupplierPayment,
    SupplierPaymentLine,
)
from tongpan.business.finance.postings import (
    account_of,
    customer_receipt_moves,
    opening_moves,
    set_off_moves,
    side_of,
    supplier_payment_moves,
)
from tongpan.business.finance.screens import (
    ACCOUNTS,
    OPEN_ITEMS,
    OPEN_ON_BOTH_SIDES,
    SIDE_OF_LINE,
    begun,
    not_opened,
    proposed,
    proposed_on_both_sides,
    used,
)
from tongpan.kernel.documents.declare import register
from tongpan.kernel.documents.fields import Problem, Reference, as_id, refer
from tongpan.kernel.documents.models import State
from tongpan.kernel.documents.registry import DocumentType, MasterType
from tongpan.kernel.documents.sentences import say
from tongpan.kernel.org.scope import visible
from tongpan.masters.references import reference
from tongpan.masters.validity import fill_defaults

say("not_a_supplier", noop("{name} is not a supplier."))
say("not_a_customer", noop("{name} is not a customer."))
say("money_of_other_entity", noop("{name} belongs to another legal entity."))
say("nothing_to_settle", noop("{number} leaves nothing to pay or to use."))
say("settles_other_supplier", noop("{number} is of another supplier."))
say("settles_other_customer", noop("{number} is of another customer."))
say("settles_other_party", noop("{number} is of another party."))
say("settles_other_entity", noop("{number} is of another legal entity."))
say("bill_below_zero", noop("{number} is to be paid: its amount is above zero."))
say("credit_above_zero", noop("{number} is owed to us: write what of it is used below zero."))
say("deposit_above_zero", noop("{number} is the customer's: write what of it is used below zero."))
say("pays_nothing", noop("A line of zero settles nothing."))
say("set_off_unequal", noop("{owed} of what we owe stands against {owing} of what they owe: both"
                            " must be the same, as no money moves."))  # fmt: skip
say("paid_too_much", noop("{number}: only {has} is open, {needs} is to be settled."))
say("advance_used", noop("{used} of this was settled with other documents: reverse those first."))

say("opens_nothing", noop("Leave out {name}: an account with nothing in it needs no line."))
say("cash_below_zero", noop("{name} is cash: it cannot hold less than nothing."))
say("account_of_other_unit", noop("{name} belongs to {unit}: write a document of its own for it."))
say("account_named_twice", noop("{name} stands here twice."))
say("opened_before", noop("{name} has an opening balance already: reverse {number} first."))

_by_code = reference(MoneyPlace)
refer(Reference(MoneyPlace, _by_code.find, str, _by_code.search, _by_code.code))


def _find_items(texts: Iterable[str]) -> Mapping[str, Any]:
    wanted = list(texts)
    ids = [as_id(text) for text in wanted if as_id(text)]
    rows = visible(OpenItem).select_related("org_unit", "other_unit")
    found: dict[str, Any] = {}
    for row in rows.filter(Q(pk__in=ids) | Q(number__in=wanted)):
        found |= {str(row.pk): row, str(row.number): row}
    return {text: found[text] for text in wanted if text in found}


refer(
    Reference(
        OpenItem,
        find=_find_items,
        label=str,
        search=lambda _text, _limit: (),  # only a payment knows which are open: see `screens`
        code=lambda row: str(row.number or row.pk),
        reach=("org_unit", "other_unit"),
    )
)

MONEY_PLACE = register(
    MasterType(
        code="finance.money_place",
        title=_("Money account"),
        plural=_("Money accounts"),
        help=_("Where money is: cash boxes, safes, bank accounts, payment providers."),
        job="money",
        model=MoneyPlace,
        key="code",
        fields=("code", "name", "unit", "kind", "number"),
        listed=("code", "name", "unit", "kind", "state"),
        complete=fill_defaults,
        unit_of=lambda row: row.unit_id,
    )
)


# -- payment -------------------------------------------------------------------------------------


def complete_payment(body: Settlement) -> None:
    """A payment is of the unit whose money it is; it comes to the sum of its lines."""
    body.document.party = body.party_id
    if body.money is not None:
        body.document.org_unit = body.money.unit
    body.document.total = sum((n.amount for n in body.lines if n.amount is not None), ZERO)


def check_payment(body: Any) -> Iterator[Problem]:
    of = body.party_field
    if not getattr(body.party, f"is_{of}"):
        yield {"path": of, "code": f"not_a_{of}", "name": str(body.party)}
    for line in body.lines:
        yield from _check_line(body, line, f"lines.{line.position}")


def _check_line(body: Any, line: Any, path: str) -> Iterator[Problem]:
    item, amount = line.settles, line.amount
    if amount == 0:
        yield {"path": f"{path}.amount", "code": "pays_nothing"}
    if item is None:
        if amount < 0:
            yield {"path": f"{path}.amount", "code": "not_positive", "label": _("amount")}
        return
    problem = {"path": f"{path}.settles", "number": str(item)}
    of = side_of(body, item)
    opened, side = accounts.opened_by(item.type, of), accounts.SIDES[of]
    if opened is None or item.state != State.POSTED:
        yield {**problem, "code": "nothing_to_settle"}
    elif queries.party_of(item, opened, of) != body.party_id:
        others = of if len(body.sides) == 1 else "party"
        yield {**problem, "code": f"settles_other_{others}"}
    elif queries.end_of(item, opened).entity_id != body.document.org_unit.entity_id:
        yield {**problem, "code": "settles_other_entity"}
    elif amount < 0 and opened.account is side.owed:
        yield {**problem, "path": f"{path}.amount", "code": "bill_below_zero"}
    elif amount > 0 and opened.account is side.credit:
        code = {"supplier": "credit_above_zero", "customer": "deposit_above_zero"}
        yield {**problem, "path": f"{path}.amount", "code": code[of]}


def explain_payment(body: Any, short: dict[str, Any]) -> Problem:
    """Which line settles more than is open; or, when it is reversed, that its advance was used."""
    for line in body.lines:
        if line.settles is not None and account_of(body, line).key == short["account"]:
            return {
                "path": f"lines.{line.position}.amount",
                "code": "paid_too_much",
                "number": str(line.settles),
                "has": in_yuan(abs(short["balance"])),
                "needs": in_yuan(abs(short["change"])),
            }
    return explain_used(short)


def explain_used(short: dict[str, Any]) -> Problem:
    """That what a document had left open was settled already, so it cannot be taken back."""
    used = abs(short["change"]) - abs(short["balance"])
    return {"path": "", "code": "advance_used", "used": in_yuan(used)}


def payment_of(body: Any) -> dict[str, Any]:
    """A payment of what a bill leaves open, or the money back for a credit that does."""
    return _settling(SupplierPayment, body)


def received_for(body: Any) -> dict[str, Any]:
    """What a customer pays for a delivery, or gets back for goods that they returned."""
    return _settling(CustomerReceipt, body)


def _settling(settlement: type[Settlement], body: Any) -> dict[str, Any]:
    document, side = body.document, settlement.party_field
    opened = accounts.opened_by(document.type, side)
    unit = document.org_unit if opened is None else queries.end_of(document, opened)
    account = queries.usual_account(unit.entity_id, settlement)
    left = queries.left_open([document.pk], side)[document.pk]
    item = OpenItem.unscoped.select_related("org_unit", "other_unit").get(pk=document.pk)
    return {
        "unit": unit,
        "header": {side: getattr(body, side, body.party), settlement.money_field: account},
        "lines": [{"settles": item, "amount": left}] if left else [],
    }


def settled_by(body: Any) -> Sequence[UUID]:
    return [line.settles_id for line in body.lines if line.settles_id]


SUPPLIER_PAYMENT = register(
    DocumentType(
        code="finance.supplier_payment",
        title=_("Payment to supplier"),
        plural=_("Payments to suppliers"),
        help=_(
            "Money that goes to a supplier. Each line pays a bill, in full or in part; a line below"
            " zero uses a credit, a line without a bill is paid in advance. When credits are more,"
            " the supplier's money comes in."
        ),
        job="money",
        body=SupplierPayment,
        line=SupplierPaymentLine,
        numbering="FK-{unit}-{year:02}-{serial:05}",
        header=("supplier", "paid_from", "reference"),
        columns=("settles", "amount"),
        listed=("number", "business_date", "supplier", "paid_from", "total", "state"),
        complete=complete_payment,
        check=check_payment,
        leans_on=settled_by,
        moves=supplier_payment_moves,
        explain_short=explain_payment,
        screens={
            "alone": True,
            "verbs": {
                "purchasing.bill": _("Pay"),
                "purchasing.credit": _("Money back"),
                "franchise.supply": _("Pay"),
                "franchise.return": _("Money back"),
            },
            "line_facts": OPEN_ITEMS,
            "propose": proposed,
            "propose_by": "supplier",
            "are_owned": True,
            "standings": used,
            "beside": queries.settled_with,
            "signed_by": (_("Paid out by"), _("Payee")),
        },
    )
)
accounts.opens(SUPPLIER_PAYMENT.code, accounts.advance)

CUSTOMER_RECEIPT = register(
    DocumentType(
        code="finance.customer_receipt",
        title=_("Receipt from customer"),
        plural=_("Receipts from customers"),
        help=_(
            "Money that comes from a customer. Each line is for a delivery, in full or in part; a"
            " line below zero uses a deposit or what came back, a line without a delivery is a"
            " deposit. When those are more, the customer's money goes back."
        ),
        job="money",
        body=CustomerReceipt,
        line=CustomerReceiptLine,
        numbering="SK-{unit}-{year:02}-{serial:05}",
        header=("customer", "paid_into", "reference"),
        columns=("settles", "amount"),
        listed=("number", "business_date", "customer", "paid_into", "total", "state"),
        complete=complete_payment,
        check=check_payment,
        leans_on=settled_by,
        moves=customer_receipt_moves,
        explain_short=explain_payment,
        screens={
            "alone": True,
            "verbs": {
                "sales.order": _("Take a deposit"),
                "sales.delivery": _("Receive money"),
                "sales.return": _("Pay back"),
                "till.sale": _("Receive money"),
                "till.return": _("Pay back"),
                "franchise.supply": _("Receive money"),
                "franchise.return": _("Pay back"),
            },
            "ends": {"franchise.supply": "near", "franchise.return": "near"},
            "line_facts": OPEN_ITEMS,
            "propose": proposed,
            "propose_by": "customer",
            "are_owned": True,
            "standings": used,
            "beside": queries.settled_with,
            "signed_by": (_("Money received by"), _("Payer")),
        },
    )
)
accounts.opens(CUSTOMER_RECEIPT.code, accounts.deposit)


# -- setting off ---------------------------------------------------------------------------------


def complete_set_off(body: SetOff) -> None:
    """It is of the unit where it is written, and comes to what is taken off our own debt."""
    body.document.party = body.party_id
    body.document.total = _on_side(body, "supplier")


def _on_side(body: SetOff, side: str) -> Decimal:
    lines = [line for line in body.lines if line.settles is not None and line.amount is not None]
    return sum((line.amount for line in lines if side_of(body, line.settles) == side), ZERO)


def check_set_off(body: SetOff) -> Iterator[Problem]:
    for side in body.sides:
        if not getattr(body.party, f"is_{side}"):
            yield {"path": "party", "code": f"not_a_{side}", "name": str(body.party)}
    for line in body.lines:
        yield from _check_line(body, line, f"lines.{line.position}")
    owed, owing = _on_side(body, "supplier"), _on_side(body, "customer")
    if owed != owing:
        facts = {"owed": in_yuan(owed), "owing": in_yuan(owing)}
        yield {"path": "lines", "code": "set_off_unequal", **facts}


SET_OFF = register(
    DocumentType(
        code="finance.set_off",
        title=_("Set-off"),
        plural=_("Set-offs"),
        help=_(
            "What we owe a party against what the same party owes us, without money. Lines name"
            " bills of theirs and deliveries of ours; both sides come to the same. A line below"
            " zero uses a credit, an advance or a deposit."
        ),
        job="money",
        body=SetOff,
        line=SetOffLine,
        numbering="DX-{unit}-{year:02}-{serial:05}",
        header=("party", "reference"),
        columns=("settles", "amount"),
        listed=("number", "business_date", "party", "org_unit", "total", "state"),
        complete=complete_set_off,
        check=check_set_off,
        leans_on=settled_by,
        moves=set_off_moves,
        explain_short=explain_payment,
        screens={
            "line_facts": OPEN_ON_BOTH_SIDES,
            "line_words": SIDE_OF_LINE,
            "propose": proposed_on_both_sides,
            "propose_by": "party",
            "are_owned": True,
            "names_unit": True,
            "unsummed": ("amount",),
            "beside": queries.settled_with,
            "signed_by": (_("Written by"), _("The other side")),
        },
    )
)


# -- opening balances ----------------------------------------------------------------------------


def complete_opening(body: MoneyOpening) -> None:
    """Opening balances are of the unit whose money it is; they come to the sum of their lines."""
    places = [line.place for line in body.lines if line.place is not None]
    if places:
        body.document.org_unit = places[0].unit
    body.document.total = sum((n.amount for n in body.lines if n.amount is not None), ZERO)


def check_opening(body: Any) -> Iterator[Problem]:
    before = queries.opened_on([line.place_id for line in body.lines])
    named = set()
    for line in body.lines:
        place, path = line.place, f"lines.{line.position}.place"
        facts = {"path": path, "name": place.name}
        if place.unit_id != body.document.org_unit_id:
            yield {**facts, "code": "account_of_other_unit", "unit": place.unit.name}
        elif place.pk in named:
            yield {**facts, "code": "account_named_twice"}
        elif place.pk in before:
            yield {**facts, "code": "opened_before", "number": before[place.pk]}
        named.add(place.pk)
        amount = {**facts, "path": f"lines.{line.position}.amount"}
        if line.amount == 0:
            yield {**amount, "code": "opens_nothing"}
        elif line.amount < 0 and place.kind == MoneyPlace.Kind.CASH:
            yield {**amount, "code": "cash_below_zero"}


def explain_begun(body: Any, short: dict[str, Any]) -> Problem:
    """That somebody else opened an account at the same moment."""
    line = next(n for n in body.lines if str(n.pk) == str(short["line"]))
    number = queries.opened_on([line.place_id]).get(line.place_id, "")
    path = f"lines.{line.position}.place"
    return {"path": path, "code": "opened_before", "name": line.place.name, "number": number}


OPENING = register(
    DocumentType(
        code="finance.opening",
        title=_("Opening money"),
        plural=_("Opening money"),
        help=_(
            "What was in the cash boxes and bank accounts of a unit when the books began. Choose"
            " the evening before as its date; an overdraft is below zero."
        ),
        job="money",
        body=MoneyOpening,
        line=MoneyOpeningLine,
        numbering="QZ-{unit}-{year:02}-{serial:05}",
        header=(),
        columns=("place", "amount"),
        listed=("number", "business_date", "org_unit", "total", "state", "created_by"),
        reach=("place__unit",),
        complete=complete_opening,
        check=check_opening,
        moves=opening_moves,
        explain_short=explain_begun,
        screens={
            "line_facts": ACCOUNTS,
            "propose": not_opened,
            "lines_note": begun,
            "names_unit": True,
            "posted_from_sheet": True,
            "signed_by": (_("Counted by"), _("Checked by")),
        },
    )
)
