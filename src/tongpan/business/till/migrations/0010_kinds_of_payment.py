from django.db import migrations, models

from tongpan.business.till.schema import install_functions


class Migration(migrations.Migration):
    """A way of paying is money, or what a member has with us."""

    dependencies = [
        ("till", "0009_charged_by_a_provider"),
    ]

    operations = [
        migrations.AddField(
            model_name="paymentmethod",
            name="kind",
            field=models.CharField(
                blank=True,
                choices=[
                    ("money", "money"),
                    ("stored_value", "stored value of members"),
                    ("points", "points of members"),
                ],
                default="money",
                help_text="Stored value and points are taken from the accounts of the member.",
                max_length=12,
                verbose_name="kind",
            ),
        ),
        migrations.RunPython(install_functions, migrations.RunPython.noop),
    ]
