"""Print templates: what papers say and show, written beside a preview with a real paper."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any
from uuid import UUID

from django.core.files.uploadedfile import UploadedFile
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _

from tongpan.base.refusals import Forbidden, Refusal
from tongpan.engines.prints import language
from tongpan.engines.prints.actions import EDIT, TEXTS
from tongpan.engines.prints.choosing import logo_of
from tongpan.engines.prints.kinds import Kind, kinds, listed
from tongpan.engines.prints.models import Paper, PrintTemplate, Spacing
from tongpan.faces.backoffice.settings import histories, parts
from tongpan.faces.kit import pages, show
from tongpan.faces.kit.derived.previews import preview_of
from tongpan.faces.kit.entry import entry
from tongpan.kernel.documents.fields import as_id
from tongpan.kernel.documents.gate import run
from tongpan.kernel.documents.sentences import sentence
from tongpan.kernel.org.scope import units_where, who

ACCEPT = "image/png,image/jpeg,image/webp"


@dataclass(frozen=True)
class TemplatePage:
    """A print template as a form, beside what it makes of a paper."""

    title: str
    save_url: str
    back_url: str
    preview_url: str
    kind: str
    fields: tuple[pages.Field, ...]
    texts: tuple[pages.Field, ...]
    columns: tuple[tuple[str, str, bool], ...]
    names: tuple[tuple[str, str], ...]
    primary: pages.Action
    help: pages.Help | None = None
    state: pages.State | None = None
    actions: tuple[pages.Action, ...] = ()
    logo: pages.Card | None = None
    tabs: pages.Tabs | None = None
    problem: pages.ErrorPanel | None = None
    problems: tuple[pages.Problem, ...] = ()

    template = "settings/print_template.html"


@entry(permission=EDIT, scope="units", field_policy="open")
def templates(request: HttpRequest) -> HttpResponse:
    """Every template of the units whose papers the person looks after."""
    known = kinds()
    new = pages.Action(
        _("New print template"), reverse("settings-print-new"), key="N", icon="plus",
        tone="primary",
    )  # fmt: skip
    page = pages.ListPage(
        title=_("Print templates"),
        help=pages.Help(
            _("What papers of a unit and all below it say and show. The nearest template holds.")
        ),
        columns=(
            pages.Column("name", _("name"), pages.Kind.LINK, 1, "title"),
            pages.Column("kind", _("what for"), keep=1, at="detail"),
            pages.Column("unit", _("Unit"), keep=2, at="date"),
            pages.Column("paper", _("paper"), keep=3),
            pages.Column("state", _("State"), pages.Kind.STATE, 2, "state"),
        ),
        rows=tuple(_row(one, known) for one in _mine()),
        primary=new,
        empty=pages.Empty(
            _("No print template yet"),
            _("Papers are printed in the built-in form. A template gives them your address, your"
              " logo, and the columns that you want."),
            (replace(new, tone="", key=""),),
        ),
    )  # fmt: skip
    return show.page(request, page)


def _mine() -> Any:
    rows = PrintTemplate.objects.filter(unit__in=units_where(EDIT)).select_related("unit")
    return rows.order_by("kind", "unit__path", "name")


def _row(one: PrintTemplate, known: Mapping[str, Kind]) -> pages.Row:
    url = reverse("settings-print", args=[one.pk])
    kind = known.get(one.kind)
    cells = {
        "name": pages.Cell(one.name, url=url),
        "kind": pages.Cell(str(kind.title) if kind else one.kind),
        "unit": pages.Cell(one.unit.name),
        "paper": pages.Cell(one.get_paper_display()),
        "state": pages.Cell(_state(one)),
    }
    return pages.Row(str(one.pk), cells, url=url)


def _state(one: PrintTemplate) -> pages.State:
    if one.is_active:
        return pages.State("posted", _("in use"))
    return pages.State("void", _("not used"))


@entry(permission=EDIT, scope="units", field_policy="masked", methods=("GET", "POST"))
def template_new(request: HttpRequest) -> HttpResponse:
    """A new template: first what for, then how."""
    kind = kinds().get(request.GET.get("kind", ""))
    if kind is None:
        return _ask_kind(request)
    here = who().at
    paper = Paper.STRIP_80 if kind.is_slip else Paper.A4
    one = PrintTemplate(
        pk=parts.new_id(request), kind=kind.code, unit=here, name=str(kind.title), paper=paper
    )  # fmt: skip
    url = f"{reverse('settings-print-new')}?kind={kind.code}&id={one.pk}"
    return _form(request, one, kind, url)


def _ask_kind(request: HttpRequest) -> HttpResponse:
    url = reverse("settings-print-new")

    def build(typed: parts.Typed) -> pages.FormPage:
        offered = sorted((str(kind.title), code) for code, kind in kinds().items())
        choice = parts.choice("kind", _("what for"), [(code, title) for title, code in offered], "")
        return parts.form_page(
            _("New print template"), url, (choice,), back_url=reverse("settings-prints"),
            deed=_("Go on"), said=_("Choose whose paper it is. What it shows comes next."),
        )  # fmt: skip

    return parts.form(
        request, build, lambda typed: show.go(request, f"{url}?kind={typed.get('kind', '')}")
    )


@entry(permission=EDIT, scope="units", field_policy="masked", methods=("GET", "POST"))
def template(request: HttpRequest, template_id: UUID) -> HttpResponse:
    """One template, written beside its preview."""
    one: PrintTemplate = parts.found(_mine(), template_id)
    kind = kinds().get(one.kind)
    if kind is None:
        raise Http404
    return _form(request, one, kind, reverse("settings-print", args=[one.pk]))


def _form(request: HttpRequest, one: PrintTemplate, kind: Kind, url: str) -> HttpResponse:
    if request.method != "POST":
        return show.page(request, _page(one, kind, url))
    _take(one, request)
    payload = {name: getattr(one, name) for name in (*TEXTS, "name", "paper", "spacing")}
    payload |= {"kind": kind.code, "unit": request.POST.get("unit", ""),
                "columns": one.columns, "shows_words": one.shows_words}  # fmt: skip
    try:
        run("prints.template.save", one.pk, payload)
    except Forbidden:
        raise
    except Refusal as refusal:
        problem, problems = parts.refused(refusal)
        page = replace(_page(one, kind, url), problem=problem, problems=problems)
        return show.page(request, page, status=422)
    back = reverse("settings-print", args=[one.pk])
    return show.go(request, back, toast=pages.Toast(_("Saved")))


def _take(one: PrintTemplate, request: HttpRequest) -> None:
    """What was typed, as it was typed, onto a row that is not kept."""
    for name in ("name", "paper", "spacing", *TEXTS):
        setattr(one, name, request.POST.get(name, "").replace("\r\n", "\n"))
    one.columns = request.POST.getlist("columns")[:100]
    one.shows_words = request.POST.get("shows_words") == "true"
    unit = as_id(request.POST.get("unit"))
    chosen = units_where(EDIT).filter(pk=unit).first() if unit else None
    if chosen is not None:
        one.unit = chosen


def _page(one: PrintTemplate, kind: Kind, url: str) -> TemplatePage:
    is_new = one._state.adding
    papers = [c for c in Paper.choices if not kind.is_slip or c[0] in ("80", "58")]
    yes_no = (("true", _("yes")), ("false", _("no")))
    fields: tuple[pages.Field, ...] = (
        pages.Field("name", _("name"), value=one.name, is_required=True),
        parts.choice(
            "unit", _("Unit"), parts.unit_choices(EDIT), str(one.unit_id or ""),
            hint=_("It holds here and below, unless a unit has its own."),
        ),
        parts.choice("paper", _("paper"), papers, one.paper),
        parts.choice("spacing", _("line height"), Spacing.choices, one.spacing),
        parts.choice(
            "shows_words", _("sum in words"), yes_no, str(one.shows_words).lower()
        ),
        pages.Field(
            "title", _("title"), value=one.title, hint=_("Empty: %(title)s") % {"title": kind.title}
        ),
    )  # fmt: skip
    texts: tuple[pages.Field, ...] = (
        pages.Field("head", _("text above"), "note", one.head,
                    hint=_("Such as name, address and phone of the shop.")),
        pages.Field("foot", _("text below"), "note", one.foot,
                    hint=_("Such as a bank account, or thanks.")),
        pages.Field("signatures", _("signatures"), "note", one.signatures,
                    hint=_("One a line. Empty: those of the built-in form.")),
    )  # fmt: skip
    if kind.is_slip:  # which has neither columns to choose nor anybody who signs
        fields = tuple(one for one in fields if one.name not in ("spacing", "shows_words"))
        texts = texts[:2]
    return TemplatePage(
        title=_("New print template") if is_new else one.name,
        save_url=url,
        back_url=reverse("settings-prints"),
        preview_url=reverse("settings-print-preview"),
        kind=kind.code,
        fields=fields,
        texts=texts,
        columns=() if kind.is_slip else tuple(_columns(one, kind)),
        names=tuple(listed(kind.names)),
        primary=pages.Action(
            _("Save"), url, method="post", key="Ctrl Enter", tone="primary", is_form=True
        ),
        help=pages.Help(
            _("Plain text is printed as it stands. A name in double braces is replaced by what it"
              " stands for; the names are listed below the form.")
        ),
        state=None if is_new else _state(one),
        actions=() if is_new else (_switch(one),),
        logo=None if is_new else _logo(one),
        tabs=None if is_new else histories.history_tabs(one.pk),
    )  # fmt: skip


def _columns(one: PrintTemplate, kind: Kind) -> Sequence[tuple[str, str, bool]]:
    """Each column with its title, those that are shown first; none ticked is all of them."""
    chosen = [name for name in dict.fromkeys(one.columns) if name in kind.columns]
    rest = [name for name in kind.columns if name not in chosen]
    titles = {name: _capital(str(title)) for name, title in kind.columns.items()}
    return [(name, titles[name], name in chosen) for name in (*chosen, *rest)]


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]


def _switch(one: PrintTemplate) -> pages.Action:
    url = reverse("settings-print-act", args=[one.pk, "switch"])
    if one.is_active:
        return pages.Action(
            _("Back to the built-in form"), url, method="post", fields={"is_active": ""}
        )
    return pages.Action(_("Use this template"), url, method="post", fields={"is_active": "1"})


def _logo(one: PrintTemplate) -> pages.Card:
    url = logo_of(one)
    drop = pages.Action(
        _("Take the logo away"), reverse("settings-print-act", args=[one.pk, "drop_logo"]),
        method="post", icon="trash",
    )  # fmt: skip
    kept = pages.Picture(url, _("Logo"), url, actions=(drop,))
    upload = reverse("settings-print-act", args=[one.pk, "set_logo"])
    return pages.Card(
        _("Logo"),
        pictures=(kept,) if url else (),
        upload=pages.Upload(_("Choose a logo"), upload, ACCEPT),
        empty=_("None: the mark stands there."),
    )


@entry(permission=EDIT, scope="units", field_policy="masked", methods=("POST",))
def template_act(request: HttpRequest, template_id: UUID, verb: str) -> HttpResponse:
    """Use a template or not, give it a logo or take it away."""
    one: PrintTemplate = parts.found(_mine(), template_id)
    kind = kinds().get(one.kind)
    if verb not in ("switch", "set_logo", "drop_logo") or kind is None:
        raise Http404
    payload: dict[str, Any] = {"is_active": request.POST.get("is_active") == "1"}
    if verb == "set_logo":
        file = request.FILES.get("file")
        content = file.read() if isinstance(file, UploadedFile) else b""
        payload = {"name": file.name if file else "", "content": content}
    url = reverse("settings-print", args=[one.pk])
    try:
        run(f"prints.template.{verb}", one.pk, payload)
    except Forbidden:
        raise
    except Refusal as refusal:
        problem, problems = parts.refused(refusal)
        details = tuple(p.text for p in problems)
        panel = replace(problem, problems=(), details=details)
        return show.page(request, replace(_page(one, kind, url), problem=panel), status=422)
    return show.go(request, url, toast=pages.Toast(_("Saved")))


@entry(permission=EDIT, scope="units", field_policy="masked", methods=("POST",))
def template_preview(request: HttpRequest) -> HttpResponse:
    """What is typed makes this of a real paper of the person's; with what is wrong, and where."""
    kind = kinds().get(request.POST.get("kind", ""))
    if kind is None:
        raise Http404
    kept = _mine().filter(pk=as_id(request.POST.get("template", ""))).first()
    one = kept or PrintTemplate(kind=kind.code)
    _take(one, request)
    one.paper = one.paper if one.paper in Paper.values else Paper.A4
    one.spacing = one.spacing if one.spacing in Spacing.values else Spacing.USUAL
    wrong = []
    for name in TEXTS:
        try:
            language.check(getattr(one, name), kind.names)
        except Refusal as refusal:
            told = {"field": one.title_of(name), "text": sentence(refusal.code, refusal.facts)}
            wrong.append(_("%(field)s: %(text)s") % told)
            setattr(one, name, "")
    context = {"wrong": wrong, "paper": preview_of(kind, one)}
    return show.part(request, "settings/print_preview.html", context)
