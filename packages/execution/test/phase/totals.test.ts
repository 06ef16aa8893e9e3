import { assetIdOf, COIN, decodeCompactBlock, decodeTransaction, POOL_ADDRESS, type AssetId } from "@sero/protocol";
import { TEST_TOKEN } from "@sero/contracts/test-contracts";
import { describe, expect, it } from "vitest";
import {
  assetTotals,
  checkPoolState,
  importBlock,
  layered,
  poolView,
  turnstileChanges,
  type RegisteredAsset,
} from "../../src/index.js";
import { randomPseudonym } from "../helpers/call.js";
import { balanceOf, COINS, openTestChain, type TestChain } from "../helpers/chain.js";
import { callData, deploy, deployCode } from "../helpers/contracts.js";

/** Every counter as the blocks tell it. */
function countersFromBlocks(chain: TestChain): Map<AssetId, bigint> {
  const sums = new Map<AssetId, bigint>();
  const blocks = [[], ...chain.blocks.map(({ transactions }) => transactions)];
  const compacts = [chain.rules.genesis.compact, ...chain.compacts];
  blocks.forEach((transactions, i) => {
    const changes = turnstileChanges(transactions.map(decodeTransaction), decodeCompactBlock(compacts[i]!));
    for (const [asset, by] of changes) sums.set(asset, (sums.get(asset) ?? 0n) + by);
  });
  return sums;
}

/** All coin of all accounts that blocks ever touched. */
function supplyOf(chain: TestChain): bigint {
  const { state } = chain.head();
  const addresses = new Set([chain.rules.genesis.diff, ...chain.diffs].flatMap(({ accounts }) => [...accounts.keys()]));
  return [...addresses].reduce((sum, key) => sum + (state.account(Buffer.from(key, "hex"))?.balance ?? 0n), 0n);
}

describe("E36: totals", () => {
  it("E36: counters, notes, balances and supply agree after calls that succeed, fail, pay, bring and leave", async () => {
    const chain = await openTestChain({ notes: 6 });
    const supply = supplyOf(chain);
    const token = await deploy(chain, TEST_TOKEN, ["T", "T", 0]);
    const loop = await deployCode(chain, "5b5f56");
    const asset = assetIdOf(1, token, 0n);
    const pseudonym = randomPseudonym();
    const mint = callData(TEST_TOKEN, "mint", [pseudonym.address, 1000n]);
    const bring = (amount: bigint) => [{ kind: "token" as const, token, amount }];
    const gift = callData(TEST_TOKEN, "transfer", [POOL_ADDRESS, 5n]);
    await chain.seal([
      chain.call(0, { pseudonym, calls: [{ to: token, data: mint }], returns: [{ kind: "token", token }] }),
      chain.pay(1, 0, COINS),
    ]);
    const withdrawal = { index: 0n, validatorIndex: 0n, address: pseudonym.address, amount: 3n };
    await chain.seal([chain.call(0, { bring: bring(400n), calls: [{ to: loop }], gasLimit: 200_000n })], {
      withdrawals: [withdrawal],
    });
    await chain.seal([chain.call(0, { bring: bring(300n), calls: [{ to: token, data: gift }] })]);
    await chain.seal([
      chain.call(0, { bring: bring(100n), returns: [{ kind: "token", token, leave: true }], calls: [] }),
    ]);
    await chain.seal([chain.call(0, { pseudonym, calls: [], extra: 7n })]);
    const view = poolView(chain.head().state);
    const counters = countersFromBlocks(chain);
    expect(counters.get(COIN)).toBe(view.turnstile(COIN));
    expect(counters.get(asset)).toBe(view.turnstile(asset));
    const notes = (of: AssetId): bigint => chain.wallets.reduce((sum, wallet) => sum + balanceOf(wallet, of), 0n);
    expect(notes(COIN)).toBe(view.turnstile(COIN));
    expect(notes(asset)).toBe(895n);
    expect(view.turnstile(asset)).toBe(895n);
    expect(supplyOf(chain)).toBe(supply + 3_000_000_000n);
    const registered: RegisteredAsset = { asset, kind: "token", token, id: 0n };
    const context = { rules: chain.rules, state: chain.head().state, header: chain.head().header };
    const [totals] = await assetTotals(context, [registered]);
    expect(totals).toMatchObject({ counter: 895n, balance: 900n, surplus: 5n });
    expect(checkPoolState(chain.head().state, chain.head().header.number).ok).toBe(true);
    // From genesis again, by import alone: the same root.
    let parent = chain.parentOf(chain.rules.genesis.header, chain.rules.genesis.state);
    for (const block of chain.blocks) {
      const imported = await importBlock(chain.rules, parent, block);
      if (!imported.ok) throw imported.error;
      parent = chain.parentOf(block.header, layered(parent.state, imported.value.diff));
    }
    expect(parent.state.root).toEqual(chain.head().state.root);
  });
});
