"""What a promotion would have done to past sales: asked for, worked out by a job, kept with it."""

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from tongpan.business.promotions.models import PromotionDocument
from tongpan.kernel.org.scope import ScopedModel, classify
from tongpan.masters.fields import id_column


class Rehearsal(ScopedModel):
    """A run of a promotion over the baskets of some days at some stores.

    `after` is the last sale that was looked at. `found` holds sums by store, `margins` those that
    tell what goods cost.
    """

    class State(models.TextChoices):
        RUNNING = "running", _("running")
        DONE = "done", _("done")

    view_permission = "promotions.promotion.view"

    id = id_column()
    promotion = models.ForeignKey(
        PromotionDocument, models.CASCADE, related_name="rehearsals", verbose_name=_("promotion")
    )
    since = models.DateField(_("from day"))
    until = models.DateField(_("until day"))
    stores = models.JSONField(default=list)
    state = models.CharField(_("state"), max_length=7, choices=State, default=State.RUNNING)
    baskets = models.PositiveIntegerField(_("baskets to look at"), default=0)
    done = models.PositiveIntegerField(_("baskets looked at"), default=0)
    after = models.UUIDField(null=True)
    declared = models.JSONField(default=dict)
    found = models.JSONField(default=dict)
    margins = models.JSONField(default=dict)
    asked_at = models.DateTimeField(_("asked at"))
    asked_by = models.ForeignKey("org.Person", models.PROTECT, null=True, related_name="+")

    scope_path: ClassVar[tuple[str, ...]] = ("promotion__document__org_unit",)

    @property
    def has_coupon(self) -> bool:
        """Whether it asks for a coupon. Past sales knew of none, so each is taken to have it."""
        return bool(self.declared.get("conditions", {}).get("coupon"))

    class Meta(ScopedModel.Meta):
        db_table = "promotion_rehearsal"
        ordering = ("-asked_at",)


classify(Rehearsal, margins="cost")
