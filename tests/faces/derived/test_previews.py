"""A complete draft shows what posting would write, also where posting fixes figures."""

from collections.abc import Callable
from typing import Any

from tests.chain import Chain
from tests.faces.derived.conftest import Browser
from tongpan.kernel.documents.gate import run

Browse = Callable[[str, str], Browser]


def test_a_counted_draft_shows_the_difference_it_would_post(chain: Chain, browse: Browse) -> None:
    draft = _drafted(chain, "stock.count", [{"item": "10001", "counted": "97"}])

    page = browse("zhou", "warehouse").get(f"/d/stock.count/{draft}/")

    assert page.status_code == 200
    assert "盘点差异" in page.content.decode()


def test_goods_that_turned_up_are_shown_at_the_average(chain: Chain, browse: Browse) -> None:
    draft = _drafted(chain, "stock.overage", [{"item": "10001", "quantity": "2"}])

    page = browse("zhou", "warehouse").get(f"/d/stock.overage/{draft}/")

    assert page.status_code == 200
    assert "17.00" in page.content.decode()


def _drafted(chain: Chain, code: str, lines: list[dict[str, Any]]) -> Any:
    with chain.as_("zhou", "warehouse"):
        payload = {"header": {"place": chain.places["warehouse"]}, "lines": lines}
        return run(f"{code}.save", payload=payload).subject
