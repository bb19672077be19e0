// Draws what the state says. Nothing here decides anything.
import { element, word } from "../../kit/frontend/words.js";
import { drawCustomer } from "./account.js";
import { drawCoupons } from "./coupons.js";
import { tellCustomer } from "./customer.js";
import { levelOf } from "./levels.js";
import { cents, centsText, micro, plain, show, showPrice, showQuantity } from "./money.js";
import { drawMember } from "./member.js";
import { boot, isShort, shortage, state, total } from "./state.js";
import { due, given, methodOf } from "./pay.js";
import { asksNotes, drawAsks } from "./recalled.js";
import { drawRemark, remarkNotes } from "./remark.js";
import { drawHints, leftOf, priceSoon, saved, shareNotes, sharesOf } from "./priced.js";

const at = (id) => document.getElementById(id);
const ICONS = [["WECHAT", "wechat"], ["WEIXIN", "wechat"], ["ALI", "alipay"], ["CARD", "card"], ["BANK", "card"]];

export function draw() {
  document.body.dataset.mode = state.pay ? "pay" : state.done ? "done" : "sell";
  document.body.classList.toggle("has-goods", state.lines.length > 0);
  priceSoon();
  drawLines();
  drawHints();
  drawMember();
  drawCustomer();
  drawCoupons();
  drawAsks();
  drawRemark();
  drawSaid();
  drawSums();
  drawPayment();
  drawDone();
  tellCustomer();
  showChosen();
  at("scan").placeholder = word(state.pay ? "pay_hint" : "scan_hint");
  at("scan-key").textContent = state.pay ? "Esc" : "Enter";
}

export function icon(name) {
  const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  svg.setAttribute("class", "icon");
  svg.setAttribute("aria-hidden", "true");
  const use = document.createElementNS("http://www.w3.org/2000/svg", "use");
  use.setAttribute("href", `${boot.icons}#${name}`);
  svg.append(use);
  return svg;
}

export function button(text, attributes, ...more) {
  return element("button", { type: "button", class: "button", ...attributes }, text, ...more);
}

// -- the basket ----------------------------------------------------------------------------------

function drawLines() {
  const rows = at("rows");
  state.lines.forEach((line, index) => {
    const key = keyOf(line, index), now = rows.children[index];
    if (now && drawn.get(now) === key) return;
    const made = row(line, index);
    drawn.set(made, key);
    if (now) now.replaceWith(made);
    else rows.append(made);
  });
  while (rows.children.length > state.lines.length) rows.lastChild.remove();
  at("nothing").hidden = state.lines.length > 0;
}

// Where a row stands is asked in the frame, when all is drawn: so the page is laid out once.
let frame = 0;
function showChosen() {
  frame ||= requestAnimationFrame(() => {
    frame = 0;
    at("rows").querySelector(".chosen")?.scrollIntoView({ block: "nearest" });
  });
}

// Only what changed is drawn anew: all that a row, or a place, shows, as a text.
const drawn = new WeakMap();

export function drawInto(place, key, make) {
  if (drawn.get(place) === key) return;
  drawn.set(place, key);
  place.replaceChildren(...make());
}

const keyOf = (line, index) => JSON.stringify([{ ...line, stock: 0 }, index, index === state.selected, levelOf(line, state.member), sharesOf(line), String(leftOf(line)), isShort(line) && shortage(line)]);

function row(line, index) {
  const chosen = index === state.selected;
  const made = element("tr", { "data-line": index, ...(chosen ? { class: "chosen", "aria-current": "true" } : {}) });
  const notes = [element("span", { class: "code" }, line.barcode || line.code)];
  if (line.price !== line.listed) notes.push(element("span", { class: "tone-accent" }, [word("was", { price: showPrice(line.listed) }), line.by ? word("by", { name: line.by }) : ""].filter(Boolean).join(" · ")));
  const level = levelOf(line, state.member);
  if (level) notes.push(element("span", { class: "tone-accent" }, `${level} · ${word("was", { price: showPrice(line.usual) })}`));
  notes.push(...shareNotes(line), ...asksNotes(line), ...remarkNotes(line));
  if (line.is_pending) notes.push(element("span", { class: "tone-wait" }, word("pending_promotions")));
  if (isShort(line)) notes.push(element("span", { class: "tone-wait" }, shortage(line)));
  made.append(
    element("td", { class: "no num" }, String(index + 1)),
    element("td", { class: "what" }, element("b", {}, line.name), element("span", { class: "under" }, ...notes)),
    element("td", { class: "num quantity" }, quantity(line, index, chosen)),
    element("td", { class: "num price" }, showPrice(line.price)),
    element("td", { class: "num amount" }, show(leftOf(line))),
  );
  return made;
}

