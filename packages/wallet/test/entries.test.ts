import { describe, expect, it } from "vitest";
import {
  COIN,
  NO_RK,
  addressAt,
  addressForChange,
  bindOf,
  noteCommitment,
  ownerTagOf,
  packageIdOf,
  randomAddress,
  randomBytes,
  receiveSlot,
  toHex,
  type Commitment,
  type PackageId,
  type PoolEntry,
  type SealedNote,
  type Transaction,
} from "@sero/protocol";
import { verifyDisclosure } from "../src/index.js";
import { type FakeChain } from "./helpers/chain.js";
import { foreignTransaction, sealed } from "./helpers/forge.js";
import { GOLD, gold, lie, on, payout, registered } from "./helpers/payouts.js";
import { ALICE, BOB, CAROL, COIN_UNIT, keysOf, restored, testChain, total } from "./helpers/wallets.js";

const bob = keysOf(BOB);

describe("notes that contracts pay to addresses", () => {
  it("are found by their ciphertext, with their transaction, by full and incoming view keys, and are spent like others", async () => {
    const chain = await testChain([{ phrase: BOB, values: [COIN_UNIT] }]);
    const rk = randomBytes(32);
    const tx = foreignTransaction(chain, [], { rk });
    const coins = payout(addressAt(bob, 5n), COIN, 7n * COIN_UNIT);
    await chain.mine({
      transactions: [tx],
      entries: [
        coins.entry(),
        payout(addressAt(bob, 0n), gold, 500n).entry(),
        payout(randomAddress(), COIN, 9n).entry(),
      ],
      assets: registered,
    });
    const wallet = await on(chain);
    const [coin, tokens] = wallet.balances();
    expect([coin?.total, tokens?.asset, tokens?.total]).toEqual([8n * COIN_UNIT, gold, 500n]);
    expect(wallet.notes().filter(({ origin }) => origin === "contract")).toHaveLength(2);
    expect(wallet.history()[0]).toMatchObject({ type: "contract", block: 1n, callFailed: false });
    expect(wallet.history()[0]?.txid).toMatch(/^0x[0-9a-f]{64}$/);
    const watching = await restored(chain, { viewKey: wallet.viewKey("incoming") });
    await watching.sync();
    expect(watching.balances().map((balance) => balance.total)).toEqual([7n * COIN_UNIT, 500n]);
    const alice = await restored(chain, { phrase: ALICE });
    await wallet.send(
      await wallet.prepareSend({ payments: [{ address: alice.address(), amount: 500n, asset: gold }] }),
    );
    await chain.mine();
    await alice.sync();
    expect(alice.balances()[1]).toMatchObject({ asset: gold, total: 500n });
  });

  it("D24: a ciphertext that lies about value, version, inner or owner books nothing, and is no hindrance to a slot", async () => {
    const chain = await testChain([]);
    const address = addressAt(bob, 5n);
    const seed = randomBytes(32);
    const made = payout(address, COIN, 5n, seed);
    // Completed with 5, said to be 5,000,000; with the blind of an ordinary note; for another inner; for a mixed address.
    const small = noteCommitment(made.inner, COIN, 5n, 0n);
    const phantom = made.entry({ ciphertext: lie(made, address, seed, small, 2, 5_000_000n) });
    const ordinary = made.entry({ ciphertext: lie(made, address, seed, small, 1, 5n) });
    const another = receiveSlot(keysOf(ALICE), 0n).inner;
    const foreign = { ...made.entry({ inner: another }) } as PoolEntry & { kind: "completed" };
    const foreignCm = noteCommitment(another, COIN, 5n, 0n);
    const stolen = { ...foreign, ciphertext: lie(made, address, seed, foreignCm, 2, 5n) };
    const mixed = payout({ ...address, ownerTag: ownerTagOf(keysOf(CAROL).acct, address.d) }, COIN, 6n);
    // An inner of ours, with a ciphertext that says nonsense.
    const slot: PoolEntry = {
      kind: "completed",
      transaction: 0,
      inner: receiveSlot(bob, 0n).inner,
      asset: COIN,
      value: 11n,
      ciphertext: made.ciphertext,
    };
    const rk = randomBytes(32);
    await chain.mine({
      transactions: [foreignTransaction(chain, [], { rk })],
      entries: [phantom, ordinary, stolen, mixed.entry(), slot],
    });
    expect((await on(chain)).notes().map(({ value }) => value)).toEqual([11n]);
    expect(total(await on(chain, CAROL))).toBe(0n);
    await chain.mine({ transactions: [foreignTransaction(chain, [], { rk })], entries: [made.entry()] });
    expect(total(await on(chain))).toBe(16n);
  });

  it("D24: the ciphertext of a completed note under an ordinary output books nothing, received or as change", async () => {
    const chain = await testChain([{ phrase: BOB, values: [COIN_UNIT] }]);
    const received = payout(addressAt(bob, 5n), COIN, 5n);
    const change = payout(addressForChange(bob, 0n), COIN, 5n);
    const before = await on(chain);
    const nullifiers = before.notes().flatMap(({ nullifier }) => (nullifier === undefined ? [] : [nullifier]));
    await chain.mine({
      transactions: [foreignTransaction(chain, [received, change], { rk: randomBytes(32), nullifiers })],
    });
    expect((await on(chain)).notes()).toEqual([]);
  });

  it("D26: two completed notes of one inner, found by ciphertexts, are both booked; one by inner and ciphertext once", async () => {
    const chain = await testChain([]);
    const twice = payout(addressAt(bob, 5n), COIN, 5n);
    const slot = receiveSlot(bob, 3n);
    await chain.mine({
      transactions: [foreignTransaction(chain, [])],
      entries: [
        twice.entry(),
        twice.entry(),
        { kind: "completed", transaction: 0, inner: slot.inner, asset: COIN, value: 1n },
      ],
    });
    const wallet = await on(chain);
    expect(wallet.notes().map(({ value }) => value)).toEqual([5n, 5n, 1n]);
    expect(new Set(wallet.notes().map(({ nullifier }) => nullifier)).size).toBe(3);
  });
});

