"""The doors of derived documents: each type gets the same ones, guarded by its own permissions."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from decimal import Decimal, InvalidOperation
from io import BytesIO
from typing import Any
from uuid import NAMESPACE_URL, UUID, uuid5

from django.core.files.uploadedfile import UploadedFile
from django.http import FileResponse, Http404, HttpRequest, HttpResponse, JsonResponse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from tongpan.base import env
from tongpan.base.refusals import Forbidden, Question, Refusal
from tongpan.faces.kit import formats, pages, show
from tongpan.faces.kit.derived import addresses, asked, forms, picking, sheets, values
from tongpan.faces.kit.derived.answers import panel
from tongpan.faces.kit.derived.documents import DEEDS, document_page
from tongpan.faces.kit.derived.listing import list_page, listed_fields, totals_page
from tongpan.faces.kit.derived.print_views import documents_print
from tongpan.faces.kit.derived.saved import columns_of, with_own_views
from tongpan.kernel.documents.actions.drafts import copy_payload
from tongpan.kernel.documents.fields import plain
from tongpan.kernel.documents.following import prefill
from tongpan.kernel.documents.gate import Outcome, run
from tongpan.kernel.documents.loading import load
from tongpan.kernel.documents.mentions import people_to_tell
from tongpan.kernel.documents.models import Attachment, Blob, Document, Request, State
from tongpan.kernel.documents.registry import Action, DocumentType, document_type, find_action
from tongpan.kernel.documents.sentences import explain, sentence
from tongpan.kernel.org.models import OrgUnit
from tongpan.kernel.org.scope import acting, may, who
from tongpan.kernel.org.sign_in import authorise

BATCH_MAX = 200
FILLED = ("quantity", "money", "date")  # fields that saving may fill in, or make follow others


# -- the list ----------------------------------------------------------------------------------


def documents(request: HttpRequest, declared: DocumentType) -> HttpResponse:
    """The list of a type; or only its totals, for a page that asks for them afterwards."""
    columns = columns_of(request, declared.code)
    wanted = asked.read(declared, request.GET)
    parts = request.headers.get("X-Parts", "").split()
    if parts == ["totals"]:
        totals = totals_page(declared, wanted, chosen=columns)
        return show.part(request, "kit/parts/list_totals.html", {"page": totals})
    page = list_page(declared, wanted, chosen=columns, has_totals="totals" in parts)
    return show.page(request, with_own_views(request, page, columns))


def documents_export(request: HttpRequest, declared: DocumentType) -> HttpResponse:
    """The filtered list as a sheet."""
    wanted = asked.read(declared, request.GET).wanted()
    fields = listed_fields(declared, columns_of(request, declared.code))
    return _sheet(declared, sheets.list_sheet(declared, wanted, fields))


def _sheet(declared: DocumentType, content: bytes) -> HttpResponse:
    name = f"{declared.code}-{env.now():%Y%m%d}.xlsx"
    return HttpResponse(
        content,
        content_type="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
        headers={
            "Content-Disposition": f'attachment; filename="{name}"',
            "X-Content-Type-Options": "nosniff",
        },
    )


def documents_batch(request: HttpRequest, declared: DocumentType, verb: str) -> HttpResponse:
    """One action on every ticked document, each through the gate, with a result for each."""
    ids = ids_of(request.POST.getlist("ids"))[:BATCH_MAX]
    if verb == "export":
        fields = listed_fields(declared, columns_of(request, declared.code))
        return _sheet(declared, sheets.chosen_sheet(declared, ids, fields))
    if verb == "print":
        back_url = addresses.documents(declared)
        return documents_print(request, declared, ids, back_url=back_url)
    action = find_action(declared.permission(verb))
    if action is None or verb not in DEEDS:
        raise Http404
    refused = [text for document_id in ids if (text := _do_one(request, action, document_id))]
    back = addresses.documents(declared)
    done = len(ids) - len(refused)
    if not refused:
        return show.go(request, back, toast=pages.Toast(_done_text(verb, done)))
    problem = pages.ErrorPanel(
        title=_("%(done)s done, %(refused)s refused") % {"done": done, "refused": len(refused)},
        kept=_("Those that were refused are as they were."),
        details=tuple(refused),
    )
    page = list_page(declared, asked.Asked(), problem=problem)
    return show.page(request, page, status=422)


def _done_text(verb: str, done: int) -> str:
    title = {"post": _("posted"), "return": _("returned"), "void": _("made void")}.get(verb, verb)
    text = ngettext("%(n)s document %(what)s", "%(n)s documents %(what)s", done)
    return text % {"n": done, "what": title}


def _do_one(request: HttpRequest, action: Action, document_id: UUID) -> str:
    """What was refused of one document of a batch; empty when it was done."""
    named = Document.objects.filter(pk=document_id).values_list("number", flat=True).first()
    name = named or _("a draft")
    try:
        run(action.code, document_id, {"reason": _first(request, "reason")})
    except Refusal as refusal:
        said = explain(refusal)
        why = "; ".join(p["message"] for p in said["problems"]) or said["detail"]
        return f"{name}: {why}"
    return ""


def _first(request: HttpRequest, name: str) -> str:
    """The first of several fields of one name that was filled in."""
    return next((text for text in request.POST.getlist(name) if text.strip()), "")


def ids_of(texts: list[str]) -> list[UUID]:
    """The ids of ticked rows, one by one or with commas between; what is none is left out."""
    found = []
    for text in texts:
        for part in text.split(","):
            try:
                found.append(UUID(part))
            except ValueError:
                continue
    return list(dict.fromkeys(found))


# -- one document ------------------------------------------------------------------------------


def document_new(request: HttpRequest, declared: DocumentType) -> HttpResponse:
    """An empty draft. Its id is made here, so that saving it twice makes one document."""
    given = request.GET.dict()
    body = _or_404(lambda: forms.new_body(declared, env.new_id(), given))
    return show.page(request, forms.form_page(declared, body))


def document(request: HttpRequest, declared: DocumentType, document_id: UUID) -> HttpResponse:
    """A document: a form while it is the person's to write, else a page to read."""
    body = _load(declared, document_id)
    if forms.is_editable(declared, body):
        forms.propose_lines(declared, body)
        return show.page(request, forms.form_page(declared, body))
    problem = (
        _too_long() if body.document.state == State.DRAFT and forms.is_too_long(body) else None
    )
    page = document_page(declared, body, problem=problem, lines_from=request.GET.get("lines", ""))
    return show.page(request, page)


