"""Punch cards: sold ahead, each use earns its part, back with the goods, paid back, never twice."""

from datetime import timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.business.membership.stage import Club, a_club, code_of, joined, sold, standing
from tests.chain import NOON
from tongpan.base.numbers import ZERO
from tongpan.base.refusals import Question, Refusal
from tongpan.business.membership import queries as membership
from tongpan.business.punchcards import queries
from tongpan.business.punchcards.models import Card, CardKind
from tongpan.business.punchcards.rules import Held, worth
from tongpan.business.till.models import PaymentMethod, Sale, SaleLine
from tongpan.kernel.documents.gate import run
from tongpan.kernel.documents.models import Document
from tongpan.kernel.ledger.checks import verify
from tongpan.kernel.ledger.queries import Where, balances
from tongpan.masters.items.models import ItemCategory

TODAY = NOON.date()


@pytest.fixture
def club(staged: Any) -> Club:
    found: Club = staged(a_club)
    return found


def kind(club: Club, code: str = "MILK3", **more: Any) -> CardKind:
    facts: dict[str, Any] = {"item": club.items["milk"], "uses": 3, "price": Decimal("26.80")}
    return CardKind.objects.create(code=code, name=code, **(facts | more))


def bought(club: Club, of: CardKind, member: str = "ming", at: str = "north till") -> Card:
    with club.as_("zhou", at):
        payload = {
            "header": {"method": "CASH"},
            "lines": [{"member": str(club.members[member]), "kind": of}],
        }
        draft = run("stored_value.card_sale.save", payload=payload).subject
        run("stored_value.card_sale.post", draft)
    return Card.objects.get(sale=draft)


def use(
    club: Club, card: Card, pieces: str = "1", *, member: str = "ming", cash: str = "0",
    also: dict[str, str] | None = None, item: str = "milk", **more: Any,
) -> UUID:  # fmt: skip
    lines = [{"item": club.items[n].pk, "quantity": q} for n, q in (also or {}).items()]
    lines.append({"item": club.items[item].pk, "quantity": pieces, "card": str(card.pk)})
    at = more.pop("at", "north till")
    return sold(club, {}, {"CASH": cash}, member=member, at=at, lines=lines, **more).subject


def left(card: Card) -> tuple[Decimal, Decimal]:
    held = queries.look(None, cards=[card.pk])[card.pk]
    return held.left, held.money


def take_back(club: Club, sale: UUID, cash: str = "0", at: str = "north till") -> None:
    rows = SaleLine.unscoped.filter(document=sale).order_by("position")
    lines = [{"sold": str(row.pk), "quantity": str(row.quantity)} for row in rows]
    payments = [{"method": "CASH", "amount": cash}]
    with club.as_("zhou", at):
        payload = {"sale": str(sale), "lines": lines, "payments": payments}
        run("till.return.take_back", payload=payload)


def refused(deed: Any) -> str:
    with pytest.raises(Refusal) as why:
        deed()
    problems = why.value.facts.get("problems") or why.value.problems
    return str(problems[0]["code"]) if problems else why.value.code


def money(club: Club, role: str, unit: str = "north") -> Decimal:
    rows = balances(Where(ledger="money", org_units=[club.units[unit].pk], roles=(role,)))
    return sum((row.amount for row in rows), ZERO)


def no_violations() -> bool:
    return not any(found.violations for found in verify())


@settings(max_examples=40)
@given(st.integers(1, 100_000), st.lists(st.integers(1, 4), min_size=1, max_size=8), st.data())
def test_however_a_card_is_used_its_uses_earn_just_its_price(
    cents: int, steps: list[int], data: st.DataObject
) -> None:
    whole = Decimal(cents) / 100
    uses = Decimal(sum(steps))
    rest, has, earned = whole, uses, ZERO
    for step in steps:
        (part,) = worth(rest, has, [Decimal(step)])
        assert part >= 0
        assert abs(part - whole * step / uses) <= Decimal("0.05")
        rest, has, earned = rest - part, has - step, earned + part

    assert (rest, has, earned) == (0, 0, whole)
    with pytest.raises(ValueError, match="not so many"):
        worth(whole, uses, [uses + 1])


