// A basket looked at anew: priced as of now, with what changed since it was scanned.
import { word } from "../../kit/frontend/words.js";
import { ask } from "./ask.js";
import { button, calm, draw, trouble } from "./draw.js";
import { isOnStep, showPrice } from "./money.js";
import { play } from "./sound.js";
import { boot, change, state } from "./state.js";

// Errors: those of `ask`, and then nothing was changed.
export async function lookAgain(tells = true) {
  if (!state.lines.length || state.pending || state.pay?.rows.length) return [];
  const asked = state.lines.map(({ item, unit, barcode, is_label }) => ({ item, unit, barcode: barcode || "", is_label: Boolean(is_label) }));
  const id = state.id;
  const answer = await ask("/till/look-again", { lines: asked });
  if (!answer.lines || state.id !== id) return [];
  const changed = [];
  change(() => {
    asked.forEach((one, index) => {
      const line = state.lines.find((kept) => kept.item === one.item && kept.unit === one.unit && (kept.barcode || "") === one.barcode);
      if (line) changed.push(...renew(line, answer.lines[index]));
    });
  });
  draw();
  if (changed.length && tells) tell(changed);
  return changed;
}

// A price that somebody who may has set stays; one that another person allowed was for then.
function renew(line, { line: fresh, stopped }) {
  delete line.is_pending;
  if (stopped) return [stopped.message];
  const was = line.price, isSaid = line.is_said && fresh.is_price_open;
  const isOwn = isSaid || (line.price !== line.listed && !line.is_label && boot.may_change_price), listed = isSaid ? was : fresh.price;
  const quantity = line.is_label || isOnStep(line.quantity, fresh.step) ? line.quantity : "1";
  Object.assign(line, fresh, { quantity, listed, usual: listed, price: isOwn ? was : fresh.price, by: isOwn ? line.by : "" });
  return line.price === was ? [] : [`${line.name}: ¥${showPrice(was)} → ¥${showPrice(line.price)}`];
}

function tell(changed) {
  play("stopped");
  trouble("wait", word("again_changed"), changed, [button(word("dismiss"), { "data-calm": "" })]);
  document.querySelector("[data-calm]").addEventListener("click", calm);
}
