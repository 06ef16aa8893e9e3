import { EXPECTATIONS, verdictOn } from "./expectations.js";
import { GROUPS } from "./groups/index.js";
import type { Figures } from "./measure.js";
import { HELP, readOptions, type Options } from "./options.js";
import { progressLine } from "./progress.js";
import { fillReport, shown } from "./report.js";
import { loadNow, metaNow, readResults, writeResults } from "./results.js";
import { runGroup } from "./run-group.js";

/** A load above which a warning is due. */
const BUSY = 0.5;

/** Runs the groups one after another; figures as they come on standard output, progress on standard error. */
async function measure(options: Options, signal: AbortSignal): Promise<boolean> {
  const entries = GROUPS.filter(({ name }) => options.groups.includes(name));
  const figures: Record<string, number> = {};
  const seconds: Record<string, number> = {};
  let good = true;
  const loadBefore = loadNow();
  if (loadBefore > BUSY) {
    process.stderr.write(`This machine is busy (load ${loadBefore}): figures will be worse than it can.\n`);
  }
  for (const [at, entry] of entries.entries()) {
    const line = progressLine(entry, entries.slice(at + 1));
    const outcome = await runGroup(entry, { ...options, signal, onProgress: line.update });
    line.end();
    if (signal.aborted) return false;
    if (outcome.type === "failure") {
      process.stderr.write(`${entry.name} failed: ${outcome.message}\n`);
      good = false;
      continue;
    }
    Object.assign(figures, outcome.figures);
    seconds[entry.name] = Math.round(outcome.seconds);
    console.log(`${entry.name} (${Math.round(outcome.seconds)} s)`);
    for (const [name, value] of Object.entries(outcome.figures)) {
      console.log(`  ${name.padEnd(40)} ${shown(value).padStart(12)}`);
    }
  }
  const results = { meta: metaNow(seconds, loadBefore), figures };
  printExpectations(figures);
  if (options.json !== undefined) writeResults(options.json, results);
  if (options.report !== undefined) {
    if (good) fillReport(options.report, results);
    else process.stderr.write(`${options.report} was left as it is, since some figures are missing.\n`);
  }
  return good;
}

function printExpectations(figures: Figures): void {
  console.log("expected");
  for (const expectation of EXPECTATIONS) {
    const figure = figures[expectation.name];
    if (figure === undefined) continue;
    const { met, missedByPercent } = verdictOn(expectation, figure);
    const bound = `${expectation.bound === "atMost" ? "at most" : "at least"} ${shown(expectation.value)}`;
    console.log(
      `  ${expectation.name.padEnd(40)} ${bound.padStart(20)}   ${met ? "met" : `missed by ${missedByPercent} %`}`,
    );
  }
}

try {
  const options = readOptions(process.argv.slice(2));
  if (options === "help") console.log(HELP);
  else if (options.from !== undefined && options.report !== undefined) {
    fillReport(options.report, readResults(options.from));
  } else {
    const stop = new AbortController();
    process.once("SIGINT", () => stop.abort());
    process.once("SIGTERM", () => stop.abort());
    process.exitCode = (await measure(options, stop.signal)) ? 0 : stop.signal.aborted ? 130 : 1;
  }
} catch (error) {
  process.stderr.write(
    `${error instanceof Error ? error.message : String(error)}\nnpm run bench -- --help tells more.\n`,
  );
  process.exitCode = 2;
}