def _too_long() -> pages.ErrorPanel:
    """What can still be done with a draft that no form takes."""
    most = formats.number(forms.LINES_MAX)
    return pages.ErrorPanel(
        _("This draft has more lines than a form takes: %(most)s.") % {"most": most},
        details=(
            _("Post it as it is. To change it, void it and bring its lines in again by a sheet, as"
              " documents with fewer lines, or change it through the API."),
        ),
    )  # fmt: skip


def _load(declared: DocumentType, document_id: UUID) -> Any:
    return _or_404(lambda: load(declared, document_id))


def _or_404(read: Any) -> Any:
    try:
        return read()
    except Refusal as refusal:
        if refusal.code == "not_found":
            raise Http404 from None
        raise


def document_save(request: HttpRequest, declared: DocumentType, document_id: UUID) -> HttpResponse:
    """A draft saves itself: what can be read is kept, what cannot is said beside its field."""
    try:
        written = forms.read_form(declared, document_id, request.POST)
        problems = _save(declared, document_id, written, _sent_id(request))
    except Refusal as refusal:
        return _not_saved(request, declared, document_id, refusal)
    body = _load(declared, document_id)
    form = forms.form_page(declared, body, problems=forms.on_page(problems, written))
    outputs = _outputs(form, written)
    url = "" if written.version else addresses.document(declared.code, document_id)
    filled = _filled(form, written, request.POST.dict())
    return show.saved(
        request, form, url=url, outputs=outputs, filled=filled, line_ids=written.line_ids,
        proposes="X-Proposes" in request.headers and _proposes(declared, document_id),
    )  # fmt: skip


def _proposes(declared: DocumentType, document_id: UUID) -> bool:
    """Whether there are lines to propose for what a draft says now."""
    body = _load(declared, document_id)
    forms.propose_lines(declared, body)
    return any(line._state.adding for line in body.lines) or bool(getattr(body, "doubts", ()))


def _save(
    declared: DocumentType, document_id: UUID, written: forms.Written, request_id: UUID | None
) -> list[dict[str, Any]]:
    """Keep what was written. Answers the problems of values that mean nothing and were left out."""
    try:
        _run_save(declared, document_id, written, written.payload, request_id)
    except Refusal as refusal:
        if refusal.code != "invalid":
            raise
        payload = forms.without_unreadable(written, refusal)
        _run_save(declared, document_id, written, payload, request_id)
        return refusal.problems
    return []


