"""Printers: which till prints where, and what became of each paper."""

from decimal import Decimal
from typing import Any
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _

from tongpan.engines.printers.models import (
    EDIT,
    By,
    JobState,
    Printer,
    PrintJob,
    Prints,
    Speaks,
    Way,
)
from tongpan.engines.prints import labels
from tongpan.engines.prints.escpos import Roll
from tongpan.faces.backoffice.settings import histories, parts
from tongpan.faces.kit import formats, pages, show
from tongpan.faces.kit.entry import entry
from tongpan.kernel.documents.fields import as_id
from tongpan.kernel.documents.gate import run
from tongpan.kernel.documents.sentences import sentence
from tongpan.kernel.org.models import OrgUnit
from tongpan.kernel.org.scope import system, units_where, visible, who

SHOWN = 200
WIDTHS = (("80", "80 mm"), ("58", "58 mm"))
LANGUAGES = (("zh", "中文"), ("en", "English"))
TONES: dict[str, pages.Tone] = {
    JobState.FAILED.value: "act",
    JobState.WAITING.value: "wait",
    JobState.TAKEN.value: "wait",
}


def _mine() -> Any:
    return visible(Printer, EDIT).select_related("till__parent")


@entry(permission=EDIT, scope="units", field_policy="masked")
def printers(request: HttpRequest) -> HttpResponse:
    """The printers of all tills."""
    new = pages.Action(
        _("New printer"), reverse("settings-printer-new"), key="N", icon="plus", tone="primary"
    )
    return show.page(
        request,
        pages.ListPage(
            title=_("Printers"),
            help=pages.Help(
                _("A till with a printer prints its slips by itself. Without one the browser"
                  " prints them.")
            ),
            columns=(
                pages.Column("till", _("till"), pages.Kind.LINK, 1, "title"),
                pages.Column("speaks", _("prints what"), keep=2, at="detail"),
                pages.Column("way", _("printer"), keep=2),
                pages.Column("address", _("address"), pages.Kind.CODE, 3),
                pages.Column("by", _("sent by"), keep=3),
                pages.Column("width", _("paper"), keep=3),
                pages.Column("prints", _("prints"), keep=2),
                pages.Column("waiting", _("to be printed"), pages.Kind.NUMBER, 2, "amount"),
                pages.Column("state", _("state"), keep=1, at="state"),
            ),
            rows=tuple(_row(one) for one in _mine()[:SHOWN]),
            primary=new,
            empty=pages.Empty(
                _("No printer yet"),
                _("Receipt printers stand at tills: say where each of them is."),
                (pages.Action(_("New printer"), new.url, icon="plus"),),
            ),
        ),
    )  # fmt: skip


def _row(one: Printer) -> pages.Row:
    url = reverse("settings-printer", args=[one.pk])
    waiting = one.jobs.filter(state__in=(JobState.WAITING, JobState.TAKEN)).count()
    cells = {
        "till": pages.Cell(_at(one.till), url=url),
        "speaks": pages.Cell(one.get_speaks_display()),
        "way": pages.Cell(one.get_way_display()),
        "address": pages.Cell(one.address),
        "by": pages.Cell(one.get_by_display()),
        "width": pages.Cell(f"{one.width} mm"),
        "prints": pages.Cell(one.get_prints_display()),
        "waiting": pages.Cell(waiting),
        "state": pages.Cell(_("active") if one.is_active else _("paused")),
    }
    return pages.Row(str(one.pk), cells, url=url)


def _at(till: OrgUnit) -> str:
    return f"{till.parent.name} {till.name}" if till.parent else till.name


@entry(permission=EDIT, scope="units", field_policy="masked")
def printer(request: HttpRequest, printer_id: UUID) -> HttpResponse:
    """One printer, with the papers that it was sent."""
    return show.page(request, _page(_found(printer_id)))


def _found(printer_id: UUID) -> Printer:
    one: Printer = parts.found(_mine(), printer_id)
    return one


