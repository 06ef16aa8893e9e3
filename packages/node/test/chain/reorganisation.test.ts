import { importBlock, decodeHeader } from "@sero/execution";
import { hexDigits, POOL_ADDRESS, toHex } from "@sero/protocol";
import { afterEach, describe, expect, it } from "vitest";
import { openTestChain, randomNumbers, recomputedRoot, type TestChain } from "../helpers/chain.js";
import { createdBy, HASHER } from "../helpers/contracts.js";
import { pseudonymAddress, type FakeCall, type FakePayment } from "../helpers/payment.js";

describe("reorganisations", () => {
  const open: TestChain[] = [];
  afterEach(async () => {
    for (const test of open.splice(0)) await test.close();
  });
  async function chain(): Promise<TestChain> {
    const test = await openTestChain();
    open.push(test);
    return test;
  }

  for (const seed of [1, 2, 3]) {
    it(`D30: after any reorganisations the state equals a rebuild from the canonical blocks (seed ${seed})`, async () => {
      const test = await chain();
      const random = randomNumbers(seed);
      const payments: FakePayment[] = [];
      for (let step = 0; step < 25; step++) {
        const known = knownBlocks(test);
        const parent = known[random(known.length)]!;
        // New payments, and old ones again that another branch may already hold.
        const fresh = Array.from({ length: random(3) }, (_, i) =>
          test.pay(parent, seed * 10_000 + step * 10 + i, i === 0 ? {} : { call: someCall(test, parent, random) }),
        );
        const again = payments.filter(() => random(4) === 0);
        payments.push(...fresh);
        const block = await test.grow(parent, [...fresh, ...again], random(256));
        if (random(3) === 0) continue;
        const target = random(4) === 0 ? known[random(known.length)]! : block.hash;
        const final = random(6) === 0 ? ancestor(test, target, random(4)) : undefined;
        const change = test.chain.setForkchoice({ head: target, safe: final, finalized: final });
        expect(change.head.hash).toEqual(target);
        expect(test.store.canonicalHash(change.head.number)).toEqual(target);
        expect(test.store.canonicalHash(change.head.number + 1n)).toBeUndefined();
      }
      await expectEqualsRebuild(test, await chain());
    });
  }

  it("D30: a restart in the middle finds every branch again", async () => {
    const test = await chain();
    const genesis = test.chain.head().hash;
    const a1 = await test.grow(genesis, [test.pay(genesis, 1)]);
    const a2 = await test.grow(a1.hash, [test.pay(a1.hash, 2)]);
    const b1 = await test.grow(genesis, [test.pay(genesis, 3)], 9);
    test.chain.setForkchoice({ head: a2.hash, safe: undefined, finalized: undefined });
    await test.store.close();
    open.splice(open.indexOf(test), 1);
    const again = await openTestChain({ directory: test.directory });
    expect(again.chain.head().hash).toEqual(a2.hash);
    const b2 = await again.grow(b1.hash, [again.pay(b1.hash, 4)], 9);
    again.chain.setForkchoice({ head: b2.hash, safe: undefined, finalized: undefined });
    expect(recomputedRoot(again.store, again.chain)).toEqual(again.chain.head().header.stateRoot);
    await again.close();
  });

  it("finality forgets other branches and refuses a head below it", async () => {
    const test = await chain();
    const genesis = test.chain.head().hash;
    const a1 = await test.grow(genesis, [test.pay(genesis, 1)]);
    const a2 = await test.grow(a1.hash, [test.pay(a1.hash, 2)]);
    const b1 = await test.grow(genesis, [test.pay(genesis, 3)], 9);
    test.chain.setForkchoice({ head: a2.hash, safe: a1.hash, finalized: a1.hash });
    expect(test.chain.get(b1.hash)).toBeUndefined();
    expect(test.store.header(b1.hash)).toBeUndefined();
    expect(test.store.layers().map(({ hash }) => hexDigits(hash))).toEqual([hexDigits(a2.hash)]);
    expect(() => test.chain.state(genesis)).toThrowError(expect.objectContaining({ code: "state/forgotten" }) as Error);
    expect(() => test.chain.setForkchoice({ head: b1.hash, safe: undefined, finalized: undefined })).toThrowError(
      expect.objectContaining({ code: "chain/unknown-head" }) as Error,
    );
    expect(() => test.chain.setForkchoice({ head: a1.hash, safe: a2.hash, finalized: undefined })).toThrowError(
      expect.objectContaining({ code: "chain/bad-forkchoice" }) as Error,
    );
    expect(test.chain.head().hash).toEqual(a2.hash);
    expect(recomputedRoot(test.store, test.chain)).toEqual(test.chain.head().header.stateRoot);
  });

  it("a view of a branch that finality left behind throws instead of mixing two states", async () => {
    const test = await chain();
    const genesis = test.chain.head().hash;
    const a1 = await test.grow(genesis, [test.pay(genesis, 1)]);
    const b1 = await test.grow(genesis, [test.pay(genesis, 3)], 9);
    const view = test.chain.state(b1.hash);
    expect(view.account(POOL_ADDRESS)).toBeDefined();
    test.chain.setForkchoice({ head: a1.hash, safe: a1.hash, finalized: a1.hash });
    expect(() => view.storage(POOL_ADDRESS, new Uint8Array(32).fill(9))).toThrowError(
      expect.objectContaining({ code: "state/forgotten" }) as Error,
    );
  });
});

