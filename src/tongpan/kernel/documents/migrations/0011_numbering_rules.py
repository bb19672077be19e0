from django.db import migrations, models


class Migration(migrations.Migration):
    """A company may choose how numbers of a type are written."""

    dependencies = [("documents", "0010_lives_of_the_books")]

    operations = [
        migrations.CreateModel(
            name="NumberingRule",
            fields=[
                ("type", models.CharField(max_length=60, primary_key=True, serialize=False)),
                (
                    "letters",
                    models.CharField(
                        max_length=4, unique=True, verbose_name="letters of the number"
                    ),
                ),
                (
                    "begins",
                    models.CharField(
                        choices=[
                            ("year", "each year"),
                            ("month", "each month"),
                            ("day", "each day"),
                        ],
                        max_length=5,
                        verbose_name="counts anew",
                    ),
                ),
                ("digits", models.PositiveSmallIntegerField(verbose_name="digits")),
            ],
            options={"db_table": "numbering_rule"},
        ),
        migrations.AlterField(
            model_name="document",
            name="number",
            field=models.CharField(
                blank=True, max_length=48, null=True, unique=True, verbose_name="number"
            ),
        ),
    ]
