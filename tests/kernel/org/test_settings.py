"""Business settings: typed, declared once, chosen at a unit for itself and what is below."""

from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests.chain import Chain, a_chain
from tongpan.base.refusals import Forbidden, Refusal
from tongpan.kernel.documents.gate import run
from tongpan.kernel.documents.history import history_of
from tongpan.kernel.documents.setting_actions import subject_of
from tongpan.kernel.org import people, settings, sign_in, tokens
from tongpan.kernel.org.context import NoScope, system
from tongpan.kernel.org.models import SettingValue
from tongpan.kernel.org.settings import STORE, Setting, find_setting, value_of

PAPER = Setting(
    code="test.paper", kind="choice", default="a4", title="Paper", per=STORE,
    choices=(("a4", "A4"), ("80", "80 mm")),
)  # fmt: skip
DAYS = Setting(code="test.days", kind="integer", default=7, title="Days", least=1, most=30)
LOUD = Setting(code="test.loud", kind="flag", default=False, title="Loud")


@pytest.fixture
def chain(company: str) -> Any:
    kept = dict(settings._declared)
    for one in (PAPER, DAYS, LOUD):
        settings.declare_setting(one)
    yield a_chain()
    settings._declared.clear()
    settings._declared.update(kept)


def choose(chain: Chain, code: str, value: Any, unit: str = "") -> None:
    payload = {"code": code, "value": value}
    if unit:
        payload["unit"] = str(chain.units[unit].pk)
    with chain.as_("zhou", "hq"):
        run("org.setting.choose", payload=payload)


def test_a_setting_has_its_default_until_somebody_chooses(chain: Chain) -> None:
    with system(reason="test"):
        before = value_of(DAYS)
    choose(chain, "test.days", "14")

    with system(reason="test"):
        assert (before, value_of(DAYS)) == (7, 14)


def test_the_nearest_choice_upwards_holds(chain: Chain) -> None:
    choose(chain, "test.paper", "80")
    choose(chain, "test.paper", "a4", "north")

    with system(reason="test"):
        found = {u: value_of(PAPER, chain.units[u]) for u in ("hq", "north", "south")}
        nowhere = value_of(PAPER)
    assert found == {"hq": "80", "north": "a4", "south": "80"}
    assert nowhere == "80"


def test_letting_go_of_a_choice_lets_what_is_above_hold(chain: Chain) -> None:
    choose(chain, "test.paper", "80", "north")
    choose(chain, "test.paper", None, "north")
    choose(chain, "test.paper", None, "north")

    assert not SettingValue.objects.exists()
    north = chain.units["north"]
    changes = [h.changes for h in history_of(subject_of("test.paper", north))]
    assert sorted(map(str, changes)) == [
        "{'test.paper': ['80', None]}",
        "{'test.paper': [None, '80']}",
        "{'test.paper': [None, None]}",
    ]


@pytest.mark.parametrize(
    ("code", "value", "problem"),
    [
        ("test.days", "31", "setting_out_of_bounds"),
        ("test.days", "0", "setting_out_of_bounds"),
        ("test.days", "many", "setting_out_of_bounds"),
        ("test.paper", "a3", "setting_not_valid"),
        ("test.loud", "perhaps", "setting_not_valid"),
    ],
)
def test_what_cannot_be_chosen_is_refused(
    chain: Chain, code: str, value: str, problem: str
) -> None:
    with pytest.raises(Refusal, match=problem):
        choose(chain, code, value)


def test_a_flag_is_yes_or_no(chain: Chain) -> None:
    choose(chain, "test.loud", "on")

    with system(reason="test"):
        assert value_of(LOUD) is True


def test_what_is_the_company_s_is_not_chosen_for_a_store(chain: Chain) -> None:
    with pytest.raises(Refusal, match="setting_is_the_company_s"):
        choose(chain, "test.days", "3", "north")
    for payload in ({"code": "test.nothing"}, {"code": "test.days", "unit": "x"}):
        with chain.as_("zhou", "hq"), pytest.raises(Refusal, match="not_found"):
            run("org.setting.choose", payload=payload)


def test_a_stranger_chooses_nothing(chain: Chain) -> None:
    with chain.as_("lin", "north"), pytest.raises(Forbidden):
        run("org.setting.choose", payload={"code": "test.days", "value": 3})

    assert not SettingValue.objects.exists()


def test_all_settings_of_a_request_cost_one_query(chain: Chain) -> None:
    choose(chain, "test.days", "3")

    with chain.as_("lin", "north"), CaptureQueriesContext(connection) as asked:
        assert value_of(DAYS) == 3
        assert value_of(PAPER, chain.units["north"]) == "a4"
        assert value_of(LOUD) is False

    assert len(asked) == 1
    with pytest.raises(NoScope):
        value_of(DAYS)


def test_a_setting_is_declared_once_and_with_a_sound_default() -> None:
    with pytest.raises(AssertionError, match="declared twice"):
        settings.declare_setting(sign_in.PASSWORD_LENGTH)
    with pytest.raises(AssertionError, match="no code"):
        settings.declare_setting(Setting(code="No", kind="flag", default=True, title=""))
    with pytest.raises(Refusal):
        settings.declare_setting(
            Setting(code="test.x", kind="integer", default=9, most=8, title="")
        )
    assert find_setting("org.password_length") in settings.settings()


# -- those that the kernel reads ------------------------------------------------------------------


def test_what_the_company_chose_holds_for_passwords_tokens_and_new_people(chain: Chain) -> None:
    for code, value in (
        ("org.password_length", 12), ("org.token_days", 30), ("org.language", "en"),
    ):  # fmt: skip
        choose(chain, code, value)
    with system(reason="test"):
        person = people.create_person("neu", "Neu")
        with pytest.raises(Refusal) as short:
            sign_in.set_password(person, "violin-Rose")
        with pytest.raises(Refusal) as long:
            tokens.make_token(chain.people["zhou"], "till", ["*"], days=31)

    assert person.language == "en"
    assert [(p["code"], p["length_min"]) for p in short.value.problems] == [("password_short", 12)]
    assert long.value.facts["days_max"] == 30
