"""Whom we trade with. What is personal about them stands in one table, `PartyContact`."""

from calendar import monthrange
from datetime import date, timedelta
from functools import partial

from django.core.validators import RegexValidator
from django.db import models
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils.translation import gettext_lazy as _

from tongpan.kernel.documents.columns import ExactField, MoneyField
from tongpan.kernel.ledger.models import Account
from tongpan.kernel.org.models import OrgUnit
from tongpan.kernel.org.rules import masked_address, masked_email, masked_phone
from tongpan.kernel.org.visibility import classify, show_in_part
from tongpan.masters.fields import code_column, id_column, state_column
from tongpan.masters.search import search_text, trigram_index

is_tax_number = RegexValidator(
    r"^[0-9A-Z]{15}([0-9A-Z]{2,5})?\Z", _("A tax number has 15 to 20 digits and capital letters.")
)


class DueFrom(models.TextChoices):
    """From which day the days of payment terms (账期) count."""

    BILL = "bill", _("date of the bill")
    MONTH = "month", _("end of its month")


def _seen_from(units: QuerySet[OrgUnit], prefix: str = "") -> Q:
    """Which parties are seen at these units; `prefix` leads to the party.

    Suppliers are the chain's. A customer is a legal entity's (headquarters' where none is named)
    and of each that ever dealt with it; and every entity sees the party that stands for itself.
    """
    entities = units.values("entity")
    headquarters = OrgUnit.objects.filter(parent=None, entity__in=entities)
    dealt = Account.unscoped.filter(holder=OuterRef(f"{prefix}pk"), entity__in=entities)
    return (
        Q(**{f"{prefix}is_supplier": True})
        | Q(**{f"{prefix}customer_of": None}) & Q(Exists(headquarters))
        | Q(**{f"{prefix}customer_of__in": entities})
        | Q(**{f"{prefix}entity__in": entities})
        | Q(Exists(dealt))
    )


class Party(models.Model):
    """A supplier, a customer, or both: the holder of payables, receivables and promises.

    `invoice_title`, `tax_number` and the bank are what an invoice (发票) to or from them carries.
    Without `due_days` no payment terms were agreed; without `credit_limit` nobody is asked how much
    a customer owes, and with zero every delivery on account is asked about.
    """

    view_permission = "parties.party.view"
    seen_from = staticmethod(_seen_from)

    id = id_column()
    code = code_column()
    name = models.CharField(_("name"), max_length=120)
    short_name = models.CharField(_("short name"), max_length=40, blank=True)
    is_supplier = models.BooleanField(_("supplier"), default=False, blank=True)
    is_customer = models.BooleanField(_("customer"), default=False, blank=True)

    invoice_title = models.CharField(_("invoice title"), max_length=120, blank=True)
    tax_number = models.CharField(
        _("tax number"), max_length=20, blank=True, validators=[is_tax_number]
    )
    bank_name = models.CharField(_("bank"), max_length=120, blank=True)
    bank_account = models.CharField(_("bank account"), max_length=40, blank=True)
    due_days = models.PositiveSmallIntegerField(
        _("payment days"), null=True, blank=True,
        help_text=_("How many days later a bill is due. Empty: nothing was agreed."),
    )  # fmt: skip
    due_from = models.CharField(
        _("days count from"), max_length=8, choices=DueFrom, default="", blank=True,
        help_text=_("Empty: the date of the bill."),
    )  # fmt: skip
    is_wholesale = models.BooleanField(
        _("wholesale"), default=False, blank=True,
        help_text=_("Wholesale price lists hold for this customer."),
    )  # fmt: skip
    price_list = models.ForeignKey(
        "prices.PriceList", models.PROTECT, null=True, blank=True, related_name="+",
        verbose_name=_("price list"),
        help_text=_("Asked before all others when this customer orders."),
    )  # fmt: skip
    credit_limit = MoneyField(
        _("credit limit"), null=True, blank=True,
        help_text=_("What this customer may owe, in CNY. Empty: nobody is asked."),
    )  # fmt: skip
    customer_of = models.ForeignKey(
        "org.LegalEntity", models.PROTECT, null=True, blank=True, related_name="+",
        verbose_name=_("customer of"),
        help_text=_(
            "Only the units of this legal entity see the customer, and those that deal with it. "
            "Empty: headquarters'."
        ),
    )  # fmt: skip
    entity = models.OneToOneField(
        "org.LegalEntity", models.PROTECT, null=True, blank=True, related_name="+",
        verbose_name=_("legal entity of ours"),
        help_text=_("Where the party is one of our own, supplying others or supplied."),
    )  # fmt: skip
    supply_percent = ExactField(
        _("percent on cost"), null=True, blank=True,
        help_text=_("What it pays on top of our cost. Empty: by price lists."),
    )  # fmt: skip
    note = models.CharField(_("note"), max_length=200, blank=True)

    state = state_column()
    search_text = models.TextField(editable=False, default="")

    class Meta:
        ordering = ["code"]
        verbose_name = _("party")
        verbose_name_plural = _("parties")
        indexes = [trigram_index("parties_party_search")]

    def __str__(self) -> str:
        return self.short_name or self.name

    def due_on(self, day: date) -> date | None:
        """When a bill of that day is due by the terms agreed; None if none were.

        >>> Party(due_days=10, due_from="month").due_on(date(2026, 2, 3))
        datetime.date(2026, 3, 10)
        """
        if self.due_days is None:
            return None
        if self.due_from == DueFrom.MONTH:
            day = day.replace(day=monthrange(day.year, day.month)[1])
        return day + timedelta(days=self.due_days)

    def searched(self) -> str:
        """The words under which this party is found."""
        return search_text([self.code], [self.name, self.short_name])


class PartyContact(models.Model):
    """A person at a party, and how to reach them. Every column is personal.

    Nothing else copies these values: documents, events and history name the row by its id, so
    erasing a person is erasing one row.
    """

    view_permission = "parties.party.view"
    seen_from = staticmethod(partial(_seen_from, prefix="party__"))

    id = id_column()
    party = models.ForeignKey(
        Party, on_delete=models.CASCADE, related_name="contacts", verbose_name=_("party")
    )
    name = models.CharField(_("name"), max_length=60, blank=True)
    position = models.CharField(_("job title"), max_length=40, blank=True)
    phone = models.CharField(_("phone"), max_length=30, blank=True)
    email = models.EmailField(_("email"), blank=True)
    address = models.CharField(_("address"), max_length=200, blank=True)
    is_main = models.BooleanField(_("main contact"), default=False, blank=True)
    state = state_column()

    class Meta:
        ordering = ["party", "-is_main", "name"]
        verbose_name = _("contact")
        verbose_name_plural = _("contacts")
        constraints = [
            models.UniqueConstraint(
                fields=["party"], condition=models.Q(is_main=True), name="one_main_contact"
            ),
        ]

    def __str__(self) -> str:
        return self.name


classify(Party, bank_name="sensitive", bank_account="sensitive", supply_percent="sensitive")
classify(
    PartyContact,
    name="personal",
    position="personal",
    phone="personal",
    email="personal",
    address="personal",
)
show_in_part(PartyContact, phone=masked_phone, email=masked_email, address=masked_address)
