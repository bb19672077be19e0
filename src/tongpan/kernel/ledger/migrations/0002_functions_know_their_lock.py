from django.db import migrations

from tongpan.kernel.ledger.install import install


def install_functions(_apps, schema_editor):
    with schema_editor.connection.cursor() as cursor:
        install(cursor, schema_editor.connection.schema_name)


def drop(_apps, schema_editor):
    schema_editor.execute("drop function ledger_refuse_missing")


class Migration(migrations.Migration):
    """Functions know their company's lock, and a statement alone may refuse missing accounts."""

    dependencies = [("ledger", "0001_initial")]

    operations = [migrations.RunPython(install_functions, drop)]
