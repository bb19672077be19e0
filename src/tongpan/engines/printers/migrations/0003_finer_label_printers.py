"""Label printers of 300 dpi; nothing changes in the table."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("printers", "0002_label_printers")]

    operations = [
        migrations.AlterField(
            model_name="printer",
            name="speaks",
            field=models.CharField(
                choices=[
                    ("escpos", "slips (ESC/POS)"),
                    ("zpl", "labels (ZPL)"),
                    ("tspl", "labels (TSPL)"),
                    ("zpl300", "labels (ZPL, 300 dpi)"),
                    ("tsp300", "labels (TSPL, 300 dpi)"),
                ],
                default="escpos",
                max_length=6,
                verbose_name="prints what",
            ),
        ),
    ]
