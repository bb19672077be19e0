"""Baskets that wait: put aside, taken up again at any till of the store, looked at anew."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from django.http import HttpRequest

from tongpan.base.refusals import Refusal
from tongpan.business.till import queries
from tongpan.business.till.actions import RING_UP
from tongpan.business.till.models import ParkedSale
from tongpan.business.till.parking import PARK, RECALL, TAKE_OFF, came_to
from tongpan.faces.kit import formats
from tongpan.faces.kit.entry import entry
from tongpan.faces.pos import prices
from tongpan.faces.pos.baskets import can_be_sold, lines_of, stopped, weigh
from tongpan.faces.pos.machine import answers
from tongpan.faces.pos.reading import amount_of, body_of, id_of, remark_of, rows_of
from tongpan.kernel.documents.gate import run
from tongpan.kernel.documents.sentences import explain
from tongpan.kernel.org.models import OrgUnit
from tongpan.masters.items.queries import find_scanned


@entry(permission=RING_UP, scope="units", field_policy="masked")
@answers
def parked(request: HttpRequest, till: OrgUnit) -> dict[str, Any]:
    """The baskets that wait in this store, whichever till they were parked at."""
    return {"parked": [_parked(row, till) for row in queries.parked(till)]}


@entry(permission=RING_UP, scope="units", field_policy="masked", methods=("POST",))
@answers
def park(request: HttpRequest, till: OrgUnit) -> dict[str, Any]:
    """Put a basket aside under the id that the screen gave it."""
    body = body_of(request)
    payload: dict[str, Any] = {
        "basket": rows_of(body.get("basket")),
        "label": str(body.get("label") or ""),
    }
    if off := prices.off_of(body.get("off")):
        payload["off"] = off
    if body.get("total"):
        payload["total"] = amount_of(body["total"])
    if remark := remark_of(body):
        payload["remark"] = remark
    if isinstance(body.get("coupons"), list):
        payload["coupons"] = body["coupons"]
    if body.get("customer"):
        payload["customer"] = str(id_of(body["customer"]))
    if body.get("member"):
        payload["member"] = str(id_of(body["member"]))
    run(PARK, payload=payload, request_id=id_of(body.get("id")))
    return {"parked": [_parked(row, till) for row in queries.parked(till)]}


@entry(permission=RING_UP, scope="units", field_policy="masked", methods=("POST",))
@answers
def recall(request: HttpRequest, till: OrgUnit) -> dict[str, Any]:
    """Take a basket up again. The screen holds it already, so a lost answer loses nothing."""
    body = body_of(request)
    run(RECALL, id_of(body.get("id")), request_id=id_of(body.get("request")))
    return {"parked": [_parked(row, till) for row in queries.parked(till)]}


def _parked(row: ParkedSale, till: OrgUnit) -> dict[str, Any]:
    return {
        "id": str(row.pk),
        "label": row.label,
        "basket": row.basket,
        "member": str(row.member) if row.member else None,
        "customer": row.rest.get("customer"),
        "off": row.rest.get("off"),
        "coupons": row.rest.get("coupons", []),
        "remark": row.rest.get("remark", ""),
        "at": formats.moment(row.parked_at),
        "by": row.parked_by.name,
        "till": row.till.name if row.till_id != till.pk else "",
        "total": formats.money(came_to(row), "CNY"),
    }


@entry(permission=RING_UP, scope="units", field_policy="masked", methods=("POST",))
@answers
def look_again(request: HttpRequest, till: OrgUnit) -> dict[str, Any]:
    """Each line of a basket as it would be sold now, in the order asked; or why it would not be.

    What a label of the scales said is read again from its code.
    """
    rows = rows_of(body_of(request).get("lines"))
    if not rows:
        return {"lines": []}
    asked = [(id_of(row.get("item")), id_of(row.get("unit"))) for row in rows]
    return {"lines": [_again(*pair) for pair in zip(rows, _offered(asked, till), strict=True)]}


def _offered(asked: list[tuple[UUID, UUID]], till: OrgUnit) -> list[dict[str, Any]]:
    try:
        return lines_of(asked, till)
    except KeyError:
        raise Refusal("not_found") from None


def _again(row: Mapping[str, Any], line: dict[str, Any]) -> dict[str, Any]:
    if not can_be_sold(line):
        return {"stopped": stopped(line)}
    if row.get("is_label") and row.get("barcode"):
        try:
            weigh(line, find_scanned(str(row["barcode"])[:60]))
        except Refusal as refusal:
            message = explain(refusal)["detail"]
            return {"stopped": {"code": line["code"], "message": message}}
    return {"line": line}


@entry(permission=RING_UP, scope="units", field_policy="none", methods=("POST",))
@answers
def take_off(request: HttpRequest, till: OrgUnit) -> dict[str, Any]:
    """Write down what left a basket before it was paid, under the id that the screen gave it."""
    body = body_of(request)
    payload = {
        "basket": str(id_of(body.get("basket"))),
        "kind": str(body.get("kind"))[:6],
        "reason": str(body.get("reason") or "")[:120],
        "lines": [
            {
                "item": str(id_of(row.get("item"))),
                "unit_name": str(row.get("unit_name") or "")[:20],
                "quantity": amount_of(row.get("quantity")),
                "price": amount_of(row.get("price")),
            }
            for row in rows_of(body.get("lines"))
        ],
    }
    return {"kept": not run(TAKE_OFF, payload=payload, request_id=id_of(body.get("id"))).is_repeat}
