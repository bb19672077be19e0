"""What a price change holds. What goods cost, and the margin that says so, is of the class cost."""

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from django.db import models
from django.utils.translation import gettext_lazy as _

from tongpan.kernel.documents.columns import ExactField, PriceField, SignedMoneyField
from tongpan.kernel.documents.models import Body, Line
from tongpan.kernel.org.visibility import classify
from tongpan.masters.fields import clock_column
from tongpan.masters.prices.rules import DAY_BEGINS

Moment = tuple[date, str]  # a business day, and a time of it by the clock of each store


class PercentField(ExactField):
    """So many percent, which may go either way: 5 is five percent more."""

    step = Decimal("0.01")
    may_be_negative = True


class Ending(models.TextChoices):
    """How a price that was worked out ends: the nearest such price is taken."""

    CENT = "0.01", _("to the cent")
    JIAO = "0.1", _("to 0.10")
    YUAN = "1", _("to whole numbers")
    NINE = ".9", _("….9")
    NINETY_NINE = ".99", _("….99")


class PriceChange(Body):
    """New prices in a list from a day, or a time of it, on, perhaps until another.

    `percent`, `amount` and `ending` work out the prices that nobody wrote; `category` and `brand`
    say which goods are proposed.
    """

    price_list = models.ForeignKey(
        "prices.PriceList", models.PROTECT, null=True, related_name="+",
        verbose_name=_("price list"),
    )  # fmt: skip
    begins_on = models.DateField(_("from day"), null=True)
    begins_clock = clock_column(
        _("from time"), default=DAY_BEGINS, blank=True,
        help_text=_("By the clock of each store, such as 14:00. Empty: from the day's beginning."),
    )  # fmt: skip
    ends_on = models.DateField(
        _("until day"), null=True, blank=True,
        help_text=_("Empty: they stay. Else those of before hold again after it."),
    )  # fmt: skip
    ends_clock = clock_column(
        _("until time"), default="", blank=True,
        help_text=_("Of the last day. Empty: until its end."),
    )  # fmt: skip
    percent = PercentField(
        _("percent more or less"), null=True, blank=True,
        help_text=_("-10 is ten percent less. For lines without a new price."),
    )  # fmt: skip
    amount = SignedMoneyField(_("amount more or less"), null=True, blank=True)
    ending = models.CharField(
        _("price ends"), max_length=4, choices=Ending, default=Ending.CENT, blank=True
    )
    brand = models.CharField(_("brand"), max_length=60, blank=True, default="")
    category = models.ForeignKey(
        "items.ItemCategory", models.PROTECT, null=True, blank=True, related_name="+",
        verbose_name=_("category"), help_text=_("All goods of it that the list has are proposed."),
    )  # fmt: skip

    @property
    def begins(self) -> "Moment":
        """From when on, on each store's clock."""
        assert self.begins_on is not None, "A change without a first day begins nowhere."
        return self.begins_on, self.begins_clock or DAY_BEGINS

    @property
    def returns(self) -> "Moment | None":
        """When the prices of before hold again; None if they do not."""
        if self.ends_on is None:
            return None
        if self.ends_clock:
            return self.ends_on, self.ends_clock
        return self.ends_on + timedelta(days=1), DAY_BEGINS

    listed: Any  # the prices of the list, as they were last looked up

    class Meta(Body.Meta):
        db_table = "price_change"


class PriceChangeLine(Line):
    """One unit of an item and its new price.

    `old_price` is what held when the change begins, `replaced` the price that began at that very
    minute, and `returns_to` what the change wrote for its end. All are fixed at posting.
    """

    item = models.ForeignKey("items.Item", models.PROTECT, null=True, verbose_name=_("item"))
    unit = models.ForeignKey(
        "items.UnitOfMeasure", models.PROTECT, null=True, blank=True, verbose_name=_("unit"),
        help_text=_("Empty means the item's base unit."),
    )  # fmt: skip
    new_price = PriceField(_("new price"), null=True)
    old_price = PriceField(_("old price"), null=True, blank=True, editable=False)
    replaced = PriceField(null=True, blank=True, editable=False)
    returns_to = PriceField(null=True, blank=True, editable=False)
    cost = PriceField(_("cost"), null=True, blank=True, editable=False)
    margin = PercentField(_("margin in percent"), null=True, blank=True, editable=False)

    class Meta(Line.Meta):
        db_table = "price_change_line"


classify(PriceChangeLine, cost="cost", margin="cost")
