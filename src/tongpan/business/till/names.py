"""What people call the accounts of the till, and what their holders and units are."""

from django.utils.translation import gettext_lazy as _

from tongpan.business.till.models import PaymentMethod
from tongpan.kernel.documents.showing import name_accounts

name_accounts("money", "counter", _("at the counter"))
name_accounts("money", "returnable", _("returnable deposits"))
name_accounts("money", "taken", _("taken at tills"), holder=PaymentMethod)
