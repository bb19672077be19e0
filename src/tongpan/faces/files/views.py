"""The pages of sheets: choose a kind, upload, look at what was understood, import, undo."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import replace
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from tongpan.base.refusals import Question, Refusal
from tongpan.engines.imports.actions import Planned, Report
from tongpan.engines.imports.files import FILE_MAX, Table
from tongpan.engines.imports.models import ImportRun, ImportState
from tongpan.engines.imports.rows import Row
from tongpan.engines.imports.sheets import sheet_of_problems
from tongpan.faces.files import exports, importing, missing, uploads, work
from tongpan.faces.files.importing import Sheet
from tongpan.faces.kit import show
from tongpan.faces.kit.derived import asked, masters
from tongpan.faces.kit.frame import frame_context
from tongpan.faces.kit.pages import ErrorPanel, Help, Toast
from tongpan.kernel.documents.notices import see_about
from tongpan.kernel.documents.registry import DocumentType, MasterType
from tongpan.kernel.documents.sentences import explain, sentence
from tongpan.kernel.org.scope import may_somewhere, who

SHOWN_ROWS = 20
SHOWN_PROBLEMS = 200
POSTING = "posting"  # 1 or 0: whether documents are posted as they come in
TAX = "tax_category"  # without which nobody sells or orders an item
LIST = "price_list"  # the list into which the prices of the sheet go


def start(request: HttpRequest) -> HttpResponse:
    """Every kind of sheet the person may import, and their last imports."""
    asked = next((r for r in importing.own_runs() if str(r.pk) == request.GET.get("undo")), None)
    told = _undoing(asked) if asked is not None else None
    return _start_page(request, told.refusal if told is not None else None)


def _start_page(
    request: HttpRequest, refusal: Refusal | None = None, *, status: int = 200
) -> HttpResponse:
    runs = [_shown_run(run) for run in importing.own_runs()]
    under_way = [
        {"name": p.name, "percent": p.percent, "url": _at_work(p.work, p.work.key)}
        for p in work.under_way()
    ]
    kinds = [
        {
            "title": one.title, "url": reverse("import-upload", args=[one.code]),
            "blank_url": _blank_address(one), "export_url": _address("sheet-export", one),
        }
        for one in importing.sheets()
    ]  # fmt: skip
    context: dict[str, Any] = {
        "kinds": kinds, "runs": runs, "under_way": under_way,
        "help": Help(_("Whole sheets of goods, prices, people or stock in and out. Nothing changes "
                       "before you have seen what each row will do."),
                     "/help/merchandiser/", _("Read the chapter")),
    }  # fmt: skip
    if refusal is not None:
        said = explain(refusal)
        messages = list(dict.fromkeys(problem["message"] for problem in said["problems"]))
        context["problem"] = ErrorPanel(said["detail"], details=tuple(messages[:SHOWN_ROWS]))
    return _page(request, "files/start.html", context, status=status)


def _shown_run(run: ImportRun) -> dict[str, Any]:
    told = _undoing(run)
    is_under_way = told is not None and told.is_under_way
    return {
        "name": run.file_name, "title": _title(run.template), "at": run.at,
        "counts": _counted(run.counts), "is_undone": run.state == ImportState.UNDONE,
        "undo_url": reverse("import-undo", args=[run.pk]),
        "percent": told.percent if told is not None and is_under_way else 0,
        "work_url": _at_work(told.work, told.work.key) if told is not None and is_under_way else "",
    }  # fmt: skip


def _undoing(run: ImportRun) -> work.Progress | None:
    """How far a worker is with undoing this import."""
    wish = work.undoing(run)
    return work.found(wish.digest, wish.key)


def _blank_address(one: Sheet) -> str:
    if one.type is None:
        return reverse("sheet-blank", args=[one.code])
    return _address("sheet-blank", one)


def _address(name: str, one: Sheet) -> str:
    if one.type is None or not may_somewhere(one.type.permission("view")):
        return ""
    return reverse(f"{name}-{one.code}")


def _title(code: str) -> str:
    return next((one.title for one in importing.sheets() if one.code == code), code)


def upload(request: HttpRequest, code: str) -> HttpResponse:
    """Choose a file; it is put aside, and shown as it was understood."""
    one = importing.sheet(code)
    if request.method != "POST":
        return _upload_page(request, one, None)
    file = request.FILES.get("file")
    if file is None or file.size is None or file.size > FILE_MAX:
        name, max_mb = file.name if file else "", FILE_MAX // 2**20
        refusal = Refusal("file_too_large", name=name, max_mb=max_mb) if file else None
        return _upload_page(request, one, refusal, status=422)
    name, content = file.name or "file", file.read()
    try:
        importing.table_of(name, content)
    except Refusal as refusal:
        return _upload_page(request, one, refusal, status=422)
    return show.go(request, reverse("import-preview", args=[code, uploads.keep(name, content)]))


def _upload_page(
    request: HttpRequest, one: Sheet, refusal: Refusal | None, *, status: int = 200
) -> HttpResponse:
    context = {
        "sheet": one, "blank_url": _blank_address(one), "max_mb": FILE_MAX // 2**20,
        "problem": explain(refusal)["detail"] if refusal else "",
        "columns": [
            {"label": one.template.label(c.name), "is_required": c.is_required}
            for c in one.template.columns()
        ],
    }  # fmt: skip
    return _page(request, "files/upload.html", context, status=status)


def preview(request: HttpRequest, code: str, digest: str) -> HttpResponse:
    """What the file was taken for: columns, first rows, and what would become of every row."""
    name, content, one, plan, table = _understood(request.GET, code, digest)
    look = _look(request.GET, one, digest, plan)
    if not work.is_long(plan):
        report = _rehearsed(one, plan, look, content)
        return _preview_page(request, one, look, name, table, plan, report)
    seen = work.found(digest, look.key)
    if seen is not None and seen.refusal is not None:
        work.forget(look)
        return _upload_page(request, one, seen.refusal, status=422)
    if seen is None or seen.report is None or "again" in request.GET:
        return show.go(request, _at_work(look, work.ask(look, name, of=plan.row_count)))
    asked = work.found(digest, request.GET.get("asked", ""))
    refusal = asked.refusal if asked is not None else None
    return _preview_page(request, one, look, name, table, plan, seen.report, refusal)


def _look(said: Mapping[str, Any], one: Sheet, digest: str, plan: Planned) -> work.Work:
    """The wish to see what would become of a sheet. What may be posted is, unless it is said that
    drafts are enough."""
    posting = one.may_be_posted and said.get(POSTING, "1") == "1"
    return work.Work(one.code, digest, "look", _said(plan), said.get(LIST, ""), posting=posting)


def _rehearsed(one: Sheet, plan: Planned, look: work.Work, content: bytes) -> Report:
    return importing.rehearsed(one, plan, content, price_list=look.price_list, posting=look.posting)


def apply(request: HttpRequest, code: str, digest: str) -> HttpResponse:
    """Import what was shown, through the same actions as a person's."""
    name, content, one, plan, table = _understood(request.POST, code, digest)
    look, skipping = _look(request.POST, one, digest, plan), request.POST.get("skipping") == "1"
    answers = request.POST.getlist("answers")
    if work.is_long(plan):
        wish = replace(look, step="import", answers=tuple(answers), skipping=skipping)
        return show.go(request, _at_work(wish, work.ask(wish, name, of=plan.row_count)))
    try:
        report = importing.imported(
            one, plan, name=name, content=content, answers=answers, skipping=skipping,
            price_list=look.price_list, posting=look.posting,
        )  # fmt: skip
    except Refusal as refusal:
        report = _rehearsed(one, plan, look, content)
        return _preview_page(request, one, look, name, table, plan, report, refusal)
    return _imported(request, digest, name, report)


