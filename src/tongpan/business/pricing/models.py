"""What a price change holds. What goods cost, and the margin that says so, is of the class cost."""

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from tongpan.kernel.documents.columns import (
    ExactField,
    PriceField,
    SeveralField,
    SignedMoneyField,
)
from tongpan.kernel.documents.models import Body, Line
from tongpan.kernel.org.models import OrgUnit
from tongpan.kernel.org.scope import units_where
from tongpan.kernel.org.visibility import classify
from tongpan.masters.fields import (
    amount_column,
    clock_column,
    code_column,
    id_column,
    price_column,
    state_column,
)
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


class Buyer(models.TextChoices):
    """Who buys at a level."""

    EVERYBODY = "everybody", _("everybody")
    MEMBERS = "members", _("members")


PRICED = (OrgUnit.Kind.COMPANY, OrgUnit.Kind.REGION, OrgUnit.Kind.STORE)  # units with own prices


def _places() -> list[tuple[str, str]]:
    """The units whose prices the acting person may see, by their codes."""
    units = units_where("prices.change.view").filter(is_active=True, kind__in=PRICED)
    return list(units.order_by("path").values_list("code", "name"))


class PriceChange(Body):
    """New prices in a list from a day, or a time of it, on, perhaps until another.

    `percent`, `amount` and `ending` work out the prices that nobody wrote; `category`, `brand` and
    `is_all` say which goods are proposed. `only_at` names the units whose own lists they are
    written into, so that they hold there alone.
    """

    price_list = models.ForeignKey(
        "prices.PriceList", models.PROTECT, null=True, related_name="+",
        verbose_name=_("price list"),
    )  # fmt: skip
    only_at = SeveralField(
        _("only at"), max_length=200, blank=True, default="", among=_places, between=" ",
        help_text=_(
            "None: wherever the list holds. In files, codes of stores or regions."
        ),
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
    is_all = models.BooleanField(
        _("all goods of the list"), default=False, blank=True,
        help_text=_("Everything with a price in it, unless a category or brand is named."),
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
    levels: Any  # and its levels

    class Meta(Body.Meta):
        db_table = "price_change"


class PriceChangeLine(Line):
    """One unit of an item and its new price: the usual one, or a level's, for some or from a
    quantity on.

    `old_price` is what held when the change begins, `replaced` the price that began at that very
    minute, and `returns_to` what the change wrote for its end. All are fixed at posting.
    """

    item = models.ForeignKey("items.Item", models.PROTECT, null=True, verbose_name=_("item"))
    unit = models.ForeignKey(
        "items.UnitOfMeasure", models.PROTECT, null=True, blank=True, verbose_name=_("unit"),
        help_text=_("Empty means the item's base unit."),
    )  # fmt: skip
    new_price = PriceField(_("new price"), null=True)
    buyer = models.CharField(
        _("for whom"), max_length=10, choices=Buyer, default=Buyer.EVERYBODY, blank=True
    )
    tier = models.ForeignKey(
        "membership.Tier", models.PROTECT, related_name="+", verbose_name=_("tier"),
        null=True, blank=True,
    )  # fmt: skip
    from_quantity = amount_column(_("from quantity"), null=True, blank=True)
    old_price = PriceField(_("old price"), null=True, blank=True, editable=False)
    replaced = PriceField(null=True, blank=True, editable=False)
    returns_to = PriceField(null=True, blank=True, editable=False)
    cost = PriceField(_("cost"), null=True, blank=True, editable=False)
    margin = PercentField(_("margin in percent"), null=True, blank=True, editable=False)

    class Meta(Line.Meta):
        db_table = "price_change_line"

    @property
    def is_level(self) -> bool:
        """Whether it is a price beside the usual one."""
        return self.buyer == Buyer.MEMBERS or self.quantity_min > 1

    @property
    def quantity_min(self) -> Decimal:
        return Decimal(1) if self.from_quantity is None else self.from_quantity

    @property
    def level(self) -> tuple[Any, ...]:
        """Which level of its list it is, whenever it begins."""
        return self.item_id, self.unit_id, self.buyer, self.tier_id, self.quantity_min


class PriceLevel(models.Model):
    """A price beside the usual one of a list: for members, for one tier, or from a quantity on.

    Of all that fit a line the lowest holds, if it is lower than the usual price. Of the same level
    in several lists that of the nearest unit holds, then the one that began last.
    """

    id = id_column()
    price_list = models.ForeignKey(
        "prices.PriceList", models.CASCADE, related_name="+", verbose_name=_("price list")
    )
    item = models.ForeignKey("items.Item", models.PROTECT, related_name="+", verbose_name=_("item"))
    unit = models.ForeignKey(
        "items.UnitOfMeasure", models.PROTECT, related_name="+", verbose_name=_("unit"),
        blank=True, help_text=_("Empty means the item's base unit."),
    )  # fmt: skip
    buyer = models.CharField(
        _("for whom"), max_length=10, choices=Buyer, default=Buyer.EVERYBODY, blank=True
    )
    tier = models.ForeignKey(
        "membership.Tier", models.PROTECT, related_name="+", verbose_name=_("tier"),
        null=True, blank=True, help_text=_("Empty: every member."),
    )  # fmt: skip
    from_quantity = amount_column(_("from quantity"), default=Decimal(1), blank=True)
    price = price_column(_("price"))
    valid_from = models.DateField(_("valid from"))
    from_clock = clock_column(
        _("from time"), default=DAY_BEGINS, blank=True,
        help_text=_("By the clock of each store, such as 14:00. Empty: from the day's beginning."),
    )  # fmt: skip
    valid_until = models.DateField(_("valid until"), null=True, blank=True)
    state = state_column()

    class Meta:
        db_table = "price_level"
        ordering = ("price_list", "item", "buyer", "from_quantity", "-valid_from", "-from_clock")
        verbose_name = _("price level")
        verbose_name_plural = _("price levels")
        constraints = [
            models.UniqueConstraint(
                fields=["item", "unit", "price_list", "buyer", "tier", "from_quantity",
                        "valid_from", "from_clock"],
                name="one_level_per_list_and_minute", nulls_distinct=False,
            ),
            models.CheckConstraint(condition=Q(price__gte=0), name="level_not_below_zero"),
            models.CheckConstraint(condition=Q(from_quantity__gt=0), name="level_from_something"),
            models.CheckConstraint(
                condition=Q(tier=None) | Q(buyer="members"), name="tier_is_of_members"
            ),
            models.CheckConstraint(
                condition=Q(valid_until=None) | Q(valid_until__gte=F("valid_from")),
                name="level_ends_after_it_begins",
            ),
        ]  # fmt: skip

    @property
    def level(self) -> tuple[Any, ...]:
        """Which level of its list it is, whenever it begins."""
        return self.item_id, self.unit_id, self.buyer, self.tier_id, self.from_quantity

    def __str__(self) -> str:
        whom = str(self.tier) if self.tier_id else self.get_buyer_display()
        return f"{self.price_list.name} · {whom} · {self.from_quantity.normalize():f}+"


class PriceBand(models.Model):
    """How far units below may go with prices of their own: floor, ceiling and least margin.

    It is set at a unit, for an item, a category or everything there, perhaps for one list. Of the
    bands of one unit the most particular holds. Floor and ceiling are for one base unit.
    """

    id = id_column()
    code = code_column()
    org_unit = models.ForeignKey(
        "org.OrgUnit", models.PROTECT, related_name="+", verbose_name=_("set by"),
        help_text=_("It binds the price lists of units below this one."),
    )  # fmt: skip
    price_list = models.ForeignKey(
        "prices.PriceList", models.CASCADE, related_name="+", verbose_name=_("price list"),
        null=True, blank=True, help_text=_("Empty: all lists."),
    )  # fmt: skip
    item = models.ForeignKey(
        "items.Item", models.CASCADE, related_name="+", verbose_name=_("item"),
        null=True, blank=True,
    )  # fmt: skip
    category = models.ForeignKey(
        "items.ItemCategory", models.CASCADE, related_name="+", verbose_name=_("category"),
        null=True, blank=True, help_text=_("Empty, and no item: all items."),
    )  # fmt: skip
    floor = price_column(_("lowest price"), null=True, blank=True)
    ceiling = price_column(_("highest price"), null=True, blank=True)
    margin_min = PercentField(_("least margin in percent"), null=True, blank=True)
    valid_from = models.DateField(_("valid from"))
    valid_until = models.DateField(_("valid until"), null=True, blank=True)
    state = state_column()

    class Meta:
        db_table = "price_band"
        ordering = ("code",)
        verbose_name = _("price band")
        verbose_name_plural = _("price bands")
        constraints = [
            models.CheckConstraint(
                condition=Q(item=None) | Q(category=None), name="band_of_an_item_or_a_category"
            ),
            models.CheckConstraint(
                condition=Q(floor=None) | Q(ceiling=None) | Q(ceiling__gte=F("floor")),
                name="band_has_room",
            ),
            models.CheckConstraint(
                condition=Q(margin_min=None) | Q(margin_min__lt=100), name="band_margin_below_all"
            ),
            models.CheckConstraint(
                condition=Q(valid_until=None) | Q(valid_until__gte=F("valid_from")),
                name="band_ends_after_it_begins",
            ),
        ]

    def __str__(self) -> str:
        return self.code


classify(PriceChangeLine, cost="cost", margin="cost")
