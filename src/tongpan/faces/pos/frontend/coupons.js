// Coupons of this sale: scanned, or chosen from what the member holds. Whether one holds for the
// basket is the server's to say, with the prices; one that does not is put away, and why is told.
import { element, word } from "../../kit/frontend/words.js";
import { sentence } from "./ask.js";
import { button, calm, draw, trouble } from "./draw.js";
import { besides } from "./passon.js";
import { play } from "./sound.js";
import { save, state } from "./state.js";

const at = (id) => document.getElementById(id);
const CODE = /^Q[0-9A-HJKMNP-TV-Y]{13}$/;
const clean = (text) => text.trim().toUpperCase().replace(/[- ]/g, "");

export const isCoupon = (text) => CODE.test(clean(text));
export const couponsSent = () => (state.coupons?.length ? { coupons: state.coupons.map((one) => one.code) } : {});
export const couponsKey = () => (state.coupons || []).map((one) => one.code).join();

export function addCoupon(text, name = "") {
  const code = clean(text);
  if (!state.lines.length) return tell(word("coupon_first_goods"), "");
  if ((state.coupons || []).some((one) => one.code === code)) return undefined;
  state.coupons = [...(state.coupons || []), { code, name: name || `…${code.slice(-4)}` }];
  save();
  play("ok");
  return draw();
}

export function dropCoupon(code) {
  state.coupons = (state.coupons || []).filter((one) => one.code !== code);
  state.priced = null; // what it took off is there again
  save();
  draw();
}

// What the server refused about coupons is put away; whether it was about them.
export function couponsRefused(no) {
  const wrong = (no.problems || []).filter((problem) => /^coupons\.\d+$/.test(problem.path));
  if (!wrong.length) return false;
  const places = wrong.map((problem) => Number(problem.path.split(".")[1]) - 1);
  state.coupons = (state.coupons || []).filter((_one, index) => !places.includes(index));
  state.priced = null;
  save();
  tell(word("coupon_not_used"), wrong.map((problem) => problem.message || sentence(problem)));
  draw();
  return true;
}

function tell(title, texts) {
  play("stopped");
  trouble("wait", title, [].concat(texts).filter(Boolean), [button(word("dismiss"), {})]);
  at("trouble").addEventListener("click", calm, { once: true });
}

export function drawCoupons() {
  at("coupons").replaceChildren(...(state.lines.length ? state.coupons || [] : []).map((one) => {
    const away = element("button", { type: "button", class: "away", "aria-label": word("coupon_away", { name: one.name }) }, "×");
    away.addEventListener("click", () => dropCoupon(one.code));
    return element("div", { class: "coupon-one" }, element("span", {}, `${word("coupon")} ${one.name}`), away);
  }));
}

// Those that the member holds, as buttons in the member's box.
export function couponButtons(member, done) {
  return (member.coupons || []).map((one) => {
    const made = button("", { class: "button tall wide" });
    made.append(element("b", {}, one.name), element("span", { class: "quiet" }, one.until));
    made.addEventListener("click", () => { done(); addCoupon(one.code, one.name); });
    return besides(made, one);
  });
}
