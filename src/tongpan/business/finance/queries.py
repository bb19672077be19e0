"""Reads of money: what is owed to a supplier, what an account holds, with every movement."""

from collections.abc import Sequence
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from tongpan.kernel.ledger.queries import Balance, Where, balances
from tongpan.kernel.org.models import OrgUnit
from tongpan.kernel.org.scope import declare_permission, units_where

SEE = "finance.statement.view"
OWED = ("payable", "received_not_invoiced")

declare_permission(SEE, _("See statements of suppliers and money accounts"))


def money_units() -> list[OrgUnit]:
    """The units whose money accounts the person may see: it shows what goods cost, too."""
    costs = set(units_where("see.cost").values_list("pk", flat=True))
    return [unit for unit in units_where(SEE).order_by("path") if unit.pk in costs]


def money_where(holder: UUID, roles: Sequence[str], units: Sequence[OrgUnit]) -> Where:
    """The money accounts of one holder at these units."""
    return Where(
        ledger="money", roles=list(roles), holders=[holder], org_units=[u.pk for u in units]
    )


def owed_to(supplier: UUID, units: Sequence[OrgUnit]) -> list[Balance]:
    """What these units owe a supplier: billed, and received but not billed. Below zero is owed."""
    return balances(money_where(supplier, OWED, units))


def held_at(place: UUID, units: Sequence[OrgUnit]) -> list[Balance]:
    """What a cash box or a bank account holds, by the unit whose money it is."""
    return balances(money_where(place, ("money",), units))
