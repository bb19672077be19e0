// The till: keys and scanner first, touch alike. One listener for keys, one for touches, one queue.
import { startTours } from "../../kit/frontend/tour.js";
import { word } from "../../kit/frontend/words.js";
import { askCredit, customerBox, customerMissing, customerSent, startCustomers } from "./account.js";
import { ask, NoAnswer, SignedOut, sentence } from "./ask.js";
import { beyondBox, beyondButton, startBeyond } from "./beyond.js";
import { openBox, startBoxes } from "./boxes.js";
import { forget, isAtOnce, isTaken, LEAST, LEAST_GOODS, note, scannedInto, scannedThrough } from "./burst.js";
import { addCoupon, couponsRefused, isCoupon } from "./coupons.js";
import { button, calm, draw, drawPayKey, drawTender, flash, said, saidOf, toast, trouble } from "./draw.js";
import { memberBox, memberPrefill, memberSent, memberWrong, startMember } from "./member.js";
import { isOnStep, micro, plain, show, showPrice } from "./money.js";
import { holds, whole } from "./held.js";
import * as payment from "./pay.js";
import { giveBack, isPayCode, startCodes, take as takeCode } from "./paycode.js";
import { askNow, fresh } from "./priced.js";
import { shiftMissing } from "./shift.js";
import { afterSale, printSlip } from "./slips.js";
import { play } from "./sound.js";
import { atTerminal } from "./terminal.js";
import { find, startCatalogue } from "./catalogue.js";
import { cut, cutOff, refusesPayment, stockSoon } from "./cut.js";
import { asksPrice, sayPrice, startOpenPrice } from "./openprice.js";
import { pressAgain, waitFrom, waitNoMore, waits } from "./meanwhile.js";
import { startOwed } from "./owed.js";
import { remarkBox, startRemark } from "./remark.js";
import { onShelfFirst } from "./shelf.js";
import { settle } from "./recalled.js";
import { guarded, startTakeOff, voidBasket } from "./takeoff.js";
import { entries, pick, startVariants } from "./variants.js";
import { add, boot, change, isShort, load, save, selectedLine, startAnew, state, undo, whenChangedElsewhere } from "./state.js";

const LOOK_AFTER_MS = 220, AGAIN_MS = 2000;
const at = (id) => document.getElementById(id);
let queue = Promise.resolve(); // scans are answered in the order in which they were made
let found = [], marked = 0, looked = "";
let lookTimer, wakeUp;

if (document.body.classList.contains("till")) start();

function start() {
  load();
  startBoxes({ act, refocus, redraw: draw, finishReturn: finish });
  startMember();
  startCustomers(chooseMethod);
  startBeyond();
  startTakeOff();
  startOwed();
  startOpenPrice();
  startRemark();
  startVariants(act);
  setTimeout(startCatalogue, 0);
  startTours();
  document.addEventListener("keydown", press, true);
  document.addEventListener("click", touch);
  at("scan").addEventListener("input", lookSoon);
  at("tender").addEventListener("input", tenderTyped);
  if (matchMedia("(pointer: coarse)").matches) at("tender").inputMode = "none";
  whenChangedElsewhere(draw);
  addEventListener("online", () => wakeUp?.());
  tick();
  setInterval(tick, 10_000);
  draw();
  parkedCount(boot.parked);
  settle();
  if (state.pending) queue = queue.then(() => send());
  startCodes({ paid: () => { queue = queue.then(paidByCode); }, refocus, signedOut });
  refocus();
}

function tick() {
  at("clock").textContent = new Intl.DateTimeFormat("en-GB", { hour: "2-digit", minute: "2-digit", timeZone: boot.zone }).format(Date.now());
}

export function parkedCount(count) {
  at("parked-count").hidden = !count;
  at("parked-count").textContent = count;
}

// -- keys ------------------------------------------------------------------------------------------

const KEYS = {
  F1: "more", F2: "discount", F3: "price", F4: "member", F6: "park", F7: "return", F8: "today", F9: "clerk", F10: "shift",
  "Alt U": "unit", "Alt R": "remark", "Alt W": "why", "Alt D": "drawer", "Alt B": "beyond", Delete: "delete", "Ctrl Delete": "void", "Ctrl Z": "undo", "Ctrl P": "print", ArrowUp: "up", ArrowDown: "down",
};
const PLAIN = ["Enter", "Backspace", "Escape"];

