import { FIELD_ORDER } from "@sero/protocol";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { BundleCheck, BundleVerifier } from "../../src/types.js";
import { inlineVerifier } from "../../src/verify/bundles.js";
import { verifyingKeyHash } from "../../src/verify/key.js";
import { openVerifierPool } from "../../src/verify/pool.js";
import { bundleOf as bundle, SYNTHETIC_KEY as vk, TRAPDOOR as t } from "./synthetic-bundles.js";
import { g1, simulate } from "./synthetic.js";

const REAL_CHAIN = 1n;
const chain = { chainId: REAL_CHAIN, keyHash: verifyingKeyHash(vk) };

/** What can be wrong with a bundle. */
const spoilt: Readonly<Record<string, (item: BundleCheck) => BundleCheck>> = {
  "another message": (item) => ({ ...item, message: new Uint8Array(32).fill(99) }),
  "another signature": (item) => ({ ...item, signature: item.signature.with(40, (item.signature[40] ?? 0) ^ 1) }),
  "a false proof": (item) => ({ ...item, proof: simulate(t, item.inputs, 3n, 1n) }),
  "a proof of other inputs": (item) => ({ ...item, inputs: item.inputs.with(3, 5n) }),
  "another circuit": (item) => ({ ...item, circuit: 1 }),
  "a signature under another rk than the proof's": (item) => {
    const other = bundle(77);
    return { ...item, rk: other.rk, signature: other.signature, message: other.message };
  },
  "a cut proof": (item) => ({ ...item, proof: item.proof.slice(0, 255) }),
  "an rk in the inputs that is off the curve": (item) => ({ ...item, inputs: item.inputs.with(9, 5n) }),
  "an rk in the inputs plus r": (item) => ({
    ...item,
    inputs: item.inputs.with(9, (item.inputs[9] ?? 0n) + FIELD_ORDER),
  }),
  "a missing input": (item) => ({ ...item, inputs: item.inputs.slice(1) }),
};

describe.each(["inline", "pool"])("verifier of bundles, %s", (kind) => {
  let verifier: BundleVerifier;
  const good = [1, 2, 3, 4, 5].map(bundle);
  beforeAll(async () => {
    verifier = kind === "inline" ? inlineVerifier(vk, chain) : await openVerifierPool({ vk, ...chain });
  });
  afterAll(() => verifier.close());

  it("accepts good bundles, and none", async () => {
    expect(await verifier.check(good)).toEqual([true, true, true, true, true]);
    expect(await verifier.check([])).toEqual([]);
  });

  it.each(Object.keys(spoilt))("C20: finds %s among good bundles", async (name) => {
    const mixed = good.map((item, i) => (i === 1 || i === 4 ? (spoilt[name]?.(item) ?? item) : item));
    expect(await verifier.check(mixed)).toEqual([true, false, true, true, false]);
  });

  it("keeps the order over many tasks", async () => {
    const many = Array.from({ length: 150 }, (_, i) => good[i % 5] ?? bundle(1));
    const bad = [0, 63, 64, 149];
    const mixed = many.map((item, i) => (bad.includes(i) ? { ...item, message: new Uint8Array(32) } : item));
    expect(await verifier.check(mixed)).toEqual(many.map((_, i) => !bad.includes(i)));
  });

  it("is cancelled by its signal", async () => {
    const abort = new AbortController();
    const many = Array.from({ length: 100 }, () => good[0] ?? bundle(1));
    const result = verifier.check(many, { signal: abort.signal });
    setTimeout(() => abort.abort(), 5);
    await expect(result).rejects.toMatchObject({ code: "workers/cancelled" });
    await expect(verifier.check(good, { signal: abort.signal })).rejects.toMatchObject({ code: "workers/cancelled" });
    expect(await verifier.check(good)).toEqual([true, true, true, true, true]);
  });

  it("C18: refuses a bad key before the first bundle", async () => {
    const bad = { ...vk, delta1: g1(5n) };
    const opened = async (): Promise<unknown> =>
      kind === "inline" ? inlineVerifier(bad, chain).check(good) : openVerifierPool({ vk: bad, ...chain });
    await expect(opened()).rejects.toMatchObject({ code: "key/scalar" });
  });
});
