"""What the screen asks while a basket is filled and paid: scan, sell."""

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.http import HttpRequest

from tongpan.base import env
from tongpan.base.numbers import round_to
from tongpan.base.refusals import Refusal
from tongpan.business.membership.queries import FIND
from tongpan.business.pricing.rules import Level
from tongpan.business.till import queries
from tongpan.business.till.actions import RING_UP, TAKE_BACK
from tongpan.business.till.baskets import CHANGE_PRICE
from tongpan.business.till.least import SELL_BELOW, least_of
from tongpan.business.till.queries import Offer
from tongpan.business.till.slips import place_of
from tongpan.faces.kit.entry import entry
from tongpan.faces.pos import accounts, prices
from tongpan.faces.pos.machine import answers
from tongpan.faces.pos.members import told_by_id
from tongpan.faces.pos.reading import amount_of, body_of, id_of, payments_of, remark_of, rows_of
from tongpan.faces.pos.slips import slip_of
from tongpan.kernel.documents.fields import plain
from tongpan.kernel.documents.gate import run
from tongpan.kernel.documents.sentences import explain, say, sentence
from tongpan.kernel.org.models import OrgUnit, Person, business_date
from tongpan.kernel.org.scope import may, person_may
from tongpan.kernel.org.sign_in import authorise
from tongpan.masters.items.families import families_named, family_called
from tongpan.masters.items.models import Item, ItemFamily
from tongpan.masters.items.queries import Scanned, find_scanned, search_items
from tongpan.masters.items.rules.scans import scanned
from tongpan.masters.taxes.rules import line_amount

FOUND_MAX = 12
CODE_MIN = 8  # so many digits are a barcode, not something to search for
WEIGHT_STEP = Decimal("0.001")

Asked = tuple[UUID, UUID | None]

say("nothing_found", "No item has {given} in its code, name or pinyin initials.")


# -- scan ----------------------------------------------------------------------------------------


@entry(permission=RING_UP, scope="units", field_policy="masked")
@answers
def scan(request: HttpRequest, till: OrgUnit) -> dict[str, Any]:
    """What a code or some letters mean: one line to sell, several to choose from, or nothing."""
    text = scanned(request.GET.get("q", ""))[:60]
    try:
        found = find_scanned(text)
    except Refusal as refusal:
        if refusal.code not in ("barcode_unknown", "barcode_length"):
            return {"stopped": {"code": text, "message": explain(refusal)["detail"]}}
        return _searched(text, till, explain(refusal)["detail"])
    line = lines_of([(found.item.pk, found.unit.pk)], till)[0]
    line["barcode"] = text
    weigh(line, found)
    return {"line": line} if can_be_sold(line) else {"stopped": stopped(line)}


def _searched(text: str, till: OrgUnit, unknown: str) -> dict[str, Any]:
    if may(TAKE_BACK, till) and len(text) >= CODE_MIN and queries.sale_on_slip(text):
        return {"brought": text}
    if text.isdigit() and len(text) >= CODE_MIN:
        return {"unknown": {"code": text, "message": unknown}}
    try:
        items = search_items(text, FOUND_MAX)
    except Refusal:
        items = []
    exact = [item for item in items if item.code.lower() == text.lower()]
    if not exact and (family := family_called(text)):
        return {"family": _entry(family)}
    if not items and (named := families_named(text, FOUND_MAX)):
        return {"found": [_entry(one) for one in named]}
    if not items:
        nothing = sentence("nothing_found", {"given": text})
        return {"unknown": {"code": text, "message": nothing, "is_searched": True}}
    chosen = exact[:1] or items
    lines = lines_of([(item.pk, None) for item in chosen], till)
    for line, item in zip(lines, chosen, strict=True):
        line["family"] = of_family(item)
    if len(lines) > 1:
        lines.sort(key=lambda line: Decimal(line["stock"]) <= 0)  # what can be sold now comes first
        return {"found": [line for line in lines if can_be_sold(line)] or lines}
    return {"line": lines[0]} if can_be_sold(lines[0]) else {"stopped": stopped(lines[0])}


