import { keccak256 } from "@sero/protocol";
import { hexKey } from "../bytes/hex.js";
import { EMPTY_ROOT, pathKey } from "../trie/index.js";
import type { Account, StateBackend, StateDiff } from "./types.js";

/** keccak256 of no bytes: the code hash of an account without code. */
export const EMPTY_CODE_HASH: Uint8Array = keccak256(new Uint8Array(0));

/** A storage slot that nobody wrote. Never written to. */
export const ZERO_WORD: Uint8Array = new Uint8Array(32);

/** The key of a trie node in `StateDiff.nodes`. */
export function nodeKey(owner: Uint8Array, path: Uint8Array): string {
  return `${hexKey(owner)}:${pathKey(path)}`;
}

/** The state before genesis: no accounts. */
export function emptyState(): StateBackend {
  return {
    root: EMPTY_ROOT,
    account: () => undefined,
    storage: () => ZERO_WORD,
    code: () => undefined,
    node: () => undefined,
  };
}

/** The state after `diff` on top of `parent`, which stays as it is. Costs nothing but a look-up more at each read that misses. */
export function layered(parent: StateBackend, diff: StateDiff): StateBackend {
  return {
    root: diff.root,
    account(address) {
      const found = diff.accounts.get(hexKey(address));
      return found === undefined ? parent.account(address) : (found ?? undefined);
    },
    storage(address, slot) {
      const found = diff.storage.get(hexKey(address))?.get(hexKey(slot));
      return found === undefined ? parent.storage(address, slot) : (found ?? ZERO_WORD);
    },
    code: (hash) => diff.code.get(hexKey(hash)) ?? parent.code(hash),
    node(owner, path) {
      const found = diff.nodes.get(nodeKey(owner, path));
      return found === undefined ? parent.node(owner, path) : (found ?? undefined);
    },
  };
}

/**
 * The diff that equals `older` followed by `newer`: for stores that keep fewer layers than blocks. A deletion stays in it as null, so
 * that it still hides what lies below.
 */
export function mergeDiffs(older: StateDiff, newer: StateDiff): StateDiff {
  const storage = new Map<string, ReadonlyMap<string, Uint8Array | null>>(older.storage);
  for (const [address, slots] of newer.storage) {
    const before = storage.get(address);
    storage.set(address, before === undefined ? slots : new Map([...before, ...slots]));
  }
  return {
    root: newer.root,
    accounts: new Map<string, Account | null>([...older.accounts, ...newer.accounts]),
    storage,
    code: new Map([...older.code, ...newer.code]),
    nodes: new Map([...older.nodes, ...newer.nodes]),
  };
}
