// What must reach the server but waits for nobody: kept on this machine until it is there.
import { ask, NoAnswer } from "./ask.js";
import { boot } from "./state.js";

const KEY = `till-owed:${boot.till}`, AGAIN_MS = 15000;
let isSending = false;

const owed = () => JSON.parse(localStorage.getItem(KEY) || "[]");

export function owe(url, body) {
  localStorage.setItem(KEY, JSON.stringify([...owed(), { url, body }]));
  send();
}

// Each has an id of its own, so that what was sent twice is written down once.
async function send() {
  if (isSending) return;
  isSending = true;
  try {
    for (let first = owed()[0]; first; first = owed()[0]) {
      await ask(first.url, first.body);
      localStorage.setItem(KEY, JSON.stringify(owed().filter((one) => one.body.id !== first.body.id)));
    }
  } catch (failure) {
    if (!(failure instanceof NoAnswer)) return; // signed out: it waits for the next person
  } finally {
    isSending = false;
  }
}

export function startOwed() {
  addEventListener("online", send);
  setInterval(send, AGAIN_MS);
  send();
}
