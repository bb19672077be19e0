// A draft saves itself, and nothing is lost by a closed tab, a lost line or an ended session.
//
// One save is under way at a time. What was not acknowledged is also kept in this browser, under
// the draft's address, until the server has it. A request keeps its id until it is answered, so a
// save that was sent twice is one save.
import { heldBy, putBack } from "./held.js";
import { startTabs, toast } from "./menus.js";
import { element, isShown, newId, word } from "./words.js";

const PAUSE_MS = 800;
const RETRY_MS = 8000;

export function startDrafts() {
  const form = document.querySelector("form[data-draft]");
  if (form) new Draft(form).start();
  startFilling(form || document.querySelector("form#form"));
}

// With a keyboard, writing begins at once: in a new record too.
function startFilling(form) {
  if (form && matchMedia("(pointer: fine)").matches && document.activeElement === document.body)
    firstToFill(form)?.focus();
}

// What is still empty of the head, else the field where goods are scanned.
function firstToFill(form) {
  const scan = form.querySelector("[data-grid] [data-scan]");
  return [...form.querySelectorAll(".form-fields [aria-required]")].find((field) => !field.value) || (scan && isShown(scan) ? scan : null);
}

class Draft {
  constructor(form) {
    this.form = form;
    this.change = 0; // counts what was typed
    this.sent = 0; // the change that the server has
    this.saving = null;
    this.timer = 0;
    this.isStopped = false;
    this.request = newId();
    this.isLeaving = false;
    this.isRefused = false;
    this.hasTried = false; // to save before an action
    const names = (this.form.dataset.proposesBy || "").split(" ").filter(Boolean);
    this.proposers = names.map((name) => this.form.querySelector(`[name="${name}"]`)).filter(Boolean);
    this.proposedFor = this.asked;
  }

  get asked() { return this.proposers.map((field) => field.value).join("\n").trim(); }
  get key() { return `draft:${this.form.action}`; }

  start() {
    if ("hasProposed" in this.form.dataset) this.rows().forEach((row) => { row.dataset.proposed = ""; });
    this.restore();
    this.form.addEventListener("input", (event) => this.touched(event));
    this.form.addEventListener("change", (event) => this.touched(event));
    for (const name of ["chosen", "change"]) this.form.addEventListener(name, (event) => this.chosen(event));
    this.form.addEventListener("submit", (event) => this.submit(event));
    this.form.addEventListener("formdata", (event) => event.formData.set("request_id", this.request));
    this.form.addEventListener("keydown", (event) => { if (event.key === "Enter" && !event.ctrlKey && !event.metaKey && event.target.matches("input")) event.preventDefault(); });
    window.addEventListener("online", () => this.later(0));
    const leave = () => document.visibilityState === "hidden" && this.leave();
    document.addEventListener("visibilitychange", leave);
    window.addEventListener("pagehide", () => this.leave());
  }

  touched(event) {
    delete event.target.closest("[data-row]")?.dataset.proposed;
    this.change++;
    this.keep();
    this.later(PAUSE_MS);
  }

  rows() { return [...this.form.querySelectorAll("[data-rows] tr")]; }

  // Lines are proposed for what was chosen here, where there are none. Those that were proposed for
  // another go, but not what somebody wrote, unless all of them belong to what was chosen before.
  async chosen(event) {
    if (!this.proposers.some((field) => event.target.contains(field)) || this.asked === this.proposedFor) return;
    const isOwned = "areOwned" in this.form.dataset && this.proposedFor;
    const gone = this.rows().filter((row) => isOwned || "proposed" in row.dataset);
    gone.forEach((row) => row.remove());
    this.proposedFor = this.asked;
    if (this.rows().some((row) => [...row.querySelectorAll("input:not([data-id])")].some((field) => field.value))) return;
    this.change++;
    clearTimeout(this.timer);
    await this.saving;
    this.asks = true;
    await this.save();
    this.asks = false;
    if (this.change === this.sent && (gone.length || this.proposes)) location.reload();
  }

  // Names that were pasted into lines and that nobody knows: the server does not have them.
  unknown() {
    const boxes = [...this.form.querySelectorAll("[data-rows] [data-combo]")];
    return boxes.filter((box) => box.querySelector("input[type=hidden]")?.value === "").map((box) => box.querySelector("input[role=combobox]")).filter((field) => field.value);
  }

