from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("documents", "0011_numbering_rules")]

    operations = [
        migrations.AddField(
            model_name="notice", name="about", field=models.CharField(default="", max_length=200)
        ),
    ]
