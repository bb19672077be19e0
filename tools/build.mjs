// Bundles the pages' script and style into static/dist, with only the icons that are used.
import { build } from "esbuild";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const root = join(dirname(fileURLToPath(import.meta.url)), "..");
const kit = join(root, "src/tongpan/faces/kit");
const till = join(root, "src/tongpan/faces/pos/frontend");
const out = join(kit, "static/dist");
mkdirSync(out, { recursive: true });

await build({
  entryPoints: [
    ...["app.js", "app.css", "plots.js"].map((name) => join(kit, "frontend", name)),
    ...["till.js", "till.css", "display.js", "display.css"].map((name) => join(till, name)),
  ],
  entryNames: "[name]",
  outdir: out,
  bundle: true,
  minify: true,
  format: "esm",
  target: ["es2020", "chrome90", "firefox90", "safari15"],
  logLevel: "warning",
  plugins: [{ name: "system-theme", setup: (b) => b.onLoad({ filter: /tokens\.css$/ }, tokens) }],
});
writeFileSync(join(out, "icons.svg"), sprite());

// The dark colours are written once; a reader without a choice of their own follows the system.
function tokens({ path }) {
  const css = readFileSync(path, "utf8");
  const dark = css.match(/\[data-theme="dark"\]\s*\{([^}]*)\}/)[1];
  const system = `@media (prefers-color-scheme: dark) { :root:not([data-theme]) {${dark}} }`;
  return { contents: `${css}\n${system}`, loader: "css" };
}

function sprite() {
  const names = JSON.parse(readFileSync(join(kit, "frontend/icons.json"), "utf8"));
  const symbols = Object.entries(names).map(([name, tabler]) => {
    const svg = readFileSync(join(root, "node_modules/@tabler/icons/icons/outline", `${tabler}.svg`), "utf8");
    const inside = svg.slice(svg.indexOf(">", svg.indexOf("<svg")) + 1, svg.lastIndexOf("</svg>"));
    return `<symbol id="${name}" viewBox="0 0 24 24">${inside.replace(/\s+/g, " ").trim()}</symbol>`;
  });
  return `<svg xmlns="http://www.w3.org/2000/svg">${symbols.join("")}</svg>\n`;
}
