"""Changing units, people and what they hold: the functions of `org`, as actions of the one gate.

`org` stands below documents and knows no history and no events. Here each of its writes becomes
an action, so that it is written down who did it. A secret never gets into history, event or
digest; the functions of `org` ask for permission themselves, because it depends on whose it is.
"""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import time
from decimal import Decimal
from typing import Any

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import gettext_noop as noop

from tongpan.base.refusals import Forbidden, Refusal
from tongpan.kernel.documents.fields import (
    Field,
    Problem,
    Unreadable,
    fields_of,
    missing,
    plain,
    read,
    read_date,
    read_text,
)
from tongpan.kernel.documents.gate import Doing
from tongpan.kernel.documents.history import UNSAID, difference, without_private
from tongpan.kernel.documents.personal import refuse_set_aside
from tongpan.kernel.documents.registry import Action, register_action
from tongpan.kernel.documents.sentences import say
from tongpan.kernel.events.registry import declare_event
from tongpan.kernel.org import people, rules, sign_in, tokens, units
from tongpan.kernel.org.models import (
    ApiToken,
    Grant,
    LegalEntity,
    OrgUnit,
    Person,
    PersonContact,
    Role,
    TaxpayerKind,
)
from tongpan.kernel.org.scope import require, who

EDIT_ENTITY, EDIT_TOKEN = "org.entity.edit", "org.token.edit"
ENTITY = ("name", "credit_code", "currency", "is_active")
UNIT = ("code", "name", "mode", "time_zone", "is_active")
UNIT_FOR_EVER = ("kind", "parent", "entity")  # a unit moves by an action of its own
PERSON = ("name", "language", "theme")
CONTACT = ("phone", "email")
GRANT = ("person", "role", "unit", "valid_from", "valid_until")

say("fixed_field", noop("{label} cannot be changed here."))
say("currency_not_valid", noop("{given} is not a currency. Write three capitals, as in CNY."))
say("not_a_time", noop("{given} is not a time of day. Write it as 04:00."))


# -- legal entities ------------------------------------------------------------------------------


def save_entity(doing: Doing) -> None:
    """Make a legal entity or change one: payload `name`, `credit_code`, `currency`, `is_active`."""
    require(EDIT_ENTITY, None)
    known = _locked(LegalEntity, doing)
    entity = known or LegalEntity(pk=doing.subject)
    before = _picture(entity, ENTITY) if known else {}
    fields = fields_of(LegalEntity, ENTITY)
    _set(entity, _read(fields, doing.payload))
    _refuse(missing(fields, entity, path="") or list(_wrong_entity(entity)))
    entity.save(force_insert=known is None)
    doing.changes = difference(before, _picture(entity, ENTITY))
    doing.result = entity
    _permit(doing)


def _wrong_entity(entity: LegalEntity) -> Iterator[Problem]:
    if not re.fullmatch(r"[A-Z]{3}", entity.currency):
        yield {"path": "currency", "code": "currency_not_valid", "given": entity.currency}
    if entity.credit_code:
        entity.credit_code = rules.checked_credit_code(entity.credit_code)
        others = LegalEntity.objects.filter(credit_code=entity.credit_code).exclude(pk=entity.pk)
        if others.exists():
            yield _duplicate(fields_of(LegalEntity, ("credit_code",))[0], entity.credit_code)


def set_taxpayer_kind(doing: Doing) -> None:
    """Say what kind of taxpayer an entity is from a day on: payload `kind`, `valid_from`."""
    require(EDIT_ENTITY, None)
    entity = _there(LegalEntity, doing)
    fields = fields_of(TaxpayerKind, ("kind", "valid_from"))
    wanted = TaxpayerKind(entity=entity, **_read(fields, doing.payload))
    _refuse(missing(fields, wanted, path=""))
    same_day = TaxpayerKind.objects.filter(entity=entity, valid_from=wanted.valid_from).first()
    TaxpayerKind.objects.update_or_create(
        entity=entity, valid_from=wanted.valid_from, defaults={"kind": wanted.kind}
    )
    before = same_day.kind if same_day else None
    doing.changes = {f"taxpayer_kind.{wanted.valid_from}": [before, wanted.kind]}
    _permit(doing)


# -- units ---------------------------------------------------------------------------------------


