// The member of this sale: found or joined, what they have, and what of it may pay.
import { element, newId, word } from "../../kit/frontend/words.js";
import { ask, sentence } from "./ask.js";
import { cardButtons, cardSales } from "./cards.js";
import { couponButtons } from "./coupons.js";
import { button, draw, drawInto, icon } from "./draw.js";
import { relevel } from "./levels.js";
import { cents, centsText, show, showQuantity } from "./money.js";
import { due, methodOf } from "./pay.js";
import { isCode } from "./paycode.js";
import { putAway, startPassOn } from "./passon.js";
import { idOf, letGo, noCode, toCharge, tookCode } from "./prepaid.js";
import { play } from "./sound.js";
import { boot, save, state } from "./state.js";

const at = (id) => document.getElementById(id);
const OWN = ["stored_value", "points"]; // kinds of payment that take what the member has
let joining = "", paying = "";

export function startMember() {
  const box = at("member-box");
  if (!box) return;
  box.querySelector("form").addEventListener("submit", goOn);
  at("member-amount").addEventListener("input", noCode); // the code was for another amount
  startPassOn((member, text) => { name(member); drawBox(); at("member-said").textContent = text; });
  box.addEventListener("click", (event) => {
    const row = event.target.closest("[data-member]");
    if (row) choose(found[Number(row.dataset.member)]);
    if (event.target.closest("[data-member-away]")) { name(null); box.close(); }
    if (event.target.closest("[data-top-up]")) pay(event);
    if (event.target.closest("#member-renew")) renew();
  });
  document.addEventListener("click", (event) => { if (event.target.closest("[data-member-off]")) { event.stopPropagation(); name(null); } }, true);
}

// What is sent with the sale.
export function memberSent() {
  return state.member ? { member: state.member.id } : {};
}

// A member by id, as the screen shows them; what is known of them if there is no answer.
export async function memberOf(id) {
  const answer = await ask(`/till/member?id=${id}`).catch(() => ({}));
  return answer.members?.[0] || { id, code: "", name: "", phone: "", tier: "", points: "0", points_debt: "0", points_per_yuan: "1", stored: "0", principal: "0", bonus: "0" };
}

function name(member) {
  state.member = member;
  relevel(state.lines, member);
  save();
  draw();
}

// -- paying with what they have ------------------------------------------------------------------

// How much of what the member has this way may take, in cents; null where it takes money.
function has(code) {
  const { kind } = methodOf(code);
  if (!OWN.includes(kind)) return null;
  if (!state.member) return 0n;
  if (kind === "stored_value") return cents(state.member.stored) || 0n;
  const each = BigInt(state.member.points_per_yuan);
  return (BigInt(state.member.points.split(".")[0]) * 100n) / each;
}

// What of the same way was taken in this payment already.
const taken = (code) => (state.pay?.rows || []).filter((row) => row.method === code).reduce((sum, row) => sum + cents(row.amount), 0n);

// What is typed for the cashier when they choose such a way: all of it, or what is due.
export function memberPrefill(code) {
  const left = has(code);
  if (left === null || !state.pay) return;
  const most = left - taken(code);
  if (most < due()) state.pay.typed = centsText(most > 0n ? most : 0n);
  save();
}

// Why this way cannot take so much; empty where it can.
export function memberWrong(code, handed) {
  const left = has(code);
  if (left === null || handed === null) return "";
  if (!state.member) return word("member_first");
  if (methodOf(code).kind === "stored_value" && state.member.is_stored_over) return word(boot.may_renew ? "member_over" : "member_over_ask", { until: state.member.stored_until });
  const most = left - taken(code);
  return handed > most ? word("member_has", { method: methodOf(code).name, has: show(most, "¥") }) : "";
}

// -- beside the basket ---------------------------------------------------------------------------

export function drawMember() {
  const place = at("member"), one = state.member || state.done?.member;
  if (place) drawInto(place, JSON.stringify([one, Boolean(state.member)]), () => (one ? memberDrawn(one) : nobodyDrawn()));
}

