"""Promotions as documents: what people declare on forms, and how groups of them get along.

A promotion is a document with its goods, steps and places on lines. `plain.py` says it as the data
that the engine reads. What was posted is never edited: it is ended, and another is begun.
"""

from datetime import datetime, time, timedelta
from decimal import Decimal

from django.core.validators import RegexValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

from tongpan.business.membership.models import Tier
from tongpan.business.promotions.known import marks_of
from tongpan.business.promotions.rules.values import Measured, Rule, Spread
from tongpan.kernel.documents.columns import ExactField, MoneyField, QuantityField, SeveralField
from tongpan.kernel.documents.models import Body, Line
from tongpan.masters.fields import (
    clock_column,
    code_column,
    id_column,
    state_column,
    weekdays_column,
)
from tongpan.masters.items.models import Item, ItemCategory

are_hours = RegexValidator(
    r"^(([01]\d|2[0-3]):[0-5]\d-([01]\d|2[0-3]):[0-5]\d( |\Z))*\Z",
    _("Hours are written as 17:00-19:00 21:00-22:00."),
)


class Kind(models.TextChoices):
    """What a promotion does, in the words of who runs it."""

    PERCENT_OFF = "percent_off", _("percent off")
    AMOUNT_OFF = "amount_off", _("amount off each")
    FIXED_PRICE = "fixed_price", _("special price")
    ORDER_AMOUNT_OFF = "order_amount_off", _("amount off the sale")
    SPEND_SAVE = "spend_save", _("spend and save, in steps")
    SPEND_SAVE_EACH = "spend_save_each", _("save for every full amount")
    SPEND_PERCENT = "spend_percent", _("spend and get percent off")
    COUNT_SAVE = "count_save", _("take several and save")
    COUNT_PERCENT = "count_percent", _("take several for percent off")
    NTH_PERCENT = "nth_percent", _("percent off the nth piece")
    NTH_PRICE = "nth_price", _("special price for the nth piece")
    BUY_GET = "buy_get", _("buy some, get some of the same")
    BUY_GET_OTHER = "buy_get_other", _("buy some, get others for less")
    BUNDLE_PRICE = "bundle_price", _("so many for one price")
    SET_PRICE = "set_price", _("a set for one price")
    GIFT = "gift", _("gift with purchase")
    ADD_ON = "add_on", _("add-on at a special price")


class GroupRule(models.TextChoices):
    """How the promotions of a group get along (see `rules.values.Rule`)."""

    STACK = Rule.STACK.value, _("they add up, one after the other")
    BEST = Rule.BEST.value, _("each piece takes the best one")
    ONE = Rule.ONE.value, _("one of them in a sale")


class Measure(models.TextChoices):
    LEFT = Measured.LEFT.value, _("what promotions before it left to pay")
    LISTED = Measured.LISTED.value, _("the prices before all promotions")


class Bearing(models.TextChoices):
    """Which lines bear what a set takes off."""

    USUAL = "", _("as is usual for its kind")
    SET = Spread.SET.value, _("all goods of the set")
    GOT = Spread.GOT.value, _("the goods whose price it is")


class Part(models.TextChoices):
    """What a line of a promotion says."""

    ALL = "all", _("all goods")
    GOODS = "goods", _("goods it is for")
    EXCEPT = "except", _("but not these")
    REWARD = "reward", _("goods that it gives")
    SLOT = "slot", _("part of the set")
    STEP = "step", _("step of an offer")
    STORE = "store", _("store")
    TIER = "tier", _("tier of members")


class PercentField(ExactField):
    """Hundredths that come off: 20 is 八折."""

    step = Decimal("0.01")


