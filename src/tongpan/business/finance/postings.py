"""The posting rules of finance.

What comes here is complete: columns are nullable for drafts, and posting refused what is missing.
"""

from collections.abc import Iterator
from typing import Annotated, Any

from tongpan.business.finance import accounts as at
from tongpan.business.finance.models import SupplierPayment
from tongpan.kernel.ledger.posting import Move


def supplier_payment_moves(payment: Annotated[Any, SupplierPayment]) -> Iterator[Move]:
    """Money leaves one of our accounts and takes away what we owe.

    | Ledger | Source | Target  |
    | money  | money  | payable |
    """
    yield Move(
        source=at.money_at(payment.paid_from.unit_id, payment.paid_from.pk),
        target=at.payable(payment.document.org_unit_id, payment.supplier_id),
        amount=payment.amount,
    )
