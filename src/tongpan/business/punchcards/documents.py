"""The master of punch cards: their kinds, and how cards are named."""

from collections.abc import Iterable, Iterator, Mapping, Sequence

from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import gettext_noop as noop

from tongpan.business.punchcards.models import Card, CardKind
from tongpan.kernel.documents.declare import register
from tongpan.kernel.documents.fields import Problem, Reference, refer
from tongpan.kernel.documents.naming import nameable
from tongpan.kernel.documents.registry import MasterType
from tongpan.kernel.documents.sentences import say
from tongpan.masters.references import ids_among, reference
from tongpan.masters.validity import fill_defaults, invalid_columns

SEARCHED = 20

say("card_for_what", noop("Say what the card is for: an item, or a category, not both."))
say("card_of_another", noop("{card} belongs to another member."))
say("card_late", noop("{card} was good until {day}."))
say("card_elsewhere", noop("{card} is not good at this store."))
say("card_unknown", noop("There is no such punch card."))
say("card_not_for_this", noop("{card} is not for {item}."))
say("card_short", noop("{card} has {has:use/uses} left, not {needs}."))
say("card_whole_uses", noop("{card} is used for whole pieces only."))

refer(reference(CardKind))


def check_kind(row: CardKind, before: CardKind | None) -> Iterator[Problem]:
    yield from invalid_columns(row, ("code",))
    if (row.item_id is None) == (row.category_id is None):
        yield {"path": "item", "code": "card_for_what"}
    if not row.uses:
        yield {"path": "uses", "code": "not_positive", "label": _("how many times")}
    if (row.price or 0) <= 0:
        yield {"path": "price", "code": "not_positive", "label": _("price of the card")}


KIND = register(
    MasterType(
        code="punchcards.kind",
        title=_("Kind of punch card"),
        plural=_("Kinds of punch card"),
        help=_("So many times something, paid ahead: ten washes for 268 yuan."),
        job="membership",
        model=CardKind,
        key="code",
        fields=("code", "name", "item", "category", "uses", "price", "days", "unit"),
        listed=("code", "name", "item", "category", "uses", "price", "days", "state"),
        complete=fill_defaults,
        check=check_kind,
    )
)


def _find(texts: Iterable[str]) -> Mapping[str, Card]:
    """Cards by their code or id."""
    wanted = list(texts)
    rows = nameable(Card).filter(Q(code__in=wanted) | Q(pk__in=ids_among(wanted)))
    found = list(rows.select_related("kind"))
    named = {str(row.pk): row for row in found} | {row.code: row for row in found}
    return {text: named[text] for text in wanted if text in named}


def _search(text: str, limit: int) -> Sequence[Card]:
    rows = nameable(Card).filter(code__startswith=text.strip())
    return list(rows.select_related("kind")[: min(limit, SEARCHED)])


refer(
    Reference(model=Card, find=_find, label=str, search=_search, code=lambda row: str(row.code))
)  # fmt: skip