function nobodyDrawn() {
  if (!boot.may_find_member) return [];
  return [element("button", { type: "button", class: "member-none", "data-do": "member" }, icon("person"), element("span", {}, word("member")), element("kbd", {}, "F4"))];
}

function memberDrawn(one) {
  const open = element("button", { type: "button", class: "member-one", "data-do": "member" }, icon("person"),
    element("span", { class: "who" }, element("b", {}, [one.name, one.phone || one.code].filter(Boolean).join(" ")), element("span", { class: "quiet" }, facts(one).join(" · "))), element("kbd", {}, "F4"));
  const away = element("button", { type: "button", class: "away", "data-member-off": "", "aria-label": word("member_off") }, "×");
  return state.member ? [open, away] : [open];
}

function facts(one) {
  const told = [];
  if (one.tier) told.push(one.tier);
  if (one.has_programme) told.push(word("member_points", { n: showQuantity(one.points, "1") }));
  if (cents(one.stored)) told.push(word(one.is_stored_over ? "member_stored_over" : "member_stored", { n: show(cents(one.stored), "¥"), until: one.stored_until }));
  if (one.coupons?.length) told.push(word("member_coupons", { n: one.coupons.length }));
  if (one.cards?.length) told.push(word("member_cards", { n: one.cards.length }));
  if (one.has_birthday) told.push(word("member_birthday"));
  return told;
}

// -- the box ---------------------------------------------------------------------------------------

let found = [];

export function memberBox() {
  if (!boot.may_find_member || document.querySelector("dialog[open]")) return;
  found = [];
  joining = "";
  at("member-q").value = "";
  for (const id of ["member-name", "member-birthday", "member-amount"]) at(id).value = "";
  at("member-consent").checked = false;
  wrong("");
  noCode();
  putAway();
  at("member-said").textContent = "";
  drawBox();
  at("member-box").showModal();
  const renews = !at("member-renew").hidden;
  (renews ? at("member-renew") : state.member && boot.may_top_up ? at("member-amount") : at("member-q")).focus();
}

function wrong(text) {
  at("member-wrong").textContent = text;
  if (text) play("stopped");
}

function drawBox() {
  const one = state.member;
  at("member-now").hidden = !one;
  at("member-find").hidden = Boolean(one);
  at("member-join").hidden = Boolean(one) || !joining;
  at("member-top-up").hidden = !one || !boot.may_top_up;
  at("member-renew").hidden = !one?.is_stored_over || !boot.may_renew;
  at("member-ok").hidden = Boolean(one) && !boot.may_top_up;
  at("member-ok-word").textContent = word(one ? "member_top_up" : joining ? "member_join" : "member_find");
  if (one) {
    const rows = [[word("member_card"), one.code], [word("member_phone"), one.phone], [word("member_tier"), one.tier],
      [word("member_points_word"), one.has_programme ? showQuantity(one.points, "1") : ""], [word("member_owed"), one.points_debt === "0" ? "" : showQuantity(one.points_debt, "1")],
      [word("member_principal"), show(cents(one.principal), "¥")], [word("member_bonus"), show(cents(one.bonus), "¥")],
      [word("member_stored_until"), cents(one.stored) ? one.stored_until : ""]];
    at("member-facts").replaceChildren(...rows.filter(([, value]) => value).map(([title, value]) => element("div", {}, element("dt", {}, title), element("dd", { class: "num" }, value))));
    const ways = boot.methods.filter((method) => method.kind === "money");
    paying = paying || ways[0]?.code;
    at("member-methods").replaceChildren(...ways.map((method) => {
      const made = button(method.name, { "aria-pressed": String(method.code === paying), class: `button tall${method.code === paying ? " primary" : ""}` });
      made.addEventListener("click", () => { paying = method.code; noCode(); drawBox(); at("member-amount").focus(); });
      return made;
    }));
  }
  const close = () => at("member-box").close();
  at("member-coupons").replaceChildren(...(one ? [...couponButtons(one, close), ...cardButtons(one, close)] : []));
  cardSales(one, () => paying, soldCard);
  at("member-list").replaceChildren(...found.map((row, index) => element("li", {}, button("", { class: "button tall wide", "data-member": index },
    element("b", {}, [row.name, row.phone].filter(Boolean).join(" ") || row.code), element("span", { class: "quiet" }, facts(row).join(" · ")), element("span", { class: "code" }, row.code)))));
}

