"""Companies: one schema each. Nothing here knows what a company does."""

from django.db import models
from django_tenants.models import DomainMixin, TenantMixin


class Company(TenantMixin):  # type: ignore[misc]
    """A company that runs on this installation. Its data lives in a schema of its own.

    Made by migration only, never by cloning a schema: cloned functions keep writing into the
    company that they came from.
    """

    name = models.CharField(max_length=80)
    created_at = models.DateTimeField(auto_now_add=True)

    auto_create_schema = True
    auto_drop_schema = False


class Domain(DomainMixin):  # type: ignore[misc]
    """A host name that opens one company."""
