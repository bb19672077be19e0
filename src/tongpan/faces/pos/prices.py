"""What the screen asks about prices: the basket as it comes to now, and discounts by hand."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, nullcontext
from decimal import Decimal
from itertools import islice
from typing import Any
from uuid import UUID

from django.http import HttpRequest

from tongpan.base import env
from tongpan.base.numbers import ZERO
from tongpan.base.refusals import Refusal
from tongpan.business.membership.queries import standing_of
from tongpan.business.promotions import words
from tongpan.business.promotions.rules.pricing import Outcome
from tongpan.business.till.actions import RING_UP
from tongpan.business.till.allowed import Givers, Goods, given_by
from tongpan.business.till.baskets import CHANGE_PRICE, at_level
from tongpan.business.till.documents import title_of
from tongpan.business.till.preview import Preview, priced_now
from tongpan.business.till.pricing import DISCOUNT_LINE, DISCOUNT_RECEIPT
from tongpan.business.till.queries import offers
from tongpan.faces.kit.entry import entry
from tongpan.faces.pos import card_words
from tongpan.faces.pos.machine import answers, standing_at
from tongpan.faces.pos.reading import amount_of, body_of, id_of, rows_of
from tongpan.kernel.documents.fields import plain
from tongpan.kernel.documents.sentences import sentence
from tongpan.kernel.org.models import OrgUnit, Person, business_date
from tongpan.kernel.org.scope import may
from tongpan.kernel.org.sign_in import authorise
from tongpan.masters.prices.models import Price
from tongpan.masters.taxes.rules import line_amount

PRICE_LEAVES, OFF_LEAVES, LEAVES_MAX = "price_leaves", "discount_leaves", 40
HINTS_MAX, MINUTE_MS, METHODS_MAX = 2, 60_000, 12
Off = dict[str, str]


# -- what it comes to ------------------------------------------------------------------------------


@entry(permission=RING_UP, scope="units", field_policy="masked", methods=("POST",))
@answers
def price(request: HttpRequest, till: OrgUnit) -> dict[str, Any]:
    """The basket as it would be sold now: what is taken off each line, and by what; `why` asks
    what became of each promotion, and `needs` which discounts somebody else must give, and how many
    percent each is. `next_ms` is when the clock of the shop says another minute."""
    body = body_of(request)
    rows = rows_of(body.get("lines"))
    found = _priced(till, body, rows)
    lines = found.basket.lines
    now = env.now()
    answer: dict[str, Any] = {
        "lines": [_line(line, row) for line, row in zip(lines, rows, strict=True)],
        "total": plain(found.basket.gross - found.basket.set_off),
        "saved": plain(sum((s.amount for n in lines for s in n.shares), ZERO)),
        "hints": _hints(found),
        "is_plain": found.is_plain,
        "next_ms": MINUTE_MS - (now.second * 1000 + now.microsecond // 1000) % MINUTE_MS,
    }
    card_words.tell(answer["lines"], rows, found.basket)
    _say_which(answer["lines"], lines)
    if body.get("needs"):
        answer["needs"] = [
            {"path": path, "percent": plain(percent.quantize(Decimal("0.1")))}
            for path, _right, percent in found.result.needs
        ]
    if body.get("why"):
        answer["why"] = [_outcome(one, found) for one in found.result.outcomes]
    return answer


def _priced(till: OrgUnit, body: Mapping[str, Any], rows: Sequence[Mapping[str, Any]]) -> Preview:
    member = id_of(body["member"]) if body.get("member") else None
    lines = [_read(row) for row in rows]
    return priced_now(
        till, lines, paid=_ways(body), off=off_of(body.get("off")), member=member,
        coupons=coupons_of(body), against=Decimal(amount_of(body.get("against") or "0")),
    )  # fmt: skip


def _ways(body: Mapping[str, Any]) -> list[dict[str, str]]:
    """How it is paid so far, in order; the way that is chosen last has no amount yet."""
    found = []
    for row in rows_of(body.get("payments") or [])[:METHODS_MAX]:
        way = {"method": str(row.get("method"))[:60]}
        found.append(way | ({"amount": amount_of(row["amount"])} if row.get("amount") else {}))
    return found


def coupons_of(body: Mapping[str, Any]) -> list[str]:
    """The codes of coupons that a basket presents, as they were scanned."""
    raw = body.get("coupons")
    return [str(code)[:40] for code in raw] if isinstance(raw, list) else []


def _read(row: Mapping[str, Any]) -> dict[str, Any]:
    """A line; its price only where it is another than the list's."""
    found: dict[str, Any] = {
        "item": str(id_of(row.get("item"))),
        "unit": str(id_of(row.get("unit"))),
        "quantity": amount_of(row.get("quantity")),
        "barcode": str(row.get("barcode") or "")[:60],
    }
    if row.get("price") is not None:
        found["price"] = amount_of(row["price"])
    if off := off_of(row.get("off")):
        found["off"] = off
    if row.get("card"):
        found["card"] = str(id_of(row["card"]))
    return found


