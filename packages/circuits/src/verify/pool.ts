import { compiledModule } from "../build/paths.js";
import {
  type BundleCheck,
  type BundleVerifier,
  SPEND_PUBLIC_INPUTS,
  type SpendArtifacts,
  type VerifyingKey,
} from "../types.js";
import { openTaskPool, type TaskPool } from "../workers/pool.js";
import type { ChainOfKey } from "./bundles.js";
import { checkVerifyingKey } from "./key.js";

/** Bundles in one task: enough for the batch to pay, few enough for the work to spread and to be cancelled soon (about 0.1 s). */
const TASK_BUNDLES = 64;

/** Bundles that are worth a thread of their own: a batch of 1 takes 6.6 ms, of 8 10.8, of 16 14.7. */
const MIN_TASK_BUNDLES = 16;

/** How a pool of verifiers is opened. */
export type VerifierPoolOptions = ChainOfKey & {
  /** Worker threads, 2 unless said otherwise. */
  readonly threads?: number;
} & ({ readonly vk: VerifyingKey } | { readonly artifacts: SpendArtifacts });

/** What a worker is told. */
export interface VerifierWorkerData {
  readonly vk: VerifyingKey;
  readonly background: boolean;
}

/**
 * Starts worker threads that check signatures and proofs of bundles in batches. The key is checked first (`checkVerifyingKey`). A worker that
 * crashes makes `check` reject with workers/crashed, which is no verdict on any bundle; the next check starts another worker.
 *
 * Checks in the background have as many threads of their own, which start with the first of them and let everything else on the machine go first:
 * a flood of transactions must slow neither the import of a block nor the consensus client.
 */
export async function openVerifierPool(options: VerifierPoolOptions): Promise<BundleVerifier> {
  const vk = "vk" in options ? options.vk : options.artifacts.vk;
  const { chainId, keyHash, threads = 2 } = options;
  await checkVerifyingKey(vk, { chainId, keyHash, inputCount: SPEND_PUBLIC_INPUTS });
  const open = (background: boolean): Promise<TaskPool> => {
    const data: VerifierWorkerData = { vk, background };
    const module = compiledModule(new URL("./worker.js", import.meta.url).href);
    return openTaskPool({ module, data, threads, name: "the verifier" });
  };
  const foreground = await open(false);
  let opening: Promise<TaskPool> | undefined;
  let isClosed = false;
  const inBackground = (): Promise<TaskPool> => {
    if (isClosed) return Promise.resolve(foreground);
    // Where no more threads can be had the others do the work.
    opening ??= open(true).catch(() => {
      opening = undefined;
      return foreground;
    });
    return opening;
  };
  return {
    async check(items, { signal, background = false } = {}) {
      const pool = background ? await inBackground() : foreground;
      // If one task fails the others are dropped: the caller gets all verdicts or none.
      const rest = new AbortController();
      const either = signal === undefined ? rest.signal : AbortSignal.any([signal, rest.signal]);
      try {
        const parts = cut(items, background ? 1 : threads).map((part) =>
          pool.run<readonly boolean[]>(part, { signal: either }),
        );
        return (await Promise.all(parts)).flat();
      } finally {
        rest.abort();
      }
    },
    async close() {
      isClosed = true;
      await Promise.all([foreground.close(), opening?.then((pool) => pool.close())]);
    },
  };
}

/**
 * Equal parts for so many threads, none above TASK_BUNDLES. Nor are there parts below MIN_TASK_BUNDLES as long as one part will do: two halves of
 * eight cost twice what the eight cost, and take nearly as long.
 */
function cut(items: readonly BundleCheck[], threads: number): (readonly BundleCheck[])[] {
  const useful = Math.max(1, Math.floor(items.length / MIN_TASK_BUNDLES));
  const count = Math.max(Math.min(threads, useful), Math.ceil(items.length / TASK_BUNDLES));
  const size = Math.ceil(items.length / count);
  const parts: (readonly BundleCheck[])[] = [];
  for (let i = 0; i < items.length; i += size) parts.push(items.slice(i, i + size));
  return parts;
}
