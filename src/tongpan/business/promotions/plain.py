"""A promotion on paper as the plain data that the engine reads, and what is wrong with it by field.

Items, tiers and members are named by their ids, categories and stores by their paths, brands and
tags by what they are called; so a basket must name them.
"""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from tongpan.base.refusals import Refusal
from tongpan.business.promotions import known
from tongpan.business.promotions.accounts import LIMIT_MAX
from tongpan.business.promotions.models import Part, PromotionDocument, PromotionLine
from tongpan.business.promotions.rules.reading import promotion_from
from tongpan.business.promotions.rules.values import Promotion
from tongpan.kernel.documents.fields import Problem
from tongpan.masters.validity import invalid_columns

DRAFT = "draft"  # the code of a promotion that has no number yet

# By kind: which figures count, by what the engine calls them.
TERMS: dict[str, Mapping[str, str]] = {
    "percent_off": {"percent": "percent"},
    "amount_off": {"amount": "amount"},
    "fixed_price": {"price": "price"},
    "order_amount_off": {"amount": "amount"},
    "spend_save": {},
    "spend_save_each": {"spend": "spend", "save": "save_amount"},
    "spend_percent": {},
    "count_save": {},
    "count_percent": {},
    "nth_percent": {"nth": "nth", "percent": "percent", "spread": "spread"},
    "nth_price": {"nth": "nth", "price": "price", "spread": "spread"},
    "buy_get": {"buy": "buy", "get": "get", "spread": "spread"},
    "buy_get_other": {"buy": "buy", "get": "get", "percent": "percent", "spread": "spread"},
    "bundle_price": {"count": "buy", "price": "price"},
    "set_price": {"price": "price"},
    "gift": {"count": "get", "for_each": "for_each"},
    "add_on": {"price": "price", "count": "get", "for_each": "for_each"},
}
STEPPED = frozenset({"spend_save", "spend_percent", "count_save", "count_percent"})
REWARDED = frozenset({"buy_get_other", "gift", "add_on"})
NTH_MAX = 20
DAYS = "1234567"
KNOWN_MAX = 12  # of the codes that there are, in a sentence
FIGURES = tuple(dict.fromkeys(name for names in TERMS.values() for name in names.values()))
PARTS_OF_GOODS = (Part.GOODS, Part.EXCEPT, Part.REWARD, Part.SLOT)
COLUMNS = ("item", "category", "brand", "store", "tier", "slot", "pieces", "least", "off")
NEEDS: dict[str, tuple[str, ...]] = {  # by part of a line: what may stand on it
    Part.ALL: (),
    Part.GOODS: ("item", "category", "brand"),
    Part.EXCEPT: ("item", "category", "brand"),
    Part.REWARD: ("item", "category", "brand"),
    Part.SLOT: ("item", "category", "brand", "slot", "pieces"),
    Part.STEP: ("least", "off"),
    Part.STORE: ("store",),
    Part.TIER: ("tier",),
}
ONE_OF = ("item", "category", "brand", "store", "tier")


def declared(body: PromotionDocument) -> dict[str, Any]:
    """A promotion as plain data; what is empty is left out."""
    found: dict[str, Any] = {
        "code": body.document.number or DRAFT,
        "kind": body.kind,
        "title": body.title,
        "order": body.place,
        "is_exclusive": body.is_exclusive,
        "goods": _goods(_of(body, Part.GOODS)) | _goods(_of(body, Part.EXCEPT), "not_"),
        "conditions": _conditions(body),
        "limits": _filled(
            {
                "per_sale": body.per_sale, "per_member": body.per_member, "per_day": body.per_day,
                "amount_max": body.amount_max, "budget": body.budget,
            }
        ),
        "terms": _terms(body),
    }  # fmt: skip
    if body.group is not None:
        group = body.group
        found["group"] = {"code": group.code, "rule": group.rule, "order": group.position}
    return found


def read(body: PromotionDocument) -> Promotion:
    """The promotion as the engine knows it. Errors: Refusal with the fields of the document."""
    if found := list(problems(body)):
        raise Refusal("invalid", problems=found)
    return promotion_from(declared(body))


