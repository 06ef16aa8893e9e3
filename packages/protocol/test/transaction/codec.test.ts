import { describe, expect, it } from "vitest";
import { decodeTransaction, encodeTransaction } from "../../src/transaction/index.js";
import { sampleCall, samplePayment } from "./sample.js";
describe("codec", () => {
  it("round trips", () => {
    for (const tx of [samplePayment(), samplePayment(8), sampleCall()]) {
      const bytes = encodeTransaction(tx);
      expect(decodeTransaction(bytes)).toEqual(tx);
    }
  });
});
