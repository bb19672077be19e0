"""How promotions get along: stacking in order, the best, one of a group, exclusive ones."""

from tests.business.promotions.chance import chance_of
from tests.business.promotions.proof import adds_up
from tests.business.promotions.shop import basket, money, nets, outcome, promo, total
from tongpan.business.promotions.rules.pricing import price


def test_promotions_stack_in_the_order_of_their_groups() -> None:
    given = basket("tea 100.00")
    ten, five = {"percent": "10"}, {"amount": "5.00"}

    first_percent = total(
        given,
        promo("a", "percent_off", "x stack 1", **ten),
        promo("b", "amount_off", "y stack 2", **five),
    )
    first_amount = total(
        given,
        promo("a", "percent_off", "x stack 2", **ten),
        promo("b", "amount_off", "y stack 1", **five),
    )

    assert (first_percent, first_amount) == ("85.00", "85.50")


def test_in_a_group_where_the_best_counts_each_piece_takes_one() -> None:
    given = basket("tea 10.00", "milk 2.00")

    priced = price(given, [
        promo("half", "percent_off", "item best 0", percent="50"),
        promo("less", "amount_off", "item best 0", amount="1.50"),
    ])  # fmt: skip

    assert nets(priced) == {"tea": "5.00", "milk": "0.50"}


def test_of_a_group_of_which_one_counts_the_sale_has_one() -> None:
    given = basket("tea 10.00", "milk 2.00")

    priced = price(given, [
        promo("half", "percent_off", "item one 0", percent="50", title="Half"),
        promo("less", "amount_off", "item one 0", amount="1.50"),
    ])  # fmt: skip

    assert nets(priced) == {"tea": "5.00", "milk": "1.00"}
    why = outcome(priced, "less").why_not
    assert why is not None
    assert (why.code, why.facts["by"]) == ("promotion_excluded_by", "Half")


def test_the_smaller_rival_counts_where_a_later_promotion_needs_what_it_leaves() -> None:
    given = basket("tea 100.00")
    rivals = [
        promo("less", "spend_save_each", "one one 0", spend="100", save="10"),
        promo("more", "spend_save_each", "one one 0", spend="100", save="20"),
    ]
    later = promo("later", "spend_save", "all stack 1", tiers=[{"least": "85", "off": "30"}])

    assert (total(given, *rivals), total(given, *rivals, later)) == ("80.00", "60.00")


def test_pieces_of_an_exclusive_promotion_are_in_no_other_and_the_rest_are() -> None:
    given = basket("tea 10.00 x 4")

    priced = price(given, [
        promo("2+1", "buy_get", "sets stack 0", buy=2, get=1, is_exclusive=True),
        promo("ten", "percent_off", "item stack 1", percent="10"),
    ])  # fmt: skip

    assert str(priced.total) == "29.00"  # 20 for three, and one with ten percent off
    assert outcome(priced, "ten").times == 1


def test_pieces_go_where_they_save_most() -> None:
    """Two and one free beats a fifth off all; of four pieces the fourth takes the fifth."""
    given = basket("tea 10.00 x 4")

    priced = price(given, [
        promo("2+1", "buy_get", "item best 0", buy=2, get=1),
        promo("fifth", "percent_off", "item best 0", percent="20"),
    ])  # fmt: skip

    assert str(priced.total) == "28.00"


def test_a_promotion_is_left_out_where_that_reaches_a_better_one() -> None:
    """Five percent off would leave 95.00, and 满100减30 out of reach."""
    given = basket("tea 100.00")

    priced = price(given, [
        promo("five", "percent_off", "item stack 0", percent="5"),
        promo("save", "spend_save", "all stack 1", tiers=[{"least": "100", "off": "30"}]),
    ])  # fmt: skip

    assert str(priced.total) == "70.00"
    assert not outcome(priced, "five").is_applied


