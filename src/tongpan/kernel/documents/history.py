"""History: one row for every action, with each changed field before and after."""

from collections.abc import Sequence
from functools import cache
from typing import TYPE_CHECKING, Any
from uuid import UUID

import orjson
from django.db.models import Model

from tongpan.base import env
from tongpan.kernel.companies.calls import Call
from tongpan.kernel.documents.fields import plain
from tongpan.kernel.documents.models import History
from tongpan.kernel.org.scope import field_classes, who

if TYPE_CHECKING:
    from tongpan.kernel.documents.gate import Doing

PRIVATE = frozenset({"personal", "sensitive", "secret"})
UNSAID = "•"  # what is kept of a value that is not written down
WRITE = "history_write(%s, %s, %s, %s::jsonb)"


def written(doings: Sequence["Doing"]) -> Call:
    """The call that writes a row for each action. Its month is the day of the writing."""
    acting = who()
    rows = [
        [
            str(env.new_id()), doing.at.date().isoformat(), doing.at.isoformat(),
            doing.action.code, doing.action.type.code if doing.action.type else doing.kind,
            str(doing.subject), str(doing.org_unit.pk) if doing.org_unit else None,
            {path: [plain(b), plain(a)] for path, (b, a) in doing.changes.items()}, doing.note,
        ]
        for doing in doings
    ]  # fmt: skip
    whose = [
        acting.person.pk if acting.person else None,
        acting.authorised_by.pk if acting.authorised_by else None,
        acting.via,
    ]
    return Call(WRITE, (*whose, orjson.dumps(rows).decode()))


def history_of(subject: UUID) -> Any:
    """All rows about one document or master row, the latest first."""
    return History.objects.filter(subject=subject).order_by("-at", "-id")


def difference(before: dict[str, Any], after: dict[str, Any]) -> dict[str, Any]:
    """Where two rows of values differ, as {path: [before, after]}; what is gone has no after."""
    names = dict.fromkeys((*before, *after))
    pairs = {name: [before.get(name), after.get(name)] for name in names}
    return {name: pair for name, pair in pairs.items() if plain(pair[0]) != plain(pair[1])}


def without_private(model: type[Model] | None, changes: dict[str, Any]) -> dict[str, Any]:
    """Changes of personal and secret fields are recorded without their values."""
    private = _private(model) if model else frozenset()
    return {
        path: [UNSAID, UNSAID] if path.rpartition(".")[2] in private else change
        for path, change in changes.items()
    }


@cache
def _private(model: type[Model]) -> frozenset[str]:
    return frozenset(name for name, kind in field_classes(model).items() if kind in PRIVATE)
