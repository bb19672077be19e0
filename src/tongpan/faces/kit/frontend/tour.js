// A short tour of this page, begun from the help beside its title: one place lit up at a time.
import { isShown } from "./words.js";

let stops = [], at = 0, back = null, height = 0;
const box = () => document.getElementById("tour");
const part = (name) => box().querySelector(`[data-tour-${name}]`);

export function startTours() {
  document.querySelectorAll("[data-tour]").forEach(remember);
  document.addEventListener("click", (event) => {
    const opener = event.target.closest("[data-tour]");
    if (opener) begin(opener);
  });
  const tour = box();
  if (!tour) return;
  tour.addEventListener("keydown", press);
  tour.addEventListener("close", leave);
  part("next").addEventListener("click", () => go(1));
  part("back").addEventListener("click", () => go(-1));
  part("end").addEventListener("click", () => tour.close());
  addEventListener("resize", () => { if (tour.open) place(); });
}

function remember(opener) {
  const isSeen = localStorage.getItem(`tour:${opener.dataset.tour}`) === "seen";
  opener.querySelector("[data-seen]").hidden = !isSeen;
}

function begin(opener) {
  const menu = opener.closest("details");
  back = menu ? menu.querySelector("summary") : null;
  if (menu) menu.open = false;
  opener.closest("dialog")?.close();
  stops = JSON.parse(opener.dataset.stops).filter((stop) => target(stop));
  if (!stops.length) return;
  at = 0;
  height = scrollY;
  box().showModal();
  draw();
  part("next").focus();
  localStorage.setItem(`tour:${opener.dataset.tour}`, "seen");
  remember(opener);
}

// The first place of this name that can be seen at this width.
function target(stop) {
  return [...document.querySelectorAll(`[data-stop="${stop.at}"]`)].find(isShown);
}

function press(event) {
  const step = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1 }[event.key];
  if (step) { event.preventDefault(); go(step); }
  event.stopPropagation(); // the page behind it hears nothing
}

function go(step) {
  if (at + step >= stops.length) return box().close();
  at = Math.max(0, at + step);
  draw();
}

function draw() {
  const stop = stops[at];
  part("title").textContent = stop.title;
  part("text").textContent = stop.text;
  part("count").textContent = `${at + 1} / ${stops.length}`;
  part("back").disabled = at === 0;
  const isLast = at === stops.length - 1;
  part("on").hidden = isLast;
  part("done").hidden = !isLast;
  if (document.activeElement === part("back") && at === 0) part("next").focus();
  target(stop)?.scrollIntoView({ block: "center", inline: "nearest" });
  place();
}

// The light lies on the place; the words stand below it, above it, or where there is room.
function place() {
  const gap = 12, spot = part("spot"), words = part("words"), found = target(stops[at]);
  if (!found) return;
  const wide = document.documentElement.clientWidth, high = innerHeight;
  const of = found.getBoundingClientRect();
  const top = Math.max(4, of.top - 6), bottom = Math.min(high - 4, of.bottom + 6);
  const left = Math.max(4, of.left - 6), right = Math.min(wide - 4, of.right + 6);
  Object.assign(spot.style, { top: `${top}px`, left: `${left}px`, width: `${right - left}px`, height: `${bottom - top}px` });
  const size = words.getBoundingClientRect();
  let y = bottom + gap;
  if (y + size.height > high - 8) y = top - gap - size.height;
  if (y < 8) y = high - size.height - 16;
  const x = Math.min(Math.max(8, left), wide - size.width - 8);
  Object.assign(words.style, { top: `${y}px`, left: `${x}px` });
}

function leave() {
  back?.focus({ preventScroll: true });
  scrollTo(0, height); // where the person was
}
