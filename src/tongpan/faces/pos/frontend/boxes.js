// What opens over the till: quantity and price, parked baskets, returns, today's slips, takings.
import { element, newId, word } from "../../kit/frontend/words.js";
import { customerOf } from "./account.js";
import { ask, sentence } from "./ask.js";
import { beyondBox, beyondButton } from "./beyond.js";
import { button, calm, draw, said } from "./draw.js";
import { cents, centsText, isOnStep, micro, partBack, plain, show, showPrice, showQuantity } from "./money.js";
import { lookAt, printSlip } from "./slips.js";
import { discountBox, startDiscount } from "./discount.js";
import { startDrawer, drawer } from "./drawer.js";
import { shift, startShift } from "./shift.js";
import { whyBox } from "./priced.js";
import { restSent, settle, takeUp } from "./recalled.js";
import { memberOf } from "./member.js";
import { guarded } from "./takeoff.js";
import { begin, customerPays, dealWord, differenceOf, drawExchange, exchanged, goal, goods, leave, rowsPaid, tendered } from "./exchange.js";
import { offerUndo, startUndo } from "./undo.js";
import { noSlip, startNoSlip } from "./noslip.js";
import { sayAgain } from "./openprice.js";
import { play, volume } from "./sound.js";
import { boot, change, save, selectedLine, startAnew, state, total } from "./state.js";
import { swap } from "./swap.js";
import { parkedCount } from "./till.js";

const at = (id) => document.getElementById(id);
let till;

export function startBoxes(given) {
  till = given;
  for (const box of document.querySelectorAll("dialog.box")) {
    box.addEventListener("close", () => till.refocus());
    box.addEventListener("click", (event) => {
      if (event.target === box || event.target.closest("[data-close]")) box.close();
      const deed = event.target.closest("[data-do]");
      if (deed) { box.close(); openBox(deed.dataset.do); }
      const slip = event.target.closest("[data-look-slip]"), paper = event.target.closest("[data-print-slip]");
      if (slip && box.id !== "slip-box") box.close();
      if (paper) event.stopPropagation(), printSlip(paper.dataset.printSlip);
    });
  }
  at("ask-value").querySelector("form").addEventListener("submit", valueGiven);
  at("park-box").querySelector("form").addEventListener("submit", parkNow);
  at("return-box").querySelector("form").addEventListener("submit", returnGoesOn);
  at("clerk-box").querySelector("form").addEventListener("submit", takeOver);
  startDrawer();
  startDiscount();
  startShift(till);
  at("return-all").addEventListener("click", allBack);
  at("return-box").addEventListener("keydown", (event) => { if (event.key === "F2") { event.preventDefault(); allBack(); } if (event.key === "F6" && sale && state.lines.length) { event.preventDefault(); exchange(); } if (event.altKey && event.key.toUpperCase() === "B") { event.preventDefault(); beyondBox(); } if (event.key === "F4" && !sale) { event.preventDefault(); withoutSlip(); } });
  at("return-box").addEventListener("close", () => { if (swap.isOn) { leave(); draw(); } });
  at("return-noslip").addEventListener("click", withoutSlip);
  at("return-exchange").addEventListener("click", exchange);
  startNoSlip(till);
  startUndo();
  at("slip-print").addEventListener("click", () => printSlip(at("slip-box").dataset.slip));
  at("slip-box").addEventListener("keydown", (event) => { if (event.key === "Enter" && !event.target.closest("button")) at("slip-print").click(); });
  at("prints-itself").addEventListener("change", (event) => { localStorage.setItem("till-prints", event.target.checked ? "1" : ""); draw(); });
  at("volume").addEventListener("change", (event) => { volume(event.target.value); play("ok"); });
  document.querySelector("[data-clear]").addEventListener("click", () => { at("more-box").close(); till.act("void"); });
}

export function openBox(name, more) {
  const boxes = { quantity, price, park: parkBox, return: returnBox, today, takings, clerk, slip, drawer, discount: discountBox, why: whyBox, shift: boot.shift.is_kept ? shift : takings, more: moreBox };
  if (document.querySelector("dialog[open]")) return;
  boxes[name]?.(more);
}

function wrong(id, text) {
  at(id).textContent = text;
  if (text) play("stopped");
}

