import { parseArgs } from "node:util";
import type { Consensus } from "./network.js";

/** What `npm run load` was asked for. */
export interface LoadOptions {
  readonly consensus: Consensus;
  readonly nodes: number;
  /** Payments a second; undefined: the highest that is held is searched for. */
  readonly rate: number | undefined;
  /** Payments a second of the first trial. */
  readonly firstRate: number;
  readonly trialSeconds: number;
  readonly seconds: number;
  /** Seconds of each flood; 0 for none. */
  readonly floodSeconds: number;
  readonly floodFactor: number;
  readonly json: string | undefined;
  readonly report: string | undefined;
  readonly profile: string | undefined;
  readonly keep: string | undefined;
  readonly nodeArgs: readonly string[];
}

/** What `--help` prints. */
export const HELP = `Puts load on a network of nodes on this machine.

  npm run load -- [options]

Starts nodes, each a process with a consensus client of its own; searches the highest rate of payments that they hold; holds it for
three minutes, with every payment in a block that all nodes agree on; then floods them with false proofs at ten times that rate and counts
what honest payments get through. Payments carry simulated proofs, which cost a node what real ones do.

  --consensus NAME     lodestar (default), or driver: this program calls every node's Engine API in their place
  --nodes N            how many (1 to 8, default 4)
  --rate N             payments a second; without it the highest rate is searched for
  --first-rate N       payments a second that the search begins with (default 20)
  --trial-seconds N    length of a trial in the search (default 30)
  --seconds N          length of the run that counts (default 180)
  --flood-seconds N    length of each flood, 0 for none (default 60)
  --flood-factor N     false proofs for each payment of the rate (default 10)
  --json FILE          writes all figures to FILE
  --report FILE        fills the section between "<!-- load" and "<!-- end of load" in a Markdown file
  --profile DIR        CPU profiles of the first node
  --keep DIR           puts the network and its logs into DIR, an empty folder, and leaves them there
  --node-arg TEXT      a further argument for every node, like --node-arg=--embargo-seconds=5; several times
  --help               this

Ctrl-C stops everything that was started. Leave the machine alone meanwhile.`;

/** Reads the command line; "help" when that is asked for. Throws an Error that says what is wrong. */
export function readOptions(args: readonly string[]): LoadOptions | "help" {
  const { values } = parseArgs({
    args: [...args],
    options: {
      consensus: { type: "string", default: "lodestar" },
      nodes: { type: "string", default: "4" },
      rate: { type: "string" },
      "first-rate": { type: "string", default: "20" },
      "trial-seconds": { type: "string", default: "30" },
      seconds: { type: "string", default: "180" },
      "flood-seconds": { type: "string", default: "60" },
      "flood-factor": { type: "string", default: "10" },
      json: { type: "string" },
      report: { type: "string" },
      profile: { type: "string" },
      keep: { type: "string" },
      "node-arg": { type: "string", multiple: true, default: [] },
      help: { type: "boolean", default: false },
    },
  });
  if (values.help) return "help";
  const { consensus } = values;
  if (consensus !== "lodestar" && consensus !== "driver") throw new Error("--consensus is lodestar or driver.");
  const whole = (name: string, text: string, least: number, most: number): number => {
    const number = Number(text);
    if (!Number.isInteger(number) || number < least || number > most)
      throw new Error(`--${name} is a whole number from ${least} to ${most}.`);
    return number;
  };
  return {
    consensus,
    nodes: whole("nodes", values.nodes, 1, 8),
    rate: values.rate === undefined ? undefined : whole("rate", values.rate, 1, 10_000),
    firstRate: whole("first-rate", values["first-rate"], 1, 10_000),
    trialSeconds: whole("trial-seconds", values["trial-seconds"], 4, 600),
    seconds: whole("seconds", values.seconds, 4, 900),
    floodSeconds: whole("flood-seconds", values["flood-seconds"], 0, 600),
    floodFactor: whole("flood-factor", values["flood-factor"], 1, 100),
    json: values.json,
    report: values.report,
    profile: values.profile,
    keep: values.keep,
    nodeArgs: values["node-arg"],
  };
}
