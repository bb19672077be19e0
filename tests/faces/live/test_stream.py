"""The stream of live events, from a commit in one process to the page of another."""

import pytest
from django.conf import settings
from django.db import connection

from tests.faces.live.pages import PAID, POSTED, Web, happen, served, signed_in, wait, web
from tongpan.base import env
from tongpan.faces.live import asgi, hub
from tongpan.faces.live.hub import Stream
from tongpan.faces.live.seeing import Change
from tongpan.kernel.events.feed import BYE, LIVE
from tongpan.kernel.org.models import Grant, Person
from tongpan.kernel.org.scope import system

__all__ = ["served", "web"]  # fixtures


def test_a_page_is_told_what_changed_where_the_person_may_see_it(web: Web) -> None:
    owner, manager = web.page("zhou"), web.page("zhao")

    north = happen(web, "north")
    south = happen(web, "south")
    from_north = happen(web, "north", other_unit=web.chain.units["south"].pk, amount="9.90")
    paid = happen(web, "south", name=PAID)

    wait(lambda: len(owner.told()) == 4)
    wait(lambda: len(manager.told()) >= 2)
    assert [subject for _, _, subject in owner.told()] == [north, south, from_north, paid]
    assert manager.told() == [(2, POSTED, south), (3, POSTED, from_north)]
    assert "9.90" not in str(owner.messages)


def test_after_a_reconnect_nothing_was_missed(web: Web) -> None:
    page = web.page("zhou")
    first = happen(web, "north")
    wait(page.told)
    page.close()
    missed = [happen(web, "north") for _ in range(3)]

    back = web.page("zhou", after=page.told()[-1][0])
    last = happen(web, "north")
    wait(lambda: len(back.told()) == 4)

    assert [subject for _, _, subject in page.told()] == [first]
    assert back.told() == [(n + 2, POSTED, s) for n, s in enumerate([*missed, last])]
    assert "id" not in back.messages[0]


def test_a_page_may_say_in_its_address_where_it_was(web: Web) -> None:
    subjects = [happen(web, "north") for _ in range(3)]

    page = web.page("zhou", after=1, header=False)

    wait(lambda: len(page.told()) == 2)
    assert [subject for _, _, subject in page.told()] == subjects[1:]


@pytest.mark.parametrize("after", [99, 10**17])
def test_a_page_from_another_time_is_told_to_fetch_everything(web: Web, after: int) -> None:
    happen(web, "north")

    page = web.page("zhou", after=after)

    wait(lambda: any(m.get("event") == "reset" for m in page.messages))
    assert page.messages[-1] == {"id": "1", "event": "reset", "data": "{}"}


def test_a_new_page_learns_where_the_feed_stands(web: Web) -> None:
    happen(web, "north")

    page = web.page("zhou")

    assert page.messages[0] == {"retry": "2000", "id": "1", "event": "hello", "data": "{}"}


def test_nobody_listens_without_a_session(web: Web) -> None:
    cookies = ["", "x" * 32, '"\\', "a=b; sessionid"]

    assert [web.open(cookie).status for cookie in cookies] == [401] * 4


def test_other_addresses_and_methods_are_refused(web: Web) -> None:
    assert web.page("zhou", method="POST").status == 405
    assert web.page("zhou", path="/live/other").status == 404
    assert web.page("zhou", kind="websocket").status == 404
    assert web.page("zhou", host="evil.example").status == 401


def test_a_company_that_is_not_there_has_no_stream(web: Web) -> None:
    cookie = signed_in(web.chain.people["zhou"])
    settings.DEFAULT_COMPANY = "nowhere"

    assert web.open(cookie).status == 401


