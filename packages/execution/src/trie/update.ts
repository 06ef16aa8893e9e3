import { keccak256, SeroError } from "@sero/protocol";
import {
  decodeNode,
  EMPTY_ROOT,
  encodeBranch,
  encodeExtension,
  encodeLeaf,
  type BranchNode,
  type Ref,
  type TrieNode,
} from "./node.js";
import { commonPrefix, pathKey, toNibbles, type Nibbles } from "./nibbles.js";

/** Reads the stored RLP of the node at a path (nibbles from the root), undefined if there is none. */
export type ReadNode = (path: Nibbles) => Uint8Array | undefined;

/** One key to set, or to delete with `value` null. Keys of one trie are never prefixes of one another. */
export interface TrieItem {
  readonly key: Uint8Array;
  readonly value: Uint8Array | null;
}

/** A trie after a batch: its root, and by path what to store (RLP) or to delete (null). */
export interface TrieUpdate {
  readonly root: Uint8Array;
  readonly nodes: ReadonlyMap<string, Uint8Array | null>;
}

interface Entry {
  readonly path: Nibbles;
  readonly value: Uint8Array | null;
}

interface Batch {
  readonly read: ReadNode;
  readonly entries: readonly Entry[];
  /** Paths of stored nodes that are no longer at that path as they were. */
  readonly obsolete: Set<string>;
  readonly nodes: Map<string, Uint8Array | null>;
}

/**
 * Applies a batch of sets and deletes to a Merkle-Patricia trie (Yellow Paper, appendix D) in one descent, then hashes every changed node
 * once. Nodes are keyed by path, so that replaced ones are overwritten and nothing has to be collected later.
 *
 * @param root the root before, 32 bytes; EMPTY_ROOT for an empty trie
 * @throws SeroError `trie/missing-node` when the store lacks a node that the root commits to
 */
export function updateTrie(read: ReadNode, root: Uint8Array, items: readonly TrieItem[]): TrieUpdate {
  const entries = items.map((item) => ({ path: toNibbles(item.key), value: item.value })).sort(byPath);
  for (let i = 1; i < entries.length; i++) {
    if (byPath(entries[i - 1]!, entries[i]!) === 0) {
      throw new SeroError("trie/duplicate-key", "A batch may name each key once; this is a programming error.");
    }
  }
  const batch: Batch = { read, entries, obsolete: new Set(), nodes: new Map() };
  const before: Ref = isEmptyRoot(root) ? undefined : root;
  const path = new Uint8Array(entries[0]?.path.length ?? 0);
  const after = update(batch, before, path, 0, 0, entries.length);
  for (const key of batch.obsolete) batch.nodes.set(key, null);
  if (after === undefined) return { root: EMPTY_ROOT, nodes: batch.nodes };
  if (after instanceof Uint8Array) return { root: after, nodes: batch.nodes };
  if (after.hash !== undefined) return { root: after.hash, nodes: batch.nodes };
  const rlp = encode(batch, after, "");
  batch.nodes.set("", rlp);
  return { root: keccak256(rlp), nodes: batch.nodes };
}

function isEmptyRoot(root: Uint8Array): boolean {
  return root.every((byte, i) => byte === EMPTY_ROOT[i]);
}

function byPath(a: Entry, b: Entry): number {
  const same = commonPrefix(a.path, 0, b.path, 0);
  return (a.path[same] ?? -1) - (b.path[same] ?? -1);
}

/** Resolves a reference to a node, reading it from the store when it is a hash. */
function load(batch: Batch, ref: Uint8Array | TrieNode, path: Nibbles, depth: number): TrieNode {
  if (!(ref instanceof Uint8Array)) return ref;
  const bytes = batch.read(path.subarray(0, depth));
  if (bytes === undefined) {
    throw new SeroError("trie/missing-node", "The state store lacks a trie node; restore it or sync again.", {
      path: pathKey(path, depth),
    });
  }
  return decodeNode(bytes, ref);
}

function drop(batch: Batch, node: TrieNode, path: Nibbles, depth: number): void {
  if (node.hash !== undefined) batch.obsolete.add(pathKey(path, depth));
}

/** Applies entries [lo, hi), which all share path[0..depth), below `ref`; gives the subtree after them. */
function update(batch: Batch, ref: Ref, path: Nibbles, depth: number, lo: number, hi: number): Ref {
  if (lo === hi) return ref;
  if (ref === undefined) return build(batch, depth, lo, hi);
  const node = load(batch, ref, path, depth);
  const after = change(batch, node, path, depth, lo, hi);
  if (after === node) return ref;
  drop(batch, node, path, depth);
  return after;
}

