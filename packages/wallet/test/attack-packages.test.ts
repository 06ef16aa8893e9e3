import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { encodeDeployData, encodeFunctionData } from "viem";
import { assetIdOf, fromHex, SeroError, toHex, type EthAddress } from "@sero/protocol";
import { TEST_TOKEN_OUTPUT } from "../../contracts/src/generated/test.js";
import type { CallOutcome, NodeClient, PreparedCall, Wallet } from "../src/index.js";
import { hexOf, liveChain, type LiveChain } from "./helpers/live.js";
import { ALICE, BOB, COIN_UNIT } from "./helpers/wallets.js";

const CREATION = encodeDeployData({ ...TEST_TOKEN_OUTPUT, args: ["Votes", "VOTE", 18] });
let chain: LiveChain;

beforeAll(async () => {
  chain = await liveChain([
    { phrase: ALICE, values: [100n, 50n].map((n) => n * COIN_UNIT) },
    { phrase: BOB, values: [100n, 50n].map((n) => n * COIN_UNIT) },
  ]);
  await chain.mine();
});
afterAll(() => chain.stop());

async function run(wallet: Wallet, prepared: PreparedCall): Promise<CallOutcome> {
  const receipt = await wallet.sendCall(prepared);
  await chain.mine();
  await wallet.sync();
  const outcome = await wallet.callOutcome(receipt.txid);
  expect(outcome.status).toBe("succeeded");
  return outcome;
}

describe("packages and a lost machine", () => {
  it("D27: what was sealed under a new pseudonym of ours is controlled and released by a wallet restored from the phrase", async () => {
    const wallet = await chain.wallet(ALICE);
    const contents = [7n, 5n].map((n) => ({ address: wallet.address(), amount: n * COIN_UNIT }));
    const prepared = await wallet.prepareSeal({ contents });
    // The note to ourselves takes the place of the chunk that is there anyway.
    expect(prepared.report.facts.memoChunks).toBe(1);
    await run(wallet, prepared);
    const sealed = await wallet.packages();
    expect(sealed.map(({ controlled }) => controlled)).toEqual([true, true]);
    expect(new Set(sealed.map(({ controller }) => controller && toHex(controller))).size).toBe(2);
    await wallet.close();
    const restored = await chain.wallet(ALICE);
    const found = await restored.packages();
    expect(found.map(({ controlled }) => controlled)).toEqual([true, true]);
    for (const { id } of found) await run(restored, await restored.prepareRelease({ ids: [id] }));
    expect((await restored.packages()).every(({ controller }) => controller === undefined)).toBe(true);
    await restored.close();
  });

  it("D29: blocks that somebody filled with packages stop nobody: a range that holds too many is halved", async () => {
    const most = 1n;
    const asked: bigint[] = [];
    const client: NodeClient = {
      ...chain.client,
      packageEvents: async (from, to) => {
        asked.push(to - from + 1n);
        if (to - from + 1n > most) throw new SeroError("rpc/limit", "Too many. Ask for fewer blocks.");
        return chain.client.packageEvents(from, to);
      },
    };
    const [usual, limited] = [await chain.wallet(ALICE), await chain.wallet(ALICE, { client })];
    const packages = await usual.packages();
    expect(packages.length).toBeGreaterThan(0);
    expect(await limited.packages()).toEqual(packages);
    expect(asked.some((blocks) => blocks > most)).toBe(true);
    await usual.close();
    await limited.close();
  });

  it("D27: so is what was sealed under a kept pseudonym that was named and never used", async () => {
    const wallet = await chain.wallet(BOB);
    const { address } = await wallet.newPseudonym({ label: "parcels" });
    await run(
      wallet,
      await wallet.prepareSeal({ contents: [{ address: wallet.address(), amount: COIN_UNIT, controller: address }] }),
    );
    await wallet.close();
    const restored = await chain.wallet(BOB);
    expect((await restored.packages()).map(({ controlled }) => controlled)).toEqual([true]);
    await restored.close();
  });

  it("D27: what calls give to a kept pseudonym that was never used is swept in by a wallet restored from the phrase", async () => {
    const wallet = await chain.wallet(ALICE);
    const { address } = await wallet.newPseudonym({ label: "votes" });
    const { created } = await run(wallet, await wallet.prepareCall({ calls: [{ data: fromHex(CREATION) }] }));
    const votes = created[0] as EthAddress;
    const mint = fromHex(
      encodeFunctionData({ abi: TEST_TOKEN_OUTPUT.abi, functionName: "mint", args: [hexOf(address), 40n] }),
    );
    const prepared = await wallet.prepareCall({ calls: () => [{ to: votes, data: mint }] });
    expect(prepared.report.facts.memoChunks).toBe(1);
    await run(wallet, prepared);
    await wallet.close();
    const restored = await chain.wallet(ALICE);
    await run(restored, await restored.prepareSweep(address));
    expect(restored.balances().find(({ asset }) => asset === assetIdOf(1, votes, 0n))?.total).toBe(40n);
    await restored.close();
  });
});
