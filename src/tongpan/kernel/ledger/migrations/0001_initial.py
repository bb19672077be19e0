"""The ledger's tables, functions, triggers and grants, all made in SQL."""

import django.db.models.deletion
from django.db import migrations, models

import tongpan.kernel.ledger.models
from tongpan.kernel.ledger.install import create_tables, install


def make(apps, schema_editor):
    with schema_editor.connection.cursor() as cursor:
        create_tables(cursor)
        install(cursor, schema_editor.connection.schema_name)


def drop(apps, schema_editor):
    schema_editor.execute("drop table entry, unfolded, posting, period_close, account")
    schema_editor.execute(
        "drop function ledger_post, ledger_last_cost, ledger_open_accounts, ledger_set_bounds,"
        " ledger_fold, ledger_close_period, ledger_ensure_month, ledger_guard,"
        " ledger_check_account, ledger_refuse_change"
    )


Amount = tongpan.kernel.ledger.models.AmountField


class Migration(migrations.Migration):
    initial = True

    dependencies = [("org", "0001_initial")]

    operations = [
        migrations.RunPython(make, drop),
        migrations.CreateModel(
            name="Account",
            fields=[
                ("id", models.BigIntegerField(primary_key=True, serialize=False)),
                ("key", models.UUIDField(unique=True)),
                ("ledger", models.TextField()),
                ("role", models.TextField()),
                ("holder", models.UUIDField()),
                ("unit", models.UUIDField()),
                ("lot", models.TextField()),
                ("owner", models.UUIDField(null=True)),
                ("line", models.UUIDField(null=True)),
                ("kept", models.BooleanField()),
                ("valued", models.BooleanField()),
                ("is_mirror", models.BooleanField()),
                ("floor", Amount(null=True)),
                ("ceiling", Amount(null=True)),
                ("inflow", Amount()),
                ("outflow", Amount()),
                ("value_in", Amount()),
                ("value_out", Amount()),
                (
                    "org_unit",
                    models.ForeignKey(
                        db_column="org_unit",
                        on_delete=django.db.models.deletion.PROTECT,
                        to="org.orgunit",
                    ),
                ),
                (
                    "entity",
                    models.ForeignKey(
                        db_column="entity",
                        on_delete=django.db.models.deletion.PROTECT,
                        to="org.legalentity",
                    ),
                ),
            ],
            options={
                "db_table": "account",
                "managed": False,
                "abstract": False,
                "base_manager_name": "unscoped",
            },
        ),
        migrations.CreateModel(
            name="Posting",
            fields=[
                ("id", models.UUIDField(primary_key=True, serialize=False)),
                ("document", models.UUIDField()),
                ("kind", models.TextField()),
                ("business_date", models.DateField()),
                ("posted_at", models.DateTimeField()),
                ("reverses", models.UUIDField(null=True)),
            ],
            options={"db_table": "posting", "managed": False},
        ),
        migrations.CreateModel(
            name="Entry",
            fields=[
                (
                    "pk",
                    models.CompositePrimaryKey(
                        "posting",
                        "n",
                        "business_date",
                        blank=True,
                        editable=False,
                        primary_key=True,
                        serialize=False,
                    ),
                ),
                ("posting", models.UUIDField()),
                ("n", models.IntegerField()),
                ("business_date", models.DateField()),
                ("posted_at", models.DateTimeField()),
                ("source", models.BigIntegerField()),
                ("target", models.BigIntegerField()),
                ("amount", Amount()),
                ("value", Amount(null=True)),
                ("line", models.UUIDField(null=True)),
            ],
            options={"db_table": "entry", "managed": False},
        ),
        migrations.CreateModel(
            name="PeriodClose",
            fields=[
                (
                    "entity",
                    models.OneToOneField(
                        db_column="entity",
                        on_delete=django.db.models.deletion.PROTECT,
                        primary_key=True,
                        serialize=False,
                        to="org.legalentity",
                    ),
                ),
                ("through", models.DateField()),
            ],
            options={"db_table": "period_close", "managed": False},
        ),
    ]
