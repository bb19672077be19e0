// What a scanner sent, understood as the server understands it (masters/items/rules): the codes it
// may be, and what a label of the shop's own scales says. No page is needed: a test runs it beside
// the server's own rules.
const GTIN_LENGTHS = [8, 12, 13, 14], SCAN_MAX = 60;
const SYMBOLOGIES = ["]E0", "]E4", "]C0", "]A0", "]I1", "]Q1"];
const TWO_MINUS = [0, 2, 4, 6, 8, 9, 1, 3, 5, 7], THREE = [0, 3, 6, 9, 2, 5, 8, 1, 4, 7];
const FIVE_PLUS = [0, 5, 1, 6, 2, 7, 3, 8, 4, 9], FIVE_MINUS = [0, 5, 9, 4, 8, 3, 7, 2, 6, 1];
const isDigits = (text) => /^[0-9]+$/.test(text);

export class Refused extends Error {}

export function scanned(text) {
  const code = [...text.normalize("NFKC")].filter((c) => c === " " || !/[\p{C}\p{Z}]/u.test(c)).join("").trim();
  const sign = SYMBOLOGIES.find((one) => code.startsWith(one));
  return sign ? code.slice(3) : code;
}

export function readScan(text, layouts) {
  const code = scanned(text);
  if (!code || [...code].length > SCAN_MAX) throw new Refused("barcode_length");
  const label = readLabel(code.length === 14 && code[0] === "0" ? code.slice(1) : code, layouts);
  return { codes: [...new Set([code, ...numbers(code)])], label };
}

function numbers(code) {
  const forms = [code];
  if (code.length === 8 && isDigits(code) && "01".includes(code[0])) forms.push(upcA(code));
  return forms.map(canonical).filter((one) => one !== null);
}

export function checkDigit(digits) {
  const total = [...digits].reverse().reduce((sum, digit, n) => sum + Number(digit) * (n % 2 ? 1 : 3), 0);
  return String((10 - (total % 10)) % 10);
}

// Null for what is no number of goods.
function canonical(code) {
  if (!isDigits(code) || !GTIN_LENGTHS.includes(code.length) || code.at(-1) !== checkDigit(code.slice(0, -1))) return null;
  const full = code.padStart(14, "0");
  if (full.startsWith("000000")) return full.slice(6);
  return full[0] === "0" ? full.slice(1) : full;
}

function upcA(code) {
  const d = code.slice(1, 7), last = d[5];
  if ("012".includes(last)) return `${code[0]}${d.slice(0, 2)}${last}0000${d.slice(2, 5)}${code[7]}`;
  if (last === "3") return `${code[0]}${d.slice(0, 3)}00000${d.slice(3, 5)}${code[7]}`;
  if (last === "4") return `${code[0]}${d.slice(0, 4)}00000${d[4]}${code[7]}`;
  return `${code[0]}${d.slice(0, 5)}0000${last}${code[7]}`;
}

function guard(digits) {
  if (digits.length === 4) {
    const rows = [TWO_MINUS, TWO_MINUS, THREE, FIVE_MINUS];
    return String((rows.reduce((sum, row, n) => sum + row[Number(digits[n])], 0) * 3) % 10);
  }
  const rows = [FIVE_PLUS, TWO_MINUS, FIVE_MINUS, FIVE_PLUS, TWO_MINUS];
  const total = rows.reduce((sum, row, n) => sum + row[Number(digits[n])], 0);
  return String(FIVE_MINUS.indexOf((10 - (total % 10)) % 10));
}

const fits = (code, pattern) => code.length === pattern.length && isDigits(code) &&
  [...pattern].every((letter, n) => letter === code[n] || "IWPQxvC".includes(letter));
const digitsOf = (code, pattern, letter) => [...code].filter((_, n) => pattern[n] === letter).join("");

// A decimal of so many places, as the server writes it: no zeros at its end.
function shifted(digits, places) {
  const all = digits.padStart(places + 1, "0");
  const whole = all.slice(0, all.length - places).replace(/^0+(?=\d)/, ""), rest = places ? all.slice(-places).replace(/0+$/, "") : "";
  return rest ? `${whole}.${rest}` : whole;
}

function readLabel(code, layouts) {
  const layout = layouts.find(([pattern]) => fits(code, pattern));
  if (!layout) return null;
  const [pattern, weightPlaces, pricePlaces] = layout;
  if (pattern.endsWith("C") && checkDigit(code.slice(0, -1)) !== code.at(-1)) throw new Refused("barcode_check_digit");
  const [weight, price, quantity] = ["W", "P", "Q"].map((letter) => digitsOf(code, pattern, letter));
  if (pattern.includes("v") && guard([weight, price, quantity].find(Boolean)) !== digitsOf(code, pattern, "v")) throw new Refused("label_amount_check");
  if ([weight, price, quantity].some((amount) => amount && /^0+$/.test(amount))) throw new Refused("label_amount_zero");
  return {
    item: digitsOf(code, pattern, "I"), weight: weight ? shifted(weight, weightPlaces) : null,
    price: price ? shifted(price, pricePlaces) : null, quantity: quantity ? shifted(quantity, 0) : null,
  };
}

export function folded(text) {
  return [...text.normalize("NFKC").toLowerCase()].map((c) => (/[\p{C}\p{Z}]/u.test(c) ? " " : c)).join("").split(/\s+/).filter(Boolean).join(" ");
}
