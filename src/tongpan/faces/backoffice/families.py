"""The page of a family, and the form that makes its variants: the chosen ones, all at once."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _

from tongpan.base.refusals import Forbidden, Refusal
from tongpan.faces.kit import pages, show
from tongpan.faces.kit.derived import addresses, masters, values
from tongpan.faces.kit.derived.forms import rows_in
from tongpan.faces.kit.entry import entry
from tongpan.kernel.documents.fields import Field, fields_of
from tongpan.kernel.documents.gate import run
from tongpan.kernel.documents.registry import master_type
from tongpan.kernel.documents.sentences import sentence
from tongpan.kernel.org.scope import may, visible
from tongpan.masters.items.families import options_of, proposed_variants, variants_of
from tongpan.masters.items.models import Item, ItemFamily
from tongpan.masters.items.rules.variants import COMBINATIONS_MAX

VIEW, SAVE, MAKE = "items.family.view", "items.family.save", "items.item.save"
SHARED = ("kind", "category", "brand", "base_unit", "tax_category", "tax_code")
GRID = "variants"


@entry(permission=VIEW, scope="units", field_policy="masked")
def family(request: HttpRequest, row_id: UUID) -> HttpResponse:
    """A family: its options, its variants, and the way to make more of them."""
    declared, row = master_type("items.family"), _family(row_id)
    page = masters.master_page(declared, row, may_save=may(SAVE, None))
    make = pages.Action(_("Make the variants"), reverse("family-variants", args=[row.pk]))
    can_make = may(MAKE, None) and bool(proposed_variants(row))
    return show.page(request, replace(page, actions=(make,) if can_make else ()))


@entry(permission=MAKE, scope="units", field_policy="masked", methods=("GET", "POST"))
def make_variants(request: HttpRequest, row_id: UUID) -> HttpResponse:
    """Choose among the variants that are not there yet; codes and names are proposed."""
    row = _family(row_id)
    if request.method != "POST":
        return show.page(request, _form(row, _shared_of(row), _proposed(row)))
    shared = {name: request.POST.get(name, "") for name in SHARED}
    lines = [dict(cells) for _index, cells in rows_in(request.POST, GRID)][:COMBINATIONS_MAX]
    chosen = [n for n, line in enumerate(lines) if line.get("is_made") == "1"]
    payload = [
        {**{n: v or None for n, v in shared.items()}, "family": str(row.pk)}
        | {name: lines[n].get(name, "") for name in ("variant", "code", "name")}
        for n in chosen
    ]
    try:
        if payload:
            run("items.item.save_many", payload={"rows": payload, "key": ["id"]})
    except Refusal as refusal:
        if isinstance(refusal, Forbidden):
            raise Http404 from None
        problems = list(_placed(refusal.problems, chosen))
        panel = pages.ErrorPanel(
            sentence(refusal.code, refusal.facts), problems=tuple(problems), code=refusal.code
        )
        form = _form(row, shared, lines, problem=panel, problems=problems)
        return show.page(request, form, status=422)
    made = pages.Toast(_("%(n)s variants were made") % {"n": len(payload)})
    return show.go(request, addresses.master(master_type("items.family"), row.pk), toast=made)


def _family(row_id: UUID) -> ItemFamily:
    row = visible(ItemFamily, VIEW).filter(pk=row_id).first()
    if row is None:
        raise Http404
    return row


def _shared_of(row: ItemFamily) -> dict[str, str]:
    """What a variant has already, the others will have too; the first have what any item has."""
    there = next(iter(variants_of(row)), Item())
    return {f.name: values.raw(f, there) for f in fields_of(Item, SHARED)}


def _proposed(row: ItemFamily) -> list[dict[str, str]]:
    return [
        {"is_made": "1", "variant": one.variant, "code": one.code, "name": one.name}
        for one in proposed_variants(row)[:COMBINATIONS_MAX]
    ]


def _form(
    row: ItemFamily,
    shared: Mapping[str, str],
    lines: Sequence[Mapping[str, str]],
    *,
    problem: pages.ErrorPanel | None = None,
    problems: Iterable[pages.Problem] = (),
) -> pages.FormPage:
    declared = master_type("items.family")
    url = reverse("family-variants", args=[row.pk])
    return pages.FormPage(
        title=_("Make the variants"),
        save_url=url,
        fields=tuple(masters.form_field(f, shared.get(f.name, "")) for f in _fields()),
        number=row.name,
        parts=(_grid(row, lines),),
        back_url=addresses.master(declared, row.pk),
        help=pages.Help(_("One item for each line that says yes. What is there stays as it is.")),
        primary=pages.Action(
            _("Make them"), url, method="post", key="Ctrl Enter", tone="primary", is_form=True
        ),
        problem=problem,
        problems=tuple(problems),
        is_draft=False,
    )


def _fields() -> tuple[Field, ...]:
    return fields_of(Item, SHARED)


def _grid(row: ItemFamily, lines: Sequence[Mapping[str, str]]) -> pages.EditGrid:
    named = {f.name: values.title_of(f) for f in fields_of(Item, ("code", "name"))}
    between = " / ".join(option.name for option in options_of(row))
    yes_or_no = (pages.Choice("1", _("yes")), pages.Choice("0", _("no")))
    columns = (
        pages.Field("variant", between, "fixed", is_wide=True),
        pages.Field("is_made", _("Make it"), "choice", choices=yes_or_no),
        pages.Field("code", named["code"]),
        pages.Field("name", named["name"], is_wide=True),
    )
    rows = (
        pages.EditRow("", {c.name: replace(c, value=line.get(c.name, "")) for c in columns})
        for line in lines
    )
    count = len(variants_of(row))
    return pages.EditGrid(
        name=GRID, columns=columns, rows=tuple(rows), item_column="code", count_column="",
        paste=("code", "name"), is_fixed=True, title=_("Variants"),
        note=_("%(n)s are there already") % {"n": count} if count else "",
    )  # fmt: skip


def _placed(
    problems: Iterable[Mapping[str, Any]], chosen: Sequence[int]
) -> Iterable[pages.Problem]:
    """Problems beside their fields: what all share is said once, the rest at its line."""
    said = set()
    for problem in problems:
        bits = str(problem["path"]).split(".")
        path, text = str(problem["path"]), sentence(str(problem["code"]), dict(problem))
        if bits[0] == "rows" and len(bits) == 3:
            is_shared = bits[2] in SHARED
            place = chosen[int(bits[1])]
            path = bits[2] if is_shared else f"{GRID}.{place}.{bits[2]}"
        if path not in said:
            said.add(path)
            yield pages.Problem(path, text[:1].upper() + text[1:])