// Asks, and puts a no where the person looks. Answers undefined then.
async function asked(url, body, wrongId) {
  try {
    const answer = await ask(url, body);
    if (!answer.refused) return answer;
    wrong(wrongId, sentence(answer.refused));
  } catch {
    wrong(wrongId, word("no_answer"));
  }
  return undefined;
}

// -- quantity and price ------------------------------------------------------------------------------

let valueOf = "quantity";

function quantity() {
  const line = selectedLine();
  if (!line || line.is_label) return;
  askValue("quantity", line, line.quantity, `${line.name} · ${line.unit_name}`);
}

function price() {
  const line = selectedLine();
  if (!line) return;
  if (line.is_said && !line.below) { sayAgain(line); return; }
  askValue("price", line, showPrice(line.price).replace(/,/g, ""), `${line.name} · ${word("was", { price: showPrice(line.listed) })}`);
}

function askValue(kind, line, value, note) {
  valueOf = kind;
  const isManaged = kind === "price" && (!boot.may_change_price || line.below);
  at("ask-value-title").textContent = at("ask-value-label").textContent = word(kind);
  at("ask-value-note").textContent = note;
  at("ask-value-manager").hidden = !isManaged;
  at("manager-code").value = at("manager-pin").value = "";
  at("ask-value-input").value = value;
  wrong("ask-value-wrong", "");
  at("ask-value").showModal();
  at("ask-value-input").focus();
  at("ask-value-input").select();
}

async function valueGiven(event) {
  event.preventDefault();
  const line = selectedLine(), text = at("ask-value-input").value, value = micro(text);
  if (!line || value === null || (valueOf === "quantity" && value <= 0n)) return wrong("ask-value-wrong", word("wrong_amount"));
  const exact = plain(value);
  if (valueOf === "quantity") {
    if (!isOnStep(exact, line.step)) return wrong("ask-value-wrong", word("off_step", { unit: line.unit_name, step: line.step }));
    const set = () => { change(() => { line.quantity = exact; }); draw(); };
    at("ask-value").close();
    return value < micro(line.quantity) ? guarded(set) : set();
  } else {
    let by = "";
    if ((!boot.may_change_price || line.below) && (line.is_said || exact !== line.listed)) {
      if (!at("manager-code").value) return at("manager-code").focus();
      if (!at("manager-pin").value) return at("manager-pin").focus();
      const body = { code: at("manager-code").value, pin: at("manager-pin").value, sale: state.id, item: line.item, unit: line.unit, price: exact };
      at("manager-pin").value = "";
      const answer = await asked("/till/authorise", body, "ask-value-wrong");
      if (!answer) return undefined;
      by = answer.by;
    }
    change(() => Object.assign(line, { price: exact, by }));
  }
  at("ask-value").close();
  draw();
  return undefined;
}

// -- parked baskets ------------------------------------------------------------------------------------

async function parkBox() {
  at("park-now").hidden = !state.lines.length;
  at("park-label").value = "";
  wrong("park-wrong", "");
  at("park-list").replaceChildren();
  at("park-box").showModal();
  if (state.lines.length) at("park-label").focus();
  const answer = await asked("/till/parked", undefined, "park-wrong");
  if (answer) drawParked(answer.parked);
}

function drawParked(rows) {
  parkedCount(rows.length);
  const none = element("li", { class: "quiet" }, word("nothing_parked"));
  at("park-list").replaceChildren(...(rows.length ? rows.map((row, index) => {
    const taker = button("", { class: "button tall wide", "data-recall": row.id }, element("b", {}, row.label || word("no_label")), element("span", { class: "quiet" }, [row.at, row.by, row.till, ...parkedWith(row)].filter(Boolean).join(" · ")), element("span", { class: "num" }, row.total));
    taker.addEventListener("click", () => recall(row));
    if (!index && !state.lines.length) setTimeout(() => taker.focus());
    return element("li", {}, taker);
  }) : [none]));
}

const parkedWith = (row) => [row.off ? word("with_off") : "", row.coupons?.length ? word("member_coupons", { n: row.coupons.length }) : ""];

async function parkNow(event) {
  event.preventDefault();
  if (!state.lines.length) return;
  // The basket's own id names the request: parked twice, it is parked once.
  const answer = await asked("/till/park", { id: state.id, label: at("park-label").value.trim(), basket: state.lines, total: centsText(total()), ...restSent(), ...(state.member ? { member: state.member.id } : {}) }, "park-wrong");
  if (!answer) return;
  startAnew();
  parkedCount(answer.parked.length);
  at("park-box").close();
  calm();
  said("ok", word("parked_one"));
  draw();
}

