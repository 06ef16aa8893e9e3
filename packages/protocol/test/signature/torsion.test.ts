import { describe, expect, it } from "vitest";
import { verifySignature, verifySignatureBatch, type SignedMessage } from "../../src/index.js";
import { verifySignatureBatchFast } from "../../src/wasm/index.js";
import { allTwisted, torsionSignatures } from "./torsion.js";

// An equation without the cofactor, or a batch that keeps it elsewhere, lets one signature be true for one node and false for another:
// a split of the chain for the price of one transaction (Chalkias, Garillot, Nikolaenko, "Taming the many EdDSAs", 2020).
describe("B14: signatures with parts of low order", () => {
  const items = [...allTwisted(), ...torsionSignatures()];
  const expected = items.map(({ valid }) => valid);
  const one = ({ rk, message, signature }: SignedMessage): boolean => verifySignature(rk, message, signature);

  it("are true exactly where 8*S*B8 = 8*R + 8*c*rk says so", () => {
    expect(expected.filter((valid) => valid).length).toBeGreaterThan(64);
    expect(items.map((item) => [item.about, one(item)])).toEqual(items.map(({ about, valid }) => [about, valid]));
  });

  it("get one verdict alone, in a batch and in WebAssembly, whatever stands beside them", () => {
    expect(verifySignatureBatchFast(items)).toEqual(expected);
    for (const item of items) expect(verifySignatureBatchFast([item])).toEqual([item.valid]);
    const good = items.filter(({ valid }) => valid);
    expect(verifySignatureBatchFast(good)).toEqual(good.map(() => true));
    // Coefficients of 1 to 8: where torsion would cancel, or would not.
    for (let z = 1; z <= 8; z++) {
      const constant = (length: number): Uint8Array =>
        Uint8Array.from({ length }, (_, i) => (i === length - 1 ? z : 0));
      expect(verifySignatureBatchFast(good, constant)).toEqual(good.map(() => true));
    }
    const some = good.filter((_, i) => i % 9 === 0);
    expect(verifySignatureBatch(some)).toEqual(some.map(() => true));
    const mixed = items.slice(-16);
    expect(verifySignatureBatch(mixed)).toEqual(mixed.map(({ valid }) => valid));
  });
});
