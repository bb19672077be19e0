"""Other programs are told what happened, by a receiver that listens for real."""

import base64
import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from uuid import UUID

import pytest

from tests.chain import NOON, Chain, a_chain, a_transfer, on_shelf
from tests.kernel.events.saying import number_all
from tongpan.base import env
from tongpan.base.refusals import Forbidden, Refusal
from tongpan.engines.webhooks.following import follow, forget_old
from tongpan.engines.webhooks.models import Delivery, Endpoint
from tongpan.engines.webhooks.sending import WAITS_S, send
from tongpan.engines.webhooks.signing import signed
from tongpan.kernel.documents.gate import run
from tongpan.kernel.documents.models import Notice
from tongpan.kernel.events import jobs
from tongpan.kernel.org.scope import acting, system

POSTED = "stock.transfer.posted"


@dataclass
class Receiver:
    """Another program. `answers` are the statuses that it gives, one after the other, then 204."""

    url: str
    answers: list[int] = field(default_factory=list)
    got: list[tuple[dict[str, str], str]] = field(default_factory=list)

    @property
    def names(self) -> list[str]:
        return [json.loads(body)["type"] for _headers, body in self.got]


@contextmanager
def a_receiver() -> Iterator[Receiver]:
    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["content-length"])).decode()
            told.got.append(({k.lower(): v for k, v in self.headers.items()}, body))
            self.send_response(told.answers.pop(0) if told.answers else 204)
            self.end_headers()

        def log_message(self, *said: Any) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    told = Receiver(f"http://127.0.0.1:{server.server_address[1]}/hook?a=1")
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield told
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    with a_receiver() as told:
        yield told


@pytest.fixture
def chain(company: str, settings: Any) -> Chain:
    settings.WEBHOOKS_PRIVATE = True  # the receiver is on this machine
    chain = a_chain()
    on_shelf(chain, "warehouse", milk=("100", "8.50"))
    with system(reason="what happened before"):
        number_all()
    return chain


def an_endpoint(chain: Chain, url: str, *events: str, person: str = "zhou") -> Endpoint:
    with chain.as_(person, "hq" if person == "zhou" else "warehouse"):
        payload = {"name": f"ERP {person}", "url": url, "events": events or ("*",)}
        made: Endpoint = run("webhooks.endpoint.save", payload=payload).result
    return made


def a_posted_transfer(chain: Chain) -> UUID:
    with chain.as_("zhou", "hq"):
        draft = a_transfer(chain, "warehouse", "north", {"milk": "1"}).subject
        run("stock.transfer.post", draft)
    return draft


def go_on(at: datetime = NOON) -> None:
    """What the dispatcher and its worker do."""
    with env.frozen(at), system(reason="the dispatcher"):
        number_all()
        while follow():
            pass
        waiting = Delivery.objects.filter(state="waiting", next_at__lte=at).order_by("position")
        for one in waiting:
            send(str(one.pk))


def test_a_signature_is_what_the_published_library_makes_of_the_same() -> None:
    key = base64.b64decode("MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw")

    headers = signed(
        key,
        "msg_p5jXN8AQM9LWM0D4loKWxJek",
        datetime.fromtimestamp(1614265330, UTC),
        '{"test": 2432232314}',
    )

    assert headers == {
        "webhook-id": "msg_p5jXN8AQM9LWM0D4loKWxJek",
        "webhook-timestamp": "1614265330",
        "webhook-signature": "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=",
    }


def test_what_happens_is_told_once_signed_and_without_its_figures(
    chain: Chain, receiver: Receiver
) -> None:
    endpoint = an_endpoint(chain, receiver.url, POSTED)
    document = a_posted_transfer(chain)

    go_on()
    go_on()

    [(headers, body)] = receiver.got
    said = json.loads(body)
    assert said["type"] == POSTED
    assert said["data"]["id"] == str(document)
    assert said["data"]["url"] == f"/api/v1/stock.transfer/{document}"
    assert set(said["data"]) == {"id", "type", "unit", "position", "url", "number"}
    [delivery] = endpoint.deliveries.all()
    assert (delivery.state, delivery.status, delivery.tries) == ("delivered", 204, 1)
    names = ("webhook-id", "webhook-timestamp", "webhook-signature")
    mine = signed(base64.b64decode(endpoint.secret[6:]), str(delivery.event), NOON, body)
    assert {name: headers[name] for name in names} == mine


def test_an_endpoint_is_told_what_it_asked_for_from_then_on(
    chain: Chain, receiver: Receiver
) -> None:
    a_posted_transfer(chain)
    with system(reason="what happened before"):
        number_all()
    an_endpoint(chain, receiver.url, "stock.transfer.*")
    a_posted_transfer(chain)

    go_on()

    assert receiver.names == ["stock.transfer.saved", POSTED]