def test_the_cheapest_way_to_reach_a_minimum_is_found_among_many() -> None:
    """Ten lines with a promotion each come to 96.00; one that costs 4.00 must be left out."""
    lines = [f"i{n} 10.00" for n in range(10)] + ["big 4.50"]
    offs = ["0.10", "0.20", "0.30", "0.40", "0.50", "0.60", "0.70", "0.80", "0.90", "4.00"]
    promotions = [
        promo(f"p{n}", "amount_off", "item best 0", amount=off, items=[f"i{n}"])
        for n, off in enumerate(offs)
    ]
    save = promo("save", "spend_save", "all stack 1", tiers=[{"least": "100", "off": "20"}])

    priced = price(basket(*lines), [*promotions, save])

    assert str(priced.total) == "80.00"  # exactly 100.00 is left before it
    assert not priced.bound_hit


def test_an_amount_is_reached_to_the_cent_in_a_basket_that_is_too_large_to_list() -> None:
    """Sixty lines of 10.00 at 5 % off come to 570.00. From 575.00 on 30.00 come off: ten lines must
    be left out. Which sums there are is known without trying each of them."""
    lines = [f"i{n} 10.00" for n in range(60)]
    fives = [
        promo(f"p{n}", "percent_off", f"g{n} stack 0", percent="5",
              items=[f"i{one}" for one in range(n, 60, 10)])
        for n in range(10)
    ]  # fmt: skip
    save = promo("save", "spend_save", "all stack 1", tiers=[{"least": "575", "off": "30"}])

    priced = price(basket(*lines), [*fives, save])

    assert str(priced.total) == "545.00"
    assert not priced.bound_hit
    assert adds_up(priced)


def test_of_a_group_of_which_one_counts_the_one_that_is_best_in_the_end_is_used() -> None:
    """At first sight "small" is better: "great" is missed by 3.00."""
    lines = [f"i{n} 10.00" for n in range(60)]
    five = promo("five", "percent_off", "item stack 0", percent="5")
    ones = [
        promo("small", "order_amount_off", "all one 1", amount="10"),
        promo("great", "spend_save", "all one 1", tiers=[{"least": "573", "off": "50"}]),
    ]

    priced = price(basket(*lines), [five, *ones])

    assert str(priced.total) == "523.00"
    assert outcome(priced, "great").is_applied


def test_at_the_bound_the_answer_is_still_a_composition_and_the_same_each_time() -> None:
    for seed in range(40):
        given, promotions = chance_of(seed)
        answers = [price(given, promotions, effort=0) for _ in range(2)]
        assert answers[0] == answers[1]
        assert [*answers[0].outcomes] == [*answers[1].outcomes]
        assert adds_up(answers[0])
        assert answers[0].total >= price(given, promotions).total


def test_the_bound_is_said() -> None:
    lines = [f"i{n} 7.7{n}" for n in range(8)]
    rivals = [
        promo(f"p{n}", "bundle_price", "sets best 0", count=2, price=f"1{n}.00") for n in range(4)
    ]

    assert price(basket(*lines), rivals, effort=50).bound_hit


def test_the_order_of_promotions_and_their_place_in_the_list_change_nothing() -> None:
    for seed in range(60):
        given, promotions = chance_of(seed)
        one, other = price(given, promotions), price(given, promotions[::-1])
        assert one == other
        assert [*one.outcomes] == [*other.outcomes]


def test_nothing_costs_less_than_zero() -> None:
    given = basket("tea 3.00 x 2", "milk 0.00")

    priced = price(given, [
        promo("a", "amount_off", "x stack 0", amount="5.00"),
        promo("b", "order_amount_off", "y stack 1", amount="5.00"),
        promo("c", "percent_off", "z stack 2", percent="100"),
    ])  # fmt: skip

    assert priced.total == 0
    assert outcome(priced, "a").amount == money("6.00")


def test_a_budget_and_the_most_of_a_sale_are_kept_to_the_cent() -> None:
    used = {"half": {"spent": "98.33"}}
    half = promo("half", "percent_off", percent="50", budget="100.00")

    priced = price(basket("tea 10.00", "milk 5.01", used=used), [half])

    assert str(priced.total) == "13.34"
    assert outcome(priced, "half").amount == money("1.67")


def test_a_limit_is_used_where_it_saves_most() -> None:
    half = promo("half", "percent_off", percent="50", per_member=2)
    member = {"id": "wu"}

    fresh = total(basket("tea 10.00 x 3", "milk 4.00", member=member), half)
    again = total(basket("tea 10.00 x 3", member=member, used={"half": {"by_member": 1}}), half)

    assert (fresh, again) == ("24.00", "25.00")
