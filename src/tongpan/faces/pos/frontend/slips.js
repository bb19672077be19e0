// Slips on paper: the page holds the paper out of sight, and only the paper is printed.
import { word } from "../../kit/frontend/words.js";
import { ask, sentence } from "./ask.js";
import { toast } from "./draw.js";

export async function printSlip(id) {
  const answer = await ask(`/till/slip/${id}/print`, {}).catch(() => ({}));
  if (!answer.html) return toast(answer.refused ? sentence(answer.refused) : word("no_answer"));
  document.getElementById("paper").innerHTML = answer.html;
  window.print();
}

export async function lookAt(id) {
  const answer = await ask(`/till/slip/${id}/print?look`, {}).catch(() => ({}));
  return answer.html || "";
}
