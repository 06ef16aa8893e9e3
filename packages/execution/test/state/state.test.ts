import { createMPT, verifyMerkleProof } from "@ethereumjs/mpt";
import { encode } from "@ethereumjs/rlp";
import { keccak256 } from "@sero/protocol";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  decodeStateDiff,
  emptyState,
  EMPTY_CODE_HASH,
  encodeAccount,
  encodeStateDiff,
  layered,
  memoryState,
  mergeDiffs,
  openJournal,
  proofOf,
  wordOf,
  wordToBigInt,
  type StateBackend,
  type StateDiff,
} from "../../src/state/index.js";

const address = (i: number): Uint8Array => new Uint8Array(20).fill(i + 1);

/** What a journal does, so that a plain model can do the same. */
type Step =
  | { readonly kind: "slot"; readonly who: number; readonly slot: bigint; readonly value: bigint }
  | { readonly kind: "credit"; readonly who: number; readonly amount: bigint }
  | { readonly kind: "checkpoint" | "commit" | "revert" };

const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.record({
      kind: fc.constant("slot" as const),
      who: fc.nat(2),
      slot: fc.bigInt(0n, 12n),
      value: fc.oneof(fc.constant(0n), fc.bigInt(1n, 2n ** 256n - 1n)),
    }),
  },
  {
    weight: 3,
    arbitrary: fc.record({ kind: fc.constant("credit" as const), who: fc.nat(5), amount: fc.bigInt(1n, 10n ** 24n) }),
  },
  {
    weight: 3,
    arbitrary: fc.record({ kind: fc.constantFrom("checkpoint" as const, "commit" as const, "revert" as const) }),
  },
);

interface Model {
  slots: Map<string, bigint>;
  balances: Map<number, bigint>;
}
const copyOf = (model: Model): Model => ({ slots: new Map(model.slots), balances: new Map(model.balances) });

/** The state root by @ethereumjs/mpt, from scratch. */
async function rootOf(model: Model): Promise<Uint8Array> {
  const trie = await createMPT();
  for (const [who, balance] of model.balances) {
    const storage = await createMPT();
    for (const [key, value] of model.slots) {
      const [owner, slot] = key.split("/");
      if (Number(owner) !== who || value === 0n) continue;
      await storage.put(keccak256(wordOf(BigInt(slot!))), encode(value));
    }
    const account = encodeAccount({ nonce: 1n, balance, storageRoot: storage.root(), codeHash: EMPTY_CODE_HASH });
    await trie.put(keccak256(address(who)), account);
  }
  return trie.root();
}