describe("packages", () => {
  const release = (id: PackageId, commitment: Commitment): PoolEntry => ({
    kind: "released",
    transaction: 0,
    id,
    commitment,
  });
  /** A transaction that puts its outputs `packed` into packages. */
  function packing(chain: FakeChain, outputs: readonly SealedNote[], packed: readonly number[], tx?: Transaction) {
    const made = tx ?? foreignTransaction(chain, outputs);
    const packages = packed.map((outputIndex) => ({ outputIndex, controller: GOLD, onFailure: "hold" as const }));
    const bundle = made.bundles[0];
    const fee = { ...made, packages };
    const ids = packed.map((index) =>
      packageIdOf(bundle?.nullifiers[0] ?? (0n as never), index, bundle?.commitments[index] as Commitment),
    );
    return { tx: fee as Transaction, ids };
  }

  it("are opened when they are made, and become notes where they are released: ours only", async () => {
    const chain = await testChain([]);
    const rk = randomBytes(32);
    const mine = sealed({ address: addressAt(bob, 2n), value: 70n, asset: gold }, rk);
    const plain = sealed({ address: addressAt(bob, 2n), value: 5n }, rk);
    const theirs = sealed({ address: randomAddress(), value: 90n }, rk);
    const { tx, ids } = packing(chain, [], [0, 2], foreignTransaction(chain, [mine, plain, theirs], { rk }));
    await chain.mine({ transactions: [tx], assets: registered });
    const wallet = await on(chain);
    expect(wallet.notes().map(({ value }) => value)).toEqual([5n]);
    const [id, other] = ids as [PackageId, PackageId];
    const { txid } = bindOf(tx, chain.context);
    const shown = await verifyDisclosure(chain.client(), wallet.disclose(toHex(txid), 0, "freight"), "freight");
    expect(shown).toMatchObject({ asset: gold, value: 70n, signedBySender: false });
    const released = [release(other, theirs.commitment), release(id, mine.commitment)];
    await chain.mine({ transactions: [foreignTransaction(chain, [])], entries: released });
    await wallet.sync();
    expect(wallet.notes().map(({ value, origin }) => [value, origin])).toEqual([
      [5n, "received"],
      [70n, "package"],
    ]);
    expect(wallet.history()[0]).toMatchObject({ type: "received", block: 2n, parts: [{ asset: gold, amount: 70n }] });
    expect(wallet.export().packages).toMatchObject([{ id: toHex(id), own: true, sent: false, releasedBlock: "2" }]);
    // Its place in the tree is right: it can be spent.
    await chain.mine({ completed: [{ inner: receiveSlot(bob, 0n).inner, asset: COIN, value: COIN_UNIT }] });
    await wallet.sync();
    await wallet.send(
      await wallet.prepareSend({ payments: [{ address: wallet.address(), amount: 70n, asset: gold }] }),
    );
    await chain.mine();
    await wallet.sync();
    expect(wallet.history()[0]?.status).toBe("mined");
    // An incoming view key sees it too.
    const watching = await restored(chain, { viewKey: wallet.viewKey("incoming") });
    await watching.sync();
    expect(watching.balances()[1]?.total).toBeGreaterThanOrEqual(70n);
  });

  it("that we made are known to us: contents, recipient, release", async () => {
    const chain = await testChain([{ phrase: BOB, values: [COIN_UNIT] }]);
    const before = await on(chain);
    const nullifiers = before.notes().flatMap(({ nullifier }) => (nullifier === undefined ? [] : [nullifier]));
    const rk = randomBytes(32);
    const to = addressAt(keysOf(CAROL), 0n);
    const sent = sealed({ address: to, value: 40n, ovk: bob.ovk }, rk);
    const self = sealed({ address: addressForChange(bob, 0n), value: 30n, ovk: bob.ovk }, rk);
    const { tx, ids } = packing(chain, [], [0, 1], foreignTransaction(chain, [sent, self], { rk, nullifiers }));
    await chain.mine({ transactions: [tx] });
    const wallet = await on(chain);
    expect(wallet.notes()).toEqual([]);
    const known = new Map(wallet.export().packages.map((entry) => [entry.id, entry]));
    expect(known.get(toHex(ids[0] as PackageId))).toMatchObject({
      own: false,
      sent: true,
      amount: "0.00000000000000004",
    });
    expect(known.get(toHex(ids[1] as PackageId))).toMatchObject({ own: true, sent: true });
    expect(wallet.history()[0]?.parts).toMatchObject([
      { amount: 40n, package: toHex(ids[0] as PackageId) },
      { amount: 30n, package: toHex(ids[1] as PackageId) },
    ]);
    await chain.mine({
      transactions: [foreignTransaction(chain, [])],
      entries: [release(ids[1] as PackageId, self.commitment), release(ids[0] as PackageId, sent.commitment)],
    });
    await wallet.sync();
    expect(wallet.notes().map(({ value }) => value)).toEqual([30n]);
    expect(wallet.export().packages.map(({ releasedBlock }) => releasedBlock)).toEqual(["2", "2"]);
    expect(total(await on(chain, CAROL))).toBe(40n);
  });

  it("notes and packages of repacks are opened by their own ciphertexts; D24: lying ones are dropped", async () => {
    const chain = await testChain([]);
    const note = sealed({ address: addressAt(bob, 1n), value: 8n }, NO_RK);
    const box = sealed({ address: addressAt(bob, 1n), value: 9n }, NO_RK);
    const wrong = sealed({ address: addressAt(bob, 1n), value: 10n }, NO_RK);
    const id = randomBytes(32) as PackageId;
    const completed = payout(addressAt(bob, 1n), COIN, 11n);
    const { commitment, ciphertext } = note;
    await chain.mine({
      transactions: [foreignTransaction(chain, [])],
      entries: [
        { kind: "repacked", transaction: 0, commitment, ciphertext },
        { kind: "repacked", transaction: 0, commitment: wrong.commitment, ciphertext },
        { kind: "repacked", transaction: 0, commitment: completed.commitment, ciphertext: completed.ciphertext },
        { kind: "sealed", transaction: 0, id, commitment: box.commitment, ciphertext: box.ciphertext },
        { kind: "sealed", transaction: 0, id: randomBytes(32) as PackageId, commitment: wrong.commitment, ciphertext },
      ],
    });
    const wallet = await on(chain);
    expect(wallet.notes().map(({ value, origin }) => [value, origin])).toEqual([[8n, "received"]]);
    expect(wallet.export().packages).toMatchObject([{ id: toHex(id), own: true }]);
    await chain.mine({ transactions: [foreignTransaction(chain, [])], entries: [release(id, box.commitment)] });
    // Another commitment under the same id is none of ours.
    await chain.mine({ transactions: [foreignTransaction(chain, [])], entries: [release(id, wrong.commitment)] });
    await wallet.sync();
    expect(wallet.notes().map(({ value }) => value)).toEqual([8n, 9n]);
  });
});
