// What a customer wants of goods, such as less ice, or of the whole receipt: typed at the till,
// printed on the slip.
import { element, word } from "../../kit/frontend/words.js";
import { cardSent } from "./cards.js";
import { draw } from "./draw.js";
import { change, selectedLine, state } from "./state.js";

const at = (id) => document.getElementById(id);

export const remarkSent = ({ remark }) => (remark ? { remark } : {});

// A line as a sale or an exchange sends it.
export function lineSent({ item, unit, quantity, price, barcode, off, card, remark }) {
  return { item, unit, quantity, price, barcode: barcode || "", ...(off ? { off } : {}), ...cardSent({ card }), ...remarkSent({ remark }) };
}

export function startRemark() {
  at("remark-box").querySelector("form").addEventListener("submit", given);
}

export function remarkBox() {
  const line = selectedLine();
  if (!line || document.querySelector("dialog[open]")) return;
  at("remark-note").textContent = line.name;
  at("remark-line").value = line.remark || "";
  at("remark-receipt").value = state.remark || "";
  at("remark-box").showModal();
  at("remark-line").focus();
}

function given(event) {
  event.preventDefault();
  const line = selectedLine(), text = at("remark-line").value.trim();
  change(() => {
    if (text) line.remark = text;
    else delete line.remark;
    state.remark = at("remark-receipt").value.trim();
  });
  at("remark-box").close();
  draw();
}

export const remarkNotes = (line) => (line.remark ? [element("span", { class: "tone-accent" }, `${word("remark")}: ${line.remark}`)] : []);

export function drawRemark() {
  if (state.remark && state.lines.length) at("coupons").append(element("div", { class: "coupon-one" }, `${word("remark")}: ${state.remark}`));
}
