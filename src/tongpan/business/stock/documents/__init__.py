"""The document types of stock: opening, requisition, transfer and receipt, count, loss and overage,
putting together and taking apart."""

from tongpan.business.stock.documents.adjustments import COUNT, LOSS, OVERAGE
from tongpan.business.stock.documents.goods import check_goods, complete_goods, explain_short
from tongpan.business.stock.documents.remaking import ASSEMBLY, DISASSEMBLY
from tongpan.business.stock.documents.requisitions import REQUISITION, REQUISITION_CLOSING
from tongpan.business.stock.documents.transfers import OPENING, TRANSFER, TRANSFER_RECEIPT

__all__ = [
    "ASSEMBLY", "COUNT", "DISASSEMBLY", "LOSS", "OPENING", "OVERAGE", "REQUISITION",
    "REQUISITION_CLOSING", "TRANSFER",
    "TRANSFER_RECEIPT", "check_goods", "complete_goods", "explain_short",
]  # fmt: skip
