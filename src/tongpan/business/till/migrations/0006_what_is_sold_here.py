from django.db import migrations

from tongpan.business.till.schema import install_functions


class Migration(migrations.Migration):
    """A till asks whether its store sells an item."""

    dependencies = [("till", "0005_months_by_a_glance"), ("items", "0003_small_pictures")]

    operations = [migrations.RunPython(install_functions, migrations.RunPython.noop)]
