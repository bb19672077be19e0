"""Saying where a till's paper goes, sending some there, and what came of it."""

import re
from datetime import timedelta
from typing import Any

from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import gettext_noop as noop

from tongpan.base import env
from tongpan.base.refusals import Refusal
from tongpan.engines.printers.models import (
    CARRY,
    EDIT,
    By,
    JobState,
    Printer,
    PrintJob,
    Prints,
    Speaks,
    Way,
)
from tongpan.kernel.documents.fields import Problem, as_id
from tongpan.kernel.documents.gate import Doing
from tongpan.kernel.documents.registry import Action, register_action
from tongpan.kernel.documents.sentences import listed, say
from tongpan.kernel.events import jobs
from tongpan.kernel.events.registry import declare_event
from tongpan.kernel.org.models import OrgUnit
from tongpan.kernel.org.permissions import declare_permission
from tongpan.kernel.org.scope import who

KIND, OF_JOBS = "printers.printer", "printers.job"
SEND_JOB = "printers.send"  # the worker's
HOST = re.compile(r"[A-Za-z0-9._-]{1,90}(:\d{1,5})?")
DEVICES = re.compile(r"/dev/(usb/)?lp\d{1,2}")
TITLE_MAX, CONTENT_MAX = 80, 256 * 1024
LOST_AFTER = timedelta(seconds=60)  # who took a job and says nothing has lost it
GIVE_UP_AFTER = timedelta(hours=1)
WAIT_MAX_S = 60
WIDTHS, LANGUAGES = (58, 80), ("zh", "en")
RAW = 9100

declare_permission(EDIT, _("Printers: Edit"))
declare_permission(CARRY, _("Printers: Print what waits"))
say("printer_address", noop("Write the printer's address, as in 192.168.1.50:9100. Network printers"
                            " listen at a port from 9100 to 9109."))  # fmt: skip
say("printer_device", noop("Write the path of the device, as in /dev/usb/lp0."))
say("printer_by_server", noop("The server has no till's USB: let the print agent print there."))
say("no_printer", noop("This till has no printer."))
# Why a paper waits, or was not printed.
say("printer_away", noop("The printer does not answer: is it on, and is its cable in?"))
say("paper_out", noop("The printer has no paper."))
say("cover_open", noop("The printer's cover is open."))
say("printer_error", noop("The printer has an error."))
say("cut_off", noop("The line was cut while it was printed: look whether it is there."))
say("job_too_old", noop("It waited for an hour and was given up."))
say("not_allowed_here", noop("This computer does not print there: start its agent with that path."))


def save(doing: Doing) -> None:
    """Give a till its printer, or change it.

    Payload: `till` (an id), `speaks`, `way`, `by`, `address`, `width`, `language`, `prints`,
    `has_drawer`.
    """
    till = _till(doing)
    values = _read(doing)
    rows = Printer.unscoped.select_for_update(of=("self",))
    before = (
        rows.filter(till=till, speaks=values["speaks"]).first()
        or rows.filter(till=till, pk=doing.subject).first()
    )
    now = before or Printer(pk=doing.subject, till=till)
    if now.pk != doing.subject:
        facts = {"label": _("till"), "given": till.name}
        raise Refusal("invalid", problems=[{"path": "till", "code": "duplicate", **facts}])
    for name, value in values.items():
        if before is None or getattr(now, name) != value:
            doing.changes[name] = [None if before is None else getattr(now, name), value]
            setattr(now, name, value)
    now.save()
    doing.result, doing.kind = now, KIND


def _till(doing: Doing) -> OrgUnit:
    pk = as_id(str(doing.payload.get("till") or ""))
    found = OrgUnit.objects.filter(pk=pk, kind=OrgUnit.Kind.TILL).first() if pk else None
    if found is None:
        problem = {"path": "till", "code": "required", "label": _("till")}
        raise Refusal("invalid", problems=[problem])
    doing.require(found)
    return found