def _page(one: Printer) -> pages.MasterPage:
    def to(verb: str) -> str:
        return reverse("settings-printer-act", args=[one.pk, verb])

    yes_no = _("yes") if one.has_drawer else _("no")
    facts = (
        pages.Fact(_("printer"), pages.Cell(one.get_way_display())),
        pages.Fact(_("prints what"), pages.Cell(one.get_speaks_display())),
        pages.Fact(_("address"), pages.Cell(one.address), pages.Kind.CODE),
        pages.Fact(_("sent by"), pages.Cell(one.get_by_display())),
        pages.Fact(_("paper"), pages.Cell(f"{one.width} mm")),
        pages.Fact(_("language"), pages.Cell(dict(LANGUAGES)[one.language])),
        pages.Fact(_("prints"), pages.Cell(one.get_prints_display())),
        pages.Fact(_("cash drawer"), pages.Cell(yes_no)),
    )
    cards = [_papers(one), histories.history_card(one.pk)]
    if one.by == By.AGENT:
        cards.insert(0, _agent(one))
    return pages.MasterPage(
        title=_at(one.till),
        side=(pages.Card(_("Printer"), facts=facts),),
        main=tuple(cards),
        tag=None if one.is_active else pages.Tag(_("paused")),
        back_url=reverse("settings-printers"),
        primary=pages.Action(
            _("Edit"), reverse("settings-printer-edit", args=[one.pk]), key="E", tone="primary"
        ),
        actions=(
            pages.Action(_("Print a test page"), to("test"), method="post"),
            pages.Action(
                _("Let the browser print") if one.is_active else _("Use this printer"),
                to("switch"), method="post", fields={"is_active": "" if one.is_active else "1"},
            ),
        ),
    )  # fmt: skip


def _agent(one: Printer) -> pages.Card:
    command = f"./tongpan print-agent --server … --till {one.till.code} --token …"
    return pages.Card(
        _("Print agent"),
        note=_("Runs on the computer at this till, with a token that may print what waits."),
        text=command,
    )


def _papers(one: Printer) -> pages.Card:
    rows = one.jobs.select_related("made_by")[:SHOWN]
    return pages.Card(
        _("Papers"),
        note=_("The latest %(n)s; they are kept for a month.") % {"n": SHOWN},
        columns=(
            pages.Column("at", _("When"), pages.Kind.TIME, 1, "date"),
            pages.Column("title", _("paper"), pages.Kind.LINK, 1, "title"),
            pages.Column("who", _("Who"), keep=3),
            pages.Column("tries", _("tries"), pages.Kind.NUMBER, 3, "amount"),
            pages.Column("said", _("answer"), keep=2, at="detail"),
            pages.Column("state", _("state"), keep=1, at="state"),
        ),
        rows=tuple(_paper(one, row) for row in rows),
        empty=_("Nothing was printed yet."),
        is_compact=True,
    )


def _paper(one: Printer, row: PrintJob) -> pages.Row:
    url = reverse("settings-printer-paper", args=[one.pk, row.pk])
    cells = {
        "at": pages.Cell(row.made_at),
        "title": pages.Cell(row.title, url=url),
        "who": pages.Cell(row.made_by.name if row.made_by else ""),
        "tries": pages.Cell(row.tries),
        "said": pages.Cell(sentence(row.said, {}) if row.said else ""),
        "state": pages.Cell(row.get_state_display(), tone=TONES.get(row.state, "")),
    }
    return pages.Row(str(row.pk), cells, url=url)


@entry(permission=EDIT, scope="units", field_policy="masked")
def paper(request: HttpRequest, printer_id: UUID, paper_id: UUID) -> HttpResponse:
    """One paper: what came of it, and printing it again where it did not arrive."""
    return show.page(request, _paper_page(_found(printer_id), paper_id))


def _paper_page(one: Printer, paper_id: UUID) -> pages.MasterPage:
    row: PrintJob = parts.found(one.jobs.all(), paper_id)
    facts = (
        pages.Fact(_("state"), pages.Cell(row.get_state_display())),
        pages.Fact(_("answer"), pages.Cell(sentence(row.said, {}) if row.said else "")),
        pages.Fact(_("made at"), pages.Cell(row.made_at), pages.Kind.TIME),
        pages.Fact(_("printed at"), pages.Cell(row.done_at), pages.Kind.TIME),
        pages.Fact(_("tries"), pages.Cell(row.tries), pages.Kind.NUMBER),
    )
    again = pages.Action(
        _("Print again"), reverse("settings-printer-act", args=[one.pk, "again"]), method="post",
        tone="primary", fields={"paper": str(row.pk)},
    )  # fmt: skip
    is_open = row.state in (JobState.FAILED, JobState.WAITING)
    return pages.MasterPage(
        title=row.title,
        side=(pages.Card(_("What is printed"), facts=facts),),
        main=(histories.history_card(row.pk),),
        back_url=reverse("settings-printer", args=[one.pk]),
        primary=again if is_open else None,
    )


@entry(permission=EDIT, scope="units", field_policy="masked", methods=("GET", "POST"))
def printer_new(request: HttpRequest) -> HttpResponse:
    """Say where a till prints."""
    pk = parts.new_id(request)
    url = f"{reverse('settings-printer-new')}?id={pk}"
    back = reverse("settings-printers")

    def act(typed: parts.Typed) -> HttpResponse:
        run("printers.printer.save", pk, dict(typed))
        return show.go(request, reverse("settings-printer", args=[pk]))

    return parts.form(request, lambda typed: _form(_("New printer"), url, typed, {}, back), act)


