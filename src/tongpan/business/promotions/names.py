"""What people call the accounts of promotions."""

from django.utils.translation import gettext_lazy as _

from tongpan.business.membership.models import Member
from tongpan.business.promotions.models import PromotionDocument
from tongpan.kernel.documents.showing import name_accounts

name_accounts("points", "promotion_granted", _("budgets of promotions"))
name_accounts("points", "promotion_left", _("budget left"), holder=PromotionDocument)
name_accounts("points", "promotion_given", _("budget used"), holder=PromotionDocument)
name_accounts(
    "points", "promotion_member", _("used by the member"), holder=Member, unit=PromotionDocument
)
name_accounts("points", "promotion_day", _("used on the day"), unit=PromotionDocument)
name_accounts("points", "promotion_unused", _("uses of promotions"), unit=PromotionDocument)
