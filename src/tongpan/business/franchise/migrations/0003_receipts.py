"""What arrived of a supply, and in which condition goods go back."""

import django.db.models.deletion
import django.db.models.manager
from django.db import migrations, models

import tongpan.base.env
import tongpan.kernel.documents.columns


class Migration(migrations.Migration):
    dependencies = [
        ("franchise", "0002_more_than_asked_for"),
        ("documents", "0007_chain_of_history"),
        ("items", "0004_minimum_stock"),
        ("places", "0001_initial"),
    ]

    operations = [
        migrations.CreateModel(
            name="SupplyReceipt",
            fields=[
                (
                    "document",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        primary_key=True,
                        related_name="%(class)s",
                        serialize=False,
                        to="documents.document",
                    ),
                ),
                (
                    "place",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="places.place",
                        verbose_name="received at",
                    ),
                ),
            ],
            options={
                "db_table": "franchise_supply_receipt",
                "abstract": False,
                "base_manager_name": "unscoped",
            },
            managers=[
                ("objects", django.db.models.manager.Manager()),
                ("unscoped", django.db.models.manager.Manager()),
            ],
        ),
        migrations.CreateModel(
            name="SupplyReceiptLine",
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
                ("position", models.PositiveIntegerField(verbose_name="line")),
                (
                    "lot",
                    models.CharField(blank=True, default="", max_length=40, verbose_name="lot"),
                ),
                (
                    "sent",
                    tongpan.kernel.documents.columns.QuantityField(
                        blank=True, null=True, verbose_name="on its way"
                    ),
                ),
                (
                    "received",
                    tongpan.kernel.documents.columns.QuantityField(
                        blank=True, null=True, verbose_name="received"
                    ),
                ),
                (
                    "damaged",
                    tongpan.kernel.documents.columns.QuantityField(
                        blank=True, null=True, verbose_name="damaged"
                    ),
                ),
                (
                    "missing",
                    tongpan.kernel.documents.columns.QuantityField(
                        blank=True, null=True, verbose_name="missing"
                    ),
                ),
                (
                    "document",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="%(class)s_set",
                        to="documents.document",
                    ),
                ),
                (
                    "item",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        to="items.item",
                        verbose_name="item",
                    ),
                ),
                (
                    "sent_line",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="franchise.supplyline",
                        verbose_name="supply line",
                    ),
                ),
            ],
            options={
                "db_table": "franchise_supply_receipt_line",
                "ordering": ("position",),
                "abstract": False,
                "base_manager_name": "unscoped",
            },
            managers=[
                ("objects", django.db.models.manager.Manager()),
                ("unscoped", django.db.models.manager.Manager()),
            ],
        ),
        migrations.AddField(
            model_name="supplyreturnline",
            name="receipt_line",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="franchise.supplyreceiptline",
                verbose_name="supply receipt line",
            ),
        ),
        migrations.AddField(
            model_name="supplyreturnline",
            name="condition",
            field=models.CharField(
                blank=True,
                choices=[("good", "good"), ("damaged", "damaged"), ("missing", "missing")],
                default="good",
                max_length=8,
                verbose_name="condition",
            ),
        ),
    ]
