"""Who may do what, as pages and as sheets."""

import io
from typing import Any

import pytest
import python_calamine
from django.test import Client

from tests.chain import Chain
from tests.faces.settings.test_settings import text_of


def book(client: Client, url: str) -> list[tuple[Any, ...]]:
    answer = client.get(url)
    assert answer.status_code == 200
    sheet = python_calamine.load_workbook(io.BytesIO(answer.content)).get_sheet_by_index(0)
    return [tuple(row) for row in sheet.to_python()]


def test_who_sees_costs_and_by_which_rule(zhou: Client, chain: Chain) -> None:
    page = text_of(zhou, "/settings/access/")
    rows = book(zhou, "/settings/access/?as=sheet")
    at_south = book(zhou, f"/settings/access/?as=sheet&unit={chain.units['south'].pk}")

    assert "See costs and supplier prices" in page
    assert "周敏" in page
    assert "林小雨" not in page
    assert rows[0][:5] == ("Person", "sign-in name", "At the unit and below", "Role", "Rule")
    assert ("周敏", "zhou", "HQ 总部", "老板", "everything [*]") in [row[:5] for row in rows]
    assert {row[1] for row in at_south[1:]} < {row[1] for row in rows[1:]}


def test_any_permission_can_be_asked_for(zhou: Client, chain: Chain) -> None:
    page = text_of(zhou, "/settings/access/?code=org.grant.edit")

    assert "赵店长" in page
    assert "店务" in page
    assert zhou.get("/settings/access/?code=fly.away").status_code == 404


def test_all_that_a_person_may_do_unit_by_unit(zhou: Client, chain: Chain) -> None:
    zhao = chain.people["zhao"]
    url = f"/settings/people/{zhao.pk}/access"
    page = text_of(zhou, url)
    rows = book(zhou, f"{url}?as=sheet")

    assert "What 赵店长 may do" in page
    assert ("Edit units", "org.unit.edit", "S02 南站店", "店务") in [row[:4] for row in rows]
    assert not [row for row in rows if row[1] == "org.role.edit"]
    assert "Edit units" not in text_of(zhou, f"{url}?q=no-such-word")
    assert "Edit units" in text_of(zhou, f"{url}?q=units&unit={chain.units['south'].pk}")
    assert f'href="{url}"' in text_of(zhou, f"/settings/people/{zhao.pk}/")


@pytest.mark.parametrize("who", ["lin", "zhao"])
def test_everybody_sees_what_they_may_do_themselves(browse: Any, chain: Chain, who: str) -> None:
    client = browse(who, "south" if who == "zhao" else "north")

    assert "may do" in text_of(client, "/me/access/")
    assert client.get("/settings/access/").status_code == 404
    assert client.get(f"/settings/people/{chain.people['zhou'].pk}/access").status_code == 404


def test_a_person_who_is_not_there(zhou: Client) -> None:
    url = "/settings/people/01980000-0000-7000-8000-00000000000f/access"

    assert zhou.get(url).status_code == 404
