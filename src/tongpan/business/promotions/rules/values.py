"""What the engine reads: a basket, and promotions declared as data. All of it is immutable.

Prices include tax, as at a till. Money is a decimal of the currency; percents are hundredths that
come off (20 is 八折). Times are the store's own. Where a text names a unit of the org tree or a
category, it is a path such as `/food/drinks/`, and what lies below it is meant as well.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, time
from decimal import Decimal
from enum import StrEnum
from functools import lru_cache

from tongpan.base.numbers import MONEY_STEP, ZERO, round_to

NOTHING: frozenset[str] = frozenset()


# -- the basket ----------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Line:
    """Goods of one kind at one price. Weighed goods have a fraction for a quantity."""

    id: str
    item: str
    price: Decimal
    quantity: Decimal = Decimal(1)
    category: str = ""
    brand: str = ""
    tags: frozenset[str] = NOTHING
    # What the line costs before promotions: rounded once, to the cent.
    amount: Decimal = field(init=False, compare=False)
    # Whether it stands in pieces. A weighed line is one piece that no set can hold.
    is_counted: bool = field(init=False, compare=False)

    def __post_init__(self) -> None:
        # Both are asked for again and again while the line is priced.
        amount = round_to(self.price * self.quantity, MONEY_STEP)
        object.__setattr__(self, "amount", amount)
        is_counted = self.quantity == self.quantity.to_integral_value()
        object.__setattr__(self, "is_counted", is_counted)


@dataclass(frozen=True, slots=True)
class Member:
    id: str
    tier: str = ""
    tags: frozenset[str] = NOTHING


@dataclass(frozen=True, slots=True)
class Used:
    """How often a promotion was used before this sale: by the member, today, and for how much."""

    by_member: int = 0
    today: int = 0
    spent: Decimal = ZERO


@dataclass(frozen=True, slots=True)
class Basket:
    lines: tuple[Line, ...]
    moment: datetime
    store: str = ""
    channel: str = "till"
    member: Member | None = None
    coupons: frozenset[str] = NOTHING
    payment: str | None = None
    used: Mapping[str, Used] = field(default_factory=dict)  # by the code of the promotion
    local: datetime = field(init=False, compare=False)  # the moment by the store's own clock

    def __post_init__(self) -> None:
        object.__setattr__(self, "local", self.moment.replace(tzinfo=None))


# -- promotions ----------------------------------------------------------------------------------


class Rule(StrEnum):
    """How the promotions of a group get along."""

    STACK = "stack"  # each on what the one before it leaves
    BEST = "best"  # each piece of goods is used by one of them at most
    ONE = "one"  # one of them at most in the whole sale


@dataclass(frozen=True, slots=True)
class Group:
    code: str
    rule: Rule
    order: int = 0


@dataclass(frozen=True, slots=True)
class Goods:
    """Which goods. Every list that is not empty must hold: 饮料 and 可口可乐 is both."""

    items: frozenset[str] = NOTHING
    categories: frozenset[str] = NOTHING
    brands: frozenset[str] = NOTHING
    tags: frozenset[str] = NOTHING
    not_items: frozenset[str] = NOTHING
    not_categories: frozenset[str] = NOTHING
    not_brands: frozenset[str] = NOTHING
    not_tags: frozenset[str] = NOTHING

    def has(self, line: Line) -> bool:
        return not (
            (self.items and line.item not in self.items)
            or (self.categories and not lies_in(line.category, self.categories))
            or (self.brands and line.brand not in self.brands)
            or (self.tags and not self.tags & line.tags)
            or line.item in self.not_items
            or (self.not_categories and lies_in(line.category, self.not_categories))
            or line.brand in self.not_brands
            or self.not_tags & line.tags
        )


@lru_cache(maxsize=4096)
def lies_in(path: str, paths: frozenset[str]) -> bool:
    """Whether a path is one of `paths`, or below one.

    >>> lies_in("/food/drinks/tea/", frozenset({"/food/drinks"}))
    True
    >>> lies_in("/food/drinks-hot/", frozenset({"/food/drinks/"}))
    False
    """
    there = f"{path.rstrip('/')}/"
    return any(there.startswith(f"{one.rstrip('/')}/") for one in paths)


@dataclass(frozen=True, slots=True)
class Hours:
    """From one time of the day to another, which is out already. 22:00 to 02:00 is a night, and
    belongs to the weekday on which it begins."""

    begins: time
    ends: time


class Measured(StrEnum):
    """Which amounts count towards one that must be reached."""

    LEFT = "left"  # what promotions before this one left to pay
    LISTED = "listed"  # the prices of the goods before all promotions


@dataclass(frozen=True, slots=True)
class Conditions:
    """What must hold, besides goods that it is for. What is empty always holds."""

    begins: datetime | None = None  # without a time zone: the store's own time
    ends: datetime | None = None  # from this minute on it is over
    weekdays: frozenset[int] = frozenset()  # 1 is Monday
    hours: tuple[Hours, ...] = ()
    stores: frozenset[str] = NOTHING
    channels: frozenset[str] = NOTHING
    members_only: bool = False
    tiers: frozenset[str] = NOTHING
    member_tags: frozenset[str] = NOTHING
    coupon: str = ""
    payments: frozenset[str] = NOTHING
    quantity_min: Decimal | None = None  # of the goods that it uses
    amount_min: Decimal | None = None  # of the goods that it uses, by `measured`
    basket_min: Decimal | None = None  # of the whole basket, before promotions
    measured: Measured = Measured.LEFT

    @property
    def coupons(self) -> frozenset[str]:
        """What a basket has that has its coupon."""
        return frozenset({self.coupon} - {""})


@dataclass(frozen=True, slots=True)
class Limits:
    """How often, and for how much. A time is a piece for what is taken off each piece, a set for
    sets, a full amount for 每满, a piece got for gifts and add-ons, and else the whole sale."""

    per_sale: int | None = None
    per_member: int | None = None
    per_day: int | None = None
    amount_max: Decimal | None = None  # in one sale
    budget: Decimal | None = None  # altogether


class Spread(StrEnum):
    """Which lines of a set bear its discount."""

    SET = "set"  # all, by what they cost: who brings one back keeps no gift
    GOT = "got"  # those whose price it is


@dataclass(frozen=True, slots=True)
class Tier:
    """From `least` on (money or pieces), so much `off` (money or percent)."""

    least: Decimal
    off: Decimal


@dataclass(frozen=True, slots=True)
class Slot:
    """A part of a set: so many pieces of these goods."""

    goods: Goods
    count: int = 1


@dataclass(frozen=True, slots=True)
class PercentOff:
    percent: Decimal


@dataclass(frozen=True, slots=True)
class AmountOff:
    amount: Decimal  # of each piece; of weighed goods, of each whole unit's price


@dataclass(frozen=True, slots=True)
class FixedPrice:
    price: Decimal  # of each piece, or of one unit of weighed goods


@dataclass(frozen=True, slots=True)
class OrderAmountOff:
    amount: Decimal  # once, of all the goods together


@dataclass(frozen=True, slots=True)
class SpendSave:
    tiers: tuple[Tier, ...]


@dataclass(frozen=True, slots=True)
class SpendSaveEach:
    spend: Decimal
    save: Decimal


@dataclass(frozen=True, slots=True)
class SpendPercent:
    tiers: tuple[Tier, ...]


@dataclass(frozen=True, slots=True)
class CountSave:
    tiers: tuple[Tier, ...]


@dataclass(frozen=True, slots=True)
class CountPercent:
    tiers: tuple[Tier, ...]


@dataclass(frozen=True, slots=True)
class NthPercent:
    percents: tuple[Decimal, ...]  # off the 1st, 2nd, … of each set: 0, 50 is 第二件半价
    spread: Spread = Spread.SET


@dataclass(frozen=True, slots=True)
class NthPrice:
    nth: int
    price: Decimal
    spread: Spread = Spread.SET


@dataclass(frozen=True, slots=True)
class BuyGet:
    buy: int
    get: int
    spread: Spread = Spread.SET


@dataclass(frozen=True, slots=True)
class BuyGetOther:
    buy: int
    reward: Goods
    get: int = 1
    percent: Decimal = Decimal(100)
    spread: Spread = Spread.GOT


@dataclass(frozen=True, slots=True)
class BundlePrice:
    count: int
    price: Decimal


@dataclass(frozen=True, slots=True)
class SetPrice:
    slots: tuple[Slot, ...]
    price: Decimal


@dataclass(frozen=True, slots=True)
class Gift:
    """Pieces of `reward` for nothing, once or for every full minimum of the conditions."""

    reward: Goods
    count: int = 1
    for_each: bool = False


@dataclass(frozen=True, slots=True)
class AddOn:
    """Pieces of `reward` at a price (换购), once or for every full minimum of the conditions."""

    reward: Goods
    price: Decimal
    count: int = 1
    for_each: bool = False


Terms = (
    PercentOff | AmountOff | FixedPrice | OrderAmountOff | SpendSave | SpendSaveEach | SpendPercent
    | CountSave | CountPercent | NthPercent | NthPrice | BuyGet | BuyGetOther | BundlePrice
    | SetPrice | Gift | AddOn
)  # fmt: skip

KINDS: dict[str, type[Terms]] = {
    "percent_off": PercentOff,
    "amount_off": AmountOff,
    "fixed_price": FixedPrice,
    "order_amount_off": OrderAmountOff,
    "spend_save": SpendSave,
    "spend_save_each": SpendSaveEach,
    "spend_percent": SpendPercent,
    "count_save": CountSave,
    "count_percent": CountPercent,
    "nth_percent": NthPercent,
    "nth_price": NthPrice,
    "buy_get": BuyGet,
    "buy_get_other": BuyGetOther,
    "bundle_price": BundlePrice,
    "set_price": SetPrice,
    "gift": Gift,
    "add_on": AddOn,
}


@dataclass(frozen=True, slots=True)
class Promotion:
    """One promotion. `goods` are those that it counts and, if it gives no others, takes off."""

    code: str
    group: Group
    terms: Terms
    title: str = ""
    order: int = 0
    goods: Goods = Goods()
    conditions: Conditions = Conditions()
    limits: Limits = Limits()
    is_exclusive: bool = False  # what it uses, no other promotion uses

    @property
    def place(self) -> tuple[int, str, int, str]:
        """Where it stands among the others: by group, then in the group; the code decides last."""
        return self.group.order, self.group.code, self.order, self.code

    @property
    def kind(self) -> str:
        return next(name for name, terms in KINDS.items() if isinstance(self.terms, terms))

    @property
    def reward(self) -> Goods | None:
        terms = self.terms
        return terms.reward if isinstance(terms, BuyGetOther | Gift | AddOn) else None
