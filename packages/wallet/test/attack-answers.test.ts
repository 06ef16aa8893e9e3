import { describe, expect, it } from "vitest";
import { receiptAnswer, simulateAnswer } from "../src/rpc/call-schemas.js";

const failing = (index: unknown): unknown => ({
  ok: false,
  failure: { step: "unshield", index, reason: "no", output: "0x" },
  gasUsed: "0x1",
  gasLimit: "0x1",
  calls: [],
  left: [],
  suggested: [],
  coinLeft: "0x0",
});

describe("answers of a lying node about calls", () => {
  it("D33: a failure's place is a place: with any other the wallet would try for ever to leave that asset out", () => {
    expect(simulateAnswer.parse(failing(2)).failure?.index).toBe(2);
    expect(simulateAnswer.parse(failing("0x2")).failure?.index).toBe(2);
    for (const index of [-1, 0.5, 1e300, "-0x1", `0x${"f".repeat(64)}`, "x", {}])
      expect(simulateAnswer.safeParse(failing(index)).success, String(index)).toBe(false);
    expect(simulateAnswer.parse(failing(2)).unasked).toBe(0);
    expect(simulateAnswer.parse({ ...(failing(2) as object), unasked: 3 }).unasked).toBe(3);
    expect(simulateAnswer.safeParse({ ...(failing(2) as object), unasked: -1 }).success).toBe(false);
    const receipt = {
      status: "0x0",
      blockNumber: "0x1",
      gasUsed: "0x1",
      logs: [],
      sero: { failure: { step: "call", index: -1 } },
    };
    expect(receiptAnswer.safeParse(receipt).success).toBe(false);
  });
});
