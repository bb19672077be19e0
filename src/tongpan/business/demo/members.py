"""The members of the demonstration: two in five households of the source, under made-up names.

A household is a member in every branch, or nowhere. Their phones begin with 154, which no operator
gives out, so nobody is called. Points come with the sales themselves.
"""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from decimal import ROUND_FLOOR, Decimal
from typing import Any
from uuid import UUID

from tongpan.base import env
from tongpan.base.numbers import ZERO
from tongpan.base.refusals import Refusal
from tongpan.business.coupons.models import Coupon
from tongpan.business.demo.chain import Chain, cashiers_of
from tongpan.business.demo.people import STORES
from tongpan.business.demo.source import Bought, Goods
from tongpan.business.demo.supply import Supply, found_there
from tongpan.business.membership.actions import rate_all
from tongpan.business.membership.rules import bonus_of
from tongpan.business.punchcards.models import Card
from tongpan.business.shifts.queries import cash_of, open_shift
from tongpan.business.shifts.rules import DENOMINATIONS
from tongpan.business.starter import EARN_RULE, PROGRAMME, WALLET_RULE
from tongpan.business.till.preview import priced_now
from tongpan.kernel.documents.gate import run
from tongpan.kernel.documents.models import Document
from tongpan.kernel.org.scope import acting

SHARE = Decimal("0.4")
FAMILY = "王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗梁宋郑谢韩唐冯于董萧程曹袁邓许傅沈曾彭吕"
GIVEN = (
    "秀英", "建国", "丽", "伟", "敏", "静怡", "志强", "桂兰", "晓燕", "浩然", "雨桐", "国强",
    "玉梅", "欣怡", "海燕", "建华", "子轩", "梦洁", "春生", "婷", "俊杰", "丽娟", "小红", "文博",
    "淑珍", "磊", "思远", "佳慧", "永福", "艳", "明亮",
)  # fmt: skip
TAGS = ("", "", "老顾客", "", "爱买水果", "", "", "周末来", "", "", "")
TIERS = (("SILVER", "银卡", Decimal(120)), ("GOLD", "金卡", Decimal(300)))
AT_MEMBERS_PRICE = ("水果", "蛋品")
OFFERS = ((Decimal(200), Decimal(20)), (Decimal(500), Decimal(80)))
COUPON, WELCOME, PUNCH = "MJ50", "SR85", "CK10"
HOLDERS, TOP_UP_DAY, CARD_DAY, COUPON_DAY = 12, 6, 20, 34
COUPON_TAG, COUPON_MIN = "老顾客", 30
USED_AT = (("S02", 44), ("S03", 47), ("S04", 50))  # where and when coupons and cards are used
SHIFTS, FLOAT = (("S01", 57, Decimal(0)), ("S01", 58, Decimal(3))), Decimal(500)


def is_member(household: int) -> bool:
    """Whether a household is a member: always the same two in five, by a hash of their number.

    >>> round(sum(is_member(n) for n in range(1, 2501)) / 2500, 2)
    0.4
    """
    return household * 2654435761 % 2**32 < SHARE * 2**32


def name_of(household: int) -> str:
    """A name that this household has always.

    >>> name_of(1), name_of(2)
    ('李丽', '张敏')
    """
    return FAMILY[household % len(FAMILY)] + GIVEN[household * 2 % len(GIVEN)]


def person_of(household: int) -> dict[str, str]:
    """What is written down of a member, none of it anybody's."""
    month, day = 1 + household * 5 % 12, 1 + household * 11 % 28
    return {
        "code": f"8{household:09}", "phone": f"154{household:08}", "name": name_of(household),
        "birthday": f"{month:02}-{day:02}" if household % 3 else "",
        "tags": TAGS[household % len(TAGS)],
    }  # fmt: skip


# -- what there is before they come ----------------------------------------------------------------


def make_programme(chain: Chain, goods: Sequence[Goods]) -> None:
    """Points, tiers, offers for stored value, kinds of coupon and of punch card, member prices."""
    with chain.day(-1, 8, "zhou", "HQ"):
        _programme(chain, goods)