def off_of(raw: Any) -> Off | None:
    """A discount by hand as it was sent.

    Errors: Refusal object_format or not_a_number.
    """
    if not raw:
        return None
    if not isinstance(raw, dict):
        raise Refusal("object_format")
    reason = str(raw.get("reason") or "")[:120]
    return {"how": str(raw.get("how"))[:10], "value": amount_of(raw.get("value")), "reason": reason}


def _line(line: Any, row: Mapping[str, Any]) -> dict[str, Any]:
    shares = [{"title": title_of(s.kind, s.reason), "amount": plain(s.amount)} for s in line.shares]
    is_listed = row.get("price") is None
    return {
        "price": plain(line.price) if is_listed else None,
        "amount": plain(line_amount(line.quantity, line.price)),
        "left": plain(line.taxed.gross),
        "shares": shares,
        "is_new": is_listed and row.get("listed") is not None
        and Decimal(amount_of(row["listed"])) != line.price,
    }  # fmt: skip


def _say_which(told: Sequence[dict[str, Any]], lines: Sequence[Any]) -> None:
    """Of lines whose price is another than the screen knew, by which price it is."""
    new = {n: line.price_from for n, line in enumerate(lines) if told[n].pop("is_new")}
    if not new:
        return
    rows = Price.objects.select_related("price_list").filter(pk__in=list(new.values()))
    names = {row.pk: str(row) for row in rows}
    for n, pk in new.items():
        told[n]["price_from"] = names.get(pk, "")


def _hints(found: Preview) -> list[str]:
    """What little is missing for a promotion, or for more of it, the first ones only."""
    titles = {one.code: one.title for one in found.promotions}
    said = (
        f"{titles[code]} · {sentence(hint.code, hint.facts)}" for code, hint in found.result.hints
    )
    return list(islice(said, HINTS_MAX))  # no more are worked out


def _outcome(one: Outcome, found: Preview) -> dict[str, Any]:
    titles = {n.code: n.title for n in found.promotions}
    why = ""
    if one.why_not is not None:
        why = sentence(one.why_not.code, words.facts_named(one.why_not.facts, titles))
    hint = sentence(one.hint.code, one.hint.facts) if one.hint else ""
    return {
        "title": titles[one.promotion],
        "code": one.promotion,
        "amount": plain(one.amount) if one.is_applied else None,
        "times": one.times,
        "why": " ".join(text for text in (why, hint) if text),
    }


# -- discounts by hand -----------------------------------------------------------------------------


@entry(permission=RING_UP, scope="units", field_policy="none", methods=("POST",))
@answers
def discount(request: HttpRequest, till: OrgUnit) -> dict[str, Any]:
    """Whether the discount at `path` of the basket may be given; where not, `needs` says how many
    percent it is, and somebody who may gives their `code` and `pin` for it, in this sale."""
    body = body_of(request)
    rows, path = rows_of(body.get("lines")), str(body.get("path"))[:40]
    needs = {at: (right, percent) for at, right, percent in _priced(till, body, rows).result.needs}
    if path not in needs:
        return {"by": ""}
    right, percent = needs[path]
    if not body.get("code") or not body.get("pin"):
        told = sentence(
            "discount_by_somebody", {"percent": plain(percent.quantize(Decimal("0.1")))}
        )
        return {"needs": told}
    person = authorise(
        str(body["code"]), str(body["pin"]), permission=right, unit=till, amount=percent
    )
    leave = [str(id_of(body.get("id"))), *_leave(path, rows, body.get("off")), str(person.pk)]
    request.session[OFF_LEAVES] = [*request.session.get(OFF_LEAVES, [])[-LEAVES_MAX:], leave]
    return {"by": person.name}


