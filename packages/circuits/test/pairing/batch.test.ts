import { randomBytes } from "node:crypto";
import { bn254 } from "@noble/curves/bn254.js";
import { FIELD_ORDER } from "@sero/protocol";
import { ELEMENT_BYTES, readLimbs, runModule } from "@sero/protocol/wasm/toolkit";
import { beforeAll, describe, expect, it } from "vitest";
import { type BatchPairing, openBatchPairing } from "../../src/pairing/batch.js";
import { JACOBIAN_BYTES, LADDER_POINT_BYTES, WEIGHT_BYTES, weightOf } from "../../src/pairing/ladder.js";
import { generatePairingModule } from "../../src/pairing/module.js";
import type { ProofItem } from "../../src/types.js";
import { BASE_FIELD_ORDER as q, BN_PARAMETER as x } from "../../src/verify/constants.js";
import { g1Bytes, proofBytes, proofPoints } from "../../src/verify/encoding.js";
import { openMcl } from "../../src/verify/mcl.js";
import { asG2, g1, inputsFor, keyOf, simulate, times, trapdoor, twistPoint } from "../verify/synthetic.js";

const t = trapdoor();
const good = (seed: number): ProofItem => ({
  inputs: inputsFor(seed),
  proof: simulate(t, inputsFor(seed), BigInt(seed)),
});

describe("the batch pairing", () => {
  const items = Array.from({ length: 9 }, (_, i) => good(i + 1));
  let batch: BatchPairing;
  beforeAll(async () => {
    batch = openBatchPairing(await openMcl(), keyOf(t));
  });

  it("C20: accepts good proofs in even and odd numbers, and sees one bad among them", () => {
    for (const n of [1, 2, 8, 9]) expect(batch.holds(items.slice(0, n), randomBytes)).toBe(true);
    for (let i = 0; i < 9; i++) {
      const bad = { ...items[i]!, inputs: items[(i + 1) % 9]!.inputs };
      expect(batch.holds(items.with(i, bad), randomBytes)).toBe(false);
    }
    expect(batch.holds([{ ...items[0]!, inputs: items[1]!.inputs }], randomBytes)).toBe(false);
  });

  it("C20: draws 16 fresh bytes a proof, once all of them are read", () => {
    const lengths: number[] = [];
    const draw = (length: number): Uint8Array => {
      lengths.push(length);
      return randomBytes(length);
    };
    expect(batch.holds(items.slice(0, 3), draw)).toBe(true);
    expect(batch.holds([{ ...items[0]!, proof: new Uint8Array(256) }], draw)).toBe(false);
    expect(lengths).toEqual([3 * WEIGHT_BYTES]);
  });

  it("C21: refuses a B outside the subgroup", () => {
    const { a, b, c } = proofPoints(items[0]!.proof);
    const B = new bn254.G2.Point({ c0: b.x[0], c1: b.x[1] }, { c0: b.y[0], c1: b.y[1] }, bn254.fields.Fp2.ONE);
    const proof = proofBytes(a, asG2(B.add(times(twistPoint(2n), FIELD_ORDER))), c);
    expect(batch.holds([{ ...items[0]!, proof }, items[1]!], randomBytes)).toBe(false);
  });

  it("C21: the loop's subgroup check has no other solutions than the subgroup", () => {
    // (6x+2) + psi - psi^2 + psi^3 reduced by psi^2 = t psi - q to c1 psi + c0: its kernel has as many points as the norm says.
    const trace = 6n * x ** 2n + 1n;
    const c1 = 1n - q + (trace - 1n) * trace;
    const c0 = 6n * x + 2n - (trace - 1n) * q;
    const norm = c1 * c1 * q + c1 * c0 * trace + c0 * c0;
    const gcd = (a: bigint, b: bigint): bigint => (b === 0n ? a : gcd(b, a % b));
    expect(norm % FIELD_ORDER).toBe(0n);
    expect(gcd(norm, COFACTOR)).toBe(1n);
  });
});

describe("the ladder", () => {
  it("multiplies by the weight that the bytes stand for", () => {
    const running = runModule(generatePairingModule());
    const [points, signs, out] = [
      running.allocate(2 * LADDER_POINT_BYTES),
      running.allocate(32),
      running.allocate(256),
    ];
    const text = running.allocate(64);
    const room = running.allocate(4 * ELEMENT_BYTES);
    const edges = [
      new Uint8Array(16),
      new Uint8Array(16).fill(255),
      Uint8Array.from({ length: 16 }, (_, i) => (i < 8 ? 255 : 0)),
    ];
    for (const first of [...edges, ...edges.map(() => new Uint8Array(randomBytes(16)))]) {
      const both = [first, new Uint8Array(randomBytes(16))];
      both.forEach((bytes, i) => {
        running.bytes(signs + 16 * i, 16).set(bytes);
        running.bytes(text, 64).set(g1Bytes(g1(BigInt(i + 5))));
        expect(running.call("readG1", points + i * LADDER_POINT_BYTES, text)).toBe(1);
      });
      running.call("invertX", points, 2, room);
      running.call("weigh", out, points, signs, 2);
      both.forEach((bytes, i) => {
        const [X, Y, Z] = [0, 1, 2].map((k) => readLimbs(running.buffer, out + i * JACOBIAN_BYTES + k * ELEMENT_BYTES));
        const { Fp } = bn254.fields;
        const factor = Fp.inv(Fp.create(1n << 261n)); // Montgomery's
        const [X1, Y1, Z1] = [X!, Y!, Z!].map((value) => Fp.mul(Fp.create(value), factor)) as [bigint, bigint, bigint];
        const inverse = Fp.inv(Z1);
        const expected = g1(weightOf(bytes, FIELD_ORDER) * BigInt(i + 5));
        expect(Fp.mul(X1, Fp.sqr(inverse))).toBe(expected.x);
        expect(Fp.mul(Y1, Fp.mul(inverse, Fp.sqr(inverse)))).toBe(expected.y);
      });
    }
  });
});

/** Points of the twist outside the subgroup: 2q - r times as many. */
const COFACTOR = 2n * q - FIELD_ORDER;
