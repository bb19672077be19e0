"""The page of a place: what it is, and what stands on it."""

from collections.abc import Iterable
from dataclasses import replace
from decimal import Decimal
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from tongpan.base.numbers import ZERO
from tongpan.business.stock import queries
from tongpan.faces.backoffice.stock import card_address, stock_address
from tongpan.faces.kit import formats, pages, show
from tongpan.faces.kit.derived import addresses, masters, values
from tongpan.faces.kit.entry import entry
from tongpan.kernel.documents.fields import links_of
from tongpan.kernel.documents.registry import master_type
from tongpan.kernel.org.scope import may
from tongpan.masters.items.models import Item
from tongpan.masters.places.models import Place

SHOWN = 100


@entry(permission="places.place.view", scope="units", field_policy="masked")
def place(request: HttpRequest, row_id: UUID) -> HttpResponse:
    """One place, with what stands on it for those who may see stock there."""
    declared = master_type("places.place")
    links = links_of(declared.form_fields)
    row = masters.visible_rows(declared).select_related(*links).filter(pk=row_id).first()
    if row is None:
        raise Http404
    may_save = may(declared.permission("save"), row.unit)
    derived = masters.master_page(declared, row, may_save=may_save)
    return show.page(request, replace(derived, main=(*_stands(row), *derived.main)))


def _stands(row: Place) -> Iterable[pages.Card]:
    """What is on the place, by name: the first of it, and how much there is in all."""
    if not may(queries.SEE, row.unit):
        return
    found = queries.standing_at(row)
    has_value = may("see.cost", row.unit)
    items = Item.objects.filter(pk__in=found).select_related("base_unit").order_by("name", "code")
    count = ngettext("%(n)s item", "%(n)s items", len(found)) % {"n": formats.number(len(found))}
    worth = sum((there.value for there in found.values()), ZERO)
    columns = [
        pages.Column("item", _("Item"), pages.Kind.LINK, 1, at="title"),
        pages.Column("code", _("Code"), pages.Kind.CODE, 3, at="detail", is_quiet=True),
        pages.Column("on_hand", _("On hand"), pages.Kind.QUANTITY, 1, at="amount"),
        pages.Column("damaged", _("Damaged"), pages.Kind.QUANTITY, 3, at="state"),
    ]
    if has_value:
        columns.append(pages.Column("value", _("Value"), pages.Kind.MONEY, 2, at="date", unit="¥"))
    may_open = addresses.master_type_of(Item) is not None and may("items.item.view", None)
    shown = list(items[:SHOWN])
    yield pages.Card(
        _("What stands here"),
        note=count,
        link=pages.Action(_("Stock overview"), stock_address(row.unit_id)),
        columns=tuple(columns),
        rows=tuple(_row(row, item, found[item.pk], may_open=may_open) for item in shown),
        totals={"item": pages.Cell(count, is_strong=True), "value": pages.Cell(worth)}
        if has_value
        else {},
        empty=_("Nothing stands here."),
        foot=_("The first %(n)s by name are shown; the overview has all of the unit.")
        % {"n": SHOWN}
        if len(found) > SHOWN
        else "",
        code="stands",
        listens="*",
    )


def _row(at: Place, item: Item, there: queries.Standing, *, may_open: bool) -> pages.Row:
    url = card_address(item.pk, at.unit_id, place=at.pk)
    page = addresses.master_of(Item, item.pk) if may_open else ""

    def quantity(amount: Decimal) -> pages.Quantity:
        return values.quantity(amount, item.base_unit)

    damaged = card_address(item.pk, at.unit_id, "damaged", place=at.pk)
    return pages.Row(
        str(item.pk),
        {
            "item": pages.Cell(item.name, url=page),
            "code": pages.Cell(item.code),
            "on_hand": pages.Cell(quantity(there.on_hand), url=url),
            "damaged": pages.Cell(quantity(there.damaged), url=damaged)
            if there.damaged
            else pages.Cell(),
            "value": pages.Cell(there.value, url=url),
        },
        url=url,
    )
