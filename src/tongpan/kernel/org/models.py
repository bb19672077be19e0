"""Units, people, what people hold, and how they show who they are."""

import json
from datetime import date, datetime, time
from typing import Any, ClassVar
from zoneinfo import ZoneInfo

from django.conf import settings
from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q, Value
from django.db.models.functions import Concat
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext_lazy as _

from tongpan.base import env
from tongpan.kernel.companies.calls import Call, together
from tongpan.kernel.org import rules
from tongpan.kernel.org.context import Held, held_as_read
from tongpan.kernel.org.visibility import ScopedModel, classify, show_in_part

__all__ = [
    "ApiToken",
    "Grant",
    "LegalEntity",
    "ModuleOff",
    "OpenSession",
    "OrgUnit",
    "Passkey",
    "Person",
    "PersonContact",
    "RecoveryCode",
    "Role",
    "RoleAction",
    "ScopedModel",
    "SecondFactor",
    "SettingValue",
    "SignInAttempt",
    "TaxpayerKind",
]


# -- where -------------------------------------------------------------------------------------


class LegalEntity(models.Model):
    """A taxpayer (纳税主体) that units belong to. Money balances to zero within each.

    `credit_code` is the unified social credit code (统一社会信用代码), empty while not known.
    """

    id = models.UUIDField(primary_key=True, default=env.new_id, editable=False)
    name = models.CharField(_("name"), max_length=120)
    credit_code = models.CharField(_("unified social credit code"), max_length=18, blank=True)
    currency = models.CharField(_("currency"), max_length=3, default="CNY")
    is_active = models.BooleanField(_("active"), default=True)

    class Meta:
        db_table = "legal_entity"
        constraints = [
            models.UniqueConstraint(
                fields=["credit_code"],
                condition=~Q(credit_code=""),
                name="one_entity_has_one_credit_code",
            ),
            models.CheckConstraint(
                condition=Q(credit_code="")
                | Q(credit_code__regex=rf"^{rules.CREDIT_FORM.pattern}$"),
                name="credit_code_has_its_form",
            ),
            models.CheckConstraint(
                condition=Q(currency__regex=r"^[A-Z]{3}$"), name="currency_has_three_letters"
            ),
        ]

    def __str__(self) -> str:
        return self.name

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Errors: Refusal("credit_code_not_valid")."""
        if self.credit_code:
            self.credit_code = rules.checked_credit_code(self.credit_code)
        super().save(*args, **kwargs)

    def taxpayer_kind(self, on: date) -> str | None:
        """The kind that holds on this day; None before the first one."""
        known = self.taxpayer_kinds.filter(valid_from__lte=on).order_by("-valid_from").first()
        return known.kind if known else None


class TaxpayerKind(models.Model):
    """General (一般纳税人) or small-scale (小规模纳税人), from a day until the next row's."""

    class Kind(models.TextChoices):
        GENERAL = "general", _("General taxpayer")
        SMALL_SCALE = "small_scale", _("Small-scale taxpayer")

    id = models.UUIDField(primary_key=True, default=env.new_id, editable=False)
    entity = models.ForeignKey(LegalEntity, models.PROTECT, related_name="taxpayer_kinds")
    kind = models.CharField(_("taxpayer kind"), max_length=12, choices=Kind)
    valid_from = models.DateField(_("valid from"))

    class Meta:
        db_table = "taxpayer_kind"
        constraints = [
            models.UniqueConstraint(
                fields=["entity", "valid_from"], name="one_taxpayer_kind_begins_on_a_day"
            ),
            models.CheckConstraint(
                condition=Q(kind__in=["general", "small_scale"]), name="taxpayer_kind_is_known"
            ),
        ]


