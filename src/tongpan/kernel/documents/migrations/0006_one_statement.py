from django.db import migrations

from tongpan.kernel.documents.schema import drop_take, install_functions, install_gate


class Migration(migrations.Migration):
    """An action that is one statement looks first, and takes its request with it."""

    dependencies = [("documents", "0005_one_call_to_begin")]

    operations = [
        migrations.RunPython(install_functions, migrations.RunPython.noop),
        migrations.RunPython(install_gate, drop_take),
    ]
