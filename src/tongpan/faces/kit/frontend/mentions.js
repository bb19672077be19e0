// Behind an @ in a remark the people are proposed who may be told: arrows, Enter or Tab, or a tap.
// One listener for every remark on the page, also for those that come with a fresh part of it.
import { find } from "./combo.js";
import { element, word } from "./words.js";

const NAMED = /(?:^|[^A-Za-z0-9._%+-])[@＠]([^\s@＠]{0,30})$/; // behind a letter it is an address
const PAUSE_MS = 140;

export function startMentions() {
  for (const kind of ["input", "compositionend", "keydown", "focusout", "click"])
    document.addEventListener(kind, (event) => {
      const field = event.target.closest?.("textarea[data-people]");
      if (field) (field.proposals ??= new Proposals(field)).hear(kind, event);
    }, kind === "keydown"); // before any other key is understood
}

class Proposals {
  constructor(field) {
    this.field = field;
    this.found = [];
    this.at = -1;
    this.asked = 0;
    this.timer = 0;
  }

  get typed() { return NAMED.exec(this.field.value.slice(0, this.field.selectionStart))?.[1]; }

  hear(kind, event) {
    if (kind === "keydown") this.press(event);
    else if (kind === "focusout") this.close();
    else if (!event.isComposing) this.later();
  }

  later() {
    clearTimeout(this.timer);
    const typed = this.typed;
    if (typed === undefined) return this.close();
    const mine = ++this.asked;
    this.isAsking = true;
    this.timer = setTimeout(async () => {
      const found = await find(this.field.dataset.people, "q", typed).catch(() => []);
      if (mine === this.asked && document.activeElement === this.field) this.show(found);
    }, this.box ? PAUSE_MS : 0);
    return undefined;
  }

  show(found) {
    this.close();
    this.found = found;
    const id = "people-to-tell";
    this.box = element("div", { class: "list-box", role: "listbox", id, "aria-label": word("people") });
    found.forEach((one, n) => {
      const option = element("div", { role: "option", id: `${id}-${n}` }, element("span", {}, one.title), element("span", { class: "note" }, one.note));
      option.addEventListener("mousedown", (event) => { event.preventDefault(); this.choose(one); });
      this.box.append(option);
    });
    if (!found.length) this.box.append(element("div", { class: "none" }, word("nobody_found")));
    this.field.after(this.box);
    this.field.setAttribute("aria-controls", id);
    this.select(0);
  }

  select(n) {
    this.at = this.found.length ? (n + this.found.length) % this.found.length : -1;
    this.box.querySelectorAll("[role=option]").forEach((option, i) => {
      option.setAttribute("aria-selected", String(i === this.at));
      if (i === this.at) option.scrollIntoView({ block: "nearest" });
    });
    if (this.at >= 0) this.field.setAttribute("aria-activedescendant", `people-to-tell-${this.at}`);
  }

  press(event) {
    if (event.key === "Escape" && this.isAsking) return this.answer(event, () => this.close());
    if (!this.box || event.isComposing || event.ctrlKey || event.metaKey) return;
    if (event.key === "ArrowDown") this.answer(event, () => this.select(this.at + 1));
    else if (event.key === "ArrowUp") this.answer(event, () => this.select(this.at - 1));
    else if (["Enter", "Tab"].includes(event.key) && this.at >= 0) this.answer(event, () => this.choose(this.found[this.at]));
    else if (event.key === "Escape") this.answer(event, () => this.close());
    return undefined;
  }

  // A key that is meant for the proposals does nothing else on the page.
  answer(event, deed) {
    event.preventDefault();
    event.stopImmediatePropagation();
    deed();
  }

  choose(one) {
    const end = this.field.selectionStart;
    const begin = end - this.typed.length;
    const space = /^\s/.test(this.field.value.slice(end)) ? "" : " ";
    this.field.setRangeText(one.says + space, begin, end, "end");
    this.close();
    this.field.dispatchEvent(new Event("change", { bubbles: true }));
  }

  close() {
    clearTimeout(this.timer);
    this.asked++;
    this.isAsking = false;
    this.box?.remove();
    this.box = null;
    this.found = [];
    this.at = -1;
    this.field.removeAttribute("aria-controls");
    this.field.removeAttribute("aria-activedescendant");
  }
}
