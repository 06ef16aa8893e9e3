import { parentPort, workerData } from "node:worker_threads";
import type { IncomingViewKey } from "@sero/protocol";
import { tryBatch } from "../../scan/trial.js";
import type { TrialBatch } from "../../scan/types.js";
import { nativeSharedSecret } from "./x25519.js";

/** A worker that tries batches: takes {id, batch}, answers {id, hits} or {id, failure}. */
const run = tryBatch(workerData as readonly IncomingViewKey[], nativeSharedSecret);

parentPort?.on("message", ({ id, batch }: { readonly id: number; readonly batch: TrialBatch }) => {
  try {
    parentPort?.postMessage({ id, hits: run(batch) });
  } catch {
    // Without the error's text: it may hold what it failed on.
    parentPort?.postMessage({ id, failure: true });
  }
});
