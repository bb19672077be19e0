from django.db import migrations

from tongpan.kernel.org.schema import create_before, drop


class Migration(migrations.Migration):
    """What a person holds is said by a database function."""

    dependencies = [("org", "0004_settings")]

    operations = [migrations.RunPython(create_before, drop)]
