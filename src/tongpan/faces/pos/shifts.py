"""Shifts at the till: the float, the blind count, and what the reports say, on screen and paper."""

from collections.abc import Iterator
from datetime import datetime
from decimal import Decimal
from typing import Any, NamedTuple

from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext as _

from tongpan.base import env
from tongpan.base.refusals import Refusal
from tongpan.business.shifts import queries
from tongpan.business.shifts.actions import CLOSE, KEEP, LOOK, NEEDED, OPEN
from tongpan.business.shifts.models import CashKind, OpenShift, Shift
from tongpan.business.shifts.queries import Figures
from tongpan.business.shifts.rules import DENOMINATIONS
from tongpan.engines.printers.models import Printer
from tongpan.engines.prints.escpos import Roll
from tongpan.faces.kit import formats
from tongpan.faces.kit.entry import entry
from tongpan.faces.kit.frame import company_name
from tongpan.faces.pos import papers
from tongpan.faces.pos.machine import answers
from tongpan.faces.pos.reading import body_of, id_of, rows_of
from tongpan.kernel.documents.fields import plain
from tongpan.kernel.documents.gate import run
from tongpan.kernel.documents.sentences import sentence
from tongpan.kernel.org.models import OrgUnit
from tongpan.kernel.org.scope import may
from tongpan.kernel.org.settings import value_of


def boot_of(till: OrgUnit) -> dict[str, Any]:
    """What the till's script must know of shifts before the first scan."""
    if not may(KEEP, till):
        return {"is_kept": False, "is_needed": False, "is_missing": False}
    is_needed = bool(value_of(NEEDED, till.parent))
    is_missing = is_needed and queries.open_shift(till) is None
    return {"is_kept": True, "is_needed": is_needed, "is_missing": is_missing}


class Row(NamedTuple):
    """A row of a report. One without a text is a rule; a heading has no value."""

    text: str = ""
    value: str = ""
    is_large: bool = False


# -- what the screen asks ------------------------------------------------------------------------


@entry(permission=KEEP, scope="units", field_policy="masked")
@answers
def shift(request: HttpRequest, till: OrgUnit) -> dict[str, Any]:
    """The shift that runs, or what a new one would begin with. Nothing here says what cash there
    should be: it is counted blind."""
    running = queries.open_shift(till)
    told: dict[str, Any] = {"may_look": may(LOOK, till), "shift": None}
    if running is None:
        before = queries.last_shift(till)
        return told | {"float": plain(before.kept) if before else ""}
    return told | {
        "shift": {
            "clerk": running.clerk.name,
            "since": formats.moment(running.opened_at),
            "float": formats.money(running.float_amount, "CNY"),
        },
        "float": plain(running.float_amount),
        "faces": [
            {"kind": kind, "face": format(face, "f"), "name": _face(kind, face)}
            for kind, face in DENOMINATIONS["CNY"]
        ],
    }


def _face(kind: str, face: Decimal) -> str:
    return f"¥{face:f} {CashKind(kind).label}"


@entry(permission=KEEP, scope="units", field_policy="masked", methods=("POST",))
@answers
def begin(request: HttpRequest, till: OrgUnit) -> dict[str, Any]:
    """Open a shift under the id that the screen gave it."""
    body = body_of(request)
    payload = {"float": str(body.get("float") or "0")[:20]}
    run(OPEN, payload=payload, request_id=id_of(body.get("id")))
    return {"is_open": True}


@entry(permission=KEEP, scope="units", field_policy="masked", methods=("POST",))
@answers
def close(request: HttpRequest, till: OrgUnit) -> dict[str, Any]:
    """Close the shift by the count, under the id that the screen gave it; it is told then what
    was over or short."""
    body = body_of(request)
    counts = [
        {name: str(row.get(name) or "0")[:12] for name in ("kind", "face", "pieces")}
        for row in rows_of(body.get("counts"))
    ]
    payload = {
        "counts": counts, "kept": str(body.get("kept") or "0")[:20],
        "remark": str(body.get("remark") or "")[:200],
    }  # fmt: skip
    done = run(CLOSE, payload=payload, request_id=id_of(body.get("id")))
    return {"id": str(done.subject), "report": _shown(_closed(done.subject, till, KEEP))}


@entry(permission=LOOK, scope="units", field_policy="masked")
@answers
def look(request: HttpRequest, till: OrgUnit) -> dict[str, Any]:
    """The X report: how far the running shift is."""
    return {"id": "", "report": _shown(list(x_report(_running(till), env.now())))}


