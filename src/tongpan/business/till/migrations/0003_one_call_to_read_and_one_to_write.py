from django.db import migrations

from tongpan.business.till.schema import drop_functions, install_functions


class Migration(migrations.Migration):
    """Prices and ways of paying are read with one call, and slips are written with one."""

    dependencies = [
        ("till", "0002_returns_without_a_sale"),
        ("documents", "0005_one_call_to_begin"),
        ("items", "0001_initial"),
        ("prices", "0001_initial"),
        ("taxes", "0001_initial"),
    ]

    operations = [migrations.RunPython(install_functions, drop_functions)]
