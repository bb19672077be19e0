// Opening the drawer without a sale: it asks why, and the reason is written down.
import { word } from "../../kit/frontend/words.js";
import { sentence } from "./ask.js";
import { toast } from "./draw.js";
import { onPaper } from "./slips.js";
import { boot } from "./state.js";

const at = (id) => document.getElementById(id);

export function startDrawer() {
  at("drawer-box")?.querySelector("form").addEventListener("submit", opened);
}

export function drawer() {
  if (!at("drawer-box")) return;
  if (!boot.printer?.has_drawer) return toast(word("no_drawer"));
  at("drawer-reason").value = at("drawer-wrong").textContent = "";
  at("drawer-box").showModal();
  at("drawer-reason").focus();
  return undefined;
}

async function opened(event) {
  event.preventDefault();
  const reason = at("drawer-reason").value.trim();
  if (!reason) return at("drawer-reason").focus();
  const answer = await onPaper("/till/drawer", { reason }, true);
  if (!answer.paper) { at("drawer-wrong").textContent = answer.refused ? sentence(answer.refused) : word("no_answer"); return undefined; }
  at("drawer-box").close();
  toast(word("drawer_opens"));
  return undefined;
}
