// Charts drawn from the tables beside them: a figure stands once on a page, and whoever cannot see
// a drawing reads or walks the table. A bar leads to where its row leads.
import { BarChart, LineChart } from "echarts/charts";
import { GridComponent, LegendComponent, TooltipComponent } from "echarts/components";
import { init, use } from "echarts/core";
import { CanvasRenderer } from "echarts/renderers";

use([BarChart, LineChart, GridComponent, LegendComponent, TooltipComponent, CanvasRenderer]);
const drawn = new Map(); // the chart of each box

function drawAll() {
  for (const [box, chart] of drawn) if (!box.isConnected) { chart.dispose(); drawn.delete(box); }
  for (const box of document.querySelectorAll("[data-plot]")) draw(box);
}

function draw(box) {
  const table = box.parentElement.querySelector("table");
  if (!table) return;
  const { kind, label, series } = JSON.parse(box.dataset.plot);
  const heads = [...table.querySelectorAll("thead th[data-column]")];
  const at = (name) => heads.find((head) => head.dataset.column === name)?.cellIndex ?? -1;
  const shown = series.filter((name) => at(name) >= 0);
  const rows = [...table.tBodies[0].rows];
  const names = rows.map((row) => row.cells[at(label)]?.textContent.trim() || "");
  const look = colours();
  const isRows = kind === "rows";
  if (isRows) box.style.height = `${rows.length * 30 + 52}px`;
  const chart = drawn.get(box) || init(box);
  if (!drawn.has(box)) {
    drawn.set(box, chart);
    new ResizeObserver(() => chart.resize()).observe(box);
    chart.on("click", ({ dataIndex }) => {
      const url = table.tBodies[0].rows[dataIndex]?.dataset.url;
      if (url) location.href = url;
    });
  }
  const category = { type: "category", data: names, axisTick: { show: false }, axisLine: { lineStyle: { color: look.line } }, axisLabel: { color: look.ink3, fontSize: 12, width: isRows ? 96 : undefined, overflow: "truncate" } };
  const value = { type: "value", splitNumber: 4, axisLabel: { color: look.ink3, fontSize: 12, formatter: short }, splitLine: { lineStyle: { color: look.line } } };
  chart.setOption({
    animation: false,
    legend: { show: shown.length > 1, top: 0, right: 8, itemWidth: 10, itemHeight: 10, selectedMode: false, textStyle: { color: look.ink3, fontSize: 12 } },
    grid: { left: 8, right: 16, top: shown.length > 1 ? 32 : 12, bottom: 4, containLabel: true },
    tooltip: { trigger: "axis", axisPointer: { type: kind === "lines" ? "line" : "shadow" }, renderMode: "richText", confine: true, backgroundColor: look.raised, borderColor: look.line, textStyle: { color: look.ink, fontSize: 13 }, valueFormatter: (one) => (one == null ? "—" : one.toLocaleString("en-US", { minimumFractionDigits: 2, maximumFractionDigits: 2 })) },
    xAxis: isRows ? value : category,
    yAxis: isRows ? { ...category, inverse: true } : value,
    series: shown.map((name, n) => ({
      type: kind === "lines" ? "line" : "bar",
      name: heads.find((head) => head.dataset.column === name).textContent.trim(),
      data: rows.map((row) => number(row.cells[at(name)])),
      barMaxWidth: 22,
      symbol: "circle",
      itemStyle: { color: look.series[n], borderColor: n === 1 && look.edge, borderWidth: n === 1 ? 1 : 0, borderRadius: 2 },
      lineStyle: { width: 2 },
    })),
  }, true);
}

// What a cell says as a number; nothing where it says nothing.
function number(cell) {
  const text = (cell?.textContent || "").replace(/[,¥\s]/g, "").replace("\u2212", "-");
  const found = text.match(/^-?\d+(\.\d+)?/);
  return found ? Number(found[0]) : null;
}

function short(amount) {
  const isChinese = document.documentElement.lang.startsWith("zh");
  const [size, sign] = isChinese ? [10000, "万"] : [1000, "K"];
  return Math.abs(amount) >= size ? `${+(amount / size).toFixed(1)}${sign}` : amount.toLocaleString("en-US");
}

function colours() {
  const style = getComputedStyle(document.documentElement);
  const of = (name) => style.getPropertyValue(`--tp-${name}`).trim();
  return {
    ink: of("ink"), ink3: of("ink-3"), line: of("line"), raised: of("raised"), edge: of("chart-then-edge"),
    series: ["chart-now", "chart-then", "chart-3", "chart-4", "chart-5", "chart-6"].map(of),
  };
}

drawAll();
document.addEventListener("tp:fresh", drawAll);
matchMedia("(prefers-color-scheme: dark)").addEventListener("change", drawAll);
