from django.db import migrations

from tongpan.business.till.schema import install_functions


class Migration(migrations.Migration):
    """A till sells at the prices of lists that hold for everybody."""

    dependencies = [("till", "0006_what_is_sold_here"), ("prices", "0002_whom_a_list_is_for")]

    operations = [migrations.RunPython(install_functions, migrations.RunPython.noop)]
