"""What went wrong in other programs, as their users published it, must not go wrong here."""

from decimal import Decimal

from tests.business.promotions.shop import basket, nets, outcome, promo, total
from tongpan.business.promotions.rules.pricing import price, returned_share


def test_who_declares_promotions_says_which_comes_first() -> None:
    """vendurehq/vendure #3585 and #1450: the order of promotions could not be controlled."""
    given = basket("tea 200.00")
    off = promo("off", "order_amount_off", "b stack 1", amount="50.00")

    before = total(given, promo("ten", "percent_off", "a stack 0", percent="10"), off)
    behind = total(given, promo("ten", "percent_off", "c stack 2", percent="10"), off)

    assert (before, behind) == ("130.00", "135.00")


def test_promotions_that_add_up_to_more_than_the_price_give_no_goods_for_less_than_nothing() -> (
    None
):
    """saleor/saleor #17453: goods for free; what one line does not bear is not taken off others."""
    given = basket("tea 10.00", "milk 20.00")

    priced = price(given, [
        promo("a", "amount_off", "a stack 0", amount="8.00", items=["tea"]),
        promo("b", "amount_off", "b stack 1", amount="8.00", items=["tea"]),
    ])  # fmt: skip

    assert nets(priced) == {"tea": "0.00", "milk": "20.00"}
    assert outcome(priced, "b").amount == Decimal("2.00")


def test_a_promotion_that_fits_in_two_ways_is_taken_off_once() -> None:
    """frappe/erpnext #36616 and #28601: a discount was taken off twice."""
    ten = promo("ten", "percent_off", percent="10")
    given = basket("tea 10.00", "milk 10.00")

    priced = price(given, [ten])

    assert str(priced.total) == "18.00"
    assert all(len(line.shares) == 1 for line in priced.lines)


def test_a_discount_goes_when_what_it_was_for_goes() -> None:
    """frappe/erpnext #41636 and #35280: a discount stuck to the basket when goods left it."""
    save = promo("save", "spend_save", tiers=[{"least": "100", "off": "20"}])

    assert total(basket("tea 60.00", "milk 40.00"), save) == "80.00"
    assert total(basket("tea 60.00"), save) == "60.00"


def test_goods_that_an_exclusive_promotion_uses_are_in_no_other() -> None:
    """VirtoCommerce/vc-platform #387: an exclusive promotion was used together with others."""
    given = basket("tea 100.00")
    alone = promo("alone", "percent_off", "a stack 0", percent="30", is_exclusive=True)
    other = promo("other", "percent_off", "b stack 1", percent="20")

    assert total(given, alone, other) == "70.00"


def test_goods_that_come_back_pay_back_their_own_share_and_no_more() -> None:
    """vendurehq/vendure #4811, #2393: a refund paid another amount, or moved the discount."""
    save = promo("save", "spend_save", tiers=[{"least": "100", "off": "20"}])
    priced = price(basket("tea 75.00", "milk 25.00"), [save])
    tea, milk = priced.lines

    assert returned_share(tea.net, Decimal(1), Decimal(1), Decimal(0)) == Decimal("60.00")
    assert milk.net == Decimal("20.00")  # what stays costs what it cost


def test_who_brings_back_what_was_paid_keeps_no_gift() -> None:
    """solidusio/solidus #512, medusajs/medusa #345: goods were paid for that did not come back."""
    free = promo("1+1", "buy_get", buy=1, get=1)

    priced = price(basket("tea 30.00", "milk 20.00"), [free])

    assert nets(priced) == {"tea": "18.00", "milk": "12.00"}  # the 20.00 are shared by price


def test_pieces_of_a_line_come_back_in_any_order_and_pay_back_the_whole() -> None:
    """spree/spree #14678: cents were lost, or won, when a line came back in parts."""
    priced = price(basket("tea 3.33 x 3"), [promo("a", "order_amount_off", amount="0.01")])
    (line,) = priced.lines

    parts = [returned_share(line.net, Decimal(3), Decimal(1), Decimal(n)) for n in range(3)]

    assert sum(parts) == line.net == Decimal("9.98")
