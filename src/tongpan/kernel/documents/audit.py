"""The chain of history: what makes a line that was removed, changed or put in be found.

Each line gets a mark as it is written, and its place in the chain once its transaction is there for
all to see, so that nobody waits for anybody. The dispatcher puts them in, a moment later.
"""

from collections import defaultdict
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from django.db import connection
from django.db.models import Q, QuerySet

from tongpan.base.invariants import Invariant
from tongpan.kernel.documents.models import History
from tongpan.kernel.documents.registry import document_types, master_types
from tongpan.kernel.org.models import OrgUnit
from tongpan.kernel.org.rules import is_top
from tongpan.kernel.org.scope import who
from tongpan.kernel.org.visibility import under

SEE = "org.audit.view"
SEALED_AT_ONCE = 500
DAMAGES = {
    "history.chain_holds": """
        alter table history disable trigger user;
        update history set note = 'x' where id = (select id from history_seal where position = 1)"""
}


def seal(at_most: int = SEALED_AT_ONCE) -> int:
    """Put the next lines into the chain; answers how many there were."""
    with connection.cursor() as cursor:
        cursor.execute("select history_seal_next(%s)", [at_most])
        return int(cursor.fetchone()[0])


def head() -> tuple[int, str]:
    """The last place of the chain and its hash: kept elsewhere, it proves all that came before."""
    with connection.cursor() as cursor:
        cursor.execute("select position, encode(hash, 'hex') from history_sealed")
        position, hashed = cursor.fetchone()
        return int(position), str(hashed)


def verify() -> list[Invariant]:
    """Walk the whole chain, and look for lines that are not in it and should be."""
    with connection.cursor() as cursor:
        cursor.execute("select place, problem from history_verify()")
        violations = tuple(f"{place}: {problem}" for place, problem in cursor.fetchall())
        return [Invariant("history.chain_holds", head()[0], violations)]


# -- reading it ----------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which lines are asked for; `before` is the last one of the page above."""

    since: date | None = None
    until: date | None = None
    person: UUID | None = None
    unit: OrgUnit | None = None
    kind: str = ""
    verb: str = ""
    before: tuple[date, UUID] | None = None


def lines(wanted: Wanted) -> QuerySet[History]:
    """The lines that the acting person may see, the latest first.

    A line is seen where one may see the log, and only if one may see what it is about: of a kind of
    document that is nowhere for somebody, there are no lines either.

    Errors: NoScope when nobody acts.
    """
    rows = History.objects.filter(_seen()).order_by("-business_date", "-id")
    if wanted.since is not None:
        rows = rows.filter(business_date__gte=wanted.since)
    if wanted.until is not None:
        rows = rows.filter(business_date__lte=wanted.until)
    if wanted.person is not None:
        rows = rows.filter(Q(actor=wanted.person) | Q(authorised_by=wanted.person))
    if wanted.unit is not None:
        rows = rows.filter(org_unit__in=_units([wanted.unit.path], []))
    if wanted.kind:
        rows = rows.filter(kind=wanted.kind)
    if wanted.verb:
        rows = rows.filter(action__endswith=f".{wanted.verb}")
    if wanted.before is not None:
        day, pk = wanted.before
        rows = rows.filter(Q(business_date__lt=day) | Q(business_date=day, id__lt=pk))
    return rows


def _seen() -> Q:
    now_acting = who()
    if now_acting.is_system:
        return Q()
    of_types = [*(one.code for one in document_types()), *(one.code for one in master_types())]
    by_reach: dict[tuple[tuple[str, ...], tuple[str, ...]], list[str]] = defaultdict(list)
    for kind in of_types:
        code = f"{kind}.view"
        reach = now_acting.paths_where(code), now_acting.closed_where(code)
        by_reach[tuple(reach[0]), tuple(reach[1])].append(kind)
    seen = ~Q(kind__in=of_types)
    for (paths, closed), kinds in by_reach.items():
        if paths:
            seen |= Q(kind__in=kinds) & _within(list(paths), list(closed), is_shared=True)
    here = _within(now_acting.paths_where(SEE), now_acting.closed_where(SEE), is_shared=False)
    return here & seen


def _within(paths: list[str], closed: list[str], *, is_shared: bool) -> Q:
    """Lines of units there; what belongs to no unit is the whole company's, or `is_shared`."""
    if paths and is_top(paths[0]) and not closed:
        return Q()
    of_units = Q(org_unit__in=_units(paths, closed))
    is_companys = is_shared or (paths and is_top(paths[0]))
    return of_units | Q(org_unit=None) if is_companys else of_units


def _units(paths: list[str], closed: list[str]) -> QuerySet[OrgUnit, UUID]:
    return OrgUnit.objects.filter(under(paths, closed=closed)).values_list("pk", flat=True)
