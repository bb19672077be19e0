"""Punch cards at the till: which lines of a basket they pay for, and what comes back.

A line that a card pays for stands apart from promotions, coupons and discounts: it is sold at what
the use of the card was paid. Its revenue and tax are of the store and the day of the use. A basket
without cards does not come here.
"""

from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any
from uuid import UUID

from django.utils.translation import gettext_noop as noop

from tongpan.base.numbers import ZERO, is_on_step
from tongpan.base.refusals import Refusal
from tongpan.business.membership.rules import Standing
from tongpan.business.punchcards import queries as cards
from tongpan.business.punchcards.postings import Use, Used, back_moves, use_moves, used_in
from tongpan.business.punchcards.rules import USE, Held, price_of_one, worth
from tongpan.business.till import queries
from tongpan.business.till.accounts import counter
from tongpan.business.till.baskets import Basket
from tongpan.business.till.models import Sale
from tongpan.kernel.companies.calls import Call
from tongpan.kernel.documents.fields import Problem, plain
from tongpan.kernel.documents.sentences import say
from tongpan.kernel.ledger.posting import Move, recorded
from tongpan.masters.taxes.rules import tax_in

MOST = 60  # lines in one sale that cards pay

say("card_no_discount", noop("Nothing is taken off what a punch card pays for."))
say("card_whole_back", noop("{item}: a punch card paid for it. Take whole pieces back."))
say("card_no_exchange", noop("{item}: a punch card paid for it. Take it back, then sell anew."))
say("card_not_in_exchange", noop("In an exchange no punch card pays. Sell it by itself."))


def asked_of(given: Iterable[Mapping[str, Any]]) -> dict[int, UUID]:
    """By line of a payload, counted from 0, the card that shall pay for it.

    Errors: Refusal card_unknown.
    """
    found: dict[int, UUID] = {}
    for n, row in enumerate(given):
        if raw := row.get("card"):
            try:
                found[n] = queries.as_id(str(raw))
            except ValueError:
                raise Refusal("invalid", problems=[_problem(n, "card_unknown")]) from None
    return dict(list(found.items())[:MOST])


def presenting_cards(basket: Basket, member: UUID | None) -> tuple[Call, ...]:
    """The call that looks up the cards that pay for lines of a basket; none for most baskets."""
    wanted = asked_of(basket.given)
    if not wanted:
        return ()
    return (cards.look_call(wanted.values(), member, {row[0] for row in basket.asked}),)


def pay_with_cards(basket: Basket, said: Any, standing: Standing | None) -> None:
    """Let the cards of a basket pay for their lines, which are filled already.

    Errors: Refusal naming every line that its card cannot pay for here and now.
    """
    held = cards.look_read(said)
    wanted = asked_of(basket.given)
    member = standing.member if standing else None
    problems: list[Problem] = []
    by_card: dict[UUID, list[int]] = {}
    for n, pk in wanted.items():
        one = held.get(pk)
        wrong = _wrong(basket, n, one, member)
        if wrong is not None:
            problems.append(_problem(n, **wrong))
        else:
            by_card.setdefault(pk, []).append(n)
    for pk, rows in by_card.items():
        needs = sum((basket.lines[n].quantity for n in rows), ZERO)
        if needs > held[pk].left:
            told = {"card": held[pk].name, "has": plain(held[pk].left), "needs": plain(needs)}
            problems.append(_problem(rows[0], "card_short", **told))
    if problems:
        raise Refusal("invalid", problems=problems)
    for pk, rows in by_card.items():
        _earn(basket, held[pk], rows)
    basket.set_off = sum((one.amount for one in basket.cards.values()), ZERO)


def _wrong(basket: Basket, n: int, one: Held | None, member: UUID | None) -> dict[str, Any] | None:
    line = basket.lines[n]
    if one is None:
        return {"code": "card_unknown"}
    if code := one.wrong(basket.on, basket.store.path, member):
        return {"code": code, "card": one.name, "day": str(one.valid_until or "")}
    if line.item_id not in one.fits:
        return {"code": "card_not_for_this", "card": one.name, "item": line.name}
    if not is_on_step(line.quantity, USE):
        return {"code": "card_whole_uses", "card": one.name}
    if basket.given[n].get("off"):
        return {"code": "card_no_discount"}
    return None


