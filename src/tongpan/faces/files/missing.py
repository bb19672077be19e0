"""What a sheet names and nobody has made yet: categories and units, made from their names alone.

A new company's first list of goods names them all. They are made when the person says so, by the
same action as on their own pages; undoing the import leaves them.
"""

from collections.abc import Sequence
from itertools import count

from tongpan.engines.imports.actions import Report
from tongpan.faces.files.importing import Sheet
from tongpan.kernel.documents.gate import run
from tongpan.kernel.documents.registry import MasterType, master_types
from tongpan.kernel.org.scope import may_somewhere

MADE = {"items.category": "C{:03}", "items.unit": "U{:02}"}  # and the codes that they are given
Missing = dict[str, list[str]]  # names by the code of their master type


def missing(one: Sheet, report: Report) -> Missing:
    """The unknown names that the acting person may make, in the order of the sheet."""
    if one.makes_documents:
        return {}
    fields = one.template.fields()
    types = {t.model: t for t in master_types() if _may_make(t)}
    found: dict[str, dict[str, None]] = {}
    for row in report.rows:
        for problem in row.problems:
            field = fields.get(problem["path"])
            declared = types.get(field.target) if field is not None else None
            if declared is not None and problem["code"] == "not_found_reference":
                found.setdefault(declared.code, {})[str(problem["given"])] = None
    return {code: list(names) for code, names in found.items()}


def _may_make(declared: MasterType) -> bool:
    return declared.code in MADE and may_somewhere(declared.permission("save"))


def make(names: Missing) -> None:
    """Make a row of each name. Errors: Forbidden, Refusal."""
    for declared in master_types():
        if declared.code in names:
            _make(declared, names[declared.code])


def _make(declared: MasterType, names: Sequence[str]) -> None:
    codes = set(declared.model._base_manager.values_list("code", flat=True))
    free = (c for n in count(1) if (c := MADE[declared.code].format(n)) not in codes)
    for name in names:
        run(declared.permission("save"), payload={"code": next(free), "name": name})
