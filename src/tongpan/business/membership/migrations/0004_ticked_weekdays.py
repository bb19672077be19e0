"""What is ticked is said otherwise; the columns stay as they are."""

import django.core.validators
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("membership", "0003_points_for_a_yuan"),
    ]

    operations = [
        migrations.AlterField(
            model_name="earnrule",
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
