"""What is ticked is said otherwise; the columns stay as they are."""

import django.core.validators
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("promotions", "0001_initial"),
    ]

    operations = [
        migrations.AlterField(
            model_name="promotiondocument",
            name="channels",
            field=models.CharField(
                blank=True,
                default="",
                help_text="None: all. In files their codes with spaces between.",
                max_length=60,
                verbose_name="channels",
            ),
        ),
        migrations.AlterField(
            model_name="promotiondocument",
            name="payments",
            field=models.CharField(
                blank=True,
                default="",
                help_text="None: all. In files their codes with spaces between.",
                max_length=120,
                verbose_name="ways of paying",
            ),
        ),
        migrations.AlterField(
            model_name="promotiondocument",
            name="weekdays",
            field=models.CharField(
                blank=True,
                default="",
                help_text="None: every day. In files as digits, 1 for Monday: 67 is the weekend.",
                max_length=7,
                validators=[
                    django.core.validators.RegexValidator(
                        "^1?2?3?4?5?6?7?\\Z",
                        "Weekdays are digits in order, 1 for Monday: 67 is the weekend.",
                    )
                ],
                verbose_name="weekdays",
            ),
        ),
    ]
