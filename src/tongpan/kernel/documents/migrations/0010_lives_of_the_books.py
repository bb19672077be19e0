from django.db import migrations

from tongpan.kernel.documents.incarnations import create, drop


class Migration(migrations.Migration):
    """A restored copy gives no number a second time."""

    dependencies = [("documents", "0009_personal_data")]

    operations = [migrations.RunPython(create, drop)]
