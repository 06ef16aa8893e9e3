import { writeFileSync } from "node:fs";
import { resolve } from "node:path";
import { loadNow, metaNow } from "../results.js";
import { confirmInBlocks } from "./confirm.js";
import { runFlood, type FloodResult } from "./flood.js";
import { startNetwork } from "./network.js";
import type { LoadOptions } from "./options.js";
import { thisProgram, type Program } from "./processes.js";
import type { Progress } from "./progress.js";
import { fillLoadReport, loadTables, type LoadFigures } from "./report.js";
import { startSampler } from "./sampler.js";
import { describe, findSteady } from "./steady.js";
import { openStock } from "./stock.js";
import { settle, type Bench } from "./trial.js";
import { startWatch } from "./watch.js";

/** What a load run needs besides its options. */
export interface Surroundings {
  /** An empty folder for the network. */
  readonly folder: string;
  readonly progress: Progress;
  readonly signal: AbortSignal;
  /** Takes what is to be done at the end, whatever happens; the last first. */
  readonly atEnd: (step: () => void | Promise<void>) => void;
}

/** Starts a network, measures, and writes what came of it. @returns whether a rate was held */
export async function measureLoad(options: LoadOptions, surroundings: Surroundings): Promise<boolean> {
  const { folder, progress, signal, atEnd } = surroundings;
  const loadBefore = loadNow();
  const begun = performance.now();
  const network = await startNetwork({
    folder,
    nodes: options.nodes,
    consensus: options.consensus,
    slotSeconds: 2,
    profile: options.profile && resolve(options.profile),
    nodeArgs: options.nodeArgs,
    onProgress: (doing) => progress.note(doing),
    signal,
    onStop: atEnd,
  });
  const watch = startWatch(network.places.map(({ ports }) => ports.rpc));
  atEnd(() => watch.stop());
  const sampler = startSampler([...network.nodes, ...network.beacons, thisProgram("load program")]);
  atEnd(() => sampler.stop());
  const stock = openStock(network.specPath);
  atEnd(() => stock.close());
  const bench: Bench = { network, watch, sampler, stock, signal, say: progress.say };
  const programs = [...network.nodes, ...network.beacons];
  return Promise.race([measureOn(bench, options, progress, { loadBefore, begun }), firstDeath(programs, atEnd)]);
}

/** Rejects when a program ends by itself. */
function firstDeath(programs: readonly Program[], atEnd: Surroundings["atEnd"]): Promise<never> {
  return new Promise((_resolve, reject) => {
    const timer = setInterval(() => {
      const dead = programs.find((program) => !program.running());
      if (dead) reject(new Error(`${dead.name} ended by itself. Run it again with --keep DIR and see its log.`));
    }, 1000);
    atEnd(() => clearInterval(timer));
  });
}

async function measureOn(
  bench: Bench,
  options: LoadOptions,
  progress: Progress,
  { loadBefore, begun }: { readonly loadBefore: number; readonly begun: number },
): Promise<boolean> {
  const wholeRun = bench.sampler.begin();
  const steady = await findSteady(bench, options, progress.note);
  const lastOfRun = Math.max(...bench.watch.heads());
  const floods = await floodBoth(bench, options, steady.run?.perSecond ?? options.rate ?? 0, progress);
  // Their blocks become final while the floods run.
  const confirmed = steady.run && (await confirmInBlocks(bench, steady.run, lastOfRun));
  if (confirmed) {
    progress.note(
      `${confirmed.agreed} of ${steady.run?.sent} payments are in blocks that all nodes have, ${confirmed.finalized} of them in finalized ones`,
    );
  }
  const meta = metaNow({ load: (performance.now() - begun) / 1000 }, loadBefore);
  const figures: LoadFigures = { meta, options, steady, confirmed, floods, whole: wholeRun() };
  if (options.json !== undefined) {
    const withoutIds = (key: string, value: unknown): unknown => (key === "txids" ? undefined : value);
    writeFileSync(options.json, `${JSON.stringify(figures, withoutIds, 2)}\n`);
  }
  console.log(loadTables(figures));
  if (options.report !== undefined) fillLoadReport(options.report, figures);
  return steady.run?.held === true;
}

async function floodBoth(
  bench: Bench,
  options: LoadOptions,
  honestPerSecond: number,
  progress: Progress,
): Promise<readonly FloodResult[]> {
  const floods: FloodResult[] = [];
  if (options.floodSeconds === 0 || honestPerSecond === 0) return floods;
  for (const attackers of ["one peer", "fresh peers"] as const) {
    const flood = await runFlood(bench, {
      attackers,
      honestPerSecond,
      falsePerSecond: options.floodFactor * honestPerSecond,
      seconds: options.floodSeconds,
    });
    floods.push(flood);
    progress.note(
      `flood from ${attackers}: ${Math.round(flood.deliveredPerSecond)} false proofs/s by ${flood.identities} identities (first shut out ` +
        `after ${flood.firstShutOut?.toFixed(1) ?? "-"} s, attacker ${flood.attackerCores.toFixed(2)} cores); honest: ${describe(flood.honest)}`,
    );
    await settle(bench, flood.honest);
  }
  return floods;
}