def _read(doing: Doing) -> dict[str, Any]:
    said, problems = doing.payload, list[Problem]()
    read: dict[str, Any] = {}
    for name, choices in (
        ("way", Way), ("by", By), ("prints", Prints), ("speaks", Speaks),
    ):  # fmt: skip
        read[name] = str(said.get(name) or choices.values[0])
        if read[name] not in choices.values:
            labels = listed(map(str, choices.labels))
            facts = {"given": read[name][:40], "choices": labels}
            problems.append({"path": name, "code": "not_a_choice", **facts})
    width, language = str(said.get("width") or 80), str(said.get("language") or "zh")
    for name, given, known in (("width", width, ("58", "80")), ("language", language, LANGUAGES)):
        if given not in known:
            facts = {"given": given[:40], "choices": listed(known)}
            problems.append({"path": name, "code": "not_a_choice", **facts})
    address = str(said.get("address") or "").strip()
    if read["way"] == Way.NETWORK and not _is_printer(address):
        problems.append({"path": "address", "code": "printer_address"})
    if read["way"] == Way.DEVICE:
        if not DEVICES.fullmatch(address):
            problems.append({"path": "address", "code": "printer_device"})
        if read["by"] == By.SERVER:
            problems.append({"path": "by", "code": "printer_by_server"})
    if problems:
        raise Refusal("invalid", problems=problems)
    read |= {"width": int(width), "language": language}
    read["address"] = "" if read["way"] == Way.FOLDER else address
    read["has_drawer"] = said.get("has_drawer", True) in (True, "true", "1", "on")
    return read


def place_of(address: str) -> tuple[str, int]:
    """The host and port of a network printer's address."""
    host, _colon, port = address.partition(":")
    return host, int(port or RAW)


def _is_printer(address: str) -> bool:
    return bool(HOST.fullmatch(address)) and place_of(address)[1] in env.RAW_PORTS


def switch(doing: Doing) -> None:
    """Use a printer, or let the browser print again: payload `is_active`."""
    one = _locked(doing)
    is_active = doing.payload.get("is_active") in (True, "1")
    doing.changes = {"is_active": [one.is_active, is_active]}
    one.is_active = is_active
    one.save(update_fields=["is_active"])
    doing.result = one


def _locked(doing: Doing) -> Printer:
    rows = Printer.unscoped.select_for_update(of=("self",)).select_related("till")
    one = rows.filter(pk=doing.subject).first()
    if one is None:
        raise Refusal("not_found")
    doing.require(one.till)
    doing.kind = KIND
    return one


# -- papers ------------------------------------------------------------------------------------


def send(doing: Doing) -> None:
    """Have a printer print: payload `printer` (an id), `title`, `content` (bytes), `about` (an id).

    A program does this for a person who may print there, and says whom: `person`.
    """
    named = as_id(str(doing.payload.get("printer") or ""))
    printer = Printer.unscoped.select_related("till").filter(pk=named).first() if named else None
    if printer is None:
        raise Refusal("no_printer")
    doing.require(printer.till)
    content = bytes(doing.payload["content"])
    assert 0 < len(content) <= CONTENT_MAX, "A paper is short."
    job = PrintJob.unscoped.create(
        id=doing.subject, printer=printer, title=str(doing.payload["title"])[:TITLE_MAX],
        subject=doing.payload.get("about"), content=content, made_at=doing.at,
        made_by_id=doing.payload.get("person"), next_at=doing.at,
    )  # fmt: skip
    _pass_on(job)
    doing.result, doing.kind = job, OF_JOBS
    doing.told = {"title": job.title, "printer": printer.pk}


def _pass_on(job: PrintJob) -> None:
    """Have the server print it, where it is the one that does."""
    if job.printer.by == By.SERVER:
        jobs.enqueue(SEND_JOB, at=job.next_at, job=str(job.pk))


