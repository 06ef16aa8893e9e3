import { SeroError, bytesToBigInt, decodeRlp, equalBytes, keccak256, type RlpItem } from "@sero/protocol";

const LIMITS = { maxBytes: 4096, maxItems: 64, maxDepth: 3 };

/**
 * The value that a Merkle-Patricia proof (Yellow Paper, appendix D) shows for keccak256(key) under `root`; undefined if it shows that there
 * is none. `nodes`: the RLP nodes from the root down, as eth_getProof gives them. Throws proof/false if they prove neither.
 */
export function verifyTrieProof(
  root: Uint8Array,
  key: Uint8Array,
  nodes: readonly Uint8Array[],
): Uint8Array | undefined {
  const path = nibblesOf(keccak256(key));
  let at = 0;
  let next = 0;
  // A node shorter than 32 bytes stands inside its parent; others are named by their hash.
  let reference: RlpItem = root;
  for (let depth = 0; depth <= path.length; depth++) {
    const node: readonly RlpItem[] = reference instanceof Uint8Array ? open(reference, nodes[next++]) : reference;
    let child: RlpItem | undefined;
    if (node.length === 17) {
      if (at === path.length) return finish(node[16], next, nodes);
      child = node[path[at++] ?? 16];
    } else if (node.length === 2) {
      const { nibbles, isLeaf } = compactPath(node[0]);
      const matches = nibbles.every((nibble, i) => path[at + i] === nibble);
      if (isLeaf)
        return matches && at + nibbles.length === path.length
          ? finish(node[1], next, nodes)
          : finish(undefined, next, nodes);
      if (!matches) return finish(undefined, next, nodes);
      at += nibbles.length;
      child = node[1];
    } else {
      throw falseProof("a node has a strange shape");
    }
    if (child === undefined) throw falseProof("a child is missing");
    if (child instanceof Uint8Array && child.length === 0) return finish(undefined, next, nodes);
    reference = child;
  }
  throw falseProof("it is deeper than a key is long");
}

function finish(value: RlpItem | undefined, used: number, nodes: readonly Uint8Array[]): Uint8Array | undefined {
  if (used !== nodes.length) throw falseProof("it has nodes that lead nowhere");
  if (value !== undefined && !(value instanceof Uint8Array)) throw falseProof("a value is a list");
  return value === undefined || value.length === 0 ? undefined : value;
}

function open(hash: Uint8Array, node: Uint8Array | undefined): readonly RlpItem[] {
  if (node === undefined || hash.length !== 32 || !equalBytes(keccak256(node), hash))
    throw falseProof("a node does not have the hash that its parent names");
  const item = decode(node);
  if (item instanceof Uint8Array) throw falseProof("a node is not a list");
  return item;
}

function decode(bytes: Uint8Array): RlpItem {
  try {
    return decodeRlp(bytes, LIMITS);
  } catch (cause) {
    throw falseProof("a node is not RLP", cause);
  }
}

/** Hex-prefix encoding (Yellow Paper, appendix C). */
function compactPath(item: RlpItem | undefined): { readonly nibbles: readonly number[]; readonly isLeaf: boolean } {
  if (!(item instanceof Uint8Array) || item.length === 0) throw falseProof("a path is missing");
  const all = nibblesOf(item);
  const flag = all[0] ?? 0;
  if (flag > 3 || (flag % 2 === 0 && all[1] !== 0)) throw falseProof("a path has a strange prefix");
  return { nibbles: all.slice(flag % 2 === 1 ? 1 : 2), isLeaf: flag >= 2 };
}

function nibblesOf(bytes: Uint8Array): number[] {
  const nibbles: number[] = [];
  for (const byte of bytes) nibbles.push(byte >> 4, byte & 15);
  return nibbles;
}

/** Storage root of the account that a trie value encodes. Throws proof/false. */
export function storageRootOf(account: Uint8Array): Uint8Array {
  const fields = decode(account);
  const root = fields instanceof Uint8Array ? undefined : fields[2];
  if (!(root instanceof Uint8Array) || root.length !== 32) throw falseProof("an account has no storage root");
  return root;
}

/** The number in a storage value (RLP of a minimal big-endian integer). Throws proof/false. */
export function storageNumber(value: Uint8Array | undefined): bigint {
  if (value === undefined) return 0n;
  const item = decode(value);
  if (!(item instanceof Uint8Array) || item.length > 32) throw falseProof("a storage value is not a number");
  return bytesToBigInt(item);
}

const falseProof = (what: string, cause?: unknown): SeroError =>
  new SeroError(
    "proof/false",
    `The node's proof of the pool's state does not hold: ${what}. Use another node, best your own.`,
    { what },
    { cause },
  );