@entry(permission=EDIT, scope="units", field_policy="masked", methods=("GET", "POST"))
def printer_edit(request: HttpRequest, printer_id: UUID) -> HttpResponse:
    """Change where a till prints."""
    one = _found(printer_id)
    url, back = (
        reverse(name, args=[one.pk]) for name in ("settings-printer-edit", "settings-printer")
    )
    now = {
        "till": str(one.till_id), "speaks": one.speaks, "way": one.way, "by": one.by,
        "address": one.address,
        "width": str(one.width), "language": one.language, "prints": one.prints,
        "has_drawer": str(one.has_drawer).lower(),
    }  # fmt: skip

    def act(typed: parts.Typed) -> HttpResponse:
        run("printers.printer.save", one.pk, dict(typed))
        return show.go(request, back, toast=pages.Toast(_("Saved")))

    return parts.form(request, lambda typed: _form(_at(one.till), url, typed, now, back), act)


def _form(
    title: str, url: str, typed: parts.Typed, now: dict[str, str], back_url: str
) -> pages.FormPage:
    def value(name: str, default: str) -> str:
        return typed.get(name, now.get(name, default))

    tills = units_where(EDIT).filter(kind=OrgUnit.Kind.TILL, is_active=True)
    if now:
        tills = tills.filter(pk=UUID(now["till"]))
    free = [(str(t.pk), _at(t)) for t in tills.select_related("parent").order_by("path")]
    yes_no = (("true", _("yes")), ("false", _("no")))
    fields = (
        parts.choice("till", _("till"), free, value("till", free[0][0] if free else "")),
        parts.choice("speaks", _("prints what"), Speaks.choices, value("speaks", Speaks.SLIPS)),
        parts.choice("way", _("printer"), Way.choices, value("way", Way.NETWORK)),
        pages.Field(
            "address", _("address"), value=value("address", ""),
            hint=_("192.168.1.50:9100 of a network printer, /dev/usb/lp0 of a USB printer."),
        ),
        parts.choice(
            "by", _("sent by"), By.choices, value("by", By.SERVER),
            hint=_("The server, where it reaches the printer; else the agent beside the till."),
        ),
        parts.choice("width", _("paper"), WIDTHS, value("width", "80")),
        parts.choice("language", _("language"), LANGUAGES, value("language", "zh")),
        parts.choice("prints", _("prints"), Prints.choices, value("prints", Prints.ALWAYS)),
        parts.choice("has_drawer", _("cash drawer"), yes_no, value("has_drawer", "true")),
    )  # fmt: skip
    return parts.form_page(title, url, fields, back_url=back_url)


@entry(permission=EDIT, scope="units", field_policy="masked", methods=("POST",))
def printer_act(request: HttpRequest, printer_id: UUID, verb: str) -> HttpResponse:
    """Print a test page, pause, or print a paper again."""
    one = _found(printer_id)
    back = reverse("settings-printer", args=[one.pk])
    if verb not in ("test", "switch", "again"):
        raise Http404

    def act() -> HttpResponse:
        if verb == "test":
            _test(one)
        elif verb == "switch":
            run("printers.printer.switch", one.pk, {"is_active": request.POST.get("is_active")})
            return show.go(request, back, toast=pages.Toast(_("Saved")))
        else:
            wanted = as_id(request.POST.get("paper", ""))
            if wanted is None:
                raise Http404
            run("printers.job.again", parts.found(one.jobs.all(), wanted).pk)
        return show.go(request, back, toast=pages.Toast(_("Sent to the printer")))

    return parts.deed(request, act, lambda: _page(_found(printer_id)))


def _test(one: Printer) -> None:
    """A page that shows whether width, Chinese and codes come out right."""
    if one.speaks != Speaks.SLIPS:
        return _send(one, _label(one))
    roll = Roll(one.width)
    roll.text(_("Test page"), "centre", is_large=True)
    roll.text(_at(one.till), "centre")
    roll.rule()
    roll.pair("通盘 Tongpan", formats.money(Decimal(88), "CNY"))
    roll.code(one.till.code)
    roll.qr(one.till.code)
    roll.cut()
    return _send(one, roll.content)


def _label(one: Printer) -> bytes:
    size = next(iter(labels.SIZES.values()))
    label = labels.Label(
        name="通盘 Tongpan", price=f"{Decimal(88):.2f}", specification=_at(one.till),
        barcode=one.till.code,
    )  # fmt: skip
    return labels.written(one.speaks, label, size)


def _send(one: Printer, content: bytes) -> None:
    person = who().person
    payload = {
        "printer": str(one.pk), "title": _("Test page"), "content": content,
        "person": person.pk if person else None,
    }  # fmt: skip
    with system(reason="a test page"):
        run("printers.job.send", payload=payload)
