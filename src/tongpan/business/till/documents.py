"""The document and master types of the till. Slips are rung up, not drafted."""

from typing import Any

from django.utils.translation import gettext_lazy as _

from tongpan.business.till.models import PaymentMethod, Return, ReturnLine, Sale, SaleLine
from tongpan.kernel.documents.declare import register
from tongpan.kernel.documents.fields import refer
from tongpan.kernel.documents.registry import DocumentType, MasterType
from tongpan.masters.references import reference

VERBS = frozenset({"reverse", "comment", "attach"})
LINE = ("item", "quantity", "unit", "price", "tax_rate", "net", "tax", "gross")

refer(reference(PaymentMethod))

PAYMENT_METHOD = register(
    MasterType(
        code="till.payment_method",
        title=_("Payment method"),
        help=_("The ways in which customers pay, and what follows from each."),
        job="till",
        model=PaymentMethod,
        key="code",
        fields=(
            "code", "name", "gives_change", "is_refundable", "is_invoiceable", "fee_rate",
            "settle_days",
        ),
        listed=("code", "name", "gives_change", "is_invoiceable", "fee_rate", "state"),
    )
)  # fmt: skip


def _posted_by_its_action(body: Any) -> list[Any]:
    raise AssertionError("A slip is posted by the action that rings it up.")


SALE = register(
    DocumentType(
        code="till.sale",
        title=_("Sale"),
        help=_("What customers bought at a till."),
        job="till",
        body=Sale,
        line=SaleLine,
        numbering="LS-{unit}-{year:02}-{serial:06}",
        header=("store", "net", "tax", "gross", "change", "invoiceable", "invoice_state"),
        columns=LINE,
        listed=("number", "business_date", "store", "pieces", "total", "state", "created_by"),
        moves=_posted_by_its_action,
        verbs=VERBS,
        reach=("item__base_unit",),
    )
)

RETURN = register(
    DocumentType(
        code="till.return",
        title=_("Return"),
        help=_("What customers brought back to a till."),
        job="till",
        body=Return,
        line=ReturnLine,
        numbering="LT-{unit}-{year:02}-{serial:06}",
        header=("store", "reason", "net", "tax", "gross"),
        columns=LINE,
        listed=("number", "business_date", "store", "pieces", "total", "state", "created_by"),
        moves=_posted_by_its_action,
        verbs=VERBS,
        reach=("item__base_unit",),
    )
)
