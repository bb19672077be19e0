// Punch cards: which of the member's pays for a line, and selling them another one. Whether a card
// holds for the line is the server's to say, with the prices; one that does not is put away.
import { element, word } from "../../kit/frontend/words.js";
import { ask, sentence } from "./ask.js";
import { button, calm, draw, trouble } from "./draw.js";
import { methodOf } from "./pay.js";
import { idOf, letGo, toCharge } from "./prepaid.js";
import { play } from "./sound.js";
import { boot, change, save, state } from "./state.js";

const at = (id) => document.getElementById(id);

export const cardSent = (line) => (line.card ? { card: line.card.id } : {});

function use(one) {
  const line = state.lines[state.selected];
  if (!line) return tell(word("card_first_goods"), []);
  change(() => { line.card = { id: one.id, name: one.name }; delete line.off; state.priced = null; });
  play("ok");
  return draw();
}

export function cardNote(line) {
  if (!line.card) return [];
  const away = element("button", { type: "button", class: "share-away", "aria-label": word("card_away", { name: line.card.name }) }, "×");
  away.addEventListener("click", (event) => { event.stopPropagation(); change(() => { delete line.card; state.priced = null; }); draw(); });
  return [away];
}

// What the server refused about cards is put away; whether it was about them.
export function cardsRefused(no) {
  const wrong = (no.problems || []).filter((problem) => /^lines\.\d+\.card$/.test(problem.path));
  if (!wrong.length) return false;
  for (const problem of wrong) delete state.lines[Number(problem.path.split(".")[1]) - 1]?.card;
  state.priced = null;
  save();
  tell(word("card_not_used"), wrong.map((problem) => problem.message || sentence(problem)));
  draw();
  return true;
}

function tell(title, texts) {
  play("stopped");
  trouble("wait", title, texts, [button(word("dismiss"), {})]);
  at("trouble").addEventListener("click", calm, { once: true });
}

// -- in the member's box ---------------------------------------------------------------------------

let kinds = null;

// Those that the member holds, as buttons; each pays for the line that is chosen.
export function cardButtons(member, done) {
  return (member.cards || []).map((one) => {
    const made = button("", { class: "button tall wide" });
    made.append(element("b", {}, one.name), element("span", { class: "quiet" }, [one.left, one.until].filter(Boolean).join(" · ")));
    made.addEventListener("click", () => { done(); use(one); });
    return element("li", {}, made);
  });
}

// The kinds that can be bought here: a press, and another that says yes, sell one, paid in the way
// that is chosen.
export async function cardSales(member, method, told) {
  const place = at("member-card-kinds");
  at("member-card-sale").hidden = true;
  if (!member || !boot.may_sell_cards) return;
  kinds ??= (await ask("/till/card-kinds").catch(() => ({}))).kinds || [];
  at("member-card-sale").hidden = !kinds.length;
  place.replaceChildren(...kinds.map((kind) => {
    const made = button("", { class: "button tall wide" });
    made.append(element("b", {}, kind.name), element("span", { class: "num" }, kind.price));
    made.addEventListener("click", () => { if (isMeant(made, kind, method())) sell(member, kind, method(), made, told); });
    made.addEventListener("blur", () => unasked(made, kind));
    return element("li", {}, made);
  }));
}

// Money that nobody scans or charges for is asked about once, on the button itself.
function isMeant(pressed, kind, method) {
  if (methodOf(method).is_by_provider || pressed.dataset.asked === method) return true;
  pressed.dataset.asked = method;
  pressed.querySelector(".num").textContent = word("card_ask", { price: kind.price, method: methodOf(method).name });
  return false;
}

function unasked(pressed, kind) {
  delete pressed.dataset.asked;
  pressed.querySelector(".num").textContent = kind.price;
}

async function sell(member, kind, method, pressed, told) {
  const body = { id: idOf(`${member.id} ${kind.code}`), member: member.id, kind: kind.code, method };
  pressed.disabled = true;
  const answer = await ask("/till/card-sale", body).catch(() => null);
  pressed.disabled = false;
  if (answer?.is_to_be_charged) return toCharge({ url: "/till/card-sale", body, amount: answer.is_to_be_charged, told: { word: "card_sold", card: kind.name } });
  if (answer && !answer.refused) letGo();
  return told(answer, kind);
}
