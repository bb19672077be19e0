from django.db import migrations, models

from tongpan.business.till.schema import install_functions


class Migration(migrations.Migration):
    """A payment method says whether sales are paid with it only by a provider's charge."""

    dependencies = [("till", "0008_prices_by_the_minute")]

    operations = [
        migrations.AddField(
            model_name="paymentmethod",
            name="is_by_provider",
            field=models.BooleanField(
                blank=True,
                default=False,
                help_text="Sales can be paid with it only by a code that a provider has charged.",
                verbose_name="charged by a provider",
            ),
        ),
        migrations.RunPython(install_functions, migrations.RunPython.noop),
    ]
