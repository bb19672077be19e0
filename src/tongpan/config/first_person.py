"""The one person of a new, empty company: its owner, who makes everybody else."""

from django.db import transaction

from tongpan.base import env
from tongpan.business.starter import give_masters, give_roles
from tongpan.kernel.org.models import LegalEntity, Person
from tongpan.kernel.org.people import create_person, give_role
from tongpan.kernel.org.scope import acting, system
from tongpan.kernel.org.sign_in import set_password
from tongpan.kernel.org.units import create_unit

USERNAME = "owner"


def make_first_person() -> tuple[str, str, str] | None:
    """Make the company's top unit, its roles and first masters, and its owner.

    Returns the sign-in name, a password that is shown once, and what the person does; None when
    somebody is there already.
    """
    with transaction.atomic(), system(reason="the first day of a company"):
        if Person.objects.exists():
            return None
        entity = LegalEntity.objects.create(name="我的公司")
        top = create_unit(parent=None, kind="company", code="HQ", name="总部", entity=entity)
        roles = give_roles()
        person = create_person(USERNAME, "老板")
        password = env.token(6)
        set_password(person, password)
        give_role(person, roles["owner"], top)
        with acting(person, top, via="import"):
            give_masters(top)
    return USERNAME, password, "老板 · owner"
