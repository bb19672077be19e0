"""What a till keeps of a sale. Lines and payments are facts: written once, cut by month."""

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from tongpan.base import env
from tongpan.business.finance.models import WithParty
from tongpan.kernel.documents.columns import MoneyField, PriceField, QuantityField
from tongpan.kernel.documents.models import Body
from tongpan.kernel.org.visibility import ScopedModel, classify
from tongpan.masters.fields import code_column, id_column, state_column
from tongpan.masters.parties.models import Party


class PaymentMethod(models.Model):
    """A way of paying, and what follows from it.

    `fee_rate` is what the provider keeps, `settle_days` when the rest arrives. What is paid by
    stored value is not invoiced again, because the top-up was.
    """

    class Kind(models.TextChoices):
        MONEY = "money", _("money")
        STORED = "stored_value", _("stored value of members")
        POINTS = "points", _("points of members")
        ACCOUNT = "account", _("on account of a customer")

    id = id_column()
    code = code_column()
    name = models.CharField(_("name"), max_length=40)
    kind = models.CharField(
        _("kind"), max_length=12, choices=Kind, default=Kind.MONEY, blank=True,
        help_text=_("Stored value and points are taken from the accounts of the member; what is put"
                    " on account is owed by the customer."),
    )  # fmt: skip
    gives_change = models.BooleanField(_("gives change"), default=False, blank=True)
    is_refundable = models.BooleanField(_("refundable"), default=True, blank=True)
    is_invoiceable = models.BooleanField(_("invoiceable"), default=True, blank=True)
    is_by_provider = models.BooleanField(
        _("charged by a provider"), default=False, blank=True,
        help_text=_("Sales can be paid with it only by a code that a provider has charged."),
    )  # fmt: skip
    fee_rate = models.DecimalField(
        _("fee rate"), max_digits=7, decimal_places=6, default=0, blank=True
    )
    settle_days = models.PositiveSmallIntegerField(_("days to settle"), default=0, blank=True)
    position = models.PositiveSmallIntegerField(
        _("sort order"), default=100, blank=True,
        help_text=_("The lowest stands first at the till and in lists."),
    )  # fmt: skip
    state = state_column()

    class Meta:
        db_table = "payment_method"
        ordering = ("position", "code")
        verbose_name = _("payment method")

    def __str__(self) -> str:
        return self.name


class InvoiceState(models.TextChoices):
    NONE = "none", _("not invoiced")
    ASKED = "asked", _("asked for")
    ISSUED = "issued", _("issued")


class Slip(Body):
    """What sales and returns at a till have in common. All amounts include tax but `net`."""

    store = models.ForeignKey(
        "org.OrgUnit", models.PROTECT, related_name="+", verbose_name=_("store")
    )
    net = MoneyField(_("net"))
    tax = MoneyField(_("tax"))
    gross = MoneyField(_("amount"))
    pieces = models.PositiveIntegerField(_("lines"))

    class Meta(Body.Meta):
        abstract = True


class Sale(WithParty, Slip):
    """A sale at the till. A customer scans `invoice_token` to ask for the invoice (扫码开票).

    `customer` is there where one was named whom we know, and `due_on` where they owe what was put
    on their account and days were agreed.
    """

    party_field = "customer"

    customer = models.ForeignKey(
        "parties.Party", models.PROTECT, null=True, related_name="+", db_index=False,
        verbose_name=_("customer"),
    )  # fmt: skip
    due_on = models.DateField(_("due on"), null=True)
    change = MoneyField(_("change"), default=0)
    invoiceable = MoneyField(_("invoiceable"))
    invoice_state = models.CharField(
        _("invoice"), max_length=6, choices=InvoiceState, default=InvoiceState.NONE
    )
    invoice_token = models.CharField(max_length=32, unique=True)

    class Meta(Slip.Meta):
        db_table = "till_sale"


class Return(Slip):
    """Goods that a customer brought back, with the slip; `document.follows` is the sale."""

    reason = models.CharField(_("reason"), max_length=120, blank=True, default="")

    @property
    def party(self) -> Party | None:
        """The customer of its sale, where one was named."""
        sale = Sale.unscoped.filter(pk=self.document.follows_id).select_related("customer").first()
        return sale.customer if sale is not None else None

    class Meta(Slip.Meta):
        db_table = "till_return"


