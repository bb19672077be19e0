"""The page of a contact, with how they are reached in part; whole once, for a reason."""

from contextlib import nullcontext
from dataclasses import replace
from typing import Any
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _

from tongpan.faces.backoffice.settings import parts
from tongpan.faces.kit import pages, show
from tongpan.faces.kit.derived import masters
from tongpan.faces.kit.entry import entry
from tongpan.kernel.documents.fields import links_of
from tongpan.kernel.documents.gate import run
from tongpan.kernel.documents.personal import state_of
from tongpan.kernel.documents.personal_actions import HANDLE
from tongpan.kernel.documents.registry import master_type
from tongpan.kernel.org.scope import forms_in_part, masked_fields, may, whole
from tongpan.masters.parties.models import PartyContact

CODE = "parties.contact"
REVEAL = f"{CODE}.reveal"


@entry(permission=f"{CODE}.view", scope="company", field_policy="masked")
def contact(request: HttpRequest, row_id: UUID) -> HttpResponse:
    """One contact of a party."""
    return show.page(request, _page(_load(row_id)))


@entry(permission=REVEAL, scope="company", field_policy="masked", methods=("POST",))
def reveal(request: HttpRequest, row_id: UUID) -> HttpResponse:
    """The same with how to reach them, whole, this once: that and why is written down."""
    row = _load(row_id)

    def look() -> HttpResponse:
        run(REVEAL, row.pk, {"reason": request.POST.get("reason", "")})
        answer = show.page(request, _page(_load(row_id, is_whole=True), is_whole=True))
        answer["Cache-Control"] = "no-store"
        return answer

    return parts.deed(request, look, lambda: _page(row))


def _load(row_id: UUID, *, is_whole: bool = False) -> Any:
    declared = master_type(CODE)
    rows = masters.visible_rows(declared).select_related(*links_of(declared.form_fields))
    with whole() if is_whole else nullcontext():
        row = rows.filter(pk=row_id).first()
    if row is None:
        raise Http404
    return row


def _page(row: Any, *, is_whole: bool = False) -> pages.MasterPage:
    declared = master_type(CODE)
    derived = masters.master_page(declared, row, may_save=may(declared.permission("save"), None))
    state = state_of(row.pk)
    hidden = masked_fields(PartyContact, declared.permission("view"))
    in_part = [n for n in forms_in_part(PartyContact) if n not in hidden and getattr(row, n)]
    reason = pages.Field("reason", _("Why you need it"), is_required=True)
    look = pages.Action(
        _("Show in full"), reverse("contact-reveal", args=[row.pk]), method="post", icon="show",
        asks=(reason,),
    )  # fmt: skip
    whose = pages.Action(
        _("Personal data"), reverse("settings-personal-whose", args=[CODE, row.pk]), icon="lock"
    )
    return replace(
        derived,
        tag=pages.Tag(str(state.get_state_display())) if state else derived.tag,
        actions=(look,) if in_part and may(REVEAL, None) and not is_whole else (),
        more=(*derived.more, *((whose,) if may(HANDLE, None) and not hidden else ())),
    )
