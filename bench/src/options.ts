import { parseArgs } from "node:util";
import { GROUPS } from "./groups/index.js";
import { PAYER_NOTES } from "./payments/chain.js";

/** What `npm run bench` was asked for. */
export interface Options {
  /** Names of the groups to run; none when a report is made from figures that are there. */
  readonly groups: readonly string[];
  /** File for the figures. */
  readonly json: string | undefined;
  /** Markdown file whose table is filled in. */
  readonly report: string | undefined;
  /** Figures of an earlier run, for a report without measuring. */
  readonly from: string | undefined;
  readonly payments: number;
  readonly execArgv: readonly string[];
}

const PAYMENTS = 128;

/** What `--help` prints. */
export const HELP = `Measures SERO on this machine.

  npm run bench -- [options]

  --only GROUP     only this group; may be given several times. Groups:
${GROUPS.map(({ name, title }) => `                     ${name.padEnd(10)} ${title}`).join("\n")}
  --json FILE      writes the figures to FILE, by name, with date, commit and machine under "meta"
  --report FILE    fills the table in a Markdown file, e.g. docs/performance.md
  --from FILE      with --report: takes the figures from this JSON file and measures nothing
  --payments N     real payments in the block that is imported (64 to ${PAYER_NOTES}, default ${PAYMENTS}). Each needs a proof, made once
                   and kept in build/bench
  --cpu-prof DIR   writes a CPU profile of each group to DIR
  --help           this

Medians over several runs; peers (snarkjs, circomlibjs, Node's usual X25519) run in turn with ours, so that ratios hold on a noisy
machine. Leave the machine alone meanwhile.`;

/** Reads the command line; "help" when that is asked for. Throws an Error that says what is wrong. */
export function readOptions(args: readonly string[]): Options | "help" {
  const { values } = parseArgs({
    args: [...args],
    options: {
      only: { type: "string", multiple: true, default: [] },
      json: { type: "string" },
      report: { type: "string" },
      from: { type: "string" },
      payments: { type: "string", default: String(PAYMENTS) },
      "cpu-prof": { type: "string" },
      help: { type: "boolean", default: false },
    },
  });
  if (values.help) return "help";
  const names = GROUPS.map(({ name }) => name);
  const only = values.only.flatMap((text) => text.split(","));
  const unknown = only.find((name) => !names.includes(name));
  if (unknown !== undefined) throw new Error(`There is no group ${unknown}. Groups: ${names.join(", ")}.`);
  if (values.from !== undefined && values.report === undefined) throw new Error("--from needs --report.");
  const payments = Number(values.payments);
  if (!Number.isInteger(payments) || payments < 64 || payments > PAYER_NOTES)
    throw new Error(`--payments is a whole number from 64 to ${PAYER_NOTES}.`);
  const profiles = values["cpu-prof"];
  return {
    groups: values.from !== undefined ? [] : only.length > 0 ? names.filter((name) => only.includes(name)) : names,
    json: values.json,
    report: values.report,
    from: values.from,
    payments,
    execArgv: profiles === undefined ? [] : ["--cpu-prof", `--cpu-prof-dir=${profiles}`],
  };
}
