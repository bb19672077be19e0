from django.db import migrations, models


class Migration(migrations.Migration):
    """Roles that administrators give to others, though they hold less themselves."""

    dependencies = [("org", "0010_passkeys")]

    operations = [
        migrations.AddField(
            model_name="role",
            name="is_entrusted",
            field=models.BooleanField(
                blank=True, db_default=False, default=False, verbose_name="given by administrators"
            ),
        ),
    ]
