"""Personal data: whose there is, a copy of it, setting it aside, and erasing it.

The columns say themselves what is personal (`classify`), and each table with such columns belongs
to one kind of people here. So nothing is listed twice, and a test finds a table that nobody
declared. A person's row stays for ever, because facts name its id; the columns are overwritten.

Set aside, the values stand in `PersonalState` alone, where no list, search, sheet or program
reaches them. Erased, they stand nowhere.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import models
from django.utils.functional import Promise

from tongpan.base import env
from tongpan.base.refusals import Refusal
from tongpan.kernel.documents.history import history_of
from tongpan.kernel.documents.models import PersonalState
from tongpan.kernel.org.scope import fields_of_class

CLASSES = ("personal", "sensitive")
RESTRICTED, ERASED = PersonalState.State.RESTRICTED, PersonalState.State.ERASED


@dataclass(frozen=True, kw_only=True)
class Subject:
    """A kind of people whose personal data is kept: `model` is what facts name, `table` has the
    personal columns, in the row of the same id.

    `named(row)` is what a list calls them, and what tells two of one name apart;
    `sought(text)` finds them by a word or a whole number,
    `guard(row)` refuses whom one may not touch or who is still needed, `erase(row)` overwrites what
    else tells who they were, `more(row)` is what else a copy holds about them.
    """

    code: str
    title: str | Promise
    model: type[models.Model]
    table: type[models.Model]
    named: Callable[[Any], tuple[str, str]]
    sought: Callable[[str], models.Q]
    guard: Callable[[Any], None] = lambda row: None
    erase: Callable[[Any], None] = lambda row: None
    more: Callable[[Any], Mapping[str, Any]] = lambda row: {}

    @property
    def fields(self) -> "list[models.Field[Any, Any]]":
        """The personal columns, in the order of the table."""
        personal = {f.name for kind in CLASSES for f in fields_of_class(kind)
                    if f.model is self.table}  # fmt: skip
        return [f for f in self.table._meta.concrete_fields if f.name in personal]

    def rows(self, pk: UUID) -> "models.QuerySet[Any]":
        return self.table._base_manager.filter(pk=pk)


_subjects: dict[str, Subject] = {}


def declare_subject(subject: Subject) -> Subject:
    """Add a kind of people to the register."""
    assert subject.code not in _subjects, f"{subject.code} is declared twice."
    _subjects[subject.code] = subject
    return subject


def subjects() -> Sequence[Subject]:
    return tuple(_subjects.values())


def find_subject(code: str) -> Subject | None:
    return _subjects.get(code)


# -- what became of it ---------------------------------------------------------------------------


def state_of(pk: UUID) -> PersonalState | None:
    """What became of somebody's personal data; None where it is in use as usual."""
    return PersonalState.objects.filter(pk=pk).first()


def refuse_set_aside(pk: UUID) -> None:
    """Refuse to write personal data anew of somebody whose data was set aside or erased.

    Errors: Refusal("personal_set_aside").
    """
    if PersonalState.objects.filter(pk=pk).exists():
        raise Refusal("personal_set_aside")


def set_aside(subject: Subject, row: Any, *, at: datetime) -> None:
    """Keep somebody's personal data and do nothing else with it.

    Errors: Refusal("personal_set_aside"), or as the subject's guard.
    """
    refuse_set_aside(row.pk)
    subject.guard(row)
    PersonalState.objects.create(
        subject=row.pk, kind=subject.code, state=RESTRICTED, at=at,
        kept=_values(subject, row.pk),
    )  # fmt: skip
    _write(subject, row.pk, {})


def put_back(subject: Subject, row: Any) -> None:
    """Use it again.

    Errors: Refusal("personal_not_set_aside"), or as the subject's guard.
    """
    subject.guard(row)
    state = PersonalState.objects.select_for_update().filter(pk=row.pk, state=RESTRICTED).first()
    if state is None:
        raise Refusal("personal_not_set_aside")
    _write(subject, row.pk, state.kept)
    state.delete()


def erase(subject: Subject, row: Any, *, at: datetime) -> None:
    """Overwrite somebody's personal data, for good. What they did stays, without them.

    Errors: Refusal("personal_erased"), or as the subject's guard.
    """
    state = PersonalState.objects.select_for_update().filter(pk=row.pk).first()
    if state is not None and state.state == ERASED:
        raise Refusal("personal_erased")
    subject.guard(row)
    _write(subject, row.pk, {})
    subject.erase(row)
    PersonalState.objects.update_or_create(
        subject=row.pk, defaults={"kind": subject.code, "state": ERASED, "at": at, "kept": {}}
    )


def note_erased(kind: str, pk: UUID, *, at: datetime) -> None:
    """Remember that somebody was erased who is not here, so that nothing brings them in again."""
    PersonalState.objects.update_or_create(
        subject=pk, defaults={"kind": kind, "state": ERASED, "at": at, "kept": {}}
    )


def copy_of(subject: Subject, row: Any) -> dict[str, Any]:
    """All that is kept about somebody, as plain values by name."""
    state = state_of(row.pk)
    return {
        "kind": subject.code,
        "id": str(row.pk),
        "made_at": env.now().isoformat(),
        "state": state.state if state else "in_use",
        "personal": (state.kept if state else {}) or _values(subject, row.pk),
        **subject.more(row),
        "history": [
            {"at": line.at.isoformat(), "action": line.action} for line in history_of(row.pk)
        ],
    }


def _values(subject: Subject, pk: UUID) -> dict[str, str]:
    row = subject.rows(pk).values(*(f.name for f in subject.fields)).first()
    return {name: str(value) for name, value in (row or {}).items() if value}


def _write(subject: Subject, pk: UUID, kept: Mapping[str, str]) -> None:
    """Write what was kept into the columns, and nothing into the others."""
    subject.rows(pk).update(**{f.name: kept.get(f.name, "") for f in subject.fields})
