"""Which templates there are for a paper at a unit, and which one holds."""

import base64
from uuid import UUID

from tongpan.engines.prints.models import PrintTemplate
from tongpan.kernel.documents.models import Blob
from tongpan.kernel.org.models import OrgUnit


def templates_for(kind: str, unit: OrgUnit | None) -> list[PrintTemplate]:
    """Those in use for this kind of paper at the unit and above, the nearest first."""
    if unit is None:
        return []
    rows = PrintTemplate.objects.filter(kind=kind, is_active=True).select_related("unit")
    found = [row for row in rows if unit.path.startswith(row.unit.path)]
    return sorted(found, key=lambda row: (-len(row.unit.path), row.name, row.pk))


def chosen_of(
    found: list[PrintTemplate], *, asked: UUID | None, paper: str, usual: str
) -> PrintTemplate | None:
    """The one that was asked for; else the nearest for the paper that was asked for, or any.

    Where the nearest unit has several, the one for the paper that is `usual` there holds.
    """
    if asked is not None:
        return next((row for row in found if row.pk == asked), None)
    fitting = [row for row in found if not paper or row.paper == paper]
    nearest = [row for row in fitting if row.unit_id == fitting[0].unit_id]
    return next((row for row in nearest if row.paper == usual), next(iter(nearest), None))


def logo_of(template: PrintTemplate) -> str:
    """The picture as an address that holds it: a page with it asks for nothing more."""
    if not template.logo:
        return ""
    content = Blob.objects.filter(digest=bytes(template.logo)).values_list("content", flat=True)
    found = content.first()
    if found is None:
        return ""
    return f"data:{template.logo_type};base64,{base64.b64encode(bytes(found)).decode()}"