function press(event) {
  if (document.querySelector("dialog[open]")) return;
  const mods = `${event.ctrlKey || event.metaKey ? "Ctrl " : ""}${event.altKey ? "Alt " : ""}`;
  const name = mods + (event.key.length === 1 ? event.key.toUpperCase() : event.key);
  const isOurs = KEYS[name] || PLAIN.includes(name) || (event.key.length === 1 && mods !== "Ctrl ");
  if (isOurs && waits(() => pressAgain(event))) return event.preventDefault();
  const scan = at("scan"), tender = at("tender"), isHeld = holds(event, scan);
  if (event.key === "Enter" && event.target.closest?.("button, a")) return; // it presses what it stands on
  if (isEnd(event)) return enter(event);
  if (event.key.length === 1 || isTaken(event)) note(event, tender.value);
  else if (event.key !== "Enter" && event.key !== "Shift") forget();
  if (isTaken(event) || isHeld) return;
  if (event.key === "Escape") return done(event, () => act("back"));
  if (state.pay && /^Alt [1-9]$/.test(name)) return done(event, () => chooseMethod(boot.methods[Number(event.key) - 1]?.code));
  if (state.pay && name === "+") return done(event, () => chooseMethod(boot.methods[0]?.code));
  const isEmpty = !scan.value && event.target !== tender;
  if (isEmpty && !state.pay && (name === "+" || name === "-" || name === "*")) return done(event, () => act({ "+": "plus", "-": "less", "*": "quantity" }[name]));
  const deed = KEYS[name];
  if ((deed === "delete" || deed === "void") && !isEmpty) return;
  if (deed === "undo" && scan.value) return;
  if (deed && (!state.pay || deed === "print" || deed === "undo" || deed === "member" || deed === "why" || deed === "beyond")) return done(event, () => act(deed));
  if (deed && !deed.startsWith("delete")) return event.preventDefault();
  if (event.key.length === 1 && !mods && event.target !== scan && event.target !== tender) (state.pay && /[\d.]/.test(event.key) ? tender : scan).focus();
}

function done(event, deed) {
  event.preventDefault();
  deed();
}

// Enter ends what is typed, and so does Tab where a scanner is set to it. To an input method Enter
// belongs as long as a hand writes with it.
function isEnd(event) {
  const key = isTaken(event) ? event.code : event.key;
  if (event.ctrlKey || event.metaKey || event.altKey) return false;
  if (key === "Enter" || key === "NumpadEnter") return !isTaken(event) || isAtOnce(event.timeStamp, LEAST_GOODS);
  const least = { scan: LEAST_GOODS, tender: LEAST }[event.target.id];
  return key === "Tab" && !event.shiftKey && Boolean(least) && isAtOnce(event.timeStamp, least);
}

function enter(event) {
  const field = event.target, through = scannedThrough(event.timeStamp);
  const code = through || (field === at("tender") ? scannedInto(event.timeStamp, isPayCode) : forget());
  event.preventDefault();
  if (!code) return act("pay");
  if (through) field.blur(); // the input method lets go of what it made of it
  if (field === at("tender")) field.value = state.pay.typed = code.before;
  submit(code.text);
  if (through) refocus();
}

// -- touches -----------------------------------------------------------------------------------------

function touch(event) {
  if (event.target.closest("dialog") || waits(() => touch(event))) return;
  const of = (selector) => event.target.closest(selector);
  const deed = of("[data-do]"), pad = of("[data-pad]"), method = of("[data-method]"), paper = of("[data-note]"), line = of("[data-line]"), hit = of("[data-hit]"), away = of("[data-away]");
  if (deed) act(deed.dataset.do);
  else if (pad) padPress(pad.dataset.pad);
  else if (method && (state.lines.length || state.pay)) chooseMethod(method.dataset.method);
  else if (paper) typeTender(paper.dataset.note);
  else if (away && state.pay.rows[away.dataset.away].attempt) giveBack(Number(away.dataset.away));
  else if (away) { state.pay.rows.splice(Number(away.dataset.away), 1); save(); draw(); }
  else if (hit) choose(Number(hit.dataset.hit));
  else if (line) { state.selected = Number(line.dataset.line); save(); draw(); }
  if (!deed || !["quantity", "price", "park", "return", "today", "takings", "clerk", "drawer", "shift", "more", "member", "discount", "why", "remark"].includes(deed.dataset.do)) refocus();
}

