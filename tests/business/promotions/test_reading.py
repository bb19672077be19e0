"""Promotions and baskets as text: what is wrong is named, with its place and what belongs there."""

from typing import Any

import pytest

from tongpan.base.refusals import Refusal
from tongpan.business.promotions.rules.reading import basket_from, promotion_from, promotions_from
from tongpan.kernel.documents.sentences import explain

HALF = {"code": "half", "kind": "percent_off", "terms": {"percent": "50"}}
TIER = {"least": "100", "off": "20"}


def wrong(read: Any, raw: Any) -> dict[str, str]:
    with pytest.raises(Refusal) as caught:
        read(raw)
    return {problem["path"]: problem["code"] for problem in caught.value.problems}


@pytest.mark.parametrize(
    ("change", "path", "code"),
    [
        ({"colour": "red"}, "colour", "promotion_field_unknown"),
        ({"code": ""}, "code", "promotion_not_text"),
        ({"kind": "half"}, "kind", "promotion_not_a_choice"),
        ({"terms": {"percent": 0.5}}, "terms.percent", "promotion_not_a_percent"),
        ({"terms": {"percent": "101"}}, "terms.percent", "promotion_not_a_percent"),
        ({"terms": {}}, "terms.percent", "promotion_field_missing"),
        ({"terms": {"percent": "5", "price": "1"}}, "terms.price", "promotion_field_unknown"),
        ({"terms": []}, "terms", "promotion_not_an_object"),
        ({"order": "1"}, "order", "promotion_not_an_order"),
        ({"is_exclusive": "yes"}, "is_exclusive", "promotion_not_a_flag"),
        ({"goods": {"items": "tea"}}, "goods.items", "promotion_not_a_list"),
        ({"group": {"code": "g", "rule": "any"}}, "group.rule", "promotion_not_a_choice"),
        ({"limits": {"per_sale": 0}}, "limits.per_sale", "promotion_not_a_count"),
        ({"limits": {"budget": "1.001"}}, "limits.budget", "promotion_not_money"),
        ({"conditions": {"begins": "soon"}}, "conditions.begins", "promotion_not_a_moment"),
        ({"conditions": {"hours": ["22-2"]}}, "conditions.hours", "promotion_not_hours"),
        ({"conditions": {"weekdays": [0]}}, "conditions.weekdays", "promotion_not_weekdays"),
        ({"conditions": {"amount_min": "NaN"}}, "conditions.amount_min", "promotion_not_money"),
        (
            {"conditions": {"begins": "2026-11-22T10:00", "ends": "2026-11-22T10:00"}},
            "conditions.ends", "promotion_ends_first",
        ),
        (
            {"kind": "spend_save", "terms": {"tiers": [TIER, TIER | {"off": "x"}]}},
            "terms.tiers.2.off", "promotion_not_money",
        ),
        (
            {"kind": "spend_save_each", "terms": {"spend": "10", "save": "11"}},
            "terms.save", "promotion_saves_more_than_spent",
        ),
        (
            {"kind": "nth_percent", "terms": {"percents": ["0", "0"]}},
            "terms.percents", "promotion_not_percents",
        ),
    ],
)  # fmt: skip
def test_what_is_wrong_is_named(change: dict[str, Any], path: str, code: str) -> None:
    assert wrong(promotion_from, HALF | change) == {path: code}


def test_all_that_is_wrong_is_told_at_once_in_sentences() -> None:
    with pytest.raises(Refusal) as caught:
        promotion_from({"code": "x", "kind": "percent_off", "terms": {"percent": "x"}, "y": 1})

    told = [problem["message"] for problem in explain(caught.value)["problems"]]
    assert len(told) == 2
    assert "…" not in "".join(told)  # every fact of a sentence is there


def test_no_two_promotions_have_one_code_and_no_group_two_rules() -> None:
    one = HALF | {"group": {"code": "g", "rule": "one"}}
    other = HALF | {"code": "other", "group": {"code": "g", "rule": "best"}}

    assert wrong(promotions_from, [HALF, HALF]) == {"2.code": "promotion_code_twice"}
    assert wrong(promotions_from, [one, other]) == {"2.group": "promotion_group_differs"}


def test_a_basket_is_read_as_strictly() -> None:
    line = {"item": "tea", "price": "9.90"}

    assert wrong(basket_from, {"lines": [line | {"price": 9.9}], "moment": "2026-11-21T12:00"}) == {
        "lines.1.price": "promotion_not_a_price"
    }
    assert wrong(basket_from, {"lines": [line]}) == {"moment": "promotion_field_missing"}
    assert wrong(basket_from, {"lines": [line | {"quantity": "0"}], "moment": "2026-11-21"}) == {
        "lines.1.quantity": "promotion_not_a_quantity"
    }