async function recall(row) {
  if (state.lines.length) return wrong("park-wrong", word("park_first"));
  row.request ||= newId();
  const answer = await asked("/till/recall", { id: row.id, request: row.request }, "park-wrong");
  if (!answer) return othersLeft();
  state.member = row.member ? await memberOf(row.member) : null;
  state.customer = row.customer ? await customerOf(row.customer) : null;
  takeUp(row);
  parkedCount(answer.parked.length);
  at("park-box").close();
  said("ok", word("recalled", { label: row.label || word("no_label") }));
  draw();
  settle();
  return undefined;
}

// What somebody else took up meanwhile is not offered again; the sentence about it stays.
async function othersLeft() {
  const answer = await ask("/till/parked").catch(() => null);
  if (answer?.parked) drawParked(answer.parked);
}

// -- returns -------------------------------------------------------------------------------------------

let sale = null;
let reckoned = Promise.resolve(); // what an exchange comes to as it is paid now
let answered = []; // the questions that were put about this return

function exchange() {
  begin(sale);
  drawReturn();
  at("return-reason").focus();
}

async function returnBox(number) {
  sale = null;
  leave();
  at("return-tendered").value = "";
  drawReturn();
  wrong("return-wrong", "");
  at("return-number").value = number || "";
  at("return-slips").replaceChildren();
  at("return-reason").value = "";
  at("return-box").showModal();
  at("return-number").focus();
  if (number) return findSale(number);
  const answer = await asked("/till/today", undefined, "return-wrong");
  const slips = (answer?.slips || []).filter((slip) => !slip.is_return && !slip.is_reversed).slice(0, 6);
  if (sale) return undefined;
  at("return-slips").replaceChildren(...slips.map((slip) => {
    const chosen = button("", { class: "button tall wide" }, element("b", { class: "code" }, slip.number), element("span", { class: "quiet" }, `${slip.at} · ${slip.paid}`), element("span", { class: "num" }, `¥${slip.total}`));
    chosen.addEventListener("click", () => findSale(slip.number));
    return element("li", {}, chosen);
  }));
  return undefined;
}

async function findSale(number) {
  const answer = await asked(`/till/slip?number=${encodeURIComponent(number)}`, undefined, "return-wrong");
  if (!answer) return at("return-number").select();
  sale = answer.sale;
  sale.id_of_return = newId();
  for (const line of sale.lines) line.back = "0";
  wrong("return-wrong", "");
  at("return-number").value = sale.number;
  at("return-slips").replaceChildren();
  drawReturn();
  at("return-rows").querySelector("input")?.focus();
  return undefined;
}

const left = (line) => micro(line.quantity) - micro(line.before);
const backOf = (line) => partBack(cents(line.gross), line.quantity, line.before, line.back);
const backTotal = () => sale.lines.reduce((sum, line) => sum + backOf(line), 0n);

function withoutSlip() {
  at("return-box").close();
  noSlip();
}

function drawReturn() {
  at("return-noslip").hidden = Boolean(sale);
  at("return-manager").hidden = true;
  at("return-goods").hidden = at("return-ok").hidden = at("return-all").hidden = !sale;
  drawExchange(sale ? backTotal() : 0n);
  at("return-ok").disabled = false; // Enter in the number's field is its press
  if (!sale) return;
  at("return-sale").textContent = [sale.number, sale.store, sale.at, sale.total, sale.customer, ...sale.gifts].filter(Boolean).join(" · ");
  at("return-rows").replaceChildren(...sale.lines.map((line) => {
    const field = element("input", { class: "input num", inputmode: "decimal", "aria-label": line.name, autocomplete: "off", ...(left(line) ? {} : { disabled: "" }) });
    field.value = line.back;
    field.addEventListener("focus", () => field.select());
    field.addEventListener("input", () => { counted(line, field); });
    const some = showQuantity(plain(left(line)), line.step), all = showQuantity(line.quantity, line.step);
    return element("tr", {}, element("td", {}, element("b", {}, line.name), element("span", { class: "under quiet" }, [line.off, word("left_of", { left: some, all, unit: line.unit_name })].filter(Boolean).join(" · "))),
      element("td", { class: "num" }, field), element("td", { class: "num", "data-back": line.sold }, show(backOf(line))));
  }));
  const first = sale.paid.map((paid) => paid.method);
  const ways = boot.methods.filter((method) => method.is_refundable && (method.kind !== "account" || first.includes(method.code))).sort((a, b) => rank(first, a) - rank(first, b));
  at("return-methods").replaceChildren(...ways.map((method, index) => {
    const field = element("input", { class: "input num", inputmode: "decimal", "data-back-by": method.code, "aria-label": method.name, autocomplete: "off" });
    field.addEventListener("input", () => { field.dataset.typed = "1"; sumUp(); });
    return element("label", { class: `back-by${index > 1 && !first.includes(method.code) ? " rare" : ""}` }, element("span", {}, method.name), field);
  }));
  sumUp();
}

