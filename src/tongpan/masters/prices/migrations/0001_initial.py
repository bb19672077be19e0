import django.core.validators
import django.db.models.deletion
from django.db import migrations, models

import tongpan.base.env
import tongpan.kernel.documents.columns


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("items", "0001_initial"),
        ("org", "0002_paths_follow_the_tree"),
    ]

    operations = [
        migrations.CreateModel(
            name="PriceList",
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
                ("name", models.CharField(max_length=80, verbose_name="name")),
                (
                    "currency",
                    models.CharField(
                        blank=True, default="CNY", max_length=3, verbose_name="currency"
                    ),
                ),
                (
                    "is_tax_included",
                    models.BooleanField(blank=True, default=True, verbose_name="tax included"),
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
                "verbose_name": "price list",
                "verbose_name_plural": "price lists",
                "ordering": ["code"],
            },
        ),
        migrations.CreateModel(
            name="Price",
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
                ("price", tongpan.kernel.documents.columns.PriceField(verbose_name="price")),
                ("valid_from", models.DateField(verbose_name="valid from")),
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
                    "barcode",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="items.barcode",
                        verbose_name="barcode",
                    ),
                ),
                (
                    "item",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
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
                (
                    "price_list",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="prices",
                        to="prices.pricelist",
                        verbose_name="price list",
                    ),
                ),
            ],
            options={
                "verbose_name": "price",
                "verbose_name_plural": "prices",
                "ordering": ["price_list", "item", "-valid_from"],
            },
        ),
        migrations.AddConstraint(
            model_name="pricelist",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("valid_until", None),
                    ("valid_until__gte", models.F("valid_from")),
                    _connector="OR",
                ),
                name="price_list_ends_after_it_begins",
            ),
        ),
        migrations.AddConstraint(
            model_name="price",
            constraint=models.UniqueConstraint(
                fields=("item", "unit", "barcode", "price_list", "valid_from"),
                name="one_price_per_list_and_day",
                nulls_distinct=False,
            ),
        ),
        migrations.AddConstraint(
            model_name="price",
            constraint=models.CheckConstraint(
                condition=models.Q(("price__gte", 0)), name="price_not_below_zero"
            ),
        ),
    ]