describe("state", () => {
  it("equals a plain model with checkpoints, block after block, by @ethereumjs/mpt's roots", async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.array(step, { maxLength: 30 }), { minLength: 1, maxLength: 4 }), async (blocks) => {
        let state: StateBackend = emptyState();
        let model: Model = { slots: new Map(), balances: new Map() };
        let merged: StateDiff | undefined;
        const genesis = openJournal(state);
        for (let who = 0; who < 3; who++) {
          genesis.setAccount(address(who), { nonce: 1n, balance: 1n, codeHash: EMPTY_CODE_HASH });
          model.balances.set(who, 1n);
        }
        const first = genesis.finish();
        state = layered(state, first);
        for (const steps of blocks) {
          const journal = openJournal(state);
          const saved: Model[] = [];
          journal.beginTransaction();
          for (const it of steps) {
            if (it.kind === "slot") {
              journal.setStorage(address(it.who), wordOf(it.slot), wordOf(it.value));
              model.slots.set(`${it.who}/${it.slot}`, it.value);
            } else if (it.kind === "credit") {
              const before = journal.account(address(it.who)) ?? { nonce: 1n, balance: 0n, codeHash: EMPTY_CODE_HASH };
              journal.setAccount(address(it.who), { ...before, balance: before.balance + it.amount });
              model.balances.set(it.who, (model.balances.get(it.who) ?? 0n) + it.amount);
            } else if (it.kind === "checkpoint") {
              journal.checkpoint();
              saved.push(copyOf(model));
            } else if (saved.length > 0) {
              const back = saved.pop()!;
              if (it.kind === "commit") journal.commit();
              else {
                journal.revert();
                model = back;
              }
            }
          }
          for (; saved.length > 0; saved.pop()) journal.commit();
          const diff = journal.finish();
          expect(diff.root).toEqual(await rootOf(model));
          expect(decodeStateDiff(encodeStateDiff(diff))).toEqual(diff);
          state = layered(state, diff);
          merged = merged === undefined ? diff : mergeDiffs(merged, diff);
          for (const [key, value] of model.slots) {
            const [owner, slot] = key.split("/");
            expect(wordToBigInt(state.storage(address(Number(owner)), wordOf(BigInt(slot!))))).toBe(value);
          }
        }
        const memory = memoryState();
        for (const diff of [first, merged!]) memory.apply(diff);
        const inMemory = openJournal(memory.view);
        inMemory.setStorage(address(0), wordOf(99n), wordOf(5n));
        const base = layered(emptyState(), first);
        const flat = layered(base, merged!);
        const again = openJournal(flat);
        again.setStorage(address(0), wordOf(99n), wordOf(5n));
        const other = openJournal(state);
        other.setStorage(address(0), wordOf(99n), wordOf(5n));
        const expected = other.finish();
        expect(again.finish()).toEqual(expected);
        expect(inMemory.finish()).toEqual(expected);
      }),
      { numRuns: 60 },
    );
  });

  it("proves accounts and slots to @ethereumjs/mpt's verifier, present and absent", async () => {
    const journal = openJournal(emptyState());
    for (let i = 0; i < 20; i++) {
      journal.credit(address(i), BigInt(i + 1));
      for (let slot = 0n; slot < 15n; slot++) journal.setStorage(address(i), wordOf(slot), wordOf(slot + 7n));
    }
    const state = layered(emptyState(), journal.finish());
    const proof = proofOf(state, address(4), [wordOf(3n), wordOf(77n)]);
    expect(await verifyMerkleProof(keccak256(address(4)), [...proof.accountProof])).toEqual(
      encodeAccount(proof.account),
    );
    expect(await verifyMerkleProof(keccak256(wordOf(3n)), [...proof.storageProof[0]!.proof])).toEqual(encode(10n));
    expect(await verifyMerkleProof(keccak256(wordOf(77n)), [...proof.storageProof[1]!.proof])).toBeNull();
    expect(proofOf(state, address(200), []).exists).toBe(false);
    expect(keccak256(proof.accountProof[0]!)).toEqual(state.root);
  });

  it("keeps the value before the transaction for EIP-2200, also across a revert", () => {
    const journal = openJournal(emptyState());
    const slot = wordOf(1n);
    journal.setStorage(address(0), slot, wordOf(5n));
    journal.beginTransaction();
    journal.checkpoint();
    journal.setStorage(address(0), slot, wordOf(6n));
    expect(wordToBigInt(journal.originalStorage(address(0), slot))).toBe(5n);
    journal.revert();
    expect(wordToBigInt(journal.storage(address(0), slot))).toBe(5n);
    expect(wordToBigInt(journal.originalStorage(address(0), slot))).toBe(5n);
  });

  it("refuses a damaged diff, an overdraft, an end inside a checkpoint and a wipe of old storage", () => {
    const journal = openJournal(emptyState());
    journal.credit(address(0), 5n);
    journal.setStorage(address(0), wordOf(1n), wordOf(1n));
    expect(() => journal.debit(address(0), 6n)).toThrow(/holds less/);
    const diff = journal.finish();
    const bytes = encodeStateDiff(diff);
    for (let i = 0; i < bytes.length; i += 7) expect(() => decodeStateDiff(bytes.subarray(0, i))).toThrow();
    expect(() => decodeStateDiff(new Uint8Array([...bytes, 0]))).toThrow(/after its end/);
    expect(() => decodeStateDiff(new Uint8Array([2, ...bytes.subarray(1)]))).toThrow(/version/);
    journal.checkpoint();
    expect(() => journal.finish()).toThrow(/checkpoint/);
    const later = openJournal(layered(emptyState(), diff));
    expect(() => later.clearStorage(address(0))).toThrow(/cannot be cleared/);
    expect(() => later.removeAccount(address(0))).toThrow(/cannot be cleared/);
  });
});
