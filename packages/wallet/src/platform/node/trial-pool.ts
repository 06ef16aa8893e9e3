import { availableParallelism } from "node:os";
import { Worker } from "node:worker_threads";
import { SeroError, type IncomingViewKey } from "@sero/protocol";
import type { TrialBatch, TrialEngine, TrialHit } from "../../scan/types.js";

interface Reply {
  readonly id: number;
  readonly hits?: readonly TrialHit[];
  readonly failure?: true;
}
interface Waiting {
  readonly resolve: (hits: readonly TrialHit[]) => void;
  readonly reject: (error: SeroError) => void;
}

/** A trial engine in worker threads, by default one a core. Batches go to the least busy worker. */
export function workerTrialEngine(
  keys: readonly IncomingViewKey[],
  threads = Math.min(8, availableParallelism()),
): TrialEngine {
  // Workers load JavaScript only: from the sources (tests) that is the built copy next to them.
  const script = new URL(import.meta.url.replace("/src/", "/dist/").replace(/trial-pool\.[jt]s$/, "trial-worker.js"));
  const workers = Array.from({ length: Math.max(1, threads) }, () => startWorker(script, keys));
  return {
    lanes: workers.length,
    trial: (batch) => {
      const least = workers.reduce((a, b) => (b.load() < a.load() ? b : a));
      return least.run(batch);
    },
    close: async () => void (await Promise.all(workers.map((worker) => worker.stop()))),
  };
}

function startWorker(script: URL, keys: readonly IncomingViewKey[]) {
  const worker = new Worker(script, { workerData: keys });
  const waiting = new Map<number, Waiting>();
  let nextId = 0;
  let isStopped = false;
  const failAll = (): void => {
    isStopped = true;
    for (const { reject } of waiting.values()) reject(failed());
    waiting.clear();
  };
  worker.on("message", ({ id, hits }: Reply) => {
    const entry = waiting.get(id);
    waiting.delete(id);
    if (hits === undefined) entry?.reject(failed());
    else entry?.resolve(hits);
    // An idle wallet must not keep its process alive.
    if (waiting.size === 0) worker.unref();
  });
  worker.on("error", failAll);
  worker.on("exit", failAll);
  worker.unref();
  return {
    load: () => (isStopped ? Number.POSITIVE_INFINITY : waiting.size),
    run: (batch: TrialBatch): Promise<readonly TrialHit[]> =>
      new Promise((resolve, reject) => {
        if (isStopped) return reject(failed());
        const id = nextId++;
        waiting.set(id, { resolve, reject });
        worker.ref();
        worker.postMessage({ id, batch }, [batch.bytes.buffer as ArrayBuffer]);
      }),
    stop: async () => void (await worker.terminate()),
  };
}

const failed = (): SeroError =>
  new SeroError("scan/worker", "A scanning worker stopped. Sync again; what was scanned is kept.");