function quantity(line, index, chosen) {
  const figure = element("span", { class: "figure" }, element("b", {}, showQuantity(line.quantity, line.step)), " ", unitOf(line, index, chosen));
  const box = element("span", { class: "quantities" }, figure);
  if (!chosen || line.is_label || micro(line.step) !== 1000000n) return box;
  const less = element("button", { type: "button", class: "less", "data-do": "less", "aria-label": word("less", { name: line.name }) }, "−");
  const more = element("button", { type: "button", class: "more", "data-do": "plus", "aria-label": word("more", { name: line.name }) }, "+");
  box.replaceChildren(less, figure, more);
  return box;
}

function unitOf(line, index, chosen) {
  if (chosen && (line.units || []).length > 1 && !line.is_label)
    return element("button", { type: "button", class: "unit", "data-do": "unit" }, line.unit_name);
  return element("span", { class: "unit" }, line.unit_name);
}

// -- the money -----------------------------------------------------------------------------------

function drawSums() {
  const lines = [];
  if (state.lines.length) lines.push([pieces(), show(total() + saved())]);
  if (saved()) lines.push([word("saved"), show(-saved())]);
  for (const [index, paid] of (state.pay?.rows || []).entries())
    lines.push([methodOf(paid.method).name, show(-cents(paid.amount)), index]);
  at("sums").replaceChildren(...lines.map(([title, value, index]) => {
    const made = element("div", {}, element("span", {}, title), element("span", { class: "num" }, value));
    if (index !== undefined) made.append(element("button", { type: "button", class: "away", "data-away": index, "aria-label": `${word("take_line")} ${title}` }, "×"));
    return made;
  }));
  at("due-word").textContent = word(state.pay?.rows.length ? "rest" : "due");
  at("due").textContent = show(due(), "¥");
}

export function pieces() {
  let count = 0n;
  const weights = new Map();
  for (const line of state.lines) {
    if (micro(line.step) >= 1000000n) count += micro(line.quantity);
    else weights.set(line.unit_name, (weights.get(line.unit_name) || 0n) + micro(line.quantity));
  }
  const kinds = new Set(state.lines.map((line) => line.item)).size;
  const amounts = count ? [word("pieces", { n: plain(count) })] : [];
  for (const [unit, sum] of weights) amounts.push(`${showQuantity(plain(sum), "0.001")} ${unit}`);
  return `${word("items", { n: kinds })} · ${amounts.join(" + ")}`;
}

// What hangs on the amount that is typed.
export function drawTender() {
  drawPayment();
  tellCustomer();
}

function drawPayment() {
  const pay = state.pay;
  const others = { 0: "+" };
  at("paying").hidden = Boolean(state.done);
  drawInto(at("methods"), pay ? pay.method : "", () => boot.methods.map((method, index) => {
    const chosen = pay?.method === method.code;
    const cap = method.gives_change ? "+" : others[index] || `Alt ${index + 1}`;
    return element("button", { type: "button", "data-method": method.code, "aria-pressed": String(chosen) }, icon(iconOf(method)), element("span", {}, method.name), element("kbd", {}, cap));
  }));
  const field = at("tender");
  const method = pay && methodOf(pay.method);
  field.disabled = !pay;
  field.placeholder = pay ? centsText(due()) : "";
  if (!pay || document.activeElement !== field) field.value = pay?.typed || "";
  const handed = given();
  const isPart = pay && pay.typed && handed !== null && handed < due();
  at("rest-word").textContent = word(isPart ? "rest" : "change");
  at("rest").textContent = pay && handed !== null ? show(isPart ? due() - handed : handed - due(), "¥") : "";
  at("rest").classList.toggle("is-part", Boolean(isPart));
  at("notes").replaceChildren(...(pay && method?.gives_change ? notes() : []));
  const sending = Boolean(state.pending);
  drawPayKey();
  const prints = localStorage.getItem("till-prints") === "1";
  at("pay-word").textContent = word(sending ? "sending" : isPart ? "take_part" : pay ? (prints ? "finish_print" : "finish") : "to_payment");
}

export function drawPayKey() {
  at("pay").disabled = Boolean(state.pending) || Boolean(state.code) || (!state.lines.length && !at("scan").value);
}

