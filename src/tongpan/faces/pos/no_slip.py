"""Goods that a customer brings back without the slip: what is paid for them, and taking them."""

from typing import Any

from django.http import HttpRequest

from tongpan.base import env
from tongpan.base.numbers import ZERO
from tongpan.business.till.actions import TAKE_BACK
from tongpan.business.till.without_slip import TAKE, WITHOUT_SLIP, prices_back
from tongpan.faces.kit.entry import entry
from tongpan.faces.pos.machine import answers, standing_at
from tongpan.faces.pos.reading import amount_of, body_of, id_of, payments_of, rows_of
from tongpan.faces.pos.slips import slip_of, who_answers
from tongpan.kernel.documents.fields import plain
from tongpan.kernel.documents.gate import run
from tongpan.kernel.org.models import OrgUnit


@entry(permission=TAKE_BACK, scope="units", field_policy="masked", methods=("POST",))
@answers
def prices(request: HttpRequest, till: OrgUnit) -> dict[str, Any]:
    """What is paid back for one of each line, in the order asked; none where it has no price."""
    rows = rows_of(body_of(request).get("lines"))
    asked = [(id_of(row.get("item")), id_of(row.get("unit"))) for row in rows]
    assert till.parent is not None, "A till stands in a store."
    found = prices_back(list(dict.fromkeys(asked)), till.parent, env.now())
    shown = (found[pair] for pair in asked)
    return {"prices": [plain(price or ZERO) if price is not None else None for price in shown]}


@entry(permission=TAKE_BACK, scope="units", field_policy="masked", methods=("POST",))
@answers
def take_back(request: HttpRequest, till: OrgUnit) -> dict[str, Any]:
    """Take goods back without a slip, under the id that the screen gave this return.

    `by` is the name and PIN of somebody who may allow it, where the person at the till may not.
    """
    body = body_of(request)
    said = [str(code) for code in body.get("answers") or ()]
    payload = {
        "lines": [
            {
                "item": str(id_of(n.get("item"))),
                "unit": str(id_of(n.get("unit"))),
                "quantity": amount_of(n.get("quantity")),
                "barcode": str(n.get("barcode") or "")[:60],
            }
            for n in rows_of(body.get("lines"))
        ],
        "payments": payments_of(body.get("payments")),
        "reason": str(body.get("reason") or "")[:120],
    }
    with standing_at(request, till, who_answers(body.get("by"), till, WITHOUT_SLIP)):
        done = run(TAKE, payload=payload, request_id=id_of(body.get("id")), answers=said)
    return {"slip": slip_of(done), "is_repeat": done.is_repeat}
