// Taking payment: one tender or several, change from cash, and what is then sent.
import { amount, cents, centsText } from "./money.js";
import { couponsSent } from "./coupons.js";
import { lineSent, remarkSent } from "./remark.js";
import { boot, save, state, total } from "./state.js";

export function methodOf(code) {
  return boot.methods.find((method) => method.code === code) || { code, name: code };
}

export function open(method) {
  state.pay = { rows: state.pay?.rows || [], method: method || state.pay?.method || boot.methods[0]?.code, typed: "" };
  state.told = true;
  save();
}

export function close() {
  if (state.pay?.rows.some((row) => row.attempt)) return; // somebody was charged for this sale
  state.pay = null;
  save();
}

// What is still to be paid after the tenders that were taken.
export function due() {
  return (state.pay?.rows || []).reduce((rest, row) => rest - cents(row.amount), total());
}

// What the customer hands over now: what was typed, or exactly what is due. Null if it is no amount.
export function given() {
  if (!state.pay) return null;
  return state.pay.typed ? cents(state.pay.typed) : due();
}

// Takes the present tender. Answers "part" when more is due, "full" when all is paid, or why not.
export function take() {
  const handed = given();
  const rest = due();
  const { method } = state.pay;
  if (handed === null) return "wrong_amount";
  if (methodOf(method).is_by_hand && handed > 0n) return handed > rest ? "no_change" : "terminal";
  if (methodOf(method).is_by_provider && handed > 0n) return "scan_code";
  if (handed > rest && !methodOf(method).gives_change) return "no_change";
  if (handed < rest && handed === 0n) return "wrong_amount";
  const counts = handed < rest ? handed : rest;
  if (counts > 0n) state.pay.rows.push({ method, amount: centsText(counts), tendered: centsText(handed) });
  state.pay.typed = "";
  if (handed < rest) state.pay.method = boot.methods.find((other) => other.code !== method && !other.is_by_provider)?.code || method;
  save();
  return handed < rest ? "part" : "full";
}

export function request() {
  return { id: state.id, lines: state.lines.map(lineSent), payments: state.pay.rows, total: centsText(total()), ...(state.off ? { off: state.off } : {}), ...remarkSent(state), ...couponsSent() };
}

export { amount };
