import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

from tongpan.base import env


class Migration(migrations.Migration):
    """Who is signed in on which device."""

    dependencies = [("org", "0007_modules")]

    operations = [
        migrations.CreateModel(
            name="OpenSession",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=env.new_id, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("key", models.CharField(editable=False, max_length=40)),
                ("device", models.CharField(blank=True, max_length=80, verbose_name="device")),
                ("begun_at", models.DateTimeField(default=env.now, verbose_name="signed in at")),
                ("seen_at", models.DateTimeField(default=env.now, verbose_name="last used at")),
                ("ended_at", models.DateTimeField(null=True)),
                (
                    "person",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="sessions",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="person",
                    ),
                ),
            ],
            options={"db_table": "open_session"},
        ),
        migrations.AddIndex(
            model_name="opensession",
            index=models.Index(
                condition=models.Q(("ended_at", None)),
                fields=["person"],
                name="sessions_that_are_open",
            ),
        ),
    ]
