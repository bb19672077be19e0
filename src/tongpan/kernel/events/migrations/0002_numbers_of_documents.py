from django.db import migrations

from tongpan.kernel.events.schema import install_functions


class Migration(migrations.Migration):
    """An event may tell the number that its document gets in the same statement."""

    dependencies = [("events", "0001_initial")]

    operations = [migrations.RunPython(install_functions, migrations.RunPython.noop)]