def save_unit(doing: Doing) -> None:
    """Make a unit, or change one.

    Payload: `code`, `name`, `mode`, `time_zone`, `day_cut`, `is_active`, and for a new one `kind`,
    `parent` and `entity` (else its parent's).
    """
    payload = dict(doing.payload)
    day_cut = _read_time(payload.pop("day_cut", None))
    unit = _locked(OrgUnit, doing)
    if unit is None:
        unit = _make_unit(doing, payload, day_cut)
        before: dict[str, Any] = {}
    else:
        require(units.EDIT, unit)
        before = _picture(unit, (*UNIT, "day_cut"))
        _change_unit(unit, payload, day_cut)
    doing.changes = difference(before, _picture(unit, (*UNIT, "day_cut")))
    doing.org_unit, doing.result = unit, unit
    _permit(doing)


def _make_unit(doing: Doing, payload: Mapping[str, Any], day_cut: time | None) -> OrgUnit:
    values = _read(fields_of(OrgUnit, (*UNIT, *UNIT_FOR_EVER)), payload)
    given = {name: value for name, value in values.items() if value not in (None, "")}
    draft = OrgUnit(**given)
    wanted = ("code", "name", "kind") if draft.parent else ("code", "name", "kind", "entity")
    _refuse(missing(fields_of(OrgUnit, wanted), draft, path=""))
    if day_cut is not None:
        given["day_cut"] = day_cut
    return units.create_unit(id=doing.subject, **{"parent": None, **given})


def _change_unit(unit: OrgUnit, payload: Mapping[str, Any], day_cut: time | None) -> None:
    fixed = [f for f in fields_of(OrgUnit, UNIT_FOR_EVER) if f.name in payload]
    _refuse([{"path": f.name, "code": "fixed_field", "label": str(f.label)} for f in fixed])
    fields = fields_of(OrgUnit, UNIT)
    _set(unit, _read(fields, payload))
    _refuse(missing(fields, unit, path=""))
    parent_kind = unit.parent.kind if unit.parent else None
    rules.check_unit(
        kind=unit.kind, parent_kind=parent_kind, code=unit.code, time_zone=unit.time_zone
    )
    unit.day_cut = day_cut or unit.day_cut
    code = unit.code
    unit.refresh_from_db(fields=["code"])
    unit.save(update_fields=["name", "mode", "time_zone", "day_cut", "is_active"])
    units.rename_unit(unit, code)


def move_unit(doing: Doing) -> None:
    """Put a unit, with all below it, under another one: payload `parent`."""
    unit = _there(OrgUnit, doing)
    parent = _named(OrgUnit, "parent", doing.payload)
    before = unit.path
    units.move_unit(unit, parent)
    doing.changes = {"path": [before, unit.path]}
    doing.org_unit = unit
    _permit(doing)


def set_modules(doing: Doing) -> None:
    """Say which modules a unit has, with all below it: payload `modules` {code: true or false}."""
    unit = _there(OrgUnit, doing)
    wanted = doing.payload.get("modules")
    if not isinstance(wanted, Mapping):
        raise Refusal("invalid", problems=[{"path": "modules", "code": "object_format"}])
    changed = units.set_modules(unit, {str(code): is_on is True for code, is_on in wanted.items()})
    doing.changes = {f"modules.{code}": change for code, change in changed.items()}
    doing.org_unit = unit
    _permit(doing)


# -- people --------------------------------------------------------------------------------------


def save_person(doing: Doing) -> None:
    """Make a person or change one: payload `username` (new ones), `name`, `language`, `theme`,
    and how to reach them, `phone` and `email`."""
    payload = dict(doing.payload)
    contact_values = _read(
        fields_of(PersonContact, CONTACT), {n: payload.pop(n) for n in CONTACT if n in payload}
    )
    person = _locked(Person, doing)
    username = payload.pop("username", None)
    if person is None:
        values = _read(fields_of(Person, PERSON), payload)
        fields = fields_of(Person, ("username", "name"))
        named = Person(username=_text(username, 60), name=values.get("name") or "")
        _refuse(missing(fields, named, path=""))
        person = people.create_person(named.username, named.name, pk=doing.subject)
        before: dict[str, Any] = {}
        told: tuple[str, ...] = ("username", *PERSON)
    else:
        people.require_over(person)
        if username is not None and rules.sign_in_name(_text(username, 60)) != person.username:
            _refuse([{"path": "username", "code": "fixed_field", "label": _("sign-in name")}])
        values, told = _read(fields_of(Person, PERSON), payload), PERSON
        before = _picture(person, PERSON)
    _set(person, {name: value for name, value in values.items() if value != ""})
    person.save(update_fields=[*PERSON])
    doing.changes = difference(before, _picture(person, told))
    doing.changes |= _save_contact(person, contact_values)
    doing.result = person
    _permit(doing)


