import {
  COIN,
  decodeCompactBlock,
  denseTree,
  EMPTY_STREAM_DIGEST,
  genesisId,
  leavesOf,
  streamDigest,
  type Commitment,
  type EthAddress,
} from "@sero/protocol";
import { describe, expect, it } from "vitest";
import { importBlock, layered, poolTotals, poolView } from "../../src/index.js";
import { balanceOf, COINS, FEE_RECIPIENT, openTestChain } from "../helpers/chain.js";

describe("payments", () => {
  it("move coins: genesis, a payment, a block; fee to the proposer, root, digest and receipt", async () => {
    const chain = await openTestChain();
    const [alice, bob] = chain.wallets;
    const payment = chain.pay(0, 1, 3n * COINS);
    const block = await chain.seal([payment]);
    const fee = chain.check(payment.bytes).fee;
    expect(block.skipped).toEqual([]);
    expect(balanceOf(alice!)).toBe(27n * COINS - fee);
    expect(balanceOf(bob!)).toBe(33n * COINS);
    expect(block.receipts).toEqual([{ status: 1, cumulativeGasUsed: 25_000n, logs: [] }]);
    const { state } = chain.head();
    expect(state.account(FEE_RECIPIENT)?.balance).toBe(fee);
    const totals = poolTotals(state);
    expect(totals).toEqual({ coin: 60n * COINS - fee, balance: 60n * COINS - fee, surplus: 0n, leafCount: 9n });
    const blocks = [chain.rules.genesis.compact, block.compact].map(decodeCompactBlock);
    expect(blocks[1]!.credited).toEqual([FEE_RECIPIENT]);
    const leaves = blocks.flatMap((it): Commitment[] => leavesOf(it));
    expect(poolView(state).currentRoot()).toBe(denseTree(leaves).root);
    const digest = streamDigest(streamDigest(EMPTY_STREAM_DIGEST, chain.rules.genesis.compact), block.compact);
    expect(poolView(state).streamDigest()).toEqual(digest);
    expect(chain.rules.genesis.header.extraData).toEqual(genesisId(chain.rules.spec));
  });

  it("credits withdrawals in units of 10^9, also when the block has no transactions", async () => {
    const chain = await openTestChain();
    const address = new Uint8Array(20).fill(0xaa) as EthAddress;
    const withdrawals = [
      { index: 0n, validatorIndex: 3n, address, amount: 5n },
      { index: 1n, validatorIndex: 4n, address, amount: 7n },
      { index: 2n, validatorIndex: 4n, address: new Uint8Array(20).fill(0xbb) as EthAddress, amount: 0n },
    ];
    const block = await chain.seal([], { withdrawals });
    expect(chain.head().state.account(address)?.balance).toBe(12n * 10n ** 9n);
    expect(chain.head().state.account(withdrawals[2]!.address)).toBeUndefined();
    expect(decodeCompactBlock(block.compact).credited).toEqual([address]);
    expect(poolView(chain.head().state).leafCount()).toBe(6n);
  });

  it("random payments keep every invariant, and the chain rebuilt from its blocks has the same root", async () => {
    const chain = await openTestChain({ wallets: 4, notes: 3 });
    // A small generator with a fixed seed, so that a failure can be played again.
    let seed = 12345;
    const random = (below: number): number => {
      seed = (seed * 1103515245 + 12345) & 0x7fffffff;
      return (seed >> 8) % below;
    };
    let fees = 0n;
    for (let n = 0; n < 12; n++) {
      const from = [0, 1, 2, 3].filter(() => random(3) > 0);
      const payments = from
        .filter((i) => balanceOf(chain.wallets[i]!) > COINS)
        .map((i) => {
          const amount = (balanceOf(chain.wallets[i]!) * BigInt(1 + random(80))) / 100n - 10n ** 16n;
          return chain.pay(i, random(4), amount > 0n ? amount : 1n, {
            priceStep: random(3),
            memoChunks: 1 + random(2),
          });
        });
      const block = await chain.seal(payments);
      expect(block.skipped).toEqual([]);
      fees += payments.reduce((sum, { bytes }) => sum + chain.check(bytes).fee, 0n);
      const supply = chain.wallets.reduce((sum, wallet) => sum + balanceOf(wallet), 0n);
      const { state } = chain.head();
      const totals = poolTotals(state);
      expect(supply).toBe(120n * COINS - fees);
      expect(totals.coin).toBe(supply);
      expect(totals.surplus).toBe(0n);
      expect(state.account(FEE_RECIPIENT)?.balance ?? 0n).toBe(fees);
      expect(poolView(state).turnstile(COIN)).toBe(supply);
    }
    let parent = chain.parentOf(chain.rules.genesis.header, chain.rules.genesis.state);
    for (const block of chain.blocks) {
      const result = await importBlock(chain.rules, parent, block);
      if (!result.ok) throw result.error;
      parent = chain.parentOf(block.header, layered(parent.state, result.value.diff));
    }
    expect(parent.state.root).toEqual(chain.head().state.root);
  });

  it("one payment of many notes takes several bundles and pays for each", async () => {
    const chain = await openTestChain({ notes: 5 });
    const payment = chain.pay(0, 1, 42n * COINS);
    expect(payment.tx.bundles.length).toBe(3);
    const block = await chain.seal([payment]);
    expect(block.header.gasUsed).toBe(3n * 22_000n + 3_000n);
    expect(balanceOf(chain.wallets[1]!)).toBe(92n * COINS);
  });
});
