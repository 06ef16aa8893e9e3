import { describe, expect, it } from "vitest";
import { DEVELOPMENT_SECRETS } from "../../src/keys/constants.js";
import type { VerifyingKey } from "../../src/types.js";
import { BASE_FIELD_ORDER as q, G2_GENERATOR, SCALAR_FIELD_ORDER as r } from "../../src/verify/constants.js";
import { holdsDevelopmentSecret } from "../../src/verify/development.js";
import { forgeProof, forgeryThatVerifies } from "../../src/verify/forgery.js";
import { openVerifier } from "../../src/verify/groth16.js";
import { checkVerifyingKey, verifyingKeyHash } from "../../src/verify/key.js";
import { asG2, g1, g2, keyOf, trapdoor, twistPoint } from "./synthetic.js";

const REAL_CHAIN = 1n;
const DEVELOPMENT_CHAIN = 24158n;
const t = trapdoor();
const sound = keyOf(t);
const without = (vk: VerifyingKey, name: "beta1" | "delta1"): VerifyingKey => {
  const copy = { ...vk };
  delete copy[name];
  return copy;
};
const refusal = (vk: VerifyingKey, inputCount?: number): Promise<string> =>
  checkVerifyingKey(vk, {
    chainId: REAL_CHAIN,
    keyHash: verifyingKeyHash(vk),
    ...(inputCount === undefined ? {} : { inputCount }),
  }).then(
    () => "accepted",
    (error: { code: string }) => error.code,
  );

describe("verifying keys", () => {
  it("accepts a sound key", async () => {
    expect(await refusal(sound, 3)).toBe("accepted");
    const withoutBeta1 = without(sound, "beta1");
    expect(await refusal(withoutBeta1)).toBe("accepted");
    expect(holdsDevelopmentSecret(sound)).toBe(false);
    expect(await forgeryThatVerifies(sound)).toBeUndefined();
  });

  it("C18: delta that is gamma or the generator, up to sign, is refused; and such a key can be forged under", async () => {
    for (const delta of [1n, r - 1n]) {
      const vk = keyOf({ ...t, delta });
      expect(await refusal(vk)).toBe("key/delta");
      expect(await forgeryThatVerifies(vk)).toBe(delta === 1n ? "delta = gamma" : "delta = -gamma");
      const inputs = [42n, 43n, 44n];
      expect((await openVerifier(vk)).verify(inputs, await forgeProof(vk, inputs, delta))).toBe(true);
      expect((await openVerifier(sound)).verify(inputs, await forgeProof(sound, inputs, delta))).toBe(false);
    }
    // Another gamma with delta equal to it: no key of ours, and refused for gamma.
    expect(await refusal({ ...sound, gamma2: g2(5n), delta2: g2(5n), delta1: g1(5n) })).toBe("key/gamma");
    expect(await refusal({ ...sound, gamma2: g2(-1n) })).toBe("key/gamma");
  });

  it("C18: delta1 must be given and hold delta2's secret; so must beta1 beta2's", async () => {
    expect(await refusal(without(sound, "delta1"))).toBe("key/points");
    expect(await refusal({ ...sound, delta1: g1(t.delta + 1n) })).toBe("key/scalar");
    expect(await refusal({ ...sound, delta2: g2(t.delta + 1n) })).toBe("key/scalar");
    expect(await refusal({ ...sound, beta1: g1(t.beta + 1n) })).toBe("key/scalar");
  });

  it("C18: points that are the identity, off the curve, aliased or outside the subgroup are refused", async () => {
    const zero = { x: 0n, y: 0n };
    const zero2 = { x: [0n, 0n], y: [0n, 0n] } as const;
    const outside = asG2(twistPoint(2n));
    expect(await refusal({ ...sound, alpha1: zero })).toBe("key/point");
    expect(await refusal({ ...sound, alpha1: { ...sound.alpha1, x: sound.alpha1.x + q } })).toBe("key/point");
    expect(await refusal({ ...sound, delta1: { x: 1n, y: 3n } })).toBe("key/point");
    expect(await refusal({ ...sound, ic: sound.ic.with(2, zero) })).toBe("key/point");
    for (const name of ["beta2", "gamma2", "delta2"] as const) {
      expect(await refusal({ ...sound, [name]: zero2 })).toBe("key/point");
      expect(await refusal({ ...sound, [name]: outside })).toBe("key/point");
    }
    await expect(openVerifier({ ...sound, delta2: outside })).rejects.toThrow(/delta2/);
    await expect(openVerifier({ ...sound, ic: sound.ic.with(1, zero) })).rejects.toThrow(/ic\[1\]/);
  });

  it("C18: equal or opposite points are refused", async () => {
    expect(await refusal(keyOf({ ...t, ic: t.ic.with(2, t.ic[1] ?? 0n) }))).toBe("key/equal");
    expect(await refusal(keyOf({ ...t, ic: t.ic.with(2, r - (t.ic[1] ?? 0n)) }))).toBe("key/equal");
    expect(await refusal(keyOf({ ...t, ic: t.ic.with(0, t.alpha) }))).toBe("key/equal");
    expect(await refusal(keyOf({ ...t, ic: t.ic.with(3, 1n) }))).toBe("key/equal");
    expect(await refusal(keyOf({ ...t, alpha: t.beta }))).toBe("key/equal");
    const withoutBeta1 = without(keyOf({ ...t, beta: 1n }), "beta1");
    expect(await refusal(withoutBeta1)).toBe("key/equal");
    const betaIsDelta = without(keyOf({ ...t, beta: t.delta }), "beta1");
    expect(await refusal(betaIsDelta)).toBe("key/equal");
  });

  it("C18: another number of IC points than inputs + 1 is refused", async () => {
    expect(await refusal(sound, 4)).toBe("key/inputs");
    expect(await refusal(sound, 2)).toBe("key/inputs");
    expect(await refusal({ ...sound, ic: sound.ic.slice(0, 1) })).toBe("key/inputs");
  });

  it("C23: development keys are refused on a real chain id, and accepted on a development one", async () => {
    const { alpha, beta, delta } = DEVELOPMENT_SECRETS;
    const development = keyOf({ ...t, alpha, beta, delta });
    expect(holdsDevelopmentSecret(development)).toBe(true);
    expect(await refusal(development)).toBe("key/development");
    await checkVerifyingKey(development, { chainId: DEVELOPMENT_CHAIN });
    // Each of the constants alone gives it away, and so does its opposite.
    for (const change of [
      { alpha },
      { alpha: r - alpha },
      { beta },
      { beta: r - beta },
      { delta },
      { delta: r - delta },
    ]) {
      expect(await refusal(keyOf({ ...t, ...change }))).toBe("key/development");
    }
    expect(await forgeryThatVerifies(development)).toBe("known delta");
  });

  it("C23: a real chain takes only the key that its spec names", async () => {
    const other = keyOf({ ...t, alpha: t.alpha + 1n });
    expect(verifyingKeyHash(other)).not.toBe(verifyingKeyHash(sound));
    for (const keyHash of [undefined, verifyingKeyHash(other)]) {
      await expect(checkVerifyingKey(sound, { chainId: REAL_CHAIN, keyHash })).rejects.toMatchObject({
        code: "key/hash",
      });
    }
    await checkVerifyingKey(sound, { chainId: DEVELOPMENT_CHAIN });
  });

  it("the generator is the one of EIP-197", () => {
    expect(g2(1n)).toEqual(G2_GENERATOR);
  });
});
