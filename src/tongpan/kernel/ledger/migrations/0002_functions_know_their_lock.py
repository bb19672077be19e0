from django.db import migrations

from tongpan.kernel.ledger.install import install


def install_functions(_apps, schema_editor):
    with schema_editor.connection.cursor() as cursor:
        install(cursor, schema_editor.connection.schema_name)


class Migration(migrations.Migration):
    """The functions know the name of their company's lock, and compute it no more."""

    dependencies = [("ledger", "0001_initial")]

    operations = [migrations.RunPython(install_functions, migrations.RunPython.noop)]
