// Lists by keyboard: move, open, tick, and add up what is ticked.
import { fit } from "./fit.js";
import { nameOf } from "./keys.js";
import { isTyping, word } from "./words.js";

export function startLists() {
  document.querySelector(".views [aria-current]")?.scrollIntoView({ block: "nearest", inline: "nearest" }); // a phone's row of views is wider than it
  const box = document.querySelector("[data-list]");
  if (!box) return;
  const table = box.querySelector("table");
  const batch = box.querySelector("[data-batch]");
  if (!table) return;
  let last = null; // the row that was ticked last, for a range

  const rows = () => [...table.tBodies[0].rows];
  const here = () => table.querySelector("tr.here");
  const tick = (row) => row.querySelector(".pick .tick");

  const kept = sessionStorage.getItem(`row:${location.pathname}`);
  const opened = kept && rows().find((row) => row.dataset.id === kept);
  if (opened) move(opened, false);

  function move(row, scrolls = true) {
    if (!row) return;
    here()?.classList.remove("here");
    row.classList.add("here");
    if (scrolls) row.scrollIntoView({ block: "nearest" });
  }

  function open(row) {
    if (!row?.dataset.url) return;
    sessionStorage.setItem(`row:${location.pathname}`, row.dataset.id);
    location.href = row.dataset.url;
  }

  function set(row, isTicked) {
    const box = tick(row);
    if (!box) return;
    box.checked = isTicked;
    row.classList.toggle("ticked", isTicked);
    last = row;
  }

  function range(row) {
    const all = rows();
    const [from, to] = [all.indexOf(last || row), all.indexOf(row)].sort((a, b) => a - b);
    all.slice(from, to + 1).forEach((one) => set(one, true));
  }

  function tell() {
    const ticked = rows().filter((row) => tick(row)?.checked);
    const all = table.querySelector("[data-tick-all]");
    if (all) {
      all.checked = ticked.length > 0 && ticked.length === rows().length;
      all.indeterminate = ticked.length > 0 && !all.checked;
    }
    if (!batch) return;
    batch.hidden = ticked.length === 0;
    batch.querySelector("[data-count]").textContent = word("selected", { n: ticked.length });
    batch.querySelector("[data-added]").textContent = sumOf(ticked);
  }

  // Cents are whole numbers, so adding them is exact.
  function sumOf(ticked) {
    const head = table.querySelector(`th[data-column="${batch.dataset.sum}"]`);
    if (!head) return "";
    const cents = ticked.map((row) => Math.round(Number(row.cells[head.cellIndex].textContent.replace(/,/g, "").replace("\u2212", "-").trim()) * 100))
      .filter(Number.isFinite).reduce((a, b) => a + b, 0);
    const text = (Math.abs(cents) / 100).toFixed(2).replace(/\B(?=(\d{3})+(?!\d))/g, ",");
    const title = head.textContent.replace(/[↑↓]/g, "").trim();
    return `${title.replace(/\s*(\S+)$/, " $1")}${cents < 0 ? "\u2212" : ""}${text}`;
  }

  table.addEventListener("click", (event) => {
    const row = event.target.closest("tbody tr");
    const all = event.target.closest("[data-tick-all]");
    if (all) { rows().forEach((one) => set(one, all.checked)); return tell(); }
    if (!row) return;
    const pick = event.target.closest(".pick");
    if (pick) {
      const box = tick(row);
      if (event.target !== box) box.checked = !box.checked;
      if (event.shiftKey && last) range(row); else set(row, box.checked);
      move(row, false);
      return tell();
    }
    if (event.target.closest("a, button") || !window.getSelection().isCollapsed) {
      if (event.target.closest("a")) sessionStorage.setItem(`row:${location.pathname}`, row.dataset.id);
      return;
    }
    if (event.ctrlKey || event.metaKey) window.open(row.dataset.url); else open(row);
  });

  batch?.querySelector("[data-untick]").addEventListener("click", () => { rows().forEach((row) => set(row, false)); tell(); });
  batch?.addEventListener("formdata", (event) => {
    for (const row of rows()) if (tick(row)?.checked) event.formData.append("ids", row.dataset.id);
  });

  document.addEventListener("keydown", (event) => {
    if (event.defaultPrevented || isTyping(event.target) || document.querySelector("dialog[open], details.menu[open]")) return;
    const all = rows();
    const at = all.indexOf(here());
    const key = nameOf(event);
    const steps = { J: 1, "↓": 1, K: -1, "↑": -1 };
    if (key in steps) {
      document.activeElement.blur(); // so that Enter means this row
      move(all[Math.min(Math.max(at + steps[key], 0), all.length - 1)]);
    }
    else if (key === "Home") move(all[0]);
    else if (key === "End") move(all[all.length - 1]);
    else if (key === "Enter" && here() && !event.target.closest("a, button, summary")) open(here());
    else if (key === "X" && here()) { set(here(), !tick(here())?.checked); tell(); }
    else if (key === "Shift X" && here()) { range(here()); tell(); }
    else if (key === "Ctrl A" && batch) { all.forEach((row) => set(row, true)); tell(); }
    else return;
    event.preventDefault();
  });

  document.addEventListener("htmx:afterSettle", () => { table.tBodies[0].dataset.grown = "1"; fit(table); tell(); });
  document.addEventListener("tp:fresh", () => { fit(table); tell(); });
  tell();
}
