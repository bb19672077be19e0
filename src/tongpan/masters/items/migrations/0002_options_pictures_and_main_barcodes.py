import django.db.models.deletion
from django.db import migrations, models

import tongpan.base.env


class Migration(migrations.Migration):
    dependencies = [
        ("items", "0001_initial"),
        ("taxes", "0001_initial"),
    ]

    operations = [
        migrations.CreateModel(
            name="FamilyOption",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=tongpan.base.env.new_id,
                        editable=False,
                        primary_key=True,
                        serialize=False,
                    ),
                ),
                ("name", models.CharField(max_length=20, verbose_name="option")),
                (
                    "values",
                    models.CharField(
                        help_text="Separated by commas, such as red, blue, white.",
                        max_length=400,
                        verbose_name="values",
                    ),
                ),
                (
                    "state",
                    models.CharField(
                        blank=True,
                        choices=[("active", "active"), ("archived", "archived")],
                        default="active",
                        max_length=8,
                        verbose_name="state",
                    ),
                ),
            ],
            options={
                "verbose_name": "option of a family",
                "verbose_name_plural": "options of a family",
                "ordering": ["family", "pk"],
            },
        ),
        migrations.CreateModel(
            name="ItemPicture",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=tongpan.base.env.new_id,
                        editable=False,
                        primary_key=True,
                        serialize=False,
                    ),
                ),
                ("position", models.PositiveSmallIntegerField(verbose_name="position")),
                ("name", models.CharField(max_length=120, verbose_name="name")),
                ("media_type", models.CharField(max_length=20)),
                ("size", models.PositiveIntegerField()),
                ("width", models.PositiveIntegerField()),
                ("height", models.PositiveIntegerField()),
                ("digest", models.BinaryField(max_length=32)),
            ],
            options={
                "verbose_name": "picture",
                "verbose_name_plural": "pictures",
                "ordering": ["item", "position", "pk"],
            },
        ),
        migrations.RemoveConstraint(
            model_name="item",
            name="one_variant_per_options",
        ),
        migrations.RemoveField(
            model_name="item",
            name="options",
        ),
        migrations.RemoveField(
            model_name="itemfamily",
            name="option_names",
        ),
        migrations.AddField(
            model_name="barcode",
            name="is_main",
            field=models.BooleanField(blank=True, default=False, verbose_name="main barcode"),
        ),
        migrations.AddField(
            model_name="item",
            name="has_lots",
            field=models.BooleanField(
                blank=True,
                default=False,
                help_text="Lines of documents then have a column for the lot.",
                verbose_name="kept by lots",
            ),
        ),
        migrations.AddField(
            model_name="item",
            name="variant",
            field=models.CharField(
                blank=True,
                default="",
                help_text="Such as red / M: a value of each option.",
                max_length=120,
                verbose_name="variant",
            ),
        ),
        migrations.AddConstraint(
            model_name="item",
            constraint=models.UniqueConstraint(
                condition=models.Q(
                    ("family__isnull", False), models.Q(("variant", ""), _negated=True)
                ),
                fields=("family", "variant"),
                name="one_item_per_variant",
            ),
        ),
        migrations.AddField(
            model_name="familyoption",
            name="family",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE,
                related_name="options",
                to="items.itemfamily",
                verbose_name="family",
            ),
        ),
        migrations.AddField(
            model_name="itempicture",
            name="item",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE,
                related_name="pictures",
                to="items.item",
                verbose_name="item",
            ),
        ),
        migrations.AddConstraint(
            model_name="familyoption",
            constraint=models.UniqueConstraint(
                fields=("family", "name"), name="one_option_per_name"
            ),
        ),
        migrations.AddIndex(
            model_name="item",
            index=models.Index(
                condition=models.Q(("has_lots", True)), fields=["code"], name="items_kept_by_lots"
            ),
        ),
        migrations.AlterModelOptions(
            name="barcode",
            options={
                "ordering": ["item", "-is_main", "pk"],
                "verbose_name": "barcode",
                "verbose_name_plural": "barcodes",
            },
        ),
    ]
