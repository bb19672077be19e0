"""Goods may come back without the sale that they were bought by."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("till", "0001_initial")]

    operations = [
        migrations.SeparateDatabaseAndState(
            database_operations=[
                migrations.RunSQL(
                    "alter table till_return_line alter column sold drop not null",
                    "alter table till_return_line alter column sold set not null",
                )
            ],
            state_operations=[
                migrations.AlterField("returnline", "sold", models.UUIDField(null=True))
            ],
        )
    ]
