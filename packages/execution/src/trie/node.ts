import { keccak256, SeroError } from "@sero/protocol";
import { decodeHexPrefix, encodeHexPrefix, type Nibbles } from "./nibbles.js";

/**
 * A child of a node: absent, the hash of a node that is stored at its own path, or the node itself (decoded, embedded in its parent,
 * or new). No key of these tries is a prefix of another, so branches never hold a value.
 */
export type Ref = undefined | Uint8Array | TrieNode;

/** A node with everything below it that was read. `hash` is set on a node as it was stored and unset on a new one. */
export type TrieNode = LeafNode | ExtensionNode | BranchNode;

/** The rest of a key and its value. */
export interface LeafNode {
  readonly kind: "leaf";
  readonly key: Nibbles;
  readonly value: Uint8Array;
  readonly hash?: Uint8Array;
}

/** A stretch of path that all keys below share. */
export interface ExtensionNode {
  readonly kind: "extension";
  readonly key: Nibbles;
  readonly child: Ref;
  readonly hash?: Uint8Array;
}

/** One child for each next nibble. */
export interface BranchNode {
  readonly kind: "branch";
  readonly children: readonly Ref[];
  readonly hash?: Uint8Array;
}

/** keccak256(rlp("")): the root of a trie without keys. */
export const EMPTY_ROOT: Uint8Array = keccak256(Uint8Array.of(0x80));

/** Where the RLP item at `at` has its payload and where it ends. Stored nodes are our own output, so only the bounds are checked. */
function itemAt(bytes: Uint8Array, at: number): { start: number; end: number; list: boolean } {
  const first = bytes[at];
  if (first === undefined) throw new SeroError("trie/bad-node", "A stored trie node is cut short; rebuild the state.");
  if (first < 0x80) return { start: at, end: at + 1, list: false };
  const list = first >= 0xc0;
  const short = first - (list ? 0xc0 : 0x80);
  let start = at + 1;
  let length = short;
  if (short > 55) {
    length = 0;
    for (let i = 0; i < short - 55; i++) length = length * 256 + (bytes[start + i] ?? 0);
    start += short - 55;
  }
  if (start + length > bytes.length) {
    throw new SeroError("trie/bad-node", "A stored trie node is cut short; rebuild the state.");
  }
  return { start, end: start + length, list };
}

function refAt(bytes: Uint8Array, at: number): { ref: Ref; end: number } {
  const item = itemAt(bytes, at);
  if (item.list) return { ref: decodeNode(bytes.subarray(at, item.end)), end: item.end };
  if (item.start === item.end) return { ref: undefined, end: item.end };
  return { ref: bytes.slice(item.start, item.end), end: item.end };
}

/**
 * Decodes the RLP of one node; embedded children are decoded with it.
 *
 * @param hash the node's hash when it is stored under one, so that an unchanged node is not hashed again
 * @throws SeroError `trie/bad-node` when the bytes are not a node
 */
export function decodeNode(bytes: Uint8Array, hash?: Uint8Array): TrieNode {
  const outer = itemAt(bytes, 0);
  const first = itemAt(bytes, outer.start);
  const second = itemAt(bytes, first.end);
  const stored = hash === undefined ? {} : { hash };
  if (second.end === outer.end) {
    const { nibbles, leaf } = decodeHexPrefix(bytes.subarray(first.start, first.end));
    if (leaf) return { kind: "leaf", key: nibbles, value: bytes.slice(second.start, second.end), ...stored };
    return { kind: "extension", key: nibbles, child: refAt(bytes, first.end).ref, ...stored };
  }
  const children: Ref[] = [];
  let at = outer.start;
  for (let i = 0; i < 16; i++) {
    const { ref, end } = refAt(bytes, at);
    children.push(ref);
    at = end;
  }
  return { kind: "branch", children, ...stored };
}

function putString(out: Uint8Array, at: number, bytes: Uint8Array): number {
  if (bytes.length === 1 && bytes[0]! < 0x80) {
    out[at] = bytes[0]!;
    return at + 1;
  }
  const next = putHeader(out, at, bytes.length, 0x80);
  out.set(bytes, next);
  return next + bytes.length;
}

function putHeader(out: Uint8Array, at: number, length: number, base: number): number {
  if (length <= 55) {
    out[at] = base + length;
    return at + 1;
  }
  if (length < 256) {
    out[at] = base + 56;
    out[at + 1] = length;
    return at + 2;
  }
  out[at] = base + 57;
  out[at + 1] = length >> 8;
  out[at + 2] = length & 255;
  if (length < 65536) return at + 3;
  out[at] = base + 58;
  out[at + 1] = length >> 16;
  out[at + 2] = (length >> 8) & 255;
  out[at + 3] = length & 255;
  return at + 4;
}

function sizeOfString(bytes: Uint8Array): number {
  if (bytes.length === 1 && bytes[0]! < 0x80) return 1;
  return bytes.length + sizeOfHeader(bytes.length);
}

function sizeOfHeader(length: number): number {
  if (length <= 55) return 1;
  if (length < 256) return 2;
  return length < 65536 ? 3 : 4;
}

/** RLP of a leaf. Values of receipts and transactions may be up to 16 MB. */
export function encodeLeaf(key: Nibbles, value: Uint8Array): Uint8Array {
  return encodePair(encodeHexPrefix(key, true), value, false);
}

/** RLP of an extension whose child is already encoded as a reference: 32 bytes of hash, or an embedded node's RLP. */
export function encodeExtension(key: Nibbles, child: Uint8Array): Uint8Array {
  return encodePair(encodeHexPrefix(key, false), child, child.length < 32);
}

function encodePair(first: Uint8Array, second: Uint8Array, raw: boolean): Uint8Array {
  const payload = sizeOfString(first) + (raw ? second.length : sizeOfString(second));
  const out = new Uint8Array(sizeOfHeader(payload) + payload);
  const at = putString(out, putHeader(out, 0, payload, 0xc0), first);
  if (raw) out.set(second, at);
  else putString(out, at, second);
  return out;
}

/** RLP of a branch from its 16 encoded references (undefined where there is no child). */
export function encodeBranch(children: readonly (Uint8Array | undefined)[]): Uint8Array {
  let payload = 1;
  for (let i = 0; i < 16; i++) {
    const child = children[i];
    payload += child === undefined ? 1 : child.length === 32 ? 33 : child.length;
  }
  const out = new Uint8Array(sizeOfHeader(payload) + payload);
  let at = putHeader(out, 0, payload, 0xc0);
  for (let i = 0; i < 16; i++) {
    const child = children[i];
    if (child === undefined) out[at++] = 0x80;
    else {
      if (child.length === 32) out[at++] = 0xa0;
      out.set(child, at);
      at += child.length;
    }
  }
  out[at] = 0x80;
  return out;
}
