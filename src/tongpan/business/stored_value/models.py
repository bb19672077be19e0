"""Top-ups of stored value, its paying out, punch cards sold and paid back, and settlements."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from tongpan.business.finance.models import MoneyPlace
from tongpan.business.membership.models import Member
from tongpan.business.punchcards.models import Card, CardKind
from tongpan.business.till.models import PaymentMethod
from tongpan.kernel.documents.columns import ExactField, MoneyField, SignedMoneyField
from tongpan.kernel.documents.models import Body, Line


class ByOneWay(Body):
    """Money that came in, or went out, in one way of paying."""

    method = models.ForeignKey(
        PaymentMethod, models.PROTECT, null=True, related_name="+",
        verbose_name=_("payment method"),
    )  # fmt: skip
    reference = models.CharField(_("reference"), max_length=60, blank=True, default="")

    class Meta(Body.Meta):
        abstract = True


class TopUp(ByOneWay):
    """Money that members pay in ahead (储值): we owe it, and no tax is due before it is used."""

    class Meta(Body.Meta):
        db_table = "stored_value_top_up"


class TopUpLine(Line):
    """What one member pays in, and what is given on top of it."""

    member = models.ForeignKey(
        Member, models.PROTECT, null=True, related_name="+", verbose_name=_("member")
    )
    amount = MoneyField(_("amount paid in"), null=True)
    bonus = MoneyField(_("bonus"), null=True, blank=True, editable=False)

    class Meta(Line.Meta):
        db_table = "stored_value_top_up_line"


class PayOut(ByOneWay):
    """Principal that members get back (储值退款). Bonus is never paid out."""

    class Meta(Body.Meta):
        db_table = "stored_value_pay_out"


class PayOutLine(Line):
    """What one member gets back, and why."""

    member = models.ForeignKey(
        Member, models.PROTECT, null=True, related_name="+", verbose_name=_("member")
    )
    amount = MoneyField(_("amount paid out"), null=True)
    about = models.CharField(_("reason"), max_length=120)

    class Meta(Line.Meta):
        db_table = "stored_value_pay_out_line"


class CardSale(ByOneWay):
    """Punch cards that members buy (次卡发售): we owe the uses, and each earns its part."""

    class Meta(Body.Meta):
        db_table = "stored_value_card_sale"


class CardSaleLine(Line):
    """One card of one member. Its price, uses and last day are those of its kind on the day."""

    member = models.ForeignKey(
        Member, models.PROTECT, null=True, related_name="+", verbose_name=_("member")
    )
    kind = models.ForeignKey(
        CardKind, models.PROTECT, null=True, related_name="+",
        verbose_name=_("kind of punch card"),
    )  # fmt: skip
    amount = MoneyField(_("price of the card"), null=True, blank=True, editable=False)
    uses = ExactField(_("how many times"), null=True, blank=True, editable=False)

    class Meta(Line.Meta):
        db_table = "stored_value_card_sale_line"


class CardRefund(ByOneWay):
    """What is left of punch cards, paid back (次卡退款)."""

    class Meta(Body.Meta):
        db_table = "stored_value_card_refund"


class CardRefundLine(Line):
    """One card whose remaining uses are paid back, all of them, and why."""

    card = models.ForeignKey(
        Card, models.PROTECT, null=True, related_name="+", verbose_name=_("punch card")
    )
    about = models.CharField(_("reason"), max_length=120)
    amount = MoneyField(_("amount paid out"), null=True, blank=True, editable=False)
    uses = ExactField(_("uses left"), null=True, blank=True, editable=False)

    class Meta(Line.Meta):
        db_table = "stored_value_card_refund_line"


class Settlement(Body):
    """What headquarters pays stores for members' money that was used there (储值结算)."""

    from_place = models.ForeignKey(
        MoneyPlace, models.PROTECT, null=True, related_name="+",
        verbose_name=_("account of headquarters"),
    )  # fmt: skip
    reference = models.CharField(_("bank reference"), max_length=60, blank=True, default="")

    class Meta(Body.Meta):
        db_table = "stored_value_settlement"


class SettlementLine(Line):
    """What one store gets, or below zero gives."""

    store = models.ForeignKey(
        "org.OrgUnit", models.PROTECT, null=True, related_name="+", verbose_name=_("store")
    )
    to_place = models.ForeignKey(
        MoneyPlace, models.PROTECT, null=True, related_name="+",
        verbose_name=_("account of the store"),
    )  # fmt: skip
    amount = SignedMoneyField(
        _("amount"), null=True, help_text=_("Below zero: the store pays headquarters.")
    )

    class Meta(Line.Meta):
        db_table = "stored_value_settlement_line"