def _run_save(
    declared: DocumentType,
    document_id: UUID,
    written: forms.Written,
    payload: dict[str, Any],
    request_id: UUID | None,
) -> Outcome:
    """Save under the browser's id of this request, or one made from what was sent.

    The browser keeps its id until it gets an answer. When the id is known with other content, our
    answer was lost and the person went on writing: then theirs is the version that was answered.
    """
    save, version = declared.permission("save"), written.version or None
    said = json.dumps(payload, sort_keys=True, default=plain, ensure_ascii=False)
    by_content = uuid5(NAMESPACE_URL, f"{document_id}/{written.version}/{said}")
    if request_id is not None and Request.objects.filter(pk=request_id).exists():
        try:
            return run(save, document_id, payload, request_id=request_id, version=version)
        except Refusal as refusal:
            if refusal.code != "request_conflict":
                raise
        here = Document.objects.filter(pk=document_id).values_list("version", flat=True).first()
        if here == (written.version or 0) + 1:
            version = here
        return run(save, document_id, payload, request_id=by_content, version=version)
    return run(save, document_id, payload, request_id=request_id or by_content, version=version)


def _sent_id(request: HttpRequest) -> UUID | None:
    """The id that the browser gave this save."""
    found = ids_of([request.POST.get("request_id", "")])
    return found[0] if found else None


def _not_saved(
    request: HttpRequest, declared: DocumentType, document_id: UUID, refusal: Refusal
) -> HttpResponse:
    if refusal.code == "not_found":
        raise Http404
    if isinstance(refusal, Forbidden):
        return show.not_saved(request, _not_theirs(declared, document_id, refusal), status=422)
    if refusal.code == "version_changed":
        reload = pages.Action(_("Load theirs"), "", icon="refresh")
        problem = pages.ErrorPanel(sentence(refusal.code, refusal.facts), actions=(reload,))
        return show.not_saved(request, problem, status=409)
    said = explain(refusal)
    details = tuple(p["message"] for p in said["problems"])
    problem = pages.ErrorPanel(said["detail"], details=details, code=refusal.code)
    return show.not_saved(request, problem, status=422)


def _saving(declared: DocumentType) -> str:
    return declared.permission("save")


def _not_theirs(declared: DocumentType, document_id: UUID, refusal: Forbidden) -> pages.ErrorPanel:
    """A draft of a unit where the person may not write: they see its place, and chose it.

    A document that is there and that they may not see is not there for them.
    """
    if Document.unscoped.filter(pk=document_id).exists():
        _load(declared, document_id)
    unit = OrgUnit.objects.filter(code=refusal.facts.get("unit")).first()
    here = who().at
    facts = {
        "what": str(declared.titles).lower(),
        "unit": unit.name if unit else "…", "here": here.name if here else "…",
    }  # fmt: skip
    return pages.ErrorPanel(
        _("You may not write %(what)s of %(unit)s.") % facts,
        details=(_("Choose what belongs to %(here)s, or ask for the right at %(unit)s.") % facts,),
        code=refusal.code,
    )


def _outputs(form: pages.FormPage, written: forms.Written) -> dict[str, str]:
    """The texts of what is not typed, by the names that they have on the page."""
    of_header = {field.name: field.value for field in form.fields if field.kind == "output"}
    if form.grid is None:
        return of_header
    return of_header | {
        f"lines.{index}.{name}": field.value
        for index, row in zip(written.indexes, form.grid.rows, strict=False)
        for name, field in row.fields.items()
        if field.kind == "output"
    }


def _filled(
    form: pages.FormPage, written: forms.Written, sent: dict[str, Any]
) -> dict[str, tuple[str, str]]:
    """What saving filled in, or made follow something else: what was sent, and what is kept now."""
    fields = {field.name: field for field in form.fields}
    if form.grid is not None:
        for index, row in zip(written.indexes, form.grid.rows, strict=False):
            fields |= {f"lines.{index}.{name}": field for name, field in row.fields.items()}
    wrong = {problem.path for problem in form.problems}  # what was refused stays to be mended
    return {
        name: (sent[name], field.value)
        for name, field in fields.items()
        if field.kind in FILLED and name in sent and name not in wrong
        if field.value and _is_other(sent[name], field.value)
    }


def _is_other(sent: str, kept: str) -> bool:
    """Whether a value is another one, and not the same one written in another way."""
    try:
        return Decimal(sent) != Decimal(kept)
    except InvalidOperation:
        return sent != kept


# -- what is done to it ------------------------------------------------------------------------


