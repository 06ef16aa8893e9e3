import { DEFAULT_DANDELION } from "@sero/node";
import { median } from "../measure.js";
import { GUESSERS, scoreOf, type Score } from "./guess.js";
import { drawTopology } from "./network.js";
import { seededRandom } from "./random.js";
import { spread, type Course } from "./spread.js";

/** What is simulated. */
export interface SimulationInput {
  readonly nodes: number;
  readonly outbound: number;
  /** Shares of nodes that spy, 0 to 1. */
  readonly spies: readonly number[];
  /** Networks drawn for each share. */
  readonly networks: number;
  /** Transactions of honest nodes in each network. */
  readonly transactions: number;
  readonly seed: number;
  readonly onProgress: (fraction: number, doing: string) => void;
}

/** How transactions spread in one row of the table. */
type Way = "gossip" | "dandelion" | "dandelion, stems swallowed";

/** Figures of one way of spreading under one share of spies, over all networks. */
export interface Cell {
  readonly way: Way;
  readonly spies: number;
  readonly transactions: number;
  readonly scores: Readonly<Record<string, Score>>;
  /** Share of transactions that the origin itself made public first. */
  readonly fluffedByOrigin: number;
  /** Median time until public, and until nine tenths of the nodes have it, seconds. */
  readonly publicSeconds: number;
  readonly spreadSeconds: number;
  readonly hops: number;
}

const WAYS: readonly Way[] = ["gossip", "dandelion", "dandelion, stems swallowed"];
/** Mean time between two transactions of the network: several hundred of them see several epochs. */
const EVERY_MS = 10_000;

/** Runs every way under every share of spies; the same networks and origins for all ways. */
export function simulate(input: SimulationInput): Cell[] {
  const cells: Cell[] = [];
  const total = input.spies.length * WAYS.length * input.networks;
  let done = 0;
  for (const spies of input.spies) {
    for (const way of WAYS) {
      const networks: Course[][] = [];
      for (let i = 0; i < input.networks; i++) {
        input.onProgress(done++ / total, `${way}, ${Math.round(100 * spies)} % spies, network ${i + 1}`);
        const topology = drawTopology({ ...input, spies }, seededRandom(input.seed + i));
        networks.push(
          spread({
            topology,
            transactions: input.transactions,
            everyMs: EVERY_MS,
            dandelion: way === "gossip" ? undefined : DEFAULT_DANDELION,
            spiesSwallow: way === "dandelion, stems swallowed",
            random: seededRandom(input.seed + 1000 + i),
          }),
        );
      }
      cells.push(cellOf(way, spies, networks));
    }
  }
  input.onProgress(1, "done");
  return cells;
}

function cellOf(way: Way, spies: number, networks: readonly (readonly Course[])[]): Cell {
  const courses = networks.flat();
  const mean = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length;
  const scores = GUESSERS.map((guesser): [string, Score] => {
    const each = networks.map((network) => scoreOf(guesser, network));
    return [
      guesser.name,
      { recall: mean(each.map(({ recall }) => recall)), precision: mean(each.map(({ precision }) => precision)) },
    ];
  });
  return {
    way,
    spies,
    transactions: courses.length,
    scores: Object.fromEntries(scores),
    fluffedByOrigin: mean(courses.map((course) => (course.public?.by === course.origin ? 1 : 0))),
    publicSeconds: median(courses.map((course) => (course.public?.at ?? Infinity) / 1000)),
    spreadSeconds: median(courses.map((course) => (course.spreadMs ?? Infinity) / 1000)),
    hops: mean(courses.map(({ hops }) => hops)),
  };
}
