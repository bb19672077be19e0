"""A shift that is open, one that is closed, and a store's day that somebody looked over."""

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from tongpan.base import env
from tongpan.kernel.documents.columns import MoneyField, SignedMoneyField
from tongpan.kernel.documents.models import Body, Line
from tongpan.kernel.org.visibility import ScopedModel


class OpenShift(ScopedModel):
    """A shift (班次) that runs at a till; there is one at most. What was sold in it is what the
    till sold from `opened_at` on: no slip names its shift.

    `float_amount` (备用金) was counted when it began; `left_before` is what the one before left.
    """

    id = models.UUIDField(primary_key=True, default=env.new_id, editable=False)
    till = models.OneToOneField("org.OrgUnit", models.PROTECT, related_name="+")
    clerk = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    opened_at = models.DateTimeField()
    float_amount = MoneyField(_("float"))
    left_before = MoneyField(null=True)

    scope_path: ClassVar[str] = "till"

    class Meta(ScopedModel.Meta):
        db_table = "till_open_shift"


class Shift(Body):
    """A closed shift (交班单). All amounts are cash.

    `expected` is the float and what came in and went out by the slips, `counted` what was there,
    `difference` what is over (above zero) or short, `kept` the float that stays in the drawer.
    """

    store = models.ForeignKey(
        "org.OrgUnit", models.PROTECT, related_name="+", verbose_name=_("store")
    )
    clerk = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("clerk")
    )
    method = models.ForeignKey(
        "till.PaymentMethod", models.PROTECT, null=True, related_name="+",
        verbose_name=_("payment method"),
    )  # fmt: skip
    opened_at = models.DateTimeField(_("opened at"))
    closed_at = models.DateTimeField(_("shift closed at"))
    float_amount = MoneyField(_("float"))
    left_before = MoneyField(null=True)
    expected = SignedMoneyField(_("cash expected"))
    counted = MoneyField(_("cash counted"))
    difference = SignedMoneyField(
        _("over or short"), help_text=_("Above zero there was too much, below zero too little.")
    )
    kept = MoneyField(_("float left"))
    remark = models.CharField(_("remark"), max_length=200, blank=True, default="")
    parked = models.PositiveIntegerField(_("baskets left parked"), default=0)

    class Meta(Body.Meta):
        db_table = "till_shift"


class CashKind(models.TextChoices):
    NOTE = "note", _("banknote")
    COIN = "coin", _("coin")


class ShiftCount(Line):
    """How many of one note or coin were counted."""

    kind = models.CharField(_("kind"), max_length=4, choices=CashKind, default=CashKind.NOTE)
    face = MoneyField(_("face value"))
    pieces = models.PositiveIntegerField(_("pieces"))
    amount = MoneyField(_("amount"))

    class Meta(Line.Meta):
        db_table = "till_shift_count"


class DayClose(ScopedModel):
    """A store's business day that somebody looked over: the tills, and what was odd then."""

    id = models.UUIDField(primary_key=True, default=env.new_id, editable=False)
    store = models.ForeignKey("org.OrgUnit", models.PROTECT, related_name="+")
    on = models.DateField(_("business date"))
    closed_at = models.DateTimeField()
    closed_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    listed = models.JSONField(default=list)

    scope_path: ClassVar[str] = "store"

    class Meta(ScopedModel.Meta):
        db_table = "till_day_close"
        constraints = [
            models.UniqueConstraint(fields=["store", "on"], name="a_day_is_closed_once"),
        ]
