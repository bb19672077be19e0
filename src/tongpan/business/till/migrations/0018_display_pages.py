"""Pages that customer displays show while nobody buys."""

import django.core.validators
import django.db.models.deletion
from django.db import migrations, models

import tongpan.base.env


class Migration(migrations.Migration):
    dependencies = [
        ("items", "0006_open_prices"),
        ("org", "0011_entrusted_roles"),
        ("till", "0017_a_word_for_prices"),
    ]

    operations = [
        migrations.CreateModel(
            name="DisplayPage",
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
                (
                    "text",
                    models.CharField(blank=True, default="", max_length=80, verbose_name="text"),
                ),
                (
                    "position",
                    models.PositiveSmallIntegerField(
                        blank=True, default=10, verbose_name="position"
                    ),
                ),
                ("valid_from", models.DateField(blank=True, null=True, verbose_name="valid from")),
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
                    "item",
                    models.ForeignKey(
                        blank=True,
                        help_text="Its main picture. A poster may be an item that is not sold.",
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="items.item",
                        verbose_name="picture of item",
                    ),
                ),
                (
                    "unit",
                    models.ForeignKey(
                        blank=True,
                        help_text="This unit and all below it. Empty: everywhere.",
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="org.orgunit",
                        verbose_name="shown at",
                    ),
                ),
            ],
            options={
                "verbose_name": "page of customer displays",
                "db_table": "till_display_page",
                "ordering": ("position", "code"),
            },
        ),
    ]
