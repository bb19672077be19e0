"""Walks pages in a real Chromium as a person with eyes would: picture, console, width, axe.

python -m tests.browser.walk http://127.0.0.1:8000 build/pictures /kit/list/ /kit/form/

Every page is opened in both languages, light and dark, at three widths. `walk` answers what was
wrong; nothing wrong is an empty list. Tests use it with their own pages and a signed-in context.
"""

import json
import sys
from base64 import b64decode
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from shutil import which

from django.db import connection
from playwright.sync_api import (
    Browser,
    BrowserContext,
    CDPSession,
    ConsoleMessage,
    Error,
    Page,
    sync_playwright,
)

ROOT = Path(__file__).resolve().parents[2]
AXE = ROOT / "node_modules" / "axe-core" / "axe.min.js"
CHROMIUM = which("chromium") or which("chromium-browser") or "/usr/bin/chromium"
QUIET = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
WIDTHS = {1440: 900, 1024: 768, 390: 844}


@dataclass(frozen=True, slots=True)
class Look:
    """One way of looking at a page."""

    width: int
    language: str = "zh-CN"
    theme: str = "light"

    @property
    def name(self) -> str:
        return f"{self.width}-{self.language[:2]}-{self.theme}"


ALL_LOOKS = tuple(
    Look(width, language, theme)
    for width in WIDTHS
    for language in ("zh-CN", "en")
    for theme in ("light", "dark")
)
FEW_LOOKS = (Look(1440), Look(1024, "en"), Look(390), Look(1440, "zh-CN", "dark"))


@dataclass(frozen=True, slots=True)
class Finding:
    """Something wrong on a page, in one line."""

    path: str
    look: str
    text: str

    def __str__(self) -> str:
        return f"{self.path} [{self.look}] {self.text}"


