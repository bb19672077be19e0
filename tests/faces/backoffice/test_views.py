"""The views above lists."""

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from tests.chain import NOON
from tests.contracts.examples import Stage, a_stage
from tongpan.base import env
from tongpan.faces.kit.derived.asked import own_views
from tongpan.kernel.documents.registry import document_types

Browse = Callable[[str, str], Client]


@pytest.fixture
def chain(staged: Any) -> Stage:
    return staged(a_stage)  # type: ignore[no-any-return]


def test_every_view_that_a_type_of_document_declares_opens(chain: Stage, browse: Browse) -> None:
    with env.frozen(NOON):
        client = browse("zhou", "hq")
        with chain.as_("zhou", "hq"):
            views = [(one.code, view) for one in document_types() for view in own_views(one)]
        opened = {at: client.get(f"/d/{at[0]}/?view={at[1]}").status_code for at in views}

    assert ("promotions.promotion", "live") in opened
    assert set(opened.values()) == {200}
