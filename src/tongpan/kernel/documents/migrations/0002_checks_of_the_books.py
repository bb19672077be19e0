from django.db import migrations, models

import tongpan.base.env


class Migration(migrations.Migration):
    dependencies = [("documents", "0001_initial")]

    operations = [
        migrations.CreateModel(
            name="BooksCheck",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=tongpan.base.env.new_id, primary_key=True, serialize=False
                    ),
                ),
                ("at", models.DateTimeField()),
                ("findings", models.JSONField()),
            ],
            options={
                "db_table": "books_check",
                "indexes": [models.Index(fields=["-at"], name="books_check_at")],
            },
        ),
    ]
