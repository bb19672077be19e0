"""What people call the accounts of money, and what their holders are."""

from django.utils.translation import gettext_lazy as _

from tongpan.business.books import CNY
from tongpan.business.finance.models import MoneyPlace
from tongpan.kernel.documents.showing import name_accounts, name_currency
from tongpan.masters.parties.models import Party

name_currency(CNY, "CNY")
name_accounts("money", "payable", _("payable"), holder=Party)
name_accounts("money", "received_not_invoiced", _("received, not invoiced"), holder=Party)
name_accounts("money", "returned_not_credited", _("returned, not credited"), holder=Party)
name_accounts("money", "advance", _("advances and credits"), holder=Party)
name_accounts("money", "receivable", _("receivable"), holder=Party)
name_accounts("money", "deposit", _("deposits and credits of customers"), holder=Party)
name_accounts("money", "money", _("cash and bank"), holder=MoneyPlace)
name_accounts("money", "input_tax", _("input tax"))
name_accounts("money", "output_tax", _("output tax"))
name_accounts("money", "revenue", _("revenue"))
name_accounts("money", "cost_of_sales", _("cost of sales"))
name_accounts("promise", "begun", _("books begun"), holder=MoneyPlace)
name_accounts("promise", "beginning", _("beginnings"))
name_accounts("money", "price_variance", _("purchase price variance"))