function padPress(key) {
  const field = state.pay ? at("tender") : at("scan");
  field.value = key === "back" ? field.value.slice(0, -1) : field.value + key;
  field.dispatchEvent(new Event("input"));
}

function refocus() {
  if (document.querySelector("dialog[open]")) return;
  const field = at(state.pay && !state.pending ? "tender" : "scan"), end = field.value.length;
  field.focus({ preventScroll: true });
  field.setSelectionRange(end, end); // a press on a box that closed may have left the caret behind, and keys with it
}

// -- deeds -------------------------------------------------------------------------------------------

function act(deed, more) {
  const deeds = {
    pay: goOn,
    back,
    plus: () => step(1000000n),
    less: () => guarded(() => step(-1000000n)),
    undo: () => guarded(() => { if (undo()) { calm(); said("ok", word("undone")); draw(); } }),
    delete: () => guarded(() => removeLine(state.selected)),
    up: () => move(-1),
    down: () => move(1),
    unit: switchUnit,
    print: () => state.done && printSlip(state.done.id),
    scan: () => submit(more),
    member: memberBox,
    void: voidBasket,
    remark: remarkBox,
    beyond: beyondBox,
  };
  if ((state.pending || state.code) && deed !== "print") return;
  if (deeds[deed]) deeds[deed]();
  else openBox(deed, more);
}

function goOn() {
  const text = whole(at("scan")).trim();
  if (!at("found").hidden && found.length && (!text || text === looked)) return choose(marked);
  if (text) return submit(text);
  waitFrom();
  const seen = at("trouble").firstChild;
  queue = queue.catch(reportError).then(async () => {
    if (state.pay) await fresh();
    try {
      return payNow(seen); // a sale that is sent is waited for by scans, not by keys
    } finally {
      waitNoMore();
    }
  });
}

function payNow(seen) {
  if (refusesPayment()) return undefined;
  if (state.pay) return takePayment();
  if (state.lines.length && shiftMissing()) return openBox("shift");
  if (state.lines.length) { payment.open(); if (at("trouble").firstChild === seen) calm(); at("tender").value = ""; draw(); refocus(); }
  return undefined;
}

function back() {
  if (!at("found").hidden) return closeFound();
  if (at("scan").value) { at("scan").value = ""; return draw(); }
  if (state.pay) { payment.close(); draw(); return refocus(); }
  if (at("trouble").firstChild) return calm();
  if (state.done) { state.done = null; save(); draw(); }
}

function move(by) {
  if (!at("found").hidden) { marked = (marked + by + found.length) % found.length; return drawFound(); }
  state.selected = Math.max(0, Math.min(state.lines.length - 1, state.selected + by));
  save();
  draw();
}

function step(by) {
  const line = selectedLine();
  if (!line || line.is_label) return;
  const next = micro(line.quantity) + by;
  if (next <= 0n) return removeLine(state.selected);
  change(() => { line.quantity = plain(next); });
  draw();
  saidOf(line);
}

function removeLine(index) {
  const line = state.lines[index];
  if (!line) return;
  change(() => state.lines.splice(index, 1));
  calm();
  said("quiet", `${word("taken_away")}: ${line.name}`, "", word("undo"));
  draw();
}

function switchUnit() {
  const line = selectedLine();
  if (!line || line.is_label || (line.units || []).length < 2) return;
  const next = line.units[(line.units.findIndex((unit) => unit.unit === line.unit) + 1) % line.units.length];
  const turn = ({ price }) => {
    change(() => {
      Object.assign(line, next, { price, listed: price, usual: price, by: "" });
      if (!isOnStep(line.quantity, line.step)) line.quantity = "1";
    });
    draw();
    saidOf(line);
  };
  if (line.is_price_open) sayPrice({ ...line, ...next }).then((said_) => said_ && turn(said_));
  else turn(next);
}

// -- scan and search -----------------------------------------------------------------------------------

