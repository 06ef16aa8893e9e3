import { writeFileSync } from "node:fs";
import { parseArgs } from "node:util";
import { simulate, type Cell } from "./simulate.js";

const HELP = `How often spies name the node where a transaction began, with gossip alone and with Dandelion++ before it. Every simulated node runs the
relay's own state machine.

  npm run simulate:dandelion -- [options]

  --nodes N          nodes (default 200, at least 20)
  --outbound N       peers that each dials (default 8)
  --spies P[,P...]   shares of nodes that spy, percent (default 10,30)
  --networks N       networks drawn (default 5)
  --transactions N   transactions in each (default 400)
  --seed N           of everything drawn (default 1)
  --json FILE        writes the figures to FILE
  --help             this`;

const percent = (share: number): string => `${(100 * share).toFixed(1)} %`;

function table(cells: readonly Cell[]): string {
  const guessers = Object.keys(cells[0]?.scores ?? {});
  const head = ["spies", "way", ...guessers.map((name) => `${name}: recall / precision`)];
  const rest = ["public by origin", "public after", "at 90 % after", "hops"];
  const rows = cells.map((cell) => [
    percent(cell.spies),
    cell.way,
    ...guessers.map((name) => {
      const score = cell.scores[name];
      return score ? `${percent(score.recall)} / ${percent(score.precision)}` : "";
    }),
    percent(cell.fluffedByOrigin),
    `${cell.publicSeconds.toFixed(1)} s`,
    `${cell.spreadSeconds.toFixed(1)} s`,
    cell.hops.toFixed(1),
  ]);
  const all = [[...head, ...rest], ...rows];
  const widths = all[0]?.map((_, column) => Math.max(...all.map((row) => (row[column] ?? "").length))) ?? [];
  return all.map((row) => `| ${row.map((text, i) => text.padEnd(widths[i] ?? 0)).join(" | ")} |`).join("\n");
}

function numberOption(name: string, text: string, least: number): number {
  const value = Number(text);
  if (!Number.isInteger(value) || value < least) throw new Error(`--${name} is a whole number of at least ${least}.`);
  return value;
}

try {
  const { values } = parseArgs({
    options: {
      nodes: { type: "string", default: "200" },
      outbound: { type: "string", default: "8" },
      spies: { type: "string", default: "10,30" },
      networks: { type: "string", default: "5" },
      transactions: { type: "string", default: "400" },
      seed: { type: "string", default: "1" },
      json: { type: "string" },
      help: { type: "boolean", default: false },
    },
  });
  if (values.help) console.log(HELP);
  else {
    const spies = values.spies.split(",").map((text) => Number(text) / 100);
    if (spies.some((share) => !(share > 0 && share < 1))) throw new Error("--spies are percentages between 0 and 100.");
    const input = {
      nodes: numberOption("nodes", values.nodes, 20),
      outbound: numberOption("outbound", values.outbound, 1),
      spies,
      networks: numberOption("networks", values.networks, 1),
      transactions: numberOption("transactions", values.transactions, 1),
      seed: numberOption("seed", values.seed, 0),
    };
    const started = performance.now();
    const live = process.stderr.isTTY;
    const cells = simulate({
      ...input,
      onProgress(fraction, doing) {
        const spent = (performance.now() - started) / 1000;
        const left = fraction > 0 ? `, about ${Math.ceil((spent / fraction) * (1 - fraction))} s left` : "";
        const line = `${Math.round(100 * fraction)} %  ${doing}${left}`;
        process.stderr.write(live ? `\r\x1b[K${line}` : `${line}\n`);
      },
    });
    if (live) process.stderr.write("\r\x1b[K");
    console.log(table(cells));
    if (values.json !== undefined) writeFileSync(values.json, `${JSON.stringify({ ...input, cells }, null, 2)}\n`);
  }
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n--help tells more.\n`);
  process.exitCode = 2;
}
