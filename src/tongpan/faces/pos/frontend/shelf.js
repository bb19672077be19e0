// What the till found by letters, with what stands on the shelf first. The server knows the shelf;
// it has a moment to say so, then the hits are shown as they are.
import { ask } from "./ask.js";
import { cutOff } from "./cut.js";
import { shelfFirst } from "./search.js";

const WAIT_MS = 150, SHOWN_MAX = 12, KNOWN_MS = 30_000;
const known = new Map(); // item: [stock, when it was said]

const isKnown = (item) => performance.now() - (known.get(item)?.[1] ?? -Infinity) < KNOWN_MS;

async function learn(items) {
  const answer = await ask(`/till/stock?items=${items.join(",")}`).catch(() => ({}));
  for (const [item, stock] of Object.entries(answer.stock || {})) known.set(item, [stock, performance.now()]);
}

export async function onShelfFirst(hits) {
  const asked = hits.map((hit) => hit.item).filter((item) => item && !isKnown(item));
  if (asked.length && !cutOff()) await Promise.race([learn(asked), new Promise((resolve) => { setTimeout(resolve, WAIT_MS); })]);
  return shelfFirst(hits.map((hit) => ({ ...hit, stock: known.get(hit.item)?.[0] ?? hit.stock }))).slice(0, SHOWN_MAX);
}
