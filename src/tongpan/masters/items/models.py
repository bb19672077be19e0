"""Goods and services: what they are, how they are counted, and under which codes they are found."""

from decimal import Decimal

from django.core.validators import RegexValidator
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from tongpan.kernel.org.visibility import ScopedModel, classify
from tongpan.masters.fields import (
    amount_column,
    code_column,
    id_column,
    is_path_part,
    price_column,
    state_column,
)
from tongpan.masters.search import search_text, trigram_index


class Dimension(models.TextChoices):
    """What a unit measures. Weights are alike for every item; a box is a box of something."""

    COUNT = "count", _("count")
    WEIGHT = "weight", _("weight")
    VOLUME = "volume", _("volume")
    LENGTH = "length", _("length")
    AREA = "area", _("area")
    TIME = "time", _("time")


class UnitOfMeasure(models.Model):
    """What quantities are counted in: 个, 箱, kg. Quantities are whole multiples of `step`.

    `size` is how many kilograms, litres, metres, square metres or hours one unit is (0.5 for 斤),
    so that units of one dimension convert for every item. A count has none: boxes differ.
    """

    id = id_column()
    code = code_column()
    name = models.CharField(_("name"), max_length=20, unique=True)
    step = amount_column(_("step"), default=Decimal(1), blank=True)
    dimension = models.CharField(
        _("dimension"), max_length=8, choices=Dimension, default=Dimension.COUNT, blank=True
    )
    size = amount_column(_("size"), null=True, blank=True)
    state = state_column()

    class Meta:
        ordering = ["code"]
        verbose_name = _("unit of measure")
        verbose_name_plural = _("units of measure")
        constraints = [
            models.CheckConstraint(condition=Q(step__gt=0), name="step_above_zero"),
            models.CheckConstraint(condition=Q(size=None) | Q(size__gt=0), name="size_above_zero"),
        ]

    def __str__(self) -> str:
        return self.name


class ItemCategory(models.Model):
    """A node of the category tree. `path` is the codes from the root, as in `/food/drinks/`."""

    id = id_column()
    parent = models.ForeignKey(
        "self",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="children",
        verbose_name=_("parent category"),
    )
    code = code_column(validators=[is_path_part])
    name = models.CharField(_("name"), max_length=60)
    path = models.CharField(max_length=400, unique=True, editable=False)
    state = state_column()

    class Meta:
        ordering = ["path"]
        verbose_name = _("item category")
        verbose_name_plural = _("item categories")

    def __str__(self) -> str:
        return self.name

    def path_below(self, parent: "ItemCategory | None") -> str:
        """The path of this category under `parent`."""
        return f"{parent.path if parent else '/'}{self.code}/"


class ItemFamily(models.Model):
    """One design in many variants (款), which differ in its options: 颜色 and 尺码."""

    id = id_column()
    code = code_column()
    name = models.CharField(_("name"), max_length=120)
    state = state_column()

    class Meta:
        ordering = ["code"]
        verbose_name = _("item family")
        verbose_name_plural = _("item families")

    def __str__(self) -> str:
        return self.name


class FamilyOption(models.Model):
    """What the variants of a family differ in, and the values there are: 颜色: 红、蓝、白.

    Options stand in the order in which they were made; a variant has a value of each.
    """

    id = id_column()
    family = models.ForeignKey(
        ItemFamily, on_delete=models.CASCADE, related_name="options", verbose_name=_("family")
    )
    name = models.CharField(_("option"), max_length=20)
    values = models.CharField(
        _("values"), max_length=400, help_text=_("Separated by commas, such as red, blue, white.")
    )
    state = state_column()

    class Meta:
        ordering = ["family", "pk"]
        verbose_name = _("option of a family")
        verbose_name_plural = _("options of a family")
        constraints = [
            models.UniqueConstraint(fields=["family", "name"], name="one_option_per_name"),
        ]

    def __str__(self) -> str:
        return self.name


class ItemKind(models.TextChoices):
    """What selling one means: goods leave a shelf, or a promise to someone changes."""

    STOCKED = "stocked", _("stocked goods")
    SERVICE = "service", _("service")
    BUNDLE = "bundle", _("bundle")
    WALLET = "wallet", _("wallet or gift card")
    DEPOSIT = "deposit", _("deposit")  # 押金: what a bottle or a crate is lent against


# What stands on no shelf.
WITHOUT_GOODS = frozenset({ItemKind.SERVICE, ItemKind.WALLET, ItemKind.DEPOSIT})


