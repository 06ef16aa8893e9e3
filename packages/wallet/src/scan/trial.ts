import { CIPHERTEXT_BYTES, incomingOpener, type IncomingViewKey } from "@sero/protocol";
import type { MakeSharedSecret, TrialBatch, TrialEngine, TrialHit } from "./types.js";

/** Bytes of one output in a batch. */
export const TRIAL_ITEM_BYTES = 32 + CIPHERTEXT_BYTES;

/** Tries every account's incoming key on every output of a batch. */
export function tryBatch(
  keys: readonly IncomingViewKey[],
  makeSharedSecret: MakeSharedSecret,
): (batch: TrialBatch) => TrialHit[] {
  const openers = keys.map((key) => incomingOpener(makeSharedSecret(key.ivk), key.acct));
  return ({ count, bytes }) => {
    const hits: TrialHit[] = [];
    for (let index = 0; index < count; index++) {
      const at = index * TRIAL_ITEM_BYTES;
      const commitment = bytes.subarray(at, at + 32);
      const ciphertext = bytes.subarray(at + 32, at + TRIAL_ITEM_BYTES);
      for (let position = 0; position < openers.length; position++) {
        const opened = openers[position]?.(commitment, ciphertext);
        if (opened !== undefined) hits.push({ index, position, opened });
      }
    }
    return hits;
  };
}

/** A trial engine in this thread: for browsers without workers, and tests. */
export function inlineTrialEngine(keys: readonly IncomingViewKey[], makeSharedSecret: MakeSharedSecret): TrialEngine {
  const run = tryBatch(keys, makeSharedSecret);
  return { lanes: 1, trial: async (batch) => run(batch), close: async () => undefined };
}
