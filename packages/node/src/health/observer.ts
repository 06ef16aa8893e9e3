import { Counter, Histogram, type Registry } from "prom-client";
import type { Chain } from "../chain/index.js";
import type { Executor } from "../engine/index.js";
import type { LightOutcome } from "../server/index.js";
import type { CallMethod } from "../rpc/dispatch.js";

/**
 * What is counted as it happens. It sees methods, durations and numbers of blocks; never a transaction, a peer or a caller, so that nobody
 * who reads the figures learns of one payment.
 */
export interface Observer {
  /** Times the calls of a consensus client, by method. */
  engineCalls(call: CallMethod): CallMethod;
  /** Times blocks that are executed and built. */
  executor(executor: Executor): Executor;
  /** Counts reorganisations. @returns how to stop */
  follow(chain: Chain): () => void;
  /** Counts what the light port did. */
  light(outcome: LightOutcome, bytes: number): void;
  /** Seconds since a consensus client called; undefined if none ever did. */
  sinceConsensus(): number | undefined;
}

/** Seconds: a consensus client waits for 1 s (getPayload) and 8 s (newPayload, forkchoiceUpdated). */
const CALL_BUCKETS = [0.002, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2, 4, 8, 16];

/** Methods under names of their own; others count together, since a caller chooses their names. */
const METHOD =
  /^engine_(newPayload|getPayload|forkchoiceUpdated|getPayloadBodies[A-Za-z]{6,7}|getClientVersion|getBlobs)V[1-9]$/;

/** Opens the counters of one node in `registry`. `now`: milliseconds that only grow. */
export function openObserver(registry: Registry, now: () => number = () => performance.now()): Observer {
  const registers = [registry];
  const calls = new Histogram({
    name: "sero_engine_call_seconds",
    help: "Time to answer a call of the consensus client, by method.",
    labelNames: ["method"],
    buckets: CALL_BUCKETS,
    registers,
  });
  const failures = new Counter({
    name: "sero_engine_call_failures_total",
    help: "Calls of the consensus client answered with an error.",
    registers,
  });
  const imports = new Histogram({
    name: "sero_block_import_seconds",
    help: "Time to check and execute a block, by what came of it.",
    labelNames: ["result"],
    buckets: CALL_BUCKETS,
    registers,
  });
  const builds = new Histogram({
    name: "sero_block_build_seconds",
    help: "Time of one round of filling a block that is being built.",
    buckets: CALL_BUCKETS,
    registers,
  });
  const reorganisations = new Counter({
    name: "sero_reorganisations_total",
    help: "Times that blocks left the canonical chain.",
    registers,
  });
  const left = new Counter({
    name: "sero_reorganised_blocks_total",
    help: "Blocks that left the canonical chain.",
    registers,
  });
  const lightRequests = new Counter({
    name: "sero_light_requests_total",
    help: "Requests on the light port, by what became of them.",
    labelNames: ["outcome"],
    registers,
  });
  const lightBytes = new Counter({ name: "sero_light_bytes_total", help: "Bytes the light port answered.", registers });
  let lastCall: number | undefined;
  const since = (start: number): number => (now() - start) / 1000;

  return {
    engineCalls: (call) => async (name, params, caller) => {
      if (!name.startsWith("engine_")) return call(name, params, caller);
      const start = (lastCall = now());
      try {
        return await call(name, params, caller);
      } catch (error) {
        failures.inc();
        throw error;
      } finally {
        calls.observe({ method: METHOD.test(name) ? name : "other" }, since(start));
      }
    },
    executor: (executor) => ({
      ...executor,
      async execute(parent, block) {
        const start = now();
        let result = "failed";
        try {
          const verdict = await executor.execute(parent, block);
          result = verdict.ok ? "valid" : "invalid";
          return verdict;
        } finally {
          imports.observe({ result }, since(start));
        }
      },
      begin(parent, attributes) {
        const draft = executor.begin(parent, attributes);
        return {
          ...draft,
          async fill(stop) {
            const start = now();
            await draft.fill(stop);
            builds.observe(since(start));
          },
        };
      },
    }),
    follow: (chain) =>
      chain.onHead((change) => {
        if (change.left.length === 0) return;
        reorganisations.inc();
        left.inc(change.left.length);
      }),
    light(outcome, bytes) {
      lightRequests.inc({ outcome });
      lightBytes.inc(bytes);
    },
    sinceConsensus: () => (lastCall === undefined ? undefined : since(lastCall)),
  };
}
