"""Who is named with an @ in a remark, and who may be: the people who may see the document."""

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping
from uuid import UUID

from django.utils.translation import gettext_noop as noop

from tongpan.kernel.documents.models import Comment, Document
from tongpan.kernel.documents.sentences import say
from tongpan.kernel.org.models import Person
from tongpan.kernel.org.people import who_may

# An @ behind a letter or a digit is an address or a price: a@b.cn, 3@5.50.
AT = re.compile(r"(?<![A-Za-z0-9._%+-])[@＠](?=\w)")
WORD = re.compile(r"\w(?:[\w.\-]*\w)?")
SHOWN_MAX = 60
Names = Mapping[str, frozenset[UUID]]

say("mention_unknown", noop("Nobody here is called {names}, so nobody would be told."))


def names_of_people() -> Names:
    """Everybody who signs in, by name and by sign-in name, as they are compared."""
    known: dict[str, set[UUID]] = defaultdict(set)
    people = Person.objects.filter(is_active=True)
    for pk, name, username in people.values_list("pk", "name", "username"):
        known[name.casefold()].add(pk)
        known[username.casefold()].add(pk)
    return {name: frozenset(pks) for name, pks in known.items()}


def named_in(text: str, names: Names) -> tuple[frozenset[UUID], tuple[str, ...]]:
    """Whom a text names with an @, and the names that nobody has.

    A name ends where a word ends, and of two names that fit the longer one is meant. What has no
    letter, such as @5.50, is no name unless somebody has it.

    >>> named_in("@lin, ask @Wu and mind a@b.cn", {"lin": frozenset({UUID(int=1)})})
    (frozenset({UUID('00000000-0000-0000-0000-000000000001')}), ('Wu',))
    """
    found: set[UUID] = set()
    unknown: dict[str, None] = {}
    for at in AT.finditer(text):
        rest = text[at.end() :].casefold()
        fitting = [name for name in names if rest.startswith(name) and _ends(name, rest)]
        if fitting:
            found |= names[max(fitting, key=len)]
        elif (word := WORD.match(text, at.end())) and any(c.isalpha() for c in word[0]):
            unknown[word[0][:SHOWN_MAX]] = None
    return frozenset(found), tuple(unknown)


def _ends(name: str, text: str) -> bool:
    """Whether a word ends where `name` does, so that @lin does not mean @linda or @lin.wang."""
    return not name[-1:].isalnum() or re.match(r"[.\-]*\w", text[len(name) :]) is None


def who_may_see(document: Document) -> frozenset[UUID]:
    """The people who may see a document at one of its ends."""
    units = [unit for unit in (document.org_unit, document.other_unit) if unit is not None]
    code = f"{document.type}.view"
    return frozenset(pk for unit in units for pk in who_may(code, unit))


def people_to_tell(document: Document, *, but: UUID) -> list[Person]:
    """Who may be named in a remark: first those who had to do with the document, then by name."""
    near = {document.created_by_id, document.submitted_by_id, document.posted_by_id}
    near |= set(Comment.unscoped.filter(document=document).values_list("author_id", flat=True))
    people = Person.objects.filter(pk__in=who_may_see(document)).exclude(pk=but)
    return sorted(people.order_by("name", "username"), key=lambda person: person.pk not in near)


def spoken(people: Iterable[Person], names: Names) -> dict[UUID, str]:
    """What to write behind the @ so that each of these alone is meant: the name, if it is only
    theirs, else the sign-in name."""
    return {
        person.pk: person.name if len(names[person.name.casefold()]) == 1 else person.username
        for person in people
    }
