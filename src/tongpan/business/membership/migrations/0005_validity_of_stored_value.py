from django.db import migrations, models
from django.db.backends.base.schema import BaseDatabaseSchemaEditor

from tongpan.business.membership.schema import READ_BEFORE_VALIDITY, install


def back(_apps: object, editor: BaseDatabaseSchemaEditor) -> None:
    editor.execute(READ_BEFORE_VALIDITY, params=None)


class Migration(migrations.Migration):
    """Stored value of a member without a name may be valid for some months, and again."""

    dependencies = [("membership", "0004_ticked_weekdays")]

    operations = [
        migrations.AddField(
            "walletrule",
            "unregistered_months",
            models.PositiveSmallIntegerField(
                blank=True,
                null=True,
                help_text=(
                    "Since money last came in. Nothing is lost afterwards: it can be made valid"
                    " again. Empty: for ever. For cards in China at least 36."
                ),
                verbose_name="months of validity without a name",
            ),
        ),
        migrations.AddField(
            "member",
            "renewed_on",
            models.DateField(
                editable=False, null=True, verbose_name="stored value valid again since"
            ),
        ),
        migrations.RunPython(install, back),
    ]
