import django.db.models.deletion
from django.db import migrations, models

import tongpan.base.env


class Migration(migrations.Migration):
    dependencies = [("org", "0003_one_top")]

    operations = [
        migrations.CreateModel(
            name="SettingValue",
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
                ("code", models.CharField(max_length=60)),
                ("value", models.JSONField()),
                (
                    "unit",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="org.orgunit",
                    ),
                ),
            ],
            options={"db_table": "setting_value"},
        ),
        migrations.AddConstraint(
            model_name="settingvalue",
            constraint=models.UniqueConstraint(
                fields=("code", "unit"), name="one_value_of_a_setting_a_unit"
            ),
        ),
    ]
