import { describe, expect, it } from "vitest";
import {
  COIN,
  NO_RK,
  addressAt,
  addressForChange,
  assetIdOf,
  bigIntToBytes,
  bindOf,
  concatBytes,
  expandSeed,
  fieldToBytes,
  noteCommitment,
  noteKey,
  ownerTagOf,
  packageIdOf,
  randomAddress,
  randomBytes,
  receiveSlot,
  returnSlot,
  sealCompletedNote,
  sealOnce,
  toHex,
  x25519Noble,
  type Address,
  type AssetId,
  type CallPhase,
  type Commitment,
  type EthAddress,
  type PackageId,
  type PoolEntry,
  type SealedNote,
  type Transaction,
} from "@sero/protocol";
import { verifyDisclosure, type Wallet } from "../src/index.js";
import type { FakeChain } from "./helpers/chain.js";
import { foreignTransaction, sealed } from "./helpers/forge.js";
import { ALICE, BOB, CAROL, COIN_UNIT, keysOf, restored, spendable, testChain, total } from "./helpers/wallets.js";

const bob = keysOf(BOB);
const GOLD = bigIntToBytes(0x601dn, 20) as EthAddress;
const ART = bigIntToBytes(0xa27n, 20) as EthAddress;
const gold = assetIdOf(1, GOLD, 0n);
const art = (id: bigint): AssetId => assetIdOf(2, ART, id);
const registered = [
  { asset: gold, kind: "token" as const, token: GOLD, id: 0n },
  ...[1n, 2n, 3n].map((id) => ({ asset: art(id), kind: "ticket" as const, token: ART, id })),
];

async function on(chain: FakeChain, phrase = BOB): Promise<Wallet> {
  const wallet = await restored(chain, { phrase });
  await wallet.sync();
  return wallet;
}

/** What a contract does that pays `address`. */
function payout(address: Address, asset: AssetId, value: bigint, seed = randomBytes(32)) {
  const made = sealCompletedNote({ address, asset, value, seed, memoKey: randomBytes(32), ovk: undefined });
  const entry = (change: Partial<PoolEntry & { kind: "completed" }> = {}): PoolEntry => ({
    kind: "completed",
    transaction: 0,
    inner: made.inner,
    asset,
    value,
    ciphertext: made.ciphertext,
    ...change,
  });
  return { ...made, entry };
}

/** The payout's ciphertext, made anew for the commitment that the chain completes, with every seal in order: a lie told well. */
function lie(made: SealedNote, address: Address, seed: Uint8Array, cm: Commitment, version: number, value: bigint) {
  const { esk } = expandSeed(seed);
  const epk = made.ciphertext.subarray(0, 32);
  const { viewTag, key } = noteKey(x25519Noble(esk)(address.pd), epk, fieldToBytes(cm));
  const plaintext = concatBytes(
    Uint8Array.of(version),
    address.d,
    fieldToBytes(made.note.asset),
    bigIntToBytes(value, 16),
    seed,
    randomBytes(32),
  );
  return concatBytes(epk, Uint8Array.of(viewTag), sealOnce(key, plaintext), made.ciphertext.subarray(178));
}

const someCall = (pseudonym: EthAddress): CallPhase => ({
  pseudonym,
  nonce: 0n,
  signature: randomBytes(65),
  gasLimit: 100_000n,
  calls: [{ to: GOLD, value: 0n, data: new Uint8Array(4) }],
  returns: [],
});

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

