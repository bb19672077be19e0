"""A price change of everything that a list has."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("pricing", "0005_ticked_places"),
    ]

    operations = [
        migrations.AddField(
            model_name="pricechange",
            name="is_all",
            field=models.BooleanField(
                blank=True,
                default=False,
                help_text="Everything with a price in it, unless a category or brand is named.",
                verbose_name="all goods of the list",
            ),
        ),
    ]