def test_nobody_is_told_what_its_person_may_not_see(chain: Chain, receiver: Receiver) -> None:
    endpoint = an_endpoint(chain, receiver.url, "*")
    with system(reason="somebody who sees one store only"):
        Endpoint.objects.filter(pk=endpoint.pk).update(person=chain.people["lin"])
    a_posted_transfer(chain)  # written in the warehouse

    go_on()

    assert receiver.got == []
    assert Delivery.objects.count() == 0


def test_what_is_not_taken_is_sent_again_later_and_later_until_it_is(
    chain: Chain, receiver: Receiver
) -> None:
    receiver.answers = [500, 302, 503]
    an_endpoint(chain, receiver.url, POSTED)
    a_posted_transfer(chain)

    at = NOON
    for wait_s in (0, *WAITS_S[:3]):
        at += timedelta(seconds=wait_s * 1.3)
        go_on(at)

    one = Delivery.objects.get()
    assert (one.state, one.tries) == ("delivered", 4)
    assert len({headers["webhook-id"] for headers, _body in receiver.got}) == 1
    assert len(receiver.got) == 4


def test_what_nobody_takes_is_given_up_and_can_be_sent_again(
    chain: Chain, receiver: Receiver
) -> None:
    receiver.answers = [500] * (len(WAITS_S) + 1)
    endpoint = an_endpoint(chain, receiver.url, POSTED)
    a_posted_transfer(chain)

    at = NOON
    for wait_s in (0, *WAITS_S, 100_000):
        at += timedelta(seconds=wait_s * 1.3)
        go_on(at)
    given_up = Delivery.objects.get()
    with chain.as_("zhou", "hq"):
        run("webhooks.endpoint.send_again", endpoint.pk, {"delivery": str(given_up.pk)})
    go_on(at)

    assert (given_up.state, given_up.tries) == ("failed", len(WAITS_S) + 1)
    assert told_of(endpoint) == [("zhou", "webhook_failing")]  # once, while nobody has looked
    assert Delivery.objects.get().state == "delivered"


def test_an_address_that_answers_nothing_is_no_disaster(chain: Chain) -> None:
    with a_receiver() as gone:
        url = gone.url
    an_endpoint(chain, url, POSTED)
    a_posted_transfer(chain)

    go_on()

    one = Delivery.objects.get()
    assert (one.state, one.status) == ("waiting", None)
    assert "refused" in one.said


def told_of(endpoint: Endpoint) -> list[tuple[str, str]]:
    rows = Notice.objects.filter(about=str(endpoint.pk))
    return list(rows.values_list("person__username", "kind"))


def test_one_that_is_gone_for_good_is_paused_and_its_people_are_told(
    chain: Chain, receiver: Receiver
) -> None:
    receiver.answers = [410]
    endpoint = an_endpoint(chain, receiver.url, POSTED)
    a_posted_transfer(chain)

    go_on()
    a_posted_transfer(chain)
    go_on()

    assert Delivery.objects.get().state == "failed"  # the second is not even written down
    assert len(receiver.got) == 1
    assert not Endpoint.objects.get(pk=endpoint.pk).is_active
    assert told_of(endpoint) == [("zhou", "webhook_gone")]


def test_machines_of_our_own_network_are_not_asked_unless_it_was_allowed(
    chain: Chain, receiver: Receiver, settings: Any
) -> None:
    an_endpoint(chain, receiver.url, POSTED)
    settings.WEBHOOKS_PRIVATE = False
    with pytest.raises(Refusal) as no:
        an_endpoint(chain, receiver.url, POSTED, person="zhou")
    assert "webhook_private" in [p["code"] for p in no.value.problems]
    a_posted_transfer(chain)

    go_on()

    assert receiver.got == []
    assert "private" in Delivery.objects.get().said


def test_a_pause_misses_nothing(chain: Chain, receiver: Receiver) -> None:
    endpoint = an_endpoint(chain, receiver.url, POSTED)
    with chain.as_("zhou", "hq"):
        run("webhooks.endpoint.switch", endpoint.pk, {"is_active": ""})
    a_posted_transfer(chain)
    go_on()
    during = len(receiver.got)
    with chain.as_("zhou", "hq"):
        run("webhooks.endpoint.switch", endpoint.pk, {"is_active": "1"})

    go_on()

    assert (during, receiver.names) == (0, [POSTED])


