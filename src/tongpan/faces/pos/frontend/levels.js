// Which price of its item a line has: the usual one, the member's, or the one from a quantity on.
// The same choice as `best_level` on the server, which has the last word when the sale is rung up.
import { micro, plain, showQuantity } from "./money.js";
import { word } from "../../kit/frontend/words.js";

const ONE = 1000000n;

// Lets every line follow what is in the basket and whose it is. A price that somebody changed stays.
export function relevel(lines, member) {
  for (const line of lines) {
    const usual = line.usual ?? line.listed;
    if (usual === undefined || usual === null) continue;
    const best = bestOf(line, usual, member, lines);
    const price = best ? plain(micro(best.price)) : usual;
    const isOurs = line.price === line.listed;
    line.usual = usual;
    line.listed = price;
    line.level = best?.id || "";
    if (isOurs) line.price = price;
  }
}

function bestOf(line, usual, member, lines) {
  if (!line.levels?.length || line.has_amount || line.is_price_open) return null;
  const quantity = lines.filter((other) => other.item === line.item && other.unit === line.unit).reduce((sum, other) => sum + micro(other.quantity), 0n);
  const fit = line.levels.filter((one) => (quantity * micro(one.factor)) / ONE >= micro(one.from)
    && (member || !one.for_members) && (!one.tier || one.tier === member?.tier_id) && micro(one.price) < micro(usual));
  const order = (one) => [micro(one.price), BigInt(one.for_members), BigInt(Boolean(one.tier)), micro(one.from)];
  return fit.sort((a, b) => {
    const [left, right] = [order(a), order(b)];
    const at = left.findIndex((value, index) => value !== right[index]);
    return at < 0 ? 0 : left[at] < right[at] ? -1 : 1;
  })[0] || null;
}

// What the line says of the price it has.
export function levelOf(line, member) {
  if (!line.level || line.price !== line.listed) return "";
  const one = line.levels.find((level) => level.id === line.level);
  if (!one) return "";
  const told = [];
  if (one.for_members) told.push(one.tier && member?.tier ? word("level_tier", { tier: member.tier }) : word("level_member"));
  if (micro(one.from) > ONE) told.push(word("level_from", { n: showQuantity(one.from, "1") }));
  return told.join(" · ");
}
