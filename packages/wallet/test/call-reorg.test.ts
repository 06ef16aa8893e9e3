import { describe, expect, it } from "vitest";
import { COIN, feeOf, fromHex, publicCoinOf, toHex, type EthAddress, type PoolEntry, type TxId } from "@sero/protocol";
import type { NodeClient, SimulateReport, Wallet } from "../src/index.js";
import type { FakeChain } from "./helpers/chain.js";
import { ALICE, BOB, COIN_UNIT, pay, restored, testChain } from "./helpers/wallets.js";

const GAS = 50_000n;
const TARGET = new Uint8Array(20).fill(0xcc) as EthAddress;

/** Calls that do nothing, and need GAS. */
const quiet: SimulateReport = {
  ok: true,
  failure: undefined,
  gasUsed: GAS,
  gasLimit: GAS,
  calls: [{ gasUsed: GAS, output: new Uint8Array(0), created: undefined, logs: [] }],
  left: [],
  suggested: [],
  unasked: 0,
  coinLeft: 0n,
};
const clientOf = (chain: FakeChain, more: Partial<NodeClient> = {}): NodeClient =>
  chain.client({ simulate: async () => quiet, codeOf: async () => Uint8Array.of(0), ...more });

/** Mines what waits; each call phase gives all of its coin back, as one that used no gas. */
function mine(chain: FakeChain) {
  const transactions = [...chain.mempool.values()];
  const entries = transactions.flatMap((tx, transaction): PoolEntry[] => {
    const inner = tx.call?.returns[0]?.inners[0];
    return inner === undefined
      ? []
      : [{ kind: "completed", transaction, inner, asset: COIN, value: publicCoinOf(tx) - feeOf(tx, chain.spec) }];
  });
  return chain.mine({ transactions, entries });
}

const call = async (wallet: Wallet, replaces?: string) =>
  wallet.prepareCall({
    calls: [{ to: TARGET, value: COIN_UNIT }],
    ...(replaces === undefined ? {} : { replaces: fromHex(replaces) as TxId }),
  });
const coin = (wallet: Wallet): bigint => wallet.balances()[0]?.total ?? 0n;

describe("calls and reorganisations", () => {
  it("D30: a call undone comes back by rebroadcast, once, with what came back from it", async () => {
    const chain = await testChain([{ phrase: ALICE, values: [10n * COIN_UNIT, 5n * COIN_UNIT] }]);
    const alice = await restored(chain, { phrase: ALICE }, { client: clientOf(chain) });
    await alice.sync();
    const prepared = await call(alice);
    const { txid } = await alice.sendCall(prepared);
    await mine(chain);
    await alice.sync();
    const after = 15n * COIN_UNIT - prepared.report.facts.fee;
    expect(coin(alice)).toBe(after);
    expect(alice.notes().filter(({ origin }) => origin === "return").length).toBe(1);
    chain.rewindTo(0n);
    await chain.mineMany(5);
    await alice.sync();
    expect(alice.pending().map((entry) => [entry.txid, entry.status])).toEqual([[txid, "pending"]]);
    expect(alice.notes().some(({ origin }) => origin === "return")).toBe(false);
    await mine(chain);
    await alice.sync();
    expect(coin(alice)).toBe(after);
    expect((await restoredBalance(chain)).toString()).toBe(after.toString());
  });

  it("D30: a call made again shows another pseudonym, other returns and outputs, and excludes the first for good", async () => {
    const chain = await testChain([{ phrase: ALICE, values: [10n * COIN_UNIT, 5n * COIN_UNIT, 7n * COIN_UNIT] }]);
    const alice = await restored(chain, { phrase: ALICE }, { client: clientOf(chain) });
    await alice.sync();
    for (let round = 0; round < 3; round++) {
      const first = await call(alice);
      const sent = await alice.sendCall(first);
      const [one] = [...chain.mempool.values()];
      chain.mempool.clear();
      const second = await call(alice, sent.txid);
      await alice.sendCall(second);
      const [two] = [...chain.mempool.values()];
      if (one?.call === undefined || two?.call === undefined) throw new Error("nothing was sent");
      const nullifiers = (tx: typeof one) => tx.bundles.flatMap((bundle) => bundle.nullifiers);
      // One note in both: whichever is mined, the other never can be.
      expect(nullifiers(one).some((nullifier) => nullifiers(two).includes(nullifier))).toBe(true);
      expect(toHex(one.call.pseudonym)).not.toBe(toHex(two.call.pseudonym));
      const inners = (tx: typeof one) => tx.call?.returns.flatMap((entry) => entry.inners) ?? [];
      expect(inners(one).some((inner) => inners(two).includes(inner))).toBe(false);
      const seen = (tx: typeof one) =>
        tx.bundles.flatMap(({ commitments, rk }) => [...commitments.map(String), toHex(rk)]);
      expect(seen(one).some((item) => seen(two).includes(item))).toBe(false);
      await mine(chain);
      await alice.sync();
      expect((await alice.callOutcome(sent.txid)).status).toBe("conflicted");
      await chain.mineMany(8);
      await alice.sync();
    }
  });

  it("D30: notes of a call under way are not used for anything else, nor is its first nullifier after it expired", async () => {
    const chain = await testChain([{ phrase: ALICE, values: [10n * COIN_UNIT] }]);
    const alice = await restored(chain, { phrase: ALICE }, { client: clientOf(chain) });
    const bob = await restored(chain, { phrase: BOB });
    await alice.sync();
    // The real note's nullifier first: a dummy's would never be drawn again anyway.
    let first = await call(alice);
    while (first.bundles[0]?.inputs[0].note === undefined) first = await call(alice);
    await alice.sendCall(first);
    chain.mempool.clear();
    await expect(pay(alice, bob.address(), COIN_UNIT)).rejects.toMatchObject({ code: "funds/insufficient" });
    await expect(alice.sendCall(first)).rejects.toMatchObject({ code: "wallet/notes-taken" });
    await chain.mineMany(256 + 40);
    await alice.sync({ rebroadcast: false });
    chain.mempool.clear();
    for (let round = 0; round < 6; round++) {
      const later = await call(alice);
      expect(toHex(later.report.pseudonym?.address ?? new Uint8Array(0))).not.toBe(
        toHex(first.report.pseudonym?.address ?? new Uint8Array(0)),
      );
    }
  });
});

async function restoredBalance(chain: FakeChain): Promise<bigint> {
  const wallet = await restored(chain, { phrase: ALICE });
  await wallet.sync();
  return coin(wallet);
}