def again(doing: Doing) -> None:
    """Print a paper once more that was not printed, or was lost. It stays the paper that it is."""
    job = _job(doing)
    if job.state not in (JobState.FAILED, JobState.WAITING):
        raise Refusal("wrong_state", state=job.get_state_display())
    copy = PrintJob.unscoped.create(  # under another id, which no printer has seen
        printer=job.printer, title=job.title, subject=job.subject, content=job.content,
        made_at=doing.at, made_by=who().person, next_at=doing.at,
    )  # fmt: skip
    if job.state == JobState.WAITING:
        job.state, job.said = JobState.FAILED, "job_too_old"
        job.save(update_fields=["state", "said"])
    _pass_on(copy)
    doing.changes = {"again": [None, str(copy.pk)]}
    doing.result = copy


def take(doing: Doing) -> None:
    """Take the next paper that waits for a till's printer, to print it; the result is it or None.

    Whoever took one and said nothing for a minute has lost it, and it is given out again.
    """
    till = who().at
    if till is None or till.kind != OrgUnit.Kind.TILL:
        raise Refusal("not_at_a_till")
    doing.require(till)
    doing.kind = OF_JOBS
    rows = PrintJob.unscoped.select_for_update(of=("self",), skip_locked=True)
    job = rows.filter(waiting_at(till)).select_related("printer").order_by("made_at", "id").first()
    if job is not None:
        job.state, job.taken_at, job.tries = JobState.TAKEN, doing.at, job.tries + 1
        job.save(update_fields=["state", "taken_at", "tries"])
    doing.result = job


def waiting_at(till: OrgUnit) -> Q:
    """The papers that an agent of this till should print now."""
    lost = Q(state=JobState.TAKEN, taken_at__lt=env.now() - LOST_AFTER)
    waiting = Q(state=JobState.WAITING, next_at__lte=env.now())
    printer = Q(printer__till=till, printer__by=By.AGENT, printer__is_active=True)
    return (waiting | lost) & printer


def settle(doing: Doing) -> None:
    """Say what came of a paper: payload `state` (printed, failed, or waiting to be tried again)
    and `said`, the code of the sentence that says why."""
    job = _job(doing)
    state, said = str(doing.payload.get("state")), str(doing.payload.get("said") or "")[:40]
    if state not in (JobState.PRINTED, JobState.FAILED, JobState.WAITING):
        raise Refusal("wrong_state", state=state[:20])
    if job.state in (JobState.PRINTED, JobState.FAILED):
        return  # said twice
    job.state, job.said = JobState(state), said
    if state == JobState.WAITING:
        job.next_at = doing.at + timedelta(seconds=min(2**job.tries, WAIT_MAX_S))
        if doing.at - job.made_at > GIVE_UP_AFTER:
            job.state, job.said = JobState.FAILED, "job_too_old"
    if job.state == JobState.PRINTED:
        job.done_at = doing.at
    job.save()
    if job.state == JobState.WAITING:
        _pass_on(job)


def _job(doing: Doing) -> PrintJob:
    rows = PrintJob.unscoped.select_for_update(of=("self",)).select_related("printer__till")
    job = rows.filter(pk=doing.subject).first()
    if job is None:
        raise Refusal("not_found")
    doing.require(job.printer.till)
    doing.kind = OF_JOBS
    return job


for _code, _title, _run, _permission, _past in (
    ("printers.printer.save", _("Save a printer"), save, EDIT, "printers.printer.saved"),
    ("printers.printer.switch", _("Use a printer or not"), switch, EDIT,
     "printers.printer.switched"),
    ("printers.job.send", _("Send to a printer"), send, CARRY, "printers.job.sent"),
    ("printers.job.again", _("Print again"), again, EDIT, "printers.job.sent_again"),
):  # fmt: skip
    register_action(
        Action(
            code=_code, title=_title, run=_run, permission=_permission,
            event=declare_event(_past, _title),
        )
    )  # fmt: skip
# What a program says every second tells nobody anything; a paper's row says what came of it.
register_action(
    Action(code="printers.job.take", title=_("Take what waits"), run=take, permission=CARRY)
)
register_action(
    Action(code="printers.job.settle", title=_("Say what was printed"), run=settle,
           permission=CARRY)
)  # fmt: skip
