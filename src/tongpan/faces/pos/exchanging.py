"""Exchanging goods at the till: what comes back, what goes out, and the difference."""

from typing import Any

from django.http import HttpRequest

from tongpan.base.refusals import Refusal
from tongpan.business.sales.queries import EXCEED
from tongpan.business.till.actions import PAY_BACK_OTHERWISE, TAKE_BACK
from tongpan.business.till.documents import RETURN, SALE
from tongpan.business.till.exchanging import MAKE, REVERSE
from tongpan.business.till.models import Exchange, Sale
from tongpan.faces.kit.entry import entry
from tongpan.faces.pos import prices
from tongpan.faces.pos.baskets import read_line
from tongpan.faces.pos.machine import answers, standing_at
from tongpan.faces.pos.reading import amount_of, body_of, id_of, payments_of, remark_of, rows_of
from tongpan.faces.pos.slips import told_of, who_answers
from tongpan.kernel.documents.gate import run
from tongpan.kernel.org.models import OrgUnit
from tongpan.kernel.org.scope import visible

OWES_TOO_MUCH = "owes_too_much"
REVERSING = (RETURN.permission("reverse"), SALE.permission("reverse"))


@entry(permission=TAKE_BACK, scope="units", field_policy="none", methods=("POST",))
@answers
def reverse(request: HttpRequest, till: OrgUnit) -> dict[str, Any]:
    """Reverse both slips of an exchange of this store, with a `reason`; `by` is the name and PIN of
    somebody who may, where the person at the till may not."""
    body = body_of(request)
    rows = visible(Exchange, TAKE_BACK).filter(till__parent=till.parent)
    found = rows.filter(pk=id_of(body.get("exchange"))).first()
    if found is None:
        raise Refusal("not_found")
    payload = {"reason": str(body.get("reason") or "")[:120]}
    with standing_at(request, till, who_answers(body.get("by"), till, REVERSING[0])):
        done = run(REVERSE, found.pk, payload, request_id=id_of(body.get("id")))
    return {"is_repeat": done.is_repeat}


@entry(permission=TAKE_BACK, scope="units", field_policy="masked", methods=("POST",))
@answers
def exchange(request: HttpRequest, till: OrgUnit) -> dict[str, Any]:
    """Take goods of a slip back and sell others for them, under the id that the screen gave."""
    body = body_of(request)
    said = [str(code) for code in body.get("answers") or ()]
    payload: dict[str, Any] = {
        "sale": str(id_of(body.get("sale"))),
        "lines": [
            {"sold": str(id_of(n.get("sold"))), "quantity": amount_of(n.get("quantity"))}
            for n in rows_of(body.get("lines"))
        ],
        "goods": [read_line(row) for row in rows_of(body.get("goods"))],
        "payments": payments_of(body.get("payments")),
        "reason": str(body.get("reason") or "")[:120],
    }
    if off := prices.off_of(body.get("off")):
        payload["off"] = off
    if presented := prices.coupons_of(body):
        payload["coupons"] = presented
    if remark := remark_of(body):
        payload["remark"] = remark
    if body.get("member"):
        payload["member"] = str(id_of(body["member"]))
    if body.get("total") is not None:
        payload["total"] = amount_of(body["total"])
    right = EXCEED if OWES_TOO_MUCH in said else PAY_BACK_OTHERWISE
    by, givers = who_answers(body.get("by"), till, right), None
    if body.get("basket"):
        goods = {**body, "lines": body.get("goods")}
        givers = prices.givers_of(request, till, id_of(body["basket"]), goods, payload["goods"])
    with prices.standing_with(request, till, givers, by):
        done = run(MAKE, payload=payload, request_id=id_of(body.get("id")), answers=said)
    found = Exchange.unscoped.select_related("sold", "returned").get(pk=done.subject)
    sold = Sale.unscoped.get(pk=found.sold_id)
    return {
        "slip": told_of(found.sold, sold.change) | {"is_on_account": sold.customer_id is not None},
        "returned": told_of(found.returned),
        "is_repeat": done.is_repeat,
    }
