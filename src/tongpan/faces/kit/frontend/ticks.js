// The boxes of a role: a box that gives everything of something ticks those that it covers.
const covers = (wide, code) => wide === "*" || (wide.endsWith(".*") && code.startsWith(wide.slice(0, -1)));

export function startTicks() {
  const form = document.querySelector("[data-ticks]");
  if (!form) return;
  const boxes = [...form.querySelectorAll("[data-code]")];
  startSearch(form);
  form.addEventListener("change", (event) => {
    const wide = event.target.dataset.code;
    if (wide !== "*" && !wide?.endsWith(".*")) return;
    for (const box of boxes) {
      if (box === event.target || !covers(wide, box.dataset.code)) continue;
      // What stood under it stays ticked and can be taken away one by one.
      const held = boxes.some((other) => other !== box && other.checked && !other.disabled && covers(other.dataset.code, box.dataset.code));
      if (held) box.checked = true;
      box.disabled = held;
      if (!held && box.dataset.code.endsWith(".*")) box.checked = false;
    }
  });
}

// Lines that are called otherwise go away; a group that is called so stays whole.
function startSearch(form) {
  const search = form.querySelector("[data-tick-search]");
  const wasOpen = new Map([...form.querySelectorAll("details.ticks")].map((group) => [group, group.open]));
  search.addEventListener("keydown", (event) => { if (event.key === "Enter") event.preventDefault(); });
  search.addEventListener("input", () => {
    const wanted = search.value.trim().toLowerCase();
    const isNamed = (text) => text.toLowerCase().includes(wanted);
    for (const [group, open] of wasOpen) {
      const isWhole = isNamed(group.querySelector("h2").textContent);
      const lines = [...group.querySelectorAll(".tick-line")];
      for (const line of lines) {
        const codes = [...line.querySelectorAll("[data-code]")].map((box) => box.dataset.code);
        line.hidden = !isWhole && !isNamed(`${line.textContent} ${codes.join(" ")}`);
      }
      group.hidden = lines.every((line) => line.hidden);
      group.open = wanted ? !group.hidden : open;
    }
    form.querySelector("[data-tick-none]").hidden = [...wasOpen.keys()].some((group) => !group.hidden);
  });
}