@entry(permission=KEEP, scope="units", field_policy="masked", methods=("POST",))
@answers
def print_report(request: HttpRequest, till: OrgUnit) -> dict[str, Any]:
    """A report on the till's printer: a closed shift's, or the running one's for who may see it."""
    body = body_of(request)

    def write(printer: Printer) -> bytes:
        if body.get("shift"):
            rows = _closed(id_of(body["shift"]), till, KEEP)
        elif may(LOOK, till):
            rows = list(x_report(_running(till), env.now()))
        else:
            raise Refusal("not_yours")
        return on_paper(rows, printer.width)

    return papers.send(id_of(body.get("id")), till, _("Shift report"), None, write)


def _running(till: OrgUnit) -> OpenShift:
    running = queries.open_shift(till)
    if running is None:
        raise Refusal("no_shift")
    return running


def _closed(pk: Any, till: OrgUnit, code: str) -> list[Row]:
    found = queries.closed_shift(pk, code)
    if found is None or found.document.org_unit_id != till.pk:
        raise Refusal("not_found")
    return list(z_report(found))


def _shown(rows: list[Row]) -> list[dict[str, Any]]:
    return [row._asdict() for row in rows]


# -- reports -------------------------------------------------------------------------------------


def x_report(running: OpenShift, until: datetime) -> Iterator[Row]:
    """A running shift, as far as it is: with what should be in the drawer now."""
    till = running.till
    told = queries.figures(till, running.opened_at, until)
    yield Row(_("X report"), is_large=True)
    yield from _head(till, running.clerk.name, running.opened_at, until)
    yield from _figures(told)
    yield Row()
    yield Row(_("Float"), formats.money(running.float_amount))
    yield Row(_("Cash expected"), formats.money(running.float_amount + told.cash, "CNY"))


def z_report(shift: Shift) -> Iterator[Row]:
    """A closed shift: what was sold, what was counted, and what was odd."""
    till = shift.document.org_unit
    told = queries.figures(till, shift.opened_at, shift.closed_at)
    yield Row(_("Z report"), is_large=True)
    yield Row(_("Number"), shift.document.number or "")
    yield from _head(till, shift.clerk.name, shift.opened_at, shift.closed_at)
    yield from _figures(told)
    yield Row()
    for one in shift.lines:
        yield Row(
            f"{_face(one.kind, one.face.normalize())} × {one.pieces}", formats.money(one.amount)
        )
    yield Row(_("Float"), formats.money(shift.float_amount))
    yield Row(_("Cash expected"), formats.money(shift.expected))
    yield Row(_("Cash counted"), formats.money(shift.counted))
    yield Row(_("Over or short"), formats.money(shift.difference, "CNY"), is_large=True)
    yield Row(_("Float left"), formats.money(shift.kept))
    yield Row(_("Cash handed over"), formats.money(shift.counted - shift.kept))
    if shift.remark:
        yield Row(_("Remark"), shift.remark)
    found = list(queries.oddities(shift, told))
    if found:
        yield Row()
        yield Row(_("To be looked at"))
        for odd in found:
            yield Row(f"· {sentence(odd.code, odd.facts)}")


def _head(till: OrgUnit, clerk: str, since: datetime, until: datetime) -> Iterator[Row]:
    store = till.parent
    yield Row(f"{company_name()} {store.name if store else ''}".strip())
    yield Row(_("Till"), till.name)
    yield Row(_("Clerk"), clerk)
    with timezone.override(till.zone):
        yield Row(_("Opened at"), formats.full_moment(since))
        yield Row(_("Until"), formats.full_moment(until))


def _figures(told: Figures) -> Iterator[Row]:
    yield Row()
    yield Row(f"{_('Sales')} × {told.sales}", formats.money(told.sold))
    yield Row(f"{_('Returns')} × {told.returns}", formats.money(-told.brought_back))
    if told.first:
        yield Row(_("Slip numbers"), f"{told.first} – {told.last}")
    if told.ways:
        yield Row()
    for way in told.ways:
        yield Row(f"{way.method.name} × {way.payments}", formats.money(way.left))
    if told.drawer:
        yield Row()
        yield Row(f"{_('Drawer opened')} × {len(told.drawer)}")
        for one in told.drawer:
            yield Row(f"· {formats.clock(one.at)} {one.note}")


def on_paper(rows: list[Row], width: int) -> bytes:
    """A report for a receipt printer."""
    roll = Roll(width)
    for row in rows:
        if not row.text:
            roll.rule()
        elif row.value:
            roll.pair(row.text, row.value, is_large=row.is_large)
        else:
            is_title = row.is_large
            roll.text(row.text, "centre" if is_title else "left", is_large=is_title)
    roll.feed(1)
    for signature in (_("Handed over by"), _("Checked by")):
        roll.pair(signature, "_" * (roll.columns // 2))
        roll.feed(1)
    roll.cut()
    return roll.content