const paidBy = (method) => sale.paid.filter((paid) => paid.method === method).reduce((sum, paid) => sum + (cents(paid.amount) || 0n), 0n);
const rank = (first, method) => (first.includes(method.code) ? first.indexOf(method.code) : 9);

function counted(line, field) {
  const value = micro(field.value || "0");
  const isFine = value !== null && value <= left(line) && isOnStep(plain(value), line.step);
  field.setAttribute("aria-invalid", String(!isFine));
  line.back = isFine ? plain(value) : "0";
  at("return-rows").querySelector(`[data-back="${line.sold}"]`).textContent = show(backOf(line));
  sumUp();
}

// What nobody typed elsewhere goes back the way it was paid, each way up to what was paid by it.
function sumUp(isAnswered = false) {
  const back = backTotal(), all = goal(back), fields = [...at("return-methods").querySelectorAll("input")];
  const typed = fields.filter((field) => field.dataset.typed).reduce((sum, field) => sum + (cents(field.value || "0") || 0n), 0n);
  const free = fields.filter((field) => !field.dataset.typed);
  const shares = new Map(free.map((field) => [field, 0n]));
  let rest = all > typed ? all - typed : 0n;
  for (const field of free) {
    const was = customerPays(back) ? 0n : paidBy(field.dataset.backBy), share = was < rest ? was : rest;
    shares.set(field, share);
    rest -= share;
  }
  if (free.length) shares.set(free[0], shares.get(free[0]) + rest);
  for (const [field, share] of shares) field.value = share ? centsText(share) : "";
  const paid = fields.reduce((sum, field) => sum + (cents(field.value || "0") || 0n), 0n);
  answered = [];
  at("return-manager").hidden = true;
  wrong("return-wrong", paid === all ? "" : word("methods_differ", { amount: show(all, "¥") }));
  drawExchange(back);
  at("return-ok").disabled = !back || paid !== all;
  const deal = swap.isOn ? dealWord(back) : word("pay_back", { amount: show(all, "¥") });
  at("return-ok").replaceChildren(back ? deal : word("choose_back"), " ", element("kbd", {}, "Enter"));
  if (swap.isOn && !isAnswered) reckoned = differenceOf(back).then((isOther) => isOther && sumUp(true));
}

function allBack() {
  if (!sale) return;
  for (const line of sale.lines) line.back = plain(left(line));
  drawReturn();
  at("return-reason").focus();
}

async function returnGoesOn(event) {
  event.preventDefault();
  if (!sale) { const number = at("return-number").value.trim(); return number ? findSale(number) : undefined; }
  await reckoned;
  if (at("return-ok").disabled) return undefined;
  const lines = sale.lines.filter((line) => micro(line.back) > 0n).map((line) => ({ sold: line.sold, quantity: line.back }));
  const payments = rowsPaid();
  const body = { id: sale.id_of_return, sale: sale.id, lines, payments, reason: at("return-reason").value.trim(), answers: answered };
  if (answered.length && !mayAnswer()) {
    const empty = [at("return-code"), at("return-pin")].find((field) => !field.value);
    if (empty) return empty.focus();
    body.by = { code: at("return-code").value, pin: at("return-pin").value };
    at("return-pin").value = "";
  }
  if (swap.isOn) Object.assign(body, goods(), { payments: customerPays(backTotal()) ? tendered(payments) : payments });
  at("return-ok").disabled = true;
  const answer = await ask(swap.isOn ? "/till/exchange" : "/till/return", body).catch(() => ({ refused: { detail: word("no_answer") } }));
  at("return-ok").disabled = false;
  if (answer.refused) return refusedBack(answer.refused);
  at("return-box").close();
  if (swap.isOn) exchanged();
  till.finishReturn(answer);
  return undefined;
}

