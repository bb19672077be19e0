"""Promotions that held while the story went on: some are over, others hold still."""

from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from tongpan.business.demo.chain import Chain
from tongpan.business.demo.supply import OWNED

Line = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Offer:
    """A promotion from a day of the story to another; without that, it holds still."""

    title: str
    begins: int
    ends: int | None
    header: dict[str, Any]
    lines: tuple[Line, ...]
    store: str = ""  # empty: headquarters'
    categories: tuple[str, ...] = field(default=())


OFFERS = (
    Offer("周年庆满五十减五", 33, 46, {"kind": "spend_save", "budget": 3000},
          ({"part": "all"}, {"part": "step", "least": 50, "off": 5})),
    Offer("晚市熟食面包八五折", 38, None, {"kind": "percent_off", "percent": 15,
                                  "hours": "17:00-21:00"},
          (), store=OWNED[0], categories=("熟食", "面包糕点")),
    Offer("乳品第二件半价", 40, 53, {"kind": "nth_percent", "nth": 2, "percent": 50},
          (), categories=("乳品",)),
    Offer("会员蔬果九五折", 45, None, {"kind": "percent_off", "percent": 5, "members_only": True,
                              "budget": 2000},
          (), categories=("蔬菜", "水果")),
    Offer("零食买二送一", 49, 57, {"kind": "buy_get", "buy": 2, "get": 1, "per_sale": 2},
          (), categories=("休闲零食",)),
)  # fmt: skip


def promote(chain: Chain, number: int) -> None:
    """What begins tomorrow is approved on this day."""
    for nth, offer in enumerate(OFFERS):
        if offer.begins != number + 1:
            continue
        header = {"title": offer.title, "begins_on": chain.first + timedelta(days=offer.begins),
                  **offer.header}  # fmt: skip
        if offer.ends is not None:
            header["ends_on"] = chain.first + timedelta(days=offer.ends)
        lines = [*offer.lines, *({"part": "goods", "category": n} for n in offer.categories)]
        person, unit = ("zhou", offer.store) if offer.store else ("li", "HQ")
        with chain.day(number, 8, person, unit):
            payload = {"header": header, "lines": lines}
            chain.draft("promotions.promotion", ("past", nth), payload, then="post")
