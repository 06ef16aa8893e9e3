import { describe, expect, it } from "vitest";
import {
  COIN,
  FIELD_ORDER,
  addressAt,
  bytesToBigIntLE,
  isCanonicalX25519,
  openSent,
  randomAddress,
  randomBytes,
  type Nullifier,
} from "@sero/protocol";
import { buildInputs } from "../src/build/inputs.js";
import { buildOutputs } from "../src/build/outputs.js";
import { randomBelow, shuffled } from "../src/build/index.js";
import type { OwnedNote } from "../src/index.js";
import { ALICE, BOB, keysOf } from "./helpers/wallets.js";

const alice = keysOf(ALICE);
const bob = keysOf(BOB);
const note = {
  asset: COIN,
  value: 5n,
  d: new Uint8Array(16),
  rho: 1n,
  blind: 1n,
  leafIndex: 1n,
  commitment: 5n,
} as unknown as OwnedNote;

describe("building", () => {
  it("puts inputs and outputs in every order, evenly", () => {
    const counts = new Map<string, number>();
    for (let i = 0; i < 1200; i++) {
      const order = shuffled([1, 2, 3]).join("");
      counts.set(order, (counts.get(order) ?? 0) + 1);
    }
    expect(counts.size).toBe(6);
    // 200 each is expected, with a deviation of 13.
    for (const count of counts.values()) expect(Math.abs(count - 200)).toBeLessThan(100);
    const real = Array.from({ length: 200 }, () =>
      buildInputs(alice, [note]).findIndex((input) => input.note !== undefined),
    );
    expect(new Set(real)).toEqual(new Set([0, 1]));
    expect(() => randomBelow(3, () => Uint8Array.of(0, 0, 0, 1))).not.toThrow();
  });

  it("D33: dummy inputs and outputs look like real ones, byte for byte of the same kind (statistical test)", () => {
    const rk = randomBytes(32);
    const make = (isReal: boolean): Uint8Array[] =>
      Array.from({ length: 60 }, () =>
        buildOutputs(
          alice,
          isReal
            ? {
                inputs: [],
                parts: [0, 1, 2].map((id) => ({ id, asset: COIN, amount: 5n })),
                change: [],
                fee: 0n,
                unshield: undefined,
              }
            : { inputs: [], parts: [], change: [], fee: 0n, unshield: undefined },
          [0n, 1n, 2n].map((index) => ({ address: addressAt(bob, index), asset: COIN, amount: 5n, memo: undefined })),
          new Map(),
          { rk, nf0: 1n as Nullifier, firstOutput: 0 },
        ),
      )
        .flat()
        .map(({ ciphertext }) => ciphertext);
    const real = make(true);
    const dummies = make(false);
    for (const set of [real, dummies]) {
      expect(new Set(set.map((bytes) => bytes.length)).size).toBe(1);
      for (const bytes of set) expect(isCanonicalX25519(bytes.subarray(0, 32))).toBe(true);
      // On the curve, not its twist: random bytes would be on the twist half of the time.
      expect(set.every((bytes) => isOnCurve25519(bytesToBigIntLE(bytes.subarray(0, 32))))).toBe(true);
      // Mean of all bytes: 127.5 with a deviation of about 0.35 for 180 * 290 bytes.
      const sum = set.reduce((total, bytes) => total + bytes.reduce((a, b) => a + b, 0), 0);
      expect(Math.abs(sum / (set.length * (set[0]?.length ?? 1)) - 127.5)).toBeLessThan(2.5);
    }
    for (const bytes of dummies) expect(openSent(alice.ovk, rk, 1n as never, bytes)).toBeUndefined();
    expect(isOnCurve25519(bytesToBigIntLE(randomAddress().pd))).toBe(true);
    const dummyNullifiers = Array.from({ length: 40 }, () => buildInputs(alice, []))
      .flat()
      .map(({ nullifier }) => nullifier);
    expect(new Set(dummyNullifiers).size).toBe(80);
    expect(dummyNullifiers.filter((nullifier) => nullifier > FIELD_ORDER / 2n).length).toBeGreaterThan(15);
  });
});

const P = 2n ** 255n - 19n;
/** Whether v^2 = u^3 + 486662 u^2 + u has a solution. */
function isOnCurve25519(u: bigint): boolean {
  let base = (((u * u) % P) * u + 486662n * u * u + u) % P;
  let result = 1n;
  for (let exponent = (P - 1n) / 2n; exponent > 0n; exponent >>= 1n) {
    if (exponent & 1n) result = (result * base) % P;
    base = (base * base) % P;
  }
  return result <= 1n;
}
