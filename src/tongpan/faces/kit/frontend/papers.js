// Papers: each is written down when it is printed. And the form of a print template: names are put
// in where one writes, columns are moved, the preview follows.
import { token, word } from "./words.js";

export function startPapers() {
  document.querySelector("[data-print]")?.addEventListener("click", printPapers);
  const form = document.querySelector("[data-template]");
  if (form) startTemplate(form);
}

async function printPapers() {
  for (const paper of document.querySelectorAll("[data-record]")) {
    const answer = await tell(paper.dataset.record).catch(() => null);
    if (answer?.copy > 1) paper.querySelector(".copy-note").textContent = word("reprint", { n: answer.copy });
  }
  window.print();
}

async function tell(url) {
  const answer = await fetch(url, { method: "POST", headers: { "X-CSRFToken": token(), Accept: "application/json" } });
  return answer.ok ? answer.json() : null;
}

function startTemplate(form) {
  let last = form.querySelector("textarea");
  form.addEventListener("focusin", (event) => { if (event.target.matches("textarea, #title")) last = event.target; });
  document.addEventListener("click", (event) => {
    const name = event.target.closest("[data-insert]"), move = event.target.closest("[data-up], [data-down]");
    if (name && last) insert(last, name.dataset.insert);
    if (move) moveColumn(move.closest("li"), move.hasAttribute("data-up"), move);
  });
}

function insert(field, text) {
  field.focus();
  field.setRangeText(text, field.selectionStart, field.selectionEnd, "end");
  field.dispatchEvent(new Event("input", { bubbles: true }));
}

function moveColumn(row, isUp, button) {
  const other = isUp ? row.previousElementSibling : row.nextElementSibling;
  if (!other) return;
  if (isUp) other.before(row); else other.after(row);
  button.focus();
  row.dispatchEvent(new Event("change", { bubbles: true }));
}
