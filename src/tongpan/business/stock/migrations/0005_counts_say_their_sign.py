"""What a count found missing has its amount below zero, also where it was posted before."""

from django.db import migrations

import tongpan.kernel.documents.columns

SIGNED = "update stock_count_line set value = -value where difference < 0"


class Migration(migrations.Migration):
    dependencies = [("stock", "0004_requisitions")]

    operations = [
        migrations.AlterField(
            model_name="countline",
            name="value",
            field=tongpan.kernel.documents.columns.SignedMoneyField(
                blank=True, editable=False, null=True, verbose_name="value"
            ),
        ),
        migrations.RunSQL(SIGNED, SIGNED),
    ]
