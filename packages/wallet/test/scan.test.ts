import { describe, expect, it } from "vitest";
import {
  addressAt,
  addressForChange,
  addressAt as at,
  encodeAddress,
  encodeFullViewKey,
  fullViewKey,
  ownerTagOf,
  randomAddress,
  randomBytes,
  receiveSlot,
  sealMemo,
  type NullifierKey,
  COIN,
} from "@sero/protocol";
import type { Wallet } from "../src/index.js";
import {
  foreignTransaction,
  randomField,
  sealed,
  type ForgedOutput,
  withFalseEphemeralKey,
  withPhantomValue,
} from "./helpers/forge.js";
import type { FakeChain } from "./helpers/chain.js";
import {
  ALICE,
  BOB,
  CAROL,
  COIN_UNIT,
  createWalletAt,
  keysOf,
  pay,
  placeFor,
  restored,
  spendable,
  testChain,
  total,
} from "./helpers/wallets.js";
import { switching } from "./helpers/switching.js";

const bob = keysOf(BOB);
const codeOf = async (run: Promise<unknown>): Promise<string> =>
  run.then(
    () => "ok",
    (error: { code: string }) => error.code,
  );

async function bobOn(chain: FakeChain): Promise<Wallet> {
  const wallet = await restored(chain, { phrase: BOB });
  await wallet.sync();
  return wallet;
}

