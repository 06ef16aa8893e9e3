import { readFile } from "node:fs/promises";
import { availableParallelism } from "node:os";
import { compiledModule } from "../build/paths.js";
import { generateCurveModule } from "../engine/index.js";
import { parseZkey } from "../keys/zkey.js";
import { repackCommitments, repackPublicSignals, repackSignals } from "../repack/signals.js";
import { publicSignals, witnessSignals } from "../spend/signals.js";
import type { CircuitArtifacts, Prover, ProverOf, PublicSignals, RepackProver } from "../types.js";
import type { CircuitSignals } from "../witness/index.js";
import { cancelled, openTaskPool, type TaskPool } from "../workers/pool.js";
import { QUERIES, type Query } from "./engine.js";
import type { ProverTask, ProverWorkerData } from "./worker-protocol.js";

/** More threads than this don't pay: what can't be divided takes over. */
const MAX_THREADS = 8;

/** How many tasks each query is cut into, per thread: several, so that threads end at the same time; more for G2, which is slower. */
const SHARES: Readonly<Record<Query, number>> = { a: 1, b1: 1, b2: 2, c: 1, h: 1 };

/** How a prover is opened. */
export interface ProverOptions {
  readonly artifacts: Pick<CircuitArtifacts, "keyPath" | "wasmPath" | "vk">;
  /** Worker threads; as many as the machine runs at once, at most 8, unless said otherwise. */
  readonly threads?: number;
}

/** What a circuit's proof is made from: all its inputs by name, and the public ones in the verifier's order. */
export interface Statement {
  readonly signals: CircuitSignals;
  readonly inputs: PublicSignals;
}

/** Opens a prover of spends; see `openCircuitProver`. */
export const openProver = (options: ProverOptions): Promise<Prover> =>
  openCircuitProver(options, (witness) => ({
    signals: witnessSignals(witness),
    inputs: publicSignals(witness.statement),
  }));

/** Opens a prover of repacks; see `openCircuitProver`. `artifacts` are those of `ensureRepackArtifacts`. */
export const openRepackProver = (options: ProverOptions): Promise<RepackProver> =>
  openCircuitProver(options, (witness) => {
    const { inCm, outCm } = repackCommitments(witness);
    return { signals: repackSignals(witness), inputs: repackPublicSignals(witness.ctx, inCm, outCm) };
  });

/**
 * Starts workers that hold the proving key in memory: no file is read for a proof. Proofs are made one after the other, each by all workers;
 * `read` says what a witness means in the circuit, and its errors are those of `prove`.
 *
 * A proof's secrets are in memory shared with the workers and in the workers' own; both are overwritten when it is done or has failed.
 * Cancelling ends the workers that are at it and starts others for the next proof. (Copies that JavaScript makes of the witness's bigints
 * are out of reach.)
 *
 * @throws SeroError circuits/zkey when the key can't be used; workers/crashed.
 */
export async function openCircuitProver<Witness>(
  { artifacts, threads }: ProverOptions,
  read: (witness: Witness) => Statement,
): Promise<ProverOf<Witness>> {
  const count = threads ?? Math.min(MAX_THREADS, availableParallelism());
  const [key, wasm] = await Promise.all([readShared(artifacts.keyPath), readShared(artifacts.wasmPath)]);
  const { wires, publicInputs, domainSize } = parseZkey(key);
  const data: ProverWorkerData = { key, wasm, curve: generateCurveModule(), vk: artifacts.vk };
  const pool = await openTaskPool({
    module: compiledModule(new URL("./worker.js", import.meta.url).href),
    data,
    threads: count,
    name: "the prover",
  });
  const shape: Shape = { wires, publicInputs, domainSize, threads: count };

  // One proof at a time: two at once would take as long and twice the memory.
  let last: Promise<unknown> = Promise.resolve();
  return {
    prove(witness, { signal, onProgress } = {}) {
      const turn = last.then(() => {
        if (signal?.aborted) throw cancelled("the prover");
        return proveOnce(pool, shape, read(witness), signal, onProgress ?? (() => undefined));
      });
      last = turn.catch(() => undefined);
      return signal === undefined ? turn : untilAborted(turn, signal);
    },
    close: () => pool.close(),
  };
}

interface Shape {
  readonly wires: number;
  readonly publicInputs: number;
  readonly domainSize: number;
  readonly threads: number;
}

/** The steps of a proof and how they wait for each other: the witness; then everything that needs only it; the query h after the quotient. */
async function proveOnce(
  pool: TaskPool,
  { wires, publicInputs, domainSize, threads }: Shape,
  { signals, inputs }: Statement,
  signal: AbortSignal | undefined,
  onProgress: (fraction: number) => void,
): Promise<Uint8Array> {
  const witness = shared(wires * 32);
  const quotient = shared(domainSize * 32);
  const sharesOf = (query: Query): number => SHARES[query] * threads;
  const total = 3 + QUERIES.reduce((sum, query) => sum + sharesOf(query), 0);
  let done = 0;
  const run = async <Result>(task: ProverTask): Promise<Result> => {
    const result = await pool.run<Result>(task, { signal });
    onProgress(++done / total);
    return result;
  };
  const multiply = (query: Query, scalars: Uint8Array): Promise<Uint8Array[]> => {
    const shares = sharesOf(query);
    return Promise.all(
      Array.from({ length: shares }, (_, share) =>
        run<Uint8Array>({ step: "multiply", query, scalars, share, shares }),
      ),
    );
  };
  try {
    await run({ step: "witness", signals, witness });
    const [h, b2, a, b1, c] = await Promise.all([
      run({ step: "quotient", witness, quotient }).then(() => multiply("h", quotient)),
      multiply("b2", witness),
      multiply("a", witness),
      multiply("b1", witness),
      multiply("c", witness.subarray((publicInputs + 1) * 32)),
    ]);
    return await run<Uint8Array>({
      step: "finish",
      shares: { a, b1, b2, c, h },
      inputs,
    });
  } catch (error) {
    // Tasks of this proof may still be running: they must neither cost time nor write to what is overwritten below.
    await pool.restart();
    throw error;
  } finally {
    witness.fill(0);
    quotient.fill(0);
  }
}

/** Rejects at once when the signal is aborted, also while an earlier proof is being made. */
function untilAborted<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  return new Promise((resolve, reject) => {
    const abort = (): void => reject(cancelled("the prover"));
    if (signal.aborted) abort();
    signal.addEventListener("abort", abort, { once: true });
    work.then(resolve, reject).finally(() => signal.removeEventListener("abort", abort));
  });
}

const shared = (length: number): Uint8Array => new Uint8Array(new SharedArrayBuffer(length));

async function readShared(path: string): Promise<Uint8Array> {
  const file = await readFile(path);
  const bytes = shared(file.length);
  bytes.set(file);
  return bytes;
}
