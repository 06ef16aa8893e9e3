import { MULTICALL3_ADDRESS } from "@sero/contracts";
import { toHex } from "@sero/protocol";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { startTestNode, type TestNode } from "../helpers/node.js";

interface Answer {
  readonly ok: boolean;
  readonly calls: readonly { readonly output: string }[];
}

describe("sero_simulate runs in the block after", () => {
  let test: TestNode;
  beforeAll(async () => {
    test = await startTestNode();
    await test.rpc("sero_sealBlock");
  });
  afterAll(() => test.stop());

  /** Multicall3's getBlockNumber() and getCurrentBlockTimestamp(). */
  const seen = async (...block: string[]): Promise<readonly bigint[]> => {
    const to = toHex(MULTICALL3_ADDRESS);
    const calls = ["0x42cbb15c", "0x0f28c97d"].map((data) => ({ to, data }));
    const request = { from: `0x${"05".repeat(20)}`, calls };
    const answer = (await test.rpc("sero_simulate", [request, ...block])) as Answer;
    expect(answer.ok).toBe(true);
    return answer.calls.map(({ output }) => BigInt(output));
  };

  it("as a transaction that is being made will: on the head a number and some time later", async () => {
    const head = (await test.rpc("eth_getBlockByNumber", ["latest", false])) as { number: string; timestamp: string };
    const [number, time] = await seen();
    expect(number).toBe(BigInt(head.number) + 1n);
    expect(time).toBeGreaterThan(BigInt(head.timestamp));
    expect(await seen("0x0")).toEqual([1n, test.node.context.spec.genesisTime + 1n]);
  });
});
