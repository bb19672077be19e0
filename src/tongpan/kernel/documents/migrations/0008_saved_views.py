import django.db.models.deletion
from django.db import migrations, models

from tongpan.base import env


class Migration(migrations.Migration):
    dependencies = [("documents", "0007_chain_of_history"), ("org", "0008_sessions")]

    operations = [
        migrations.CreateModel(
            name="SavedView",
            fields=[
                (
                    "id",
                    models.UUIDField(default=env.new_id, primary_key=True, serialize=False),
                ),
                ("page", models.CharField(max_length=120)),
                ("name", models.CharField(max_length=40)),
                ("query", models.CharField(max_length=2000)),
                (
                    "person",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="org.person",
                    ),
                ),
            ],
            options={"db_table": "saved_view"},
        ),
        migrations.AddConstraint(
            model_name="savedview",
            constraint=models.UniqueConstraint(
                fields=("person", "page", "name"), name="saved_view_name"
            ),
        ),
    ]
