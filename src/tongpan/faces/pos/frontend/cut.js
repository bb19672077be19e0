// Cut off from the server: the till goes on scanning from its own catalogue, takes no payment, and
// looks at the basket again when it is back.
import { word } from "../../kit/frontend/words.js";
import { lookAgain } from "./again.js";
import { ask, NoAnswer } from "./ask.js";
import { button, calm, draw, trouble } from "./draw.js";
import { play } from "./sound.js";
import { save, state } from "./state.js";

const AGAIN_MS = 2000, STOCK_MAX = 40;
const at = (id) => document.getElementById(id);
let isCut = false, asking = null;

export const cutOff = () => isCut;

function sayWhere(text) {
  at("line-state").hidden = !text;
  at("line-state").textContent = text;
}

// Says that nobody answered: the lines of the basket wait for their prices from now on.
export function cut() {
  if (isCut) return;
  isCut = true;
  sayWhere(word("cut_off"));
  for (const line of state.lines) line.is_pending = true;
  save();
  draw();
  setTimeout(again, AGAIN_MS);
}

async function again() {
  try {
    await ask("/till/stock?items=");
    isCut = false; // before it is looked at again: what is scanned meanwhile is priced already
    await lookAgain();
    for (const line of state.lines) delete line.is_pending;
    save();
    sayWhere("");
    draw();
  } catch (failure) {
    isCut = true;
    if (failure instanceof NoAnswer) setTimeout(again, AGAIN_MS);
    else sayWhere("");
  }
}

// Whether payment must wait; then it says so.
export function refusesPayment() {
  if (!isCut) return false;
  play("stopped");
  trouble("wait", word("cut_no_pay"), [word("cut_no_pay_text")], [button(word("dismiss"), { "data-calm": "" })]);
  document.querySelector("[data-calm]").addEventListener("click", calm);
  return true;
}

// Stock of what was scanned from the catalogue, shown when it comes; nobody waits for it.
export function stockSoon(item) {
  if (!asking) {
    asking = new Set();
    setTimeout(askStock, 60);
  }
  asking.add(item);
}

async function askStock() {
  const items = [...asking].slice(0, STOCK_MAX);
  asking = null;
  if (isCut) return;
  const answer = await ask(`/till/stock?items=${items.join(",")}`).catch((failure) => { if (failure instanceof NoAnswer) cut(); return {}; });
  if (!answer.stock) return;
  for (const line of state.lines) if (line.item in answer.stock) line.stock = answer.stock[line.item];
  save();
  draw();
}
