// A field that finds: type, choose with the arrows, Enter. What was chosen is told by "chosen".
import { toast } from "./menus.js";
import { element, token, word } from "./words.js";

let serial = 0;

export async function find(url, name, text) {
  const address = new URL(url, location.origin);
  address.searchParams.set(name, text);
  const answer = await fetch(address, { headers: { Accept: "application/json" } });
  if (!answer.ok) return [];
  const { results = [], make_url: makeUrl } = await answer.json();
  return makeUrl ? Object.assign(results, { makeUrl }) : results;
}

export function startCombo(box) {
  if (box.dataset.started) return;
  box.dataset.started = "yes";
  const input = box.querySelector("input[role=combobox]");
  const hidden = box.querySelector("input[type=hidden]");
  const id = `list-${++serial}`;
  let results = [];
  let at = -1;
  let asked = 0;
  let timer = 0;
  let isAsking = false; // what is shown answers an earlier text
  let isEntered = false; // Enter came before the answer: the best one is meant
  let settled = input.value;

  const isOpen = () => input.getAttribute("aria-expanded") === "true";

  function close() {
    box.querySelector(".list-box")?.remove();
    input.setAttribute("aria-expanded", "false");
    input.removeAttribute("aria-activedescendant");
    input.removeAttribute("aria-controls");
    results = [];
    at = -1;
  }

  async function ask(text = input.value.trim()) {
    const mine = ++asked;
    isAsking = true;
    let found = [];
    try { found = await find(box.dataset.url, "q", text); } catch { close(); }
    if (mine !== asked) return;
    isAsking = false;
    if (isEntered && found.length) choose(found[0]);
    else if (document.activeElement === input) show(found);
    isEntered = false;
  }

  function show(found) {
    close();
    const text = input.value.trim();
    if (!found.length && !text) return; // there is nothing to choose before typing
    const isMissed = found.makeUrl && text && box.closest("#form") && !found.some((one) => one.title === text);
    results = isMissed ? [...found, { title: word("make_new", { name: text }), makeUrl: found.makeUrl, text }] : found;
    const list = element("div", { class: "list-box", role: "listbox", id, "aria-label": input.getAttribute("aria-label") || "" });
    results.forEach((one, i) => {
      const option = element("div", { role: "option", id: `${id}-${i}`, "aria-selected": "false" }, element("span", {}, one.title), element("span", { class: "note" }, one.note || ""));
      option.addEventListener("mousedown", (event) => { event.preventDefault(); choose(one); });
      list.append(option);
    });
    if (!results.length) list.append(element("div", { class: "none" }, word("none_found")));
    box.append(list);
    input.setAttribute("aria-expanded", "true");
    input.setAttribute("aria-controls", id);
    select(0);
  }

  function select(i) {
    at = results.length ? (i + results.length) % results.length : -1;
    box.querySelectorAll("[role=option]").forEach((option, n) => {
      option.setAttribute("aria-selected", String(n === at));
      if (n === at) option.scrollIntoView({ block: "nearest" });
    });
    if (at >= 0) input.setAttribute("aria-activedescendant", `${id}-${at}`);
  }

  // What is missed is made by its name, and chosen.
  async function make({ makeUrl, text }) {
    asked++;
    close();
    const body = new FormData();
    body.set("q", text);
    body.set("csrfmiddlewaretoken", token());
    const answer = await fetch(makeUrl, { method: "POST", body, headers: { Accept: "application/json" } }).catch(() => null);
    const told = await answer?.json().catch(() => null);
    if (answer?.ok) choose(told);
    else toast(told?.detail || word("none_found"));
  }

  function choose(one) {
    if (one.makeUrl) return make(one);
    asked++;
    close();
    settled = hidden ? one.title : "";
    input.value = settled;
    input.removeAttribute("aria-invalid");
    if (hidden) { hidden.value = one.id; hidden.dispatchEvent(new Event("input", { bubbles: true })); }
    box.dispatchEvent(new CustomEvent("chosen", { bubbles: true, detail: one }));
    return undefined;
  }
  box.choose = choose;
  box.cancel = () => { clearTimeout(timer); asked++; close(); };
  box.settle = () => { settled = input.value; };

  input.addEventListener("input", (event) => {
    event.stopPropagation(); // only a choice changes the draft
    clearTimeout(timer);
    isEntered = false;
    at = -1; // what is shown was found by an earlier text
    box.querySelector("[aria-selected=true]")?.setAttribute("aria-selected", "false");
    if (!input.value.trim()) {
      close();
      asked++;
      isAsking = false;
      if (hidden && hidden.value) { hidden.value = ""; settled = ""; hidden.dispatchEvent(new Event("input", { bubbles: true })); }
      return;
    }
    isAsking = true;
    timer = setTimeout(ask, 140);
  });
  // A click opens it, as it would open a list: what may be chosen, whatever stands there now.
  const open = () => { clearTimeout(timer); ask(input.value === settled ? "" : undefined); };
  input.addEventListener("click", () => { if (hidden && !isOpen()) open(); });
  input.addEventListener("keydown", (event) => {
    if (event.isComposing) return;
    if (event.key === "ArrowDown" && !isOpen() && hidden) open();
    else if (event.key === "ArrowDown" && isOpen()) select(at + 1);
    else if (event.key === "ArrowUp" && isOpen()) select(at - 1);
    else if (event.key === "Enter" && isOpen() && at >= 0) choose(results[at]);
    else if (event.key === "Enter" && isAsking && input.value.trim()) isEntered = true;
    else if (event.key === "Escape" && isOpen()) close();
    else return;
    event.preventDefault();
    event.stopPropagation();
  });
  input.addEventListener("blur", () => {
    if (isEntered) return; // the answer is awaited, wherever the person is by now
    clearTimeout(timer);
    asked++;
    isAsking = false;
    if (isOpen() && at >= 0 && hidden && input.value.trim() && input.value !== settled && results.length === 1 && !results[0].makeUrl) choose(results[0]);
    close();
    if (hidden) input.value = settled;
  });
}