class PromotionGroup(models.Model):
    """Promotions that exclude each other, of which the best counts, or which add up.

    Groups are applied in their `position`; promotions of no group come with those of position 0.
    """

    id = id_column()
    code = code_column()
    name = models.CharField(_("name"), max_length=40)
    rule = models.CharField(_("rule"), max_length=5, choices=GroupRule)
    position = models.IntegerField(
        _("turn"), default=0, blank=True,
        help_text=_("Lower ones come first. A promotion of no group has 0."),
    )  # fmt: skip
    state = state_column()

    class Meta:
        db_table = "promotion_group"
        ordering = ("position", "code")
        verbose_name = _("group of promotions")
        verbose_name_plural = _("groups of promotions")

    def __str__(self) -> str:
        return self.name


class PromotionDocument(Body):
    """A promotion: what it does, when, where, for whom, how often and for how much.

    Which of the figures count hangs on the kind; `plain.py` says which. Days and times are by the
    clock of each store. `ended_at` is when somebody ended it before its time.
    """

    title = models.CharField(
        _("name"), max_length=60, help_text=_("Cashiers and receipts show it.")
    )
    kind = models.CharField(_("kind of promotion"), max_length=16, choices=Kind)
    begins_on = models.DateField(_("from day"), null=True)
    begins_clock = clock_column(
        _("from time"), blank=True, default="",
        help_text=_("By each store's clock, such as 14:00. Empty: all day."),
    )  # fmt: skip
    ends_on = models.DateField(
        _("until day"), null=True, blank=True,
        help_text=_("The last day. Empty: until somebody ends it."),
    )  # fmt: skip
    ends_clock = clock_column(
        _("until time"), blank=True, default="",
        help_text=_("On the last day. Empty: to the end of that day."),
    )  # fmt: skip
    weekdays = weekdays_column()
    hours = models.CharField(
        _("hours"), max_length=120, blank=True, default="", validators=[are_hours],
        help_text=_("Such as 17:00-19:00 21:00-22:00. Empty: all day."),
    )  # fmt: skip
    group = models.ForeignKey(
        PromotionGroup, models.PROTECT, null=True, blank=True, related_name="+",
        verbose_name=_("group of promotions"),
        help_text=_("Which promotions it adds up with. Empty: all."),
    )  # fmt: skip
    place = models.IntegerField(
        _("turn in the group"), default=0, blank=True, help_text=_("A lower one comes first.")
    )
    is_exclusive = models.BooleanField(
        _("alone"), default=False, blank=True,
        help_text=_("No other promotion then uses the goods that it uses."),
    )  # fmt: skip

    percent = PercentField(
        _("percent off"), null=True, blank=True, help_text=_("20 is a price of 80 percent.")
    )
    amount = MoneyField(_("amount off"), null=True, blank=True)
    price = MoneyField(_("special price"), null=True, blank=True)
    spend = MoneyField(_("for every"), null=True, blank=True)
    save_amount = MoneyField(_("so much off"), null=True, blank=True)
    nth = models.PositiveIntegerField(_("which piece"), null=True, blank=True)
    buy = models.PositiveIntegerField(_("pieces to buy"), null=True, blank=True)
    get = models.PositiveIntegerField(_("pieces to get"), null=True, blank=True)
    for_each = models.BooleanField(
        _("for every full minimum"), default=False, blank=True,
        help_text=_("What it gives is given again for each full minimum."),
    )  # fmt: skip
    spread = models.CharField(
        _("who bears what is taken off"), max_length=3, choices=Bearing, blank=True, default=""
    )

    quantity_min = QuantityField(
        _("minimum quantity"), null=True, blank=True, help_text=_("Of the goods it is for.")
    )
    amount_min = MoneyField(
        _("minimum amount"), null=True, blank=True, help_text=_("Of the goods it is for.")
    )
    basket_min = MoneyField(
        _("minimum of the whole sale"), null=True, blank=True,
        help_text=_("Of all goods, before promotions."),
    )  # fmt: skip
    measured = models.CharField(
        _("minimum amounts look at"), max_length=6, choices=Measure, blank=True,
        default=Measure.LEFT,
    )  # fmt: skip
    members_only = models.BooleanField(_("only for members"), default=False, blank=True)
    member_tags = models.CharField(
        _("tags of members"), max_length=120, blank=True, default="",
        help_text=_("Words with spaces between: who has one of them."),
    )  # fmt: skip
    channels = SeveralField(
        _("channels"), max_length=60, blank=True, default="", between=" ",
        among=marks_of("channels"),
        help_text=_("None: all. In files their codes with spaces between."),
    )  # fmt: skip
    payments = SeveralField(
        _("ways of paying"), max_length=120, blank=True, default="", between=" ",
        among=marks_of("payments"),
        help_text=_("None: all. In files their codes with spaces between."),
    )  # fmt: skip
    coupon = models.CharField(
        _("kind of coupon"), max_length=40, blank=True, default="",
        help_text=_("Its code. Then it holds only for who has such a coupon."),
    )  # fmt: skip

    per_sale = models.PositiveIntegerField(_("times in one sale"), null=True, blank=True)
    per_member = models.PositiveIntegerField(
        _("times for each member"), null=True, blank=True,
        help_text=_("Altogether. It is then for members alone."),
    )  # fmt: skip
    per_day = models.PositiveIntegerField(
        _("times a day"), null=True, blank=True, help_text=_("In all stores together.")
    )
    amount_max = MoneyField(_("most in one sale"), null=True, blank=True)
    budget = MoneyField(
        _("budget"), null=True, blank=True,
        help_text=_("When so much was taken off altogether, it stops by itself."),
    )  # fmt: skip

    ended_at = models.DateTimeField(_("ended"), null=True, editable=False)
    instead_of = models.ForeignKey(
        "self", models.PROTECT, null=True, editable=False, related_name="changed_by",
        verbose_name=_("changes"),
    )  # fmt: skip

    class Meta(Body.Meta):
        db_table = "promotion"
        verbose_name = _("promotion")

    def __str__(self) -> str:
        return self.title

    @property
    def begins(self) -> datetime | None:
        """From when on it holds, by the clock of each store."""
        if self.begins_on is None:
            return None
        return datetime.combine(self.begins_on, time.fromisoformat(self.begins_clock or "00:00"))

    @property
    def ends(self) -> datetime | None:
        """From when on it is over, by the clock of each store; None while nobody knows."""
        if self.ends_on is None:
            return None
        if not self.ends_clock:
            return datetime.combine(self.ends_on + timedelta(days=1), time(0))
        return datetime.combine(self.ends_on, time.fromisoformat(self.ends_clock))


