import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

from tongpan.base import env


class Migration(migrations.Migration):
    """A second step of signing in: an app's codes, and recovery codes."""

    dependencies = [("org", "0008_sessions")]

    operations = [
        migrations.AddField(
            model_name="role",
            name="needs_second_factor",
            field=models.BooleanField(
                blank=True, db_default=False, default=False, verbose_name="two-step sign-in"
            ),
        ),
        migrations.AlterField(
            model_name="signinattempt",
            name="means",
            field=models.CharField(
                choices=[("password", "Password"), ("pin", "PIN"), ("code", "One-time code")],
                max_length=8,
            ),
        ),
        migrations.CreateModel(
            name="SecondFactor",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=env.new_id, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("begun_at", models.DateTimeField(default=env.now)),
                ("confirmed_at", models.DateTimeField(null=True)),
                ("last_step", models.BigIntegerField(default=0)),
                (
                    "person",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="second_factors",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={"db_table": "second_factor"},
        ),
        migrations.AddConstraint(
            model_name="secondfactor",
            constraint=models.UniqueConstraint(
                condition=models.Q(("confirmed_at__isnull", False)),
                fields=("person",),
                name="a_person_has_one_second_factor",
            ),
        ),
        migrations.AddConstraint(
            model_name="secondfactor",
            constraint=models.UniqueConstraint(
                condition=models.Q(("confirmed_at", None)),
                fields=("person",),
                name="a_person_begins_one_second_factor",
            ),
        ),
        migrations.CreateModel(
            name="RecoveryCode",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=env.new_id, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("hashed", models.CharField(editable=False, max_length=64)),
                ("used_at", models.DateTimeField(null=True)),
                (
                    "person",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="recovery_codes",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={"db_table": "recovery_code"},
        ),
        migrations.AddConstraint(
            model_name="recoverycode",
            constraint=models.UniqueConstraint(
                fields=("person", "hashed"), name="a_recovery_code_is_one"
            ),
        ),
    ]
