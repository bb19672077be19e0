"""What is ticked is said otherwise; the columns stay as they are."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("pricing", "0004_levels_and_places_of_changes"),
    ]

    operations = [
        migrations.AlterField(
            model_name="pricechange",
            name="only_at",
            field=models.CharField(
                blank=True,
                default="",
                help_text="None: wherever the list holds. In files, codes of stores or regions.",
                max_length=200,
                verbose_name="only at",
            ),
        ),
    ]
