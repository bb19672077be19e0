"""Making a company, and finding the one that a host name opens."""

from typing import Any, cast

from django.conf import settings
from django.db import connection
from django.db.models import Exists, OuterRef, Q
from psycopg import sql

from tongpan.base.refusals import Refusal
from tongpan.kernel.companies.migrating import migrate
from tongpan.kernel.companies.models import Company, Domain


def make_company(schema: str, name: str) -> Company:
    """Make a company with its schema and all its tables. Making it twice changes nothing.

    It is there once its tables are: one that was cut off is no company yet, and goes on.
    Errors: Refusal("owner_role_needed") in a process that does not run as the tables' owner.
    """
    if settings.DATABASE_ROLE != "owner":
        raise Refusal("owner_role_needed", schema=schema)
    cast("Any", connection).set_schema_to_public()
    there: Company | None = Company.objects.filter(schema_name=schema).first()
    if there is None:
        there = Company(schema_name=schema, name=name)
        there.full_clean()
        with connection.cursor() as cursor:
            cursor.execute(
                sql.SQL("create schema if not exists {}").format(sql.Identifier(schema)).as_string()
            )
        migrate(schema)
        there.save()
    return there


def company_for_host(host: str) -> Company:
    """The company that claimed this host name, else the installation's default one.

    Errors: Refusal("company_unknown") if there is no default company either.
    """
    name = _without_port(host)
    claimed = Exists(Domain.objects.filter(tenant=OuterRef("pk"), domain=name))
    rows = Company.objects.annotate(is_claimed=claimed)
    rows = rows.filter(Q(is_claimed=True) | Q(schema_name=settings.DEFAULT_COMPANY))
    found: Company | None = rows.order_by("-is_claimed").first()
    if found is None:
        raise Refusal("company_unknown", host=name)
    return found


def _without_port(host: str) -> str:
    """`Shop.example:8000` → `shop.example`; an address in brackets keeps its colons."""
    if host.startswith("["):
        return host.partition("]")[0].lower() + "]"
    return host.partition(":")[0].rstrip(".").lower()
