import { describe, expect, it } from "vitest";
import {
  COIN,
  SeroError,
  assetIdOf,
  bigIntToBytes,
  encodeAddress,
  randomAddress,
  receiveSlot,
  type AssetId,
  type EthAddress,
} from "@sero/protocol";
import { memoryFiles } from "../src/index.js";
import { checkingProving } from "./helpers/proving.js";
import {
  ALICE,
  BOB,
  COIN_UNIT,
  keysOf,
  openWalletAt,
  pay,
  placeFor,
  restored,
  spendable,
  testChain,
  total,
} from "./helpers/wallets.js";

const codeOf = async (run: Promise<unknown>): Promise<string> =>
  run.then(
    () => "ok",
    (error: { code: string }) => error.code,
  );
const somebody = (hrp: string): string => encodeAddress(randomAddress(), hrp);

describe("paying", () => {
  it("pays from genesis notes; both sides see it; a restored wallet sees the same", async () => {
    const chain = await testChain([{ phrase: ALICE, values: [10n * COIN_UNIT, 5n * COIN_UNIT] }]);
    const alice = await restored(chain, { phrase: ALICE });
    const bob = await restored(chain, { phrase: BOB });
    await alice.sync();
    expect(spendable(alice)).toBe(15n * COIN_UNIT);
    const [receipt] = await pay(alice, await bob.newAddress(), 3n * COIN_UNIT, "for the coffee ☕");
    expect(alice.history()[0]).toMatchObject({ type: "sent", status: "pending" });
    expect(alice.balances()[0]?.reasons).toMatchObject([{ reason: "sending" }]);
    await chain.mine();
    await alice.sync();
    await bob.sync();
    expect(total(bob)).toBe(3n * COIN_UNIT);
    expect(bob.history()[0]).toMatchObject({
      type: "received",
      txid: receipt?.txid,
      parts: [{ amount: 3n * COIN_UNIT, memo: "for the coffee ☕" }],
    });
    expect(spendable(alice)).toBe(total(alice));
    const again = await restored(chain, { phrase: ALICE });
    await again.sync();
    expect(again.balances()).toEqual(alice.balances());
    expect(again.history()).toEqual(alice.history());
    expect(total(again)).toBe(12n * COIN_UNIT - (again.history()[0]?.fee ?? 0n));
  });

  it("reports what will be public before anything is signed, exactly", async () => {
    const chain = await testChain([{ phrase: ALICE, values: [10n * COIN_UNIT] }]);
    const alice = await restored(chain, { phrase: ALICE });
    await alice.sync();
    const prepared = await alice.prepareSend({
      payments: [{ address: somebody(chain.spec.hrp), amount: COIN_UNIT, memo: "x".repeat(300) }],
      priceStep: 2,
    });
    const [facts] = prepared.report.transactions;
    expect(prepared.report.sentences.join(" ")).toMatch(
      /fee of .*price step 2 of 0 to 7.* 1 bundle, 2 memo chunks.* expires after block 256.* Hidden from everybody/,
    );
    const [receipt] = await alice.send(prepared);
    const [tx] = [...chain.mempool.values()];
    expect({
      bundles: tx?.bundles.length,
      memoChunks: tx?.memos.length,
      expiry: tx?.expiry,
      priceStep: tx?.priceStep,
      fee: tx?.bundles[0]?.pubCoin,
    }).toEqual({
      bundles: facts?.bundles,
      memoChunks: facts?.memoChunks,
      expiry: facts?.expiry,
      priceStep: facts?.priceStep,
      fee: facts?.fee,
    });
    expect(receipt?.bytes).toBe(facts?.bytes);
    expect(receipt?.bytes).toBeLessThan(2200);
  });

  it("pays several people with memos in several bundles, and a sum larger than any two notes", async () => {
    const chain = await testChain([{ phrase: ALICE, values: Array.from({ length: 9 }, () => 2n * COIN_UNIT) }]);
    const alice = await restored(chain, { phrase: ALICE });
    const bob = await restored(chain, { phrase: BOB });
    await alice.sync();
    const prepared = await alice.prepareSend({
      payments: [
        { address: bob.address(), amount: 11n * COIN_UNIT, memo: "rent" },
        { address: somebody(chain.spec.hrp), amount: COIN_UNIT, memo: "thanks" },
        { address: somebody(chain.spec.hrp), amount: COIN_UNIT / 2n },
      ],
    });
    expect(prepared.report.transactions[0]?.bundles).toBe(4);
    await alice.send(prepared);
    await chain.mine();
    await alice.sync();
    await bob.sync();
    expect(bob.history()[0]).toMatchObject({ parts: [{ amount: 11n * COIN_UNIT, memo: "rent" }] });
    expect(
      alice
        .history()[0]
        ?.parts.map(({ amount }) => amount)
        .sort(),
    ).toEqual([COIN_UNIT, 11n * COIN_UNIT, COIN_UNIT / 2n].sort());
    const again = await restored(chain, { viewKey: alice.viewKey("full") });
    await again.sync();
    expect(again.history()).toEqual(alice.history());
  });

  it("pays more than 8 bundles carry in several transactions, exact to the last unit", async () => {
    const chain = await testChain([{ phrase: ALICE, values: Array.from({ length: 20 }, () => COIN_UNIT) }]);
    const alice = await restored(chain, { phrase: ALICE });
    const bob = await restored(chain, { phrase: BOB });
    await alice.sync();
    const prepared = await alice.prepareSend({
      payments: [{ address: bob.address(), amount: 18n * COIN_UNIT, memo: "a house" }],
    });
    expect(prepared.report.transactions).toHaveLength(2);
    expect(prepared.report.sentences[0]).toMatch(/needs 2 transactions/);
    await alice.send(prepared);
    await chain.mine();
    await bob.sync();
    expect(total(bob)).toBe(18n * COIN_UNIT);
  });

  it("what one note cannot pay at once is left for later, and paid with the change", async () => {
    const chain = await testChain([{ phrase: ALICE, values: [20n * COIN_UNIT] }]);
    const alice = await restored(chain, { phrase: ALICE });
    const bob = await restored(chain, { phrase: BOB });
    await alice.sync();
    let payments = Array.from({ length: 5 }, (_, i) => ({
      address: bob.address(),
      amount: COIN_UNIT,
      memo: `no. ${i}`,
    }));
    for (let round = 0; payments.length > 0 && round < 5; round++) {
      const prepared = await alice.prepareSend({ payments });
      await alice.send(prepared);
      payments = prepared.report.later.map(({ address, amount, memo }) => ({ address, amount, memo: memo ?? "" }));
      await chain.mine();
      await alice.sync();
    }
    await bob.sync();
    expect(total(bob)).toBe(5n * COIN_UNIT);
    expect(
      bob
        .history()
        .flatMap(({ parts }) => parts.map(({ memo }) => memo))
        .sort(),
    ).toEqual(["no. 0", "no. 1", "no. 2", "no. 3", "no. 4"]);
  });

  it("pays tokens, with the fee in the coin, in one bundle", async () => {
    const token = assetIdOf(1, bigIntToBytes(77n, 20) as EthAddress, 0n) as AssetId;
    const chain = await testChain([{ phrase: ALICE, values: [COIN_UNIT] }]);
    await chain.mine({ completed: [{ inner: receiveSlot(keysOf(ALICE), 1n).inner, asset: token, value: 1000n }] });
    const alice = await restored(chain, { phrase: ALICE });
    const bob = await restored(chain, { phrase: BOB });
    await alice.sync();
    const prepared = await alice.prepareSend({ payments: [{ address: bob.address(), amount: 400n, asset: token }] });
    expect(prepared.report.transactions[0]?.bundles).toBe(1);
    await alice.send(prepared);
    await chain.mine();
    await alice.sync();
    await bob.sync();
    expect(bob.balances().find(({ asset }) => asset === token)?.total).toBe(400n);
    expect(alice.balances().map(({ asset, spendable: now }) => [asset, now])).toEqual([
      [COIN, COIN_UNIT - (prepared.report.totalFee ?? 0n)],
      [token, 600n],
    ]);
  });

  it("C22: never sends a proof that does not verify", async () => {
    const chain = await testChain([{ phrase: ALICE, values: [COIN_UNIT] }]);
    const proving = { ...checkingProving(), check: async () => [false] };
    const alice = await restored(chain, { phrase: ALICE }, { proving });
    await alice.sync();
    expect(await codeOf(pay(alice, somebody(chain.spec.hrp), 1n))).toBe("build/bad-proof");
    expect(chain.mempool.size).toBe(0);
    expect(alice.pending()).toEqual([]);
    expect(spendable(alice)).toBe(COIN_UNIT);
  });

  it("refuses bad input with the place of the mistake", async () => {
    const chain = await testChain([{ phrase: ALICE, values: [COIN_UNIT] }]);
    const alice = await restored(chain, { phrase: ALICE });
    const good = somebody(chain.spec.hrp);
    const attempt = (address: string, amount: bigint, memo?: string): Promise<string> =>
      codeOf(alice.prepareSend({ payments: [memo === undefined ? { address, amount } : { address, amount, memo }] }));
    expect(await attempt(good, 1n)).toBe("wallet/not-synced");
    await alice.sync();
    expect(await attempt(good.slice(0, -1) + "b", 1n)).toBe("address/character");
    expect(await attempt(somebody("sero"), 1n)).toBe("address/network");
    expect(await attempt(good, -1n)).toBe("amount/negative");
    expect(await attempt(good, 0n)).toBe("amount/zero");
    expect(await attempt(good, 2n ** 128n)).toBe("amount/too-large");
    expect(await attempt(good, 1n, "x".repeat(9000))).toBe("memo/too-long");
    expect(await attempt(good, COIN_UNIT)).toBe("funds/insufficient");
    expect(await codeOf(alice.prepareSend({ payments: [{ address: good, amount: 1n }], priceStep: 99 }))).toBe(
      "tx/price-step",
    );
    expect(await codeOf(alice.prepareSend({ payments: [{ address: good, amount: 1n }], account: 4 }))).toBe(
      "wallet/no-account",
    );
  });

  it("two copies of one wallet: the second is told, and loses nothing", async () => {
    const chain = await testChain([{ phrase: ALICE, values: [COIN_UNIT] }]);
    const one = await restored(chain, { phrase: ALICE });
    const two = await restored(chain, { phrase: ALICE });
    await one.sync();
    await two.sync();
    const prepared = await two.prepareSend({ payments: [{ address: somebody(chain.spec.hrp), amount: 5n }] });
    await pay(one, somebody(chain.spec.hrp), 7n);
    expect(await codeOf(two.send(prepared))).toBe("send/double-spend");
    await chain.mine();
    await two.sync();
    expect(two.history().map(({ status }) => status)).toEqual(["conflicted", "mined", "mined"]);
    await one.sync();
    expect(two.balances()).toEqual(one.balances());
    await pay(two, somebody(chain.spec.hrp), 5n);
  });

  it("a payment made while the node is away is kept over a restart and sent once it is back", async () => {
    const chain = await testChain([{ phrase: ALICE, values: [COIN_UNIT] }]);
    const files = memoryFiles();
    const client = chain.client({
      sendTransaction: () => Promise.reject(new SeroError("rpc/unreachable", "The node does not answer.")),
    });
    const alice = await restored(chain, { phrase: ALICE }, { files, client });
    await alice.sync();
    expect(await codeOf(pay(alice, somebody(chain.spec.hrp), 5n))).toBe("send/not-delivered");
    expect(chain.mempool.size).toBe(0);
    await alice.close();
    const again = await openWalletAt(placeFor(chain, { files }));
    expect(again.pending()).toHaveLength(1);
    await chain.mineMany(4);
    await again.sync();
    expect(chain.mempool.size).toBe(1);
    await chain.mine();
    await again.sync();
    expect(again.pending()).toEqual([]);
    expect(again.history()[0]?.status).toBe("mined");
  });

  it("no two transactions share a key, a nullifier, a commitment or an inner", async () => {
    const chain = await testChain([{ phrase: ALICE, values: [COIN_UNIT] }]);
    const seen = new Set<string>();
    const proving = checkingProving(({ outputs, statement }) => {
      for (const id of [
        statement.rk.x,
        ...statement.nullifiers,
        ...statement.commitments,
        ...outputs.map(({ inner }) => inner),
      ]) {
        expect(seen.has(id.toString())).toBe(false);
        seen.add(id.toString());
      }
    });
    const alice = await restored(chain, { phrase: ALICE }, { proving });
    for (let i = 0; i < 6; i++) {
      await alice.sync();
      await pay(alice, somebody(chain.spec.hrp), 7n);
      await chain.mine();
    }
    expect(seen.size).toBe(6 * 9);
  });
});
