"""What a sheet names and nobody has made yet: categories and units, made from their names alone.

A new company's first list of goods names them all. They are made when the person says so, by the
same action as on their own pages; undoing the import leaves them.
"""

from collections.abc import Collection

from tongpan.engines.imports.actions import Report
from tongpan.faces.files.importing import Sheet
from tongpan.faces.kit.derived import by_name
from tongpan.kernel.documents.registry import master_types

Missing = dict[str, list[str]]  # names by the code of their master type


def missing(one: Sheet, report: Report) -> Missing:
    """The unknown names that the acting person may make, in the order of the sheet."""
    if one.makes_documents:
        return {}
    fields = one.template.fields()
    types = {t.model: t for t in master_types() if by_name.may_make(t)}
    found: dict[str, dict[str, None]] = {}
    for row in report.rows:
        for problem in row.problems:
            field = fields.get(problem["path"])
            declared = types.get(field.target) if field is not None else None
            if declared is not None and problem["code"] == "not_found_reference":
                found.setdefault(declared.code, {})[str(problem["given"])] = None
    return {code: list(names) for code, names in found.items()}


def make(names: Missing, wanted: Collection[str]) -> None:
    """Make a row of each name that is wanted. Errors: Forbidden, Refusal."""
    for declared in master_types():
        if declared.code in names:
            by_name.make(declared, [name for name in names[declared.code] if name in wanted])
