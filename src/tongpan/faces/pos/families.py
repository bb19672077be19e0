"""Designs in many variants at the till: found as one, and opened to choose among them."""

from typing import Any

from django.http import HttpRequest

from tongpan.base.refusals import Refusal
from tongpan.business.till.actions import RING_UP
from tongpan.faces.kit.entry import entry
from tongpan.faces.pos.baskets import can_be_sold, lines_of, of_family
from tongpan.faces.pos.machine import answers
from tongpan.faces.pos.reading import id_of
from tongpan.kernel.org.models import OrgUnit
from tongpan.kernel.org.scope import visible
from tongpan.masters.items.families import options_of, variants_of
from tongpan.masters.items.models import ItemFamily
from tongpan.masters.items.rules.variants import values_in


@entry(permission=RING_UP, scope="units", field_policy="masked")
@answers
def family(request: HttpRequest, till: OrgUnit) -> dict[str, Any]:
    """The variants of a family that are sold here, and what they differ in."""
    found = visible(ItemFamily).filter(pk=id_of(request.GET.get("id"))).first()
    if found is None:
        raise Refusal("not_found")
    items = variants_of(found)
    lines = lines_of([(item.pk, None) for item in items], till)
    for line, item in zip(lines, items, strict=True):
        line |= {"quantity": "1", "is_label": False, "family": of_family(item)}
    options = [{"name": n.name, "values": values_in(n.values)} for n in options_of(found)]
    return {"options": options, "lines": [line for line in lines if can_be_sold(line)]}
