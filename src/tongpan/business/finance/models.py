"""Where money is, and the documents that move it."""

from typing import Any, ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from tongpan.kernel.documents.columns import SignedMoneyField
from tongpan.kernel.documents.models import Body, Document, Line
from tongpan.kernel.org.models import OrgUnit
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


def store_of(unit: OrgUnit) -> OrgUnit:
    """The unit in whose books stands what happens at this one: a till has none of its own."""
    return unit.parent if unit.kind == OrgUnit.Kind.TILL and unit.parent is not None else unit


class WithParty:
    """A body that is with somebody: `party_field` names the column that says with whom, and what
    they are to us."""

    party_field: ClassVar[str]

    @property
    def party(self) -> Any:
        return getattr(self, self.party_field)

    @property
    def party_id(self) -> Any:
        return getattr(self, f"{self.party_field}_id")


class Settlement(WithParty, Body):
    """Money between us and somebody who owes or is owed: its lines say for what.

    `money_field` names the column that says which money of ours.
    """

    money_field: ClassVar[str]

    reference = models.CharField(_("bank reference"), max_length=60, blank=True, default="")

    class Meta(Body.Meta):
        abstract = True

    @property
    def money(self) -> MoneyPlace | None:
        found: MoneyPlace | None = getattr(self, self.money_field)
        return found

    @property
    def sides(self) -> tuple[str, ...]:
        return (self.party_field,)


class SupplierPayment(Settlement):
    """Money that goes to a supplier or comes back."""

    party_field, money_field = "supplier", "paid_from"

    supplier = models.ForeignKey(
        "parties.Party", models.PROTECT, null=True, related_name="+", verbose_name=_("supplier")
    )
    paid_from = models.ForeignKey(
        MoneyPlace, models.PROTECT, null=True, related_name="+", verbose_name=_("paid from")
    )

    class Meta(Settlement.Meta):
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


class CustomerReceipt(Settlement):
    """Money that comes from a customer or goes back."""

    party_field, money_field = "customer", "paid_into"

    customer = models.ForeignKey(
        "parties.Party", models.PROTECT, null=True, related_name="+", verbose_name=_("customer")
    )
    paid_into = models.ForeignKey(
        MoneyPlace, models.PROTECT, null=True, related_name="+", verbose_name=_("paid into")
    )

    class Meta(Settlement.Meta):
        db_table = "finance_customer_receipt"


class CustomerReceiptLine(Line):
    """What of a delivery is paid; below zero, what of a deposit is used. For nothing: a deposit."""

    settles = models.ForeignKey(
        OpenItem, models.PROTECT, null=True, blank=True, related_name="+",
        verbose_name=_("delivery or credit"), help_text=_("Empty is received in advance."),
    )  # fmt: skip
    amount = SignedMoneyField(_("amount"), null=True)

    class Meta(Line.Meta):
        db_table = "finance_customer_receipt_line"


class SetOff(Body):
    """What we owe somebody against what they owe us, without money (应收冲应付)."""

    sides: ClassVar[tuple[str, ...]] = ("supplier", "customer")
    money: ClassVar[None] = None

    party = models.ForeignKey(
        "parties.Party", models.PROTECT, null=True, related_name="+", verbose_name=_("party")
    )
    reference = models.CharField(
        _("agreement"), max_length=60, blank=True, default="",
        help_text=_("The paper on which both agreed to it, if there is one."),
    )  # fmt: skip

    class Meta(Body.Meta):
        db_table = "finance_set_off"


class SetOffLine(Line):
    """What of a bill or of a delivery is closed; below zero, what of a credit or deposit is."""

    settles = models.ForeignKey(
        OpenItem, models.PROTECT, null=True, related_name="+", verbose_name=_("what is open")
    )
    amount = SignedMoneyField(_("amount"), null=True)

    class Meta(Line.Meta):
        db_table = "finance_set_off_line"