async function asked(url, body) {
  at("member-ok").disabled = true;
  try {
    const answer = await ask(url, body);
    if (!answer.refused) return answer;
    wrong(sentence(answer.refused));
  } catch {
    wrong(word("no_answer"));
  } finally {
    at("member-ok").disabled = false;
  }
  return undefined;
}

async function goOn(event) {
  event.preventDefault();
  if (state.member) return tookCode(wrong) || topUp();
  const text = at("member-q").value.trim();
  if (joining && text === joining) return join();
  return text ? find(text) : at("member-q").focus();
}

async function find(text) {
  wrong("");
  const answer = await asked(`/till/member?q=${encodeURIComponent(text)}`);
  found = answer?.members || [];
  if (found.length === 1) return choose(found[0]);
  joining = !found.length && boot.may_join && /^\+?[\d -]{6,}$/.test(text) ? text : "";
  drawBox();
  if (joining) { wrong(""); at("member-name").focus(); }
  else if (found.length) at("member-list").querySelector("button").focus();
  else at("member-q").select();
  return undefined;
}

function choose(member) {
  name(member);
  play("ok");
  at("member-box").close();
}

function soldCard(answer, kind) {
  if (!answer || answer.refused) return wrong(answer ? sentence(answer.refused) : word("no_answer"));
  name(answer.member);
  play("paid");
  wrong("");
  drawBox();
  at("member-said").textContent = word("card_sold", { card: kind.name, amount: answer.amount, number: answer.number });
  return undefined;
}

let joinId = "";

async function join() {
  if (!at("member-consent").checked) { wrong(word("member_consent_first")); return at("member-consent").focus(); }
  joinId = joinId || newId();
  const body = { id: joinId, phone: joining, name: at("member-name").value.trim(), birthday: at("member-birthday").value.trim(), consent: true };
  const answer = await asked("/till/join", body);
  joinId = ""; // what was refused is another request; what had no answer is found by its phone
  if (answer) choose(answer.member);
  return undefined;
}

async function renew() {
  const answer = await asked("/till/member/renew", { id: newId(), member: state.member.id });
  if (!answer) return;
  name(answer.member);
  play("ok");
  wrong("");
  drawBox();
  at("member-said").textContent = word("member_renewed", { until: answer.member.stored_until });
}

// So many figures are a phone or a card: of the next customer, not an amount.
const isNobodysMoney = (text) => /^\d{8,}$/.test(text);

async function topUp() {
  const said = at("member-amount").value.trim();
  if (isNobodysMoney(said) && !isCode(said)) { name(null); at("member-q").value = said; return find(said); }
  const amount = cents(said);
  if (!boot.may_top_up || !amount) { wrong(word("wrong_amount")); return at("member-amount").focus(); }
  const text = centsText(amount), body = { id: idOf(`${state.member.id} ${text}`), member: state.member.id, method: paying, amount: text };
  const answer = await asked("/till/top-up", body);
  if (!answer) return undefined;
  if (answer.is_to_be_charged) return toCharge({ url: "/till/top-up", body, amount: text, told: { word: "member_topped_up" } });
  letGo();
  name(answer.member);
  play("paid");
  at("member-amount").value = "";
  wrong("");
  drawBox();
  at("member-said").textContent = word("member_topped_up", { amount: answer.amount, number: answer.number });
  return undefined;
}

function pay(event) {
  event.preventDefault();
  topUp();
}