def problems(body: PromotionDocument) -> Iterator[Problem]:
    """What keeps a promotion from being one, each beside its field."""
    yield from invalid_columns(body, ("begins_clock", "ends_clock", "weekdays", "hours"))
    yield from _problems_of_codes(body)
    for line in body.lines:
        yield from _problems_of_line(line)
    yield from _problems_of_goods(body)
    if body.nth is not None and body.nth > NTH_MAX:
        yield {"path": "nth", "code": "promotion_limit_too_large", "max": NTH_MAX}
    for name in ("per_member", "per_day"):
        if (getattr(body, name) or 0) > LIMIT_MAX:
            yield {"path": name, "code": "promotion_limit_too_large", "max": LIMIT_MAX}
    if body.ends_clock and body.ends_on is None:
        yield {"path": "ends_on", "code": "required", "label": _label("ends_on")}
    if not body.kind:
        return
    try:
        promotion_from(declared(body))
    except Refusal as refusal:
        for problem in refusal.problems:
            yield _beside_field(body, problem)


def _of(body: PromotionDocument, part: Part) -> list[PromotionLine]:
    return [line for line in body.lines if line.part == part]


def _filled(values: Mapping[str, Any]) -> dict[str, Any]:
    return {name: _said(value) for name, value in values.items() if value not in (None, "", [])}


def _said(value: Any) -> Any:
    """A value as the parser takes it: numbers that may have a fraction are text."""
    return value if isinstance(value, str | int | list) else f"{value:f}"


def _goods(lines: Iterable[PromotionLine], prefix: str = "") -> dict[str, Any]:
    rows = list(lines)
    return _filled(
        {
            f"{prefix}items": [str(n.item_id) for n in rows if n.item_id],
            f"{prefix}categories": [n.category.path for n in rows if n.category is not None],
            f"{prefix}brands": [n.brand for n in rows if n.brand],
        }
    )


def _conditions(body: PromotionDocument) -> dict[str, Any]:
    return _filled(
        {
            "begins": body.begins.isoformat() if body.begins else None,
            "ends": body.ends.isoformat() if body.ends else None,
            "weekdays": [int(day) for day in body.weekdays if day in DAYS],  # others are told of
            "hours": body.hours.split(),
            "stores": [n.store.path for n in _of(body, Part.STORE) if n.store is not None],
            "channels": body.channels.split(),
            "members_only": body.members_only,
            "tiers": [str(n.tier_id) for n in _of(body, Part.TIER) if n.tier_id],
            "member_tags": body.member_tags.split(),
            "coupon": body.coupon,
            "payments": body.payments.split(),
            "quantity_min": body.quantity_min,
            "amount_min": body.amount_min,
            "basket_min": body.basket_min,
            "measured": body.measured,
        }
    )


def _terms(body: PromotionDocument) -> dict[str, Any]:
    kind = body.kind
    found = _filled({name: getattr(body, own) for name, own in TERMS.get(kind, {}).items()})
    if kind == "nth_percent":
        nth, percent = found.pop("nth", 0), found.pop("percent", None)
        if 0 < nth <= NTH_MAX and percent:
            found["percents"] = ["0"] * (nth - 1) + [percent]
    if kind in STEPPED:
        found["tiers"] = [_filled({"least": n.least, "off": n.off}) for n in _of(body, Part.STEP)]
    if kind in REWARDED:
        found["reward"] = _goods(_of(body, Part.REWARD))
    if kind == "set_price":
        found["slots"] = [
            {"goods": _goods(lines), "count": max((n.pieces or 1) for n in lines)}
            for lines in slots(body).values()
        ]
    return found


def slots(body: PromotionDocument) -> dict[int, list[PromotionLine]]:
    """The parts of a set by their number. Lines of one number stand for each other; a line without
    a number is a part of its own."""
    found: dict[int, list[PromotionLine]] = {}
    for line in _of(body, Part.SLOT):
        found.setdefault(line.slot or -line.position, []).append(line)
    return found


