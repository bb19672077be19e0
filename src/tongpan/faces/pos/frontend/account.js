// Selling on account: the customer is found when the way of paying is chosen, and stands by the
// basket. Beyond their limit somebody who may gives a PIN; the same sale is sent again then.
import { element, word } from "../../kit/frontend/words.js";
import { ask, sentence } from "./ask.js";
import { button, draw, icon } from "./draw.js";
import { cents, centsText } from "./money.js";
import { methodOf } from "./pay.js";
import { play } from "./sound.js";
import { boot, save, state } from "./state.js";

const at = (id) => document.getElementById(id);
const isAccount = (code) => methodOf(code).kind === "account";
let found = [], wanted = "", goOn = () => {}, question = null;

export function startCustomers(chosen) {
  goOn = chosen;
  const box = at("customer-box");
  box.querySelector("form").addEventListener("submit", find);
  box.addEventListener("click", (event) => {
    const row = event.target.closest("[data-customer]");
    if (row) choose(found[Number(row.dataset.customer)]);
  });
  box.addEventListener("keydown", (event) => {
    if (event.key !== "ArrowDown" && event.key !== "ArrowUp") return;
    const rows = [...box.querySelectorAll("[data-customer]")], next = rows.indexOf(document.activeElement) + (event.key === "ArrowDown" ? 1 : -1);
    event.preventDefault();
    (rows[next] || at("customer-q")).focus();
  });
  at("credit-box").querySelector("form").addEventListener("submit", allow);
  document.addEventListener("click", (event) => { if (event.target.closest("[data-customer-off]")) { event.stopPropagation(); away(); } }, true);
}

// What is sent with the sale, and kept with a basket that is parked.
export function customerSent() {
  return state.customer ? { customer: state.customer.id } : {};
}

// A customer by id, as the screen shows them; what is known of them if there is no answer.
export async function customerOf(id) {
  const answer = await ask(`/till/customer?id=${id}`).catch(() => ({}));
  return answer.customers?.[0] || { id, code: "", name: "…" };
}

export const customerMissing = (code) => isAccount(code) && !state.customer;

function away() {
  state.customer = null;
  if (state.pay) Object.assign(state.pay, { rows: state.pay.rows.filter((row) => !isAccount(row.method)), ...(isAccount(state.pay.method) ? { method: boot.methods[0]?.code } : {}) });
  save();
  draw();
}

// -- beside the basket -----------------------------------------------------------------------------

export function drawCustomer() {
  const one = state.customer;
  if (!one) return at("customer").replaceChildren();
  const open = element("button", { type: "button", "data-customer-find": "" }, icon("person"), element("span", { class: "who" }, element("b", {}, word("customer_one", { name: one.name })), element("span", { class: "quiet" }, facts(one))));
  open.addEventListener("click", () => customerBox(boot.methods.find((method) => method.kind === "account")?.code));
  return at("customer").replaceChildren(open, element("button", { type: "button", class: "away", "data-customer-off": "", "aria-label": word("customer_off") }, "×"));
}

const facts = (one) => [one.code, one.owes && word("customer_owes", one), one.limit && word("customer_limit", one)].filter(Boolean).join(" · ");

// -- finding ---------------------------------------------------------------------------------------

export function customerBox(code) {
  if (document.querySelector("dialog[open]")) return;
  wanted = code;
  found = [];
  at("customer-q").value = "";
  wrong("customer-wrong", "");
  drawFound();
  at("customer-box").showModal();
  at("customer-q").focus();
}

function wrong(id, text) {
  at(id).textContent = text;
  if (text) play("stopped");
}

function drawFound() {
  at("customer-list").replaceChildren(...found.map((one, index) => element("li", {}, button("", { class: "button tall wide", "data-customer": index }, element("b", {}, one.name), element("span", { class: "quiet" }, facts(one))))));
}

async function find(event) {
  event.preventDefault();
  const text = at("customer-q").value.trim();
  if (!text) return at("customer-q").focus();
  const answer = await ask(`/till/customer?q=${encodeURIComponent(text)}`).catch(() => ({ refused: { detail: word("no_answer") } }));
  found = answer.customers || [];
  wrong("customer-wrong", answer.refused ? sentence(answer.refused) : "");
  if (found.length === 1) return choose(found[0]);
  drawFound();
  return found.length ? at("customer-list").querySelector("button").focus() : at("customer-q").select();
}

function choose(one) {
  state.customer = one;
  save();
  play("ok");
  at("customer-box").close();
  goOn(wanted);
}

// -- beyond the limit ------------------------------------------------------------------------------

// What was refused waits here until somebody allows it; it is the same sale, sent again.
export function askCredit(no, sent, send) {
  question = { no, sent, send };
  save();
  draw();
  at("credit-text").textContent = [sentence(no), no.problems?.length ? no.detail : ""].join(" ");
  at("credit-manager").hidden = boot.may_exceed_credit;
  at("credit-code").value = at("credit-pin").value = "";
  wrong("credit-wrong", "");
  play("stopped");
  at("credit-box").showModal();
  (boot.may_exceed_credit ? at("credit-box").querySelector(".primary") : at("credit-code")).focus();
}

async function allow(event) {
  event.preventDefault();
  const { no, sent, send } = question;
  if (!boot.may_exceed_credit) {
    const empty = [at("credit-code"), at("credit-pin")].find((field) => !field.value);
    if (empty) return empty.focus();
    const amount = sent.body.payments.filter((row) => isAccount(row.method)).reduce((sum, row) => sum + cents(row.amount), 0n);
    const body = { sale: sent.body.id, customer: sent.body.customer, amount: centsText(amount), code: at("credit-code").value, pin: at("credit-pin").value };
    at("credit-pin").value = "";
    const answer = await ask("/till/customer/allow", body).catch(() => ({ refused: { detail: word("no_answer") } }));
    if (answer.refused) return wrong("credit-wrong", sentence(answer.refused));
  }
  at("credit-box").close();
  state.pending = { ...sent, body: { ...sent.body, answers: [...(sent.body.answers || []), no.code] } };
  save();
  return send();
}
