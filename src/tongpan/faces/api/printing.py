"""What a print agent asks: the next paper for its till's printer, and to be told what came of it.

An agent is a program with a token; the header Tongpan-Unit names its till.
"""

import base64
from typing import Any

from tongpan.base.refusals import Refusal
from tongpan.engines.printers.actions import waiting_at
from tongpan.engines.printers.models import CARRY, PrintJob
from tongpan.faces.api.documents import path_id
from tongpan.faces.api.doors import Answer, Call
from tongpan.kernel.documents.gate import run
from tongpan.kernel.org.models import OrgUnit
from tongpan.kernel.org.scope import visible


def take_paper(call: Call) -> Answer:
    """The next paper that waits, with its bytes; null where nothing does."""
    call.parameters(())
    call.body()
    till = call.caller.at
    if till is None or till.kind != OrgUnit.Kind.TILL:
        raise Refusal("not_at_a_till")
    if not visible(PrintJob, CARRY).filter(waiting_at(till)).exists():
        return Answer({"paper": None})  # asked every second: what changes nothing is not recorded
    job: PrintJob | None = run("printers.job.take").result
    return Answer({"paper": None if job is None else _told(job)})


def _told(job: PrintJob) -> dict[str, Any]:
    return {
        "id": str(job.pk),
        "way": job.printer.way,
        "address": job.printer.address,
        "title": job.title,
        "content": base64.b64encode(bytes(job.content)).decode(),
    }


def settle_paper(call: Call, paper_id: str) -> Answer:
    """Say whether it was printed: `state` is printed, failed or waiting, `said` says why."""
    call.parameters(())
    body = call.body()
    said = {"state": body.get("state"), "said": body.get("said")}
    run("printers.job.settle", path_id(paper_id), said)
    return Answer({"id": paper_id})
