import {
  bigIntToBytes,
  COIN,
  decodePoint,
  decodeTransaction,
  encodePoint,
  encodeTransaction,
  feeOf,
  POOL_ADDRESS,
  randomizedKey,
  SUBGROUP_ORDER,
  turnstileSlot,
  type Bundle,
  type Nullifier,
  type Transaction,
} from "@sero/protocol";
import { describe, expect, it } from "vitest";
import {
  buildBlock,
  checkPoolState,
  decodeAndCheckStateless,
  importBlock,
  openBlock,
  openJournal,
  poolView,
  verifyBundles,
  wordOf,
  layered,
  memoryState,
} from "../../src/index.js";
import { COINS, openTestChain } from "../helpers/chain.js";
import { expectAll } from "../helpers/verdicts.js";
import { signatureVerifier } from "../helpers/verifiers.js";

const reencode = (bytes: Uint8Array, change: (tx: Transaction) => Transaction): Uint8Array =>
  encodeTransaction(change(decodeTransaction(bytes)));

const withBundle = (tx: Transaction, change: Partial<Bundle>): Transaction => ({
  ...tx,
  bundles: tx.bundles.map((bundle, i) => (i === 0 ? { ...bundle, ...change } : bundle)),
});

describe("attacks on validity", () => {
  it("E34: the same transaction again, on another chain id and on another genesis", async () => {
    const chain = await openTestChain({ verifier: signatureVerifier() });
    const payment = chain.pay(0, 1, COINS);
    await expectAll(chain, payment.bytes, "ok");
    await chain.seal([payment]);
    await expectAll(chain, payment.bytes, "tx/spent");

    const otherId = await openTestChain({ overrides: { chainId: 24159n } });
    await expectAll(otherId, payment.bytes, "tx/chain-id");
    // Written for the other id, the signature covers something else.
    const moved = reencode(payment.bytes, (tx) => ({ ...tx, chainId: 24159n }));
    const checked = decodeAndCheckStateless(
      { ...otherId.rules, verifier: signatureVerifier() },
      moved,
      otherId.rules.spec.genesisTime,
    );
    expect(checked.ok).toBe(true);
    if (checked.ok) {
      const verdict = await verifyBundles({ ...otherId.rules, verifier: signatureVerifier() }, checked.value);
      expect(!verdict.ok && verdict.error.code).toBe("tx/proof");
    }
    // Same id and rules, another genesis (one note more): the txid differs and the signature fails.
    const other = await openTestChain({ notes: 4, verifier: signatureVerifier() });
    const here = chain.check(payment.bytes);
    const there = other.check(payment.bytes);
    expect(there.txid).not.toEqual(here.txid);
    const verdict = await verifyBundles(other.rules, there);
    expect(!verdict.ok && verdict.error.code).toBe("tx/proof");
  });

  it("E35: anchors unknown, of the future, of the block itself and just outside the window of 1,024 blocks", async () => {
    const chain = await openTestChain();
    const first = poolView(chain.head().state).currentRoot();
    await expectAll(chain, chain.pay(0, 1, COINS, { anchor: 5n as never }).bytes, "tx/anchor");
    await chain.seal([chain.pay(0, 1, COINS)]);
    const second = poolView(chain.head().state).currentRoot();
    expect(second).not.toBe(first);
    // The genesis root pushes out at block 1,025: valid in block 1,024, not in 1,025.
    let parent = chain.head();
    const memory = memoryState();
    for (const diff of [chain.rules.genesis.diff, chain.diffs[0]!]) memory.apply(diff);
    for (let number = 2n; number <= 1023n; number++) {
      const result = openBlock(chain.rules, chain.parentOf(parent.header, memory.view), {
        ...chain.attributes(),
        timestamp: parent.header.timestamp + 4n,
      }).seal();
      memory.apply(result.diff);
      parent = chain.parentOf(result.header, memory.view);
    }
    chain.parents.push(parent);
    expect(parent.header.number).toBe(1023n);
    await expectAll(chain, chain.pay(0, 1, COINS, { anchor: first }).bytes, "ok");
    const at1024 = await chain.seal([]);
    expect(at1024.header.number).toBe(1024n);
    await expectAll(chain, chain.pay(0, 1, COINS, { anchor: first }).bytes, "tx/anchor");
    expect(poolView(chain.head().state).blockOfRoot(first)).toBeUndefined();
    // The root of block 1 is that of every empty block after it: still known, by its newest block.
    expect(poolView(chain.head().state).blockOfRoot(second)).toBe(1024n);
    const last = chain.pay(0, 1, COINS, { anchor: second });
    await expectAll(chain, last.bytes, "ok");
    // Block 1,025 pushes block 1 out of the ring, but 1,024 ended with the same root.
    await chain.seal([last]);
    expect(poolView(chain.head().state).blockOfRoot(second)).toBe(1024n);
    await expectAll(chain, chain.pay(1, 0, COINS, { anchor: second }).bytes, "ok");
  });

  it("E36: the turnstile stops coin that the counter does not cover, and a corrupted counter is found", async () => {
    const chain = await openTestChain();
    const parent = chain.head();
    const journal = openJournal(parent.state);
    journal.setStorage(POOL_ADDRESS, turnstileSlot(COIN), wordOf(1000n));
    const broken = chain.parentOf(parent.header, layered(parent.state, journal.finish()));
    chain.parents.push(broken);
    await expectAll(chain, chain.pay(0, 1, COINS).bytes, "pool/turnstile");
    const found = checkPoolState(broken.state, 0n);
    expect(found.ok).toBe(true); // Less than the balance is what a donation looks like; an audit from genesis finds it.
    const more = openJournal(parent.state);
    more.setStorage(POOL_ADDRESS, turnstileSlot(COIN), wordOf(61n * COINS));
    const larger = checkPoolState(layered(parent.state, more.finish()), 0n);
    expect(!larger.ok && larger.error.code).toBe("pool/turnstile");
    expect(checkPoolState(parent.state, 0n).ok).toBe(true);
    chain.parents.pop();
    // Counterfeit that drains the Pool: the fee is all that can leave, and it is bounded by the counter, never below zero.
    const { state } = chain.head();
    const view = poolView(state);
    expect(view.turnstile(COIN)).toBe(view.balance());
    // Somebody's donation to the Pool is a surplus, not an error.
    const gift = openJournal(state);
    gift.credit(POOL_ADDRESS, 1n);
    chain.parents.push(chain.parentOf(parent.header, layered(state, gift.finish())));
    await expectAll(chain, chain.pay(0, 1, COINS).bytes, "ok");
  });

  it("E39: expiry, fee, gas and what is not active yet get one verdict from mempool, builder and import", async () => {
    const chain = await openTestChain();
    await chain.seal([]);
    const pay = (change: (tx: Transaction) => Transaction): Uint8Array => chain.pay(0, 1, COINS, { change }).bytes;
    await expectAll(chain, chain.pay(0, 1, COINS, { expiry: 2n }).bytes, "ok");
    await expectAll(chain, chain.pay(0, 1, COINS, { expiry: 1n }).bytes, "tx/expired");
    await expectAll(chain, chain.pay(0, 1, COINS, { expiry: 514n }).bytes, "ok");
    await expectAll(chain, chain.pay(0, 1, COINS, { expiry: 515n }).bytes, "tx/expiry-too-far");
    const fee = feeOf(chain.pay(0, 1, COINS).tx, chain.rules.spec);
    await expectAll(
      chain,
      pay((tx) => withBundle(tx, { pubCoin: fee + 1n })),
      "tx/fee",
    );
    await expectAll(
      chain,
      pay((tx) => withBundle(tx, { pubCoin: fee - 1n })),
      "tx/fee",
    );
    await expectAll(
      chain,
      pay((tx) => ({ ...tx, priceStep: 1 })),
      "tx/fee",
    );
    await expectAll(
      chain,
      pay((tx) => ({ ...tx, priceStep: 8 })),
      "tx/price-step",
    );
    await expectAll(
      chain,
      pay((tx) => withBundle(tx, { circuit: 1 })),
      "tx/circuit",
    );
    const package0 = { outputIndex: 0, controller: new Uint8Array(20).fill(1) as never, onFailure: "hold" as const };
    const early = await openTestChain({ overrides: { callPhaseTime: undefined, packagesTime: undefined } });
    await expectAll(
      early,
      early.pay(0, 1, COINS, { change: (tx) => ({ ...tx, packages: [package0] }) }).bytes,
      "tx/packages-not-active",
    );
    const call = {
      pseudonym: new Uint8Array(20).fill(1) as never,
      nonce: 0n,
      signature: Uint8Array.from([...bigIntToBytes(1n, 32), ...bigIntToBytes(1n, 32), 0]),
      gasLimit: 100_000n,
      calls: [],
      returns: [{ kind: "coin" as const, token: undefined, id: 0n, leave: false, inners: [5n as never] }],
    };
    await expectAll(early, early.pay(0, 1, COINS, { change: (tx) => ({ ...tx, call }) }).bytes, "tx/call-not-active");
    for (const type of [0x00, 0x01, 0x02, 0x03, 0x7f, 0xf8]) {
      const bytes = chain.pay(0, 1, COINS).bytes.slice();
      bytes[0] = type;
      await expectAll(chain, bytes, "tx/type");
    }
  });

  it("A5: public coins of two bundles are summed as integers: r - x and fee + x do not cancel", async () => {
    const chain = await openTestChain({ notes: 4 });
    const payment = chain.pay(0, 1, 25n * COINS);
    expect(payment.tx.bundles.length).toBe(2);
    const fee = chain.check(payment.bytes).fee;
    const most = 2n ** 128n - 1n;
    const bad = chain.pay(0, 1, 25n * COINS, {
      change: (tx) => ({ ...tx, bundles: tx.bundles.map((b, i) => ({ ...b, pubCoin: i === 0 ? most : fee + 1n })) }),
    });
    await expectAll(chain, bad.bytes, "tx/fee");
  });

  it("A9: a nullifier twice in a bundle, a transaction, a block, and one of an earlier block", async () => {
    const chain = await openTestChain({ notes: 4 });
    const twice = (tx: Transaction): Transaction => {
      const [nf] = tx.bundles[0]!.nullifiers;
      return withBundle(tx, { nullifiers: [nf, nf] });
    };
    // The encoder refuses to write such a transaction, so its bytes are patched.
    const payment = chain.pay(0, 1, 15n * COINS);
    expect(() => encodeTransaction(twice(payment.tx))).toThrow(/twice/);
    const [nf0, nf1] = payment.tx.bundles[0]!.nullifiers;
    await expectAll(chain, patched(payment.bytes, nf1, nf0), "tx/duplicate-nullifier");
    const two = chain.pay(0, 1, 25n * COINS);
    const patchedTwo = patched(two.bytes, two.tx.bundles[1]!.nullifiers[0], two.tx.bundles[0]!.nullifiers[0]);
    await expectAll(chain, patchedTwo, "tx/duplicate-nullifier");

    // Two payments of one note in one block: the builder takes the first, a block with both is invalid.
    const a = chain.pay(0, 1, COINS);
    const b = chain.pay(0, 1, 2n * COINS);
    const parent = chain.head();
    const candidates = [a, b].map(({ bytes }) => chain.check(bytes));
    const built = await buildBlock(chain.rules, parent, chain.attributes(), candidates, { verified: true });
    expect(built.transactions).toEqual([a.bytes]);
    expect(built.skipped.map(({ error }) => error.code)).toEqual(["tx/spent"]);
    const forced = await importBlock(chain.rules, parent, { ...built, transactions: [a.bytes, b.bytes] });
    expect(forced.ok ? "" : [forced.error.code, forced.error.values["index"]]).toEqual(["tx/spent", 1]);
    await chain.seal([a]);
    await expectAll(chain, b.bytes, "tx/spent");
  });

  it("B14: rk off the curve, of low order, the identity; ephemeral keys of low order", async () => {
    const chain = await openTestChain();
    const p = 21888242871839275222246405745257275088548364400416034343698204186575808495617n;
    const identity = encodePoint({ x: 0n, y: 1n });
    const order2 = encodePoint({ x: 0n, y: p - 1n });
    const order4 = leBytes(0n);
    const order4Odd = leBytes(0n, true);
    for (const rk of [identity, order2, order4, order4Odd]) {
      const payment = chain.pay(0, 1, COINS, { change: (tx) => withBundle(tx, { rk }) });
      await expectAll(chain, payment.bytes, "tx/rk");
    }
    let off = 2n;
    while (isPoint(off)) off++;
    await expectAll(
      chain,
      chain.pay(0, 1, COINS, { change: (tx) => withBundle(tx, { rk: leBytes(off) }) }).bytes,
      "tx/rk",
    );
    // A point with a part of order 8 is not of low order: the batch equation multiplies by 8.
    expect(() => chain.check(chain.pay(0, 1, COINS).bytes)).not.toThrow();
  });

  it("B16: all-zero and low-order ephemeral keys are rejected wherever they stand", async () => {
    const chain = await openTestChain();
    const low = [
      0n,
      1n,
      325606250916557431795983626356110631294008115727848805560023387167927233504n,
      39382357235489614581723060781553021112529911719440698176882885853963445705823n,
      2n ** 255n - 20n,
    ];
    for (const [i, u] of low.entries()) {
      const change = (tx: Transaction): Transaction => ({
        ...tx,
        outputs: tx.outputs.map((output, o) => (o === i % 3 ? withKey(output, u) : output)),
      });
      await expectAll(chain, chain.pay(0, 1, COINS, { change }).bytes, "tx/epk");
    }
    const fine = (tx: Transaction): Transaction => ({ ...tx, outputs: tx.outputs.map((it) => withKey(it, 9n)) });
    await expectAll(chain, chain.pay(0, 1, COINS, { change: fine }).bytes, "ok");
  });

  it("B17: encodings that are not canonical: rk with y + r or a wrong sign bit, epk at or above 2^255 - 19", async () => {
    const chain = await openTestChain();
    const p = 21888242871839275222246405745257275088548364400416034343698204186575808495617n;
    const signOfZero = leBytes(1n, true);
    for (const rk of [leBytes(p), leBytes(p + 1n), signOfZero]) {
      await expectAll(chain, chain.pay(0, 1, COINS, { change: (tx) => withBundle(tx, { rk }) }).bytes, "tx/rk");
    }
    // The same point once more: y + r still fits under the sign bit.
    const rk = randomizedKey(chain.wallets[0]!.keys.A, 5n);
    const y = leToBigInt(rk) % 2n ** 255n;
    const same = leBytes(y + p, rk[31]! >= 0x80);
    await expectAll(chain, chain.pay(0, 1, COINS, { change: (tx) => withBundle(tx, { rk: same }) }).bytes, "tx/rk");
    for (const u of [2n ** 255n - 19n, 2n ** 255n - 1n, 2n ** 255n + 9n]) {
      const change = (tx: Transaction): Transaction => ({ ...tx, outputs: tx.outputs.map((it) => withKey(it, u)) });
      await expectAll(chain, chain.pay(0, 1, COINS, { change }).bytes, "tx/epk");
    }
  });

  it("B15: a wrong signature makes a payment invalid, S + l too; a payment's bundles have different R", async () => {
    const chain = await openTestChain({ notes: 4, verifier: signatureVerifier() });
    const good = chain.pay(0, 1, 25n * COINS);
    const [a, b] = good.tx.bundles.map(({ signature }) => signature.slice(0, 32));
    expect(a).not.toEqual(b);
    const flip = (tx: Transaction): Transaction => {
      const signature = tx.bundles[0]!.signature.slice();
      signature[40]! ^= 1;
      return withBundle(tx, { signature });
    };
    const highS = (tx: Transaction): Transaction => {
      const signature = tx.bundles[0]!.signature.slice();
      let S = 0n;
      for (const byte of signature.subarray(32)) S = (S << 8n) | BigInt(byte);
      signature.set(bigIntToBytes(S + SUBGROUP_ORDER, 32), 32);
      return withBundle(tx, { signature });
    };
    for (const tamper of [flip, highS]) {
      const bad = chain.check(chain.pay(0, 1, COINS, { tamper }).bytes);
      const verdict = await verifyBundles(chain.rules, bad);
      expect(!verdict.ok && verdict.error.code).toBe("tx/proof");
    }
    await chain.seal([good]);
  });
});

/** `bytes` with the 32 bytes of field element `from` replaced by those of `to`, once. */
function patched(bytes: Uint8Array, from: Nullifier, to: Nullifier): Uint8Array {
  const at = Buffer.from(bytes).indexOf(Buffer.from(bigIntToBytes(from, 32)));
  const out = bytes.slice();
  out.set(bigIntToBytes(to, 32), at);
  return out;
}

function leBytes(y: bigint, top = false): Uint8Array {
  const out = bigIntToBytes(y, 32).reverse();
  if (top) out[31]! |= 0x80;
  return out;
}

function leToBigInt(bytes: Uint8Array): bigint {
  return bytes.reduceRight((sum, byte) => (sum << 8n) | BigInt(byte), 0n);
}

function isPoint(y: bigint): boolean {
  try {
    decodePoint(leBytes(y));
    return true;
  } catch {
    return false;
  }
}

function withKey(output: Uint8Array, u: bigint): Uint8Array {
  const out = output.slice();
  out.set(bigIntToBytes(u, 32).reverse(), 0);
  return out;
}
