// Payments by a code that the customer shows. The attempt has its id before it is sent, and is kept
// here until it is closed: whatever is lost on the way, it is asked for and never charged anew.
import { element, newId, word } from "../../kit/frontend/words.js";
import { ask, SignedOut, sentence } from "./ask.js";
import { button, calm, draw, trouble } from "./draw.js";
import { centsText, show, cents } from "./money.js";
import { due, given } from "./pay.js";
import { bought } from "./prepaid.js";
import { fresh } from "./priced.js";
import { play } from "./sound.js";
import { atTerminal, startTerminal } from "./terminal.js";
import { boot, save, state, total } from "./state.js";

const AGAIN_MS = 2000;
let hooks = { paid: () => {}, refocus: () => {}, signedOut: () => {} };
let wakeUp = null, isAsking = false;

export function startCodes(given) {
  hooks = given;
  document.addEventListener("keydown", press, true);
  startTerminal({ ...hooks, charged });
  if (state.code?.method) atTerminal();
  else if (state.code) take(state.code.code);
}

// At the pay step a code like this is a payment, before it is anything else.
export const isPayCode = (text) => Boolean(state.pay) && isCode(text);

export function isCode(text) {
  if (!/^\d+$/.test(text)) return false;
  const first = Number(text.slice(0, 2));
  return boot.code_ranges.some(([from, to, least, most]) => first >= from && first <= to && text.length >= least && text.length <= most);
}

export async function take(code) {
  if (isAsking) return;
  isAsking = true;
  try {
    if (!state.code) {
      await pricedFor(code);
      const amount = given();
      if (amount === null || amount <= 0n || amount > due()) return refused({ detail: word("wrong_amount") });
      state.code = { id: newId(), sale: state.id, amount: centsText(amount), total: centsText(total()), code, said: null };
      save(); // before it is sent
    }
    await untilClosed();
  } finally {
    isAsking = false;
    draw();
    hooks.refocus();
  }
}

// What the sale comes to may hang on the way of paying, and the code says which that is.
async function pricedFor(code) {
  const ours = code < "2" ? /WECHAT|WEIXIN/ : /ALI/;
  const method = boot.methods.find((one) => one.is_by_provider && ours.test(one.code.toUpperCase())) || boot.methods.find((one) => one.is_by_provider);
  if (method && state.pay.method !== method.code && !state.pay.typed) { state.pay.method = method.code; save(); draw(); }
  await fresh();
}

async function untilClosed() {
  let isSent = false;
  while (state.code) {
    const now = state.code;
    showWaiting(now);
    try {
      const { id, sale, amount, total, code } = now;
      const answer = now.callOff
        ? await ask("/till/pay/call-off", { id })
        : isSent ? await ask("/till/pay/ask", { id }) : await ask("/till/pay/charge", { id, sale, amount, total, code });
      if (answer.refused) return refused(answer.refused);
      isSent = true;
      if (state.code !== now) return; // the cashier went on without it
      now.said = answer.attempt;
      save();
      if (now.said.state === "charged") return charged(now);
      if (now.said.state === "declined") return declined(now);
    } catch (failure) {
      if (failure instanceof SignedOut) return hooks.signedOut();
      now.said = { state: "unknown", provider: now.said?.provider || "", reason: "" };
    }
    showWaiting(now);
    await new Promise((resolve) => { wakeUp = resolve; setTimeout(resolve, AGAIN_MS); });
    wakeUp = null;
  }
}

function charged(now) {
  if (now.then) return bought(now, hooks.signedOut);
  state.pay ||= { rows: [], method: now.said.method, typed: "" };
  state.pay.rows.push({ method: now.said.method, amount: now.amount, tendered: now.amount, attempt: now.id });
  state.pay.typed = "";
  state.code = null;
  save();
  calm();
  play("paid");
  return hooks.paid();
}

function declined(now) {
  state.code = null;
  save();
  play("stopped");
  const why = now.said.reason === "not_sent" ? word("code_not_sent") : now.said.reason;
  panel("act", `${now.said.provider}: ${word("code_declined")}`, [why, word("code_declined_next")], []);
}

function refused(no) {
  state.code = null;
  save();
  play("stopped");
  panel("act", word("code_declined"), [sentence(no)], []);
}

function showWaiting(now) {
  const provider = now.said?.provider || "", amount = show(cents(now.amount), "¥");
  const isUnknown = now.said?.state === "unknown";
  const title = now.callOff ? word("code_calling_off") : isUnknown ? word("code_unknown") : now.said ? word("code_waiting") : word("code_sending");
  const texts = [[provider, amount].filter(Boolean).join(" "), isUnknown ? word("code_unknown_text") : now.said ? word("code_waiting_text") : ""].filter(Boolean);
  panel("wait", title, texts, now.said && !now.callOff ? [
    keyed(word("code_ask"), "ask", "Enter", { class: "button primary" }), keyed(word("code_call_off"), "off", "F2"),
    ...(isUnknown ? [keyed(word("code_leave"), "leave", "F4")] : []),
  ] : []);
}

// While a code waits, its keys are those that stand on the panel.
function press(event) {
  if (document.querySelector("dialog[open]") || event.target.closest?.("button")) return;
  const deed = { Enter: "ask", F2: "off", F4: "leave" }[event.key];
  const pressed = deed && document.querySelector(`#trouble [data-code-do="${deed}"]`);
  if (!pressed) return;
  event.preventDefault();
  pressed.click();
}

const keyed = (text, deed, key, more = {}) => button(text, { "data-code-do": deed, ...more }, " ", element("kbd", {}, key));

function panel(tone, title, texts, actions) {
  trouble(tone, title, texts, actions.length ? actions : tone === "wait" ? [] : [button(word("dismiss"), { "data-code-do": "calm" })]);
  document.getElementById("trouble").firstChild.addEventListener("click", (event) => {
    const deed = event.target.closest("[data-code-do]")?.dataset.codeDo;
    if (!deed) return;
    if (deed === "off" && state.code) state.code.callOff = true;
    if (deed === "leave") state.code = null; // it stays listed, and is asked for by the server
    if (deed === "calm" || deed === "leave") calm();
    save();
    wakeUp?.();
    draw();
    hooks.refocus();
  });
}

// A payment that was taken and is not wanted: the provider gives it back.
export async function giveBack(index) {
  const row = state.pay.rows[index];
  try {
    const answer = await ask("/till/pay/call-off", { id: row.attempt });
    if (answer.refused) return panel("act", sentence(answer.refused), [], []);
    state.pay.rows = state.pay.rows.filter((other) => other !== row);
    save();
    panel("act", word("code_goes_back"), [], []);
  } catch (failure) {
    if (failure instanceof SignedOut) return hooks.signedOut();
    panel("act", word("no_answer"), [], []);
  } finally {
    draw();
  }
}