def _save_contact(person: Person, values: Mapping[str, Any]) -> dict[str, Any]:
    if not values:
        return {}
    refuse_set_aside(person.pk)
    contact = PersonContact.objects.filter(person=person).first() or PersonContact(person=person)
    before = _picture(contact, CONTACT)
    _set(contact, values)
    if contact.phone != before["phone"]:
        contact.phone = rules.phone_of(contact.phone)
    contact.save()
    return without_private(PersonContact, difference(before, _picture(contact, CONTACT)))


def switch_off(doing: Doing) -> None:
    """Let a person in no longer; their sessions and tokens end at once."""
    person = _there(Person, doing)
    people.switch_off(person)
    doing.changes = {"is_active": [True, False]}
    _permit(doing)


def switch_on(doing: Doing) -> None:
    """Let a person in again."""
    person = _there(Person, doing)
    people.switch_on(person)
    doing.changes = {"is_active": [False, True]}
    _permit(doing)


def end_sessions(doing: Doing) -> None:
    """Sign a person out everywhere."""
    people.end_sessions(_there(Person, doing))
    _permit(doing)


def set_password(doing: Doing) -> None:
    """Give a person a new password: payload `password`. Who changes their own shows the old one
    to the face first."""
    _refuse_narrow_token()
    sign_in.set_password(_there(Person, doing), _text(doing.payload.get("password"), None))
    doing.changes = {"password": [UNSAID, UNSAID]}
    _permit(doing)


def set_pin(doing: Doing) -> None:
    """Give a person a new PIN for shared tills: payload `pin`."""
    _refuse_narrow_token()
    sign_in.set_pin(_there(Person, doing), _text(doing.payload.get("pin"), None))
    doing.changes = {"pin": [UNSAID, UNSAID]}
    _permit(doing)


def _refuse_narrow_token() -> None:
    """A program that holds a token for little may not become the person altogether."""
    if not who().is_in_scopes(people.EDIT_PERSON):
        raise Forbidden("forbidden", permission=people.EDIT_PERSON)


# -- roles and grants ----------------------------------------------------------------------------


def save_role(doing: Doing) -> None:
    """Make a role or change one: payload `code`, `name`, `needs_second_factor`,
    `is_entrusted`, and `actions` {permission: limit or None}.

    Actions that are left out of a given list are taken away.
    """
    role = _locked(Role, doing)
    before = _role_picture(role) if role else {}
    fields = fields_of(Role, ("code", "name", "needs_second_factor", "is_entrusted"))
    draft = role or Role(pk=doing.subject)
    _set(draft, _read(fields, {n: v for n, v in doing.payload.items() if n != "actions"}))
    problems = missing(fields, draft, path="")
    if Role.objects.filter(code=draft.code).exclude(pk=draft.pk).exists():
        problems.append(_duplicate(fields[0], draft.code))
    actions = doing.payload.get("actions")
    held = _read_limits(actions) if actions is not None else _limits_of(role)
    _refuse(problems)
    draft.save(force_insert=role is None)
    doing.result = people.make_role(draft.code, draft.name, held)
    doing.changes = difference(before, _role_picture(doing.result))
    _permit(doing)


def _limits_of(role: Role | None) -> dict[str, Decimal | None]:
    return dict(role.actions.values_list("code", "amount_max")) if role else {}


def _role_picture(role: Role) -> dict[str, Any]:
    limits = {f"actions.{code}": _limit(limit) for code, limit in _limits_of(role).items()}
    flags = {name: True for name in ("needs_second_factor", "is_entrusted") if getattr(role, name)}
    return {"code": role.code, "name": role.name, **flags, **limits}


def _limit(limit: Decimal | None) -> str:
    return "" if limit is None else str(plain(limit))


