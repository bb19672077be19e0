"""Accounts at providers, and what was asked of them: attempts, refunds, answers and notices.

An attempt is a fact of its own: it is there before anything is sent. What providers say is kept
as they said it, and only added to.
"""

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from tongpan.base.env import new_id
from tongpan.engines.payments.adapters import Merchant
from tongpan.engines.payments.adapters.known import PROVIDERS
from tongpan.engines.payments.sealing import seal, unseal
from tongpan.kernel.documents.columns import MoneyField
from tongpan.kernel.org.visibility import ScopedModel, classify


class Account(ScopedModel):
    """An account at a provider, for a unit and all below it that have none of their own.

    `facts` are what the provider calls the merchant; `sealed` are its keys, locked. `method` is the
    payment method under which what it charges is taken. A simulated one charges nobody.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    name = models.CharField(_("name"), max_length=60)
    provider = models.CharField(_("provider"), max_length=20)
    org_unit = models.ForeignKey(
        "org.OrgUnit", models.PROTECT, related_name="+", verbose_name=_("unit")
    )
    method = models.UUIDField(_("payment method"))
    url = models.CharField(max_length=200, default="", blank=True)  # of a simulator
    facts = models.JSONField(default=dict)
    sealed = models.BinaryField(default=b"")
    is_simulated = models.BooleanField(_("simulated"), default=False)
    is_active = models.BooleanField(_("active"), default=True)
    created_at = models.DateTimeField(_("made at"))

    class Meta(ScopedModel.Meta):
        db_table = "payments_account"
        ordering = ("name",)
        constraints = [
            models.UniqueConstraint(
                fields=["org_unit", "provider"], condition=Q(is_active=True),
                name="one_account_of_a_provider_per_unit",
            ),
        ]  # fmt: skip

    def __str__(self) -> str:
        return self.name

    @property
    def is_by_hand(self) -> bool:
        """Whether a person says what became of its attempts."""
        return PROVIDERS[self.provider].is_by_hand

    @property
    def title(self) -> str:
        """What the provider is called; of a simulator, that it is one."""
        provider = str(PROVIDERS[self.provider].title)
        return str(_("Simulator: %(name)s")) % {"name": provider} if self.is_simulated else provider

    def keep(self, secrets: dict[str, str]) -> None:
        """Lock these keys away, beside those that are there."""
        self.sealed = seal(self.pk, unseal(self.pk, self.sealed) | secrets)

    def has_keys(self) -> frozenset[str]:
        """The names of the keys that are kept."""
        return frozenset(unseal(self.pk, self.sealed))

    def merchant(self) -> Merchant:
        """The account with its keys open, for a call."""
        return Merchant(
            facts=self.facts, secrets=unseal(self.pk, self.sealed), url=self.url,
            may_be_private=self.is_simulated and settings.PAYMENTS_SIMULATOR,
            timeout_s=settings.PAYMENTS_WAIT_S,
        )  # fmt: skip


class PayCodeRange(models.Model):
    """Codes of a provider: so many digits, of which the first two lie between these."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    provider = models.CharField(_("provider"), max_length=20)
    first = models.PositiveSmallIntegerField(_("first two digits from"))
    last = models.PositiveSmallIntegerField(_("first two digits to"))
    digits_min = models.PositiveSmallIntegerField(_("digits at least"))
    digits_max = models.PositiveSmallIntegerField(_("digits at most"))

    class Meta:
        db_table = "payments_code_range"
        ordering = ("first", "id")
        constraints = [
            models.CheckConstraint(
                condition=Q(first__gte=10, last__lte=99, first__lte=models.F("last"))
                & Q(digits_min__gte=14, digits_max__lte=32, digits_min__lte=models.F("digits_max")),
                name="a_range_of_codes_is_one",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.provider} {self.first}-{self.last}"


class AttemptState(models.TextChoices):
    BEGUN = "begun", _("being asked")
    WAITING = "waiting", _("waiting for the customer")
    UNKNOWN = "unknown", _("unknown")
    CHARGED = "charged", _("charged")
    DECLINED = "declined", _("not charged")


OPEN = (AttemptState.BEGUN.value, AttemptState.WAITING.value, AttemptState.UNKNOWN.value)


class Attempt(ScopedModel):
    """A try to take money by a customer's code, for a sale that may never come.

    Its id is made at the till before anything is sent, and is the number under which the provider
    knows it, however often it is asked. `code` is locked, and thrown away once nobody needs it.
    `used_at` says that the sale is posted with it; `refunding` is what goes or went back.
    """

    id = models.UUIDField(primary_key=True, editable=False)
    sale = models.UUIDField()
    till = models.ForeignKey(
        "org.OrgUnit", models.PROTECT, related_name="+", verbose_name=_("till")
    )
    store = models.ForeignKey("org.OrgUnit", models.PROTECT, related_name="+")
    account = models.ForeignKey(Account, models.PROTECT, related_name="attempts")
    method = models.UUIDField()
    amount = MoneyField(_("amount"))
    code = models.BinaryField(default=b"")
    code_end = models.CharField(max_length=4, default="")
    state = models.CharField(
        _("state"), max_length=8, choices=AttemptState, default=AttemptState.BEGUN
    )
    reason = models.CharField(_("reason"), max_length=100, default="")
    number = models.CharField(_("provider's number"), max_length=64, default="")
    sends = models.PositiveSmallIntegerField(default=0)
    asks = models.PositiveSmallIntegerField(default=0)
    refunding = MoneyField(default=0)
    begun_at = models.DateTimeField(_("begun at"))
    sent_at = models.DateTimeField()
    cancel_asked_at = models.DateTimeField(null=True)
    used_at = models.DateTimeField(null=True)
    closed_at = models.DateTimeField(_("closed at"), null=True)
    next_at = models.DateTimeField(null=True)
    begun_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", null=True,
        verbose_name=_("Person"),
    )  # fmt: skip

    scope_path: ClassVar[str | tuple[str, ...]] = "till"

    class Meta(ScopedModel.Meta):
        db_table = "payments_attempt"
        ordering = ("-begun_at",)
        constraints = [
            models.UniqueConstraint(
                fields=["sale"], condition=Q(state__in=OPEN), name="one_open_attempt_of_a_sale"
            ),
            models.CheckConstraint(
                condition=Q(refunding__lte=models.F("amount")) & Q(refunding__gte=0),
                name="no_more_back_than_was_charged",
            ),
            models.CheckConstraint(
                condition=Q(used_at=None) | Q(state="charged"), name="only_what_is_charged_is_used"
            ),
        ]
        indexes = [
            models.Index(
                fields=["next_at"], name="payments_attempt_open", condition=Q(state__in=OPEN)
            ),
            models.Index(
                fields=["begun_at"], name="payments_attempt_unused",
                condition=Q(state="charged", used_at=None),
            ),
            models.Index(fields=["sale"], name="payments_attempt_sale"),
        ]  # fmt: skip

    def __str__(self) -> str:
        return f"{self.amount} {self.account_id}"

    @property
    def is_open(self) -> bool:
        return self.state in OPEN

    @property
    def out_number(self) -> str:
        """The number under which the provider knows it: 32 characters, as WeChat Pay allows."""
        return self.pk.hex

    def lock_code(self, code: str) -> None:
        self.code, self.code_end = seal(self.pk, {"code": code}), code[-4:]

    def open_code(self) -> str:
        return unseal(self.pk, self.code).get("code", "")


