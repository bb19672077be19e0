"""Which promotions hold: read once for each change, kept by each process, told to every sale."""

import json
from collections.abc import Iterable, Mapping
from datetime import date, datetime, timedelta
from decimal import Decimal
from threading import Lock
from typing import Any, NamedTuple
from uuid import UUID

from django.db import connection
from django.db.models import F, Q, Value
from django.db.models.functions import StrIndex

from tongpan.base import env
from tongpan.base.refusals import Refusal
from tongpan.business.promotions import accounts as at
from tongpan.business.promotions.models import PromotionDocument, PromotionLine
from tongpan.business.promotions.plain import read
from tongpan.business.promotions.postings import Bounded
from tongpan.business.promotions.rules.values import Promotion, Used, lies_in
from tongpan.kernel.companies.calls import Call, together
from tongpan.kernel.documents.models import State
from tongpan.kernel.ledger.keys import AccountKey
from tongpan.kernel.org.models import OrgUnit, business_date

VERSION = Call("promotions_version()", ())
KEPT_MAX = 400  # stores of companies, in one process


class Live(NamedTuple):
    """The promotions that could hold at a store, as the engine reads them, and those of which
    there is only so much; by their numbers."""

    promotions: tuple[Promotion, ...]
    ids: Mapping[str, UUID]
    bounded: Mapping[str, Bounded]


NONE = Live((), {}, {})
_kept: dict[tuple[str, str, date | None, str], Live] = {}
_lock = Lock()


def live_call(store: OrgUnit) -> Call:
    """The call that says which promotions there are, in a word that changes when any of them does.
    It is empty where the company never had one. It rides in whatever statement a sale makes."""
    return VERSION


def version() -> str:
    """The same, asked for alone."""
    (found,) = together([VERSION])
    return str(found or "")


def live(store: OrgUnit, version: str) -> tuple[Promotion, ...]:
    """All promotions that were approved and not ended and could hold at a store. The engine's own
    conditions decide the minute. `version` is what `live_call` said; for each one they are read
    once in a process, without looking at what the acting person may see: they hold for all."""
    return all_live(store, version).promotions


def ids_of(codes: Iterable[str]) -> dict[str, UUID]:
    """The documents of promotions, by their numbers."""
    rows = PromotionDocument.unscoped.filter(document__number__in=list(codes))
    return {str(code): pk for code, pk in rows.values_list("document__number", "document_id")}


def bounded(store: OrgUnit, version: str) -> Mapping[str, Bounded]:
    """Those of them with a budget or a limit of times, by their numbers."""
    return all_live(store, version).bounded


def all_live(store: OrgUnit, version: str) -> Live:
    """What `live` says, with the documents and the limits."""
    return _keeping(store, version, None)


def held(store: OrgUnit, version: str, since: date) -> Live:
    """The same with those that are over, but held on a day since then; they are kept by month."""
    return _keeping(store, version, since.replace(day=1))


def _keeping(store: OrgUnit, version: str, since: date | None) -> Live:
    if not version:
        return NONE
    schema = str(connection.schema_name)  # type: ignore[attr-defined]
    key = (schema, store.path, since, version)
    found = _kept.get(key)
    if found is None:
        found = _read_live(store, since)
        with _lock:
            for old in [one for one in _kept if one[:3] == key[:3]]:
                _kept.pop(old, None)
            while len(_kept) >= KEPT_MAX:
                _kept.pop(next(iter(_kept)), None)
            _kept[key] = found
    return found


def _read_live(store: OrgUnit, since: date | None) -> Live:
    since = since or business_date(store, env.now()) - timedelta(days=2)
    rows = PromotionDocument.unscoped.filter(
        Q(ends_on=None) | Q(ends_on__gte=since), document__state=State.POSTED, ended_at=None
    )
    rows = rows.annotate(below=StrIndex(Value(store.path), F("document__org_unit__path")))
    bodies = with_lines(rows.filter(below=1).order_by("document__number"))
    promotions: list[Promotion] = []
    ids: dict[str, UUID] = {}
    limits: dict[str, Bounded] = {}
    for body in bodies:
        try:
            promotion = read(body)
        except Refusal:  # what it named was changed since, so that it means nothing any more
            continue
        stores = promotion.conditions.stores
        if stores and not lies_in(store.path, stores):
            continue
        promotions.append(promotion)
        ids[promotion.code] = body.document_id
        if (one := bounded_of(body)) is not None:
            limits[promotion.code] = one
    return Live(tuple(promotions), ids, limits)


