"""What people call the accounts of sales, and what their holders and units are."""

from django.utils.translation import gettext_lazy as _

from tongpan.kernel.documents.showing import name_accounts
from tongpan.masters.items.models import Item
from tongpan.masters.parties.models import Party

name_accounts("promise", "pledged", _("promised to the customer"), holder=Party, unit=Item)
name_accounts("promise", "undelivered", _("still to be delivered"), holder=Party, unit=Item)
name_accounts("promise", "handed_over", _("handed over"), holder=Party, unit=Item)
name_accounts("promise", "returnable", _("delivered and not brought back"), holder=Party, unit=Item)
