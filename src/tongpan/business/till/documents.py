"""The document and master types of the till. Slips are rung up, not drafted."""

from collections.abc import Iterable, Iterator, Sequence
from decimal import Decimal
from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.utils.translation import gettext_noop as noop

from tongpan.base.numbers import ZERO
from tongpan.base.refusals import Refusal
from tongpan.business.coupons import queries as coupons
from tongpan.business.coupons.postings import unearned_moves
from tongpan.business.finance import accounts as money
from tongpan.business.finance.documents import CUSTOMER_RECEIPT, explain_used, received_for
from tongpan.business.finance.queries import SETTLED, settled_with
from tongpan.business.membership.queries import by_who_goes_on, home
from tongpan.business.stock.queries import place_name
from tongpan.business.till import queries
from tongpan.business.till.baskets import Rung
from tongpan.business.till.models import (
    DisplayPage,
    PaymentMethod,
    Return,
    ReturnLine,
    Sale,
    SaleLine,
)
from tongpan.business.till.screens import collected, used
from tongpan.business.till.shares import Kind
from tongpan.business.trade.screens import left_of, overdue, still_open
from tongpan.kernel.documents.declare import register
from tongpan.kernel.documents.fields import Problem, plain, refer
from tongpan.kernel.documents.gate import Doing
from tongpan.kernel.documents.models import Document
from tongpan.kernel.documents.registry import DocumentType, MasterType
from tongpan.kernel.documents.sentences import say
from tongpan.kernel.documents.showing import Standing
from tongpan.kernel.ledger.posting import Move
from tongpan.masters.items.models import Item
from tongpan.masters.references import reference
from tongpan.masters.validity import fill_defaults, invalid_columns

say("display_page_empty", noop("Write a text, choose an item whose picture is shown, or both."))
say("half_an_exchange", noop("This is one half of an exchange. Reverse the exchange, with {number}"
                             " as its other half."))  # fmt: skip

VERBS = frozenset({"reverse", "comment", "attach"})
SHOWN = ("number", "business_date", "store", "pieces", "total", "state", "created_by")
LINE = ("item", "quantity", "unit", "price", "tax_rate", "net", "tax", "gross")

refer(reference(PaymentMethod))

PAYMENT_METHOD = register(
    MasterType(
        code="till.payment_method",
        title=_("Payment method"),
        plural=_("Payment methods"),
        help=_("The ways in which customers pay, and what follows from each."),
        job="till",
        model=PaymentMethod,
        key="code",
        fields=(
            "code", "name", "kind", "gives_change", "is_refundable", "is_invoiceable",
            "is_by_provider", "fee_rate", "settle_days", "position",
        ),
        listed=("code", "name", "position", "gives_change", "is_invoiceable", "fee_rate", "state"),
        complete=fill_defaults,
        screens={"order": ("position",)},
    )
)  # fmt: skip


def check_display_page(row: DisplayPage, before: DisplayPage | None) -> Iterator[Problem]:
    yield from invalid_columns(row, ("code",))
    if not row.text and row.item_id is None:
        yield {"path": "text", "code": "display_page_empty"}


DISPLAY_PAGE = register(
    MasterType(
        code="till.display_page",
        title=_("Page of customer displays"),
        plural=_("Pages of customer displays"),
        help=_("Texts and pictures that take turns on customer displays while nobody buys."),
        job="till",
        model=DisplayPage,
        key="code",
        fields=("code", "text", "item", "unit", "position", "valid_from", "valid_until"),
        listed=("code", "text", "item", "unit", "position", "valid_until", "state"),
        complete=fill_defaults,
        check=check_display_page,
        screens={"order": ("position",)},
    )
)


def _posted_by_its_action(body: Any) -> list[Any]:
    raise AssertionError("A slip is posted by the action that rings it up.")


def explain_short(slip: Any, short: dict[str, Any]) -> Problem:
    """Which line of a slip asks for more than stands on the shelf; that what a member had was used
    elsewhere at the same moment; or that what is to be undone was settled already."""
    if short["role"] in SETTLED:
        return explain_used(short)
    if short["ledger"] != "stock":
        code = "coupon_moved" if short["role"] == "coupon" else "balance_moved"
        return {"path": "payments", "code": code}
    number = next(n for n, line in enumerate(slip.lines, 1) if str(line.pk) == str(short["line"]))
    line = slip.lines[number - 1]
    return {
        "path": f"lines.{number}.quantity",
        "code": "short",
        "item": line.name if isinstance(line, Rung) else line.item.name,
        "place": place_name(short["holder"]),
        "unit": Item.objects.select_related("base_unit").get(pk=line.item_id).base_unit.name,
        "has": plain(short["balance"]),
        "needs": plain(-short["change"]),
    }


