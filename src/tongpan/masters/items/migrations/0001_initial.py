from decimal import Decimal

import django.contrib.postgres.indexes
import django.core.validators
import django.db.models.deletion
import django.db.models.manager
from django.db import migrations, models

import tongpan.base.env
import tongpan.kernel.documents.columns


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("org", "0002_paths_follow_the_tree"),
        ("parties", "0001_initial"),
        ("taxes", "0001_initial"),
    ]

    operations = [
        migrations.CreateModel(
            name="BarcodeLayout",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=tongpan.base.env.new_id,
                        editable=False,
                        primary_key=True,
                        serialize=False,
                    ),
                ),
                (
                    "code",
                    models.CharField(
                        max_length=40,
                        unique=True,
                        validators=[
                            django.core.validators.RegexValidator(
                                "^[^\\s=+@-]\\S*\\Z",
                                "A code has no spaces; =, +, - or @ do not begin it.",
                            )
                        ],
                        verbose_name="code",
                    ),
                ),
                ("name", models.CharField(max_length=60, verbose_name="name")),
                ("pattern", models.CharField(max_length=24, unique=True, verbose_name="pattern")),
                (
                    "weight_places",
                    models.PositiveSmallIntegerField(
                        blank=True, default=3, verbose_name="places of the weight"
                    ),
                ),
                (
                    "price_places",
                    models.PositiveSmallIntegerField(
                        blank=True, default=2, verbose_name="places of the price"
                    ),
                ),
                (
                    "state",
                    models.CharField(
                        blank=True,
                        choices=[("active", "active"), ("archived", "archived")],
                        default="active",
                        max_length=8,
                        verbose_name="state",
                    ),
                ),
            ],
            options={
                "verbose_name": "barcode layout",
                "verbose_name_plural": "barcode layouts",
                "ordering": ["code"],
            },
        ),
        migrations.CreateModel(
            name="ItemFamily",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=tongpan.base.env.new_id,
                        editable=False,
                        primary_key=True,
                        serialize=False,
                    ),
                ),
                (
                    "code",
                    models.CharField(
                        max_length=40,
                        unique=True,
                        validators=[
                            django.core.validators.RegexValidator(
                                "^[^\\s=+@-]\\S*\\Z",
                                "A code has no spaces; =, +, - or @ do not begin it.",
                            )
                        ],
                        verbose_name="code",
                    ),
                ),
                ("name", models.CharField(max_length=120, verbose_name="name")),
                ("option_names", models.JSONField(default=list, verbose_name="options")),
                (
                    "state",
                    models.CharField(
                        blank=True,
                        choices=[("active", "active"), ("archived", "archived")],
                        default="active",
                        max_length=8,
                        verbose_name="state",
                    ),
                ),
            ],
            options={
                "verbose_name": "item family",
                "verbose_name_plural": "item families",
                "ordering": ["code"],
            },
        ),
        migrations.CreateModel(
            name="ItemCategory",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=tongpan.base.env.new_id,
                        editable=False,
                        primary_key=True,
                        serialize=False,
                    ),
                ),
                (
                    "code",
                    models.CharField(
                        max_length=40,
                        unique=True,
                        validators=[
                            django.core.validators.RegexValidator(
                                "^[^\\s=+@/-][^\\s/]*\\Z",
                                "A code in a tree has no spaces or slashes.",
                            )
                        ],
                        verbose_name="code",
                    ),
                ),
                ("name", models.CharField(max_length=60, verbose_name="name")),
                ("path", models.CharField(editable=False, max_length=400, unique=True)),
                (
                    "state",
                    models.CharField(
                        blank=True,
                        choices=[("active", "active"), ("archived", "archived")],
                        default="active",
                        max_length=8,
                        verbose_name="state",
                    ),
                ),
                (
                    "parent",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="children",
                        to="items.itemcategory",
                        verbose_name="parent category",
                    ),
                ),
            ],
            options={
                "verbose_name": "item category",
                "verbose_name_plural": "item categories",
                "ordering": ["path"],
            },
        ),
        migrations.CreateModel(
            name="Item",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=tongpan.base.env.new_id,
                        editable=False,
                        primary_key=True,
                        serialize=False,
                    ),
                ),
                (
                    "code",
                    models.CharField(
                        max_length=40,
                        unique=True,
                        validators=[
                            django.core.validators.RegexValidator(
                                "^[^\\s=+@-]\\S*\\Z",
                                "A code has no spaces; =, +, - or @ do not begin it.",
                            )
                        ],
                        verbose_name="code",
                    ),
                ),
                ("name", models.CharField(max_length=120, verbose_name="name")),
                (
                    "kind",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("stocked", "stocked goods"),
                            ("service", "service"),
                            ("bundle", "bundle"),
                            ("wallet", "wallet or gift card"),
                            ("deposit", "deposit"),
                        ],
                        default="stocked",
                        max_length=8,
                        verbose_name="kind",
                    ),
                ),
                (
                    "specification",
                    models.CharField(blank=True, max_length=80, verbose_name="specification"),
                ),
                ("brand", models.CharField(blank=True, max_length=60, verbose_name="brand")),
                ("options", models.JSONField(blank=True, default=dict, verbose_name="options")),
                (
                    "is_weighed",
                    models.BooleanField(blank=True, default=False, verbose_name="weighed"),
                ),
                (
                    "tax_code",
                    models.CharField(
                        blank=True,
                        max_length=19,
                        validators=[
                            django.core.validators.RegexValidator(
                                "^\\d{19}\\Z", "A tax classification code has 19 digits."
                            )
                        ],
                        verbose_name="tax classification code",
                    ),
                ),
                (
                    "state",
                    models.CharField(
                        blank=True,
                        choices=[("active", "active"), ("archived", "archived")],
                        default="active",
                        max_length=8,
                        verbose_name="state",
                    ),
                ),
                ("search_text", models.TextField(default="", editable=False)),
                (
                    "tax_category",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="taxes.taxcategory",
                        verbose_name="tax category",
                    ),
                ),
                (
                    "category",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="items",
                        to="items.itemcategory",
                        verbose_name="category",
                    ),
                ),
                (
                    "family",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="variants",
                        to="items.itemfamily",
                        verbose_name="family",
                    ),
                ),
            ],
            options={
                "verbose_name": "item",
                "verbose_name_plural": "items",
                "ordering": ["code"],
            },
        ),
        migrations.CreateModel(
            name="UnitOfMeasure",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=tongpan.base.env.new_id,
                        editable=False,
                        primary_key=True,
                        serialize=False,
                    ),
                ),
                (
                    "code",
                    models.CharField(
                        max_length=40,
                        unique=True,
                        validators=[
                            django.core.validators.RegexValidator(
                                "^[^\\s=+@-]\\S*\\Z",
                                "A code has no spaces; =, +, - or @ do not begin it.",
                            )
                        ],
                        verbose_name="code",
                    ),
                ),
                ("name", models.CharField(max_length=20, unique=True, verbose_name="name")),
                (
                    "step",
                    tongpan.kernel.documents.columns.ExactField(
                        blank=True, default=Decimal("1"), verbose_name="step"
                    ),
                ),
                (
                    "dimension",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("count", "count"),
                            ("weight", "weight"),
                            ("volume", "volume"),
                            ("length", "length"),
                            ("area", "area"),
                            ("time", "time"),
                        ],
                        default="count",
                        max_length=8,
                        verbose_name="dimension",
                    ),
                ),
                (
                    "size",
                    tongpan.kernel.documents.columns.ExactField(
                        blank=True, null=True, verbose_name="size"
                    ),
                ),
                (
                    "state",
                    models.CharField(
                        blank=True,
                        choices=[("active", "active"), ("archived", "archived")],
                        default="active",
                        max_length=8,
                        verbose_name="state",
                    ),
                ),
            ],
            options={
                "verbose_name": "unit of measure",
                "verbose_name_plural": "units of measure",
                "ordering": ["code"],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("step__gt", 0)), name="step_above_zero"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("size", None), ("size__gt", 0), _connector="OR"),
                        name="size_above_zero",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="SupplierItem",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=tongpan.base.env.new_id,
                        editable=False,
                        primary_key=True,
                        serialize=False,
                    ),
                ),
                (
                    "supplier_code",
                    models.CharField(blank=True, max_length=40, verbose_name="supplier's code"),
                ),
                (
                    "pack",
                    tongpan.kernel.documents.columns.ExactField(
                        blank=True, default=Decimal("1"), verbose_name="pack"
                    ),
                ),
                (
                    "order_min",
                    tongpan.kernel.documents.columns.ExactField(
                        blank=True, default=Decimal("0"), verbose_name="minimum order"
                    ),
                ),
                (
                    "lead_days",
                    models.PositiveSmallIntegerField(
                        blank=True, default=0, verbose_name="lead time in days"
                    ),
                ),
                (
                    "trade_mode",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("bought", "bought"),
                            ("consignment", "consignment"),
                            ("concession", "concession"),
                        ],
                        default="bought",
                        max_length=12,
                        verbose_name="trade mode",
                    ),
                ),
                (
                    "state",
                    models.CharField(
                        blank=True,
                        choices=[("active", "active"), ("archived", "archived")],
                        default="active",
                        max_length=8,
                        verbose_name="state",
                    ),
                ),
                (
                    "item",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="suppliers",
                        to="items.item",
                        verbose_name="item",
                    ),
                ),
                (
                    "supplier",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="items",
                        to="parties.party",
                        verbose_name="supplier",
                    ),
                ),
                (
                    "order_unit",
                    models.ForeignKey(
                        blank=True,
                        help_text="Empty means the item's base unit.",
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="items.unitofmeasure",
                        verbose_name="order unit",
                    ),
                ),
            ],
            options={
                "verbose_name": "item of a supplier",
                "verbose_name_plural": "items of a supplier",
                "ordering": ["supplier", "item"],
            },
        ),
        migrations.CreateModel(
            name="ItemUnit",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=tongpan.base.env.new_id,
                        editable=False,
                        primary_key=True,
                        serialize=False,
                    ),
                ),
                ("factor", tongpan.kernel.documents.columns.ExactField(verbose_name="factor")),
                (
                    "state",
                    models.CharField(
                        blank=True,
                        choices=[("active", "active"), ("archived", "archived")],
                        default="active",
                        max_length=8,
                        verbose_name="state",
                    ),
                ),
                (
                    "item",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="units",
                        to="items.item",
                        verbose_name="item",
                    ),
                ),
                (
                    "unit",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="items.unitofmeasure",
                        verbose_name="unit",
                    ),
                ),
            ],
            options={
                "verbose_name": "unit of an item",
                "verbose_name_plural": "units of an item",
                "ordering": ["item", "factor"],
            },
        ),
        migrations.AddField(
            model_name="item",
            name="base_unit",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="items.unitofmeasure",
                verbose_name="base unit",
            ),
        ),
        migrations.CreateModel(
            name="Barcode",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=tongpan.base.env.new_id,
                        editable=False,
                        primary_key=True,
                        serialize=False,
                    ),
                ),
                ("code", models.CharField(max_length=60, unique=True, verbose_name="barcode")),
                (
                    "kind",
                    models.CharField(
                        blank=True,
                        choices=[("gtin", "GTIN"), ("own", "own code"), ("scale", "scale code")],
                        max_length=6,
                        verbose_name="kind",
                    ),
                ),
                (
                    "state",
                    models.CharField(
                        blank=True,
                        choices=[("active", "active"), ("archived", "archived")],
                        default="active",
                        max_length=8,
                        verbose_name="state",
                    ),
                ),
                (
                    "item",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="barcodes",
                        to="items.item",
                        verbose_name="item",
                    ),
                ),
                (
                    "unit",
                    models.ForeignKey(
                        blank=True,
                        help_text="Empty means the item's base unit.",
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="items.unitofmeasure",
                        verbose_name="unit",
                    ),
                ),
            ],
            options={
                "verbose_name": "barcode",
                "verbose_name_plural": "barcodes",
                "ordering": ["item", "code"],
            },
        ),
        migrations.CreateModel(
            name="ItemAtUnit",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=tongpan.base.env.new_id,
                        editable=False,
                        primary_key=True,
                        serialize=False,
                    ),
                ),
                ("valid_from", models.DateField(verbose_name="valid from")),
                (
                    "is_carried",
                    models.BooleanField(blank=True, default=True, verbose_name="carried"),
                ),
                (
                    "is_orderable",
                    models.BooleanField(blank=True, default=True, verbose_name="orderable"),
                ),
                (
                    "is_sellable",
                    models.BooleanField(blank=True, default=True, verbose_name="sellable"),
                ),
                (
                    "is_returnable",
                    models.BooleanField(blank=True, default=True, verbose_name="returnable"),
                ),
                (
                    "status",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("new", "new"),
                            ("normal", "normal"),
                            ("discontinued", "discontinued"),
                        ],
                        default="normal",
                        max_length=12,
                        verbose_name="status",
                    ),
                ),
                (
                    "delivery_mode",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("warehouse", "from the warehouse"),
                            ("direct", "by the supplier"),
                            ("cross_dock", "through the warehouse at once"),
                        ],
                        default="warehouse",
                        max_length=12,
                        verbose_name="delivery",
                    ),
                ),
                (
                    "state",
                    models.CharField(
                        blank=True,
                        choices=[("active", "active"), ("archived", "archived")],
                        default="active",
                        max_length=8,
                        verbose_name="state",
                    ),
                ),
                (
                    "item",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="at_units",
                        to="items.item",
                        verbose_name="item",
                    ),
                ),
                (
                    "main_supplier",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="parties.party",
                        verbose_name="main supplier",
                    ),
                ),
                (
                    "org_unit",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="org.orgunit",
                        verbose_name="org unit",
                    ),
                ),
            ],
            options={
                "verbose_name": "item at a unit",
                "verbose_name_plural": "items at units",
                "ordering": ["item", "org_unit", "-valid_from"],
                "abstract": False,
                "base_manager_name": "unscoped",
                "constraints": [
                    models.UniqueConstraint(
                        fields=("item", "org_unit", "valid_from"),
                        name="one_row_per_item_unit_and_day",
                    )
                ],
            },
            managers=[
                ("objects", django.db.models.manager.Manager()),
                ("unscoped", django.db.models.manager.Manager()),
            ],
        ),
        migrations.CreateModel(
            name="SupplierPrice",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=tongpan.base.env.new_id,
                        editable=False,
                        primary_key=True,
                        serialize=False,
                    ),
                ),
                ("price", tongpan.kernel.documents.columns.PriceField(verbose_name="agreed price")),
                (
                    "is_tax_included",
                    models.BooleanField(blank=True, default=False, verbose_name="tax included"),
                ),
                ("valid_from", models.DateField(verbose_name="valid from")),
                (
                    "valid_until",
                    models.DateField(blank=True, null=True, verbose_name="valid until"),
                ),
                (
                    "state",
                    models.CharField(
                        blank=True,
                        choices=[("active", "active"), ("archived", "archived")],
                        default="active",
                        max_length=8,
                        verbose_name="state",
                    ),
                ),
                (
                    "supplier_item",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="prices",
                        to="items.supplieritem",
                        verbose_name="item of a supplier",
                    ),
                ),
            ],
            options={
                "verbose_name": "agreed price",
                "verbose_name_plural": "agreed prices",
                "ordering": ["supplier_item", "-valid_from"],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("supplier_item", "valid_from"), name="one_agreed_price_per_day"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("valid_until", None),
                            ("valid_until__gte", models.F("valid_from")),
                            _connector="OR",
                        ),
                        name="agreed_price_ends_after_it_begins",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("price__gte", 0)), name="agreed_price_not_below_zero"
                    ),
                ],
            },
        ),
        migrations.AddConstraint(
            model_name="supplieritem",
            constraint=models.UniqueConstraint(
                fields=("supplier", "item"), name="one_row_per_supplied_item"
            ),
        ),
        migrations.AddConstraint(
            model_name="supplieritem",
            constraint=models.CheckConstraint(
                condition=models.Q(("pack__gt", 0)), name="pack_above_zero"
            ),
        ),
        migrations.AddConstraint(
            model_name="supplieritem",
            constraint=models.CheckConstraint(
                condition=models.Q(("order_min__gte", 0)), name="minimum_not_below_zero"
            ),
        ),
        migrations.AddConstraint(
            model_name="itemunit",
            constraint=models.UniqueConstraint(fields=("item", "unit"), name="one_factor_per_unit"),
        ),
        migrations.AddConstraint(
            model_name="itemunit",
            constraint=models.CheckConstraint(
                condition=models.Q(("factor__gt", 0)), name="factor_above_zero"
            ),
        ),
        migrations.AddIndex(
            model_name="item",
            index=django.contrib.postgres.indexes.GinIndex(
                fields=["search_text"], name="items_item_search", opclasses=["gin_trgm_ops"]
            ),
        ),
        migrations.AddConstraint(
            model_name="item",
            constraint=models.UniqueConstraint(
                condition=models.Q(("family__isnull", False)),
                fields=("family", "options"),
                name="one_variant_per_options",
            ),
        ),
    ]