class Item(models.Model):
    """What is bought, kept and sold; a variant is an item too, with its family and values.

    Everything in the ledgers is counted in `base_unit`, which is frozen by the first posting.
    """

    id = id_column()
    code = code_column()
    name = models.CharField(_("name"), max_length=120)
    kind = models.CharField(
        _("kind"), max_length=8, choices=ItemKind, default=ItemKind.STOCKED, blank=True,
        help_text=_(
            "A bundle is put together beforehand, by an assembly. A deposit is owed back and is no"
            " revenue. Stored value is topped up for members, not sold."
        ),
    )  # fmt: skip
    specification = models.CharField(_("specification"), max_length=80, blank=True)
    category = models.ForeignKey(
        ItemCategory,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="items",
        verbose_name=_("category"),
    )
    brand = models.CharField(_("brand"), max_length=60, blank=True)
    origin = models.CharField(
        _("place of origin"), max_length=40, blank=True, default="",
        help_text=_("As price labels say it."),
    )  # fmt: skip
    family = models.ForeignKey(
        ItemFamily,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="variants",
        verbose_name=_("family"),
    )
    variant = models.CharField(
        _("variant"),
        max_length=120,
        blank=True,
        default="",
        help_text=_("Such as red / M: a value of each option."),
    )
    base_unit = models.ForeignKey(
        UnitOfMeasure, on_delete=models.PROTECT, related_name="+", verbose_name=_("base unit")
    )
    is_weighed = models.BooleanField(_("weighed"), default=False, blank=True)
    is_price_open = models.BooleanField(  # 时价
        _("price said at the till"),
        default=False,
        blank=True,
        help_text=_("Such as odds and ends. A price of the lists is proposed to the cashier."),
    )
    has_lots = models.BooleanField(
        _("kept by lots"),
        default=False,
        blank=True,
        help_text=_("Lines of documents then have a column for the lot."),
    )
    tax_category = models.ForeignKey(
        "taxes.TaxCategory",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("tax category"),
    )
    tax_code = models.CharField(  # 税收分类编码, printed on invoices
        _("tax classification code"),
        max_length=19,
        blank=True,
        validators=[RegexValidator(r"^\d{19}\Z", _("A tax classification code has 19 digits."))],
    )
    state = state_column()
    search_text = models.TextField(editable=False, default="")

    class Meta:
        ordering = ["code"]
        verbose_name = _("item")
        verbose_name_plural = _("items")
        constraints = [
            models.UniqueConstraint(
                fields=["family", "variant"],
                condition=Q(family__isnull=False) & ~Q(variant=""),
                name="one_item_per_variant",
            ),
        ]
        indexes = [
            trigram_index("items_item_search"),
            models.Index(fields=["code"], condition=Q(has_lots=True), name="items_kept_by_lots"),
        ]

    def __str__(self) -> str:
        return self.name

    def searched(self, barcodes: list[str]) -> str:
        """The words under which this item is found; a variant by the name of its family too."""
        names = [self.name, self.brand]
        if self.family_id is not None and self.family is not None:
            names.append(self.family.name)
        return search_text([self.code, *barcodes], names)


class ItemUnit(models.Model):
    """Another unit of one item: `factor` base units, exactly. A box (箱) of 24 bottles."""

    id = id_column()
    item = models.ForeignKey(
        Item, on_delete=models.CASCADE, related_name="units", verbose_name=_("item")
    )
    unit = models.ForeignKey(
        UnitOfMeasure, on_delete=models.PROTECT, related_name="+", verbose_name=_("unit")
    )
    factor = amount_column(_("factor"))
    state = state_column()

    class Meta:
        ordering = ["item", "factor"]
        verbose_name = _("unit of an item")
        verbose_name_plural = _("units of an item")
        constraints = [
            models.UniqueConstraint(fields=["item", "unit"], name="one_factor_per_unit"),
            models.CheckConstraint(condition=Q(factor__gt=0), name="factor_above_zero"),
        ]


class BarcodeKind(models.TextChoices):
    """Where a code comes from: a number of GS1's, our own label, or the digits a scale prints."""

    GTIN = "gtin", _("GTIN")
    OWN = "own", _("own code")
    SCALE = "scale", _("scale code")