def test_a_replay_tells_it_all_once_more_under_the_same_ids(
    chain: Chain, receiver: Receiver
) -> None:
    endpoint = an_endpoint(chain, receiver.url, POSTED)
    first, second = a_posted_transfer(chain), a_posted_transfer(chain)
    go_on()
    after = Delivery.objects.get(body__contains=str(first)).position

    with chain.as_("zhou", "hq"):
        run("webhooks.endpoint.replay", endpoint.pk, {"position": str(after)})
    go_on()

    told = [json.loads(body)["data"]["id"] for _headers, body in receiver.got]
    assert told == [str(first), str(second), str(second)]
    assert len({headers["webhook-id"] for headers, _body in receiver.got}) == 2
    with chain.as_("zhou", "hq"), pytest.raises(Refusal) as no:
        run("webhooks.endpoint.replay", endpoint.pk, {"position": "99999999"})
    assert no.value.problems[0]["code"] == "webhook_position"


def test_a_new_secret_ends_the_old_one(chain: Chain, receiver: Receiver) -> None:
    endpoint = an_endpoint(chain, receiver.url)

    with chain.as_("zhou", "hq"):
        renewed = run("webhooks.endpoint.renew", endpoint.pk).result

    assert renewed.secret != endpoint.secret
    assert renewed.secret == Endpoint.objects.get(pk=endpoint.pk).secret


def test_a_test_event_is_sent(chain: Chain, receiver: Receiver) -> None:
    endpoint = an_endpoint(chain, receiver.url, POSTED)

    with chain.as_("zhou", "hq"):
        run("webhooks.endpoint.test", endpoint.pk)
    go_on()

    assert receiver.names == ["webhooks.test.sent"]


@pytest.mark.parametrize(
    ("payload", "wrong"),
    [
        ({"name": "", "url": "https://a.cn/x", "events": ["*"]}, ("name", "required")),
        ({"name": "a" * 61, "url": "https://a.cn/x", "events": ["*"]}, ("name", "too_long")),
        ({"name": "a", "url": "ftp://a.cn", "events": ["*"]}, ("url", "webhook_url")),
        ({"name": "a", "url": "https://u:p@a.cn", "events": ["*"]}, ("url", "webhook_url")),
        ({"name": "a", "url": "https://a.cn:99999999", "events": ["*"]}, ("url", "webhook_url")),
        ({"name": "a", "url": "https://a.cn", "events": []}, ("events", "required")),
        ({"name": "a", "url": "https://a.cn", "events": ["no.such"]}, ("events", "webhook_events")),
        ({"name": "a", "url": "https://a.cn", "events": ["(a+)+"]}, ("events", "webhook_events")),
    ],
)
def test_what_cannot_be_is_refused_beside_its_field(
    chain: Chain, payload: dict[str, Any], wrong: tuple[str, str]
) -> None:
    with chain.as_("zhou", "hq"), pytest.raises(Refusal) as no:
        run("webhooks.endpoint.save", payload=payload)

    assert [(p["path"], p["code"]) for p in no.value.problems] == [wrong]


def test_who_may_not_edit_them_makes_none(chain: Chain) -> None:
    with pytest.raises(Forbidden):
        an_endpoint(chain, "https://a.cn", person="wang")


def test_a_token_for_little_has_nothing_told(chain: Chain) -> None:
    person, unit = chain.people["zhou"], chain.units["hq"]
    scopes = frozenset({"webhooks.endpoint.edit"})
    with env.frozen(NOON), acting(person, unit, via="api", scopes=scopes):
        payload = {"name": "x", "url": "https://a.cn", "events": ["*"]}
        with pytest.raises(Forbidden):
            run("webhooks.endpoint.save", payload=payload)


def test_what_was_told_is_forgotten_after_a_month_and_what_waits_is_not(
    chain: Chain, receiver: Receiver
) -> None:
    receiver.answers = [500]
    an_endpoint(chain, receiver.url, POSTED)
    a_posted_transfer(chain)
    go_on()
    a_posted_transfer(chain)
    go_on()

    with env.frozen(NOON + timedelta(days=31)):
        forget_old()

    assert list(Delivery.objects.values_list("state", flat=True)) == ["waiting"]


def test_a_worker_sends_what_the_dispatcher_wrote_down(
    own_database: Any, settings: Any, receiver: Receiver
) -> None:
    settings.WEBHOOKS_PRIVATE = True
    chain = a_chain()
    on_shelf(chain, "warehouse", milk=("100", "8.50"))
    with system(reason="what happened before"):
        number_all()
    an_endpoint(chain, receiver.url, POSTED)
    a_posted_transfer(chain)

    with system(reason="the dispatcher"):
        number_all()
        follow()
    jobs.work(wait=False)

    assert receiver.names == [POSTED]
