"""What one of our legal entities supplies to another: a sale of the one, a purchase of the other.

What the receiver pays is what the goods cost them, so prices are of the class cost. What they had
cost the sender is told on no page of it: the receiver sees the same paper.
"""

from typing import Any

from django.db import models
from django.utils.translation import gettext_lazy as _

from tongpan.business.finance.models import WithParty
from tongpan.business.stock.models import (
    Arrival,
    ArrivalLine,
    GoodsLine,
    beyond_column,
    requisition_link,
)
from tongpan.business.trade.models import PricedLine
from tongpan.kernel.documents.columns import MoneyField
from tongpan.kernel.documents.models import Body
from tongpan.kernel.org.visibility import classify


class BetweenEntities(WithParty, Body):
    """The customer stands for the legal entity that receives, the supplier for the one that sends;
    both are worked out from the places."""

    party_field = "customer"

    from_place = models.ForeignKey(
        "places.Place", models.PROTECT, null=True, related_name="+", verbose_name=_("from")
    )
    to_place = models.ForeignKey(
        "places.Place", models.PROTECT, null=True, related_name="+", verbose_name=_("to")
    )
    customer = models.ForeignKey(
        "parties.Party", models.PROTECT, null=True, blank=True, related_name="+", editable=False,
        verbose_name=_("customer"),
    )  # fmt: skip
    supplier = models.ForeignKey(
        "parties.Party", models.PROTECT, null=True, blank=True, related_name="+", editable=False,
        verbose_name=_("supplier"),
    )  # fmt: skip

    class Meta(Body.Meta):
        abstract = True

    @property
    def place(self) -> Any:
        """Where it is sold: the place of the one who sells."""
        return self.from_place


class Supply(BetweenEntities):
    """Goods that go to a store of another legal entity (配货单)."""

    is_tax_included = models.BooleanField(_("prices include tax"), default=True, blank=True)
    due_on = models.DateField(
        _("due on"), null=True, blank=True,
        help_text=_("Empty: worked out from the customer's payment terms."),
    )  # fmt: skip

    class Meta(BetweenEntities.Meta):
        db_table = "franchise_supply"


class SupplyLine(PricedLine):
    """`cost` is the value that goes onto the shelf of the store: net, or gross where they deduct
    no tax."""

    requisition_line = requisition_link()
    beyond = beyond_column()
    cost = MoneyField(_("cost"), null=True, blank=True, editable=False)

    class Meta(PricedLine.Meta):
        db_table = "franchise_supply_line"


class SupplyReceipt(Arrival):
    """What arrived at the store of a supply (配货收货单). What came damaged or not at all is theirs
    already and nobody's to sell: the sender takes it back."""

    class Meta(Arrival.Meta):
        db_table = "franchise_supply_receipt"


class SupplyReceiptLine(ArrivalLine):
    sent_line = models.ForeignKey(
        SupplyLine, models.PROTECT, null=True, related_name="+", verbose_name=_("supply line")
    )

    class Meta(ArrivalLine.Meta):
        db_table = "franchise_supply_receipt_line"


class Condition(models.TextChoices):
    """In which condition goods that go back are for the sender."""

    GOOD = "good", _("good")
    DAMAGED = "damaged", _("damaged")
    MISSING = "missing", _("missing")


class SupplyReturn(BetweenEntities):
    """Goods that a store of another legal entity gives back (配货退货单). They go from `to_place`
    to `from_place`, as on the supply."""

    reason = models.CharField(_("reason"), max_length=120, blank=True, default="")

    class Meta(BetweenEntities.Meta):
        db_table = "franchise_supply_return"


class SupplyReturnLine(GoodsLine):
    """Its share of its line of a supply: what it came to, and what the goods had cost at either
    end. `offset` and `offset_there` are taken off the supply at once, the rest can be used. With a
    line of a receipt it is of what that did not accept, else of what stands on the store's shelf.
    """

    supply_line = models.ForeignKey(
        SupplyLine, models.PROTECT, null=True, blank=True, related_name="+",
        verbose_name=_("supply line"),
    )  # fmt: skip
    receipt_line = models.ForeignKey(
        SupplyReceiptLine, models.PROTECT, null=True, blank=True, related_name="+",
        verbose_name=_("supply receipt line"),
    )  # fmt: skip
    condition = models.CharField(
        _("condition"), max_length=8, choices=Condition, default=Condition.GOOD, blank=True
    )
    net = MoneyField(_("net"), null=True, blank=True, editable=False)
    tax = MoneyField(_("tax"), null=True, blank=True, editable=False)
    gross = MoneyField(_("amount"), null=True, blank=True, editable=False)
    cost = MoneyField(_("cost"), null=True, blank=True, editable=False)
    cost_there = MoneyField(_("cost at the store"), null=True, blank=True, editable=False)
    offset = MoneyField(_("taken off the supply"), null=True, blank=True, editable=False)
    offset_there = MoneyField(_("taken off at the store"), null=True, blank=True, editable=False)

    class Meta(GoodsLine.Meta):
        db_table = "franchise_supply_return_line"


classify(SupplyLine, price="cost", net="cost", tax="cost", gross="cost", cost="cost")
classify(
    SupplyReturnLine, net="cost", tax="cost", gross="cost", cost="cost", cost_there="cost",
    offset="cost", offset_there="cost",
)  # fmt: skip
