// A card terminal that no program can ask: the cashier charges there and says here what it printed.
// The attempt is written before the card is put in, so a closed tab leaves it to be cleared up.
import { newId, word } from "../../kit/frontend/words.js";
import { ask, SignedOut, sentence } from "./ask.js";
import { calm, draw, toast } from "./draw.js";
import { cents, centsText, show } from "./money.js";
import { given } from "./pay.js";
import { play } from "./sound.js";
import { save, state, total } from "./state.js";

const at = (id) => document.getElementById(id);
let hooks = { charged: () => {}, refocus: () => {}, signedOut: () => {} };
let turn = Promise.resolve(); // one question at a time, in their order

export function startTerminal(given) {
  hooks = given;
  const box = at("terminal-box");
  box.querySelector("form").addEventListener("submit", (event) => { event.preventDefault(); say("charged"); });
  box.addEventListener("cancel", (event) => event.preventDefault()); // what happened is said, not closed away
  box.addEventListener("keydown", (event) => {
    const outcome = { F2: "declined", F4: "unknown" }[event.key];
    if (outcome || event.key === "Escape") event.preventDefault();
    if (outcome) say(outcome);
  });
  box.addEventListener("click", (event) => { const chosen = event.target.closest("[data-outcome]"); if (chosen) say(chosen.dataset.outcome); });
}

// Begins an attempt with a way of paying, or goes on with the one that is there.
export async function atTerminal(method) {
  if (!state.code) {
    state.code = { id: newId(), sale: state.id, amount: centsText(given()), total: centsText(total()), method, said: null };
    save(); // before anything is sent
  }
  const now = state.code;
  at("terminal-title").textContent = word("terminal_title", { amount: show(cents(now.amount), "¥") });
  at("terminal-slip").value = "";
  wrong("");
  if (!at("terminal-box").open) at("terminal-box").showModal();
  at("terminal-slip").focus();
  const { id, sale, amount } = now;
  const answer = await asked("/till/pay/charge", { id, sale, amount, total: now.total, method: now.method });
  if (answer?.refused) return done(() => toast(sentence(answer.refused)));
  if (answer) settle(now, answer.attempt);
  return undefined;
}

function wrong(text) {
  at("terminal-wrong").textContent = text;
  if (text) play("stopped");
}

function asked(url, body) {
  turn = turn.then(() => answered(url, body));
  return turn;
}

async function answered(url, body) {
  try {
    return await ask(url, body);
  } catch (failure) {
    if (failure instanceof SignedOut) { at("terminal-box").close(); hooks.signedOut(); } else wrong(word("no_answer"));
    return undefined;
  }
}

async function say(outcome) {
  const now = state.code, slip = at("terminal-slip").value.trim();
  if (!now) return undefined;
  if (outcome === "charged" && slip.length < 4) { wrong(word("terminal_slip")); return at("terminal-slip").focus(); }
  await turn;
  if (state.code !== now) return undefined;
  if (!now.said) { // begun without an answer: the same attempt again
    const { id, sale, amount, method } = now;
    const begun = await asked("/till/pay/charge", { id, sale, amount, total: now.total, method });
    if (!begun) return undefined;
    if (begun.refused) return done(() => toast(sentence(begun.refused)));
    now.said = begun.attempt;
  }
  const answer = await asked("/till/pay/confirm", { id: now.id, outcome, slip });
  if (answer?.refused) { wrong(sentence(answer.refused)); return at("terminal-slip").select(); }
  if (answer) now.isSaid = true;
  return answer && settle(now, answer.attempt);
}

function settle(now, said) {
  now.said = said;
  save();
  if (said.state === "charged") { at("terminal-box").close(); return hooks.charged(now); }
  if (said.state === "declined") return done(() => { play("stopped"); toast(word("code_declined")); });
  if (said.state === "unknown" && now.isSaid) return done(() => { play("stopped"); toast(word("terminal_unknown_text")); });
  return undefined;
}

function done(tell) {
  state.code = null;
  save();
  at("terminal-box").close();
  calm();
  draw();
  tell();
  hooks.refocus();
}
