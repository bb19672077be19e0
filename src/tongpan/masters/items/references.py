"""How items and what belongs to them are named in forms, files and the API."""

from collections.abc import Iterable, Mapping
from typing import Any

from django.db.models import Q

from tongpan.kernel.documents.fields import Reference, refer
from tongpan.kernel.org.visibility import visible
from tongpan.masters.items.models import (
    Barcode,
    BarcodeKind,
    Item,
    ItemCategory,
    ItemFamily,
    SupplierItem,
    UnitOfMeasure,
)
from tongpan.masters.items.queries import search_items
from tongpan.masters.items.rules.scans import read_scan
from tongpan.masters.references import ids_among, reference


def find_items(texts: Iterable[str]) -> Mapping[str, Any]:
    """Items by code, id or barcode; a code wins over a barcode."""
    wanted = list(texts)
    rows = visible(Item).select_related("base_unit")
    rows = rows.filter(Q(code__in=wanted) | Q(pk__in=ids_among(wanted)))
    found = {name: row for row in rows for name in (row.code, str(row.pk))}
    return _by_barcode([text for text in wanted if text not in found]) | {
        text: found[text] for text in wanted if text in found
    }


def _by_barcode(texts: list[str]) -> dict[str, Any]:
    codes = {text: read_scan(text, []).codes for text in texts if 0 < len(text) <= 60}
    if not codes:
        return {}
    every = {code for forms in codes.values() for code in forms}
    rows = visible(Barcode).filter(code__in=every, state="active").exclude(kind=BarcodeKind.SCALE)
    item_by_code = {row.code: row.item for row in rows.select_related("item__base_unit")}
    return {
        text: item_by_code[code]
        for text, forms in codes.items()
        for code in reversed(forms)
        if code in item_by_code
    }


def find_supplier_items(texts: Iterable[str]) -> Mapping[str, Any]:
    """By id, or by the supplier's code, a slash, and the item as it is named anywhere or as the
    supplier calls it: V01/10001. A code of ours wins over one of theirs."""
    wanted = list(texts)
    rows = visible(SupplierItem).select_related("supplier", "item")
    found = {str(row.pk): row for row in rows.filter(pk__in=ids_among(wanted))}
    named = [(t, t[:at], t[at + 1 :]) for t in wanted for at, sign in enumerate(t) if sign == "/"]
    if not named:
        return found
    theirs = {own for _text, _supplier, own in named}
    items = find_items(theirs)
    ours = {item.pk for item in items.values()}
    rows = rows.filter(Q(item__in=ours) | Q(supplier_code__in=theirs))
    by_item: dict[tuple[str, Any], Any] = {}
    by_code: dict[tuple[str, str], list[Any]] = {}
    for row in rows.filter(supplier__code__in={supplier for _text, supplier, _own in named}):
        by_item[row.supplier.code, row.item_id] = row
        by_code.setdefault((row.supplier.code, row.supplier_code), []).append(row)
    for text, supplier, own in named:
        item = items.get(own)
        meant = by_item.get((supplier, item.pk)) if item is not None else None
        alike = [meant] if meant is not None else by_code.get((supplier, own), [])
        if len(alike) == 1:  # a code that they use twice names neither
            found[text] = alike[0]
    return found


def search_supplier_items(text: str, limit: int) -> list[Any]:
    rows = visible(SupplierItem).filter(item__in=search_items(text, limit), state="active")
    return list(rows.select_related("supplier", "item")[:limit])


refer(
    Reference(
        model=Item,
        find=find_items,
        label=str,
        search=search_items,
        code=lambda row: str(row.code),
    )
)
refer(
    Reference(
        model=SupplierItem,
        find=find_supplier_items,
        label=lambda row: f"{row.supplier} · {row.item}",
        search=search_supplier_items,
        code=lambda row: f"{row.supplier.code}/{row.item.code}",
        reach=("supplier", "item"),
    )
)
for _model in (UnitOfMeasure, ItemCategory, ItemFamily, Barcode):
    refer(reference(_model))
