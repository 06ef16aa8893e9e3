import { describe, expect, it } from "vitest";
import {
  addressAt,
  concatBytes,
  fieldToBytes,
  incomingViewKey,
  isCanonicalX25519,
  randomAddress,
  randomBytes,
  x25519Noble,
  type SealedNote,
} from "@sero/protocol";
import {
  inlineTrialEngine,
  nativeSharedSecret,
  workerTrialEngine,
  type TrialBatch,
  type TrialHit,
} from "../src/index.js";
import { sealed } from "./helpers/forge.js";
import { ALICE, BOB, keysOf } from "./helpers/wallets.js";

const alice = keysOf(ALICE);
const bob = keysOf(BOB);
const batchOf = (notes: readonly SealedNote[]): TrialBatch => ({
  count: notes.length,
  bytes: concatBytes(...notes.flatMap(({ commitment, ciphertext }) => [fieldToBytes(commitment), ciphertext])),
});

describe("trial decryption", () => {
  it("finds the same notes natively, in plain JavaScript and in worker threads, for several accounts at once", async () => {
    const rk = randomBytes(32);
    const notes = Array.from({ length: 30 }, (_, i) =>
      sealed(
        { address: i % 7 === 3 ? addressAt(i % 2 === 0 ? alice : bob, BigInt(i)) : randomAddress(), value: 5n },
        rk,
      ),
    );
    const keys = [incomingViewKey(alice), incomingViewKey(bob)];
    const placesOf = (hits: readonly TrialHit[]) => hits.map(({ index, position }) => ({ index, position }));
    const expected = notes.flatMap((_, index) =>
      index % 7 === 3 ? [{ index, position: index % 2 === 0 ? 0 : 1 }] : [],
    );
    const native = await inlineTrialEngine(keys, nativeSharedSecret).trial(batchOf(notes));
    expect(placesOf(native)).toEqual(expected);
    expect(await inlineTrialEngine(keys, x25519Noble).trial(batchOf(notes))).toEqual(native);
    const pool = workerTrialEngine(keys, 2);
    const answers = await Promise.all([
      pool.trial(batchOf(notes)),
      pool.trial(batchOf(notes)),
      pool.trial(batchOf(notes.slice(0, 1))),
    ]);
    expect(answers).toEqual([native, native, []]);
    await pool.close();
    await expect(pool.trial(batchOf(notes))).rejects.toMatchObject({ code: "scan/worker" });
  });

  it("B16: low-order and all-zero keys open nothing, natively too", async () => {
    const zero = new Uint8Array(32);
    expect(nativeSharedSecret(alice.ivk)(zero)).toEqual(new Uint8Array(32));
    const output = sealed({ address: addressAt(alice, 0n), value: 5n }, randomBytes(32));
    for (const epk of [zero, Uint8Array.of(1, ...new Uint8Array(31))]) {
      expect(isCanonicalX25519(epk)).toBe(false);
      const forged = { ...output, ciphertext: concatBytes(epk, output.ciphertext.subarray(32)) };
      expect(await inlineTrialEngine([incomingViewKey(alice)], nativeSharedSecret).trial(batchOf([forged]))).toEqual(
        [],
      );
    }
  });
});
