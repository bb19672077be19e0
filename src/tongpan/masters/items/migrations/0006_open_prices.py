"""An item may have a price that is said at the till."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("items", "0005_place_of_origin")]

    operations = [
        migrations.AddField(
            model_name="item",
            name="is_price_open",
            field=models.BooleanField(
                blank=True,
                default=False,
                help_text="Such as odds and ends. A price of the lists is proposed to the cashier.",
                verbose_name="price said at the till",
            ),
        ),
    ]
