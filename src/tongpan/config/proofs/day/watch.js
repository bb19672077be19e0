// What the proof of a day notes in the till's own page: hands, keys, and how long things took.
(() => {
  const HANDS = ["pointerdown", "pointerup", "pointermove", "pointerover", "mousedown", "mouseup", "mousemove",
    "mouseover", "wheel", "touchstart", "touchmove", "touchend", "dblclick", "contextmenu", "dragstart"];
  const noted = () => ({ hands: 0, keys: 0, scans: [], pays: [] });
  let seen = noted(), typed = "", waiting = [], last = {}, paying = null, number = "";
  for (const name of HANDS) addEventListener(name, () => { seen.hands += 1; }, { capture: true, passive: true });
  // A key on a button makes a click too, but none with a place.
  addEventListener("click", (event) => { if (event.detail > 0) seen.hands += 1; }, true);
  addEventListener("keydown", (event) => {
    seen.keys += 1;
    if (document.querySelector("dialog[open]")) { typed = ""; return; }
    if (event.key.length === 1 && !event.ctrlKey && !event.altKey) typed += event.key;
    if (event.key !== "Enter") return;
    if (document.body.dataset.mode === "pay") paying = { at: event.timeStamp, is_code: typed.length > 12 };
    else if (typed) waiting.push({ code: typed.replace(/^\d+\*/, ""), at: event.timeStamp });
    typed = "";
  }, true);
  const painted = (then) => {
    window.painting += 1;
    requestAnimationFrame(() => {
      const channel = new MessageChannel();
      channel.port1.onmessage = () => { then(performance.now()); window.painting -= 1; };
      channel.port2.postMessage(0);
    });
  };
  const rows = () => {
    const found = {};
    for (const row of document.querySelectorAll("#rows tr")) {
      const code = row.querySelector(".under .code")?.innerText || "";
      found[code] = `${found[code] || ""}|${row.querySelector(".figure b")?.innerText}`;
    }
    return found;
  };
  const looked = () => {
    const now = rows();
    const shown = waiting.filter((scan, index) => now[scan.code] !== undefined && now[scan.code] !== last[scan.code] &&
      waiting.findIndex((other) => other.code === scan.code) === index);
    last = now;
    if (!shown.length) return;
    waiting = waiting.filter((scan) => !shown.includes(scan));
    painted((at) => { for (const scan of shown) seen.scans.push([scan.code, at - scan.at]); });
  };
  const finished = () => {
    const now = document.querySelector("#finished .code")?.innerText || "";
    if (now && now !== number && paying) {
      const since = paying;
      painted((at) => seen.pays.push([since.is_code, at - since.at]));
      paying = null;
    }
    number = now;
  };
  addEventListener("DOMContentLoaded", () => {
    if (!document.getElementById("rows")) return;
    last = rows();
    number = document.querySelector("#finished .code")?.innerText || "";
    new MutationObserver(looked).observe(document.getElementById("rows"), { childList: true });
    new MutationObserver(finished).observe(document.getElementById("finished"), { childList: true });
  });
  window.painting = 0;
  window.taken = () => { const was = seen; seen = noted(); return was; };
})();
