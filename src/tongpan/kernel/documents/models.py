"""The spine that all documents share, and what hangs on it: history, comments, files, numbers."""

from typing import Any, ClassVar

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import BrinIndex
from django.db import models
from django.utils.translation import gettext_lazy as _

from tongpan.base import env
from tongpan.kernel.org.scope import ScopedModel, classify


class State(models.TextChoices):
    DRAFT = "draft", _("draft")
    SUBMITTED = "submitted", _("submitted")
    POSTED = "posted", _("posted")
    REVERSED = "reversed", _("reversed")
    VOID = "void", _("void")


class Document(ScopedModel):
    """What was done, whatever its type: who, where, when, for how much, and in which state.

    `business_date` is the shop's day of the fact; in a draft it is the day that is proposed.
    `other_unit` is the unit at the other end (of a transfer), which sees the document too.
    `version` grows with every change, so two editors notice. The posting has the document's id.
    """

    id = models.UUIDField(primary_key=True, default=env.new_id, editable=False)
    type = models.CharField(_("type"), max_length=40)
    number = models.CharField(_("number"), max_length=48, null=True, blank=True, unique=True)
    state = models.CharField(_("state"), max_length=9, choices=State, default=State.DRAFT)
    org_unit = models.ForeignKey("org.OrgUnit", models.PROTECT, verbose_name=_("org unit"))
    other_unit = models.ForeignKey(
        "org.OrgUnit", models.PROTECT, null=True, blank=True, related_name="+"
    )
    party = models.UUIDField(null=True, blank=True)
    business_date = models.DateField(_("business date"))
    currency = models.CharField(max_length=3, default="CNY")
    total = models.DecimalField(max_digits=24, decimal_places=6, null=True, blank=True)
    follows = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="followers"
    )
    replaces = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="replaced_by"
    )
    note = models.TextField(_("note"), blank=True, default="")
    version = models.PositiveIntegerField(default=1)

    created_at = models.DateTimeField()
    created_by = models.ForeignKey("org.Person", models.PROTECT, null=True, related_name="+")
    changed_at = models.DateTimeField()
    submitted_at = models.DateTimeField(null=True, blank=True)
    submitted_by = models.ForeignKey("org.Person", models.PROTECT, null=True, related_name="+")
    posted_at = models.DateTimeField(null=True, blank=True)
    posted_by = models.ForeignKey("org.Person", models.PROTECT, null=True, related_name="+")
    reversed_at = models.DateTimeField(null=True, blank=True)
    reversed_by = models.ForeignKey("org.Person", models.PROTECT, null=True, related_name="+")

    scope_path: ClassVar[tuple[str, ...]] = ("org_unit", "other_unit")

    class Meta(ScopedModel.Meta):
        db_table = "document"
        indexes = [
            models.Index(fields=["type", "-business_date", "-id"], name="document_list"),
            models.Index(
                fields=["org_unit", "type", "-business_date", "-id"], name="document_list_of_unit"
            ),
            models.Index(
                fields=["state", "type"],
                name="document_waiting",
                condition=models.Q(state__in=("draft", "submitted")),
            ),
        ]
        constraints = [
            models.CheckConstraint(
                name="a_posted_document_has_number_and_posting_day",
                condition=models.Q(state__in=("draft", "submitted", "void"))
                | models.Q(number__isnull=False, posted_at__isnull=False),
            )
        ]

    def __str__(self) -> str:
        return self.number or f"{self.type} {self.state}"


class Body(ScopedModel):
    """What one type of document adds to the spine, one to one. `lines` is set when it is loaded."""

    document = models.OneToOneField(
        Document, models.CASCADE, primary_key=True, related_name="%(class)s"
    )
    scope_path: ClassVar[tuple[str, ...]] = ("document__org_unit", "document__other_unit")
    lines: list[Any]

    class Meta(ScopedModel.Meta):
        abstract = True


class Line(ScopedModel):
    """A row of a document. Its id stays the same from the first draft on."""

    id = models.UUIDField(primary_key=True, default=env.new_id, editable=False)
    document = models.ForeignKey(Document, models.CASCADE, related_name="%(class)s_set")
    position = models.PositiveIntegerField(_("line"))

    scope_path: ClassVar[tuple[str, ...]] = ("document__org_unit", "document__other_unit")

    class Meta(ScopedModel.Meta):
        abstract = True
        ordering = ("position",)


class Series(models.Model):
    """The last number given, per unit, type and year. Its row lock makes numbers gapless."""

    key = models.CharField(max_length=120, primary_key=True)
    last = models.PositiveIntegerField()

    class Meta:
        db_table = "number_series"


class NumberingRule(models.Model):
    """How numbers of a type are written, where a company chose another way than the type's own."""

    class Begins(models.TextChoices):
        YEAR = "year", _("each year")
        MONTH = "month", _("each month")
        DAY = "day", _("each day")

    type = models.CharField(max_length=60, primary_key=True)
    letters = models.CharField(_("letters of the number"), max_length=4, unique=True)
    begins = models.CharField(_("counts anew"), max_length=5, choices=Begins)
    digits = models.PositiveSmallIntegerField(_("digits"))

    class Meta:
        db_table = "numbering_rule"


