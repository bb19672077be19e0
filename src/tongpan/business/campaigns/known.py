"""Which ways of paying and kinds of coupon there are, for promotions that wait for one."""

from collections.abc import Mapping

from tongpan.business.coupons.models import CouponKind
from tongpan.business.promotions.known import codes_of
from tongpan.business.till.models import PaymentMethod
from tongpan.masters.fields import State


def _ways() -> Mapping[str, str]:
    rows = PaymentMethod.objects.filter(state=State.ACTIVE).order_by("code")
    return dict(rows.values_list("code", "name"))


def _kinds() -> Mapping[str, str]:
    rows = CouponKind.objects.filter(state=State.ACTIVE).order_by("code")
    return dict(rows.values_list("code", "name"))


codes_of("payments", _ways)
codes_of("coupon", _kinds)
