"""A price change says for whom and from which quantity its prices hold, and in which units."""

import django.db.models.deletion
from django.db import migrations, models

import tongpan.kernel.documents.columns


class Migration(migrations.Migration):
    dependencies = [("pricing", "0003_levels_and_bands"), ("membership", "0001_initial")]

    operations = [
        migrations.AddField(
            model_name="pricechange",
            name="only_at",
            field=models.CharField(
                blank=True,
                default="",
                help_text="Codes of stores or regions with spaces between. Empty: wherever the list"
                " holds.",
                max_length=200,
                verbose_name="only at",
            ),
        ),
        migrations.AddField(
            model_name="pricechangeline",
            name="buyer",
            field=models.CharField(
                blank=True,
                choices=[("everybody", "everybody"), ("members", "members")],
                default="everybody",
                max_length=10,
                verbose_name="for whom",
            ),
        ),
        migrations.AddField(
            model_name="pricechangeline",
            name="tier",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="membership.tier",
                verbose_name="tier",
            ),
        ),
        migrations.AddField(
            model_name="pricechangeline",
            name="from_quantity",
            field=tongpan.kernel.documents.columns.ExactField(
                blank=True, null=True, verbose_name="from quantity"
            ),
        ),
    ]
