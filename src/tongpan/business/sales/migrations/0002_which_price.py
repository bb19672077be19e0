"""A line of an order says which price of which list it is sold at."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("sales", "0001_initial")]

    operations = [
        migrations.AddField(
            "salesorderline",
            "price_said",
            models.CharField(
                blank=True, default="", editable=False, max_length=120, verbose_name="price of"
            ),
        ),
    ]
