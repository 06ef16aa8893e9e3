import { readFileSync, writeFileSync } from "node:fs";
import { EXPECTATIONS, MEANINGS, verdictOn } from "./expectations.js";
import { rounded } from "./measure.js";
import type { Results } from "./results.js";

const BEGIN = "<!-- figures: filled in by `npm run bench -- --report` -->";
const END = "<!-- end of figures -->";

/** A number with its thousands apart, in the one notation everywhere. */
export function shown(value: number): string {
  const [whole = "", part] = String(rounded(value)).split(".");
  const grouped = whole.replaceAll(/\B(?=(\d{3})+$)/g, ",");
  return part === undefined ? grouped : `${grouped}.${part}`;
}

/** Puts the figures between the two marks of a Markdown file. Throws when it lacks them. */
export function fillReport(file: string, results: Results): void {
  const text = readFileSync(file, "utf8");
  const begin = text.indexOf(BEGIN);
  const end = text.indexOf(END);
  if (begin < 0 || end < begin) throw new Error(`${file} has no place for figures: a line ${BEGIN} and a line ${END}.`);
  writeFileSync(file, `${text.slice(0, begin + BEGIN.length)}\n\n${tables(results)}\n\n${text.slice(end)}`);
}

/** Circumstances, expectations and all figures as Markdown. */
export function tables({ meta, figures }: Results): string {
  const circumstances = `Taken ${meta.date.slice(0, 16).replace("T", " ")} UTC at commit \`${meta.commit}\` on ${meta.cpu}, ${meta.cores} cores, ${meta.memoryGB} GB, Node ${meta.node}, ${meta.platform}. Load before: ${meta.loadBefore}.`;
  const expected = EXPECTATIONS.map((expectation) => {
    const figure = figures[expectation.name];
    const bound = `${expectation.bound === "atMost" ? "at most" : "at least"} ${shown(expectation.value)}`;
    const head = [`\`${expectation.name}\``, `${bound} ${expectation.what}`];
    if (figure === undefined) return [...head, "not measured", ""];
    const { met, missedByPercent } = verdictOn(expectation, figure);
    return [...head, shown(figure), met ? "met" : `missed by ${missedByPercent} %`];
  });
  const all = MEANINGS.flatMap(([name, meaning]) => {
    const figure = figures[name];
    return figure === undefined ? [] : [[`\`${name}\``, shown(figure), meaning]];
  });
  return [
    circumstances,
    "",
    table(["figure", "expected", "measured", ""], expected),
    "",
    table(["figure", "value", "what it is"], all),
  ].join("\n");
}

/** A Markdown table with its columns aligned, as the formatter wants it. */
export function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const widths = head.map((title, i) => Math.max(3, title.length, ...rows.map((row) => row[i]?.length ?? 0)));
  const line = (cells: readonly string[]): string =>
    `| ${widths.map((width, i) => (cells[i] ?? "").padEnd(width)).join(" | ")} |`;
  return [line(head), `| ${widths.map((width) => "-".repeat(width)).join(" | ")} |`, ...rows.map(line)].join("\n");
}
