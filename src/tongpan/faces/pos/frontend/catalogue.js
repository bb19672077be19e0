// The till's own catalogue: kept in this browser, brought up to date in the background, asked first.
// What it does not know, or cannot say exactly, is asked of the server: then it answers nothing.
import { word } from "../../kit/frontend/words.js";
import { ask } from "./ask.js";
import { micro, plain } from "./money.js";
import { readScan, Refused } from "./scans.js";
import { ranked } from "./search.js";
import { boot } from "./state.js";
import { entries, entryOf } from "./variants.js";

const NAME = "till-catalogue", PARTS = "parts", SHAPE = 3, AGAIN_MS = 60_000, CHANGES_MOST = 40, FOUND_MAX = 40, SOUGHT_MAX = 120, CODE_MIN = 8;
const MILLION = 1000000n;
const at = (id) => document.getElementById(id);
let items = new Map(), codes = new Map(), byCode = new Map(), layouts = [];
let meta = null; // {version, count, parts}: where what is kept here stands
let isReady = false, isBusy = false, clocks;

// -- kept in the browser ---------------------------------------------------------------------------

const key = (n) => `${boot.store}:${String(n).padStart(5, "0")}`;

function open() {
  return new Promise((resolve, reject) => {
    const asked = indexedDB.open(NAME, SHAPE);
    asked.onupgradeneeded = () => {
      if (asked.result.objectStoreNames.contains(PARTS)) asked.result.deleteObjectStore(PARTS); // rows of another shape
      asked.result.createObjectStore(PARTS);
    };
    asked.onsuccess = () => resolve(asked.result);
    asked.onerror = () => reject(asked.error);
  });
}

function within(mode, act) {
  return open().then((base) => new Promise((resolve, reject) => {
    const done = base.transaction(PARTS, mode), store = done.objectStore(PARTS);
    const asked = act(store);
    done.oncomplete = () => { base.close(); resolve(asked?.result); };
    done.onerror = done.onabort = () => { base.close(); reject(done.error); };
  }));
}

const put = (name, value) => within("readwrite", (store) => store.put(value, name));
const range = () => IDBKeyRange.bound(`${boot.store}:`, `${boot.store};`, false, true);

async function keep(n, rows) {
  await put(key(n), rows).catch(() => {}); // a browser that keeps nothing still has it in memory
}

// -- bringing it up to date ------------------------------------------------------------------------

export async function startCatalogue() {
  if (!boot.store) return;
  try {
    const kept = await within("readonly", (store) => store.get(boot.store));
    if (kept) {
      const parts = await within("readonly", (store) => store.getAll(range()));
      for (const rows of parts) take(rows);
      meta = kept;
      layouts = kept.layouts;
      isReady = true;
      progress("");
    }
  } catch {
    meta = null; // then it is loaded anew
  }
  await refresh();
  setInterval(refresh, AGAIN_MS);
  addEventListener("online", refresh);
}

export async function refresh() {
  if (isBusy) return;
  isBusy = true;
  try {
    if (meta) await changes();
    if (!meta) await whole();
  } catch {
    progress(""); // no answer: what is here stays in use, and it is tried again
  } finally {
    isBusy = false;
  }
}

async function changes() {
  const answer = await ask(`/till/catalogue?since=${encodeURIComponent(meta.version)}`);
  if (!answer.version) return;
  if (answer.is_anew || meta.parts > 1_000) { meta = null; return; }
  take(answer.items);
  layouts = answer.layouts;
  if (answer.count < meta.count || (!answer.items.length && answer.count !== meta.count)) { meta = null; return; } // something was deleted
  if (answer.items.length) await keep(meta.parts, answer.items);
  meta = { ...meta, version: answer.version, count: answer.count, layouts, parts: meta.parts + (answer.items.length ? 1 : 0), changes: (meta.changes || 0) + (answer.items.length ? 1 : 0) };
  await put(boot.store, meta).catch(() => {});
  if (meta.changes > CHANGES_MOST) meta = null;
}

// Selling goes on meanwhile: until it is here, the server is asked.
async function whole() {
  const fresh = { items: new Map(), codes: new Map(), byCode: new Map() };
  let after = "", first = null, parts = 0;
  const rows = [];
  for (;;) {
    const answer = await ask(`/till/catalogue${after ? `?after=${after}` : ""}`);
    if (!answer.items) return;
    first ||= answer;
    rows.push(answer.items);
    for (const row of answer.items) index(row, fresh);
    progress(word("catalogue_loading", { n: fresh.items.size }));
    after = answer.next;
    if (!after) break;
  }
  ({ items, codes, byCode } = fresh);
  layouts = first.layouts;
  isReady = true;
  await within("readwrite", (store) => store.delete(range())).catch(() => {});
  for (const part of rows) await keep(parts++, part);
  meta = { version: first.version, count: first.count, layouts, parts, changes: 0 };
  await put(boot.store, meta).catch(() => {});
  progress("");
}

