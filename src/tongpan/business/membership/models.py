"""Members, the programme they are in, and its dated rules. Amounts live in accounts, not here.

What is personal about members stands in one table, `Member`, in columns of that class.
"""

from django.core.validators import RegexValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

from tongpan.kernel.documents.columns import ExactField, MoneyField
from tongpan.kernel.documents.models import Body, Line
from tongpan.kernel.org.rules import masked_phone
from tongpan.kernel.org.visibility import classify, show_in_part
from tongpan.masters.fields import code_column, id_column, state_column, weekdays_column
from tongpan.masters.search import search_text

is_birthday = RegexValidator(
    r"^(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])\Z", _("A birthday is written as month and day: 05-21.")
)


class Programme(models.Model):
    """What the points of a company are worth, and how long. One is in use at a time.

    Points of a month can be spent until the end of the month that is `expiry_months` later. The
    tier of a member follows from what they spent in the last `tier_months` months, this one too.
    """

    id = id_column()
    code = code_column()
    name = models.CharField(_("name"), max_length=40)
    points_per_yuan = models.PositiveIntegerField(
        _("points that pay ¥1"), default=100, help_text=_("How many points stand for one yuan.")
    )
    expiry_months = models.PositiveSmallIntegerField(
        _("months until points expire"), default=24, blank=True,
        help_text=_("Counted from the end of the month in which they were earned."),
    )  # fmt: skip
    tier_months = models.PositiveSmallIntegerField(
        _("months that count for the tier"), default=12, blank=True,
        help_text=_("This month and those before it, as a window that moves on."),
    )  # fmt: skip
    state = state_column()

    class Meta:
        db_table = "membership_programme"
        ordering = ("code",)
        verbose_name = _("points programme")

    def __str__(self) -> str:
        return self.name


class Tier(models.Model):
    """A level that members reach, and fall from, by what they spent (等级)."""

    id = id_column()
    programme = models.ForeignKey(
        Programme, models.PROTECT, related_name="tiers", verbose_name=_("points programme")
    )
    code = code_column()
    name = models.CharField(_("name"), max_length=40)
    spent_min = MoneyField(
        _("spent at least"), help_text=_("In the months that count for the tier, in CNY.")
    )
    state = state_column()

    class Meta:
        db_table = "membership_tier"
        ordering = ("spent_min", "code")
        verbose_name = _("tier")

    def __str__(self) -> str:
        return self.name


class EarnRule(models.Model):
    """How many points a yuan brings, for whom, on what and when. Empty means: all.

    Of the rules that fit a line, the one that brings most counts; they do not add up.
    """

    id = id_column()
    code = code_column()
    name = models.CharField(_("name"), max_length=60)
    programme = models.ForeignKey(
        Programme, models.PROTECT, related_name="rules", verbose_name=_("points programme")
    )
    points = ExactField(_("points for each yuan"))
    tier = models.ForeignKey(
        Tier, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("tier")
    )
    category = models.ForeignKey(
        "items.ItemCategory", models.PROTECT, null=True, blank=True, related_name="+",
        verbose_name=_("item category"),
    )  # fmt: skip
    weekdays = weekdays_column()
    on_birthday = models.BooleanField(
        _("only in the month of the birthday"), default=False, blank=True
    )
    valid_from = models.DateField(_("valid from"))
    valid_until = models.DateField(_("valid until"), null=True, blank=True)
    state = state_column()

    class Meta:
        db_table = "membership_earn_rule"
        ordering = ("code",)
        verbose_name = _("earning rule")

    def __str__(self) -> str:
        return self.name


class WalletRule(models.Model):
    """What holds for stored value from a day on: how much one may hold, and what is used first.

    A member with a name counts as registered, and what they have never expires. That of others may
    be used for `unregistered_months` after money last came in; then it waits, all of it, until
    somebody makes it valid again.
    """

    class Use(models.TextChoices):
        PROPORTION = "proportion", _("principal and bonus in proportion")
        PRINCIPAL = "principal", _("principal first")
        BONUS = "bonus", _("bonus first")

    id = id_column()
    code = code_column()
    valid_from = models.DateField(_("valid from"))
    unregistered_max = MoneyField(
        _("most without a name"), help_text=_("Principal of a member whose name is not known.")
    )
    registered_max = MoneyField(
        _("most with a name"), help_text=_("Principal of a member whose name is known.")
    )
    named_from = MoneyField(
        _("name needed from"), help_text=_("For one top-up of so much, the name must be known.")
    )
    unregistered_months = models.PositiveSmallIntegerField(
        _("months of validity without a name"), null=True, blank=True,
        help_text=_(
            "Since money last came in. Nothing is lost afterwards: it can be made valid again."
            " Empty: for ever. For cards in China at least 36."
        ),
    )  # fmt: skip
    uses = models.CharField(
        _("what is used first"), max_length=10, choices=Use, default=Use.PROPORTION, blank=True
    )
    state = state_column()

    class Meta:
        db_table = "membership_wallet_rule"
        ordering = ("valid_from",)
        verbose_name = _("rule of stored value")

    def __str__(self) -> str:
        return self.code


