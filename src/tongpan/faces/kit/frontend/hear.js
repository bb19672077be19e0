// Open pages hear what changed: whatever stands in a data-refresh element is fetched again. What
// stands in a data-follows element was not there when the page came, and is fetched at once.
//   data-refresh="till.sale till.return"   the types that change it
//   data-refresh=""                        the type of the page's own address, /d/<type>/
//   data-refresh="*"                       anything at all
//   data-refresh="!"                       what people are told of, a little later than it happened
import { startLive } from "../../live/live.js";
import { word } from "./words.js";

const TOLD = /\.(submitted|returned|commented)$/;
const REST_MS = 400; // between two fetches of one page

export function startHearing() {
  const url = document.body.dataset.live;
  const own = location.pathname.match(/^\/[dm]\/([^/]+)\//)?.[1] || "-";
  let wanted = new Set();
  let busy = false;
  let rested = 0;
  let timer = 0;

  const regions = () => [...document.querySelectorAll("[data-refresh]")].filter((one) => one.id);

  function matches(one, type) {
    const listens = one.dataset.refresh || own;
    return listens === "*" || listens.split(" ").includes(type);
  }

  document.body.addEventListener("tp:change", ({ detail }) => {
    const type = detail.name.replace(/\.[^.]*$/, "");
    want(regions().filter((one) => matches(one, type)));
    if (TOLD.test(detail.name)) setTimeout(() => want(regions().filter((one) => one.dataset.refresh === "!")), 1500);
  });
  document.body.addEventListener("tp:reset", () => want(regions()));
  document.addEventListener("visibilitychange", go);
  document.body.addEventListener("tp:link", ({ detail }) => showLink(detail.state === "on"));
  document.addEventListener("click", pause);
  want([...document.querySelectorAll("[data-follows]")]);
  if (url && window.EventSource) setTimeout(() => startLive(url), 0);

  function want(ones) {
    for (const one of ones) wanted.add(one.id);
    go();
  }

  // At once after a rest, else when the rest is over; a page that nobody looks at waits.
  function go() {
    clearTimeout(timer);
    if (!wanted.size || busy || document.hidden) return;
    const wait = rested - performance.now();
    if (wait > 0) timer = setTimeout(go, wait);
    else fetchParts();
  }

  async function fetchParts() {
    const ids = [...wanted];
    wanted = new Set();
    busy = true;
    try {
      const answer = await fetch(location.href, { headers: { "X-Parts": ids.join(" ") } });
      if (answer.ok && !answer.redirected) replace(ids, new DOMParser().parseFromString(await answer.text(), "text/html"));
    } catch { /* offline: the next event tries again */ }
    busy = false;
    rested = performance.now() + REST_MS;
    go();
  }
}

function replace(ids, fresh) {
  for (const id of ids) {
    const old = document.getElementById(id);
    const made = fresh.getElementById(id);
    if (!old || !made || isInUse(old)) continue;
    const known = new Set([...old.querySelectorAll("[data-id]")].map((one) => one.dataset.id));
    const here = old.querySelector("tr.here")?.dataset.id;
    if (known.size) for (const one of made.querySelectorAll("li[data-id]")) if (!known.has(one.dataset.id)) one.classList.add("new");
    if (here) made.querySelector(`[data-id="${CSS.escape(here)}"]`)?.classList.add("here");
    const focus = old.contains(document.activeElement) ? document.activeElement.getAttribute("href") : null;
    old.replaceWith(document.adoptNode(made));
    if (focus) made.querySelector(`a[href="${CSS.escape(focus)}"]`)?.focus();
    document.dispatchEvent(new CustomEvent("tp:fresh", { detail: { id } }));
  }
}

// What a person is typing into, has ticked, opened, paused or lengthened stays as it is.
function isInUse(part) {
  return part.querySelector("input:focus, textarea:focus, details[open], .tick:checked, [data-pause][aria-pressed=true]") ||
    (part.id === "rows" && part.dataset.grown);
}

function pause(event) {
  const button = event.target.closest("[data-pause]");
  if (!button) return;
  const isPaused = button.getAttribute("aria-pressed") !== "true";
  button.setAttribute("aria-pressed", String(isPaused));
}

function showLink(isOn) {
  const shown = document.getElementById("connection");
  if (!shown) return;
  shown.hidden = false;
  shown.querySelector(".dot").classList.toggle("wait", !isOn);
  const time = new Date().toLocaleTimeString("en-GB", { hour: "2-digit", minute: "2-digit" });
  shown.querySelector(".word").textContent = isOn ? word("live") : `${word("offline")} · ${word("offline_since", { time })}`;
}