def of_family(item: Item) -> dict[str, str] | None:
    """The family of a variant, and which variant it is."""
    if item.family is None:
        return None
    return {
        "id": str(item.family.pk), "code": item.family.code, "name": item.family.name,
        "variant": item.variant,
    }  # fmt: skip


def _entry(family: ItemFamily) -> dict[str, Any]:
    """A family among what was found: it is opened to choose one of its variants."""
    return {
        "is_family": True, "id": str(family.pk), "code": family.code, "name": family.name,
        "price": None, "stock": None,
    }  # fmt: skip


def can_be_sold(line: Mapping[str, Any]) -> bool:
    return line["is_sold"] and (line["price"] is not None or line["is_price_open"])


def lines_of(asked: Sequence[Asked], till: OrgUnit) -> list[dict[str, Any]]:
    """Items as the till sells them: price with tax, rate, stock, and the units to choose from."""
    store = _store(till)
    units = queries.units_of(item for item, _ in asked)
    wanted = list(
        dict.fromkeys(
            pair
            for item, unit in asked
            for pair in ((item, unit), (item, None), *((item, u) for u in units.get(item, ())))
        )
    )
    offers = queries.offers(wanted, store, env.now())
    left = queries.stock_left(store.pk, place_of(store), {item for item, _ in asked})
    lines = []
    for item, unit in asked:
        chosen = offers[item, unit]
        others = [offers.get((item, u)) for u in (None, *units.get(item, ()))]
        line = _line(chosen) | {"item": str(item), "code": chosen.code, "name": chosen.name}
        line["is_sold"] = chosen.state == "active"
        line["is_price_open"] = chosen.is_price_open
        line["rate"] = plain(chosen.tax_rate) if chosen.tax_rate is not None else None
        line["stock"] = plain(left[item])
        line["units"] = [
            _line(o) for o in others if o is not None and (o.price is not None or o.is_price_open)
        ]
        lines.append(line)
    return lines


def _line(offer: Offer) -> dict[str, Any]:
    """The unit of a line and what one of it costs; the price has as many places as it needs."""
    return {
        "unit": str(offer.unit),
        "unit_name": offer.unit_name,
        "price": plain(offer.price) if offer.price is not None else None,
        "step": plain(offer.step),
        "factor": plain(offer.factor) if offer.factor is not None else None,
        "levels": [_level(one) for one in offer.levels],
    }


def _level(level: Level) -> dict[str, Any]:
    """A lower price of the line, and for whom and from how much of the level's unit it holds."""
    return {
        "id": str(level.id),
        "for_members": level.for_members,
        "tier": str(level.tier or ""),
        "from": plain(level.from_quantity),
        "price": plain(level.price),
        "factor": plain(level.factor),
    }


def weigh(line: dict[str, Any], found: Scanned) -> None:
    """Put onto the line what a label of our scales says, so that it costs just what it prints."""
    quantity = found.quantity
    if found.price is not None and line["price"] is not None and Decimal(line["price"]) > 0:
        quantity = quantity or round_to(found.price / Decimal(line["price"]), WEIGHT_STEP)
        quantity = max(quantity, WEIGHT_STEP)
        if line_amount(quantity, Decimal(line["price"])) != found.price:
            line["price"] = plain(round_to(found.price / quantity, Decimal("0.000001")))
    if found.price is not None and line["price"] is None:
        line["price"] = plain(round_to(found.price / (quantity or 1), Decimal("0.000001")))
    line["quantity"] = plain(quantity or Decimal(1))
    line["has_amount"] = found.price is not None
    line["is_label"] = found.price is not None or quantity not in (None, Decimal(1))


def stopped(line: Mapping[str, Any]) -> dict[str, Any]:
    """Why what was scanned is not taken up."""
    refusal = Refusal("no_price" if line["is_sold"] else "not_for_sale", item=line["name"])
    return {"code": line["code"], "message": explain(refusal)["detail"]}


