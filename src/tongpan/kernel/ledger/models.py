"""The ledger's tables as Django sees them, to read from. They are made and written in SQL."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from tongpan.kernel.org.visibility import ScopedModel, classify


class AmountField(models.DecimalField):  # type: ignore[type-arg]
    """An exact number of the ledger: 24 digits, six of them places."""

    def __init__(self, **options: object) -> None:
        options |= {"max_digits": 24, "decimal_places": 6}
        super().__init__(**options)  # type: ignore[arg-type]


class Account(ScopedModel):
    """A place where value can be: a shelf, a till, a customer's debt, a member's points.

    Its totals are kept by the functions, so a balance (`inflow - outflow`) is read and not summed;
    of an account that is not kept, the entries of unfolded postings must be added (see `queries`).
    `floor` and `ceiling` bound the balance, in the account's unit; None is no bound.
    """

    id = models.BigIntegerField(primary_key=True)
    key = models.UUIDField(unique=True)
    ledger = models.TextField()
    org_unit = models.ForeignKey("org.OrgUnit", models.PROTECT, db_column="org_unit")
    entity = models.ForeignKey("org.LegalEntity", models.PROTECT, db_column="entity")
    role = models.TextField()
    holder = models.UUIDField()
    unit = models.UUIDField()
    lot = models.TextField()
    owner = models.UUIDField(null=True)
    line = models.UUIDField(null=True)
    kept = models.BooleanField()
    valued = models.BooleanField()
    is_mirror = models.BooleanField()
    floor = AmountField(null=True)
    ceiling = AmountField(null=True)
    inflow = AmountField()
    outflow = AmountField()
    value_in = AmountField()
    value_out = AmountField()

    class Meta(ScopedModel.Meta):
        db_table = "account"
        managed = False


classify(Account, value_in="cost", value_out="cost")


class Posting(models.Model):
    """A fact in the ledger. Never changed."""

    id = models.UUIDField(primary_key=True)
    document = models.UUIDField()
    kind = models.TextField()
    business_date = models.DateField()
    posted_at = models.DateTimeField()
    reverses = models.UUIDField(null=True)

    class Meta:
        db_table = "posting"
        managed = False


class Entry(models.Model):
    """So much went from `source` to `target`. Never changed."""

    pk = models.CompositePrimaryKey("posting", "n", "business_date")
    posting = models.UUIDField()
    n = models.IntegerField()
    business_date = models.DateField()
    posted_at = models.DateTimeField()
    source = models.BigIntegerField()
    target = models.BigIntegerField()
    amount = AmountField()
    value = AmountField(null=True)
    line = models.UUIDField(null=True)

    class Meta:
        db_table = "entry"
        managed = False


classify(Entry, value="cost")


class PeriodClose(models.Model):
    """Through which day an entity's books are closed."""

    entity = models.OneToOneField(
        "org.LegalEntity", models.PROTECT, primary_key=True, db_column="entity"
    )
    through = models.DateField(_("closed through"))

    class Meta:
        db_table = "period_close"
        managed = False