def _programme(chain: Chain, goods: Sequence[Goods]) -> None:
    since = chain.first.replace(month=1, day=1)

    def rows(kind: str, *given: Mapping[str, Any]) -> None:
        chain.bring_in(kind, [{"id": chain.id_of(kind, row["code"]), **row} for row in given])

    rows("membership.programme", PROGRAMME)
    rows("membership.tier", *(
        {"code": code, "name": name, "programme": PROGRAMME["code"], "spent_min": least}
        for code, name, least in TIERS
    ))  # fmt: skip
    rows("membership.earn_rule", EARN_RULE | {"valid_from": since})
    rows("membership.wallet_rule", WALLET_RULE)
    rows("membership.top_up_rule", *(
        {"code": f"CZ{least}", "amount_min": least, "bonus": bonus, "valid_from": since}
        for least, bonus in OFFERS
    ))  # fmt: skip
    rows(
        "coupons.kind",
        {"code": COUPON, "name": "满 30 减 5 元", "form": "amount", "amount": "5", "minimum": "30",
         "days": 30, "is_transferable": True},
        {"code": WELCOME, "name": "生日八五折", "form": "percent", "percent": "15", "days": 20},
    )  # fmt: skip
    rows("coupons.gift", {"code": "SR", "day": "birthday", "kind": WELCOME, "days_before": 3,
                          "valid_from": since})  # fmt: skip
    milk = next((row for row in goods if row.type.category == "乳品" and not row.type.is_weighed),
                goods[0])  # fmt: skip
    rows("punchcards.kind", {
        "code": PUNCH, "name": f"{milk.type.name}次卡（10 次）", "item": chain.items[milk.product],
        "uses": 10, "price": (milk.price * 8).quantize(Decimal(1)) + 1, "days": 180,
    })  # fmt: skip
    fruit = [row for row in goods if row.type.category in AT_MEMBERS_PRICE][:6]
    chain.bring_in("prices.level", [
        {"id": chain.id_of("level", row.product), "price_list": "RETAIL", "buyer": "members",
         "item": chain.items[row.product], "unit": chain.items[row.product].base_unit,
         "price": (row.price * Decimal("0.95")).quantize(Decimal("0.1")), "valid_from": since}
        for row in fruit
    ])  # fmt: skip


def make_members(chain: Chain, baskets: Sequence[Bought]) -> None:
    """Whoever buys in these baskets joined where they come first, some day of the year before."""
    first: dict[int, int] = {}
    for basket in baskets:
        if is_member(basket.household):
            first.setdefault(basket.household, basket.store)
    chain.members |= {household: chain.id_of("member", household) for household in first}
    for number, store in enumerate(STORES):
        rows = [
            {"id": chain.members[one], **person_of(one)}
            for one, where in sorted(first.items()) if STORES[where] == store
        ]  # fmt: skip
        with chain.day(-40 - 60 * number, 10, "zhou", store):
            chain.bring_in("membership.member", rows)


# -- stored value ----------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class TopUp:
    """What a member pays in just before a basket."""

    before: Bought
    amount: Decimal


@dataclass(slots=True)
class Wallets:
    """What some members pay in, and which baskets they pay with it; the members of the part."""

    households: list[int] = field(default_factory=list)
    top_ups: list[TopUp] = field(default_factory=list)
    pays: set[int] = field(default_factory=set)


def wallets_of(baskets: Sequence[Bought]) -> Wallets:
    """Those who come most often pay in, once or twice, and pay with it as long as it lasts.

    It follows from the baskets alone, so a story that was broken off goes on as it began.
    """
    of: dict[int, list[Bought]] = {}
    for basket in baskets:
        if is_member(basket.household):
            of.setdefault(basket.household, []).append(basket)
    found = Wallets(sorted(of))
    for nth, household in enumerate(sorted(of, key=lambda n: (-len(of[n]), n))[:HOLDERS]):
        amount, left, again = OFFERS[nth % 2][0] if nth % 4 else Decimal(100), ZERO, 2
        for basket in of[household]:
            total = sum((paid for _, _, paid in basket.lines), ZERO)
            if again and left < total and basket.number >= TOP_UP_DAY:
                found.top_ups.append(TopUp(basket, amount))
                left += amount + bonus_of(amount, OFFERS)
                again -= 1
            if total <= left and basket.number >= TOP_UP_DAY:
                found.pays.add(basket.basket)
                left -= total
    return found


# -- what they do on a day -------------------------------------------------------------------------


def members_of_day(supply: Supply, wallets: Wallets, number: int) -> None:
    """Members pay in, buy punch cards, are given coupons, and use both."""
    chain, known = supply.chain, wallets.households
    for one in wallets.top_ups:
        if one.before.number == number:
            _pay_in(chain, one)
    holders = list(zip(USED_AT, known, strict=False))
    if number == CARD_DAY:
        for (store, _day), household in holders:
            with _till(chain, number, 12, store):
                line = {"member": chain.members[household], "kind": PUNCH}
                payload = {"header": {"method": "WECHAT"}, "lines": [line]}
                chain.post("stored_value.card_sale", (household,), lambda given=payload: given)  # type: ignore[misc]
    if number == COUPON_DAY and known:
        with chain.day(number, 8, "li", "HQ"):
            rate_all(chain.first + timedelta(days=number))
            lines = [{"kind": COUPON, "member": chain.members[one], "pieces": 2} for one in known
                     if person_of(one)["tags"] == COUPON_TAG]  # fmt: skip
            chain.post("coupons.issue", ("regulars",), lambda: {"lines": lines})
    for nth, ((store, day), household) in enumerate(holders):
        if number == day:
            _use_card(supply, store, number, chain.members[household])
            _use_coupon(supply, store, number, nth)


