"""People and what they are given.

Nobody gives, or takes over, more than they hold themselves; but for roles that who holds all of
them has entrusted to the administrators, who give them to others and never to themselves.
"""

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from datetime import date
from decimal import Decimal
from uuid import UUID

from django.db import transaction
from django.db.models import Exists, Q
from django.utils.translation import gettext_lazy as _

from tongpan.base import env
from tongpan.base.refusals import Forbidden, Refusal
from tongpan.kernel.org import rules, sessions
from tongpan.kernel.org.context import Held, who
from tongpan.kernel.org.models import (
    ApiToken,
    Grant,
    ModuleOff,
    OpenSession,
    OrgUnit,
    Person,
    Role,
    RoleAction,
)
from tongpan.kernel.org.permissions import is_known
from tongpan.kernel.org.scope import may_somewhere, person_may, require
from tongpan.kernel.org.settings import Setting, declare_setting, value_of

EDIT_PERSON = "org.person.edit"
EDIT_ROLE = "org.role.edit"
EDIT_GRANT = "org.grant.edit"
LOOK_AS = "org.access.look_as"
ADMINISTERS = (EDIT_PERSON, EDIT_ROLE, EDIT_GRANT)
LANGUAGE = declare_setting(
    Setting(
        code="org.language",
        kind="choice",
        default=Person.Language.CHINESE.value,
        choices=tuple(Person.Language.choices),
        title=_("Language of new people"),
        help=_("Each person can choose another one."),
    )
)


def create_person(
    username: str, name: str, *, language: str = "", pk: UUID | None = None
) -> Person:
    """Make a person who holds nothing yet and has neither password nor PIN.

    Errors: Refusal("sign_in_name_taken" or "sign_in_name_not_valid"); Forbidden.
    """
    require_somewhere(EDIT_PERSON)
    plain = rules.sign_in_name(username)
    if not re.fullmatch(r"\S{1,60}", plain):
        raise Refusal("sign_in_name_not_valid", path="username", given=username)
    if Person.objects.filter(username=plain).exists():
        raise Refusal("sign_in_name_taken", path="username", given=plain)
    person = Person(pk=pk or env.new_id(), username=plain, name=name)
    person.language = language or value_of(LANGUAGE)
    person.set_unusable_password()
    person.save(force_insert=True)
    return person


def switch_off(person: Person) -> None:
    """Let the person in no longer: their sessions and API tokens end at once, for good.

    Errors: Refusal("last_administrator"); Forbidden.
    """
    require_over(person)
    with keeping_an_administrator():
        person.is_active = False
        person.session_round += 1
        person.save(update_fields=["is_active", "session_round"])
        sessions.end_all(person)
        ApiToken.objects.filter(person=person, revoked_at=None).update(revoked_at=env.now())


def switch_on(person: Person) -> None:
    """Let the person in again. Their old sessions and tokens stay ended."""
    require_over(person)
    person.is_active = True
    person.save(update_fields=["is_active"])


def end_sessions(person: Person) -> None:
    """Sign the person out everywhere."""
    require_over(person)
    person.session_round += 1
    person.save(update_fields=["session_round"])
    sessions.end_all(person)


def end_session(session: OpenSession) -> None:
    """End one session: one's own, or that of somebody over whom one stands.

    Errors: Forbidden.
    """
    require_over(session.person)
    sessions.end(OpenSession.objects.filter(pk=session.pk, ended_at=None))


def refuse_to_look_as(person: Person) -> None:
    """Refuse to look at the program as somebody who holds more than oneself.

    Errors: Refusal("grant_exceeds_own"); Forbidden for somebody who is switched off.
    """
    require_somewhere(LOOK_AS)
    if not person.is_active:
        raise Forbidden("forbidden", permission=LOOK_AS)
    _refuse_more_than_own(person_holds(person))


