import { describe, expect, it } from "vitest";
import {
  COIN,
  SeroError,
  decodeTransaction,
  encodeAddress,
  fromHex,
  randomAddress,
  receiveSlot,
  type TxId,
} from "@sero/protocol";
import {
  ALICE,
  BOB,
  COIN_UNIT,
  PASSPHRASE,
  keysOf,
  pay,
  placeFor,
  restored,
  spendable,
  testChain,
  total,
  openWalletAt,
} from "./helpers/wallets.js";
import { memoryFiles, type Wallet } from "../src/index.js";
import type { FakeChain } from "./helpers/chain.js";

const codeOf = async (run: Promise<unknown>): Promise<string> =>
  run.then(
    () => "ok",
    (error: { code: string }) => error.code,
  );

/** A small generator with a seed, so that a failure can be played again. */
function generator(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
}

/** What the chain alone says: without pending payments. */
const minedOf = (wallet: Wallet) => ({
  notes: wallet
    .notes()
    .map(({ leafIndex, value, nullifier, memo }) => ({ leafIndex, value, nullifier, memo }))
    .sort((a, b) => Number(a.leafIndex - b.leafIndex)),
  history: wallet.history().filter(({ status }) => status === "mined"),
});

async function expectLikeRescan(chain: FakeChain, wallet: Wallet, phrase: string): Promise<void> {
  const fresh = await restored(chain, { phrase });
  await fresh.sync();
  expect(minedOf(wallet)).toEqual(minedOf(fresh));
}