class TopUpRule(models.Model):
    """What is given on top of a top-up: the rule with the highest amount that was reached."""

    id = id_column()
    code = code_column()
    amount_min = MoneyField(_("from an amount of"))
    bonus = MoneyField(_("bonus"))
    valid_from = models.DateField(_("valid from"))
    valid_until = models.DateField(_("valid until"), null=True, blank=True)
    state = state_column()

    class Meta:
        db_table = "membership_top_up_rule"
        ordering = ("valid_from", "amount_min")
        verbose_name = _("top-up offer")

    def __str__(self) -> str:
        return self.code


class Member(models.Model):
    """A customer who is known in every branch. Phone, name, birthday and note are personal.

    Documents, events and history name the row by its id alone. `merged_into` is the member whose
    accounts hold what was this one's.
    """

    class Via(models.TextChoices):
        TILL = "till", _("at a till")
        PAGE = "page", _("by themselves")

    view_permission = "membership.member.view"

    id = id_column()
    code = code_column(blank=True, help_text=_("The number on the card. Empty: given by itself."))
    phone = models.CharField(_("phone"), max_length=30, blank=True)
    name = models.CharField(_("name"), max_length=60, blank=True)
    birthday = models.CharField(
        _("birthday"), max_length=5, blank=True, validators=[is_birthday],
        help_text=_("Month and day: 05-21."),
    )  # fmt: skip
    note = models.CharField(_("preferences and notes"), max_length=200, blank=True)
    search_text = models.TextField(
        _("words they are found by"), editable=False, default="", blank=True
    )
    tags = models.CharField(
        _("tags"), max_length=200, blank=True, help_text=_("Words with spaces between them.")
    )
    tier = models.ForeignKey(
        Tier, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("tier"),
        editable=False,
    )  # fmt: skip
    joined_on = models.DateField(_("joined on"), null=True, editable=False)
    joined_at = models.ForeignKey(
        "org.OrgUnit", models.PROTECT, null=True, related_name="+", verbose_name=_("joined at"),
        editable=False,
    )  # fmt: skip
    renewed_on = models.DateField(_("stored value valid again since"), null=True, editable=False)
    consented_at = models.DateTimeField(_("consented at"), null=True, editable=False)
    consented_via = models.CharField(
        _("consent given"), max_length=6, choices=Via, blank=True, default="", editable=False
    )
    merged_into = models.ForeignKey(
        "self", models.PROTECT, null=True, related_name="merged", verbose_name=_("merged into"),
        editable=False,
    )  # fmt: skip
    state = state_column()

    class Meta:
        db_table = "membership_member"
        ordering = ("code",)
        verbose_name = _("member")
        verbose_name_plural = _("members")
        constraints = [
            models.UniqueConstraint(
                fields=["phone"], condition=~models.Q(phone=""), name="one_member_for_a_phone"
            )
        ]

    def __str__(self) -> str:
        return self.code

    def searched(self) -> str:
        """The words under which a name is found: itself, its pinyin, its initials."""
        return search_text([], [self.name]) if self.name else ""


class Merge(Body):
    """Members who are one and the same: the accounts of each go to the other (会员合并)."""

    class Meta(Body.Meta):
        db_table = "membership_merge"


class MergeLine(Line):
    """One who is merged, and into whom; the figures say what moved."""

    member = models.ForeignKey(
        Member, models.PROTECT, null=True, related_name="+", verbose_name=_("member")
    )
    into = models.ForeignKey(
        Member, models.PROTECT, null=True, related_name="+", verbose_name=_("goes on as")
    )
    points = ExactField(_("points"), null=True, blank=True, editable=False)
    principal = MoneyField(_("principal"), null=True, blank=True, editable=False)
    bonus = MoneyField(_("bonus"), null=True, blank=True, editable=False)

    class Meta(Line.Meta):
        db_table = "membership_merge_line"


class Expiry(Body):
    """Points whose months have passed (积分到期)."""

    class Meta(Body.Meta):
        db_table = "membership_expiry"


class ExpiryLine(Line):
    """What of one member's points of one month has expired."""

    member = models.ForeignKey(
        Member, models.PROTECT, null=True, related_name="+", verbose_name=_("member")
    )
    lot = models.CharField(_("good until the end of"), max_length=7)
    points = ExactField(_("points"), null=True)

    class Meta(Line.Meta):
        db_table = "membership_expiry_line"


def name_in_part(name: str) -> str:
    """The family name, as a receipt would show it.

    >>> name_in_part("王小明"), name_in_part("Li")
    ('王**', 'L**')
    """
    return f"{name[:1]}**"


classify(
    Member, phone="personal", name="personal", birthday="personal", note="personal",
    search_text="personal",
)  # fmt: skip
show_in_part(Member, phone=masked_phone)