class RefundState(models.TextChoices):
    BEGUN = "begun", _("being asked")
    UNKNOWN = "unknown", _("unknown")
    DONE = "done", _("given back")
    FAILED = "failed", _("not given back")


REFUND_OPEN = (RefundState.BEGUN.value, RefundState.UNKNOWN.value)


class Refund(ScopedModel):
    """Money of an attempt that goes back, in whole or in part. Its id is its number, as above.

    `slip` is the return of goods that it belongs to, if there is one.
    """

    id = models.UUIDField(primary_key=True, editable=False)
    attempt = models.ForeignKey(Attempt, models.PROTECT, related_name="refunds")
    slip = models.UUIDField(null=True)
    amount = MoneyField(_("amount"))
    why = models.CharField(_("reason"), max_length=120, default="")
    state = models.CharField(
        _("state"), max_length=8, choices=RefundState, default=RefundState.BEGUN
    )
    reason = models.CharField(_("reason"), max_length=100, default="")
    asks = models.PositiveSmallIntegerField(default=0)
    begun_at = models.DateTimeField(_("begun at"))
    closed_at = models.DateTimeField(null=True)
    next_at = models.DateTimeField(null=True)
    begun_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", null=True
    )

    scope_path: ClassVar[str | tuple[str, ...]] = "attempt__till"

    class Meta(ScopedModel.Meta):
        db_table = "payments_refund"
        ordering = ("begun_at",)
        constraints = [
            models.CheckConstraint(condition=Q(amount__gt=0), name="something_goes_back"),
        ]
        indexes = [
            models.Index(
                fields=["next_at"], name="payments_refund_open", condition=Q(state__in=REFUND_OPEN)
            ),
        ]  # fmt: skip


