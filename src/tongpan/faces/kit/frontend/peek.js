// A cell of the matrix opens beside itself: its figures, its last movements, and what to do.
// A click peeks; Enter goes to the stock card; arrows move; T sends goods to the cell.
import { isTyping, token } from "./words.js";

export function startPeek() {
  const matrix = document.querySelector("[data-matrix]");
  if (!matrix) return;
  let open = null;
  let cell = null;

  const cells = () => [...matrix.querySelectorAll("a[data-peek]")];

  matrix.addEventListener("click", (event) => {
    const link = event.target.closest("a[data-peek]");
    if (!link || event.detail === 0 || event.ctrlKey || event.metaKey) return;
    event.preventDefault();
    link.focus();
    show(link);
  });
  document.addEventListener("click", (event) => {
    if (open && !open.contains(event.target) && !event.target.closest("a[data-peek]")) close();
  });
  document.addEventListener("keydown", (event) => {
    const at = event.target.closest?.("a[data-peek]") || (open && cell);
    if (event.key === "Escape" && open) { event.preventDefault(); event.stopImmediatePropagation(); cell.focus(); return close(); }
    if (!at || isTyping(event.target) || event.ctrlKey || event.metaKey || event.altKey) return;
    const step = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] }[event.key];
    if (step) { event.preventDefault(); return move(at, ...step); }
    if (event.key === " ") { event.preventDefault(); return show(at); }
    if (event.key.toLowerCase() === "t" && at.dataset.send) { event.preventDefault(); send(at.dataset.send); }
  }, true);
  document.addEventListener("click", (event) => {
    const button = event.target.closest("[data-send-url]");
    if (button) send(button.dataset.sendUrl);
  });

  function move(from, right, down) {
    const row = from.closest("tr");
    const links = [...row.querySelectorAll("a[data-peek]")];
    let next = right ? links[links.indexOf(from) + right] : null;
    if (down) {
      const other = down > 0 ? row.nextElementSibling : row.previousElementSibling;
      next = other?.querySelectorAll("a[data-peek]")[links.indexOf(from)];
    }
    if (!next) return;
    next.focus();
    if (open) show(next);
  }

  async function show(link) {
    const answer = await fetch(link.dataset.peek, { headers: { "HX-Request": "true" } });
    if (!answer.ok || !link.isConnected) return;
    close();
    cell = link;
    open = document.createElement("section");
    open.className = "peek";
    open.innerHTML = await answer.text();
    document.body.append(open);
    cells().forEach((one) => one.removeAttribute("aria-expanded"));
    link.setAttribute("aria-expanded", "true");
    place(open, link.closest("td"));
  }

  function close() {
    open?.remove();
    open = null;
    cell?.removeAttribute("aria-expanded");
  }
}

// Under the row it explains, or above it, and never over it; inside the window.
function place(box, td) {
  const at = td.getBoundingClientRect();
  const wide = document.documentElement.clientWidth;
  const left = Math.max(12, Math.min(at.left, wide - box.offsetWidth - 12));
  const below = at.bottom + 8 + box.offsetHeight < innerHeight;
  box.style.left = `${left + scrollX}px`;
  box.style.top = `${(below ? at.bottom + 8 : Math.max(8, at.top - box.offsetHeight - 8)) + scrollY}px`;
}

function send(url) {
  const form = document.createElement("form");
  form.method = "post";
  form.action = url;
  const field = document.createElement("input");
  field.type = "hidden";
  field.name = "csrfmiddlewaretoken";
  field.value = token();
  form.append(field);
  document.body.append(form);
  form.submit();
}
