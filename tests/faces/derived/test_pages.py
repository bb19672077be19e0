"""Every derived page opens for who may see it, and is not there for who may not."""

from collections.abc import Callable
from uuid import UUID

import pytest

from tests.faces.derived.conftest import Browser
from tongpan.kernel.documents.registry import document_types, find_action, master_types

Browse = Callable[[str, str], Browser]


@pytest.mark.parametrize("code", [t.code for t in document_types()])
def test_the_list_and_the_empty_form_of_every_type_open(browse: Browse, code: str) -> None:
    owner = browse("zhou", "warehouse")

    assert owner.get(f"/d/{code}/").status_code == 200
    is_drafted = find_action(f"{code}.save") is not None
    assert owner.get(f"/d/{code}/new").status_code == (200 if is_drafted else 404)


@pytest.mark.parametrize("code", [t.code for t in master_types()])
def test_the_list_and_the_form_of_every_master_open(browse: Browse, code: str) -> None:
    owner = browse("zhou", "hq")

    assert owner.get(f"/m/{code}/").status_code == 200
    assert owner.get(f"/m/{code}/new").status_code == 200


def test_a_draft_is_a_form_for_who_may_write_it(browse: Browse, draft: UUID) -> None:
    page = browse("wang", "warehouse").get(f"/d/stock.transfer/{draft}/")

    assert page.status_code == 200
    assert 'name="lines.0.quantity"' in page.content.decode()


def test_a_posted_transfer_is_read_with_both_ends(browse: Browse, sent: UUID) -> None:
    page = browse("wang", "warehouse").get(f"/d/stock.transfer/{sent}/")

    html = page.content.decode()
    assert "DB-W01-26-00001" in html
    assert "436.00" in html  # the value of what left, in both money accounts
