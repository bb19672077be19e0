"""Every request is about one company, which its host name says and nobody looks up each time."""

from typing import Any

import pytest
from django.db import connection
from django.http import HttpResponse
from django.test import RequestFactory
from django.test.utils import CaptureQueriesContext
from django_tenants.utils import schema_context

from tongpan.base import env
from tongpan.config import company_of_host
from tongpan.config.company_of_host import REMEMBERED_S, CompanyOfHost
from tongpan.kernel.companies.models import Company, Domain


@pytest.fixture(autouse=True)
def nothing_known(db: None, settings: Any) -> None:
    settings.ALLOWED_HOSTS, settings.DEFAULT_COMPANY = ["*"], "north"
    company_of_host._known.clear()


def schema_at(host: str) -> str:
    answer = CompanyOfHost(lambda _request: HttpResponse(connection.schema_name))  # type: ignore[attr-defined]
    return answer(RequestFactory().get("/", HTTP_HOST=host)).content.decode()


def south() -> None:
    with schema_context("public"):
        company = Company.objects.create(schema_name="south", name="南方")
        Domain.objects.create(domain="south.example", tenant=company)


def test_the_company_of_a_host_is_looked_up_once() -> None:
    assert schema_at("shop.example") == "north"

    with CaptureQueriesContext(connection) as asked:
        assert schema_at("shop.example") == "north"

    assert len(asked) == 0


def test_requests_of_two_companies_take_turns() -> None:
    south()

    assert [schema_at(h) for h in ("south.example", "north.example", "south.example")] == [
        "south", "north", "south",
    ]  # fmt: skip


def test_a_host_that_was_claimed_opens_its_company_seconds_later(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    assert schema_at("south.example") == "north"
    south()
    later_s = env.monotonic_s() + REMEMBERED_S + 0.1
    monkeypatch.setattr(env, "monotonic_s", lambda: later_s)

    assert schema_at("south.example") == "south"


def test_without_a_company_nothing_is_told(settings: Any) -> None:
    settings.DEFAULT_COMPANY = "missing"

    assert "没有这家公司" in schema_at("strange.example")
