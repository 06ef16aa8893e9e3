import { describe, expect, it } from "vitest";
import { DOMAINS, FIELD_ORDER, H } from "../../src/index.js";
import { fastH } from "../../src/hash/fast.js";

describe("the fast hash", () => {
  it("is the plain one, errors included", () => {
    for (const xs of [[0n], [1n, 2n], [FIELD_ORDER - 1n, 0n, 5n], [1n, 2n, 3n, 4n]]) {
      expect(fastH(DOMAINS.D_ASSET, ...xs)).toBe(H(DOMAINS.D_ASSET, ...xs));
    }
    const codeOf = (hash: () => bigint): unknown => {
      try {
        return hash();
      } catch (error) {
        return (error as { code: string }).code;
      }
    };
    for (const xs of [[], [FIELD_ORDER], [-1n], [1n, 2n, 3n, 4n, 5n]]) {
      expect(codeOf(() => fastH(DOMAINS.D_ASSET, ...xs))).toBe(codeOf(() => H(DOMAINS.D_ASSET, ...xs)));
    }
  });
});
