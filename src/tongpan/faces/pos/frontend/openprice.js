// Goods whose price is said at the till: it is asked for when they come into the basket. What a
// label of the scales says wins; a price of the lists is proposed.
import { word } from "../../kit/frontend/words.js";
import { draw } from "./draw.js";
import { micro, plain, showPrice } from "./money.js";
import { play } from "./sound.js";
import { boot, change } from "./state.js";

const PRICE_MAX = 9_999_999_000_000n; // more digits are a code that was scanned into the box
const at = (id) => document.getElementById(id);
let asked = null; // the line that is asked about, and who waits for the answer

export const asksPrice = (line) => Boolean(line.is_price_open && !line.is_said && !line.has_amount);

export function startOpenPrice() {
  at("say-price").querySelector("form").addEventListener("submit", said);
  at("say-price").addEventListener("close", () => answer(null));
}

// The line with the price that was said, or null where it was left.
export function sayPrice(line) {
  at("say-price-note").textContent = `${line.name} · ${line.unit_name}`;
  at("say-price-input").value = line.price === null ? "" : showPrice(line.price).replace(/,/g, "");
  at("say-price-wrong").textContent = "";
  at("say-price").showModal();
  at("say-price-input").focus();
  at("say-price-input").select();
  return new Promise((resolve) => { asked = { line, resolve }; });
}

// Another price for a line that is in the basket.
export async function sayAgain(line) {
  const now = await sayPrice(line);
  if (!now) return;
  change(() => Object.assign(line, now));
  draw();
}

function said(event) {
  event.preventDefault();
  const price = micro(at("say-price-input").value.trim() || "x");
  if (price === null || price > PRICE_MAX || price < 0n || (price === 0n && !boot.may_change_price)) {
    at("say-price-wrong").textContent = word("say_price_wrong");
    play("stopped");
    return at("say-price-input").select();
  }
  const text = plain(price);
  answer({ ...asked.line, price: text, listed: text, usual: text, by: "", is_said: true });
  return at("say-price").close();
}

function answer(line) {
  asked?.resolve(line);
  asked = null;
}