def held_in_role(role: Role, unit: OrgUnit) -> tuple[Held, ...]:
    """What somebody would hold who had this role at this unit, to look at the program like them.

    Errors: Refusal("grant_exceeds_own"); Forbidden.
    """
    require_somewhere(LOOK_AS)
    held = _as_held(dict(role.actions.values_list("code", "amount_max")), unit.path)
    _refuse_more_than_own(held)
    off = tuple(
        ModuleOff.objects.filter(
            Q(unit__path__in=rules.paths_up_from(unit.path)) | Q(unit__path__startswith=unit.path)
        ).values_list("module", "unit__path")
    )
    return tuple(replace(one, closed=off, time_zone=unit.time_zone) for one in held)


def make_role(code: str, name: str, actions: Mapping[str, Decimal | None]) -> Role:
    """Make or change a role: its permission codes, each with its amount limit or None.

    A role is the whole company's, so its editor holds the right at the top, and each code that the
    role has or had.

    Errors: Refusal("permission_unknown", "grant_exceeds_own" or "last_administrator"); Forbidden.
    """
    require(EDIT_ROLE, None)
    for action in actions:
        if not is_known(action):
            raise Refusal("permission_unknown", path="actions", given=action)
    top = OrgUnit.objects.filter(parent=None).values_list("path", flat=True).first() or "/"
    before = dict(RoleAction.objects.filter(role__code=code).values_list("code", "amount_max"))
    _refuse_more_than_own([*_as_held(actions, top), *_as_held(before, top)])
    with keeping_an_administrator():
        role, _is_new = Role.objects.update_or_create(code=code, defaults={"name": name})
        role.actions.all().delete()
        RoleAction.objects.bulk_create(
            RoleAction(role=role, code=action, amount_max=amount_max)
            for action, amount_max in actions.items()
        )
    return role


def give_role(
    person: Person,
    role: Role,
    unit: OrgUnit,
    *,
    valid_from: date | None = None,
    valid_until: date | None = None,
    pk: UUID | None = None,
) -> Grant:
    """Let the person hold the role at this unit and below, from and until a day.

    Errors: Refusal("grant_exceeds_own") naming what the giver lacks there, or
    ("last_administrator") when a known grant would get a last day; Forbidden.
    """
    require(EDIT_GRANT, unit)
    held = _as_held(dict(role.actions.values_list("code", "amount_max")), unit.path)
    _refuse_more_than_own(held, is_entrusted=role.is_entrusted and person != who().person)
    given = {"valid_until": valid_until, "given_by": who().person}
    with keeping_an_administrator():
        grant, _is_new = Grant.objects.update_or_create(
            person=person,
            role=role,
            unit=unit,
            valid_from=valid_from,
            defaults=given,
            create_defaults={"id": pk or env.new_id(), **given},
        )
    return grant


def roles_to_give(units: Iterable[OrgUnit]) -> list[Role]:
    """The roles that the acting person can give others at one of these units, by name."""
    paths = [unit.path for unit in units]
    roles = Role.objects.order_by("name").prefetch_related("actions")
    return [role for role in roles if not all(_lacks(role, path) for path in paths)]


def _lacks(role: Role, path: str) -> list[str]:
    held = _as_held({one.code: one.amount_max for one in role.actions.all()}, path)
    return _missing(held, is_entrusted=role.is_entrusted)


def end_grant(grant: Grant, *, last_day: date) -> None:
    """Let the grant hold through `last_day`; one that would never have held is removed.

    Errors: Refusal("last_administrator"); Forbidden.
    """
    require(EDIT_GRANT, grant.unit)
    with keeping_an_administrator():
        if grant.valid_from and last_day < grant.valid_from:
            grant.delete()
        else:
            grant.valid_until = last_day
            grant.save(update_fields=["valid_until"])


@contextmanager
def keeping_an_administrator() -> Iterator[None]:
    """Refuse what is done inside if it takes away the last person who could give roles back.

    Errors: Refusal("last_administrator").
    """
    with transaction.atomic():
        # Locked, so that two administrators do not let go of each other at the same moment.
        top = OrgUnit.objects.select_for_update(no_key=True).filter(parent=None).first()
        had = _has_administrator(top)
        yield
        if had and not _has_administrator(top):
            raise Refusal("last_administrator")


