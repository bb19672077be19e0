"""A parked basket keeps its member; what is taken off a basket is written down."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

import tongpan.base.env
import tongpan.kernel.documents.columns


class Migration(migrations.Migration):
    dependencies = [
        ("till", "0011_shares"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddField("parkedsale", "member", models.UUIDField(null=True)),
        migrations.CreateModel(
            name="Exchange",
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
                    "amount",
                    tongpan.kernel.documents.columns.MoneyField(
                        decimal_places=6, max_digits=24, verbose_name="amount"
                    ),
                ),
                ("reversed_at", models.DateTimeField(null=True)),
                (
                    "returned",
                    models.OneToOneField(
                        db_column="returned",
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="documents.document",
                    ),
                ),
                (
                    "sold",
                    models.OneToOneField(
                        db_column="sold",
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="documents.document",
                    ),
                ),
                (
                    "till",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="org.orgunit",
                    ),
                ),
            ],
            options={
                "db_table": "till_exchange",
                "abstract": False,
                "base_manager_name": "unscoped",
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("amount__gt", 0)),
                        name="an_exchange_sets_something_off",
                    )
                ],
            },
            managers=[
                ("objects", django.db.models.manager.Manager()),
                ("unscoped", django.db.models.manager.Manager()),
            ],
        ),
        migrations.CreateModel(
            name="TakenOff",
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
                    "kind",
                    models.CharField(
                        choices=[("basket", "whole basket"), ("line", "lines after the total")],
                        max_length=6,
                        verbose_name="kind",
                    ),
                ),
                ("basket", models.UUIDField()),
                ("lines", models.JSONField()),
                (
                    "amount",
                    tongpan.kernel.documents.columns.MoneyField(
                        decimal_places=6, max_digits=24, verbose_name="amount"
                    ),
                ),
                (
                    "reason",
                    models.CharField(blank=True, default="", max_length=120, verbose_name="reason"),
                ),
                ("taken_at", models.DateTimeField()),
                (
                    "taken_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "till",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="org.orgunit",
                    ),
                ),
            ],
            options={
                "db_table": "till_taken_off",
                "ordering": ("-taken_at", "-id"),
                "abstract": False,
                "base_manager_name": "unscoped",
            },
            managers=[
                ("objects", django.db.models.manager.Manager()),
                ("unscoped", django.db.models.manager.Manager()),
            ],
        ),
    ]
