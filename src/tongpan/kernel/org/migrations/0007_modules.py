import django.db.models.deletion
from django.db import migrations, models

from tongpan.base import env
from tongpan.kernel.org.schema import create, create_before


class Migration(migrations.Migration):
    """Units may do without a module."""

    dependencies = [("org", "0006_languages")]

    operations = [
        migrations.CreateModel(
            name="ModuleOff",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=env.new_id, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("module", models.CharField(max_length=40)),
                (
                    "unit",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="modules_off",
                        to="org.orgunit",
                    ),
                ),
            ],
            options={"db_table": "module_off"},
        ),
        migrations.AddConstraint(
            model_name="moduleoff",
            constraint=models.UniqueConstraint(
                fields=("unit", "module"), name="a_module_is_switched_off_once"
            ),
        ),
        migrations.RunPython(create, create_before),
    ]
