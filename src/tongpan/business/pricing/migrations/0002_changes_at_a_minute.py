"""A price change begins and ends at a time of its days."""

import django.core.validators
from django.db import migrations, models

IS_CLOCK = django.core.validators.RegexValidator(
    "^([01][0-9]|2[0-3]):[0-5][0-9]\\Z", "A time of the day is written as 09:30 or 14:00."
)


class Migration(migrations.Migration):
    dependencies = [("pricing", "0001_initial"), ("prices", "0003_prices_from_a_minute")]

    operations = [
        migrations.AddField(
            model_name="pricechange",
            name="begins_clock",
            field=models.CharField(
                blank=True,
                default="00:00",
                help_text="By the clock of each store, such as 14:00. Empty: from the day's"
                " beginning.",
                max_length=5,
                validators=[IS_CLOCK],
                verbose_name="from time",
            ),
        ),
        migrations.AddField(
            model_name="pricechange",
            name="ends_clock",
            field=models.CharField(
                blank=True,
                default="",
                help_text="Of the last day. Empty: until its end.",
                max_length=5,
                validators=[IS_CLOCK],
                verbose_name="until time",
            ),
        ),
    ]