@contextmanager
def chromium() -> Iterator[Browser]:
    """A headless Chromium that talks to nobody but us."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=QUIET)
        connection.close()  # under the driver's loop Django has a connection of its own,
        try:
            yield browser
        finally:
            browser.close()
            connection.close()  # and each test has a database of its own


def context_for(browser: Browser, look: Look, base: str = "") -> BrowserContext:
    """A window of this width, with this language and colour scheme asked for by the browser."""
    context = browser.new_context(
        viewport={"width": look.width, "height": WIDTHS[look.width]},
        locale=look.language,
        color_scheme="dark" if look.theme == "dark" else "light",
        device_scale_factor=1,
        has_touch=look.width < 768,
        is_mobile=look.width < 768,
        base_url=base or None,
    )
    context.set_default_timeout(15_000)
    return context


def walk(
    browser: Browser,
    base: str,
    paths: Iterable[str],
    *,
    out: Path | None = None,
    looks: Iterable[Look] = FEW_LOOKS,
    cookies: list[dict[str, str]] | None = None,
    with_axe: bool = True,
) -> list[Finding]:
    """Open every path in every look; take a picture into `out`; answer what is wrong."""
    paths = list(paths)
    findings: list[Finding] = []
    for look in looks:
        context = context_for(browser, look, base)
        if cookies:
            context.add_cookies(cookies)  # type: ignore[arg-type]
        page = context.new_page()
        for path in paths:
            findings += examine(page, path, look, out=out, with_axe=with_axe)
        context.close()
    return findings


def examine(
    page: Page, path: str, look: Look, *, out: Path | None = None, with_axe: bool = True
) -> list[Finding]:
    """Open one page and look at it."""
    said: list[str] = []

    def heard(message: ConsoleMessage) -> None:
        if message.type == "error":
            said.append(message.text)

    def broke(error: Error) -> None:
        said.append(str(error))

    page.on("console", heard)
    page.on("pageerror", broke)
    answer = page.goto(path, wait_until="load")  # an open stream is never idle
    wrong = [f"status {answer.status}"] if answer and answer.status >= 400 else []
    wrong += [f"console: {text}" for text in said]
    wrong += sideways(page)
    if with_axe:
        wrong += axe(page)
    if out is not None:
        out.mkdir(parents=True, exist_ok=True)
        name = path.strip("/").replace("/", "-").split("?")[0] or "root"
        page.screenshot(path=str(out / f"{name}-{look.name}.png"), animations="disabled")
    page.remove_listener("console", heard)
    page.remove_listener("pageerror", broke)
    return [Finding(path, look.name, text) for text in wrong]


def seen(
    page: Page, language: str, names: Iterable[str] = ()
) -> tuple[list[str], set[tuple[str, str]]]:
    """What is wrong with a page as it stands, and the places of its tour; asked in one go, for each
    question to a page costs as much as its answer. See `sideways`, `words` and `settle`."""
    wide, texts, stops = page.evaluate(
        f"""async (names) => {{
          await ({SETTLE})();
          return [({SIDEWAYS})(), names ? ({WORDS})(names) : [], ({STOPS})()];
        }}""",
        None if language == "en" else list(names),
    )
    return [*_wide(wide), *_untranslated(texts)], {(tour, stop) for tour, stop in stops}


def words(page: Page, language: str, names: Iterable[str] = ()) -> list[str]:
    """Texts that a reader of this language was not given: in Chinese and in the pseudo-language
    those that still have English words in them. `names` are data, which nobody translates: those
    with a capital letter anywhere, the others only where they stand alone."""
    return [] if language == "en" else _untranslated(page.evaluate(WORDS, list(names)))


def _untranslated(texts: list[str]) -> list[str]:
    return [f"not translated: {text!r}" for text in texts]


WORDS = """(names) => {
  const said = new Set();
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  const skipped = "script, style, kbd, .code, .language, .num, [lang]:not(html)";
  while (walker.nextNode()) {
    const node = walker.currentNode;
    const parent = node.parentElement;
    if (!parent || parent.closest(skipped)) continue;
    if (!parent.getClientRects().length) continue;
    said.add(node.textContent.trim());
  }
  for (const one of document.querySelectorAll("[aria-label], [placeholder], [title]"))
    for (const name of ["aria-label", "placeholder", "title"])
      if (one.hasAttribute(name) && !one.closest(skipped)) said.add(one.getAttribute(name));
  said.add(document.title);
  const rest = [];
  const months = "Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec";
  const days = new RegExp(`\\\\b(Mon|Tue|Wed|Thu|Fri|Sat|Sun|${months})\\\\b`, "g");
  for (const text of said) {
    if (names.includes(text)) continue;
    let left = text, before;
    do { before = left; left = left.replace(/⟦[^⟦⟧]*⟧/g, " "); } while (left !== before);
    left = left.replace(days, " ");
    for (const name of names) if (/[A-Z]/.test(name)) left = left.split(name).join(" ");
    if (/[A-Za-z]{3,}/.test(left)) rest.push(text);
  }
  return rest;
}"""

# The places of the tour that a page offers, as far as they can be seen.
STOPS = """() => [...document.querySelectorAll("[data-tour]")].flatMap((tour) =>
  JSON.parse(tour.dataset.stops)
    .filter((stop) => [...document.querySelectorAll(`[data-stop="${stop.at}"]`)]
      .some((place) => place.getClientRects().length))
    .map((stop) => [tour.dataset.tour, stop.at]))"""


def settle(page: Page) -> None:
    """Wait until what a new width calls for is done: a frame is drawn, and who watched it heard."""
    page.evaluate(SETTLE)


SETTLE = "() => new Promise((done) => requestAnimationFrame(() => setTimeout(done)))"


def shot(camera: CDPSession) -> bytes:
    """The window as it stands, packed quickly rather than tightly."""
    taken = camera.send("Page.captureScreenshot", {"format": "png", "optimizeForSpeed": True})
    return b64decode(taken["data"])


def sideways(page: Page) -> list[str]:
    """Whether the page scrolls sideways, and what sticks out."""
    return _wide(page.evaluate(SIDEWAYS))


def _wide(found: str | None) -> list[str]:
    return [f"scrolls sideways: {found}"] if found else []


SIDEWAYS = """() => {
  const width = document.documentElement.clientWidth;
  if (document.documentElement.scrollWidth <= width + 1) return null;
  const out = [...document.querySelectorAll('main *')].filter(
    (e) => e.getBoundingClientRect().right > width + 1 && e.children.length < 3);
  return out.slice(0, 3).map((e) => e.outerHTML.slice(0, 90)).join(' | ') || 'the frame';
}"""


def axe(page: Page) -> list[str]:
    """Serious and critical findings of axe-core, which is brought along where it is not there."""
    found = page.evaluate(GRAVE)
    if found is None:
        page.evaluate(AXE.read_text())
        found = page.evaluate(GRAVE)
    return [f"axe {text}" for text in json.loads(found)]


GRAVE = """async () => {
  if (!window.axe) return null;
  const grave = ['serious', 'critical'];
  const isOn = (r) => r.enabled !== false &&
    !r.tags.some((tag) => ['experimental', 'deprecated'].includes(tag));
  const rules = axe._audit.rules.filter(isOn);
  const values = rules.filter((r) => grave.includes(r.impact)).map((r) => r.id);
  if (values.length < 40) throw new Error(`axe has only ${values.length} grave rules`);
  // no rule of ours asks for files
  const kept = {resultTypes: ['violations'], preload: false};
  // a colour on its way to another is nobody's contrast
  const moving = document.getAnimations().filter((one) => one instanceof CSSTransition);
  await Promise.allSettled(moving.map((one) => one.finished));
  const result = await axe.run(document, {...kept, runOnly: {type: 'rule', values}});
  return JSON.stringify(result.violations
    .filter((v) => grave.includes(v.impact))
    .map((v) => `${v.id}: ${v.nodes.length} × ${v.nodes[0].html.slice(0, 140)} ` +
      `${(v.nodes[0].any[0] || v.nodes[0].all[0] || {}).message || ''}`));
}"""


def main() -> int:
    base, out, *paths = sys.argv[1:]
    looks = ALL_LOOKS if "--all" in paths else FEW_LOOKS
    paths = [path for path in paths if path != "--all"]
    with chromium() as browser:
        findings = walk(browser, base, paths, out=Path(out), looks=looks)
    for finding in findings:
        print(finding)
    print(f"{len(paths)} pages, {len(findings)} findings")
    return 1 if findings else 0


if __name__ == "__main__":
    sys.exit(main())
