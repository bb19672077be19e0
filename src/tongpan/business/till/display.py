"""What the customer's display of a till shows: the newest state, for displays on other machines.

It is no fact of the business: nobody asks for it later, so it has no history, and a new state
takes the place of the one before.
"""

from datetime import date, timedelta
from typing import Any
from uuid import UUID

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from tongpan.base import env
from tongpan.business.till.models import DisplayPage, DisplayState
from tongpan.kernel.org.models import OrgUnit
from tongpan.kernel.org.settings import STORE, Setting, declare_setting, value_of
from tongpan.masters.items.models import ItemPicture

TOLD_MOST = 64 * 1024
FORGOTTEN_AFTER = timedelta(minutes=10)
IDLE = {"mode": "idle"}

FAR = declare_setting(
    Setting(
        code="till.display_far",
        kind="flag",
        default=False,
        per=STORE,
        title=_("Customer displays on machines of their own"),
        help=_(
            "A second screen of the till's computer needs nothing. With this on, a tablet that was"
            " told once which till it belongs to shows the basket as well."
        ),
    )
)
LANGUAGE = declare_setting(
    Setting(
        code="till.display_language",
        kind="choice",
        default="clerk",
        per=STORE,
        choices=(
            ("clerk", _("of who works at the till")),
            ("zh-hans", _("Chinese")),
            ("en", _("English")),
        ),
        title=_("Language of customer displays"),
        help=_("Where customers speak another language than the staff, choose theirs."),
    )
)


def till_of(pk: UUID) -> OrgUnit | None:
    """An active till, with its store."""
    rows = OrgUnit.objects.filter(pk=pk, kind=OrgUnit.Kind.TILL, is_active=True)
    return rows.select_related("parent").first()


def is_far(till: OrgUnit) -> bool:
    """Whether displays of this till may stand at other machines."""
    return bool(value_of(FAR, till))


def language_of(till: OrgUnit) -> str | None:
    """The language in which displays of this till speak, if the store chose one."""
    chosen = str(value_of(LANGUAGE, till))
    return None if chosen == LANGUAGE.default else chosen


def pages_of(till: OrgUnit, on: date) -> list[DisplayPage]:
    """What displays of this till show in turn on a day while nobody buys."""
    rows = DisplayPage.objects.filter(
        Q(valid_from=None) | Q(valid_from__lte=on), Q(valid_until=None) | Q(valid_until__gte=on),
        state="active",
    )  # fmt: skip
    there = rows.select_related("unit")
    return [row for row in there if row.unit is None or till.path.startswith(row.unit.path)]


def picture_of(till: OrgUnit, on: date, page: UUID) -> ItemPicture | None:
    """The main picture of the item of one of these pages."""
    shown = next((row for row in pages_of(till, on) if row.pk == page), None)
    if shown is None or shown.item_id is None:
        return None
    return ItemPicture.objects.filter(item=shown.item_id).order_by("position").first()


def keep(till: OrgUnit, told: dict[str, Any]) -> None:
    """Let this be what the display of a till shows."""
    DisplayState.unscoped.update_or_create(
        till=till, defaults={"told": told, "version": env.new_id(), "told_at": env.now()}
    )


def shown_at(till: OrgUnit) -> tuple[str, dict[str, Any]]:
    """Which state it is, and what it shows; nothing of it a while after the till fell silent."""
    found = DisplayState.unscoped.filter(till=till).first()
    if found is None or not is_far(till) or env.now() - found.told_at > FORGOTTEN_AFTER:
        return "", IDLE
    return str(found.version), found.told
