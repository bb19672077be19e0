"""Short ways to write a basket and its promotions in a test."""

from decimal import Decimal
from typing import Any

from tongpan.business.promotions.rules.pricing import Outcome, Priced, price
from tongpan.business.promotions.rules.reading import basket_from, promotion_from
from tongpan.business.promotions.rules.values import Basket, Promotion

NOON = "2026-11-21T12:00"  # a Saturday


def basket(*lines: str, **more: Any) -> Basket:
    """Lines as `tea 9.90`, `tea 9.90 x 2`; their ids are their items."""
    rows = []
    for text in lines:
        item, price_of_one, *rest = text.split()
        row = {"id": item, "item": item, "price": price_of_one, "brand": f"{item}-brand"}
        rows.append(row | ({"quantity": rest[1]} if rest else {}))
    return basket_from({"lines": rows, "moment": NOON} | more)


def promo(code: str, kind: str, group: str = "", /, **more: Any) -> Promotion:
    """A promotion; `group` is `name rule order`. Names of fields go where they belong."""
    raw: dict[str, Any] = {"code": code, "kind": kind, "terms": {}}
    if group:
        name, rule, order = group.split()
        raw["group"] = {"code": name, "rule": rule, "order": int(order)}
    where = {"per_sale": "limits", "budget": "limits", "amount_max": "limits",
             "per_member": "limits", "per_day": "limits",
             "items": "goods", "not_items": "goods"}  # fmt: skip
    for name, value in more.items():
        if name in ("order", "is_exclusive", "conditions", "title"):
            raw[name] = value
        else:
            raw.setdefault(where.get(name, "terms"), {})[name] = value
    return promotion_from(raw)


def total(given: Basket, *promotions: Promotion) -> str:
    return str(price(given, promotions).total)


def nets(priced: Priced) -> dict[str, str]:
    return {line.id: str(line.net) for line in priced.lines}


def outcome(priced: Priced, code: str) -> Outcome:
    return next(one for one in priced.outcomes if one.promotion == code)


def money(text: str) -> Decimal:
    return Decimal(text)
