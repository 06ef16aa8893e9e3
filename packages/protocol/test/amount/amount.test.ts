import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { formatAmount, parseAmount } from "../../src/index.js";
import { codeOf } from "../support.js";

describe("amounts", () => {
  it("are read and written exactly", () => {
    const cases: readonly (readonly [string, number, bigint, string])[] = [
      ["1", 18, 10n ** 18n, "1"],
      ["0.000000000000000001", 18, 1n, "0.000000000000000001"],
      ["  012.50 ", 2, 1250n, "12.5"],
      ["7", 0, 7n, "7"],
      ["0", 18, 0n, "0"],
      ["1.10000000000000000000000", 18, 11n * 10n ** 17n, "1.1"],
      ["340282366920938463463.374607431768211455", 18, 2n ** 128n - 1n, "340282366920938463463.374607431768211455"],
    ];
    for (const [text, decimals, units, formatted] of cases) {
      expect(parseAmount(text, decimals)).toBe(units);
      expect(formatAmount(units, decimals)).toBe(formatted);
    }
    expect(formatAmount(-15n, 1)).toBe("-1.5");
    fc.assert(
      fc.property(fc.bigInt({ min: 0n, max: 2n ** 128n - 1n }), fc.integer({ min: 0, max: 40 }), (units, decimals) => {
        expect(parseAmount(formatAmount(units, decimals), decimals)).toBe(units);
      }),
    );
  });

  it("that are negative, too precise, too large or no numbers are refused, each with its code", () => {
    const cases: readonly (readonly [string, string])[] = [
      ["", "amount/empty"],
      ["  ", "amount/empty"],
      ["-1", "amount/negative"],
      ["\u22121", "amount/negative"],
      ["1.0000000000000000001", "amount/too-precise"],
      ["340282366920938463463.374607431768211456", "amount/too-large"],
      ["9".repeat(100_000), "amount/too-large"],
      ["1,5", "amount/syntax"],
      ["1_000", "amount/syntax"],
      ["1e18", "amount/syntax"],
      ["0x10", "amount/syntax"],
      ["+1", "amount/syntax"],
      ["1.", "amount/syntax"],
      [".5", "amount/syntax"],
      ["1.2.3", "amount/syntax"],
      ["NaN", "amount/syntax"],
      ["١", "amount/syntax"],
      ["1\u202e2", "amount/syntax"],
    ];
    for (const [text, code] of cases) expect(codeOf(() => parseAmount(text))).toBe(code);
    expect(codeOf(() => parseAmount("1", 1.5))).toBe("amount/decimals");
  });
});
