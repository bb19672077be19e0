"""Who wants to be told of what, and what they were told."""

import base64
import hashlib
import hmac

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from tongpan.base.env import new_id

MARK = "whsec_"  # as the published convention writes it


class Endpoint(models.Model):
    """An address of another program. It is told what its `person` may see, and no more.

    `position` is how far in the feed it was told; `events` are the names that it wants, where "*"
    stands for any part of one. Its secret is worked out from the installation's own, so nothing
    that could be stolen is stored; a higher `generation` makes another one.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    name = models.CharField(_("name"), max_length=60, unique=True)
    url = models.URLField(_("address"), max_length=400)
    events = models.JSONField(_("events"), default=list)
    person = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("Person")
    )
    is_active = models.BooleanField(_("active"), default=True)
    position = models.BigIntegerField(_("told through"), default=0)
    generation = models.PositiveIntegerField(_("secret number"), default=1)
    created_at = models.DateTimeField(_("made at"))

    class Meta:
        db_table = "webhook_endpoint"
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name

    @property
    def key(self) -> bytes:
        """The bytes with which what it is sent is signed."""
        name = f"webhook {self.pk} {self.generation}".encode()
        return hmac.new(settings.SECRET_KEY.encode(), name, hashlib.sha256).digest()

    @property
    def secret(self) -> str:
        """The key as people copy it into the other program."""
        return MARK + base64.b64encode(self.key).decode()


class DeliveryState(models.TextChoices):
    WAITING = "waiting", _("to be sent")
    DELIVERED = "delivered", _("delivered")
    FAILED = "failed", _("given up")


class Delivery(models.Model):
    """One event for one endpoint: what was sent, how often, and what came back."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    endpoint = models.ForeignKey(Endpoint, models.CASCADE, related_name="deliveries")
    event = models.UUIDField()  # the id under which it is sent: the same however often it is
    position = models.BigIntegerField()
    name = models.CharField(_("event"), max_length=120)
    body = models.TextField()
    state = models.CharField(
        _("state"), max_length=9, choices=DeliveryState, default=DeliveryState.WAITING
    )
    tries = models.PositiveSmallIntegerField(_("tries"), default=0)
    status = models.PositiveSmallIntegerField(_("HTTP status"), null=True)
    said = models.CharField(_("answer"), max_length=400, default="")
    took_ms = models.PositiveIntegerField(null=True)
    made_at = models.DateTimeField(_("made at"))
    tried_at = models.DateTimeField(_("tried at"), null=True)
    next_at = models.DateTimeField(_("next try"), null=True)

    class Meta:
        db_table = "webhook_delivery"
        ordering = ["-made_at", "-position"]
        constraints = [
            models.UniqueConstraint(fields=["endpoint", "event"], name="told_once_of_each_event"),
        ]
        indexes = [
            models.Index(fields=["endpoint", "-made_at"], name="webhook_delivery_latest"),
            models.Index(
                fields=["made_at"], name="webhook_delivery_old", condition=~Q(state="waiting")
            ),
        ]
