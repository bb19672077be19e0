"""What documents of trade hold, whether goods come or go. They are tables where areas make them."""

from decimal import Decimal

from django.db import models
from django.utils.translation import gettext_lazy as _

from tongpan.business.finance.models import WithParty
from tongpan.business.stock.models import GoodsLine
from tongpan.kernel.documents.columns import MoneyField, PriceField
from tongpan.kernel.documents.models import Body


class PricedLine(GoodsLine):
    """Goods at a price. What was agreed is frozen: price, rate, category, net, tax."""

    price = PriceField(_("price"), null=True)
    tax_category = models.ForeignKey(
        "taxes.TaxCategory", models.PROTECT, null=True, blank=True, related_name="+",
        verbose_name=_("tax category"), editable=False,
    )  # fmt: skip
    tax_rate = models.DecimalField(
        _("tax rate"), max_digits=7, decimal_places=6, null=True, blank=True, editable=False
    )
    net = MoneyField(_("net"), null=True, blank=True, editable=False)
    tax = MoneyField(_("tax"), null=True, blank=True, editable=False)
    gross = MoneyField(_("amount"), null=True, blank=True, editable=False)

    class Meta(GoodsLine.Meta):
        abstract = True

    @property
    def times(self) -> Decimal | None:
        """How many the price is for."""
        quantity: Decimal | None = self.quantity
        return quantity


class Traded(WithParty, Body):
    """What all documents have by which goods come from somebody, or go to them."""

    place = models.ForeignKey(
        "places.Place", models.PROTECT, null=True, related_name="+", verbose_name=_("place")
    )
    is_tax_included = models.BooleanField(_("prices include tax"), default=True, blank=True)

    class Meta(Body.Meta):
        abstract = True
