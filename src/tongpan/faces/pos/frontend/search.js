// Which items some letters mean, best first: rules without a page, so that a test runs them alone.
import { folded } from "./scans.js";

const SPELT = 5, CODE = 1, STATE = 3; // places in a row of the catalogue
const compare = (a, b) => (a < b ? -1 : a > b ? 1 : 0);

// How near a spelling is to what was typed: 0 all of its first word, 1 all of another, then their
// beginnings, then anywhere within.
function rankOf(spelt, whole) {
  const place = spelt.indexOf(` ${whole}`);
  if (place < 0) return 4;
  const isAll = spelt.includes(` ${whole} `);
  if (isAll) return spelt.startsWith(` ${whole} `) ? 0 : 1;
  return place === 0 ? 2 : 3;
}

// The best rows, each with whether what was typed is all of a word of it.
export function ranked(rows, text, most) {
  const whole = folded(text), words = whole.split(" ").filter(Boolean).map((one) => ([...one].length > 2 ? one : ` ${one}`));
  if (!words.length) return [];
  const [first, ...others] = words, buckets = [[], [], [], [], []];
  for (const row of rows) {
    const spelt = row[SPELT];
    if (!spelt.includes(first) || row[STATE] !== "active" || !others.every((one) => spelt.includes(one))) continue;
    buckets[rankOf(spelt, whole)].push(row);
  }
  const found = [];
  for (const [rank, bucket] of buckets.entries()) {
    if (found.length >= most) break;
    bucket.sort((a, b) => a[SPELT].length - b[SPELT].length || compare(a[CODE], b[CODE]));
    for (const row of bucket.slice(0, most - found.length)) found.push({ row, isExact: rank < 2 });
  }
  return found;
}

// What is wanted first: all that was typed, then what stands on the shelf, else as they were. A
// shelf that is not known counts as empty; that of a family is looked at when it is opened.
export function shelfFirst(hits) {
  const order = (hit) => [hit.is_exact ? 0 : 1, hit.is_family || (hit.stock !== null && !/^(-|0$)/.test(hit.stock)) ? 0 : 1];
  return hits.map((hit, index) => [...order(hit), index, hit])
    .sort((a, b) => a[0] - b[0] || a[1] - b[1] || a[2] - b[2]).map((one) => one[3]);
}