def _has_administrator(top: OrgUnit | None) -> bool:
    """Whether somebody may look after people, roles and grants at the top, without a last day."""
    rows = Grant.objects.filter(unit=top, valid_until=None, person__is_active=True)
    held: dict[UUID, set[str]] = defaultdict(set)
    for person, code in rows.values_list("person", "role__actions__code"):
        held[person].add(code or "")
    return any(
        all(any(rules.covers(code, needed) for code in codes) for needed in ADMINISTERS)
        for codes in held.values()
    )


def who_may(code: str, unit: OrgUnit, amount: Decimal | None = None) -> frozenset[UUID]:
    """The people who themselves hold `code` at this unit now, for so much; one query."""
    above = rules.paths_up_from(unit.path)
    off = ModuleOff.objects.filter(module=rules.module_of(code), unit__path__in=above)
    rows = Grant.objects.filter(
        ~Exists(off),
        unit__path__in=above,
        person__is_active=True,
        role__actions__isnull=False,
    ).values_list(
        "person_id", "role__actions__code", "unit__path", "role__actions__amount_max",
        "unit__time_zone", "valid_from", "valid_until",
    )  # fmt: skip
    held: dict[UUID, list[Held]] = defaultdict(list)
    for row in rows:
        held[row[0]].append(Held(*row[1:]))
    return frozenset(p for p, h in held.items() if person_may(tuple(h), code, unit, amount))


# -- nobody exceeds their own ------------------------------------------------------------------


def require_somewhere(code: str) -> None:
    """Errors: Forbidden unless the acting person holds `code` at some unit."""
    if not may_somewhere(code):
        raise Forbidden("forbidden", permission=code)


def require_over(person: Person) -> None:
    """Refuse to touch how somebody else gets in, unless one may do all that they may.

    Whoever sets a person's password can be that person: a store's manager who could set the
    owner's password would be the owner. What somebody may by roles that are entrusted to the
    administrators is nothing that these could not give.

    Errors: Forbidden.
    """
    now_acting = who()
    if now_acting.is_system or person == now_acting.person:
        return
    require_somewhere(EDIT_PERSON)
    entrusted, others = (person_holds(person, role__is_entrusted=is_so) for is_so in (True, False))
    paths = {one.path for one in (*entrusted, *others)}
    edits = [Held(EDIT_PERSON, path, None, "UTC", None, None) for path in paths]
    if _missing([*edits, *others]) or _missing(entrusted, is_entrusted=True):
        raise Forbidden("forbidden", permission=EDIT_PERSON)


def person_holds(person: Person, **only: bool) -> tuple[Held, ...]:
    """What a person holds now or would hold once switched on; by some of their grants only."""
    rows = Grant.objects.filter(person=person, role__actions__isnull=False, **only).values_list(
        "role__actions__code", "unit__path", "role__actions__amount_max"
    )
    return tuple(Held(*row, "UTC", None, None) for row in rows)


def _as_held(actions: Mapping[str, Decimal | None], path: str) -> list[Held]:
    return [Held(code, path, amount_max, "UTC", None, None) for code, amount_max in actions.items()]


def _refuse_more_than_own(wanted: Iterable[Held], *, is_entrusted: bool = False) -> None:
    if missing := _missing(wanted, is_entrusted=is_entrusted):
        raise Refusal("grant_exceeds_own", missing=", ".join(missing))


def _missing(wanted: Iterable[Held], *, is_entrusted: bool = False) -> list[str]:
    """The codes among `wanted` that the acting person does not hold there to that amount; of what
    is entrusted to them, those that their token does not reach."""
    now_acting = who()
    if now_acting.is_system:
        return []
    own = [one for one in now_acting.held if one.is_valid_now()]
    return sorted(
        {
            one.code
            for one in wanted
            if not now_acting.is_in_scopes(one.code)
            or not (is_entrusted or any(_is_within(one, mine) for mine in own))
        }
    )


def _is_within(wanted: Held, mine: Held) -> bool:
    is_amount_within = mine.amount_max is None or (
        wanted.amount_max is not None and wanted.amount_max <= mine.amount_max
    )
    return (
        is_amount_within
        and rules.covers(mine.code, wanted.code)
        and wanted.path.startswith(mine.path)
    )