def _imported(request: HttpRequest, digest: str, name: str, report: Report) -> HttpResponse:
    uploads.forget(digest)
    done = _("%(name)s was imported: %(counts)s") % {
        "name": name, "counts": _counted(report.counts),
    }  # fmt: skip
    told = " ".join([done, *(sentence(p["code"], p) for p in report.problems)])
    return show.go(request, reverse("sheets"), toast=Toast(told))


def at_work(request: HttpRequest, code: str, digest: str, key: str) -> HttpResponse:
    """How far a worker is with a long sheet; on from here when it is over."""
    one = importing.sheet(code)
    progress = work.found(digest, key)
    person = who().person
    assert person is not None, "A page is somebody's."
    if progress is None or progress.is_over:
        see_about(person.pk, f"{code}/{digest}/{key}")
    if progress is None:
        return show.go(request, reverse("import-upload", args=[code]))
    if progress.is_over and progress.work.step == "undo":
        if progress.report is not None:
            return _undone(request, progress.name)
        return show.go(request, f"{reverse('sheets')}?undo={progress.work.run}")
    if progress.report is not None and progress.work.step == "import":
        return _imported(request, digest, progress.name, progress.report)
    if progress.refusal is not None and progress.refusal.code == "import_has_problems":
        work.forget(progress.work.looking())  # something has changed since: it is looked at anew
    if progress.is_over:
        asked = {"asked": key} if progress.work.step == "import" else {}
        return show.go(request, _seen_at(progress.work, asked))
    context = {
        "sheet": one, "progress": progress, "said": AT_WORK[progress.work.step],
        "url": _at_work(progress.work, key),
    }  # fmt: skip
    return _page(request, "files/at_work.html", context)