/**
 * A call that creates the hasher, calls one that may be there on this branch or not, or fails: by one of four pseudonyms, whose nonce is the one of
 * this branch.
 */
function someCall(test: TestChain, parent: Uint8Array, random: (n: number) => number): FakeCall {
  const pseudonym = 1 + random(4);
  const nonce = test.chain.state(parent).account(pseudonymAddress(pseudonym))?.nonce ?? 0n;
  const address = pseudonymAddress(pseudonym);
  const to =
    random(2) === 0 ? createdBy(pseudonymAddress(1 + random(4)), BigInt(random(3))) : createdBy(address, nonce);
  const create = { to: undefined, value: 0n, data: HASHER };
  const call = { to, value: BigInt(random(2)), data: new Uint8Array(0) };
  const fail = { to: undefined, value: 0n, data: Uint8Array.of(0xfe) };
  const calls = [[create], [call], [create, call], [call, fail]][random(4)]!;
  return { pseudonym, nonce, calls, gasLimit: 200_000n };
}

/** Hashes of every block above finality, on all branches, and the finalized one. */
function knownBlocks(test: TestChain): Uint8Array[] {
  return [test.chain.finalized().hash, ...test.store.layers().map(({ hash }) => hash)];
}

function ancestor(test: TestChain, hash: Uint8Array, steps: number): Uint8Array {
  let at = test.chain.get(hash)!;
  for (let i = 0; i < steps && at.number > test.chain.finalized().number; i++)
    at = test.chain.get(at.header.parentHash)!;
  return at.hash;
}

async function expectEqualsRebuild(test: TestChain, rebuilt: TestChain): Promise<void> {
  const head = test.chain.head();
  expect(toHex(recomputedRoot(test.store, test.chain))).toBe(toHex(head.header.stateRoot));
  for (let number = 1n; number <= head.number; number++) {
    const hash = test.store.canonicalHash(number)!;
    const header = decodeHeader(test.store.header(hash)!);
    const body = test.store.body(hash)!;
    const parent = rebuilt.chain.get(header.parentHash)!;
    const on = rebuilt.chain.parent(parent.hash);
    const verdict = await importBlock(rebuilt.rules, on, { header, ...body });
    if (!verdict.ok) throw verdict.error;
    rebuilt.chain.insert(verdict.value);
    rebuilt.chain.setForkchoice({ head: hash, safe: undefined, finalized: undefined });
    expect(rebuilt.store.tree(hash)).toEqual(test.store.tree(hash));
    body.txids.forEach((txid, index) => expect(test.store.place(txid)).toEqual({ number, index }));
    expect(rebuilt.store.receipts(hash)).toEqual(test.store.receipts(hash));
    expect(rebuilt.store.details(hash)).toEqual(test.store.details(hash));
  }
  expect(toHex(rebuilt.chain.head().hash)).toBe(toHex(head.hash));
  expect(toHex(recomputedRoot(rebuilt.store, rebuilt.chain))).toBe(toHex(head.header.stateRoot));
  expect(test.store.environment.transactions.getKeysCount()).toBe(
    rebuilt.store.environment.transactions.getKeysCount(),
  );
}
