import { randomBytes } from "node:crypto";
import { bn254 } from "@noble/curves/bn254.js";
import { beforeAll, describe, expect, it } from "vitest";
import type { Verifier } from "../../src/types.js";
import { BASE_FIELD_ORDER as q, SCALAR_FIELD_ORDER as r } from "../../src/verify/constants.js";
import { proofBytes, proofPoints } from "../../src/verify/encoding.js";
import { openVerifier } from "../../src/verify/groth16.js";
import { asG2, inputsFor, keyOf, simulate, times, trapdoor, twistPoint } from "./synthetic.js";

const t = trapdoor();
const good = (seed: number) => ({ inputs: inputsFor(seed), proof: simulate(t, inputsFor(seed), BigInt(seed)) });

/** The same statement proved by other bytes: (kA, B/k, C). (Groth16 proofs can be re-randomised by anybody.) */
function rerandomised(proof: Uint8Array, k: bigint): Uint8Array {
  const { a, b, c } = proofPoints(proof);
  const A = bn254.G1.Point.fromAffine(a).multiply(k).toAffine();
  const B = new bn254.G2.Point({ c0: b.x[0], c1: b.x[1] }, { c0: b.y[0], c1: b.y[1] }, bn254.fields.Fp2.ONE);
  return proofBytes({ x: A.x, y: A.y }, asG2(B.multiply(bn254.fields.Fr.inv(k))), c);
}

