"""What the documents of purchasing hold. Prices and values are of the class cost."""

from decimal import Decimal

from django.db import models
from django.utils.translation import gettext_lazy as _

from tongpan.base.numbers import ZERO
from tongpan.business.stock.models import GoodsLine, beyond_column, requisition_link
from tongpan.business.trade.models import PricedLine, Traded
from tongpan.kernel.documents.columns import (
    MoneyField,
    QuantityField,
    SignedMoneyField,
)
from tongpan.kernel.org.visibility import classify


class FromSupplier(Traded):
    """What all documents with a supplier have."""

    party_field = "supplier"

    supplier = models.ForeignKey(
        "parties.Party", models.PROTECT, null=True, related_name="+", verbose_name=_("supplier")
    )

    class Meta(Traded.Meta):
        abstract = True


class PurchaseOrder(FromSupplier):
    """What was ordered from a supplier, to be delivered to one place."""

    expected_on = models.DateField(
        _("expected on"), null=True, blank=True,
        help_text=_("Empty: worked out from the supplier's lead times."),
    )  # fmt: skip

    class Meta(FromSupplier.Meta):
        db_table = "purchase_order"


class PurchaseOrderLine(PricedLine):
    """`supplier_code` is what the supplier called the item on that day, for them to read."""

    supplier_code = models.CharField(
        _("supplier's code"), max_length=40, blank=True, default="", editable=False
    )
    requisition_line = requisition_link()
    beyond = beyond_column()

    class Meta(PricedLine.Meta):
        db_table = "purchase_order_line"


class GoodsReceipt(FromSupplier):
    """Goods that came from a supplier, with or without an order."""

    delivery_note = models.CharField(_("delivery note"), max_length=60, blank=True, default="")

    class Meta(FromSupplier.Meta):
        db_table = "goods_receipt"


class GoodsReceiptLine(PricedLine):
    """`cost` is the value that went onto the shelf: net, or gross where tax is not deducted."""

    order_line = models.ForeignKey(
        PurchaseOrderLine, models.PROTECT, null=True, blank=True, related_name="+",
        verbose_name=_("order line"),
    )  # fmt: skip
    cost = MoneyField(_("cost"), null=True, blank=True, editable=False)

    class Meta(PricedLine.Meta):
        db_table = "goods_receipt_line"


class InvoiceKind(models.TextChoices):
    SPECIAL = "special", _("special invoice")  # 增值税专用发票: its tax is deducted
    ORDINARY = "ordinary", _("ordinary invoice")  # 普通发票: its tax is cost


class SupplierBill(FromSupplier):
    """What a supplier bills for goods that came."""

    invoice_kind = models.CharField(
        _("invoice kind"), max_length=8, choices=InvoiceKind, default=InvoiceKind.SPECIAL
    )
    invoice_number = models.CharField(_("invoice number"), max_length=40, blank=True, default="")
    due_on = models.DateField(
        _("due on"), null=True, blank=True,
        help_text=_("Empty: worked out from the supplier's payment terms."),
    )  # fmt: skip

    class Meta(FromSupplier.Meta):
        db_table = "supplier_bill"


class SupplierBillLine(PricedLine):
    """`estimated` is what the receipt had put onto the shelf for what is billed now; `deducted`
    is what of the tax we deduct: all of it or none; `revalued` what the bill added to the value of
    the goods that were still here."""

    receipt_line = models.ForeignKey(
        GoodsReceiptLine, models.PROTECT, null=True, blank=True, related_name="+",
        verbose_name=_("receipt line"),
    )  # fmt: skip
    estimated = MoneyField(_("estimated"), null=True, blank=True, editable=False)
    deducted = MoneyField(_("tax deducted"), null=True, blank=True, editable=False)
    revalued = SignedMoneyField(_("added to stock value"), null=True, blank=True, editable=False)

    class Meta(PricedLine.Meta):
        db_table = "supplier_bill_line"

    @property
    def cost(self) -> Decimal:
        """At what cost its goods go back: what they came at, and what the bill added to that."""
        assert self.estimated is not None, "Only posted lines have a cost."
        cost: Decimal = self.estimated + (ZERO if self.revalued is None else self.revalued)
        return cost


