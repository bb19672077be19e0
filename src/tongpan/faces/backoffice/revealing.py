"""Somebody whose phone or address stands on their page in part; whole once, for a reason."""

from collections.abc import Callable
from contextlib import nullcontext
from dataclasses import dataclass, replace
from typing import Any
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _

from tongpan.faces.backoffice.settings import parts
from tongpan.faces.kit import pages, show
from tongpan.faces.kit.derived import masters
from tongpan.kernel.documents.fields import links_of
from tongpan.kernel.documents.gate import run
from tongpan.kernel.documents.personal import state_of
from tongpan.kernel.documents.personal_actions import HANDLE
from tongpan.kernel.documents.registry import MasterType, master_type
from tongpan.kernel.org.scope import forms_in_part, masked_fields, may, whole


@dataclass(frozen=True)
class Somebody:
    """A type of people, by its code; `whole_url` names the address that shows one of them whole."""

    code: str
    whole_url: str
    links: tuple[str, ...] = ()  # read along with a row

    @property
    def declared(self) -> MasterType:
        """What is declared of the type."""
        return master_type(self.code)

    @property
    def reveal(self) -> str:
        """The permission, and the action, of looking at somebody whole."""
        return f"{self.code}.reveal"

    def load(self, row_id: UUID, *, is_whole: bool = False) -> Any:
        """One of them, with fields in part unless `is_whole`. Errors: Http404."""
        links = (*links_of(self.declared.form_fields), *self.links)
        rows = masters.visible_rows(self.declared).select_related(*links)
        with whole() if is_whole else nullcontext():
            row = rows.filter(pk=row_id).first()
        if row is None:
            raise Http404
        return row

    def shown_whole(
        self, request: HttpRequest, row_id: UUID, page: Callable[..., pages.MasterPage]
    ) -> HttpResponse:
        """`page(row, is_whole=True)`, this once: that and why is written down."""
        row = self.load(row_id)

        def look() -> HttpResponse:
            run(self.reveal, row.pk, {"reason": request.POST.get("reason", "")})
            answer = show.page(request, page(self.load(row_id, is_whole=True), is_whole=True))
            answer["Cache-Control"] = "no-store"
            return answer

        return parts.deed(request, look, lambda: page(row))

    def page(self, row: Any, *, is_whole: bool = False) -> pages.MasterPage:
        """The derived page, with the ways to the whole of it and to what the law lets them ask."""
        may_save = may(self.declared.permission("save"), None)
        derived = masters.master_page(self.declared, row, may_save=may_save)
        state = state_of(row.pk)
        hidden = masked_fields(type(row), self.declared.permission("view"))
        in_part = [n for n in forms_in_part(type(row)) if n not in hidden and getattr(row, n)]
        reason = pages.Field("reason", _("Why you need it"), is_required=True)
        look = pages.Action(
            _("Show in full"), reverse(self.whole_url, args=[row.pk]), method="post", icon="show",
            asks=(reason,),
        )  # fmt: skip
        whose = pages.Action(
            _("Personal data"), reverse("settings-personal-whose", args=[self.code, row.pk]),
            icon="lock",
        )  # fmt: skip
        return replace(
            derived,
            tag=pages.Tag(str(state.get_state_display())) if state else derived.tag,
            actions=(look,) if in_part and may(self.reveal, None) and not is_whole else (),
            more=(*derived.more, *((whose,) if may(HANDLE, None) and not hidden else ())),
        )
