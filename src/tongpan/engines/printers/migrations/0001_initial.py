import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

import tongpan.base.env


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
        ("org", "0001_initial"),
    ]

    operations = [
        migrations.CreateModel(
            name="Printer",
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
                    "way",
                    models.CharField(
                        choices=[
                            ("network", "network printer"),
                            ("device", "USB printer at the till's computer"),
                            ("folder", "a file for each paper"),
                        ],
                        default="network",
                        max_length=8,
                        verbose_name="printer",
                    ),
                ),
                (
                    "by",
                    models.CharField(
                        choices=[
                            ("server", "the server"),
                            ("agent", "the print agent beside the till"),
                        ],
                        default="server",
                        max_length=6,
                        verbose_name="sent by",
                    ),
                ),
                (
                    "address",
                    models.CharField(
                        blank=True, default="", max_length=120, verbose_name="address"
                    ),
                ),
                ("width", models.PositiveSmallIntegerField(default=80, verbose_name="paper")),
                ("language", models.CharField(default="zh", max_length=2, verbose_name="language")),
                (
                    "prints",
                    models.CharField(
                        choices=[
                            ("always", "each slip, at once"),
                            ("asked", "when the clerk asks"),
                            ("never", "no slips"),
                        ],
                        default="always",
                        max_length=6,
                        verbose_name="prints",
                    ),
                ),
                ("has_drawer", models.BooleanField(default=True, verbose_name="cash drawer")),
                ("is_active", models.BooleanField(default=True, verbose_name="active")),
                (
                    "till",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="org.orgunit",
                        verbose_name="till",
                    ),
                ),
            ],
            options={
                "db_table": "printer",
                "ordering": ("till__path",),
                "abstract": False,
                "base_manager_name": "unscoped",
            },
        ),
        migrations.CreateModel(
            name="PrintJob",
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
                ("title", models.CharField(max_length=80, verbose_name="paper")),
                ("subject", models.UUIDField(null=True)),
                ("content", models.BinaryField()),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("waiting", "to be printed"),
                            ("taken", "being printed"),
                            ("printed", "printed"),
                            ("failed", "not printed"),
                        ],
                        default="waiting",
                        max_length=8,
                        verbose_name="state",
                    ),
                ),
                ("tries", models.PositiveSmallIntegerField(default=0, verbose_name="tries")),
                ("said", models.CharField(blank=True, default="", max_length=40)),
                ("made_at", models.DateTimeField(verbose_name="made at")),
                ("taken_at", models.DateTimeField(null=True)),
                ("next_at", models.DateTimeField(null=True)),
                ("done_at", models.DateTimeField(null=True, verbose_name="printed at")),
                (
                    "made_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "printer",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="jobs",
                        to="printers.printer",
                    ),
                ),
            ],
            options={
                "db_table": "print_job",
                "ordering": ("-made_at", "-id"),
                "abstract": False,
                "base_manager_name": "unscoped",
                "indexes": [
                    models.Index(fields=["printer", "-made_at"], name="print_job_latest"),
                    models.Index(
                        condition=models.Q(("state__in", ("waiting", "taken"))),
                        fields=["printer", "made_at"],
                        name="print_job_waiting",
                    ),
                ],
            },
        ),
    ]
