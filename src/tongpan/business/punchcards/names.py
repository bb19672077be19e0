"""What people call the accounts of punch cards, and what their holders and units are."""

from django.utils.translation import gettext_lazy as _

from tongpan.business.punchcards.models import Card, CardKind
from tongpan.kernel.documents.showing import name_accounts

name_accounts("points", "card_uses", _("uses of punch cards"), holder=Card, unit=CardKind)
name_accounts("points", "card_uses_sold", _("uses of punch cards sold"), unit=CardKind)
name_accounts("points", "card_used", _("uses of punch cards served"), unit=CardKind)
name_accounts("points", "card_uses_refunded", _("uses of punch cards paid back"), unit=CardKind)
name_accounts("money", "card_prepaid", _("prepaid by punch cards"), holder=Card)