class Barcode(models.Model):
    """A code that a scanner reads, and the item and unit that it means (一品多码).

    A GTIN is kept without leading zeros beyond 13 digits, so that 12, 13 and 14 digits of the same
    number are one code. A scale code is the few digits of an item inside a printed label. The main
    barcode stands first wherever there is room for one: the marked one, else the oldest.
    """

    id = id_column()
    item = models.ForeignKey(
        Item, on_delete=models.CASCADE, related_name="barcodes", verbose_name=_("item")
    )
    unit = models.ForeignKey(
        UnitOfMeasure,
        on_delete=models.PROTECT,
        related_name="+",
        verbose_name=_("unit"),
        blank=True,
        help_text=_("Empty means the item's base unit."),
    )
    code = models.CharField(_("barcode"), max_length=60, unique=True)
    kind = models.CharField(_("kind"), max_length=6, choices=BarcodeKind, blank=True)
    is_main = models.BooleanField(_("main barcode"), default=False, blank=True)
    state = state_column()
    is_kind_guessed = False  # nobody said it: it was told from the digits, just now

    class Meta:
        ordering = ["item", "-is_main", "pk"]
        verbose_name = _("barcode")
        verbose_name_plural = _("barcodes")

    def __str__(self) -> str:
        return self.code


class ItemPicture(models.Model):
    """A picture of an item; the first is the one that lists show. Its bytes are a blob."""

    id = id_column()
    item = models.ForeignKey(
        Item, on_delete=models.CASCADE, related_name="pictures", verbose_name=_("item")
    )
    position = models.PositiveSmallIntegerField(_("position"))
    name = models.CharField(_("name"), max_length=120)
    media_type = models.CharField(max_length=20)
    size = models.PositiveIntegerField()
    width = models.PositiveIntegerField()
    height = models.PositiveIntegerField()
    digest = models.BinaryField(max_length=32)

    class Meta:
        ordering = ["item", "position", "pk"]
        verbose_name = _("picture")
        verbose_name_plural = _("pictures")

    def __str__(self) -> str:
        return self.name


class SmallPicture(models.Model):
    """The smaller copy of a picture, which lists show. It says nothing new: it is made of the
    picture when that comes in, or when it is first asked for, and goes with it.

    An empty one says that the picture itself is small enough.
    """

    picture = models.OneToOneField(
        ItemPicture, on_delete=models.CASCADE, primary_key=True, related_name="small"
    )
    content = models.BinaryField()

    def __str__(self) -> str:
        return str(self.picture)


class BarcodeLayout(models.Model):
    """How a shop's scales compose a label: one letter a digit, so that a new scale is a new row.

    `pattern` spells the label: digits stand for themselves, `I` item, `W` weight, `P` price,
    `Q` quantity, `x` a digit to skip, `v` the inner check digit of GS1, `C` the last check digit.
    `places` say where the decimal point is. See `rules.barcodes`.
    """

    id = id_column()
    code = code_column()
    name = models.CharField(_("name"), max_length=60)
    pattern = models.CharField(
        _("pattern"), max_length=24, unique=True,
        help_text=_("Such as 21IIIIIWWWWWC: I item, W weight, P price, C check digit."),
    )  # fmt: skip
    weight_places = models.PositiveSmallIntegerField(
        _("places of the weight"), default=3, blank=True
    )
    price_places = models.PositiveSmallIntegerField(_("places of the price"), default=2, blank=True)
    state = state_column()

    class Meta:
        ordering = ["code"]
        verbose_name = _("barcode layout")
        verbose_name_plural = _("barcode layouts")

    def __str__(self) -> str:
        return self.name


class AssortmentStatus(models.TextChoices):
    """Where an item is in its life at a unit."""

    NEW = "new", _("new")
    NORMAL = "normal", _("normal")
    DISCONTINUED = "discontinued", _("discontinued")


class DeliveryMode(models.TextChoices):
    """Who brings an item to a store."""

    WAREHOUSE = "warehouse", _("from the warehouse")  # 配送
    DIRECT = "direct", _("by the supplier")  # 直送
    CROSS_DOCK = "cross_dock", _("through the warehouse at once")  # 越库


