import {
  encodeFunctionData,
  erc20Abi,
  maxUint256,
  parseEther,
  zeroAddress,
  type Abi,
  type TransactionReceipt,
} from "viem";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { COIN, assetIdOf, fromHex, type EthAddress } from "@sero/protocol";
import { sample, uniswap, type Artifact } from "./helpers/compile.js";
import type { Hex } from "./helpers/machine.js";
import { pairOf } from "./helpers/steps.js";
import { openWorld, type Person, type World } from "./helpers/world.js";

/** Stands in calls for the pseudonym of their own transaction, which is known only when the notes are chosen. */
const SELF: Hex = "0x5e1f5e1f5e1f5e1f5e1f5e1f5e1f5e1f5e1f5e1f";
const LATE = 10n ** 12n;

interface BatchCall {
  readonly to: Hex;
  readonly data: Hex;
  readonly value?: bigint;
}

const call = (to: Hex, abi: Abi, functionName: string, args: readonly unknown[], value?: bigint): BatchCall => ({
  to,
  data: encodeFunctionData({ abi, functionName, args: [...args] }),
  ...(value === undefined ? {} : { value }),
});

describe("Uniswap V2 as published: each step is one atomic, anonymous transaction under a pseudonym of its own, with real proofs", () => {
  let world: World;
  let [ann, ben, cem, dan] = [] as unknown as [Person, Person, Person, Person];
  let weth: Hex;
  let factory: Hex;
  let router: Hex;
  let token: Hex;
  let pool: Hex;
  const { abi: routerAbi } = uniswap().router;
  const pseudonyms = new Set<Hex>();

  beforeAll(async () => {
    world = await openWorld({ users: 4, accounts: 1, proofs: true });
    [ann, ben, cem, dan] = world.people as [Person, Person, Person, Person];
  });
  afterAll(async () => {
    expect(world.problems).toEqual([]);
    await world.close();
  });

  const deploy = async ({ abi, bytecode }: Artifact, args: readonly unknown[] = []): Promise<Hex> => {
    const hash = await ann.viem.deployContract({ abi, bytecode, args, account: ann.me, chain: world.chain });
    const { contractAddress } = await world.outside.waitForTransactionReceipt({ hash, timeout: 300_000 });
    if (!contractAddress) throw new Error("not created");
    pseudonyms.add(ann.me);
    return contractAddress;
  };
  /** One batch (EIP-5792), one transaction, one pseudonym. */
  const batch = async (person: Person, calls: readonly BatchCall[]): Promise<TransactionReceipt> => {
    const { id } = await person.viem.sendCalls({
      account: person.me,
      chain: world.chain,
      calls: [...calls],
      forceAtomic: true,
      capabilities: { oneTimePseudonym: { self: SELF } },
    });
    const { status, receipts } = await person.viem.waitForCallsStatus({ id, timeout: 300_000, pollingInterval: 100 });
    expect([status, receipts?.length]).toEqual(["success", 1]);
    const receipt = await world.outside.getTransactionReceipt({ hash: receipts?.[0]?.transactionHash ?? "0x" });
    expect(pseudonyms.has(receipt.from)).toBe(false);
    pseudonyms.add(receipt.from);
    await person.wallet.sync();
    return receipt;
  };
  const held = ({ wallet }: Person, at?: Hex): bigint => {
    const asset = at === undefined ? COIN : assetIdOf(1, fromHex(at) as EthAddress, 0n);
    return wallet.balances().find((balance) => balance.asset === asset)?.total ?? 0n;
  };

  it("the contracts are deployed, unmodified", async () => {
    const published = uniswap();
    weth = await deploy(published.weth);
    factory = await deploy(published.factory, [zeroAddress]);
    router = await deploy(published.router, [factory, weth]);
    token = await deploy(sample("Token"), ["Token", "TKN", parseEther("1000000")]);
    pool = pairOf(factory, token, weth);
    await ann.wallet.sync();
    expect(held(ann, token)).toBe(parseEther("1000000"));
  });

  it("a pool is made and liquidity added: approve and add in one transaction", async () => {
    await batch(ann, [
      call(token, erc20Abi as Abi, "approve", [router, maxUint256]),
      call(router, routerAbi, "addLiquidityETH", [token, parseEther("50000"), 0n, 0n, SELF, LATE], parseEther("50")),
    ]);
    expect(held(ann, token)).toBe(parseEther("950000"));
    expect(held(ann, pool)).toBeGreaterThan(0n);
  });

  it("ben: coin for tokens", async () => {
    const before = held(ben);
    await batch(ben, [
      call(router, routerAbi, "swapExactETHForTokens", [1n, [weth, token], SELF, LATE], parseEther("1")),
    ]);
    expect(held(ben, token)).toBeGreaterThan(parseEther("900"));
    expect(before - held(ben)).toBeGreaterThan(parseEther("1"));
    expect(before - held(ben)).toBeLessThan(parseEther("1.01"));
  });

  it("cem: tokens that ann paid him in secret for coin, approve and swap in one transaction", async () => {
    const asset = assetIdOf(1, fromHex(token) as EthAddress, 0n);
    await ann.wallet.send(
      await ann.wallet.prepareSend({ payments: [{ address: cem.wallet.address(), amount: parseEther("300"), asset }] }),
    );
    await expect
      .poll(() => cem.wallet.sync().then(() => held(cem, token)), { timeout: 120_000 })
      .toBe(parseEther("300"));
    const before = held(cem);
    await batch(cem, [
      call(token, erc20Abi as Abi, "approve", [router, parseEther("300")]),
      call(router, routerAbi, "swapExactTokensForETH", [parseEther("300"), 1n, [token, weth], SELF, LATE]),
    ]);
    expect(held(cem, token)).toBe(0n);
    expect(held(cem) - before).toBeGreaterThan(parseEther("0.29"));
  });

  it("dan: exactly so many tokens; the coin that was too much comes back inside a note", async () => {
    const before = held(dan);
    const args = [parseEther("500"), [weth, token], SELF, LATE];
    await batch(dan, [call(router, routerAbi, "swapETHForExactTokens", args, parseEther("5"))]);
    expect(held(dan, token)).toBe(parseEther("500"));
    expect(before - held(dan)).toBeLessThan(parseEther("0.6"));
  });

  it("liquidity is removed", async () => {
    const shares = held(ann, pool);
    const [coin, tokens] = [held(ann), held(ann, token)];
    await batch(ann, [
      call(pool, uniswap().pair.abi, "approve", [router, shares]),
      call(router, routerAbi, "removeLiquidityETH", [token, shares, 1n, 1n, SELF, LATE]),
    ]);
    expect(held(ann, pool)).toBe(0n);
    expect(held(ann) - coin).toBeGreaterThan(parseEther("49"));
    expect(held(ann, token) - tokens).toBeGreaterThan(parseEther("48000"));
  });

  it("no public balance is left on any pseudonym, and no two steps shared one", async () => {
    // One that deployed, and five of one transaction each.
    expect(pseudonyms.size).toBe(6);
    for (const pseudonym of pseudonyms) {
      expect(await world.outside.getBalance({ address: pseudonym })).toBe(0n);
      for (const at of [token, weth, pool])
        expect(
          await world.outside.readContract({
            address: at,
            abi: erc20Abi,
            functionName: "balanceOf",
            args: [pseudonym],
          }),
        ).toBe(0n);
    }
  });
});
