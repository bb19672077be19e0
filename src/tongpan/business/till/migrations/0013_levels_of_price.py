"""A till sells to members and by quantity at prices of their own, and a line says by which."""

from django.db import migrations

from tongpan.business.till.schema import install_functions

ADD = "alter table till_sale_line add column price_level uuid"
DROP = "alter table till_sale_line drop column price_level"


class Migration(migrations.Migration):
    dependencies = [("till", "0010_kinds_of_payment"), ("pricing", "0003_levels_and_bands")]

    operations = [
        migrations.RunSQL(ADD, DROP),
        migrations.RunPython(install_functions, migrations.RunPython.noop),
    ]
