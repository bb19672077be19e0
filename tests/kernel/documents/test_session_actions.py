"""Coming in, being signed out from elsewhere, and looking as somebody else."""

from typing import Any
from uuid import UUID

import pytest
from django.contrib.sessions.models import Session

from tests.chain import Chain, a_chain
from tongpan.base import env
from tongpan.base.refusals import Forbidden, Refusal
from tongpan.kernel.documents.gate import run
from tongpan.kernel.documents.history import history_of
from tongpan.kernel.org.context import LOOKING
from tongpan.kernel.org.models import Role
from tongpan.kernel.org.people import held_in_role
from tongpan.kernel.org.scope import acting, system
from tongpan.kernel.org.sessions import SessionStore, note_use, open_sessions
from tongpan.kernel.org.units import set_modules


@pytest.fixture
def chain(company: str) -> Chain:
    return a_chain()


def come_in(chain: Chain, who: str) -> UUID:
    store = SessionStore()
    store.save()
    with chain.as_(who, "hq"):
        return run(
            "org.session.begin", payload={"key": store.session_key, "device": "x" * 99}
        ).subject


def test_a_session_is_noted_used_and_ended(chain: Chain) -> None:
    pk = come_in(chain, "lin")
    other = come_in(chain, "lin")
    begun = open_sessions().get(pk=pk)
    note_use(pk)
    with chain.as_("lin", "north"):
        run("org.session.end", pk)

    assert len(begun.device) == 80
    assert open_sessions().get().pk == other
    assert Session.objects.count() == 1
    assert [row.action for row in history_of(pk)] == ["org.session.end", "org.session.begin"]
    assert history_of(pk)[0].changes == {"person": [None, str(chain.people["lin"].pk)]}
    assert begun.key not in str([row.changes for row in history_of(pk)])


def test_only_a_browser_begins_a_session(chain: Chain) -> None:
    with chain.as_("lin", "north"), pytest.raises(Refusal, match="not_found"):
        run("org.session.begin")
    with system(reason="test"), pytest.raises(Refusal, match="not_found"):
        run("org.session.begin", payload={"key": "x"})


def test_nobody_ends_the_session_of_who_holds_more(chain: Chain) -> None:
    pk = come_in(chain, "zhou")

    with chain.as_("lin", "north"), pytest.raises(Forbidden):
        run("org.session.end", pk)
    with chain.as_("zhou", "hq"), pytest.raises(Refusal, match="not_found"):
        run("org.session.end", env.new_id())

    assert open_sessions().get().pk == pk


@pytest.mark.parametrize("verb", ["end_sessions", "switch_off", "set_password"])
def test_what_ends_all_sessions_ends_them_here_too(chain: Chain, verb: str) -> None:
    come_in(chain, "lin")
    given = {"password": "correct horse battery"} if verb == "set_password" else {}
    with chain.as_("zhou", "hq"):
        run(f"org.person.{verb}", chain.people["lin"].pk, given)

    assert not open_sessions().exists()
    assert not Session.objects.exists()


def test_only_who_holds_as_much_looks_as_a_person_or_a_role(chain: Chain) -> None:
    lin, zhou = (chain.people[name].pk for name in ("lin", "zhou"))
    owner = Role.objects.get(code="owner")
    hq, north = (chain.units[name] for name in ("hq", "north"))
    at_north = {"role": str(owner.pk), "unit": str(north.pk)}
    with chain.as_("zhou", "hq"):
        run("org.look.begin", lin)
        run("org.look.begin", owner.pk, at_north)
        run("org.look.end")
        run("org.person.switch_off", lin)
        with pytest.raises(Forbidden):
            run("org.look.begin", lin)
        for nobody in ({}, {"role": str(env.new_id()), "unit": str(hq.pk)}, {"role": "x"}):
            with pytest.raises(Refusal, match="not_found"):
                run("org.look.begin", env.new_id(), nobody)
    with chain.as_("zhao", "south"), pytest.raises(Forbidden):
        run("org.look.begin", zhou)
    with acting(chain.people["zhou"], via="api", scopes=["org.access.look_as"]):
        for more in ({}, at_north):
            with pytest.raises(Refusal, match="grant_exceeds_own"):
                run("org.look.begin", zhou, more)

    assert history_of(lin).filter(action="org.look.begin").get().changes == {
        "person": [None, str(lin)]
    }


def test_whoever_only_looks_writes_nothing(chain: Chain) -> None:
    with (
        acting(chain.people["zhou"], chain.units["hq"], via=LOOKING),
        pytest.raises(Refusal, match="only_looking"),
    ):
        run("org.person.end_sessions", chain.people["lin"].pk)


def test_what_a_role_gives_at_a_unit_knows_the_modules_of_the_unit(chain: Chain) -> None:
    owner, north = Role.objects.get(code="owner"), chain.units["north"]
    with system(reason="test"):
        set_modules(chain.units["hq"], {"till": False})
        set_modules(chain.units["south"], {"stock": False})
        held: Any = held_in_role(owner, north)

    assert [(one.code, one.path, one.closed) for one in held] == [
        ("*", north.path, (("till", chain.units["hq"].path),))
    ]


def test_looking_at_personal_data_is_written_down_and_has_a_limit(chain: Chain) -> None:
    lin = chain.people["lin"].pk
    with chain.as_("zhou", "hq"):
        for _n in range(30):
            run("org.person.reveal", lin)
        with pytest.raises(Refusal, match="reveals_wait"):
            run("org.person.reveal", lin)
        with pytest.raises(Refusal, match="not_found"):
            run("org.person.reveal", env.new_id())
    with chain.as_("lin", "north"), pytest.raises(Forbidden):
        run("org.person.reveal", lin)
    with system(reason="test"):
        run("org.person.reveal", lin)

    assert history_of(lin).filter(action="org.person.reveal").count() == 31
