"""The page of a contact, with how they are reached in part; whole once, for a reason."""

from uuid import UUID

from django.http import HttpRequest, HttpResponse

from tongpan.faces.backoffice.revealing import Somebody
from tongpan.faces.kit import show
from tongpan.faces.kit.entry import entry

CODE = "parties.contact"
CONTACT = Somebody(CODE, "contact-reveal")


@entry(permission=f"{CODE}.view", scope="company", field_policy="masked")
def contact(request: HttpRequest, row_id: UUID) -> HttpResponse:
    """One contact of a party."""
    return show.page(request, CONTACT.page(CONTACT.load(row_id)))


@entry(permission=CONTACT.reveal, scope="company", field_policy="masked", methods=("POST",))
def reveal(request: HttpRequest, row_id: UUID) -> HttpResponse:
    """The same with how to reach them, whole, this once: that and why is written down."""
    return CONTACT.shown_whole(request, row_id, CONTACT.page)