def test_a_full_server_says_so(web: Web, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(asgi, "STREAMS_MOST", 1)
    first = web.page("zhou")

    assert web.page("zhou").status == 503
    first.close()
    assert web.page("zhou").status == 200


def test_who_signs_out_or_is_switched_off_is_told_no_more(
    web: Web, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(asgi, "LOOK_AGAIN_S", 0.05)
    page = web.page("zhou")
    env.sleep(0.2)
    assert not page.is_over

    Person.objects.filter(username="zhou").update(is_active=False)

    wait(lambda: page.is_over)


def test_whose_grant_ends_is_told_no_more(web: Web, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(asgi, "LOOK_AGAIN_S", 0.05)
    page = web.page("zhao")
    with system(reason="test"):
        Grant.objects.filter(person=web.chain.people["zhao"]).delete()
    env.sleep(0.5)

    happen(web, "south")
    env.sleep(0.3)

    assert page.told() == []


def test_a_quiet_stream_pings_and_says_where_it_is(
    web: Web, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(asgi, "PING_S", 0.05)
    page = web.page("zhao")
    happen(web, "north")

    wait(lambda: page.messages[-1].get("id") == "1")
    assert page.messages[-1] == {"id": "1", "": "ping"}


def test_a_slow_page_is_sent_the_newest_change_of_each_subject() -> None:
    stream = Stream(viewer=None)  # type: ignore[arg-type]
    one, other, unit = env.new_id(), env.new_id(), env.new_id()

    for place, subject in enumerate([one, other, one], start=1):
        stream.tell(Change(place, POSTED, subject, unit))
    _, changes, _ = stream.take()

    assert [(c.position, c.subject) for c in changes] == [(2, other), (3, one)]
    assert stream.take() == (False, [], 0)


def test_a_page_that_is_too_slow_is_told_to_fetch_everything() -> None:
    stream = Stream(viewer=None)  # type: ignore[arg-type]

    for place in range(hub.UNSENT_MOST + 3):
        stream.tell(Change(place, POSTED, env.new_id(), env.new_id()))
    is_reset, changes, _ = stream.take()

    assert is_reset
    assert len(changes) == 2


def test_a_database_that_was_set_back_resets_the_pages(web: Web) -> None:
    page = web.page("zhou")
    happen(web, "north")
    wait(page.told)
    with web.database.connect(user="postgres") as admin:
        admin.execute("update feed_state set position = 0")
        admin.execute("select pg_notify('live', 'north')")

    wait(lambda: page.messages[-1].get("event") == "reset")
    assert page.messages[-1]["id"] == "0"


def test_a_payload_that_names_no_unit_stops_nothing(web: Web) -> None:
    page = web.page("zhou")

    happen(web, "north", other_unit="far away")

    wait(page.told)


def test_a_goodbye_ends_the_streams_at_once(served: Web) -> None:
    pages = [served.page("zhou") for _ in range(3)]

    with connection.cursor() as cursor:
        cursor.execute("select pg_notify(%s, %s)", [LIVE, BYE])

    wait(lambda: all(page.is_over for page in pages), at_most_s=3)


def test_streams_of_a_real_server_outlive_a_lost_database_connection(served: Web) -> None:
    page = served.page("zhou")
    with served.database.connect(user="postgres") as admin:
        admin.execute(
            "select pg_terminate_backend(pid) from pg_stat_activity"
            " where datname = current_database() and pid <> pg_backend_pid()"
        )
    connection.close()
    subject = happen(served, "north")
    wait(page.told)
    page.close()
    missed = happen(served, "north")

    back = served.page("zhou", after=1)

    wait(back.told)
    assert (page.told(), back.told()) == ([(1, POSTED, subject)], [(2, POSTED, missed)])


def test_many_pages_hear_within_the_promised_time(web: Web) -> None:
    """A smoke test of S1 with ten pages; the figure with a hundred is the bench's."""
    pages = [web.page("zhou") for _ in range(10)]
    took = []
    for _ in range(10):
        began = env.monotonic_s()
        subject = happen(web, "north")
        for page in pages:
            wait(lambda page=page, subject=subject: subject in str(page.told()[-1:]))
        took.append(env.monotonic_s() - began)

    assert sorted(took)[5] < 0.3
