// A coupon of the member in the box that goes to another member, named by phone or card.
import { element, newId, word } from "../../kit/frontend/words.js";
import { ask, sentence } from "./ask.js";
import { button } from "./draw.js";
import { play } from "./sound.js";
import { boot, state } from "./state.js";

const at = (id) => document.getElementById(id);
let chosen = null, request = "", passed = () => {};

// `done` is called with the member as they are afterwards, and what to say.
export function startPassOn(done) {
  passed = done;
  at("member-pass-ok").addEventListener("click", passOn);
  at("member-to").addEventListener("keydown", (event) => {
    if (event.key !== "Enter") return;
    event.preventDefault();
    passOn();
  });
}

export function putAway() {
  chosen = null;
  at("member-pass-on").hidden = true;
}

// A coupon of the box, with the button beside it that begins to pass it on, for who may.
export function besides(main, one) {
  if (!boot.may_pass_on || !one.is_transferable) return element("li", {}, main);
  const made = button(word("pass_on"), { class: "button tall", "aria-label": word("pass_on_one", { name: one.name }) });
  made.addEventListener("click", () => {
    [chosen, request] = [one, newId()];
    at("member-pass-on").hidden = false;
    at("member-pass-word").textContent = word("pass_on_to", { name: one.name });
    at("member-to").value = at("member-wrong").textContent = "";
    at("member-to").focus();
  });
  return element("li", { class: "coupon-choice" }, main, made);
}

async function passOn() {
  const to = at("member-to").value.trim();
  if (!to || !chosen || !state.member) return at("member-to").focus();
  const one = chosen, body = { id: request, member: state.member.id, code: one.code, to };
  const answer = await ask("/till/coupon/pass-on", body).catch(() => ({ refused: { detail: word("no_answer") } }));
  if (answer.refused) {
    at("member-wrong").textContent = sentence(answer.refused);
    play("stopped");
    return at("member-to").select();
  }
  play("ok");
  at("member-wrong").textContent = "";
  state.coupons = (state.coupons || []).filter((kept) => kept.code !== one.code); // it is theirs no more
  putAway();
  return passed(answer.member, word("passed_on", { name: one.name, card: answer.to }));
}