def _leave(path: str, rows: Sequence[Mapping[str, Any]], off: Any) -> list[str]:
    """What exactly is allowed: so much of so many of these goods, or of the receipt."""
    if path == "off":
        said = off_of(off) or {}
        return ["", "", "", said.get("how", ""), plain(Decimal(said.get("value", "0")))]
    row = _read(rows[int(path.split(".")[1]) - 1])
    said = row.get("off") or {}
    quantity, value = plain(Decimal(row["quantity"])), plain(Decimal(said.get("value", "0")))
    return [row["item"], row["unit"], quantity, said.get("how", ""), value]


def givers_of(
    request: HttpRequest, till: OrgUnit, sale: UUID, body: Mapping[str, Any],
    lines: Sequence[Mapping[str, str]],
) -> Givers | None:  # fmt: skip
    """Who gave their PIN for each changed price and each discount of this sale, if nothing of it
    was left that the person at the till may not give and nobody gave."""
    prices = [leave for leave in request.session.get(PRICE_LEAVES, []) if leave[0] == str(sale)]
    offs = [leave for leave in request.session.get(OFF_LEAVES, []) if leave[0] == str(sale)]
    if not prices and not offs:
        return None
    try:
        member = id_of(body["member"]) if body.get("member") else None
        for_prices = _givers_of_prices(till, prices, lines, member)
        for_offs = _givers_of_offs(till, offs, body)
    except Refusal:  # the sale itself says why; one that was made already is recognised
        return None
    if for_prices is None or for_offs is None:
        return None
    wanted = {*for_prices.values(), *for_offs.values()}
    people = {str(one.pk): one for one in Person.objects.filter(pk__in=wanted, is_active=True)}
    if len(people) < len(wanted):
        return None
    return Givers(
        offs={path: people[pk] for path, pk in for_offs.items()},
        prices={goods: people[pk] for goods, pk in for_prices.items()},
    )


@contextmanager
def standing_with(
    request: HttpRequest, till: OrgUnit, givers: Givers | None, answered_by: Person | None = None
) -> Iterator[None]:
    """Inside, the person acts at the till, and what others gave their PIN for is theirs."""
    first = answered_by or (givers.first if givers else None)
    with standing_at(request, till, first), given_by(givers) if givers else nullcontext():
        yield


def _givers_of_prices(
    till: OrgUnit, leaves: Sequence[Sequence[str]], lines: Sequence[Mapping[str, str]],
    member: UUID | None,
) -> dict[Goods, str] | None:  # fmt: skip
    """Who allowed each price that is not the list's; None where nobody allowed one."""
    given = {(n["item"], n["unit"], plain(Decimal(n["price"]))) for n in lines}
    allowed = {(item, unit, price): by for _sale, item, unit, price, by in leaves}
    pairs = list(dict.fromkeys((UUID(item), UUID(unit)) for item, unit, _price in given))
    assert till.parent is not None, "A till stands in a store."
    found = offers(pairs, till.parent, env.now())
    tier = standing_of(member, business_date(till.parent, env.now())).tier if member else None
    many: dict[tuple[str, str], Decimal] = {}
    for n in lines:
        key = n["item"], n["unit"]
        many[key] = many.get(key, Decimal(0)) + Decimal(n["quantity"])
    at = {
        (str(i), str(u)): at_level(
            o, many.get((str(i), str(u)), Decimal(0)), is_member=member is not None, tier=tier
        )
        for (i, u), o in found.items()
    }
    listed = {(*key, plain(o.price)) for key, o in at.items() if o.price is not None}
    said = {n for n in given if (o := found.get((UUID(n[0]), UUID(n[1])))) and o.is_price_open}
    if given - listed - said - allowed.keys() and not may(CHANGE_PRICE, till):
        return None
    return {goods: allowed[goods] for goods in given - listed if goods in allowed}


def _givers_of_offs(
    till: OrgUnit, leaves: Sequence[Sequence[str]], body: Mapping[str, Any]
) -> dict[str, str] | None:
    """Who gave each discount that the person may not give themselves; None where nobody did."""
    rows = rows_of(body.get("lines"))
    if not body.get("off") and not any(row.get("off") for row in rows):
        return {}
    needs = _priced(till, body, rows).result.needs
    allowed = {tuple(leave[1:-1]): leave[-1] for leave in leaves}
    wanted = {path: tuple(_leave(path, rows, body.get("off"))) for path, _right, _percent in needs}
    if not all(leave in allowed for leave in wanted.values()):
        return None
    return {path: allowed[leave] for path, leave in wanted.items()}


def boot_of(till: OrgUnit) -> dict[str, Any]:
    """What the screen must know of discounts before the first scan."""
    return {"line": may(DISCOUNT_LINE, till), "receipt": may(DISCOUNT_RECEIPT, till)}
