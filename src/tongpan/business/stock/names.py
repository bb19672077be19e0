"""What people call the accounts of stock, and what their holders and units are."""

from django.utils.translation import gettext_lazy as _

from tongpan.business.books import CNY
from tongpan.kernel.documents.showing import name_accounts, name_currency
from tongpan.kernel.org.models import OrgUnit
from tongpan.masters.items.models import Item
from tongpan.masters.parties.models import Party
from tongpan.masters.places.models import Place

name_currency(CNY, "CNY")
name_accounts("stock", "shelf", "", holder=Place, unit=Item)
name_accounts("stock", "held", _("held for orders"), holder=Place, unit=Item)
name_accounts("stock", "customer", _("customers"), holder=Party, unit=Item)
name_accounts("stock", "damaged", _("damaged goods"), holder=Place, unit=Item)
name_accounts("stock", "in_transit", _("on the way to %(holder)s"), holder=OrgUnit, unit=Item)
name_accounts("stock", "refused", _("for %(holder)s to take back"), holder=OrgUnit, unit=Item)
name_accounts("stock", "opening", _("opening stock"), unit=Item)
name_accounts("promise", "asking", _("what is asked for"), unit=Item)
name_accounts("promise", "wanted", _("asked for and not answered"), unit=Item)
name_accounts("stock", "lost", _("lost on the way"), unit=Item)
name_accounts("stock", "cost_difference", _("cost difference"), unit=Item)
name_accounts("money", "inventory", _("inventory"))
name_accounts("money", "goods_in_transit", _("goods in transit"))
name_accounts("money", "opening_equity", _("opening equity"))
name_accounts("money", "transit_loss", _("loss on the way"))
name_accounts("money", "cost_variance", _("cost variance"))
name_accounts("stock", "count_difference", _("count difference"), unit=Item)
name_accounts("stock", "scrapped", _("written off"), unit=Item)
name_accounts("stock", "turned_up", _("turned up"), unit=Item)
name_accounts("stock", "remade", _("put together or taken apart"), unit=Item)
name_accounts("money", "in_work", _("goods in work"))
name_accounts("money", "work", _("work put into goods"))
name_accounts("money", "shrinkage", _("shrinkage"))
name_accounts("money", "write_offs", _("stock written off"))
name_accounts("money", "given_away", _("gifts and samples"))
name_accounts("money", "own_use", _("own use"))
name_accounts("money", "received_free", _("received free"))
name_accounts("money", "windfalls", _("stock that turned up"))
