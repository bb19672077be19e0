// The customer's display: it shows what the till says and decides nothing.
import { element, word } from "../../kit/frontend/words.js";

const boot = JSON.parse(document.getElementById("boot").textContent);
const at = (id) => document.getElementById(id);
const LOOK_MS = 1000, IDLE_AFTER_MS = 20_000;
const channel = "BroadcastChannel" in window ? new BroadcastChannel(`till-display:${boot.till}`) : null;
const TURN_MS = 8_000;
let idleTimer, version = "", heard = false;

show({ mode: "idle" });
if (boot.pages.length) turn(0);
if (channel) {
  channel.onmessage = ({ data }) => { if (data !== "ask") { heard = true; show(data); } };
  channel.postMessage("ask");
}
if (boot.far) look();

// A tablet asks the server; a screen that hears the till itself needs not.
async function look() {
  if (!heard) {
    try {
      const answer = await fetch(`/till/display/now?after=${version}`, { headers: { Accept: "application/json" }, credentials: "same-origin" });
      if (answer.ok) {
        const said = await answer.json();
        if (said.version !== version && said.told) show(said.told);
        version = said.version;
      }
      document.body.classList.toggle("is-cut-off", !answer.ok);
    } catch {
      document.body.classList.add("is-cut-off");
    }
  }
  setTimeout(look, LOOK_MS);
}

function show(told) {
  clearTimeout(idleTimer);
  document.body.dataset.mode = told.mode;
  at("idle").hidden = told.mode !== "idle";
  at("basket").hidden = !["sell", "pay"].includes(told.mode);
  at("thanks").hidden = told.mode !== "done";
  if (told.mode === "done") return thanks(told);
  if (told.mode !== "idle") basket(told);
  return undefined;
}

// While nobody buys, pages take turns; what cannot be shown leaves its text alone.
function turn(n) {
  const { text, picture } = boot.pages[n % boot.pages.length];
  at("page-picture").hidden = !picture;
  if (picture && at("page-picture").getAttribute("src") !== picture) at("page-picture").src = picture;
  at("page-text").textContent = text;
  if (boot.pages.length > 1) setTimeout(() => turn(n + 1), TURN_MS);
}

function basket(told) {
  at("rows").replaceChildren(...told.lines.map((line, index) => element("li", index === told.chosen ? { class: "chosen" } : {},
    element("span", { class: "what" }, element("b", {}, line.name), element("span", { class: "quiet" }, line.level)),
    element("span", { class: "num" }, `${line.quantity} ${line.unit} × ${line.price} `, ...(line.was ? [element("s", { class: "quiet" }, line.was)] : [])),
    element("span", { class: "num amount" }, line.amount))));
  at("rows").querySelector(".chosen")?.scrollIntoView({ block: "nearest" });
  at("member").textContent = told.member;
  at("saved-row").hidden = told.saved === "0.00";
  at("saved").textContent = `¥${told.saved}`;
  at("total").textContent = `¥${told.due}`;
  at("change-row").hidden = !told.change;
  at("change").textContent = told.change ? `¥${told.change}` : "";
}

function thanks(told) {
  at("thanks-sum").textContent = `¥${told.total}`;
  at("thanks-change").textContent = told.change && told.change !== "0.00" ? `${word("change")} ¥${told.change}` : "";
  idleTimer = setTimeout(() => show({ mode: "idle" }), IDLE_AFTER_MS);
}
