// What is written in a form, kept in the browser and put back. Drafts keep it until the server has
// it; a form that is sent whole is kept until the answer is there, for the session may have ended.
import { toast } from "./menus.js";
import { word } from "./words.js";

const SENT = "sent"; // in the tab alone: it goes with it
const DOOR = "/sign-in/";

export function heldBy(form) {
  const shown = {};
  form.querySelectorAll(".combo input[role=combobox][id]").forEach((field) => { shown[field.id] = field.value; });
  const secrets = new Set([...form.querySelectorAll("input[type=password]")].map((field) => field.name));
  const fields = [...new FormData(form)].filter(([name, value]) => name !== "csrfmiddlewaretoken" && typeof value === "string" && !secrets.has(name));
  return { fields, shown };
}

export function putBack(form, { fields, shown }) {
  const ticked = new Set(fields.map(([name, value]) => `${name}=${value}`));
  const names = new Set(fields.map(([name]) => name));
  form.querySelectorAll("[data-rows] tr").forEach((row) => {
    const id = row.querySelector("input[name$='.id']");
    if (id && !names.has(id.name)) row.remove(); // it had been taken away
  });
  for (const name of names) {
    const [grid, index] = name.split(".");
    const box = name.includes(".") && form.querySelector(`[data-grid="${grid}"]`);
    if (box) box.rowAt(index);
  }
  form.querySelectorAll("input[type=checkbox]").forEach((box) => { box.checked = ticked.has(`${box.name}=${box.value}`); });
  const named = new Map(fields);
  for (const field of form.elements) { // by their own names: what one sees of a choice has its id
    if (!named.has(field.name) || ["checkbox", "password", "file"].includes(field.type)) continue;
    const value = named.get(field.name);
    if (field instanceof HTMLSelectElement && ![...field.options].some((o) => o.value === value)) field.append(new Option(value, value));
    if (field.type === "radio") field.checked = field.value === value;
    else if (field.name !== "parts") field.value = value;
  }
  for (const [id, text] of Object.entries(shown)) {
    const field = document.getElementById(id);
    if (field) { field.value = text; field.closest(".combo").settle?.(); }
  }
}

// Who was sent to the door with a form comes back to the page, and finds it as it was. Any other
// page is an answer: nothing is kept any longer.
export function startSent() {
  const sent = JSON.parse(sessionStorage.getItem(SENT) || "null");
  if (location.pathname.startsWith(DOOR)) return sent && keep({ ...sent, waits: true });
  sessionStorage.removeItem(SENT);
  const form = document.querySelector("form#form:not([data-draft])");
  if (!form) return undefined;
  const from = location.pathname + location.search;
  const by = document.body.dataset.person;
  if (sent?.waits && sent.from === from && sent.by === by) {
    putBack(form, sent);
    if (sent.action) form.action = sent.action; // a new record stays the one that it was
    form.dispatchEvent(new Event("input", { bubbles: true }));
    form.dispatchEvent(new Event("change", { bubbles: true }));
    toast(word("restored"));
  }
  form.addEventListener("submit", () => keep({ ...heldBy(form), from, by, action: form.action }));
  return undefined;
}

function keep(sent) {
  try { sessionStorage.setItem(SENT, JSON.stringify(sent)); } catch { /* full: it stands on the page */ }
}
