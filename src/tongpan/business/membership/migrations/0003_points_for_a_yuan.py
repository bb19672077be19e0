from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor

from tongpan.business.membership.schema import READ, install


def back(_apps: object, editor: BaseDatabaseSchemaEditor) -> None:
    editor.execute(READ.replace("r.points::text", "r.rate::text"), params=None)


class Migration(migrations.Migration):
    """What a yuan brings is called points: a rate is a share, and never more than one."""

    dependencies = [("membership", "0002_alter_member_consented_via")]

    operations = [
        migrations.RenameField("earnrule", "rate", "points"),
        migrations.RunPython(install, back),
    ]
