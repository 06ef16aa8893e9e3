import { readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { precompileCosts, type PrecompileCost } from "./groups/precompiles.js";
import { rounded } from "./measure.js";

const FILE = fileURLToPath(new URL("../../docs/precompiles.md", import.meta.url));
const BEGIN = "<!-- measured: filled in by `node bench/dist/precompile-table.js` -->";
const END = "<!-- end of measured -->";

/** The measurements as docs/precompiles.md shows them and the test of E40 reads them. */
function tableOf(costs: readonly PrecompileCost[]): string {
  const rows = costs.map(({ name, variant, price, ms }) => {
    const microseconds = rounded(1000 * ms);
    return `| ${[name, variant, price, microseconds, Math.round(Number(price) / ms)].join(" | ")} |`;
  });
  return ["| precompile | input | gas | us | gas/ms |", "| --- | --- | --: | --: | --: |", ...rows].join("\n");
}

const text = readFileSync(FILE, "utf8");
const [begin, end] = [text.indexOf(BEGIN), text.indexOf(END)];
if (begin < 0 || end < begin)
  throw new Error(`${FILE} has no place for the measurements: a line ${BEGIN} and a line ${END}.`);
const table = tableOf(await precompileCosts());
writeFileSync(FILE, `${text.slice(0, begin + BEGIN.length)}\n\n${table}\n\n${text.slice(end)}`);
