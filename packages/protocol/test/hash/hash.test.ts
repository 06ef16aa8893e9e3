import { createRequire } from "node:module";
import { describe, expect, it } from "vitest";
import * as p from "../../src/index.js";
import { codeOf, countingRandom } from "../support.js";

interface CircomlibField {
  toObject(x: unknown): bigint;
}
interface CircomlibPoseidon {
  (inputs: readonly bigint[]): unknown;
  readonly F: CircomlibField;
}
interface Circomlib {
  buildPoseidon(): Promise<CircomlibPoseidon>;
}

const require = createRequire(import.meta.url);
const circomlib = require("circomlibjs") as Circomlib;

describe("Poseidon", () => {
  it("A11: equals circomlib's, 1 to 5 inputs, edges and random ones", async () => {
    const reference = await circomlib.buildPoseidon();
    const random = countingRandom(7);
    const r = p.FIELD_ORDER;
    for (let inputs = 1; inputs <= 5; inputs++) {
      const cases = [
        new Array<bigint>(inputs).fill(0n),
        new Array<bigint>(inputs).fill(r - 1n),
        ...Array.from({ length: 12 }, () => Array.from({ length: inputs }, () => p.bytesToBigInt(random(32)) % r)),
      ];
      for (const x of cases) expect(p.poseidon(x)).toBe(reference.F.toObject(reference(x)));
    }
  });

  it("A11: the rewritten partial rounds are the permutation of the paper", () => {
    for (let t = 2; t <= 6; t++) {
      const { roundConstants, mds, partialRounds } = p.poseidonParameters(t);
      let state = Array.from({ length: t }, (_, i) => BigInt(i));
      roundConstants.forEach((constants, round) => {
        const full = round < 4 || round >= 4 + partialRounds;
        state = state.map((x, i) => p.Fr.add(x, constants[i] as bigint));
        state = state.map((x, i) => (full || i === 0 ? p.Fr.pow(x, 5n) : x));
        state = mds.map((row) => row.reduce((sum, m, i) => p.Fr.add(sum, p.Fr.mul(m, state[i] as bigint)), 0n));
      });
      expect(p.poseidon(Array.from({ length: t - 1 }, (_, i) => BigInt(i + 1)))).toBe(state[0]);
    }
  });

  it("A11: every use has its own domain constant, and it is the ASCII of its name", () => {
    const values = Object.values(p.DOMAINS);
    expect(new Set(values).size).toBe(values.length);
    for (const [name, text] of Object.entries(p.DOMAIN_NAMES)) {
      expect(text.length).toBeLessThanOrEqual(30);
      expect(p.DOMAINS[name as p.DomainName]).toBe(p.bytesToBigInt(p.utf8(text)));
    }
    // The uses that take the same number of inputs are told apart by the constant alone.
    const hashes = values.map((domain) => p.H(domain, 1n, 2n, 3n));
    expect(new Set(hashes).size).toBe(hashes.length);
  });

  it("A11: no two labels of hashes outside circuits are one", () => {
    const labels = Object.values(p.LABELS);
    expect(new Set(labels).size).toBe(labels.length);
    // HKDF infos of account keys are followed by a 0 byte; no label contains one.
    for (const label of labels) expect(label).toMatch(/^[!-~]+$/);
  });

  it("refuses no or too many inputs", () => {
    expect(codeOf(() => p.poseidon([]))).toBe("hash/arity");
    expect(codeOf(() => p.poseidon([1n, 1n, 1n, 1n, 1n, 1n]))).toBe("hash/arity");
  });
});

describe("Keccak-256", () => {
  it("is Ethereum's, over parts as over the whole", () => {
    expect(p.toHex(p.keccak256())).toBe("0xc5d2460186f7233c927e7db2dcc703c0e500b653ca82273b7bfad8045d85a470");
    expect(p.keccak256(p.utf8("ab"), p.utf8("c"))).toEqual(p.keccak256(p.utf8("abc")));
  });
});
