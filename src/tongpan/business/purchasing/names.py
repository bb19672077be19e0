"""What people call the accounts of purchasing, and what their holders and units are."""

from django.utils.translation import gettext_lazy as _

from tongpan.kernel.documents.showing import name_accounts
from tongpan.masters.items.models import Item
from tongpan.masters.parties.models import Party

name_accounts("promise", "promised", _("promised by the supplier"), holder=Party, unit=Item)
name_accounts("promise", "expected", _("still to come"), holder=Party, unit=Item)
name_accounts("promise", "billable", _("to be billed"), holder=Party, unit=Item)
name_accounts("promise", "unbilled", _("not billed yet"), holder=Party, unit=Item)
name_accounts("promise", "billed", _("billed and not sent back"), holder=Party, unit=Item)
name_accounts("promise", "uncredited", _("not credited yet"), holder=Party, unit=Item)
name_accounts("stock", "supplier", _("supplier"), holder=Party, unit=Item)
