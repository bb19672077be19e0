// Menus, dialogs, tabs, toasts, confirmations, theme and row height.
import { element, isShown, word } from "./words.js";

export function startMenus() {
  document.addEventListener("click", closeOthers);
  document.addEventListener("click", openDialog);
  document.addEventListener("click", askFirst, true);
  document.addEventListener("click", small);
  document.addEventListener("toggle", placeFloat, true);
  document.addEventListener("keydown", moveInMenu);
  document.querySelectorAll("[data-tabs]").forEach(startTabs);
  document.querySelectorAll(".toast").forEach(startToast);
  restoreDensity();
  window.addEventListener("offline", () => online(false));
  window.addEventListener("online", () => online(true));
  if (!navigator.onLine) online(false);
}

export function closeMenus() {
  const open = [...document.querySelectorAll("details.menu[open]")];
  open.forEach((menu) => { menu.open = false; menu.querySelector("summary").focus(); });
  return open.length > 0;
}

function closeOthers(event) {
  for (const menu of document.querySelectorAll("details.menu[open]"))
    if (!menu.contains(event.target)) menu.open = false;
}

// A menu near the edge opens inwards.
function placeFloat(event) {
  const float = event.target.matches?.("details.menu[open]") && event.target.querySelector(".float");
  if (!float) return;
  float.style.left = float.style.right = "";
  const box = float.getBoundingClientRect();
  const excess = box.right - (document.documentElement.clientWidth - 8);
  if (excess > 0 && !float.classList.contains("end")) float.style.left = `${-excess}px`;
  if (box.left < 8) { float.style.right = "auto"; float.style.left = `${8 - event.target.getBoundingClientRect().left}px`; }
  float.querySelector(".input")?.focus();
}

function moveInMenu(event) {
  const menu = event.target.closest?.("details.menu[open]");
  if (!menu || !["ArrowDown", "ArrowUp"].includes(event.key) || event.target.matches("input:not(.tick), select")) return;
  const items = [...menu.querySelectorAll(".float a, .float button, .float .tick")].filter(isShown);
  const at = items.indexOf(document.activeElement) + (event.key === "ArrowDown" ? 1 : -1);
  items[(at + items.length) % items.length]?.focus();
  event.preventDefault();
}

function openDialog(event) {
  const opener = event.target.closest("[data-open]");
  if (opener) { closeOthers({ target: document.body }); show(opener.dataset.open); }
  if (event.target.closest("[data-close]") || event.target.matches("dialog")) event.target.closest("dialog")?.close();
}

export function show(id) {
  const dialog = document.getElementById(id);
  if (!dialog || dialog.open) return;
  dialog.dispatchEvent(new CustomEvent("showing"));
  dialog.showModal();
}

// A deed that cannot be taken back is named on the button; Esc is safe.
let isAnswered = false;
function askFirst(event) {
  const asking = event.target.closest?.("[data-ask]");
  if (!asking || isAnswered) return;
  event.preventDefault();
  event.stopImmediatePropagation();
  const dialog = document.getElementById("ask");
  dialog.querySelector("h2").textContent = asking.dataset.ask;
  dialog.querySelector("p").textContent = asking.dataset.askText;
  const deed = dialog.querySelector("[data-deed]");
  deed.textContent = asking.dataset.askDeed;
  deed.onclick = () => { dialog.close(); isAnswered = true; asking.click(); isAnswered = false; };
  dialog.showModal();
  dialog.querySelector("[data-close]").focus();
}

function small(event) {
  const target = event.target;
  const code = target.closest?.(".code:not(a .code)");
  if (target.closest("[data-back]")) { event.preventDefault(); history.back(); }
  if (target.closest("[data-density]")) density(!document.documentElement.classList.contains("narrow"));
  if (target.closest("[data-reveal]")) reveal(target.closest("[data-reveal]"));
  if (code && code.closest("h1, .facts, .head .note") && window.getSelection().isCollapsed) {
    navigator.clipboard?.writeText(code.textContent.trim()).then(() => toast(word("copied")), () => {});
  }
}

function reveal(button) {
  const input = button.closest(".with-button").querySelector("input");
  const isHidden = input.type === "password";
  input.type = isHidden ? "text" : "password";
  button.setAttribute("aria-pressed", String(isHidden));
}

function restoreDensity() {
  density(localStorage.getItem(`density:${location.pathname}`) === "narrow");
}

function density(isNarrow) {
  const button = document.querySelector("[data-density]");
  if (!button) return;
  document.documentElement.classList.toggle("narrow", isNarrow);
  document.querySelectorAll(".list .table").forEach((table) => table.classList.toggle("compact", isNarrow));
  button.setAttribute("aria-pressed", String(isNarrow));
  localStorage.setItem(`density:${location.pathname}`, isNarrow ? "narrow" : "standard");
}

export function startTabs(box) {
  const tabs = [...box.querySelectorAll("[role=tab]")];
  const choose = (tab) => {
    for (const one of tabs) {
      one.setAttribute("aria-selected", String(one === tab));
      one.tabIndex = one === tab ? 0 : -1;
      document.getElementById(one.getAttribute("aria-controls")).hidden = one !== tab;
    }
    sessionStorage.setItem("tab", tab.id);
  };
  box.addEventListener("click", (event) => { const tab = event.target.closest("[role=tab]"); if (tab) choose(tab); });
  box.addEventListener("keydown", (event) => {
    const at = tabs.indexOf(event.target);
    if (at < 0 || !["ArrowLeft", "ArrowRight"].includes(event.key)) return;
    const next = tabs[(at + (event.key === "ArrowRight" ? 1 : -1) + tabs.length) % tabs.length];
    next.focus();
    choose(next);
  });
  const kept = box.dataset.first || (location.hash.startsWith("#tab-") ? location.hash.slice(1) : sessionStorage.getItem("tab"));
  const first = tabs.find((tab) => tab.id === kept) || tabs[0];
  if (first) choose(first);
}

export function toast(text, undo) {
  const box = document.querySelector(".toasts");
  const made = element("div", { class: "toast", "data-seconds": undo ? "7" : "3" }, element("span", {}, text));
  if (undo) {
    const button = element("button", { type: "button", "data-key": "Z" }, word("undo"), " ", element("kbd", {}, "Z"));
    button.addEventListener("click", () => { made.remove(); undo(); });
    made.append(button);
  }
  box?.replaceChildren(made);
  if (box) startToast(made);
}

function startToast(made) {
  let left = Number(made.dataset.seconds) * 1000;
  let since = performance.now();
  let timer = setTimeout(() => made.remove(), left);
  const pause = () => { clearTimeout(timer); left -= performance.now() - since; };
  const go = () => { clearTimeout(timer); since = performance.now(); timer = setTimeout(() => made.remove(), Math.max(left, 800)); };
  for (const event of ["mouseenter", "focusin"]) made.addEventListener(event, pause);
  for (const event of ["mouseleave", "focusout"]) made.addEventListener(event, go);
}

// Offline is a state, not an error.
function online(isOnline) {
  const shown = document.getElementById("connection");
  document.documentElement.classList.toggle("offline", !isOnline);
  if (!shown || (isOnline && shown.hidden)) return;
  shown.hidden = false;
  shown.querySelector(".dot").classList.toggle("wait", !isOnline);
  if (!isOnline) shown.querySelector(".word").textContent = word("offline");
}
