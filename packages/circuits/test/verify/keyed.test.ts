import { describe, expect, it } from "vitest";
import { concatBytes } from "@sero/protocol";
import { REPACK_DEVELOPMENT_KEY } from "../../src/index.js";
import { BASE_FIELD_ORDER as q, SCALAR_FIELD_ORDER as r } from "../../src/verify/constants.js";
import { g1Bytes, g2Bytes, verifyingKeyBytes, verifyingKeyOfBytes } from "../../src/verify/encoding.js";
import { openVerifier } from "../../src/verify/groth16.js";
import { openKeyedVerifier } from "../../src/verify/keyed.js";
import { toBytes32 } from "../../src/verify/points.js";
import { asG2, inputsFor, keyOf, simulate, trapdoor, twistPoint } from "./synthetic.js";

const keyed = await openKeyedVerifier();
const words = (inputs: readonly bigint[]): Uint8Array => concatBytes(...inputs.map(toBytes32));
const t = trapdoor();
const vk = keyOf(t);
const key = verifyingKeyBytes(vk);
const inputs = inputsFor(1);
const proof = simulate(t, inputs);

/** `bytes` with a part replaced. */
const patched = (bytes: Uint8Array, at: number, part: Uint8Array): Uint8Array => {
  const copy = Uint8Array.from(bytes);
  copy.set(part, at);
  return copy;
};

describe("proofs under any key", () => {
  it.each([0, 1, 3, 63, 64, 200])("holds for a proof of %s inputs and for no other", (count) => {
    const trap = trapdoor(count);
    const bytes = verifyingKeyBytes(keyOf(trap));
    const given = inputsFor(count + 7, count);
    const made = simulate(trap, given);
    expect(keyed.verify(bytes, made, words(given))).toBe(true);
    expect(keyed.verify(bytes, simulate(trap, given, 5n, 1n), words(given))).toBe(false);
    given.forEach((x, i) => {
      if (i === 0 || i > count - 3) expect(keyed.verify(bytes, made, words(given.with(i, (x + 1n) % r)))).toBe(false);
    });
  });

  it("agrees with the verifier of one key", async () => {
    const verifier = await openVerifier(vk);
    for (let seed = 1; seed < 5; seed++) {
      const given = inputsFor(seed);
      for (const shift of [0n, 1n]) {
        const made = simulate(t, given, BigInt(seed), shift);
        expect(keyed.verify(key, made, words(given))).toBe(verifier.verify(given, made));
      }
    }
  });

  it("holds where the inputs' sum is the identity", async () => {
    // x1 = -ic0/ic1: L = 0, and the pairing with gamma is 1.
    const [zeroth = 0n, first = 0n] = t.ic;
    const given = [((r - zeroth) * inverse(first)) % r, 0n, 0n];
    const made = simulate(t, given);
    expect(keyed.verify(key, made, words(given))).toBe(true);
    expect((await openVerifier(vk)).verify(given, made)).toBe(true);
  });

  it("A6: an input plus r is refused", () => {
    inputs.forEach((x, i) => expect(keyed.verify(key, proof, words(inputs.with(i, x + r)))).toBe(false));
    expect(keyed.verify(key, proof, words(inputs.with(0, r)))).toBe(false);
  });

  it("C21: other lengths, points off the curve, aliased, the identity or outside the subgroup are no proof, in proof and key", () => {
    for (const bytes of [proof.subarray(1), concatBytes(proof, new Uint8Array(1)), new Uint8Array(256)])
      expect(keyed.verify(key, bytes, words(inputs))).toBe(false);
    for (const bytes of [key.subarray(1), key.subarray(64), key.subarray(0, 448), new Uint8Array(key.length)])
      expect(keyed.verify(bytes, proof, words(inputs))).toBe(false);
    expect(keyed.verify(key, proof, words(inputs.slice(1)))).toBe(false);
    expect(keyed.verify(key, proof, words([...inputs, 0n]))).toBe(false);
    const outside = g2Bytes(asG2(twistPoint(2n)));
    expect(keyed.verify(key, patched(proof, 64, outside), words(inputs))).toBe(false);
    for (const at of [64, 192, 320]) expect(keyed.verify(patched(key, at, outside), proof, words(inputs))).toBe(false);
    for (const at of [0, 192]) {
      expect(keyed.verify(key, patched(proof, at, new Uint8Array(64)), words(inputs))).toBe(false);
      const x = BigInt(`0x${Buffer.from(proof.subarray(at, at + 32)).toString("hex")}`);
      expect(keyed.verify(key, patched(proof, at, toBytes32(x + q)), words(inputs))).toBe(false);
    }
    for (const at of [0, 448, 512])
      expect(keyed.verify(patched(key, at, new Uint8Array(64)), proof, words(inputs))).toBe(false);
    expect(keyed.verify(key, proof, words(inputs))).toBe(true);
  });

  it("C18: a bad key is refused with its fault, and a sound one passes again and again", () => {
    const delta1 = g1Bytes(vk.delta1 ?? { x: 0n, y: 0n });
    const check = (changes: Partial<typeof t>): string | undefined => {
      const made = keyOf({ ...t, ...changes });
      return keyed.keyFault(verifyingKeyBytes(made), g1Bytes(made.delta1 ?? { x: 0n, y: 0n }), false)?.code;
    };
    for (let i = 0; i < 40; i++) expect(check({})).toBeUndefined();
    expect(check({ delta: 1n })).toBe("key/delta");
    expect(check({ delta: r - 1n })).toBe("key/delta");
    expect(check({ ic: t.ic.with(2, t.ic[1] ?? 0n) })).toBe("key/equal");
    expect(keyed.keyFault(key, g1Bytes({ x: 1n, y: 2n }), false)?.code).toBe("key/equal");
    expect(keyed.keyFault(key, g1Bytes(keyOf({ ...t, delta: 77n }).delta1 ?? { x: 0n, y: 0n }), false)?.code).toBe(
      "key/scalar",
    );
    expect(keyed.keyFault(patched(key, 448, new Uint8Array(64)), delta1, false)?.code).toBe("key/point");
    expect(keyed.keyFault(key.subarray(1), delta1, false)?.code).toBe("key/length");
    expect(keyed.keyFault(key.subarray(0, 512), delta1, false)?.code).toBe("key/inputs");
  });

  it("C23: the development key passes where development keys may", () => {
    const bytes = verifyingKeyBytes(REPACK_DEVELOPMENT_KEY);
    const delta1 = g1Bytes(REPACK_DEVELOPMENT_KEY.delta1 ?? { x: 0n, y: 0n });
    expect(keyed.keyFault(bytes, delta1, true)).toBeUndefined();
    expect(keyed.keyFault(bytes, delta1, false)?.code).toBe("key/development");
  });

  it("a key's bytes and back", () => {
    const { beta1, delta1, ...rest } = REPACK_DEVELOPMENT_KEY;
    expect(verifyingKeyOfBytes(verifyingKeyBytes(REPACK_DEVELOPMENT_KEY))).toEqual(rest);
    expect(beta1).toBeDefined();
    expect(delta1).toBeDefined();
  });
});

function inverse(x: bigint): bigint {
  let [result, base] = [1n, x % r];
  for (let e = r - 2n; e > 0n; e >>= 1n) {
    if (e & 1n) result = (result * base) % r;
    base = (base * base) % r;
  }
  return result;
}
