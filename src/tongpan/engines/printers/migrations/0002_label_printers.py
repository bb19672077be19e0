"""A till may have a printer of labels beside its printer of slips."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("printers", "0001_initial")]

    operations = [
        migrations.AddField(
            model_name="printer",
            name="speaks",
            field=models.CharField(
                choices=[
                    ("escpos", "slips (ESC/POS)"),
                    ("zpl", "labels (ZPL)"),
                    ("tspl", "labels (TSPL)"),
                ],
                default="escpos",
                max_length=6,
                verbose_name="prints what",
            ),
        ),
        migrations.AlterField(
            model_name="printer",
            name="till",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="org.orgunit",
                verbose_name="till",
            ),
        ),
        migrations.AlterModelOptions(
            name="printer",
            options={"base_manager_name": "unscoped", "ordering": ("till__path", "speaks")},
        ),
        migrations.AddConstraint(
            model_name="printer",
            constraint=models.UniqueConstraint(
                fields=("till", "speaks"), name="one_printer_of_a_kind_at_a_till"
            ),
        ),
    ]
