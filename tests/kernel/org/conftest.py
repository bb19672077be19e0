"""A small tree and its people, inside the company's schema."""

from dataclasses import dataclass
from typing import Any

import pytest

from tongpan.kernel.org.models import Grant, LegalEntity, OrgUnit, Person, Role, RoleAction
from tongpan.kernel.org.scope import system
from tongpan.kernel.org.units import create_unit


@dataclass
class Chain:
    """HQ > East > North store (with till 1) and South store; HQ > Warehouse."""

    hq: OrgUnit
    east: OrgUnit
    north: OrgUnit
    south: OrgUnit
    warehouse: OrgUnit
    till: OrgUnit


@pytest.fixture
def chain(staged: Any) -> Chain:
    return staged(a_chain)


def a_chain() -> Chain:
    entity = LegalEntity.objects.create(name="北方商贸", credit_code="91350100M000100Y43")
    with system(reason="test"):
        hq = create_unit(parent=None, kind="company", code="hq", name="总部", entity=entity)
        east = create_unit(parent=hq, kind="region", code="east", name="东区")
        north = create_unit(parent=east, kind="store", code="north", name="北店")
        south = create_unit(parent=east, kind="store", code="south", name="南店")
        warehouse = create_unit(parent=hq, kind="warehouse", code="wh", name="总仓")
        till = create_unit(parent=north, kind="till", code="north-1", name="一号收银台")
    return Chain(hq, east, north, south, warehouse, till)


def a_person(
    username: str = "lin", **grants: tuple[OrgUnit, str] | tuple[OrgUnit, str, str]
) -> Person:
    """A person with one role per keyword: (unit, code) or (unit, code, amount_max)."""
    person = Person.objects.create(username=username, name=username.title())
    for name, (unit, code, *limit) in grants.items():
        role = Role.objects.create(code=f"{username}-{name}", name=name)
        RoleAction.objects.create(role=role, code=code, amount_max=limit[0] if limit else None)
        Grant.objects.create(person=person, role=role, unit=unit)
    return person
