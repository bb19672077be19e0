"""The printers of tills, and what was sent to them."""

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from tongpan.base.env import new_id
from tongpan.kernel.org.scope import ScopedModel

EDIT = "printers.printer.edit"  # the permission to look after printers
CARRY = "printers.job.carry"  # the permission of a program that prints


class Way(models.TextChoices):
    """How paper gets to the machine."""

    NETWORK = "network", _("network printer")
    DEVICE = "device", _("USB printer at the till's computer")
    FOLDER = "folder", _("a file for each paper")


class By(models.TextChoices):
    """Who sends it there."""

    SERVER = "server", _("the server")
    AGENT = "agent", _("the print agent beside the till")


class Prints(models.TextChoices):
    """What of the slips is printed there."""

    ALWAYS = "always", _("each slip, at once")
    ASKED = "asked", _("when the clerk asks")
    NEVER = "never", _("no slips")


class Speaks(models.TextChoices):
    """What it prints, and so in which language it is told."""

    SLIPS = "escpos", _("slips (ESC/POS)")
    ZPL = "zpl", _("labels (ZPL)")
    TSPL = "tspl", _("labels (TSPL)")
    ZPL_300 = "zpl300", _("labels (ZPL, 300 dpi)")
    TSPL_300 = "tsp300", _("labels (TSPL, 300 dpi)")


class Printer(ScopedModel):
    """The printer of a till, of slips or of labels. Without one for slips the browser prints.

    `address` is host:port of a network printer, or the path of a device; `width` is its paper's
    (58 or 80 mm), `language` what its paper is written in (zh or en).
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    till = models.ForeignKey(
        "org.OrgUnit", models.PROTECT, related_name="+", verbose_name=_("till")
    )
    speaks = models.CharField(_("prints what"), max_length=6, choices=Speaks, default=Speaks.SLIPS)
    way = models.CharField(_("printer"), max_length=8, choices=Way, default=Way.NETWORK)
    by = models.CharField(_("sent by"), max_length=6, choices=By, default=By.SERVER)
    address = models.CharField(_("address"), max_length=120, blank=True, default="")
    width = models.PositiveSmallIntegerField(_("paper"), default=80)
    language = models.CharField(_("language"), max_length=2, default="zh")
    prints = models.CharField(_("prints"), max_length=6, choices=Prints, default=Prints.ALWAYS)
    has_drawer = models.BooleanField(_("cash drawer"), default=True)
    is_active = models.BooleanField(_("active"), default=True)

    scope_path: ClassVar[str] = "till"

    class Meta(ScopedModel.Meta):
        db_table = "printer"
        ordering = ("till__path", "speaks")
        constraints = [
            models.UniqueConstraint(
                fields=["till", "speaks"], name="one_printer_of_a_kind_at_a_till"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.till} {self.get_way_display()}"


class JobState(models.TextChoices):
    WAITING = "waiting", _("to be printed")
    TAKEN = "taken", _("being printed")
    PRINTED = "printed", _("on paper")
    FAILED = "failed", _("not printed")


class PrintJob(ScopedModel):
    """One paper for one printer: its bytes, how often it was tried, and what came of it.

    `subject` is what it is about, such as a slip; `said` is why it waits or failed: the code of a
    sentence. Its bytes are forgotten with it after a month.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    printer = models.ForeignKey(Printer, models.CASCADE, related_name="jobs")
    title = models.CharField(_("paper"), max_length=80)
    subject = models.UUIDField(null=True)
    content = models.BinaryField()
    state = models.CharField(_("state"), max_length=8, choices=JobState, default=JobState.WAITING)
    tries = models.PositiveSmallIntegerField(_("tries"), default=0)
    said = models.CharField(max_length=40, blank=True, default="")
    made_at = models.DateTimeField(_("made at"))
    made_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+"
    )
    taken_at = models.DateTimeField(null=True)
    next_at = models.DateTimeField(null=True)
    done_at = models.DateTimeField(_("printed at"), null=True)

    scope_path: ClassVar[str] = "printer__till"

    class Meta(ScopedModel.Meta):
        db_table = "print_job"
        ordering = ("-made_at", "-id")
        indexes = [
            models.Index(fields=["printer", "-made_at"], name="print_job_latest"),
            models.Index(
                fields=["printer", "made_at"], name="print_job_waiting",
                condition=Q(state__in=("waiting", "taken")),
            ),
        ]  # fmt: skip
