"""Kinds of coupon, the coupons that were given out, and what they are given for."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from tongpan.business.membership.models import Member, Tier
from tongpan.kernel.documents.columns import ExactField, MoneyField
from tongpan.kernel.documents.models import Body, Line
from tongpan.masters.fields import code_column, id_column, state_column


class CouponKind(models.Model):
    """What a coupon takes off, from when to when, and for whom (券种). Empty means: all."""

    class Form(models.TextChoices):
        AMOUNT = "amount", _("an amount off")
        PERCENT = "percent", _("a percentage off")
        GOODS = "goods", _("one piece of an item free")
        OPENS = "opens", _("opens promotions")

    id = id_column()
    code = code_column()
    name = models.CharField(_("name"), max_length=60)
    form = models.CharField(_("what it gives"), max_length=8, choices=Form, default=Form.AMOUNT)
    amount = MoneyField(_("how much off, ¥"), null=True, blank=True)
    percent = ExactField(
        _("how many percent off"), null=True, blank=True, help_text=_("20 takes a fifth off.")
    )
    item = models.ForeignKey(
        "items.Item", models.PROTECT, null=True, blank=True, related_name="+",
        verbose_name=_("item that is free"),
    )  # fmt: skip
    minimum = MoneyField(_("from a purchase of"), default=0, blank=True)
    valid_from = models.DateField(_("valid from"), null=True, blank=True)
    valid_until = models.DateField(_("valid until"), null=True, blank=True)
    days = models.PositiveSmallIntegerField(
        _("days from the day it is given"), null=True, blank=True,
        help_text=_("Counted with that day. Empty: until the last day alone."),
    )  # fmt: skip
    tier = models.ForeignKey(
        Tier, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("tier")
    )
    tag = models.CharField(_("tag of the member"), max_length=40, blank=True, default="")
    unit = models.ForeignKey(
        "org.OrgUnit", models.PROTECT, null=True, blank=True, related_name="+",
        verbose_name=_("good at"),
        help_text=_("This unit and all below it. Empty: everywhere."),
    )  # fmt: skip
    most = models.PositiveSmallIntegerField(_("at most in one sale"), default=1, blank=True)
    is_transferable = models.BooleanField(
        _("may be passed on to another member"), default=False, blank=True
    )
    comes_back = models.BooleanField(
        _("comes back when the whole sale is returned"), default=True, blank=True
    )
    after_sale = MoneyField(
        _("given after a sale from"), null=True, blank=True,
        help_text=_("To the member of the sale, once for each sale. Empty: never."),
    )  # fmt: skip
    state = state_column()

    class Meta:
        db_table = "coupons_kind"
        ordering = ("code",)
        verbose_name = _("kind of coupon")

    def __str__(self) -> str:
        return self.name


class Gift(models.Model):
    """What a day of the year brings a member: a coupon on the birthday or the day of joining."""

    class Day(models.TextChoices):
        BIRTHDAY = "birthday", _("birthday")
        JOINED = "joined", _("anniversary of joining")

    id = id_column()
    code = code_column()
    day = models.CharField(_("day"), max_length=8, choices=Day, default=Day.BIRTHDAY)
    kind = models.ForeignKey(
        CouponKind, models.PROTECT, related_name="+", verbose_name=_("kind of coupon")
    )
    tier = models.ForeignKey(
        Tier, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("tier")
    )
    days_before = models.PositiveSmallIntegerField(_("days before"), default=0, blank=True)
    valid_from = models.DateField(_("valid from"))
    valid_until = models.DateField(_("valid until"), null=True, blank=True)
    state = state_column()

    class Meta:
        db_table = "coupons_gift"
        ordering = ("code",)
        verbose_name = _("gift of a day")

    def __str__(self) -> str:
        return self.code


class Coupon(models.Model):
    """One coupon. Whether it can still be used is the balance of its account, one or nothing.

    `code` is what is scanned; nobody is shown it but who hands it out or holds it. `occasion` is
    what it was given for, where a member gets a kind only once for it.
    """

    view_permission = "coupons.issue.view"

    id = id_column()
    kind = models.ForeignKey(CouponKind, models.PROTECT, related_name="coupons")
    code = models.CharField(_("code"), max_length=16, unique=True)
    member = models.ForeignKey(
        Member, models.PROTECT, null=True, related_name="coupons", verbose_name=_("member")
    )
    issue = models.UUIDField(_("Issue of coupons"), db_index=True)
    given_on = models.DateField(_("given on"))
    valid_from = models.DateField(_("valid from"))
    valid_until = models.DateField(_("valid until"), null=True)
    occasion = models.CharField(_("occasion"), max_length=40, default="")

    class Meta:
        db_table = "coupons_coupon"
        ordering = ("given_on", "id")
        verbose_name = _("coupon")
        constraints = [
            models.UniqueConstraint(
                fields=["member", "kind", "occasion"], condition=~Q(occasion=""),
                name="one_coupon_for_an_occasion",
            ),
        ]  # fmt: skip
        indexes = [
            models.Index(fields=["valid_until"], name="coupons_coupon_until"),
        ]

    def __str__(self) -> str:
        return f"…{self.code[-4:]}"


class Issue(Body):
    """Coupons that are given out (发券)."""

    class Meta(Body.Meta):
        db_table = "coupons_issue"


class IssueLine(Line):
    """So many of a kind for each: a member, all of a tier or with a tag, or nobody by name."""

    kind = models.ForeignKey(
        CouponKind, models.PROTECT, null=True, related_name="+", verbose_name=_("kind of coupon")
    )
    pieces = models.PositiveIntegerField(_("pieces for each"), null=True, default=1)
    member = models.ForeignKey(
        Member, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("member")
    )
    tier = models.ForeignKey(
        Tier, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("tier")
    )
    tag = models.CharField(_("tag"), max_length=40, blank=True, default="")
    occasion = models.CharField(
        _("occasion"), max_length=40, blank=True, default="",
        help_text=_("A member gets a kind once for each. Empty: any number."),
    )  # fmt: skip
    given = models.PositiveIntegerField(_("given out"), null=True, blank=True, editable=False)

    class Meta(Line.Meta):
        db_table = "coupons_issue_line"


class Lapse(Body):
    """Coupons that are good no more: their last day has passed, or they were called back."""

    class Meta(Body.Meta):
        db_table = "coupons_lapse"


class LapseLine(Line):
    """One coupon that is good no more, and why."""

    coupon = models.ForeignKey(
        Coupon, models.PROTECT, null=True, related_name="+", verbose_name=_("coupon")
    )
    about = models.CharField(_("reason"), max_length=120)

    class Meta(Line.Meta):
        db_table = "coupons_lapse_line"
