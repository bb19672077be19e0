"""What a new company begins with: enough to write the first item, order and slip at once."""

import pytest

from tongpan.business.starter import ROLES
from tongpan.business.till.models import PaymentMethod
from tongpan.business.till.queries import methods
from tongpan.config.first_person import make_first_person
from tongpan.kernel.documents.registry import document_types
from tongpan.kernel.org.models import OrgUnit, Person, Role
from tongpan.kernel.org.permissions import is_known, permissions
from tongpan.kernel.org.scope import acting, may, system
from tongpan.masters.items.models import UnitOfMeasure
from tongpan.masters.prices.models import PriceList
from tongpan.masters.taxes.models import TaxCategory

pytestmark = pytest.mark.usefixtures("company")


def test_a_new_company_has_its_owner_roles_measures_taxes_and_ways_to_pay() -> None:
    told = make_first_person()

    assert told is not None
    assert told[0] == "owner"
    with system(reason="look at the new company"):
        owner, top = Person.objects.get(), OrgUnit.objects.get()
        assert {role.code for role in Role.objects.all()} == set(ROLES)
    with acting(owner, top):
        assert may("org.person.edit", top)
        assert UnitOfMeasure.objects.filter(name="瓶").exists()
        assert UnitOfMeasure.objects.get(name="斤").step.normalize().as_tuple().exponent == -3
        assert {c.treatment for c in TaxCategory.objects.all()} >= {"taxable", "exempt"}
        assert PaymentMethod.objects.filter(gives_change=True).count() == 1
        assert PriceList.objects.get().org_unit == top
        assert [m.code for m in methods()][:3] == ["CASH", "WECHAT", "ALIPAY"]


def test_a_second_start_gives_nothing_again() -> None:
    make_first_person()

    assert make_first_person() is None


def test_every_permission_of_a_role_is_one_that_the_program_asks_for() -> None:
    for role, (_name, held) in ROLES.items():
        unknown = [code for code in held if not is_known(code)]
        assert not unknown, f"{role} may {unknown}, and nobody asks for it"


def test_the_auditor_reads_every_kind_of_document() -> None:
    held = ROLES["auditor"][1]

    assert [t.code for t in document_types() if t.permission("view") not in held] == []
    changes = ("save", "post", "reverse", "edit", "submit")
    assert not [code for code in held if code.rpartition(".")[2] in (*changes, "*")]


def test_the_administrator_sets_up_whatever_settings_there_are() -> None:
    allowed = tuple(code.removesuffix("*") for code in ROLES["administrator"][1])

    edits = {p.code for p in permissions() if p.code.endswith(".edit")}
    assert {code for code in edits if not code.startswith(allowed)} == set()
