"""What was changed of people, roles, units, entities, tokens and choices, in words."""

from collections.abc import Collection, Iterable, Iterator, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db import models
from django.utils.translation import gettext as _

from tongpan.engines.printers.models import Printer, PrintJob
from tongpan.engines.prints.kinds import kinds as paper_kinds
from tongpan.engines.prints.models import PrintTemplate
from tongpan.engines.webhooks.models import Endpoint
from tongpan.faces.backoffice.settings.ticks import area_title
from tongpan.faces.kit import formats, pages
from tongpan.faces.kit.derived import values
from tongpan.kernel.documents.fields import Field, fields_of
from tongpan.kernel.documents.history import UNSAID, history_of
from tongpan.kernel.documents.models import History, NumberingRule, PersonalState
from tongpan.kernel.documents.registry import find_action
from tongpan.kernel.documents.sentences import listed
from tongpan.kernel.ledger.models import PeriodClose
from tongpan.kernel.org.models import (
    ApiToken,
    Grant,
    LegalEntity,
    OpenSession,
    OrgUnit,
    Person,
    PersonContact,
    Role,
    TaxpayerKind,
)
from tongpan.kernel.org.permissions import permissions
from tongpan.kernel.org.settings import Setting, find_setting

CHANGES_SHOWN = 50
NOBODY = UUID(int=0)
TABLES: dict[str, tuple[type[models.Model], ...]] = {
    "org.person": (Person, PersonContact),
    "org.grant": (Grant,),
    "org.role": (Role,),
    "org.unit": (OrgUnit,),
    "org.entity": (LegalEntity,),
    "org.token": (ApiToken,),
    "org.session": (OpenSession,),
    "org.look": (Grant,),  # a person, a role, a unit
    "prints.template": (PrintTemplate,),
    "printers.printer": (Printer,),
    "printers.job": (PrintJob,),
    "org.numbering": (NumberingRule,),
    "finance.period": (PeriodClose,),
    "webhooks.endpoint": (Endpoint,),
}


def history_card(*subjects: UUID) -> pages.Card:
    """What was changed of these, the latest first."""
    return pages.Card(
        _("History"),
        columns=(
            pages.Column("at", _("When"), pages.Kind.TIME, 1, "date"),
            pages.Column("who", _("Who"), keep=1, at="title"),
            pages.Column("what", _("What"), keep=1, at="detail"),
        ),
        rows=tuple(
            pages.Row(
                str(pk),
                {
                    "at": pages.Cell(change.at),
                    "who": pages.Cell(change.person),
                    "what": pages.Cell(" · ".join((change.text, *change.details))),
                },
            )
            for pk, change in _changes(subjects)
        ),
        empty=_("Nothing was changed yet."),
        is_compact=True,
    )


def history_tabs(*subjects: UUID) -> pages.Tabs:
    """The same under a form, which has no cards."""
    return pages.Tabs(history=tuple(change for _pk, change in _changes(subjects)))


def _changes(subjects: Collection[UUID]) -> Iterator[tuple[UUID, pages.Change]]:
    rows = [row for subject in subjects for row in history_of(subject)[:CHANGES_SHOWN]]
    yield from told_lines(sorted(rows, key=lambda row: row.at, reverse=True)[:CHANGES_SHOWN])


def told_lines(rows: Sequence[History]) -> Iterator[tuple[UUID, pages.Change]]:
    """Each of these lines of history in words."""
    actors = {row.actor for row in rows if row.actor}
    people = dict(Person.objects.filter(pk__in=actors).values_list("pk", "name"))
    units = dict(
        OrgUnit.objects.filter(pk__in={r.org_unit for r in rows}).values_list("pk", "name")
    )
    erased = set(
        PersonalState.objects.filter(
            subject__in={row.subject for row in rows}, state=PersonalState.State.ERASED
        ).values_list("subject", flat=True)
    )
    for row in rows:
        action = find_action(row.action)
        if row.subject in erased:  # what they were called is nobody's to read any more
            row.changes = {path: [UNSAID, UNSAID] for path in row.changes}
        yield (
            row.pk,
            pages.Change(
                row.at,
                people.get(row.actor or NOBODY) or _("the program"),
                str(action.title) if action else row.action,
                (*_told(row, units), *((row.note,) if row.note else ())),
            ),
        )


