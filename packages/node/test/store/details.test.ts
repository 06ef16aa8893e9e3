import { describe, expect, it } from "vitest";
import { decodeStoredDetails, encodeStoredDetails } from "../../src/store/details.js";

describe("stored details", () => {
  it("E40: of what a failed call reverted with, a few kilobytes are kept: three bytes of it cost a gas, and a disk would fill", () => {
    const output = Uint8Array.from({ length: 200_000 }, (_, i) => i & 255);
    const failure = { step: "call", index: 3, reason: "revert", output } as const;
    const bytes = encodeStoredDetails([{ calls: [], failure, gasUsed: 5n }]);
    expect(bytes.length).toBeLessThan(5_000);
    expect(decodeStoredDetails(bytes)).toEqual([
      { calls: [], failure: { ...failure, output: output.slice(0, 4_096) } },
    ]);
    const short = { ...failure, output: output.slice(0, 100) };
    expect(decodeStoredDetails(encodeStoredDetails([{ calls: [], failure: short, gasUsed: 5n }]))).toEqual([
      { calls: [], failure: short },
    ]);
  });
});