class ItemAtUnit(ScopedModel):
    """What a unit may do with an item, from one day until the next row's day.

    A row at a company or a region holds for every unit below that has no row of its own.
    """

    scope_path = "org_unit"

    id = id_column()
    item = models.ForeignKey(
        Item, on_delete=models.CASCADE, related_name="at_units", verbose_name=_("item")
    )
    org_unit = models.ForeignKey(
        "org.OrgUnit", on_delete=models.PROTECT, related_name="+", verbose_name=_("org unit")
    )
    valid_from = models.DateField(_("valid from"))
    is_carried = models.BooleanField(_("carried"), default=True, blank=True)
    is_orderable = models.BooleanField(_("orderable"), default=True, blank=True)
    is_sellable = models.BooleanField(_("sellable"), default=True, blank=True)
    is_returnable = models.BooleanField(_("returnable"), default=True, blank=True)
    status = models.CharField(
        _("status"),
        max_length=12,
        choices=AssortmentStatus,
        default=AssortmentStatus.NORMAL,
        blank=True,
    )
    main_supplier = models.ForeignKey(
        "parties.Party",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("main supplier"),
    )
    delivery_mode = models.CharField(
        _("delivery"),
        max_length=12,
        choices=DeliveryMode,
        default=DeliveryMode.WAREHOUSE,
        blank=True,
    )
    stock_min = amount_column(
        _("minimum stock"), null=True, blank=True,
        help_text=_("In the base unit. What is missing is proposed when goods are asked for."),
    )  # fmt: skip
    state = state_column()

    class Meta(ScopedModel.Meta):
        ordering = ["item", "org_unit", "-valid_from"]
        verbose_name = _("item at a unit")
        verbose_name_plural = _("items at units")
        constraints = [
            models.UniqueConstraint(
                fields=["item", "org_unit", "valid_from"], name="one_row_per_item_unit_and_day"
            ),
            models.CheckConstraint(
                condition=Q(stock_min=None) | Q(stock_min__gte=0),
                name="minimum_stock_not_below_zero",
            ),
        ]


class TradeMode(models.TextChoices):
    """Whose goods stand on the shelf until they are sold."""

    BOUGHT = "bought", _("bought")  # 经销
    CONSIGNMENT = "consignment", _("consignment")  # 代销
    CONCESSION = "concession", _("concession")  # 联营


class SupplierItem(models.Model):
    """What a supplier calls an item, how they pack it, and how they deliver it."""

    id = id_column()
    supplier = models.ForeignKey(
        "parties.Party", on_delete=models.PROTECT, related_name="items", verbose_name=_("supplier")
    )
    item = models.ForeignKey(
        Item, on_delete=models.CASCADE, related_name="suppliers", verbose_name=_("item")
    )
    supplier_code = models.CharField(_("supplier's code"), max_length=40, blank=True)
    order_unit = models.ForeignKey(
        UnitOfMeasure,
        on_delete=models.PROTECT,
        related_name="+",
        verbose_name=_("order unit"),
        blank=True,
        help_text=_("Empty means the item's base unit."),
    )
    pack = amount_column(_("pack"), default=Decimal(1), blank=True)
    order_min = amount_column(_("minimum order"), default=Decimal(0), blank=True)
    lead_days = models.PositiveSmallIntegerField(_("lead time in days"), default=0, blank=True)
    trade_mode = models.CharField(
        _("trade mode"), max_length=12, choices=TradeMode, default=TradeMode.BOUGHT, blank=True
    )
    state = state_column()

    class Meta:
        ordering = ["supplier", "item"]
        verbose_name = _("item of a supplier")
        verbose_name_plural = _("items of a supplier")
        constraints = [
            models.UniqueConstraint(fields=["supplier", "item"], name="one_row_per_supplied_item"),
            models.CheckConstraint(condition=Q(pack__gt=0), name="pack_above_zero"),
            models.CheckConstraint(condition=Q(order_min__gte=0), name="minimum_not_below_zero"),
        ]


class SupplierPrice(models.Model):
    """What was agreed to pay for one order unit, from one day to another, both included."""

    id = id_column()
    supplier_item = models.ForeignKey(
        SupplierItem,
        on_delete=models.CASCADE,
        related_name="prices",
        verbose_name=_("item of a supplier"),
    )
    price = price_column(_("agreed price"))
    is_tax_included = models.BooleanField(_("tax included"), default=False, blank=True)
    valid_from = models.DateField(_("valid from"))
    valid_until = models.DateField(_("valid until"), null=True, blank=True)
    state = state_column()

    class Meta:
        ordering = ["supplier_item", "-valid_from"]
        verbose_name = _("agreed price")
        verbose_name_plural = _("agreed prices")
        constraints = [
            models.UniqueConstraint(
                fields=["supplier_item", "valid_from"], name="one_agreed_price_per_day"
            ),
            models.CheckConstraint(
                condition=Q(valid_until=None) | Q(valid_until__gte=F("valid_from")),
                name="agreed_price_ends_after_it_begins",
            ),
            models.CheckConstraint(condition=Q(price__gte=0), name="agreed_price_not_below_zero"),
        ]


classify(SupplierPrice, price="cost")
