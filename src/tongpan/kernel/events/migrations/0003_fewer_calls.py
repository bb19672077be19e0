from django.db import migrations

from tongpan.kernel.events.schema import install_functions


class Migration(migrations.Migration):
    """Writing events asks for the month itself."""

    dependencies = [("events", "0002_numbers_of_documents")]

    operations = [migrations.RunPython(install_functions, migrations.RunPython.noop)]
