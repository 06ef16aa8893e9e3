import { readFileSync, writeFileSync } from "node:fs";
import type { Meta } from "../results.js";
import { table } from "../report.js";
import type { Confirmed } from "./confirm.js";
import type { FloodResult } from "./flood.js";
import type { LoadOptions } from "./options.js";
import type { Used } from "./sampler.js";
import type { SteadyResult } from "./steady.js";
import type { TrialResult } from "./trial.js";

/** Everything that a load run found. */
export interface LoadFigures {
  readonly meta: Meta;
  readonly options: LoadOptions;
  readonly steady: SteadyResult;
  readonly confirmed: Confirmed | undefined;
  readonly floods: readonly FloodResult[];
  /** From the first block to the end. */
  readonly whole: Used;
}

const BEGIN = "<!-- load: filled in by `npm run load -- --report` -->";
const END = "<!-- end of load -->";

/** Puts the figures between the two marks of a Markdown file. Throws when it lacks them. */
export function fillLoadReport(file: string, figures: LoadFigures): void {
  const text = readFileSync(file, "utf8");
  const begin = text.indexOf(BEGIN);
  const end = text.indexOf(END);
  if (begin < 0 || end < begin) throw new Error(`${file} has no place for figures: a line ${BEGIN} and a line ${END}.`);
  writeFileSync(file, `${text.slice(0, begin + BEGIN.length)}\n\n${loadTables(figures)}\n\n${text.slice(end)}`);
}

/** The figures as Markdown. */
export function loadTables({ meta, options, steady, confirmed, floods, whole }: LoadFigures): string {
  const { run } = steady;
  const consensus =
    options.consensus === "lodestar"
      ? "each with a Lodestar of its own"
      : "driven over the Engine API by the load program instead of consensus clients";
  const circumstances = `Taken ${meta.date.slice(0, 16).replace("T", " ")} UTC at commit \`${meta.commit}\` on ${meta.cpu}, ${meta.cores} cores, ${meta.memoryGB} GB, Node ${meta.node}, ${meta.platform}; load before: ${meta.loadBefore}. ${options.nodes} nodes, ${consensus}; 2 s slots.`;
  const tried = steady.trials.map(({ perSecond, held }) => `${perSecond} ${held ? "held" : "not held"}`).join(", ");
  const parts = [circumstances, "", `Tried, payments a second: ${tried}.`];
  if (run) {
    parts.push(
      "",
      table(
        ["payments", "value"],
        [
          ["a second, held", String(run.perSecond)],
          ["for", `${Math.round(run.seconds)} s`],
          ["sent, all of them in blocks", `${run.sent}, ${run.mined}`],
          ["of these in blocks that all nodes agree on", String(confirmed?.agreed ?? 0)],
          ["of these in blocks that are final on all nodes", String(confirmed?.finalized ?? 0)],
          ["from sending to the block, all nodes", waits(run)],
          ["until eth_sendRawTransaction answered", `median ${ms(run.answer.p50)}, 95 % within ${ms(run.answer.p95)}`],
          ["slots without a block", String(run.emptySlots)],
        ],
      ),
      "",
      usage(run.used),
    );
  }
  for (const flood of floods) {
    const { honest } = flood;
    parts.push(
      "",
      `False proofs from ${flood.attackers}, ${flood.meant} a second, for ${Math.round(honest.seconds)} s:`,
      "",
      table(
        ["flood", "value"],
        [
          ["false proofs a second that were sent to every node", flood.deliveredPerSecond.toFixed(0)],
          ["identities of the attacker", String(flood.identities)],
          [
            "the first one was shut out of all nodes after",
            flood.firstShutOut === undefined ? "never" : `${flood.firstShutOut.toFixed(1)} s`,
          ],
          ["cores that the attacker took from the nodes", flood.attackerCores.toFixed(2)],
          ["honest payments a second, sent", String(honest.perSecond)],
          ["of these in blocks", `${honest.mined} of ${honest.sent} (${flood.throughPerSecond.toFixed(1)} a second)`],
          ["refused by the node they were sent to", String(refusedOf(honest))],
          ["from sending to the block, all nodes", waits(honest)],
          ["slots without a block", String(honest.emptySlots)],
        ],
      ),
      "",
      usage(honest.used),
    );
  }
  parts.push(
    "",
    `Memory of the nodes over all of it (${Math.round(whole.seconds / 60)} minutes), MB, minute by minute:`,
    "",
    table(
      ["node", "MB"],
      Object.entries(whole.memory)
        .filter(([name]) => /^node-\d+$/.test(name))
        .map(([name, { perMinute, end }]) => [name, [...perMinute, end].map(mb).join(", ")]),
    ),
  );
  return parts.join("\n");
}

const waits = ({ wait }: TrialResult): string =>
  `median ${ms(wait.p50)}, 95 % within ${ms(wait.p95)}, at most ${ms(wait.max)}`;

const refusedOf = ({ refused }: TrialResult): number => Object.values(refused).reduce((sum, count) => sum + count, 0);

const usage = ({ cores, memory, machineCores }: Used): string => {
  const busy = table(
    ["process", "cores", "of it its main thread", "memory at first, MB", "at most", "at the end"],
    Object.entries(cores).map(([name, { all, main }]) => {
      const { start, peak, end } = memory[name] ?? NOTHING;
      return [name, all.toFixed(2), main.toFixed(2), mb(start), mb(peak), mb(end)];
    }),
  );
  return `${busy}\n\nAll processes of the machine together: ${machineCores.toFixed(2)} cores.`;
};

const NOTHING = { start: 0, peak: 0, end: 0 };

const ms = (value: number): string => (value < 1000 ? `${Math.round(value)} ms` : `${(value / 1000).toFixed(1)} s`);
const mb = (bytes: number): string => String(Math.round(bytes / 2 ** 20));
