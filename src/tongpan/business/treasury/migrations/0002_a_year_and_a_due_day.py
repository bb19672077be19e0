import django.core.validators
import django.db.models.deletion
import django.db.models.manager
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("documents", "0013_fewer_calls"),
        ("treasury", "0001_initial"),
    ]

    operations = [
        migrations.AddField(
            model_name="expense",
            name="due_on",
            field=models.DateField(
                blank=True,
                help_text="Empty: worked out from the supplier's payment terms.",
                null=True,
                verbose_name="due on",
            ),
        ),
        migrations.CreateModel(
            name="YearClose",
            fields=[
                (
                    "document",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        primary_key=True,
                        related_name="%(class)s",
                        serialize=False,
                        to="documents.document",
                    ),
                ),
                (
                    "year",
                    models.PositiveSmallIntegerField(
                        null=True,
                        validators=[
                            django.core.validators.MinValueValidator(2000),
                            django.core.validators.MaxValueValidator(2099),
                        ],
                        verbose_name="year",
                    ),
                ),
                ("carried", models.JSONField(default=list, editable=False)),
            ],
            options={
                "db_table": "treasury_year_close",
                "abstract": False,
                "base_manager_name": "unscoped",
            },
            managers=[
                ("objects", django.db.models.manager.Manager()),
                ("unscoped", django.db.models.manager.Manager()),
            ],
        ),
    ]
