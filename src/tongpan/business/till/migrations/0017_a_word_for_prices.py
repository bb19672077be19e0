"""A word says whether what offers hang on has changed, and when it will by itself."""

from django.db import migrations

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
    ]
