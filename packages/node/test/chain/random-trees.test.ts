import { rmSync } from "node:fs";
import { importBlock, type BuiltBlock } from "@sero/execution";
import { hexDigits, leafCountSlot, POOL_ADDRESS, toHex } from "@sero/protocol";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { countRecent } from "../../src/store/recent.js";
import { checkStore } from "../../src/chain/index.js";
import { openTestChain, recomputedRoot, type TestChain } from "../helpers/chain.js";
import { HASHER } from "../helpers/contracts.js";
import { temporaryDirectory } from "../helpers/node.js";
import { pseudonymAddress, type FakeCall, type FakePayment } from "../helpers/payment.js";

/** A step of a random history. Numbers choose among what there is at that moment. */
type Step =
  | {
      readonly kind: "grow";
      readonly parent: number;
      readonly payments: number;
      readonly again: number;
      readonly salt: number;
    }
  | { readonly kind: "choose"; readonly head: number; readonly safe: number; readonly final: number }
  | { readonly kind: "restart" }
  | { readonly kind: "prune"; readonly keep: number };

const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.record({
      kind: fc.constant("grow" as const),
      // Most blocks go onto the newest ones, so that branches get long.
      parent: fc.oneof({ weight: 3, arbitrary: fc.nat(2) }, { weight: 1, arbitrary: fc.nat(40) }),
      payments: fc.nat(2),
      again: fc.nat(7),
      salt: fc.nat(255),
    }),
  },
  {
    weight: 4,
    arbitrary: fc.record({
      kind: fc.constant("choose" as const),
      head: fc.oneof({ weight: 3, arbitrary: fc.nat(2) }, { weight: 1, arbitrary: fc.nat(40) }),
      safe: fc.nat(4),
      final: fc.oneof({ weight: 3, arbitrary: fc.constant(-1) }, { weight: 1, arbitrary: fc.nat(6) }),
    }),
  },
  { weight: 1, arbitrary: fc.constant({ kind: "restart" as const }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant("prune" as const), keep: fc.nat(8) }) },
);

/** Few, so that most blocks are read from rows on disk; or more than there are. */
const layers = fc.constantFrom(0, 1, 3, 8, 96);

/** A chain in a real store that does what it is told, and everything that ever was on it. */
interface History {
  test: TestChain;
  readonly directory: string;
  readonly layersInMemory: number;
  readonly blocks: Map<string, BuiltBlock>;
  readonly payments: FakePayment[];
  seed: number;
}

async function take(history: History, one: Step): Promise<void> {
  const { test, blocks, payments } = history;
  const { chain, store } = test;
  // Newest first: genesis last, and on one branch children before their parents.
  const known = [...blocks.values()].reverse().filter(({ hash }) => chain.get(hash) !== undefined);
  const at = (i: number): Uint8Array => known[i % (known.length + 1)]?.hash ?? chain.finalized().hash;
  if (one.kind === "restart") {
    const before = { head: chain.head().hash, safe: chain.safe().hash, finalized: chain.finalized().hash };
    await store.close();
    history.test = await openTestChain({ directory: history.directory, layersInMemory: history.layersInMemory });
    const { chain: after } = history.test;
    expect({ head: after.head().hash, safe: after.safe().hash, finalized: after.finalized().hash }).toEqual(before);
    for (const { hash } of known) expect(after.get(hash)).toBeDefined();
    return;
  }
  if (one.kind === "prune") {
    await checkStore(store, chain);
    const below = chain.head().number - BigInt(one.keep);
    const { number } = chain.finalized();
    store.prune(below < number ? below : number, 1_000);
    return;
  }
  if (one.kind === "grow") {
    const parent = at(one.parent);
    const fresh = Array.from({ length: one.payments }, (_, i) => {
      const call = i === 0 ? undefined : creation(test, parent, history.seed % 3);
      return test.pay(parent, history.seed++, call ? { call } : {});
    });
    payments.push(...fresh);
    // A payment that another branch, or an ancestor, may hold already.
    const old = payments.filter((_, i) => (i + one.again) % 8 === 0);
    const block = await test.grow(parent, [...fresh, ...old], one.salt);
    blocks.set(hexDigits(block.hash), block);
    return;
  }
  const head = at(one.head);
  const change = chain.setForkchoice({
    head,
    safe: ancestor(test, head, one.safe),
    finalized: one.final < 0 ? undefined : ancestor(test, head, one.final),
  });
  expect(change.head.hash).toEqual(head);
  expect(store.canonicalHash(change.head.number)).toEqual(head);
  expect(store.canonicalHash(change.head.number + 1n)).toBeUndefined();
}

function creation(test: TestChain, parent: Uint8Array, pseudonym: number): FakeCall {
  const nonce = test.chain.state(parent).account(pseudonymAddress(pseudonym))?.nonce ?? 0n;
  return { pseudonym, nonce, calls: [{ to: undefined, value: 0n, data: HASHER }] };
}

function ancestor({ chain }: TestChain, hash: Uint8Array, steps: number): Uint8Array {
  let at = chain.get(hash)!;
  for (let i = 0; i < steps && at.number > chain.finalized().number; i++) at = chain.get(at.header.parentHash)!;
  return at.hash;
}

