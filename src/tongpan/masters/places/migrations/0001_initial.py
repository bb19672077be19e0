import django.core.validators
import django.db.models.deletion
from django.db import migrations, models

import tongpan.base.env


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("org", "0001_initial"),
    ]

    operations = [
        migrations.CreateModel(
            name="Place",
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
                (
                    "code",
                    models.CharField(
                        max_length=40,
                        validators=[
                            django.core.validators.RegexValidator(
                                "^[^\\s=+@-]\\S*\\Z",
                                "A code has no spaces; =, +, - or @ do not begin it.",
                            )
                        ],
                        verbose_name="code",
                    ),
                ),
                ("name", models.CharField(max_length=80, verbose_name="name")),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("shelf", "shelf"),
                            ("receiving", "receiving"),
                            ("display", "display"),
                            ("damaged", "damaged"),
                            ("quarantine", "quarantine"),
                        ],
                        default="shelf",
                        max_length=12,
                        verbose_name="kind",
                    ),
                ),
                ("is_default", models.BooleanField(default=False, verbose_name="default place")),
                (
                    "state",
                    models.CharField(
                        choices=[("active", "active"), ("archived", "archived")],
                        default="active",
                        max_length=8,
                        verbose_name="state",
                    ),
                ),
                (
                    "org_unit",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="places",
                        to="org.orgunit",
                        verbose_name="org unit",
                    ),
                ),
            ],
            options={
                "verbose_name": "place",
                "verbose_name_plural": "places",
                "ordering": ["org_unit", "code"],
                "constraints": [
                    models.UniqueConstraint(fields=("org_unit", "code"), name="one_place_per_code"),
                    models.UniqueConstraint(
                        condition=models.Q(("is_default", True)),
                        fields=("org_unit",),
                        name="one_default_place",
                    ),
                ],
            },
        ),
    ]
