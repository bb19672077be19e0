// An exchange that is reversed: both of its slips at once, with a reason, by somebody who may.
import { newId, word } from "../../kit/frontend/words.js";
import { ask, sentence } from "./ask.js";
import { button, calm, said, trouble } from "./draw.js";
import { play } from "./sound.js";
import { boot } from "./state.js";

const at = (id) => document.getElementById(id);
let exchange = null, request = "";

export function startUndo() {
  at("undo-box").querySelector("form").addEventListener("submit", goesOn);
  at("slip-undo").addEventListener("click", undoBox);
  at("slip-box").addEventListener("keydown", (event) => {
    if (event.key !== "F7" || at("slip-undo").hidden) return;
    event.preventDefault();
    undoBox();
  });
}

// A slip that is shown: whether it is half of an exchange that can still be reversed.
export function offerUndo(found) {
  exchange = found || null;
  at("slip-undo").hidden = !exchange;
}

function undoBox() {
  request = newId();
  at("slip-box").close();
  at("undo-reason").value = at("undo-code").value = at("undo-pin").value = "";
  at("undo-note").textContent = [word("undo_both", { returned: exchange.returned, sold: exchange.sold }), money()].filter(Boolean).join(" ");
  at("undo-manager").hidden = boot.may_reverse;
  wrong("");
  at("undo-box").showModal();
  at("undo-reason").focus();
}

const money = () => (exchange.amount ? word(exchange.is_to_customer ? "undo_pay" : "undo_take", { amount: exchange.amount }) : "");

function wrong(text) {
  at("undo-wrong").textContent = text;
  if (text) play("stopped");
}

async function goesOn(event) {
  event.preventDefault();
  const fields = ["undo-reason", ...(boot.may_reverse ? [] : ["undo-code", "undo-pin"])].map(at);
  const empty = fields.find((field) => !field.value.trim());
  if (empty) { wrong(empty === fields[0] ? word("undo_reason") : ""); return empty.focus(); }
  const body = { id: request, exchange: exchange.id, reason: at("undo-reason").value.trim() };
  if (!boot.may_reverse) body.by = { code: at("undo-code").value, pin: at("undo-pin").value };
  at("undo-pin").value = "";
  const answer = await ask("/till/exchange/reverse", body).catch(() => ({ refused: { detail: word("no_answer") } }));
  if (answer.refused) return wrong(sentence(answer.refused));
  at("undo-box").close();
  play("paid");
  said("ok", word("undo_done"), `${exchange.returned} · ${exchange.sold}`);
  if (!money()) return undefined;
  trouble("wait", word("undo_done"), [money()], [button(word("dismiss"), {})]);
  at("trouble").addEventListener("click", calm, { once: true });
  return undefined;
}
