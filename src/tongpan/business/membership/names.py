"""What people call the accounts of members, and what their holders and units are."""

from django.utils.translation import gettext_lazy as _

from tongpan.business.membership.models import Member, Programme
from tongpan.kernel.documents.showing import name_accounts
from tongpan.kernel.org.models import OrgUnit

name_accounts("points", "points", _("points"), holder=Member, unit=Programme)
name_accounts("points", "points_debt", _("points owed"), holder=Member, unit=Programme)
name_accounts("points", "issued", _("points given"), unit=Programme)
name_accounts("points", "redeemed", _("points spent"), unit=Programme)
name_accounts("points", "expired", _("points expired"), unit=Programme)
name_accounts("points", "spent", _("spent by members"), holder=Member)
name_accounts("points", "spending", _("spent by members"))
name_accounts("money", "wallet", _("stored value, principal"), holder=Member)
name_accounts("money", "wallet_bonus", _("stored value, bonus"), holder=Member)
name_accounts("money", "bonus_given", _("bonuses of top-ups"))
name_accounts("money", "points_spent", _("paid with points"))
name_accounts("money", "between", _("members' money between units"), holder=OrgUnit)
