// Discounts by hand: of the chosen line, or of the whole receipt; with a reason, and with somebody
// who may where the person at the till may not.
import { word } from "../../kit/frontend/words.js";
import { ask, sentence } from "./ask.js";
import { draw } from "./draw.js";
import { micro, plain } from "./money.js";
import { basketSent } from "./priced.js";
import { play } from "./sound.js";
import { change, selectedLine, state } from "./state.js";

const at = (id) => document.getElementById(id);
const HOWS = ["percent", "amount", "price"];
let scope = "line";

export function startDiscount() {
  at("off-box").querySelector("form").addEventListener("submit", given);
  at("off-box").addEventListener("keydown", (event) => {
    if (event.key !== "F2" && event.key !== "F3") return;
    event.preventDefault();
    if (event.key === "F2") turn(scope === "line" ? "receipt" : "line");
    else choose(HOWS[(HOWS.indexOf(at("off-how").value) + 1) % HOWS.length]);
  });
  at("off-scope").addEventListener("change", (event) => turn(event.target.value));
  at("off-how").addEventListener("change", (event) => choose(event.target.value));
}

export function discountBox() {
  if (document.querySelector("dialog[open]") || !state.lines.length) return;
  at("off-code").value = at("off-pin").value = "";
  turn(state.asks && !selectedLine()?.asks ? "receipt" : "line");
  at("off-box").showModal();
  at("off-value").focus();
  at("off-value").select();
}

function turn(to) {
  scope = at("off-scope").value = to;
  const line = selectedLine(), off = scope === "line" ? line?.off || line?.asks : state.off || state.asks;
  at("off-note").textContent = scope === "line" ? line?.name || "" : "";
  at("off-value").value = off?.value || "";
  at("off-reason").value = off?.reason || "";
  at("off-manager").hidden = true;
  wrong("");
  choose(off?.how || "percent");
}

function choose(how) {
  at("off-how").value = scope === "receipt" && how === "price" ? "percent" : how;
  at("off-how").querySelector("[value=price]").disabled = scope === "receipt";
}

function wrong(text) {
  at("off-wrong").textContent = text;
  if (text) play("stopped");
}

async function given(event) {
  event.preventDefault();
  const line = selectedLine(), text = at("off-value").value.trim(), value = micro(text || "0");
  if (!line) return at("off-box").close();
  if (value === null) { wrong(word("wrong_amount")); return at("off-value").select(); }
  if (value === 0n && at("off-how").value !== "price") return done(null, "");
  const reason = at("off-reason").value.trim();
  if (!reason) { wrong(word("discount_reason")); return at("off-reason").focus(); }
  const off = { how: at("off-how").value, value: plain(value), reason };
  const sent = basketSent(), path = scope === "line" ? `lines.${state.selected + 1}.off` : "off";
  if (scope === "line") sent.lines[state.selected].off = off;
  else sent.off = off;
  if (!at("off-manager").hidden) {
    const empty = [at("off-code"), at("off-pin")].find((field) => !field.value);
    if (empty) return empty.focus();
    Object.assign(sent, { code: at("off-code").value, pin: at("off-pin").value });
    at("off-pin").value = "";
  }
  const answer = await ask("/till/discount", { ...sent, path }).catch(() => ({ refused: { detail: word("no_answer") } }));
  if (answer.refused) return wrong(sentence(answer.refused));
  if (answer.needs) {
    wrong(answer.needs);
    at("off-manager").hidden = false;
    return at("off-code").focus();
  }
  return done(off, answer.by);
}

function done(off, by) {
  change(() => {
    const line = selectedLine(), kept = off && { ...off, by };
    if (scope === "receipt") state.asks = null;
    else delete line.asks;
    if (scope === "receipt") state.off = kept;
    else if (kept) line.off = { ...kept, of: line.quantity };
    else delete line.off;
  });
  at("off-box").close();
  draw();
  return undefined;
}
