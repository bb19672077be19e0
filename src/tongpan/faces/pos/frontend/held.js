// Characters that come at a scanner's pace are held and put into the field at once, or taken from here
// by the Enter that ends them: each of them put there by itself costs the page a text edit, a layout
// and a frame. Nobody types as fast.
const GAP_MS = 20, FEWEST = 2, WAIT_MS = 40;
let text = "", before = 0, row = 0, field = null, timer;

// At each key: whether it is held here. All others find in the field what was held before them.
export function holds(event, scan) {
  if (event.key === "Enter") { row = 0; return false; } // `whole` says what it ends
  const gap = event.timeStamp - before, isPlain = event.key.length === 1 && !event.isComposing && !event.ctrlKey && !event.metaKey && !event.altKey;
  before = event.timeStamp;
  row = isPlain && event.target === scan && gap < GAP_MS ? row + 1 : 0;
  if (row < FEWEST || !scan.value || scan.selectionStart !== scan.value.length) { release(); return false; }
  event.preventDefault();
  field = scan;
  text += event.key;
  timer ||= setTimeout(release, WAIT_MS);
  return true;
}

// All that was typed into the field, with what is held.
export function whole(scan) {
  const all = scan.value + text;
  drop();
  return all;
}

function drop() {
  clearTimeout(timer);
  timer = 0;
  text = "";
}

function release() {
  if (!text) return;
  const more = text;
  drop();
  field.value += more;
  field.dispatchEvent(new Event("input", { bubbles: true }));
}