def document_act(
    request: HttpRequest, declared: DocumentType, document_id: UUID, verb: str
) -> HttpResponse:
    """Submit, post, return, reverse, amend, void. A form that comes along is saved first.

    Who opens the address of a deed that was refused is led back to the document.
    """
    here = addresses.document(declared.code, document_id)
    if request.method == "GET":
        _load(declared, document_id)
        return show.go(request, here)
    action = find_action(declared.permission(verb))
    if action is None or verb not in DEEDS:
        raise Http404
    request_id = _request_id(request)
    if request_id is not None and Request.objects.filter(pk=request_id).exists():
        return show.go(request, here)
    written = None
    if "version" in request.POST:
        try:
            written = forms.read_form(declared, document_id, request.POST)
            problems = _save(declared, document_id, written, _sent_id(request))
        except Refusal as refusal:
            return _refused(request, declared, document_id, refusal)
        if problems:
            invalid = Refusal("invalid", problems=problems)
            return _refused(request, declared, document_id, invalid, written=written)
    body = _load(declared, document_id)
    try:
        with _perhaps_with_another(request, declared, action, body):
            outcome = run(
                action.code,
                document_id,
                {"reason": _first(request, "reason")} if action.needs_reason else {},
                request_id=request_id,
                answers=_answers(request),
            )
    except Refusal as refusal:
        return _refused(request, declared, document_id, refusal)
    if verb == "amend" and outcome.result is not None:
        return show.go(request, addresses.document(declared.code, outcome.result))
    return show.go(request, here, toast=_toast(declared, outcome, verb))


def _request_id(request: HttpRequest) -> UUID | None:
    given = request.POST.get("request") or request.GET.get("request") or ""
    found = ids_of([given])
    return found[0] if found else None


def _answers(request: HttpRequest) -> list[str]:
    return [code for text in request.POST.getlist("answers") for code in text.split(",") if code]


@contextmanager
def _perhaps_with_another(
    request: HttpRequest, declared: DocumentType, action: Action, body: Any
) -> Iterator[None]:
    """Inside, a second person stands in if one gave their name and PIN for this action."""
    second, pin = _first(request, "second"), _first(request, "pin")
    if not second:
        yield
        return
    unit = body.document.org_unit
    amount = declared.amount(body)
    other = authorise(second, pin, permission=action.permission, unit=unit, amount=amount)
    now_acting = who()
    assert now_acting.person is not None, "Somebody is signed in."
    with acting(now_acting.person, now_acting.at, authorised_by=other, via=now_acting.via):
        yield


def _refused(
    request: HttpRequest,
    declared: DocumentType,
    document_id: UUID,
    refusal: Refusal,
    *,
    said: str | None = None,
    written: forms.Written | None = None,
) -> HttpResponse:
    """The same page again with what was refused, each problem beside its field.

    What was `said` about the document is no part of its form: it stands in its own field again.
    Of what was `written`, the values that could not be kept stand in theirs.
    """
    if refusal.code == "not_found":
        raise Http404
    body = _load(declared, document_id)
    again = f"{request.path}?request={env.new_id()}"
    status = 409 if refusal.code in ("version_changed", "wrong_state") else 422
    is_form = forms.is_editable(declared, body)
    problems = forms.from_nought(refusal.problems)
    no = panel(
        refusal,
        body.document,
        again=again,
        is_form=is_form and said is None,
        answers=_answers(request),
        problems=problems,
        sent={"text": said} if said else {},
    )
    if isinstance(refusal, Forbidden) and refusal.facts.get("permission") == _saving(declared):
        no = _not_theirs(declared, document_id, refusal)
    if is_form:
        form = forms.form_page(declared, body, problems=problems, problem=no)
        if written is not None:
            form = forms.as_typed(form, written, request.POST)
        page: pages.FormPage | pages.DocumentPage = form
    else:
        page = document_page(declared, body, problem=no)
    if said and page.tabs is not None:
        page = replace(page, tabs=replace(page.tabs, comment=said))
    status = 403 if isinstance(refusal, Forbidden) else status
    return show.page(request, page, status=200 if isinstance(refusal, Question) else status)


def _toast(declared: DocumentType, outcome: Outcome, verb: str) -> pages.Toast | None:
    """What was done, with the way back where one action takes it back."""
    document = outcome.document
    if document is None:
        return None
    name = document.number or str(declared.title)
    words = {
        "post": _("%(name)s is posted"),
        "submit": _("%(name)s is submitted"),
        "return": _("%(name)s is returned"),
        "reverse": _("%(name)s is reversed"),
        "void": _("%(name)s is void"),
    }
    undo = None
    if verb == "post" and may(declared.permission("reverse"), document.org_unit):
        undo = pages.Action(
            _("Undo"),
            addresses.act(declared.code, document.pk, "reverse"),
            method="post",
            fields={"reason": _("Undone at once"), "request": str(env.new_id())},
        )
    return pages.Toast(words.get(verb, "%(name)s") % {"name": name}, undo)


