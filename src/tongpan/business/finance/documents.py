"""The document and master types of finance."""

from collections.abc import Iterator
from typing import Any

from django.utils.translation import gettext_lazy as _
from django.utils.translation import gettext_noop as noop

from tongpan.business.finance.models import MoneyPlace, SupplierPayment
from tongpan.business.finance.postings import supplier_payment_moves
from tongpan.kernel.documents.declare import register
from tongpan.kernel.documents.fields import Problem, Reference, refer
from tongpan.kernel.documents.registry import DocumentType, MasterType
from tongpan.kernel.documents.sentences import say
from tongpan.masters.references import reference
from tongpan.masters.validity import fill_defaults

say("not_a_supplier", noop("{name} is not a supplier."))
say("money_of_other_entity", noop("{name} belongs to another legal entity."))

_by_code = reference(MoneyPlace)
refer(Reference(MoneyPlace, _by_code.find, str, _by_code.search, _by_code.code))

MONEY_PLACE = register(
    MasterType(
        code="finance.money_place",
        title=_("Money account"),
        many=_("Money accounts"),
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


def complete_payment(body: SupplierPayment) -> None:
    body.document.party = body.supplier_id
    body.document.total = body.amount


def check_payment(body: Any) -> Iterator[Problem]:
    if body.amount <= 0:
        yield {"path": "amount", "code": "not_positive", "label": _("amount")}
    if not body.supplier.is_supplier:
        yield {"path": "supplier", "code": "not_a_supplier", "name": str(body.supplier)}
    if body.paid_from.unit.entity_id != body.document.org_unit.entity_id:
        yield {"path": "paid_from", "code": "money_of_other_entity", "name": str(body.paid_from)}


SUPPLIER_PAYMENT = register(
    DocumentType(
        code="finance.supplier_payment",
        title=_("Payment to supplier"),
        many=_("Payments to suppliers"),
        help=_("Money that goes to a supplier, against bills or in advance."),
        job="money",
        body=SupplierPayment,
        line=None,
        numbering="FK-{unit}-{year:02}-{serial:05}",
        header=("supplier", "paid_from", "amount", "reference"),
        columns=(),
        listed=("number", "business_date", "supplier", "paid_from", "total", "state"),
        complete=complete_payment,
        check=check_payment,
        moves=supplier_payment_moves,
    )
)