function submit(text) {
  at("scan").value = "";
  closeFound();
  const [, times, code] = /^(?:(\d{1,4}(?:\.\d{1,3})?)[*×])?(.*)$/.exec(text);
  if (times && !code.trim()) { at("scan").value = text; return; }
  if (isCoupon(text)) return addCoupon(text);
  if (isPayCode(text)) { if (!refusesPayment()) takeCode(text); draw(); return; }
  queue = queue.then(() => look(code.trim(), times || "1"));
}

async function look(code, times) {
  let answer = find(code);
  if (answer?.line) return taken(answer.line, times);
  if (answer?.family) return pick(answer.family, times, taken);
  if (answer) return show_(await onShelfFirst(answer.found), code, times);
  try {
    answer = await ask(`/till/scan?q=${encodeURIComponent(code)}`);
  } catch (failure) {
    return silent(failure, code);
  }
  lineState("");
  if (answer.line) return taken(answer.line, times);
  if (answer.family) return pick(answer.family, times, taken);
  if (answer.brought) return openBox("return", answer.brought);
  if (answer.found) return show_(entries(answer.found), code, times);
  const no = answer.unknown || answer.stopped || { code, message: answer.refused && sentence(answer.refused) };
  const isKnown = Boolean(answer.stopped);
  play(isKnown ? "stopped" : "unknown");
  trouble(isKnown ? "wait" : "act", `${word(isKnown ? "not_sold" : no.is_searched ? "not_found" : "unknown")} ${no.code}`, [no.message, word("kept")], [
    button(word("search_name"), { "data-search": "" }), button(word("copy"), { "data-copy": no.code }), button(word("dismiss"), { "data-calm": "" }, " "),
  ]);
  answerPanel();
}

function answerPanel() {
  const panel = at("trouble").firstChild;
  panel?.addEventListener("click", (event) => {
    const chosen = event.target.closest("button");
    if (!chosen) return;
    if ("copy" in chosen.dataset) navigator.clipboard?.writeText(chosen.dataset.copy);
    else calm();
    refocus();
  });
}

function taken(line, times) {
  if (asksPrice(line)) return sayPrice(line).then((priced) => priced && taken(priced, times));
  const wanted = line.is_label ? line.quantity : plain(micro(times) * micro(line.quantity || "1") / 1000000n);
  if (!isOnStep(wanted, line.step)) {
    play("stopped");
    trouble("wait", line.name, [word("off_step", { unit: line.unit_name, step: line.step })], [button(word("dismiss"), {})]);
    return answerPanel();
  }
  const kept = add(line, times);
  if (line.stock === null) stockSoon(line.item);
  if (cutOff()) { kept.is_pending = true; save(); }
  if (state.pay) { state.pay.typed = ""; save(); }
  calm();
  draw();
  flash();
  play(isShort(kept) ? "stopped" : "ok");
  saidOf(kept);
  return undefined;
}

function lookSoon() {
  clearTimeout(lookTimer);
  const text = at("scan").value.trim();
  if (text !== looked && !at("found").hidden) closeFound();
  drawPayKey(); // a scanner types here: nothing else hangs on what is typed
  if (text.length < 2 || /^[\d.*×]+$/.test(text)) return;
  lookTimer = setTimeout(async () => {
    const [, times, code] = /^(?:(\d{1,4}(?:\.\d{1,3})?)[*×])?(.*)$/.exec(text);
    const answer = find(code) || await ask(`/till/scan?q=${encodeURIComponent(code)}`).catch(() => ({}));
    if (at("scan").value.trim() !== text) return;
    const one = answer.line || answer.family;
    const hits = answer.found ? await onShelfFirst(entries(answer.found)) : one ? [one] : [];
    if (at("scan").value.trim() !== text) return;
    if (hits.length) { looked = text; show_(hits, code, times || "1", true); }
  }, LOOK_AFTER_MS);
}

function show_(hits, code, times, isTyping = false) {
  found = hits.map((hit) => ({ ...hit, times }));
  marked = 0;
  if (!isTyping) looked = "";
  drawFound();
}

