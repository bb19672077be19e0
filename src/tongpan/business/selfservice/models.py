"""What members do by themselves: the page they come to, codes that let them in, what they agreed
to, and what they ask for. Nothing here is personal: people are named by their id alone."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from tongpan.business.membership.models import Member
from tongpan.kernel.org.visibility import classify
from tongpan.masters.fields import code_column, id_column, state_column


class MembersPage(models.Model):
    """The members' own page: where it is on the net, and the rules that who joins agrees to.

    Each version of the rules is a row of its own; the one that began last holds.
    """

    id = id_column()
    code = code_column(help_text=_("The version of the rules, such as 2026-1."))
    valid_from = models.DateField(_("valid from"))
    address = models.URLField(
        _("address"), max_length=200,
        help_text=_("As customers' phones reach this program: https://shop.example.com"),
    )  # fmt: skip
    rules = models.TextField(_("rules of membership, Chinese"), max_length=4000)
    rules_en = models.TextField(
        _("rules of membership, English"), max_length=4000, blank=True, default=""
    )
    state = state_column()

    class Meta:
        db_table = "selfservice_page"
        ordering = ("valid_from", "code")
        verbose_name = _("members' page")

    def __str__(self) -> str:
        return self.code


class DoorCode(models.Model):
    """A code that was sent to a phone. The phone and the code themselves stand nowhere: `phone`
    and `digest` are keyed hashes, and so is `address`, from which it was asked for."""

    id = id_column()
    phone = models.CharField(max_length=64)
    address = models.CharField(max_length=64)
    digest = models.CharField(max_length=64)
    made_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    tries = models.PositiveSmallIntegerField(default=0)
    used_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "selfservice_door_code"
        indexes = [
            models.Index(fields=["phone", "-made_at"], name="selfservice_code_phone"),
            models.Index(fields=["address", "-made_at"], name="selfservice_code_address"),
        ]


class Consent(models.Model):
    """What a member agreed to, by which version of the rules, and until when."""

    class About(models.TextChoices):
        RULES = "rules", _("rules of membership")
        OFFERS = "offers", _("offers by text message")

    id = id_column()
    member = models.ForeignKey(Member, models.PROTECT, related_name="consents")
    about = models.CharField(_("agreed to"), max_length=6, choices=About)
    version = models.CharField(_("version of the rules"), max_length=40)
    given_at = models.DateTimeField(_("agreed at"))
    withdrawn_at = models.DateTimeField(_("withdrawn at"), null=True)

    class Meta:
        db_table = "selfservice_consent"
        ordering = ("-given_at",)
        constraints = [
            models.UniqueConstraint(
                fields=["member", "about"], condition=Q(withdrawn_at=None),
                name="agreed_to_once_at_a_time",
            )
        ]  # fmt: skip


class Request(models.Model):
    """What a customer asks us for: the invoice of a slip, a copy of their data, or its erasure.

    An invoice names a company and its tax number, or nobody: "个人" is no person's name.
    """

    class About(models.TextChoices):
        INVOICE = "invoice", _("invoice")
        COPY = "copy", _("copy of their data")
        ERASE = "erase", _("erasure of their data")

    class State(models.TextChoices):
        OPEN = "open", _("open")
        DONE = "done", _("done")
        DECLINED = "declined", _("declined")

    view_permission = "selfservice.request.view"

    id = id_column()
    about = models.CharField(_("asked for"), max_length=7, choices=About)
    member = models.ForeignKey(
        Member, models.PROTECT, null=True, related_name="+", verbose_name=_("member")
    )
    sale = models.ForeignKey(
        "documents.Document", models.PROTECT, null=True, related_name="+", verbose_name=_("slip")
    )
    title = models.CharField(_("name on the invoice"), max_length=100, default="", blank=True)
    tax_number = models.CharField(_("tax number"), max_length=20, default="", blank=True)
    state = models.CharField(_("state"), max_length=8, choices=State, default=State.OPEN)
    asked_at = models.DateTimeField(_("asked at"))
    done_at = models.DateTimeField(_("done at"), null=True)
    done_by = models.ForeignKey(
        "org.Person", models.PROTECT, null=True, related_name="+", verbose_name=_("done by")
    )
    note = models.CharField(_("note"), max_length=120, default="", blank=True)

    class Meta:
        db_table = "selfservice_request"
        ordering = ("-asked_at", "-id")
        constraints = [
            models.UniqueConstraint(
                fields=["sale"], condition=Q(about="invoice") & ~Q(state="declined"),
                name="one_invoice_of_a_slip",
            ),
            models.UniqueConstraint(
                fields=["member", "about"],
                condition=Q(about__in=("copy", "erase"), state="open"),
                name="one_open_request_of_a_kind",
            ),
        ]  # fmt: skip


classify(DoorCode, phone="secret", address="secret", digest="secret")
