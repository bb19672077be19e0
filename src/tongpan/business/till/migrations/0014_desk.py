"""A parked basket keeps what was taken off all of it, and the coupons that were chosen."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("till", "0013_levels_of_price")]

    operations = [migrations.AddField("parkedsale", "rest", models.JSONField(default=dict))]