class OrgUnit(models.Model):
    """A unit of the company's tree: company, region, store, warehouse or till.

    `path` holds the codes from the top down to here, as `/hq/east/s01/`: what is below a unit
    begins with its path. `rename_unit` and `move_unit` keep it, for a whole branch at once, and a
    trigger refuses a path that does not follow the tree.

    `day_cut` is when the business day begins on the local clock.
    """

    class Kind(models.TextChoices):
        COMPANY = "company", _("Company")
        REGION = "region", _("Region")
        STORE = "store", _("Store")
        WAREHOUSE = "warehouse", _("Warehouse")
        TILL = "till", _("Till")

    class Mode(models.TextChoices):
        OWNED = "owned", _("Owned")
        FRANCHISE = "franchise", _("Franchise")

    id = models.UUIDField(primary_key=True, default=env.new_id, editable=False)
    parent = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="children"
    )
    path = models.CharField(max_length=200, unique=True, editable=False)
    kind = models.CharField(_("kind"), max_length=9, choices=Kind)
    code = models.CharField(_("code"), max_length=20, unique=True)
    name = models.CharField(_("name"), max_length=80)
    entity = models.ForeignKey(
        LegalEntity, models.PROTECT, related_name="units", verbose_name=_("legal entity")
    )
    mode = models.CharField(_("mode"), max_length=9, choices=Mode, default=Mode.OWNED)
    time_zone = models.CharField(_("time zone"), max_length=40, default="Asia/Shanghai")
    day_cut = models.TimeField(_("day cut"), default=time(0))
    is_active = models.BooleanField(_("active"), default=True)

    class Meta:
        db_table = "org_unit"
        constraints = [
            models.CheckConstraint(
                condition=Q(kind__in=["company", "region", "store", "warehouse", "till"]),
                name="unit_kind_is_known",
            ),
            models.CheckConstraint(
                condition=Q(mode__in=["owned", "franchise"]), name="unit_mode_is_known"
            ),
            models.CheckConstraint(
                condition=Q(path__endswith=Concat(Value("/"), F("code"), Value("/"))),
                name="unit_path_ends_with_its_code",
            ),
            models.CheckConstraint(
                condition=Q(code__regex=r"^[^/\s%\\]+$"), name="unit_code_fits_in_a_path"
            ),
            models.CheckConstraint(
                condition=Q(kind="company") | Q(parent__isnull=False),
                name="only_a_company_stands_at_the_top",
            ),
            models.UniqueConstraint(
                fields=["kind"], condition=Q(parent=None), name="the_tree_has_one_top"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.code} {self.name}"

    @property
    def holds_stock(self) -> bool:
        """Only stores and warehouses do; a till sells from its store."""
        return self.kind in (self.Kind.STORE, self.Kind.WAREHOUSE)

    @property
    def zone(self) -> ZoneInfo:
        return ZoneInfo(self.time_zone)

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Give a new unit its path. A known one changes place by `rename_unit` and `move_unit`.

        Errors: Refusal("unit_not_valid").
        """
        if self._state.adding:
            rules.check_unit(
                kind=self.kind,
                parent_kind=self.parent.kind if self.parent else None,
                code=self.code,
                time_zone=self.time_zone,
            )
            self.path = f"{self.parent.path if self.parent else '/'}{self.code}/"
        super().save(*args, **kwargs)


class ModuleOff(models.Model):
    """A module that a unit, with all below it, does without. Only `units.set_modules` writes it."""

    id = models.UUIDField(primary_key=True, default=env.new_id, editable=False)
    unit = models.ForeignKey(OrgUnit, models.CASCADE, related_name="modules_off")
    module = models.CharField(max_length=40)

    class Meta:
        db_table = "module_off"
        constraints = [
            models.UniqueConstraint(
                fields=["unit", "module"], name="a_module_is_switched_off_once"
            ),
        ]


def business_date(unit: OrgUnit, at: datetime) -> date:
    """The unit's business day at this moment: its local time minus its day cut."""
    return rules.business_date_at(at, unit.zone, unit.day_cut)


# -- who ---------------------------------------------------------------------------------------


class PersonManager(BaseUserManager["Person"]):
    """Finds a person by the name they sign in with, however they write it."""

    def get_by_natural_key(self, username: str | None) -> "Person":
        return self.get(username=rules.sign_in_name(username or ""))


class Person(AbstractBaseUser):
    """Somebody who signs in. Never deleted: what they did names them.

    `username` is what they sign in with, and what a clerk types before the PIN. Their personal
    data is in `PersonContact` alone. `session_round` goes up to end every session at once.
    """

    class Language(models.TextChoices):
        CHINESE = "zh-hans", "简体中文"  # each in its own words, whoever reads them
        ENGLISH = "en", "English"

    class Theme(models.TextChoices):
        SYSTEM = "system", _("As the device")
        LIGHT = "light", _("Light")
        DARK = "dark", _("Dark")

    id = models.UUIDField(primary_key=True, default=env.new_id, editable=False)
    username = models.CharField(_("sign-in name"), max_length=60, unique=True)
    name = models.CharField(_("name"), max_length=60)
    pin = models.CharField(max_length=128, blank=True, editable=False)
    language = models.CharField(
        _("language"), max_length=8, choices=Language, default=Language.CHINESE
    )
    theme = models.CharField(_("theme"), max_length=6, choices=Theme, default=Theme.SYSTEM)
    is_active = models.BooleanField(_("active"), default=True)
    session_round = models.PositiveIntegerField(default=0, editable=False)
    created_at = models.DateTimeField(default=env.now, editable=False)

    objects = PersonManager()
    # What they hold, where that was read along with them because they are about to act.
    held_on_arrival: tuple[Held, ...] | None = None

    USERNAME_FIELD = "username"
    REQUIRED_FIELDS: ClassVar[list[str]] = ["name"]

    class Meta:
        db_table = "person"
        constraints = [
            models.CheckConstraint(
                condition=Q(username__regex=r"^\S+$"), name="sign_in_name_has_no_spaces"
            ),
        ]

    def __str__(self) -> str:
        return self.name

    def save(self, *args: Any, **kwargs: Any) -> None:
        self.username = rules.sign_in_name(self.username)
        super().save(*args, **kwargs)

    def get_session_auth_hash(self) -> str:
        """What a session must agree with to live on: it ends with the password and the round."""
        return self._session_hash(None)

    def get_session_auth_fallback_hash(self) -> Any:
        for secret in settings.SECRET_KEY_FALLBACKS:
            yield self._session_hash(secret)

    def _session_hash(self, secret: str | bytes | None) -> str:
        salt = "tongpan.kernel.org.models.Person.session"
        text = f"{self.session_round}|{self.password}"
        return salted_hmac(salt, text, secret=secret, algorithm="sha256").hexdigest()

    def held_permissions(self) -> tuple[Held, ...]:
        """Every code this person's roles hold, where and until when. One query.

        A person who is switched off holds nothing, wherever their name still stands.
        """
        (rows,) = together([Call("org_held(%s)", (self.pk,))])
        return held_as_read(json.loads(rows))


classify(Person, password="secret", pin="secret", session_round="secret")


class PersonContact(models.Model):
    """The personal data of a person: this one table, so that erasing it breaks nothing else."""

    person = models.OneToOneField(Person, models.CASCADE, primary_key=True, related_name="contact")
    phone = models.CharField(_("phone"), max_length=30, blank=True)
    email = models.EmailField(_("e-mail"), blank=True)

    class Meta:
        db_table = "person_contact"


classify(PersonContact, phone="personal", email="personal")
show_in_part(PersonContact, phone=rules.masked_phone, email=rules.masked_email)


class Role(models.Model):
    """A named set of permission codes, given to people at units.

    Who has a role that `needs_second_factor` cannot come in by a password alone. One that
    `is_entrusted` is given to others by whoever may give roles there, though they hold less: who
    holds all of it says so.
    """

    id = models.UUIDField(primary_key=True, default=env.new_id, editable=False)
    code = models.CharField(_("code"), max_length=40, unique=True)
    name = models.CharField(_("name"), max_length=60)
    needs_second_factor = models.BooleanField(
        _("two-step sign-in"), default=False, db_default=False, blank=True
    )
    is_entrusted = models.BooleanField(
        _("given by administrators"), default=False, db_default=False, blank=True
    )

    class Meta:
        db_table = "role"

    def __str__(self) -> str:
        return self.name


class RoleAction(models.Model):
    """One code of a role: `stock.transfer.post`, `stock.transfer.*` or `*`.

    `amount_max` limits the document's amount, in its currency; None is no limit.
    """

    id = models.UUIDField(primary_key=True, default=env.new_id, editable=False)
    role = models.ForeignKey(Role, models.CASCADE, related_name="actions")
    code = models.CharField(_("permission"), max_length=80)
    amount_max = models.DecimalField(
        _("up to the amount"), max_digits=24, decimal_places=6, null=True, blank=True
    )

    class Meta:
        db_table = "role_action"
        constraints = [
            models.UniqueConstraint(fields=["role", "code"], name="a_role_holds_a_code_once"),
            models.CheckConstraint(
                condition=Q(code__regex=rf"^({rules.CODE.pattern})$"),
                name="permission_code_has_its_form",
            ),
            models.CheckConstraint(
                condition=Q(amount_max__isnull=True) | Q(amount_max__gte=0),
                name="amount_limit_is_not_negative",
            ),
        ]


class Grant(models.Model):
    """A role that a person holds at a unit and below it, from and until a day (both count)."""

    id = models.UUIDField(primary_key=True, default=env.new_id, editable=False)
    person = models.ForeignKey(
        Person, models.PROTECT, related_name="grants", verbose_name=_("person")
    )
    role = models.ForeignKey(Role, models.PROTECT, related_name="grants", verbose_name=_("role"))
    unit = models.ForeignKey(
        OrgUnit, models.PROTECT, related_name="grants", verbose_name=_("org unit")
    )
    valid_from = models.DateField(_("valid from"), null=True, blank=True)
    valid_until = models.DateField(_("valid until"), null=True, blank=True)
    given_by = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+")
    given_at = models.DateTimeField(default=env.now, editable=False)

    class Meta:
        db_table = "role_grant"
        constraints = [
            models.UniqueConstraint(
                fields=["person", "role", "unit", "valid_from"],
                nulls_distinct=False,
                name="a_role_is_given_once_at_a_unit",
            ),
            models.CheckConstraint(
                condition=Q(valid_until__isnull=True)
                | Q(valid_from__isnull=True)
                | Q(valid_until__gte=F("valid_from")),
                name="a_grant_ends_after_it_begins",
            ),
        ]


class SettingValue(models.Model):
    """What was chosen for a setting, at a unit and below it. Only `settings.choose` writes it."""

    id = models.UUIDField(primary_key=True, default=env.new_id, editable=False)
    code = models.CharField(max_length=60)
    unit = models.ForeignKey(OrgUnit, models.CASCADE, related_name="+")
    value = models.JSONField()

    objects: ClassVar[models.Manager["SettingValue"]] = models.Manager()

    class Meta:
        db_table = "setting_value"
        constraints = [
            models.UniqueConstraint(fields=["code", "unit"], name="one_value_of_a_setting_a_unit"),
        ]


# -- how they show who they are ----------------------------------------------------------------


class SecondFactor(models.Model):
    """An authenticator app that a person has shown to be theirs, or is about to show.

    Its key is worked out from the installation's own and this row's id, so no copy of the database
    holds it. `last_step` is the last moment whose code was used: none is taken twice.
    """

    id = models.UUIDField(primary_key=True, default=env.new_id, editable=False)
    person = models.ForeignKey(Person, models.CASCADE, related_name="second_factors")
    begun_at = models.DateTimeField(default=env.now)
    confirmed_at = models.DateTimeField(null=True)
    last_step = models.BigIntegerField(default=0)

    class Meta:
        db_table = "second_factor"
        constraints = [
            models.UniqueConstraint(
                fields=["person"],
                condition=Q(confirmed_at__isnull=False),
                name="a_person_has_one_second_factor",
            ),
            models.UniqueConstraint(
                fields=["person"],
                condition=Q(confirmed_at=None),
                name="a_person_begins_one_second_factor",
            ),
        ]


classify(SecondFactor, last_step="secret")


class RecoveryCode(models.Model):
    """A code on paper that stands in for the app, once. Only a keyed hash of it is kept."""

    id = models.UUIDField(primary_key=True, default=env.new_id, editable=False)
    person = models.ForeignKey(Person, models.CASCADE, related_name="recovery_codes")
    hashed = models.CharField(max_length=64, editable=False)
    used_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "recovery_code"
        constraints = [
            models.UniqueConstraint(fields=["person", "hashed"], name="a_recovery_code_is_one"),
        ]


classify(RecoveryCode, hashed="secret")


class ApiToken(models.Model):
    """A program's key to act for a person, within `scopes`. Shown once; only its hash is kept."""

    id = models.UUIDField(primary_key=True, default=env.new_id, editable=False)
    person = models.ForeignKey(Person, models.PROTECT, related_name="tokens")
    name = models.CharField(_("name"), max_length=60)
    hashed = models.CharField(max_length=64, unique=True, editable=False)
    scopes = ArrayField(models.CharField(max_length=80), verbose_name=_("scopes"))
    created_at = models.DateTimeField(default=env.now, editable=False)
    expires_at = models.DateTimeField(_("expires at"))
    last_used_at = models.DateTimeField(_("last used at"), null=True, editable=False)
    revoked_at = models.DateTimeField(_("revoked at"), null=True, editable=False)

    class Meta:
        db_table = "api_token"
        constraints = [
            models.CheckConstraint(
                condition=Q(expires_at__gt=F("created_at")), name="a_token_lives_for_a_while"
            ),
            models.CheckConstraint(condition=Q(scopes__len__gt=0), name="a_token_has_a_scope"),
        ]

    def __str__(self) -> str:
        return self.name


classify(ApiToken, hashed="secret")


class Passkey(models.Model):
    """A device with which a person signs in: its public key, and what it is called in answers."""

    id = models.UUIDField(primary_key=True, default=env.new_id, editable=False)
    person = models.ForeignKey(Person, models.CASCADE, related_name="passkeys")
    name = models.CharField(_("name"), max_length=60)
    credential = models.CharField(max_length=1400, unique=True)
    public_key = models.BinaryField()
    sign_count = models.BigIntegerField(default=0)
    made_at = models.DateTimeField(_("added at"), default=env.now)
    used_at = models.DateTimeField(_("last used at"), null=True)

    class Meta:
        db_table = "passkey"


classify(Passkey, credential="secret", public_key="secret", sign_count="secret")


class OpenSession(models.Model):
    """Somebody signed in on a device. Kept when it is over; `key` leads to what the web keeps."""

    id = models.UUIDField(primary_key=True, default=env.new_id, editable=False)
    person = models.ForeignKey(
        Person, models.PROTECT, related_name="sessions", verbose_name=_("person")
    )
    key = models.CharField(max_length=40, editable=False)
    device = models.CharField(_("device"), max_length=80, blank=True)
    begun_at = models.DateTimeField(_("signed in at"), default=env.now)
    seen_at = models.DateTimeField(_("last used at"), default=env.now)
    ended_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "open_session"
        indexes = [
            models.Index(
                fields=["person"], name="sessions_that_are_open", condition=Q(ended_at=None)
            )
        ]


classify(OpenSession, key="secret")


class SignInAttempt(models.Model):
    """One try to show who one is, counted to slow down guessing.

    `account` and `address` are keyed hashes: people type passwords into the wrong field, and an
    address is personal data. A try is a failure until it is known to have succeeded, so that many
    tries at one moment count each other.
    """

    class Means(models.TextChoices):
        PASSWORD = "password", _("Password")
        PIN = "pin", _("PIN")
        CODE = "code", _("One-time code")

    id = models.UUIDField(primary_key=True, default=env.new_id, editable=False)
    means = models.CharField(max_length=8, choices=Means)
    account = models.CharField(max_length=64)
    address = models.CharField(max_length=64)
    at = models.DateTimeField(default=env.now)
    is_success = models.BooleanField(default=False)

    class Meta:
        db_table = "sign_in_attempt"
        indexes = [
            models.Index(fields=["means", "account", "at"], name="sign_in_attempt_account"),
            models.Index(fields=["means", "address", "at"], name="sign_in_attempt_address"),
        ]


classify(SignInAttempt, account="secret", address="secret")
