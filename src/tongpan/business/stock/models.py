"""What the documents of stock hold. Drafts may be half filled, so columns are nullable."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from tongpan.kernel.documents.columns import (
    MoneyField,
    PriceField,
    QuantityField,
    SignedMoneyField,
    SignedQuantityField,
)
from tongpan.kernel.documents.models import Body, Line
from tongpan.kernel.org.visibility import classify
from tongpan.masters.items.lots import LotField


class GoodsLine(Line):
    """An item in some unit, and the same quantity in the unit of the ledger."""

    item = models.ForeignKey("items.Item", models.PROTECT, null=True, verbose_name=_("item"))
    lot = LotField(_("lot"))
    quantity = QuantityField(_("quantity"), null=True)
    unit = models.ForeignKey(
        "items.UnitOfMeasure", models.PROTECT, null=True, blank=True, verbose_name=_("unit"),
        help_text=_("Empty means the item's base unit."),
    )  # fmt: skip
    base_quantity = QuantityField(null=True, editable=False)

    class Meta(Line.Meta):
        abstract = True


class Requisition(Body):
    """Goods that a unit asks a warehouse for (要货), or asks the buyers to order (请购)."""

    place = models.ForeignKey(
        "places.Place", models.PROTECT, null=True, related_name="+", verbose_name=_("wanted at")
    )
    from_place = models.ForeignKey(
        "places.Place", models.PROTECT, null=True, blank=True, related_name="+",
        verbose_name=_("asked of"), help_text=_("Empty: it is to be ordered from a supplier."),
    )  # fmt: skip
    wanted_on = models.DateField(_("wanted on"), null=True, blank=True)

    class Meta(Body.Meta):
        db_table = "stock_requisition"


class RequisitionLine(GoodsLine):
    class Meta(GoodsLine.Meta):
        db_table = "stock_requisition_line"


def requisition_link() -> "models.ForeignKey[RequisitionLine | None, RequisitionLine | None]":
    """The column by which a line says what it was asked for by."""
    return models.ForeignKey(
        RequisitionLine, models.PROTECT, null=True, blank=True, related_name="+",
        verbose_name=_("requisition line"),
    )  # fmt: skip


def beyond_column() -> QuantityField:
    """What of a line was not asked for: it fills the last pack. In the item's base unit, fixed when
    the document is posted."""
    return QuantityField(_("more than asked for"), null=True, blank=True, editable=False)


class RequisitionClosing(Body):
    """What of a requisition nobody will send or order any more."""

    place = models.ForeignKey(
        "places.Place", models.PROTECT, null=True, related_name="+", editable=False,
        verbose_name=_("wanted at"),
    )  # fmt: skip
    reason = models.CharField(_("reason"), max_length=120, blank=True, default="")

    class Meta(Body.Meta):
        db_table = "stock_requisition_closing"


class RequisitionClosingLine(GoodsLine):
    requisition_line = requisition_link()

    class Meta(GoodsLine.Meta):
        db_table = "stock_requisition_closing_line"


class Transfer(Body):
    """Goods that one place sends to another. They are in transit until they are received."""

    from_place = models.ForeignKey(
        "places.Place", models.PROTECT, null=True, related_name="+", verbose_name=_("from")
    )
    to_place = models.ForeignKey(
        "places.Place", models.PROTECT, null=True, related_name="+", verbose_name=_("to")
    )
    wanted_on = models.DateField(_("wanted on"), null=True, blank=True)

    class Meta(Body.Meta):
        db_table = "stock_transfer"


class TransferLine(GoodsLine):
    requisition_line = requisition_link()
    beyond = beyond_column()

    class Meta(GoodsLine.Meta):
        db_table = "stock_transfer_line"


class Arrival(Body):
    """What arrived at a place of what somebody sent: good, damaged, or missing."""

    place = models.ForeignKey(
        "places.Place", models.PROTECT, null=True, related_name="+", verbose_name=_("received at")
    )

    class Meta(Body.Meta):
        abstract = True


class ArrivalLine(Line):
    """One `sent_line` and its fate, in the item's base unit. What is not mentioned is still on its
    way, so goods may arrive in parts."""

    item = models.ForeignKey("items.Item", models.PROTECT, null=True, verbose_name=_("item"))
    lot = LotField(_("lot"))
    sent = QuantityField(_("on its way"), null=True, blank=True)
    received = QuantityField(_("received"), null=True, blank=True)
    damaged = QuantityField(_("damaged"), null=True, blank=True)
    missing = QuantityField(_("missing"), null=True, blank=True)

    class Meta(Line.Meta):
        abstract = True


class TransferReceipt(Arrival):
    """What arrived of a transfer."""

    class Meta(Arrival.Meta):
        db_table = "stock_transfer_receipt"


class TransferReceiptLine(ArrivalLine):
    sent_line = models.ForeignKey(
        TransferLine, models.PROTECT, null=True, related_name="+", verbose_name=_("sent line")
    )

    class Meta(ArrivalLine.Meta):
        db_table = "stock_transfer_receipt_line"


class Opening(Body):
    """What stood in a place when the books began, and what it had cost."""

    place = models.ForeignKey(
        "places.Place", models.PROTECT, null=True, related_name="+", verbose_name=_("place")
    )

    class Meta(Body.Meta):
        db_table = "stock_opening"


class OpeningLine(GoodsLine):
    unit_cost = PriceField(_("unit cost"), null=True)
    value = MoneyField(_("value"), null=True, blank=True, editable=False)

    class Meta(GoodsLine.Meta):
        db_table = "stock_opening_line"


class Adjustment(Body):
    """What is done to the goods of one place without anybody buying or selling them."""

    place = models.ForeignKey(
        "places.Place", models.PROTECT, null=True, related_name="+", verbose_name=_("place")
    )

    class Meta(Body.Meta):
        abstract = True


class Count(Adjustment):
    """What was found on the shelf."""

    class Meta(Adjustment.Meta):
        db_table = "stock_count"


class CountLine(Line):
    """An item as it was counted, in its base unit. `book` and what follows is fixed at posting."""

    item = models.ForeignKey("items.Item", models.PROTECT, null=True, verbose_name=_("item"))
    lot = LotField(_("lot"))
    counted = QuantityField(_("counted"), null=True)
    book = QuantityField(_("in the books"), null=True, blank=True, editable=False)
    difference = SignedQuantityField(_("difference"), null=True, blank=True, editable=False)
    value = SignedMoneyField(_("value"), null=True, blank=True, editable=False)

    class Meta(Line.Meta):
        db_table = "stock_count_line"


class LossReason(models.TextChoices):
    BROKEN = "broken", _("broken")
    EXPIRED = "expired", _("expired or spoilt")
    MISSING = "missing", _("missing")
    USED = "used", _("own use")
    GIFT = "gift", _("gift")
    SAMPLE = "sample", _("sample")


class Loss(Adjustment):
    """Goods that are there no longer without having been sold, or no longer worth anything."""

    reason = models.CharField(
        _("reason"), max_length=8, choices=LossReason, default=LossReason.BROKEN
    )

    class Meta(Adjustment.Meta):
        db_table = "stock_loss"


class LossLine(GoodsLine):
    class Meta(GoodsLine.Meta):
        db_table = "stock_loss_line"


class CameAs(models.TextChoices):
    FOUND = "found", _("turned up")
    GIFT = "gift", _("received free")
    SOLD = "sold", _("sold before it was on the books")


class Overage(Adjustment):
    """Goods that are there without having been bought."""

    came_as = models.CharField(_("came as"), max_length=8, choices=CameAs, default=CameAs.FOUND)
    reason = models.CharField(_("reason"), max_length=120, blank=True, default="")

    class Meta(Adjustment.Meta):
        db_table = "stock_overage"


class OverageLine(GoodsLine):
    unit_cost = PriceField(_("unit cost"), null=True, blank=True)
    value = MoneyField(_("value"), null=True, blank=True, editable=False)

    class Meta(GoodsLine.Meta):
        db_table = "stock_overage_line"


class Making(Adjustment):
    """What is put together or taken apart at one place: the whole, and what the work costs."""

    item = models.ForeignKey(
        "items.Item", models.PROTECT, null=True, related_name="+", verbose_name=_("item")
    )
    lot = LotField(_("lot"))
    quantity = QuantityField(_("quantity"), null=True)
    unit = models.ForeignKey(
        "items.UnitOfMeasure", models.PROTECT, null=True, blank=True, related_name="+",
        verbose_name=_("unit"), help_text=_("Empty means the item's base unit."),
    )  # fmt: skip
    base_quantity = QuantityField(null=True, editable=False)
    fee = MoneyField(
        _("cost of the work"), null=True, blank=True,
        help_text=_("It becomes a part of what the goods cost."),
    )  # fmt: skip

    class Meta(Adjustment.Meta):
        abstract = True


class Assembly(Making):
    """Parts that are put together: a gift basket, a set (组装单)."""

    class Meta(Making.Meta):
        db_table = "stock_assembly"


class AssemblyLine(GoodsLine):
    value = MoneyField(_("value"), null=True, blank=True, editable=False)

    class Meta(GoodsLine.Meta):
        db_table = "stock_assembly_line"


class Disassembly(Making):
    """A whole that is taken apart: half a pig, a set that did not sell (拆卸单)."""

    class Meta(Making.Meta):
        db_table = "stock_disassembly"


class DisassemblyLine(GoodsLine):
    """`ratio` says how much of the cost a part carries, beside those of the other parts."""

    ratio = QuantityField(
        _("share of the cost"), null=True, blank=True,
        help_text=_("As 3 to 2. Empty on all: by what the parts cost elsewhere."),
    )  # fmt: skip
    value = MoneyField(_("value"), null=True, blank=True, editable=False)

    class Meta(GoodsLine.Meta):
        db_table = "stock_disassembly_line"


classify(AssemblyLine, value="cost")
classify(DisassemblyLine, value="cost")
classify(OpeningLine, unit_cost="cost", value="cost")
classify(OverageLine, unit_cost="cost", value="cost")
classify(CountLine, value="cost")
