"""The posting rules of finance."""

from collections.abc import Iterator

from tongpan.business.finance import accounts as at
from tongpan.business.finance.models import SupplierPayment
from tongpan.kernel.ledger.posting import Move


def supplier_payment_moves(payment: SupplierPayment) -> Iterator[Move]:
    """Money leaves one of our accounts and takes away what we owe.

    | Ledger | Source | Target  |
    | money  | money  | payable |
    """
    assert payment.paid_from is not None, "Checked before posting."
    assert payment.amount is not None, "Checked before posting."
    yield Move(
        source=at.money_at(payment.paid_from.unit_id, payment.paid_from.pk),
        target=at.payable(payment.document.org_unit_id, payment.supplier_id),
        amount=payment.amount,
    )
