"""The company that a request is about, found by its host name."""

from collections.abc import Callable

from django.db import connection
from django.http import HttpRequest, HttpResponse, HttpResponseNotFound

from tongpan.base import env
from tongpan.base.refusals import Refusal
from tongpan.kernel.companies.making import company_for_host
from tongpan.kernel.companies.models import Company

REMEMBERED_S, REMEMBERED_MOST = 5.0, 1000
_known: dict[tuple[str, str], tuple[Company, float]] = {}


class CompanyOfHost:
    """Middleware: everything after it works in the schema of the host's company."""

    def __init__(self, answer: Callable[[HttpRequest], HttpResponse]) -> None:
        self.answer = answer

    def __call__(self, request: HttpRequest) -> HttpResponse:
        try:
            company = _company(request.get_host())
        except Refusal:
            return HttpResponseNotFound("没有这家公司 · There is no such company")
        if connection.tenant is not company:  # type: ignore[attr-defined]
            connection.set_tenant(company)  # type: ignore[attr-defined]
        return self.answer(request)


def _company(host: str) -> Company:
    """Remembered for a little while: host names change once in a year, and every request asks."""
    key, now_s = (str(connection.settings_dict["NAME"]), host), env.monotonic_s()
    known = _known.get(key)
    if known is not None and now_s < known[1]:
        return known[0]
    connection.set_schema_to_public()  # type: ignore[attr-defined]
    company = company_for_host(host)
    if len(_known) >= REMEMBERED_MOST:  # hosts are what strangers say
        _known.clear()
    _known[key] = (company, now_s + REMEMBERED_S)
    return company
