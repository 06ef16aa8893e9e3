import { REPACK_DEVELOPMENT_KEY, verifyingKeyBytes } from "@sero/circuits";
import type { VerifyingKey } from "@sero/circuits";
import { FIELD_ORDER as r, bigIntToBytes, concatBytes } from "@sero/protocol";
import { describe, expect, it } from "vitest";
import { inputsFor, keyOf, simulate, trapdoor, twistPoint, asG2 } from "../../../circuits/test/verify/synthetic.js";
import { MAX_PUBLIC_INPUTS, precompilesOf } from "../../src/precompiles/index.js";
import { runPrecompile } from "../helpers/precompiles.js";

const [GROTH16, KEY_CHECK] = [0x5e52, 0x5e53].map((x) => `0x${x.toString(16).padStart(40, "0")}` as const) as [
  `0x${string}`,
  `0x${string}`,
];
const word = (x: bigint): Uint8Array => bigIntToBytes(x, 32);
const yes = { output: word(1n) };
const no = { output: word(0n) };
const words = (inputs: readonly bigint[]): Uint8Array => concatBytes(...inputs.map(word));
const patched = (bytes: Uint8Array, at: number, part: Uint8Array): Uint8Array => {
  const copy = Uint8Array.from(bytes);
  copy.set(part, at);
  return copy;
};
const t = trapdoor();
const key = verifyingKeyBytes(keyOf(t));
const inputs = inputsFor(1);
const proof = simulate(t, inputs);
const good = concatBytes(key, proof, words(inputs));

describe("0x5e52 Groth16", () => {
  it("says 1 for proofs of 0, 1, 3 and 20 inputs and 0 for false ones", async () => {
    for (const count of [0, 1, 3, 20]) {
      const trap = trapdoor(count);
      const bytes = verifyingKeyBytes(keyOf(trap));
      const given = inputsFor(count + 7, count);
      const result = await runPrecompile(GROTH16, concatBytes(bytes, simulate(trap, given), words(given)));
      expect(result).toMatchObject(yes);
      const price = precompilesOf({ development: true, chainId: 1n }).find((p) => p.name === "groth16")!.price;
      expect(result.gasUsed).toBe(price(new Uint8Array(768 + 96 * count)));
      const wrong = concatBytes(bytes, simulate(trap, given, 5n, 1n), words(given));
      expect(await runPrecompile(GROTH16, wrong)).toMatchObject(no);
    }
  });

  it("A6: an input plus r is 0, though the same number to the curve", async () => {
    for (let i = 0; i < inputs.length; i++) {
      const aliased = concatBytes(key, proof, words(inputs.with(i, inputs[i]! + r)));
      expect(await runPrecompile(GROTH16, aliased)).toMatchObject(no);
    }
  });

  it("C21: identities, points off the curve and outside the subgroup are 0, in key and proof", async () => {
    const twist = asG2(twistPoint(2n));
    const outside = concatBytes(word(twist.x[1]), word(twist.x[0]), word(twist.y[1]), word(twist.y[0]));
    for (const at of [64, 192, 320, key.length + 64]) {
      expect(await runPrecompile(GROTH16, patched(good, at, outside))).toMatchObject(no);
      expect(await runPrecompile(GROTH16, patched(good, at, new Uint8Array(128)))).toMatchObject(no);
    }
    for (const at of [0, 448, 512, key.length, key.length + 192]) {
      expect(await runPrecompile(GROTH16, patched(good, at, new Uint8Array(64)))).toMatchObject(no);
      expect(await runPrecompile(GROTH16, patched(good, at, word(5n)))).toMatchObject(no);
    }
    expect(await runPrecompile(GROTH16, good)).toMatchObject(yes);
  });

  it("fails with all gas for impossible lengths", async () => {
    const lengths = [0, 1, 448, 767, 769, good.length - 1, good.length + 1, 768 + 96 * (MAX_PUBLIC_INPUTS + 1)];
    for (const length of lengths) {
      const bytes = new Uint8Array(length);
      bytes.set(good.subarray(0, length));
      expect(await runPrecompile(GROTH16, bytes, 5_000_000n)).toEqual({ output: undefined, gasUsed: 5_000_000n });
    }
  });
});

describe("0x5e53 key check", () => {
  const point = (p: { x: bigint; y: bigint } | undefined): Uint8Array => concatBytes(word(p!.x), word(p!.y));
  const withDelta = (vk: VerifyingKey): Uint8Array => concatBytes(verifyingKeyBytes(vk), point(vk.delta1));
  const sound = keyOf(t);

  it("passes a sound key, and every count of inputs by its length", async () => {
    expect(await runPrecompile(KEY_CHECK, withDelta(sound))).toMatchObject(yes);
    expect(await runPrecompile(KEY_CHECK, withDelta(keyOf(trapdoor(20))))).toMatchObject(yes);
    expect(await runPrecompile(KEY_CHECK, withDelta(keyOf(trapdoor(0))))).toMatchObject(no);
  });

  it("C18: refuses delta of gamma or the generator, another scalar in delta1, equal points, points that are none", async () => {
    const bad: Uint8Array[] = [
      ...[1n, r - 1n].map((delta) => withDelta(keyOf({ ...t, delta }))),
      withDelta({ ...sound, delta1: keyOf({ ...t, delta: t.delta + 1n }).delta1! }),
      withDelta(keyOf({ ...t, ic: t.ic.with(2, t.ic[1]!) })),
      withDelta(keyOf({ ...t, ic: t.ic.with(2, r - t.ic[1]!) })),
      withDelta({ ...sound, gamma2: keyOf({ ...t, beta: 5n }).beta2 }),
      withDelta({ ...sound, delta2: asG2(twistPoint(2n)) }),
      withDelta({ ...sound, alpha1: { x: 0n, y: 0n } }),
      withDelta({ ...sound, ic: sound.ic.with(1, { x: 1n, y: 3n }) }),
    ];
    for (const input of bad) expect(await runPrecompile(KEY_CHECK, input)).toMatchObject(no);
  });

  it("C23: development keys pass on development chains alone", async () => {
    const input = withDelta(REPACK_DEVELOPMENT_KEY);
    expect(await runPrecompile(KEY_CHECK, input)).toMatchObject(yes);
    expect(await runPrecompile(KEY_CHECK, input, 10_000_000n, { chainId: 1n })).toMatchObject(no);
  });

  it("fails with all gas for impossible lengths", async () => {
    for (const length of [0, 64, 512, 575, 577, 576 + 64 * (MAX_PUBLIC_INPUTS + 1)]) {
      const result = await runPrecompile(KEY_CHECK, new Uint8Array(length), 5_000_000n);
      expect(result).toEqual({ output: undefined, gasUsed: 5_000_000n });
    }
  });
});
