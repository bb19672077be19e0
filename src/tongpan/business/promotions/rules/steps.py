"""The steps of a composition: which promotions there are, in their order, and how each is taken."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from enum import StrEnum

from tongpan.business.promotions.rules.kinds import Offer
from tongpan.business.promotions.rules.values import Rule

NONE: frozenset[int] = frozenset()


class How(StrEnum):
    WHOLE = "as a whole"
    BY_LINE = "line by line"
    BEST = "each lot takes the best"
    CHOOSES = "leaves pieces to others"


@dataclass(slots=True, eq=False)  # one object for each (`Steps`): looked up by itself
class Step:
    """One promotion, or those of a group of which each lot takes the best."""

    how: How
    offers: tuple[Offer, ...]
    contested: frozenset[int]  # lines of which later steps want the same pieces
    first: Offer = field(init=False)
    is_by_line: bool = field(init=False)  # whether it is taken for each line by itself
    lines: frozenset[int] = field(init=False)
    takers: dict[int, tuple[Offer, ...]] = field(init=False)  # who wants each line, as they stand

    def __post_init__(self) -> None:
        self.first = self.offers[0]
        self.is_by_line = self.how in (How.BEST, How.BY_LINE) or self.first.is_free
        rows: dict[int, list[Offer]] = {}
        for offer in self.offers:
            for line in offer.lines:
                rows.setdefault(line, []).append(offer)
        self.lines = frozenset(rows)
        self.takers = {line: tuple(row) for line, row in rows.items()}


class Steps:
    """The steps of compositions of the same offers: the same step is the same object."""

    def __init__(self) -> None:
        self.known: dict[tuple[How, tuple[int, ...], frozenset[int]], Step] = {}

    def of(self, offers: Sequence[Offer]) -> tuple[Step, ...]:
        """Those of a composition of offers, which stand in their order."""
        first = [offer for offer in offers if offer.promotion.is_exclusive]
        rest = [offer for offer in offers if not offer.promotion.is_exclusive]
        steps = self._choosing(first, [offer.lines for offer in rest]) if first else []
        groups: dict[str, list[Offer]] = {}
        for offer in rest:
            groups.setdefault(offer.promotion.group.code, []).append(offer)
        for members in groups.values():
            if members[0].promotion.group.rule is not Rule.BEST:
                steps += [self._plain(offer) for offer in members]
                continue
            choosing = [offer for offer in members if not offer.is_free]
            free = [offer for offer in members if offer.is_free]
            steps += self._choosing(choosing, [offer.lines for offer in free])
            if free:
                steps.append(self._step(How.BEST, tuple(free)))
        return tuple(steps)

    def _choosing(self, offers: Sequence[Offer], after: Iterable[frozenset[int]]) -> list[Step]:
        """Steps that may leave pieces to those of them that are later, and to what comes after."""
        steps: list[Step] = []
        later: frozenset[int] = NONE.union(*after)
        for offer in reversed(offers):
            contested = offer.lines & later
            steps.append(
                self._step(How.CHOOSES, (offer,), contested) if contested else self._plain(offer)
            )
            later |= offer.lines
        return steps[::-1]

    def _plain(self, offer: Offer) -> Step:
        return self._step(How.BY_LINE if offer.is_free else How.WHOLE, (offer,))

    def _step(self, how: How, offers: tuple[Offer, ...], contested: frozenset[int] = NONE) -> Step:
        key = how, tuple([offer.number for offer in offers]), contested
        if key not in self.known:
            self.known[key] = Step(how, offers, contested)
        return self.known[key]
