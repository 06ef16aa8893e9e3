import fc from "fast-check";
import { describe, expect, it } from "vitest";
import * as p from "../../src/index.js";
import { sha512 } from "@noble/hashes/sha2.js";
import { codeOf, constantRandom, countingRandom, flipped } from "../support.js";
import { LOW_ORDER_POINTS } from "../curve/low-order.js";

const l = p.SUBGROUP_ORDER;
const random = countingRandom(11);
const ask = p.randomScalar(random) as p.SpendAuthority;
const A = p.mulBase(ask);
const message = random(32);

/** c of a signature, computed here from the text of the protocol. */
function challenge(R: Uint8Array, rk: Uint8Array, m: Uint8Array): bigint {
  return p.bytesToBigInt(sha512(p.concatBytes(p.utf8("SERO/sig-chal"), R, rk, m))) % l;
}

/** A signature by a secret key of one's own choice, with any R = k*B8 + torsion. */
function forge(key: bigint, rk: Uint8Array, k: bigint, torsion: p.Point): Uint8Array {
  const R = p.encodePoint(p.addPoints(p.mulBase(k), torsion));
  return p.concatBytes(R, p.bigIntToBytes((k + challenge(R, rk, message) * key) % l, 32));
}

describe("signatures", () => {
  it("verify under A + alpha*B8 and nothing else", () => {
    fc.assert(
      fc.property(fc.bigInt({ min: 1n, max: l - 1n }), fc.uint8Array({ minLength: 32, maxLength: 32 }), (alpha, m) => {
        const signature = p.sign(ask, alpha, m);
        const rk = p.randomizedKey(A, alpha);
        expect(p.verifySignature(rk, m, signature)).toBe(true);
        expect(p.verifySignature(p.randomizedKey(A, (alpha + 1n) % l), m, signature)).toBe(false);
        expect(p.verifySignature(p.encodePoint(A), m, signature)).toBe(false);
        expect(p.verifySignature(rk, flipped(m, 31), signature)).toBe(false);
        for (let i = 0; i < 64; i += 7) expect(p.verifySignature(rk, m, flipped(signature, i))).toBe(false);
      }),
      { numRuns: 6 },
    );
  });

  it("are what the protocol's formula says", () => {
    const alpha = 12345n;
    const rk = p.randomizedKey(A, alpha);
    const signature = p.sign(ask, alpha, message, constantRandom(9));
    const nonce = p.concatBytes(p.utf8("SERO/sig-nonce"), p.bigIntToBytes(ask, 32), constantRandom(9)(32), rk, message);
    const k = p.bytesToBigInt(sha512(nonce)) % l;
    expect(signature).toEqual(forge((ask + alpha) % l, rk, k, p.IDENTITY));
  });

  it("B14: the identity and the other points of low order are no rk, alone and in a batch", () => {
    const good = { rk: p.randomizedKey(A, 3n), message, signature: p.sign(ask, 3n, message) };
    for (const point of LOW_ORDER_POINTS) {
      const rk = p.encodePoint(point);
      // Without the check this would verify: 8*c*rk is the identity whatever c is.
      const signature = forge(0n, rk, 77n, p.IDENTITY);
      expect(p.verifySignature(rk, message, signature)).toBe(false);
      expect(p.verifySignatureBatch([good, { rk, message, signature }])).toEqual([true, false]);
    }
  });

  it("B14: R and rk off the curve, R of low order, wrong lengths: false, never a crash", () => {
    const rk = p.randomizedKey(A, 3n);
    const signature = p.sign(ask, 3n, message);
    const off = [2n, 3n, 4n, 5n, 6n, 7n, 8n, 9n]
      .map((y) => p.bigIntToBytesLE(y, 32))
      .find((bytes) => codeOf(() => p.decodePoint(bytes)) === "curve/not-on-curve") as Uint8Array;
    const withR = (R: Uint8Array): Uint8Array => p.concatBytes(R, signature.subarray(32));
    expect(p.verifySignature(off, message, signature)).toBe(false);
    expect(p.verifySignature(rk, message, withR(off))).toBe(false);
    for (const point of LOW_ORDER_POINTS)
      expect(p.verifySignature(rk, message, withR(p.encodePoint(point)))).toBe(false);
    for (const bytes of [new Uint8Array(0), signature.subarray(1), p.concatBytes(signature, Uint8Array.of(0))]) {
      expect(p.verifySignature(rk, message, bytes)).toBe(false);
    }
    expect(p.verifySignature(rk.subarray(1), message, signature)).toBe(false);
    expect(p.verifySignature(rk, message.subarray(1), signature)).toBe(false);
  });

  it("B14: a component of low order in R gets one verdict from both ways of checking", () => {
    const alpha = 8n;
    const rk = p.randomizedKey(A, alpha);
    const plain = { rk, message, signature: p.sign(ask, alpha, message) };
    for (const torsion of LOW_ORDER_POINTS) {
      const item = { rk, message, signature: forge((ask + alpha) % l, rk, 99n, torsion) };
      expect(p.verifySignature(rk, message, item.signature)).toBe(true);
      expect(p.verifySignatureBatch([plain, item, item])).toEqual([true, true, true]);
    }
  });

  it("B15: S + l and S >= l are refused", () => {
    const rk = p.randomizedKey(A, 4n);
    const signature = p.sign(ask, 4n, message);
    const S = p.bytesToBigInt(signature.subarray(32));
    for (const other of [S + l, S + 2n * l, l, 2n ** 256n - 1n]) {
      const bytes = p.concatBytes(signature.subarray(0, 32), p.bigIntToBytes(other, 32));
      expect(p.verifySignature(rk, message, bytes)).toBe(false);
      expect(p.verifySignatureBatch([{ rk, message, signature: bytes }])).toEqual([false]);
    }
  });

  it("B15, C20: a batch with false signatures says which, whatever their number and place", () => {
    const items = Array.from({ length: 5 }, (_, i) => {
      const alpha = BigInt(i + 1);
      return { rk: p.randomizedKey(A, alpha), message, signature: p.sign(ask, alpha, message) };
    });
    expect(p.verifySignatureBatch(items)).toEqual([true, true, true, true, true]);
    for (const wrong of [[0], [4], [1, 3], [0, 1, 2, 3, 4]]) {
      const mixed = items.map((item, i) =>
        wrong.includes(i) ? { ...item, signature: flipped(item.signature, 63) } : item,
      );
      expect(p.verifySignatureBatch(mixed)).toEqual(items.map((_, i) => !wrong.includes(i)));
    }
    expect(p.verifySignatureBatch([])).toEqual([]);
  });

  it("B15, C20: two errors that cancel in a plain sum do not pass a batch", () => {
    const [a, b] = [1n, 2n].map((alpha) => ({
      rk: p.randomizedKey(A, alpha),
      message,
      signature: p.sign(ask, alpha, message),
    })) as [p.SignedMessage, p.SignedMessage];
    const shift = (item: p.SignedMessage, by: bigint): p.SignedMessage => ({
      ...item,
      signature: p.concatBytes(
        item.signature.subarray(0, 32),
        p.bigIntToBytes((p.bytesToBigInt(item.signature.subarray(32)) + by + l) % l, 32),
      ),
    });
    expect(p.verifySignatureBatch([shift(a, 1n), shift(b, -1n)])).toEqual([false, false]);
    // A generator that gives 0 first must not switch the check off.
    let calls = 0;
    const zerosFirst = (length: number): Uint8Array =>
      calls++ % 2 === 0 ? new Uint8Array(length) : p.randomBytes(length);
    expect(p.verifySignatureBatch([shift(a, 1n), b], zerosFirst)).toEqual([false, true]);
    expect(calls).toBeGreaterThanOrEqual(4);
  });

  it("B15: bundles of one transaction share no nonce even with a stuck generator, so ask cannot be solved for", () => {
    const stuck = constantRandom(0);
    const [alpha1, alpha2] = [5n, 6n];
    const first = p.sign(ask, alpha1, message, stuck);
    const second = p.sign(ask, alpha2, message, stuck);
    expect(first.subarray(0, 32)).not.toEqual(second.subarray(0, 32));
    const part = (s: Uint8Array, alpha: bigint): { c: bigint; S: bigint } => ({
      c: challenge(s.subarray(0, 32), p.randomizedKey(A, alpha), message),
      S: p.bytesToBigInt(s.subarray(32)),
    });
    const [one, two] = [part(first, alpha1), part(second, alpha2)];
    // Were k shared: S1 - S2 = c1*(ask + alpha1) - c2*(ask + alpha2).
    const left = one.S - two.S - one.c * alpha1 + two.c * alpha2;
    const difference = (((one.c - two.c) % l) + l) % l;
    expect((((left - difference * ask) % l) + l) % l).not.toBe(0n);
    // Nor with the same alpha and another message; the same of everything gives the same signature.
    expect(p.sign(ask, alpha1, flipped(message, 0), stuck).subarray(0, 32)).not.toEqual(first.subarray(0, 32));
    expect(p.sign(ask, alpha1, message, stuck)).toEqual(first);
    expect(p.sign(ask, alpha1, message)).not.toEqual(p.sign(ask, alpha1, message));
  });
});
