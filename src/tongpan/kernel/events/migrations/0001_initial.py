"""Events, their feed, cursors, parked events and finished jobs."""

from django.db import migrations, models

from tongpan.kernel.events.schema import create, drop


class Migration(migrations.Migration):
    initial = True
    dependencies: list[tuple[str, str]] = []
    operations = [
        migrations.SeparateDatabaseAndState(
            database_operations=[migrations.RunPython(create, drop)],
            state_operations=[
                migrations.CreateModel(
                    name="Event",
                    fields=[
                        (
                            "pk",
                            models.CompositePrimaryKey(
                                "business_date",
                                "id",
                                blank=True,
                                editable=False,
                                primary_key=True,
                                serialize=False,
                            ),
                        ),
                        ("business_date", models.DateField(verbose_name="business date")),
                        ("id", models.UUIDField()),
                        ("name", models.TextField(verbose_name="event")),
                        ("subject", models.UUIDField()),
                        ("org_unit", models.UUIDField(verbose_name="org unit")),
                        ("actor", models.UUIDField(null=True, verbose_name="person")),
                        (
                            "authorised_by",
                            models.UUIDField(null=True, verbose_name="authorised by"),
                        ),
                        ("occurred_at", models.DateTimeField(verbose_name="occurred at")),
                        ("payload", models.JSONField()),
                    ],
                    options={"db_table": "event"},
                ),
                migrations.CreateModel(
                    name="Position",
                    fields=[
                        ("position", models.BigIntegerField(primary_key=True, serialize=False)),
                        ("event", models.UUIDField(unique=True)),
                        ("business_date", models.DateField()),
                        ("hash", models.BinaryField()),
                    ],
                    options={"db_table": "feed"},
                ),
                migrations.CreateModel(
                    name="Cursor",
                    fields=[
                        ("subscriber", models.TextField(primary_key=True, serialize=False)),
                        ("position", models.BigIntegerField()),
                        ("tries", models.IntegerField(default=0)),
                        ("retry_at", models.DateTimeField(null=True)),
                    ],
                    options={"db_table": "feed_cursor"},
                ),
                migrations.CreateModel(
                    name="Parked",
                    fields=[
                        (
                            "pk",
                            models.CompositePrimaryKey(
                                "subscriber",
                                "position",
                                blank=True,
                                editable=False,
                                primary_key=True,
                                serialize=False,
                            ),
                        ),
                        ("subscriber", models.TextField(verbose_name="subscriber")),
                        ("position", models.BigIntegerField(verbose_name="position")),
                        ("tries", models.IntegerField(verbose_name="tries")),
                        ("error", models.TextField(verbose_name="error")),
                        ("parked_at", models.DateTimeField(verbose_name="parked at")),
                    ],
                    options={"db_table": "feed_parked"},
                ),
                migrations.CreateModel(
                    name="JobDone",
                    fields=[
                        (
                            "pk",
                            models.CompositePrimaryKey(
                                "key",
                                "job",
                                blank=True,
                                editable=False,
                                primary_key=True,
                                serialize=False,
                            ),
                        ),
                        ("key", models.UUIDField()),
                        ("job", models.TextField()),
                        ("done_at", models.DateTimeField()),
                    ],
                    options={"db_table": "job_done"},
                ),
            ],
        )
    ]
