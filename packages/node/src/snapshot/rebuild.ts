import { EMPTY_ROOT, updateTrie, type TrieItem } from "@sero/execution";
import { hexDigits, keccak256 } from "@sero/protocol";
import type { Environment } from "../store/environment.js";
import { trieNodeKey, trieNodeKeyOf } from "../store/keys.js";

/** A trie that is built anew from its keys and values, nothing of it believed. To be used inside `Environment.write`. */
export interface TrieBuilder {
  root(): Uint8Array;
  /** Adds values under keccak256 of their keys; no key twice over the builder's life. */
  add(entries: readonly { readonly key: Uint8Array; readonly value: Uint8Array }[]): void;
}

/** Begins an empty trie. @param owner empty for accounts, an address for its storage */
export function openTrieBuilder({ nodes }: Environment, owner: Uint8Array): TrieBuilder {
  let root = EMPTY_ROOT;
  const prefix = hexDigits(owner);
  return {
    root: () => root,
    add(entries) {
      if (entries.length === 0) return;
      const items = entries.map(({ key, value }): TrieItem => ({ key: keccak256(key), value }));
      const update = updateTrie(
        (path) => {
          const found = nodes.get(trieNodeKey(owner, path));
          return found && Uint8Array.from(found);
        },
        root,
        items,
      );
      for (const [path, rlp] of update.nodes) {
        const key = trieNodeKeyOf(`${prefix}:${path}`);
        if (rlp) nodes.putSync(key, rlp);
        else nodes.removeSync(key);
      }
      root = update.root;
    },
  };
}
