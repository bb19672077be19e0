"""A till sells at levels of price, a line says at which, and a customer's display is told."""

import django.db.models.deletion
import django.db.models.manager
from django.db import migrations, models

from tongpan.business.till.schema import install_functions

ADD = "alter table till_sale_line add column price_level uuid"
DROP = "alter table till_sale_line drop column price_level"


class Migration(migrations.Migration):
    dependencies = [("till", "0012_baskets_of_the_store"), ("pricing", "0003_levels_and_bands")]

    operations = [
        migrations.RunSQL(ADD, DROP),
        migrations.RunPython(install_functions, migrations.RunPython.noop),
        migrations.CreateModel(
            name="DisplayState",
            fields=[
                (
                    "till",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        primary_key=True,
                        related_name="+",
                        serialize=False,
                        to="org.orgunit",
                    ),
                ),
                ("version", models.UUIDField()),
                ("told", models.JSONField()),
                ("told_at", models.DateTimeField()),
            ],
            options={
                "db_table": "till_display",
                "abstract": False,
                "base_manager_name": "unscoped",
            },
            managers=[
                ("objects", django.db.models.manager.Manager()),
                ("unscoped", django.db.models.manager.Manager()),
            ],
        ),
    ]
