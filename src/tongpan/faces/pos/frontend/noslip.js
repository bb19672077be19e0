// Goods that come back without a slip: those of the basket on the screen, at what the server says.
import { element, newId, word } from "../../kit/frontend/words.js";
import { ask, sentence } from "./ask.js";
import { amount, centsText, show, showPrice, showQuantity } from "./money.js";
import { play } from "./sound.js";
import { boot, startAnew, state } from "./state.js";

const at = (id) => document.getElementById(id);
let till, back = null;

export function startNoSlip(given) {
  till = given;
  at("noslip-box")?.querySelector("form").addEventListener("submit", goesOn);
}

export async function noSlip() {
  back = { id: newId(), answers: [], prices: [] };
  at("noslip-reason").value = at("noslip-code").value = at("noslip-pin").value = "";
  at("noslip-manager").hidden = true;
  at("noslip-rows").replaceChildren();
  at("noslip-ok").disabled = true;
  wrong(state.lines.length ? "" : word("noslip_scan"));
  at("noslip-box").showModal();
  if (!state.lines.length) return;
  const lines = state.lines.map(({ item, unit }) => ({ item, unit }));
  const answer = await ask("/till/no-slip/prices", { lines }).catch(() => ({ refused: { detail: word("no_answer") } }));
  if (answer.refused) return wrong(sentence(answer.refused));
  back.prices = answer.prices;
  show_();
  at("noslip-reason").focus();
}

const total = () => state.lines.reduce((sum, line, n) => sum + amount(line.quantity, back.prices[n]), 0n);

function show_() {
  const missing = state.lines.filter((_line, n) => back.prices[n] === null);
  at("noslip-rows").replaceChildren(...state.lines.map((line, n) => element("tr", {},
    element("td", {}, element("b", {}, line.name)),
    element("td", { class: "num" }, `${showQuantity(line.quantity, line.step)} ${line.unit_name}`),
    element("td", { class: "num" }, back.prices[n] === null ? "—" : showPrice(back.prices[n])),
    element("td", { class: "num" }, back.prices[n] === null ? "—" : show(amount(line.quantity, back.prices[n]))))));
  const ways = boot.methods.filter((method) => method.is_refundable && method.kind === "money" && !method.is_by_provider);
  at("noslip-way").replaceChildren(...ways.map((method) => element("option", { value: method.code }, method.name)));
  if (missing.length) return wrong(word("noslip_no_price", { names: missing.map((line) => line.name).join(", ") }));
  at("noslip-ok").disabled = false;
  at("noslip-ok").replaceChildren(word("pay_back", { amount: show(total(), "¥") }), " ", element("kbd", {}, "Enter"));
}

function wrong(text) {
  at("noslip-wrong").textContent = text;
  if (text) play("stopped");
}

async function goesOn(event) {
  event.preventDefault();
  if (at("noslip-ok").disabled) return undefined;
  if (!at("noslip-reason").value.trim()) { wrong(word("off_reason")); return at("noslip-reason").focus(); }
  const sum = centsText(total());
  const lines = state.lines.map(({ item, unit, quantity, barcode }) => ({ item, unit, quantity, barcode: barcode || "" }));
  const body = { id: back.id, lines, payments: total() ? [{ method: at("noslip-way").value, amount: sum }] : [], reason: at("noslip-reason").value.trim(), answers: back.answers };
  if (back.answers.length && !boot.may_take_without_slip) {
    const empty = [at("noslip-code"), at("noslip-pin")].find((field) => !field.value);
    if (empty) return empty.focus();
    body.by = { code: at("noslip-code").value, pin: at("noslip-pin").value };
    at("noslip-pin").value = "";
  }
  at("noslip-ok").disabled = true;
  const answer = await ask("/till/no-slip/return", body).catch(() => ({ refused: { detail: word("no_answer") } }));
  at("noslip-ok").disabled = false;
  if (answer.refused) return refused(answer.refused);
  at("noslip-box").close();
  startAnew();
  till.finishReturn(answer);
  return undefined;
}

// The question is answered by going on; by a manager where the person at the till may not.
function refused(no) {
  wrong(sentence(no));
  if (!no.is_question) return;
  back.answers = [no.code];
  at("noslip-ok").replaceChildren(word("pay_back_so", { amount: show(total(), "¥") }), " ", element("kbd", {}, "Enter"));
  at("noslip-manager").hidden = boot.may_take_without_slip;
  if (!boot.may_take_without_slip) at("noslip-code").focus();
}