def _told(row: History, units: dict[UUID, str]) -> Iterator[str]:
    for path, (before, after) in row.changes.items():
        group, _dot, rest = path.partition(".")
        if row.kind == "org.setting":
            yield _chosen(path, before, after, units.get(row.org_unit or UUID(int=0), ""))
        elif group == "taxpayer_kind":
            kinds = fields_of(TaxpayerKind, ("kind",))
            since = _("From %(day)s") % {"day": rest}
            yield f"{since} {_change(kinds[0], before, after)}"
        elif group == "actions":
            yield f"{_permission(rest)} {_limit(before)} → {_limit(after)}"
        elif group == "modules":
            said = _("in use") if after else _("switched off")
            yield f"{area_title(rest)}: {said}"
        elif path == "passkey":
            yield str(after or before)
        elif row.kind == "prints.template" and path in ("columns", "logo"):
            if before is not None or path == "logo":
                yield _("%(field)s was changed") % {"field": PrintTemplate.title_of(path)}
        elif row.kind == "prints.template" and path == "kind":
            yield str(found.title) if (found := paper_kinds().get(str(after))) else str(after)
        elif path == "path":
            yield f"{_way(before)} → {_way(after)}"
        elif (field := _field(row.kind, path)) is not None and before != UNSAID:
            title = _(values.title_of(field))  # a column without words of its own has Django's
            yield f"{title} {_change(field, before, after)}"
        elif field is not None and not row.action.endswith(f".set_{path}"):
            yield _("%(field)s was changed") % {"field": values.title_of(field)}


def _chosen(code: str, before: Any, after: Any, unit: str) -> str:
    """A choice in a unit; what is not chosen there holds as it does above."""
    setting = find_setting(code)
    old, new = (_as_chosen(setting, value) for value in (before, after))
    return f"{unit} {old} → {new}".strip()


def _as_chosen(setting: Setting | None, value: Any) -> str:
    if value is None:
        return formats.NONE
    return in_words(setting, value) if setting else str(value)


def _permission(code: str) -> str:
    return next((str(one.title) for one in permissions() if one.code == code), code)


def _limit(limit: Any) -> str:
    """Up to which amount a permission is held; None where it is not."""
    if limit is None:
        return formats.NONE
    return formats.money(Decimal(limit)) if limit else _("no limit")


def _way(path: str) -> str:
    """Where a unit stood in the tree: the codes of the units above it."""
    return " / ".join(str(path).strip("/").split("/")[:-1])


def _field(kind: str, path: str) -> Field | None:
    for table in TABLES.get(kind, ()):
        if path in {column.name for column in table._meta.concrete_fields}:
            return fields_of(table, (path,))[0]
    return None


def _change(field: Field, before: Any, after: Any) -> str:
    named = _names(field, (before, after))
    old, new = (_word(field, value, named) for value in (before, after))
    return new if before in (None, "") else f"{old} → {new}"


def _word(field: Field, value: Any, named: dict[str, str]) -> str:
    if isinstance(value, list):
        return listed(map(str, value))
    if field.kind == "text" and field.name.endswith("_at") and value:
        return formats.full_moment(datetime.fromisoformat(str(value)))
    return values.in_words((field,), field.name, value, named)


def _names(field: Field, ids: Iterable[Any]) -> dict[str, str]:
    """The names of what a reference pointed to."""
    wanted = [one for one in ids if one]
    if field.target is None or not wanted:
        return {}
    rows = field.target._base_manager.filter(pk__in=wanted)
    return {str(row.pk): getattr(row, "name", "") or str(row) for row in rows}


def in_words(setting: Setting, value: Any) -> str:
    """A value as people read it: 7 天, A4 纸, 是."""
    if setting.kind == "flag":
        return _("yes") if value else _("no")
    if setting.kind == "choice":
        return str(dict(setting.choices).get(value, value))
    return f"{value} {setting.unit}".strip()
