import django.core.validators
import django.db.models.deletion
import django.db.models.manager
from django.db import migrations, models

import tongpan.base.env


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("org", "0002_paths_follow_the_tree"),
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
                        blank=True,
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
                (
                    "is_default",
                    models.BooleanField(blank=True, default=False, verbose_name="default place"),
                ),
                (
                    "state",
                    models.CharField(
                        blank=True,
                        choices=[("active", "active"), ("archived", "archived")],
                        default="active",
                        max_length=8,
                        verbose_name="state",
                    ),
                ),
                (
                    "unit",
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
                "ordering": ["unit", "code"],
                "abstract": False,
                "base_manager_name": "unscoped",
                "constraints": [
                    models.UniqueConstraint(fields=("unit", "code"), name="one_place_per_code"),
                    models.UniqueConstraint(
                        condition=models.Q(("is_default", True)),
                        fields=("unit",),
                        name="one_default_place",
                    ),
                ],
            },
            managers=[
                ("objects", django.db.models.manager.Manager()),
                ("unscoped", django.db.models.manager.Manager()),
            ],
        ),
    ]
