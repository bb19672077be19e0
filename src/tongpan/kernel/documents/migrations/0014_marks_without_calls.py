from django.db import migrations

from tongpan.kernel.documents.schema import install_functions


class Migration(migrations.Migration):
    """The text and the mark of a line of history are put in the place of their calls."""

    dependencies = [("documents", "0013_fewer_calls")]

    operations = [
        migrations.RunPython(install_functions, migrations.RunPython.noop),
        migrations.RunSQL("drop function if exists history_mark(text)", migrations.RunSQL.noop),
    ]
