// A table that is wider than its sheet loses its least important columns, never the page's edge.
export function fitTables() {
  const tables = () => [...document.querySelectorAll("table.table:not(.edit)")];
  const watch = new ResizeObserver(() => tables().forEach(fit));
  const begin = () => tables().forEach((table) => { fit(table); if (table.parentElement) watch.observe(table.parentElement); });
  begin();
  document.addEventListener("tp:fresh", begin); // a part that was fetched again has tables of its own
}

export function fit(table) {
  const sheet = table.parentElement;
  table.querySelectorAll(".dropped").forEach((cell) => cell.classList.remove("dropped"));
  if (getComputedStyle(table).display !== "table") return;
  for (let keep = 5; keep > 1 && table.offsetWidth > sheet.clientWidth; keep--) {
    const columns = [...table.querySelectorAll(`thead [data-keep="${keep}"]`)].map((th) => th.cellIndex).reverse();
    for (const column of columns) {
      if (table.offsetWidth <= sheet.clientWidth) return;
      for (const row of table.rows) row.cells[column]?.classList.add("dropped");
    }
  }
}
