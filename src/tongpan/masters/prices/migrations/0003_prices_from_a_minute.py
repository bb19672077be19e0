"""A price holds from a time of its first day on, by the clock of each store."""

import django.core.validators
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("prices", "0002_whom_a_list_is_for")]

    operations = [
        migrations.AddField(
            model_name="price",
            name="from_clock",
            field=models.CharField(
                blank=True,
                default="00:00",
                help_text="By the clock of each store, such as 14:00. Empty: from the day's"
                " beginning.",
                max_length=5,
                validators=[
                    django.core.validators.RegexValidator(
                        "^([01][0-9]|2[0-3]):[0-5][0-9]\\Z",
                        "A time of the day is written as 09:30 or 14:00.",
                    )
                ],
                verbose_name="from time",
            ),
        ),
        migrations.AlterModelOptions(
            name="price",
            options={
                "ordering": ["price_list", "item", "-valid_from", "-from_clock"],
                "verbose_name": "price",
                "verbose_name_plural": "prices",
            },
        ),
        migrations.RemoveConstraint(model_name="price", name="one_price_per_list_and_day"),
        migrations.AddConstraint(
            model_name="price",
            constraint=models.UniqueConstraint(
                fields=("item", "unit", "barcode", "price_list", "valid_from", "from_clock"),
                name="one_price_per_list_and_minute",
                nulls_distinct=False,
            ),
        ),
    ]
