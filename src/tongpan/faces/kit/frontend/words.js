// The sentences that the script says come translated with the page; {n:coupon/coupons} counts.
const words = JSON.parse(document.getElementById("words")?.textContent || "{}");

export function word(name, facts = {}) {
  return (words[name] || name).replace(/\{(\w+)(?::([^/}]*)\/([^}]*))?\}/g, (_, fact, one, many) => {
    const said = facts[fact] ?? "";
    return many === undefined ? said : `${said} ${String(said) === "1" ? one : many}`;
  });
}

export function element(tag, attributes = {}, ...children) {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, value);
  made.append(...children);
  return made;
}

export function isTyping(target) {
  return target instanceof HTMLElement &&
    (target.isContentEditable || target.matches("textarea, select, input:not([type=checkbox]):not([type=radio]):not([type=button])"));
}

export function isShown(node) {
  return node.getClientRects().length > 0;
}

export function token() {
  return document.querySelector("[name=csrfmiddlewaretoken]")?.value || "";
}

// UUIDv7: the same kind of id that the server makes, so a request sent twice is recognised.
export function newId() {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  let time = Date.now();
  for (let i = 5; i >= 0; i--) { bytes[i] = time % 256; time = Math.floor(time / 256); }
  bytes[6] = (bytes[6] & 0x0f) | 0x70;
  bytes[8] = (bytes[8] & 0x3f) | 0x80;
  const hex = [...bytes].map((b) => b.toString(16).padStart(2, "0")).join("");
  return hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, "$1-$2-$3-$4-$5");
}
