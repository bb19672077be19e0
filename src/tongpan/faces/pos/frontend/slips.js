// Slips on paper: the till's printer prints them by itself; without one the page holds the paper
// out of sight, and the browser prints it.
import { newId, word } from "../../kit/frontend/words.js";
import { ask, sentence } from "./ask.js";
import { toast } from "./draw.js";
import { boot } from "./state.js";

const LOOKS_MS = [1500, 3000, 6000, 12000, 30000];

export async function printSlip(id) {
  if (boot.printer && boot.printer.prints !== "never") return onPaper(`/till/slip/${id}/paper`, {});
  const answer = await ask(`/till/slip/${id}/print`, {}).catch(() => ({}));
  if (!answer.html) return toast(answer.refused ? sentence(answer.refused) : word("no_answer"));
  document.getElementById("paper").innerHTML = answer.html;
  window.print();
  return undefined;
}

// After a sale: paper where the till's printer always prints, else only the drawer for its cash.
export function afterSale(slip) {
  if (!boot.printer) return localStorage.getItem("till-prints") === "1" ? printSlip(slip.id) : undefined;
  if (boot.printer.prints === "always") return printSlip(slip.id);
  return boot.printer.has_drawer ? onPaper("/till/kick", { slip: slip.id }, true) : undefined;
}

// The id names the paper: asked again after a lost answer, it is printed once.
export async function onPaper(url, body, isSilent = false) {
  const id = newId();
  const answer = (await ask(url, { ...body, id }).catch(() => null)) || (await ask(url, { ...body, id }).catch(() => ({})));
  if (answer.paper) {
    if (!isSilent) toast(word("sent_to_printer"));
    look(answer.paper, 0);
  } else if (answer.refused || !isSilent) toast(answer.refused ? sentence(answer.refused) : word("no_answer"));
  return answer;
}

function look(paper, nth) {
  if (nth >= LOOKS_MS.length) return;
  setTimeout(async () => {
    const answer = await ask(`/till/paper?id=${paper}`).catch(() => ({}));
    if (answer.state === "printed") return;
    if (answer.trouble) toast(`${answer.title}: ${answer.trouble}`);
    if (answer.state !== "failed") look(paper, nth + 1);
  }, LOOKS_MS[nth]);
}

export async function lookAt(id) {
  const answer = await ask(`/till/slip/${id}/print?look`, {}).catch(() => ({}));
  return { html: "", ...answer };
}