class Request(models.Model):
    """A request that was carried out, so that sending it again has no second effect."""

    id = models.UUIDField(primary_key=True)
    action = models.CharField(max_length=60)
    digest = models.BinaryField(max_length=32)
    subject = models.UUIDField(null=True)
    at = models.DateTimeField()

    class Meta:
        db_table = "request"
        indexes = [BrinIndex(fields=["at"], name="request_at")]  # next to nothing a row


class History(models.Model):
    """What was changed by whom: one row for every action, with each field before and after.

    Append-only and partitioned by month; the migration writes the table. Values of personal
    fields never come here, only the fact that they changed.
    """

    id = models.UUIDField(primary_key=True, default=env.new_id)
    business_date = models.DateField()
    at = models.DateTimeField()
    action = models.CharField(max_length=60)
    kind = models.CharField(max_length=40)  # the document or master type
    subject = models.UUIDField()
    org_unit = models.UUIDField(null=True)
    actor = models.UUIDField(null=True)
    authorised_by = models.UUIDField(null=True)
    via = models.CharField(max_length=10)
    changes = models.JSONField(default=dict)
    note = models.TextField(default="")

    class Meta:
        db_table = "history"
        managed = False


class PersonalState(models.Model):
    """What became of somebody's personal data: set aside, with what was `kept`, or erased.

    Without a row it is in use as usual. Only `personal` writes it.
    """

    class State(models.TextChoices):
        RESTRICTED = "restricted", _("set aside")
        ERASED = "erased", _("erased")

    subject = models.UUIDField(primary_key=True)
    kind = models.CharField(max_length=40)
    state = models.CharField(max_length=10, choices=State)
    kept = models.JSONField(default=dict)
    at = models.DateTimeField()

    class Meta:
        db_table = "personal_state"


classify(PersonalState, kept="secret")


class Comment(ScopedModel):
    """A remark on a document; `mentions` are the people who are told of it."""

    id = models.UUIDField(primary_key=True, default=env.new_id)
    document = models.ForeignKey(Document, models.CASCADE, related_name="comments")
    author = models.ForeignKey("org.Person", models.PROTECT, related_name="+")
    at = models.DateTimeField()
    text = models.TextField()
    mentions = ArrayField(models.UUIDField(), default=list)

    scope_path: ClassVar[tuple[str, ...]] = ("document__org_unit", "document__other_unit")

    class Meta(ScopedModel.Meta):
        db_table = "comment"
        ordering = ("at",)


class Attachment(ScopedModel):
    """A file on a document. The content is kept once for each digest, in the database itself, so
    that a backup of the company is whole."""

    id = models.UUIDField(primary_key=True, default=env.new_id)
    document = models.ForeignKey(Document, models.CASCADE, related_name="attachments")
    name = models.CharField(max_length=120)
    media_type = models.CharField(max_length=80)
    size = models.PositiveIntegerField()
    digest = models.BinaryField(max_length=32)
    added_by = models.ForeignKey("org.Person", models.PROTECT, related_name="+")
    at = models.DateTimeField()

    scope_path: ClassVar[tuple[str, ...]] = ("document__org_unit", "document__other_unit")

    class Meta(ScopedModel.Meta):
        db_table = "attachment"
        ordering = ("at",)


class Blob(models.Model):
    """The bytes of an attachment, by their SHA-256."""

    digest = models.BinaryField(max_length=32, primary_key=True)
    content = models.BinaryField()

    class Meta:
        db_table = "blob"


class BooksCheck(models.Model):
    """What a check of the whole books found: see `integrity`."""

    id = models.UUIDField(primary_key=True, default=env.new_id)
    at = models.DateTimeField()
    findings = models.JSONField()

    class Meta:
        db_table = "books_check"
        indexes = [models.Index(fields=["-at"], name="books_check_at")]


class Notice(models.Model):
    """Something a person should look at: a mention, a document that waits for them."""

    id = models.UUIDField(primary_key=True, default=env.new_id)
    person = models.ForeignKey("org.Person", models.CASCADE, related_name="notices")
    document = models.ForeignKey(Document, models.CASCADE, null=True, related_name="+")
    kind = models.CharField(max_length=20)
    text = models.TextField()
    at = models.DateTimeField()
    seen_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "notice"
        indexes = [models.Index(fields=["person", "-at"], name="notices_of_a_person")]


class SavedView(models.Model):
    """A person's own way to look at a list: its filters, columns and order, under a name.

    `page` is the list's address, `query` what stands behind it.
    """

    id = models.UUIDField(primary_key=True, default=env.new_id)
    person = models.ForeignKey("org.Person", models.CASCADE, related_name="+")
    page = models.CharField(max_length=120)
    name = models.CharField(max_length=40)
    query = models.CharField(max_length=2000)

    class Meta:
        db_table = "saved_view"
        constraints = [
            models.UniqueConstraint(fields=["person", "page", "name"], name="saved_view_name")
        ]
