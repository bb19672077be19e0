"""Reads about parties."""

from django.db.models import QuerySet

from tongpan.kernel.org.visibility import visible
from tongpan.masters.fields import State
from tongpan.masters.parties.models import Party
from tongpan.masters.search import matching


def search_parties(text: str, limit: int = 20) -> list[Party]:
    """Active parties by code, name, short name, pinyin or initials, best first."""
    return matching(_active(), text, limit=limit)


def search_suppliers(text: str, limit: int = 20) -> list[Party]:
    return matching(_active().filter(is_supplier=True), text, limit=limit)


def search_customers(text: str, limit: int = 20) -> list[Party]:
    return matching(_active().filter(is_customer=True), text, limit=limit)


def _active() -> QuerySet[Party]:
    return visible(Party).filter(state=State.ACTIVE)
