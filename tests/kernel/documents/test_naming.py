"""Who may name a row of master data: whoever sees it, and whoever writes what refers to it."""

import pytest

from tests.chain import Chain
from tongpan.kernel.documents.naming import may_name, nameable
from tongpan.kernel.org.models import Grant, OrgUnit, Person, Role, RoleAction
from tongpan.kernel.org.scope import acting, system
from tongpan.masters.parties.models import Party
from tongpan.masters.taxes.models import TaxCategory


@pytest.fixture
def supplier(chain: Chain) -> Party:
    return Party.objects.create(code="V1", name="銮江")


def holding(chain: Chain, *codes: str) -> Person:
    """Somebody new who holds these codes in the whole chain."""
    with system(reason="the cast of the tests"):
        person = Person.objects.create(username="gu", name="顾")
        role = Role.objects.create(code="some", name="some")
        for code in codes:
            RoleAction.objects.create(role=role, code=code)
        Grant.objects.create(person=person, role=role, unit=chain.units["hq"])
    return person


@pytest.mark.parametrize(
    ("held", "named"),
    [
        ("parties.party.view", True),  # may see it
        ("purchasing.order.save", True),  # writes what refers to it
        ("items.supplier_item.save", True),  # master data may refer to it too
        ("stock.transfer.save", False),
    ],
)
def test_a_supplier_is_named_by_whom_it_concerns(
    chain: Chain, supplier: Party, held: str, named: bool
) -> None:
    with acting(holding(chain, held), at=chain.units["hq"]):
        assert may_name(Party) is named
        assert list(nameable(Party)) == ([supplier] if named else [])


def test_what_everybody_sees_is_named_by_everybody(chain: Chain) -> None:
    nobody = holding(chain)
    with acting(nobody, at=chain.units["hq"]):
        assert list(nameable(TaxCategory)) == list(TaxCategory.objects.all())
        assert not may_name(OrgUnit)
