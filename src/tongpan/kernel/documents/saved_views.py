"""A person's own views of lists. They are theirs alone, so no action and no history is needed."""

from uuid import UUID

from django.utils.translation import gettext_noop as noop

from tongpan.base.refusals import Refusal
from tongpan.kernel.documents.models import SavedView
from tongpan.kernel.documents.sentences import say

VIEWS_MOST = 20  # of one person on one page

say("saved_view_name", noop("Give the view a name of 1 to 40 characters."))
say("saved_view_most", noop("This list has {most} of your views. Take one away first."))


def views_of(person: UUID, page: str) -> list[SavedView]:
    """The person's views of a page, the oldest first: each keeps its number."""
    return list(SavedView.objects.filter(person=person, page=page).order_by("pk")[:VIEWS_MOST])


def keep_view(person: UUID, page: str, name: str, query: str) -> SavedView:
    """Keep a view under a name; one of that name is changed.

    Errors: Refusal("saved_view_name", "saved_view_most").
    """
    name = " ".join(name.split())
    if not 0 < len(name) <= 40 or len(page) > 120 or len(query) > 2000:
        raise Refusal("saved_view_name")
    known = {view.name for view in views_of(person, page)}
    if name not in known and len(known) >= VIEWS_MOST:
        raise Refusal("saved_view_most", most=VIEWS_MOST)
    kept, _is_new = SavedView.objects.update_or_create(
        person_id=person, page=page, name=name, defaults={"query": query}
    )
    return kept


def drop_view(person: UUID, view: UUID) -> SavedView:
    """Take a view of the person's own away.

    Errors: Refusal("not_found").
    """
    found = SavedView.objects.filter(person=person, pk=view).first()
    if found is None:
        raise Refusal("not_found")
    SavedView.objects.filter(pk=view).delete()
    return found
