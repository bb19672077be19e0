"""Kinds of punch card, and the cards that members hold."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from tongpan.business.membership.models import Member
from tongpan.kernel.documents.columns import MoneyField
from tongpan.masters.fields import code_column, id_column, state_column


class CardKind(models.Model):
    """So many times something for a price paid ahead (次卡): ten washes for 268 yuan.

    It is for one item, or for everything in a category. Empty means: without end, everywhere.
    """

    id = id_column()
    code = code_column()
    name = models.CharField(_("name"), max_length=60)
    item = models.ForeignKey(
        "items.Item", models.PROTECT, null=True, blank=True, related_name="+",
        verbose_name=_("what it is for"),
    )  # fmt: skip
    category = models.ForeignKey(
        "items.ItemCategory", models.PROTECT, null=True, blank=True, related_name="+",
        verbose_name=_("or for all of"), help_text=_("With everything below it."),
    )  # fmt: skip
    uses = models.PositiveSmallIntegerField(_("how many times"))
    price = MoneyField(_("price of the card"))
    days = models.PositiveSmallIntegerField(
        _("days from the day it is sold"), null=True, blank=True,
        help_text=_("Counted with that day. Empty: it never ends."),
    )  # fmt: skip
    unit = models.ForeignKey(
        "org.OrgUnit", models.PROTECT, null=True, blank=True, related_name="+",
        verbose_name=_("good at"),
        help_text=_("This unit and all below it. Empty: everywhere."),
    )  # fmt: skip
    state = state_column()

    class Meta:
        db_table = "punchcards_kind"
        ordering = ("code",)
        verbose_name = _("kind of punch card")

    def __str__(self) -> str:
        return self.name


class Card(models.Model):
    """One card of a member. How often it can be used, and what is owed on it, are its accounts.

    `sale` is the document by which it was sold.
    """

    view_permission = "stored_value.card_sale.view"

    id = id_column()
    code = models.CharField(_("code"), max_length=20, unique=True)
    kind = models.ForeignKey(CardKind, models.PROTECT, related_name="cards")
    member = models.ForeignKey(
        Member, models.PROTECT, related_name="cards", verbose_name=_("member")
    )
    sale = models.UUIDField(_("Sale of punch cards"), db_index=True)
    sold_on = models.DateField(_("sold on"))
    valid_until = models.DateField(_("valid until"), null=True)

    class Meta:
        db_table = "punchcards_card"
        ordering = ("sold_on", "id")
        verbose_name = _("punch card")

    def __str__(self) -> str:
        return self.code
