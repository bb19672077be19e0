"""What people call the accounts of coupons, and what their holders and units are."""

from django.utils.translation import gettext_lazy as _

from tongpan.business.coupons.models import Coupon, CouponKind
from tongpan.kernel.documents.showing import name_accounts

name_accounts("points", "coupon", _("coupon"), holder=Coupon, unit=CouponKind)
name_accounts("points", "coupons_given", _("coupons given out"), unit=CouponKind)
name_accounts("points", "coupons_used", _("coupons used"), unit=CouponKind)
name_accounts("points", "coupons_lapsed", _("coupons lapsed"), unit=CouponKind)
