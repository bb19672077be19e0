"""The Python client does a morning's work on a running server."""

import sys
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from wsgiref.simple_server import WSGIRequestHandler, make_server

import pytest
from django.core.handlers.wsgi import WSGIHandler

from tests.chain import Chain, a_chain, on_shelf
from tests.conftest import COMPANY
from tongpan.faces.api import limits
from tongpan.kernel.documents.models import Document
from tongpan.kernel.org.scope import system
from tongpan.kernel.org.tokens import make_token

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "clients" / "python"))
from tongpan_client import Api, Refused, Unreachable
from tongpan_client import base as client_base

pytestmark = pytest.mark.races


class Quiet(WSGIRequestHandler):
    def log_message(self, *said: Any) -> None:
        pass


@pytest.fixture
def chain(own_database: Any, settings: Any) -> Chain:
    settings.DEFAULT_COMPANY = COMPANY
    settings.ALLOWED_HOSTS = ["127.0.0.1"]
    limits.forget_all()
    chain = a_chain()
    on_shelf(chain, "warehouse", milk=("100", "8.50"))
    return chain


class Server:
    """The program on a port of this machine. `troubles` are answers that it gives first."""

    def __init__(self) -> None:
        self.troubles: list[str] = []
        self.asked: list[dict[str, str]] = []
        self.inner = WSGIHandler()
        self.server = make_server("127.0.0.1", 0, self.answer, handler_class=Quiet)
        self.address = f"http://127.0.0.1:{self.server.server_port}"

    def answer(self, environ: Any, start: Any) -> Any:
        self.asked.append(
            {name: environ.get(f"HTTP_{name}", "") for name in ("IDEMPOTENCY_KEY", "IF_MATCH")}
        )
        if self.troubles and self.troubles.pop(0) == "after":
            list(self.inner(environ, lambda *said: None))  # done, but the answer is lost
            start("503 Service Unavailable", [("Retry-After", "0")])
            return [b'{"code": "busy", "retryable": true}']
        return self.inner(environ, start)


@pytest.fixture
def shop(chain: Chain) -> Iterator[Server]:
    running = Server()
    thread = threading.Thread(target=running.server.serve_forever, daemon=True)
    thread.start()
    yield running
    running.server.shutdown()
    thread.join()
    running.server.server_close()


@pytest.fixture
def api(chain: Chain, shop: Server) -> Api:
    with chain.as_("zhou", "hq"):
        _token, key = make_token(chain.people["zhou"], "client", ["*"], days=30)
    return Api(shop.address, key, unit="W01")


def a_draft(chain: Chain, quantity: str) -> Any:
    places = chain.places
    return {
        "header": {
            "from_place": str(places["warehouse"].pk), "to_place": str(places["north"].pk)
        },
        "lines": [{"item": chain.items["milk"].code, "quantity": quantity}],
    }  # fmt: skip


def test_goods_are_sent_received_and_found_again(chain: Chain, api: Api) -> None:
    draft = api.stock_transfer.create(a_draft(chain, "4"))
    changed = api.stock_transfer.save(
        draft["id"], a_draft(chain, "5"), version=draft.get("version")
    )
    sent = api.stock_transfer.post(changed["id"])
    receipt = api.stock_transfer_receipt.create(api.stock_transfer_receipt.propose(sent["id"]))
    api.stock_transfer_receipt.post(receipt["id"])

    [row] = list(api.stock_transfer.list(state="posted"))
    assert row.get("number") == sent.get("number")
    assert api.stock_transfer.read(sent["id"])["lines"][0].get("quantity") == "5"
    part = api.stock_transfer.read(sent["id"], fields="lines.quantity")
    assert set(part) == {"id", "type", "lines"}
    assert set(part["lines"][0]) == {"id", "quantity"}
    assert len(api.stock_transfer.history(sent["id"])) == 3


def test_a_list_goes_on_over_its_pages(chain: Chain, api: Api) -> None:
    made = {api.stock_transfer.create(a_draft(chain, "1"))["id"] for _ in range(5)}

    assert {row["id"] for row in api.stock_transfer.list(size=2)} == made


def test_what_is_refused_names_the_fields(chain: Chain, api: Api) -> None:
    with pytest.raises(Refused) as no:
        api.stock_transfer.create({"header": {"from_place": "NOWHERE"}, "lines": []})

    assert (no.value.status, no.value.code) == (422, "invalid")
    assert no.value.errors[0]["path"] == "from_place"


def test_an_answer_that_was_lost_does_nothing_twice(
    chain: Chain, api: Api, shop: Server, monkeypatch: Any
) -> None:
    monkeypatch.setattr(client_base.time, "sleep", lambda seconds: None)
    shop.troubles = ["after"]

    draft = api.stock_transfer.create(a_draft(chain, "4"))

    with system(reason="look"):
        assert [d.pk.hex for d in Document.objects.filter(type="stock.transfer")] == [
            draft["id"].replace("-", "")
        ]
    assert len(shop.asked) == 2
    assert shop.asked[0]["IDEMPOTENCY_KEY"] == shop.asked[1]["IDEMPOTENCY_KEY"] != ""


def test_what_somebody_else_changed_is_not_overwritten(chain: Chain, api: Api) -> None:
    draft = api.stock_transfer.create(a_draft(chain, "4"))
    api.stock_transfer.save(draft["id"], a_draft(chain, "5"), version=draft.get("version"))

    with pytest.raises(Refused) as no:
        api.stock_transfer.save(draft["id"], a_draft(chain, "6"), version=draft.get("version"))

    assert no.value.code == "version_changed"


def test_a_server_that_is_not_there_is_said_so(monkeypatch: Any) -> None:
    monkeypatch.setattr(client_base.time, "sleep", lambda seconds: None)

    with pytest.raises(Unreachable):
        Api("http://127.0.0.1:9", "tp_x").items_unit.read("x")
