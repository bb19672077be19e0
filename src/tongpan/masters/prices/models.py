"""What goods are sold for: lists with dates and a scope of units, and the prices in them."""

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from tongpan.masters.fields import (
    clock_column,
    code_column,
    id_column,
    price_column,
    state_column,
)
from tongpan.masters.prices.rules import DAY_BEGINS


class HoldsFor(models.TextChoices):
    """Who buys at the prices of a list. A customer's own list may be of any kind."""

    EVERYBODY = "everybody", _("everybody")
    WHOLESALE = "wholesale", _("wholesale customers")
    NAMED = "named", _("customers who have this list")


class PriceList(models.Model):
    """Prices that hold at a unit and below it, from one day to another. Both days are included.

    The list of the nearest unit wins, then the one that began last: a store's own list is asked
    before its region's, and a spring list before the one that it interrupts.
    """

    id = id_column()
    code = code_column()
    name = models.CharField(_("name"), max_length=80)
    org_unit = models.ForeignKey(
        "org.OrgUnit", on_delete=models.PROTECT, related_name="+", verbose_name=_("org unit")
    )
    holds_for = models.CharField(
        _("holds for"), max_length=10, choices=HoldsFor, default=HoldsFor.EVERYBODY, blank=True,
        help_text=_("Tills sell at the prices for everybody."),
    )  # fmt: skip
    currency = models.CharField(_("currency"), max_length=3, default="CNY", blank=True)
    is_tax_included = models.BooleanField(_("tax included"), default=True, blank=True)
    valid_from = models.DateField(_("valid from"))
    valid_until = models.DateField(_("valid until"), null=True, blank=True)
    state = state_column()

    class Meta:
        ordering = ["code"]
        verbose_name = _("price list")
        verbose_name_plural = _("price lists")
        constraints = [
            models.CheckConstraint(
                condition=Q(valid_until=None) | Q(valid_until__gte=F("valid_from")),
                name="price_list_ends_after_it_begins",
            ),
        ]

    def __str__(self) -> str:
        return self.name


class Price(models.Model):
    """The price of one unit of an item in a list, from a minute of one day until the next row's.

    `barcode` is set only where one barcode of the item has a price of its own.
    """

    id = id_column()
    price_list = models.ForeignKey(
        PriceList, on_delete=models.CASCADE, related_name="prices", verbose_name=_("price list")
    )
    item = models.ForeignKey(
        "items.Item", on_delete=models.PROTECT, related_name="+", verbose_name=_("item")
    )
    unit = models.ForeignKey(
        "items.UnitOfMeasure",
        on_delete=models.PROTECT,
        related_name="+",
        verbose_name=_("unit"),
        blank=True,
        help_text=_("Empty means the item's base unit."),
    )
    barcode = models.ForeignKey(
        "items.Barcode",
        on_delete=models.CASCADE,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("barcode"),
    )
    price = price_column(_("price"))
    valid_from = models.DateField(_("valid from"))
    from_clock = clock_column(
        _("from time"), default=DAY_BEGINS, blank=True,
        help_text=_("By the clock of each store, such as 14:00. Empty: from the day's beginning."),
    )  # fmt: skip
    state = state_column()

    class Meta:
        ordering = ["price_list", "item", "-valid_from", "-from_clock"]
        verbose_name = _("price")
        verbose_name_plural = _("prices")
        constraints = [
            models.UniqueConstraint(
                fields=["item", "unit", "barcode", "price_list", "valid_from", "from_clock"],
                name="one_price_per_list_and_minute",
                nulls_distinct=False,
            ),
            models.CheckConstraint(condition=Q(price__gte=0), name="price_not_below_zero"),
        ]

    def __str__(self) -> str:
        since = f"{self.valid_from:%Y-%m-%d}"
        if self.from_clock != DAY_BEGINS:
            since += f" {self.from_clock}"
        return f"{self.price_list.name} · {since}"
