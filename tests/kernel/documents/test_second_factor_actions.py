"""Two-step sign-in through the gate: each for oneself, and a colleague's taken away."""

import pytest

from tests.chain import NOON, Chain, a_chain
from tests.kernel.org.device import Device
from tests.kernel.org.test_second_factor import code_of
from tongpan.base import env
from tongpan.base.refusals import Refusal
from tongpan.kernel.documents.gate import run
from tongpan.kernel.documents.history import history_of
from tongpan.kernel.documents.second_factor_actions import (
    ADD_PASSKEY,
    BEGIN,
    REMOVE,
    REMOVE_PASSKEY,
    RENEW_CODES,
    TURN_OFF,
    TURN_ON,
)
from tongpan.kernel.org import passkeys, second_factor
from tongpan.kernel.org.models import Role
from tongpan.kernel.org.scope import system


@pytest.fixture
def chain(company: str) -> Chain:
    return a_chain()


def turn_on(chain: Chain, who: str) -> str:
    """Answers what was shown: the key and the recovery codes."""
    me = chain.people[who].pk
    with chain.as_(who, "hq"):
        key = second_factor.key_of(run(BEGIN, me).result)
        codes = run(TURN_ON, me, {"one_time_code": code_of(key, NOON)}).result
        return " ".join((key, *codes, *run(RENEW_CODES, me).result))


def test_a_person_turns_it_on_and_off_and_history_holds_no_secret(chain: Chain) -> None:
    lin = chain.people["lin"]
    shown = turn_on(chain, "lin")
    Role.objects.filter(code="cashier").update(needs_second_factor=True)
    with chain.as_("lin", "north"):
        with pytest.raises(Refusal, match="second_factor_needed"):
            run(TURN_OFF, lin.pk)
        Role.objects.update(needs_second_factor=False)
        run(TURN_OFF, lin.pk)

    lines = list(history_of(lin.pk))
    assert {row.action for row in lines} == {BEGIN, TURN_ON, RENEW_CODES, TURN_OFF}
    assert {row.kind for row in lines} == {"org.person"}
    assert not any(secret in str([r.changes for r in lines]) for secret in shown.split())
    assert not second_factor.is_on(lin)


def test_a_colleague_s_is_removed_and_one_s_own_is_not(chain: Chain) -> None:
    for name in ("lin", "zhou"):
        turn_on(chain, name)
    with chain.as_("zhou", "hq"):
        run(REMOVE, chain.people["lin"].pk)
        with pytest.raises(Refusal, match="second_factor_own"):
            run(REMOVE, chain.people["zhou"].pk)
        with pytest.raises(Refusal, match="not_found"):
            run(REMOVE, env.new_id())

    assert not second_factor.is_on(chain.people["lin"])
    assert second_factor.is_on(chain.people["zhou"])


def test_neither_a_program_nor_a_colleague_nor_nobody_has_one_s_phone(chain: Chain) -> None:
    zhou, lin = chain.people["zhou"].pk, chain.people["lin"].pk
    for person, scopes in ((zhou, ["*"]), (lin, None)):
        with chain.as_("zhou", "hq", scopes=scopes), pytest.raises(Refusal, match="not_found"):
            run(BEGIN, person)
    with system(reason="test"), pytest.raises(Refusal, match="not_found"):
        run(BEGIN, zhou)


def test_a_role_that_asks_for_it_says_so_in_its_history(chain: Chain) -> None:
    role = Role.objects.get(code="cashier")
    with chain.as_("zhou", "hq"):
        run("org.role.save", role.pk, {"needs_second_factor": True})
        run("org.role.save", role.pk, {"needs_second_factor": False})

    said = [row.changes for row in history_of(role.pk)]
    assert sorted(said, key=str) == [
        {"needs_second_factor": [None, True]},
        {"needs_second_factor": [True, None]},
    ]


def test_a_passkey_is_added_and_removed_under_its_name(chain: Chain) -> None:
    lin, site = chain.people["lin"], "shop.example.cn"
    _options, challenge = passkeys.offer(lin, site=site, company="北方")
    given = {"answer": Device().make(challenge), "challenge": challenge, "site": site}
    with chain.as_("lin", "north"):
        with pytest.raises(Refusal, match="invalid"):
            run(ADD_PASSKEY, lin.pk, given)
        kept = run(ADD_PASSKEY, lin.pk, {**given, "origin": f"https://{site}", "name": "phone"})
        run(REMOVE_PASSKEY, kept.result.pk)

    said = [row.changes for row in history_of(lin.pk)]
    assert sorted(said, key=str) == [{"passkey": ["phone", None]}, {"passkey": [None, "phone"]}]