def _pay_in(chain: Chain, one: TopUp) -> None:
    basket = one.before
    at = chain.cut_of(basket.number) + timedelta(seconds=basket.into_day_s - 180)
    if at > env.now():
        return
    store = STORES[basket.store]
    till, clerk = chain.units[f"{store}-1"], chain.people[cashiers_of(store)[0]]
    with env.frozen(at), acting(clerk, till, via="import"):
        line = {"member": chain.members[basket.household], "amount": one.amount}
        payload = {"header": {"method": "WECHAT"}, "lines": [line]}
        chain.post("stored_value.top_up", (basket.basket,), lambda: payload)


def _use_card(supply: Supply, store: str, number: int, member: UUID) -> None:
    """One of the ten is fetched, of the piece more than the story sells that lies on each shelf."""
    card = Card.objects.filter(member=member).select_related("kind").first()
    if card is not None:
        lines = [{"item": card.kind.item_id, "quantity": 1, "card": card.pk}]
        _ring_up(supply.chain, store, number, "card", {"lines": lines, "member": member})


def _use_coupon(supply: Supply, store: str, number: int, nth: int) -> None:
    """A coupon of somebody who has one, for goods of which the store has more than it will sell."""
    given = supply.chain.id_of("coupons.issue", "regulars")
    coupon = Coupon.objects.filter(issue=given).order_by("id")[nth : nth + 1].first()
    dear = [row for row in supply.goods.values()
            if row.price >= COUPON_MIN and row.type.category not in AT_MEMBERS_PRICE]  # fmt: skip
    there = found_there(supply, store, number, 1, [row.product for row in dear])
    for row in there if coupon is not None else ():
        assert coupon is not None, "Looked at before."
        lines = [{"item": str(row["item"].pk), "quantity": "1"}]
        with _till(supply.chain, number, 17, store):
            priced = priced_now(
                supply.chain.units[f"{store}-1"], lines, paid=[{"method": "ALIPAY"}],
                member=coupon.member_id, coupons=[coupon.code],
            )  # fmt: skip
        _ring_up(supply.chain, store, number, "coupon", {
            "lines": lines, "member": coupon.member_id, "coupons": [coupon.code],
            "payments": [{"method": "ALIPAY", "amount": priced.basket.gross}],
        })  # fmt: skip


def _ring_up(chain: Chain, store: str, number: int, name: str, payload: dict[str, Any]) -> None:
    """A sale at the till; what is refused there stays away: somebody took the goods meanwhile."""
    sale = chain.id_of("rung up", name, number, store)
    with _till(chain, number, 17, store):
        if not Document.unscoped.filter(pk=sale).exists():
            try:
                run("till.sale.ring_up", sale, payload)
            except Refusal as refused:
                chain.tell(refused.code)


@contextmanager
def _till(chain: Chain, number: int, hour: int, store: str) -> Iterator[None]:
    with chain.day(number, hour, cashiers_of(store)[0], f"{store}-1"):
        yield


# -- shifts ----------------------------------------------------------------------------------------


def keep_shifts(chain: Chain, number: int) -> None:
    """A till's day as a shift, from its first sale to its last; in one, some coins are missing.

    Whoever has a shift open there while the story is being told is left alone.
    """
    for store, day, missing in SHIFTS:
        shift, begun = chain.id_of("shift", store, day), chain.id_of("float", store, day)
        till, clerk = f"{store}-2", cashiers_of(store)[-1]
        if day != number or Document.unscoped.filter(pk=shift).exists():
            continue
        with chain.day(number, 4, clerk, till):
            if open_shift(chain.units[till]) is None:
                run("till.shift.open", begun, {"float": str(FLOAT)})
            running = open_shift(chain.units[till])
        if running is None or running.pk != begun:
            continue
        with chain.day(number + 1, 3, clerk, till):
            there = FLOAT + cash_of(chain.units[till], running.opened_at, env.now()) - missing
            kept = min(FLOAT, there).quantize(Decimal(1), ROUND_FLOOR)
            counts = list(counts_of(there))
            run("till.shift.close", shift, {"counts": counts, "kept": str(kept)})


def counts_of(amount: Decimal) -> Iterator[dict[str, str]]:
    """An amount in as few notes and coins as can be; what is less than the smallest stays away.

    >>> [(n["face"], n["pieces"]) for n in counts_of(Decimal("123.45"))]
    [('100', '1'), ('20', '1'), ('1', '3'), ('0.1', '4')]
    """
    for kind, face in DENOMINATIONS["CNY"]:
        pieces, amount = divmod(amount, face)
        if pieces:
            yield {"kind": kind, "face": str(face), "pieces": str(int(pieces))}
