"""Where money is, and the documents that move it."""

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from tongpan.kernel.documents.columns import SignedMoneyField
from tongpan.kernel.documents.models import Body, Document, Line
from tongpan.kernel.org.visibility import ScopedModel
from tongpan.masters.fields import code_column, id_column, state_column


class MoneyPlace(ScopedModel):
    """A cash box, a safe, a bank account, or an account with a payment provider (结算账户)."""

    class Kind(models.TextChoices):
        CASH = "cash", _("cash")
        BANK = "bank", _("account at a bank")
        PROVIDER = "provider", _("payment provider")

    scope_path: ClassVar[str] = "unit"
    view_permission: ClassVar[str] = "finance.money_place.view"

    id = id_column()
    unit = models.ForeignKey(
        "org.OrgUnit", models.PROTECT, related_name="+", verbose_name=_("org unit")
    )
    code = code_column()
    name = models.CharField(_("name"), max_length=60)
    kind = models.CharField(_("kind"), max_length=8, choices=Kind, default=Kind.BANK)
    number = models.CharField(_("account number"), max_length=40, blank=True)
    state = state_column()

    class Meta(ScopedModel.Meta):
        db_table = "money_place"
        ordering = ("code",)
        verbose_name = _("money account")

    def __str__(self) -> str:
        return self.name


class MoneyOpening(Body):
    """What was in the cash boxes and bank accounts of a unit when its books began (期初资金)."""

    class Meta(Body.Meta):
        db_table = "finance_opening"


class MoneyOpeningLine(Line):
    """What one account held; below zero is an overdraft."""

    place = models.ForeignKey(
        MoneyPlace, models.PROTECT, null=True, related_name="+", verbose_name=_("money account")
    )
    amount = SignedMoneyField(_("amount"), null=True)

    class Meta(Line.Meta):
        db_table = "finance_opening_line"


class OpenItem(Document):
    """A document as something to settle: a bill, a credit note, a payment in advance."""

    class Meta(Document.Meta):
        proxy = True
        indexes: ClassVar[list[models.Index]] = []
        constraints: ClassVar[list[models.BaseConstraint]] = []
        verbose_name = _("bill or credit")


class SupplierPayment(Body):
    """Money that goes to a supplier or comes back: its lines say for what."""

    supplier = models.ForeignKey(
        "parties.Party", models.PROTECT, null=True, related_name="+", verbose_name=_("supplier")
    )
    paid_from = models.ForeignKey(
        MoneyPlace, models.PROTECT, null=True, related_name="+", verbose_name=_("paid from")
    )
    reference = models.CharField(_("bank reference"), max_length=60, blank=True, default="")

    class Meta(Body.Meta):
        db_table = "finance_supplier_payment"


class SupplierPaymentLine(Line):
    """What of a bill is paid; below zero, what of a credit is used. For nothing: in advance."""

    settles = models.ForeignKey(
        OpenItem, models.PROTECT, null=True, blank=True, related_name="+",
        verbose_name=_("bill or credit"), help_text=_("Empty is paid in advance."),
    )  # fmt: skip
    amount = SignedMoneyField(_("amount"), null=True)

    class Meta(Line.Meta):
        db_table = "finance_supplier_payment_line"