class SlipLine(ScopedModel):
    """A line of a slip as it was sold: price as entered, net, tax, rate and category frozen."""

    id = models.UUIDField(primary_key=True, default=env.new_id, editable=False)
    business_date = models.DateField()
    document = models.ForeignKey(
        "documents.Document", models.DO_NOTHING, related_name="+", db_constraint=False,
        db_column="document",
    )  # fmt: skip
    position = models.PositiveIntegerField(_("line"))
    item = models.ForeignKey(
        "items.Item", models.DO_NOTHING, related_name="+", db_constraint=False, db_column="item",
        verbose_name=_("item"),
    )  # fmt: skip
    unit = models.ForeignKey(
        "items.UnitOfMeasure", models.DO_NOTHING, related_name="+", db_constraint=False,
        db_column="unit", verbose_name=_("unit"),
    )  # fmt: skip
    barcode = models.CharField(_("barcode"), max_length=60, blank=True, default="")
    quantity = QuantityField(_("quantity"))
    base_quantity = QuantityField()
    price = PriceField(_("price"))
    tax_category = models.UUIDField(null=True)
    tax_rate = models.DecimalField(_("tax rate"), max_digits=7, decimal_places=6)
    net = MoneyField(_("net"))
    tax = MoneyField(_("tax"))
    gross = MoneyField(_("amount"))

    scope_path: ClassVar[tuple[str, ...]] = ("document__org_unit",)

    class Meta(ScopedModel.Meta):
        abstract = True
        managed = False


class SaleLine(SlipLine):
    """`price_from` is the price by which it was sold; none if somebody changed it, or a label of
    the store's scales said another. `price_level` is the level instead, where one was lower.
    `taken_off` is what the price said and nobody had to pay; the database works it out. `remark` is
    what the customer wants of these goods, such as less ice; none where nothing was said."""

    price_from = models.ForeignKey(
        "prices.Price", models.DO_NOTHING, related_name="+", db_constraint=False, null=True,
        db_column="price_from", verbose_name=_("price from"),
    )  # fmt: skip
    price_level = models.ForeignKey(
        "pricing.PriceLevel", models.DO_NOTHING, related_name="+", db_constraint=False, null=True,
        db_column="price_level", verbose_name=_("price level"),
    )  # fmt: skip
    taken_off = MoneyField(_("taken off"), null=True, editable=False)
    remark = models.CharField(_("remark"), max_length=60, null=True, editable=False)

    class Meta(SlipLine.Meta):
        db_table = "till_sale_line"
        managed = False


class ReturnLine(SlipLine):
    """`sold` is the line of the sale that came back; none if nobody knows the sale."""

    sold = models.UUIDField(null=True)

    class Meta(SlipLine.Meta):
        db_table = "till_return_line"
        managed = False


class LineShare(ScopedModel):
    """What one thing took off one line. `reason` is the title of the promotion, or what was said;
    `by_whom` is who gave a discount by hand."""

    id = models.UUIDField(primary_key=True, default=env.new_id, editable=False)
    business_date = models.DateField()
    document = models.ForeignKey(
        "documents.Document", models.DO_NOTHING, related_name="+", db_constraint=False,
        db_column="document",
    )  # fmt: skip
    line = models.UUIDField()
    position = models.PositiveIntegerField()
    kind = models.CharField(max_length=10)
    promotion = models.UUIDField(null=True)
    times = models.PositiveIntegerField(null=True)
    amount = MoneyField(_("amount"))
    reason = models.CharField(max_length=120, blank=True, default="")
    by_whom = models.ForeignKey(
        "org.Person", models.DO_NOTHING, related_name="+", db_constraint=False, null=True,
        db_column="by_whom",
    )  # fmt: skip

    scope_path: ClassVar[tuple[str, ...]] = ("document__org_unit",)

    class Meta(ScopedModel.Meta):
        abstract = True
        managed = False


class SaleShare(LineShare):
    """`times` is how often the promotion is used in the sale, on its first share."""

    class Meta(LineShare.Meta):
        db_table = "till_sale_share"
        managed = False


class ReturnShare(LineShare):
    """What a return gives back of a share of the sale."""

    of_share = models.UUIDField()

    class Meta(LineShare.Meta):
        db_table = "till_return_share"
        managed = False


class SlipPayment(ScopedModel):
    """How a slip was paid, or paid back: `amount` stays with us, `tendered` was handed over."""

    id = models.UUIDField(primary_key=True, default=env.new_id, editable=False)
    business_date = models.DateField()
    document = models.ForeignKey(
        "documents.Document", models.DO_NOTHING, related_name="+", db_constraint=False,
        db_column="document",
    )  # fmt: skip
    method = models.ForeignKey(
        PaymentMethod, models.DO_NOTHING, related_name="+", db_constraint=False,
        db_column="method", verbose_name=_("method"),
    )  # fmt: skip
    amount = MoneyField(_("amount"))
    tendered = MoneyField(_("tendered"))
    reference = models.CharField(max_length=64, blank=True, default="")

    scope_path: ClassVar[tuple[str, ...]] = ("document__org_unit",)

    class Meta(ScopedModel.Meta):
        db_table = "till_payment"
        managed = False