def holding(store: OrgUnit, now: datetime) -> list[PromotionDocument]:
    """The promotions of `live` that are not over by the clock of the store, with their lines: those
    that hold and those that are planned. Like `live` for whoever sells there, whoever made them."""
    ids = all_live(store, version()).ids.values()
    bodies = with_lines(PromotionDocument.unscoped.filter(document__in=list(ids)))
    left = [body for body in bodies if body.ends is None or body.ends > now]
    return sorted(left, key=lambda body: (body.begins or now, body.title))


def with_lines(rows: Any) -> list[PromotionDocument]:
    """Promotions with their lines, in two statements."""
    bodies = list(rows.select_related("document__org_unit", "group"))
    by_id = {body.document_id: body for body in bodies}
    for body in bodies:
        body.lines = []
    lines = PromotionLine.unscoped.filter(document__in=list(by_id))
    for line in lines.select_related("category", "store", "item", "tier").order_by("position"):
        by_id[line.document_id].lines.append(line)
    return bodies


def bounded_of(body: PromotionDocument) -> Bounded | None:
    """The limits of a promotion that are counted over sales; None where it has none."""
    if not (body.per_member or body.per_day or body.budget):
        return None
    return Bounded(
        home=body.document.org_unit_id, promotion=body.document_id, per_member=body.per_member,
        per_day=body.per_day, has_budget=body.budget is not None,
    )  # fmt: skip


# -- what was used before --------------------------------------------------------------------------

Keys = dict[str, dict[str, AccountKey]]


def used_call(limits: Mapping[str, Bounded], member: UUID | None, day: date) -> Call:
    """The call that reads what was used of promotions before a sale, by their numbers."""
    keys = [key.key for one in _keys(limits, member, day).values() for key in one.values()]
    return Call("promotions_used(%s)", (keys,))


def used_read(
    said: str | None, limits: Mapping[str, Bounded], budgets: Mapping[str, Decimal | None],
    member: UUID | None, day: date,
) -> dict[str, Used]:  # fmt: skip
    """What that call says, as a basket of the engine has it. `budgets` are those of the promotions
    as the engine reads them."""
    told: Mapping[str, str] = (json.loads(said) if isinstance(said, str) else said) or {}
    found = {}
    for code, keys in _keys(limits, member, day).items():
        one, budget = limits[code], budgets.get(code)
        has = {name: told.get(str(key.key)) for name, key in keys.items()}
        left = has.get("left")
        found[code] = Used(
            by_member=_times(has.get("member"), one.per_member),
            today=_times(has.get("day"), one.per_day),
            spent=budget - Decimal(left) if budget is not None and left is not None else Decimal(0),
        )
    return found


def used(
    limits: Mapping[str, Bounded], promotions: Iterable[Promotion], member: UUID | None, day: date
) -> dict[str, Used]:
    """What was used before now, asked for alone."""
    if not limits:
        return {}
    (said,) = together([used_call(limits, member, day)])
    budgets = {one.code: one.limits.budget for one in promotions}
    return used_read(said, limits, budgets, member, day)


def _keys(limits: Mapping[str, Bounded], member: UUID | None, day: date) -> Keys:
    found: Keys = {}
    for code, one in limits.items():
        keys = found.setdefault(code, {})
        if one.has_budget:
            keys["left"] = at.left(one.home, one.promotion)
        if one.per_member and member is not None:
            keys["member"] = at.by_member(one.home, one.promotion, member)
        if one.per_day:
            keys["day"] = at.on_day(one.home, one.promotion, day)
    return found


def _times(share: str | None, limit: int | None) -> int:
    return at.times_in(Decimal(share), limit) if share is not None and limit else 0


# -- changes ---------------------------------------------------------------------------------------


def changed() -> None:
    """Say that promotions changed, in the transaction that changes them."""
    together([Call("promotions_changed()::text", ())])
