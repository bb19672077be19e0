from django.db import migrations

from tongpan.kernel.documents.schema import install_functions


class Migration(migrations.Migration):
    """The function that writes history takes many rows at once."""

    dependencies = [("documents", "0002_checks_of_the_books")]

    operations = [migrations.RunPython(install_functions, migrations.RunPython.noop)]
