"""One way to import a sheet of anything: rows of master data, composed rows, or documents."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from tongpan.base import env
from tongpan.base.refusals import Refusal
from tongpan.engines.imports import actions, drafts
from tongpan.engines.imports.actions import Planned, Report, Told, nobody
from tongpan.engines.imports.drafts import draft_sheet
from tongpan.engines.imports.files import Table, read_file
from tongpan.engines.imports.models import ImportRun
from tongpan.engines.imports.templates import Part, templates
from tongpan.faces.files.guard import without_guards
from tongpan.kernel.documents.registry import (
    DocumentType,
    MasterType,
    document_types,
    find_action,
    master_types,
)
from tongpan.kernel.org.models import business_date
from tongpan.kernel.org.scope import may_somewhere, who
from tongpan.kernel.org.visibility import visible
from tongpan.masters.fields import State
from tongpan.masters.prices.models import PriceList


@dataclass(frozen=True)
class Sheet:
    """A kind of sheet: what it is called, what it makes, and what importing it takes."""

    code: str
    title: str
    template: Any  # a Template, or a DraftSheet
    permissions: tuple[str, ...]

    @property
    def type(self) -> DocumentType | MasterType | None:
        """The one type behind it; None for a sheet that is composed of several."""
        types: list[DocumentType | MasterType] = [*document_types(), *master_types()]
        return next((t for t in types if t.code == self.code), None)

    @property
    def may_be_posted(self) -> bool:
        """Whether the acting person may have it posted as it comes in."""
        one = self.type
        if not isinstance(one, DocumentType) or not self.template.is_posted:
            return False
        return may_somewhere(one.permission("post"))

    @property
    def makes_documents(self) -> bool:
        return isinstance(self.type, DocumentType)


def sheets() -> list[Sheet]:
    """The kinds of sheet that the acting person may import: whole goods, which a company begins
    with, then documents that are drafted, then the rest."""
    masters = [
        Sheet(t.code, str(t.title), t, tuple(_permission(part) for part in t.parts))
        for t in templates()
    ]
    documents = [
        Sheet(t.code, str(t.titles), draft_sheet(t.code), (t.permission("save"),))
        for t in document_types()
        if find_action(t.permission("save")) is not None  # a till's slip is rung up
    ]
    composed = [s for s in masters if s.type is None]
    found = [*composed, *documents, *(s for s in masters if s.type is not None)]
    return [s for s in found if all(may_somewhere(code) for code in s.permissions)]


def _permission(part: Part) -> str:
    return part.master.permission("save")


def sheet(code: str) -> Sheet:
    """The kind of sheet of that code.

    Errors: Refusal("not_found") if there is none, or the person may not import it.
    """
    for one in sheets():
        if one.code == code:
            return one
    raise Refusal("not_found")


def table_of(name: str, content: bytes) -> Table:
    """The first table in a file that has anything in it."""
    tables = read_file(name, content)
    if not tables:
        raise Refusal("file_empty", name=name)
    return without_guards(tables[0])


def planned(one: Sheet, table: Table, said: Mapping[int, str] | None = None) -> Planned:
    """A table understood as this kind of sheet. `said` is what the person said that columns are;
    a column that they called nothing is left out."""
    plan: Any = drafts.plan_drafts if one.makes_documents else actions.plan
    guess: Planned = plan(table, one.template)
    if not said:
        return guess
    heading_row = guess.headings.row
    chosen = {place: name for place, name in said.items() if name}
    heads = [
        None if place in said and not said[place] else cell
        for place, cell in enumerate(table.rows[heading_row])
    ]
    rows = [*table.rows[:heading_row], heads, *table.rows[heading_row + 1 :]]
    again: Planned = plan(
        Table(table.name, rows), one.template, heading_row=heading_row, chosen=chosen
    )
    return again


def price_lists(one: Sheet) -> list[PriceList]:
    """The lists into which the prices of this sheet may go, that of the whole company first."""
    if one.makes_documents or "price_list" not in one.template.givens():
        return []
    rows = visible(PriceList).filter(state=State.ACTIVE).select_related("org_unit")
    return sorted(rows, key=lambda row: (len(row.org_unit.path), row.code))


def _given(one: Sheet, price_list: str) -> dict[str, Any]:
    """What holds for the whole sheet: its prices go into one list, from today on."""
    lists = price_lists(one)
    chosen = next((row for row in lists if str(row.pk) == price_list), lists[0] if lists else None)
    at = who().at
    if chosen is None or at is None:
        return {}
    return {"price_list": str(chosen.pk), "valid_from": str(business_date(at, env.now()))}


def rehearsed(
    one: Sheet, plan: Planned, content: bytes, *, price_list: str = "", posting: bool = False,
    told: Told = nobody,
) -> Report:  # fmt: skip
    """What would become of every row; nothing is kept."""
    if plan.problems:
        none = dict.fromkeys(("new", "changed", "same", "refused"), 0)
        rows = list(plan.rows)
        return Report(none, rows[: actions.SHOWN], plan.problems, len(rows))
    if one.makes_documents:
        return drafts.rehearse_drafts(plan, content, posting=posting, told=told)
    return actions.rehearse(plan, _given(one, price_list), told=told)


def imported(
    one: Sheet, plan: Planned, *, name: str, content: bytes, answers: Sequence[str],
    skipping: bool, price_list: str = "", posting: bool = False, told: Told = nobody,
) -> Report:  # fmt: skip
    """Import it: all or nothing; with `skipping`, what has no problem."""
    carry_out: Any = drafts.import_drafts if one.makes_documents else actions.import_sheet
    more: dict[str, Any] = {"given": _given(one, price_list)}
    if one.makes_documents:
        more = {"posting": posting and one.may_be_posted}
    report: Report = carry_out(
        plan, file_name=name, content=content, answers=answers, skipping=skipping,
        told=told, **more,
    )  # fmt: skip
    return report


def own_runs(limit: int = 20) -> list[ImportRun]:
    """The acting person's imports, the latest first."""
    return list(ImportRun.objects.filter(person=who().person).order_by("-at")[:limit])


def own_run(import_id: UUID) -> ImportRun:
    """An import of the acting person.

    Errors: Refusal("not_found") for somebody else's.
    """
    found = ImportRun.objects.filter(pk=import_id, person=who().person).first()
    if found is None:
        raise Refusal("not_found")
    return found


def undone(import_id: UUID, *, told: Told = nobody) -> ImportRun:
    """Take an import of the acting person back.

    Errors: Refusal("not_found") for somebody else's; those of undoing.
    """
    found = own_run(import_id)
    if any(t.code == found.template for t in document_types()):
        return drafts.undo_drafts(import_id, told=told)
    return actions.undo(import_id, told=told)
