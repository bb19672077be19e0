from django.db import migrations

from tongpan.business.till.schema import install_functions


class Migration(migrations.Migration):
    """Slips look for their month without asking a query for it."""

    dependencies = [("till", "0004_positions"), ("documents", "0006_one_statement")]

    operations = [migrations.RunPython(install_functions, migrations.RunPython.noop)]