  later(ms) {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.save(), ms);
  }

  async save() {
    if (this.saving || this.isStopped || this.change === this.sent) return;
    this.saving = this.send();
    await this.saving;
    this.saving = null;
    if (this.change !== this.sent && !this.isStopped) this.later(this.failed ? RETRY_MS : PAUSE_MS);
  }

  async send() {
    const change = this.change;
    this.isRefused = false;
    this.say(word("saving"));
    let answer;
    try {
      answer = await fetch(this.form.action, { method: "POST", body: new FormData(this.form), headers: { Accept: "application/json", ...(this.asks ? { "X-Proposes": "1" } : {}) }, redirect: "manual" });
    } catch {
      this.failed = true;
      return this.say(word("saved_here"), "wait");
    }
    this.failed = !answer.ok;
    this.isRefused = answer.status === 422;
    const told = await answer.json().catch(() => ({}));
    if (answer.ok) {
      this.sent = change;
      this.request = newId();
      this.accept(told);
    } else if (answer.status === 401) {
      this.isStopped = true;
      this.say(word("signed_out"), "act", answer.headers.get("X-Sign-In"));
    } else {
      if (answer.status === 409) this.isStopped = true;
      if (answer.status === 422) this.sent = change; // the same again would be refused again
      this.put(told.parts);
      if (told.parts) this.say(word("not_saved"), "act");
      else this.say(word("not_answered"), "act", location.href); // nobody said why
      document.querySelector("#problem [data-focus]")?.focus();
    }
    return undefined;
  }

  accept(told) {
    this.form.elements.version.value = told.version;
    this.proposes = told.proposes;
    for (const [index, id] of Object.entries(told.line_ids || {})) {
      const field = this.form.elements[`${document.querySelector("[data-grid]")?.dataset.grid}.${index}.id`];
      if (field) field.value = id;
    }
    for (const [name, text] of Object.entries(told.outputs || {})) {
      const output = document.getElementById(name);
      if (output) output.textContent = text;
    }
    for (const [name, [sent, kept]] of Object.entries(told.filled || {})) {
      const field = this.form.elements[name];
      if (field && field !== document.activeElement && field.value === sent) field.value = kept;
    }
    const oldKey = this.key;
    if (told.save_url) this.form.action = told.save_url;
    if (told.url) history.replaceState(null, "", told.url);
    if (this.change === this.sent) localStorage.removeItem(oldKey);
    this.put(told.parts);
    document.querySelectorAll("[data-once-saved]").forEach((part) => { part.hidden = false; });
    this.mark(told.problems || {});
    this.say(told.note || "");
  }

  // Parts around the fields are replaced by their ids; the one with the cursor in it waits.
  put(parts = {}) {
    for (const [id, html] of Object.entries(parts)) {
      const old = document.getElementById(id);
      if (!old || old.contains(document.activeElement)) continue;
      const made = element("template");
      made.innerHTML = html.trim();
      const fresh = made.content.firstElementChild;
      old.replaceWith(fresh);
      if (fresh.matches("[data-tabs]")) startTabs(fresh);
    }
  }

  mark(problems) {
    this.form.querySelectorAll(".wrong").forEach((old) => old.remove());
    this.form.querySelectorAll("[aria-invalid]").forEach((field) => { field.removeAttribute("aria-invalid"); field.removeAttribute("aria-describedby"); });
    this.unknown().forEach((field) => field !== document.activeElement && field.setAttribute("aria-invalid", "true"));
    for (const [path, text] of Object.entries(problems)) {
      const field = document.getElementById(path);
      if (!field) continue;
      field.setAttribute("aria-invalid", "true");
      field.setAttribute("aria-describedby", `${path}-wrong`);
      (field.closest(".combo, .affix") || field).after(element("div", { class: "wrong", id: `${path}-wrong` }, text));
    }
  }

  say(text, tone = "", url = "") {
    const note = document.getElementById("saved");
    if (!note) return;
    note.className = `note ${tone ? `tone-${tone}` : ""}`;
    note.replaceChildren(url ? element("a", { href: url }, text) : text);
  }

  // An action sends the form itself, after the save that is under way has told its version. What
  // was never kept is saved first: if it is refused, the page stays with what was written.
  async submit(event) {
    clearTimeout(this.timer);
    const [unknown] = this.unknown();
    if (unknown) { // what was pasted and nobody knows: a page that comes anew would not have it
      event.preventDefault();
      unknown.focus();
      return toast(word("unknown_name", { name: unknown.value }));
    }
    const isNew = !Number(this.form.elements.version.value);
    if (this.saving || (isNew && !this.hasTried && this.change !== this.sent)) {
      event.preventDefault();
      const { submitter } = event;
      if (!this.saving) this.saving = this.send();
      await this.saving;
      this.saving = null;
      this.hasTried = true; // a server out of reach is the browser's to tell
      return this.form.requestSubmit(submitter);
    }
    this.hasTried = false;
    if (isNew && this.isRefused) {
      event.preventDefault();
      document.getElementById("problem")?.scrollIntoView({ block: "nearest" });
      return document.querySelector("#problem [data-focus]")?.focus();
    }
    this.isLeaving = true;
    setTimeout(() => { this.isLeaving = false; }, 4000);
    return undefined;
  }

  // In a closing tab a beacon still arrives; if not, what was kept here is offered next time.
  leave() {
    if (this.isLeaving || this.isStopped || this.saving || this.change === this.sent) return;
    this.keep();
    navigator.sendBeacon(this.form.action, new FormData(this.form));
  }

  keep() {
    try { localStorage.setItem(this.key, JSON.stringify(heldBy(this.form))); } catch { /* full: the server is next */ }
  }

  restore() {
    const kept = JSON.parse(localStorage.getItem(this.key) || "null");
    if (!kept) return;
    const version = kept.fields.find(([name]) => name === "version")?.[1];
    if (version !== this.form.elements.version.value) return localStorage.removeItem(this.key);
    kept.fields = kept.fields.filter(([name]) => name !== "version" && name !== "request_id");
    putBack(this.form, kept);
    this.change++;
    this.say(word("restored"));
    this.later(PAUSE_MS);
    return undefined;
  }
}