def _read_limits(raw: Any) -> dict[str, Decimal | None]:
    if not isinstance(raw, Mapping):
        raise Refusal("invalid", problems=[{"path": "actions", "code": "object_format"}])
    limit = Field("limit", "money", _("limit"), "", False, step=Decimal("0.01"),
                  may_be_negative=False)  # fmt: skip
    paths = [f"actions.{code}" for code in raw]
    values, problems = read([limit], [{"limit": given} for given in raw.values()], paths=paths)
    _refuse(problems)
    return {str(code): row["limit"] for code, row in zip(raw, values, strict=True)}


def give_grant(doing: Doing) -> None:
    """Let a person hold a role at a unit and below: payload `person`, `role`, `unit`,
    `valid_from`, `valid_until`. The same grant again changes its last day."""
    fields = fields_of(Grant, GRANT)
    values = _read(fields, doing.payload)
    grant = Grant(**values)
    _refuse(missing(fields, grant, path=""))
    same = {name: values.get(name) for name in ("person", "role", "unit", "valid_from")}
    known = Grant.objects.select_for_update(of=("self",)).filter(**same).first()
    if known is not None and known.pk != doing.subject:
        _refuse([_duplicate(fields[1], str(grant.role))])
    before = _picture(known, GRANT) if known else {}
    doing.result = people.give_role(
        grant.person, grant.role, grant.unit, valid_from=grant.valid_from,
        valid_until=grant.valid_until, pk=doing.subject,
    )  # fmt: skip
    doing.changes = difference(before, _picture(doing.result, GRANT))
    doing.org_unit = grant.unit
    _permit(doing)


def end_grant(doing: Doing) -> None:
    """Let a grant hold through a day: payload `last_day`."""
    grant = _there(Grant, doing)
    try:
        last_day = read_date(doing.payload.get("last_day"))
    except Unreadable as wrong:
        raise _unreadable("last_day", _("last day"), wrong) from None
    before = grant.valid_until
    people.end_grant(grant, last_day=last_day)
    doing.changes = {"valid_until": [before, last_day]}
    doing.org_unit = grant.unit
    _permit(doing)


# -- tokens --------------------------------------------------------------------------------------


def make_token(doing: Doing) -> None:
    """Make an API token: payload `person` (else oneself), `name`, `scopes`, `days`.

    The result is its secret. It is shown this once: the same request sent again answers nothing.
    """
    _refuse_narrow_token()
    person = _named(Person, "person", doing.payload) if doing.payload.get("person") else None
    person = person or who().person
    assert person is not None, "A token is somebody's."
    days, scopes = doing.payload.get("days"), doing.payload.get("scopes") or ()
    if not isinstance(scopes, Sequence) or isinstance(scopes, str | bytes):
        raise Refusal("invalid", problems=[{"path": "scopes", "code": "list_format"}])
    name = _text(doing.payload.get("name"), 60)
    given = {"name": (_("name"), name), "scopes": (_("scopes"), scopes)}
    if missing := [(path, label) for path, (label, value) in given.items() if not value]:
        problems = [{"path": p, "code": "required", "label": str(label)} for p, label in missing]
        raise Refusal("invalid", problems=problems)
    count = as_count(days)
    token, doing.result = tokens.make_token(
        person, name, [str(scope) for scope in scopes], days=count, pk=doing.subject
    )
    doing.changes = {
        "name": [None, name],
        "person": [None, person.pk],
        "scopes": [None, "、".join(token.scopes)],
        "expires_at": [None, token.expires_at],
    }
    _permit(doing)


def revoke_token(doing: Doing) -> None:
    """End an API token for good."""
    token = _there(ApiToken, doing)
    tokens.revoke_token(token)
    doing.changes = {"revoked": [token.revoked_at is not None, True]}
    _permit(doing)


def as_count(raw: Any) -> int:
    """A whole number of days; what is none becomes one that no rule allows."""
    return int(raw) if isinstance(raw, int) or (isinstance(raw, str) and raw.isdecimal()) else 0


# -- what all of them share ----------------------------------------------------------------------


def _permit(doing: Doing) -> None:
    """The function that was called has asked for permission itself."""
    doing.is_permitted = True
    doing.kind = doing.action.code.rpartition(".")[0]


def _locked(model: type[models.Model], doing: Doing) -> Any:
    rows: Any = model._default_manager
    return rows.select_for_update(of=("self",)).filter(pk=doing.subject).first()


def _there(model: type[models.Model], doing: Doing) -> Any:
    row = _locked(model, doing)
    if row is None:
        raise Refusal("not_found")
    return row


