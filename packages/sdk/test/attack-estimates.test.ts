import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { encodeFunctionData, parseEther } from "viem";
import { WRAPPED_COIN, WRAPPED_COIN_ADDRESS } from "@sero/contracts";
import { toHex } from "@sero/protocol";
import { CODES, type Hex } from "../src/index.js";
import { createTestChain, type TestChain, type TestUser } from "../src/testing/index.js";
import { refusal } from "./helpers/fake.js";

// A real node, and a wallet whose 100,000 coins lie in four notes of 25,000.
describe("estimates, for which nobody is asked", () => {
  let chain: TestChain;
  let ann: TestUser;
  const to = toHex(WRAPPED_COIN_ADDRESS) as Hex;
  const deposit = encodeFunctionData({ abi: WRAPPED_COIN.abi, functionName: "deposit" });
  const withdraw = (amount: string): Hex =>
    encodeFunctionData({ abi: WRAPPED_COIN.abi, functionName: "withdraw", args: [parseEther(amount)] });
  const request = (method: string, tx: object): Promise<unknown> =>
    ann.provider.request({ method, params: [{ from: ann.address, to, ...tx }] });
  const estimate = async (tx: object): Promise<bigint> => BigInt((await request("eth_estimateGas", tx)) as Hex);
  const paying = (coins: string): { readonly data: Hex; readonly value: Hex } => ({
    data: deposit,
    value: `0x${parseEther(coins).toString(16)}`,
  });

  beforeAll(async () => {
    chain = await createTestChain({ users: 1, intervalMs: 0 });
    [ann] = chain.users as [TestUser];
  });
  afterAll(() => chain.close());

  it("G49: the gas does not say into how many and how large notes the money is divided", async () => {
    const answers = new Set<bigint>();
    for (const coins of ["1", "24999", "25001", "49999", "50001", "75001", "99999.9999999", "100000"])
      answers.add(await estimate(paying(coins)));
    expect(answers.size).toBe(1);
    const more = await refusal(request("eth_estimateGas", paying("100000.1")));
    expect(more.message).toMatch(/^insufficient funds/);
  });

  it("suffices for what is sent, with and without an asset brought", async () => {
    for (const tx of [paying("30000"), { data: withdraw("12") }]) {
      const estimated = await estimate(tx);
      const hash = await request("eth_sendTransaction", tx);
      const receiptOf = (): Promise<unknown> =>
        ann.provider.request({ method: "eth_getTransactionReceipt", params: [hash] });
      await expect.poll(receiptOf, { timeout: 30_000 }).not.toBeNull();
      const { gasUsed, status } = (await receiptOf()) as { readonly gasUsed: Hex; readonly status: Hex };
      expect(status).toBe("0x1");
      expect(estimated).toBeGreaterThanOrEqual(BigInt(gasUsed));
    }
    expect(chain.problems).toEqual([]);
  });

  it("a call that would fail is a revert", async () => {
    expect((await refusal(request("eth_estimateGas", { data: withdraw("90000") }))).code).toBe(CODES.reverted);
  });
});