/** Everything that the store holds is what a chain holds that only ever saw the canonical blocks. */
async function expectEqualsRebuild({ test, blocks }: History): Promise<void> {
  const { store, chain } = test;
  const head = chain.head();
  expect(toHex(recomputedRoot(store, chain))).toBe(toHex(head.header.stateRoot));
  const rebuilt = await openTestChain();
  try {
    const places = new Set<string>();
    for (let number = 1n; number <= head.number; number++) {
      const hash = store.canonicalHash(number)!;
      const { header, transactions, withdrawals, txids, compact } = blocks.get(hexDigits(hash))!;
      const parent = rebuilt.chain.parent(header.parentHash);
      const verdict = await importBlock(rebuilt.rules, parent, { header, transactions, withdrawals });
      if (!verdict.ok) throw verdict.error;
      rebuilt.chain.insert(verdict.value);
      rebuilt.chain.setForkchoice({ head: hash, safe: undefined, finalized: undefined });
      expect(store.tree(hash)).toEqual(rebuilt.store.tree(hash));
      expect(store.compact(hash)).toEqual(compact);
      const isKept = number >= store.oldestBody();
      expect(store.body(hash)).toEqual(isKept ? rebuilt.store.body(hash) : undefined);
      expect(store.receipts(hash)).toEqual(isKept ? rebuilt.store.receipts(hash) : undefined);
      txids.forEach((txid, index) => {
        expect(store.place(txid)).toEqual(isKept ? { number, index } : undefined);
        if (isKept) places.add(hexDigits(txid));
      });
    }
    expect(toHex(recomputedRoot(rebuilt.store, rebuilt.chain))).toBe(toHex(head.header.stateRoot));
    // Nothing is left of branches that finality ruled out, and no place of a transaction that is on none.
    expect(store.environment.transactions.getKeysCount()).toBe(places.size);
    const sides = [...store.environment.layers.getKeys()].length;
    expect(store.environment.headers.getKeysCount()).toBe(Number(chain.finalized().number) + 1 + sides);
    await checkStore(store, chain);
    const { blocks: withRows } = countRecent(store.environment);
    expect(BigInt(withRows)).toBeLessThanOrEqual(head.number - chain.finalized().number);
    expect(withRows === 0 || store.sunkThrough() > chain.finalized().number).toBe(true);
  } finally {
    await rebuilt.close();
  }
}

describe("random trees of blocks", () => {
  it("D30: with random fork choices, finality, restarts and pruning the store equals a rebuild from scratch", async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 12, maxLength: 60 }), layers, async (steps, layersInMemory) => {
        const directory = temporaryDirectory();
        const test = await openTestChain({ directory, layersInMemory });
        const history: History = { test, directory, layersInMemory, blocks: new Map(), payments: [], seed: 1 };
        try {
          for (const one of steps) await take(history, one);
          await expectEqualsRebuild(history);
        } finally {
          await history.test.store.close();
          rmSync(directory, { recursive: true, force: true });
        }
      }),
      { numRuns: 25, endOnFailure: true },
    );
  }, 240_000);

  it("without finality most blocks are read from disk, a reorganisation below them brings them back, finality clears them away", async () => {
    const test = await openTestChain({ layersInMemory: 5 });
    try {
      const { store, chain } = test;
      const hashes = [chain.head().hash as Uint8Array];
      for (let i = 0; i < 40; i++) {
        const parent = hashes[i]!;
        const block = await test.grow(parent, [test.pay(parent, i + 1)]);
        hashes.push(block.hash);
        chain.setForkchoice({ head: block.hash, safe: undefined, finalized: undefined });
      }
      expect(countRecent(store.environment).blocks).toBe(35);
      const old = chain.state(hashes[20]!);
      const leaf = old.storage(POOL_ADDRESS, leafCountSlot());
      expect(leaf).not.toEqual(chain.state(hashes[40]!).storage(POOL_ADDRESS, leafCountSlot()));
      let side = hashes[10]!;
      for (let i = 0; i < 40; i++) side = (await test.grow(side, [test.pay(side, 500 + i)], 7)).hash;
      chain.setForkchoice({ head: side, safe: undefined, finalized: undefined });
      expect(store.sunkThrough()).toBe(45n);
      expect(toHex(recomputedRoot(store, chain))).toBe(toHex(chain.head().header.stateRoot));
      // The view of a block that left went by rows that are gone: it says so instead of mixing two branches.
      expect(() => old.storage(POOL_ADDRESS, leafCountSlot())).toThrowError(
        expect.objectContaining({ code: "state/forgotten" }) as Error,
      );
      expect(chain.state(hashes[20]!).storage(POOL_ADDRESS, leafCountSlot())).toEqual(leaf);
      chain.setForkchoice({ head: hashes[40]!, safe: undefined, finalized: undefined });
      expect(toHex(recomputedRoot(store, chain))).toBe(toHex(chain.head().header.stateRoot));
      chain.setForkchoice({ head: hashes[40]!, safe: hashes[38]!, finalized: hashes[38]! });
      expect(countRecent(store.environment)).toEqual({ rows: 0, blocks: 0 });
      expect(toHex(recomputedRoot(store, chain))).toBe(toHex(chain.head().header.stateRoot));
    } finally {
      await test.close();
    }
  });
});
