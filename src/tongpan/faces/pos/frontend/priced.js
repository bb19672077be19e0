// What the basket comes to: the server prices it at each change, with promotions, discounts and
// rounding off. The newest answer wins; until it is there, lines cost what they last did.
import { element, word } from "../../kit/frontend/words.js";
import { ask, sentence } from "./ask.js";
import { cardNote, cardSent, cardsRefused } from "./cards.js";
import { couponsKey, couponsRefused, couponsSent } from "./coupons.js";
import { button, calm, draw, said, trouble } from "./draw.js";
import { amount, cents, centsText, show, showPrice } from "./money.js";
import { boot, save, state } from "./state.js";
import { swap } from "./swap.js";

const SOON_MS = 30, WAIT_MS = 2000, LATE_MS = 250, MINUTE_MS = 60_000, AGAIN_MS = 3000;
let asking = "", nth = 0, soon, minute, isPlain = null, isLate = false, waiting = [];

const mark = (line) => JSON.stringify([line.item, line.unit, line.quantity, line.price, line.off || 0, line.card?.id || 0]);
const isOwn = (line) => line.price !== line.listed || line.is_label || line.is_price_open; // no price of the list
// How it is paid so far; the way that is chosen takes the rest.
const ways = () => (swap.isOn ? swap.ways : state.pay ? [...state.pay.rows.map(({ method, amount }) => ({ method, amount })), { method: state.pay.method }] : []);
const keyOf = () => JSON.stringify([state.lines.map(mark), state.off, state.member?.id, ways(), couponsKey(), String(swap.back)]);
const rowsOf = new WeakMap(); // of each answer, its rows by their marks
function known(line) {
  const { priced } = state;
  if (!priced) return undefined;
  if (!rowsOf.has(priced)) rowsOf.set(priced, new Map(priced.lines.map((row) => [row.mark, row]).reverse())); // the first of equal ones
  return rowsOf.get(priced).get(mark(line));
}

// What is left to pay of a line, in cents.
export function leftOf(line) {
  const row = known(line);
  return row ? cents(row.left) : amount(line.quantity, line.price);
}

export const sharesOf = (line) => known(line)?.shares || [];
export const saved = () => state.lines.flatMap(sharesOf).filter((share) => !share.is_paid).reduce((sum, share) => sum + cents(share.amount), 0n);

// What is sent about the basket, here and for a discount.
export function basketSent() {
  const lines = state.lines.map((line) => ({ item: line.item, unit: line.unit, quantity: line.quantity, barcode: line.barcode || "",
    price: isOwn(line) ? line.price : null, listed: line.listed, ...(line.off ? { off: line.off } : {}), ...cardSent(line) }));
  return { id: state.id, lines, payments: ways(), ...(swap.isOn ? { against: centsText(swap.back) } : {}), ...(state.off ? { off: state.off } : {}), ...(state.member ? { member: state.member.id } : {}), ...couponsSent() };
}

// Called after each change; asks only where the answer could be another one.
export function priceSoon() {
  dropOutgrown();
  if (!state.lines.length) { state.priced = null; asking = ""; return settle(); }
  const key = keyOf();
  if (!minute) nextMinute(MINUTE_MS - (Date.now() % MINUTE_MS) + LATE_MS);
  if (key === asking || state.pending) return;
  asking = key;
  isPlain ??= boot.is_plain; // as it was when the page came; each answer says it anew
  if (isPlain && !state.off && !couponsKey() && !state.lines.some((line) => line.off || line.card)) return settle();
  clearTimeout(soon);
  soon = setTimeout(askNow, SOON_MS);
}

// A discount that somebody allowed is for as many as there were.
function dropOutgrown() {
  for (const line of state.lines) {
    if (!line.off || line.off.of === line.quantity) continue;
    delete line.off;
    save();
    said("wait", line.name, word("discount_gone"));
  }
}

function nextMinute(after) {
  clearTimeout(minute);
  minute = setTimeout(() => { minute = 0; if (state.lines.length && !state.pending) askNow(); }, after);
}

