from django.db import migrations

from tongpan.kernel.documents.schema import install_functions, install_gate


class Migration(migrations.Migration):
    """Slips are written one after the other, and the gate looks without a function."""

    dependencies = [("documents", "0012_notices_about_other_things")]

    operations = [
        migrations.RunPython(install_functions, migrations.RunPython.noop),
        migrations.RunPython(install_gate, migrations.RunPython.noop),
        migrations.RunSQL("drop function if exists gate_look", migrations.RunSQL.noop),
    ]
