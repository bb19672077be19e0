"""What the documents of the housekeeping with money hold. Drafts may be half filled."""

from typing import ClassVar

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

from tongpan.business.finance.models import MoneyPlace, WithParty
from tongpan.kernel.documents.columns import MoneyField, SignedMoneyField
from tongpan.kernel.documents.models import Body, Line
from tongpan.masters.fields import code_column, id_column, state_column


class Purpose(models.Model):
    """What money is spent for, or comes in for besides sales (收支项目): rent, wages, power."""

    class Kind(models.TextChoices):
        EXPENSE = "expense", _("expense")
        INCOME = "income", _("income")

    id = id_column()
    code = code_column()
    name = models.CharField(_("name"), max_length=60)
    kind = models.CharField(_("kind"), max_length=8, choices=Kind, default=Kind.EXPENSE, blank=True)
    state = state_column()

    class Meta:
        db_table = "money_purpose"
        ordering = ("kind", "code")
        verbose_name = _("purpose")

    def __str__(self) -> str:
        return self.name


class MoneyTransfer(Body):
    """Money that goes from one account to others of our own (转账单)."""

    from_place = models.ForeignKey(
        MoneyPlace, models.PROTECT, null=True, related_name="+", verbose_name=_("from account")
    )
    reference = models.CharField(_("bank reference"), max_length=60, blank=True, default="")

    class Meta(Body.Meta):
        db_table = "treasury_transfer"


class MoneyTransferLine(Line):
    """What arrives at one account, and what the bank keeps besides."""

    to_place = models.ForeignKey(
        MoneyPlace, models.PROTECT, null=True, related_name="+", verbose_name=_("to account")
    )
    amount = MoneyField(_("amount"), null=True)
    fee = MoneyField(_("fee"), null=True, blank=True)

    class Meta(Line.Meta):
        db_table = "treasury_transfer_line"


class Takings(Body):
    """Takings of tills that reached a money account: cash in the safe, a provider's payout."""

    paid_into = models.ForeignKey(
        MoneyPlace, models.PROTECT, null=True, related_name="+", verbose_name=_("paid into")
    )
    reference = models.CharField(_("bank reference"), max_length=60, blank=True, default="")

    class Meta(Body.Meta):
        db_table = "treasury_takings"


class TakingsLine(Line):
    """What of the takings of one store, in one way of paying, is settled by this money."""

    store = models.ForeignKey(
        "org.OrgUnit", models.PROTECT, null=True, related_name="+", verbose_name=_("store")
    )
    method = models.ForeignKey(
        "till.PaymentMethod", models.PROTECT, null=True, related_name="+",
        verbose_name=_("payment method"),
    )  # fmt: skip
    amount = MoneyField(_("takings settled"), null=True)
    fee = MoneyField(_("fee"), null=True, blank=True)
    missing = SignedMoneyField(
        _("cash short"), null=True, blank=True, help_text=_("Below zero: more was there.")
    )
    arrived = MoneyField(_("arrived"), null=True, blank=True, editable=False)

    class Meta(Line.Meta):
        db_table = "treasury_takings_line"


class PurposeLine(Line):
    """An amount for a purpose, tax included, of one unit."""

    unit = models.ForeignKey(
        "org.OrgUnit", models.PROTECT, null=True, blank=True, related_name="+",
        verbose_name=_("of unit"), help_text=_("Empty: this unit."),
    )  # fmt: skip
    purpose = models.ForeignKey(
        Purpose, models.PROTECT, null=True, related_name="+", verbose_name=_("purpose")
    )
    amount = MoneyField(_("amount"), null=True)
    about = models.CharField(_("about"), max_length=120, blank=True, default="")

    class Meta(Line.Meta):
        abstract = True


class Expense(WithParty, Body):
    """What a unit spends besides buying goods (费用单): paid at once, or owed to a supplier."""

    party_field: ClassVar[str] = "supplier"

    paid_from = models.ForeignKey(
        MoneyPlace, models.PROTECT, null=True, blank=True, related_name="+",
        verbose_name=_("paid from"), help_text=_("Empty: it is owed to the supplier."),
    )  # fmt: skip
    supplier = models.ForeignKey(
        "parties.Party", models.PROTECT, null=True, blank=True, related_name="+",
        verbose_name=_("supplier"),
    )  # fmt: skip
    reference = models.CharField(_("invoice number"), max_length=60, blank=True, default="")
    due_on = models.DateField(
        _("due on"), null=True, blank=True,
        help_text=_("Empty: worked out from the supplier's payment terms."),
    )  # fmt: skip

    class Meta(Body.Meta):
        db_table = "treasury_expense"


class ExpenseLine(PurposeLine):
    """`tax` is what of the amount is input tax to be deducted, as the special invoice says."""

    tax = MoneyField(_("tax to deduct"), null=True, blank=True)

    class Meta(PurposeLine.Meta):
        db_table = "treasury_expense_line"


class OtherIncome(Body):
    """Money that comes in besides sales (收入单): rent of a corner, scrap sold, a subsidy."""

    paid_into = models.ForeignKey(
        MoneyPlace, models.PROTECT, null=True, related_name="+", verbose_name=_("paid into")
    )
    payer = models.ForeignKey(
        "parties.Party", models.PROTECT, null=True, blank=True, related_name="+",
        verbose_name=_("payer"),
    )  # fmt: skip
    reference = models.CharField(_("bank reference"), max_length=60, blank=True, default="")

    class Meta(Body.Meta):
        db_table = "treasury_income"


class OtherIncomeLine(PurposeLine):
    """`tax` is what of the amount is output tax."""

    tax = MoneyField(_("output tax"), null=True, blank=True)

    class Meta(PurposeLine.Meta):
        db_table = "treasury_income_line"


class YearClose(Body):
    """A year's income and costs of a legal entity, carried over to equity (年结、结转本年利润).

    `carried` holds the balance of each account that was carried over, in yuan: its unit, role and
    holder, and the amount, above zero a debit. It is read when the document is posted.
    """

    year = models.PositiveSmallIntegerField(
        _("year"), null=True, validators=[MinValueValidator(2000), MaxValueValidator(2099)]
    )
    carried = models.JSONField(default=list, editable=False)

    class Meta(Body.Meta):
        db_table = "treasury_year_close"
