import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

import tongpan.base.env


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="ImportRun",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=tongpan.base.env.new_id,
                        editable=False,
                        primary_key=True,
                        serialize=False,
                    ),
                ),
                ("template", models.CharField(max_length=60, verbose_name="kind of sheet")),
                ("file_name", models.CharField(max_length=200, verbose_name="file")),
                ("digest", models.BinaryField(db_index=True, max_length=32)),
                ("counts", models.JSONField(default=dict)),
                (
                    "state",
                    models.CharField(
                        choices=[("done", "imported"), ("undone", "undone")],
                        default="done",
                        max_length=8,
                        verbose_name="state",
                    ),
                ),
                ("at", models.DateTimeField(verbose_name="imported at")),
                (
                    "person",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "db_table": "import_run",
                "ordering": ["-at"],
            },
        ),
        migrations.CreateModel(
            name="ImportedRow",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=tongpan.base.env.new_id,
                        editable=False,
                        primary_key=True,
                        serialize=False,
                    ),
                ),
                ("position", models.PositiveIntegerField()),
                ("number", models.PositiveIntegerField()),
                ("type", models.CharField(max_length=60)),
                ("subject", models.UUIDField()),
                ("is_new", models.BooleanField()),
                ("before", models.JSONField(default=dict)),
                ("after", models.JSONField(default=dict)),
                (
                    "run",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="rows",
                        to="imports.importrun",
                    ),
                ),
            ],
            options={
                "db_table": "import_row",
                "ordering": ["run", "position"],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("run", "position"), name="one_import_row_a_position"
                    )
                ],
            },
        ),
    ]
