"""What is taken off each line of a slip is kept beside it, by what and by whom."""

import django.db.models.manager
from django.db import migrations, models

import tongpan.base.env
import tongpan.kernel.documents.columns
from tongpan.business.till.shares_schema import create, drop


class Migration(migrations.Migration):
    dependencies = [
        ("till", "0010_kinds_of_payment"),
        ("membership", "0001_initial"),
        ("items", "0003_small_pictures"),
    ]

    operations = [
        migrations.CreateModel(
            name="SaleShare",
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
                ("business_date", models.DateField()),
                ("line", models.UUIDField()),
                ("position", models.PositiveIntegerField()),
                ("kind", models.CharField(max_length=10)),
                ("promotion", models.UUIDField(null=True)),
                ("times", models.PositiveIntegerField(null=True)),
                ("amount", tongpan.kernel.documents.columns.MoneyField(verbose_name="amount")),
                ("reason", models.CharField(blank=True, default="", max_length=120)),
            ],
            options={
                "db_table": "till_sale_share",
                "abstract": False,
                "managed": False,
                "base_manager_name": "unscoped",
            },
            managers=[
                ("objects", django.db.models.manager.Manager()),
                ("unscoped", django.db.models.manager.Manager()),
            ],
        ),
        migrations.CreateModel(
            name="ReturnShare",
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
                ("business_date", models.DateField()),
                ("line", models.UUIDField()),
                ("position", models.PositiveIntegerField()),
                ("kind", models.CharField(max_length=10)),
                ("promotion", models.UUIDField(null=True)),
                ("times", models.PositiveIntegerField(null=True)),
                ("amount", tongpan.kernel.documents.columns.MoneyField(verbose_name="amount")),
                ("reason", models.CharField(blank=True, default="", max_length=120)),
                ("of_share", models.UUIDField()),
            ],
            options={
                "db_table": "till_return_share",
                "abstract": False,
                "managed": False,
                "base_manager_name": "unscoped",
            },
            managers=[
                ("objects", django.db.models.manager.Manager()),
                ("unscoped", django.db.models.manager.Manager()),
            ],
        ),
        migrations.RunPython(create, drop),
    ]
