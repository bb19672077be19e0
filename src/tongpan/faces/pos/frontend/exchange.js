// An exchange: what comes back by a slip, against what the basket on the screen holds.
import { word } from "../../kit/frontend/words.js";
import { couponsSent } from "./coupons.js";
import { cents, centsText, show } from "./money.js";
import { lineSent, remarkSent } from "./remark.js";
import { fresh } from "./priced.js";
import { boot, startAnew, state, total } from "./state.js";
import { swap } from "./swap.js";

const at = (id) => document.getElementById(id);

const difference = (back) => (total() > back ? total() - back : back - total());

// What one side pays the other, in cents, and whether it is the customer.
export const goal = (back) => (swap.account ? 0n : swap.isOn ? difference(back) : back);
export const customerPays = (back) => swap.isOn && !swap.account && total() > back;

// Goods that were put on a customer's account are exchanged there.
export function begin(sale) {
  const paid = sale.paid.find(({ method }) => boot.methods.find((one) => one.code === method)?.kind === "account");
  Object.assign(swap, { isOn: true, account: paid?.method || "" });
}

export function drawExchange(back) {
  at("return-exchange").hidden = !state.lines.length || !at("return-goods") || at("return-goods").hidden || swap.isOn;
  at("return-swap").hidden = !swap.isOn;
  at("return-title").textContent = word(swap.isOn ? "exchange_title" : "return");
  at("return-by").textContent = word(customerPays(back) ? "customer_pays_by" : "paid_back_by");
  at("return-methods").closest(".field").hidden = swap.isOn && goal(back) === 0n;
  at("return-tendered").closest("label").hidden = !customerPays(back);
  if (swap.isOn) at("return-swap").textContent = word("exchange_sum", { back: show(back, "¥"), out: show(total(), "¥"), diff: show(difference(back), "¥") });
}

// The ways of paying as they stand in their fields, those that somebody typed first: the last one
// takes the rest.
export function rowsPaid() {
  const fields = [...at("return-methods").querySelectorAll("input")].filter((field) => cents(field.value || "0"));
  const typed = (field) => Boolean(field.dataset.typed);
  return [...fields.filter(typed), ...fields.filter((field) => !typed(field))]
    .map((field) => ({ method: field.dataset.backBy, amount: centsText(cents(field.value)) }));
}

// The difference is rounded off by how it is paid: the server says what the goods come to then.
export async function differenceOf(back) {
  Object.assign(swap, { back, ways: swap.account ? [{ method: swap.account }] : rowsPaid() });
  const before = total();
  await fresh();
  return swap.isOn && total() !== before;
}

// What the button says: who pays how much to whom.
export function dealWord(back) {
  const amount = show(difference(back), "¥");
  if (swap.account && total() !== back) return word(total() > back ? "exchange_owed" : "exchange_off", { amount });
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
    ...(swap.account ? { total: centsText(total()) } : {}),
  };
}

export function exchanged() {
  leave();
  startAnew();
}

// The box is closed: the basket is one to be paid again.
export function leave() {
  Object.assign(swap, { isOn: false, back: 0n, ways: [], account: "" });
}