class ParkedSale(ScopedModel):
    """A basket that waits (挂单) while the next customer is served, for any till of its store.

    `till` is where it was parked; `member` whose it is, if they are one; `rest` what was taken off
    all of it, the coupons that were chosen, and what was said about it: {off?, coupons?: [{code,
    name}], remark?}.
    """

    id = models.UUIDField(primary_key=True, default=env.new_id, editable=False)
    till = models.ForeignKey("org.OrgUnit", models.PROTECT, related_name="+")
    label = models.CharField(_("label"), max_length=40, blank=True, default="")
    basket = models.JSONField()
    member = models.UUIDField(null=True)
    rest = models.JSONField(default=dict)
    parked_by = models.ForeignKey("org.Person", models.PROTECT, related_name="+")
    parked_at = models.DateTimeField()

    scope_path: ClassVar[tuple[str, ...]] = ("till",)

    class Meta(ScopedModel.Meta):
        db_table = "till_parked_sale"
        ordering = ("parked_at",)


class DisplayState(ScopedModel):
    """What the customer's display of a till shows now, for a display on another machine."""

    till = models.OneToOneField("org.OrgUnit", models.CASCADE, primary_key=True, related_name="+")
    version = models.UUIDField()
    told = models.JSONField()
    told_at = models.DateTimeField()

    scope_path: ClassVar[tuple[str, ...]] = ("till",)

    class Meta(ScopedModel.Meta):
        db_table = "till_display"


class DisplayPage(models.Model):
    """What customers' displays show while nobody buys: a text, a picture of an item, or both."""

    id = id_column()
    code = code_column()
    text = models.CharField(_("text"), max_length=80, blank=True, default="")
    item = models.ForeignKey(
        "items.Item", models.PROTECT, null=True, blank=True, related_name="+",
        verbose_name=_("picture of item"),
        help_text=_("Its main picture. A poster may be an item that is not sold."),
    )  # fmt: skip
    unit = models.ForeignKey(
        "org.OrgUnit", models.PROTECT, null=True, blank=True, related_name="+",
        verbose_name=_("shown at"),
        help_text=_("This unit and all below it. Empty: everywhere."),
    )  # fmt: skip
    position = models.PositiveSmallIntegerField(_("position"), default=10, blank=True)
    valid_from = models.DateField(_("valid from"), null=True, blank=True)
    valid_until = models.DateField(_("valid until"), null=True, blank=True)
    state = state_column()

    class Meta:
        db_table = "till_display_page"
        ordering = ("position", "code")
        verbose_name = _("page of customer displays")

    def __str__(self) -> str:
        return self.text or self.code


class Exchange(ScopedModel):
    """Goods that came back and goods that went out for them, at once: a return and a sale.

    `amount` is what of the goods that came back paid for those that went out; the rest was paid in
    money, by one side or the other. On account it went through what the customer owes, whole in
    either slip. Neither slip is reversed without the other.
    """

    id = models.UUIDField(primary_key=True, default=env.new_id, editable=False)
    returned = models.OneToOneField(
        "documents.Document", models.PROTECT, related_name="+", db_column="returned"
    )
    sold = models.OneToOneField(
        "documents.Document", models.PROTECT, related_name="+", db_column="sold"
    )
    till = models.ForeignKey("org.OrgUnit", models.PROTECT, related_name="+")
    amount = MoneyField(_("amount"))
    reversed_at = models.DateTimeField(null=True)

    scope_path: ClassVar[tuple[str, ...]] = ("till",)

    class Meta(ScopedModel.Meta):
        db_table = "till_exchange"
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(
                condition=models.Q(amount__gt=0), name="an_exchange_sets_something_off"
            )
        ]


class TakenOff(ScopedModel):
    """What left a basket before it was paid: all of it (作废), or lines after its total was said.

    `lines` are [{item, name, unit, quantity, price}] as they stood there; `amount` is what they
    would have cost. Written once.
    """

    class Kind(models.TextChoices):
        BASKET = "basket", _("whole basket")
        LINE = "line", _("lines after the total")

    id = models.UUIDField(primary_key=True, default=env.new_id, editable=False)
    till = models.ForeignKey("org.OrgUnit", models.PROTECT, related_name="+")
    kind = models.CharField(_("kind"), max_length=6, choices=Kind)
    basket = models.UUIDField()
    lines = models.JSONField()
    amount = MoneyField(_("amount"))
    reason = models.CharField(_("reason"), max_length=120, blank=True, default="")
    taken_by = models.ForeignKey("org.Person", models.PROTECT, related_name="+")
    taken_at = models.DateTimeField()

    scope_path: ClassVar[tuple[str, ...]] = ("till",)

    class Meta(ScopedModel.Meta):
        db_table = "till_taken_off"
        ordering = ("-taken_at", "-id")


classify(Sale, invoice_token="secret")
