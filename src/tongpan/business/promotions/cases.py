"""Cases: a basket, its promotions, and what it should cost. Read strictly, priced, compared.

The shape is described in docs/reference/promotion-cases.md. The golden set stands in `golden/`;
what its cases should cost was worked out without the engine, by tools/golden_promotions.py, or by
hand.
"""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any

from tongpan.base.numbers import MONEY_STEP, ZERO, exact, round_to
from tongpan.base.refusals import Refusal
from tongpan.business.promotions.rules.pricing import Priced, price
from tongpan.business.promotions.rules.reading import basket_from, promotions_from
from tongpan.business.promotions.rules.values import Basket, Promotion

GOLDEN = Path(__file__).parent / "golden"
FIELDS = {"id", "about", "origin", "published", "basket", "promotions", "expected", "tax_rates"}


@dataclass(frozen=True, slots=True)
class Case:
    """`nets` are by line, where the case tells them; `tax_rates` are put on top of the nets."""

    id: str
    basket: Basket
    promotions: tuple[Promotion, ...]
    about: str = ""
    total: Decimal | None = None
    nets: tuple[Decimal, ...] | None = None
    total_with_tax: Decimal | None = None
    tax_rates: Mapping[str, Decimal] | None = None  # by the item
    published: str = ""  # the digest of the words that it restates


def listed(raw: Any) -> list[Any]:
    """The cases of a file: a list, or an object that has them under `cases`."""
    found = raw.get("cases") if isinstance(raw, dict) else raw
    if not isinstance(found, list):
        problem = {"path": "cases", "code": "promotion_not_a_list", "given": str(found)[:40]}
        raise Refusal("invalid", problems=[problem])
    return found


def is_prose(raw: Any) -> bool:
    """Whether a case says its promotions in words, as other programs' tests were written down."""
    return isinstance(raw, dict) and "basket" not in raw and "promotion" in raw


def case_from(raw: Any, number: int = 1) -> Case:
    """A case from plain data. Errors: Refusal naming every field that is wrong."""
    if not isinstance(raw, dict):
        raise _invalid("", "promotion_not_an_object", given=str(raw)[:40])
    unknown = sorted(set(raw) - FIELDS)
    if unknown:
        known = ", ".join(sorted(FIELDS))
        raise _invalid(unknown[0], "promotion_field_unknown", name=unknown[0], known=known)
    for name in ("basket", "promotions"):
        if name not in raw:
            raise _invalid(name, "promotion_field_missing", name=name)
    expected = raw.get("expected") or {}
    nets = expected.get("nets")
    rates = raw.get("tax_rates")
    return Case(
        id=str(raw.get("id", number)),
        about=str(raw.get("about", "")),
        basket=_under("basket", basket_from, raw["basket"]),
        promotions=_under("promotions", promotions_from, raw["promotions"]),
        total=_amount(expected, "total"),
        nets=None if nets is None else tuple(exact(net) for net in nets),
        total_with_tax=_amount(expected, "total_with_tax"),
        published=str(raw.get("published", "")),
        tax_rates=None if rates is None else {item: exact(rate) for item, rate in rates.items()},
    )


def digest_of(raw: Any) -> str:
    """A digest of a case as it was published, however it is indented."""
    text = json.dumps(raw, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


def _under(name: str, read: Any, raw: Any) -> Any:
    try:
        return read(raw)
    except Refusal as refusal:
        problems = [p | {"path": f"{name}.{p['path']}".rstrip(".")} for p in refusal.problems]
        raise Refusal(refusal.code, problems=problems) from None


def _amount(expected: Mapping[str, Any], name: str) -> Decimal | None:
    return exact(expected[name]) if name in expected else None


def _invalid(path: str, code: str, **facts: Any) -> Refusal:
    return Refusal("invalid", problems=[{"path": path, "code": code, **facts}])


def told(case: Case) -> dict[str, Any]:
    """What a case costs, line by line with its shares, and whether that is what it should."""
    priced = price(case.basket, case.promotions)
    lines = [
        {
            "id": line.id,
            "amount": line.amount,
            "net": line.net,
            "shares": [{"promotion": s.promotion, "amount": s.amount} for s in line.shares],
        }
        for line in priced.lines
    ]
    row: dict[str, Any] = {
        "id": case.id, "lines": lines, "total": priced.total, "bound_hit": priced.bound_hit,
        "why_not": {o.promotion: o.why_not.code for o in priced.outcomes if o.why_not},
    }  # fmt: skip
    if case.tax_rates is not None:
        row["total_with_tax"] = _with_tax(case, priced)
    if case.total is not None:
        row["as_expected"] = (
            priced.total == case.total
            and (case.nets is None or case.nets == tuple(line.net for line in priced.lines))
            and row.get("total_with_tax") == case.total_with_tax
        )
    return row


def _with_tax(case: Case, priced: Priced) -> Decimal:
    """Prices of such a case have no tax in them: it is put upon each net, to the cent."""
    total = ZERO
    for line, net in zip(case.basket.lines, (line.net for line in priced.lines), strict=True):
        rate = (case.tax_rates or {}).get(line.item, ZERO)
        total += net + round_to(net * rate, MONEY_STEP)
    return total


@cache
def golden() -> tuple[Case, ...]:
    """All cases that the program comes with."""
    return (*restated(), *_read("by_kind.json"))


@cache
def restated() -> tuple[Case, ...]:
    """Cases of other programs' tests, restated; each says of which and under which licence."""
    return _read("restated.json")


def _read(name: str) -> tuple[Case, ...]:
    raw = json.loads((GOLDEN / name).read_text(encoding="utf-8"))
    return tuple(case_from(one, number) for number, one in enumerate(listed(raw), 1))