AT_WORK = {
    "look": gettext_lazy("Every row is being tried. Nothing is changed yet."),
    "import": gettext_lazy("The rows are being imported."),
    "undo": gettext_lazy("The import is being undone."),
}


def _at_work(wish: work.Work, key: str) -> str:
    return reverse("import-work", kwargs={"code": wish.code, "digest": wish.digest, "key": key})


def _seen_at(wish: work.Work, more: Mapping[str, str]) -> str:
    """The page that shows the sheet as this work understood it."""
    said = {f"column.{place}": name for place, name in wish.chosen.items()} | dict(more)
    if wish.price_list:
        said[LIST] = wish.price_list
    if not wish.posting:
        said[POSTING] = "0"
    address = reverse("import-preview", kwargs={"code": wish.code, "digest": wish.digest})
    return f"{address}?{urlencode(said)}" if said else address


def make_missing(request: HttpRequest, code: str, digest: str) -> HttpResponse:
    """Make the categories and units that the sheet names, and look at it again."""
    _name, content, one, plan, _table = _understood(request.POST, code, digest)
    look = _look(request.POST, one, digest, plan)
    named = missing.missing(one, _looked_at(one, plan, look, content))
    missing.make(named, request.POST.getlist("make"))
    work.forget(look)
    return show.go(request, _seen_at(look, {}))


def problems(request: HttpRequest, code: str, digest: str) -> HttpResponse:
    """The same sheet with the refused rows alone, and what is wrong with each."""
    _name, content, one, plan, table = _understood(request.GET, code, digest)
    look = _look(request.GET, one, digest, plan)
    report = _looked_at(one, plan, look, content)
    book = sheet_of_problems(table, plan.headings, report.rows)
    return exports.download(book, f"{code}-{_('Problems')}.xlsx", exports.XLSX)


def _understood(
    said: Mapping[str, Any], code: str, digest: str
) -> tuple[str, bytes, Sheet, Planned, Table]:
    """The uploaded file, and what its columns are taken for."""
    one = importing.sheet(code)
    name, content = uploads.kept(digest)
    table = importing.table_of(name, content)
    return name, content, one, importing.planned(one, table, _chosen(said, one)), table


