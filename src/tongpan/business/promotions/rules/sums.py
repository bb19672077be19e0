"""A promotion that looks at one sum only, as a function of that sum: 满减, 满折 and their like."""

from collections.abc import Sequence
from decimal import Decimal

from tongpan.business.promotions.rules.kinds import (
    ALL,
    WHOLE,
    Offer,
    Part,
    amount_towards,
    cents,
    quantity_of,
    whole_off,
)
from tongpan.business.promotions.rules.values import (
    CountPercent,
    CountSave,
    Measured,
    SpendPercent,
    SpendSave,
    SpendSaveEach,
)


def is_sensitive(offer: Offer) -> bool:
    """Whether lower prices can make it take off less than they are lower."""
    held = offer.promotion.conditions
    return held.measured is Measured.LEFT and (
        held.amount_min is not None
        or isinstance(offer.promotion.terms, SpendSave | SpendSaveEach | SpendPercent)
    )


def is_never_second(one: Offer, other: Offer) -> bool:
    """Whether an offer takes off at least as much as another, whatever is left of their goods; and
    more wherever the other takes anything off, unless it comes first among equals."""
    terms = type(one.promotion.terms)
    is_exclusive = one.promotion.is_exclusive or other.promotion.is_exclusive
    if terms not in WHOLE or terms is not type(other.promotion.terms) or is_exclusive:
        return False
    ours, theirs = one.figures, other.figures
    looks_alike = (ours.quantity_min, ours.amount_min, ours.is_listed, one.lines) == (
        theirs.quantity_min, theirs.amount_min, theirs.is_listed, other.lines
    )  # fmt: skip
    if not looks_alike or one.times < other.times or one.cents < other.cents:
        return False
    mine, its = _offs_from(one), _offs_from(other)
    if one.number < other.number:
        return all(any(a <= b and c >= d for a, c in mine) for b, d in its)
    # No other bound may make the two equal: neither what is left, nor a limit, nor rounding.
    is_bound = ours.is_listed or one.cents < ALL or terms not in (SpendSave, SpendSaveEach)
    return not is_bound and all(any(a <= b and a >= c > d for a, c in mine) for b, d in its)


def _offs_from(offer: Offer) -> Sequence[tuple[Decimal | int, int]]:
    """From how much on an offer takes how much off."""
    figures = offer.figures
    return figures.tiers or ((figures.spend, figures.save),)


class Sum:
    """A promotion that hangs on one sum alone, as a function of it."""

    def __init__(self, offer: Offer, parts: Sequence[Part]) -> None:
        held = offer.promotion.conditions
        terms = offer.promotion.terms
        self.offer = offer
        self.most = sum(part.lot.left for part in parts)
        is_left = held.measured is Measured.LEFT
        counts = isinstance(terms, CountSave | CountPercent)
        self.towards = None if is_left and not counts else amount_towards(offer, parts)
        if isinstance(terms, SpendSave | SpendSaveEach | SpendPercent) and is_left:
            self.towards = None
        self.least = cents(held.amount_min) if held.amount_min is not None and is_left else 0
        listed = sum(part.lot.listed for part in parts)
        is_short = held.quantity_min is not None and quantity_of(offer, parts) < held.quantity_min
        if held.amount_min is not None and not is_left:
            is_short = is_short or listed < cents(held.amount_min)
        self.floor = ALL if is_short else self.least  # beneath it nothing comes off
        self.is_flat = not is_sensitive(offer)
        self.bounds = self._bounds()  # from each of them on it takes off by another measure

    def off(self, left: int) -> int:
        """What comes off, if so many cents are left of its goods. Never falls as they rise."""
        if left < self.floor:
            return 0
        off, _times = whole_off(self.offer, left, left if self.towards is None else self.towards)
        return off if off < self.offer.cents else self.offer.cents

    def window(self, least: int, sees: int, hidden: int, found: int) -> int:
        """How much more than `least` may be left beneath for a total below `found` to come of it.

        Where `least` is left, the sum is `sees`. It may be `hidden` more for nothing, and then a
        cent more for each cent that is left.
        """
        reach = min(self.most, sees + hidden)
        bounds = [bound for bound in self.bounds if bound <= self.most]
        widest = 0
        for n, begin in enumerate(bounds):
            end = bounds[n + 1] - 1 if n + 1 < len(bounds) else self.most
            # Between two bounds the total only rises: by all of each cent, or a part of it.
            off = self.off(min(end, max(begin, reach)))
            if least + max(0, begin - reach) - off < found:
                most = found - least + self.off(end)
                widest = max(widest, most if hidden else min(most, end - sees + 1))
        return widest

    def _bounds(self) -> list[int]:
        figures = self.offer.figures
        found = {0, self.least}
        if figures.spend:
            found.update(range(figures.spend, self.most + 1, figures.spend))
        elif isinstance(self.offer.promotion.terms, SpendSave | SpendPercent):
            found.update([int(least) for least, _off in figures.tiers])
        return sorted(found)
