// The lines of a form: typed, scanned, pasted; Enter goes on, and there is always one line more.
import { find, startCombo } from "./combo.js";
import { nameOf } from "./keys.js";
import { toast } from "./menus.js";
import { element, isTyping, word } from "./words.js";

export function startGrids() {
  document.querySelectorAll("[data-combo]").forEach(startCombo);
  document.querySelectorAll("[data-grid]").forEach(startGrid);
}

function startGrid(box) {
  const body = box.querySelector("[data-rows]");
  const template = box.querySelector("template");
  const { grid: name, item: itemColumn, count: countColumn } = box.dataset;
  let next = body.rows.length;

  const rows = () => [...body.rows];
  const cell = (row, column) => row.querySelector(`td[data-column="${column}"]`);
  const input = (row, column) => cell(row, column)?.querySelector("input:not([type=hidden]), select, textarea");
  const stops = (row) => [...row.querySelectorAll("td:not(.last)")].map((td) => td.querySelector("input:not([type=hidden]), select, textarea")).filter(Boolean);
  const typed = (row) => [...row.querySelectorAll("input:not([data-id]), textarea")];
  const usual = typed(template.content).map((field) => field.value); // a figure that each new line begins with
  const isBlank = (row) => typed(row).every((field, i) => !field.value || field.value === usual[i]);
  const changed = (node) => node.dispatchEvent(new Event("input", { bubbles: true }));

  function append(index = next) {
    const html = template.innerHTML.replaceAll("__n__", String(index));
    const row = element("tbody");
    row.innerHTML = html;
    const made = row.firstElementChild;
    next = Math.max(next, index) + 1;
    body.append(made);
    made.querySelectorAll("[data-combo]").forEach(startCombo);
    number();
    return made;
  }
  box.rowAt = (index) => { // the row of this index, made when a kept draft needs it
    const found = body.querySelector(`[name="${name}.${index}.id"]`)?.closest("tr");
    return found || append(Number(index));
  };

  function number() {
    rows().forEach((row, i) => { row.cells[0].textContent = isBlank(row) && i === body.rows.length - 1 ? "" : String(i + 1); });
  }

  function ensureBlank() {
    if ("fixed" in box.dataset) return number();
    const all = rows();
    if (!all.length || !isBlank(all[all.length - 1])) append();
    number();
  }

  function take(row) {
    const fields = [...row.querySelectorAll("input, select, textarea")].map((field) => [field.name, field.value]);
    const after = row.nextElementSibling;
    row.remove();
    ensureBlank();
    changed(body);
    if (fields.some(([, value]) => value)) toast(word("line_taken"), () => { body.insertBefore(row, after); number(); changed(body); });
  }

  // What a found item brings along: its units, its stock, and whatever else the server sends.
  function fill(row, cells = {}) {
    for (const [column, value] of Object.entries(cells)) {
      const output = cell(row, column)?.querySelector("[data-output]");
      const field = input(row, column);
      if (output) output.textContent = value;
      else if (field instanceof HTMLSelectElement && Array.isArray(value))
        field.replaceChildren(...value.map((unit) => new Option(unit.title, unit.value)));
      else if (field && !Array.isArray(value)) field.value = value;
    }
  }

  function add(one, count = 1) {
    const same = rows().find((row) => row.querySelector(`[name$=".${itemColumn}"]`)?.value === one.id);
    let row = same;
    if (same) {
      const field = input(same, countColumn); // a case or a label adds what it stands for
      const each = Number(one.cells?.[countColumn] || 1);
      field.value = String(Number((Number(field.value || 0) + count * each).toFixed(6)));
    } else {
      row = rows().find(isBlank) || append();
      cell(row, itemColumn).querySelector("[data-combo]").choose(one);
      const field = input(row, countColumn);
      if (field && (!field.value || count !== 1)) field.value = String(Number((Number(field.value || 1) * count).toFixed(6)));
    }
    ensureBlank();
    changed(row.querySelector("input"));
    row.classList.remove("flash");
    void row.offsetWidth;
    row.classList.add("flash");
    row.scrollIntoView({ block: "nearest" });
    signal("accepted");
    return row;
  }

  async function scan(typed) {
    const [, times, code] = typed.match(/^(?:(\d{1,6}(?:\.\d+)?)\*)?(.+)$/); // 12* and a code is twelve of it
    try {
      const [scanned] = await find(box.dataset.scanUrl, "code", code);
      const one = scanned || (await find(box.dataset.scanUrl, "q", code)).find((other) => other.code === code); // typed in haste
      if (one) return add(one, Number(times || 1));
    } catch { /* said below */ }
    signal("unknown");
    const field = box.querySelector("[data-scan]");
    field.value = code;
    field.setAttribute("aria-invalid", "true");
    if (document.activeElement === field) field.select(); // the next scan takes its place
    toast(word("unknown_code", { code }));
    return null;
  }

  box.addEventListener("chosen", (event) => {
    const row = event.target.closest("tr");
    if (!row) return;
    fill(row, event.detail.cells);
    ensureBlank();
    const all = stops(row);
    const chosen = event.target.querySelector("input[role=combobox]");
    const isItem = event.target.closest("td").dataset.column === itemColumn; // then how many
    const next = (isItem && input(row, countColumn)) || all[all.indexOf(chosen) + 1];
    if (document.activeElement === chosen) { next?.focus(); next?.select?.(); }
  });
  box.addEventListener("click", (event) => { const button = event.target.closest("[data-take]"); if (button) take(button.closest("tr")); });
  body.addEventListener("input", ensureBlank);
  box.closest("form")?.addEventListener("formdata", (event) => {
    for (const row of rows()) if (isBlank(row)) for (const field of row.querySelectorAll("[name]")) event.formData.delete(field.name);
  });

  body.addEventListener("keydown", (event) => {
    const row = event.target.closest("tr");
    if (!row || event.isComposing || event.defaultPrevented) return;
    const key = nameOf(event);
    const all = stops(row);
    const at = all.indexOf(event.target);
    const td = event.target.closest("td");
    if (key === "Enter" && !event.target.matches("textarea")) {
      if (at + 1 < all.length && !(isBlank(row) && at === 0)) all[at + 1].focus();
      else { ensureBlank(); stops(row.nextElementSibling || row)[0]?.focus(); }
      document.activeElement.select?.();
    } else if ((key === "↓" || key === "↑") && !event.target.matches("select, textarea")) {
      const other = key === "↓" ? row.nextElementSibling : row.previousElementSibling;
      const field = other && cell(other, td.dataset.column)?.querySelector("input:not([type=hidden])");
      if (!field) return;
      field.focus();
      field.select();
    } else if (key === "Ctrl D" && row.previousElementSibling) copyAbove(row);
    else if (key === "U" && (!isTyping(event.target) || event.target.matches("[inputmode=decimal], select"))) switchUnit(row);
    else if (key === "Ctrl Delete" || key === "Ctrl Backspace") { (stops(row.previousElementSibling || row.nextElementSibling || row)[at] || body).focus?.(); take(row); }
    else return;
    event.preventDefault();
    event.stopPropagation();
  });

  function copyAbove(row) {
    const above = row.previousElementSibling;
    for (const td of row.querySelectorAll("td[data-column]")) {
      const from = cell(above, td.dataset.column);
      const output = td.querySelector("[data-output]");
      if (output) output.textContent = from.querySelector("[data-output]").textContent;
      const options = from.querySelector("select");
      if (options) td.querySelector("select").replaceChildren(...[...options.options].map((o) => new Option(o.text, o.value)));
      const theirs = [...from.querySelectorAll("input:not([data-id]), select, textarea")];
      [...td.querySelectorAll("input:not([data-id]), select, textarea")].forEach((field, i) => { field.value = theirs[i].value; });
      td.querySelector("[data-combo]")?.settle();
    }
    ensureBlank();
    changed(row.querySelector("input"));
  }

  function switchUnit(row) {
    const field = row.querySelector("select[data-unit]");
    if (!field?.options.length) return;
    field.selectedIndex = (field.selectedIndex + 1) % field.options.length;
    changed(field);
  }

  // A paste begins at the cell with the cursor, as in a sheet; whole lines begin at the first column.
  box.addEventListener("paste", async (event) => {
    const text = event.clipboardData?.getData("text/plain") || "";
    if (!/[\t\n]/.test(text.trim())) return;
    event.preventDefault();
    const columns = box.dataset.paste.split(",");
    const all = text.replace(/\r/g, "").replace(/\n+$/, "").split("\n").map((line) => line.split("\t"));
    const at = columns.indexOf(event.target.closest("[data-rows] td")?.dataset.column);
    const begins = at > 0 && all.every((line) => at + line.length <= columns.length) ? at : 0;
    const lines = begins ? all : all.filter((line) => line.some((value) => value.trim()));
    if (!begins && lines.length > 1 && isHead(lines[0], columns)) lines.shift();
    let row = event.target.closest("[data-rows] tr") || rows().find(isBlank) || append();
    const searches = [];
    const figures = [];
    for (const line of lines) {
      line.slice(0, columns.length - begins).forEach((value, i) => {
        const combo = cell(row, columns[begins + i])?.querySelector("[data-combo]");
        const field = input(row, columns[begins + i]);
        if (combo && value.trim()) searches.push([combo, value.trim()]);
        else if (field && value.trim()) figures.push([field, value.trim()]);
      });
      row = row.nextElementSibling || append();
    }
    let missed = 0;
    for (let i = 0; i < searches.length; i += 4)
      missed += (await Promise.all(searches.slice(i, i + 4).map(settle))).filter((one) => !one).length;
    for (const [field, value] of figures) if (!put(field, value)) missed++; // after what an item brings along
    ensureBlank();
    changed(body);
    toast(missed ? word("pasted_in_part", { n: lines.length, missed }) : word("pasted", { n: lines.length }));
    if (missed) body.querySelector("[aria-invalid]")?.focus();
  });

  // The first line of a sheet that names its columns: there is no digit where figures stand.
  function isHead(line, columns) {
    return line.some((value, i) => value.trim() && !/\d/.test(value.normalize("NFKC")) && template.content.querySelector(`td[data-column="${columns[i]}"] [inputmode=decimal]`));
  }

  // Whether the field takes it: a figure as sheets write it, a choice by its name, a day with any marks.
  function put(field, text) {
    const plain = text.normalize("NFKC");
    if (field instanceof HTMLSelectElement) {
      const same = (one) => [one.text, one.value].some((name) => name.trim().toLowerCase() === plain.toLowerCase());
      const found = [...field.options].find(same);
      if (found) field.value = found.value;
      else field.setAttribute("aria-invalid", "true");
      return Boolean(found);
    }
    if (field.matches("[inputmode=decimal]")) field.value = plain.replace(/[,\s¥]/g, "");
    else if (field.type === "date") {
      const [, year, month, day] = plain.match(/^(\d{4})[-/.年](\d{1,2})[-/.月](\d{1,2})日?$/) || [];
      field.value = year ? `${year}-${month.padStart(2, "0")}-${day.padStart(2, "0")}` : "";
      if (!field.value) field.setAttribute("aria-invalid", "true");
      return Boolean(field.value);
    } else field.value = text;
    return true;
  }

  async function settle([combo, text]) {
    const field = combo.querySelector("input[role=combobox]");
    const found = await find(combo.dataset.url, "q", text).catch(() => []);
    const one = found.find((item) => item.title === text || item.code === text) || (found.length === 1 ? found[0] : null);
    if (one) combo.choose(one);
    else {
      field.value = text;
      field.setAttribute("aria-invalid", "true");
      combo.settle();
    }
    return one;
  }

  const scanField = box.querySelector("[data-scan]");
  if (scanField) {
    const combo = scanField.closest(".combo");
    combo.dataset.url = box.dataset.scanUrl;
    startCombo(combo);
    combo.addEventListener("chosen", (event) => { // found by name, by a person: how many is asked next
      event.stopPropagation();
      scanField.value = "";
      const field = input(add(event.detail), countColumn) || scanField;
      field.focus();
      field.select();
    });
    scanField.addEventListener("keydown", (event) => {
      if (event.key !== "Enter" || event.isComposing || !scanField.value.trim()) return;
      event.preventDefault();
      const code = scanField.value.trim();
      combo.cancel();
      scanField.value = "";
      scanField.removeAttribute("aria-invalid");
      scan(code);
    });
    scanField.dataset.key = "F2";
    hearScanner(scan);
  }
  ensureBlank();
}

