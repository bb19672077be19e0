// An exchange: what comes back by a slip, against what the basket on the screen holds.
import { word } from "../../kit/frontend/words.js";
import { couponsSent } from "./coupons.js";
import { cents, centsText, show } from "./money.js";
import { lineSent, remarkSent } from "./remark.js";
import { boot, startAnew, state, total } from "./state.js";

const at = (id) => document.getElementById(id);
export const swap = { isOn: false };

// What one side pays the other, in cents, and whether it is the customer.
export const goal = (back) => (swap.isOn ? (total() > back ? total() - back : back - total()) : back);
export const customerPays = (back) => swap.isOn && total() > back;

export function drawExchange(back) {
  at("return-exchange").hidden = !state.lines.length || !at("return-goods") || at("return-goods").hidden || swap.isOn;
  at("return-swap").hidden = !swap.isOn;
  at("return-title").textContent = word(swap.isOn ? "exchange_title" : "return");
  at("return-by").textContent = word(customerPays(back) ? "customer_pays_by" : "paid_back_by");
  at("return-methods").closest(".field").hidden = swap.isOn && goal(back) === 0n;
  at("return-tendered").closest("label").hidden = !customerPays(back);
  if (swap.isOn) at("return-swap").textContent = word("exchange_sum", { back: show(back, "¥"), out: show(total(), "¥"), diff: show(goal(back), "¥") });
}

// What the button says: who pays how much to whom.
export function dealWord(back) {
  const amount = show(goal(back), "¥");
  return goal(back) === 0n ? word("exchange_even") : word(customerPays(back) ? "exchange_take" : "exchange_pay", { amount });
}

// Who pays in cash gets change: what they hand over counts for the first such way.
export function tendered(payments) {
  const given = cents(at("return-tendered").value.trim() || "0") || 0n;
  const cash = payments.find((one) => boot.methods.find((method) => method.code === one.method)?.gives_change);
  if (cash && given > cents(cash.amount)) cash.tendered = centsText(given);
  return payments;
}

export function goods() {
  return {
    basket: state.id,
    goods: state.lines.map(lineSent),
    ...(state.off ? { off: state.off } : {}),
    ...remarkSent(state),
    ...couponsSent(),
    ...(state.member ? { member: state.member.id } : {}),
  };
}

export function exchanged() {
  swap.isOn = false;
  startAnew();
}
