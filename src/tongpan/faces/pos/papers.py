"""What the till prints by itself: slips, and the pulse that opens the drawer."""

from collections.abc import Callable
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.http import HttpRequest
from django.utils.translation import gettext as _

from tongpan.base.refusals import Refusal
from tongpan.business.till import queries
from tongpan.business.till.actions import RING_UP
from tongpan.business.till.drawer import OPEN
from tongpan.engines.printers.models import JobState, Printer, PrintJob, Speaks
from tongpan.engines.prints.escpos import Roll
from tongpan.faces.kit.entry import entry
from tongpan.faces.pos import receipts
from tongpan.faces.pos.machine import answers
from tongpan.faces.pos.reading import body_of, id_of
from tongpan.faces.pos.receipts import in_language, receipt_of
from tongpan.kernel.documents.gate import run
from tongpan.kernel.documents.models import Document
from tongpan.kernel.documents.sentences import sentence
from tongpan.kernel.org.models import OrgUnit
from tongpan.kernel.org.scope import system, visible, who

TRIES_TOLD = 2  # so often a printer may be asleep before somebody is told


def printer_of(till: OrgUnit) -> Printer | None:
    """The printer of a till that is in use."""
    return Printer.unscoped.filter(till=till, speaks=Speaks.SLIPS, is_active=True).first()


def boot_of(till: OrgUnit) -> dict[str, Any] | None:
    """What the till's script must know of its printer; nothing where the browser prints."""
    found = printer_of(till)
    if found is None:
        return None
    return {"prints": found.prints, "has_drawer": found.has_drawer}


def send(
    pk: UUID, till: OrgUnit, title: str, about: UUID | None, write: Callable[[Printer], bytes]
) -> dict[str, Any]:
    """Have the till's printer print what `write` makes for it, under this id; sent again it is the
    same paper. Whoever calls has asked whether the person may.

    Errors: Refusal no_printer.
    """
    printer = printer_of(till)
    if printer is None:
        raise Refusal("no_printer")
    person = who().person
    with in_language(printer.language):
        content = write(printer)
    there = PrintJob.unscoped.filter(pk=pk).exists()
    if not there:
        with system(reason="paper of a till"):
            run(
                "printers.job.send", pk,
                {"printer": str(printer.pk), "title": title, "content": content, "about": about,
                 "person": person.pk if person else None},
            )  # fmt: skip
    return {"paper": str(pk)}


@entry(permission=RING_UP, scope="units", field_policy="masked", methods=("POST",))
@answers
def print_slip(request: HttpRequest, till: OrgUnit, slip: UUID) -> dict[str, Any]:
    """Send a slip to the till's printer under the id that the screen gave this print; counted.

    After a cash sale the drawer opens with it.
    """
    body = body_of(request)
    pk, document = id_of(body.get("id")), _at_this_store(slip, till)
    if printer_of(till) is None:
        raise Refusal("no_printer")
    done = run(f"{document.type}.print", slip, request_id=pk)
    copy = done.result or queries.times_printed(slip)
    is_first = copy == 1 and document.org_unit_id == till.pk

    def write(printer: Printer) -> bytes:
        opens = is_first and printer.has_drawer and is_cash(document)
        return receipt_of(document, printer.width, copy=copy, opens=opens)

    return send(pk, till, document.number or "", slip, write)


@entry(permission=RING_UP, scope="units", field_policy="none", methods=("POST",))
@answers
def kick(request: HttpRequest, till: OrgUnit) -> dict[str, Any]:
    """Open the drawer for the cash of a slip that is not printed. It opens once for each."""
    body = body_of(request)
    document = _at_this_store(id_of(body.get("slip")), till)
    if document.org_unit_id != till.pk or not is_cash(document):
        return {}
    return send(id_of(body.get("id")), till, _("Drawer"), document.pk, _pulse)


@entry(permission=OPEN, scope="units", field_policy="none", methods=("POST",))
@answers
def open_drawer(request: HttpRequest, till: OrgUnit) -> dict[str, Any]:
    """Open the drawer without a sale, for a reason that is written down."""
    body = body_of(request)
    pk = id_of(body.get("id"))
    if printer_of(till) is None:
        raise Refusal("no_printer")
    run(OPEN, payload={"reason": body.get("reason")}, request_id=pk)
    return send(pk, till, _("Drawer"), None, _pulse)


def _pulse(printer: Printer) -> bytes:
    roll = Roll(printer.width)
    roll.kick()
    return roll.content


@entry(permission=RING_UP, scope="units", field_policy="none")
@answers
def state(request: HttpRequest, till: OrgUnit) -> dict[str, Any]:
    """What became of a paper; `trouble` is a sentence when somebody should look."""
    pk = id_of(request.GET.get("id"))
    job = visible(PrintJob, RING_UP).filter(pk=pk, printer__till=till).first()
    if job is None:
        raise Refusal("not_found")
    is_late = job.state == JobState.FAILED or (job.said and job.tries >= TRIES_TOLD)
    return {
        "state": job.state,
        "title": job.title,
        "trouble": sentence(job.said or "printer_away", {}) if is_late else "",
    }


def is_cash(document: Document) -> bool:
    """Whether money in notes and coins changes hands for this slip."""
    paid = queries.payments_of([document.pk]).get(document.pk, [])
    return any(p.method.gives_change and p.amount > Decimal(0) for p in paid)


def _at_this_store(pk: UUID, till: OrgUnit) -> Document:
    found = receipts.slip(pk)
    if found.org_unit.parent_id != till.parent_id:
        raise Refusal("not_found")
    return found
