// Tells the customer's display what the basket holds: over a channel of the browser to a second
// screen of this machine, and, where the store wants it, over the server to a tablet.
import { levelOf } from "./levels.js";
import { amount, centsText, micro, showPrice, showQuantity } from "./money.js";
import { due, given } from "./pay.js";
import { leftOf, saved, sharesOf } from "./priced.js";
import { boot, state, total } from "./state.js";
import { token } from "../../kit/frontend/words.js";

const SOON_MS = 250;
const channel = "BroadcastChannel" in window && boot.till ? new BroadcastChannel(`till-display:${boot.till}`) : null;
let last = "", timer, isSending = false;

if (channel) channel.onmessage = ({ data }) => { if (data === "ask" && last) channel.postMessage(JSON.parse(last)); };

export function tellCustomer() {
  const text = JSON.stringify(told());
  if (text === last) return;
  last = text;
  channel?.postMessage(JSON.parse(text));
  if (!boot.display_far) return;
  clearTimeout(timer);
  timer = setTimeout(send, SOON_MS);
}

// The newest state only; what was lost is overtaken by the next one.
async function send() {
  if (isSending) { timer = setTimeout(send, SOON_MS); return; }
  isSending = true;
  await fetch("/till/display/tell", { method: "POST", headers: { "Content-Type": "application/json", "X-CSRFToken": token() }, body: last, credentials: "same-origin" }).catch(() => undefined);
  isSending = false;
}

function told() {
  if (state.done && !state.lines.length) {
    const { total: sum, change, is_return: isReturn } = state.done;
    return { mode: "done", total: sum, change: isReturn ? "0.00" : change, is_return: Boolean(isReturn) };
  }
  if (!state.lines.length) return { mode: "idle" };
  const handed = given();
  return {
    mode: state.pay ? "pay" : "sell",
    lines: state.lines.map((line) => ({
      name: line.name, quantity: showQuantity(line.quantity, line.step), unit: line.unit_name, price: showPrice(line.price),
      was: isLess(line) ? showPrice(usualOf(line)) : "", level: [levelOf(line, state.member), ...sharesOf(line).map((share) => share.title)].filter(Boolean).join(" · "), amount: centsText(leftOf(line)),
    })),
    chosen: state.selected,
    total: centsText(total()),
    saved: centsText(saved() + savedByPrice()),
    due: centsText(due()),
    change: state.pay && handed !== null && handed > due() ? centsText(handed - due()) : "",
    member: state.member ? [state.member.name, state.member.tier].filter(Boolean).join(" ") : "",
  };
}

const usualOf = (line) => line.usual ?? line.listed;
const isLess = (line) => micro(line.price) < micro(usualOf(line) ?? line.price);

function savedByPrice() {
  return state.lines.filter(isLess).reduce((sum, line) => sum + amount(line.quantity, usualOf(line)) - amount(line.quantity, line.price), 0n);
}
