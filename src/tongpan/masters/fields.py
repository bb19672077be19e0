"""Columns that several masters share, so that a code or a price looks the same everywhere."""

from typing import Any
from uuid import UUID

from django.core.validators import RegexValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

from tongpan.base.env import new_id
from tongpan.kernel.documents.columns import ExactField, PriceField, SeveralField

# No spaces, and nothing that a spreadsheet would take for a formula.
is_code = RegexValidator(
    r"^[^\s=+@-]\S*\Z", _("A code has no spaces; =, +, - or @ do not begin it.")
)
is_path_part = RegexValidator(
    r"^[^\s=+@/-][^\s/]*\Z", _("A code in a tree has no spaces or slashes.")
)


is_clock = RegexValidator(
    r"^([01][0-9]|2[0-3]):[0-5][0-9]\Z", _("A time of the day is written as 09:30 or 14:00.")
)


are_weekdays = RegexValidator(
    r"^1?2?3?4?5?6?7?\Z", _("Weekdays are digits in order, 1 for Monday: 67 is the weekend.")
)
WEEKDAYS = (_("Mon"), _("Tue"), _("Wed"), _("Thu"), _("Fri"), _("Sat"), _("Sun"))


class State(models.TextChoices):
    """Masters are archived, never deleted: documents go on naming them."""

    ACTIVE = "active", _("active")
    ARCHIVED = "archived", _("archived")


def id_column() -> "models.UUIDField[UUID, UUID]":
    """The key of a master: made where the row is made, the same on every node."""
    return models.UUIDField(primary_key=True, default=new_id, editable=False)


def code_column(**options: Any) -> "models.CharField[str, str]":
    """What people and files call a row. Unique unless a constraint says otherwise."""
    given: dict[str, Any] = {"max_length": 40, "unique": True, "validators": [is_code]}
    return models.CharField(_("code"), **(given | options))


def state_column() -> "models.CharField[str, str]":
    """Active or archived."""
    return models.CharField(
        _("state"), max_length=8, choices=State, default=State.ACTIVE, blank=True
    )


def clock_column(label: Any, **options: Any) -> "models.CharField[str, str]":
    """A time of the day in hours and minutes, as the clock on the wall shows it: 14:00."""
    given: dict[str, Any] = {"max_length": 5, "validators": [is_clock]}
    return models.CharField(label, **(given | options))


def weekdays_column() -> SeveralField:
    """Days of the week as digits, 1 for Monday; nothing is every day."""
    return SeveralField(
        _("weekdays"), max_length=7, blank=True, default="", validators=[are_weekdays],
        among=lambda: zip("1234567", WEEKDAYS, strict=True),
        help_text=_("None: every day. In files as digits, 1 for Monday: 67 is the weekend."),
    )  # fmt: skip


def amount_column(label: Any, **options: Any) -> ExactField:
    """An exact number, 24 digits of which six are places, as in the ledgers."""
    return ExactField(label, **options)


def price_column(label: Any, **options: Any) -> PriceField:
    """A price for one unit: up to six places, because a box of 144 has a price a piece too."""
    return PriceField(label, **options)
