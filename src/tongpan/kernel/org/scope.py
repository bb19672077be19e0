"""Who may do what where. The one module that other packages import from `org`, with its models.

with acting(person, at=unit):
    require("stock.transfer.post", unit, amount)
    rows = visible(Transfer).order_by("-wanted_on")
"""

from datetime import date
from decimal import Decimal

from django.db.models import QuerySet

from tongpan.base import env
from tongpan.base.refusals import Forbidden
from tongpan.kernel.org.context import Acting, Held, NoScope, acting, system, who
from tongpan.kernel.org.models import OrgUnit, business_date
from tongpan.kernel.org.permissions import declare_permission, permissions
from tongpan.kernel.org.rules import covers, is_top
from tongpan.kernel.org.visibility import (
    MaskedField,
    ScopedModel,
    classify,
    field_classes,
    fields_of_class,
    forms_in_part,
    masked_fields,
    show_in_part,
    under,
    visible,
    whole,
)

__all__ = [
    "Acting",
    "MaskedField",
    "NoScope",
    "ScopedModel",
    "acting",
    "classify",
    "declare_permission",
    "field_classes",
    "fields_of_class",
    "forms_in_part",
    "masked_fields",
    "may",
    "may_somewhere",
    "permissions",
    "require",
    "show_in_part",
    "system",
    "today_here",
    "units_where",
    "visible",
    "who",
    "whole",
]


def today_here() -> date:
    """The business day that it is where the person stands; by UTC for who stands nowhere."""
    here = who().at
    return business_date(here, env.now()) if here is not None else env.now().date()


def may(code: str, unit: OrgUnit | None, amount: Decimal | None = None) -> bool:
    """Whether the acting person, or who authorised them, holds `code` at this unit.

    Without a unit, the thing is the whole company's: the code must be held at the top of the tree.
    A limit counts against the size of `amount`; without an amount any limit will do.

    Errors: NoScope when nobody acts.
    """
    now_acting = who()
    if now_acting.is_system:
        return True
    if not now_acting.is_in_scopes(code):
        return False
    return _holds(now_acting.held, code, unit, amount) or _holds(
        now_acting.held_by_authoriser, code, unit, amount
    )


def person_may(
    held: tuple[Held, ...], code: str, unit: OrgUnit | None, amount: Decimal | None = None
) -> bool:
    """The same of what some other person holds, as `person.held_permissions()` tells it."""
    return _holds(held, code, unit, amount)


def _holds(held: tuple[Held, ...], code: str, unit: OrgUnit | None, amount: Decimal | None) -> bool:
    return any(
        covers(one.code, code)
        and _is_at(one.path, unit)
        and one.is_open_at(one.path if unit is None else unit.path, code)
        and (amount is None or one.amount_max is None or abs(amount) <= one.amount_max)
        and one.is_valid_now()
        for one in held
    )


def _is_at(path: str, unit: OrgUnit | None) -> bool:
    if unit is None:
        return is_top(path)
    return unit.path.startswith(path)


def may_somewhere(code: str) -> bool:
    """Whether the acting person holds `code` at any unit: whether a menu shows its entry."""
    now_acting = who()
    return now_acting.is_system or bool(now_acting.paths_where(code))


def require(code: str, unit: OrgUnit | None, amount: Decimal | None = None) -> None:
    """Errors: Forbidden unless `may(...)`, which says so where the unit does without the module;
    NoScope when nobody acts."""
    if may(code, unit, amount):
        return
    if unit is not None and unit.path.startswith(tuple(who().closed_where(code))):
        raise Forbidden("module_off", permission=code, unit=unit.code)
    raise Forbidden("forbidden", permission=code, unit=unit.code if unit else None)


def units_where(code: str) -> QuerySet[OrgUnit]:
    """The units where the acting person themselves holds `code`.

    Errors: NoScope when nobody acts.
    """
    now_acting = who()
    if now_acting.is_system:
        return OrgUnit.objects.all()
    paths = now_acting.paths_where(code)
    if not paths:
        return OrgUnit.objects.none()
    return OrgUnit.objects.filter(under(paths, closed=now_acting.closed_where(code)))
