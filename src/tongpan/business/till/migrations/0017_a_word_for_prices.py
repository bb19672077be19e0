"""Offers say until when they hold, and a word says whether what they hang on has changed."""

from django.db import migrations

from tongpan.business.till.schema import install_functions
from tongpan.business.till.word_schema import drop, install


class Migration(migrations.Migration):
    dependencies = [
        ("till", "0016_remarks"),
        ("pricing", "0003_levels_and_bands"),
        ("prices", "0003_prices_from_a_minute"),
        ("taxes", "0001_initial"),
        ("org", "0011_entrusted_roles"),
    ]

    operations = [
        migrations.RunPython(install, drop),
        migrations.RunPython(install_functions, migrations.RunPython.noop),
    ]
