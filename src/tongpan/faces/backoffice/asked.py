"""What an address asks for, read with care: ids, days, moments and texts that may be nonsense."""

from collections.abc import Iterable
from datetime import date, datetime
from uuid import UUID

from django.utils import timezone

TEXT_MAX = 60


def id_of(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None


def day_of(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


def moment_of(text: str) -> datetime | None:
    """A moment as a page's field writes it, in the reader's zone: 2026-11-21T18:20."""
    try:
        written = datetime.fromisoformat(text)
    except ValueError:
        return None
    return written if written.tzinfo else timezone.make_aware(written)


def text_of(text: str) -> str:
    return text.replace("\0", "").strip()[:TEXT_MAX]


def ids_of(texts: Iterable[str]) -> set[UUID]:
    """The ids in these texts, one by one or with commas between; what is none is left out."""
    return {found for text in texts for one in text.split(",") if (found := id_of(one)) is not None}
