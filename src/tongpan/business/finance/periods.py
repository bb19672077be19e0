"""Closing the books of a legal entity month by month (结账), and opening the last month again."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from django.db.models import Count, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import gettext_noop as noop

from tongpan.base import env
from tongpan.base.refusals import Refusal
from tongpan.kernel.documents.actions.posting import reason
from tongpan.kernel.documents.fields import Unreadable, read_date
from tongpan.kernel.documents.gate import Doing
from tongpan.kernel.documents.models import Document, State
from tongpan.kernel.documents.registry import Action, register_action
from tongpan.kernel.documents.sentences import say
from tongpan.kernel.events.registry import declare_event
from tongpan.kernel.ledger.models import PeriodClose
from tongpan.kernel.ledger.upkeep import close_period
from tongpan.kernel.org.models import LegalEntity, OrgUnit, business_date
from tongpan.kernel.org.permissions import declare_permission
from tongpan.kernel.org.scope import units_where

SEE, CLOSE, REOPEN = "finance.period.view", "finance.period.close", "finance.period.reopen"
KIND = "finance.period"
OPEN = (State.DRAFT, State.SUBMITTED)

declare_permission(SEE, _("See which months are closed and what is not posted in them"))
declare_permission(CLOSE, _("Close a month"))
declare_permission(REOPEN, _("Open a closed month again"))
say("not_a_month_end", noop("{given} is not the last day of a month."))
say("period_is_closed", noop("The books are closed through {through} already."))
say("period_not_over", noop("{given} is not over yet."))
say("period_is_open", noop("No month of it is closed."))
say(
    "open_documents",
    noop("Not posted of these days: {count:document/documents}. Close all the same?"),
)


@dataclass(frozen=True)
class Books:
    """How far the books of an entity are closed, and what the next month still holds."""

    entity: LegalEntity
    units: Sequence[OrgUnit]
    through: date | None  # None: never closed
    next: date  # the last day of the month that is closed next; at first, of the last month
    is_over: bool  # whether that month has passed
    left: Sequence[tuple[str, str, int]]  # type, state, how many


def month_end(day: date) -> date:
    """The last day of a day's month.

    >>> month_end(date(2026, 2, 3))
    datetime.date(2026, 2, 28)
    """
    return (day.replace(day=1) + timedelta(days=32)).replace(day=1) - timedelta(days=1)


def books(entity: LegalEntity) -> Books:
    """What closing the next month of this entity would mean, for who sees all of its units."""
    units = units_of(entity)
    closed = PeriodClose.objects.filter(entity=entity).first()
    today = business_date(units[0], env.now())
    through = closed.through if closed else None
    before = today.replace(day=1) - timedelta(days=1)
    following = month_end(through + timedelta(days=1)) if through else before
    return Books(
        entity, units, through, following, following < today, _left(units, through, following)
    )


def _left(
    units: Sequence[OrgUnit], since: date | None, until: date
) -> Sequence[tuple[str, str, int]]:
    """Drafts and what awaits approval, dated in the days that would be closed."""
    found = Document.unscoped.filter(org_unit__in=units, state__in=OPEN, business_date__lte=until)
    if since is not None:
        found = found.filter(business_date__gt=since)
    counted = found.values_list("type", "state").annotate(Count("pk")).order_by("type", "state")
    return list(counted)


def units_of(entity: LegalEntity) -> list[OrgUnit]:
    """The units of an entity, the highest first."""
    return list(OrgUnit.objects.filter(entity=entity).order_by("path"))


def entities_where(*permissions: str) -> list[LegalEntity]:
    """The entities at all of whose units the person holds each of these."""
    lacking = Q()
    for permission in permissions:
        lacking |= ~Q(pk__in=units_where(permission).values("pk"))
    part = OrgUnit.objects.filter(lacking).values("entity")
    owning = LegalEntity.objects.filter(pk__in=OrgUnit.objects.values("entity"))
    return list(owning.exclude(pk__in=part).order_by("name"))


# -- actions -------------------------------------------------------------------------------------


def close(doing: Doing) -> None:
    """Close an entity's books through the last day of a month: payload `through`.

    Questions: open_documents, when documents of those days are drafts or await approval.
    """
    entity, before = _locked(doing)
    units = _permit(doing, entity)
    through = _day(doing)
    problems = []
    if through != month_end(through):
        problems.append({"path": "through", "code": "not_a_month_end", "given": str(through)})
    elif before is not None and through <= before:
        problems.append({"path": "through", "code": "period_is_closed", "through": str(before)})
    elif through >= business_date(units[0], doing.at):
        problems.append({"path": "through", "code": "period_not_over", "given": str(through)})
    if problems:
        raise Refusal("invalid", problems=problems)
    if count := sum(many for _type, _state, many in _left(units, before, through)):
        doing.ask("open_documents", count=count)
    _move(doing, entity, before, through)


def reopen(doing: Doing) -> None:
    """Open the last closed month of an entity again; the payload says the `reason`."""
    entity, before = _locked(doing)
    _permit(doing, entity)
    if before is None:
        raise Refusal("period_is_open")
    doing.note = reason(doing)
    _move(doing, entity, before, before.replace(day=1) - timedelta(days=1))


def _locked(doing: Doing) -> tuple[LegalEntity, date | None]:
    entity = LegalEntity.objects.select_for_update().filter(pk=doing.subject).first()
    if entity is None:
        raise Refusal("not_found")
    closed = PeriodClose.objects.filter(entity=entity).first()
    return entity, closed.through if closed else None


def _permit(doing: Doing, entity: LegalEntity) -> list[OrgUnit]:
    """One closes for an entity who may at each of its units."""
    doing.kind = KIND
    units = units_of(entity)
    if not units:
        raise Refusal("not_found")
    for unit in reversed(units):
        doing.require(unit)
    return units


def _day(doing: Doing) -> date:
    try:
        return read_date(doing.payload.get("through") or "")
    except Unreadable as wrong:
        problem = {"path": "through", "code": wrong.code, **wrong.facts}
        raise Refusal("invalid", problems=[problem]) from None


def _move(doing: Doing, entity: LegalEntity, before: date | None, through: date) -> None:
    close_period(entity.pk, through)
    doing.changes = {"through": [before, through]}
    doing.told = {"entity": str(entity.pk), "through": through.isoformat()}


for _code, _title, _run, _permission, _past in (
    ("close", _("Close a month"), close, CLOSE, "closed"),
    ("reopen", _("Open a closed month again"), reopen, REOPEN, "reopened"),
):
    register_action(
        Action(
            code=f"{KIND}.{_code}", title=_title, run=_run, permission=_permission,
            event=declare_event(f"{KIND}.{_past}", _title), needs_reason=_code == "reopen",
        )
    )  # fmt: skip