function drawFound() {
  const box = at("found");
  box.hidden = false;
  box.replaceChildren(...found.map((hit, index) => {
    const made = button("", { class: `hit${index === marked ? " marked" : ""}`, "data-hit": index });
    const b = document.createElement("b");
    b.textContent = hit.name;
    const price = document.createElement("span");
    price.className = "num";
    price.textContent = hit.is_family ? word("variants") : hit.price !== null ? `¥${showPrice(hit.price)} / ${hit.unit_name}` : hit.is_price_open ? word("price_open") : "—";
    const note = document.createElement("span");
    note.className = "quiet code";
    note.textContent = hit.stock === null ? hit.code : `${hit.code} · ${word("stock_left", { n: hit.stock })}`;
    made.append(b, note, price);
    return made;
  }));
  box.querySelector(".marked")?.scrollIntoView({ block: "nearest" });
}

function closeFound() {
  found = [];
  looked = "";
  at("found").hidden = true;
  at("found").replaceChildren();
}

function choose(index) {
  const hit = found[index];
  at("scan").value = "";
  closeFound();
  if (hit?.is_family) queue = queue.then(() => pick(hit, hit.times, taken));
  else if (hit && (hit.price !== null || hit.is_price_open)) queue = queue.then(() => taken(hit, hit.times));
  refocus();
}

// -- payment -------------------------------------------------------------------------------------------

function chooseMethod(code) {
  if (!code || state.pending || refusesPayment()) return;
  if (shiftMissing()) return openBox("shift");
  if (customerMissing(code)) return customerBox(code);
  payment.open(code);
  memberPrefill(code);
  at("tender").value = state.pay.typed;
  at("tender-said").textContent = "";
  draw();
  refocus();
  at("tender").select(); // what is typed now stands instead
}

function tenderTyped() {
  if (!state.pay) return;
  const field = at("tender");
  const clean = field.value.replace(/[^\d.]/g, "").replace(/(\..*)\./g, "$1").replace(/(\.\d\d).+/, "$1").slice(0, 12);
  if (clean !== field.value) field.value = clean;
  state.pay.typed = clean;
  at("tender-said").textContent = "";
  save();
  drawTender();
}

function typeTender(text) {
  at("tender").value = state.pay.typed = text;
  save();
  draw();
}

function takePayment() {
  if (customerMissing(state.pay.method)) return customerBox(state.pay.method);
  const no = memberWrong(state.pay.method, payment.given());
  if (no) { at("tender-said").textContent = no; play("stopped"); return refocus(); }
  const answer = payment.take();
  at("tender").value = "";
  at("tender-said").textContent = answer === "wrong_amount" ? word("wrong_amount") : answer === "no_change" ? word("no_change", { method: payment.methodOf(state.pay.method).name, due: show(payment.due(), "¥") }) : "";
  if (answer === "terminal") return atTerminal(state.pay.method);
  if (answer === "scan_code") at("tender-said").textContent = word("scan_code");
  if (answer !== "full") { if (answer !== "part") play("stopped"); draw(); return refocus(); }
  return sendSale();
}

function sendSale() {
  state.pending = { url: "/till/sell", body: { ...payment.request(), ...memberSent(), ...customerSent() } };
  save(); // before it is sent: whatever happens now, it is known here
  draw();
  return send();
}

function paidByCode() {
  if (payment.due() === 0n) return sendSale();
  draw();
  return refocus();
}

// Sent until somebody answers. The id is the sale's own, so that sent twice it is recorded once.
async function send() {
  for (let tries = 1; ; tries++) {
    try {
      const answer = await ask(state.pending.url, state.pending.body);
      lineState("");
      return answer.slip ? finish(answer, tries) : refused(answer.refused);
    } catch (failure) {
      if (failure instanceof SignedOut) signedOut();
      else {
        lineState(word("offline"));
        trouble("wait", word("no_answer"), [word("no_answer_text")], [button(word("try_again"), { "data-again": "", class: "button primary" })]);
        document.querySelector("[data-again]").addEventListener("click", () => wakeUp?.());
      }
      await new Promise((resolve) => { wakeUp = resolve; setTimeout(resolve, AGAIN_MS); });
      wakeUp = null;
    }
  }
}

function finish(answer) {
  const keeps = answer.slip.is_return;
  if (!keeps) startAnew();
  state.pending = null;
  state.done = { ...answer.slip, returned: answer.returned, was_done: answer.is_repeat, member: answer.member };
  save();
  calm();
  at("said").replaceChildren();
  at("tender-said").textContent = "";
  draw();
  play("paid");
  refocus();
  afterSale(state.done);
}