class PromotionLine(Line):
    """One thing that a promotion says more of: goods, a step, a store, a tier.

    Goods are an item, a category or a brand each. Items, categories and brands that are named must
    all fit: a category and a brand mean the goods of that brand in that category.
    """

    part = models.CharField(_("what it says"), max_length=6, choices=Part)
    item = models.ForeignKey(
        Item, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("item")
    )
    category = models.ForeignKey(
        ItemCategory, models.PROTECT, null=True, blank=True, related_name="+",
        verbose_name=_("item category"),
    )  # fmt: skip
    brand = models.CharField(_("brand"), max_length=60, blank=True, default="")
    store = models.ForeignKey(
        "org.OrgUnit", models.PROTECT, null=True, blank=True, related_name="+",
        verbose_name=_("store or region"),
    )  # fmt: skip
    tier = models.ForeignKey(
        Tier, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("tier")
    )
    slot = models.PositiveIntegerField(
        _("which part of the set"), null=True, blank=True,
        help_text=_("Lines with the same number may stand for each other."),
    )  # fmt: skip
    pieces = models.PositiveIntegerField(_("pieces of it"), null=True, blank=True)
    least = QuantityField(
        _("starting from"), null=True, blank=True, help_text=_("An amount, or a number of pieces.")
    )
    off = MoneyField(_("takes off"), null=True, blank=True, help_text=_("An amount, or a percent."))

    class Meta(Line.Meta):
        db_table = "promotion_line"
