import django.contrib.postgres.indexes
from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("documents", "0003_history_of_many")]

    operations = [
        migrations.AddIndex(
            model_name="request",
            index=django.contrib.postgres.indexes.BrinIndex(fields=["at"], name="request_at"),
        ),
    ]
