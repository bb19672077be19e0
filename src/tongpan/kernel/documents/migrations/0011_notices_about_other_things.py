from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("documents", "0010_lives_of_the_books")]

    operations = [
        migrations.AddField(
            model_name="notice", name="about", field=models.CharField(default="", max_length=200)
        ),
    ]
