import {
  checkAgainstState,
  completeDrafts,
  draftTransaction,
  openRules,
  poolView,
  txidOfDraft,
  type Rules,
} from "@sero/execution";
import {
  bytesToBigInt,
  currentRootSlot,
  invalid,
  keccak256,
  POOL_ADDRESS,
  toHex,
  type SeroError,
} from "@sero/protocol";
import { beforeAll, describe, expect, it } from "vitest";
import { DEFAULT_POOL, openMempool, type Mempool, type PoolRules, type PoolSettings } from "../../src/index.js";
import { testSpec } from "../helpers/node.js";
import { fakePayment, type FakePayment, type FakePaymentInput } from "../helpers/payment.js";
import { acceptAllVerifier, BAD_PROOF, type TestVerifier } from "../helpers/verifier.js";

const spec = testSpec();
let rules: Rules;
let poolRules: PoolRules;
/** Txids that the state calls spent, and the number of the next block: what a head change changes. */
let void_: Set<string>;
let next = 1n;

beforeAll(async () => {
  rules = await openRules({ spec, verifier: acceptAllVerifier() });
  const view = poolView(rules.genesis.state);
  poolRules = {
    draft: (bytes) => draftTransaction(rules, bytes, rules.spec.genesisTime),
    complete: (drafts) => completeDrafts(rules, drafts),
    txidOf: txidOfDraft,
    isSteady: () => true,
    nextNumber: () => next,
    rulesNow: () => rules.at(rules.spec.genesisTime),
    checkState: (draft) =>
      void_.has(toHex(txidOfDraft(draft)))
        ? invalid("tx/spent", "Spent.")
        : checkAgainstState(draft, view, { number: next, timestamp: spec.genesisTime + 1n }),
    isMined: () => false,
  };
});

function pay(seed: number, more: Partial<FakePaymentInput> = {}): FakePayment {
  const anchor = bytesToBigInt(rules.genesis.state.storage(POOL_ADDRESS, currentRootSlot()));
  return fakePayment({
    spec,
    context: rules.at(rules.spec.genesisTime).bindContext,
    anchor,
    expiry: 200n,
    seed,
    ...more,
  });
}

function open(
  settings: Partial<PoolSettings> = {},
  verifier: TestVerifier = acceptAllVerifier(),
): Mempool & { verifier: TestVerifier } {
  void_ = new Set();
  next = 1n;
  return Object.assign(openMempool(poolRules, verifier, { ...DEFAULT_POOL, ...settings }), { verifier });
}

const code = (expected: string): unknown => expect.objectContaining({ code: expected });