def test_a_card_is_owed_when_it_is_sold_and_earned_when_it_is_used(club: Club) -> None:
    card = bought(club, kind(club))
    after_buying = (money(club, "revenue"), money(club, "output_tax"), left(card))
    sale = use(club, card, cash="3.33", also={"cola": "1"})
    slip = Sale.unscoped.get(pk=sale)
    line = SaleLine.unscoped.get(document=sale, position=2)

    assert after_buying == (0, 0, (3, Decimal("26.80")))
    assert left(card) == (2, Decimal("17.87"))
    assert (slip.gross, slip.invoiceable) == (Decimal("12.26"), Decimal("3.33"))
    assert (line.gross, line.price, line.price_from_id) == (Decimal("8.93"), Decimal("8.93"), None)
    assert money(club, "revenue") + money(club, "output_tax") == Decimal("-12.26")
    assert money(club, "counter") == 0
    assert standing(club, "ming").points(TODAY) == 15  # 8.93 at 1, 3.33 at 2
    assert no_violations()


def test_the_last_use_earns_the_rest_and_there_is_no_more(club: Club) -> None:
    card = bought(club, kind(club))
    use(club, card, "2")
    other_store = use(club, card, at="south till")

    assert left(card) == (0, 0)
    assert Document.unscoped.get(pk=other_store).total == Decimal("8.93")
    assert refused(lambda: use(club, card)) == "card_short"
    hq, south = club.units["hq"].pk, club.units["south"].pk
    month = TODAY.replace(day=1)
    told = membership.between_stores(hq, [south, club.units["north"].pk], month, TODAY)
    assert told[south].used == Decimal("8.93")
    assert told[club.units["north"].pk].topped_up == Decimal("-26.80")


def test_two_tills_that_saw_the_same_last_use_are_told_apart_by_the_bound(
    club: Club, monkeypatch: pytest.MonkeyPatch
) -> None:
    card = bought(club, kind(club, uses=1))
    stale = queries.look(None, cards=[card.pk], items=[club.items["milk"].pk])
    use(club, card)
    monkeypatch.setattr("tongpan.business.till.cards.cards.look_read", lambda _said: stale)

    assert refused(lambda: use(club, card)) == "balance_moved"
    monkeypatch.undo()
    assert left(card) == (0, 0)


def test_a_card_stands_apart_from_discounts_coupons_and_rounding(club: Club) -> None:
    card = bought(club, kind(club))
    off = {"how": "percent", "value": "50", "reason": "x"}

    sale = use(club, card, cash="5.00", also={"milk": "1"}, off=off, total="5.00")

    rows = SaleLine.unscoped.filter(document=sale).order_by("position")
    assert [row.gross for row in rows] == [Decimal("5.00"), Decimal("8.93")]
    lines = [{"item": club.items["milk"].pk, "quantity": "1", "card": str(card.pk), "off": off}]
    deed = lambda: sold(club, {}, {"CASH": "0"}, member="ming", lines=lines)  # noqa: E731
    assert refused(deed) == "card_no_discount"


def test_a_card_is_refused_by_what_is_wrong(club: Club) -> None:
    card = bought(club, kind(club, days=1))
    drinks = bought(club, kind(club, "D", item=None, category=ItemCategory.objects.get()))
    far = bought(club, kind(club, "S", unit=club.units["south"]))

    assert refused(lambda: use(club, card, member="hong")) == "card_of_another"
    assert refused(lambda: use(club, card, member="")) == "card_of_another"
    assert refused(lambda: use(club, card, item="cola")) == "card_not_for_this"
    assert refused(lambda: use(club, card, "4")) == "card_short"
    assert refused(lambda: use(club, far)) == "card_elsewhere"
    Card.objects.filter(pk=card.pk).update(valid_until=TODAY - timedelta(days=1))
    assert refused(lambda: use(club, card)) == "card_late"
    use(club, drinks, item="cola")
    assert left(drinks)[0] == 2


