import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createPublicClient, createWalletClient, custom, defineChain, http, parseEther } from "viem";
import { WRAPPED_COIN, WRAPPED_COIN_ADDRESS } from "@sero/contracts";
import { toHex } from "@sero/protocol";
import { createTestChain, type TestChain, type TestUser } from "../src/testing/index.js";

type Hex = `0x${string}`;

describe("createTestChain", () => {
  let chain: TestChain;
  let ann: TestUser;

  beforeAll(async () => {
    chain = await createTestChain({ users: 1, intervalMs: 0 });
    [ann] = chain.users as [TestUser];
  });
  afterAll(() => chain.close());

  it("a dApp's test sends through the wallet of a user and reads as that user", async () => {
    const viemChain = defineChain({
      id: Number(chain.spec.chainId),
      name: "SERO",
      nativeCurrency: { name: "SERO", symbol: "SERO", decimals: 18 },
      rpcUrls: { default: { http: [chain.node.rpcUrl] } },
    });
    const { request } = ann.provider;
    const transport = custom({ request: ({ method, params }) => request({ method, params: params as unknown[] }) });
    const page = createWalletClient({ account: ann.address, chain: viemChain, transport });
    const reads = createPublicClient({ chain: viemChain, transport: http(ann.url), pollingInterval: 50 });
    const wrapped = { address: toHex(WRAPPED_COIN_ADDRESS) as Hex, abi: WRAPPED_COIN.abi };
    const hash = await page.writeContract({ ...wrapped, functionName: "deposit", value: parseEther("3") });
    expect((await reads.waitForTransactionReceipt({ hash, timeout: 30_000 })).status).toBe("success");
    const args = [ann.address] as const;
    expect(await reads.readContract({ ...wrapped, functionName: "balanceOf", args })).toBe(parseEther("3"));
    expect(chain.problems).toEqual([]);
  });

  it("makes blocks when told to", async () => {
    const number = async (): Promise<bigint> =>
      BigInt((await ann.provider.request({ method: "eth_blockNumber" })) as Hex);
    const before = await number();
    await chain.mine(3);
    expect(await number()).toBe(before + 3n);
  });
});
