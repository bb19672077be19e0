"""What promotions and the rule of rounding take off slips that are brought in before either: as the
till would have, at the minute of each, in their order.

Everything is read for all of them at once, in two statements; what the earlier ones use of budgets
and limits the later ones find used.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any
from uuid import UUID

import orjson

from tongpan.base.numbers import ZERO
from tongpan.business.membership.rules import Standing
from tongpan.business.promotions import queries as promotions
from tongpan.business.promotions.rules.values import Member, Used
from tongpan.business.till import sorts
from tongpan.business.till.baskets import Basket
from tongpan.business.till.pricing import ROUNDING, RULE, Known, spent_in, take_off
from tongpan.business.till.queries import Method
from tongpan.kernel.companies.calls import Call, together

Standings = Mapping[UUID, Standing]  # of baskets that name a member, by the basket


def take_off_as_then(
    baskets: Sequence[Basket], standings: Standings, methods: Mapping[str, Method]
) -> None:
    """Take off the lines of these baskets what held when they were sold, and put into each what it
    uses of budgets. One way of paying without an amount pays what is left."""
    if not baskets:
        return
    known = _known(baskets, standings)
    for basket in baskets:
        facts = known[basket.pk]
        if not facts.is_plain:
            result = take_off(basket, facts, methods)
            basket.spent = spent_in(basket, facts, result)
            for one in result.priced.applied if result.priced else ():
                _use_up(known, baskets, basket, one.promotion, one.times, one.amount)
        if len(basket.paid) == 1 and "amount" not in basket.paid[0]:
            basket.paid = [{**basket.paid[0], "amount": basket.gross}]


def _known(baskets: Sequence[Basket], standings: Standings) -> dict[UUID, Known]:
    stores = {basket.store.pk: basket.store for basket in baskets}
    goods = dict.fromkeys(line.item_id for basket in baskets for line in basket.lines)
    members = dict.fromkeys(one.member for one in standings.values())
    version, sorted_goods, *rest = together([
        promotions.VERSION,
        Call("till_goods(%s)", (orjson.dumps([*goods], default=str).decode(),)),
        *(Call(RULE, (store.path,)) for store in stores.values()),
        *(Call("till_member_tags(%s)", (member,)) for member in members),
    ])  # fmt: skip
    rules = dict(zip(stores, rest, strict=False))
    tags = dict(zip(members, rest[len(stores) :], strict=True))
    since = min(basket.on for basket in baskets)
    live = {pk: promotions.held(store, str(version or ""), since) for pk, store in stores.items()}
    used = dict(_used(baskets, standings, live))
    known, sorts_of = {}, sorts.sorts_of(sorted_goods)
    for basket in baskets:
        facts = Known(
            rounding=rules[basket.store.pk] or ROUNDING.default, live=live[basket.store.pk],
            goods=sorts_of, used=used.get(basket.pk, {}),
        )  # fmt: skip
        if (standing := standings.get(basket.pk)) is not None:
            words = frozenset((tags[standing.member] or "").split())
            facts.member = Member(str(standing.member), str(standing.tier or ""), words)
        known[basket.pk] = facts
    return known


def _used(
    baskets: Sequence[Basket], standings: Standings, live: Mapping[UUID, promotions.Live]
) -> Iterator[tuple[UUID, dict[str, Used]]]:
    """What was used of what is bounded before all of them."""
    asking = [basket for basket in baskets if live[basket.store.pk].bounded]
    if not asking:
        return
    whose: list[Any] = [
        one.member if (one := standings.get(basket.pk)) is not None else None for basket in asking
    ]
    said = together([
        promotions.used_call(live[basket.store.pk].bounded, member, basket.on)
        for basket, member in zip(asking, whose, strict=True)
    ])  # fmt: skip
    for basket, member, told in zip(asking, whose, said, strict=True):
        held = live[basket.store.pk]
        budgets = {one.code: one.limits.budget for one in held.promotions}
        yield basket.pk, promotions.used_read(told, held.bounded, budgets, member, basket.on)


def _use_up(
    known: Mapping[UUID, Known], baskets: Sequence[Basket], used: Basket, code: str, times: int,
    amount: Any,
) -> None:  # fmt: skip
    """Let the other baskets find used what one of them used."""
    member = known[used.pk].member
    for basket in baskets:
        facts = known[basket.pk]
        if (before := facts.used.get(code)) is None:
            continue
        is_theirs = member is not None and facts.member is not None and facts.member.id == member.id
        facts.used = {
            **facts.used,
            code: replace(
                before,
                by_member=before.by_member + (times if is_theirs else 0),
                today=before.today + (times if basket.on == used.on else 0),
                spent=before.spent + (amount or ZERO),
            ),
        }