def _looked_at(one: Sheet, plan: Planned, look: work.Work, content: bytes) -> Report:
    """What would become of every row: what a worker found, or else found now."""
    seen = work.found(look.digest, look.key)
    if seen is not None and seen.report is not None:
        return seen.report
    return _rehearsed(one, plan, look, content)


def undo(request: HttpRequest, run_id: UUID) -> HttpResponse:
    """Take a whole import back; a long one by a worker."""
    try:
        run = importing.own_run(run_id)
        count = run.rows.count()
        size = max(count, run.counts.get("lines", 0))  # few documents may have many lines
        if run.state == ImportState.DONE and size > work.LONG:
            wish = work.undoing(run)
            return show.go(request, _at_work(wish, work.ask(wish, run.file_name, of=count)))
        run = importing.undone(run_id)
    except Refusal as refusal:
        return _start_page(request, refusal, status=422)
    return _undone(request, run.file_name)


def _undone(request: HttpRequest, name: str) -> HttpResponse:
    done = _("The import of %(name)s was undone.") % {"name": name}
    return show.go(request, reverse("sheets"), toast=Toast(done))


# -- sheets out ---------------------------------------------------------------------------------


def export(request: HttpRequest, declared: DocumentType | MasterType) -> HttpResponse:
    """A list with its filters, whole, as a file to edit and import again."""
    kind = "csv" if request.GET.get("format") == "csv" else "xlsx"
    if isinstance(declared, DocumentType):
        wanted = asked.read(declared, request.GET).wanted()
        return exports.as_file(exports.export_documents(declared, wanted), kind)
    rows = None  # from the list of sheets, everything
    if "view" in request.GET:
        rows = masters.sought_rows(declared, masters.read(declared, request.GET))
    return exports.as_file(exports.export_masters(declared, rows), kind)


def blank(request: HttpRequest, declared: DocumentType | MasterType) -> HttpResponse:
    """An empty sheet with the headings that an import of this type knows."""
    kind = "csv" if request.GET.get("format") == "csv" else "xlsx"
    return exports.as_file(exports.blank(declared), kind)


def blank_composed(request: HttpRequest, code: str) -> HttpResponse:
    """The same of a sheet that is composed of several types, such as that of whole goods."""
    one = importing.sheet(code)
    if one.type is not None:
        raise Refusal("not_found")
    return exports.as_file(exports.blank_of(one.template), "xlsx")


# -- the preview --------------------------------------------------------------------------------


def _chosen(given: Mapping[str, Any], one: Sheet) -> dict[int, str]:
    """What the person said that columns are: column.3=price, or nothing to leave one out."""
    known = {column.name for column in one.template.columns()}
    chosen: dict[int, str] = {}
    for key in given:
        place = key.removeprefix("column.")
        if key.startswith("column.") and place.isascii() and place.isdigit() and len(place) < 4:
            name = str(given[key])
            chosen[int(place)] = name if name in known else ""
    return chosen


def _said(plan: Planned) -> dict[int, str]:
    """What every column is taken for, as the preview shows it."""
    meant = plan.headings.meant
    texts = enumerate(plan.headings.texts)
    return {place: meant.get(place, "") for place, text in texts if text or place in meant}


