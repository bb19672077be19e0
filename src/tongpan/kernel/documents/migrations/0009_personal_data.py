from django.db import migrations, models


class Migration(migrations.Migration):
    """Personal data is set aside or erased."""

    dependencies = [("documents", "0008_saved_views")]

    operations = [
        migrations.CreateModel(
            name="PersonalState",
            fields=[
                ("subject", models.UUIDField(primary_key=True, serialize=False)),
                ("kind", models.CharField(max_length=40)),
                (
                    "state",
                    models.CharField(
                        choices=[("restricted", "set aside"), ("erased", "erased")], max_length=10
                    ),
                ),
                ("kept", models.JSONField(default=dict)),
                ("at", models.DateTimeField()),
            ],
            options={"db_table": "personal_state"},
        ),
    ]
