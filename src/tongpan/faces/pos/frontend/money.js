// Exact amounts: text in, whole millionths or cents inside, never a float.
const MILLION = 1000000n;
const MINUS = "\u2212";

// "12.5" is 12500000n; null for what is no plain number.
export function micro(text) {
  const parts = /^(\d*)(?:\.(\d{0,6})0*)?$/.exec(String(text).trim());
  if (!parts || (!parts[1] && !parts[2])) return null;
  return BigInt(parts[1] || 0) * MILLION + BigInt((parts[2] || "").padEnd(6, "0"));
}

export function plain(millionths) {
  const whole = millionths / MILLION;
  const rest = String(millionths % MILLION).padStart(6, "0").replace(/0+$/, "");
  return rest ? `${whole}.${rest}` : String(whole);
}

// What a line costs, in cents: rounded once, halves up, as the server does.
export function amount(quantity, price) {
  return (micro(quantity) * micro(price) + 5000000000n) / 10000000000n;
}

// Text of an amount in cents, or null if it is finer than a cent.
export function cents(text) {
  const exact = micro(text);
  return exact === null || exact % 10000n ? null : exact / 10000n;
}

export function centsText(value) {
  return `${value / 100n}.${String(value % 100n).padStart(2, "0")}`;
}

export function show(value, sign = "") {
  const size = value < 0n ? -value : value;
  const grouped = String(size / 100n).replace(/\B(?=(\d{3})+$)/g, ",");
  return `${value < 0n ? MINUS : ""}${sign}${grouped}.${String(size % 100n).padStart(2, "0")}`;
}

// A price with as many places as it has, two at least.
export function showPrice(text) {
  const [whole, rest = ""] = plain(micro(text)).split(".");
  return `${whole.replace(/\B(?=(\d{3})+$)/g, ",")}.${rest.padEnd(2, "0")}`;
}

export function showQuantity(text, step) {
  const places = (String(step).split(".")[1] || "").length;
  const [whole, rest = ""] = plain(micro(text)).split(".");
  const shown = rest.padEnd(places, "0");
  return shown ? `${whole}.${shown}` : whole;
}

// What part of a sold amount goes back when `before` of it came back already; adds up to the cent.
export function partBack(gross, quantity, before, part) {
  const all = micro(quantity);
  const upTo = (done) => (2n * gross * done + all) / (2n * all);
  return upTo(micro(before) + micro(part)) - upTo(micro(before));
}

export function isOnStep(quantity, step) {
  return micro(quantity) % micro(step) === 0n;
}
