"""Prices for members and by quantity beside the usual ones, and how far stores may go."""

from decimal import Decimal

import django.core.validators
import django.db.models.deletion
from django.db import migrations, models
from django.db.models import F, Q

import tongpan.base.env
import tongpan.business.pricing.models
import tongpan.kernel.documents.columns

IS_CLOCK = django.core.validators.RegexValidator(
    "^([01][0-9]|2[0-3]):[0-5][0-9]\\Z", "A time of the day is written as 09:30 or 14:00."
)
IS_CODE = django.core.validators.RegexValidator(
    "^[^\\s=+@-]\\S*\\Z", "A code has no spaces; =, +, - or @ do not begin it."
)
CASCADE = django.db.models.deletion.CASCADE
PROTECT = django.db.models.deletion.PROTECT


def key() -> models.Field:  # type: ignore[type-arg]
    return models.UUIDField(
        default=tongpan.base.env.new_id, editable=False, primary_key=True, serialize=False
    )


def state() -> models.Field:  # type: ignore[type-arg]
    return models.CharField(
        blank=True, choices=[("active", "active"), ("archived", "archived")], default="active",
        max_length=8, verbose_name="state",
    )  # fmt: skip


class Migration(migrations.Migration):
    dependencies = [
        ("pricing", "0002_changes_at_a_minute"),
        ("membership", "0001_initial"),
        ("org", "0010_passkeys"),
    ]

    operations = [
        migrations.CreateModel(
            name="PriceLevel",
            fields=[
                ("id", key()),
                ("price_list", models.ForeignKey(
                    on_delete=CASCADE, related_name="+", to="prices.pricelist",
                    verbose_name="price list")),
                ("item", models.ForeignKey(
                    on_delete=PROTECT, related_name="+", to="items.item", verbose_name="item")),
                ("unit", models.ForeignKey(
                    blank=True, help_text="Empty means the item's base unit.", on_delete=PROTECT,
                    related_name="+", to="items.unitofmeasure", verbose_name="unit")),
                ("buyer", models.CharField(
                    blank=True, choices=[("everybody", "everybody"), ("members", "members")],
                    default="everybody", max_length=10, verbose_name="for whom")),
                ("tier", models.ForeignKey(
                    blank=True, help_text="Empty: every member.", null=True, on_delete=PROTECT,
                    related_name="+", to="membership.tier", verbose_name="tier")),
                ("from_quantity", tongpan.kernel.documents.columns.ExactField(
                    blank=True, default=Decimal(1), verbose_name="from quantity")),
                ("price", tongpan.kernel.documents.columns.PriceField(verbose_name="price")),
                ("valid_from", models.DateField(verbose_name="valid from")),
                ("from_clock", models.CharField(
                    blank=True, default="00:00",
                    help_text="By the clock of each store, such as 14:00. Empty: from the day's"
                    " beginning.",
                    max_length=5, validators=[IS_CLOCK], verbose_name="from time")),
                ("valid_until", models.DateField(
                    blank=True, null=True, verbose_name="valid until")),
                ("state", state()),
            ],
            options={
                "db_table": "price_level",
                "ordering": ("price_list", "item", "buyer", "from_quantity", "-valid_from",
                             "-from_clock"),
                "verbose_name": "price level",
                "verbose_name_plural": "price levels",
                "constraints": [
                    models.UniqueConstraint(
                        fields=("item", "unit", "price_list", "buyer", "tier", "from_quantity",
                                "valid_from", "from_clock"),
                        name="one_level_per_list_and_minute", nulls_distinct=False,
                    ),
                    models.CheckConstraint(
                        condition=Q(price__gte=0), name="level_not_below_zero"
                    ),
                    models.CheckConstraint(
                        condition=Q(from_quantity__gt=0), name="level_from_something"
                    ),
                    models.CheckConstraint(
                        condition=Q(tier=None) | Q(buyer="members"), name="tier_is_of_members"
                    ),
                    models.CheckConstraint(
                        condition=Q(valid_until=None) | Q(valid_until__gte=F("valid_from")),
                        name="level_ends_after_it_begins",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="PriceBand",
            fields=[
                ("id", key()),
                ("code", models.CharField(
                    max_length=40, unique=True, validators=[IS_CODE], verbose_name="code")),
                ("org_unit", models.ForeignKey(
                    help_text="It binds the price lists of units below this one.",
                    on_delete=PROTECT, related_name="+", to="org.orgunit", verbose_name="set by")),
                ("price_list", models.ForeignKey(
                    blank=True, help_text="Empty: all lists.", null=True, on_delete=CASCADE,
                    related_name="+", to="prices.pricelist", verbose_name="price list")),
                ("item", models.ForeignKey(
                    blank=True, null=True, on_delete=CASCADE, related_name="+", to="items.item",
                    verbose_name="item")),
                ("category", models.ForeignKey(
                    blank=True, help_text="Empty, and no item: all items.", null=True,
                    on_delete=CASCADE, related_name="+", to="items.itemcategory",
                    verbose_name="category")),
                ("floor", tongpan.kernel.documents.columns.PriceField(
                    blank=True, null=True, verbose_name="lowest price")),
                ("ceiling", tongpan.kernel.documents.columns.PriceField(
                    blank=True, null=True, verbose_name="highest price")),
                ("margin_min", tongpan.business.pricing.models.PercentField(
                    blank=True, null=True, verbose_name="least margin in percent")),
                ("valid_from", models.DateField(verbose_name="valid from")),
                ("valid_until", models.DateField(
                    blank=True, null=True, verbose_name="valid until")),
                ("state", state()),
            ],
            options={
                "db_table": "price_band",
                "ordering": ("code",),
                "verbose_name": "price band",
                "verbose_name_plural": "price bands",
                "constraints": [
                    models.CheckConstraint(
                        condition=Q(item=None) | Q(category=None),
                        name="band_of_an_item_or_a_category",
                    ),
                    models.CheckConstraint(
                        condition=Q(floor=None) | Q(ceiling=None) | Q(ceiling__gte=F("floor")),
                        name="band_has_room",
                    ),
                    models.CheckConstraint(
                        condition=Q(margin_min=None) | Q(margin_min__lt=100),
                        name="band_margin_below_all",
                    ),
                    models.CheckConstraint(
                        condition=Q(valid_until=None) | Q(valid_until__gte=F("valid_from")),
                        name="band_ends_after_it_begins",
                    ),
                ],
            },
        ),
    ]  # fmt: skip
