"""What is taken off each line of a slip is kept beside it, by what and by whom."""

from django.db import migrations

from tongpan.business.till.shares_schema import create, drop


class Migration(migrations.Migration):
    dependencies = [
        ("till", "0010_kinds_of_payment"),
        ("membership", "0001_initial"),
        ("items", "0003_small_pictures"),
    ]

    operations = [migrations.RunPython(create, drop)]