class Answer(ScopedModel):
    """What a provider, or a person, said of an attempt or a refund. Never changed (a trigger)."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    attempt = models.ForeignKey(Attempt, models.PROTECT, related_name="answers")
    refund = models.ForeignKey(Refund, models.PROTECT, related_name="answers", null=True)
    at = models.DateTimeField(_("at"))
    kind = models.CharField(
        _("asked"), max_length=8
    )  # charge, query, cancel, refund, notice, person
    said = models.CharField(_("answer"), max_length=10)
    amount = MoneyField(_("amount"), null=True)
    number = models.CharField(max_length=64, default="")
    reason = models.CharField(_("reason"), max_length=100, default="")
    text = models.TextField(default="")
    person = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", null=True
    )

    scope_path: ClassVar[str | tuple[str, ...]] = "attempt__till"

    class Meta(ScopedModel.Meta):
        db_table = "payments_answer"
        ordering = ("at", "id")


class NoticeState(models.TextChoices):
    PARKED = "parked", _("parked")
    APPLIED = "applied", _("applied")
    MISMATCH = "mismatch", _("does not match")
    SEEN = "seen", _("looked at")


class NoticeIn(ScopedModel):
    """A message that a provider sent by itself and signed. The same one comes in once."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    account = models.ForeignKey(Account, models.PROTECT, related_name="notices")
    notice = models.CharField(max_length=64)  # the provider's id of it
    attempt = models.UUIDField(null=True)
    number = models.CharField(_("number"), max_length=64)
    said = models.CharField(_("answer"), max_length=10)
    amount = MoneyField(_("amount"), null=True)
    provider_number = models.CharField(max_length=64, default="")
    text = models.TextField(default="")
    state = models.CharField(_("state"), max_length=8, choices=NoticeState)
    why = models.CharField(_("reason"), max_length=120, default="")
    at = models.DateTimeField(_("at"))

    scope_path: ClassVar[str | tuple[str, ...]] = "account__org_unit"

    class Meta(ScopedModel.Meta):
        db_table = "payments_notice"
        ordering = ("-at",)
        constraints = [
            models.UniqueConstraint(fields=["account", "notice"], name="each_notice_comes_in_once"),
        ]
        indexes = [
            models.Index(
                fields=["number"], name="payments_notice_parked",
                condition=Q(state__in=["parked", "mismatch"]),
            ),
        ]  # fmt: skip


classify(Account, sealed="secret")
classify(Attempt, code="secret")
