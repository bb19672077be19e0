"""The strict parser: promotions and baskets from plain data, as JSON has it.

Nothing is guessed and nothing is passed over: an unknown name, a missing one or a value of another
sort is a problem with its path (`promotions.3.terms.percent`), what was given, and a code whose
sentence says what belongs there. All problems of a text are told at once.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import fields
from datetime import UTC, datetime, time
from decimal import Decimal, InvalidOperation
from enum import StrEnum
from typing import Any, TypeVar, cast

from tongpan.base.numbers import ZERO
from tongpan.base.refusals import Refusal
from tongpan.business.promotions.rules.values import (
    KINDS,
    Basket,
    Conditions,
    CountPercent,
    CountSave,
    Goods,
    Group,
    Hours,
    Limits,
    Line,
    Measured,
    Member,
    Promotion,
    Rule,
    Slot,
    SpendPercent,
    SpendSaveEach,
    Spread,
    Terms,
    Tier,
    Used,
)

T = TypeVar("T")
Reader = Callable[[Any], Any]
Problems = list[dict[str, Any]]
MONEY_MAX = Decimal(10) ** 12
COUNT_MAX = 1_000_000
MISSING = object()


class Wrong(Exception):
    """A value of another sort: the code of the sentence that says what belongs there."""

    def __init__(self, code: str, **facts: Any) -> None:
        super().__init__(code)
        self.code, self.facts = code, facts


def promotion_from(raw: Any) -> Promotion:
    """One promotion. Errors: Refusal naming every field that is wrong."""
    return _whole(raw, _promotion)


def promotions_from(raw: Any) -> tuple[Promotion, ...]:
    """A list of promotions, of which no two have one code and no group two rules."""
    return _whole(raw, _promotions)


def basket_from(raw: Any) -> Basket:
    """A basket. Errors: Refusal naming every field that is wrong."""
    return _whole(raw, _basket)


def _whole(raw: Any, read: Callable[["Reading"], T]) -> T:
    problems: Problems = []
    found = read(Reading(raw, "", problems))
    if problems:
        raise Refusal("invalid", problems=problems)
    return found


class Reading:
    """An object of which fields are taken by name; what is not taken in the end is unknown."""

    def __init__(self, raw: Any, path: str, problems: Problems) -> None:
        self.raw, self.path, self.problems = raw, path, problems
        self.taken: set[str] = set()
        self.is_object = isinstance(raw, Mapping)

    def at(self, name: object) -> str:
        return f"{self.path}.{name}" if self.path else str(name)

    def problem(self, path: str, code: str, **facts: Any) -> None:
        self.problems.append({"path": path, "code": code, **facts})

    def take(self, name: str, read: Reader, default: Any = MISSING) -> Any:
        """A field through its reader. Where it is missing and may not be, that is a problem."""
        self.taken.add(name)
        given = self.raw.get(name) if self.is_object else None
        if given is None:
            if default is MISSING and self.is_object:
                self.problem(self.at(name), "promotion_field_missing", name=name)
            return None if default is MISSING else default
        try:
            return read(given)
        except Wrong as wrong:
            self.problem(self.at(name), wrong.code, given=str(given), **wrong.facts)
            return None if default is MISSING else default

    def inside(self, name: str, read: Callable[["Reading"], T], default: T | None = None) -> T:
        """An object within this one."""
        self.taken.add(name)
        given = self.raw.get(name) if self.is_object else None
        if given is None:
            if default is None:
                if self.is_object:
                    self.problem(self.at(name), "promotion_field_missing", name=name)
                return read(Reading(None, self.at(name), []))
            return default
        return read(Reading(given, self.at(name), self.problems))

    def each(self, name: str, read: Callable[["Reading"], T]) -> tuple[T, ...]:
        """A list of objects within this one, with at least one."""
        self.taken.add(name)
        given = self.raw.get(name) if self.is_object else None
        if not isinstance(given, list) or not given:
            if self.is_object:
                code = "promotion_field_missing" if given is None else "promotion_not_a_list"
                self.problem(self.at(name), code, name=name, given=str(given))
            return ()
        return tuple(
            read(Reading(one, f"{self.at(name)}.{n}", self.problems))
            for n, one in enumerate(given, 1)
        )

    def done(self) -> None:
        if not self.is_object:
            self.problem(self.path, "promotion_not_an_object", given=str(self.raw))
            return
        for name in sorted(set(self.raw) - self.taken):
            known = ", ".join(sorted(self.taken))
            self.problem(self.at(name), "promotion_field_unknown", name=name, known=known)


# -- promotions ----------------------------------------------------------------------------------


def _promotions(reading: Reading) -> tuple[Promotion, ...]:
    if not isinstance(reading.raw, list):
        reading.problem("", "promotion_not_a_list", given=str(reading.raw))
        return ()
    found = []
    for n, one in enumerate(reading.raw, 1):
        found.append(_promotion(Reading(one, f"{n}", reading.problems)))
    if reading.problems:
        return ()
    codes: set[str] = set()
    groups: dict[str, Group] = {}
    for n, promotion in enumerate(found, 1):
        if promotion.code in codes:
            reading.problem(f"{n}.code", "promotion_code_twice", given=promotion.code)
        codes.add(promotion.code)
        if groups.setdefault(promotion.group.code, promotion.group) != promotion.group:
            reading.problem(f"{n}.group", "promotion_group_differs", given=promotion.group.code)
    return tuple(found)


def _promotion(reading: Reading) -> Promotion:
    kind = reading.take("kind", _one_of(KINDS))
    code = reading.take("code", _text)
    found = Promotion(
        code=code or "",
        title=reading.take("title", _text, ""),
        group=reading.inside("group", _group, Group(code or "", Rule.STACK)),
        order=reading.take("order", _order, 0),
        goods=reading.inside("goods", _goods, Goods()),
        conditions=reading.inside("conditions", _conditions, Conditions()),
        limits=reading.inside("limits", _limits, Limits()),
        is_exclusive=reading.take("is_exclusive", _flag, False),
        terms=reading.inside("terms", lambda inner: _terms(inner, KINDS.get(kind or ""))),
    )
    reading.done()
    return found


def _group(reading: Reading) -> Group:
    found = Group(
        code=reading.take("code", _text) or "",
        rule=reading.take("rule", _choice(Rule)) or Rule.STACK,
        order=reading.take("order", _order, 0),
    )
    reading.done()
    return found


def _terms(reading: Reading, kind: type[Terms] | None) -> Terms:
    """The terms of a kind: a reader for each field, by its name."""
    if kind is None:  # told already
        return cast(Terms, None)
    given: dict[str, Any] = {}
    for one in fields(kind):
        name = one.name
        default = {} if one.default is MISSING_DEFAULT else {"default": one.default}
        if name == "tiers":
            given[name] = reading.each(name, lambda inner: _tier(inner, kind))
        elif name == "slots":
            given[name] = reading.each(name, _slot)
        elif name == "reward":
            given[name] = reading.inside(name, _goods)
        else:
            given[name] = reading.take(name, TERMS[name], **default)
    reading.done()
    is_read = kind is SpendSaveEach and not reading.problems
    if is_read and given["save"] > given["spend"]:
        facts = {"given": str(given["save"])}
        reading.problem(reading.at("save"), "promotion_saves_more_than_spent", **facts)
    return kind(**given)


def _tier(reading: Reading, kind: type[Terms]) -> Tier:
    counts = kind in (CountSave, CountPercent)
    is_percent = kind in (SpendPercent, CountPercent)
    found = Tier(
        least=reading.take("least", _quantity if counts else _money) or ZERO,
        off=reading.take("off", _percent if is_percent else _money) or ZERO,
    )
    reading.done()
    return found


def _slot(reading: Reading) -> Slot:
    found = Slot(reading.inside("goods", _goods), reading.take("count", _count, 1))
    reading.done()
    return found


def _goods(reading: Reading) -> Goods:
    found = Goods(
        **{one.name: reading.take(one.name, _texts, frozenset()) for one in fields(Goods)}
    )
    reading.done()
    return found


def _conditions(reading: Reading) -> Conditions:
    found = Conditions(
        begins=reading.take("begins", _moment, None),
        ends=reading.take("ends", _moment, None),
        weekdays=reading.take("weekdays", _weekdays, frozenset()),
        hours=reading.take("hours", _hours, ()),
        stores=reading.take("stores", _texts, frozenset()),
        channels=reading.take("channels", _texts, frozenset()),
        members_only=reading.take("members_only", _flag, False),
        tiers=reading.take("tiers", _texts, frozenset()),
        member_tags=reading.take("member_tags", _texts, frozenset()),
        coupon=reading.take("coupon", _text, ""),
        payments=reading.take("payments", _texts, frozenset()),
        quantity_min=reading.take("quantity_min", _quantity, None),
        amount_min=reading.take("amount_min", _money, None),
        basket_min=reading.take("basket_min", _money, None),
        measured=reading.take("measured", _choice(Measured), Measured.LEFT),
    )
    reading.done()
    if found.begins and found.ends and (found.begins.tzinfo is None) != (found.ends.tzinfo is None):
        reading.problem(reading.at("ends"), "promotion_times_differ", given=str(found.ends))
    elif found.begins and found.ends and found.ends <= found.begins:
        reading.problem(reading.at("ends"), "promotion_ends_first", given=str(found.ends))
    return found


def _limits(reading: Reading) -> Limits:
    found = Limits(
        per_sale=reading.take("per_sale", _count, None),
        per_member=reading.take("per_member", _count, None),
        per_day=reading.take("per_day", _count, None),
        amount_max=reading.take("amount_max", _money, None),
        budget=reading.take("budget", _money, None),
    )
    reading.done()
    return found


# -- baskets -------------------------------------------------------------------------------------


def _basket(reading: Reading) -> Basket:
    found = Basket(
        lines=reading.each("lines", _line),
        moment=reading.take("moment", _moment) or datetime.min.replace(tzinfo=UTC),
        store=reading.take("store", _text, ""),
        channel=reading.take("channel", _text, "till"),
        member=reading.inside("member", _member) if _has(reading, "member") else None,
        coupons=reading.take("coupons", _texts, frozenset()),
        payment=reading.take("payment", _text, None),
        used=reading.inside("used", _all_used, {}),
    )
    reading.done()
    ids = [line.id for line in found.lines]
    for n, one in enumerate(ids, 1):
        if one in ids[: n - 1]:
            reading.problem(reading.at(f"lines.{n}.id"), "promotion_code_twice", given=one)
    return found


def _has(reading: Reading, name: str) -> bool:
    reading.taken.add(name)
    return reading.is_object and reading.raw.get(name) is not None


def _line(reading: Reading) -> Line:
    found = Line(
        id=reading.take("id", _text, reading.path.rpartition(".")[2]),
        item=reading.take("item", _text) or "",
        price=reading.take("price", _price) or ZERO,
        quantity=reading.take("quantity", _quantity, Decimal(1)),
        category=reading.take("category", _text, ""),
        brand=reading.take("brand", _text, ""),
        tags=reading.take("tags", _texts, frozenset()),
    )
    reading.done()
    return found


def _member(reading: Reading) -> Member:
    found = Member(
        id=reading.take("id", _text) or "",
        tier=reading.take("tier", _text, ""),
        tags=reading.take("tags", _texts, frozenset()),
    )
    reading.done()
    return found


def _all_used(reading: Reading) -> Mapping[str, Used]:
    codes = list(reading.raw) if reading.is_object else []
    found = {code: reading.inside(code, _used) for code in codes}
    reading.done()
    return found


def _used(reading: Reading) -> Used:
    found = Used(
        by_member=reading.take("by_member", _from_zero, 0),
        today=reading.take("today", _from_zero, 0),
        spent=reading.take("spent", _money_or_none, ZERO),
    )
    reading.done()
    return found


# -- values --------------------------------------------------------------------------------------


def _text(given: Any) -> str:
    if not isinstance(given, str) or not given.strip() or len(given) > 400:
        raise Wrong("promotion_not_text")
    return given


def _texts(given: Any) -> frozenset[str]:
    if not isinstance(given, list):
        raise Wrong("promotion_not_a_list")
    return frozenset(_text(one) for one in given)


def _flag(given: Any) -> bool:
    if not isinstance(given, bool):
        raise Wrong("promotion_not_a_flag")
    return given


def _number(given: Any, code: str) -> Decimal:
    """A number as text, or a whole one. A fraction that is no text is not exact."""
    if isinstance(given, bool) or not isinstance(given, str | int | Decimal):
        raise Wrong(code)
    try:
        number = Decimal(given)
    except InvalidOperation:
        raise Wrong(code) from None
    if not number.is_finite() or abs(number) > MONEY_MAX:
        raise Wrong(code)
    return number


def _money_or_none(given: Any) -> Decimal:
    number = _number(given, "promotion_not_money")
    if number < 0 or number % Decimal("0.01"):
        raise Wrong("promotion_not_money")
    return number


def _money(given: Any) -> Decimal:
    number = _money_or_none(given)
    if not number:
        raise Wrong("promotion_not_money")
    return number


def _price(given: Any) -> Decimal:
    number = _number(given, "promotion_not_a_price")
    if number < 0 or number % Decimal("0.000001"):
        raise Wrong("promotion_not_a_price")
    return number


def _quantity(given: Any) -> Decimal:
    number = _number(given, "promotion_not_a_quantity")
    if number <= 0 or number > COUNT_MAX or number % Decimal("0.000001"):
        raise Wrong("promotion_not_a_quantity")
    return number


def _percent_or_none(given: Any) -> Decimal:
    number = _number(given, "promotion_not_a_percent")
    if not 0 <= number <= 100 or number % Decimal("0.0001"):
        raise Wrong("promotion_not_a_percent")
    return number


def _percent(given: Any) -> Decimal:
    number = _percent_or_none(given)
    if not number:
        raise Wrong("promotion_not_a_percent")
    return number


def _percents(given: Any) -> tuple[Decimal, ...]:
    if not isinstance(given, list) or not 1 <= len(given) <= 20:
        raise Wrong("promotion_not_percents")
    found = tuple(_percent_or_none(one) for one in given)
    if not any(found):
        raise Wrong("promotion_not_percents")
    return found


def _from_zero(given: Any) -> int:
    if isinstance(given, bool) or not isinstance(given, int) or not 0 <= given <= COUNT_MAX:
        raise Wrong("promotion_not_a_count")
    return given


def _count(given: Any) -> int:
    if not _from_zero(given):
        raise Wrong("promotion_not_a_count")
    return int(given)


def _order(given: Any) -> int:
    if isinstance(given, bool) or not isinstance(given, int) or abs(given) > COUNT_MAX:
        raise Wrong("promotion_not_an_order")
    return given


def _moment(given: Any) -> datetime:
    try:
        return datetime.fromisoformat(_text(given))
    except (ValueError, Wrong):
        raise Wrong("promotion_not_a_moment") from None


def _weekdays(given: Any) -> frozenset[int]:
    whole = isinstance(given, list) and all(type(one) is int and 1 <= one <= 7 for one in given)
    if not whole:
        raise Wrong("promotion_not_weekdays")
    return frozenset(given)


def _hours(given: Any) -> tuple[Hours, ...]:
    """Texts such as `22:00-02:00`."""
    if not isinstance(given, list):
        raise Wrong("promotion_not_hours")
    found = []
    for one in given:
        begins, dash, ends = one.partition("-") if isinstance(one, str) else ("", "", "")
        try:
            hours = Hours(time.fromisoformat(begins), time.fromisoformat(ends))
        except ValueError:
            raise Wrong("promotion_not_hours") from None
        if not dash or hours.begins == hours.ends or hours.begins.tzinfo or hours.ends.tzinfo:
            raise Wrong("promotion_not_hours")
        found.append(hours)
    return tuple(found)


def _choice(choices: type[StrEnum]) -> Reader:
    def read(given: Any) -> StrEnum:
        return choices(_one_of([one.value for one in choices])(given))

    return read


def _one_of(choices: Iterable[str]) -> Reader:
    known = list(choices)

    def read(given: Any) -> str:
        if given not in known:
            raise Wrong("promotion_not_a_choice", choices=", ".join(known))
        return str(given)

    return read


MISSING_DEFAULT = fields(Slot)[0].default
TERMS: dict[str, Reader] = {
    "percent": _percent,
    "percents": _percents,
    "amount": _money,
    "price": _money_or_none,
    "spend": _money,
    "save": _money,
    "nth": _count,
    "buy": _count,
    "get": _count,
    "count": _count,
    "for_each": _flag,
    "spread": _choice(Spread),
}
