"""What was imported, row by row, so that a whole import can be undone."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from tongpan.base.env import new_id


class ImportState(models.TextChoices):
    DONE = "done", _("imported")
    UNDONE = "undone", _("undone")


class ImportRun(models.Model):
    """One file, imported: `digest` recognises it, `counts` say what became of its rows."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    template = models.CharField(_("kind of sheet"), max_length=60)
    file_name = models.CharField(_("file"), max_length=200)
    digest = models.BinaryField(max_length=32, db_index=True)
    counts = models.JSONField(default=dict)
    state = models.CharField(
        _("state"), max_length=8, choices=ImportState, default=ImportState.DONE
    )
    person = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+"
    )
    at = models.DateTimeField(_("imported at"))

    class Meta:
        db_table = "import_run"
        ordering = ["-at"]

    def __str__(self) -> str:
        return self.file_name


class ImportedRow(models.Model):
    """One master that an import made or changed. `before` and `after` hold what it set.

    Personal and secret values are not among them: they stand in one table only, and an undone
    import leaves them as they are.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    run = models.ForeignKey(ImportRun, on_delete=models.CASCADE, related_name="rows")
    position = models.PositiveIntegerField()
    number = models.PositiveIntegerField()  # of the row in the sheet, as the person counts
    type = models.CharField(max_length=60)
    subject = models.UUIDField()
    is_new = models.BooleanField()
    before = models.JSONField(default=dict)
    after = models.JSONField(default=dict)

    class Meta:
        db_table = "import_row"
        ordering = ["run", "position"]
        constraints = [
            models.UniqueConstraint(fields=["run", "position"], name="one_import_row_a_position")
        ]
