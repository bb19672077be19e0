// Goods that the customer holds and the books do not have: they are put on the books by somebody who
// may, and then the same sale, or exchange, is sent again.
import { element, newId, word } from "../../kit/frontend/words.js";
import { ask, sentence } from "./ask.js";
import { button, calm, draw, toast } from "./draw.js";
import { play } from "./sound.js";
import { boot, state } from "./state.js";

const at = (id) => document.getElementById(id);
let refusal = null; // what was refused: its sentences, of which basket, and how it is sent again

export function startBeyond() {
  at("beyond-box").querySelector("form").addEventListener("submit", allow);
}

// The way out of a refusal that only says that the shelf has less; nothing for any other.
export function beyondButton(no, sendAgain) {
  const problems = no.problems || [];
  const isOffered = problems.length > 0 && problems.every((problem) => problem.code === "short");
  refusal = isOffered ? { no, sendAgain, basket: JSON.stringify(state.lines), id: newId(), answers: [] } : null;
  return isOffered ? [button(word("they_are_here"), { "data-beyond": "", class: "button primary" }, " ", element("kbd", {}, "Alt B"))] : [];
}

export function beyondBox() {
  if (!refusal || !document.querySelector("[data-beyond]")) return;
  at("beyond-list").replaceChildren(...refusal.no.problems.map((problem) => element("li", {}, problem.message)));
  at("beyond-manager").hidden = boot.may_put_on_books;
  at("beyond-code").value = at("beyond-pin").value = "";
  wrong("");
  at("beyond-box").showModal();
  (boot.may_put_on_books ? at("beyond-box").querySelector(".primary") : at("beyond-code")).focus();
}

function wrong(text) {
  at("beyond-wrong").textContent = text;
  if (text) play("stopped");
}

async function allow(event) {
  event.preventDefault();
  const go = event.target.querySelector(".primary");
  if (go.disabled) return undefined;
  const lines = state.lines.map(({ item, unit, quantity }) => ({ item, unit, quantity }));
  const body = { id: refusal.id, lines, answers: refusal.answers };
  if (!boot.may_put_on_books) {
    const empty = [at("beyond-code"), at("beyond-pin")].find((field) => !field.value);
    if (empty) return empty.focus();
    body.by = { code: at("beyond-code").value, pin: at("beyond-pin").value };
  }
  go.disabled = true;
  const answer = await ask("/till/on-books", body).catch(() => ({ refused: { detail: word("no_answer") } }));
  go.disabled = false;
  if (answer.refused) return refused(answer.refused);
  at("beyond-box").close();
  if (answer.put.length) toast(word("put_on_books", { goods: answer.put.join(", ") }));
  calm();
  const { sendAgain, basket } = refusal;
  refusal = null;
  if (basket !== JSON.stringify(state.lines)) return draw(); // it is another basket by now: it is paid anew
  return sendAgain();
}

// A question is answered by pressing again; the PIN is kept for that, and for nothing else.
function refused(no) {
  wrong(sentence(no));
  if (no.is_question) refusal.answers = [...refusal.answers, no.code];
  else at("beyond-pin").value = "";
}
