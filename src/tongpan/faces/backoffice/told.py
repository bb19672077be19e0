"""What a person was told: mentions, documents that wait for them or came back to them."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from tongpan.engines.webhooks.models import EDIT as EDIT_WEBHOOKS
from tongpan.faces.kit import pages, show
from tongpan.faces.kit.derived import addresses
from tongpan.faces.kit.entry import SIGNED_IN, entry
from tongpan.kernel.documents.models import Notice
from tongpan.kernel.documents.notices import notices_of, see
from tongpan.kernel.documents.registry import document_type
from tongpan.kernel.org.scope import may, may_somewhere, who

SENTENCES = {
    "mention": gettext_lazy("You were mentioned: %(what)s"),
    "comment": gettext_lazy("A comment on your %(what)s"),
    "submitted": gettext_lazy("Waits for you: %(what)s"),
    "returned": gettext_lazy("Came back to you: %(what)s"),
    "sheet_done": gettext_lazy("Done in the background: %(what)s"),
    "sheet_failed": gettext_lazy("Did not work in the background: %(what)s"),
    "webhook_failing": gettext_lazy("A webhook does not take what it is told: %(what)s"),
    "webhook_gone": gettext_lazy("A webhook was paused, as its address is gone: %(what)s"),
}
# What is about no document: the name of its page, with what `about` is made of, and the permission
# without which neither is shown.
PAGES: dict[str, tuple[str, tuple[str, ...], str]] = {
    "sheet_done": ("sheets", (), ""),  # what came in stands there, and can be undone
    "sheet_failed": ("import-work", ("code", "digest", "key"), ""),
    "webhook_failing": ("settings-webhook", ("webhook_id",), EDIT_WEBHOOKS),
    "webhook_gone": ("settings-webhook", ("webhook_id",), EDIT_WEBHOOKS),
}


@dataclass(frozen=True)
class Line:
    title: str
    text: str
    at: datetime
    url: str
    is_seen: bool


@dataclass(frozen=True)
class ToldPage:
    title: str
    lines: tuple[Line, ...]
    primary: pages.Action | None = None

    template = "backoffice/told.html"


@entry(permission=SIGNED_IN, scope="own", field_policy="open")
def notices(request: HttpRequest) -> HttpResponse:
    """The person's own notices, the newest first."""
    lines = tuple(_line(one) for one in notices_of(_person()))
    primary = None
    if any(not line.is_seen for line in lines):
        primary = pages.Action(
            _("Mark all as seen"), reverse("notices-seen"), method="post", icon="check"
        )
    return show.page(request, ToldPage(_("Notices"), lines, primary))


@entry(permission=SIGNED_IN, scope="own", field_policy="none", methods=("POST",))
def notices_seen(request: HttpRequest) -> HttpResponse:
    """All of them are seen."""
    see(_person())
    return show.go(request, reverse("notices"))


@entry(permission=SIGNED_IN, scope="own", field_policy="none")
def notice(request: HttpRequest, notice_id: UUID) -> HttpResponse:
    """On to what it is about; it is seen then."""
    row = Notice.objects.filter(pk=notice_id, person=_person()).select_related("document").first()
    if row is None:
        raise Http404
    see(_person(), row.pk)
    if row.document is not None:
        return show.go(request, addresses.document(row.document.type, row.document.pk))
    name, parts, permission = PAGES.get(row.kind, ("notices", (), ""))
    if permission and not may_somewhere(permission):
        raise Http404
    said = dict(zip(parts, row.about.split("/"), strict=True)) if parts else {}
    return show.go(request, reverse(name, kwargs=said))


def _person() -> UUID:
    person = who().person
    assert person is not None, "Somebody is signed in."
    return person.pk


def _line(row: Notice) -> Line:
    document = row.document
    what, text = _("something"), row.text
    if document is None and row.kind in PAGES:
        permission = PAGES[row.kind][-1]
        may_know = not permission or may_somewhere(permission)
        what, text = text if may_know else what, ""
    if document is not None:
        declared = document_type(document.type)
        ends = [document.org_unit] + ([document.other_unit] if document.other_unit else [])
        number = (
            document.number or "" if any(may(declared.permission("view"), u) for u in ends) else ""
        )
        what = (
            " ".join(filter(None, [str(declared.title), number])) + f" · {document.org_unit.name}"
        )
    title = str(SENTENCES.get(row.kind, "%(what)s")) % {"what": what}
    url = reverse("notice", args=[row.pk])
    return Line(title, text, row.at, url, row.seen_at is not None)
