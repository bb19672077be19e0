"""Who holds a permission and through which rule, and all that one person holds.

Read by whoever may see it, as far as their units reach: what is given there or below, and what is
given above and so holds there too.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.db.models import Q, QuerySet

from tongpan.base import env
from tongpan.kernel.org.context import who
from tongpan.kernel.org.models import ApiToken, Grant, OrgUnit, Person, Role, RoleAction
from tongpan.kernel.org.rules import EVERYTHING, covers, paths_up_from
from tongpan.kernel.org.visibility import under

SEE = "org.access.view"


@dataclass(frozen=True, slots=True)
class Rule:
    """One way in which a person holds something: a code of a role that they have at a unit."""

    person: Person
    role: Role
    unit: OrgUnit
    code: str
    amount_max: Decimal | None
    valid_from: date | None
    valid_until: date | None
    tokens: tuple[str, ...] = ()  # the programs that may use it as this person


def rules_giving(code: str, at: OrgUnit | None = None) -> list[Rule]:
    """Every rule by which somebody holds `code`, at the unit `at` if one is named.

    Errors: NoScope when nobody acts.
    """
    grants = _grants().filter(person__is_active=True)
    if at is not None:
        grants = grants.filter(unit__path__in=paths_up_from(at.path))
    return _rules(grants, Q(code__in=_codes_covering(code)), code)


def rules_of(person: Person) -> list[Rule]:
    """Every rule of this person's roles; nothing for one who is switched off.

    Errors: NoScope when nobody acts.
    """
    if not person.is_active:
        return []
    return _rules(_grants().filter(person=person), Q(), "")


def _grants() -> QuerySet[Grant]:
    """What is not over, as far as the acting person may see it; of themselves they see all."""
    now_acting = who()
    today = env.now().date()
    rows = Grant.objects.exclude(valid_until__lt=today).select_related("person", "role", "unit")
    if now_acting.is_system:
        return rows
    paths = now_acting.paths_where(SEE)
    above = {path for one in paths for path in paths_up_from(one)}
    own = Q(person=now_acting.person)
    return rows.filter(under(paths, "unit__") | Q(unit__path__in=above) | own)


def _codes_covering(code: str) -> list[str]:
    """What a role may hold that gives `code`: itself, all of its kind, of its area, everything."""
    names = code.split(".")
    wide = [f"{'.'.join(names[:n])}.*" for n in range(1, len(names))]
    return [EVERYTHING, *wide, code]


def _rules(grants: QuerySet[Grant], which: Q, code: str) -> list[Rule]:
    found = list(grants.order_by("person__name", "unit__path", "role__name"))
    actions: dict[object, list[RoleAction]] = {}
    for action in RoleAction.objects.filter(which, role__in={g.role_id for g in found}):
        actions.setdefault(action.role_id, []).append(action)
    tokens = _tokens({grant.person_id for grant in found})
    return [
        Rule(
            grant.person, grant.role, grant.unit, action.code, action.amount_max,
            grant.valid_from, grant.valid_until,
            tuple(t.name for t in tokens if t.person_id == grant.person_id
                  and _reaches(t, code or action.code)),
        )
        for grant in found
        for action in sorted(actions.get(grant.role_id, []), key=lambda one: one.code)
    ]  # fmt: skip


def _tokens(people: Iterable[object]) -> list[ApiToken]:
    living = ApiToken.objects.filter(revoked_at=None, expires_at__gt=env.now())
    return list(living.filter(person__in=list(people)).order_by("name"))


def _reaches(token: ApiToken, code: str) -> bool:
    return any(covers(scope, code) or covers(code, scope) for scope in token.scopes)
