import { encodeRlp, keccak256 } from "@sero/protocol";

import { fromHexKey, hexKey } from "../bytes/hex.js";
import { EMPTY_ROOT, updateTrie, type TrieItem } from "../trie/index.js";
import { encodeAccount } from "./account.js";
import type { Account, StateBackend, StateDiff } from "./types.js";
import { EMPTY_CODE_HASH } from "./views.js";

/** What was written during a block, by the keys of StateDiff. */
export interface Writes {
  readonly accounts: ReadonlyMap<string, Account | null>;
  readonly storage: ReadonlyMap<string, ReadonlyMap<string, Uint8Array>>;
  readonly code: ReadonlyMap<string, Uint8Array>;
}

/** Applies the writes that changed something to the tries, in one batch each, and gathers the diff. */
export function diffOf(state: StateBackend, writes: Writes): StateDiff {
  const nodes = new Map<string, Uint8Array | null>();
  const storage = new Map<string, Map<string, Uint8Array | null>>();
  const accounts = new Map<string, Account | null>();
  const code = new Map<string, Uint8Array>();
  const items: TrieItem[] = [];

  for (const key of new Set([...writes.accounts.keys(), ...writes.storage.keys()])) {
    const address = fromHexKey(key);
    const before = state.account(address);
    const written = writes.accounts.get(key);
    const fields = written === undefined ? before : (written ?? undefined);
    const slots = fields === undefined ? undefined : changedSlots(state, address, writes.storage.get(key));
    let after = fields;
    if (fields !== undefined && slots !== undefined) {
      const update = updateTrie(
        (path) => state.node(address, path),
        before?.storageRoot ?? EMPTY_ROOT,
        trieItems(slots),
      );
      for (const [path, rlp] of update.nodes) nodes.set(`${key}:${path}`, rlp);
      storage.set(key, slots);
      after = { ...fields, storageRoot: update.root };
    }
    if (sameAccount(before, after)) continue;
    accounts.set(key, after ?? null);
    items.push({ key: keccak256(address), value: after === undefined ? null : encodeAccount(after) });
    const codeHash = after === undefined ? undefined : hexKey(after.codeHash);
    const bytes = codeHash === undefined ? undefined : writes.code.get(codeHash);
    if (codeHash !== undefined && bytes !== undefined && !same(after!.codeHash, EMPTY_CODE_HASH))
      code.set(codeHash, bytes);
  }

  const update = updateTrie((path) => state.node(new Uint8Array(0), path), state.root, items);
  for (const [path, rlp] of update.nodes) nodes.set(`:${path}`, rlp);
  return { root: update.root, accounts, storage, code, nodes };
}

function changedSlots(
  state: StateBackend,
  address: Uint8Array,
  written: ReadonlyMap<string, Uint8Array> | undefined,
): Map<string, Uint8Array | null> | undefined {
  const slots = new Map<string, Uint8Array | null>();
  for (const [slot, value] of written ?? []) {
    if (!same(value, state.storage(address, fromHexKey(slot)))) slots.set(slot, isZero(value) ? null : value);
  }
  return slots.size === 0 ? undefined : slots;
}

/** Storage tries hold the RLP of the value without leading zeros, under keccak256 of the slot. */
function trieItems(slots: ReadonlyMap<string, Uint8Array | null>): TrieItem[] {
  return [...slots].map(([slot, value]) => ({
    key: keccak256(fromHexKey(slot)),
    value: value === null ? null : encodeRlp(withoutLeadingZeros(value)),
  }));
}

/** `value` from its first non-zero byte on. */
export function withoutLeadingZeros(value: Uint8Array): Uint8Array {
  let i = 0;
  while (i < value.length && value[i] === 0) i++;
  return value.subarray(i);
}

function sameAccount(a: Account | undefined, b: Account | undefined): boolean {
  if (a === undefined || b === undefined) return a === b;
  return (
    a.nonce === b.nonce && a.balance === b.balance && same(a.storageRoot, b.storageRoot) && same(a.codeHash, b.codeHash)
  );
}

function isZero(value: Uint8Array): boolean {
  return value.every((byte) => byte === 0);
}

function same(a: Uint8Array, b: Uint8Array): boolean {
  return a === b || (a.length === b.length && a.every((byte, i) => byte === b[i]));
}
