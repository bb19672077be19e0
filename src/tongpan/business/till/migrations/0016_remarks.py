"""A line of a sale has a remark, and an item may have its price said at the till."""

from django.db import migrations

from tongpan.business.till.schema import install_functions

ADD = "alter table till_sale_line add column remark text"
DROP = "alter table till_sale_line drop column remark"


class Migration(migrations.Migration):
    dependencies = [("till", "0015_on_account"), ("items", "0006_open_prices")]

    operations = [
        migrations.RunSQL(ADD, DROP),
        migrations.RunPython(install_functions, migrations.RunPython.noop),
    ]
