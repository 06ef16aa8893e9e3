import { mkdtempSync, mkdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { measureLoad } from "./measure.js";
import { HELP, readOptions, type LoadOptions } from "./options.js";
import { openProgress } from "./progress.js";

const INTERRUPTED = 130;

/** Rejects on Ctrl-C or a termination signal. A second one ends this process at once, and with it all that it started. */
function interruption(stop: AbortController): Promise<never> {
  return new Promise((_resolve, reject) => {
    const interrupt = (): void => {
      if (stop.signal.aborted) process.exit(INTERRUPTED);
      stop.abort();
      reject(new Error("Interrupted."));
    };
    process.on("SIGINT", interrupt);
    process.on("SIGTERM", interrupt);
  });
}

async function load(options: LoadOptions): Promise<number> {
  const stop = new AbortController();
  const progress = openProgress();
  const folder = options.keep === undefined ? mkdtempSync(join(tmpdir(), "sero-load-")) : resolve(options.keep);
  mkdirSync(folder, { recursive: true });
  const steps: (() => void | Promise<void>)[] = [];
  const interrupted = interruption(stop);
  try {
    const measured = measureLoad(options, {
      folder,
      progress,
      signal: stop.signal,
      atEnd: (step) => void steps.push(step),
    });
    return (await Promise.race([measured, interrupted])) ? 0 : 1;
  } catch (error) {
    if (stop.signal.aborted) return INTERRUPTED;
    throw error;
  } finally {
    progress.note("stopping what was started");
    for (const step of steps.reverse()) await step();
    if (options.keep === undefined) rmSync(folder, { recursive: true, force: true });
  }
}

let code = 2;
try {
  const options = readOptions(process.argv.slice(2));
  if (options === "help") console.log(HELP);
  code = options === "help" ? 0 : await load(options);
} catch (error) {
  const reason = error instanceof Error ? error.message : String(error);
  process.stderr.write(`${reason}\nnpm run load -- --help tells more.\n`);
}
// Connections that are kept open must not keep this process.
process.exit(code);