describe("tokens and tickets", () => {
  it("D24: a ticket counts with value 1 only, also when its kind is told late; a made-up asset is shown as unknown", async () => {
    const chain = await testChain([{ phrase: BOB, values: [COIN_UNIT] }]);
    const rk = randomBytes(32);
    const made = 123_456_789n as AssetId;
    const notes = [
      { asset: art(1n), value: 2n },
      { asset: art(2n), value: 1n },
      { asset: made, value: 10n ** 30n },
    ];
    await chain.mine({
      transactions: [
        foreignTransaction(
          chain,
          notes.map((note) => sealed({ address: addressAt(bob, 0n), ...note }, rk)),
          { rk },
        ),
      ],
    });
    const wallet = await on(chain);
    expect(wallet.balances()).toHaveLength(4);
    // The registration of a ticket that a node keeps back, or a fork brings later.
    await chain.mine({ assets: registered });
    await wallet.sync();
    expect(wallet.balances().map(({ asset, total: sum }) => [asset, sum])).toEqual([
      [COIN, COIN_UNIT],
      [art(2n), 1n],
      [made, 10n ** 30n],
    ]);
    expect(wallet.assetInfo(made)).toMatchObject({ kind: "unknown", warnings: [{ code: "unregistered" }] });
    expect(wallet.history()[0]?.parts.map(({ asset }) => asset)).toEqual([art(2n), made]);
    const payTicket = (amount: bigint) =>
      wallet.prepareSend({ payments: [{ address: wallet.address(), amount, asset: art(1n) }] });
    await expect(payTicket(2n)).rejects.toMatchObject({ code: "amount/ticket" });
    await expect(payTicket(1n)).rejects.toMatchObject({ code: "funds/insufficient" });
    await expect(payTicket(1n)).rejects.toThrow(/This needs ticket #1 \(0x/);
  });

  it("are paid hidden, several in one transaction, disclosed, and exported with their contracts", async () => {
    const chain = await testChain([
      { phrase: ALICE, values: [COIN_UNIT] },
      { phrase: BOB, values: [] },
    ]);
    const alice = keysOf(ALICE);
    const slotEntry = (counter: bigint, asset: AssetId, value: bigint) => ({
      inner: receiveSlot(alice, counter).inner,
      asset,
      value,
    });
    await chain.mine({
      completed: [slotEntry(1n, gold, 1000n), slotEntry(2n, art(1n), 1n), slotEntry(3n, art(3n), 1n)],
      assets: registered,
    });
    chain.contracts.set(toHex(GOLD), (data) =>
      toHex(data) === "0x313ce567"
        ? bigIntToBytes(2n, 32)
        : Uint8Array.from([..."GOLD"].map((c) => c.charCodeAt(0)).concat(Array<number>(28).fill(0))),
    );
    const wallet = await on(chain, ALICE);
    expect(wallet.balances().map(({ asset }) => asset)).toEqual([COIN, gold, ...[art(1n), art(3n)]]);
    expect(wallet.assets().map(({ decimals, warnings }) => [decimals, warnings[0]?.code])).toEqual([
      [18, undefined],
      [0, "not-asked"],
      [0, "not-asked"],
      [0, "not-asked"],
    ]);
    expect(await wallet.refreshAssets()).toBe(2);
    expect(await wallet.refreshAssets()).toBe(0);
    expect(wallet.findAsset("GOLD")).toMatchObject({ asset: gold, decimals: 2, warnings: [] });
    expect(wallet.findAsset(`${toHex(ART)}:2`)).toMatchObject({ asset: art(2n), kind: "ticket" });
    const other = await restored(chain, { phrase: BOB });
    const prepared = await wallet.prepareSend({
      payments: [
        { address: other.address(), amount: 450n, asset: gold, memo: "for you" },
        { address: other.address(), amount: 1n, asset: art(3n) },
      ],
    });
    expect(prepared.report.transactions).toMatchObject([{ bundles: 2 }]);
    await wallet.send(prepared);
    await chain.mine();
    await wallet.sync();
    await other.sync();
    expect(other.balances().map(({ asset, total: sum }) => [asset, sum])).toEqual([
      [COIN, 0n],
      [gold, 450n],
      [art(3n), 1n],
    ]);
    expect(
      wallet
        .balances()
        .map(({ asset, total: sum }) => [asset, sum])
        .slice(1),
    ).toEqual([
      [gold, 550n],
      [art(1n), 1n],
    ]);
    const [sent] = wallet.history();
    expect(sent?.parts.map(({ asset, amount }) => [asset, amount])).toEqual(
      expect.arrayContaining([
        [gold, 450n],
        [art(3n), 1n],
      ]),
    );
    const output = sent?.parts.find(({ asset }) => asset === gold)?.outputs[0] ?? 0;
    const shown = await verifyDisclosure(chain.client(), wallet.disclose(sent?.txid ?? "", output, "audit"), "audit");
    expect(shown).toMatchObject({ asset: gold, value: 450n, memo: "for you", signedBySender: true });
    const exported = wallet.export();
    expect(exported.assets).toMatchObject([
      { asset: "SERO" },
      { symbol: "GOLD", contract: toHex(GOLD), decimals: 2 },
      { kind: "ticket", ticket: "1" },
      { kind: "ticket", ticket: "3" },
    ]);
    expect(exported.balances[1]).toMatchObject({ asset: toHex(fieldToBytes(gold)), total: "5.5" });
    const csv = wallet.exportCsv().split("\r\n");
    expect(csv.find((line) => line.includes(",4.5,"))).toMatch(/GOLD \(0x0{36}601D\),4\.5,.*,for you,.*,out,0x/);
  });

  it("D33: a wallet asks for assets by ranges, and for names only a node on this machine, or when told to", async () => {
    const chain = await testChain([]);
    await chain.mine({
      transactions: [foreignTransaction(chain, [])],
      entries: [payout(addressAt(bob, 0n), gold, 5n).entry()],
      assets: registered,
    });
    const asked: string[] = [];
    const spy = (url: string) =>
      chain.client({
        url,
        assets: async (from, to) => {
          asked.push(`${from}-${to}`);
          return chain.client().assets(from, to);
        },
        call: async ({ to }) => {
          asked.push(toHex(to));
          return new Uint8Array(0);
        },
      });
    for (const [url, names] of [
      ["https://node.example", 0],
      ["http://127.0.0.1.example", 0],
      ["http://127.0.0.1:8545", 3],
    ] as const) {
      asked.length = 0;
      const wallet = await restored(chain, { phrase: BOB }, { client: spy(url) });
      await wallet.sync();
      expect(asked, url).toEqual(["0-1", ...Array<string>(names).fill(toHex(GOLD))]);
      // With or without something of ours: the same questions.
      asked.length = 0;
      await (await restored(chain, { phrase: CAROL }, { client: spy(url) })).sync();
      expect(asked, url).toEqual(["0-1"]);
    }
    const wallet = await restored(chain, { phrase: BOB }, { client: spy("https://node.example") });
    await wallet.sync({ names: true });
    expect(asked.filter((what) => what === toHex(GOLD))).toHaveLength(3);
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

describe("calls in the history", () => {
  it("say as whom, what they brought and what came back, from the chain alone", async () => {
    const chain = await testChain([{ phrase: BOB, values: [COIN_UNIT] }]);
    await chain.mine({
      completed: [{ inner: receiveSlot(bob, 1n).inner, asset: gold, value: 100n }],
      assets: registered,
    });
    const before = await on(chain);
    const own = before.notes();
    const nullifiers = own.flatMap(({ nullifier }) => (nullifier === undefined ? [] : [nullifier]));
    const rk = randomBytes(32);
    const change = [
      sealed({ address: addressForChange(bob, 0n), value: 30n, asset: gold, ovk: bob.ovk }, rk),
      sealed({ address: addressAt(keysOf(CAROL), 0n), value: 20n, asset: gold, ovk: bob.ovk }, rk),
    ];
    const plain = foreignTransaction(chain, change, { rk, nullifiers });
    const call = { ...plain, call: someCall(ART) };
    const returned = (i: number, asset: AssetId, value: bigint): PoolEntry => ({
      kind: "completed",
      transaction: 0,
      inner: returnSlot(bob, nullifiers[0] ?? (0n as never), i).inner,
      asset,
      value,
    });
    const coin = plain.bundles[0]?.pubCoin ?? 0n;
    await chain.mine({
      transactions: [{ ...call, bundles: call.bundles.map((bundle) => ({ ...bundle, pubCoin: COIN_UNIT })) }],
      entries: [returned(1, art(2n), 1n), returned(2, gold, 5n), returned(0, COIN, COIN_UNIT / 2n)],
    });
    const wallet = await on(chain);
    const [entry] = wallet.history();
    expect(entry).toMatchObject({
      type: "call",
      pseudonym: toHex(ART),
      callFailed: false,
      parts: [{ asset: gold, amount: 20n }],
    });
    expect(coin).toBeGreaterThan(0n);
    // 50 of the token left the pool, 5 came back.
    const moves = new Map(entry?.moves?.map(({ asset, amount }) => [asset, amount]));
    expect(moves.get(gold)).toBe(-45n);
    expect(moves.get(art(2n))).toBe(1n);
    expect(moves.get(COIN)).toBe((entry?.fee ?? 0n) - COIN_UNIT / 2n);
    // Its returns are no income of their own, and every token is accounted for.
    expect(wallet.history().filter(({ type }) => type === "contract")).toHaveLength(1);
    expect(wallet.balances().find(({ asset }) => asset === gold)?.total).toBe(35n);
    expect(wallet.exportCsv()).toMatch(/call,mined.*,out,/);
    expect(spendable(wallet)).toBeGreaterThan(0n);
  });
});
