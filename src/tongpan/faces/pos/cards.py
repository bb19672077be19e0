"""Punch cards at the till: those that a member may buy, and selling one."""

from typing import Any

from django.http import HttpRequest

from tongpan.base import env
from tongpan.business.punchcards.models import CardKind
from tongpan.business.stored_value.documents import CARD_SALE
from tongpan.faces.kit import formats
from tongpan.faces.kit.entry import entry
from tongpan.faces.pos.machine import answers
from tongpan.faces.pos.members import told_by_id
from tongpan.faces.pos.prepaid import posted
from tongpan.faces.pos.reading import body_of, id_of
from tongpan.kernel.documents.fields import plain
from tongpan.kernel.documents.models import Document
from tongpan.kernel.org.models import OrgUnit, business_date


@entry(permission=CARD_SALE.permission("post"), scope="units", field_policy="masked")
@answers
def kinds(request: HttpRequest, till: OrgUnit) -> dict[str, Any]:
    """The kinds of punch card that this till may sell."""
    rows = CardKind.objects.filter(state="active").select_related("unit")
    path = till.path
    return {
        "kinds": [
            {"code": row.code, "name": row.name, "price": formats.money(row.price, "CNY")}
            for row in rows
            if row.unit is None or path.startswith(row.unit.path)
        ]
    }


@entry(
    permission=CARD_SALE.permission("post"), scope="units", field_policy="masked", methods=("POST",)
)
@answers
def sell(request: HttpRequest, till: OrgUnit) -> dict[str, Any]:
    """Sell a member a card, under the id that the screen gave; sent again, it is the same one.

    `is_to_be_charged` where a code or a card must be charged for it first, under the same id.
    """
    body = body_of(request)
    pk, member = id_of(body.get("id")), id_of(body.get("member"))
    line = {"member": str(member), "kind": str(body.get("kind"))[:40]}
    document = posted(CARD_SALE, pk, till, str(body.get("method"))[:60], line)
    if document is None:
        return {"is_to_be_charged": plain(Document.objects.get(pk=pk).total)}
    return {
        "number": document.number,
        "amount": formats.money(document.total, "CNY"),
        "member": told_by_id(member, business_date(till, env.now())),
    }