function iconOf(method) {
  if (method.gives_change) return "cash";
  return ICONS.find(([part]) => method.code.toUpperCase().includes(part))?.[1] || "money";
}

function notes() {
  const rest = due();
  const sizes = [20n, 50n, 100n, (rest / 10000n + 1n) * 100n, (rest / 10000n + 2n) * 100n].map((yuan) => yuan * 100n);
  const larger = [...new Set(sizes.filter((size) => size > rest))].sort((a, b) => (a < b ? -1 : 1)).slice(0, 3);
  const typed = cents(state.pay.typed || "");
  return [rest, ...larger].map((size, index) => element("button", { type: "button", "data-note": centsText(size), "aria-pressed": String(typed === size || (index === 0 && !state.pay.typed)) },
    show(size, "¥"), ...(index ? [] : [" ", element("small", {}, word("exact"))])));
}

function drawDone() {
  const box = at("finished");
  const done = state.done;
  box.hidden = !done;
  if (!done) return;
  const back = done.returned ? cents(done.returned.total) - cents(done.total) : 0n; // of an exchange
  const swapped = done.is_on_account ? ["done_exchange_off", "done_exchange_owed"] : ["done_exchange_back", "done_exchange"];
  const title = done.returned ? swapped[back > 0n ? 0 : 1] : done.is_return ? "done_return" : "done";
  const sum = done.returned ? (back < 0n ? -back : back) : cents(done.total);
  box.replaceChildren(
    element("div", { class: "finished-head" }, icon("tick"), element("b", {}, word(title)), element("span", { class: "num" }, show(sum, "¥"))),
    ...(done.is_return || cents(done.change) === 0n ? [] : [element("div", { class: "finished-change" }, element("span", {}, word("change")), element("output", { class: "num" }, show(cents(done.change), "¥")))]),
    element("div", { class: "code" }, done.number),
    ...(done.was_done ? [element("div", { class: "tone-wait" }, word("was_done"))] : []),
    element("div", { class: "finished-acts" }, button(word("print"), { "data-print-slip": done.id, class: "button tall" }, " ", element("kbd", {}, "Ctrl P")), button(word("look"), { "data-look-slip": done.id, class: "button tall" })),
    element("p", { class: "quiet" }, word("next")),
  );
}

// -- what was just said ----------------------------------------------------------------------------

let spoken = null, heard = ""; // the line that was spoken of last: what is said follows its price

export function saidOf(line) {
  const text = figuresOf(line);
  said(isShort(line) ? "wait" : "ok", line.name, text, word("undo"));
  [spoken, heard] = [line, text];
}

const figuresOf = (line) => `× ${showQuantity(line.quantity, line.step)} ${line.unit_name} · ${show(leftOf(line), "¥")}${isShort(line) ? ` · ${shortage(line)}` : ""}`;

function drawSaid() {
  const same = (line) => line.item === spoken.item && line.unit === spoken.unit && line.barcode === spoken.barcode;
  const line = spoken && (state.lines.find((one) => one === spoken) || state.lines.find(same));
  if (line && figuresOf(line) !== heard) saidOf(line);
}

export function said(tone, strong, rest = "", hint = "") {
  spoken = null;
  at("said").replaceChildren(element("span", { class: `heard tone-${tone}` }, icon(tone === "ok" ? "tick" : "problem"), element("b", {}, strong), element("span", { class: "num" }, rest)),
    ...(hint ? [element("span", { class: "hint" }, element("kbd", {}, "Ctrl Z"), ` ${hint}`)] : []));
}

export function flash() {
  const chosen = at("rows").querySelector(".chosen");
  if (chosen?.classList.contains("flash")) {
    chosen.classList.remove("flash");
    void chosen.offsetWidth; // so that it begins anew
  }
  chosen?.classList.add("flash");
}

// A panel that stays until somebody answers it: what happened, what was kept, what to do.
export function trouble(tone, title, texts, actions) {
  const panel = element("div", { class: `panel tone-${tone}`, role: "alert" }, icon("alert"), element("b", {}, title), ...texts.map((text) => element("span", {}, text)), element("div", { class: "actions" }, ...actions));
  at("trouble").replaceChildren(panel);
}

export function calm() {
  at("trouble").replaceChildren();
}

let toastTimer;
export function toast(text) {
  clearTimeout(toastTimer);
  at("toast").replaceChildren(element("div", { class: "toast" }, text));
  toastTimer = setTimeout(() => at("toast").replaceChildren(), 3000);
}
