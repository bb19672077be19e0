// One listener for every key. What a key does stands on the thing itself, as data-key="Ctrl Enter".
import { closeMenus, show } from "./menus.js";
import { element, isShown, isTyping, word } from "./words.js";

let goes = 0; // until when a letter goes to a job, after G

export function startKeys() {
  document.addEventListener("keydown", press);
  document.getElementById("keys")?.addEventListener("showing", describe);
}

function press(event) {
  if (event.isComposing || event.defaultPrevented) return;
  if (document.querySelector("dialog[open]")) return;
  const key = nameOf(event);
  const typing = isTyping(event.target) && !isLetterField(event);
  if (key === "Ctrl K") return done(event, () => show("palette"));
  if (key === "Esc") return escape(event);
  const remark = key === "Ctrl Enter" && event.target.closest?.("form.write"); // what is written is sent, and nothing else is done
  if (remark) return done(event, () => remark.requestSubmit());
  if (typing && !event.ctrlKey && !event.metaKey && !/^F\d+$/.test(event.key)) return;
  if (performance.now() < goes && key.length === 1) {
    goes = 0;
    const job = key === "T" ? document.querySelector('.rail [data-letter="H"]') : document.querySelector(`.rail [data-letter="${CSS.escape(key)}"]`);
    if (job) return done(event, () => job.click());
  }
  if (key === "G") { goes = performance.now() + 1200; return event.preventDefault(); }
  if (key === "?") return done(event, () => show("keys"));
  const target = [...document.querySelectorAll(`[data-key="${CSS.escape(key)}"]`)].filter(reachable).pop();
  if (target) done(event, () => use(target));
}

// A phone hides the caps, a closed menu hides its items: their keys work all the same.
function reachable(node) {
  return isShown(node) || node.closest("details.menu:not([open])");
}

// In a quantity cell digits type and letters act.
function isLetterField(event) {
  return event.target.matches?.("[inputmode=decimal]") && /^[a-z]$/i.test(event.key) && !event.ctrlKey && !event.metaKey;
}

export function nameOf(event) {
  const names = { Escape: "Esc", " ": "Space", ArrowUp: "↑", ArrowDown: "↓" };
  const key = names[event.key] || (event.key.length === 1 ? event.key.toUpperCase() : event.key);
  const isLetter = /^[A-Z]$/.test(key);
  return [event.ctrlKey || event.metaKey ? "Ctrl" : "", event.altKey ? "Alt" : "", event.shiftKey && (isLetter || key.length > 1) ? "Shift" : "", key]
    .filter(Boolean).join(" ");
}

function use(target) {
  if (target.matches("input, textarea")) { target.focus(); target.select?.(); }
  else if (target.matches("details")) { target.open = true; target.querySelector("input, button, a")?.focus(); }
  else target.click();
}

function escape(event) {
  if (closeMenus()) return event.preventDefault();
  const unticked = document.querySelector("[data-batch]:not([hidden]) [data-untick]");
  if (isTyping(event.target)) return event.target.blur();
  if (unticked) return done(event, () => unticked.click());
  const back = document.querySelector('[data-key="Esc"]');
  if (back) done(event, () => goBack(back));
}

// Back to the same row and scroll, if that is where we came from.
function goBack(link) {
  const from = document.referrer && new URL(document.referrer);
  if (from && from.origin === location.origin && from.pathname === new URL(link.href).pathname) history.back();
  else link.click();
}

function done(event, act) {
  event.preventDefault();
  act();
}

// The ? page is made of what is on this page: every cap that is written on something, and the rest.
function describe(event) {
  const groups = [[word("everywhere"), [["Ctrl K", word("key_palette")], ["G", word("key_go")], ["G T", word("key_todo")], ["Esc", word("key_back")], ["?", word("key_help")]]]];
  if (document.querySelector("[data-list]"))
    groups.push([word("list"), [["J K", word("key_move")], ["Enter", word("key_open")], ["X Shift-X Ctrl-A", word("key_tick")], ["/", word("key_filter")], ["F", word("key_add_filter")], ["1–9", word("key_views")]]]);
  if (document.querySelector("[data-grid]"))
    groups.push([word("document"), [["F2", word("key_scan")], ["Enter", word("key_cell")], ["Ctrl-D", word("key_copy")], ["U", word("key_unit")], ["Ctrl-V", word("key_paste")]]]);
  const own = new Map();
  for (const node of document.querySelectorAll("[data-key]")) {
    const key = node.dataset.key;
    if (/^(\d|\/|F|Esc)$/.test(key) || own.has(key)) continue;
    const clone = node.cloneNode(true);
    clone.querySelectorAll("kbd, svg, .said").forEach((part) => part.remove());
    const text = clone.textContent.trim() || node.getAttribute("aria-label") || "";
    if (text) own.set(key, text);
  }
  if (own.size) groups.push([word("this_page"), [...own]]);
  event.target.querySelector(".columns").replaceChildren(...groups.map(([title, keys]) => group(title, keys)));
}

function group(title, keys) {
  const lines = keys.map(([caps, text]) => element("div", {}, element("dt", {}, text), element("dd", {}, ...split(caps))));
  return element("section", {}, element("h3", {}, title), element("dl", {}, ...lines));
}

function split(caps) {
  const parts = /^(Ctrl|Shift|Alt) /.test(caps) ? [caps] : caps.split(" ");
  return parts.map((cap) => element("kbd", {}, cap.replace("-", " ")));
}
