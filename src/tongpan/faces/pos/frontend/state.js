// What the till holds. It is written to this machine at every change, per till and person, so that
// a reload, a closed tab or a power cut loses nothing.
import { newId, word } from "../../kit/frontend/words.js";
import { relevel } from "./levels.js";
import { micro, plain } from "./money.js";
import { leftOf } from "./priced.js";

export const boot = JSON.parse(document.getElementById("boot")?.textContent || "{}");
const KEY = `till:${boot.till}:${boot.person}`;
const PAST_MAX = 60;

// lines: the basket; off: a discount of all of it; remark: what was said about it; priced: what the server last said it comes to;
// member: whose it is, if they are one; customer: on whose account some of it goes; pay: null, or the payment being taken;
// kept: what a basket that was taken up again brought, until it was looked at; asks: a discount of it
// that somebody must allow anew;
// told: whether its total was said to the customer;
// pending: what was sent and is not yet known to be done; code: a customer's code that is being
// charged; done: the slip just given out.
export const state = { id: newId(), lines: [], selected: 0, member: null, customer: null, coupons: [], off: null, remark: "", asks: null, kept: null, priced: null, pay: null, told: false, pending: null, code: null, done: null };
const past = [];
let less = () => {};

export function load() {
  try {
    Object.assign(state, JSON.parse(localStorage.getItem(KEY) || "{}"));
  } catch {
    localStorage.removeItem(KEY);
  }
}

export function save() {
  localStorage.setItem(KEY, JSON.stringify(state));
}

// Another tab of the same till changed the basket.
export function whenChangedElsewhere(draw) {
  addEventListener("storage", (event) => { if (event.key === KEY) { load(); draw(); } });
}

// Calls back with the lines before and after, where a basket changes whose total was said.
export function whenLess(told) {
  less = told;
}

// Every change of the basket goes through here, so that each can be taken back.
export function change(act) {
  past.push(JSON.stringify([state.lines, state.selected, state.off, state.remark]));
  if (past.length > PAST_MAX) past.shift();
  act();
  relevel(state.lines, state.member);
  if (state.told) less(JSON.parse(past.at(-1))[0], state.lines);
  state.selected = Math.max(0, Math.min(state.selected, state.lines.length - 1));
  if (!state.lines.length) Object.assign(state, { pay: null, off: null, remark: "", asks: null, kept: null, coupons: [] });
  save();
}

export function undo() {
  if (!past.length) return false;
  const before = state.lines;
  [state.lines, state.selected, state.off, state.remark] = JSON.parse(past.pop());
  if (state.told) less(before, state.lines);
  if (!state.lines.length) state.pay = null;
  save();
  return true;
}

export function startAnew() {
  Object.assign(state, { id: newId(), lines: [], selected: 0, member: null, customer: null, coupons: [], off: null, remark: "", asks: null, kept: null, priced: null, pay: null, told: false, pending: null, code: null });
  past.length = 0;
  save();
}

// The same goods at the same price are one line; a label of the scales is always its own.
export function add(found, times) {
  const quantity = found.is_label ? found.quantity : plain(micro(times) * (micro(found.quantity || "1") / 1000000n || 1n));
  change(() => {
    state.done = null;
    const same = state.lines.findIndex((line) => line.item === found.item && line.unit === found.unit && line.price === line.listed && (line.usual ?? line.price) === found.price && !line.is_label && !found.is_label && !line.off && !line.card && !line.remark);
    if (same >= 0) {
      const line = state.lines[same];
      line.quantity = plain(micro(line.quantity) + micro(quantity));
      line.stock = found.stock;
      state.selected = same;
    } else {
      state.lines.push({ ...found, quantity, listed: found.price });
      state.selected = state.lines.length - 1;
    }
  });
  return state.lines[state.selected];
}

export function selectedLine() {
  return state.lines[state.selected];
}

export function total() {
  return state.lines.reduce((sum, line) => sum + leftOf(line), 0n);
}

export function shortage(line) {
  return micro(line.stock) > 0n ? word("short", { has: line.stock }) : word("none_left");
}

// Whether the shelf holds less of a line's item than the whole basket asks for.
export function isShort(line) {
  if (line.stock === undefined || line.stock === null) return false;
  const negative = String(line.stock).startsWith("-");
  const wanted = state.lines.filter((other) => other.item === line.item)
    .reduce((sum, other) => sum + micro(other.quantity) * micro(other.factor || "1") / 1000000n, 0n);
  return negative || wanted > micro(line.stock);
}
