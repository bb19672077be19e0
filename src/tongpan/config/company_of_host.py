"""The company that a request is about, found by its host name."""

from collections.abc import Callable

from django.db import connection
from django.http import HttpRequest, HttpResponse, HttpResponseNotFound

from tongpan.base.refusals import Refusal
from tongpan.kernel.companies.making import company_for_host


class CompanyOfHost:
    """Middleware: everything after it works in the schema of the host's company."""

    def __init__(self, answer: Callable[[HttpRequest], HttpResponse]) -> None:
        self.answer = answer

    def __call__(self, request: HttpRequest) -> HttpResponse:
        connection.set_schema_to_public()  # type: ignore[attr-defined]
        try:
            company = company_for_host(request.get_host())
        except Refusal:
            return HttpResponseNotFound("没有这家公司 · There is no such company")
        connection.set_tenant(company)  # type: ignore[attr-defined]
        return self.answer(request)
