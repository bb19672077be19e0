// What leaves a basket before it is paid: written down once its total was said, and always when the
// whole basket is let go. Where the store wants a reason, it is asked for first.
import { newId, word } from "../../kit/frontend/words.js";
import { calm, draw, said } from "./draw.js";
import { micro, plain } from "./money.js";
import { owe } from "./owed.js";
import { boot, change, startAnew, state, whenLess } from "./state.js";

const at = (id) => document.getElementById(id);
let wanted = null, reason = "";

export function startTakeOff() {
  whenLess((before, after) => {
    const lines = gone(before, after);
    if (lines.length) record(after.length ? "line" : "basket", lines);
  });
  at("takeoff-box").querySelector("form").addEventListener("submit", given);
  at("takeoff-box").addEventListener("close", () => { wanted = null; });
}

// What there is less of: the same goods of the same unit and code, at whatever price.
function gone(before, after) {
  const name = (line) => [line.item, line.unit, line.is_label ? line.barcode : ""].join();
  const has = new Map();
  for (const line of after) has.set(name(line), (has.get(name(line)) || 0n) + micro(line.quantity));
  const lines = [];
  for (const line of before) {
    const left = has.get(name(line)) || 0n, was = micro(line.quantity);
    has.set(name(line), left > was ? left - was : 0n);
    if (was > left) lines.push({ ...line, quantity: plain(was - left) });
  }
  return lines;
}

function record(kind, lines) {
  owe("/till/taken-off", {
    id: newId(), basket: state.id, kind, reason,
    lines: lines.map(({ item, unit_name, quantity, price }) => ({ item, unit_name, quantity, price })),
  });
  reason = "";
}

// Does it, after a reason where the total was said and the store wants one.
export function guarded(deed) {
  if (!state.told || !boot.needs_reason) return deed();
  return open("line", deed);
}

// Lets the whole basket go.
export function voidBasket() {
  if (state.lines.length && !state.pay?.rows.some((row) => row.attempt)) open("basket", letGo);
}

function letGo() {
  if (state.told) change(() => { state.lines = []; }); // which writes it down
  else record("basket", state.lines);
  startAnew();
  calm();
  said("quiet", word("let_go"));
}

function open(kind, deed) {
  wanted = deed;
  at("takeoff-title").textContent = word(kind === "basket" ? "off_basket" : "off_line");
  at("takeoff-reason").value = "";
  at("takeoff-wrong").textContent = "";
  at("takeoff-box").showModal();
  at("takeoff-reason").focus();
}

function given(event) {
  event.preventDefault();
  reason = at("takeoff-reason").value.trim();
  if (!reason && boot.needs_reason) { at("takeoff-wrong").textContent = word("off_reason"); return; }
  const deed = wanted;
  at("takeoff-box").close();
  deed?.();
  reason = "";
  draw();
}
