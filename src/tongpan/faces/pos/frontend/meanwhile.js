// What is pressed while an Enter waits for the scans before it: done after it, in its order, as if it
// had been pressed then. Nothing of it lands in a field that only just has the focus.
let isWaiting = false;
const held = [];

// Whether this must wait; then it is kept. `again` does it later.
export function waits(again) {
  if (isWaiting) held.push(again);
  return isWaiting;
}

export function waitFrom() {
  isWaiting = true;
}

// What was kept is done now; what it makes wait keeps the rest waiting.
export function waitNoMore() {
  isWaiting = false;
  for (const again of held.splice(0)) again();
}

// A key that was held, pressed again: with what the browser itself does at a real one. It says when
// it was really pressed, so that a scanner is still known by its pace.
export function pressAgain(event) {
  const { key, code, altKey, ctrlKey, metaKey, shiftKey } = event;
  const twin = new KeyboardEvent("keydown", { key, code, altKey, ctrlKey, metaKey, shiftKey, bubbles: true, cancelable: true });
  Object.defineProperty(twin, "timeStamp", { value: event.timeStamp });
  if (!document.activeElement.dispatchEvent(twin)) return;
  const field = document.activeElement; // the press may have moved it
  if (key === "Enter") return field.matches("button, a") ? field.click() : field.form?.requestSubmit();
  if (!field.matches("input, textarea") || altKey || ctrlKey || metaKey) return;
  if (key === "Backspace" && field.selectionStart === field.selectionEnd) field.setSelectionRange(Math.max(0, field.selectionStart - 1), field.selectionEnd);
  if (key !== "Backspace" && key.length > 1) return;
  field.setRangeText(key === "Backspace" ? "" : key, field.selectionStart, field.selectionEnd, "end");
  field.dispatchEvent(new InputEvent("input", { bubbles: true }));
}
