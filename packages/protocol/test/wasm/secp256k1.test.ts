import { secp256k1 } from "@noble/curves/secp256k1.js";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { bigIntToBytes, bytesToBigInt, fromHex, keccak256, pseudonymOf, toHex } from "../../src/index.js";
import { openRecovery, recoverPseudonym } from "../../src/wasm/secp256k1/index.js";
import { A1, A2, B1, BETA, LAMBDA, N, P } from "../../src/wasm/secp256k1/constants.js";
import { recode, splitScalar, TRACKS, DIGITS } from "../../src/wasm/secp256k1/scalars.js";

const Point = secp256k1.Point;
const recover = openRecovery();
const bytes = (x: bigint): Uint8Array => bigIntToBytes(x, 32);
const mod = (x: bigint): bigint => ((x % N) + N) % N;
const inverse = (x: bigint): bigint => Point.Fn.inv(mod(x));

/** The same by the definition, on another implementation of the curve: r*Q = s*R - digest*G. */
function expected(digest: Uint8Array, r: Uint8Array, s: Uint8Array, parity: number): string | undefined {
  const [x, y] = [bytesToBigInt(r), bytesToBigInt(s)];
  if (x === 0n || x >= N || y === 0n || y >= N || (parity !== 0 && parity !== 1)) return undefined;
  try {
    const R = Point.fromHex(`0${2 + parity}${toHex(r).slice(2)}`);
    const [a, b] = [mod(-bytesToBigInt(digest) * inverse(x)), mod(y * inverse(x))];
    const Q = Point.BASE.multiplyUnsafe(a).add(R.multiplyUnsafe(b));
    if (Q.is0()) return undefined;
    return toHex(Q.toBytes(false).subarray(1));
  } catch {
    return undefined;
  }
}

const ours = (digest: Uint8Array, r: Uint8Array, s: Uint8Array, parity: number): string | undefined => {
  const key = recover(digest, r, s, parity);
  return key && toHex(key);
};

describe("recovery over secp256k1", () => {
  it("has the curve's constants", () => {
    expect([P, N]).toEqual([Point.Fp.ORDER, Point.Fn.ORDER]);
    const image = Point.BASE.multiply(LAMBDA).toAffine();
    expect(image).toEqual({ x: (BETA * Point.BASE.x) % P, y: Point.BASE.y });
    expect(mod(A1 - B1 * LAMBDA)).toBe(0n);
    expect(mod(A2 + A1 * LAMBDA)).toBe(0n);
  });

  it("splits scalars into short halves and digits that add up", () => {
    const scalar = fc.oneof(fc.bigInt(0n, N - 1n), fc.constantFrom(0n, 1n, 2n, N - 1n, N >> 1n, LAMBDA, N - LAMBDA));
    fc.assert(
      fc.property(scalar, scalar, (u, v) => {
        const digits = new Int8Array(TRACKS * DIGITS);
        const places = recode(digits, u, v);
        const halves = [...splitScalar(u), ...splitScalar(v)];
        halves.forEach((half, track) => {
          expect(half < 0n ? -half : half).toBeLessThan(1n << 129n);
          let sum = 0n;
          for (let i = places - 1; i >= 0; i--) sum = 2n * sum + BigInt(digits[TRACKS * i + track]!);
          expect(sum).toBe(half);
        });
        expect(mod(halves[0]! + halves[1]! * LAMBDA)).toBe(u);
        expect(mod(halves[2]! + halves[3]! * LAMBDA)).toBe(v);
      }),
      { numRuns: 300 },
    );
  });

  it("recovers what noble's keys signed", () => {
    for (let i = 1; i <= 30; i++) {
      const secret = keccak256(Uint8Array.of(i));
      const digest = keccak256(secret);
      const [parity, ...rs] = secp256k1.sign(digest, secret, { prehash: false, format: "recovered" });
      const [r, s] = [Uint8Array.from(rs.slice(0, 32)), Uint8Array.from(rs.slice(32))];
      expect(recoverPseudonym(digest, r, s, parity!)).toEqual(pseudonymOf(secret).address);
      // The same signature with high s and the other R.
      const high = bytes(N - bytesToBigInt(s));
      expect(recoverPseudonym(digest, r, high, 1 - parity!)).toEqual(pseudonymOf(secret).address);
      expect(recoverPseudonym(digest, r, s, 1 - parity!)).not.toEqual(pseudonymOf(secret).address);
    }
  });

  it("is ecrecover of Ethereum's tests", () => {
    const digest = fromHex("0x18c547e4f7b0f325ad1e56f57e26c745b09a3e503d86e00e5255ff7f715d3d1c");
    const r = fromHex("0x73b1693892219d736caba55bdb67216e485557ea6b6af75f37096c9aa6a5a75f");
    const s = fromHex("0xeeb940b1d03b21e36b0e47e79769f095fe2ab855bd91e3a38756b7d75a9c4549");
    expect(toHex(recoverPseudonym(digest, r, s, 1)!)).toBe("0xa94f5374fce5edbc8e2a8697c15331677e6ebf0b");
  });

  it("agrees with the definition for any numbers", () => {
    const edge = [0n, 1n, 2n, 3n, N - 1n, N, N + 1n, P - 1n, P, 1n << 255n, (1n << 256n) - 1n, N >> 1n];
    const number = fc.oneof(fc.bigInt(0n, (1n << 256n) - 1n), fc.constantFrom(...edge));
    fc.assert(
      fc.property(number, number, number, fc.integer({ min: 0, max: 1 }), (digest, r, s, parity) => {
        const args = [bytes(digest), bytes(r), bytes(s), parity] as const;
        expect(ours(...args)).toBe(expected(...args));
      }),
      { numRuns: 250 },
    );
  });

  it("meets equal, opposite and vanishing sums on the way, which a signer who chooses R = kG can arrange", () => {
    for (const k of [1n, 2n, 3n, 5n, 7n, 15n, 127n, 255n, LAMBDA, mod(-LAMBDA), mod(LAMBDA + 1n), 1n << 64n]) {
      const point = Point.BASE.multiply(k);
      const { x, y } = point.toAffine();
      const r = x % N;
      const parity = Number(y & 1n);
      // Q = (s*k - digest)/r G: s and digest small, equal, opposite; and Q = infinity.
      for (const s of [1n, 2n, 3n, r, mod(-r), mod(2n * r), mod(r * LAMBDA), N - 1n]) {
        for (const digest of [0n, 1n, r, mod(-r), mod(s * k), mod(-s * k), mod(s * k + r), mod(s * k - r)]) {
          if (x >= N) continue;
          const args = [bytes(digest), bytes(r), bytes(s), parity] as const;
          expect(ours(...args)).toBe(expected(...args));
        }
      }
    }
  });

  it("answers undefined for anything that is no signature", () => {
    const good = bytes(1n);
    for (const bad of [bytes(0n), bytes(N), bytes((1n << 256n) - 1n), new Uint8Array(31), new Uint8Array(33).fill(1)]) {
      expect(recover(good, bad, good, 0)).toBeUndefined();
      expect(recover(good, good, bad, 0)).toBeUndefined();
    }
    for (const parity of [2, 27, -1, 0.5, NaN]) expect(recover(good, good, good, parity)).toBeUndefined();
    expect(() => recover(new Uint8Array(31), good, good, 0)).toThrow(/32/);
  });
});
