"""What was noted about a document or a row: its history, comments and files, in one statement."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import connection

ROWS_MAX = 200  # of history
NOTED = """
select n.*, p.name, q.name from (
    (select 'history' as kind, id, at, action as text, actor, authorised_by, via, note,
            changes::text as changes, 0 as size
       from history where subject = %s order by at desc, id desc limit %s)
    union all
    select 'comment', id, at, text, author_id, null, '', '', null, 0
      from comment where document_id = %s
    union all
    select 'file', id, at, name, added_by_id, null, '', '', null, size
      from attachment where document_id = %s
  ) n left join person p on p.id = n.actor left join person q on q.id = n.authorised_by
  order by n.at desc, n.id desc
"""


@dataclass(frozen=True)
class Happened:
    """One row of history, or several saves of one sitting taken together."""

    at: datetime
    action: str
    actor: UUID | None
    authorised_by: UUID | None
    via: str
    note: str
    changes: Mapping[str, list[Any]]


@dataclass(frozen=True)
class Remark:
    """A comment, or a file that was added: its text is the file's name."""

    id: UUID
    at: datetime
    person: str
    text: str
    size: int


@dataclass(frozen=True)
class Noted:
    """The history, the latest first; comments and files, the oldest first; and who did it all."""

    history: list[Happened] = field(default_factory=list)
    comments: list[Remark] = field(default_factory=list)
    files: list[Remark] = field(default_factory=list)
    people: dict[UUID, str] = field(default_factory=dict)


def noted(subject: UUID) -> Noted:
    """All that was noted about a document or a row. Whoever asks may see the subject."""
    found = Noted()
    with connection.cursor() as cursor:
        cursor.execute(NOTED, [subject, ROWS_MAX, subject, subject])
        rows: Sequence[tuple[Any, ...]] = cursor.fetchall()
    for kind, pk, at, text, actor, by, via, note, changes, size, name, other in rows:
        found.people.update({who: n for who, n in ((actor, name), (by, other)) if n is not None})
        if kind == "history":
            found.history.append(Happened(at, text, actor, by, via, note, json.loads(changes)))
        else:
            remark = Remark(pk, at, name or "", text, size)
            (found.comments if kind == "comment" else found.files).insert(0, remark)
    return found
