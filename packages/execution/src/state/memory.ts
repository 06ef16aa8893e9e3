import { hexKey } from "../bytes/hex.js";
import { EMPTY_ROOT } from "../trie/index.js";
import type { Account, StateBackend, StateDiff } from "./types.js";
import { nodeKey, ZERO_WORD } from "./views.js";

/** A state in memory that moves forward with each diff applied to it: for audits and chains inside a process. */
export interface MemoryState {
  /** Always shows the newest state: unlike other views it changes. */
  readonly view: StateBackend;
  apply(diff: StateDiff): void;
}

/** An empty state in memory. */
export function memoryState(): MemoryState {
  const accounts = new Map<string, Account>();
  const storage = new Map<string, Map<string, Uint8Array>>();
  const code = new Map<string, Uint8Array>();
  const nodes = new Map<string, Uint8Array>();
  let root = EMPTY_ROOT;
  const put = <V>(map: Map<string, V>, key: string, value: V | null): void => {
    if (value === null) map.delete(key);
    else map.set(key, value);
  };
  return {
    view: {
      get root() {
        return root;
      },
      account: (address) => accounts.get(hexKey(address)),
      storage: (address, slot) => storage.get(hexKey(address))?.get(hexKey(slot)) ?? ZERO_WORD,
      code: (hash) => code.get(hexKey(hash)),
      node: (owner, path) => nodes.get(nodeKey(owner, path)),
    },
    apply(diff) {
      root = diff.root;
      for (const [address, account] of diff.accounts) put(accounts, address, account);
      for (const [address, slots] of diff.storage) {
        const own = storage.get(address) ?? new Map<string, Uint8Array>();
        storage.set(address, own);
        for (const [slot, value] of slots) put(own, slot, value);
      }
      for (const [hash, bytes] of diff.code) code.set(hash, bytes);
      for (const [key, rlp] of diff.nodes) put(nodes, key, rlp);
    },
  };
}