// What is asked of an exchange on account is whether the customer may owe so much.
const mayAnswer = () => (swap.account ? boot.may_exceed_credit : boot.may_pay_back_otherwise);

// A question shows what is meant; going on answers it, with somebody who may where it must be.
function refusedBack(refused) {
  wrong("return-wrong", refused.is_question ? `${sentence(refused)} ${refused.detail}` : sentence(refused));
  if (swap.isOn) at("return-wrong").append(" ", ...beyondButton(refused, () => at("return-ok").click()).map(toBeyond));
  if (!refused.is_question) return;
  answered = [...answered, refused.code];
  const isManaged = !mayAnswer(), back = backTotal();
  at("return-manager").hidden = !isManaged;
  at("return-ok").replaceChildren(swap.account ? dealWord(back) : word("pay_back_so", { amount: show(goal(back), "¥") }), " ", element("kbd", {}, "Enter"));
  if (isManaged) at("return-code").focus();
}

function toBeyond(button) {
  button.addEventListener("click", beyondBox);
  return button;
}

// -- slips, takings, clerk -----------------------------------------------------------------------------

async function today() {
  at("today-box").showModal();
  const answer = await ask("/till/today").catch(() => ({ slips: [] }));
  const none = element("tr", {}, element("td", { colspan: 6, class: "quiet" }, word("no_slips")));
  at("today-rows").replaceChildren(...((answer.slips || []).length ? answer.slips.map(slipRow) : [none]));
}

function slipRow(one) {
  const acts = element("td", { class: "row-acts" }, button(word("look"), { "data-look-slip": one.id, "aria-label": `${word("look")} ${one.number}` }), button(word("print"), { "data-print-slip": one.id, "aria-label": `${word("print")} ${one.number}` }));
  const kind = one.is_reversed ? word("reversed") : one.is_exchange ? word("exchange_title") : one.is_return ? word("return") : "";
  return element("tr", {}, element("td", { class: "code" }, one.number, ...(kind ? [element("span", { class: "tag" }, kind)] : [])), element("td", { class: "wide-only" }, one.at), element("td", { class: "wide-only" }, one.by), element("td", { class: "wide-only" }, one.paid), element("td", { class: "num" }, one.total), acts);
}

async function takings() {
  at("takings-rows").replaceChildren();
  wrong("takings-note", "");
  at("takings-box").showModal();
  const told = await asked("/till/takings", undefined, "takings-note");
  if (!told) return;
  const none = element("tr", {}, element("td", { colspan: 5, class: "quiet" }, word("no_takings")));
  const rows = told.rows.map((row) => element("tr", {}, element("td", {}, row.method), element("td", { class: "num wide-only" }, String(row.count)), element("td", { class: "num wide-only" }, row.taken), element("td", { class: "num wide-only" }, row.paid_back), element("td", { class: "num" }, element("b", {}, row.left))));
  at("takings-rows").replaceChildren(...(rows.length ? rows : [none]));
  at("takings-note").textContent = `${word("sales")} ${told.sales} · ${told.sold}　${word("returns")} ${told.returns} · ${told.brought_back}　= ${told.left}`;
}

async function slip(id) {
  at("slip-box").dataset.slip = id;
  const shown = await lookAt(id);
  at("slip-paper").innerHTML = shown.html;
  offerUndo(shown.exchange);
  at("slip-invoice").hidden = !shown.invoice;
  at("slip-invoice").href = shown.invoice || "";
  at("slip-box").showModal();
  at("slip-paper").focus();
}

function clerk() {
  at("clerk-code").value = at("clerk-pin").value = "";
  wrong("clerk-wrong", "");
  at("clerk-box").showModal();
  at("clerk-code").focus();
}

async function takeOver(event) {
  event.preventDefault();
  const body = { code: at("clerk-code").value, pin: at("clerk-pin").value };
  at("clerk-pin").value = "";
  if (!body.pin) return at("clerk-pin").focus();
  const answer = await asked("/till/clerk", body, "clerk-wrong");
  if (answer) location.reload();
  return undefined;
}

function moreBox() {
  at("prints-itself").checked = localStorage.getItem("till-prints") === "1";
  at("volume").value = volume();
  at("more-box").showModal();
}

export { save };