export async function askNow() {
  clearTimeout(soon);
  const key = (asking = keyOf()), mine = ++nth;
  isLate = true;
  let answer;
  try {
    answer = await ask("/till/price", basketSent());
  } catch {
    if (mine === nth) { asking = ""; settle(); nextMinute(AGAIN_MS); }
    return;
  }
  if (mine !== nth || key !== keyOf()) return; // a newer one was asked
  if (answer.refused && (couponsRefused(answer.refused) || cardsRefused(answer.refused))) return settle();
  if (answer.refused) { trouble("act", sentence(answer.refused), [], [button(word("dismiss"), {})]); at("trouble").addEventListener("click", calm, { once: true }); return settle(); }
  take(answer, key);
}

// What a line comes to now: by which promotions, and by which no longer.
function changed(name, before, row) {
  const now = row.shares.map((share) => share.title);
  const gone = before.shares.map((share) => share.title).filter((title) => !now.includes(title));
  return [`${name}: ¥${showPrice(before.left)} → ¥${showPrice(row.left)}`, ...now, ...gone.map((title) => word("no_longer", { title }))].join(" · ");
}

function take(answer, key) {
  const before = state.priced, told = [];
  isPlain = answer.is_plain;
  state.lines.forEach((line, index) => {
    const { price, price_from } = answer.lines[index];
    if (price === null || price === line.listed) return;
    told.push(`${line.name}: ¥${showPrice(line.price)} → ¥${showPrice(price)}${price_from ? ` · ${price_from}` : ""}`);
    Object.assign(line, { price, listed: price, usual: line.levels?.length ? line.usual : price, since: price_from, by: "" });
  });
  const rows = answer.lines.map((row, index) => ({ mark: mark(state.lines[index]), left: row.left, shares: row.shares }));
  if (before && before.key === key && !told.length)
    rows.forEach((row, index) => { if (before.lines[index].left !== row.left) told.push(changed(state.lines[index].name, before.lines[index], row)); });
  asking = keyOf();
  state.priced = { key: asking, lines: rows, total: answer.total, hints: answer.hints };
  save();
  nextMinute(answer.next_ms + LATE_MS);
  if (told.length) {
    trouble("wait", word("prices_changed"), told, [button(word("dismiss"), {})]);
    at("trouble").addEventListener("click", calm, { once: true });
  }
  settle();
  draw();
}

function settle() {
  isLate = false;
  for (const go of waiting.splice(0)) go();
}

// Waits a moment for the answer that is on its way; a sale is priced again by the server anyway.
export function fresh() {
  if (state.lines.length && !state.pending) priceSoon();
  if (!isLate && asking === keyOf() && !soonIsSet()) return Promise.resolve();
  return new Promise((resolve) => { waiting.push(resolve); setTimeout(resolve, WAIT_MS); });
}

const soonIsSet = () => asking !== "" && !isPlain && state.priced?.key !== asking && state.lines.length > 0;

const at = (id) => document.getElementById(id);

// -- drawn ---------------------------------------------------------------------------------------

export function shareNotes(line) {
  const notes = sharesOf(line).map((share) => element("span", { class: "tone-ok share" }, `${share.title} ${show(-cents(share.amount))}`));
  notes.push(...cardNote(line));
  if (line.since) notes.unshift(element("span", { class: "tone-accent" }, line.since));
  return notes;
}

export function drawHints() {
  at("hints").replaceChildren(...(state.lines.length ? state.priced?.hints || [] : []).map((text) => element("span", {}, text)));
}

// -- why not -------------------------------------------------------------------------------------

export async function whyBox() {
  if (document.querySelector("dialog[open]")) return;
  at("why-rows").replaceChildren();
  at("why-box").showModal();
  const answer = state.lines.length ? await ask("/till/price", { ...basketSent(), why: true }).catch(() => ({})) : {};
  const rows = (answer.why || []).map((one) => element("tr", {}, element("td", {}, element("b", {}, one.title), element("span", { class: "under quiet" }, one.code)),
    element("td", { class: "num" }, one.amount === null ? "" : element("span", { class: "tone-ok" }, show(-cents(one.amount)))), element("td", {}, one.amount === null ? one.why : [word("promotion_used"), one.why].filter(Boolean).join(" "))));
  const none = element("tr", {}, element("td", { colspan: 3, class: "quiet" }, answer.refused ? sentence(answer.refused) : word("no_promotions")));
  at("why-rows").replaceChildren(...(rows.length ? rows : [none]));
}

