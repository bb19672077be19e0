// A basket that is taken up again: what was taken off it, and its coupons, hold only if they hold
// now. What somebody else must allow is asked of them anew, for this is another sale; what no longer
// holds is put away, and why is told.
import { element, word } from "../../kit/frontend/words.js";
import { customerSent } from "./account.js";
import { lookAgain } from "./again.js";
import { ask, NoAnswer, sentence } from "./ask.js";
import { button, calm, draw, trouble } from "./draw.js";
import { cents, micro, plain, show, showPrice } from "./money.js";
import { basketSent } from "./priced.js";
import { remarkSent } from "./remark.js";
import { play } from "./sound.js";
import { change, save, state } from "./state.js";

const AGAIN_MS = 3000;
const at = (id) => document.getElementById(id);

// What is parked besides the lines: as it was chosen, whoever allowed it.
export function restSent() {
  const off = state.off || state.asks;
  return { ...customerSent(), ...(off ? { off } : {}), ...remarkSent(state), ...(state.coupons?.length ? { coupons: state.coupons } : {}) };
}

// The lines as they are sold without anybody's discount; those wait in `kept` until they were looked at.
export function takeUp(row) {
  const offs = row.basket.map((line, index) => ({ index, item: line.item, off: line.off || line.asks })).filter((one) => one.off);
  const lines = row.basket.map(({ off: _off, asks: _asks, ...line }) => line);
  change(() => { Object.assign(state, { lines, done: null, off: null, remark: row.remark || "", asks: null, coupons: [], selected: lines.length - 1 }); });
  state.kept = { offs, off: row.off || null, coupons: row.coupons || [] };
  save();
}

export async function settle() {
  const kept = state.kept, id = state.id;
  if (!kept) return;
  try {
    const told = await lookAgain(false);
    const { asked, gone } = await check(kept, id);
    if (state.kept !== kept || state.id !== id) return;
    apply(kept, asked);
    const texts = [...told, ...gone, ...asked.map(({ name, off }) => `${name}: ${word("off_again", { off: offWord(off) })}`)];
    if (texts.length) tell(texts);
  } catch (failure) {
    if (failure instanceof NoAnswer && state.kept === kept) setTimeout(settle, AGAIN_MS);
  }
}

// Asks until nothing is refused any more; each time something is put away, so it comes to an end.
async function check(kept, id) {
  const gone = [];
  while (kept.off || kept.offs.length || kept.coupons.length) {
    const answer = await ask("/till/price", { ...sent(kept), needs: true });
    if (state.id !== id || state.kept !== kept) break;
    if (!answer.refused) return { asked: aside(kept, answer.needs || []), gone };
    if (drop(kept, answer.refused.problems || [], gone)) continue;
    gone.push(sentence(answer.refused));
    Object.assign(kept, { off: null, offs: [], coupons: [] });
  }
  return { asked: [], gone };
}

function sent(kept) {
  const body = basketSent();
  for (const { index, item, off } of kept.offs) if (body.lines[index]?.item === item) body.lines[index].off = off;
  return { ...body, ...(kept.off ? { off: kept.off } : {}), ...(kept.coupons.length ? { coupons: kept.coupons.map((one) => one.code) } : {}) };
}

const pathOf = (one) => `lines.${one.index + 1}.off`;

// Puts away what was refused, and says why; whether there was any of it.
function drop(kept, problems, gone) {
  const why = new Map(problems.map(({ path, message }) => [String(path).replace(/\.reason$/, ""), message || ""]));
  const before = gone.length;
  kept.coupons = kept.coupons.filter((_one, index) => !why.has(`coupons.${index + 1}`) || !gone.push(`${word("coupon_not_used")}: ${why.get(`coupons.${index + 1}`)}`));
  kept.offs = kept.offs.filter((one) => !why.has(pathOf(one)) || !gone.push(word("off_gone", { off: offWord(one.off), why: why.get(pathOf(one)) })));
  state.lines.forEach((line, index) => {
    const said = line.card && why.get(`lines.${index + 1}.card`);
    if (said) { gone.push(`${word("card_not_used")}: ${said}`); delete line.card; }
  });
  if (kept.off && why.has("off")) {
    gone.push(word("off_gone", { off: offWord(kept.off), why: why.get("off") }));
    kept.off = null;
  }
  return gone.length > before;
}

// The discounts that need somebody who may, taken out of what goes on.
function aside(kept, needs) {
  const paths = new Set(needs.map((one) => one.path));
  const asked = kept.offs.filter((one) => paths.has(pathOf(one))).map((one) => ({ ...one, name: state.lines[one.index]?.name || "" }));
  kept.offs = kept.offs.filter((one) => !paths.has(pathOf(one)));
  if (kept.off && paths.has("off")) {
    asked.push({ index: null, off: kept.off, name: word("whole_receipt") });
    kept.off = null;
  }
  return asked;
}

function apply(kept, asked) {
  const plainOff = ({ how, value, reason }) => ({ how, value, reason });
  change(() => {
    for (const { index, item, off } of kept.offs) {
      const line = state.lines[index];
      if (line?.item === item) line.off = { ...plainOff(off), by: "", of: line.quantity };
    }
    for (const { index, item, off } of asked) if (index !== null && state.lines[index]?.item === item) state.lines[index].asks = plainOff(off);
    const whole = asked.find((one) => one.index === null);
    const left = state.lines.length ? { off: kept.off && { ...plainOff(kept.off), by: "" }, asks: whole ? plainOff(whole.off) : null, coupons: kept.coupons } : {};
    Object.assign(state, { kept: null }, left);
  });
  draw();
}

function offWord({ how, value }) {
  if (how === "percent") return `${plain(micro(value))} %`;
  return how === "amount" ? show(-cents(value), "¥") : `¥${showPrice(value)}`;
}

function tell(texts) {
  play("stopped");
  trouble("wait", word("again_changed"), texts, [button(word("dismiss"), {})]);
  at("trouble").addEventListener("click", calm, { once: true });
}

// What still waits for somebody who may, beside what it was taken off.
export function asksNotes(line) {
  return line.asks ? [element("span", { class: "tone-wait" }, word("off_again", { off: offWord(line.asks) }))] : [];
}

export function drawAsks() {
  if (state.asks && state.lines.length) at("coupons").append(element("div", { class: "coupon-one tone-wait" }, `${word("whole_receipt")}: ${word("off_again", { off: offWord(state.asks) })}`));
}
