"""What a person was told: mentions, documents that wait for them or came back to them."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from tongpan.faces.kit import pages, show
from tongpan.faces.kit.derived import addresses
from tongpan.faces.kit.entry import SIGNED_IN, entry
from tongpan.kernel.documents.models import Notice
from tongpan.kernel.documents.notices import notices_of, see
from tongpan.kernel.documents.registry import document_type
from tongpan.kernel.org.scope import may, who

SENTENCES = {
    "mention": gettext_lazy("You were mentioned: %(what)s"),
    "comment": gettext_lazy("A comment on your %(what)s"),
    "submitted": gettext_lazy("Waits for you: %(what)s"),
    "returned": gettext_lazy("Came back to you: %(what)s"),
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
    if row.document is None:
        return show.go(request, reverse("notices"))
    return show.go(request, addresses.document(row.document.type, row.document.pk))


def _person() -> UUID:
    person = who().person
    assert person is not None, "Somebody is signed in."
    return person.pk


def _line(row: Notice) -> Line:
    document = row.document
    what = _("something")
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
    return Line(title, row.text, row.at, url, row.seen_at is not None)
