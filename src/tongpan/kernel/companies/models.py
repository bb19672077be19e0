"""Companies: one schema each. Nothing here knows what a company does."""

from django.db import models
from django_tenants.models import DomainMixin, TenantMixin

from tongpan.base import env


class Company(TenantMixin):  # type: ignore[misc]
    """A company that runs on this installation. Its data lives in a schema of its own.

    Made by migration only (`make_company`), never by cloning a schema: cloned functions keep
    writing into the company that they came from.
    """

    name = models.CharField(max_length=80)
    created_at = models.DateTimeField(default=env.now, editable=False)

    auto_create_schema = False  # `make_company` makes it
    auto_drop_schema = False

    class Meta:
        db_table = "company"


class Domain(DomainMixin):  # type: ignore[misc]
    """A host name that opens one company."""

    class Meta:
        db_table = "domain"
