import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { bigIntToBytes, concatBytes } from "../../src/bytes/index.js";
import { FIELD_ORDER } from "../../src/field/index.js";
import { DOMAINS, poseidon } from "../../src/hash/index.js";
import { openPoseidon } from "../../src/wasm/index.js";

const r = FIELD_ORDER;
const element = fc.oneof(fc.constantFrom(0n, 1n, r - 1n, r >> 1n), fc.bigInt(0n, r - 1n));

describe("Poseidon in WebAssembly", () => {
  const fast = openPoseidon();

  it("A11: hashes 1 to 5 inputs like the reference", () => {
    const inputs = fc.array(element, { minLength: 1, maxLength: 5 });
    fc.assert(
      fc.property(inputs, (xs) => {
        expect(fast.hash(xs)).toBe(poseidon(xs));
      }),
      { numRuns: 60 },
    );
    for (let n = 1; n <= 5; n++) {
      const xs = new Array<bigint>(n).fill(r - 1n);
      expect(fast.hash(xs)).toBe(poseidon(xs));
    }
  });

  it("hashes many nodes at once, an odd number too", () => {
    const nodes = fc.array(fc.tuple(element, element, element, element), { minLength: 0, maxLength: 5 });
    fc.assert(
      fc.property(nodes, (children) => {
        const bytes = concatBytes(...children.flat().map((x) => bigIntToBytes(x, 32)));
        const expected = children.map((c) => bigIntToBytes(poseidon([DOMAINS.D_NODE, ...c]), 32));
        expect(fast.hashNodes(bytes)).toEqual(concatBytes(...expected));
      }),
      { numRuns: 20 },
    );
  });

  it("A6: refuses r and more, and a wrong number of inputs", () => {
    expect(() => fast.hash([r])).toThrow(expect.objectContaining({ code: "field/not-canonical" }));
    expect(() => fast.hashNodes(concatBytes(...[0n, 1n, r, 2n].map((x) => bigIntToBytes(x, 32))))).toThrow(
      expect.objectContaining({ code: "field/not-canonical" }),
    );
    expect(() => fast.hash([])).toThrow(expect.objectContaining({ code: "hash/arity" }));
    expect(() => fast.hash([1n, 2n, 3n, 4n, 5n, 6n])).toThrow(expect.objectContaining({ code: "hash/arity" }));
    expect(() => fast.hashNodes(new Uint8Array(100))).toThrow(expect.objectContaining({ code: "hash/arity" }));
  });
});