describe("mempool", () => {
  it("takes in a payment once its proofs are verified, and knows it by txid", async () => {
    const pool = open();
    const payment = pay(1);
    expect(await pool.submit(payment.bytes, "a")).toEqual(payment.txid);
    expect(pool.get(payment.txid)?.checked.bytes).toEqual(payment.bytes);
    expect(pool.verified(keccak256(payment.bytes))?.txid).toEqual(payment.txid);
    expect(await pool.submit(payment.bytes, "a")).toEqual(payment.txid);
    expect(pool.verifier.checked()).toBe(1);
    expect(pool.size).toBe(1);
  });

  it("C19: drops a re-randomised copy unverified; the sender's bytes stay", async () => {
    const pool = open();
    const payment = pay(1);
    await pool.submit(payment.bytes, "sender");
    const copy = pay(1, { proofByte: 9 });
    expect(await pool.submit(copy.bytes, "other")).toEqual(payment.txid);
    expect(pool.verifier.checked()).toBe(1);
    expect(pool.candidates(10n ** 9n).map(({ bytes }) => bytes)).toEqual([payment.bytes]);
  });

  it("C19: a bad copy that comes first never marks the txid or its nullifiers", async () => {
    const pool = open();
    const bad = pay(1, { proofByte: BAD_PROOF });
    await expect(pool.submit(bad.bytes, "thief")).rejects.toEqual(code("tx/proof"));
    const payment = pay(1);
    expect(payment.txid).toEqual(bad.txid);
    expect(await pool.submit(payment.bytes, "sender")).toEqual(payment.txid);
    expect(pool.get(payment.txid)?.checked.bytes).toEqual(payment.bytes);
  });

  it("C19: good and bad copies checked at the same time: the good one is in, whatever the order", async () => {
    const pool = open({}, acceptAllVerifier({ delayMs: 5 }));
    const results = await Promise.allSettled([
      pool.submit(pay(1, { proofByte: BAD_PROOF }).bytes, "x"),
      pool.submit(pay(1).bytes, "y"),
      pool.submit(pay(1, { proofByte: 7 }).bytes, "z"),
    ]);
    expect(results.map(({ status }) => status)).toEqual(["rejected", "fulfilled", "fulfilled"]);
    expect(pool.size).toBe(1);
  });

  it("A9: a nullifier is reserved by a verified transaction only, and then drops others before their proofs", async () => {
    const pool = open();
    const nullifier = pay(1).tx.bundles[0]!.nullifiers[0];
    await expect(pool.submit(pay(2, { nullifier, proofByte: BAD_PROOF }).bytes, "x")).rejects.toEqual(code("tx/proof"));
    await pool.submit(pay(1).bytes, "x");
    const before = pool.verifier.checked();
    await expect(pool.submit(pay(3, { nullifier }).bytes, "x")).rejects.toEqual(code("pool/nullifier-held"));
    expect(pool.verifier.checked()).toBe(before);
  });

  it("A9: of two double spends verified at the same time one gets in", async () => {
    const pool = open({}, acceptAllVerifier({ delayMs: 5 }));
    const nullifier = pay(1).tx.bundles[0]!.nullifiers[0];
    const results = await Promise.allSettled([
      pool.submit(pay(1).bytes, "x"),
      pool.submit(pay(2, { nullifier }).bytes, "x"),
    ]);
    expect(results.map(({ status }) => status)).toEqual(["fulfilled", "rejected"]);
    expect(pool.size).toBe(1);
  });

  it("E38: a flood of false proofs is cut off, and an honest sender gets in meanwhile", async () => {
    const pool = open({ allowedFailures: 8 }, acceptAllVerifier({ delayMs: 1 }));
    const flood = Array.from({ length: 300 }, (_, i) =>
      pool.submit(pay(1000 + i, { proofByte: BAD_PROOF }).bytes, "flood"),
    );
    const settled = Promise.allSettled(flood);
    const honest = await pool.submit(pay(1).bytes, "honest");
    expect(honest).toEqual(pay(1).txid);
    const codes = new Map<string, number>();
    for (const result of await settled) {
      const key = result.status === "rejected" ? (result.reason as SeroError).code : "in";
      codes.set(key, (codes.get(key) ?? 0) + 1);
    }
    expect(codes.get("in")).toBeUndefined();
    // The first batch was under way before anything was known of the source; after it nothing but the honest one is checked.
    expect(codes.get("tx/proof")).toBeLessThanOrEqual(DEFAULT_POOL.batch + 8);
    expect(pool.verifier.checked()).toBeLessThanOrEqual(DEFAULT_POOL.batch + 8 + 1);
    await expect(pool.submit(pay(5000, { proofByte: BAD_PROOF }).bytes, "flood")).rejects.toEqual(
      code("pool/too-many-bad"),
    );
  });

  it("E38: a suspect's transactions are checked alone, so they spoil nobody's batch", async () => {
    const pool = open();
    await expect(pool.submit(pay(1, { proofByte: BAD_PROOF }).bytes, "bad")).rejects.toEqual(code("tx/proof"));
    await Promise.allSettled([
      pool.submit(pay(2, { proofByte: BAD_PROOF }).bytes, "bad"),
      pool.submit(pay(3).bytes, "good"),
      pool.submit(pay(4).bytes, "good"),
      pool.submit(pay(5, { proofByte: BAD_PROOF }).bytes, "bad"),
    ]);
    expect(pool.verifier.batches()).not.toContain(4);
    expect(pool.verifier.batches().filter((size) => size === 1).length).toBeGreaterThanOrEqual(3);
    expect(pool.size).toBe(2);
  });

  it("E38: the same rejected bytes cost one hash", async () => {
    const pool = open();
    const bad = pay(1, { proofByte: BAD_PROOF }).bytes;
    await expect(pool.submit(bad, "x")).rejects.toEqual(code("tx/proof"));
    await expect(pool.submit(bad, "y")).rejects.toEqual(code("tx/proof"));
    expect(pool.verifier.checked()).toBe(1);
  });

  it("E38: cheap checks come before proofs: encoding, chain, expiry, anchor", async () => {
    const pool = open();
    await expect(pool.submit(pay(1).bytes.slice(0, -1), "x")).rejects.toMatchObject({
      code: expect.stringMatching(/^(tx|rlp)\//) as string,
    });
    await expect(pool.submit(pay(1, { anchor: 5n }).bytes, "x")).rejects.toEqual(code("tx/anchor"));
    next = 201n;
    await expect(pool.submit(pay(1).bytes, "x")).rejects.toEqual(code("tx/expired"));
    expect(pool.verifier.checked()).toBe(0);
  });

  it("E38: the queue is bounded in items", async () => {
    const pool = open({ maxQueued: 3, batch: 1 }, acceptAllVerifier({ delayMs: 2 }));
    const results = await Promise.allSettled(Array.from({ length: 8 }, (_, i) => pool.submit(pay(i).bytes, "x")));
    const reasons = results.flatMap((result) =>
      result.status === "rejected" ? [(result.reason as SeroError).code] : [],
    );
    expect(reasons.length).toBeGreaterThan(0);
    expect(new Set(reasons)).toEqual(new Set(["pool/busy"]));
  });

  it("evicts by price, the newest of the cheapest first, and refuses what pays no more", async () => {
    const size = pay(1).bytes.length;
    const pool = open({ maxBytes: 2 * size + 100 });
    const first = pay(1);
    const second = pay(2);
    await pool.submit(first.bytes, "x");
    await pool.submit(second.bytes, "x");
    const before = pool.verifier.checked();
    await expect(pool.submit(pay(3).bytes, "x")).rejects.toEqual(code("pool/full"));
    expect(pool.verifier.checked()).toBe(before);
    const rich = pay(4, { priceStep: 3 });
    await pool.submit(rich.bytes, "x");
    expect(pool.get(second.txid)).toBeUndefined();
    expect(pool.candidates(10n ** 9n).map(({ txid }) => toHex(txid))).toEqual([toHex(rich.txid), toHex(first.txid)]);
    expect(pool.bytes).toBeLessThanOrEqual(2 * size + 100);
  });

  it("follows the head: mined, expired and void ones go, abandoned ones come back without a second check", async () => {
    const pool = open();
    const [mined, spent, kept] = [pay(1), pay(2), pay(3)];
    for (const payment of [mined, spent, kept]) await pool.submit(payment.bytes, "x");
    void_.add(toHex(spent.txid));
    pool.headChanged([mined.txid], []);
    expect([mined, spent, kept].map(({ txid }) => pool.get(txid) !== undefined)).toEqual([false, false, true]);
    const before = pool.verifier.checked();
    pool.headChanged(
      [],
      [mined, spent].map(({ bytes }) => ({ bytes, timestamp: spec.genesisTime })),
    );
    expect([mined, spent, kept].map(({ txid }) => pool.get(txid) !== undefined)).toEqual([true, false, true]);
    expect(pool.verifier.checked()).toBe(before);
    next = 201n;
    pool.headChanged([], []);
    expect(pool.size).toBe(0);
  });

  it("E38: follows a longer chain by asking the state once an anchor, not once a transaction", async () => {
    let asked = 0;
    const counting: PoolRules = {
      ...poolRules,
      checkState: (checked) => {
        asked++;
        return poolRules.checkState(checked);
      },
    };
    open();
    const pool = openMempool(counting, acceptAllVerifier(), DEFAULT_POOL);
    const payments = Array.from({ length: 12 }, (_, i) => pay(i + 1, { expiry: i === 5 ? 100n : 200n }));
    for (const { bytes } of payments) await pool.submit(bytes, "x");
    // Mined, its note spent by another transaction, expired.
    const other = pay(50, { nullifier: payments[1]!.tx.bundles[0]!.nullifiers[1] });
    const spent = [payments[0]!, other].flatMap(({ tx }) => tx.bundles.flatMap(({ nullifiers }) => [...nullifiers]));
    next = 101n;
    asked = 0;
    pool.headChanged([payments[0]!.txid, other.txid], [], { nullifiers: spent, pseudonyms: [] });
    expect(asked).toBe(1);
    expect(payments.map(({ txid }) => pool.get(txid) !== undefined)).toEqual(
      payments.map((_, i) => ![0, 1, 5].includes(i)),
    );
    // An anchor that left the window takes all with it.
    void_ = new Set(payments.map(({ txid }) => toHex(txid)));
    pool.headChanged([], [], { nullifiers: [], pseudonyms: [] });
    expect(pool.size).toBe(0);
  });

  it("refuses when it is closed, and answers those who wait", async () => {
    const pool = open({ batch: 1, parallel: 1, gatherMs: 0 }, acceptAllVerifier({ delayMs: 5 }));
    const settled = Promise.allSettled([pool.submit(pay(1).bytes, "x"), pool.submit(pay(2).bytes, "x")]);
    // The first is under way by now.
    await new Promise((resolve) => setImmediate(resolve));
    await pool.close();
    expect((await settled).map(({ status }) => status)).toEqual(["fulfilled", "rejected"]);
    await expect(pool.submit(pay(3).bytes, "x")).rejects.toEqual(code("pool/stopped"));
  });

  it("a verifier that fails is not the sender's fault: nothing is remembered against the bytes", async () => {
    let broken = true;
    const verifier: TestVerifier = {
      ...acceptAllVerifier(),
      check: (items) => (broken ? Promise.reject(new Error("worker died")) : Promise.resolve(items.map(() => true))),
    };
    const pool = open({}, verifier);
    await expect(pool.submit(pay(1).bytes, "x")).rejects.toEqual(code("pool/verifier"));
    broken = false;
    expect(await pool.submit(pay(1).bytes, "x")).toEqual(pay(1).txid);
  });
});
