import { mkdtempSync, mkdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { loadNow, metaNow } from "../results.js";
import { startNetwork, type LoadNetwork } from "./network.js";
import { HELP, readOptions, type LoadOptions } from "./options.js";
import { openProgress } from "./progress.js";
import { thisProgram } from "./processes.js";
import { startSampler } from "./sampler.js";
import { runFlood, type FloodResult } from "./flood.js";
import { fillLoadReport, loadTables, type LoadFigures } from "./report.js";
import { describe, findSteady } from "./steady.js";
import { openStock } from "./stock.js";
import { startWatch } from "./watch.js";
import { settle, type Bench } from "./trial.js";
import { confirmInBlocks } from "./confirm.js";

async function load(options: LoadOptions, signal: AbortSignal): Promise<boolean> {
  const progress = openProgress();
  const loadBefore = loadNow();
  const begun = performance.now();
  const folder = options.keep === undefined ? mkdtempSync(join(tmpdir(), "sero-load-")) : resolve(options.keep);
  mkdirSync(folder, { recursive: true });
  const undo: (() => void | Promise<void>)[] = [];
  let network: LoadNetwork | undefined;
  try {
    network = await startNetwork({
      folder,
      nodes: options.nodes,
      consensus: options.consensus,
      slotSeconds: 2,
      profile: options.profile && resolve(options.profile),
      nodeArgs: options.nodeArgs,
      onProgress: (doing) => progress.note(doing),
    });
    undo.push(network.stop);
    const watch = startWatch(network.places.map(({ ports }) => ports.rpc));
    undo.push(() => watch.stop());
    const sampler = startSampler([...network.nodes, ...network.beacons, thisProgram("load program")]);
    undo.push(() => sampler.stop());
    const stock = openStock(network.specPath);
    undo.push(() => stock.close());
    const bench: Bench = { network, watch, sampler, stock, signal, say: progress.say };
    const wholeRun = sampler.begin();
    const steady = await findSteady(bench, options, progress.note);
    if (signal.aborted) return false;
    const confirmed = steady.run && (await confirmInBlocks(bench, steady.run));
    if (confirmed) {
      progress.note(
        `${confirmed.agreed} of ${steady.run?.sent} payments are in blocks that all nodes have, ${confirmed.finalized} of them in finalized ones`,
      );
    }
    const floods: FloodResult[] = [];
    const honestPerSecond = steady.run?.perSecond ?? options.rate ?? 0;
    for (const attackers of ["one peer", "fresh peers"] as const) {
      if (options.floodSeconds === 0 || honestPerSecond === 0 || signal.aborted) break;
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
    const meta = metaNow({ load: (performance.now() - begun) / 1000 }, loadBefore);
    const figures: LoadFigures = { meta, options, steady, confirmed, floods, whole: wholeRun() };
    if (options.json !== undefined) {
      const withoutIds = (key: string, value: unknown): unknown => (key === "txids" ? undefined : value);
      writeFileSync(options.json, `${JSON.stringify(figures, withoutIds, 2)}\n`);
    }
    console.log(loadTables(figures));
    if (options.report !== undefined) fillLoadReport(options.report, figures);
    return steady.run?.held === true;
  } finally {
    progress.note("stopping");
    for (const step of undo.reverse()) await step();
    if (options.keep === undefined) rmSync(folder, { recursive: true, force: true });
  }
}

try {
  const options = readOptions(process.argv.slice(2));
  if (options === "help") console.log(HELP);
  else {
    const stop = new AbortController();
    process.once("SIGINT", () => stop.abort());
    process.once("SIGTERM", () => stop.abort());
    process.exitCode = (await load(options, stop.signal)) ? 0 : stop.signal.aborted ? 130 : 1;
  }
} catch (error) {
  process.stderr.write(
    `${error instanceof Error ? error.message : String(error)}\nnpm run load -- --help tells more.\n`,
  );
  process.exitCode = 2;
}
// Connections that are kept open must not keep this process.
process.exit();
