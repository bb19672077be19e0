"""The document and master types of the till. Slips are rung up, not drafted."""

from collections.abc import Iterable
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext_lazy as _

from tongpan.business.stock.queries import place_name
from tongpan.business.till import queries
from tongpan.business.till.models import PaymentMethod, Return, ReturnLine, Sale, SaleLine
from tongpan.kernel.documents.declare import register
from tongpan.kernel.documents.fields import Problem, plain, refer
from tongpan.kernel.documents.registry import DocumentType, MasterType
from tongpan.masters.items.models import Item
from tongpan.masters.references import reference
from tongpan.masters.validity import fill_defaults

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


def _posted_by_its_action(body: Any) -> list[Any]:
    raise AssertionError("A slip is posted by the action that rings it up.")


def explain_short(slip: Any, short: dict[str, Any]) -> Problem:
    """Which line of a basket asks for more than stands on the shelf; or that what a member had was
    used elsewhere at the same moment."""
    if short["ledger"] != "stock":
        return {"path": "payments", "code": "balance_moved"}
    number = next(n for n, line in enumerate(slip.lines, 1) if str(line.pk) == str(short["line"]))
    line = slip.lines[number - 1]
    return {
        "path": f"lines.{number}.quantity",
        "code": "short",
        "item": line.name,
        "place": place_name(short["holder"]),
        "unit": Item.objects.select_related("base_unit").get(pk=line.item_id).base_unit.name,
        "has": plain(short["balance"]),
        "needs": plain(-short["change"]),
    }


def paid_by(slip: Any) -> Iterable[tuple[str, Decimal]]:
    """How much of a slip was paid, or paid back, in which way."""
    for payment in queries.payments_of([slip.document_id]).get(slip.document_id, []):
        yield payment.method.name, payment.amount


SLIP = {"figures": paid_by, "in_total": ("gross",)}

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
        header=("store", "net", "tax", "gross", "change", "invoiceable", "invoice_state"),
        columns=LINE,
        listed=SHOWN,
        moves=_posted_by_its_action,
        verbs=VERBS,
        explain_short=explain_short,
        reach=("item__base_unit",),
        screens=SLIP | {"told": ("price_from", "price_level")},
    )
)

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
        reach=("item__base_unit",),
        screens=SLIP,
    )
)
