from django.db import migrations

from tongpan.kernel.documents.schema import drop_gate, install_gate


class Migration(migrations.Migration):
    """The gate begins with one call, and posted documents are written with one."""

    dependencies = [
        ("documents", "0004_requests_by_age"),
        ("org", "0005_what_a_person_holds"),
    ]

    operations = [migrations.RunPython(install_gate, drop_gate)]
