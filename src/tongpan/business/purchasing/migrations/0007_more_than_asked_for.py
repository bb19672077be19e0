"""What of a line fills its last pack, beyond what was asked for."""

from django.db import migrations

import tongpan.kernel.documents.columns


class Migration(migrations.Migration):
    dependencies = [("purchasing", "0006_requisitions")]

    operations = [
        migrations.AddField(
            model_name="purchaseorderline",
            name="beyond",
            field=tongpan.kernel.documents.columns.QuantityField(
                blank=True, editable=False, null=True, verbose_name="more than asked for"
            ),
        ),
    ]
