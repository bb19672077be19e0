"""What people call the accounts of the housekeeping, and what their holders are."""

from django.utils.translation import gettext_lazy as _

from tongpan.business.treasury.models import Purpose
from tongpan.kernel.documents.showing import name_accounts
from tongpan.kernel.org.models import LegalEntity

name_accounts("money", "expense", _("expense"), holder=Purpose)
name_accounts("money", "other_income", _("other income"), holder=Purpose)
name_accounts("money", "fees", _("fees of banks and providers"))
name_accounts("money", "cash_difference", _("cash difference"))
name_accounts("money", "intercompany", _("between our companies"), holder=LegalEntity)
name_accounts("promise", "carried", _("years carried over"))
name_accounts("promise", "carrying", _("years to carry over"))
name_accounts("money", "retained", _("earnings of past years"))
