"""What a company, or a unit and all below it, wants on its papers."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from tongpan.base.env import new_id
from tongpan.kernel.documents.fields import fields_of
from tongpan.masters.fields import code_column, id_column, state_column


class Paper(models.TextChoices):
    """What a printer holds."""

    A4 = "a4", _("A4 sheets")
    NEEDLE = "needle", _("241 mm needle paper")
    STRIP_80 = "80", _("80 mm strip")
    STRIP_58 = "58", _("58 mm strip")


class LabelFormat(models.Model):
    """A size of labels, in millimetres as its roll has them, and what stands on it (标签规格)."""

    id = id_column()
    code = code_column()
    name = models.CharField(_("name"), max_length=40)
    width = models.PositiveSmallIntegerField(_("width, mm"))
    height = models.PositiveSmallIntegerField(_("height, mm"))
    gap = models.PositiveSmallIntegerField(_("gap, mm"), default=2, blank=True)
    shows_origin = models.BooleanField(_("place of origin"), default=True, blank=True)
    shows_code = models.BooleanField(_("item code"), default=True, blank=True)
    shows_barcode = models.BooleanField(_("barcode"), default=True, blank=True)
    shows_member_price = models.BooleanField(_("member price"), default=True, blank=True)
    shows_more_prices = models.BooleanField(
        _("price for a kilogram, and by quantity"), default=True, blank=True
    )
    state = state_column()

    class Meta:
        db_table = "print_label_format"
        ordering = ("code",)
        verbose_name = _("label format")

    def __str__(self) -> str:
        return self.name


class Spacing(models.TextChoices):
    """How far the lines stand apart."""

    NARROW = "narrow", _("narrow")
    USUAL = "usual", _("usual")
    WIDE = "wide", _("wide")


class PrintTemplate(models.Model):
    """How papers of one kind look at `unit` and below. The nearest one that is in use holds.

    `title`, `head`, `foot` and `signatures` (one a line) are written in the language of
    `prints.language`. `columns` are the names of those that are shown, in their order; none means
    all. What the reader may not see is absent whatever stands here.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    name = models.CharField(_("name"), max_length=60)
    kind = models.CharField(_("what for"), max_length=60)
    unit = models.ForeignKey(
        "org.OrgUnit", models.PROTECT, related_name="+", verbose_name=_("Unit")
    )
    paper = models.CharField(_("paper"), max_length=6, choices=Paper, default=Paper.A4)
    title = models.CharField(_("title"), max_length=200, default="", blank=True)
    head = models.TextField(_("text above"), default="", blank=True)
    foot = models.TextField(_("text below"), default="", blank=True)
    columns = models.JSONField(_("columns"), default=list)
    signatures = models.TextField(_("signatures"), default="", blank=True)
    shows_words = models.BooleanField(_("sum in words"), default=True)
    spacing = models.CharField(
        _("line height"), max_length=6, choices=Spacing, default=Spacing.USUAL
    )
    logo = models.BinaryField(_("logo"), max_length=32, null=True)  # the digest of a blob
    logo_type = models.CharField(max_length=20, default="")
    is_active = models.BooleanField(_("active"), default=True)

    class Meta:
        db_table = "print_template"
        ordering = ["kind", "name"]
        constraints = [
            models.UniqueConstraint(fields=["kind", "unit", "name"], name="one_template_of_a_name"),
            models.CheckConstraint(
                condition=Q(paper__in=["a4", "needle", "80", "58"]), name="template_paper_is_known"
            ),
        ]
        indexes = [models.Index(fields=["kind"], name="print_template_kind")]

    def __str__(self) -> str:
        return self.name

    @classmethod
    def title_of(cls, name: str) -> str:
        """What people call a field of it."""
        text = str(next(f.label for f in fields_of(cls, (name,))))
        return text[:1].upper() + text[1:]
