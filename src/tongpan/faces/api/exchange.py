"""Files over the API: lists as sheets, and sheets imported, rehearsed and taken back."""

from typing import Any
from uuid import UUID

from django.http import HttpResponse

from tongpan.engines.imports.actions import Report
from tongpan.engines.imports.files import FILE_MAX
from tongpan.engines.imports.models import ImportRun
from tongpan.faces.api import parameters
from tongpan.faces.api.bodies import raw_body
from tongpan.faces.api.doors import Answer, Call
from tongpan.faces.files import exports, importing
from tongpan.kernel.documents.registry import DocumentType, MasterType
from tongpan.kernel.documents.sentences import sentence

PROBLEM_ROWS_MAX = 1000


def export_documents(call: Call, declared: DocumentType) -> HttpResponse:
    """The filtered list, whole, with a row for each line; `format` is csv or xlsx."""
    given = call.parameters((*parameters.document_filters(declared), "format"))
    wanted = parameters.wanted_documents(declared, given)
    return exports.as_file(exports.export_documents(declared, wanted), _format(given))


def export_masters(call: Call, declared: MasterType) -> HttpResponse:
    """Every row that may be seen."""
    given = call.parameters(("format",))
    return exports.as_file(exports.export_masters(declared), _format(given))


def _format(given: dict[str, str]) -> str:
    kind = given.get("format", "xlsx")
    if kind not in ("csv", "xlsx"):
        raise parameters.wrong_value("format", kind)
    return kind


def list_imports(call: Call) -> Answer:
    """The caller's own imports, the latest first."""
    call.parameters(())
    return Answer({"rows": [_run(one) for one in importing.own_runs(parameters.PAGE_SIZE)]})


def import_sheet(call: Call, code: str) -> Answer:
    """Import the body, a sheet; with `rehearse=true` only say what would become of each row.

    `name` is the file's name; `skipping=true` imports the rows without problems; `answers` are
    codes of questions that are answered with yes.
    """
    given = call.parameters(("name", "rehearse", "skipping", "answers"))
    one = importing.sheet(code)
    content = raw_body(call.request, limit_bytes=FILE_MAX)
    name = given.get("name", "sheet")
    plan = importing.planned(one, importing.table_of(name, content))
    if _flag(given, "rehearse"):
        return Answer(_report(importing.rehearsed(one, plan, content)))
    report = importing.imported(
        one, plan, name=name, content=content, skipping=_flag(given, "skipping"),
        answers=[a for a in given.get("answers", "").split(",") if a],
    )  # fmt: skip
    return Answer(_report(report), status=201)


def undo_import(call: Call, run_id: UUID) -> Answer:
    """Take a whole import back."""
    call.parameters(())
    return Answer(_run(importing.undone(run_id)))


def _flag(given: dict[str, str], name: str) -> bool:
    text = given.get(name, "false")
    if text not in ("true", "false"):
        raise parameters.wrong_value(name, text)
    return text == "true"


def _report(report: Report) -> dict[str, Any]:
    wrong = [row for row in report.rows if row.problems]
    return {
        "import": _run(report.run) if report.run else None,
        "counts": report.counts,
        "errors": [_said(problem, None) for problem in report.problems]
        + [_said(p, row.number) for row in wrong[:PROBLEM_ROWS_MAX] for p in row.problems],
    }


def _said(problem: dict[str, Any], row: int | None) -> dict[str, Any]:
    message = sentence(problem["code"], problem)
    return {"path": problem["path"], "row": row, "code": problem["code"], "message": message}


def _run(run: ImportRun) -> dict[str, Any]:
    return {
        "id": run.pk, "sheet": run.template, "file_name": run.file_name, "at": run.at,
        "state": run.state, "counts": run.counts,
    }  # fmt: skip