// The basket comes back as it was, each wrong line with what mends it.
function refused(no) {
  const kind = state.pending.url, sent = state.pending;
  state.pending = null;
  if (no.is_question) return askCredit(no, sent, () => { draw(); send(); });
  const rows = (state.pay?.rows || []).filter((row) => row.attempt);
  state.pay = rows.length ? { ...state.pay, rows } : null; // what was charged stays known
  save();
  draw();
  play("stopped");
  const actions = kind === "/till/sell" ? beyondButton(no, () => { state.pending = sent; save(); draw(); return send(); }) : [];
  for (const problem of no.problems || []) {
    const index = Number(/^lines\.(\d+)/.exec(problem.path || "")?.[1]) - 1;
    const line = kind === "/till/sell" ? state.lines[index] : undefined;
    if (!line) continue;
    if (problem.code === "price_differs")
      actions.push(button(`${line.name}: ${word("take_price")} ¥${showPrice(problem.price)}`, { "data-mend": "price", "data-index": index, "data-to": problem.price }));
    if (problem.code === "below_allowed") actions.push(button(`${line.name}: ${word("ask_manager")}`, { "data-mend": "manager", "data-index": index }));
    if (problem.code === "short") {
      const fits = String(problem.has).startsWith("-") ? 0n : (micro(problem.has) * 1000000n / micro(line.factor || "1")) / micro(line.step) * micro(line.step);
      if (fits > 0n) actions.push(button(`${line.name}: ${word("set_quantity", { n: `${plain(fits)} ${line.unit_name}` })}`, { "data-mend": "quantity", "data-index": index, "data-to": plain(fits) }));
    }
    actions.push(button(`${line.name}: ${word("take_line")}`, { "data-mend": "delete", "data-index": index, "data-item": line.item }));
  }
  trouble("act", word("refused"), [...(no.problems?.length ? no.problems.map((p) => p.message) : [no.detail]), word("kept_basket")], [...actions, button(word("dismiss"), {})]);
  at("trouble").firstChild.addEventListener("click", mend);
  if ((no.problems || []).some((problem) => problem.code === "total_differs" || problem.code === "not_paid")) askNow();
  refocus();
}

function mend(event) {
  const chosen = event.target.closest("button");
  if (!chosen) return undefined;
  if (chosen.dataset.beyond !== undefined) return beyondBox();
  const index = Number(chosen.dataset.index), line = state.lines[index];
  if (line && chosen.dataset.mend === "price") change(() => Object.assign(line, { price: chosen.dataset.to, listed: chosen.dataset.to, usual: chosen.dataset.to, levels: [], by: "" }));
  if (line && chosen.dataset.mend === "quantity") change(() => { line.quantity = chosen.dataset.to; });
  if (line && chosen.dataset.mend === "delete") change(() => state.lines.splice(index, 1));
  calm();
  draw();
  if (line && chosen.dataset.mend === "manager") { state.selected = index; line.below = true; return openBox("price"); }
  return refocus();
}

function silent(failure, code) {
  if (failure instanceof SignedOut) return signedOut();
  cut();
  play("unknown");
  trouble("wait", `${word("not_looked_up")} ${code}`, [word("offline_scan_text")], [button(word("try_again"), { "data-code": code, class: "button primary" }), button(word("dismiss"), {})]);
  at("trouble").firstChild.addEventListener("click", (event) => {
    const chosen = event.target.closest("button");
    if (!chosen) return;
    calm();
    if (chosen.dataset.code) submit(chosen.dataset.code);
    refocus();
  });
}

function signedOut() {
  trouble("wait", word("signed_out"), [], [button(word("sign_in"), { "data-sign-in": "", class: "button primary" })]);
  document.querySelector("[data-sign-in]").addEventListener("click", () => { location.href = "/sign-in/?next=/till/"; });
}

function lineState(text) {
  at("line-state").hidden = !text;
  at("line-state").textContent = text;
}

document.addEventListener("click", (event) => {
  const paper = event.target.closest("[data-print-slip]"), shown = event.target.closest("[data-look-slip]");
  if (paper) printSlip(paper.dataset.printSlip);
  if (shown) openBox("slip", shown.dataset.lookSlip);
});
export { NoAnswer, toast };
