from django.db import migrations

from tongpan.kernel.ledger.install import install


def install_functions(_apps, schema_editor):
    with schema_editor.connection.cursor() as cursor:
        install(cursor, schema_editor.connection.schema_name)


class Migration(migrations.Migration):
    """A fact that is posted alone takes fewer steps."""

    dependencies = [("ledger", "0002_functions_know_their_lock")]

    operations = [migrations.RunPython(install_functions, migrations.RunPython.noop)]