describe("what is booked", () => {
  it("D24: a ciphertext whose note has another commitment books nothing, received or sent", async () => {
    const chain = await testChain([{ phrase: BOB, values: [COIN_UNIT] }]);
    const rk = randomBytes(32);
    const phantom = (output: ForgedOutput) => withPhantomValue(sealed(output, rk), output, rk, 5_000_000n);
    const received = { address: addressAt(bob, 3n), value: 5n };
    await chain.mine({ transactions: [foreignTransaction(chain, [phantom(received), sealed(received, rk)], { rk })] });
    const before = await bobOn(chain);
    expect(total(before)).toBe(COIN_UNIT + 5n);
    // Sent: a transaction that spends our note and holds phantoms under our own ovk, to a stranger and as change.
    const [own] = before.notes();
    const sent = phantom({ address: randomAddress(), value: 9n, ovk: bob.ovk });
    const change = phantom({ address: addressForChange(bob, 0n), value: 9n, ovk: bob.ovk });
    const nullifiers = own?.nullifier === undefined ? [] : [own.nullifier];
    await chain.mine({ transactions: [foreignTransaction(chain, [sent, change], { rk, nullifiers })] });
    const after = await bobOn(chain);
    expect(after.notes().map((note) => note.value)).toEqual([5n]);
    expect(after.history()[0]).toMatchObject({ type: "sent", parts: [] });
  });

  it("D25: an ephemeral key that is not the seed's is ignored silently", async () => {
    const chain = await testChain([]);
    const rk = randomBytes(32);
    const address = addressAt(bob, 0n);
    // Commitment, plaintext and both seals are right; only the ephemeral key is another than the seed's.
    const honest = sealed({ address, value: 5n }, rk);
    await chain.mine({ transactions: [foreignTransaction(chain, [withFalseEphemeralKey(address, honest)], { rk })] });
    expect(total(await bobOn(chain))).toBe(0n);
    await chain.mine({ transactions: [foreignTransaction(chain, [honest], { rk })] });
    expect(total(await bobOn(chain))).toBe(5n);
  });

  it("D26: two notes with the same commitment are both booked and both spendable, even in one payment", async () => {
    const chain = await testChain([]);
    const rk = randomBytes(32);
    const note = sealed({ address: addressAt(bob, 0n), value: COIN_UNIT }, rk);
    await chain.mine({ transactions: [foreignTransaction(chain, [note, note], { rk })] });
    const wallet = await bobOn(chain);
    expect(wallet.notes().map(({ commitment }) => commitment)).toEqual([note.commitment, note.commitment]);
    await pay(wallet, encodeAddress(randomAddress(), chain.spec.hrp), (COIN_UNIT * 3n) / 2n);
    await chain.mine();
    await wallet.sync();
    expect(wallet.history()[0]?.status).toBe("mined");
    expect(total(wallet)).toBeLessThan(COIN_UNIT / 2n);
  });

  it("D27: an incoming view key sees what others pay, neither spends nor change nor returns", async () => {
    const chain = await testChain([{ phrase: BOB, values: [10n * COIN_UNIT] }]);
    const wallet = await bobOn(chain);
    const rk = randomBytes(32);
    await chain.mine({
      transactions: [foreignTransaction(chain, [sealed({ address: addressAt(bob, 9n), value: 7n }, rk)], { rk })],
    });
    await wallet.sync();
    await pay(wallet, encodeAddress(randomAddress(), chain.spec.hrp), COIN_UNIT);
    await chain.mine();
    await wallet.sync();
    const watching = await restored(chain, { viewKey: wallet.viewKey("incoming") });
    await watching.sync();
    expect(watching.kind).toBe("incoming-view");
    expect(watching.history()).toMatchObject([{ type: "received", parts: [{ amount: 7n }] }]);
    expect(watching.balances()).toMatchObject([{ total: 7n, complete: false }]);
    expect(() => watching.address()).toThrow(expect.objectContaining({ code: "wallet/no-addresses" }));
    expect(await codeOf(watching.prepareSend({ payments: [{ address: wallet.address(), amount: 1n }] }))).toBe(
      "wallet/watch-only",
    );
    const auditor = await restored(chain, { viewKey: wallet.viewKey("full") });
    await auditor.sync();
    expect(auditor.history()).toEqual(wallet.history());
    expect(auditor.balances()).toEqual(wallet.balances());
    expect(await codeOf(auditor.prepareSend({ payments: [{ address: wallet.address(), amount: 1n }] }))).toBe(
      "wallet/watch-only",
    );
  });

  it("D27: a full view key with a false nk finds nothing, so it cannot show income without spends", async () => {
    const chain = await testChain([{ phrase: BOB, values: [COIN_UNIT] }]);
    const lie = encodeFullViewKey({ ...fullViewKey(bob), nk: randomField() as NullifierKey });
    const watching = await restored(chain, { viewKey: lie });
    const rk = randomBytes(32);
    await chain.mine({
      transactions: [foreignTransaction(chain, [sealed({ address: addressAt(bob, 0n), value: 7n }, rk)], { rk })],
    });
    await watching.sync();
    expect(watching.balances()).toMatchObject([{ total: 0n }]);
  });

  it("D27: an address mixed from two (the victim's P_d, the thief's ownerTag) books nothing for either", async () => {
    const chain = await testChain([]);
    const thief = keysOf(CAROL);
    const victim = at(bob, 0n);
    const mixed = { ...victim, ownerTag: ownerTagOf(thief.acct, victim.d) };
    const rk = randomBytes(32);
    await chain.mine({
      transactions: [foreignTransaction(chain, [sealed({ address: mixed, value: 7n }, rk)], { rk })],
    });
    expect(total(await bobOn(chain))).toBe(0n);
    const carol = await restored(chain, { phrase: CAROL });
    await carol.sync();
    expect(total(carol)).toBe(0n);
  });

  it("D28: memos are shown without what could fool a reader, and exported as text only", async () => {
    const chain = await testChain([]);
    const rk = randomBytes(32);
    const memoKey = randomBytes(32);
    const evil = '\u001b[2J\u202e=cmd()"<b>';
    const output = sealed({ address: addressAt(bob, 0n), value: 7n, memoKey }, rk);
    await chain.mine({ transactions: [foreignTransaction(chain, [output], { rk, memos: sealMemo(memoKey, evil) })] });
    const wallet = await bobOn(chain);
    expect(wallet.history()[0]?.parts[0]?.memo).toBe('\ufffd[2J\ufffd=cmd()"<b>');
    expect(JSON.stringify(wallet.export())).not.toMatch(/[\u001b\u202e]/);
    expect(wallet.exportCsv()).not.toMatch(/[\u001b\u202e]/);
  });

  it("finds receive slots by their counters with a gap of 20, and every note of one inner", async () => {
    const chain = await testChain([]);
    const completed = (counter: bigint, value: bigint) => ({
      inner: receiveSlot(bob, counter).inner,
      asset: COIN,
      value,
    });
    await chain.mine({ completed: [completed(19n, 1n), completed(19n, 2n), completed(39n, 4n), completed(60n, 8n)] });
    const wallet = await bobOn(chain);
    expect(wallet.notes().map(({ value }) => value)).toEqual([1n, 2n, 4n]);
    await chain.mine({ completed: [completed(59n, 16n)] });
    await chain.mine({ completed: [completed(60n, 32n)] });
    await wallet.sync();
    expect(total(wallet)).toBe(1n + 2n + 4n + 16n + 32n);
    expect(total(await bobOn(chain))).toBe(total(wallet));
    expect(wallet.history().every(({ type }) => type === "contract")).toBe(true);
  });
});

