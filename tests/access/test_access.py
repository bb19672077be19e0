"""A part of `prove access`, small enough for every run: one who may do much and see little."""

import re
from typing import Any

import pytest

from tests.access.cast import a_cast
from tests.access.secrets import change_what_is_masked
from tests.access.walk import Walk, difference
from tests.conftest import COMPANY, OwnDatabase
from tongpan.faces.kit.entry import entry_points
from tongpan.kernel.ledger.upkeep import fold

pytestmark = [pytest.mark.races, pytest.mark.timeout(900)]
HOST = "127.0.0.1"
# Lists, pages, pickers, searches, sheets and programs that tell of parties.
ABOUT_PARTIES = re.compile(r"parties\.|pick|search|ageing")


def test_nobody_sees_what_they_may_not_nor_infers_it(
    own_database: OwnDatabase, settings: Any, tmp_path: Any
) -> None:
    settings.DEFAULT_COMPANY, settings.ALLOWED_HOSTS, settings.DATA = COMPANY, [HOST], tmp_path
    cast = a_cast(HOST)
    fold()

    here = Walk(cast, HOST, are_answers_kept=True).by([cast.viewer("blind south")], 1)
    parties = [p for p in entry_points() if ABOUT_PARTIES.search(p.route)]
    looks = Walk(cast, HOST, with_queries=True, methods=("GET",), points=parties)
    partner = looks.by([cast.viewer("partner west")], 1)
    outside = Walk(cast, HOST).by([cast.viewer("stranger")], 1)
    with own_database.connect(user="postgres") as admin:
        assert change_what_is_masked(admin) > 30
    again = Walk(cast, HOST, methods=("GET",), are_answers_kept=True)
    elsewhere = again.by([cast.viewer("blind south")], 1)

    assert [p.route for p in entry_points() if p.entry is None] == []
    assert [*here.leaks, *outside.leaks, *partner.leaks] == []
    assert [*here.wrong, *outside.wrong, *partner.wrong] == []
    assert partner.asked > 20
    assert len(here.answers) > 400
    assert [
        (key, difference(said[1], elsewhere.answers[key][1]))
        for key, said in here.answers.items()
        if elsewhere.answers[key] != said
    ] == []