function change(batch: Batch, node: TrieNode, path: Nibbles, depth: number, lo: number, hi: number): Ref {
  if (node.kind === "branch") return changeBranch(batch, node, path, depth, lo, hi);
  const first = batch.entries[lo]!.path;
  const last = batch.entries[hi - 1]!.path;
  const shared = Math.min(commonPrefix(node.key, 0, first, depth), commonPrefix(node.key, 0, last, depth));
  if (shared === node.key.length) {
    if (node.kind === "leaf") {
      const { value } = batch.entries[lo]!;
      if (value === null) return undefined;
      return sameBytes(value, node.value) ? node : { kind: "leaf", key: node.key, value };
    }
    const below = at(path, depth, first.subarray(depth, depth + shared));
    const child = update(batch, node.child, below, depth + shared, lo, hi);
    return child === node.child ? node : join(batch, node.key, child, below, depth + shared);
  }
  // The entries leave the node's path at `shared`: if they only delete, whatever does not match changes nothing.
  const children: Ref[] = new Array<Ref>(16).fill(undefined);
  const nibble = node.key[shared]!;
  const rest = node.key.slice(shared + 1);
  if (node.kind === "leaf") children[nibble] = { kind: "leaf", key: rest, value: node.value };
  else if (rest.length === 0) children[nibble] = node.child;
  else children[nibble] = { kind: "extension", key: rest, child: node.child };
  const below = at(path, depth, first.subarray(depth, depth + shared));
  const split: BranchNode = { kind: "branch", children };
  const after = changeBranch(batch, split, below, depth + shared, lo, hi);
  if (after === split) return node;
  return join(batch, node.key.slice(0, shared), after, below, depth + shared);
}

function changeBranch(
  batch: Batch,
  node: BranchNode,
  path: Nibbles,
  depth: number,
  lo: number,
  hi: number,
): TrieNode | undefined {
  let children: Ref[] | undefined;
  for (let from = lo; from < hi;) {
    const nibble = batch.entries[from]!.path[depth]!;
    let to = from + 1;
    while (to < hi && batch.entries[to]!.path[depth] === nibble) to++;
    const before = node.children[nibble];
    const after = update(batch, before, at(path, depth, [nibble]), depth + 1, from, to);
    if (after !== before) {
      children ??= [...node.children];
      children[nibble] = after;
    }
    from = to;
  }
  if (children === undefined) return node;
  const left = children.reduce((sum: number, child) => sum + (child === undefined ? 0 : 1), 0);
  if (left === 0) return undefined;
  if (left > 1) return { kind: "branch", children };
  const only = children.findIndex((child) => child !== undefined);
  return join(batch, Uint8Array.of(only), children[only], at(path, depth, [only]), depth + 1);
}

/** The subtree `child`, which sits at path[0..depth), behind `key`: leaves and extensions take the key up, a branch gets an extension. */
function join(batch: Batch, key: Nibbles, child: Ref, path: Nibbles, depth: number): TrieNode | undefined {
  if (child === undefined) return undefined;
  const node = load(batch, child, path, depth);
  if (key.length === 0) return node;
  if (node.kind === "branch") return { kind: "extension", key, child };
  drop(batch, node, path, depth);
  const joined = new Uint8Array(key.length + node.key.length);
  joined.set(key);
  joined.set(node.key, key.length);
  if (node.kind === "leaf") return { kind: "leaf", key: joined, value: node.value };
  return { kind: "extension", key: joined, child: node.child };
}

/** A new subtree of the entries [lo, hi) that set a value. */
function build(batch: Batch, depth: number, lo: number, hi: number): TrieNode | undefined {
  const live: Entry[] = [];
  for (let i = lo; i < hi; i++) if (batch.entries[i]!.value !== null) live.push(batch.entries[i]!);
  return live.length === 0 ? undefined : buildLive(live, depth, 0, live.length);
}

function buildLive(live: readonly Entry[], depth: number, lo: number, hi: number): TrieNode {
  const first = live[lo]!;
  if (hi - lo === 1) return { kind: "leaf", key: first.path.slice(depth), value: first.value! };
  const shared = commonPrefix(first.path, depth, live[hi - 1]!.path, depth);
  const children: Ref[] = new Array<Ref>(16).fill(undefined);
  for (let from = lo; from < hi;) {
    const nibble = live[from]!.path[depth + shared]!;
    let to = from + 1;
    while (to < hi && live[to]!.path[depth + shared] === nibble) to++;
    children[nibble] = buildLive(live, depth + shared + 1, from, to);
    from = to;
  }
  const branch: BranchNode = { kind: "branch", children };
  if (shared === 0) return branch;
  return { kind: "extension", key: first.path.slice(depth, depth + shared), child: branch };
}

/** `path` with `tail` written from `depth`; the shared scratch array grows where a sibling lies deeper. */
function at(path: Nibbles, depth: number, tail: ArrayLike<number>): Nibbles {
  const out = new Uint8Array(Math.max(path.length, depth + tail.length));
  out.set(path.subarray(0, depth));
  out.set(tail, depth);
  return out;
}

/** Encodes a new node, storing those of its descendants that are new and do not fit into their parent. */
function encode(batch: Batch, node: TrieNode, path: string): Uint8Array {
  if (node.kind === "leaf") return encodeLeaf(node.key, node.value);
  if (node.kind === "extension")
    return encodeExtension(node.key, reference(batch, node.child, path + pathKey(node.key))!);
  const children: (Uint8Array | undefined)[] = [];
  for (let i = 0; i < 16; i++) {
    const child = node.children[i];
    children.push(child === undefined ? undefined : reference(batch, child, path + i.toString(16)));
  }
  return encodeBranch(children);
}

function reference(batch: Batch, ref: Ref, path: string): Uint8Array | undefined {
  if (ref === undefined || ref instanceof Uint8Array) return ref;
  if (ref.hash !== undefined) return ref.hash;
  const rlp = encode(batch, ref, path);
  if (rlp.length < 32) return rlp;
  batch.nodes.set(path, rlp);
  return keccak256(rlp);
}

function sameBytes(a: Uint8Array, b: Uint8Array): boolean {
  return a.length === b.length && a.every((byte, i) => byte === b[i]);
}
