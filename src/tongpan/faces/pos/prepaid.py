"""What members pay ahead at the till: drafted and posted under the id that the screen gave.

Where a provider takes the money, the draft is looked at before anybody is charged, waits for the
charge under its own id, and is paid by it.
"""

from collections.abc import Mapping
from typing import Any
from uuid import UUID, uuid5

from tongpan.base.refusals import Refusal
from tongpan.business.till import queries
from tongpan.engines.payments.models import Attempt, AttemptState
from tongpan.kernel.documents.gate import run
from tongpan.kernel.documents.models import Document, State
from tongpan.kernel.documents.registry import DocumentType
from tongpan.kernel.org.models import OrgUnit

WAITS = "by_code_at_the_till"


def posted(
    declared: DocumentType, pk: UUID, till: OrgUnit, method: str, line: Mapping[str, Any]
) -> Document | None:
    """The document, posted; None where only the provider's charge is missing. Sent again, it is the
    same one, also with another way of paying.

    Errors: Refusal for whatever else forbids it, before anybody was charged.
    """
    if not Document.objects.filter(pk=pk, state=State.POSTED).exists():
        charged = _charged_for(pk, till)
        way = _way_of(charged) if charged is not None else method
        payload = {"header": {"method": way}, "lines": [line]}
        before = Document.objects.filter(pk=pk).values_list("version", flat=True).first()
        request = uuid5(pk, f"{way} {charged.pk if charged else ''} {before}")
        run(declared.permission("save"), pk, payload, request_id=request)
        try:
            run(declared.permission("post"), pk)
        except Refusal as no:
            if {problem["code"] for problem in no.problems} != {WAITS}:
                raise
            return None
    return Document.objects.get(pk=pk)


def _charged_for(pk: UUID, till: OrgUnit) -> Attempt | None:
    """What a provider charged for it and did not give back."""
    rows = Attempt.unscoped.filter(sale=pk, till=till, state=AttemptState.CHARGED, refunding=0)
    return rows.first()


def _way_of(charged: Attempt) -> str:
    """The way of paying that the customer's code said, whichever was chosen before."""
    return next((one.code for one in queries.methods() if one.pk == charged.method), "")