class PurchaseReturn(FromSupplier):
    """Goods that go back to their supplier, at the cost at which they came."""

    reason = models.CharField(_("reason"), max_length=120, blank=True, default="")

    class Meta(FromSupplier.Meta):
        db_table = "purchase_return"


class PurchaseReturnLine(GoodsLine):
    """With a bill line the goods were billed, and the supplier must credit them."""

    receipt_line = models.ForeignKey(
        GoodsReceiptLine, models.PROTECT, null=True, blank=True, related_name="+",
        verbose_name=_("receipt line"),
    )  # fmt: skip
    bill_line = models.ForeignKey(
        SupplierBillLine, models.PROTECT, null=True, blank=True, related_name="+",
        verbose_name=_("bill line"),
    )  # fmt: skip
    cost = MoneyField(_("cost"), null=True, blank=True, editable=False)

    class Meta(GoodsLine.Meta):
        db_table = "purchase_return_line"


class SupplierCredit(FromSupplier):
    """What a supplier credits: billed goods that went back (红字), or a lower price (折让)."""

    invoice_kind = models.CharField(
        _("invoice kind"), max_length=8, choices=InvoiceKind, default=InvoiceKind.SPECIAL
    )
    invoice_number = models.CharField(
        _("red invoice number"), max_length=40, blank=True, default=""
    )

    class Meta(FromSupplier.Meta):
        db_table = "supplier_credit"


class SupplierCreditLine(PricedLine):
    """Goods that went back, by their return line; else an allowance, on a line of a bill or on
    whatever was bought of the item.

    `estimated` is the cost at which the goods went back, `deducted` the tax that we deducted
    and give up again, `offset` what of the amount is taken off the bill at once, `revalued` what
    is added to the value of the goods that are still here: below zero for an allowance."""

    return_line = models.ForeignKey(
        PurchaseReturnLine, models.PROTECT, null=True, blank=True, related_name="+",
        verbose_name=_("return line"),
    )  # fmt: skip
    bill_line = models.ForeignKey(
        SupplierBillLine, models.PROTECT, null=True, blank=True, related_name="+",
        verbose_name=_("bill line"),
    )  # fmt: skip
    quantity = QuantityField(
        _("quantity"), null=True, blank=True,
        help_text=_("Empty: a sum"),
    )  # fmt: skip
    estimated = MoneyField(_("cost"), null=True, blank=True, editable=False)
    deducted = MoneyField(_("tax deducted"), null=True, blank=True, editable=False)
    offset = MoneyField(_("taken off the bill"), null=True, blank=True, editable=False)
    revalued = SignedMoneyField(_("added to stock value"), null=True, blank=True, editable=False)

    class Meta(PricedLine.Meta):
        db_table = "supplier_credit_line"

    @property
    def is_allowance(self) -> bool:
        """Whether only the price is lower, and no goods went back."""
        return self.return_line_id is None

    @property
    def times(self) -> Decimal | None:
        """An allowance may be a sum that is for no number of goods."""
        return Decimal(1) if self.quantity is None and self.is_allowance else self.quantity

    @property
    def credits(self) -> SupplierBillLine | None:
        """The line of the bill that it takes back, if there is one."""
        return self.bill_line if self.return_line is None else self.return_line.bill_line


for _model in (PurchaseOrderLine, GoodsReceiptLine, SupplierBillLine, SupplierCreditLine):
    classify(_model, price="cost", net="cost", tax="cost", gross="cost")
classify(GoodsReceiptLine, cost="cost")
classify(SupplierBillLine, estimated="cost", deducted="cost", revalued="cost")
classify(PurchaseReturnLine, cost="cost")
classify(
    SupplierCreditLine, estimated="cost", deducted="cost", offset="cost", revalued="cost",
)  # fmt: skip
