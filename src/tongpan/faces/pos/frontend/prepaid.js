// What members pay ahead by a code or a card. The server looks at it before anybody is charged; it is
// charged under its own id, kept like a sale's attempt, and posted once that is paid.
import { newId, word } from "../../kit/frontend/words.js";
import { ask, SignedOut, sentence } from "./ask.js";
import { button, calm, draw, said, toast, trouble } from "./draw.js";
import { relevel } from "./levels.js";
import { cents, show } from "./money.js";
import { methodOf } from "./pay.js";
import { isCode, take } from "./paycode.js";
import { play } from "./sound.js";
import { atTerminal } from "./terminal.js";
import { save, state } from "./state.js";

const AGAIN_MS = 2000, SAME_MS = 15 * 60_000;
const at = (id) => document.getElementById(id);
let wanted = null; // what waits for the customer's code

// The same request within a quarter of an hour has the same id, in whichever way it is paid: it is
// done once, also after a reload, and what was declined leaves nothing behind.
export function idOf(same) {
  if (state.ahead?.same !== same || Date.now() - state.ahead.since > SAME_MS) state.ahead = { same, id: newId(), since: Date.now() };
  save();
  return state.ahead.id;
}

export function letGo() {
  state.ahead = null;
  save();
}

// Nobody is to be charged (any more).
export function noCode() {
  wanted = null;
  if (!at("member-code-field").hidden) at("member-ok-word").textContent = word("member_top_up");
  at("member-code-field").hidden = true;
  at("member-code").value = "";
}

// What the server looked at is to be charged: a card at its terminal, else the code is scanned.
export function toCharge(request) {
  wanted = request;
  if (methodOf(request.body.method).is_by_hand) return charge({ method: request.body.method });
  at("member-code-word").textContent = word("code_for", { amount: show(cents(request.amount), "¥") });
  at("member-ok-word").textContent = word("code_charge", { amount: show(cents(request.amount), "¥") });
  at("member-code-field").hidden = false;
  at("member-code").focus();
  return undefined;
}

// At Enter in the box: whether it was the customer's code. `wrong` says what is not one.
export function tookCode(wrong) {
  if (!wanted) return false;
  const code = at("member-code").value.trim();
  if (isCode(code)) charge({ code });
  else { wrong(word("scan_code")); at("member-code").select(); }
  return true;
}

function charge(by) {
  const { amount, body, url, told } = wanted;
  state.code = { id: newId(), sale: body.id, amount, total: amount, ...by, said: null, then: { body, url, told } };
  save(); // before it is sent
  noCode();
  at("member-box").close();
  draw();
  return by.code ? take(by.code) : atTerminal(by.method);
}

// The customer paid: it is sent until somebody answers, and recorded once.
export async function bought(now, signedOut) {
  const { url, body, told } = now.then;
  for (;;) {
    try {
      const answer = await ask(url, body);
      return answer.number ? done(answer, told) : inVain(now, answer.refused, signedOut);
    } catch (failure) {
      if (failure instanceof SignedOut) return signedOut();
      trouble("wait", word("no_answer"), [word("no_answer_text")], []);
      await new Promise((resolve) => { setTimeout(resolve, AGAIN_MS); });
    }
  }
}

function done(answer, told) {
  state.code = null;
  letGo();
  if (state.member?.id === answer.member.id) { state.member = answer.member; relevel(state.lines, state.member); }
  save();
  calm();
  play("paid");
  draw();
  said("ok", word(told.word, { ...told, amount: answer.amount, number: answer.number }));
}

function inVain(now, no, signedOut) {
  play("stopped");
  trouble("act", word("charged_in_vain"), no ? [sentence(no)] : [], [button(word("try_again"), { "data-again": "", class: "button primary" }), button(word("give_it_back"), { "data-back": "" })]);
  at("trouble").querySelector("[data-again]").addEventListener("click", () => bought(now, signedOut));
  at("trouble").querySelector("[data-back]").addEventListener("click", () => giveBack(now));
}

// Who may not, leaves it to who clears payments up: it is listed there.
async function giveBack(now) {
  const answer = await ask("/till/pay/call-off", { id: now.id }).catch(() => null);
  if (!answer) return toast(word("no_answer")); // the panel stands: once more
  state.code = null;
  letGo();
  trouble("act", answer.refused ? sentence(answer.refused) : word("code_goes_back"), [], [button(word("dismiss"), {})]);
  at("trouble").firstChild.addEventListener("click", calm, { once: true });
  return draw();
}
