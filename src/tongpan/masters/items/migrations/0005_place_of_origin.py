"""Where goods come from, which price labels say."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("items", "0004_minimum_stock")]

    operations = [
        migrations.AddField(
            model_name="item",
            name="origin",
            field=models.CharField(
                blank=True,
                default="",
                help_text="As price labels say it.",
                max_length=40,
                verbose_name="place of origin",
            ),
        ),
    ]
