import { concatBytes } from "@sero/protocol";

/** A block number as a key: 8 bytes big-endian, so that keys sort as numbers do. */
export function numberKey(number: bigint): Uint8Array {
  const key = new Uint8Array(8);
  new DataView(key.buffer).setBigUint64(0, number);
  return key;
}

/** Inverse of `numberKey`. */
export function numberOfKey(key: Uint8Array): bigint {
  return new DataView(key.buffer, key.byteOffset, 8).getBigUint64(0);
}

/** Key of a storage slot: address 20, slot 32. */
export function slotKey(address: Uint8Array, slot: Uint8Array): Uint8Array {
  return concatBytes(address, slot);
}

/**
 * Key of a trie node: length of the owner (0 for the account trie, 20 for an account's storage), owner, number of nibbles, the nibbles two
 * a byte. Nodes of one trie lie together, and no key is another's.
 */
export function trieNodeKey(owner: Uint8Array, path: Uint8Array): Uint8Array {
  const key = new Uint8Array(2 + owner.length + ((path.length + 1) >> 1));
  key[0] = owner.length;
  key.set(owner, 1);
  let at = 1 + owner.length;
  key[at++] = path.length;
  for (let i = 0; i < path.length; i += 2) key[at++] = ((path[i] ?? 0) << 4) | (path[i + 1] ?? 0);
  return key;
}

/** `trieNodeKey` of a key in `StateDiff.nodes`: owner in hex, a colon, one hex digit a nibble. */
export function trieNodeKeyOf(diffKey: string): Uint8Array {
  const colon = diffKey.indexOf(":");
  const owner = fromDigits(diffKey.slice(0, colon));
  const path = new Uint8Array(diffKey.length - colon - 1);
  for (let i = 0; i < path.length; i++) path[i] = Number.parseInt(diffKey.charAt(colon + 1 + i), 16);
  return trieNodeKey(owner, path);
}

/** Bytes of lower-case hex digits without 0x, as state diffs use them for keys. */
export function fromDigits(digits: string): Uint8Array {
  return Uint8Array.from(Buffer.from(digits, "hex"));
}
