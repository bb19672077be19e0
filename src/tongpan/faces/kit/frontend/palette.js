// The palette: pages of the rail at once, the rest from the server, by the letters of pinyin too.
import { element, word } from "./words.js";

export function startPalette() {
  const dialog = document.getElementById("palette");
  if (!dialog) return;
  const input = dialog.querySelector("input");
  const found = dialog.querySelector(".found");
  let asked = 0;
  let timer = 0;
  let isHasty = false; // Enter came before the answer: it takes the first one found

  dialog.addEventListener("showing", () => { input.value = ""; isHasty = false; list("", []); });
  input.addEventListener("input", () => {
    clearTimeout(timer);
    isHasty = false;
    asked += 1; // what was asked before is of no use any more
    list(input.value, []);
    if (input.value.trim()) timer = setTimeout(ask, 120);
  });
  input.addEventListener("keydown", (event) => {
    const options = [...found.querySelectorAll("[role=option]")];
    const at = options.findIndex((option) => option.getAttribute("aria-selected") === "true");
    if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      event.preventDefault();
      select(options, (at + (event.key === "ArrowDown" ? 1 : -1) + options.length) % options.length);
    } else if (event.key === "Enter" && !event.isComposing && options[at]) {
      event.preventDefault();
      options[at].click();
    } else if (event.key === "Enter" && !event.isComposing && input.value.trim()) {
      event.preventDefault();
      isHasty = true;
    }
  });

  async function ask() {
    const mine = ++asked;
    const url = new URL(dialog.dataset.url, location.origin);
    url.searchParams.set("q", input.value.trim());
    try {
      const answer = await fetch(url, { headers: { Accept: "application/json" } });
      const { results } = answer.ok ? await answer.json() : { results: [] };
      if (mine !== asked) return;
      list(input.value, results || []);
      if (isHasty) found.querySelector("[role=option]")?.click();
      isHasty = false;
    } catch { /* offline: the pages are still there */ }
  }

  function list(text, results) {
    const asked = text.trim().toLowerCase();
    const pages = [...document.querySelectorAll(".rail li a, .jobs a")]
      .map((link) => ({ title: ownText(link), url: link.href, note: "" }))
      .filter((page, i, all) => all.findIndex((p) => p.url === page.url && p.title === page.title) === i)
      .filter((page) => !asked || page.title.toLowerCase().includes(asked)).slice(0, asked ? 5 : 12);
    const groups = new Map(pages.length ? [[word("pages"), pages]] : []);
    for (const one of results) groups.set(one.kind || "", [...(groups.get(one.kind || "") || []), one]);
    const nodes = [];
    for (const [title, ones] of groups) {
      if (title) nodes.push(element("div", { class: "title", role: "presentation" }, title));
      for (const one of ones) nodes.push(element("a", { role: "option", href: one.url || "#", id: `found-${nodes.length}`, "aria-selected": "false", tabindex: "-1" },
        element("span", {}, one.title), element("span", { class: "note" }, one.note || "")));
    }
    if (!nodes.length) nodes.push(element("div", { class: "title" }, word(asked ? "none_found" : "type_to_search")));
    found.replaceChildren(...nodes);
    select([...found.querySelectorAll("[role=option]")], 0);
  }

  function select(options, at) {
    options.forEach((option, i) => option.setAttribute("aria-selected", String(i === at)));
    options[at]?.scrollIntoView({ block: "nearest" });
    if (options[at]) input.setAttribute("aria-activedescendant", options[at].id);
    else input.removeAttribute("aria-activedescendant");
  }
}

function ownText(link) {
  return [...link.childNodes].filter((node) => node.nodeType === 3).map((node) => node.textContent.trim()).join(" ").trim();
}
