// Shifts: the float, the blind count by notes and coins, and the report at the end. Enter goes on.
import { element, newId, word } from "../../kit/frontend/words.js";
import { ask, sentence } from "./ask.js";
import { cents, centsText } from "./money.js";
import { onPaper } from "./slips.js";
import { play } from "./sound.js";
import { boot } from "./state.js";

const at = (id) => document.getElementById(id);
let till, told, step, closed;
let id = newId(); // of what is being opened or closed: sent again it is the same

export const shiftMissing = () => boot.shift.is_missing;

export function startShift(given) {
  till = given;
  if (!at("shift-box")) return;
  at("shift-box").querySelector("form").addEventListener("submit", goOn);
  at("shift-box").addEventListener("keydown", nextField);
  at("shift-x").addEventListener("click", xReport);
  at("shift-print").addEventListener("click", printReport);
  at("shift-faces").addEventListener("input", add);
}

export async function shift() {
  if (!at("shift-box")) return;
  told = closed = null;
  id = newId();
  wrong("");
  show("wait");
  at("shift-box").showModal();
  told = await asked("/till/shift");
  if (!told) return;
  show(told.shift ? "running" : "open");
}

function show(next) {
  step = next;
  for (const part of at("shift-box").querySelectorAll("[data-step]")) part.hidden = !part.dataset.step.split(" ").includes(step);
  at("shift-x").hidden = step !== "running" || !told?.may_look;
  const deed = { open: word("shift_open"), running: word("shift_count"), count: word("shift_close") }[step];
  at("shift-ok").replaceChildren(...(deed ? [`${deed} `, element("kbd", {}, "Enter")] : []));
  at("shift-ok").hidden = !deed;
  if (step === "open") {
    at("shift-float").value = told.float;
    at("shift-missing").hidden = !boot.shift.is_missing;
    at("shift-float").focus();
    at("shift-float").select();
  }
  if (step === "running") {
    at("shift-since").textContent = `${told.shift.clerk} · ${told.shift.since} · ${word("float")} ${told.shift.float}`;
    at("shift-ok").focus();
  }
  if (step === "count") drawFaces();
  if (step === "done") at("shift-print").focus();
}

function drawFaces() {
  at("shift-faces").replaceChildren(...told.faces.map((one, index) => {
    const input = element("input", { class: "input num", inputmode: "numeric", autocomplete: "off", id: `face-${index}`, "data-kind": one.kind, "data-face": one.face });
    return element("label", { class: "face" }, element("span", {}, one.name), input);
  }));
  at("shift-kept").value = told.float;
  at("shift-remark").value = "";
  add();
  at("face-0").focus();
}

const faces = () => [...at("shift-faces").querySelectorAll("input")];

function add() {
  let sum = 0;
  for (const input of faces()) {
    input.value = input.value.replace(/\D/g, "").slice(0, 5);
    sum += Math.round(Number(input.dataset.face) * 100) * Number(input.value || 0);
  }
  at("shift-sum").textContent = `¥${centsText(BigInt(sum))}`;
  return BigInt(sum);
}

// A drawer that holds less than the usual float leaves what it holds.
function leaveNoMore() {
  const sum = add();
  if (at("shift-kept").value === told.float && cents(told.float) > sum) at("shift-kept").value = centsText(sum);
}

// Enter goes to the next field; in the last one it closes.
function nextField(event) {
  if (event.key !== "Enter" || step !== "count") return;
  const fields = [...faces(), at("shift-kept"), at("shift-remark")];
  const index = fields.indexOf(event.target);
  if (index < 0 || index === fields.length - 1) return;
  event.preventDefault();
  if (fields[index + 1] === at("shift-kept")) leaveNoMore();
  fields[index + 1].focus();
  fields[index + 1].select();
}

async function goOn(event) {
  event.preventDefault();
  wrong("");
  if (step === "running") { show("count"); return; }
  if (step === "open") {
    const answer = await asked("/till/shift/open", { id, float: at("shift-float").value.trim() });
    if (!answer) return;
    const wasMissing = boot.shift.is_missing;
    boot.shift.is_missing = false;
    at("shift-box").close();
    play("ok");
    if (wasMissing) till.act("pay"); // what it was opened for
  }
  if (step === "count") {
    const counts = faces().map((one) => ({ kind: one.dataset.kind, face: one.dataset.face, pieces: one.value || "0" }));
    const answer = await asked("/till/shift/close", { id, counts, kept: at("shift-kept").value.trim(), remark: at("shift-remark").value.trim() });
    if (!answer) {
      at("shift-kept").focus();
      at("shift-kept").select();
      return;
    }
    boot.shift.is_missing = boot.shift.is_needed;
    report(answer);
  }
}

async function xReport() {
  const answer = await asked("/till/shift/report");
  if (answer) report(answer);
}

function report(answer) {
  closed = answer;
  at("shift-report").replaceChildren(...answer.report.map((row) => row.text
    ? element("div", { class: `pair${row.is_large ? " large" : ""}` }, element("span", {}, row.text), element("span", { class: "num" }, row.value))
    : element("hr", {})));
  show("done");
}

async function printReport() {
  if (boot.printer) {
    const answer = await onPaper("/till/shift/paper", { shift: closed.id });
    if (answer.refused) wrong(sentence(answer.refused));
    return;
  }
  at("paper").replaceChildren(element("article", { class: "paper strip" }, at("shift-report").cloneNode(true)));
  window.print();
}

function wrong(text) {
  at("shift-wrong").textContent = text;
  if (text) play("stopped");
}

async function asked(url, body) {
  try {
    const answer = await ask(url, body);
    if (!answer.refused) return answer;
    wrong(sentence(answer.refused));
  } catch {
    wrong(word("no_answer"));
  }
  return undefined;
}
