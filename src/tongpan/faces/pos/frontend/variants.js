// A design in many variants is one entry among what was found; opened, it shows its variants by
// their values, each with what stands on the shelf here and what it costs.
import { element, word } from "../../kit/frontend/words.js";
import { ask } from "./ask.js";
import { variantsOf } from "./catalogue.js";
import { button } from "./draw.js";
import { showPrice } from "./money.js";

const SLASH = " / ", BURST_MS = 100, CODE_MIN = 4;
const at = (id) => document.getElementById(id);
let asked = null; // who waits for the choice
let scan, typed = "", typedAt = 0;

export const entryOf = ({ id, code, name }) => ({ is_family: true, id, code, name, price: null, stock: null });

// What was found, with one entry for several variants of a family, where its first one stands.
export function entries(hits) {
  const many = new Map();
  for (const { family } of hits) if (family) many.set(family.id, (many.get(family.id) || 0) + 1);
  const told = new Set();
  return hits.flatMap((hit) => {
    if (hit.is_family || !hit.family || many.get(hit.family.id) < 2) return [hit];
    if (told.has(hit.family.id)) return [];
    told.add(hit.family.id);
    return [{ ...entryOf(hit.family), is_exact: hit.is_exact }];
  });
}

export function startVariants(act) {
  scan = (code) => act("scan", code);
  at("variants-box").addEventListener("close", () => answer(null));
  at("variants-box").addEventListener("keydown", heard);
  at("variants").addEventListener("keydown", walk);
}

// Somebody scans on: the Enter of a scanner chooses nothing, its code is looked up.
function heard(event) {
  const goesOn = event.timeStamp - typedAt < BURST_MS;
  if (event.key.length === 1) {
    typed = goesOn ? typed + event.key : event.key;
    typedAt = event.timeStamp;
  } else if (event.key === "Enter" && goesOn && typed.length >= CODE_MIN) {
    event.preventDefault();
    at("variants-box").close();
    scan(typed);
  }
}

// Lets somebody choose among the variants of a family, and takes the chosen one up.
export async function pick(family, times, taken) {
  const { options, lines } = await ask(`/till/family?id=${family.id}`).then((told) => (told.lines ? told : Promise.reject(told))).catch(() => ({ options: [], lines: variantsOf(family.id) }));
  at("variants-title").textContent = `${family.name} · ${family.code}`;
  drawVariants(options, lines);
  at("variants-box").showModal();
  (at("variants").querySelector("button:not(.gone)") || at("variants").querySelector("button"))?.focus();
  const line = await new Promise((resolve) => { asked = resolve; });
  return line ? taken(line, times) : undefined;
}

function answer(line) {
  asked?.(line);
  asked = null;
}

// A row for all values but the last, and in it a key for each value of the last: colours, and sizes.
function drawVariants(options, lines) {
  const rows = new Map();
  for (const line of lines) {
    const values = line.family.variant ? line.family.variant.split(SLASH) : [line.name];
    const title = values.slice(0, -1).join(SLASH);
    if (!rows.has(title)) rows.set(title, new Map());
    rows.get(title).set(rows.get(title).has(values.at(-1)) ? line.code : values.at(-1), line);
  }
  const order = options.at(-1)?.values || [...new Set([...rows.values()].flatMap((row) => [...row.keys()]))];
  const ranks = options.slice(0, -1).map((option) => option.values), rank = (title) => title.split(SLASH).map((value, n) => String(ranks[n]?.indexOf(value) ?? 0).padStart(3, "0")).join();
  const titles = ranks.length ? [...rows.keys()].sort((a, b) => (rank(a) < rank(b) ? -1 : 1)) : [...rows.keys()];
  const none = element("p", { class: "quiet" }, word("no_variants"));
  at("variants").replaceChildren(...(titles.length ? titles.map((title) => {
    const row = rows.get(title), names = [...new Set([...order.filter((name) => titles.length > 1 || row.has(name)), ...row.keys()])];
    return element("div", { class: "variant-row", role: "group", "aria-label": title || word("variants") }, ...(title ? [element("b", {}, title)] : []), element("div", { class: "variant-keys" }, ...names.map((name) => variant(name, row.get(name)))));
  }) : [none]));
}

function variant(name, line) {
  if (!line) return element("span", { class: "variant none", "aria-hidden": "true" }, name, element("small", {}, "—"));
  const isGone = line.stock !== null && /^(-|0$)/.test(line.stock);
  const price = line.price === null ? word("price_open") : `¥${showPrice(line.price)}`;
  const made = button(name, { class: `button variant${isGone ? " gone" : ""}` }, element("small", { class: "num" }, line.stock === null ? price : `${price} · ${word("stock_left", { n: line.stock })}`));
  made.addEventListener("click", () => { answer(line); at("variants-box").close(); });
  return made;
}

// Arrows go along a row, and up and down to the same place in another.
function walk(event) {
  const key = event.target.closest("button.variant"), by = { ArrowRight: [0, 1], ArrowLeft: [0, -1], ArrowDown: [1, 0], ArrowUp: [-1, 0] }[event.key];
  if (!key || !by) return;
  event.preventDefault();
  const rows = [...at("variants").querySelectorAll(".variant-keys")], here = key.parentNode;
  const keys = [...here.children], row = rows[rows.indexOf(here) + by[0]] || here;
  for (let place = keys.indexOf(key) + by[1]; place >= 0 && place < row.children.length; place += by[1] || row.children.length)
    if (row.children[place].tagName === "BUTTON") { row.children[place].focus(); return; }
}
