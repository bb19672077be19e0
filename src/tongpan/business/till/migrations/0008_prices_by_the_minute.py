"""A till sells at the prices of the minute, and a line says by which."""

from django.db import migrations

from tongpan.business.till.schema import install_functions

ADD = "alter table till_sale_line add column price_from uuid"
DROP = "alter table till_sale_line drop column price_from"


class Migration(migrations.Migration):
    dependencies = [
        ("till", "0007_prices_for_everybody"),
        ("prices", "0003_prices_from_a_minute"),
    ]

    operations = [
        migrations.RunSQL(ADD, DROP),
        migrations.RunPython(install_functions, migrations.RunPython.noop),
    ]
