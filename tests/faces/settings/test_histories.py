"""What was changed of people, roles, units, entities and choices, as its reader would say it."""

import re
from html import unescape
from typing import Any

import pytest
from django.test import Client

from tests.chain import Chain
from tongpan.base import env
from tongpan.kernel.documents.gate import run
from tongpan.kernel.org.models import LegalEntity, Person, Role
from tongpan.kernel.org.scope import system


@pytest.fixture
def read(zhou: Client, chain: Chain) -> Any:
    """`read(url, language)` is the history on a page, as plain text."""

    def told(url: str, language: str = "zh-hans") -> str:
        Person.objects.filter(username="zhou").update(language=language)
        html = zhou.get(url).content.decode()
        history = html.partition("历史" if language == "zh-hans" else "History")[2]
        return re.sub(r"\s+", " ", unescape(re.sub(r"<[^>]+>", " ", history)))

    return told


def do(chain: Chain, action: str, subject: Any, **payload: Any) -> Any:
    with chain.as_("zhou", "hq"):
        return run(action, subject, payload).subject


def test_a_person_s_language_and_theme_are_called_by_their_names(chain: Chain, read: Any) -> None:
    lin = chain.people["lin"].pk
    do(chain, "org.person.save", lin, language="zh-hans", theme="dark")
    do(chain, "org.person.save", lin, language="en", email="lin@shop.cn")

    told = read(f"/settings/people/{lin}/")

    assert "语言 简体中文 → English" in told
    assert "主题 跟随设备 → 深色" in told
    assert "电子邮箱 已更改" in told
    assert "lin@shop.cn" not in told
    assert "zh-hans" not in told
    assert "Theme As the device → Dark" in read(f"/settings/people/{lin}/", "en")


def test_flags_and_given_roles_are_in_the_history_of_a_person(chain: Chain, read: Any) -> None:
    lin = chain.people["lin"].pk
    do(chain, "org.person.switch_off", lin)
    do(chain, "org.person.switch_on", lin)
    with system(reason="look"):
        role = Role.objects.get(code="keeper").pk
    south = chain.units["south"].pk
    grant = do(
        chain, "org.grant.give", env.new_id(), person=str(lin), role=str(role), unit=str(south),
        valid_from="2026-11-01",
    )  # fmt: skip
    do(chain, "org.grant.end", grant, last_day="2026-12-31")

    told = read(f"/settings/people/{lin}/")

    assert "启用 是 → 否" in told
    assert "店务" in told
    assert "南站店" in told
    assert "2026-11-01" in told
    assert "2026-12-31" in told


def test_kinds_of_an_entity_are_called_by_their_names(chain: Chain, read: Any) -> None:
    with system(reason="look"):
        entity = LegalEntity.objects.get(name="北方超市有限公司").pk
    change = "org.entity.set_taxpayer_kind"
    do(chain, change, entity, kind="small_scale", valid_from="2026-01-01")
    do(chain, change, entity, kind="general", valid_from="2026-01-01")

    told = read(f"/settings/entities/{entity}/")

    assert "2026-01-01 起 小规模纳税人 → 一般纳税人" in told
    assert "small_scale" not in told
    assert "From 2026-01-01 Small-scale taxpayer → General taxpayer" in read(
        f"/settings/entities/{entity}/", "en"
    )


def test_a_role_tells_which_permissions_and_limits_were_changed(chain: Chain, read: Any) -> None:
    role = do(
        chain, "org.role.save", env.new_id(), code="sender", name="Sender",
        actions={"stock.transfer.post": "500", "stock.transfer.view": None},
    )  # fmt: skip
    do(
        chain, "org.role.save", role, code="sender", name="Sender",
        actions={"stock.transfer.post": "1500.50"},
    )  # fmt: skip

    told = read(f"/settings/roles/{role}/", "en")

    assert "Post transfer" in told or "stock.transfer.post" not in told
    assert "500.00 → 1,500.50" in told
    assert re.search(r"no limit → —", told), told


def test_a_choice_tells_what_was_chosen_where(chain: Chain, read: Any) -> None:
    south = str(chain.units["south"].pk)
    do(chain, "org.setting.choose", None, code="org.language", value="en")
    do(chain, "org.setting.choose", None, code="prints.paper", value="needle", unit=south)

    assert "English" in read("/settings/choices/org.language/")
    told = read("/settings/choices/prints.paper/")
    assert "南站店 — → 241 mm 针式打印纸" in told
    assert "needle" not in told
    assert "周敏" in told


def test_a_token_tells_when_it_ends_as_people_read_time(chain: Chain, read: Any) -> None:
    token = do(
        chain, "org.token.make", env.new_id(), name="books", scopes=["stock.transfer.view"], days=30
    )

    told = read(f"/settings/tokens/{token}/")

    assert re.search(r"2026-12-21 \d\d:\d\d\b", told), told
    assert "+00:00" not in told
