"""What of a line fills its last pack, beyond what was asked for."""

from django.db import migrations

import tongpan.kernel.documents.columns


class Migration(migrations.Migration):
    dependencies = [("stock", "0005_counts_say_their_sign")]

    operations = [
        migrations.AddField(
            model_name="transferline",
            name="beyond",
            field=tongpan.kernel.documents.columns.QuantityField(
                blank=True, editable=False, null=True, verbose_name="more than asked for"
            ),
        ),
    ]