def document_copy(request: HttpRequest, declared: DocumentType, document_id: UUID) -> HttpResponse:
    """A new draft with the same content, at the same unit."""
    if not values.begins_alone(declared):
        raise Http404
    body = _load(declared, document_id)
    outcome = _or_404(
        lambda: run(
            declared.permission("save"),
            payload=copy_payload(declared, body),
            request_id=_request_id(request),
        )
    )
    return show.go(request, addresses.document(declared.code, outcome.subject))


def document_follow(
    request: HttpRequest, declared: DocumentType, document_id: UUID, following: str
) -> HttpResponse:
    """Draft the document that follows this one: a receipt from a transfer."""
    body = _load(declared, document_id)
    try:
        next_type = document_type(following)
        outcome = run(
            next_type.permission("save"),
            payload=prefill(following, document_id),
            request_id=_request_id(request),
        )
    except KeyError:
        raise Http404 from None
    except Refusal as refusal:
        if refusal.code == "not_found" or isinstance(refusal, Forbidden):
            raise Http404 from None
        no = panel(refusal, body.document, again="", is_form=False)
        return show.page(request, document_page(declared, body, problem=no), status=422)
    return show.go(request, addresses.document(following, outcome.subject))


# -- what hangs on it --------------------------------------------------------------------------


def document_comment(
    request: HttpRequest, declared: DocumentType, document_id: UUID
) -> HttpResponse:
    """A remark. Whoever is named with an @ is told of it."""
    _load(declared, document_id)
    payload = {"text": request.POST.get("text", "")}
    return _talk(request, declared, document_id, "comment", payload)


def document_people(
    request: HttpRequest, declared: DocumentType, document_id: UUID
) -> JsonResponse:
    """Who may be named in a remark on this document, by what was typed behind the @."""
    document = _load(declared, document_id).document
    writer = who().person
    assert writer is not None, "Somebody is signed in."
    people = people_to_tell(document, but=writer.pk)
    return JsonResponse({"results": picking.people(people, request.GET)})


def document_attach(
    request: HttpRequest, declared: DocumentType, document_id: UUID
) -> HttpResponse:
    """A file, if it is what it says it is."""
    _load(declared, document_id)
    given = request.FILES.get("file")
    if not isinstance(given, UploadedFile):
        raise Http404
    media_type = (given.content_type or "").partition(";")[0]
    payload = {"name": given.name, "media_type": media_type, "content": given.read()}
    return _talk(request, declared, document_id, "attach", payload)


def _talk(
    request: HttpRequest,
    declared: DocumentType,
    document_id: UUID,
    verb: str,
    payload: dict[str, Any],
) -> HttpResponse:
    try:
        run(declared.permission(verb), document_id, payload, answers=_answers(request))
    except Refusal as refusal:
        if isinstance(refusal, Forbidden):
            raise
        return _refused(request, declared, document_id, refusal, said=payload.get("text", ""))
    return show.go(request, addresses.document(declared.code, document_id) + "#tabs")


def document_file(
    request: HttpRequest, declared: DocumentType, document_id: UUID, attachment_id: UUID
) -> FileResponse:
    """The content of a file, to keep and never to run in the browser."""
    _load(declared, document_id)
    row = Attachment.unscoped.filter(pk=attachment_id, document=document_id).first()
    if row is None:
        raise Http404
    content = Blob.objects.values_list("content", flat=True).get(digest=row.digest)
    return FileResponse(
        BytesIO(bytes(content)),
        as_attachment=True,
        filename=row.name,
        content_type=row.media_type,
        headers={
            "X-Content-Type-Options": "nosniff",
            "Content-Security-Policy": "sandbox; default-src 'none'",
        },
    )


def document_pick(
    request: HttpRequest, declared: DocumentType, document_id: UUID, column: str
) -> JsonResponse:
    """Rows for a cell of a line, with what they bring to the rest of the line."""
    facts = forms.line_facts(declared)
    if facts is None or column != facts.by:
        raise Http404
    is_there = Document.unscoped.filter(pk=document_id).exists()
    body = (
        _load(declared, document_id)
        if is_there
        else _or_404(lambda: forms.new_body(declared, document_id, {}))
    )
    return JsonResponse(picking.for_line(declared, body, facts, request.GET))
