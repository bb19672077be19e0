"""When, where and for whom a promotion holds: everything that does not hang on other promotions."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from tongpan.base.numbers import ZERO
from tongpan.business.promotions.rules.values import (
    Basket,
    Conditions,
    Hours,
    Limits,
    Promotion,
    Used,
    lies_in,
)


@dataclass(frozen=True, slots=True)
class Unmet:
    """A condition that does not hold: its code, and the facts of its sentence."""

    code: str
    facts: dict[str, Any]


Check = Callable[[Promotion, Basket], Unmet | None]


def checks_of(promotion: Promotion) -> tuple[Check, ...]:
    """What is to be looked at for each basket, in the order in which a person would be told."""
    held, limits = promotion.conditions, promotion.limits
    has_bounds = held.begins is not None or held.ends is not None
    checks = (
        (_unmet_of_time, has_bounds or held.hours or held.weekdays),
        (_unmet_of_place, held.stores or held.channels),
        (_unmet_of_member, held.members_only or held.tiers or held.member_tags),
        (_unmet_of_sale, held.coupon or held.payments or held.basket_min is not None),
        (_unmet_of_limits, limits != Limits()),
    )
    return tuple(check for check, is_declared in checks if is_declared)


def unmet(promotion: Promotion, basket: Basket, checks: Iterable[Check]) -> Unmet | None:
    """The first condition that does not hold."""
    for check in checks:
        if (missing := check(promotion, basket)) is not None:
            return missing
    return None


def _unmet_of_time(promotion: Promotion, basket: Basket) -> Unmet | None:
    held, local = promotion.conditions, basket.local
    begins = held.begins
    if begins is not None and begins > (basket.moment if begins.tzinfo else local):
        return Unmet("promotion_not_yet", {"begins": f"{begins:%Y-%m-%d %H:%M}"})
    # A bound without a time zone is of the store's own clock, as a moment tells it.
    ends = held.ends
    if ends is not None and ends <= (basket.moment if ends.tzinfo else local):
        return Unmet("promotion_over", {"ends": f"{ends:%Y-%m-%d %H:%M}"})
    is_timed = held.hours or held.weekdays
    if is_timed and not any(_holds(held, hours, local) for hours in held.hours or (None,)):
        return Unmet("promotion_other_hours", {"now": f"{local:%H:%M}"})
    return None


def _unmet_of_place(promotion: Promotion, basket: Basket) -> Unmet | None:
    held = promotion.conditions
    if held.stores and not lies_in(basket.store, held.stores):
        return Unmet("promotion_other_store", {})
    if held.channels and basket.channel not in held.channels:
        return Unmet("promotion_other_channel", {"channel": basket.channel})
    return None


def _holds(held: Conditions, hours: Hours | None, local: datetime) -> bool:
    now, day = local.time(), local
    if hours is not None:
        crosses = hours.ends <= hours.begins
        if crosses and now < hours.ends:
            day = local - timedelta(days=1)  # still the night of the day before
        elif now < hours.begins or (not crosses and now >= hours.ends):
            return False
    return not held.weekdays or day.isoweekday() in held.weekdays


def _unmet_of_member(promotion: Promotion, basket: Basket) -> Unmet | None:
    held = promotion.conditions
    member = basket.member
    if member is None:
        is_for_members = held.members_only or held.tiers or held.member_tags
        return Unmet("promotion_for_members", {}) if is_for_members else None
    if held.tiers and member.tier not in held.tiers:
        return Unmet("promotion_other_tier", {"tiers": ", ".join(sorted(held.tiers))})
    if held.member_tags and not held.member_tags & member.tags:
        return Unmet("promotion_other_members", {})
    return None


def _unmet_of_sale(promotion: Promotion, basket: Basket) -> Unmet | None:
    held = promotion.conditions
    if held.coupon and held.coupon not in basket.coupons:
        return Unmet("promotion_needs_coupon", {})
    if held.payments and basket.payment not in held.payments:
        return Unmet("promotion_needs_payment", {"payments": ", ".join(sorted(held.payments))})
    if held.basket_min is not None:
        amount = sum((line.amount for line in basket.lines), ZERO)
        if amount < held.basket_min:
            return Unmet("promotion_needs_amount", short(held.basket_min, amount))
    return None


def _unmet_of_limits(promotion: Promotion, basket: Basket) -> Unmet | None:
    if promotion.limits.per_member is not None and basket.member is None:
        return Unmet("promotion_for_members", {})
    if times_left(promotion, basket) == 0:
        return Unmet("promotion_used_up", {})
    if cents_left(promotion, basket) == 0:
        return Unmet("promotion_budget_gone", {})
    return None


def times_left(promotion: Promotion, basket: Basket) -> int | None:
    """How often it may be used in this sale; None is as often as one likes."""
    limits = promotion.limits
    if limits.per_sale is limits.per_member is limits.per_day is None:
        return None
    used = basket.used.get(promotion.code, Used())
    bounds = (
        (limits.per_sale, 0),
        (limits.per_member, used.by_member),
        (limits.per_day, used.today),
    )
    left = [max(0, bound - before) for bound, before in bounds if bound is not None]
    return min(left, default=None)


def cents_left(promotion: Promotion, basket: Basket) -> int | None:
    """How much it may take off in this sale; None is as much as it comes to."""
    limits = promotion.limits
    if limits.amount_max is limits.budget is None:
        return None
    used = basket.used.get(promotion.code, Used())
    left = [limits.amount_max] if limits.amount_max is not None else []
    if limits.budget is not None:
        left.append(max(ZERO, limits.budget - used.spent))
    return int(min(left) * 100) if left else None


def short(needs: Decimal, has: Decimal) -> dict[str, Any]:
    """What is needed, there and missing, as people write it: 36.2, where a table keeps six places.

    >>> short(Decimal("50.000000"), Decimal("13.80"))
    {'needs': Decimal('50'), 'has': Decimal('13.80'), 'missing': Decimal('36.2')}
    """
    return {"needs": _tidy(needs), "has": _tidy(has), "missing": _tidy(needs - has)}


def _tidy(value: Decimal) -> Decimal:
    is_long = int(value.as_tuple().exponent) < -2
    return Decimal(f"{value.normalize():f}") if is_long else value