def _named(model: type[models.Model], name: str, payload: Mapping[str, Any]) -> Any:
    """The row that the payload names, by whatever people call it."""
    field = Field(name, "reference", _(name), "", True, target=model)
    row = _read([field], {name: payload.get(name)})[name]
    if row is None:
        _refuse([{"path": name, "code": "required", "label": name}])
    return row


def _read(fields: Sequence[Field], payload: Mapping[str, Any]) -> dict[str, Any]:
    values, problems = read(fields, [payload], paths=[""])
    _refuse(problems)
    return values[0]


def _read_time(raw: Any) -> time | None:
    if raw is None or raw == "" or isinstance(raw, time):
        return raw or None
    try:
        return time.fromisoformat(str(raw)).replace(tzinfo=None)
    except ValueError:
        given = str(raw)[:40]
        problem = {"path": "day_cut", "code": "not_a_time", "given": given}
        raise Refusal("invalid", problems=[problem]) from None


def _text(raw: Any, max_length: int | None) -> str:
    try:
        return read_text("" if raw is None else raw, max_length=max_length)
    except Unreadable as wrong:
        raise _unreadable("name", _("name"), wrong) from None


def _unreadable(path: str, label: Any, wrong: Unreadable) -> Refusal:
    problem = {"path": path, "label": str(label), "code": wrong.code, **wrong.facts}
    return Refusal("invalid", problems=[problem])


def _set(row: models.Model, values: Mapping[str, Any]) -> None:
    """Give a row its values; an emptied flag stays as it was."""
    for name, value in values.items():
        if value is not None:
            setattr(row, name, value)


def _duplicate(field: Field, given: str) -> Problem:
    return {"path": field.name, "code": "duplicate", "label": str(field.label), "given": given}


def _picture(row: Any, names: tuple[str, ...]) -> dict[str, Any]:
    model: type[models.Model] = type(row)
    picture = {f.name: getattr(row, f.attribute) for f in fields_of(model, names)}
    return {name: str(v) if isinstance(v, time) else v for name, v in picture.items()}


def _refuse(problems: list[Problem]) -> None:
    if problems:
        raise Refusal("invalid", problems=problems)


# -- the register --------------------------------------------------------------------------------

Run = Callable[[Doing], None]
ACTIONS: tuple[tuple[str, Any, Run, str, str], ...] = (
    ("org.entity.save", _("Save a legal entity"), save_entity, EDIT_ENTITY, "saved"),
    (
        "org.entity.set_taxpayer_kind", _("Set the taxpayer kind"), set_taxpayer_kind,
        EDIT_ENTITY, "taxpayer_kind_set",
    ),
    ("org.unit.save", _("Save a unit"), save_unit, units.EDIT, "saved"),
    ("org.unit.move", _("Move a unit"), move_unit, units.EDIT, "moved"),
    ("org.unit.set_modules", _("Switch modules"), set_modules, units.EDIT, "modules_set"),
    ("org.person.save", _("Save a person"), save_person, people.EDIT_PERSON, "saved"),
    ("org.person.switch_off", _("Switch off"), switch_off, people.EDIT_PERSON, "switched_off"),
    ("org.person.switch_on", _("Switch on"), switch_on, people.EDIT_PERSON, "switched_on"),
    (
        "org.person.end_sessions", _("Sign out everywhere"), end_sessions, people.EDIT_PERSON,
        "sessions_ended",
    ),
    (
        "org.person.set_password", _("Set a password"), set_password, people.EDIT_PERSON,
        "password_set",
    ),
    ("org.person.set_pin", _("Set a PIN"), set_pin, people.EDIT_PERSON, "pin_set"),
    ("org.role.save", _("Save a role"), save_role, people.EDIT_ROLE, "saved"),
    ("org.grant.give", _("Give a role"), give_grant, people.EDIT_GRANT, "given"),
    ("org.grant.end", _("End a role"), end_grant, people.EDIT_GRANT, "ended"),
    ("org.token.make", _("Make an API token"), make_token, EDIT_TOKEN, "made"),
    ("org.token.revoke", _("Revoke an API token"), revoke_token, EDIT_TOKEN, "revoked"),
)  # fmt: skip
for _code, _title, _run, _permission, _past in ACTIONS:
    _event = declare_event(f"{_code.rpartition('.')[0]}.{_past}", f"{_code}: {_past}")
    register_action(
        Action(code=_code, title=_title, run=_run, permission=_permission, event=_event)
    )