// Batches by our own Miller loop from one proof on, and never: the verdicts are the same.
describe.each([
  ["all batches the quick way", 1],
  ["mcl alone", Infinity],
])("Groth16 verifier, %s", (_name, batchFrom) => {
  let verifier: Verifier;
  beforeAll(async () => {
    verifier = await openVerifier(keyOf(t), randomBytes, batchFrom);
  });
  /** Checks alone and in a batch, which must agree. */
  const check = (item: { inputs: readonly bigint[]; proof: Uint8Array }): boolean => {
    const alone = verifier.verify(item.inputs, item.proof);
    expect(verifier.verifyBatch([good(1), item, good(2)])).toEqual([true, alone, true]);
    return alone;
  };

  it("accepts proofs, alone and in batches of any length", () => {
    expect(check(good(3))).toBe(true);
    expect(verifier.verifyBatch([])).toEqual([]);
    const items = [1, 2, 3, 4, 5, 6, 7, 8, 9].map(good);
    for (const n of [1, 2, 3, 5, 9]) expect(verifier.verifyBatch(items.slice(0, n))).toEqual(Array(n).fill(true));
    const many = Array.from({ length: 200 }, (_, i) => items[i % 9] ?? good(1));
    expect(verifier.verifyBatch(many)).toEqual(Array(200).fill(true));
  });

  it("A6: a public input of r or more is refused, though it is the same number modulo r", () => {
    const { inputs, proof } = good(3);
    inputs.forEach((_, i) => {
      expect(check({ inputs: inputs.with(i, (inputs[i] ?? 0n) + r), proof })).toBe(false);
      expect(check({ inputs: inputs.with(i, (inputs[i] ?? 0n) - r), proof })).toBe(false);
    });
    expect(check({ inputs: inputs.with(0, r), proof })).toBe(false);
  });

  it("A8: every public input is bound", () => {
    const { inputs, proof } = good(3);
    inputs.forEach((x, i) => expect(check({ inputs: inputs.with(i, (x + 1n) % r), proof })).toBe(false));
    expect(check({ inputs: [...inputs.slice(1), inputs[0] ?? 0n], proof })).toBe(false);
  });

  it("C19: a re-randomised copy verifies: no identity, cache or replay check may hang on proof bytes", () => {
    const { inputs, proof } = good(3);
    const copy = rerandomised(proof, 987654321n);
    expect(copy).not.toEqual(proof);
    expect(check({ inputs, proof: copy })).toBe(true);
  });

  it("C20: false proofs among many are found and spoil no other", () => {
    const items = Array.from({ length: 23 }, (_, i) => good(i + 1));
    for (const bad of [[0], [22], [4, 5], [0, 7, 11, 15, 19, 22], [...items.keys()].slice(2), [...items.keys()]]) {
      const mixed = items.map((item, i) =>
        bad.includes(i) ? { ...item, proof: simulate(t, item.inputs, BigInt(i + 1), 1n) } : item,
      );
      expect(verifier.verifyBatch(mixed)).toEqual(items.map((_, i) => !bad.includes(i)));
    }
    const malformed = items.map((item, i) => (i === 9 ? { ...item, proof: item.proof.slice(1) } : item));
    expect(verifier.verifyBatch(malformed)).toEqual(items.map((_, i) => i !== 9));
  });

  it("C20: two false proofs whose errors cancel under equal coefficients are found", async () => {
    const items = [good(1), good(2)];
    const shifted = items.map(({ inputs }, i) => ({
      inputs,
      proof: simulate(t, inputs, BigInt(i + 1), i === 0 ? 99n : -99n),
    }));
    for (let i = 0; i < 4; i++) expect(verifier.verifyBatch(shifted)).toEqual([false, false]);
    // To show that the pair does cancel: with a random source that always says the same, the batch is deceived.
    const deceived = await openVerifier(keyOf(t), (length) => new Uint8Array(length).fill(7), batchFrom);
    expect(deceived.verifyBatch(shifted)).toEqual([true, true]);
  });

  it("C20: coefficients are 128 bits, never zero, drawn anew for each batch and after the contents are read", async () => {
    const drawn: Uint8Array[] = [];
    const counting = await openVerifier(
      keyOf(t),
      (length) => {
        // The third draw comes out as zero and must be drawn again.
        const bytes = drawn.length === 2 ? new Uint8Array(length) : new Uint8Array(randomBytes(length));
        drawn.push(bytes);
        return bytes;
      },
      Infinity,
    );
    expect(counting.verifyBatch([good(1), good(2), good(3)])).toEqual([true, true, true]);
    expect(drawn.length).toBe(4);
    expect(counting.verifyBatch([good(1), good(2), good(3)])).toEqual([true, true, true]);
    expect(drawn.length).toBe(7);
    expect(drawn.every((bytes) => bytes.length === 16)).toBe(true);
    expect(new Set(drawn.map((bytes) => bytes.join())).size).toBe(7);
    // Malformed items are sorted out before anything is drawn.
    counting.verifyBatch([{ ...good(1), proof: new Uint8Array(256) }]);
    expect(drawn.length).toBe(7);
    const order: string[] = [];
    const observed = await openVerifier(
      keyOf(t),
      (length) => {
        order.push("draw");
        return randomBytes(length);
      },
      batchFrom,
    );
    const watched = (seed: number) => ({
      ...good(seed),
      get proof() {
        order.push("read");
        return good(seed).proof;
      },
    });
    expect(observed.verifyBatch([watched(1), watched(2)])).toEqual([true, true]);
    expect(order.lastIndexOf("read")).toBeLessThan(order.indexOf("draw"));
  });

  it("C21: proofs of another length, and another number of inputs", () => {
    const { inputs, proof } = good(3);
    for (const length of [0, 1, 128, 255]) expect(check({ inputs, proof: proof.slice(0, length) })).toBe(false);
    expect(check({ inputs, proof: new Uint8Array([...proof, 0]) })).toBe(false);
    expect(check({ inputs: inputs.slice(1), proof })).toBe(false);
    expect(check({ inputs: [...inputs, 0n], proof })).toBe(false);
    expect(check({ inputs: [], proof })).toBe(false);
  });

  it("C21: proofs with aliased coordinates, points off the curve, the identity or outside the subgroup", () => {
    const { inputs, proof } = good(3);
    const { a, b, c } = proofPoints(proof);
    const off = twistPoint(2n);
    const outside = new bn254.G2.Point(
      { c0: b.x[0], c1: b.x[1] },
      { c0: b.y[0], c1: b.y[1] },
      bn254.fields.Fp2.ONE,
    ).add(times(off, r));
    const bad = [
      proofBytes({ ...a, x: a.x + q }, b, c),
      proofBytes({ ...a, y: a.y + 1n }, b, c),
      proofBytes({ x: 0n, y: 0n }, b, c),
      proofBytes(a, { x: [0n, 0n], y: [0n, 0n] }, c),
      proofBytes(a, b, { x: 0n, y: 0n }),
      proofBytes(a, { ...b, x: [b.x[0] + q, b.x[1]] }, c),
      proofBytes(a, b, { ...c, y: c.y + q }),
      proofBytes(a, asG2(outside), c),
      proofBytes(a, { x: [b.x[1], b.x[0]], y: [b.y[1], b.y[0]] }, c),
    ];
    for (const changed of bad) expect(check({ inputs, proof: changed })).toBe(false);
    // -A with -B is the same proof; -A alone is another statement.
    expect(check({ inputs, proof: proofBytes({ ...a, y: q - a.y }, b, c) })).toBe(false);
  });

  it("C21: one flipped bit anywhere makes a proof false", () => {
    const { inputs, proof } = good(3);
    for (let i = 0; i < 256; i += 5) {
      const changed = proof.slice();
      changed[i] = (changed[i] ?? 0) ^ (1 << (i % 8));
      expect(verifier.verify(inputs, changed)).toBe(false);
    }
  });
});
