import { encodePoint, equalBytes, isOnCurve, SeroError } from "@sero/protocol";
import { verifySignatureBatchFast } from "@sero/protocol/wasm";
import {
  type BundleCheck,
  type BundleVerifier,
  SPEND_PUBLIC_INPUTS,
  type Verifier,
  type VerifyingKey,
} from "../types.js";
import { openVerifier } from "./groth16.js";
import { checkVerifyingKey, type KeyExpectations } from "./key.js";

/** The chain that a key is used on; `keyHash`, its spec's `keyHash` of the circuit, is required on real chains. */
export type ChainOfKey = Pick<KeyExpectations, "chainId" | "keyHash">;

/** The only circuit whose bundles this version checks. */
const SPEND_CIRCUIT = 0;

/** Bundles checked between two looks at the signal, in this thread: about 20 ms of work. */
const SLICE = 16;

/**
 * Checks the signatures, then the proofs of bundles, each in a batch. The verdict on each bundle is that of checking it alone. Signatures come
 * first because they are cheaper: a bundle with a false one never gets to the pairings.
 */
export function checkBundles(verifier: Verifier, items: readonly BundleCheck[]): boolean[] {
  const verdicts = items.map((item) => item.circuit === SPEND_CIRCUIT && provesItsKey(item));
  const keep = (indexes: readonly number[], results: readonly boolean[]): void =>
    indexes.forEach((index, i) => (verdicts[index] = results[i] ?? false));
  const standing = (): number[] => [...verdicts.keys()].filter((index) => verdicts[index]);
  const chosen = (indexes: readonly number[]): BundleCheck[] => indexes.flatMap((index) => items[index] ?? []);

  const toSign = standing();
  keep(toSign, verifySignatureBatchFast(chosen(toSign)));
  const toProve = standing();
  keep(toProve, verifier.verifyBatch(chosen(toProve)));
  return verdicts;
}

/** Whether the rk that the proof speaks of (its last two inputs) is the rk that signed. */
function provesItsKey({ inputs, rk }: BundleCheck): boolean {
  const [x, y] = inputs.slice(-2);
  if (inputs.length !== SPEND_PUBLIC_INPUTS || x === undefined || y === undefined) return false;
  return isOnCurve({ x, y }) && equalBytes(encodePoint({ x, y }), rk);
}

/**
 * A verifier of bundles without workers. The key is checked (`checkVerifyingKey`) before the first bundle; a bad key rejects every check.
 * `chain` decides whether development keys are accepted.
 */
export function inlineVerifier(vk: VerifyingKey, chain: ChainOfKey): BundleVerifier {
  let verifier: Promise<Verifier> | undefined;
  const open = async (): Promise<Verifier> => {
    await checkVerifyingKey(vk, { ...chain, inputCount: SPEND_PUBLIC_INPUTS });
    return openVerifier(vk);
  };
  return {
    async check(items, { signal } = {}) {
      const opened = await (verifier ??= open());
      const verdicts: boolean[] = [];
      for (let i = 0; i < items.length; i += signal === undefined ? items.length : SLICE) {
        if (i > 0) await new Promise((resolve) => setImmediate(resolve));
        if (signal?.aborted) throw new SeroError("workers/cancelled", "The work of the verifier was cancelled.");
        verdicts.push(...checkBundles(opened, items.slice(i, signal === undefined ? items.length : i + SLICE)));
      }
      return verdicts;
    },
    close: async () => undefined,
  };
}
