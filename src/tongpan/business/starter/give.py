"""Gives a new company its first roles and masters, through the door that every import uses."""

from typing import Any

from tongpan.base import env
from tongpan.business.starter.masters import (
    EARN_RULE,
    METHODS,
    PIECES,
    PROGRAMME,
    PURPOSES,
    SINCE,
    TAXES,
    WALLET_RULE,
    WEIGHTS,
)
from tongpan.business.starter.roles import NOT_ENTRUSTED, ROLES
from tongpan.kernel.documents.gate import run
from tongpan.kernel.org.models import OrgUnit, Role
from tongpan.kernel.org.people import make_role

RETAIL = ("RETAIL", "统一零售价")


def give_roles() -> dict[str, Role]:
    """Make the roles, by code. Inside `system(...)`: nobody is there yet who could."""
    made = {code: make_role(code, name, actions) for code, (name, actions) in ROLES.items()}
    Role.objects.exclude(code__in=NOT_ENTRUSTED).update(is_entrusted=True)
    return made


def give_masters(top: OrgUnit) -> None:
    """Make what items, purchases and slips need before the first of them can be written.

    Acts as the person who acts, and needs their permission.
    """
    treatments: list[dict[str, Any]] = [
        {"code": code, "name": name, "treatment": treatment}
        for code, name, treatment, _rate in TAXES.values()
    ]
    rates: list[dict[str, Any]] = [
        {"category": code, "rate": rate, "valid_from": SINCE}
        for code, _name, _treatment, rate in TAXES.values()
        if rate
    ]
    measures: list[dict[str, Any]] = [
        {"code": f"U{number:02}", "name": name} for number, name in enumerate(PIECES, start=1)
    ]
    measures += [
        {"code": code, "name": name, "dimension": "weight", "size": size, "step": "0.001"}
        for code, name, size in WEIGHTS
    ]
    methods = [{"code": code, "name": name, **more} for code, name, more in METHODS]
    purposes = [{"code": code, "name": name, "kind": kind} for code, name, kind in PURPOSES]
    code, name = RETAIL
    first = env.now().astimezone(top.zone).date().replace(month=1, day=1)
    prices = {"code": code, "name": name, "org_unit": top, "valid_from": first}
    given: tuple[tuple[str, list[dict[str, Any]]], ...] = (
        ("taxes.category", treatments),
        ("taxes.rate", rates),
        ("items.unit", measures),
        ("till.payment_method", methods),
        ("treasury.purpose", purposes),
        ("membership.programme", [PROGRAMME]),
        ("membership.earn_rule", [{**EARN_RULE, "valid_from": first}]),
        ("membership.wallet_rule", [WALLET_RULE]),
        ("prices.list", [prices]),
    )
    for kind, rows in given:
        named = [{"id": env.new_id(), **row} for row in rows]
        run("masters.bring_in", payload={"type": kind, "rows": named})
