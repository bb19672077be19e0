"""What the documents of selling on account hold. What goods had cost is of the class cost."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from tongpan.business.stock.models import GoodsLine
from tongpan.business.trade.models import PricedLine, Traded
from tongpan.kernel.documents.columns import MoneyField
from tongpan.kernel.org.visibility import classify


class ToCustomer(Traded):
    """What all documents with a customer have."""

    party_field = "customer"

    customer = models.ForeignKey(
        "parties.Party", models.PROTECT, null=True, related_name="+", verbose_name=_("customer")
    )

    class Meta(Traded.Meta):
        abstract = True


class SalesOrder(ToCustomer):
    """What a customer ordered, to be delivered from one place. The goods are held there."""

    wanted_on = models.DateField(_("wanted on"), null=True, blank=True)
    customer_order = models.CharField(
        _("customer's order number"), max_length=60, blank=True, default=""
    )

    class Meta(ToCustomer.Meta):
        db_table = "sales_order"


SAID_MAX = 120


class SalesOrderLine(PricedLine):
    """`price_said` is which price of which list it is; empty where somebody wrote another."""

    price_said = models.CharField(
        _("price of"), max_length=SAID_MAX, blank=True, default="", editable=False
    )

    class Meta(PricedLine.Meta):
        db_table = "sales_order_line"


class SalesDelivery(ToCustomer):
    """Goods that go to a customer on account, with or without an order."""

    due_on = models.DateField(
        _("due on"), null=True, blank=True,
        help_text=_("Empty: worked out from the customer's payment terms."),
    )  # fmt: skip

    class Meta(ToCustomer.Meta):
        db_table = "sales_delivery"


class SalesDeliveryLine(PricedLine):
    order_line = models.ForeignKey(
        SalesOrderLine, models.PROTECT, null=True, blank=True, related_name="+",
        verbose_name=_("order line"),
    )  # fmt: skip

    class Meta(PricedLine.Meta):
        db_table = "sales_delivery_line"


class SalesReturn(ToCustomer):
    """Goods that a customer brings back, at what they had paid and at what the goods had cost."""

    reason = models.CharField(_("reason"), max_length=120, blank=True, default="")

    class Meta(ToCustomer.Meta):
        db_table = "sales_return"


class SalesReturnLine(GoodsLine):
    """Its share of what its line of a delivery came to and had cost. `offset` is what of the amount
    is taken off the delivery at once; the rest is the customer's."""

    delivery_line = models.ForeignKey(
        SalesDeliveryLine, models.PROTECT, null=True, blank=True, related_name="+",
        verbose_name=_("delivery line"),
    )  # fmt: skip
    net = MoneyField(_("net"), null=True, blank=True, editable=False)
    tax = MoneyField(_("tax"), null=True, blank=True, editable=False)
    gross = MoneyField(_("amount"), null=True, blank=True, editable=False)
    cost = MoneyField(_("cost"), null=True, blank=True, editable=False)
    offset = MoneyField(_("taken off the delivery"), null=True, blank=True, editable=False)

    class Meta(GoodsLine.Meta):
        db_table = "sales_return_line"


class SalesClosing(ToCustomer):
    """What of an order will not be delivered any more."""

    reason = models.CharField(_("reason"), max_length=120, blank=True, default="")

    class Meta(ToCustomer.Meta):
        db_table = "sales_closing"


class SalesClosingLine(GoodsLine):
    order_line = models.ForeignKey(
        SalesOrderLine, models.PROTECT, null=True, blank=True, related_name="+",
        verbose_name=_("order line"),
    )  # fmt: skip

    class Meta(GoodsLine.Meta):
        db_table = "sales_closing_line"


classify(SalesReturnLine, cost="cost")
