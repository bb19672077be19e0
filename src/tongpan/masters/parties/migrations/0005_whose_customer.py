import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("org", "0008_sessions"),
        ("parties", "0004_entities_of_ours"),
    ]

    operations = [
        migrations.AddField(
            model_name="party",
            name="customer_of",
            field=models.ForeignKey(
                blank=True,
                help_text="Only the units of this legal entity see the customer, and those that "
                "deal with it. Empty: headquarters'.",
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="org.legalentity",
                verbose_name="customer of",
            ),
        ),
    ]
