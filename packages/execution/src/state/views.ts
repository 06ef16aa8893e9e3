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

const LAYERS: unique symbol = Symbol("layers");

/** A view made of diffs, newest first, over one that is not. */
interface LayeredState extends StateBackend {
  readonly [LAYERS]: { readonly base: StateBackend; readonly diffs: readonly StateDiff[] };
}

const isLayered = (state: StateBackend): state is LayeredState => LAYERS in state;

/**
 * The state after `diff` on top of `parent`, which stays as it is. Costs nothing but one look-up for each layer at a read that misses;
 * layers over layers are read in one loop, with keys made once.
 */
export function layered(parent: StateBackend, diff: StateDiff): StateBackend {
  const under = isLayered(parent) ? parent[LAYERS] : { base: parent, diffs: [] };
  const base = under.base;
  const diffs: readonly StateDiff[] = [diff, ...under.diffs];
  const view: LayeredState = {
    [LAYERS]: { base, diffs },
    root: diff.root,
    account(address) {
      const key = hexKey(address);
      for (const layer of diffs) {
        const found = layer.accounts.get(key);
        if (found !== undefined) return found ?? undefined;
      }
      return base.account(address);
    },
    storage(address, slot) {
      const owner = hexKey(address);
      const key = hexKey(slot);
      for (const layer of diffs) {
        const found = layer.storage.get(owner)?.get(key);
        if (found !== undefined) return found ?? ZERO_WORD;
      }
      return base.storage(address, slot);
    },
    code(hash) {
      const key = hexKey(hash);
      for (const layer of diffs) {
        const found = layer.code.get(key);
        if (found !== undefined) return found;
      }
      return base.code(hash);
    },
    node(owner, path) {
      const key = nodeKey(owner, path);
      for (const layer of diffs) {
        const found = layer.nodes.get(key);
        if (found !== undefined) return found ?? undefined;
      }
      return base.node(owner, path);
    },
  };
  return view;
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
