"""In a real browser: one stream for all tabs, DOM events in each, and a take-over."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django_tenants.utils import schema_context

from tests.browser.walk import chromium
from tests.faces.live.pages import POSTED, Web, happen, served, signed_in
from tongpan.faces import live

__all__ = ["served"]  # a fixture

SCRIPT = (Path(live.__file__).parent / "live.js").read_text()
PAGE = f"""<!doctype html><title>live</title><body><script type="module">
import {{ startLive }} from "/live.js";
window.heard = [];
document.body.addEventListener("tp:{POSTED}", (e) => heard.push(e.detail.subject));
document.body.addEventListener("tp:reset", () => heard.push("reset"));
startLive();
</script>"""

pytestmark = pytest.mark.browser


@pytest.fixture
def tabs(served: Web, monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    """A function that opens one more tab of the same signed-in browser."""
    monkeypatch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "1")  # the browser's driver keeps a loop here
    cookie = {"name": "sessionid", "value": signed_in(served.chain.people["zhou"])}
    with chromium() as browser:
        context = browser.new_context()
        context.add_cookies([{**cookie, "domain": "127.0.0.1", "path": "/"}])
        context.route("**/page", lambda r: r.fulfill(body=PAGE, content_type="text/html"))
        context.route(
            "**/live.js", lambda r: r.fulfill(body=SCRIPT, content_type="text/javascript")
        )
        streams: list[str] = []
        context.on("request", lambda r: streams.append(r.url) if "/live" in r.url[-30:] else None)

        def tab() -> Any:
            opened = context.new_page()
            opened.goto(f"http://127.0.0.1:{served.port}/page")
            opened.wait_for_function("document.documentElement.dataset.live === 'on'")
            return opened

        tab.streams = streams  # type: ignore[attr-defined]
        yield tab


def heard(tab: Any, subject: str) -> None:
    tab.wait_for_function("(one) => heard.includes(one)", arg=subject)


def told(served: Web, unit: str) -> str:
    """Something happens there; under the driver's loop Django has another connection."""
    with schema_context(served.database.schema):
        return happen(served, unit)


def test_all_tabs_hear_over_one_stream_and_the_next_takes_over(served: Web, tabs: Any) -> None:
    first, second = tabs(), tabs()
    subject = told(served, "north")
    heard(first, subject)
    heard(second, subject)
    opened = [url for url in tabs.streams if not url.endswith(".js")]
    assert len(opened) == 1

    first.close()
    missed = told(served, "south")
    heard(second, missed)

    opened = [url for url in tabs.streams if not url.endswith(".js")]
    assert len(opened) == 2
    assert opened[1].endswith("/live?after=1")
    assert second.evaluate("heard") == [subject, missed]
