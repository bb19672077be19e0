"""Goods that were sold before they were on the books are an overage of their own kind."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("stock", "0006_more_than_asked_for")]

    operations = [
        migrations.AlterField(
            model_name="overage",
            name="came_as",
            field=models.CharField(
                choices=[
                    ("found", "turned up"),
                    ("gift", "received free"),
                    ("sold", "sold before it was on the books"),
                ],
                default="found",
                max_length=8,
                verbose_name="came as",
            ),
        ),
    ]