describe("reorganisations", () => {
  it("D30: at any depth equal a rescan from scratch, over restarts, and what is shown as spendable is spendable", async () => {
    const next = generator(20_261_122);
    const chain = await testChain([
      { phrase: ALICE, values: [40n * COIN_UNIT, 7n * COIN_UNIT, 3n * COIN_UNIT] },
      { phrase: BOB, values: [20n * COIN_UNIT] },
    ]);
    const files = memoryFiles();
    let alice = await restored(chain, { phrase: ALICE }, { files });
    const bob = await restored(chain, { phrase: BOB });
    const step = async (): Promise<void> => {
      const [from, to] = next(2) === 0 ? [alice, bob] : [bob, alice];
      // Right after a rewind the chain is shorter than what they have seen: "behind".
      await codeOf(from.sync());
      if (spendable(from) > COIN_UNIT)
        await codeOf(pay(from, to.address(), BigInt(next(1_000_000) + 1), `no. ${next(1000)}`));
      await chain.mine({ empty: next(4) === 0 });
    };
    for (let i = 0; i < 6; i++) await step();
    for (let round = 0; round < 5; round++) {
      const depth = 1 + next(chain.blocks.length - 1);
      chain.rewindTo(BigInt(chain.blocks.length - 1 - depth));
      chain.mempool.clear();
      // The new branch is longer, and holds other things.
      await alice.rebroadcast();
      for (let i = 0; i <= depth; i++) await (i % 3 === 0 ? step() : chain.mine());
      await alice.sync();
      await bob.sync();
      await expectLikeRescan(chain, alice, ALICE);
      await expectLikeRescan(chain, bob, BOB);
      await alice.close();
      alice = await openWalletAt({ ...placeFor(chain, { files }), passphrase: PASSPHRASE });
    }
    for (let i = 0; i < 2; i++) await step();
    await alice.sync();
    if (alice.pending().length === 0) {
      await pay(alice, bob.address(), spendable(alice) / 2n);
      await chain.mine();
      await alice.sync();
    }
    await expectLikeRescan(chain, alice, ALICE);
  });

  it("D30: deeper than what is remembered goes back to the birthday and scans again", async () => {
    const chain = await testChain([{ phrase: BOB, values: [COIN_UNIT] }]);
    await chain.mineMany(150);
    const bob = await restored(chain, { phrase: BOB }, { birthday: 0n });
    await bob.sync();
    chain.rewindTo(2n);
    await chain.mineMany(160);
    const { rewound } = await bob.sync();
    expect(rewound).toBeGreaterThanOrEqual(148n);
    await expectLikeRescan(chain, bob, BOB);
  });

  it("D30: a payment undone comes back by rebroadcast, once", async () => {
    const chain = await testChain([{ phrase: ALICE, values: [10n * COIN_UNIT] }]);
    const alice = await restored(chain, { phrase: ALICE });
    const bob = await restored(chain, { phrase: BOB });
    await alice.sync();
    await pay(alice, bob.address(), COIN_UNIT);
    await chain.mine();
    await alice.sync();
    chain.rewindTo(0n);
    await chain.mineMany(5);
    await alice.sync();
    expect(alice.history()[0]?.status).toBe("pending");
    expect(spendable(alice)).toBe(0n);
    // The anchor was the genesis root, which both branches have; sync handed the payment over again.
    await chain.mine();
    await alice.sync();
    await bob.sync();
    expect(alice.history()[0]?.status).toBe("mined");
    expect(total(bob)).toBe(COIN_UNIT);
  });

  it("D30: a payment made again cannot be paid twice when the old branch returns", async () => {
    const chain = await testChain([{ phrase: ALICE, values: [10n * COIN_UNIT, 6n * COIN_UNIT, 6n * COIN_UNIT] }]);
    const alice = await restored(chain, { phrase: ALICE });
    const bob = await restored(chain, { phrase: BOB });
    await alice.sync();
    // Money of Alice's own that exists on this branch only: its leaf will move.
    await pay(alice, await alice.newAddress(), 9n * COIN_UNIT);
    await chain.mine();
    await alice.sync();
    const [first] = await pay(alice, bob.address(), 8n * COIN_UNIT);
    const firstId = first?.txid ?? "";
    await chain.mine();
    await alice.sync();
    await bob.sync();
    expect(total(bob)).toBe(8n * COIN_UNIT);
    const oldBranch = chain.rewindTo(0n);
    await chain.mineMany(2);
    await alice.sync();
    await alice.rebroadcast();
    await chain.mine();
    await alice.sync();
    const second = await alice
      .prepareSend({
        payments: [{ address: bob.address(), amount: 8n * COIN_UNIT }],
        replaces: fromHex(firstId) as TxId,
      })
      .catch((error: { code: string }) => error);
    if ("code" in second) {
      // Nothing that the first payment spent is there: then the wallet refuses until it expires.
      expect(second.code).toBe("funds/no-shared-note");
    } else {
      await alice.send(second);
      await chain.mine();
    }
    await alice.sync();
    await bob.sync();
    expect(total(bob)).toBeLessThanOrEqual(8n * COIN_UNIT);
    // Old branch back, both payments handed to it.
    const { mempool } = chain;
    chain.rewindTo(0n);
    chain.restore(oldBranch);
    await alice.sync();
    await alice.rebroadcast();
    await chain.mine();
    mempool.clear();
    await alice.sync();
    await bob.sync();
    expect(total(bob)).toBe(8n * COIN_UNIT);
  });

  it("D30: a payment whose anchor the new branch does not know is proved again under a newer one, with the same id", async () => {
    const chain = await testChain([{ phrase: ALICE, values: [10n * COIN_UNIT] }]);
    const honest = chain.client();
    const unknown = chain.blocks[0]?.root;
    const client = chain.client({
      sendTransaction: async (bytes) => {
        if (decodeTransaction(bytes).anchor === unknown) throw new SeroError("tx/anchor", "The anchor is not known.");
        return honest.sendTransaction(bytes);
      },
    });
    const alice = await restored(chain, { phrase: ALICE }, { client });
    await alice.sync();
    expect(await codeOf(pay(alice, alice.address(), COIN_UNIT))).toBe("send/stale-anchor");
    const [kept] = alice.pending();
    await chain.mine({ completed: [{ inner: receiveSlot(keysOf(BOB), 0n).inner, asset: COIN, value: 1n }] });
    await chain.mineMany(4);
    await alice.sync();
    expect([...chain.mempool.keys()]).toEqual([kept?.txid]);
    await chain.mine();
    await alice.sync();
    expect(alice.history()[0]).toMatchObject({ status: "mined", txid: kept?.txid });
  });

  it("D30: without asking for a replacement, money of an undone payment is not used for another until it expires", async () => {
    const chain = await testChain([{ phrase: ALICE, values: [10n * COIN_UNIT] }]);
    const alice = await restored(chain, { phrase: ALICE });
    await alice.sync();
    const [sent] = await pay(alice, encodeAddress(randomAddress(), chain.spec.hrp), COIN_UNIT);
    chain.mempool.clear();
    await chain.mine();
    await alice.sync({ rebroadcast: false });
    expect(await codeOf(pay(alice, alice.address(), 1n))).toBe("funds/insufficient");
    const again = await alice.prepareSend({
      payments: [{ address: alice.address(), amount: 1n }],
      replaces: fromHex(sent?.txid ?? "") as TxId,
    });
    const inputs = again.transactions.flatMap(({ bundles }) => bundles.flatMap((bundle) => bundle.inputs));
    expect(inputs).toHaveLength(1);
    await alice.send(again);
    chain.mempool.clear();
    await chain.mineMany(257 + 32);
    await alice.sync();
    expect(alice.history().map(({ status }) => status)).toEqual(["expired", "expired", "mined"]);
    expect(spendable(alice)).toBe(10n * COIN_UNIT);
  });
});