def _problems_of_codes(body: PromotionDocument) -> Iterator[Problem]:
    """One that waits for a code that nothing has would never hold, and nobody would know."""
    for name, find in known.KNOWN.items():
        wanted = getattr(body, name).split()
        there = find() if wanted else {}
        if missing := [code for code in wanted if code not in there]:
            listed = [f"{code} {title}".strip() for code, title in list(there.items())[:KNOWN_MAX]]
            facts = {"codes": ", ".join(missing), "known": ", ".join(listed) or "—"}
            yield {"path": name, "code": "promotion_code_unknown", **facts}


def _problems_of_line(line: PromotionLine) -> Iterator[Problem]:
    path, may_have = f"lines.{line.position}", NEEDS.get(line.part, ())
    for name in COLUMNS:
        value = getattr(
            line, f"{name}_id" if name in ("item", "category", "store", "tier") else name
        )
        if value not in (None, "") and name not in may_have:
            facts = {"label": _label_of_line(name), "part": line.get_part_display()}
            yield {"path": f"{path}.{name}", "code": "promotion_not_on_this_line", **facts}
    choices = [name for name in ONE_OF if name in may_have]
    given = [n for n in choices if getattr(line, n if n == "brand" else f"{n}_id")]
    if choices and len(given) != 1:
        path = f"{path}.{choices[0]}"
        if len(choices) == 1:
            yield {"path": path, "code": "required", "label": _label_of_line(choices[0])}
        else:
            yield {"path": path, "code": "promotion_goods_one_of"}


def _problems_of_goods(body: PromotionDocument) -> Iterator[Problem]:
    parts = {line.part for line in body.lines}
    if body.kind == "set_price":
        if Part.SLOT not in parts:
            yield {"path": "lines", "code": "promotion_needs_slots"}
    elif not parts & {Part.ALL, Part.GOODS, Part.EXCEPT}:
        yield {"path": "lines", "code": "promotion_needs_goods"}
    if Part.ALL in parts and Part.GOODS in parts:
        yield {"path": "lines", "code": "promotion_all_or_some"}
    if body.kind in STEPPED and Part.STEP not in parts:
        yield {"path": "lines", "code": "promotion_needs_steps"}
    if body.kind in REWARDED and Part.REWARD not in parts:
        yield {"path": "lines", "code": "promotion_needs_reward"}


def _beside_field(body: PromotionDocument, problem: Problem) -> Problem:
    """A problem of the plain data as one of the document: its path, and the words of its field."""
    where, _dot, rest = str(problem["path"]).partition(".")
    first, _dot, more = rest.partition(".")
    name = {"begins": "begins_on", "ends": "ends_on"}.get(first, first)
    if where == "terms":
        name = TERMS.get(body.kind, {}).get(first, {"percents": "nth"}.get(first, first))
        if first in ("tiers", "slots"):
            return _beside_line(body, problem, first, more)
        if first == "percents" and problem["code"] == "promotion_field_missing":
            name = "nth" if body.nth is None else "percent"
    if where in ("title", "kind"):
        name = where
    if problem["code"] == "promotion_field_missing":
        return {"path": name, "code": "required", "label": _label(name)}
    return {**problem, "path": name}


def _beside_line(body: PromotionDocument, problem: Problem, part: str, more: str) -> Problem:
    number, _dot, name = more.partition(".")
    if not number:  # no line at all: said already
        return {**problem, "path": "lines"}
    if part == "tiers":
        line = _of(body, Part.STEP)[int(number) - 1]
    else:
        line, name = list(slots(body).values())[int(number) - 1][0], "pieces"
    path = f"lines.{line.position}.{name}"
    if problem["code"] == "promotion_field_missing":
        return {"path": path, "code": "required", "label": _label_of_line(name)}
    return {**problem, "path": path}


def _label(name: str) -> str:
    return str(PromotionDocument._meta.get_field(name).verbose_name)  # type: ignore[union-attr]


def _label_of_line(name: str) -> str:
    return str(PromotionLine._meta.get_field(name).verbose_name)  # type: ignore[union-attr]