def _preview_page(
    request: HttpRequest, one: Sheet, look: work.Work, name: str, table: Table, plan: Planned,
    report: Report, refusal: Refusal | None = None,
) -> HttpResponse:  # fmt: skip
    meant = plan.headings.meant
    columns = [
        {"name": c.name, "label": one.template.label(c.name)} for c in one.template.columns()
    ]
    question = refusal.code if isinstance(refusal, Question) else ""
    columns_said = {f"column.{place}": column for place, column in _said(plan).items()}
    query = urlencode(columns_said | {POSTING: "1" if look.posting else "0"})
    at = {"code": one.code, "digest": look.digest}
    context = {
        "sheet": one, "name": name, "columns": columns,
        "headings": [
            {"place": n, "text": text, "meant": meant.get(n, "")}
            for n, text in enumerate(plan.headings.texts)
        ],
        "shown": [one.template.label(column) for column in meant.values()],
        "rows": [_shown_row(row, table, meant) for row in report.rows[:SHOWN_ROWS]],
        "row_count": report.row_count, "is_posted": look.posting,
        "may_be_posted": one.may_be_posted, "lines": report.counts.get("lines", 0),
        "documents": report.counts.get("new", 0) + report.counts.get("changed", 0),
        "counts": _counted(report.counts), "refused": report.counts.get("refused", 0),
        "good": sum(report.counts.get(k, 0) for k in ("new", "changed", "same")),
        "sheet_problems": [sentence(p["code"], p) for p in report.problems],
        "problems": _cell_problems(one, report), "asked": _asked(report),
        "price_lists": importing.price_lists(one) if "price" in meant.values() else [],
        "price_list": request.POST.get(LIST) or request.GET.get(LIST, ""),
        "has_price": "price" in meant.values() and LIST in getattr(one.template, "givens", tuple)(),
        "is_untaxed": TAX in {c["name"] for c in columns} - set(meant.values())
        and report.counts.get("new", 0) > 0,
        "missing": [n for names in missing.missing(one, report).values() for n in names],
        "make_url": reverse("import-make", kwargs=at),
        "problem": explain(refusal)["detail"] if refusal else "", "question": question,
        "apply_url": reverse("import-apply", kwargs=at),
        "preview_url": reverse("import-preview", kwargs=at),
        "problems_url": f"{reverse('import-problems', kwargs=at)}?{query}",
    }  # fmt: skip
    return _page(request, "files/preview.html", context, status=422 if refusal else 200)


def _shown_row(row: Row, table: Table, meant: Mapping[int, str]) -> dict[str, Any]:
    """A row as it was understood; a cell that was not, as it stands in the file."""
    wrong = {problem["path"]: sentence(problem["code"], problem) for problem in row.problems}
    written = table.rows[row.number - 1]
    cells = [
        {
            "text": row.values.get(name, written[place] if place < len(written) else None),
            "problem": wrong.get(name, ""),
        }
        for place, name in meant.items()
    ]
    return {"number": row.number, "cells": cells, "problem": wrong.get("", "")}


def _asked(report: Report) -> list[dict[str, Any]]:
    """What is only asked about rows: somebody may answer it for all of them at once."""
    codes = Counter(
        code
        for row in report.rows
        if all("question" in problem for problem in row.problems)
        for code in {problem["question"] for problem in row.problems}
    )
    return [{"code": code, "count": n, "text": sentence(code, {})} for code, n in codes.items()]


def _cell_problems(one: Sheet, report: Report) -> list[dict[str, Any]]:
    labels = {column.name: one.template.label(column.name) for column in one.template.columns()}
    return [
        {
            "row": row.number, "column": labels.get(problem["path"], ""),
            "message": sentence(problem["code"], problem),
        }
        for row in report.rows
        for problem in row.problems
    ][:SHOWN_PROBLEMS]  # fmt: skip


def _counted(counts: Mapping[str, int]) -> str:
    if "lines" in counts:  # documents are one thing, and the rows that they are made of another
        words = {
            "new": _("new documents: %(n)s"), "changed": _("changed documents: %(n)s"),
            "posted": _("posted: %(n)s"), "lines": _("lines in them: %(n)s"),
            "refused": _("rows refused: %(n)s"),
        }  # fmt: skip
    else:
        words = {
            "new": _("%(n)s new"), "changed": _("%(n)s changed"), "same": _("%(n)s unchanged"),
            "refused": _("%(n)s refused"),
        }  # fmt: skip
    return " · ".join(text % {"n": counts[k]} for k, text in words.items() if counts.get(k))


def _page(
    request: HttpRequest, template: str, context: Mapping[str, Any], *, status: int = 200
) -> HttpResponse:
    assert who().person is not None, "A page is somebody's."
    html = render_to_string(template, {**frame_context(request), **context}, request)
    return HttpResponse(html, status=status)
