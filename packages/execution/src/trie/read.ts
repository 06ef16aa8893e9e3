import { encodeRlp, rlpUint, SeroError } from "@sero/protocol";
import { decodeNode, EMPTY_ROOT, type Ref, type TrieNode } from "./node.js";
import { commonPrefix, pathKey, toNibbles } from "./nibbles.js";
import { updateTrie, type ReadNode } from "./update.js";

/** What lies at a key, with the stored nodes on the way: the proof that it does, or that nothing does. */
export interface TrieLookup {
  readonly value: Uint8Array | undefined;
  /** RLP of each node from the root on; nodes embedded in their parent are not repeated. */
  readonly proof: readonly Uint8Array[];
}

/**
 * Walks from the root to `key`.
 *
 * @throws SeroError `trie/missing-node` when the store lacks a node that the root commits to
 */
export function lookUp(read: ReadNode, root: Uint8Array, key: Uint8Array): TrieLookup {
  const path = toNibbles(key);
  const proof: Uint8Array[] = [];
  let ref: Ref = root.every((byte, i) => byte === EMPTY_ROOT[i]) ? undefined : root;
  let depth = 0;
  while (ref !== undefined) {
    const node: TrieNode = ref instanceof Uint8Array ? fetchNode(read, path, depth, ref, proof) : ref;
    if (node.kind === "branch") {
      ref = node.children[path[depth]!];
      depth += 1;
      continue;
    }
    if (commonPrefix(node.key, 0, path, depth) < node.key.length) break;
    depth += node.key.length;
    if (node.kind === "leaf") return { value: depth === path.length ? node.value : undefined, proof };
    ref = node.child;
  }
  return { value: undefined, proof };
}

function fetchNode(read: ReadNode, path: Uint8Array, depth: number, hash: Uint8Array, proof: Uint8Array[]): TrieNode {
  const bytes = read(path.subarray(0, depth));
  if (bytes === undefined) {
    throw new SeroError("trie/missing-node", "The state store lacks a trie node; restore it or sync again.", {
      path: pathKey(path, depth),
    });
  }
  proof.push(bytes);
  return decodeNode(bytes, hash);
}

/** Root of the trie of a list, its keys the RLP of each index: the transactions, receipts and withdrawals roots of a header. */
export function listRoot(items: readonly Uint8Array[]): Uint8Array {
  const entries = items.map((value, i) => ({ key: encodeRlp(rlpUint(i)), value }));
  return updateTrie(() => undefined, EMPTY_ROOT, entries).root;
}
