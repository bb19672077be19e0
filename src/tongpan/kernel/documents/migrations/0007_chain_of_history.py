from django.db import migrations

from tongpan.kernel.documents.schema import create_chain, drop_chain


class Migration(migrations.Migration):
    """Lines of history are marked, and chained by their hashes."""

    dependencies = [("documents", "0006_one_statement")]

    operations = [migrations.RunPython(create_chain, drop_chain)]
