"""Where goods stand inside a store or a warehouse."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from tongpan.kernel.org.visibility import ScopedModel
from tongpan.masters.fields import code_column, id_column, state_column


class PlaceKind(models.TextChoices):
    """Defective and quarantined goods stand in a place of their own; there is no flag on stock."""

    SHELF = "shelf", _("shelf")
    RECEIVING = "receiving", _("receiving")
    DISPLAY = "display", _("display")
    DAMAGED = "damaged", _("damaged")
    QUARANTINE = "quarantine", _("quarantine")


class Place(ScopedModel):
    """A place of one org unit: the holder of its stock accounts."""

    scope_path = "unit"

    id = id_column()
    unit = models.ForeignKey(
        "org.OrgUnit", on_delete=models.PROTECT, related_name="places", verbose_name=_("org unit")
    )
    code = code_column(unique=False)
    name = models.CharField(_("name"), max_length=80)
    kind = models.CharField(
        _("kind"), max_length=12, choices=PlaceKind, default=PlaceKind.SHELF, blank=True
    )
    is_default = models.BooleanField(_("default place"), default=False, blank=True)
    state = state_column()

    class Meta(ScopedModel.Meta):
        ordering = ["unit", "code"]
        verbose_name = _("place")
        verbose_name_plural = _("places")
        constraints = [
            models.UniqueConstraint(fields=["unit", "code"], name="one_place_per_code"),
            models.UniqueConstraint(
                fields=["unit"], condition=Q(is_default=True), name="one_default_place"
            ),
        ]

    def __str__(self) -> str:
        """What people call it: by its unit alone, where it is the unit's main place."""
        return self.unit.name if self.is_default else f"{self.unit.name} · {self.name}"
