"""Events, the feed that numbers them, and how far every subscriber has read.

The tables are made by hand (see `schema.py`): `event` is partitioned by month, and it, `feed` and
`feed_state` are written by database functions only. These models read them.
"""

from django.db import models
from django.utils.translation import gettext_lazy as _


class Event(models.Model):
    """What happened: a name, to which subject, where, by whom, when, and the facts.

    Never changed and never deleted. Not a scoped model, because only machinery reads it: what a
    person may learn of an event is decided by the face that tells them.
    """

    pk = models.CompositePrimaryKey("business_date", "id")
    business_date = models.DateField(_("business date"))
    id = models.UUIDField()
    name = models.TextField(_("event"))
    subject = models.UUIDField()
    org_unit = models.UUIDField(_("org unit"))
    actor = models.UUIDField(_("person"), null=True)
    authorised_by = models.UUIDField(_("authorised by"), null=True)
    occurred_at = models.DateTimeField(_("occurred at"))
    payload = models.JSONField()

    class Meta:
        db_table = "event"

    def __str__(self) -> str:
        return f"{self.name} {self.subject}"


class Position(models.Model):
    """The place of an event in the feed, given after its transaction committed."""

    position = models.BigIntegerField(primary_key=True)
    event = models.UUIDField(unique=True)
    business_date = models.DateField()
    hash = models.BinaryField()

    class Meta:
        db_table = "feed"

    def __str__(self) -> str:
        return f"{self.position} {self.event}"


class Cursor(models.Model):
    """The last position that a subscriber has dealt with; `tries` counts failures of the next."""

    subscriber = models.TextField(primary_key=True)
    position = models.BigIntegerField()
    tries = models.IntegerField(default=0)
    retry_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "feed_cursor"

    def __str__(self) -> str:
        return f"{self.subscriber} {self.position}"


class Parked(models.Model):
    """An event that a subscriber could not take, kept to be looked at and replayed."""

    pk = models.CompositePrimaryKey("subscriber", "position")
    subscriber = models.TextField(_("subscriber"))
    position = models.BigIntegerField(_("position"))
    tries = models.IntegerField(_("tries"))
    error = models.TextField(_("error"))
    parked_at = models.DateTimeField(_("parked at"))

    class Meta:
        db_table = "feed_parked"

    def __str__(self) -> str:
        return f"{self.subscriber} {self.position}"


class JobDone(models.Model):
    """The job `job` has had its effect for `key`; written in the transaction of that effect."""

    pk = models.CompositePrimaryKey("key", "job")
    key = models.UUIDField()
    job = models.TextField()
    done_at = models.DateTimeField()

    class Meta:
        db_table = "job_done"

    def __str__(self) -> str:
        return f"{self.job} {self.key}"
