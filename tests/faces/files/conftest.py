"""People who import and export, each in a browser of their own."""

import io
from collections.abc import Callable, Iterator
from typing import Any

import pytest
import xlsxwriter
from django.test import Client

from tests.chain import NOON, Chain, a_chain
from tongpan.base import env


class Browser(Client):
    """Somebody's browser: uploads a sheet and goes where the page leads."""

    def upload(self, code: str, content: bytes, name: str = "sheet.xlsx") -> Any:
        file = io.BytesIO(content)
        file.name = name
        return self.post(f"/files/import/{code}", {"file": file}, follow=True)

    def bring_in(self, code: str, content: bytes, **more: str) -> Any:
        """Upload a sheet, look at it, and import it."""
        seen = self.upload(code, content)
        assert seen.status_code == 200, seen.content.decode()[:2000]
        return self.post(f"{seen.request['PATH_INFO']}/apply", more, follow=True)


@pytest.fixture
def chain(company: str, staged: Any, settings: Any, tmp_path: Any) -> Iterator[Chain]:
    settings.DEFAULT_COMPANY = company
    settings.DATA = tmp_path
    with env.frozen(NOON):
        yield staged(a_chain)


@pytest.fixture
def browser(chain: Chain) -> Callable[[str], Browser]:
    def of(person: str) -> Browser:
        browser = Browser()
        who = chain.people[person]
        who.language = "en"
        who.save()
        browser.force_login(who, backend="tongpan.kernel.org.backend.PersonBackend")
        return browser

    return of


def a_book(*rows: Any) -> bytes:
    """A workbook with these rows."""
    out = io.BytesIO()
    with xlsxwriter.Workbook(
        out, {"strings_to_formulas": False, "default_date_format": "yyyy-mm-dd"}
    ) as book:
        sheet = book.add_worksheet()
        for y, row in enumerate(rows):
            sheet.write_row(y, 0, row)
    return out.getvalue()