def _store(till: OrgUnit) -> OrgUnit:
    assert till.parent is not None, "A till stands in a store."
    return till.parent


# -- sell ----------------------------------------------------------------------------------------


@entry(permission=RING_UP, scope="units", field_policy="masked", methods=("POST",))
@answers
def sell(request: HttpRequest, till: OrgUnit) -> dict[str, Any]:
    """Ring up a basket under the id that the screen gave it; sent again, it is the same sale."""
    body = body_of(request)
    sale = id_of(body.get("id"))
    lines = [read_line(row) for row in rows_of(body.get("lines"))]
    payload: dict[str, Any] = {"lines": lines, "payments": payments_of(body.get("payments"))}
    if off := prices.off_of(body.get("off")):
        payload["off"] = off
    if presented := prices.coupons_of(body):
        payload["coupons"] = presented
    if remark := remark_of(body):
        payload["remark"] = remark
    if body.get("total") is not None:
        payload["total"] = amount_of(body["total"])
    member = id_of(body["member"]) if body.get("member") else None
    if member is not None:
        payload["member"] = str(member)
    said, answered_by = [], None
    if body.get("customer"):
        payload["customer"] = str(id_of(body["customer"]))
        said = [str(code) for code in body.get("answers") or ()]
        answered_by = accounts.allowed_by(request, sale, payload) if said else None
    givers = prices.givers_of(request, till, sale, body, lines)
    with prices.standing_with(request, till, givers, answered_by):
        done = run(RING_UP, payload=payload, request_id=sale, answers=said)
    answer: dict[str, Any] = {"slip": slip_of(done), "is_repeat": done.is_repeat}
    if member is not None and may(FIND, till):
        answer["member"] = told_by_id(member, business_date(till, env.now()))
    return answer


def read_line(row: Mapping[str, Any]) -> dict[str, Any]:
    off = prices.off_of(row.get("off"))
    return {
        "item": str(id_of(row.get("item"))),
        "unit": str(id_of(row.get("unit"))),
        "quantity": amount_of(row.get("quantity")),
        "price": amount_of(row.get("price")),
        "barcode": str(row.get("barcode") or "")[:60],
        **({"off": off} if off else {}),
        **({"card": str(id_of(row["card"]))} if row.get("card") else {}),
        **({"remark": text} if (text := remark_of(row)) else {}),
    }


@entry(permission=RING_UP, scope="units", field_policy="none", methods=("POST",))
@answers
def authorise_price(request: HttpRequest, till: OrgUnit) -> dict[str, Any]:
    """Somebody who may gives their PIN for one price of one item in this sale."""
    body = body_of(request)
    person = authorise(
        str(body.get("code") or ""), str(body.get("pin") or ""), permission=CHANGE_PRICE, unit=till
    )
    _refuse_below(body, till, person)
    leave = [
        str(id_of(body.get("sale"))), str(id_of(body.get("item"))), str(id_of(body.get("unit"))),
        plain(Decimal(amount_of(body.get("price")))), str(person.pk),
    ]  # fmt: skip
    kept = request.session.get(prices.PRICE_LEAVES, [])[-prices.LEAVES_MAX :]
    request.session[prices.PRICE_LEAVES] = [*kept, leave]
    return {"by": person.name}


def _refuse_below(body: Mapping[str, Any], till: OrgUnit, person: Person) -> None:
    """A price that is too low needs somebody who may sell at it.

    Errors: Refusal below_allowed.
    """
    if person_may(person.held_permissions(), SELL_BELOW, till):
        return
    item, unit = id_of(body.get("item")), id_of(body.get("unit"))
    price, store = Decimal(amount_of(body.get("price"))), _store(till)
    offer = queries.offers([(item, unit)], store, env.now()).get((item, unit))
    least = least_of([item], store, business_date(store, env.now())).get(item)
    if offer is not None and least is not None and price < least * (offer.factor or 1):
        raise Refusal("below_allowed", item=offer.name, price=plain(price))
