"""What every action keeps to: a name in both languages, and a permission that roles may hold."""

from typing import Any

import pytest
from django.utils.translation import override
from tools.translations import catalog

from tests.chain import Chain, a_chain
from tongpan.base import env
from tongpan.base.refusals import Refusal
from tongpan.kernel.documents.gate import run
from tongpan.kernel.documents.models import State
from tongpan.kernel.documents.registry import Action, DocumentType, MasterType, actions
from tongpan.kernel.events.registry import events
from tongpan.kernel.org.permissions import permissions
from tongpan.kernel.org.rules import CODE
from tongpan.kernel.org.scope import NoScope

ACTIONS = {action.code: action for action in actions()}
every_action = pytest.mark.parametrize("action", ACTIONS.values(), ids=ACTIONS)
TITLES = {permission.code: str(permission.title) for permission in permissions()}


@pytest.fixture
def chain(staged: Any) -> Chain:
    return staged(a_chain)


@every_action
def test_its_code_is_a_type_and_a_verb(action: Action) -> None:
    assert CODE.fullmatch(action.code)
    assert "*" not in action.code
    if action.type is not None:
        assert action.code.startswith(f"{action.type.code}.")


@every_action
def test_its_permission_is_declared_with_a_title(action: Action) -> None:
    assert TITLES[action.permission]


@every_action
def test_its_event_is_declared_in_the_past_tense(action: Action) -> None:
    if action.event is not None:
        assert action.event in events()
        assert action.event != action.code


@every_action
def test_it_has_a_title_in_chinese_too(action: Action) -> None:
    with override("en"):
        title = str(action.title)

    assert title
    assert title in catalog()


@every_action
def test_its_states_are_states_of_documents(action: Action) -> None:
    assert action.states <= {state.value for state in State}
    if action.states:
        assert isinstance(action.type, DocumentType)
    if isinstance(action.type, MasterType):
        assert not action.states


def test_nobody_cannot_do_anything(company: str) -> None:
    for code in ACTIONS:
        with pytest.raises(NoScope):
            run(code, env.new_id(), {})


def test_who_holds_nothing_can_do_nothing(chain: Chain) -> None:
    """Whatever else is wrong with an empty request, it is never carried out."""
    chain.people["lin"].grants.all().delete()

    with chain.as_("lin", "north"):
        done = [code for code in ACTIONS if not _is_refused(code)]

    assert done == []


def _is_refused(code: str) -> bool:
    try:
        run(code, env.new_id(), {})
    except Refusal:
        return True
    return False