def test_goods_bring_their_uses_back_and_no_money(club: Club) -> None:
    card = bought(club, kind(club))
    sale = use(club, card, "2", cash="3.33", also={"cola": "1"})
    swapped = {"sale": str(sale), "goods": [{"item": club.items["cola"].pk, "quantity": "1"}]}
    line = SaleLine.unscoped.get(document=sale, position=2)
    swapped |= {"lines": [{"sold": str(line.pk), "quantity": "1"}], "payments": []}
    with club.as_("zhou", "north till"):
        no = refused(lambda: run("till.sale.exchange", payload=swapped))

    take_back(club, sale, "3.33", at="south till")

    assert no == "card_no_exchange"
    assert left(card) == (3, Decimal("26.80"))
    assert standing(club, "ming").points(TODAY) == 0
    assert no_violations()


def test_a_reversed_sale_gives_its_use_back_even_after_a_merge(club: Club) -> None:
    card = bought(club, kind(club))
    sale = use(club, card, cash="3.33", also={"cola": "1"})
    with club.as_("zhou", "hq"):
        pair = {"member": code_of(club, "ming"), "into": code_of(club, "hong")}
        merge = run("membership.merge.save", payload={"header": {}, "lines": [pair]}).subject
        run("membership.merge.post", merge)
        run("till.sale.reverse", sale, {"reason": "the wrong basket"})

    assert left(card) == (3, Decimal("26.80"))
    assert standing(club, "hong").points(TODAY) == 0
    assert money(club, "revenue") == 0
    use(club, card, member="hong")  # the card went along
    assert no_violations()


def test_what_is_left_is_paid_back_as_it_was_paid(club: Club) -> None:
    card = bought(club, kind(club))
    use(club, card)
    PaymentMethod.objects.create(code="CARD", name="银行卡")

    def refund(method: str, answers: tuple[str, ...] = ()) -> UUID:
        with club.as_("zhou", "north till"):
            payload = {
                "header": {"method": method}, "lines": [{"card": card.code, "about": "搬家"}],
            }  # fmt: skip
            draft = run("stored_value.card_refund.save", payload=payload).subject
            run("stored_value.card_refund.post", draft, answers=answers)
            return draft

    with pytest.raises(Question):
        refund("CARD")
    done = refund("CASH")

    assert Document.unscoped.get(pk=done).total == Decimal("17.87")
    assert left(card) == (0, 0)
    assert refused(lambda: refund("CASH")) == "card_nothing_left"
    assert refused(lambda: use(club, card)) == "card_short"
    assert no_violations()


def test_a_sale_of_a_card_is_taken_back_as_long_as_nothing_was_used(club: Club) -> None:
    card, other = bought(club, kind(club)), bought(club, kind(club, "M2"))
    use(club, other)
    with club.as_("zhou", "north till"):
        run("stored_value.card_sale.reverse", card.sale, {"reason": "wrong member"})
        deed = lambda: run(  # noqa: E731
            "stored_value.card_sale.reverse", other.sale, {"reason": "x"}
        )
        assert refused(deed) == "card_used_since"

    assert left(card) == (0, 0)
    assert [held.code for _card, held in queries.all_of(club.members["ming"])] == [other.code]


def test_a_held_card_says_what_is_wrong_in_one_word() -> None:
    someone = UUID(int=1)
    one = Held(UUID(int=2), "CK", UUID(int=3), "K", UUID(int=4), someone, Decimal(1), ZERO, "/a/")

    assert one.wrong(TODAY, "/a/b/", someone) == ""
    assert one.wrong(TODAY, "/b/", someone) == "card_elsewhere"


def test_who_buys_nothing_by_card_asks_nothing_of_cards(club: Club) -> None:
    fresh = joined(club, "13700001111").subject
    assert queries.all_of(fresh) == []
