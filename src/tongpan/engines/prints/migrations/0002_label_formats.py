"""Sizes of labels that a company writes down itself."""

import django.core.validators
from django.db import migrations, models

import tongpan.base.env


class Migration(migrations.Migration):
    dependencies = [("prints", "0001_initial")]

    operations = [
        migrations.CreateModel(
            name="LabelFormat",
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
                ("name", models.CharField(max_length=40, verbose_name="name")),
                ("width", models.PositiveSmallIntegerField(verbose_name="width, mm")),
                ("height", models.PositiveSmallIntegerField(verbose_name="height, mm")),
                (
                    "gap",
                    models.PositiveSmallIntegerField(blank=True, default=2, verbose_name="gap, mm"),
                ),
                (
                    "shows_origin",
                    models.BooleanField(blank=True, default=True, verbose_name="place of origin"),
                ),
                (
                    "shows_code",
                    models.BooleanField(blank=True, default=True, verbose_name="item code"),
                ),
                (
                    "shows_barcode",
                    models.BooleanField(blank=True, default=True, verbose_name="barcode"),
                ),
                (
                    "shows_member_price",
                    models.BooleanField(blank=True, default=True, verbose_name="member price"),
                ),
                (
                    "shows_more_prices",
                    models.BooleanField(
                        blank=True,
                        default=True,
                        verbose_name="price for a kilogram, and by quantity",
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
                "verbose_name": "label format",
                "db_table": "print_label_format",
                "ordering": ("code",),
            },
        ),
    ]