def title_of(kind: str, reason: str) -> str:
    """What took something off, in words: a promotion's title, or a discount with its reason."""
    if kind in (Kind.PROMOTION, Kind.COUPON):
        return reason
    titles = {
        Kind.LINE: gettext("Discount"), Kind.RECEIPT: gettext("Discount of the receipt"),
        Kind.ROUNDING: gettext("Rounded off"),
    }  # fmt: skip
    title = titles[Kind(kind)]
    return f"{title}: {reason}" if reason else title


def taken_off_and_paid(
    body: Any, standing: Standing | None = None
) -> Iterable[tuple[str, Decimal]]:
    """What was taken off a slip in all, by what and by whom, and how the rest was paid."""
    is_sale = isinstance(body, Sale)
    shares, paid = queries.shares_and_payments(body.document_id, is_sale=is_sale)
    found: dict[str, Decimal] = {}
    for share in shares:
        by = f" ({share.by_whom.name})" if share.by_whom is not None else ""
        title = f"{title_of(share.kind, share.reason)}{by}"
        found[title] = found.get(title, ZERO) - share.amount
    yield from found.items()
    yield from ((payment.method.name, payment.amount) for payment in paid)
    if body.document.party is not None and (left := left_of(body, standing)):
        yield (gettext("Still open") if is_sale else gettext("Still to be used")), left


def settled(body: Any) -> QuerySet[Document]:
    """What settles a slip on account; no other is settled by documents."""
    rows = settled_with(body)
    return rows if body.document.party is not None else rows.none()


def refuse_half_an_exchange(doing: Doing) -> None:
    """One slip of an exchange is not reversed without the other."""
    exchange = queries.exchange_of(doing.subject)
    if exchange is not None and exchange.reversed_at is None:
        other = exchange.sold if exchange.returned_id == doing.subject else exchange.returned
        raise Refusal("half_an_exchange", number=str(other.number))


def undone(sale: Sale, moves: Sequence[Move]) -> list[Move]:
    """A reversed sale takes back what it gave its member, the coupons too that nobody used yet."""
    moves = by_who_goes_on(sale, moves)
    if sale.document.party is None:
        return moves
    return [*moves, *unearned_moves(coupons.unearned(sale.document.number or "", ZERO), home().pk)]


SLIP = {"figures": taken_off_and_paid, "in_total": ("gross",), "beside": settled}

SALE = register(
    DocumentType(
        code="till.sale",
        title=_("Sale"),
        plural=_("Till sales"),
        help=_("What customers bought at a till."),
        job="till",
        body=Sale,
        line=SaleLine,
        numbering="LS-{unit}-{year:02}-{serial:06}",
        header=(
            "store", "customer", "net", "tax", "gross", "change", "invoiceable", "invoice_state",
            "due_on",
        ),
        columns=LINE,
        listed=SHOWN,
        moves=_posted_by_its_action,
        verbs=VERBS,
        explain_short=explain_short,
        reach=("item__base_unit", "price_from__price_list"),
        screens=SLIP | {
            "told": ("price_from", "price_level", "taken_off", "remark"),
            "standings": collected,
            "views": {
                "open": (_("Not collected yet"), still_open("till.sale", "receivable")),
                "overdue": (_("Overdue"), overdue("till.sale", "receivable")),
            },
        },
        take_back=refuse_half_an_exchange,
        undone_by=undone,
    )
)  # fmt: skip
money.opens(SALE.code, money.receivable, party_of=queries.customer_of)
CUSTOMER_RECEIPT.follows[SALE.code] = received_for

RETURN = register(
    DocumentType(
        code="till.return",
        title=_("Customer return"),
        plural=_("Customer returns"),
        help=_("What customers brought back to a till."),
        job="till",
        body=Return,
        line=ReturnLine,
        numbering="LT-{unit}-{year:02}-{serial:06}",
        header=("store", "reason", "net", "tax", "gross"),
        columns=LINE,
        listed=SHOWN,
        moves=_posted_by_its_action,
        verbs=VERBS,
        explain_short=explain_short,
        reach=("item__base_unit",),
        screens=SLIP | {"standings": used},
        take_back=refuse_half_an_exchange,
        undone_by=by_who_goes_on,
    )
)
money.opens(RETURN.code, money.deposit, party_of=queries.customer_of)
CUSTOMER_RECEIPT.follows[RETURN.code] = received_for
