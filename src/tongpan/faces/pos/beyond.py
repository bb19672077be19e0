"""Goods that a customer holds and the books do not have, put on the books at the till."""

from typing import Any

from django.http import HttpRequest

from tongpan.business.till.actions import RING_UP
from tongpan.business.till.beyond import MAY_PUT, PUT_ON_BOOKS
from tongpan.faces.kit import formats
from tongpan.faces.kit.entry import entry
from tongpan.faces.pos.machine import answers, standing_at
from tongpan.faces.pos.reading import amount_of, body_of, id_of, rows_of
from tongpan.faces.pos.slips import who_answers
from tongpan.kernel.documents.gate import run
from tongpan.kernel.org.models import OrgUnit


@entry(permission=RING_UP, scope="units", field_policy="masked", methods=("POST",))
@answers
def put_on_books(request: HttpRequest, till: OrgUnit) -> dict[str, Any]:
    """Put on the books what this basket has and the shelf does not, under the id of the request.

    `by` is the name and PIN of somebody who may, where the person at the till may not. The answer
    says what was put there: nothing, where it was done before or has come meanwhile.
    """
    body = body_of(request)
    said = [str(code) for code in body.get("answers") or ()]
    lines = [
        {
            "item": str(id_of(n.get("item"))),
            "unit": str(id_of(n.get("unit"))),
            "quantity": amount_of(n.get("quantity")),
        }
        for n in rows_of(body.get("lines"))
    ]
    with standing_at(request, till, who_answers(body.get("by"), till, MAY_PUT)):
        done = run(
            PUT_ON_BOOKS, payload={"lines": lines}, request_id=id_of(body.get("id")), answers=said
        )
    return {
        "put": [
            f"{row['name']} {formats.quantity(row['quantity'])} {row['unit']}"
            for row in done.result or ()
        ]
    }
