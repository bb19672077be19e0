// What a scanner typed, told from what a person did: by speed and end key, and where the line is too
// slow for that (a busy machine, a weak radio), by what no amount of money looks like.
const GAP_MS = 120, MEAN_MS = 60, HAND_MS = 30;
export const LEAST = 8, LEAST_GOODS = 4; // characters of a customer's code, and of one of goods
const none = () => ({ text: "", first: 0, last: 0, before: "", isComposed: false });
let burst = none(), run = none(); // what came without a pause; all that was typed since the last Enter
let head = { length: 0, lasted: 0 }; // of the run, what came before the burst

// Each character; `before` is what stood in the field of the tender. While an input method is on it
// takes the keys for itself, and turns letters into words: then only the keys say what was scanned.
export function note(event, before) {
  const { timeStamp } = event, isComposed = isTaken(event), key = isComposed ? onKey(event) : event.key;
  if (!run.text) run = { ...none(), first: timeStamp, last: timeStamp, before };
  if (timeStamp - burst.last > GAP_MS) head = { length: run.text.length, lasted: run.last - run.first };
  if (timeStamp - burst.last > GAP_MS) burst = { ...none(), first: timeStamp, last: timeStamp, before };
  for (const one of [burst, run]) {
    one.text += key;
    one.last = timeStamp;
    one.isComposed ||= isComposed;
  }
}

export const isTaken = (event) => event.isComposing || event.key === "Process";

// What is printed on a key, as far as codes have it.
function onKey({ code, shiftKey }) {
  const [, letter, digit] = /^(?:Key([A-Z])|(?:Digit|Numpad)(\d))$/.exec(code) || [];
  if (letter) return shiftKey ? letter : letter.toLowerCase();
  return digit || { Minus: "-", Period: ".", Slash: "/" }[code] || "";
}

// At the end key: the code that a scanner typed into an input method; null for what a hand wrote.
export function scannedThrough(at) {
  const found = burst.isComposed && burst.text === run.text && isAtOnce(at, LEAST_GOODS) ? burst : null;
  if (found) forget();
  return found;
}

// Whether this end key belongs to what a scanner typed just now.
export const isAtOnce = (at, least) => burst.text.length >= least && at - burst.first < MEAN_MS * (burst.text.length + 1);

export function forget() {
  burst = none();
  run = none();
}

// At Enter in the field of the tender: the code, with what the field held before it; null for an
// amount. `isPayCode` says of a text whether it looks like a customer's code.
export function scannedInto(at, isPayCode) {
  const isFast = isAtOnce(at, LEAST);
  const isWhole = isFast && isPayCode(burst.text) && !(isPayCode(run.text) && isHeldUp());
  const found = isWhole ? burst : isPayCode(run.text) ? run : isFast ? burst : isNoMoney(run.text) ? run : null;
  forget();
  return found;
}

// The pause was in the middle of a code: what came before it was no amount, because no hand types as
// fast. One digit alone says nothing; then the longer code is the likelier one.
const isHeldUp = () => head.length === 1 || (head.length > 1 && head.lasted < HAND_MS * (head.length - 1));

// Nobody hands over ten million in cash: that is a code which came slowly.
const isNoMoney = (text) => /^\d+$/.test(text) && text.length >= LEAST;
