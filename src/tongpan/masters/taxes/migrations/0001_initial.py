import django.core.validators
import django.db.models.deletion
from django.db import migrations, models

import tongpan.base.env


class Migration(migrations.Migration):
    initial = True

    dependencies = []

    operations = [
        migrations.CreateModel(
            name="TaxCategory",
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
                    "treatment",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("taxable", "taxable"),
                            ("zero_rated", "zero-rated"),
                            ("exempt", "exempt"),
                            ("not_taxable", "not taxable"),
                        ],
                        default="taxable",
                        max_length=12,
                        verbose_name="treatment",
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
                "verbose_name": "tax category",
                "verbose_name_plural": "tax categories",
                "ordering": ["code"],
            },
        ),
        migrations.CreateModel(
            name="TaxRate",
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
                    "rate",
                    models.DecimalField(
                        decimal_places=6,
                        max_digits=7,
                        validators=[
                            django.core.validators.MinValueValidator(0),
                            django.core.validators.MaxValueValidator(1),
                        ],
                        verbose_name="rate",
                    ),
                ),
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
                    "category",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="rates",
                        to="taxes.taxcategory",
                        verbose_name="tax category",
                    ),
                ),
            ],
            options={
                "verbose_name": "tax rate",
                "verbose_name_plural": "tax rates",
                "ordering": ["category", "-valid_from"],
                "indexes": [
                    models.Index(
                        models.F("category"),
                        models.OrderBy(models.F("valid_from"), descending=True),
                        name="taxes_rate_on_a_day",
                    )
                ],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("category", "valid_from"), name="one_rate_per_category_and_day"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("rate__gte", 0), ("rate__lte", 1)),
                        name="rate_is_a_share",
                    ),
                ],
            },
        ),
    ]