describe("syncing", () => {
  it("begins at the birthday, and finds what came since", async () => {
    const chain = await testChain([{ phrase: ALICE, values: [10n * COIN_UNIT] }]);
    const alice = await restored(chain, { phrase: ALICE });
    await chain.mineMany(170);
    const { wallet: fresh, phrase, birthday } = await createWalletAt(placeFor(chain));
    expect(birthday).toBe(10n);
    await alice.sync();
    await pay(alice, fresh.address(), COIN_UNIT);
    const { number } = await chain.mine();
    await fresh.sync();
    expect(spendable(fresh)).toBe(COIN_UNIT);
    const again = await restored(chain, { phrase }, { birthday: number });
    await again.sync();
    expect(spendable(again)).toBe(COIN_UNIT);
    await pay(again, alice.address(), COIN_UNIT / 2n);
    const late = await restored(chain, { phrase }, { birthday: number });
    await chain.mine();
    await late.sync();
    expect(total(late)).toBeLessThan(COIN_UNIT / 2n);
  });

  it("tells two figures and the time left, is cancelled, and goes on where it was", async () => {
    const chain = await testChain([{ phrase: BOB, values: [COIN_UNIT] }]);
    await chain.mineMany(530);
    const wallet = await restored(chain, { phrase: BOB });
    const abort = new AbortController();
    const first = await wallet.sync({
      signal: abort.signal,
      onProgress: ({ wallet: { scanned } }) => scanned > 0n && abort.abort(),
    });
    expect(first.cancelled).toBe(true);
    expect(first.head).toBeGreaterThan(0n);
    expect(first.head).toBeLessThan(530n);
    const seen: bigint[] = [];
    const second = await wallet.sync({
      onProgress: ({ wallet: { scanned }, chain: { head } }) => void (seen.push(scanned), expect(head).toBe(530n)),
    });
    expect(second).toMatchObject({ head: 530n, cancelled: false });
    expect(seen[0]).toBe(first.head);
    expect(spendable(wallet)).toBe(COIN_UNIT);
  });

  it("keeps what it has and says so when the node is behind, or on another chain", async () => {
    const chain = await testChain([{ phrase: BOB, values: [COIN_UNIT] }]);
    await chain.mineMany(5);
    const wallet = await bobOn(chain);
    const gone = chain.rewindTo(3n);
    expect(await codeOf(wallet.sync())).toBe("rpc/behind");
    expect(spendable(wallet)).toBe(COIN_UNIT);
    chain.restore(gone);
    expect(await codeOf(wallet.sync())).toBe("ok");
    const elsewhere = await testChain([]);
    let current = chain.client();
    const lost = await restored(chain, { phrase: BOB }, { client: switching(() => current) });
    current = elsewhere.client();
    expect(await codeOf(lost.sync())).toBe("rpc/other-chain");
  });

  it("says so when two of its nodes disagree", async () => {
    const chain = await testChain([]);
    await chain.mine();
    const witness = await testChain([]);
    await witness.mine({ completed: [{ inner: receiveSlot(bob, 0n).inner, asset: COIN, value: 1n }] });
    const wallet = await restored(chain, { phrase: BOB }, { witnesses: [witness.client()] });
    expect(await codeOf(wallet.sync())).toBe("rpc/nodes-disagree");
  });
});
