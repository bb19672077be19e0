"""What a till keeps of goods and prices: in parts, then what changed; stock when it is asked."""

import re
from typing import Any

import orjson
from django.http import HttpRequest, HttpResponse
from django.views.decorators.gzip import gzip_page

from tongpan.base import env
from tongpan.business.till import queries
from tongpan.business.till.actions import RING_UP
from tongpan.business.till.catalogue import FIRST, PART, changed_since, part_after, version
from tongpan.business.till.slips import place_of
from tongpan.faces.kit.entry import entry
from tongpan.faces.pos.machine import answers, at_till
from tongpan.faces.pos.reading import id_of
from tongpan.kernel.documents.fields import plain
from tongpan.kernel.org.models import OrgUnit, business_date
from tongpan.masters.items.models import BarcodeLayout

SINCE = re.compile(r"(\d{1,10})\.(.{1,80})")
STOCK_MOST = 50


@entry(permission=RING_UP, scope="units", field_policy="masked")
@gzip_page
@at_till
def catalogue(request: HttpRequest, till: OrgUnit) -> HttpResponse:
    """The next part of the catalogue (`after` an id), or what changed `since` a version.

    `is_anew` says that what the till has is of no use any more. The version is that of before the
    rows were read: what is written meanwhile is told again with the next change.
    """
    store = till.parent
    assert store is not None, "A till stands in a store."
    on, now = business_date(store, env.now()), version()
    said: dict[str, Any] = {"version": now.text, "count": now.size, "is_anew": False, "next": None}
    if known := SINCE.fullmatch(request.GET.get("since", "")):
        changed = changed_since(store, on, known[1]) if known[2] == now.kind else None
        said |= {"is_anew": True} if changed is None else {"items": changed}
    else:
        after = request.GET.get("after")
        rows = part_after(store, on, id_of(after) if after else FIRST, PART)
        said |= {"items": rows, "next": rows[-1][0] if len(rows) == PART else None}
    said["layouts"] = _layouts()
    return HttpResponse(orjson.dumps(said), content_type="application/json")


def _layouts() -> list[list[Any]]:
    rows = BarcodeLayout.objects.filter(state="active").order_by("code")
    return [[row.pattern, row.weight_places, row.price_places] for row in rows]


@entry(permission=RING_UP, scope="units", field_policy="masked")
@answers
def stock(request: HttpRequest, till: OrgUnit) -> dict[str, Any]:
    """What stands on the shelf of these items; asked about none, that the server is there."""
    asked = [one for one in request.GET.get("items", "").split(",") if one]
    items = [id_of(one) for one in asked[:STOCK_MOST]]
    if not items:
        return {"stock": {}}
    assert till.parent is not None, "A till stands in a store."
    found = queries.stock_left(till.parent.pk, place_of(till.parent), items)
    return {"stock": {str(item): plain(has) for item, has in found.items()}}
