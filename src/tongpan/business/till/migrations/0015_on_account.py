"""A sale may be put on the account of a customer, who owes it until a day."""

import django.db.models.deletion
from django.db import migrations, models

from tongpan.business.till.account_schema import create, drop


class Migration(migrations.Migration):
    dependencies = [("till", "0014_desk"), ("parties", "0004_entities_of_ours")]

    operations = [
        migrations.AddField(
            "sale",
            "customer",
            models.ForeignKey(
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="parties.party",
                verbose_name="customer",
            ),
        ),
        migrations.AddField("sale", "due_on", models.DateField(null=True, verbose_name="due on")),
        migrations.AlterField(
            "paymentmethod",
            "kind",
            models.CharField(
                blank=True,
                choices=[
                    ("money", "money"),
                    ("stored_value", "stored value of members"),
                    ("points", "points of members"),
                    ("account", "on account of a customer"),
                ],
                default="money",
                help_text="Stored value and points are taken from the accounts of the member; what"
                " is put on account is owed by the customer.",
                max_length=12,
                verbose_name="kind",
            ),
        ),
        migrations.RunPython(create, drop),
    ]