def _earn(basket: Basket, one: Held, rows: list[int]) -> None:
    amounts = worth(one.money, one.left, [basket.lines[n].quantity for n in rows])
    for n, amount in zip(rows, amounts, strict=True):
        line = basket.lines[n]
        line.price, line.taxed = price_of_one(amount, line.quantity), tax_in(amount, line.tax_rate)
        line.price_from = line.price_level = None
        basket.cards[n] = Use(one, line.pk, line.quantity, amount)


@contextmanager
def apart(basket: Basket) -> Iterator[None]:
    """Inside, the lines that cards pay for are not in the basket."""
    if not basket.cards:
        yield
        return
    given, asked, lines = basket.given, basket.asked, basket.lines
    rest = [n for n in range(len(lines)) if n not in basket.cards]
    basket.given = [given[n] for n in rest]
    basket.asked = [asked[n] for n in rest]
    basket.lines = [lines[n] for n in rest]
    try:
        yield
    except Refusal as wrong:
        raise _renumbered(wrong, rest) from None
    finally:
        basket.given, basket.asked, basket.lines = given, asked, lines


def _renumbered(wrong: Refusal, rest: list[int]) -> Refusal:
    """The same refusal, with its lines numbered as the person knows them."""
    if wrong.code != "invalid":
        return wrong
    return Refusal("invalid", problems=[p | {"path": at(str(p["path"]), rest)}
                                        for p in wrong.problems])  # fmt: skip


def at(path: str, rest: list[int]) -> str:
    """Where a path of the basket without the lines of cards stands in the whole one.

    >>> at("lines.2.off", [0, 2]), at("off", [0, 2])
    ('lines.3.off', 'off')
    """
    first, *more = path.split(".")
    if first != "lines" or not more:
        return path
    return ".".join([first, str(rest[int(more[0]) - 1] + 1), *more[1:]])


def cards_used(basket: Basket) -> list[Move]:
    """What the posting of the sale says of its cards."""
    return list(use_moves(basket.cards.values(), basket.store.pk, counter(basket.store.pk)))


def refuse_cards(given: Iterable[Mapping[str, Any]]) -> None:
    """In an exchange no card pays. Errors: Refusal card_not_in_exchange."""
    if wanted := asked_of(given):
        problems = [_problem(n, "card_not_in_exchange") for n in wanted]
        raise Refusal("invalid", problems=problems)


# -- back ------------------------------------------------------------------------------------------


def cards_back(basket: Basket, sale: Sale) -> list[Move]:
    """What goes back to cards with the goods of a sale: their uses, and what they had earned. It
    pays for these lines of the return, so that no money is paid out for them.

    Errors: Refusal card_whole_back.
    """
    paid = _paid_by_cards(sale)
    moves: list[Move] = []
    problems: list[Problem] = []
    for n, rung in enumerate(basket.lines):
        used = paid.get(rung.sold) if rung.sold is not None else None
        if used is None:
            continue
        if not is_on_step(rung.quantity, USE):
            problems.append(_problem(n, "card_whole_back", at="", item=rung.name))
            continue
        amount, here = rung.taxed.gross, basket.store.pk
        moves += back_moves(used, rung.quantity, amount, rung.pk, here, counter(here))
        basket.set_off += amount
    if problems:
        raise Refusal("invalid", problems=problems)
    return moves


def refuse_paid_by_cards(basket: Basket, sale: Sale) -> None:
    """Goods that a card paid for are not exchanged. Errors: Refusal card_no_exchange."""
    paid = _paid_by_cards(sale)
    problems = [
        _problem(n, "card_no_exchange", at="", item=rung.name)
        for n, rung in enumerate(basket.lines)
        if rung.sold in paid
    ]
    if problems:
        raise Refusal("invalid", problems=problems)


def _paid_by_cards(sale: Sale) -> dict[UUID, Used]:
    """By line, what cards paid of a sale; nobody without a member has a card."""
    if sale.document.party is None:
        return {}
    fact = recorded(sale.document.pk)
    return used_in(fact.moves) if fact is not None else {}


def _problem(n: int, code: str, *, at: str = ".card", **facts: Any) -> Problem:
    return {"path": f"lines.{n + 1}{at}", "code": code, **facts}