function take(rows) {
  for (const row of rows) index(row, { items, codes, byCode });
}

function index(row, into) {
  const [id, code, , , , , , barcodes] = row;
  const was = into.items.get(id);
  if (was) {
    for (const [text] of was[7]) into.codes.delete(text);
    into.byCode.delete(was[1].toLowerCase());
  }
  into.items.set(id, row);
  into.byCode.set(code.toLowerCase(), id);
  for (const [text, unit, kind] of barcodes) into.codes.set(text, { id, unit, kind });
}

function progress(text) {
  const place = at("catalogue-state");
  if (!place) return;
  place.hidden = !text;
  place.textContent = text;
  document.documentElement.dataset.catalogue = isReady ? String(items.size) : "";
}

// -- looking up ------------------------------------------------------------------------------------

// What a code or some letters mean, as the server's answer to a scan; null where it must be asked.
export function find(text) {
  if (!isReady) return null;
  let scan;
  try {
    scan = readScan(text, layouts);
  } catch (no) {
    if (no instanceof Refused) return null; // the server says it in words
    throw no;
  }
  for (const code of scan.codes) {
    const known = codes.get(code);
    if (known && known.kind !== "scale") return sold(known.id, known.unit, scan.codes[0], {});
  }
  if (scan.label) {
    const known = codes.get(scan.label.item);
    return known?.kind === "scale" ? sold(known.id, known.unit, scan.codes[0], scan.label) : null;
  }
  if (/^\d+$/.test(scan.codes[0]) && scan.codes[0].length >= CODE_MIN) return null;
  const exact = byCode.get(scan.codes[0].toLowerCase());
  if (exact) return sold(exact, null, "", {});
  const family = familyCalled(scan.codes[0]);
  return family ? { family } : searched(scan.codes[0]);
}

function sold(id, unit, barcode, label) {
  const line = lineOf(items.get(id), unit);
  if (!line) return null;
  if (barcode) line.barcode = barcode;
  return weighed(line, label) ? { line } : null;
}

// Puts onto the line what a label of the scales says; false where only the server can say it.
function weighed(line, { weight, price, quantity }) {
  line.is_label = false;
  if (price) return false; // a price on a label fixes the quantity: the server works it out
  if (weight) {
    const kg = micro(weight), size = line.size === null ? null : micro(line.size);
    if (line.dimension !== "weight" || !size || (kg * MILLION) % size) return false;
    line.quantity = plain((kg * MILLION) / size);
    line.is_label = line.quantity !== "1";
  } else {
    line.quantity = quantity || "1";
    line.is_label = Boolean(quantity && quantity !== "1");
  }
  return true;
}

// An item as the till sells it now, in a unit or its base unit; null if it is not sold here.
export function lineOf(row, unit, now = moment()) {
  if (!row || row[3] !== "active" || !row[4]) return null;
  const [id, code, name, , , , base, , units, offers, isOpen, family, levels] = row;
  const told = units.filter(([pk, , , , , , isOwn]) => pk === base || isOwn || pk === unit)
    .map(([pk, unitName, step, dimension, size, factor]) => ({ unit: pk, unit_name: unitName, price: priceOf(offers, pk, base, factor, now), levels: levelsOf(levels, pk, base, factor, now), step: plain(micro(step)), factor: factor === null ? null : plainOf(factor), dimension, size }))
    .sort((a, b) => (b.unit === base) - (a.unit === base));
  const chosen = told.find((one) => one.unit === (unit || base));
  if (!chosen || (chosen.price === null && !isOpen) || chosen.factor === null || told.some((one) => one.price === undefined || !one.levels)) return null;
  const shown = ({ unit: pk, unit_name, price, step, factor, levels: lower }) => ({ unit: pk, unit_name, price, step, factor, levels: lower });
  const others = told.filter((one) => (one.price !== null || isOpen) && (one.unit === base || units.some(([pk, , , , , , isOwn]) => pk === one.unit && isOwn)));
  return { ...shown(chosen), dimension: chosen.dimension, size: chosen.size, item: id, code, name, is_sold: true, is_price_open: isOpen, family: familyOf(family), rate: null, stock: null, units: others.map(shown) };
}

const plainOf = (text) => (micro(text) === null ? null : plain(micro(text)));

