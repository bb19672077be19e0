import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

from tongpan.base import env


class Migration(migrations.Migration):
    """People sign in with passkeys."""

    dependencies = [("org", "0009_second_factor")]

    operations = [
        migrations.CreateModel(
            name="Passkey",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=env.new_id, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("name", models.CharField(max_length=60, verbose_name="name")),
                ("credential", models.CharField(max_length=1400, unique=True)),
                ("public_key", models.BinaryField()),
                ("sign_count", models.BigIntegerField(default=0)),
                ("made_at", models.DateTimeField(default=env.now, verbose_name="added at")),
                ("used_at", models.DateTimeField(null=True, verbose_name="last used at")),
                (
                    "person",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="passkeys",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={"db_table": "passkey"},
        ),
    ]
