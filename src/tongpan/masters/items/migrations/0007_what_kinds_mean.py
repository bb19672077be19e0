"""What the kinds of an item mean is said beside them."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("items", "0006_open_prices")]

    operations = [
        migrations.AlterField(
            model_name="item",
            name="kind",
            field=models.CharField(
                blank=True,
                choices=[
                    ("stocked", "stocked goods"),
                    ("service", "service"),
                    ("bundle", "bundle"),
                    ("wallet", "wallet or gift card"),
                    ("deposit", "deposit"),
                ],
                default="stocked",
                help_text=(
                    "A bundle is put together beforehand, by an assembly. A deposit is owed back"
                    " and is no revenue. Stored value is topped up for members, not sold."
                ),
                max_length=8,
                verbose_name="kind",
            ),
        ),
    ]