// A scanner types faster than any hand and ends with Enter; it is heard from anywhere on the page.
function hearScanner(scan) {
  let code = "";
  let last = 0;
  document.addEventListener("keydown", (event) => {
    if (isTyping(event.target) || event.ctrlKey || event.metaKey || event.altKey) return;
    const now = performance.now();
    if (now - last > 40) code = "";
    last = now;
    if (event.key === "Enter" && code.length >= 6) { event.preventDefault(); event.stopPropagation(); scan(code); code = ""; }
    else if (event.key.length === 1) code += event.key;
  }, true);
}

// Eye, ear and hand say the same: one high tone, or three low ones with a long buzz.
let audio;
export function signal(kind) {
  const isGood = kind === "accepted";
  navigator.vibrate?.(isGood ? 40 : [300]);
  try {
    audio ||= new AudioContext();
    const tones = isGood ? [1320] : [220, 220, 220];
    tones.forEach((hertz, i) => {
      const tone = audio.createOscillator();
      const loud = audio.createGain();
      loud.gain.value = 0.06;
      tone.frequency.value = hertz;
      tone.connect(loud).connect(audio.destination);
      tone.start(audio.currentTime + i * 0.14);
      tone.stop(audio.currentTime + i * 0.14 + 0.09);
    });
  } catch { /* no sound here; the flash says it */ }
}
