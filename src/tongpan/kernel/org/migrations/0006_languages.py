from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("org", "0005_what_a_person_holds")]

    operations = [
        migrations.AlterField(
            model_name="person",
            name="language",
            field=models.CharField(
                choices=[("zh-hans", "简体中文"), ("en", "English")],
                default="zh-hans",
                max_length=8,
                verbose_name="language",
            ),
        ),
    ]
