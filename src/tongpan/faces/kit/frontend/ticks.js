// The boxes of a role: a box that gives everything of something ticks those that it covers.
const covers = (wide, code) => wide === "*" || (wide.endsWith(".*") && code.startsWith(wide.slice(0, -1)));

export function startTicks() {
  const form = document.querySelector("[data-ticks]");
  if (!form) return;
  const boxes = [...form.querySelectorAll("[data-code]")];
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