// Null where there is no price, undefined where it has more places than this script counts in.
function priceOf(offers, unit, base, factor, { day, clock }) {
  const held = offers.filter(([pk, , , listFrom, listUntil, from, at_]) => (pk === unit || pk === base) && listFrom <= day &&
    (!listUntil || listUntil >= day) && (from < day || (from === day && at_ <= clock)));
  if (!held.length) return null;
  held.sort((a, b) => (b[0] === unit) - (a[0] === unit) || b[2] - a[2] || compare(b[3], a[3]) || compare(b[5], a[5]) || compare(b[6], a[6]));
  const [pk, price] = held[0];
  if (pk === unit) return plain(micro(price));
  const times = micro(factor ?? "x"), exact = times === null ? null : micro(price) * times;
  return exact === null || exact % MILLION ? undefined : plain(exact / MILLION);
}

// The lower prices of a unit that hold now, for members or from a quantity on, as the server tells
// them; null where one has more places than this script counts in.
function levelsOf(levels, unit, base, factor, { day, clock }) {
  const held = levels.filter(([, pk, , , , , , listFrom, listUntil, from, at_, until]) => (pk === unit || pk === base) && listFrom <= day &&
    (!listUntil || listUntil >= day) && (from < day || (from === day && at_ <= clock)) && (!until || until >= day));
  held.sort((a, b) => b[6] - a[6] || compare(b[7], a[7]) || compare(b[9], a[9]) || compare(b[10], a[10]));
  const seen = new Set(), told = [];
  for (const [id, pk, isForMembers, tier, from, price] of held) {
    const level = `${pk} ${isForMembers} ${tier} ${from}`;
    if (seen.has(level)) continue;
    seen.add(level);
    const times = pk === unit ? MILLION : micro(factor ?? "x"), one = micro(price);
    if (times === null || one === null || micro(from) === null || (one * times) % MILLION) return null;
    told.push({ id, for_members: isForMembers, tier: tier || "", from: plain(micro(from)), price: plain((one * times) / MILLION), factor: plain(times) });
  }
  return told;
}

const compare = (a, b) => (a < b ? -1 : a > b ? 1 : 0);

// The business day of the store and its clock, as the server compares prices with them.
export function moment(now = new Date()) {
  clocks ||= new Intl.DateTimeFormat("en-CA", { timeZone: boot.zone, year: "numeric", month: "2-digit", day: "2-digit", hour: "2-digit", minute: "2-digit", hourCycle: "h23" });
  const parts = Object.fromEntries(clocks.formatToParts(now).map(({ type, value }) => [type, value]));
  const date = `${parts.year}-${parts.month}-${parts.day}`, clock = `${parts.hour}:${parts.minute}`;
  if (clock >= (boot.day_cut || "00:00")) return { day: date, clock };
  const before = new Date(`${date}T12:00:00Z`);
  before.setUTCDate(before.getUTCDate() - 1);
  return { day: before.toISOString().slice(0, 10), clock: "24:00" };
}

// -- letters ---------------------------------------------------------------------------------------

function searched(text) {
  const now = moment(), lines = [];
  for (const { row, isExact } of ranked(items.values(), text, SOUGHT_MAX)) {
    const line = lineOf(row, null, now);
    if (line) lines.push({ ...line, quantity: "1", is_label: false, is_exact: isExact });
  }
  const found = (lines.length ? entries(lines) : familiesNamed(text)).slice(0, FOUND_MAX);
  if (!found.length) return null;
  return found.length > 1 ? { found } : found[0].is_family ? { family: found[0] } : { line: found[0] };
}

// -- families --------------------------------------------------------------------------------------

const familyOf = (told) => (told ? { id: told[0], code: told[1], name: told[2], variant: told[3] } : null);

function familyCalled(code) {
  const wanted = code.toLowerCase();
  for (const row of items.values()) if (row[11] && row[11][1].toLowerCase() === wanted) return entryOf(familyOf(row[11]));
  return null;
}

// Families by their own names, for variants that are called otherwise.
function familiesNamed(text) {
  const wanted = text.toLowerCase(), named = new Map();
  for (const row of items.values()) if (row[11] && row[11][2].toLowerCase().includes(wanted)) named.set(row[11][0], entryOf(familyOf(row[11])));
  return [...named.values()];
}

// The variants of a family as they are sold here, by their codes; for a till that is cut off.
export function variantsOf(family) {
  const now = moment(), rows = [...items.values()].filter((row) => row[11]?.[0] === family).sort((a, b) => compare(a[1], b[1]));
  return rows.map((row) => lineOf(row, null, now)).filter(Boolean).map((line) => ({ ...line, quantity: "1", is_label: false }));
}

export const size = () => (isReady ? items.size : 0);
